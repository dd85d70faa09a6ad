//! The catalogue (公开目录): what the office discloses, how often, and who answers for it.

use crate::ids::{CatalogueEntryId, ChannelName, ContentHash, DepartmentId, StaffId};
use crate::lang::{Lang, LocalText};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The category that the annual report counts a publication under. Append, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Government information (政府信息).
    GovernmentInformation,
    /// Finance (财务信息).
    Finance,
    /// Personnel (人事信息).
    Personnel,
    /// Planning (规划计划).
    Planning,
    /// Organisation (组织机构).
    Organisation,
    /// Administrative enforcement (行政执法).
    Enforcement,
    /// Policy interpretation (时政解读).
    Interpretation,
    /// Rules, guides and catalogues (制度、指南、目录).
    Rules,
}

impl Category {
    /// Every category, in the order of the report.
    pub const ALL: [Self; 8] = [
        Self::GovernmentInformation,
        Self::Finance,
        Self::Personnel,
        Self::Planning,
        Self::Organisation,
        Self::Enforcement,
        Self::Interpretation,
        Self::Rules,
    ];

    /// Its name in the API.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::GovernmentInformation => "government-information",
            Self::Finance => "finance",
            Self::Personnel => "personnel",
            Self::Planning => "planning",
            Self::Organisation => "organisation",
            Self::Enforcement => "enforcement",
            Self::Interpretation => "interpretation",
            Self::Rules => "rules",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::GovernmentInformation => ("政府信息", "Government information"),
            Self::Finance => ("财务信息", "Finance"),
            Self::Personnel => ("人事信息", "Personnel"),
            Self::Planning => ("规划计划", "Planning"),
            Self::Organisation => ("组织机构", "Organisation"),
            Self::Enforcement => ("行政执法", "Administrative enforcement"),
            Self::Interpretation => ("政策解读", "Policy interpretation"),
            Self::Rules => ("制度、指南和目录", "Rules, guides and catalogues"),
        };
        if lang == Lang::ZhHans { zh } else { en }
    }
}

/// How often an entry is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// Regular work, disclosed at regular times (常规性工作定期公开).
    Regular {
        /// Months from one release to the next.
        period_months: u8,
    },
    /// Work that comes up, disclosed as it comes (临时性工作随时公开).
    AdHoc {
        /// Working days from formation to release; 20 at most.
        within_working_days: u8,
    },
    /// What stays true, disclosed for long (固定性工作长期公开).
    Standing,
}

/// The words of an entry, kept in the content store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryText {
    /// Name (名称).
    pub name: LocalText,
    /// Summary (内容概述).
    pub summary: LocalText,
}

/// An entry: one line of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// Its id, for ever.
    pub id: CatalogueEntryId,
    /// Index number (索引号).
    pub index_number: String,
    /// Category of the annual report.
    pub category: Category,
    /// How often it is due.
    pub cadence: Cadence,
    /// Responsible department.
    pub department: DepartmentId,
    /// Responsible person.
    pub responsible: StaffId,
    /// An [`EntryText`] in the content store.
    pub text: ContentHash,
}

/// A fact about the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CatalogueEvent {
    /// The entry was opened or changed: this is what it says now.
    Defined(CatalogueEntry),
    /// Where releases of the entry usually go, as a proposal: these channels, and no others.
    UsualChannelsSet {
        /// The entry.
        entry: CatalogueEntryId,
        /// The channels; none: nothing is proposed.
        channels: BTreeSet<ChannelName>,
    },
}

/// The catalogue of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Entries by id.
    pub entries: BTreeMap<CatalogueEntryId, CatalogueEntry>,
    /// When each entry was first defined.
    pub defined_at: BTreeMap<CatalogueEntryId, Instant>,
    /// Where releases of an entry usually go; entries that are not here have no such channels.
    pub channels: BTreeMap<CatalogueEntryId, BTreeSet<ChannelName>>,
}

