//! The rules as data: a JSON file with a version. `rules/README.md` describes every field.

use super::alike::Alike;
use super::own::OwnWords;
use super::phrases::Phrases;
use super::words::Index;
use super::{Class, alternatives, dates, fold, spellings};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;
use thiserror::Error;

/// The rule sets that this program has; a newer file takes the place of the older, whose versions stay in the log.
const NEWEST: &str = include_str!("../../rules/gate-4.json");

/// The kinds of things that are found: what a person calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A classification mark (密级标志).
    ClassificationMark,
    /// A resident's identity number (公民身份号码), GB 11643.
    ResidentId,
    /// Words that mark something as internal.
    InternalWord,
    /// A telephone number that is none of the office's hotlines.
    Phone,
    /// A passport's number.
    Passport,
    /// A bank card's number.
    BankCard,
    /// Where somebody lives.
    Address,
    /// An e-mail address.
    Email,
    /// A wrong form of a name, a title or a word.
    Slip,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::ClassificationMark,
        Self::ResidentId,
        Self::InternalWord,
        Self::Phone,
        Self::Passport,
        Self::BankCard,
        Self::Address,
        Self::Email,
        Self::Slip,
    ];
}

/// How a rule finds. Words are data alone; the others are shapes that the program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Find {
    /// The rule's words.
    Words,
    /// Classification marks of the rule's levels.
    Marks,
    /// Identity numbers whose date and check digit are right.
    ResidentId,
    /// Card numbers whose check digit is right (Luhn).
    BankCard,
    /// Passport numbers.
    Passport,
    /// Telephone numbers.
    Phone,
    /// Addresses of homes.
    Address,
    /// E-mail addresses.
    Email,
    /// The rule's words where they stand twice.
    Doubled,
    /// What is one slip of the hand away from the rule's words, which are right.
    Phrases,
    /// What is one letter away from the rule's English words, which are right.
    Spellings,
    /// Brackets and quotation marks without their other.
    Pairs,
    /// Stops that stand twice.
    Stops,
    /// Days that the calendar does not have.
    NoSuchDay,
    /// Days of the week that the day does not have.
    Weekday,
    /// Periods that end before they begin.
    Backwards,
    /// Times that no clock shows.
    NoSuchTime,
}

/// A word to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Longer expressions that contain it and are harmless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// What should stand there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable name: findings in the log say it.
    pub id: String,
    /// What it finds, in people's terms.
    pub kind: Kind,
    /// What a finding asks for.
    pub class: Class,
    /// What people read, in Chinese.
    pub zh: String,
    /// What people read, in English.
    pub en: String,
    /// How it finds.
    pub find: Find,
    /// Words to look for, or levels of marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
    /// Words before a shape that make it likelier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// Words before or within a shape that say it is something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_near: Vec<String>,
    /// Its words, ordered for looking.
    #[serde(skip)]
    pub(super) index: Index,
    /// Its phrases, ordered for looking.
    #[serde(skip)]
    pub(super) phrases: Phrases,
    /// Its English words by their first letter.
    #[serde(skip)]
    pub(super) spellings: BTreeMap<u8, Vec<String>>,
}

impl Rule {
    /// Whether what this rule found is not looked at again by `other`: a telephone number within an identity number is
    /// none, and of two slips in one place the first is told.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let rank = |find: Find| match find {
            Find::ResidentId => Some(0),
            Find::BankCard => Some(1),
            Find::Passport => Some(2),
            Find::Phone => Some(3),
            _ => None,
        };
        let slips = self.kind == Kind::Slip && other.kind == Kind::Slip && other.id != super::own::SLIPS;
        slips || matches!((rank(self.find), rank(other.find)), (Some(mine), Some(its)) if mine < its)
    }

    /// What should stand in the place of `text`, if the rule knows.
    #[must_use]
    pub fn instead_of(&self, text: &str, rules: &RuleSet) -> Option<String> {
        let found: Vec<char> = fold::squeeze(&fold::fold(text, rules)).iter().map(|g| g.c).collect();
        match self.find {
            Find::Phrases => return self.phrases.right_form(&found, &rules.alike),
            Find::Spellings => {
                let word: String = found.iter().collect();
                return spellings::right_form(self, &word).map(str::to_owned);
            }
            Find::Weekday => return dates::right_weekday(text, rules),
            _ => {}
        }
        self.words
            .iter()
            .find_map(|word| super::words::right_form(word, &found))
    }
}

/// Why a file is no rule set.
#[derive(Debug, Error)]
pub enum RulesError {
    /// Not JSON of the shape.
    #[error("the rules are not JSON of the described form: {0}")]
    Json(#[from] serde_json::Error),
    /// A later format.
    #[error("rule format {0} is newer than this program: update it")]
    Format(u8),
    /// The version is missing.
    #[error("a rule set's version is a number from 1")]
    Version,
    /// Two rules of one name, or a rule without one.
    #[error("rule `{0}`: every rule has a name of its own")]
    Name(String),
    /// A rule that looks for nothing.
    #[error("rule `{0}` has no words, or an empty one")]
    NoWords(String),
    /// Characters that are taken for each other must be two at least.
    #[error("`same` has a group of fewer than two characters")]
    Same,
    /// Alternatives that are none.
    #[error(
        "rule `{rule}`, word `{word}`: its braces do not pair, its right form is out of step, or it stands for too many"
    )]
    Alternatives {
        /// The rule.
        rule: String,
        /// The word.
        word: String,
    },
    /// An office's own list can only add words.
    #[error("rule `{0}`: an office's own rules find words only")]
    OnlyWords(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u8,
    version: u16,
    #[serde(default)]
    same: Vec<String>,
    #[serde(default)]
    signs: HashMap<char, String>,
    #[serde(default)]
    alike: Vec<String>,
    rules: Vec<Rule>,
}

