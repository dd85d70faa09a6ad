//! The broadcaster's mind, without sockets or clocks: what happened goes into [`Core::handle`], what is to be said comes
//! out of [`Core::next`], a step at a time, so that a whole programme is never in memory at once.

use super::clock_watch::ClockWatch;
use super::mailbox::Mailbox;
use crate::keys::Keys;
use crate::library::Library;
use crate::projector::Projected;
use crate::reach::Journey;
use crate::signer::{Ask, Seals, config_version};
use crate::state::{State, event_of};
use bytes::Bytes;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, DisplayId, Event, Instant, PublicationId};
use heliograph_log::Record;
use heliograph_wire::{ContentPayload, Topic, pack_head};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Time between heartbeats.
const HEARTBEAT_MS: u64 = 15_000;
/// Retained content that no head names is cleared after this long: a display that lags may still want it.
const KEEP_UNNAMED_MS: u64 = DAY_MS;
/// And no more than so many of a channel: a display that connects hears them all before the head, and holds 64 objects
/// that nothing names yet.
const KEEP_UNNAMED: usize = 24;

/// What the broadcaster is told.
pub(crate) enum Input {
    /// The log grew.
    Projected(Box<Projected>),
    /// The broker let the hub in, for the first time or again: it may have lost everything.
    Connected,
    /// The broker retains this content, from whenever: an external broker outlives the hub.
    Found(ChannelName, ContentHash),
    /// The broker is gone. Nothing is said to it until it is there again; what is signed goes into the mailbox.
    Disconnected,
    /// Time has passed. At least once a second.
    Tick {
        /// What the office's clock tells.
        now: Instant,
        /// A clock that nobody sets.
        monotonic_ms: u64,
    },
}

/// What is to be done.
pub(crate) enum Effect {
    /// Said to the broker.
    Say {
        /// Where.
        topic: Topic,
        /// What; nothing clears what is retained.
        payload: Bytes,
    },
    /// A release or an amendment sets out on its way to the displays that hear its channels.
    SetOut(Journey),
    /// A channel's head up to a position was said.
    Sent {
        /// The channel.
        channel: ChannelName,
        /// The head's position.
        position: u64,
    },
}

/// What the broadcaster leans on.
pub(crate) struct View<'a> {
    /// What the log says, at least as far as the inputs told.
    pub(crate) state: &'a State,
    /// The content store.
    pub(crate) library: &'a Library,
    /// What displays are told to trust.
    pub(crate) keys: &'a Keys,
    /// Whoever signs the rest.
    pub(crate) seals: &'a Seals,
    /// The addresses that displays may fetch from.
    pub(crate) hubs: &'a [String],
    /// The office's time.
    pub(crate) now: Instant,
}

/// One thing to say, small enough to be in memory at once.
enum Step {
    Follow(Box<Record>),
    Channel(ChannelName),
    Drop(Vec<ContentHash>),
    Found(ChannelName, ContentHash),
    Erased,
    Blank,
    Site,
    Display(DisplayId),
    Trust,
    AllChannels,
    ClearUnnamed,
    Heartbeat,
}

/// The broadcaster's memory of what the broker holds.
pub(crate) struct Core {
    mailbox: Arc<Mailbox>,
    connected: bool,
    steps: VecDeque<Step>,
    effects: Vec<Effect>,
    /// Content that the broker holds, by channel: since when no head names it.
    held: BTreeMap<ChannelName, HashMap<ContentHash, Option<Instant>>>,
    watch: Option<ClockWatch>,
    beat_at_ms: u64,
    /// The signer did not answer: once it does, everything is signed anew.
    unsigned: bool,
}

impl Core {
    /// A broadcaster that knows no broker yet. Its first steps fill the mailbox.
    pub(crate) fn new(mailbox: Arc<Mailbox>) -> Self {
        let mut core = Self {
            mailbox,
            connected: false,
            steps: VecDeque::new(),
            effects: Vec::new(),
            held: BTreeMap::new(),
            watch: None,
            beat_at_ms: 0,
            unsigned: false,
        };
        core.everything();
        core
    }

