//! Something to do when the monotonic clock has come so far.

/// A moment to wait for, in milliseconds of the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timer {
    set_at_ms: u64,
    wait_ms: u64,
}

impl Timer {
    pub(super) fn new(now_ms: u64, wait_ms: u64) -> Self {
        Self {
            set_at_ms: now_ms,
            wait_ms,
        }
    }

    /// The same, or one that is due in `wait_ms` if that is sooner.
    pub(super) fn sooner(self, now_ms: u64, wait_ms: u64) -> Self {
        let left_ms = self.wait_ms.saturating_sub(self.passed_ms(now_ms));
        if left_ms <= wait_ms {
            self
        } else {
            Self::new(now_ms, wait_ms)
        }
    }

    pub(super) fn is_due(&self, now_ms: u64) -> bool {
        self.passed_ms(now_ms) >= self.wait_ms
    }

    pub(super) fn passed_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.set_at_ms)
    }

    pub(super) fn wait_ms(&self) -> u64 {
        self.wait_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_due_at_its_time() {
        let timer = Timer::new(1000, 50);
        let due = [999, 1000, 1049, 1050, 5000].map(|now_ms| timer.is_due(now_ms));
        assert_eq!(due, [false, false, false, true, true]);
        let sooner = [10, 40].map(|wait_ms| timer.sooner(1020, wait_ms));
        assert_eq!(sooner.map(|timer| timer.is_due(1030)), [true, false]);
        assert!(sooner[1].is_due(1050), "never later than it was");
    }
}
