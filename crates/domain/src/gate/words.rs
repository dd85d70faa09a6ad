//! Words of a list. Chinese ones are found through whatever splits them; Latin ones as whole words, with any space
//! between them.

use super::fold::Glyph;
use super::rules::Word;
use super::{Rule, View, latin, place, starts_with};
use std::collections::HashMap;
use std::ops::Range;

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let (latin_words, others): (Vec<&Word>, Vec<&Word>) = rule.words.iter().partition(|word| word.text.is_ascii());
    let mut found = split(&others, view.squeezed);
    for word in latin_words {
        found.extend(latin::whole(view, &word.text, &word.unless));
    }
    found
}

fn split(words: &[&Word], glyphs: &[Glyph]) -> Vec<Range<u32>> {
    let mut by_first: HashMap<char, Vec<(String, &Word)>> = HashMap::new();
    for word in words {
        let text = squeezed(&word.text);
        if let Some(first) = text.chars().next() {
            by_first.entry(first).or_default().push((text, word));
        }
    }
    let mut found = Vec::new();
    for (at, glyph) in glyphs.iter().enumerate() {
        for (text, word) in by_first.get(&glyph.c).into_iter().flatten() {
            if let Some(length) = starts_with(&glyphs[at..], text)
                && !excused(glyphs, at, word)
            {
                found.push(place(&glyphs[at..at + length]));
            }
        }
    }
    found
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !super::fold::is_separator(*c)).collect()
}

/// Whether a longer, harmless expression covers the word that stands at `at`.
fn excused(glyphs: &[Glyph], at: usize, word: &Word) -> bool {
    word.unless.iter().any(|longer| {
        let longer = squeezed(longer);
        let Some(inset) = longer.find(&squeezed(&word.text)) else {
            return false;
        };
        let inset = longer[..inset].chars().count();
        at.checked_sub(inset)
            .is_some_and(|begin| starts_with(&glyphs[begin..], &longer).is_some())
    })
}
