//! What a display knows of the time.
//!
//! Signed messages tell a lower bound: it is at least as late as the newest of them says, for they may be brought late
//! but not early. The answer to a question with a number drawn for it tells the time itself; from then on the monotonic
//! clock carries it, and the clock on the wall no longer matters. Before the first answer the clock on the wall is
//! believed, as long as it does not contradict the bound; if it does, it was never set, and only standing items may be
//! seen.

use crate::clock::{Moment, Reckoning};
use crate::replica::Heard;
use heliograph_domain::Instant;

/// A clock that is behind the bound by more than this, in milliseconds, was never set.
const TOLERANCE_MS: u64 = 2 * 60_000;

/// A clock on the wall that went by so much more or less than the monotonic one was set by someone. Milliseconds.
const JUMP_MS: u64 = 30_000;

/// A clock on the wall that is believed is followed when it has gone astray by more than this: one that is trimmed
/// over the network should not move the picture all the time. Milliseconds.
const ASTRAY_MS: u64 = 50;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// From the hub, in answer to a question.
    Hub,
    /// From the clock on the wall.
    Wall,
    /// From nowhere: the bound stands for it.
    Bound,
}

/// The time at the site, and how much of it is known.
#[derive(Debug)]
pub(super) struct SiteTime {
    heard_at: Option<Instant>,
    bound: Reckoning,
    site: Reckoning,
    source: Source,
    last: Moment,
}

impl SiteTime {
    pub(super) fn new(heard: Heard, now: Moment) -> Self {
        let bound = Reckoning {
            at: heard.trusted,
            monotonic_ms: now.monotonic_ms,
        };
        let mut time = Self {
            heard_at: heard.heard_at,
            bound,
            site: bound,
            source: Source::Bound,
            last: now,
        };
        time.look_at_the_wall(now);
        time
    }

    /// The site's time.
    pub(super) fn at(&self, now: Moment) -> Instant {
        self.site.time(now.monotonic_ms)
    }

    pub(super) fn reckoning(&self) -> Reckoning {
        self.site
    }

    pub(super) fn known(&self) -> bool {
        self.source != Source::Bound
    }

    /// Whether the hub has told it since the start.
    pub(super) fn is_signed(&self) -> bool {
        self.source == Source::Hub
    }

    /// The hub's newest sign of life.
    pub(super) fn heard_at(&self) -> Option<Instant> {
        self.heard_at
    }

    /// What is worth keeping over a restart. The bound has moved on since it was signed; a hundredth is left off,
    /// because the monotonic clock may be fast and the clock on the wall must not seem behind for that.
    pub(super) fn heard(&self, now: Moment) -> Heard {
        let passed = now.monotonic_ms.saturating_sub(self.bound.monotonic_ms);
        Heard {
            heard_at: self.heard_at,
            trusted: self.bound.at.plus_ms(passed - passed.div_ceil(100)),
        }
    }

    /// Looks at the clocks.
    pub(super) fn observe(&mut self, now: Moment) -> Observed {
        let before = (self.site, self.source);
        let expected = Reckoning {
            at: self.last.wall,
            monotonic_ms: self.last.monotonic_ms,
        };
        let jumped = apart(expected.time(now.monotonic_ms), now.wall) > JUMP_MS;
        self.last = now;
        if self.source != Source::Hub {
            self.look_at_the_wall(now);
        }
        Observed {
            jumped,
            changed: before != (self.site, self.source),
        }
    }

    /// A signed message that was not seen before, made at `signed`: it is that late at least, and the hub was alive.
    pub(super) fn signed(&mut self, signed: Instant, now: Moment) {
        let here = Reckoning {
            at: signed,
            monotonic_ms: now.monotonic_ms,
        };
        if signed > self.bound.time(now.monotonic_ms) {
            self.bound = here;
        }
        if self.source == Source::Hub {
            if signed > self.at(now) {
                self.site = here;
            }
        } else {
            self.look_at_the_wall(now);
        }
        let seen = signed.min(self.at(now));
        self.heard_at = Some(self.heard_at.map_or(seen, |before| before.max(seen)));
    }

    /// The hub's answer to a question that was asked just now.
    pub(super) fn answered(&mut self, time: Instant, now: Moment) {
        self.source = Source::Hub;
        self.site = Reckoning {
            at: time,
            monotonic_ms: now.monotonic_ms,
        };
        if time > self.bound.time(now.monotonic_ms) {
            self.bound = self.site;
        }
        // Whatever the time was thought to be before, this is the newest sign of life.
        self.heard_at = Some(time);
    }

    fn look_at_the_wall(&mut self, now: Moment) {
        let bound = self.bound.time(now.monotonic_ms);
        if bound.since(now.wall) > TOLERANCE_MS {
            (self.source, self.site) = (Source::Bound, self.bound);
            return;
        }
        let at = now.wall.max(bound);
        if self.source != Source::Wall || apart(self.at(now), at) > ASTRAY_MS {
            self.site = Reckoning {
                at,
                monotonic_ms: now.monotonic_ms,
            };
        }
        self.source = Source::Wall;
    }
}

/// What a look at the clocks told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Observed {
    /// The clock on the wall was set.
    pub(super) jumped: bool,
    /// What follows from the time may have changed.
    pub(super) changed: bool,
}

