//! Text that is longer than its window: it stands, moves to its end in whole pixels at a steady speed, and stands again.

use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::TextLine;
use heliograph_domain::Panel;

/// How long its beginning stands, and its end.
const HOLD_MS: u32 = 2_000;
/// A person reads about so many characters of one em a second while they move.
const EMS_PER_S: i32 = 4;

/// How a panel moves text: whole pixels at every refresh, or at every so many refreshes where one pixel at each would be
/// too fast to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    refresh_hz: u32,
}

impl Pace {
    pub(crate) fn of(panel: &Panel) -> Self {
        Self {
            refresh_hz: u32::from(panel.refresh_hz.max(1)),
        }
    }

    /// Pixels a step, and refreshes a step, for an em: never faster than a person reads.
    fn step(self, em: i32) -> (i32, u32) {
        let wanted_px_per_s = (EMS_PER_S * em).max(1);
        let hz = i32::try_from(self.refresh_hz).unwrap_or(i32::MAX);
        if hz <= wanted_px_per_s {
            return (wanted_px_per_s / hz, 1);
        }
        let refreshes = hz.unsigned_abs().div_ceil(wanted_px_per_s.unsigned_abs());
        (1, refreshes)
    }
}

/// A line that moves through its window.
#[derive(Debug, Clone)]
pub(crate) struct Ticker {
    window: Rect,
    line: TextLine,
    colour: Rgb,
    /// Pixels a step.
    px: i32,
    /// Steps in a thousand seconds.
    steps_per_1000_s: u64,
}

impl Ticker {
    pub(crate) fn new(window: Rect, line: TextLine, colour: Rgb, pace: Pace) -> Self {
        let (px, refreshes) = pace.step(line.em);
        Self {
            window,
            line,
            colour,
            px,
            steps_per_1000_s: u64::from(pace.refresh_hz) * 1000 / u64::from(refreshes),
        }
    }

    fn overflow(&self) -> i32 {
        (self.line.width - self.window.w).max(0)
    }

    fn steps(&self) -> u64 {
        u64::from(self.overflow().unsigned_abs().div_ceil(self.px.unsigned_abs()))
    }

    /// When a step is taken, in milliseconds after the first rest: the first whole millisecond in which it is due, so that
    /// steps are never more than one apart from their even places and never drift.
    fn step_ms(&self, step: u64) -> u64 {
        (step * 1_000_000).div_ceil(self.steps_per_1000_s)
    }

    /// Steps taken after so many milliseconds of moving.
    fn taken(&self, moved_ms: u64) -> u64 {
        (moved_ms.saturating_mul(self.steps_per_1000_s) / 1_000_000).min(self.steps())
    }

    /// One pass, both rests included, in milliseconds.
    pub(crate) fn cycle_ms(&self) -> u32 {
        let moving = u32::try_from(self.step_ms(self.steps())).unwrap_or(u32::MAX);
        (2 * HOLD_MS).saturating_add(moving)
    }

    /// When to look so that the whole line is seen, one window after another, in milliseconds from the page's
    /// beginning. What is cut by a window's edge stands whole in the next one.
    pub(crate) fn looks_ms(&self) -> Vec<u64> {
        let stride = (self.window.w - self.line.em).max(self.window.w / 2).max(1);
        let further = (self.overflow() + stride - 1) / stride;
        let look = |n: i32| {
            let moved = (n * stride).min(self.overflow());
            let step = moved.unsigned_abs().div_ceil(self.px.unsigned_abs());
            u64::from(HOLD_MS) + self.step_ms(u64::from(step))
        };
        std::iter::once(0).chain((1..=further).map(look)).collect()
    }

    /// When the next step is due, counted like `stood_ms` from the page's beginning; `None` when it has come to rest.
    pub(crate) fn next_step_ms(&self, stood_ms: u64) -> Option<u64> {
        let hold = u64::from(HOLD_MS);
        let taken = stood_ms.checked_sub(hold).map_or(0, |moved| self.taken(moved));
        (taken < self.steps()).then(|| hold + self.step_ms(taken + 1))
    }

    /// The line where it is after so long.
    pub(crate) fn at(&self, stood_ms: u64) -> Piece {
        let taken = self.taken(stood_ms.saturating_sub(u64::from(HOLD_MS)));
        let taken = i32::try_from(taken).unwrap_or(i32::MAX);
        let moved = taken.saturating_mul(self.px).min(self.overflow());
        Piece::Moving {
            window: self.window,
            x: self.window.x - moved,
            y: self.line.baseline(self.window.y, self.window.h),
            line: self.line.clone(),
            colour: self.colour,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn px_per_s(hz: u32, em: i32) -> i32 {
        let (px, refreshes) = Pace { refresh_hz: hz }.step(em);
        px * i32::try_from(hz / refreshes).unwrap()
    }

    #[test]
    fn text_moves_as_fast_as_it_can_be_read_and_no_faster() {
        // Where one pixel at each refresh is a little too fast, the next speed of whole pixels is about half of it.
        for hz in [25, 30, 50, 60, 72, 75, 90, 100, 120, 144, 240] {
            for em in [16, 32, 64] {
                let speed = px_per_s(hz, em);
                assert!(
                    speed <= EMS_PER_S * em && 4 * speed >= 9 * em,
                    "{hz} Hz, {em} px: {speed} px/s"
                );
            }
        }
        assert_eq!((px_per_s(60, 16), px_per_s(30, 16), px_per_s(60, 32)), (60, 60, 120));
    }

    #[test]
    fn looking_window_after_window_misses_nothing() {
        for width in [260, 500, 6_256] {
            let line = TextLine {
                glyphs: std::sync::Arc::default(),
                width,
                em: 16,
                ascent: 14,
                read_ms: 0,
            };
            let ticker = Ticker::new(Rect::new(0, 0, 256, 16), line, Rgb(0, 0, 0), Pace { refresh_hz: 60 });
            let moved = |stood_ms: u64| match ticker.at(stood_ms) {
                Piece::Moving { x, .. } => -x,
                _ => panic!("it moves"),
            };
            let seen: Vec<i32> = ticker.looks_ms().into_iter().map(moved).collect();
            assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&(width - 256))));
            assert!(
                seen.windows(2).all(|two| (1..=240).contains(&(two[1] - two[0]))),
                "{seen:?}"
            );
        }
    }

    #[test]
    fn steps_do_not_drift() {
        let line = TextLine {
            glyphs: std::sync::Arc::default(),
            width: 6_256,
            em: 16,
            ascent: 14,
            read_ms: 0,
        };
        let ticker = Ticker::new(Rect::new(0, 0, 256, 16), line, Rgb(0, 0, 0), Pace { refresh_hz: 60 });
        assert_eq!(ticker.steps(), 6_000);
        for step in 1..=6_000u64 {
            let at = ticker.step_ms(step);
            assert!(at * 60 >= step * 1000 && at * 60 < step * 1000 + 60);
            assert_eq!((ticker.taken(at - 1), ticker.taken(at)), (step - 1, step));
        }
        assert_eq!(ticker.cycle_ms(), 104_000);
    }
}
