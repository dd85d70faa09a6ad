//! The hub's clock: an input of the process, never of the API.

use heliograph_domain::Instant;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        // A machine whose clock stands before 1970 gets 1970; the log keeps time from running backwards.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// A clock that its owner moves: through a past year for the demo, through anything for tests. Let go, it is the
/// machine's clock.
#[derive(Debug, Default)]
pub struct MovableClock {
    /// The instant it stands at; 0 when it was let go.
    standing_ms: AtomicU64,
}

impl MovableClock {
    /// A clock that stands at `instant`.
    #[must_use]
    pub fn at(instant: Instant) -> Self {
        Self {
            standing_ms: AtomicU64::new(instant.0.max(1)),
        }
    }

    /// Moves it.
    pub fn set(&self, instant: Instant) {
        self.standing_ms.store(instant.0.max(1), Ordering::SeqCst);
    }

    /// Lets it go: from here on it is the machine's clock.
    pub fn let_go(&self) {
        self.standing_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Instant {
        match self.standing_ms.load(Ordering::SeqCst) {
            0 => SystemClock.now(),
            standing => Instant(standing),
        }
    }
}
