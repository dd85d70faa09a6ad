//! The confidentiality gate (保密审查关口): looks through everything that would become public before a person does.
//!
//! It only blocks or refers: a person clears. What it finds is told by rule and place (field, offset, length), never
//! by its text, so that a record of it gives nothing away. The rules are data with a version ([`RuleSet`]); every
//! decision names the version and the content's hash.

mod address;
mod alike;
mod alternatives;
mod dates;
mod days;
mod digits;
mod email;
mod fold;
mod latin;
mod marks;
mod numbers;
mod own;
mod passages;
mod phones;
mod phrases;
mod punctuation;
mod recognised;
mod rules;
mod sieve;
mod spellings;
mod version;
mod words;

pub use own::{MOST_NOTE_CHARS, MOST_OWN_WORDS, MOST_WORD_CHARS, OwnWord, OwnWords, WordFault};
pub use passages::{Passage, of_attachments, of_content, of_files};
pub use recognised::{NOT_READ, Origin};
pub use rules::{Find, Kind, Rule, RuleSet, RulesError, Word};
pub use version::{GateEvent, OwnCounts, PublicNoun, RulesVersion};

use fold::Glyph;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The most findings of one field, and of a whole text, that are told and recorded: more would tell nobody more.
pub const MAX_FINDINGS: usize = 200;

/// What a finding asks for. Append, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It must not be submitted, unless a second named person lets it through with a reason.
    Block,
    /// Author and reviewer look at it; the reviewer confirms that they did.
    Warn,
    /// A wrong form of a name, a title or a word (错敏词), with the right one as a hint.
    Slip,
}

impl Class {
    /// A stable name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
            Self::Slip => "slip",
        }
    }
}

/// What was found and where, without its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// What it asks for.
    pub class: Class,
    /// The rule that found it.
    pub rule: String,
    /// Path of the field from the content's root: `content.zh-Hans.body`, `attachments[0].name`.
    pub field: String,
    /// Where it begins, in characters (Unicode scalar values) of the field's text.
    pub offset: u32,
    /// How many characters it has.
    pub length: u32,
}

impl RuleSet {
    /// Everything that the rules find in these passages, in their order. `hotlines` are the numbers that anybody may
    /// call, as the site's profile has them.
    #[must_use]
    pub fn scan<'a>(&self, passages: impl IntoIterator<Item = &'a Passage>, hotlines: &[String]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for passage in passages {
            findings.extend(self.of_passage(passage, hotlines));
        }
        // What blocks is never pushed out by what only warns.
        findings.sort_by_key(|finding| finding.class);
        findings.truncate(MAX_FINDINGS);
        findings
    }

    /// What the rules find in one passage, weighed by where it comes from.
    fn of_passage(&self, passage: &Passage, hotlines: &[String]) -> Vec<Finding> {
        let finding = |class: Class, rule: &str, place: Range<u32>| Finding {
            class,
            rule: rule.to_owned(),
            field: passage.field.clone(),
            offset: place.start,
            length: place.end - place.start,
        };
        if passage.origin == Origin::Unread {
            return vec![finding(Class::Warn, NOT_READ, 0..0)];
        }
        let read = (passage.origin == Origin::Recognised).then(|| recognised::with_stars(&passage.text));
        let found = self.scan_text(read.as_deref().unwrap_or(&passage.text), hotlines);
        let weighed = found.into_iter().filter_map(|(rule, place)| {
            let class = passage.origin.class(rule)?;
            Some(finding(class, &rule.id, place))
        });
        weighed.collect()
    }

    /// The rules that find something in one text, and where, in characters of the text; in the order of the text.
    #[must_use]
    pub fn scan_text(&self, text: &str, hotlines: &[String]) -> Vec<(&Rule, Range<u32>)> {
        let loose = fold::fold(text, self);
        let squeezed = fold::squeeze(&loose);
        let (runs, tokens) = (digits::runs(&loose), latin::tokens(&loose));
        let view = View {
            loose: &loose,
            squeezed: &squeezed,
            runs: &runs,
            tokens: &tokens,
            hotlines,
            alike: &self.alike,
        };
        let mut found: Vec<(&Rule, Range<u32>)> = Vec::new();
        for rule in &self.rules {
            let mut places = view.find(rule);
            places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
            // A text of nothing else would take for ever otherwise.
            places.truncate(MAX_FINDINGS);
            for place in places {
                let covered = |(other, at): &&(&Rule, Range<u32>)| {
                    at.start < place.end && place.start < at.end && (other.id == rule.id || other.covers(rule))
                };
                if found.iter().filter(covered).count() == 0 {
                    found.push((rule, place));
                }
            }
        }
        found.sort_by_key(|(rule, place)| (rule.class, place.start));
        found.truncate(MAX_FINDINGS);
        found.sort_by_key(|(_, place)| place.start);
        found
    }
}

