//! When each session was used last, and when its owner last showed that it is they. In memory: after a restart the first
//! is read from its table, and the second is asked for again.

use super::Row;
use heliograph_domain::Instant;
use std::collections::HashMap;

#[derive(Debug, Clone, Copy)]
struct Beat {
    seen: Instant,
    /// When `seen` was kept last.
    written: Instant,
    confirmed: Option<Instant>,
}

/// The sessions that are in use.
#[derive(Debug, Default)]
pub(crate) struct Pulses(HashMap<Row, Beat>);

impl Pulses {
    /// When it was used last, if it was since the start.
    pub(crate) fn seen(&self, row: &Row) -> Option<Instant> {
        self.0.get(row).map(|beat| beat.seen)
    }

    /// It is used now. Whether that should be kept: not more often than every `every_ms`.
    pub(crate) fn beat(&mut self, row: Row, kept: Option<Instant>, now: Instant, every_ms: u64) -> bool {
        let beat = self.0.entry(row).or_insert(Beat {
            seen: now,
            written: kept.unwrap_or(Instant(0)),
            confirmed: None,
        });
        beat.seen = now;
        // A clock that was set back writes too.
        let due = now < beat.written || now.since(beat.written) >= every_ms;
        if due {
            beat.written = now;
        }
        due
    }

    /// Its owner has shown that it is they.
    pub(crate) fn confirm(&mut self, row: Row, now: Instant) {
        self.beat(row, None, now, u64::MAX);
        if let Some(beat) = self.0.get_mut(&row) {
            beat.confirmed = Some(now);
        }
    }

    /// When they did.
    pub(crate) fn confirmed(&self, row: &Row) -> Option<Instant> {
        self.0.get(row).and_then(|beat| beat.confirmed)
    }

    /// It is over.
    pub(crate) fn end(&mut self, row: &Row) {
        self.0.remove(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_kept_once_in_a_while_and_presence_is_not_use() {
        let (row, mut pulses) = ([1; 32], Pulses::default());
        let mut used_at = |ms| pulses.beat(row, None, Instant(ms), 300);
        assert_eq!(
            [1000, 1100, 1299, 1300, 1301].map(&mut used_at),
            [true, false, false, true, false]
        );
        assert!(used_at(10), "a clock that was set back");
        assert_eq!((pulses.seen(&row), pulses.confirmed(&row)), (Some(Instant(10)), None));
        pulses.confirm(row, Instant(20));
        assert_eq!(pulses.confirmed(&row), Some(Instant(20)));
        pulses.end(&row);
        assert_eq!((pulses.seen(&row), pulses.confirmed(&row)), (None, None));
    }
}
