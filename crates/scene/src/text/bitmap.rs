//! The built-in font: GNU Unifont's bitmaps, drawn in whole steps.

use super::{Cluster, Glyph, Mask, Span, Style, Text, clean};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use unifont::get_glyph;

/// Rows of a cell.
pub(crate) const CELL: i32 = 16;
/// Rows of a cell above the baseline.
const ASCENT: i32 = 14;
/// Masks kept at hand; beyond that the cache starts anew.
const KEPT: usize = 4096;

type Masks = Mutex<HashMap<(char, u8, bool), Arc<Mask>>>;
/// Bitmaps are the same in every scene, so all share them.
static MASKS: LazyLock<Masks> = LazyLock::new(Masks::default);

/// The whole step nearest to an em in pixels.
pub(crate) fn step_for(px: i32) -> u8 {
    u8::try_from(((px + CELL / 2) / CELL).clamp(1, 100)).unwrap_or(1)
}

/// Width of a character's cell in dots.
fn cell_width(c: char) -> i32 {
    get_glyph(c).map_or(CELL, |glyph| i32::try_from(glyph.get_width()).unwrap_or(CELL))
}

/// Shapes spans at `step`.
pub(crate) fn shape(spans: &[Span], style: Style, step: u8) -> Text {
    let mut clusters = Vec::new();
    for span in spans {
        let bold = span.bold || style.bold;
        clusters.extend(clean(&span.text).chars().map(|c| cluster(c, step, bold)));
    }
    Text {
        clusters,
        em: CELL * i32::from(step),
        bitmap: true,
    }
}

/// A character in its cell.
pub(crate) fn cluster(c: char, step: u8, bold: bool) -> Cluster {
    let blank = c == ' ' || c == '\u{3000}';
    Cluster {
        first: c,
        advance: cell_width(c) * i32::from(step) * 64,
        glyphs: if blank {
            Vec::new()
        } else {
            vec![(0, 0, Glyph::Bitmap { c, step, bold })]
        },
    }
}

/// The mask of a character: a box when the font does not have it.
pub(crate) fn mask(c: char, step: u8, bold: bool) -> Arc<Mask> {
    let mut masks = MASKS.lock().unwrap_or_else(PoisonError::into_inner);
    if masks.len() >= KEPT {
        masks.clear();
    }
    let mask = masks
        .entry((c, step, bold))
        .or_insert_with(|| Arc::new(draw(c, step, bold)));
    Arc::clone(mask)
}

/// Whether the dot at a place is lit.
fn lit(c: char, x: i32, y: i32) -> bool {
    let (Ok(column), Ok(row)) = (usize::try_from(x), usize::try_from(y)) else {
        return false;
    };
    match get_glyph(c) {
        Some(glyph) => glyph.get_pixel(column, row),
        None => {
            let inside = (1..15).contains(&x) && (1..15).contains(&y);
            inside && (x == 1 || x == 14 || y == 1 || y == 14)
        }
    }
}

fn draw(c: char, step: u8, bold: bool) -> Mask {
    let step = i32::from(step);
    // A bold stroke is wider by a third of a step; where steps are single pixels, by a whole one.
    let extra = if bold { (step / 3).max(1) } else { 0 };
    let (width, height) = (cell_width(c) * step + extra, CELL * step);
    let dots: Vec<Vec<bool>> = (0..CELL).map(|y| (0..CELL).map(|x| lit(c, x, y)).collect()).collect();
    let on = |x: i32, y: i32| {
        let (column, row) = (usize::try_from(x / step), usize::try_from(y / step));
        let dot = column.ok().zip(row.ok()).and_then(|(x, y)| dots.get(y)?.get(x));
        x >= 0 && dot.is_some_and(|lit| *lit)
    };
    let mut alpha = Vec::with_capacity(usize::try_from(width * height).unwrap_or(0));
    for y in 0..height {
        for x in 0..width {
            alpha.push(if on(x, y) || on(x - extra, y) { 255 } else { 0 });
        }
    }
    Mask {
        left: 0,
        top: ASCENT * step,
        width,
        height,
        alpha,
    }
}