/// A version of the rules.
#[derive(Debug, Clone)]
pub struct RuleSet {
    version: u16,
    /// Characters that are taken for others.
    pub(super) same: HashMap<char, char>,
    /// Characters that stand for several.
    pub(super) signs: HashMap<char, String>,
    /// Characters that look alike.
    pub(super) alike: Alike,
    pub(super) rules: Vec<Rule>,
}

impl RuleSet {
    /// The newest rules that this program has.
    #[must_use]
    pub fn newest() -> &'static Self {
        #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
        static RULES: LazyLock<RuleSet> =
            LazyLock::new(|| RuleSet::parse(NEWEST).expect("the embedded rules are sound"));
        &RULES
    }

    /// Reads a rule set.
    ///
    /// # Errors
    /// When it is not one, with the rule at fault.
    pub fn parse(json: &str) -> Result<Self, RulesError> {
        let file: File = serde_json::from_str(json)?;
        if !(1..=2).contains(&file.format) {
            return Err(RulesError::Format(file.format));
        }
        if file.version == 0 {
            return Err(RulesError::Version);
        }
        let mut same = HashMap::new();
        for group in &file.same {
            let mut letters = group.chars();
            let first = letters.next().ok_or(RulesError::Same)?;
            let before = same.len();
            same.extend(letters.map(|other| (other, first)));
            if same.len() == before {
                return Err(RulesError::Same);
            }
        }
        let rules = Self {
            version: file.version,
            same,
            signs: file.signs,
            alike: Alike::of(&file.alike),
            rules: Vec::new(),
        };
        // Words of the first format stand for themselves alone.
        let written = match file.format {
            1 => file.rules,
            _ => file.rules.into_iter().map(written_out).collect::<Result<_, _>>()?,
        };
        rules.with(written)
    }

    /// These rules and an office's own words.
    ///
    /// # Errors
    /// When a word is none.
    pub fn with_own(self, own: &OwnWords) -> Result<Self, RulesError> {
        self.with(own.rules())
    }

    /// The version that decisions name.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The rule of a name.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    fn with(mut self, more: Vec<Rule>) -> Result<Self, RulesError> {
        self.rules.extend(more);
        let mut names = BTreeSet::new();
        for rule in &self.rules {
            if rule.id.trim().is_empty() || !names.insert(&rule.id) {
                return Err(RulesError::Name(rule.id.clone()));
            }
            let wants_words = matches!(
                rule.find,
                Find::Words | Find::Marks | Find::Doubled | Find::Phrases | Find::Spellings
            );
            let empty = |word: &Word| !word.text.chars().any(char::is_alphanumeric);
            if (wants_words && rule.words.is_empty()) || rule.words.iter().any(empty) {
                return Err(RulesError::NoWords(rule.id.clone()));
            }
        }
        let slips = self.rules.iter().filter(|rule| rule.kind == Kind::Slip);
        let harmless: Vec<String> = slips
            .flat_map(|rule| rule.words.iter().flat_map(|word| &word.unless))
            .map(|longer| self.line(longer))
            .collect();
        let folded = self.rules.iter().map(|rule| self.folded(rule, &harmless)).collect();
        self.rules = folded;
        Ok(self)
    }

    /// A text as it is compared, with its separators.
    fn line(&self, text: &str) -> String {
        fold::fold(text, self).iter().map(|glyph| glyph.c).collect()
    }

    /// A rule whose words are written as texts are when it looks at them. `harmless`: what other rules excuse.
    fn folded(&self, rule: &Rule, harmless: &[String]) -> Rule {
        let line = |text: &String| self.line(text);
        let word = |word: &Word| {
            let text = line(&word.text);
            let twice = rule.find == Find::Doubled;
            Word {
                text: if twice { text.repeat(2) } else { text },
                unless: word.unless.iter().map(line).collect(),
                instead: if twice {
                    Some(word.text.clone())
                } else {
                    word.instead.clone()
                },
            }
        };
        let words: Vec<Word> = rule.words.iter().map(word).collect();
        let is = |find: Find| if rule.find == find { words.as_slice() } else { &[] };
        Rule {
            index: Index::of(&words),
            phrases: Phrases::of(is(Find::Phrases), harmless),
            spellings: spellings::by_letter(is(Find::Spellings)),
            words,
            near: rule.near.iter().map(line).collect(),
            not_near: rule.not_near.iter().map(line).collect(),
            ..rule.clone()
        }
    }
}

/// A rule with every word that its alternatives stand for.
fn written_out(rule: Rule) -> Result<Rule, RulesError> {
    let mut words = Vec::new();
    for word in &rule.words {
        let more = alternatives::expanded(word).ok_or_else(|| RulesError::Alternatives {
            rule: rule.id.clone(),
            word: word.text.clone(),
        })?;
        words.extend(more);
    }
    Ok(Rule { words, ..rule })
}
