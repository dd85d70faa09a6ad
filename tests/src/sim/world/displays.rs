//! Displays: turned on and off, connected, brought messages, answered.

use super::{Event, MINUTE, SECOND, World};
use crate::sim::Bug;
use crate::sim::belief::Worth;
use crate::sim::booth::Wish;
use crate::sim::broker::Payload;
use crate::sim::judge::{Invariant, judge};
use crate::sim::record::body_of;
use heliograph_domain::ContentHash;
use heliograph_player::agent::Input;
use heliograph_wire::{Mail, Status, TimeAnswer, Topic};

impl World {
    pub(super) fn ticks(&mut self, index: usize, life: u32) {
        if self.booths[index].life != life || !self.booths[index].is_on() {
            return;
        }
        self.feels(index, Input::Tick);
        let step = if self.t < self.coarse_until {
            let whole = self.weather.outage_ms / 300;
            whole.max(MINUTE).min(self.coarse_until - self.t)
        } else {
            self.weather.tick_ms
        };
        self.at(self.t + step, Event::Tick(index, life));
    }

    /// Something happens to a display; what it wants is done, and it is judged.
    pub(super) fn feels(&mut self, index: usize, input: Input) {
        if !self.booths[index].is_on() {
            return;
        }
        self.concerned = index;
        let wishes = self.booths[index].feels(self.t, input);
        if let Some(why) = self.booths[index].hasty.take() {
            self.rules(index, Err((Invariant::NeverBack, why)));
        }
        self.grants(index, wishes);
        self.looks_at(index);
    }

    pub(super) fn looks_at(&mut self, index: usize) {
        if self.booths[index].is_on() {
            self.tally.steps += 1;
            let verdict = judge(&self.office.record, &self.booths[index], self.t);
            self.rules(index, verdict);
        }
    }

    pub(super) fn boots(&mut self, index: usize) {
        if self.booths[index].is_on() {
            return;
        }
        self.tally.restarts += 1;
        let booted = self.booths[index].boots(self.t, &self.office.record, &mut self.dice);
        let wishes = match booted {
            Ok(wishes) => wishes,
            Err(why) => return self.rules(index, Err((Invariant::NeverBack, why))),
        };
        let life = self.booths[index].life;
        let clock = self.booths[index].moment(self.t).wall.0;
        self.story.tell(self.t, Some(index), || {
            format!("is turned on, start {life}; its clock says {clock}")
        });
        self.traces(1, index as u64, &[]);
        self.grants(index, wishes);
        self.looks_at(index);
        self.at(self.t + self.weather.tick_ms, Event::Tick(index, life));
        self.at(self.t + 250, Event::Connect(index, life));
    }

    pub(super) fn ends_booth(&mut self, index: usize, in_order: bool) {
        if !self.booths[index].is_on() {
            return;
        }
        let ended = self.booths[index].ends(in_order, &mut self.dice);
        self.rules(index, ended.map_err(|why| (Invariant::NeverBack, why)));
        let how = if in_order { "is turned off" } else { "loses its power" };
        self.story.tell(self.t, Some(index), || how.to_owned());
        let after = self.dice.between(SECOND, 90 * SECOND);
        self.at(self.t + after, Event::Boot(index));
    }

    pub(super) fn connects(&mut self, index: usize, life: u32) {
        let booth = &self.booths[index];
        if booth.life != life || !booth.is_on() || booth.session.is_some() {
            return;
        }
        if !self.broker.up || self.t < booth.cut_off_until {
            let again = self.t.max(booth.cut_off_until).max(self.coarse_until) + self.dice.between(250, 10 * SECOND);
            return self.at(again, Event::Connect(index, life));
        }
        self.sessions += 1;
        self.booths[index].session = Some(self.sessions);
        self.booths[index].filters.clear();
        self.story.tell(self.t, Some(index), || "is connected".to_owned());
        self.traces(2, index as u64, &[]);
        self.feels(index, Input::Connected);
    }

    pub(super) fn loses_connection(&mut self, index: usize) {
        self.booths[index].session = None;
        self.story
            .tell(self.t, Some(index), || "loses its connection".to_owned());
        let life = self.booths[index].life;
        let again = self.t + self.dice.between(250, 2 * SECOND);
        self.at(again, Event::Connect(index, life));
        self.feels(index, Input::Disconnected);
    }

