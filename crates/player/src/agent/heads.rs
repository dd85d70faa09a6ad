//! The heads of a display's channels: the one in force of each, and a newer one that waits for its pages.

use super::contents::Contents;
use crate::replica::Change;
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, Programme};
use heliograph_wire::{HeadMessage, ProgrammeForm, Unpacked, unpack_head};
use std::collections::{BTreeMap, BTreeSet};

/// Every hash that something signed names for this display.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<ContentHash>);

impl Names {
    pub(super) fn contains(&self, hash: &ContentHash) -> bool {
        self.0.contains(hash)
    }

    pub(super) fn add(&mut self, hash: ContentHash) {
        self.0.insert(hash);
    }
}

/// The heads by channel.
#[derive(Debug, Default)]
pub(super) struct Heads {
    channels: BTreeMap<ChannelName, Tuned>,
}

#[derive(Debug, Default)]
struct Tuned {
    in_force: Option<InForce>,
    waiting: Option<Accepted>,
}

#[derive(Debug)]
struct InForce {
    accepted: Accepted,
    head: ChannelHead,
}

/// A head as it was signed.
#[derive(Debug)]
struct Accepted {
    body: Vec<u8>,
    message: HeadMessage,
}

impl Accepted {
    fn pages(&self) -> &[ContentHash] {
        match &self.message.programme {
            ProgrammeForm::Inline(_) => &[],
            ProgrammeForm::Pages(pages) => pages,
        }
    }
}

/// What became of an accepted head.
#[derive(Debug)]
pub(super) enum Taken {
    /// It is the one that was in force, or waits, already.
    Known,
    /// It takes effect.
    InForce(Vec<Change>),
    /// It is kept until its pages are here; the former head stays in force.
    Waiting(Vec<Change>),
    /// It makes no sense.
    Malformed(String),
}

impl Heads {
    /// Takes a head that was signed for this channel and is the newest of it.
    pub(super) fn take(&mut self, channel: &ChannelName, body: Vec<u8>, contents: &Contents) -> Taken {
        let tuned = self.channels.entry(channel.clone()).or_default();
        let newest = tuned
            .waiting
            .as_ref()
            .or(tuned.in_force.as_ref().map(|known| &known.accepted));
        if newest.is_some_and(|known| known.body == body) {
            return Taken::Known;
        }
        let message = match HeadMessage::from_bytes(&body) {
            Ok(message) if message.channel == *channel => message,
            Ok(message) => return Taken::Malformed(format!("it is the head of channel {}", message.channel)),
            Err(error) => return Taken::Malformed(error.to_string()),
        };
        tuned.take(channel, Accepted { body, message }, contents)
    }

    /// Tries again to put waiting heads in force, now that more content is here.
    pub(super) fn retry(&mut self, contents: &Contents) -> Vec<Change> {
        let mut changes = Vec::new();
        for (channel, tuned) in &mut self.channels {
            let Some(accepted) = tuned.waiting.take() else { continue };
            match tuned.take(channel, accepted, contents) {
                Taken::InForce(more) => changes.extend(more),
                Taken::Malformed(_) => changes.push(Change::Waiting(channel.clone(), None)),
                Taken::Known | Taken::Waiting(_) => {}
            }
        }
        changes
    }

    /// Leaves the channels that the display is no longer tuned to.
    pub(super) fn tune(&mut self, channels: &[ChannelName]) -> Vec<Change> {
        let left: Vec<_> = self
            .channels
            .keys()
            .filter(|name| !channels.contains(name))
            .cloned()
            .collect();
        left.into_iter()
            .flat_map(|name| {
                self.channels.remove(&name);
                [Change::Head(name.clone(), None), Change::Waiting(name, None)]
            })
            .collect()
    }

    /// The programme of these channels, in their order.
    pub(super) fn programme(&self, channels: &[ChannelName]) -> Programme {
        Programme::merge(channels.iter().filter_map(|name| self.head(name)))
    }

    /// The head in force.
    pub(super) fn head(&self, channel: &ChannelName) -> Option<&ChannelHead> {
        Some(&self.channels.get(channel)?.in_force.as_ref()?.head)
    }

    /// Position and body of the newest head that was accepted, in force or waiting.
    pub(super) fn newest(&self, channel: &ChannelName) -> Option<(u64, &[u8])> {
        let tuned = self.channels.get(channel)?;
        let newest = tuned
            .waiting
            .as_ref()
            .or(tuned.in_force.as_ref().map(|known| &known.accepted))?;
        Some((newest.message.position, &newest.body))
    }

    /// Whether the channel's head waits for pages.
    pub(super) fn waits(&self, channel: &ChannelName) -> bool {
        self.channels.get(channel).is_some_and(|tuned| tuned.waiting.is_some())
    }

    /// The pages that the channel's head waits for, and those of it that are here.
    pub(super) fn awaited(&self, channel: &ChannelName) -> impl Iterator<Item = ContentHash> {
        let waiting = self.channels.get(channel).and_then(|tuned| tuned.waiting.as_ref());
        waiting
            .into_iter()
            .flat_map(|accepted| accepted.pages().iter().copied())
    }

    /// Positions of the heads in force.
    pub(super) fn positions(&self) -> Vec<(ChannelName, u64)> {
        let in_force = |tuned: &Tuned| tuned.in_force.as_ref().map(|known| known.head.position);
        let channels = self.channels.iter();
        channels
            .filter_map(|(name, tuned)| Some((name.clone(), in_force(tuned)?)))
            .collect()
    }

    /// Everything that the heads name.
    pub(super) fn names(&self) -> Names {
        let mut names = Names::default();
        for tuned in self.channels.values() {
            if let Some(known) = &tuned.in_force {
                known.accepted.pages().iter().for_each(|page| names.add(*page));
                for item in &known.head.items {
                    names.add(item.content);
                    item.assets.iter().for_each(|asset| names.add(*asset));
                }
            }
            if let Some(accepted) = &tuned.waiting {
                accepted.pages().iter().for_each(|page| names.add(*page));
            }
        }
        names
    }
}

impl Tuned {
    fn take(&mut self, channel: &ChannelName, accepted: Accepted, contents: &Contents) -> Taken {
        match unpack_head(&accepted.message, &|hash| contents.page(hash)) {
            Ok(head) => {
                let changes = vec![
                    Change::Head(channel.clone(), Some(accepted.body.clone())),
                    Change::Waiting(channel.clone(), None),
                ];
                self.in_force = Some(InForce { accepted, head });
                self.waiting = None;
                Taken::InForce(changes)
            }
            Err(Unpacked::Missing(_)) => {
                let changes = vec![Change::Waiting(channel.clone(), Some(accepted.body.clone()))];
                self.waiting = Some(accepted);
                Taken::Waiting(changes)
            }
            Err(error) => Taken::Malformed(error.to_string()),
        }
    }
}
