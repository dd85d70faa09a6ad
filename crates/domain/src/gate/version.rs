//! Which rules were in force: the program's own set, and the office's own words beside it.

use super::Finding;
use crate::ids::{CatalogueEntryId, ChannelName, ContentHash};
use crate::publication::RULE_SET;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The rules that a text is looked through by. Every decision names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RulesVersion {
    /// Version of the program's own set.
    pub set: u16,
    /// The office's own words, an object of the content store; `None`: it has none.
    pub own: Option<ContentHash>,
}

impl RulesVersion {
    /// This program's set without words of an office.
    #[must_use]
    pub fn of_program() -> Self {
        Self::of_set(RULE_SET)
    }

    /// A set without words of an office: what facts of version 1 say.
    #[must_use]
    pub fn of_set(set: u16) -> Self {
        Self { set, own: None }
    }
}

impl fmt::Display for RulesVersion {
    /// `3`, or `3+1f2e3d4c` with the beginning of the hash of the office's own words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.set)?;
        match self.own {
            Some(own) => write!(f, "+{}", own.to_string().chars().take(8).collect::<String>()),
            None => Ok(()),
        }
    }
}

/// How many words of each class an office's own list has. The words themselves are not in the log: a list of names that
/// must not be published is itself to be kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCounts {
    /// Words that block.
    pub block: u32,
    /// Words that warn.
    pub warn: u32,
    /// Wrong forms.
    pub slip: u32,
}

/// What has words that become public without the workflow. Append variants, never reorder: the log numbers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicNoun {
    /// An entry of the catalogue: its name, its summary, its number.
    Entry(CatalogueEntryId),
    /// A channel: its title.
    Channel(ChannelName),
    /// The office's profile: its name, hours, hotlines and departments.
    Profile,
}

/// A fact about the rules of the gate, or about what it let through outside the workflow. Append variants, never reorder: the log numbers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GateEvent {
    /// From now on texts are looked through by these rules.
    RulesSet {
        /// Which.
        rules: RulesVersion,
        /// How many words the office's own list has.
        own: OwnCounts,
    },
    /// The gate found something in words that become public at once. Whoever saved them said that they looked and that the
    /// words may be public. It stands in the stream of what has the words, behind the fact that set them, and its record
    /// says who and when.
    WordsConfirmed {
        /// Whose words.
        noun: PublicNoun,
        /// By which rules they were looked through.
        rules: RulesVersion,
        /// What was found, without its text.
        findings: Vec<Finding>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_shortly() {
        assert_eq!(RulesVersion::of_set(3).to_string(), "3");
        let own = Some(ContentHash([0x1f; 32]));
        assert_eq!(RulesVersion { set: 3, own }.to_string(), "3+1f1f1f1f");
    }
}
