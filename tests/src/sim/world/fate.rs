//! Blows of fate.

use super::{Event, MINUTE, SECOND, World};
use crate::sim::disk::Mood;
use crate::sim::office::HUB_ASTRAY_MS;
use heliograph_player::agent::Input;

impl World {
    pub(super) fn some_astray(&mut self) -> i64 {
        const DAY: i64 = 86_400_000;
        match self.dice.roll(6) {
            0 => 0,
            // Never set: it says 1970.
            1 => i64::MIN / 4,
            2 => self.dice.roll(20 * DAY as u64) as i64,
            3 => -(self.dice.roll(20 * DAY as u64) as i64),
            4 => self.dice.roll(180_000) as i64 - 90_000,
            _ => 400 * DAY,
        }
    }

    pub(super) fn faults(&mut self) {
        if self.peaceful {
            return;
        }
        self.soon(self.weather.fault_ms, Event::Fault);
        self.tally.faults += 1;
        let index = self.dice.index(self.booths.len());
        match self.dice.roll(20) {
            0..4 => self.cuts_off(index),
            4..7 => self.ends_booth(index, true),
            7..9 => self.ends_booth(index, false),
            9 => self.booths[index].cut_power_at_next_store = true,
            10..13 if self.weather.disks_fail => self.disk_fails(index),
            10..14 if self.weather.clocks_jump => self.clock_is_set(index),
            14 => self.hub_clock_is_set(),
            15..17 => self.hub_restarts(),
            17 => {
                let forgets = self.dice.chance(50);
                self.story
                    .tell(self.t, None, || format!("the broker goes down, and forgets: {forgets}"));
                self.broker_goes_down(forgets);
                let back = self.t + self.dice.between(SECOND, 90 * SECOND);
                self.at(back, Event::BrokerUp);
            }
            _ => {
                self.story.tell(self.t, None, || "the hub loses the broker".to_owned());
                self.hub_is_gone_from_broker();
                let back = self.t + self.dice.between(SECOND, 30 * SECOND);
                self.at(back, Event::BrokerUp);
            }
        }
    }

    pub(super) fn cuts_off(&mut self, index: usize) {
        let until = self.t + self.dice.between(SECOND, 5 * MINUTE);
        self.booths[index].cut_off_until = until;
        self.story
            .tell(self.t, Some(index), || format!("is cut off until {} s", until / SECOND));
        self.finds_out(index, 20 * SECOND);
    }

    pub(super) fn disk_fails(&mut self, index: usize) {
        let mood = if self.dice.chance(50) {
            Mood::Failing
        } else {
            Mood::Lying
        };
        self.booths[index].disk_becomes(mood);
        self.story
            .tell(self.t, Some(index), || format!("has a disk that is {mood:?}"));
        let well = self.t + self.dice.between(SECOND, 3 * MINUTE);
        self.at(well, Event::Heal(index));
    }

    pub(super) fn heals(&mut self, index: usize) {
        self.booths[index].disk.mood = Mood::Honest;
        self.broker.frozen.retain(|(held, _)| *held != index);
    }

    pub(super) fn clock_is_set(&mut self, index: usize) {
        self.booths[index].astray_ms = self.some_astray();
        let wall = self.booths[index].moment(self.t).wall.0;
        self.story
            .tell(self.t, Some(index), || format!("has its clock set to {wall}"));
        self.feels(index, Input::Tick);
    }

    pub(super) fn hub_clock_is_set(&mut self) {
        let astray = self.dice.roll(2 * HUB_ASTRAY_MS + 1) as i64 - HUB_ASTRAY_MS as i64;
        self.office.astray_ms = astray;
        self.story
            .tell(self.t, None, || format!("the hub's clock is {astray} ms off"));
    }

    pub(super) fn hub_restarts(&mut self) {
        if !self.hub_is_up {
            return;
        }
        self.hub_is_up = false;
        self.hub_is_gone_from_broker();
        let (embedded, rekeyed) = (self.dice.chance(50), self.dice.chance(10));
        self.story.tell(self.t, None, || {
            format!("the hub ends, and the broker with it: {embedded}")
        });
        if embedded {
            self.broker_goes_down(true);
        }
        let back = self.t + self.dice.between(SECOND, 2 * MINUTE);
        self.at(back, Event::HubBoot(rekeyed));
        self.at(back, Event::BrokerUp);
    }

    /// Days without hub and network; a display's power may go now and then.
    pub(super) fn days_pass(&mut self) {
        self.tally.faults += 1;
        let until = self.t + self.weather.outage_ms;
        self.coarse_until = until;
        self.story.tell(self.t, None, || {
            format!("everything is gone for {} hours", (until - self.t) / (60 * MINUTE))
        });
        self.hub_is_up = false;
        self.broker_goes_down(true);
        for index in 0..self.booths.len() {
            self.booths[index].cut_off_until = until;
            for _ in 0..self.dice.roll(4) {
                let reboot = self.t + self.dice.roll(until - self.t);
                self.at(reboot, Event::Reboot(index));
            }
        }
        self.at(until, Event::BrokerUp);
        self.at(until, Event::HubBoot(false));
    }
}
