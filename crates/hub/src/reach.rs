//! How far a release has come: sent, received, on air, display by display.
//!
//! Kept in memory for the newest releases: what a display showed is proved by its receipts, this is for the clerk who
//! waits to see it.

use crate::state::{KnownDisplay, State, hangs_and_hears};
use heliograph_domain::{ChannelName, ContentHash, DisplayId, Instant, PublicationId};
use heliograph_wire::Status;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// So many releases are followed at a time.
const FOLLOWED: usize = 200;

/// A release on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Journey {
    /// The publication.
    pub(crate) publication: PublicationId,
    /// The content that travels.
    pub(crate) content: ContentHash,
    /// When it was recorded.
    pub(crate) released_at: Instant,
    /// Position of its record: a head at this position or later carries it.
    pub(crate) position: u64,
    /// The channels it travels on.
    pub(crate) channels: Vec<ChannelName>,
    /// When the hub handed the heads to the broker.
    pub(crate) sent_at: Option<Instant>,
    /// The site's displays as it set out. Shared with the state, and asked only when somebody wants to know: a release on
    /// ten thousand displays does not wait for a list of them.
    pub(crate) hung: Arc<BTreeMap<DisplayId, Arc<KnownDisplay>>>,
    /// The displays that told of it.
    pub(crate) arrivals: HashMap<DisplayId, Arrival>,
}

impl Journey {
    /// Whether it set out to this display.
    pub(crate) fn set_out_to(&self, display: DisplayId) -> bool {
        let known = self.hung.get(&display);
        known.is_some_and(|known| hangs_and_hears(known, &self.channels))
    }

    /// How far it came to a display that it set out to.
    pub(crate) fn arrival(&self, display: DisplayId) -> Option<Arrival> {
        let arrived = self.arrivals.get(&display).copied();
        arrived.or_else(|| self.set_out_to(display).then(Arrival::default))
    }

    /// Every display that it set out to, and how far it came.
    pub(crate) fn displays(&self) -> impl Iterator<Item = (DisplayId, Arrival)> {
        let all = self
            .hung
            .values()
            .filter(|known| hangs_and_hears(known, &self.channels));
        all.map(|known| known.display.id)
            .map(|id| (id, self.arrivals.get(&id).copied().unwrap_or_default()))
    }
}

/// How far it has come to one display.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// When the display said that it has the head.
    pub(crate) received_at: Option<Instant>,
    /// When its first frame was handed to the panel, by the display's clock.
    pub(crate) on_air_at: Option<Instant>,
}

impl Arrival {
    /// Whether all is known of it that there is to know.
    fn is_told(&self) -> bool {
        self.received_at.is_some() && self.on_air_at.is_some()
    }
}

/// All releases that are followed.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    journeys: VecDeque<Journey>,
    /// What was withdrawn of it.
    gone: HashMap<PublicationId, Gone>,
    /// The log's position up to which withdrawals are known.
    known_to: u64,
}

/// A release that was withdrawn.
#[derive(Debug)]
struct Gone {
    content: ContentHash,
    /// The position that each of its channels has since: a display that has it cannot show the text again.
    since: Vec<(ChannelName, u64)>,
    /// When each display said so: those that came after the release, too.
    told: HashMap<DisplayId, Instant>,
}

impl Gone {
    fn of(journey: &Journey, state: &State) -> Self {
        let heads = journey.channels.iter().filter_map(|name| state.head(name));
        Self {
            content: journey.content,
            since: heads.map(|head| (head.channel, head.position)).collect(),
            told: HashMap::new(),
        }
    }

    /// Whether a display says that it has the programme as it is since, and shows something else.
    fn is_off(&self, status: &Status) -> bool {
        let mut of_these = status.heads.iter().filter_map(|(name, position)| {
            let needed = self.since.iter().find(|(channel, _)| channel == name);
            needed.map(|(_, needed)| position >= needed)
        });
        let newest = of_these
            .next()
            .is_some_and(|first| first && of_these.all(|newest| newest));
        newest && status.on_air.is_none_or(|on| on.content != self.content)
    }
}

impl Reach {
    /// A release sets out.
    pub(crate) fn set_out(&mut self, journey: Journey) {
        self.journeys
            .retain(|known| known.content != journey.content || known.publication != journey.publication);
        // What was withdrawn before it is on release again, or is withdrawn again already.
        self.known_to = 0;
        self.journeys.push_front(journey);
        self.journeys.truncate(FOLLOWED);
    }

    /// Notes which of the releases are withdrawn by now. Displays speak far oftener than the log grows, so that it is not
    /// looked for with each of them.
    pub(crate) fn note_withdrawals(&mut self, state: &State) {
        if state.position <= self.known_to {
            return;
        }
        self.known_to = state.position;
        let gone = &mut self.gone;
        gone.retain(|id, _| self.journeys.iter().any(|journey| journey.publication == *id));
        for journey in &self.journeys {
            let dossier = state.publications.get(&journey.publication);
            if dossier.is_none_or(|dossier| dossier.publication.released.is_some()) {
                gone.remove(&journey.publication);
            } else {
                gone.entry(journey.publication)
                    .or_insert_with(|| Gone::of(journey, state));
            }
        }
    }

    /// The heads up to `position` went out on a channel.
    pub(crate) fn sent(&mut self, channel: &ChannelName, position: u64, now: Instant) {
        for journey in &mut self.journeys {
            if journey.position <= position && journey.sent_at.is_none() && journey.channels.contains(channel) {
                journey.sent_at = Some(now);
            }
        }
    }

    /// A display told how it stands; answers the publications that came further by it.
    pub(crate) fn heard(&mut self, display: DisplayId, status: &Status, now: Instant) -> Vec<PublicationId> {
        let mut moved = Vec::new();
        for journey in &mut self.journeys {
            let Some(before) = journey.arrival(display).filter(|arrival| !arrival.is_told()) else {
                continue;
            };
            let mut arrival = before;
            let has_head = |(channel, position): &(ChannelName, u64)| {
                journey.channels.contains(channel) && *position >= journey.position
            };
            if arrival.received_at.is_none() && status.heads.iter().any(has_head) {
                arrival.received_at = Some(now);
            }
            let shown = status
                .shown
                .iter()
                .find(|s| s.publication == journey.publication && s.content == journey.content);
            if let Some(shown) = shown {
                arrival.on_air_at.get_or_insert(shown.at);
                arrival.received_at.get_or_insert(now);
            }
            if arrival != before {
                journey.arrivals.insert(display, arrival);
                moved.push(journey.publication);
            }
        }
        for (publication, gone) in &mut self.gone {
            if !gone.told.contains_key(&display) && gone.is_off(status) {
                gone.told.insert(display, now);
                moved.push(*publication);
            }
        }
        moved
    }

    /// When a display said that it has the withdrawal of a publication.
    pub(crate) fn off_at(&self, publication: PublicationId, display: DisplayId) -> Option<Instant> {
        self.gone.get(&publication)?.told.get(&display).copied()
    }

    /// The newest journey of a publication.
    pub(crate) fn of(&self, publication: PublicationId) -> Option<&Journey> {
        self.journeys.iter().find(|journey| journey.publication == publication)
    }
}
