//! English words of notices, known by their right spelling: what differs from a long one by a single letter is wrong.

use super::{Rule, View, place};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Shorter words are too often one letter from another word.
const SHORTEST: usize = 7;

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let distinct: BTreeSet<&str> = view.tokens.iter().map(|token| token.text.as_str()).collect();
    let wrong: BTreeSet<&str> = distinct
        .into_iter()
        .filter(|word| right_form(rule, word).is_some())
        .collect();
    let tokens = view.tokens.iter().filter(|token| wrong.contains(token.text.as_str()));
    tokens.map(|token| place(&view.loose[token.at.clone()])).collect()
}

/// The right spelling of a word that is spelt wrongly.
pub(super) fn right_form<'a>(rule: &'a Rule, word: &str) -> Option<&'a str> {
    if word.len() < SHORTEST - 1 || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let listed = rule.spellings.get(&word.as_bytes()[0])?;
    let begins = |other: &&String| word.starts_with(other.as_str()) || other.starts_with(word);
    if listed.iter().any(|other| begins(&other))
        || rule
            .words
            .iter()
            .any(|right| right.unless.iter().any(|fine| fine == word))
    {
        return None;
    }
    let near = listed
        .iter()
        .find(|right| is_one_edit(right.as_bytes(), word.as_bytes()));
    near.map(String::as_str)
}

/// The rule's words by their first letter.
pub(super) fn by_letter(words: &[super::Word]) -> BTreeMap<u8, Vec<String>> {
    let mut letters: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for word in words.iter().filter(|word| word.text.len() >= SHORTEST) {
        letters
            .entry(word.text.as_bytes()[0])
            .or_default()
            .push(word.text.clone());
    }
    letters
}

/// Whether one letter more, less or other, or two in each other's place, make the one the other.
fn is_one_edit(one: &[u8], other: &[u8]) -> bool {
    let begin = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[begin..], &other[begin..]);
    match (one, other) {
        ([a, b, rest @ ..], [c, d, more @ ..]) if a == d && b == c && rest == more => true,
        ([_, rest @ ..], [_, more @ ..]) if rest == more => true,
        ([_, rest @ ..], more) if rest == more => true,
        (rest, [_, more @ ..]) => rest == more,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_is_one_edit_and_two_are_not() {
        for wrong in ["goverment", "governmant", "governmnet", "govvernment"] {
            assert!(is_one_edit(b"government", wrong.as_bytes()), "{wrong}");
        }
        for other in ["government", "govermant", "governance"] {
            assert!(!is_one_edit(b"government", other.as_bytes()), "{other}");
        }
    }
}
