//! Mail: everything that is retained for one display, for whoever asks past the broker.

use crate::broadcast::Mailbox;
use crate::signer::{Ask, Seals};
use crate::state::State;
use heliograph_domain::{DisplayId, Instant, SiteName};
use heliograph_wire::{Letter, Mail, Topic};

/// What mail is put together from.
pub(crate) struct Desk<'a> {
    pub(crate) site: &'a SiteName,
    pub(crate) state: &'a State,
    pub(crate) mailbox: &'a Mailbox,
    pub(crate) seals: &'a Seals,
    pub(crate) now: Instant,
}

impl Desk<'_> {
    /// What is retained for a display, in the order in which it is to be judged: whom to believe first. With the time,
    /// when it was asked for.
    pub(crate) fn mail(&self, display: DisplayId, nonce: Option<[u8; 16]>) -> Mail {
        let steps = self.mailbox.trust_steps().into_iter();
        let steps = steps.map(|(topic, payload)| (topic, payload.to_vec()));
        let tuned = self.state.displays.get(&display);
        let channels = tuned.into_iter().flat_map(|known| &known.display.setting.channels);
        let heads = channels.cloned().map(Topic::Head);
        let rest = [Topic::Site, Topic::Erased, Topic::Config(display)];
        let letters = steps
            .chain(self.kept(Topic::Trust))
            .chain(self.beat())
            .chain(rest.into_iter().chain(heads).filter_map(|topic| self.kept(topic)))
            .chain(nonce.and_then(|nonce| self.time(display, nonce)));
        Mail {
            letters: letters.map(|(topic, payload)| self.letter(&topic, payload)).collect(),
        }
    }

    /// The time, for a display that asked.
    pub(crate) fn time(&self, display: DisplayId, nonce: [u8; 16]) -> Option<(Topic, Vec<u8>)> {
        let ask = Ask::Time {
            display,
            nonce,
            time: self.now,
        };
        Some((Topic::Time(display), self.seals.seal(&ask, self.now)?))
    }

    /// A heartbeat made just now.
    fn beat(&self) -> Option<(Topic, Vec<u8>)> {
        let ask = Ask::Heartbeat {
            position: self.state.position,
            time: self.now,
            marks: self.mailbox.marks(),
            newest: self.mailbox.newest(),
        };
        Some((Topic::Heartbeat, self.seals.seal(&ask, self.now)?))
    }

    fn kept(&self, topic: Topic) -> Option<(Topic, Vec<u8>)> {
        let payload = self.mailbox.letter(&topic)?;
        Some((topic, payload.to_vec()))
    }

    fn letter(&self, topic: &Topic, payload: Vec<u8>) -> Letter {
        let path = topic.path(self.site);
        let below = path.strip_prefix(&format!("heliograph/v1/{}/", self.site));
        Letter {
            topic: below.unwrap_or(&path).to_owned(),
            payload,
        }
    }
}