    /// Takes what happened.
    pub(crate) fn handle(&mut self, input: Input) {
        match input {
            Input::Projected(projected) => self.projected(*projected),
            Input::Connected => self.connected(),
            Input::Found(channel, hash) => self.steps.push_back(Step::Found(channel, hash)),
            Input::Disconnected => self.connected = false,
            Input::Tick { now, monotonic_ms } => self.tick(now, monotonic_ms),
        }
    }

    /// Does the next step: what is to be done for it, in this order. `None` when all is said.
    pub(crate) fn next(&mut self, view: &View<'_>) -> Option<Vec<Effect>> {
        match self.steps.pop_front()? {
            Step::Follow(record) => {
                let journey = set_out(&record, view.state).map(Effect::SetOut);
                self.effects.extend(journey);
            }
            Step::Channel(channel) => self.channel(view, &channel),
            Step::Drop(hashes) => self.drop_erased(&hashes),
            Step::Found(channel, hash) => self.found(view, channel, hash),
            Step::Erased => {
                if let Some(last) = view.state.erased.last() {
                    let position = last.position;
                    self.sign_and_say(view, Topic::Erased, &Ask::Erased { position });
                }
            }
            Step::Blank => {
                let position = view.state.blank.position;
                if position > 0 {
                    self.sign_and_say(view, Topic::Site, &Ask::Site { position });
                }
            }
            Step::Site => self.site(view),
            Step::Display(id) => self.display(view, id),
            Step::Trust => {
                for (serial, step) in &view.keys.steps {
                    self.say(Topic::TrustStep(*serial), step.clone());
                }
                self.say(Topic::Trust, view.keys.trust.clone());
            }
            Step::AllChannels => {
                let channels = view.state.channels.titles.keys().cloned().map(Step::Channel);
                self.first(channels.collect());
            }
            Step::ClearUnnamed => self.clear_unnamed(view.now),
            Step::Heartbeat => self.heartbeat(view),
        }
        Some(std::mem::take(&mut self.effects))
    }

    fn projected(&mut self, projected: Projected) {
        let Projected { record, changed } = projected;
        self.steps.push_back(Step::Follow(Box::new(record)));
        if changed.blank {
            self.steps.push_back(Step::Blank);
        }
        self.steps.extend(changed.channels.into_iter().map(Step::Channel));
        if !changed.erased.is_empty() {
            self.steps.extend([Step::Drop(changed.erased), Step::Erased]);
        }
        if changed.site {
            self.steps.push_back(Step::Site);
        }
        self.steps.extend(changed.displays.into_iter().map(Step::Display));
    }

    /// What was still to be said is part of everything, but for what the broker must drop.
    fn connected(&mut self) {
        self.connected = true;
        for step in std::mem::take(&mut self.steps) {
            match step {
                Step::Follow(_) => self.steps.push_back(step),
                Step::Drop(hashes) => self.drop_erased(&hashes),
                _ => {}
            }
        }
        self.held.clear();
        self.everything();
    }

    /// The broker may know nothing: all that is retained is sent again. Same state, same bytes, so no harm is done.
    fn everything(&mut self) {
        let all = [
            Step::Trust,
            Step::Blank,
            Step::Site,
            Step::Erased,
            Step::AllChannels,
            Step::Heartbeat,
        ];
        self.steps.extend(all);
    }

    fn tick(&mut self, now: Instant, monotonic_ms: u64) {
        let was_set = self.watch.is_some_and(|watch| watch.was_set(now, monotonic_ms));
        self.watch = Some(ClockWatch {
            said: now,
            at_ms: monotonic_ms,
        });
        if monotonic_ms >= self.beat_at_ms {
            self.beat_at_ms = monotonic_ms.saturating_add(HEARTBEAT_MS);
            self.steps.extend([Step::ClearUnnamed, Step::Heartbeat]);
        } else if was_set {
            // All that displays have heard looks old now, or early: they are told at once.
            self.steps.push_back(Step::Heartbeat);
        } else if self.unsigned {
            self.steps.push_back(Step::Heartbeat);
        }
    }

