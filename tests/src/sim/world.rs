//! A world: one office, its broker and its displays, in a time of their own. Everything that happens is an event of a
//! queue, drawn from the seed, so that the same seed tells the same story.

mod attack;
mod displays;
mod fate;
mod hub;

use super::booth::Booth;
use super::broker::{Broker, Payload};
use super::dice::Dice;
use super::judge::{Invariant, Verdict, Violation, agrees};
use super::office::Office;
use super::story::Story;
use super::tally::Tally;
use super::weather::Weather;
use super::{Bug, Plan};
use heliograph_player::agent::Input;
use std::collections::BTreeMap;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
/// After so long without any fault all must agree: the longest wait between two mails is ten minutes, a failed fetch of
/// before is tried again within five, a failed store within ten seconds.
const PEACE_MS: u64 = 16 * MINUTE;

/// What happens.
#[derive(Debug)]
enum Event {
    Tick(usize, u32),
    Hub,
    /// The broker brings a message over a connection.
    Bring(usize, u64, String, Payload),
    /// What was asked for over HTTP came.
    Answer(usize, u32, Box<Input>),
    Connect(usize, u32),
    /// A connection is found to be gone.
    Lost(usize, u64),
    Boot(usize),
    HubBoot(bool),
    BrokerUp,
    Office,
    Fault,
    Attack,
    /// A disk, or a broker that holds something back, is well again.
    Heal(usize),
    Reboot(usize),
    /// Days begin in which everything is gone.
    Days,
    Peace,
    End,
}

/// The world.
pub(super) struct World {
    t: u64,
    started: u64,
    queue: BTreeMap<(u64, u64), Event>,
    sequence: u64,
    /// The display that something happened to last.
    concerned: usize,
    dice: Dice,
    weather: Weather,
    office: Office,
    hub_is_up: bool,
    broker: Broker,
    booths: Vec<Booth>,
    sessions: u64,
    /// Until then days pass: steps are long.
    coarse_until: u64,
    peaceful: bool,
    ended: bool,
    bug: Option<Bug>,
    only: Option<Invariant>,
    pub(super) tally: Tally,
    pub(super) violation: Option<Violation>,
    pub(super) trace: u64,
    pub(super) story: Story,
}

impl World {
    pub(super) fn new(seed: u64, plan: Plan, telling: bool) -> Self {
        let mut dice = Dice::new(seed);
        let Plan { bug, only } = plan;
        let weather = Weather::drawn(&mut dice);
        let office = Office::new(weather.displays, &mut dice, bug);
        let booths = (0..weather.displays).map(|index| Booth::new(index, office.site.clone(), &mut dice, bug));
        let mut world = Self {
            t: 0,
            started: 0,
            queue: BTreeMap::new(),
            sequence: 0,
            concerned: 0,
            booths: booths.collect(),
            office,
            hub_is_up: false,
            broker: Broker {
                up: true,
                ..Broker::default()
            },
            sessions: 0,
            coarse_until: 0,
            peaceful: false,
            ended: false,
            bug,
            only,
            tally: Tally {
                seeds: 1,
                ..Tally::default()
            },
            violation: None,
            trace: 0xcbf2_9ce4_8422_2325,
            story: Story::new(telling),
            dice,
            weather,
        };
        world.begins();
        world
    }

    fn begins(&mut self) {
        let about = format!("{:?}", self.weather);
        self.story.tell(0, None, || about);
        self.at(0, Event::HubBoot(false));
        for index in 0..self.booths.len() {
            if self.weather.clocks_jump {
                self.booths[index].astray_ms = self.some_astray();
            }
            let first = self.dice.roll(5 * SECOND);
            self.at(first, Event::Boot(index));
        }
        self.at(2 * SECOND, Event::Hub);
        self.soon(self.weather.office_ms, Event::Office);
        self.soon(self.weather.fault_ms, Event::Fault);
        self.soon(self.weather.hostile_ms, Event::Attack);
        if self.weather.outage_ms > 0 {
            self.at(self.weather.storm_ms / 2, Event::Days);
        }
        self.at(self.weather.storm_ms, Event::Peace);
    }

