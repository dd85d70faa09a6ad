//! Folding: what looks alike becomes alike, and every folded character knows where it came from.
//!
//! Each character is folded by itself (NFKC, lower case), so that places stay exact; compositions across characters
//! do not matter to any rule, and combining marks are dropped. Characters that nobody sees are dropped too.

use super::RuleSet;
use icu_normalizer::ComposingNormalizerBorrowed;

/// A folded character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    /// What it was folded to: lower case.
    pub(super) c: char,
    /// Where what it was folded from begins, in characters of the text.
    pub(super) from: u32,
    /// Where that ends.
    pub(super) to: u32,
    /// Whether it was a capital.
    pub(super) upper: bool,
    /// Whether it was written as it is, and not as a full-width, circled or other form.
    pub(super) plain: bool,
    /// What was squeezed out before it.
    pub(super) gap: Gap,
}

/// What was squeezed out before a glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// Spaces, hyphens, dots.
    Soft,
    /// An asterisk among them.
    Asterisk,
    /// The end of a line, or the beginning of the text.
    Line,
}

/// Folds a text.
pub(super) fn fold(text: &str, rules: &RuleSet) -> Vec<Glyph> {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let chars: Vec<char> = text.chars().collect();
    let mut glyphs = Vec::with_capacity(chars.len());
    let (mut at, mut one) = (0, String::new());
    while let Some(&c) = chars.get(at) {
        // A character reference of Markdown (`&#9733;`) is the character that readers see.
        let (c, taken) = reference(&chars[at..]).unwrap_or((c, 1));
        let (from, to) = (number(at), number(at + taken));
        at += taken;
        one.clear();
        one.push(c);
        let folded = match rules.signs.get(&c) {
            Some(sign) => sign.clone(),
            None => nfkc.normalize(&one).into_owned(),
        };
        for letter in folded.chars().filter(|letter| !is_unseen(*letter)) {
            glyphs.extend(letter.to_lowercase().map(|lower| Glyph {
                c: rules.same.get(&lower).copied().unwrap_or(lower),
                from,
                to,
                upper: letter.is_uppercase(),
                plain: letter == c,
                gap: Gap::None,
            }));
        }
    }
    glyphs
}

/// The number as offsets have it; a text of more characters than that does not exist here.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A numeric character reference at the beginning, and how many characters it takes.
fn reference(chars: &[char]) -> Option<(char, usize)> {
    let (hex, digits_at) = match chars {
        ['&', '#', 'x' | 'X', ..] => (16, 3),
        ['&', '#', ..] => (10, 2),
        _ => return None,
    };
    let length = chars[digits_at..].iter().take(8).position(|c| *c == ';')?;
    let digits: String = chars[digits_at..digits_at + length].iter().collect();
    let c = char::from_u32(u32::from_str_radix(&digits, hex).ok()?)?;
    Some((c, digits_at + length + 1))
}

/// Characters without a picture of their own: controls, zero-width and directional characters, combining marks,
/// variation selectors, fillers, tags.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}')
}

/// What people put between the characters of a word to split it without changing how it reads.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_'
                | '·'
                | '•'
                | '・'
                | '.'
                | '/'
                | '\\'
                | '|'
                | '~'
                | '\''
                | '`'
                | '^'
                | '+'
                | '='
                | '*'
                | '#'
                | '>'
                | '‐'..='―' | '−' | '⁄' | '∙' | '⋅' | '─' | '│' | '丨' | '丶'
        )
}

/// The glyphs without separators; each knows what stood before it.
pub(super) fn squeeze(loose: &[Glyph]) -> Vec<Glyph> {
    let mut gap = Gap::Line;
    let mut kept = Vec::with_capacity(loose.len());
    for glyph in loose {
        let here = match glyph.c {
            '\n' => Gap::Line,
            '*' => Gap::Asterisk,
            c if is_separator(c) => Gap::Soft,
            _ => {
                kept.push(Glyph { gap, ..*glyph });
                gap = Gap::None;
                continue;
            }
        };
        gap = gap.max(here);
    }
    kept
}