    /// Puts steps before all others, in this order.
    fn first(&mut self, steps: Vec<Step>) {
        for step in steps.into_iter().rev() {
            self.steps.push_front(step);
        }
    }

    /// The broker drops what was erased; every display is told to by the message that follows.
    fn drop_erased(&mut self, hashes: &[ContentHash]) {
        let mut over = Vec::new();
        for (channel, held) in &mut self.held {
            let gone = hashes.iter().filter(|hash| held.remove(hash).is_some());
            over.extend(gone.map(|hash| Topic::Content(channel.clone(), *hash)));
        }
        for topic in over {
            self.say(topic, Vec::new());
        }
    }

    /// What nobody may have any more is cleared at once; the rest is cleared like what this hub sent itself.
    fn found(&mut self, view: &View<'_>, channel: ChannelName, hash: ContentHash) {
        let erased = view.state.erased.iter().any(|erased| erased.content == hash);
        if erased || !view.state.channels.titles.contains_key(&channel) {
            return self.say(Topic::Content(channel, hash), Vec::new());
        }
        let held = self.held.entry(channel.clone()).or_default();
        held.entry(hash).or_insert(Some(view.now));
        self.drop_surplus(&channel);
    }

    /// The site's profile travels on every channel, since every display hears at least one.
    fn site(&mut self, view: &View<'_>) {
        let Some(site) = &view.state.site else { return };
        for channel in view.state.channels.titles.keys() {
            self.content(view.library, channel, &site.profile);
        }
        self.first(view.state.displays.keys().copied().map(Step::Display).collect());
    }

    fn display(&mut self, view: &View<'_>, id: DisplayId) {
        let (Some(site), Some(known)) = (&view.state.site, view.state.displays.get(&id)) else {
            return;
        };
        if known.display.retired {
            // An empty payload clears what the broker retains.
            return self.say(Topic::Config(id), Vec::new());
        }
        let ask = Ask::Config {
            display: id,
            position: config_version(known, site).0,
            hubs: view.hubs.to_vec(),
        };
        self.sign_and_say(view, Topic::Config(id), &ask);
    }

    fn channel(&mut self, view: &View<'_>, channel: &ChannelName) {
        let state = view.state;
        let Some(head) = state.head(channel) else { return };
        let (message, pages) = pack_head(&head);
        let digest = Sha256::digest(message.to_bytes()).into();
        let ask = Ask::Head {
            channel: channel.clone(),
            position: head.position,
            body: digest,
        };
        let Some(payload) = self.sign(view, &ask) else { return };
        if let Some(site) = &state.site {
            self.content(view.library, channel, &site.profile);
        }
        for item in &head.items {
            self.content(view.library, channel, &item.content);
        }
        for (hash, page) in &pages {
            self.payload(channel, *hash, page);
        }
        self.mailbox.mark(channel, head.position, digest);
        self.say(Topic::Head(channel.clone()), payload);
        if self.connected {
            self.effects.push(Effect::Sent {
                channel: channel.clone(),
                position: head.position,
            });
        }
        let pages: Vec<ContentHash> = pages.iter().map(|(hash, _)| *hash).collect();
        self.mark_unnamed(&head, &pages, state, view.now);
    }

    fn content(&mut self, library: &Library, channel: &ChannelName, hash: &ContentHash) {
        if !self.connected || self.held.get(channel).is_some_and(|held| held.contains_key(hash)) {
            return;
        }
        if let Some(payload) = stored_payload(library, hash) {
            self.payload(channel, *hash, &payload);
        }
    }

