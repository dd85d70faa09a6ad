//! Words of a list. Chinese ones are found through whatever splits them; Latin ones as whole words, with any space
//! between them.

use super::fold::{self, Glyph};
use super::rules::Word;
use super::{Rule, View, latin, place, starts_with};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// A rule's words, ordered for looking. Made once, when the rules are read: a list may have a thousand words, and a
/// form is looked through at every pause of the typing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Chinese words by their first character.
    chinese: HashMap<char, Vec<Look>>,
    /// The words in Latin letters, by the first word of each, as indices of the rule's list.
    latin: HashMap<String, Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    /// The word without separators.
    text: String,
    /// Longer expressions that are harmless, and at which character of each the word stands.
    unless: Vec<(usize, String)>,
}

impl Index {
    /// Of words that are folded already.
    pub(super) fn of(words: &[Word]) -> Self {
        let mut index = Self::default();
        for (at, word) in words.iter().enumerate() {
            if word.text.is_ascii() {
                let first = latin::words_of(&word.text).first().map(|first| (*first).to_owned());
                index.latin.entry(first.unwrap_or_default()).or_default().push(at);
            } else if let Some(look) = Look::of(word)
                && let Some(first) = look.text.chars().next()
            {
                index.chinese.entry(first).or_default().push(look);
            }
        }
        index
    }
}

impl Look {
    fn of(word: &Word) -> Option<Self> {
        let text = squeezed(&word.text);
        let inset = |longer: &String| {
            let longer = squeezed(longer);
            let before = longer.find(&text)?;
            Some((longer[..before].chars().count(), longer))
        };
        let unless = word.unless.iter().filter_map(inset).collect();
        (!text.is_empty()).then_some(Self { text, unless })
    }

    /// Whether a longer, harmless expression covers the word that stands at `at`.
    fn excused(&self, glyphs: &[Glyph], at: usize) -> bool {
        self.unless.iter().any(|(inset, longer)| {
            at.checked_sub(*inset)
                .is_some_and(|begin| starts_with(&glyphs[begin..], longer).is_some())
        })
    }
}

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.squeezed;
    let mut found = Vec::new();
    for (at, glyph) in glyphs.iter().enumerate() {
        for look in rule.index.chinese.get(&glyph.c).into_iter().flatten() {
            if let Some(length) = starts_with(&glyphs[at..], &look.text)
                && !look.excused(glyphs, at)
            {
                found.push(place(&glyphs[at..at + length]));
            }
        }
    }
    let spoken: BTreeSet<&str> = view.tokens.iter().map(|token| token.text.as_str()).collect();
    let likely = spoken.iter().filter_map(|first| rule.index.latin.get(*first)).flatten();
    for word in likely.filter_map(|at| rule.words.get(*at)) {
        found.extend(latin::whole(view, &word.text, &word.unless));
    }
    found
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !fold::is_separator(*c)).collect()
}
