//! Text that is longer than its window: it stands, moves to its end in whole pixels at a steady speed, and stands again.

use crate::canvas::{Canvas, Rect};
use crate::frame::Rgb;
use crate::text::TextLine;

/// How long its beginning stands, and its end.
const HOLD_MS: u32 = 2_000;
/// Time between two steps. The slowest panels of the profiles take 30 pictures a second.
const STEP_MS: u32 = 33;
/// Pixels a step, for each 16 pixels of the em: close to four characters a second.
const PX_PER_STEP: i32 = 2;

/// A line that moves through its window.
#[derive(Debug, Clone)]
pub(crate) struct Ticker {
    window: Rect,
    line: TextLine,
    colour: Rgb,
}

impl Ticker {
    pub(crate) fn new(window: Rect, line: TextLine, colour: Rgb) -> Self {
        Self { window, line, colour }
    }

    fn px_per_step(&self) -> i32 {
        (PX_PER_STEP * self.line.em / 16).max(1)
    }

    fn overflow(&self) -> i32 {
        (self.line.width - self.window.w).max(0)
    }

    fn steps(&self) -> u32 {
        self.overflow()
            .unsigned_abs()
            .div_ceil(self.px_per_step().unsigned_abs())
    }

    /// One pass, both rests included, in milliseconds.
    pub(crate) fn cycle_ms(&self) -> u32 {
        (2 * HOLD_MS).saturating_add(self.steps().saturating_mul(STEP_MS))
    }

    /// When the next step is due, counted like `stood_ms` from the page's beginning; `None` when it has come to rest.
    pub(crate) fn next_step_ms(&self, stood_ms: u64) -> Option<u64> {
        let hold = u64::from(HOLD_MS);
        let step = u64::from(STEP_MS);
        let taken = stood_ms.checked_sub(hold).map_or(0, |moved| moved / step);
        (taken < u64::from(self.steps())).then(|| hold + (taken + 1) * step)
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, stood_ms: u64) {
        let taken = stood_ms.saturating_sub(u64::from(HOLD_MS)) / u64::from(STEP_MS);
        let taken = i32::try_from(taken.min(u64::from(self.steps()))).unwrap_or(i32::MAX);
        let moved = taken.saturating_mul(self.px_per_step()).min(self.overflow());
        let baseline = self.line.baseline(self.window.y, self.window.h);
        canvas.text_within(self.window, self.window.x - moved, baseline, &self.line, self.colour);
    }
}
