//! Words in Latin letters, found whole: `secret` is not in `secretary`.

use super::fold::Glyph;
use super::{View, place};
use std::ops::Range;

/// A word of a text.
pub(super) struct Token {
    /// Its glyphs, as indices.
    pub(super) at: Range<usize>,
    /// Its letters in lower case.
    pub(super) text: String,
    /// Whether all its letters were capitals.
    pub(super) upper: bool,
}

/// The runs of ASCII letters and digits.
pub(super) fn tokens(glyphs: &[Glyph]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, glyph) in glyphs.iter().enumerate() {
        if !glyph.c.is_ascii_alphanumeric() {
            continue;
        }
        match tokens.last_mut().filter(|last| last.at.end == index) {
            Some(last) => {
                last.at.end = index + 1;
                last.text.push(glyph.c);
                last.upper &= glyph.upper;
            }
            None => tokens.push(Token {
                at: index..index + 1,
                text: glyph.c.to_string(),
                upper: glyph.upper,
            }),
        }
    }
    tokens
}

/// The words of an expression.
pub(super) fn words_of(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether the tokens begin with these words.
pub(super) fn begin(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.text == *word)
}

/// Where an expression stands as whole words, unless it is part of a longer one that is harmless. `closely`: with
/// nothing but spaces and signs between them.
pub(super) fn whole(view: &View<'_>, text: &str, unless: &[String], closely: bool) -> Vec<Range<u32>> {
    let (tokens, words) = (view.tokens, words_of(text));
    let excused = |at: usize| {
        unless.iter().map(|longer| words_of(longer)).any(|longer| {
            let inset = longer.windows(words.len().max(1)).position(|part| part == words);
            inset
                .and_then(|inset| at.checked_sub(inset))
                .is_some_and(|first| begin(&tokens[first..], &longer))
        })
    };
    let apart = |at: usize| {
        tokens[at..at + words.len()].windows(2).any(|pair| {
            let between = &view.loose[pair[0].at.end..pair[1].at.start];
            between.len() > 3 || between.iter().any(|glyph| glyph.c == '\n' || glyph.c.is_alphanumeric())
        })
    };
    (0..tokens.len())
        .filter(|at| begin(&tokens[*at..], &words) && !excused(*at) && !(closely && apart(*at)))
        .map(|at| place(&view.loose[tokens[at].at.start..tokens[at + words.len() - 1].at.end]))
        .collect()
}
