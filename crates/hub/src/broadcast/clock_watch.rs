//! Whether somebody set the clock.

use heliograph_domain::Instant;

/// A clock that went otherwise than time did by more than this was set by someone.
const CLOCK_SET_MS: u64 = 5_000;

/// Compares the office's clock with the time that has passed.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClockWatch {
    pub(super) said: Instant,
    pub(super) at_ms: u64,
}

impl ClockWatch {
    pub(super) fn was_set(&self, now: Instant, monotonic_ms: u64) -> bool {
        let expected = self.said.plus_ms(monotonic_ms.saturating_sub(self.at_ms));
        now.0.abs_diff(expected.0) > CLOCK_SET_MS
    }
}
