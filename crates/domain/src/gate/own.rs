//! The office's own words (本单位词表): what it must not publish, what is to be looked at, what is written wrongly here. The
//! list is an object of the content store, so that it can be erased; facts name it by its hash.

use super::rules::{Find, Kind, Rule, RuleSet, RulesError, Word};
use super::version::OwnCounts;
use super::{Class, fold};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The rule of the office's own wrong forms. They are told beside the program's, and never left out for one of those.
pub(super) const SLIPS: &str = "own-slip";

/// The most words of a list.
pub const MOST_OWN_WORDS: usize = 2000;
/// The most characters of a word, and of what should stand instead.
pub const MOST_WORD_CHARS: usize = 60;
/// The most characters of a note.
pub const MOST_NOTE_CHARS: usize = 200;

/// The format of the object.
const FORMAT: u8 = 1;

/// A word of an office's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnWord {
    /// The word.
    pub text: String,
    /// What a finding asks for.
    pub class: Class,
    /// What should stand there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// Longer expressions that contain it and are harmless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// Why it is in the list, for those who keep it; nobody else sees it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What is wrong with a word of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordFault {
    /// Fewer than two letters, digits or characters: it would be found everywhere.
    TooShort,
    /// More than [`MOST_WORD_CHARS`].
    TooLong,
    /// It is in the list already, perhaps written otherwise.
    Twice,
    /// Its note has more than [`MOST_NOTE_CHARS`].
    NoteTooLong,
    /// An expression that is said to be harmless does not contain it, or is too long.
    Unless,
}

/// An office's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// In the order in which they were added.
    pub words: Vec<OwnWord>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    format: u8,
    words: Vec<OwnWord>,
}

impl OwnWords {
    /// Reads the object of the content store.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RulesError> {
        let object: Object = serde_json::from_slice(bytes)?;
        match object.format {
            FORMAT => Ok(Self { words: object.words }),
            other => Err(RulesError::Format(other)),
        }
    }

    /// The object of the content store (JSON).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let object = Object {
            format: FORMAT,
            words: self.words.clone(),
        };
        // Strings and lists always can be written.
        serde_json::to_vec(&object).unwrap_or_default()
    }

    /// The words of a file in the form of a rule set (`gate-office.json`). A rule's name for people becomes the note of
    /// its words; a word that stands there twice is taken once.
    ///
    /// # Errors
    /// When it is no rule set, or one that does more than to name words.
    pub fn from_file(json: &str) -> Result<Self, RulesError> {
        let file = RuleSet::parse(json)?;
        // A number that may be any is no word that a person can read in the list.
        let any = |word: &Word| word.text.contains(super::alternatives::NUMBER);
        let other = |rule: &&Rule| rule.find != Find::Words || rule.words.iter().any(any);
        if let Some(rule) = file.rules.iter().find(other) {
            return Err(RulesError::OnlyWords(rule.id.clone()));
        }
        let mut list = Self::default();
        let mut seen = BTreeSet::new();
        for rule in &file.rules {
            for word in rule.words.iter().filter(|word| seen.insert(key(&word.text))) {
                list.words.push(OwnWord {
                    text: word.text.clone(),
                    class: rule.class,
                    instead: word.instead.clone(),
                    unless: word.unless.clone(),
                    note: rule.zh.chars().take(MOST_NOTE_CHARS).collect(),
                });
            }
        }
        Ok(list)
    }

    /// What is wrong, each with the index of its word.
    #[must_use]
    pub fn faults(&self) -> Vec<(usize, WordFault)> {
        let mut seen = BTreeSet::new();
        let mut faults = Vec::new();
        for (index, word) in self.words.iter().enumerate() {
            let key = key(&word.text);
            let long = |text: &str| text.chars().count() > MOST_WORD_CHARS;
            let outside = |longer: &String| long(longer) || !self::key(longer).contains(&key);
            let fault = if key.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                Some(WordFault::TooShort)
            } else if long(&word.text) || word.instead.as_deref().is_some_and(long) {
                Some(WordFault::TooLong)
            } else if word.note.chars().count() > MOST_NOTE_CHARS {
                Some(WordFault::NoteTooLong)
            } else if word.unless.iter().any(outside) {
                Some(WordFault::Unless)
            } else {
                seen.replace(key.clone()).map(|_| WordFault::Twice)
            };
            faults.extend(fault.map(|fault| (index, fault)));
        }
        faults
    }

    /// Where a word stands, however it is written.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        let wanted = key(text);
        self.words.iter().position(|word| key(&word.text) == wanted)
    }

    /// How many there are of each class.
    #[must_use]
    pub fn counts(&self) -> OwnCounts {
        let of = |class: Class| {
            let count = self.words.iter().filter(|word| word.class == class).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        OwnCounts {
            block: of(Class::Block),
            warn: of(Class::Warn),
            slip: of(Class::Slip),
        }
    }

    /// The list as rules: one of each class that has words. Their names stay the same, whatever the words are.
    pub(super) fn rules(&self) -> Vec<Rule> {
        let classes = [
            (Class::Block, "own-block", Kind::InternalWord),
            (Class::Warn, "own-warn", Kind::InternalWord),
            (Class::Slip, SLIPS, Kind::Slip),
        ];
        let rule = |(class, id, kind): (Class, &str, Kind)| {
            let words = self.words.iter().filter(|word| word.class == class);
            let words: Vec<Word> = words
                .map(|word| Word {
                    text: word.text.clone(),
                    unless: word.unless.clone(),
                    instead: word.instead.clone(),
                })
                .collect();
            (!words.is_empty()).then(|| Rule {
                id: id.to_owned(),
                kind,
                class,
                zh: "本单位词表中的词".to_owned(),
                en: "word of the office\u{2019}s own list".to_owned(),
                find: Find::Words,
                words,
                near: Vec::new(),
                not_near: Vec::new(),
                index: super::words::Index::default(),
                phrases: super::phrases::Phrases::default(),
                spellings: std::collections::BTreeMap::new(),
            })
        };
        classes.into_iter().filter_map(rule).collect()
    }
}

