//! Lines: shaped text cut to a width, with Chinese spacing, ready to draw.

use super::breaks::{self, closes, ideograph, opens, wide};
use super::cut::{self, Piece};
use super::{Glyph, Span, Style, Text, bidi, shape, shape_str};
use crate::font::FontSet;
use std::ops::Range;
use std::sync::Arc;

/// One line, ready to draw: glyphs with their places from the line's start on the baseline, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextLine {
    pub(crate) glyphs: Arc<Vec<(i32, i32, Glyph)>>,
    /// From the start to the end of the last cell, in pixels.
    pub(crate) width: i32,
    /// The em in pixels.
    pub(crate) em: i32,
    /// From the top of the em box down to the baseline, in pixels.
    pub(crate) ascent: i32,
    /// How long it takes to read, in milliseconds.
    pub(crate) read_ms: u32,
}

impl TextLine {
    /// The baseline that puts the em in the middle of a box from `top`, `height` high.
    pub(crate) fn baseline(&self, top: i32, height: i32) -> i32 {
        top + (height - self.em) / 2 + self.ascent
    }
}

/// How lines are set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Pixels across.
    pub(crate) width: i32,
    /// Before the first line's text, in pixels.
    pub(crate) indent: i32,
    /// Whether full lines are spread to the width.
    pub(crate) justify: bool,
}

impl Setting {
    pub(crate) fn plain(width: i32) -> Self {
        Self {
            width,
            indent: 0,
            justify: false,
        }
    }
}

/// A person reads about four Chinese characters a second, or fourteen letters.
fn read_ms(c: char) -> u32 {
    if c == ' ' || c == '\u{3000}' {
        0
    } else if wide(c) {
        250
    } else {
        71
    }
}

/// A cluster in its place in a paragraph: where its ink is moved, and how much room it takes.
struct Cell {
    lead: i32,
    advance: i32,
    /// A mark that may give up its right half at a line's end.
    soft_end: bool,
    /// A mark that may give up its left half at a line's start.
    soft_start: bool,
}

/// Gives up the blank halves of neighbouring marks and puts a hair of space between Han and Latin.
fn spaced(text: &Text) -> Vec<Cell> {
    let full = text.em * 64;
    let of = |at: usize| text.clusters.get(at).map(|cluster| (cluster.first, cluster.advance));
    let cell = |at: usize, c: char, advance: i32| {
        let fills = advance == full;
        let before = at.checked_sub(1).and_then(of).filter(|(_, advance)| *advance == full);
        let after = of(at + 1);
        let marks_after = after.is_some_and(|(c, advance)| advance == full && (closes(c) || opens(c)));
        let mut cell = Cell {
            lead: 0,
            advance,
            soft_end: fills && closes(c),
            soft_start: fills && opens(c),
        };
        if fills && closes(c) && marks_after {
            cell.advance = full / 2;
        }
        if fills && opens(c) && before.is_some_and(|(c, _)| opens(c)) {
            cell.lead = -full / 2;
            cell.advance = full / 2;
        }
        let joins = after.is_some_and(|(after, _)| {
            (ideograph(c) && after.is_ascii_alphanumeric()) || (c.is_ascii_alphanumeric() && ideograph(after))
        });
        if joins && !text.bitmap {
            cell.advance += full / 8;
        }
        cell
    };
    text.clusters
        .iter()
        .enumerate()
        .map(|(at, cluster)| cell(at, cluster.first, cluster.advance))
        .collect()
}

/// Cuts shaped text into lines.
pub(crate) fn lines(text: &Text, setting: Setting) -> Vec<TextLine> {
    let cells = spaced(text);
    let room = setting.width.max(1) * 64;
    let ranges = cut::lines(&pieces(text, &cells), (room - setting.indent * 64).max(64), room);
    let count = ranges.len();
    let place = |(at, range): (usize, Range<usize>)| {
        let indent = if at == 0 { setting.indent * 64 } else { 0 };
        let spread = setting.justify && at + 1 < count;
        placed(text, &cells, range, indent, if spread { Some(room) } else { None })
    };
    ranges.into_iter().enumerate().map(place).collect()
}

fn pieces(text: &Text, cells: &[Cell]) -> Vec<Piece> {
    let half = text.em * 32;
    let piece = |(cluster, cell): (&super::Cluster, &Cell)| Piece {
        first: cluster.first,
        advance: cell.advance,
        advance_last: if cell.soft_end {
            half
        } else {
            cluster.advance.min(cell.advance)
        },
        may_start: cluster.may_start,
    };
    text.clusters.iter().zip(cells).map(piece).collect()
}

