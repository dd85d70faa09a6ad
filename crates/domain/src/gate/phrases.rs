//! Fixed phrases, known by their right form: what differs from one by a single slip of the hand is wrong. A list of
//! wrong forms finds what somebody wrote down once; this finds what nobody thought of.
//!
//! A slip is a character that sounds or looks like the right one, two characters in each other's place, one that is
//! missing, or one that stands twice.

use super::alike::Alike;
use super::fold::{self, Gap, Glyph};
use super::rules::Word;
use super::sieve::Sieve;
use super::{Rule, View, place};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// From this many characters a missing one is told: shorter phrases without one are often others.
const LONG: usize = 6;

/// Characters that are words by themselves: at the edge of a phrase they are rather the beginning or the end of what
/// stands beside it, 居住地至口岸 and no slip of 居住地址.
const WORDS: &str = "的地得之只至致直指值为以一是事时市府有由又已也及即既将在再等和与于从向对把被使后前中内外上下到来去会能可要应\
须需请给让其此该各每本个位名人不无未非或且而则并但都就才还更最很较共约近超逾起止自经按照依据凭因故所者们了着过当";

/// A rule's phrases, ordered for looking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Phrases {
    right: Vec<Vec<char>>,
    /// Phrases by two of their characters and where these stand: whatever else is wrong, two of them are right.
    by_pair: HashMap<(char, char), Vec<Anchor>>,
    /// Pairs of characters that these, or wrong forms, are known by.
    sieve: Sieve,
    /// Phrases of three characters by the two that have one between them.
    by_ends: HashMap<(char, char), Vec<usize>>,
    /// Pairs of these.
    ends: Sieve,
    /// Wrong forms that follow from a phrase alone, by their first two characters.
    wrong: HashMap<(char, char), Vec<Wrong>>,
    /// What is right as it stands: phrases, and what rules name as harmless.
    fine: Vec<Vec<char>>,
    /// Where a character stands in which of these.
    harmless: HashMap<char, Vec<(usize, usize)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Anchor {
    phrase: usize,
    /// Where in the phrase the pair stands.
    inset: usize,
}

/// A wrong form, and the phrase that it follows from.
type Wrong = (Vec<char>, usize);

impl Phrases {
    /// Of phrases that are folded already, and of what else is right as it stands.
    pub(super) fn of(words: &[Word], harmless: &[String]) -> Self {
        let right = words.iter().map(|word| letters(&word.text));
        let right: Vec<Vec<char>> = right.filter(|text| text.len() > 2).collect();
        if right.is_empty() {
            return Self::default();
        }
        let also = words.iter().flat_map(|word| &word.unless).chain(harmless);
        let known = right.iter().cloned().chain(also.map(|longer| letters(longer)));
        let known: BTreeSet<Vec<char>> = known.collect();
        let mut phrases = Self {
            right: right.clone(),
            fine: known.iter().cloned().collect(),
            ..Self::default()
        };
        for (index, text) in phrases.fine.iter().enumerate() {
            for (inset, c) in text.iter().enumerate() {
                phrases.harmless.entry(*c).or_default().push((index, inset));
            }
        }
        for (phrase, text) in right.iter().enumerate() {
            phrases.add(phrase, text, &known);
        }
        phrases
    }

    fn add(&mut self, phrase: usize, text: &[char], known: &BTreeSet<Vec<char>>) {
        let last = text.len() - 2;
        for inset in [0, last] {
            let pair = (text[inset], text[inset + 1]);
            self.sieve.add(pair);
            self.by_pair.entry(pair).or_default().push(Anchor { phrase, inset });
        }
        if text.len() == 3 {
            self.ends.add((text[0], text[2]));
            self.by_ends.entry((text[0], text[2])).or_default().push(phrase);
        }
        for form in wrong_forms(text) {
            if !known.contains(&form) {
                self.sieve.add((form[0], form[1]));
                self.wrong.entry((form[0], form[1])).or_default().push((form, phrase));
            }
        }
    }

    /// The right form of what was found.
    pub(super) fn right_form(&self, found: &[char], alike: &Alike) -> Option<String> {
        let listed = found.get(1).and_then(|second| self.wrong.get(&(found[0], *second)));
        let listed = listed.into_iter().flatten().find(|(form, _)| form == found);
        let phrase = listed.map(|(_, phrase)| &self.right[*phrase]);
        let phrase = phrase.or_else(|| self.right.iter().find(|text| differing(text, found, alike).is_some()));
        phrase.map(|text| text.iter().collect())
    }

    /// Where a phrase stands with one character that is not its own, or a form that follows from one.
    fn at(&self, glyphs: &[Glyph], at: usize, alike: &Alike) -> Option<Range<usize>> {
        let (first, second) = (glyphs.get(at)?.c, glyphs.get(at + 1)?.c);
        let known = self.sieve.may_have((first, second));
        if let Some(range) = known.then(|| self.by_two(glyphs, at, alike)).flatten() {
            return Some(range);
        }
        let ends = (first, glyphs.get(at + 2)?.c);
        let between = self.ends.may_have(ends).then(|| self.by_ends.get(&ends)).flatten();
        let mut between = between.into_iter().flatten();
        between.find_map(|phrase| self.off_by_one(glyphs, at, *phrase, alike))
    }

