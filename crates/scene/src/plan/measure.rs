//! Widths in the cells of font cards, and lines cut to them.

use super::CharSize;
use crate::text::breaks;
use crate::text::cut::{self, Piece};

/// Half cells that a character takes in a card's font: Latin one, all else two.
#[must_use]
pub fn cells(c: char) -> u32 {
    if c.is_ascii() { 1 } else { 2 }
}

/// Width of a text on one line, in dots.
#[must_use]
pub fn width_px(text: &str, size: CharSize) -> u32 {
    let halves = text.chars().map(cells).fold(0, u32::saturating_add);
    halves.saturating_mul(u32::from(size.px() / 2))
}

/// Half cells that fit a width in dots, at least the two of one Chinese character.
fn room(width: u16, size: CharSize) -> u32 {
    u32::from(width / (size.px() / 2)).max(2)
}

/// A text cut into lines of a width, by the rules that the pictures are set by.
pub(super) fn broken(text: &str, width: u16, size: CharSize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let starts = breaks::starts(text);
    let piece = |(at, first): (usize, char)| {
        let advance = i32::try_from(cells(first)).unwrap_or(2);
        Piece {
            first,
            advance,
            advance_last: advance,
            may_start: starts.get(at).copied().unwrap_or(false),
        }
    };
    let pieces: Vec<Piece> = text.char_indices().map(piece).collect();
    let room = i32::try_from(room(width, size)).unwrap_or(i32::MAX);
    cut::lines(&pieces, room, room)
        .into_iter()
        .map(|line| chars[line].iter().collect::<String>())
        .filter(|line| !line.is_empty())
        .collect()
}

/// Whether a Latin word of a text is longer than a line.
pub(super) fn tears(text: &str, width: u16, size: CharSize) -> bool {
    let words = text.split(|c: char| !c.is_ascii_graphic());
    let longest = words.map(str::len).max().unwrap_or(0);
    u32::try_from(longest).is_ok_and(|longest| longest > room(width, size))
}

/// A text that fits a width on one line: cut, with an ellipsis, where it must be.
pub(super) fn shortened(text: &str, width: u16, size: CharSize) -> String {
    if width_px(text, size) <= u32::from(width) {
        return text.to_owned();
    }
    let mut left = room(width, size).saturating_sub(cells('…'));
    let mut short = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(cells(c)) else { break };
        left = rest;
        short.push(c);
    }
    short.push('…');
    short
}

/// The first so many characters, with an ellipsis for the rest: a card's memory is small.
pub(super) fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// How long a text takes to read, in milliseconds: four Chinese characters a second, about fourteen letters.
pub(super) fn read_ms(text: &str) -> u32 {
    let of = |c: char| match c {
        ' ' | '\u{3000}' => 0,
        c if c.is_ascii() => 71,
        _ => 250,
    };
    text.chars().map(of).fold(0, u32::saturating_add)
}
