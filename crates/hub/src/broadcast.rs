//! Sends the programme out: content first, then the head that names it, retained, so that a display that comes late
//! finds everything.

use crate::feed::News;
use crate::library::Library;
use crate::office::Office;
use crate::projector::Projected;
use crate::reach::Journey;
use crate::signer;
use crate::state::{KnownDisplay, State, event_of};
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, DisplayId, Event, Instant, PublicationId};
use heliograph_log::Record;
use heliograph_wire::{ContentPayload, Topic};
use rumqttc::{AsyncClient, QoS};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Time between heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Time between two looks at the clock.
const CLOCK_LOOK: Duration = Duration::from_secs(1);
/// A clock that went otherwise than time did by more than this was set by someone.
const CLOCK_SET: Duration = Duration::from_secs(5);

/// Compares the office's clock with the time that has passed.
struct ClockWatch {
    said: Instant,
    at: std::time::Instant,
}

impl ClockWatch {
    fn new(now: Instant) -> Self {
        Self {
            said: now,
            at: std::time::Instant::now(),
        }
    }

    fn was_set(&mut self, now: Instant) -> bool {
        let passed = self.at.elapsed();
        let expected = self
            .said
            .0
            .saturating_add(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX));
        *self = Self::new(now);
        u128::from(now.0.abs_diff(expected)) > CLOCK_SET.as_millis()
    }
}
/// Retained content that no head names is cleared after this long: a display that lags may still want it.
const KEEP_UNNAMED_MS: u64 = DAY_MS;

/// What the broadcaster is told.
pub(crate) enum Input {
    /// The log grew.
    Projected(Box<Projected>),
    /// The broker let the hub in, for the first time or again: it may have lost everything.
    Connected,
}

/// The broadcaster's memory of what the broker holds.
pub(crate) struct Broadcaster {
    office: Arc<Office>,
    client: AsyncClient,
    hubs: Vec<String>,
    /// Content that the broker holds, by channel: since when no head names it.
    held: BTreeMap<ChannelName, HashMap<ContentHash, Option<Instant>>>,
    /// What heartbeats repeat: position and digest of each head sent.
    heads: BTreeMap<ChannelName, (u64, [u8; 32])>,
}

impl Broadcaster {
    /// `hubs`: the addresses that displays may fetch from.
    pub(crate) fn new(office: Arc<Office>, client: AsyncClient, hubs: Vec<String>) -> Self {
        Self {
            office,
            client,
            hubs,
            held: BTreeMap::new(),
            heads: BTreeMap::new(),
        }
    }

