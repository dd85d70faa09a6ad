//! Where a player gets the time from.

use heliograph_domain::Instant;
use std::sync::OnceLock;
use std::time::Duration;

/// What a machine's two clocks say at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The clock on the wall. It may be wrong, and may jump forwards or backwards.
    pub wall: Instant,
    /// Milliseconds since some moment of this start. It only goes forwards.
    pub monotonic_ms: u64,
}

/// Tells the time. The shell asks it and hands the answer to the agent and to the scene.
pub trait Clock: Send + Sync {
    /// The clock on the wall.
    fn now(&self) -> Instant;

    /// Since some moment of this start. It never goes back, whatever the clock on the wall does.
    fn monotonic(&self) -> Duration;

    /// Both.
    fn moment(&self) -> Moment {
        Moment {
            wall: self.now(),
            monotonic_ms: millis(self.monotonic()),
        }
    }

    /// How long it takes until `monotonic_ms`; nothing when that has passed. It is as exact as the clock, so that text
    /// moves evenly.
    fn until(&self, monotonic_ms: u64) -> Duration {
        Duration::from_millis(monotonic_ms).saturating_sub(self.monotonic())
    }
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// When this program first asked for the time.
#[expect(clippy::disallowed_types, reason = "the monotonic clock's own type, used here alone")]
static START: OnceLock<std::time::Instant> = OnceLock::new();

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant(millis(since_1970()))
    }

    fn monotonic(&self) -> Duration {
        let now = ticking();
        now.duration_since(*START.get_or_init(|| now))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "these are the two places where a player reads the computer's clocks"
)]
fn since_1970() -> Duration {
    // A clock before 1970 is not set at all: the beginning of time is the honest lower bound.
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}

#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "as above")]
fn ticking() -> std::time::Instant {
    std::time::Instant::now()
}

/// A time known at one moment and carried on by the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// The time then.
    pub at: Instant,
    /// What the monotonic clock said then, in milliseconds.
    pub monotonic_ms: u64,
}

impl Reckoning {
    /// The time when the monotonic clock says `monotonic_ms`.
    #[must_use]
    pub fn time(self, monotonic_ms: u64) -> Instant {
        match monotonic_ms.checked_sub(self.monotonic_ms) {
            Some(passed) => self.at.plus_ms(passed),
            None => Instant(self.at.0.saturating_sub(self.monotonic_ms - monotonic_ms)),
        }
    }

    /// What the monotonic clock says when it is `at`: the other way round.
    #[must_use]
    pub fn monotonic_ms(self, at: Instant) -> u64 {
        match at.0.checked_sub(self.at.0) {
            Some(later) => self.monotonic_ms.saturating_add(later),
            None => self.monotonic_ms.saturating_sub(self.at.0 - at.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_carried_forth_and_back() {
        let known = Reckoning {
            at: Instant(1_000_000),
            monotonic_ms: 500,
        };
        for (monotonic_ms, at) in [(500, 1_000_000), (700, 1_000_200), (0, 999_500)] {
            assert_eq!(known.time(monotonic_ms), Instant(at));
            assert_eq!(known.monotonic_ms(Instant(at)), monotonic_ms);
        }
        // At the ends of numbers it stops.
        assert_eq!(known.monotonic_ms(Instant(0)), 0);
        let end = Reckoning {
            at: Instant(u64::MAX),
            ..known
        };
        assert_eq!(
            (end.time(u64::MAX).0, end.monotonic_ms(Instant(u64::MAX))),
            (u64::MAX, 500)
        );
    }

    #[test]
    fn the_computers_monotonic_clock_only_goes_forwards() {
        let first = SystemClock.monotonic();
        assert!(SystemClock.monotonic() >= first);
    }
}
