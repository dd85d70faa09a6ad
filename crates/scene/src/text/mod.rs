//! Text: from characters to glyphs, to lines, to masks.

pub(crate) mod bitmap;
pub(crate) mod breaks;
pub(crate) mod engine;
pub(crate) mod line;
pub(crate) mod markdown;

pub(crate) use line::{Setting, TextLine, ellipsised, fit, lines, single};

use crate::font::FontSet;
use heliograph_domain::Lang;
use std::sync::Arc;

/// How a text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Size of the em in pixels; the built-in font takes the nearest whole step.
    pub(crate) px: i32,
    pub(crate) bold: bool,
    pub(crate) lang: Lang,
}

/// A part of a text with its own weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) bold: bool,
}

/// A glyph, precisely enough to draw it. The key of the cache of masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Glyph {
    Outline { bold: bool, face: u32, id: u16, px: u16 },
    Bitmap { c: char, step: u8, bold: bool },
}

/// One cluster of shaped text. Lengths are 1/64 pixel.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) first: char,
    pub(crate) advance: i32,
    pub(crate) glyphs: Vec<(i32, i32, Glyph)>,
}

/// Shaped text, not yet cut into lines.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) clusters: Vec<Cluster>,
    /// The em that was really used, in pixels.
    pub(crate) em: i32,
    /// Whether cells are whole bitmaps that must stay on their grid.
    pub(crate) bitmap: bool,
}

/// A glyph's coverage, 0 to 255, row by row.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    /// From the pen to the first column.
    pub(crate) left: i32,
    /// From the baseline up to the top of the first row.
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) alpha: Vec<u8>,
}

/// One line's worth of text: no control characters, nothing invisible, white space as single spaces.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' | '\u{a0}' | '\u{2028}' | '\u{2029}' if clean.ends_with(' ') => {}
            '\t' | '\n' | '\r' | '\u{a0}' | '\u{2028}' | '\u{2029}' => clean.push(' '),
            // Soft hyphen, zero widths, directions, variation selectors: nothing of theirs is seen.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {}
            '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Shapes spans of one size and language.
pub(crate) fn shape(fonts: &FontSet, spans: &[Span], style: Style) -> Text {
    let px = style.px.clamp(4, 2000);
    let Some(outlines) = &fonts.outlines else {
        return bitmap::shape(spans, style, bitmap::step_for(px));
    };
    let clusters = outlines.with(|engine| {
        let shaped = spans
            .iter()
            .map(|span| engine.shape(&clean(&span.text), px, span.bold || style.bold, style.lang));
        shaped.collect::<Vec<_>>().concat()
    });
    Text {
        clusters,
        em: px,
        bitmap: false,
    }
}

/// Shapes a plain string.
pub(crate) fn shape_str(fonts: &FontSet, text: &str, style: Style) -> Text {
    let span = Span {
        text: text.to_owned(),
        bold: false,
    };
    shape(fonts, &[span], style)
}

/// The mask of a glyph.
pub(crate) fn mask(fonts: &FontSet, glyph: Glyph) -> Arc<Mask> {
    match (glyph, &fonts.outlines) {
        (Glyph::Bitmap { c, step, bold }, _) => bitmap::mask(c, step, bold),
        (Glyph::Outline { .. }, Some(outlines)) => outlines.with(|engine| engine.mask(glyph)),
        // Outline glyphs come from outline fonts only.
        (Glyph::Outline { .. }, None) => Arc::new(Mask::default()),
    }
}