/// One text as the finders see it.
struct View<'a> {
    /// Folded, with its separators.
    loose: &'a [Glyph],
    /// Folded, with separators squeezed out.
    squeezed: &'a [Glyph],
    /// Its runs of digits.
    runs: &'a [digits::Run],
    /// Its words in Latin letters.
    tokens: &'a [latin::Token],
    hotlines: &'a [String],
    /// Characters that look alike.
    alike: &'a alike::Alike,
}

impl View<'_> {
    fn find(&self, rule: &Rule) -> Vec<Range<u32>> {
        match rule.find {
            Find::Words | Find::Doubled => words::find(rule, self),
            Find::Phrases => phrases::find(rule, self),
            Find::Spellings => spellings::find(rule, self),
            Find::Pairs => punctuation::unpaired(self),
            Find::Stops => punctuation::doubled_stops(self),
            Find::NoSuchDay => dates::impossible(rule, self),
            Find::Weekday => dates::weekdays(self),
            Find::Backwards => dates::backwards(self),
            Find::NoSuchTime => dates::times(rule, self),
            Find::Marks => marks::find(rule, self),
            Find::ResidentId => numbers::resident_ids(self.runs, self.loose),
            Find::BankCard => numbers::bank_cards(rule, self),
            Find::Passport => numbers::passports(rule, self),
            Find::Phone => phones::find(rule, self),
            Find::Address => address::find(rule, self),
            Find::Email => email::find(self.loose),
        }
    }
}

/// The place of glyphs in the text that was folded.
fn place(glyphs: &[Glyph]) -> Range<u32> {
    let start = glyphs.first().map_or(0, |glyph| glyph.from);
    let end = glyphs.last().map_or(start, |glyph| glyph.to);
    start..end
}

/// Whether one of `words` stands within the last `reach` glyphs before `at`, on the same line.
fn stands_before(glyphs: &[Glyph], at: usize, words: &[String], reach: usize) -> bool {
    let before = &glyphs[at.saturating_sub(reach)..at];
    let line = before
        .iter()
        .rposition(|glyph| glyph.c == '\n')
        .map_or(before, |end| &before[end + 1..]);
    words.iter().any(|word| contains(line, word))
}

/// Whether the glyphs contain the word, which is folded already.
fn contains(glyphs: &[Glyph], word: &str) -> bool {
    (0..glyphs.len()).any(|at| starts_with(&glyphs[at..], word).is_some())
}

/// The number of glyphs that the word takes at the beginning of `glyphs`, if it stands there.
fn starts_with(glyphs: &[Glyph], word: &str) -> Option<usize> {
    let mut taken = 0;
    for letter in word.chars() {
        if glyphs.get(taken)?.c != letter {
            return None;
        }
        taken += 1;
    }
    (taken > 0).then_some(taken)
}

#[cfg(test)]
mod slip_tests;
#[cfg(test)]
mod tests;