impl Catalogue {
    /// Opens an entry or changes it, with the channels that it usually goes to; without them these stay as they are.
    /// What it already says decides nothing.
    #[must_use]
    pub fn define(&self, entry: CatalogueEntry, channels: Option<BTreeSet<ChannelName>>) -> Vec<CatalogueEvent> {
        let channels = channels.filter(|channels| *channels != self.usual_channels(&entry.id));
        let usual = channels.map(|channels| CatalogueEvent::UsualChannelsSet {
            entry: entry.id.clone(),
            channels,
        });
        let changed = self.entries.get(&entry.id) != Some(&entry);
        let defined = changed.then_some(CatalogueEvent::Defined(entry));
        defined.into_iter().chain(usual).collect()
    }

    /// The channels that releases of an entry usually go to.
    #[must_use]
    pub fn usual_channels(&self, entry: &CatalogueEntryId) -> BTreeSet<ChannelName> {
        self.channels.get(entry).cloned().unwrap_or_default()
    }

    /// The entries that somebody answers for.
    pub fn answered_for<'a>(&'a self, person: &'a StaffId) -> impl Iterator<Item = &'a CatalogueEntry> {
        let entries = self.entries.values();
        entries.filter(move |entry| entry.responsible == *person)
    }

    /// Somebody else answers for all that one person answers for. Where they answer for nothing it decides nothing.
    #[must_use]
    pub fn hand_over(&self, from: &StaffId, to: &StaffId) -> Vec<CatalogueEvent> {
        let handed = |entry: &CatalogueEntry| CatalogueEntry {
            responsible: to.clone(),
            ..entry.clone()
        };
        let entries = self.answered_for(from).map(handed);
        entries.flat_map(|entry| self.define(entry, None)).collect()
    }

    /// Takes a fact and when it was recorded.
    pub fn evolve(&mut self, at: Instant, event: &CatalogueEvent) {
        match event {
            CatalogueEvent::Defined(entry) => {
                self.defined_at.entry(entry.id.clone()).or_insert(at);
                self.entries.insert(entry.id.clone(), entry.clone());
            }
            CatalogueEvent::UsualChannelsSet { entry, channels } => {
                self.channels.insert(entry.clone(), channels.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_defined_once_and_its_channels_stay_unless_they_are_said() {
        let entry = CatalogueEntry {
            id: "fin".parse().unwrap(),
            index_number: "BH-1".to_owned(),
            category: Category::Finance,
            cadence: Cadence::Standing,
            department: "law".parse().unwrap(),
            responsible: "li".parse().unwrap(),
            text: ContentHash([2; 32]),
        };
        let hall = || Some(BTreeSet::from(["hall".parse().unwrap()]));
        let mut catalogue = Catalogue::default();
        let events = catalogue.define(entry.clone(), hall());
        assert_eq!(events.len(), 2);
        for (at, event) in events.iter().enumerate() {
            catalogue.evolve(Instant(at as u64 + 5), event);
        }
        assert_eq!(catalogue.usual_channels(&entry.id), hall().unwrap());
        assert_eq!(catalogue.define(entry.clone(), hall()), []);
        assert_eq!(catalogue.define(entry.clone(), None), []);
        let renamed = CatalogueEntry {
            index_number: "BH-2".to_owned(),
            ..entry.clone()
        };
        let events = catalogue.define(renamed.clone(), None);
        assert_eq!(events, [CatalogueEvent::Defined(renamed)]);
        catalogue.evolve(Instant(99), &events[0]);
        assert_eq!(
            catalogue.defined_at[&entry.id],
            Instant(5),
            "it was opened when it was opened"
        );
        assert_eq!(catalogue.usual_channels(&entry.id), hall().unwrap());

        let (li, sun): (StaffId, StaffId) = ("li".parse().unwrap(), "sun".parse().unwrap());
        assert_eq!(catalogue.hand_over(&sun, &li), [], "they answer for nothing");
        let events = catalogue.hand_over(&li, &sun);
        assert_eq!(events.len(), 1);
        catalogue.evolve(Instant(100), &events[0]);
        let theirs: Vec<&str> = catalogue
            .answered_for(&sun)
            .map(|entry| entry.index_number.as_str())
            .collect();
        assert_eq!(theirs, ["BH-2"], "the entry says what it said");
        assert_eq!(catalogue.hand_over(&li, &sun), [], "it is done once");
    }
}
