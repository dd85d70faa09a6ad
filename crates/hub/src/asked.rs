//! How often a display may ask the hub for something: a broken one must not keep the hub from the others.

use heliograph_domain::{DisplayId, Instant};
use std::collections::HashMap;

/// Questions of one display that are answered within a minute. A sound one asks a few times after it has connected.
const A_MINUTE: u32 = 30;
const MINUTE_MS: u64 = 60_000;

/// Counts questions.
#[derive(Debug, Default)]
pub(crate) struct Asked(HashMap<DisplayId, (Instant, u32)>);

impl Asked {
    /// Whether one more question is answered now.
    pub(crate) fn may(&mut self, display: DisplayId, now: Instant) -> bool {
        let (since, count) = self.0.entry(display).or_insert((now, 0));
        // A clock that was set back begins a minute too.
        if now < *since || now.since(*since) >= MINUTE_MS {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_that_never_stops_asking_waits_and_the_others_do_not() {
        let (loud, quiet) = (DisplayId(uuid::Uuid::from_u128(1)), DisplayId(uuid::Uuid::from_u128(2)));
        let mut asked = Asked::default();
        let answered = (0..1000).filter(|ms| asked.may(loud, Instant(*ms))).count();
        assert_eq!(answered, 30);
        assert!(asked.may(quiet, Instant(1000)));
        assert!(asked.may(loud, Instant(MINUTE_MS)));
    }
}
