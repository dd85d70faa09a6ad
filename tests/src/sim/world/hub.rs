//! The hub and its broker: what is said, and to whom it is passed on.

use super::{Event, SECOND, World};
use crate::sim::Bug;
use crate::sim::broker::{Payload, matches};
use crate::sim::office::keys;
use crate::sim::record::body_of;
use heliograph_domain::Instant;
use heliograph_hub::sim::Said;
use heliograph_wire::{KeyPair, Stamp, Topic, seal};

impl World {
    pub(super) fn hub_ticks(&mut self) {
        let next = self.t.max(self.coarse_until.min(self.t + self.weather.outage_ms)) + SECOND;
        let next = if self.t < self.coarse_until {
            next
        } else {
            self.t + SECOND
        };
        self.at(next, Event::Hub);
        if !self.hub_is_up {
            return;
        }
        let now = self.office.clock(self.t);
        self.office.hub.tick(now, self.t);
        self.hub_says();
    }

    pub(super) fn hub_says(&mut self) {
        let now = self.office.clock(self.t);
        for said in self.office.hub.says(now) {
            self.says(said);
        }
    }

    /// The hub says something to the broker.
    pub(super) fn says(&mut self, said: Said) {
        let said = self.mistaken(said);
        let path = said.topic.path(&self.office.site);
        self.office.record.takes(&path, &said.topic, &said.payload);
        self.traces(6, 0, &said.payload);
        // What the broker loses of the hub's it does not retain either.
        if !self.broker.up || self.dice.chance(self.weather.loss / 4) {
            return;
        }
        let payload: Payload = said.payload.to_vec().into();
        if said.topic.retained() {
            self.broker.keeps(&path, &payload);
        }
        for index in 0..self.booths.len() {
            let booth = &self.booths[index];
            if let Some(session) = booth.session
                && booth.filters.iter().any(|filter| matches(filter, &path))
            {
                self.passes_on(index, session, path.clone(), payload.clone());
            }
        }
    }

    /// A hub with a bug, for the controls: it signs an older body of a head as the newest.
    pub(super) fn mistaken(&mut self, said: Said) -> Said {
        let path = said.topic.path(&self.office.site);
        let older = self.office.record.payloads(&path).first().cloned();
        let (Some(Bug::SignsAnOldHead), Topic::Head(_), Some(older)) = (self.bug, &said.topic, older) else {
            return said;
        };
        let known = self
            .office
            .record
            .payloads(&path)
            .iter()
            .any(|payload| payload[..] == said.payload[..]);
        let number = |from: usize, to: usize| {
            said.payload[from..to]
                .iter()
                .fold(0_u64, |all, byte| (all << 8) | u64::from(*byte))
        };
        if known || !self.dice.chance(50) {
            return said;
        }
        let stamp = Stamp {
            epoch: self.office.epoch,
            version: number(14, 22),
            issued_at: Instant(number(22, 30)),
        };
        let key = KeyPair::from_secret(keys(self.office.epoch).release);
        let payload = seal(&key, &self.office.site, &said.topic, stamp, body_of(&older)).into();
        Said { payload, ..said }
    }

    pub(super) fn hub_boots(&mut self, rekeyed: bool) {
        if self.hub_is_up {
            return;
        }
        self.tally.restarts += 1;
        self.hub_is_up = true;
        self.office.restarts(rekeyed, self.t);
        let epoch = self.office.epoch;
        self.story
            .tell(self.t, None, || format!("the hub starts, epoch {epoch}"));
        self.hub_connects();
    }

    pub(super) fn hub_connects(&mut self) {
        if self.broker.up && self.hub_is_up && !self.broker.hub_is_here {
            self.broker.hub_is_here = true;
            self.office.hub.connected();
            self.hub_says();
        }
    }

    pub(super) fn hub_is_gone_from_broker(&mut self) {
        self.broker.hub_is_here = false;
        self.office.hub.disconnected();
    }

    pub(super) fn broker_is_up(&mut self) {
        if !self.broker.up {
            self.broker.up = true;
            self.story.tell(self.t, None, || "the broker is back".to_owned());
        }
        self.hub_connects();
    }

    pub(super) fn broker_goes_down(&mut self, forgets: bool) {
        self.broker.up = false;
        if forgets {
            self.broker.retained.clear();
        }
        self.hub_is_gone_from_broker();
        for index in 0..self.booths.len() {
            self.finds_out(index, 2 * SECOND);
        }
    }

    /// A display's connection is gone, and it finds that out within this time.
    pub(super) fn finds_out(&mut self, index: usize, within_ms: u64) {
        if let Some(session) = self.booths[index].session {
            let later = self.t + self.dice.between(1, within_ms);
            self.at(later, Event::Lost(index, session));
        }
    }

    pub(super) fn office_acts(&mut self) {
        if self.peaceful {
            return;
        }
        self.soon(self.weather.office_ms, Event::Office);
        if self.hub_is_up {
            self.tally.office += 1;
            let told = self.office.acts(&mut self.dice, self.t);
            self.story.tell(self.t, None, || format!("the office {told}"));
            self.hub_says();
        }
    }
}