    /// Runs to its end, or to the first violation.
    pub(super) fn runs(&mut self) {
        while let Some(((t, _), event)) = self.queue.pop_first() {
            self.t = t.max(self.t);
            if let Event::Peace = event
                && self.t < self.coarse_until
            {
                let later = self.coarse_until + MINUTE;
                self.at(later, Event::Peace);
                continue;
            }
            self.happens(event);
            if self.violation.is_some() || self.ended {
                break;
            }
        }
        self.tally.virtual_ms = self.t - self.started;
    }

    fn at(&mut self, t: u64, event: Event) {
        self.sequence += 1;
        self.queue.insert((t, self.sequence), event);
    }

    /// After about so long; never when that is 0.
    fn soon(&mut self, about_ms: u64, event: Event) {
        if about_ms > 0 {
            let wait = self.dice.between(about_ms / 4, about_ms * 7 / 4);
            let t = self.t.max(self.coarse_until) + wait;
            self.at(t, event);
        }
    }

    fn traces(&mut self, what: u64, who: u64, bytes: &[u8]) {
        let tail = &bytes[bytes.len().saturating_sub(16)..];
        for word in [self.t, what, who, bytes.len() as u64]
            .into_iter()
            .chain(tail.iter().map(|byte| u64::from(*byte)))
        {
            self.trace = (self.trace ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Tick(index, life) => self.ticks(index, life),
            Event::Hub => self.hub_ticks(),
            Event::Bring(index, session, path, payload) => {
                let booth = &self.booths[index];
                if booth.session == Some(session) && self.t >= booth.cut_off_until && self.broker.up {
                    self.brings(index, &path, &payload);
                }
            }
            Event::Answer(index, life, input) => {
                if self.booths[index].life == life && self.booths[index].is_on() {
                    self.answers(index, *input);
                }
            }
            Event::Connect(index, life) => self.connects(index, life),
            Event::Lost(index, session) => {
                if self.booths[index].session == Some(session) {
                    self.loses_connection(index);
                }
            }
            Event::Boot(index) => self.boots(index),
            Event::HubBoot(rekeyed) => self.hub_boots(rekeyed),
            Event::BrokerUp => self.broker_is_up(),
            Event::Office => self.office_acts(),
            Event::Fault => self.faults(),
            Event::Attack => self.attacks(),
            Event::Heal(index) => self.heals(index),
            Event::Reboot(index) => self.ends_booth(index, true),
            Event::Days => self.days_pass(),
            Event::Peace => self.peace(),
            Event::End => self.end(),
        }
    }

    pub(super) fn rules(&mut self, index: usize, verdict: Verdict) {
        if let Err((invariant, why)) = verdict
            && self.violation.is_none()
            && self.only.is_none_or(|only| only == invariant)
        {
            let said = why.clone();
            self.story
                .tell(self.t, Some(index), || format!("VIOLATION {invariant:?}: {said}"));
            self.violation = Some(Violation {
                invariant,
                display: index,
                at_ms: self.t,
                why,
            });
        }
    }

    /// The program panicked at what happened last.
    pub(super) fn panicked(&mut self, words: &str) {
        let why = format!("the program panicked: {words}");
        self.rules(self.concerned, Err((Invariant::NotDark, why)));
    }

    fn peace(&mut self) {
        self.peaceful = true;
        self.story.tell(self.t, None, || "peace".to_owned());
        let calm = Weather::calm(&mut self.dice);
        let Weather {
            loss,
            repetition,
            delay_ms,
            fetch_failure,
            ..
        } = calm;
        self.weather = Weather {
            loss,
            repetition,
            delay_ms,
            fetch_failure,
            ..self.weather.clone()
        };
        self.broker.frozen.clear();
        for index in 0..self.booths.len() {
            self.heals(index);
            self.booths[index].cut_off_until = self.t;
            self.booths[index].cut_power_at_next_store = false;
            if !self.booths[index].is_on() {
                self.at(self.t, Event::Boot(index));
            }
        }
        self.at(self.t, Event::HubBoot(false));
        self.at(self.t, Event::BrokerUp);
        self.at(self.t + PEACE_MS, Event::End);
    }

    fn end(&mut self) {
        self.ended = true;
        for index in 0..self.booths.len() {
            let verdict = agrees(&self.office.record, &self.booths[index], self.t);
            self.rules(index, verdict);
        }
        if self.violation.is_none() {
            self.tally.frozen.1 = self.tally.frozen.0;
        }
    }
}