    fn by_two(&self, glyphs: &[Glyph], at: usize, alike: &Alike) -> Option<Range<usize>> {
        let pair = (glyphs[at].c, glyphs[at + 1].c);
        for (form, _) in self.wrong.get(&pair).into_iter().flatten() {
            if stands(glyphs, at, form) && !self.is_harmless(glyphs, at, at..at + form.len()) {
                return Some(at..at + form.len());
            }
        }
        let mut anchors = self.by_pair.get(&pair).into_iter().flatten();
        anchors.find_map(|anchor| {
            let begin = at.checked_sub(anchor.inset)?;
            self.off_by_one(glyphs, begin, anchor.phrase, alike)
        })
    }

    fn off_by_one(&self, glyphs: &[Glyph], begin: usize, phrase: usize, alike: &Alike) -> Option<Range<usize>> {
        let text = &self.right[phrase];
        let range = begin..begin + text.len();
        let window = glyphs.get(range.clone())?;
        if text
            .iter()
            .zip(window)
            .filter(|(c, glyph)| **c != glyph.c)
            .take(2)
            .count()
            != 1
        {
            return None;
        }
        let window: Vec<char> = window.iter().map(|glyph| glyph.c).collect();
        let off = differing(text, &window, alike)?;
        let (at, last) = (begin + off, range.end - 1);
        let before = begin.checked_sub(1).filter(|_| glyphs[begin].gap < Gap::Line);
        let after = Some(range.end).filter(|end| glyphs.get(*end).is_some_and(|glyph| glyph.gap < Gap::Line));
        let beside = if off == 0 { before } else { after.filter(|_| at == last) };
        let goes_on = beside.is_some_and(|beside| is_chinese(glyphs[beside].c));
        // The last character of a short phrase may as well begin another word.
        let is_open = goes_on && (WORDS.contains(glyphs[at].c) || (text.len() == 3 && at == last));
        (!is_open && !self.is_harmless(glyphs, at, at..at + 1)).then_some(range)
    }

    /// Whether the range, in which `at` is, belongs to something that is right as it stands.
    fn is_harmless(&self, glyphs: &[Glyph], at: usize, range: Range<usize>) -> bool {
        let around = self.harmless.get(&glyphs[at].c).into_iter().flatten();
        around
            .filter_map(|(index, inset)| Some((&self.fine[*index], at.checked_sub(*inset)?)))
            .any(|(text, begin)| begin <= range.start && range.end <= begin + text.len() && stands(glyphs, begin, text))
    }
}

/// Where the one character stands by which they differ, if it is alike.
fn differing(right: &[char], found: &[char], alike: &Alike) -> Option<usize> {
    if right.len() != found.len() {
        return None;
    }
    let mut off = (0..right.len()).filter(|at| right[*at] != found[*at]);
    let (at, other) = (off.next()?, off.next());
    let chinese = is_chinese(right[at]) && is_chinese(found[at]);
    (other.is_none() && chinese && alike.are(right[at], found[at], right.len() > 3)).then_some(at)
}

/// What follows from a phrase alone: neighbours in each other's place, one missing, one twice. Its ends are left
/// alone, for they may belong to what stands beside it.
fn wrong_forms(text: &[char]) -> Vec<Vec<char>> {
    let mut forms = Vec::new();
    if text.len() < 4 {
        return forms;
    }
    for at in 0..text.len() - 1 {
        let mut form = text.to_vec();
        form.swap(at, at + 1);
        forms.push(form);
    }
    for at in 1..text.len() - 1 {
        let mut form = text.to_vec();
        form.insert(at, text[at]);
        forms.push(form.clone());
        if text.len() >= LONG {
            form.drain(at..at + 2);
            forms.push(form);
        }
    }
    forms.retain(|form| form != text);
    forms
}

fn stands(glyphs: &[Glyph], at: usize, text: &[char]) -> bool {
    let there = glyphs.get(at..at + text.len());
    there.is_some_and(|glyphs| glyphs.iter().map(|glyph| glyph.c).eq(text.iter().copied()))
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| !fold::is_separator(*c)).collect()
}

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.squeezed;
    let mut found: Vec<Range<u32>> = Vec::new();
    for at in 0..glyphs.len() {
        let Some(range) = rule.phrases.at(glyphs, at, view.alike) else {
            continue;
        };
        let split = glyphs[range.start + 1..range.end]
            .iter()
            .any(|glyph| glyph.gap == Gap::Line);
        let place = place(&glyphs[range]);
        if !split && !found.contains(&place) && found.len() < super::MAX_FINDINGS {
            found.push(place);
        }
    }
    found
}
