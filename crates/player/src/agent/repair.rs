//! Asking again for what is missing: retained messages come once more when their filter is subscribed once more.

use super::timer::Timer;
use std::collections::BTreeSet;

/// The first time soon, since the missing message may only be late; then ever more seldom. Milliseconds.
const FIRST_MS: u64 = 1000;
const LONGEST_MS: u64 = 60_000;

/// Which filters lack something, and when to subscribe to them again.
#[derive(Debug, Default)]
pub(super) struct Repair {
    missing: BTreeSet<String>,
    timer: Option<Timer>,
}

impl Repair {
    /// Tells which filters lack something now.
    pub(super) fn missing(&mut self, missing: BTreeSet<String>, now_ms: u64) {
        if missing.is_empty() {
            self.timer = None;
        } else if missing != self.missing || self.timer.is_none() {
            self.timer = Some(Timer::new(now_ms, FIRST_MS));
        }
        self.missing = missing;
    }

    /// The filters to subscribe to now, if any.
    pub(super) fn due(&mut self, now_ms: u64) -> Vec<String> {
        let Some(timer) = self.timer.filter(|timer| timer.is_due(now_ms)) else {
            return Vec::new();
        };
        self.timer = Some(Timer::new(now_ms, (timer.wait_ms() * 2).min(LONGEST_MS)));
        self.missing.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_missing_is_asked_for_ever_more_seldom() {
        let mut repair = Repair::default();
        let hall = "heliograph/v1/binhe/channel/hall/#".to_owned();
        let mut asked = Vec::new();
        for second in 0..200 {
            repair.missing([hall.clone()].into(), second * 1000);
            if !repair.due(second * 1000).is_empty() {
                asked.push(second);
            }
        }
        assert_eq!(asked, [1, 3, 7, 15, 31, 63, 123, 183]);
        repair.missing(BTreeSet::new(), 200_000);
        assert!(repair.due(300_000).is_empty());
    }
}