fn apart(one: Instant, other: Instant) -> u64 {
    one.0.abs_diff(other.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;
    const YEAR: u64 = 365 * 24 * HOUR;
    const NOON: Instant = Instant(1_795_492_800_000);

    fn trusted(at: Instant) -> Heard {
        Heard {
            heard_at: Some(at),
            trusted: at,
        }
    }

    fn moment(wall: Instant, monotonic_ms: u64) -> Moment {
        Moment { wall, monotonic_ms }
    }

    #[test]
    fn a_clock_that_agrees_is_believed() {
        let now = moment(NOON.plus_ms(HOUR), 0);
        let time = SiteTime::new(trusted(NOON), now);
        assert!(time.known() && !time.is_signed());
        assert_eq!(time.at(now), NOON.plus_ms(HOUR));
    }

    #[test]
    fn a_clock_that_was_never_set_is_not_believed_until_the_hub_answers() {
        let mut time = SiteTime::new(trusted(NOON), moment(Instant(0), 100));
        assert!(!time.known());
        assert_eq!(
            time.at(moment(Instant(7000), 7100)),
            NOON.plus_ms(7000),
            "the bound moves on"
        );
        // A signed message only moves the bound: it may be an old one.
        time.signed(NOON.plus_ms(HOUR), moment(Instant(8000), 8100));
        assert!(!time.known());
        assert_eq!(time.at(moment(Instant(9000), 9100)), NOON.plus_ms(HOUR + 1000));
        time.answered(NOON.plus_ms(2 * HOUR), moment(Instant(10_000), 10_100));
        assert!(time.is_signed());
        assert_eq!(time.at(moment(Instant(11_000), 11_100)), NOON.plus_ms(2 * HOUR + 1000));
    }

    #[test]
    fn a_clock_that_is_set_over_the_network_is_believed_then() {
        let mut time = SiteTime::new(trusted(NOON), moment(Instant(0), 0));
        let set = time.observe(moment(NOON.plus_ms(HOUR), 1000));
        assert_eq!((set.jumped, set.changed, time.known()), (true, true, true));
        assert_eq!(time.at(moment(NOON, 2000)), NOON.plus_ms(HOUR + 1000));
        // Set back from a wrong time, it is believed as far as the bound allows.
        time.observe(moment(NOON.plus_ms(5000), 5000));
        assert_eq!(time.at(moment(NOON, 5000)), NOON.plus_ms(5000));
        time.observe(moment(NOON.plus_ms(5250), 5250));
        // Back to the beginning of time, it is not.
        time.observe(moment(Instant(0), 6000));
        assert!(!time.known());
        assert_eq!(time.at(moment(Instant(0), 6000)), NOON.plus_ms(6000));
    }

    #[test]
    fn once_the_hub_has_told_the_time_the_clock_on_the_wall_does_not_matter() {
        let mut time = SiteTime::new(trusted(NOON), moment(NOON.plus_ms(9000), 0));
        time.answered(NOON.plus_ms(HOUR), moment(NOON.plus_ms(9000), 0));
        for (n, wall) in [NOON.plus_ms(YEAR), Instant(0), NOON].into_iter().enumerate() {
            let now = moment(wall, n as u64 * 1000);
            assert_eq!(
                time.observe(now),
                Observed {
                    jumped: true,
                    changed: false
                }
            );
            assert_eq!(time.at(now), NOON.plus_ms(HOUR + n as u64 * 1000));
        }
    }

    #[test]
    fn an_answer_that_was_held_back_is_put_right_by_what_is_signed_later_and_never_the_other_way() {
        let mut time = SiteTime::new(trusted(NOON), moment(NOON, 0));
        // The hub answered at noon, and the answer took nine seconds.
        time.answered(NOON, moment(NOON, 9000));
        time.signed(NOON.plus_ms(9100), moment(NOON, 9100));
        assert_eq!(time.at(moment(NOON, 9200)), NOON.plus_ms(9200));
        time.signed(NOON.plus_ms(9150), moment(NOON, 20_000));
        assert_eq!(time.at(moment(NOON, 20_000)), NOON.plus_ms(20_000));
    }

    #[test]
    fn a_clock_a_little_behind_follows_the_bound_and_a_trimmed_one_does_not_move_the_picture() {
        let mut time = SiteTime::new(trusted(NOON), moment(NOON, 0));
        time.signed(NOON.plus_ms(3000), moment(NOON, 0));
        assert_eq!(time.at(moment(NOON, 500)), NOON.plus_ms(3500));
        assert!(!time.observe(moment(NOON.plus_ms(750), 750)).changed);
        let mut time = SiteTime::new(trusted(NOON), moment(NOON.plus_ms(HOUR), 0));
        assert!(!time.observe(moment(NOON.plus_ms(HOUR + 1040), 1000)).changed);
        assert!(time.observe(moment(NOON.plus_ms(HOUR + 1060), 1000)).changed);
    }

    #[test]
    fn what_is_kept_of_the_bound_moves_on_a_little_slower_than_the_clock() {
        let time = SiteTime::new(trusted(NOON), moment(NOON.plus_ms(HOUR), 500));
        let kept = time.heard(moment(NOON, 500 + 100 * HOUR));
        assert_eq!(kept.trusted, NOON.plus_ms(99 * HOUR));
    }
}
