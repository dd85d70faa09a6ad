//! Channel heads: a channel's whole programme as a pure function of the log up to a position.

use crate::content::Kind;
use crate::event::Event;
use crate::ids::{ChannelName, ContentHash, PublicationId};
use crate::publication::PublicationEvent;
use crate::time::{Instant, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What takes the main zone when several items could. Later variants win; append only at the right place of a new
/// format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Shown when there is nothing else.
    Filler,
    /// The ordinary programme.
    #[default]
    Normal,
    /// A campaign's overlay.
    Campaign,
    /// Alerts.
    Emergency,
}

/// One released publication in a channel's programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The publication.
    pub publication: PublicationId,
    /// The [`crate::Document`] that is shown.
    pub content: ContentHash,
    /// Its kind, which some zones choose by.
    pub kind: Kind,
    /// What it may displace.
    pub priority: Priority,
    /// When it may be seen.
    pub window: Window,
    /// When this content was released; a fresh release is shown at once.
    pub released_at: Instant,
    /// Whether it belongs to the standing programme, which a display may show before it knows the time.
    pub standing: bool,
    /// How long a display that has heard nothing goes on showing it; `None`: as long as its window.
    pub lease_ms: Option<u64>,
    /// Other objects that it needs: images, attachments.
    pub assets: Vec<ContentHash>,
}

impl Item {
    /// An item of the standing programme, at normal priority and for ever: what there is to say of a publication that
    /// is looked at alone.
    #[must_use]
    pub fn alone(publication: PublicationId, content: ContentHash, kind: Kind) -> Self {
        Self {
            publication,
            content,
            kind,
            priority: Priority::Normal,
            window: Window {
                from: Instant(0),
                until: None,
            },
            released_at: Instant(0),
            standing: true,
            lease_ms: None,
            assets: Vec::new(),
        }
    }

    /// The first instant at which this content may be seen.
    #[must_use]
    pub fn begins(&self) -> Instant {
        self.window.from.max(self.released_at)
    }
}

/// A channel's programme as of a position of the log. Same position, same bytes, whichever hub made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelHead {
    /// The channel.
    pub channel: ChannelName,
    /// Position of the last record that changed this head: its version.
    pub position: u64,
    /// When that record was made.
    pub as_of: Instant,
    /// The programme, in the order of first release.
    pub items: Vec<Item>,
}

/// What a display plays: the merged items of its channels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Programme {
    /// In programme order; each publication once.
    pub items: Vec<Item>,
}

impl Programme {
    /// Merges heads in the display's order of channels. A publication on several channels plays once, at its first
    /// place, as the head of the highest position tells it.
    #[must_use]
    pub fn merge<'h>(heads: impl IntoIterator<Item = &'h ChannelHead>) -> Self {
        let mut merged: Vec<(u64, Item)> = Vec::new();
        for head in heads {
            for item in &head.items {
                match merged
                    .iter_mut()
                    .find(|(_, known)| known.publication == item.publication)
                {
                    Some((position, known)) if *position < head.position => {
                        (*position, *known) = (head.position, item.clone());
                    }
                    Some(_) => {}
                    None => merged.push((head.position, item.clone())),
                }
            }
        }
        Self {
            items: merged.into_iter().map(|(_, item)| item).collect(),
        }
    }
}

/// The heads of all channels, folded from the log.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    channels: BTreeMap<ChannelName, Programmed>,
}

#[derive(Debug, Clone, Default)]
struct Programmed {
    position: u64,
    as_of: Instant,
    items: Vec<Item>,
}

impl Heads {
    /// Takes one fact of the log; answers which channels' heads it changed.
    pub fn apply(&mut self, position: u64, at: Instant, event: &Event) -> Vec<ChannelName> {
        match event {
            Event::Publication(id, event) => self.apply_publication(position, at, *id, event),
            Event::Channel(event) => {
                self.touch(event.name(), position, at);
                vec![event.name().clone()]
            }
            _ => Vec::new(),
        }
    }

