//! Something to do at an instant, on a clock that may jump.

use heliograph_domain::Instant;

/// A moment to wait for. If the clock is set back, the moment has come: waiting too short does no harm, waiting for
/// years would.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timer {
    set_at: Instant,
    wait_ms: u64,
}

impl Timer {
    pub(super) fn new(now: Instant, wait_ms: u64) -> Self {
        Self { set_at: now, wait_ms }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        now < self.set_at || now.since(self.set_at) >= self.wait_ms
    }

    pub(super) fn wait_ms(&self) -> u64 {
        self.wait_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_due_at_its_time_and_when_the_clock_was_set_back() {
        let timer = Timer::new(Instant(1000), 50);
        let due = [1000, 1049, 1050, 5000, 999].map(|now| timer.is_due(Instant(now)));
        assert_eq!(due, [false, false, true, true, true]);
    }
}