/// Places one line's glyphs; with `room`, spreads what is left over between the cells.
fn placed(text: &Text, cells: &[Cell], range: Range<usize>, indent: i32, room: Option<i32>) -> TextLine {
    let half = text.em * 32;
    let mut line = TextLine {
        glyphs: Arc::default(),
        width: 0,
        em: text.em,
        ascent: text.ascent,
        read_ms: 0,
    };
    let Some(last) = range.clone().last() else {
        return line;
    };
    let lead = if cells[range.start].soft_start && indent == 0 {
        -half
    } else {
        0
    };
    let advance = |at: usize| match &cells[at] {
        cell if at != last => cell.advance,
        cell if cell.soft_end => half,
        _ => text.clusters[at].advance,
    };
    // A text of a hundred thousand large characters on one line would pass the end of the numbers; nobody looks there.
    let natural = range.clone().map(advance).fold(indent + lead, i32::saturating_add);
    let gap = |at: usize| at != last && gap_after(text, at);
    let count = range.clone().filter(|at| gap(*at)).count();
    let spread = room.map_or(0, |room| spread(room - natural, count, text.em));
    let (mut pen, mut passed, mut glyphs) = (indent + lead, 0, Vec::new());
    for at in visual(text, &range) {
        let x = pen.saturating_add(share(spread, passed, count) + cells[at].lead);
        for (dx, dy, glyph) in &text.clusters[at].glyphs {
            glyphs.push((x.saturating_add(dx + 32) >> 6, (dy + 32) >> 6, *glyph));
        }
        pen = pen.saturating_add(advance(at));
        passed += usize::from(gap(at));
        line.read_ms += read_ms(text.clusters[at].first);
    }
    line.glyphs = Arc::new(glyphs);
    line.width = natural.saturating_add(spread + 63) >> 6;
    line
}

/// How much of what is left over a line takes up between its cells: all, unless a gap would grow by more than a
/// quarter of an em. Such a line would be torn apart, and stays ragged.
fn spread(left: i32, gaps: usize, em: i32) -> i32 {
    let most = i64::try_from(gaps).unwrap_or(0) * i64::from(em) * 64 / 4;
    if left > 0 && i64::from(left) <= most { left } else { 0 }
}

/// What `passed` of `gaps` have taken of a spread.
fn share(spread: i32, passed: usize, gaps: usize) -> i32 {
    let taken = usize::try_from(spread).unwrap_or(0) * passed / gaps.max(1);
    i32::try_from(taken).unwrap_or(0)
}

/// A line's clusters from left to right.
fn visual(text: &Text, range: &Range<usize>) -> Vec<usize> {
    let levels: Vec<u8> = text.clusters[range.clone()]
        .iter()
        .map(|cluster| cluster.level)
        .collect();
    bidi::visual(&levels).into_iter().map(|at| at + range.start).collect()
}

/// Whether a line may be spread after a cluster: beside wide characters and at spaces.
fn gap_after(text: &Text, at: usize) -> bool {
    let c = text.clusters[at].first;
    let after = text.clusters.get(at + 1).map_or(' ', |cluster| cluster.first);
    c == ' ' || (wide(c) && wide(after)) || (ideograph(c) != ideograph(after) && after != ' ')
}

/// A text on one line, however long.
pub(crate) fn single(fonts: &FontSet, text: &str, style: Style) -> TextLine {
    let text = shape_str(fonts, text, style);
    let cells = spaced(&text);
    placed(&text, &cells, 0..text.clusters.len(), 0, None)
}

/// A text in at most `most` lines; what does not fit is cut, with an ellipsis.
pub(crate) fn ellipsised(fonts: &FontSet, text: &str, style: Style, width: i32, most: usize) -> Vec<TextLine> {
    let set = |text: &str| lines(&shape_str(fonts, text, style), Setting::plain(width));
    // Nobody reads more than this from a line that is cut anyway.
    let chars: Vec<char> = text.chars().take(4000).collect();
    let whole = set(text);
    if whole.len() <= most {
        return whole;
    }
    let cut = |keep: usize| {
        let kept: String = chars[..keep].iter().collect();
        format!(
            "{}…",
            kept.trim_end_matches(|c: char| c == ' ' || breaks::never_last(c) || "，、；：".contains(c))
        )
    };
    let (mut low, mut high) = (0, chars.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        if set(&cut(middle)).len() <= most {
            low = middle
        } else {
            high = middle - 1
        }
    }
    let mut kept = set(&cut(low));
    kept.truncate(most);
    kept
}

/// A text in the largest of `sizes` that needs at most `most` lines, its lines of like length; cut in the smallest
/// when none does.
pub(crate) fn fit(fonts: &FontSet, text: &str, style: Style, sizes: &[i32], width: i32, most: usize) -> Vec<TextLine> {
    for px in sizes {
        let spans = [Span {
            text: text.to_owned(),
            bold: false,
        }];
        let text = shape(fonts, &spans, Style { px: *px, ..style });
        let count = lines(&text, Setting::plain(width)).len();
        if count <= most {
            return balanced(&text, width, count);
        }
    }
    let px = sizes.last().copied().unwrap_or(style.px);
    ellipsised(fonts, text, Style { px, ..style }, width, most)
}

/// The widest piece inside which no line may end, in pixels.
pub(crate) fn widest_word(text: &Text) -> i32 {
    let (mut widest, mut word) = (0, 0_i32);
    for cluster in text.clusters.iter().filter(|cluster| cluster.first != ' ') {
        word = if cluster.may_start { 0 } else { word }.saturating_add(cluster.advance);
        widest = widest.max(word);
    }
    (widest >> 6).saturating_add(1)
}

/// The same number of lines in the narrowest measure that allows it without tearing a word.
fn balanced(text: &Text, width: i32, count: usize) -> Vec<TextLine> {
    let (mut low, mut high) = ((width / 2).max(widest_word(text)).min(width), width);
    while count > 1 && high - low > text.em / 4 + 1 {
        let middle = i32::midpoint(low, high);
        if lines(text, Setting::plain(middle)).len() <= count {
            high = middle
        } else {
            low = middle
        }
    }
    lines(text, Setting::plain(high))
}
