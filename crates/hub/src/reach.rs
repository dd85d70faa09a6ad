//! How far a release has come: sent, received, on air, display by display.
//!
//! Kept in memory for the newest releases: what a display showed is proved by its receipts, this is for the clerk who
//! waits to see it.

use heliograph_domain::{ChannelName, ContentHash, DisplayId, Instant, PublicationId};
use heliograph_wire::Status;
use std::collections::{BTreeMap, VecDeque};

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
    /// Display by display.
    pub(crate) displays: BTreeMap<DisplayId, Arrival>,
}

/// How far it has come to one display.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// When the display said that it has the head.
    pub(crate) received_at: Option<Instant>,
    /// When its first frame was handed to the panel, by the display's clock.
    pub(crate) on_air_at: Option<Instant>,
}

/// All releases that are followed.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    journeys: VecDeque<Journey>,
}

impl Reach {
    /// A release sets out.
    pub(crate) fn set_out(&mut self, journey: Journey) {
        self.journeys
            .retain(|known| known.content != journey.content || known.publication != journey.publication);
        self.journeys.push_front(journey);
        self.journeys.truncate(FOLLOWED);
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
            let Some(arrival) = journey.displays.get_mut(&display) else {
                continue;
            };
            let before = *arrival;
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
            if *arrival != before {
                moved.push(journey.publication);
            }
        }
        moved
    }

    /// The newest journey of a publication.
    pub(crate) fn of(&self, publication: PublicationId) -> Option<&Journey> {
        self.journeys.iter().find(|journey| journey.publication == publication)
    }
}
