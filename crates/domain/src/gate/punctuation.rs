//! Signs of punctuation: brackets and quotation marks that do not pair, and stops that stand twice.

use super::fold::Glyph;
use super::{View, place};
use std::ops::Range;

/// What opens and what closes. Square brackets and straight quotation marks are left out: Markdown and measures have
/// them alone.
const PAIRS: [(char, char); 9] = [
    ('(', ')'),
    ('《', '》'),
    ('【', '】'),
    ('“', '”'),
    ('「', '」'),
    ('『', '』'),
    ('〔', '〕'),
    ('〈', '〉'),
    ('〖', '〗'),
];

/// Brackets and quotation marks without their other.
pub(super) fn unpaired(view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.loose;
    let mut alone: Vec<usize> = PAIRS.iter().flat_map(|pair| of_pair(glyphs, *pair)).collect();
    alone.sort_unstable();
    alone.iter().map(|at| place(&glyphs[*at..=*at])).collect()
}

fn of_pair(glyphs: &[Glyph], (opening, closing): (char, char)) -> Vec<usize> {
    let (mut open, mut alone) = (Vec::new(), Vec::new());
    for (at, glyph) in glyphs.iter().enumerate() {
        if glyph.c == opening {
            // Each paragraph of a long quotation opens it again, and the last alone closes it.
            if opening == '“' && (at == 0 || glyphs[at - 1].c == '\n') {
                open.clear();
            }
            open.push(at);
        } else if glyph.c == closing && open.pop().is_none() && !ends_a_number(glyphs, at) {
            alone.push(at);
        }
    }
    alone.extend(open);
    alone
}

/// Whether the bracket closes the number of a list, `1)`, `一）`, `a)`, or is a smile.
fn ends_a_number(glyphs: &[Glyph], at: usize) -> bool {
    if glyphs[at].c != ')' {
        return false;
    }
    let before = glyphs[..at].iter().rev().take(4);
    let number: Vec<char> = before
        .map(|glyph| glyph.c)
        .take_while(|c| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(*c))
        .collect();
    let smile = at
        .checked_sub(1)
        .is_some_and(|before| matches!(glyphs[before].c, ':' | ';' | '-'));
    smile || (1..=3).contains(&number.len())
}

/// Two stops of Chinese writing beside each other.
pub(super) fn doubled_stops(view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.loose;
    let mut found = Vec::new();
    let mut at = 0;
    while at < glyphs.len() {
        let length = glyphs[at..].iter().take_while(|glyph| is_stop(glyph)).count();
        if length > 1 {
            found.push(place(&glyphs[at..at + length]));
        }
        at += length.max(1);
    }
    found
}

/// Full-width stops alone: code and addresses have `::` and `..`.
fn is_stop(glyph: &Glyph) -> bool {
    matches!(glyph.c, '。' | '、') || (matches!(glyph.c, ',' | ';' | ':') && !glyph.plain)
}
