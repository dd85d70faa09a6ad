//! The built-in font: GNU Unifont's bitmaps, drawn in whole steps.

use super::clean::{category, mark};
use super::masks::Masks;
use super::{Cluster, Glyph, Mask, breaks};
use icu_properties::CodePointMapData;
use icu_properties::props::{BidiMirroringGlyph, GeneralCategory};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use unifont::get_glyph;

/// Rows of a cell.
pub(crate) const CELL: i32 = 16;
/// Rows of a cell above the baseline.
pub(crate) const ASCENT: i32 = 14;
/// Bytes of masks kept at hand. A character takes 256 at step 1 and 2 kB at step 3.
const KEPT_BYTES: usize = 4 << 20;
/// What stands for a character that nothing can draw.
const REPLACEMENT: char = '\u{fffd}';

type Key = (char, u8, bool);
/// Bitmaps are the same in every scene, so all share them.
static MASKS: LazyLock<Mutex<Masks<Key>>> = LazyLock::new(|| Mutex::new(Masks::new(KEPT_BYTES)));

/// The whole step nearest to an em in pixels.
pub(crate) fn step_for(px: i32) -> u8 {
    u8::try_from(((px + CELL / 2) / CELL).clamp(1, 100)).unwrap_or(1)
}

/// Whether the font has a picture of a character. It ends with the Basic Multilingual Plane; what is not assigned or
/// private it shows as a box of digits, which is no picture.
pub(crate) fn draws(c: char) -> bool {
    use GeneralCategory::{Control, PrivateUse, Surrogate, Unassigned};
    get_glyph(c).is_some() && !matches!(category(c), Control | PrivateUse | Surrogate | Unassigned)
}

/// What is drawn for a character.
fn shown(c: char) -> char {
    if draws(c) { c } else { REPLACEMENT }
}

/// Width of a character's picture in dots.
fn width(c: char) -> i32 {
    get_glyph(shown(c)).map_or(CELL, |glyph| i32::try_from(glyph.get_width()).unwrap_or(CELL))
}

/// The text with Arabic letters in the forms that they take beside each other, for a font without shaping.
pub(crate) fn joined(text: String) -> String {
    if !text.chars().any(|c| matches!(c, '\u{621}'..='\u{64a}')) {
        return text;
    }
    let joined = unifont::i18n::preprocess_text(&text);
    joined.chars().filter(|c| *c != '\0').collect()
}

/// Shapes clean text at `step`: a cell for each character, with the marks that sit on it.
pub(crate) fn shape(text: &str, step: u8, bold: bool) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (at, c) in text.char_indices() {
        match clusters.last_mut() {
            Some(base) if mark(c) => put_mark(base, c, step, bold),
            _ => clusters.push(cluster(at, c, step, bold)),
        }
    }
    clusters
}

/// A character in its cell.
pub(crate) fn cluster(at: usize, c: char, step: u8, bold: bool) -> Cluster {
    // The replacement is narrow; in the place of an ideograph it stands in the middle of a full cell.
    // A dash is an em long, and the font's half of one; so two of them join to two ems.
    let dash = c == '—';
    let cell = if dash || (!draws(c) && breaks::wide(c)) {
        CELL
    } else {
        width(c)
    };
    let lead = (cell - width(c)) / 2 * i32::from(step) * 64;
    let blank = c == ' ' || c == '\u{3000}';
    Cluster {
        first: c,
        advance: cell * i32::from(step) * 64,
        glyphs: if blank {
            Vec::new()
        } else if dash {
            let glyph = Glyph::Bitmap { c, step, bold };
            vec![(0, 0, glyph), (width(c) * i32::from(step) * 64, 0, glyph)]
        } else {
            vec![(lead, 0, Glyph::Bitmap { c, step, bold })]
        },
        at,
        may_start: false,
        level: 0,
    }
}

/// Puts a mark over the middle of its letter. Marks that nothing can draw are left away.
pub(crate) fn put_mark(base: &mut Cluster, c: char, step: u8, bold: bool) {
    if draws(c) {
        let lead = (base.advance - width(c) * i32::from(step) * 64) / 2;
        // Whole dots, for the grid.
        let dot = i32::from(step) * 64;
        base.glyphs
            .push((lead.div_euclid(dot) * dot, 0, Glyph::Bitmap { c, step, bold }));
    }
}

/// Turns brackets round that stand in text from right to left.
pub(crate) fn mirror(cluster: &mut Cluster) {
    for (_, _, glyph) in &mut cluster.glyphs {
        if let Glyph::Bitmap { c, .. } = glyph {
            let pair: BidiMirroringGlyph = CodePointMapData::new().get(*c);
            *c = pair.mirroring_glyph.unwrap_or(*c);
        }
    }
}

/// The mask of a character.
pub(crate) fn mask(c: char, step: u8, bold: bool) -> Arc<Mask> {
    let mut masks = MASKS.lock().unwrap_or_else(PoisonError::into_inner);
    masks.get((c, step, bold)).unwrap_or_else(|| {
        let mask = Arc::new(draw(c, step, bold));
        masks.insert((c, step, bold), Arc::clone(&mask));
        mask
    })
}

/// Whether the dot at a place is lit.
fn lit(c: char, x: i32, y: i32) -> bool {
    let (Ok(column), Ok(row)) = (usize::try_from(x), usize::try_from(y)) else {
        return false;
    };
    get_glyph(shown(c)).is_some_and(|glyph| glyph.get_pixel(column, row))
}

fn draw(c: char, step: u8, bold: bool) -> Mask {
    let step = i32::from(step);
    // A bold stroke is wider by a third of a step; where steps are single pixels, by a whole one.
    let extra = if bold { (step / 3).max(1) } else { 0 };
    let (width, height) = (width(c) * step + extra, CELL * step);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_font_lacks_is_a_replacement_character() {
        let instead = mask(REPLACEMENT, 1, false);
        for c in ['𠮷', '😀', '\u{e000}', '\u{378}', '\u{10ffff}'] {
            assert!(!draws(c), "{c:?}");
            let drawn = mask(c, 1, false);
            assert_eq!((&drawn.alpha, drawn.width), (&instead.alpha, instead.width), "{c:?}");
        }
        assert_ne!(mask('国', 1, false).alpha, instead.alpha);
        assert!(['镕', '喆', '垚', '犇', 'é', '№', '한'].into_iter().all(draws));
        assert!(draws(REPLACEMENT));
    }

    #[test]
    fn dashes_are_an_em_long_and_join() {
        let dash = cluster(0, '—', 1, false);
        assert_eq!((dash.advance, dash.glyphs.len()), (16 * 64, 2));
        let row = |column: i32| (0..CELL).any(|y| lit('—', column, y));
        assert!((0..8).all(row), "the font's dash fills its cell from edge to edge");
    }

    #[test]
    fn marks_sit_on_their_letter_in_one_cell() {
        let shaped = shape("e\u{301}x", 2, false);
        assert_eq!(shaped.len(), 2);
        assert_eq!(shaped[0].glyphs.len(), 2);
        assert_eq!((shaped[0].advance, shaped[1].at), (16 * 64, 3));
    }

    #[test]
    fn brackets_turn_round_from_right_to_left() {
        let mut cell = cluster(0, '(', 1, false);
        mirror(&mut cell);
        assert!(matches!(cell.glyphs[..], [(0, 0, Glyph::Bitmap { c: ')', .. })]));
    }
}
