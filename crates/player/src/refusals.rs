//! A credential that opens nothing any more: told to people once it has lasted, and again from time to time.

/// A hub that is being restored, or another machine that was let in for a moment, is no reason to alarm anybody.
const AFTER_MS: u64 = 60_000;
/// Whoever looks into the log finds it.
const AGAIN_MS: u64 = 3_600_000;

/// Since when a display has been turned away without a break.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    since_ms: Option<u64>,
    told_ms: Option<u64>,
}

impl Refusals {
    /// It was let in.
    pub(crate) fn let_in(&mut self) {
        *self = Self::default();
    }

    /// It was turned away once more: for how long it has been, when that is to be told now.
    pub(crate) fn turned_away(&mut self, now_ms: u64) -> Option<u64> {
        let lasted_ms = now_ms.saturating_sub(*self.since_ms.get_or_insert(now_ms));
        let told = self
            .told_ms
            .is_some_and(|told_ms| now_ms < told_ms.saturating_add(AGAIN_MS));
        if lasted_ms < AFTER_MS || told {
            return None;
        }
        self.told_ms = Some(now_ms);
        Some(lasted_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_after_a_minute_then_every_hour_and_never_when_it_was_let_in_meanwhile() {
        let mut refusals = Refusals::default();
        let mut told = Vec::new();
        for s in (5..7_400).step_by(10) {
            told.extend(refusals.turned_away(s * 1000));
        }
        assert_eq!(told, [60_000, 3_660_000, 7_260_000]);
        let mut refusals = Refusals::default();
        for s in (5..7_400).step_by(10) {
            assert_eq!(refusals.turned_away(s * 1000), None);
            if s % 50 == 5 {
                refusals.let_in();
            }
        }
    }
}
