//! The catalogue (公开目录): what the office discloses, how often, and who answers for it.

use crate::ids::{CatalogueEntryId, ContentHash, DepartmentId, StaffId};
use crate::lang::{Lang, LocalText};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
}

/// The catalogue of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Entries by id.
    pub entries: BTreeMap<CatalogueEntryId, CatalogueEntry>,
}

impl Catalogue {
    /// Opens an entry or changes it. What it already says decides nothing.
    #[must_use]
    pub fn define(&self, entry: CatalogueEntry) -> Option<CatalogueEvent> {
        (self.entries.get(&entry.id) != Some(&entry)).then_some(CatalogueEvent::Defined(entry))
    }

    /// Takes a fact.
    pub fn evolve(&mut self, event: &CatalogueEvent) {
        let CatalogueEvent::Defined(entry) = event;
        self.entries.insert(entry.id.clone(), entry.clone());
    }
}
