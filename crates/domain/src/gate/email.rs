//! E-mail addresses, also with `(at)` for the sign.

use super::fold::Glyph;
use super::{place, starts_with};
use std::ops::Range;

pub(super) fn find(glyphs: &[Glyph]) -> Vec<Range<u32>> {
    let signs = (0..glyphs.len()).filter_map(|at| Some((at, sign(&glyphs[at..])?)));
    signs.filter_map(|(at, length)| around(glyphs, at, length)).collect()
}

/// The number of glyphs of what stands for `@`.
fn sign(glyphs: &[Glyph]) -> Option<usize> {
    ["@", "(at)", "[at]", "{at}"]
        .iter()
        .find_map(|sign| starts_with(glyphs, sign))
}

fn around(glyphs: &[Glyph], at: usize, length: usize) -> Option<Range<u32>> {
    let mut first = at;
    while first > 0 && at - first < 2 && glyphs[first - 1].c == ' ' {
        first -= 1;
    }
    let local_end = first;
    while first > 0 && is_local(glyphs[first - 1].c) {
        first -= 1;
    }
    let mut domain = at + length;
    while domain < at + length + 2 && glyphs.get(domain).is_some_and(|glyph| glyph.c == ' ') {
        domain += 1;
    }
    let mut end = domain;
    while glyphs.get(end).is_some_and(|glyph| is_domain(glyph.c)) {
        end += 1;
    }
    // A full stop after it belongs to the sentence.
    while end > domain && matches!(glyphs[end - 1].c, '.' | '-') {
        end -= 1;
    }
    let name: String = glyphs[domain..end].iter().map(|glyph| glyph.c).collect();
    let (host, top) = name.rsplit_once('.')?;
    let sound = !host.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (sound && first < local_end).then(|| place(&glyphs[first..end]))
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-')
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}
