//! What a display knows of the time.
//!
//! Signed messages tell a lower bound: it is at least as late as the newest of them says. The display's own clock is
//! believed as long as it does not contradict them. Where it is behind, the signed time carries on from the instant it
//! was heard; where it is far behind after a start, it was never set, and until a heartbeat tells the time only
//! standing items may be seen.

use crate::replica::Heard;
use heliograph_domain::Instant;

/// A clock that is behind the highest signed time by more than this, in milliseconds, was never set.
const TOLERANCE_MS: u64 = 2 * 60_000;

/// The shell ticks several times a second; a clock that moved by more than this between two ticks was set by someone.
const JUMP_MS: u64 = 30_000;

/// The display's clock against the signed time.
#[derive(Debug)]
pub(super) struct SiteTime {
    heard: Heard,
    ahead_ms: u64,
    known: bool,
    last: Instant,
}

impl SiteTime {
    pub(super) fn new(heard: Heard, clock: Instant) -> Self {
        let mut time = Self {
            heard,
            ahead_ms: 0,
            known: true,
            last: clock,
        };
        time.rebase(clock);
        time
    }

    /// The site's time when the clock says `clock`.
    pub(super) fn at(&self, clock: Instant) -> Instant {
        clock.plus_ms(self.ahead_ms)
    }

    pub(super) fn ahead_ms(&self) -> u64 {
        self.ahead_ms
    }

    pub(super) fn known(&self) -> bool {
        self.known
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard
    }

    /// Looks at the clock. True when it was set, and what follows from the time may have changed.
    pub(super) fn observe(&mut self, clock: Instant) -> bool {
        let jumped = clock < self.last || clock.since(self.last) > JUMP_MS;
        self.last = clock;
        let before = (self.ahead_ms, self.known);
        if jumped {
            self.rebase(clock);
        }
        before != (self.ahead_ms, self.known)
    }

    /// A heartbeat newer than any before: it tells the time, and that the hub was alive then.
    pub(super) fn heartbeat(&mut self, signed: Instant, clock: Instant) {
        self.ahead_ms = signed.since(clock);
        self.known = true;
        self.note(signed, clock);
        self.heard.heard_at = Some(signed.min(self.at(clock)));
    }

    /// Another signed message, made at `signed` or later.
    pub(super) fn signed(&mut self, signed: Instant, clock: Instant) {
        self.ahead_ms = self.ahead_ms.max(signed.since(clock));
        self.note(signed, clock);
    }

    fn note(&mut self, signed: Instant, clock: Instant) {
        self.heard.trusted = self.heard.trusted.max(signed);
        let seen = signed.min(self.at(clock));
        self.heard.heard_at = Some(self.heard.heard_at.map_or(seen, |before| before.max(seen)));
    }

    fn rebase(&mut self, clock: Instant) {
        self.ahead_ms = self.heard.trusted.since(clock);
        self.known = self.ahead_ms <= TOLERANCE_MS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;
    const NOON: Instant = Instant(1_795_492_800_000);

    fn trusted(at: Instant) -> Heard {
        Heard {
            heard_at: Some(at),
            trusted: at,
        }
    }

    #[test]
    fn a_clock_that_agrees_is_believed() {
        let time = SiteTime::new(trusted(NOON), NOON.plus_ms(HOUR));
        assert!(time.known());
        assert_eq!(time.at(NOON.plus_ms(HOUR)), NOON.plus_ms(HOUR));
    }

    #[test]
    fn a_clock_that_was_never_set_is_not_believed_until_a_heartbeat_tells_the_time() {
        let mut time = SiteTime::new(trusted(NOON), Instant(0));
        assert!(!time.known());
        assert_eq!(time.at(Instant(0)), NOON, "the lower bound");
        time.heartbeat(NOON.plus_ms(HOUR), Instant(5000));
        assert!(time.known());
        assert_eq!(time.at(Instant(6000)), NOON.plus_ms(HOUR + 1000));
        // Then the clock is set over the network: the correction must go.
        assert!(time.observe(NOON.plus_ms(HOUR + 2000)));
        assert_eq!(time.at(NOON.plus_ms(HOUR + 2000)), NOON.plus_ms(HOUR + 2000));
    }

    #[test]
    fn a_clock_set_back_from_a_wrong_time_is_believed_as_far_as_signed_time_allows() {
        let mut time = SiteTime::new(trusted(NOON), NOON.plus_ms(8 * HOUR));
        time.observe(NOON.plus_ms(1000));
        assert_eq!(time.at(NOON.plus_ms(1000)), NOON.plus_ms(1000));
        assert!(time.known());
    }

    #[test]
    fn a_clock_a_little_behind_follows_the_hub() {
        let mut time = SiteTime::new(trusted(NOON), NOON);
        time.signed(NOON.plus_ms(3000), NOON);
        assert_eq!(time.at(NOON.plus_ms(500)), NOON.plus_ms(3500));
        // Ticks do not undo it.
        assert!(!time.observe(NOON.plus_ms(750)));
        assert_eq!(time.at(NOON.plus_ms(1000)), NOON.plus_ms(4000));
    }
}
