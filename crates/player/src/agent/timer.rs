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
    }
}
