//! Where a player gets the time from.

use heliograph_domain::Instant;
use std::time::Duration;

/// Tells the time. The shell asks it and hands the answer to the agent and to the scene.
pub trait Clock: Send + Sync {
    /// The time now. It may jump, forwards or backwards, as a computer's clock does.
    fn now(&self) -> Instant;

    /// How long it takes until this clock shows `at`; nothing when it does already. A clock that knows more than whole
    /// milliseconds answers as exactly as it can, so that text moves evenly.
    fn until(&self, at: Instant) -> Duration {
        Duration::from_millis(at.since(self.now()))
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant(u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX))
    }

    fn until(&self, at: Instant) -> Duration {
        Duration::from_millis(at.0).saturating_sub(since_1970())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where a player reads the computer's clock"
)]
fn since_1970() -> Duration {
    // A clock before 1970 is not set at all: the beginning of time is the honest lower bound.
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}
