//! Text: from characters to glyphs, to lines, to masks.

mod bidi;
pub(crate) mod bitmap;
pub(crate) mod breaks;
mod clean;
pub(crate) mod cut;
pub(crate) mod engine;
pub(crate) mod line;
pub(crate) mod markdown;
mod masks;
pub(crate) mod table;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod uax14;

pub(crate) use clean::clean;
pub(crate) use line::{Setting, TextLine, ellipsised, fit, lines, single, widest_word};

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
    /// Where its text begins, in bytes of the clean text.
    pub(crate) at: usize,
    /// Whether a line may begin with it.
    pub(crate) may_start: bool,
    /// Its embedding level: odd where text runs from right to left.
    pub(crate) level: u8,
}

/// Shaped text, not yet cut into lines.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) clusters: Vec<Cluster>,
    /// The em that was really used, in pixels.
    pub(crate) em: i32,
    /// From the top of the em box down to the baseline, in pixels.
    pub(crate) ascent: i32,
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

/// Shapes spans of one size and language.
pub(crate) fn shape(fonts: &FontSet, spans: &[Span], style: Style) -> Text {
    let px = style.px.clamp(4, 2000);
    let parts: Vec<(String, bool)> = spans
        .iter()
        .map(|span| (clean(&span.text), span.bold || style.bold))
        .collect();
    match &fonts.outlines {
        Some(outlines) => outlines.with(|engine| {
            let shaped = parts
                .iter()
                .map(|(part, bold)| engine.shape(part, px, *bold, style.lang))
                .collect();
            read(&parts, shaped, px, engine.ascent(px), false)
        }),
        None => {
            let step = bitmap::step_for(px);
            let parts: Vec<(String, bool)> = parts
                .into_iter()
                .map(|(part, bold)| (bitmap::joined(part), bold))
                .collect();
            let shaped = parts
                .iter()
                .map(|(part, bold)| bitmap::shape(part, step, *bold))
                .collect();
            let step = i32::from(step);
            read(&parts, shaped, bitmap::CELL * step, bitmap::ASCENT * step, true)
        }
    }
}

/// Shaped parts as one text: with the places where lines may begin, and the directions.
fn read(parts: &[(String, bool)], shaped: Vec<Vec<Cluster>>, em: i32, ascent: i32, bitmap: bool) -> Text {
    let whole: String = parts.iter().map(|(part, _)| part.as_str()).collect();
    let (starts, levels) = (breaks::starts(&whole), bidi::levels(&whole));
    let (mut clusters, mut before) = (Vec::new(), 0);
    for ((part, _), shaped) in parts.iter().zip(shaped) {
        for mut cluster in shaped {
            cluster.at += before;
            cluster.may_start = starts.get(cluster.at).is_some_and(|may| *may);
            cluster.level = levels.get(cluster.at).copied().unwrap_or(0);
            if cluster.level % 2 == 1 {
                bitmap::mirror(&mut cluster);
            }
            clusters.push(cluster);
        }
        before += part.len();
    }
    Text {
        clusters,
        em,
        ascent,
        bitmap,
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
