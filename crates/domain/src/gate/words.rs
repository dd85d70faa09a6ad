//! Words of a list. Chinese ones are found through whatever splits them; Latin ones as whole words, with any space
//! between them.

use super::alternatives::NUMBER;
use super::digits;
use super::fold::{self, Gap, Glyph};
use super::rules::{Find, Word};
use super::sieve::Sieve;
use super::{Class, Rule, View, latin, place};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// A rule's words, ordered for looking. Made once, when the rules are read: a list may have some thousand words, and a
/// form is looked through at every pause of the typing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Chinese words by their first two characters.
    chinese: HashMap<(char, char), Vec<Look>>,
    /// Pairs of characters that one of these begins with.
    sieve: Sieve,
    /// Those whose second character may be any number, and those of one character, by the first.
    by_first: HashMap<char, Vec<Look>>,
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
            } else if let Some(look) = Look::of(word) {
                let mut letters = look.text.chars();
                match (letters.next(), letters.next().filter(|second| *second != NUMBER)) {
                    (Some(first), Some(second)) => {
                        index.sieve.add((first, second));
                        index.chinese.entry((first, second)).or_default().push(look);
                    }
                    (Some(first), None) => index.by_first.entry(first).or_default().push(look),
                    (None, _) => {}
                }
            }
        }
        index
    }

    /// Words that may stand at `at`.
    fn at(&self, glyphs: &[Glyph], at: usize) -> impl Iterator<Item = &Look> {
        let first = glyphs[at].c;
        let second = glyphs.get(at + 1).map(|glyph| (first, glyph.c));
        let both = second.filter(|pair| self.sieve.may_have(*pair));
        let both = both.and_then(|pair| self.chinese.get(&pair));
        let alone = (!self.by_first.is_empty()).then(|| self.by_first.get(&first)).flatten();
        both.into_iter().chain(alone).flatten()
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
                .is_some_and(|begin| taken(glyphs[begin..].iter().map(|glyph| glyph.c), longer).is_some())
        })
    }
}

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.squeezed;
    let widest = widest_gap(rule);
    let mut found = Vec::new();
    for at in 0..glyphs.len() {
        for look in rule.index.at(glyphs, at) {
            if let Some(length) = taken(glyphs[at..].iter().map(|glyph| glyph.c), &look.text)
                && glyphs[at + 1..at + length].iter().all(|glyph| glyph.gap <= widest)
                && !look.excused(glyphs, at)
            {
                found.push(place(&glyphs[at..at + length]));
            }
        }
    }
    let spoken: BTreeSet<&str> = view.tokens.iter().map(|token| token.text.as_str()).collect();
    let likely = spoken.iter().filter_map(|first| rule.index.latin.get(*first)).flatten();
    for word in likely.filter_map(|at| rule.words.get(*at)) {
        found.extend(latin::whole(view, &word.text, &word.unless, rule.class == Class::Slip));
    }
    found
}

/// What may split a word. Whoever hides a word splits it in any way; whoever slips does not, and the end of a line and
/// the beginning of the next are no word. What stands twice stands side by side.
fn widest_gap(rule: &Rule) -> Gap {
    match (rule.find, rule.class) {
        (Find::Doubled, _) => Gap::None,
        (_, Class::Slip) => Gap::Asterisk,
        _ => Gap::Line,
    }
}

/// The right form of what was found, if the word, which may have numbers in it, is all of it. A number of the right form
/// is the one that was found.
pub(super) fn right_form(word: &Word, found: &[char]) -> Option<String> {
    let text = squeezed(&word.text);
    if taken(found.iter().copied(), &text) != Some(found.len()) {
        return None;
    }
    let is_number = |c: &char| is_of_number(*c);
    let numbers = found.chunk_by(|one, other| is_number(one) == is_number(other));
    let mut numbers = numbers.filter(|run| run.first().is_some_and(is_number));
    let mut right = String::new();
    for c in word.instead.as_ref()?.chars() {
        match c {
            NUMBER => right.extend(numbers.next().into_iter().flatten()),
            _ => right.push(c),
        }
    }
    Some(right)
}

/// The number of characters that the word takes at the beginning of a text, if it stands there.
fn taken(text: impl Iterator<Item = char>, word: &str) -> Option<usize> {
    let mut text = text.peekable();
    let mut taken = 0;
    for letter in word.chars() {
        let is_right = |c: &char| {
            if letter == NUMBER {
                is_of_number(*c)
            } else {
                *c == letter
            }
        };
        text.next_if(is_right)?;
        taken += 1;
        while letter == NUMBER && text.next_if(|c| is_of_number(*c)).is_some() {
            taken += 1;
        }
    }
    (taken > 0).then_some(taken)
}

fn is_of_number(c: char) -> bool {
    digits::value(c).is_some() || "十百千万亿两".contains(c)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !fold::is_separator(*c)).collect()
}