    fn payload(&mut self, channel: &ChannelName, hash: ContentHash, payload: &ContentPayload) {
        let (topic, bytes) = (Topic::Content(channel.clone(), hash), payload.to_bytes());
        if bytes.len() > topic.limit() {
            // Displays fetch it over HTTP; a packet over the client's limit would end the hub's own connection.
            tracing::debug!(content = %hash, bytes = bytes.len(), "an object is too large for the broker: displays fetch it");
            return;
        }
        if self.connected
            && self
                .held
                .entry(channel.clone())
                .or_default()
                .insert(hash, None)
                .is_none()
        {
            self.say(topic, bytes);
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
        self.drop_surplus(&head.channel);
    }

    /// Clears the oldest of what no head of this channel names, when that is too much.
    fn drop_surplus(&mut self, channel: &ChannelName) {
        let Some(held) = self.held.get_mut(channel) else { return };
        let unnamed = held.iter().filter_map(|(hash, since)| Some((since.as_ref()?, hash)));
        let mut unnamed: Vec<_> = unnamed.map(|(since, hash)| (*since, *hash)).collect();
        unnamed.sort_unstable();
        unnamed.truncate(unnamed.len().saturating_sub(KEEP_UNNAMED));
        for (_, hash) in unnamed {
            held.remove(&hash);
            self.effects.extend(self.connected.then(|| Effect::Say {
                topic: Topic::Content(channel.clone(), hash),
                payload: Bytes::new(),
            }));
        }
    }

    fn clear_unnamed(&mut self, now: Instant) {
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
            self.say(topic, Vec::new());
        }
    }

    fn heartbeat(&mut self, view: &View<'_>) {
        let ask = Ask::Heartbeat {
            position: view.state.position,
            time: view.now,
            marks: self.mailbox.marks(),
            newest: self.mailbox.newest(),
        };
        self.sign_and_say(view, Topic::Heartbeat, &ask);
    }

    fn sign_and_say(&mut self, view: &View<'_>, topic: Topic, ask: &Ask) {
        if let Some(payload) = self.sign(view, ask) {
            self.say(topic, payload);
        }
    }

    /// Has something signed. What a signer that was away has missed is signed once it is there again.
    fn sign(&mut self, view: &View<'_>, ask: &Ask) -> Option<Vec<u8>> {
        let payload = view.seals.seal(ask, view.now);
        if payload.is_some() && std::mem::take(&mut self.unsigned) {
            self.everything();
        }
        self.unsigned |= view.seals.gone();
        payload
    }

    /// What is signed goes into the mailbox, and to the broker if it is there.
    fn say(&mut self, topic: Topic, payload: Vec<u8>) {
        let payload = Bytes::from(payload);
        if topic.role().is_some() && topic.retained() {
            self.mailbox.put(&topic, &payload);
        }
        if self.connected {
            self.effects.push(Effect::Say { topic, payload });
        }
    }
}

/// The journey that a release begins, or what changes it.
fn set_out(record: &Record, state: &State) -> Option<Journey> {
    let Ok(Event::Publication(id, event)) = event_of(record) else {
        return None;
    };
    let sets_out = matches!(
        event,
        PublicationEvent::Released(_) | PublicationEvent::Amended { .. } | PublicationEvent::Rescheduled { .. }
    );
    sets_out.then(|| journey(state, id, record)).flatten()
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
        hung: Arc::clone(&state.displays),
        arrivals: HashMap::new(),
    })
}

fn stored_payload(library: &Library, hash: &ContentHash) -> Option<ContentPayload> {
    let object = library.object(hash)?;
    Some(ContentPayload {
        salt: object.salt,
        bytes: object.bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_content_that_no_head_names_makes_room_when_there_is_too_much_of_it() {
        let hall: ChannelName = "hall".parse().unwrap();
        let hash = |n: usize| ContentHash([u8::try_from(n).unwrap(); 32]);
        let mut core = Core::new(Arc::default());
        core.connected = true;
        let (unnamed, named) = (KEEP_UNNAMED + 16, 9);
        let since = |n: usize| (n < unnamed).then_some(Instant(1000 + n as u64));
        let held = (0..unnamed + named).map(|n| (hash(n), since(n))).collect();
        core.held.insert(hall.clone(), held);
        core.drop_surplus(&hall);
        let cleared = core.effects.iter().map(|effect| match effect {
            Effect::Say { topic, payload } if payload.is_empty() => topic.clone(),
            _ => panic!("nothing else is to be said"),
        });
        assert!(cleared.eq((0..16).map(|n| Topic::Content(hall.clone(), hash(n)))));
        assert_eq!(core.held[&hall].len(), KEEP_UNNAMED + named);
        core.drop_surplus(&hall);
        assert_eq!(core.effects.len(), 16, "once");
    }
}