    /// Runs until the hub stops and nobody can tell it anything any more.
    pub(crate) async fn run(mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        let mut look = tokio::time::interval(CLOCK_LOOK);
        let mut watch = ClockWatch::new(self.office.now());
        loop {
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(Input::Projected(projected)) => self.projected(&projected).await,
                    Some(Input::Connected) => self.everything().await,
                    None => return,
                },
                _ = beat.tick() => {
                    self.clear_unnamed().await;
                    self.heartbeat().await;
                }
                // A clock that was set makes all that displays have heard look old, or early: they are told at once.
                _ = look.tick() => if watch.was_set(self.office.now()) {
                    self.heartbeat().await;
                }
            }
        }
    }

    async fn projected(&mut self, projected: &Projected) {
        let state = self.office.state();
        self.follow(&projected.record, &state);
        for channel in &projected.changed.channels {
            self.channel(&state, channel).await;
        }
        if !projected.changed.erased.is_empty() {
            self.erased(&state, &projected.changed.erased).await;
        }
        if projected.changed.site {
            self.site(&state).await;
        }
        for display in &projected.changed.displays {
            self.display(&state, *display).await;
        }
    }

    /// The broker may know nothing: all that is retained is sent again. Same state, same bytes, so no harm is done.
    async fn everything(&mut self) {
        let state = self.office.state();
        self.held.clear();
        self.send(&Topic::Trust, self.office.keys.trust.clone()).await;
        self.site(&state).await;
        self.erased(&state, &[]).await;
        for channel in state.channels.titles.keys() {
            self.channel(&state, channel).await;
        }
        self.heartbeat().await;
    }

    /// The broker drops what was erased, and every display is told to.
    async fn erased(&mut self, state: &State, now: &[ContentHash]) {
        let mut over = Vec::new();
        for (channel, held) in &mut self.held {
            let gone = now.iter().filter(|hash| held.remove(hash).is_some());
            over.extend(gone.map(|hash| Topic::Content(channel.clone(), *hash)));
        }
        for topic in over {
            self.send(&topic, Vec::new()).await;
        }
        if let Some(payload) = signer::erased(&self.office.keys, &self.office.site, state) {
            self.send(&Topic::Erased, payload).await;
        }
    }

    /// The site's profile travels on every channel, since every display hears at least one.
    async fn site(&mut self, state: &State) {
        let Some(site) = &state.site else { return };
        for channel in state.channels.titles.keys() {
            self.content(channel, &site.profile).await;
        }
        for display in state.displays.keys() {
            self.display(state, *display).await;
        }
    }

    async fn display(&mut self, state: &State, id: DisplayId) {
        let (Some(site), Some(known)) = (&state.site, state.displays.get(&id)) else {
            return;
        };
        // An empty payload clears what the broker retains.
        let payload = if known.display.retired {
            Vec::new()
        } else {
            signer::config(&self.office.keys, site, known, &self.hubs)
        };
        self.send(&Topic::Config(id), payload).await;
    }

    async fn channel(&mut self, state: &State, channel: &ChannelName) {
        let Some(head) = state.head(channel) else { return };
        let sealed = match signer::head(&self.office.keys, &self.office.site, state, &head) {
            Ok(sealed) => sealed,
            Err(error) => {
                tracing::error!(%error, %channel, "the head was not signed; displays keep the former one");
                return;
            }
        };
        if let Some(site) = &state.site {
            self.content(channel, &site.profile).await;
        }
        for item in &head.items {
            self.content(channel, &item.content).await;
        }
        for (hash, page) in &sealed.pages {
            self.payload(channel, *hash, page).await;
        }
        self.send(&Topic::Head(channel.clone()), sealed.payload).await;
        let now = self.office.now();
        self.heads.insert(channel.clone(), (head.position, sealed.digest));
        self.office.reach().sent(channel, head.position, now);
        let pages: Vec<ContentHash> = sealed.pages.iter().map(|(hash, _)| *hash).collect();
        self.mark_unnamed(&head, &pages, state, now);
    }

    async fn content(&mut self, channel: &ChannelName, hash: &ContentHash) {
        if self.held.get(channel).is_some_and(|held| held.contains_key(hash)) {
            return;
        }
        if let Some(payload) = stored_payload(&self.office.library, hash) {
            self.payload(channel, *hash, &payload).await;
        }
    }

    async fn payload(&mut self, channel: &ChannelName, hash: ContentHash, payload: &ContentPayload) {
        let (topic, bytes) = (Topic::Content(channel.clone(), hash), payload.to_bytes());
        if bytes.len() > topic.limit() {
            // Displays fetch it over HTTP; a packet over the client's limit would end the hub's own connection.
            tracing::debug!(content = %hash, bytes = bytes.len(), "an object is too large for the broker: displays fetch it");
            return;
        }
        if self
            .held
            .entry(channel.clone())
            .or_default()
            .insert(hash, None)
            .is_none()
        {
            self.send(&topic, bytes).await;
        }
    }

    /// Notes since when each content that the broker holds is named by no head.
    fn mark_unnamed(&mut self, head: &ChannelHead, pages: &[ContentHash], state: &State, now: Instant) {
        let mut named: BTreeSet<ContentHash> = head.items.iter().map(|item| item.content).collect();
        named.extend(pages);
        named.extend(state.site.as_ref().map(|site| site.profile));
        for (hash, since) in self.held.entry(head.channel.clone()).or_default() {
            *since = if named.contains(hash) {
                None
            } else {
                Some(since.unwrap_or(now))
            };
        }
    }

    async fn clear_unnamed(&mut self) {
        let now = self.office.now();
        let mut over = Vec::new();
        for (channel, held) in &mut self.held {
            held.retain(|hash, since| {
                let keep = since.is_none_or(|since| now.since(since) < KEEP_UNNAMED_MS);
                if !keep {
                    over.push(Topic::Content(channel.clone(), *hash));
                }
                keep
            });
        }
        for topic in over {
            self.send(&topic, Vec::new()).await;
        }
    }

    async fn heartbeat(&mut self) {
        let heads: Vec<_> = self
            .heads
            .iter()
            .map(|(channel, (position, digest))| (channel.clone(), *position, *digest))
            .collect();
        let position = self.office.state().position;
        let payload = signer::heartbeat(
            &self.office.keys,
            &self.office.site,
            position,
            self.office.now(),
            &heads,
        );
        self.send(&Topic::Heartbeat, payload).await;
    }

    /// A release or an amendment sets out on its way to the displays that hear its channels.
    fn follow(&self, record: &Record, state: &State) {
        let Ok(Event::Publication(id, event)) = event_of(record) else {
            return;
        };
        if !matches!(event, PublicationEvent::Released(_) | PublicationEvent::Amended { .. }) {
            return;
        }
        let Some(journey) = journey(state, id, record) else {
            return;
        };
        self.office.reach().set_out(journey);
        self.office.feed.tell(News::Reach { publication: id });
    }

    async fn send(&self, topic: &Topic, payload: Vec<u8>) {
        let path = topic.path(&self.office.site);
        if let Err(error) = self
            .client
            .publish(path, QoS::AtLeastOnce, topic.retained(), payload)
            .await
        {
            tracing::warn!(%error, ?topic, "a message could not be handed to the broker; it is sent again on reconnection");
        }
    }
}

fn journey(state: &State, id: PublicationId, record: &Record) -> Option<Journey> {
    let on = state.publications.get(&id)?.publication.released.as_ref()?;
    Some(Journey {
        publication: id,
        content: on.release.content,
        released_at: Instant(record.recorded_at.0),
        position: record.position.0,
        channels: on.release.channels.clone(),
        sent_at: None,
        displays: state
            .audience(&on.release.channels)
            .into_iter()
            .map(|id| (id, Default::default()))
            .collect(),
    })
}

fn stored_payload(library: &Library, hash: &ContentHash) -> Option<ContentPayload> {
    let object = library.object(hash)?;
    Some(ContentPayload {
        salt: object.salt,
        bytes: object.bytes.to_vec(),
    })
}

/// Whether the display's key is the one that signs its statuses.
pub(crate) fn key_of(known: &KnownDisplay) -> heliograph_wire::PublicKey {
    heliograph_wire::PublicKey(known.display.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_one_that_runs_is_not() {
        let mut watch = ClockWatch::new(Instant(1_000_000));
        assert!(!watch.was_set(Instant(1_000_900)));
        assert!(watch.was_set(Instant(50_000_000)));
        assert!(!watch.was_set(Instant(50_000_100)));
        assert!(watch.was_set(Instant(1_000_000)), "set back, too");
    }
}