/// A word as it is compared: folded, without separators.
fn key(text: &str) -> String {
    fold::squeeze(&fold::fold(text, RuleSet::newest()))
        .iter()
        .map(|glyph| glyph.c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, class: Class) -> OwnWord {
        OwnWord {
            text: text.to_owned(),
            class,
            instead: None,
            unless: Vec::new(),
            note: String::new(),
        }
    }

    #[test]
    fn words_of_the_list_are_found_by_their_class_and_kept_as_bytes() {
        let mut slip = word("滨河局", Class::Slip);
        slip.instead = Some("滨河分局".to_owned());
        let list = OwnWords {
            words: vec![
                word("北斗一号楼", Class::Block),
                word("Project Lark", Class::Warn),
                slip,
            ],
        };
        assert!(list.faults().is_empty());
        let rules = RuleSet::newest().clone().with_own(&list).unwrap();
        let found = |text: &str| -> Vec<(Class, String)> {
            let found = rules.scan_text(text, &[]);
            found.iter().map(|(rule, _)| (rule.class, rule.id.clone())).collect()
        };
        assert_eq!(found("会议在北 斗一号楼"), [(Class::Block, "own-block".to_owned())]);
        assert_eq!(found("the PROJECT  lark"), [(Class::Warn, "own-warn".to_owned())]);
        assert_eq!(found("滨河局公告"), [(Class::Slip, "own-slip".to_owned())]);
        assert_eq!(OwnWords::from_bytes(&list.to_bytes()).unwrap(), list);
        let golden = r#"{"format":1,"words":[{"text":"甲乙","class":"block"}]}"#;
        let small = OwnWords {
            words: vec![word("甲乙", Class::Block)],
        };
        assert_eq!(String::from_utf8(small.to_bytes()).unwrap(), golden);
        assert!(OwnWords::from_bytes(br#"{"format":2,"words":[]}"#).is_err());
    }

    #[test]
    fn what_would_be_found_everywhere_or_stands_twice_is_named() {
        let mut outside = word("甲乙丙", Class::Warn);
        outside.unless = vec!["丁戊己".to_owned()];
        let list = OwnWords {
            words: vec![
                word("的", Class::Block),
                word("Lark", Class::Warn),
                word("ＬＡＲＫ", Class::Block),
                word(&"长".repeat(MOST_WORD_CHARS + 1), Class::Slip),
                outside,
            ],
        };
        assert_eq!(
            list.faults(),
            [
                (0, WordFault::TooShort),
                (2, WordFault::Twice),
                (3, WordFault::TooLong),
                (4, WordFault::Unless)
            ]
        );
    }

    #[test]
    fn the_file_of_before_is_taken_over_word_for_word() {
        let file = r#"{"format":1,"version":1,"rules":[{"id":"own-words","kind":"internal-word","class":"block","zh":"内部用语","en":"x","find":"words","words":[{"text":"北斗一号楼","unless":["北斗一号楼公园"]}]}]}"#;
        let list = OwnWords::from_file(file).unwrap();
        let rules = RuleSet::newest().clone().with_own(&list).unwrap();
        assert_eq!(rules.scan_text("在北斗一号楼", &[])[0].0.class, Class::Block);
        assert!(rules.scan_text("在北斗一号楼公园", &[]).is_empty());
        assert_eq!(list.words[0].note, "内部用语");
        let shape = file.replace(r#""find":"words""#, r#""find":"phone""#);
        assert!(
            OwnWords::from_file(&shape)
                .unwrap_err()
                .to_string()
                .contains("words only")
        );
    }
}