    pub(super) fn grants(&mut self, index: usize, wishes: Vec<Wish>) {
        for wish in wishes {
            match wish {
                Wish::Subscribe(filters) => self.subscribes(index, filters),
                Wish::Unsubscribe(filters) => filters.iter().for_each(|filter| {
                    self.booths[index].filters.remove(filter);
                }),
                Wish::Publish(path, payload) => self.publishes(index, &path, &payload),
                Wish::Fetch(hash) => self.fetches(index, hash),
                Wish::Mail(nonce) => self.mails(index, nonce),
                Wish::PowerCut => {
                    self.tally.faults += 1;
                    self.story
                        .tell(self.t, Some(index), || "is storing something".to_owned());
                    self.ends_booth(index, false);
                }
            }
        }
    }

    pub(super) fn subscribes(&mut self, index: usize, filters: Vec<String>) {
        let Some(session) = self.booths[index].session else {
            return;
        };
        for filter in filters {
            for (path, payload) in self.broker.kept(&filter) {
                self.passes_on(index, session, path, payload);
            }
            self.booths[index].filters.insert(filter);
        }
    }

    /// The broker passes a message on: perhaps twice, perhaps late, perhaps never.
    pub(super) fn passes_on(&mut self, index: usize, session: u64, path: String, payload: Payload) {
        if self.broker.frozen.contains(&(index, path.clone())) || self.dice.chance(self.weather.loss) {
            return;
        }
        let times = 1 + u64::from(self.dice.chance(self.weather.repetition));
        for _ in 0..times {
            let late = self.dice.chance(80);
            let most = if late {
                self.weather.delay_ms.min(500)
            } else {
                self.weather.delay_ms
            };
            let arrives = self.t + 1 + self.dice.roll(most);
            self.at(arrives, Event::Bring(index, session, path.clone(), payload.clone()));
        }
    }

    pub(super) fn publishes(&mut self, index: usize, path: &str, payload: &[u8]) {
        self.traces(3, index as u64, payload);
        if path.ends_with("/status") {
            self.hears_status(index, payload);
        }
        let booth = &self.booths[index];
        let reaches =
            booth.session.is_some() && self.t >= booth.cut_off_until && self.broker.up && self.broker.hub_is_here;
        if !reaches || !self.hub_is_up || self.dice.chance(self.weather.loss) {
            return;
        }
        let Some(topic) = Topic::parse(&self.office.site, path) else {
            return;
        };
        let now = self.office.clock(self.t);
        if let Some(said) = self.office.hub.hears(&topic, payload, now) {
            self.says(said);
        }
    }

    /// What a display says of itself is what it ought to believe.
    pub(super) fn hears_status(&mut self, index: usize, payload: &[u8]) {
        let Ok(status) = Status::from_bytes(body_of(payload)) else {
            return;
        };
        let booth = &mut self.booths[index];
        let mut verdict = Ok(());
        for (channel, position) in &status.heads {
            let known = booth.positions.insert(channel.to_string(), *position);
            if known.is_some_and(|known| known > *position) {
                verdict = Err((
                    Invariant::NeverBack,
                    format!("{channel} went back from {known:?} to {position}"),
                ));
            }
        }
        let own: Vec<_> = booth
            .belief
            .heads
            .iter()
            .map(|(channel, position)| (channel.clone(), *position))
            .collect();
        if verdict.is_ok() && own != status.heads {
            verdict = Err((
                Invariant::NeverBack,
                format!("it names the heads {:?}; brought to it were {own:?}", status.heads),
            ));
        }
        self.rules(index, verdict);
    }

    pub(super) fn worth(&self, index: usize, path: &str, payload: &[u8]) -> Worth {
        let (booth, record) = (&self.booths[index], &self.office.record);
        let Some(topic) = Topic::parse(&self.office.site, path) else {
            return Worth::Nothing;
        };
        match (&topic, self.told(index, &topic, path, payload)) {
            (Topic::Time(_), Some(_)) => Worth::News,
            _ => booth.belief.worth(record, booth.id, &topic, path, payload),
        }
    }