    /// The head of a channel that exists.
    #[must_use]
    pub fn head(&self, channel: &ChannelName) -> Option<ChannelHead> {
        self.channels.get(channel).map(|programmed| ChannelHead {
            channel: channel.clone(),
            position: programmed.position,
            as_of: programmed.as_of,
            items: programmed.items.clone(),
        })
    }

    /// Every channel that has a head.
    pub fn channels(&self) -> impl Iterator<Item = &ChannelName> {
        self.channels.keys()
    }

    fn apply_publication(
        &mut self,
        position: u64,
        at: Instant,
        id: PublicationId,
        event: &PublicationEvent,
    ) -> Vec<ChannelName> {
        match event {
            PublicationEvent::Released(release) => {
                let mut changed = self.remove(position, at, id);
                let item = Item {
                    publication: id,
                    content: release.content,
                    kind: release.kind,
                    priority: release.priority,
                    window: release.window,
                    released_at: at,
                    standing: release.standing,
                    lease_ms: release.lease_ms,
                    assets: Vec::new(),
                };
                for channel in &release.channels {
                    self.touch(channel, position, at).items.push(item.clone());
                    if !changed.contains(channel) {
                        changed.push(channel.clone());
                    }
                }
                changed
            }
            PublicationEvent::Amended { content, .. } => self.on_channels_of(position, at, id, |items, index| {
                items[index].content = *content;
                items[index].released_at = at;
            }),
            PublicationEvent::Rescheduled { channels, window, .. } => {
                self.reschedule(position, at, id, (channels, *window))
            }
            PublicationEvent::Withdrawn { .. } => self.remove(position, at, id),
            _ => Vec::new(),
        }
    }

    /// The item in its place where it stays, taken away where it goes, and put last where it comes.
    fn reschedule(
        &mut self,
        position: u64,
        at: Instant,
        id: PublicationId,
        (channels, window): (&[ChannelName], Window),
    ) -> Vec<ChannelName> {
        let items = self.channels.values().flat_map(|programmed| &programmed.items);
        let Some(item) = items.into_iter().find(|item| item.publication == id).cloned() else {
            return Vec::new();
        };
        let moved = Item { window, ..item };
        let mut changed = self.on_channels_of(position, at, id, |items, index| items[index].window = window);
        for gone in changed.iter().filter(|name| !channels.contains(name)) {
            let items = &mut self.touch(gone, position, at).items;
            items.retain(|item| item.publication != id);
        }
        let come: Vec<_> = channels
            .iter()
            .filter(|name| !changed.contains(name))
            .cloned()
            .collect();
        for channel in &come {
            self.touch(channel, position, at).items.push(moved.clone());
        }
        changed.extend(come);
        changed
    }

    fn remove(&mut self, position: u64, at: Instant, id: PublicationId) -> Vec<ChannelName> {
        self.on_channels_of(position, at, id, |items, index| {
            items.remove(index);
        })
    }

    fn on_channels_of(
        &mut self,
        position: u64,
        at: Instant,
        id: PublicationId,
        change: impl Fn(&mut Vec<Item>, usize),
    ) -> Vec<ChannelName> {
        let on: Vec<_> = self
            .channels
            .iter()
            .filter(|(_, programmed)| programmed.items.iter().any(|item| item.publication == id))
            .map(|(name, _)| name.clone())
            .collect();
        for channel in &on {
            let programmed = self.touch(channel, position, at);
            if let Some(index) = programmed.items.iter().position(|item| item.publication == id) {
                change(&mut programmed.items, index);
            }
        }
        on
    }

    /// The channel, marked as changed here. What has expired by now leaves the head with the change, not before:
    /// between two records a head must not change.
    fn touch(&mut self, channel: &ChannelName, position: u64, at: Instant) -> &mut Programmed {
        let programmed = self.channels.entry(channel.clone()).or_default();
        programmed.position = position;
        programmed.as_of = at;
        programmed.items.retain(|item| !item.window.ended(at));
        programmed
    }
}
