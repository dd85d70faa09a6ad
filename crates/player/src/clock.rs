//! Where a player gets the time from.

use heliograph_domain::Instant;

/// Tells the time. The shell asks it and hands the answer to the agent and to the scene.
pub trait Clock: Send + Sync {
    /// The time now. It may jump, forwards or backwards, as a computer's clock does.
    fn now(&self) -> Instant;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where a player reads the computer's clock"
    )]
    fn now(&self) -> Instant {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock before 1970 is not set at all: the beginning of time is the honest lower bound.
        Instant(since_1970.map_or(0, |span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }
}