    /// The answer to a question of this display, if it is one that counts.
    pub(super) fn told(&self, index: usize, topic: &Topic, path: &str, payload: &[u8]) -> Option<TimeAnswer> {
        let booth = &self.booths[index];
        let (signed, _) = self.office.record.signed(path, payload)?;
        if *topic != Topic::Time(booth.id) || signed.epoch != booth.belief.epoch {
            return None;
        }
        let answer = TimeAnswer::from_bytes(body_of(payload)).ok()?;
        booth.is_answered(&answer.nonce, self.t).then_some(answer)
    }

    /// What a display ought to make of a message.
    pub(super) fn believes(&mut self, index: usize, path: &str, payload: &[u8]) {
        let Some(topic) = Topic::parse(&self.office.site, path) else {
            return;
        };
        if let Some(answer) = self.told(index, &topic, path, payload) {
            self.booths[index].answered(&answer.nonce, answer.time.0, self.t);
        }
        if let Topic::Content(_, hash) = &topic {
            self.booths[index].notes(*hash, payload);
        }
        let id = self.booths[index].id;
        self.booths[index]
            .belief
            .hears(&self.office.record, id, &topic, path, payload);
    }

    pub(super) fn brings(&mut self, index: usize, path: &str, payload: &[u8]) {
        self.tally.messages += 1;
        self.traces(4, index as u64, payload);
        let bytes = payload.len();
        let worth = if self.story.is_told() {
            self.worth(index, path, payload)
        } else {
            Worth::Nothing
        };
        if worth == Worth::News && !path.ends_with("/heartbeat") {
            self.story
                .tell(self.t, Some(index), || format!("is brought {path}, {bytes} bytes"));
        }
        self.believes(index, path, payload);
        self.feels(
            index,
            Input::Message {
                topic: path.to_owned(),
                payload: payload.to_vec(),
            },
        );
    }

    pub(super) fn answers_in(&mut self) -> u64 {
        self.dice.between(5, 50 + self.weather.delay_ms / 2)
    }

    pub(super) fn reaches_hub(&mut self, index: usize) -> bool {
        let cut_off = self.t < self.booths[index].cut_off_until;
        self.hub_is_up && !cut_off && !self.dice.chance(self.weather.fetch_failure)
    }

    pub(super) fn fetches(&mut self, index: usize, hash: ContentHash) {
        let object = if self.reaches_hub(index) {
            self.office.hub.object_for(self.booths[index].id, &hash)
        } else {
            None
        };
        let result = object
            .map(|payload| payload.to_vec())
            .ok_or_else(|| "the hub does not have it".to_owned());
        let (life, wait) = (self.booths[index].life, self.answers_in());
        self.at(
            self.t + wait,
            Event::Answer(index, life, Box::new(Input::Fetched { hash, result })),
        );
    }

    pub(super) fn mails(&mut self, index: usize, nonce: Option<[u8; 16]>) {
        let refuses = self.bug == Some(Bug::NeverAsksPastTheBroker);
        let (now, id) = (self.office.clock(self.t), self.booths[index].id);
        let mail = if self.reaches_hub(index) && !refuses {
            self.office.hub.mail(id, nonce, now)
        } else {
            None
        };
        for letter in mail.iter().flat_map(|mail| &mail.letters) {
            let path = format!("heliograph/v1/{}/{}", self.office.site, letter.topic);
            if let Some(topic) = Topic::parse(&self.office.site, &path) {
                self.office.record.takes(&path, &topic, &letter.payload);
            }
        }
        let result = mail
            .map(|mail| mail.to_bytes())
            .ok_or_else(|| "the hub does not answer".to_owned());
        let (life, wait) = (self.booths[index].life, self.answers_in());
        self.at(self.t + wait, Event::Answer(index, life, Box::new(Input::Mail(result))));
    }

    pub(super) fn answers(&mut self, index: usize, input: Input) {
        if let Input::Mail(Ok(bytes)) = &input {
            let letters = Mail::from_bytes(bytes).map(|mail| mail.letters).unwrap_or_default();
            let count = letters.len();
            self.story
                .tell(self.t, Some(index), || format!("gets a mail of {count} letters"));
            for letter in letters {
                let path = format!("heliograph/v1/{}/{}", self.office.site, letter.topic);
                self.believes(index, &path, &letter.payload);
            }
        }
        self.traces(5, index as u64, &[]);
        self.feels(index, input);
    }
}
