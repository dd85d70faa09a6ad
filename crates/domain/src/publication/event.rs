//! The facts about a publication.

use crate::content::Kind;
use crate::gate::{Finding, RulesVersion};
use crate::head::Priority;
use crate::ids::{CatalogueEntryId, ChannelName, ContentHash, DepartmentId, StaffId};
use crate::publication::Duty;
use crate::time::Window;
use serde::{Deserialize, Serialize};

/// A release as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// What is released.
    pub content: ContentHash,
    /// Its kind.
    pub kind: Kind,
    /// Where it is shown.
    pub channels: Vec<ChannelName>,
    /// When it may be seen.
    pub window: Window,
    /// What it may displace.
    pub priority: Priority,
    /// Whether its catalogue entry is standing.
    pub standing: bool,
    /// How long a display that has heard nothing goes on showing it.
    pub lease_ms: Option<u64>,
    /// Who released it.
    pub by: StaffId,
    /// The rules in force, under which it was looked through; nothing where a fact of version 1 does not say.
    #[serde(skip)]
    pub under: Option<RulesVersion>,
}

/// A fact about a publication. Append variants, never reorder: the log numbers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicationEvent {
    /// The author handed in a text.
    Submitted {
        /// The text.
        content: ContentHash,
        /// Its kind.
        kind: Kind,
        /// Its place in the catalogue.
        catalogue_entry: CatalogueEntryId,
        /// The author.
        by: StaffId,
        /// Whether it must be countersigned before approval: by anybody, unless departments are named next.
        countersign: bool,
        /// The rules it was checked under.
        rule_set: u16,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Reviewed for confidentiality and cleared.
    ConfidentialityReviewed {
        /// The text.
        content: ContentHash,
        /// The reviewer.
        by: StaffId,
        /// The rules it was reviewed under.
        rule_set: u16,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Countersigned.
    Countersigned {
        /// The text.
        content: ContentHash,
        /// Who.
        by: StaffId,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Approved.
    Approved {
        /// The text.
        content: ContentHash,
        /// Who.
        by: StaffId,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Returned to the author.
    Rejected {
        /// The text.
        content: ContentHash,
        /// Who.
        by: StaffId,
        /// The reason, in the content store.
        reason: ContentHash,
    },
    /// Let through to channels for a window of time.
    Released(Release),
    /// A newly approved text took the place of the released one.
    Amended {
        /// The text.
        content: ContentHash,
        /// Who.
        by: StaffId,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Taken from every display.
    Withdrawn {
        /// Who.
        by: StaffId,
        /// The reason, in the content store; it may follow later.
        reason: Option<ContentHash>,
    },
    /// The reason for a withdrawal, given afterwards.
    WithdrawalExplained {
        /// Who.
        by: StaffId,
        /// The reason, in the content store.
        reason: ContentHash,
    },
    /// Someone asked that all its texts be erased.
    ErasureRequested {
        /// Who.
        by: StaffId,
        /// Why. It stays when the texts are gone.
        reason: String,
    },
    /// It was asked for, and shall not be.
    ErasureDeclined {
        /// Who said so.
        by: StaffId,
    },
    /// The texts were erased: their keys are destroyed in the same step.
    ContentErased {
        /// Who did it.
        by: StaffId,
        /// Who had asked for it: somebody else.
        requested_by: StaffId,
        /// What was erased: texts, and the reasons given on their way.
        contents: Vec<ContentHash>,
        /// Why.
        reason: String,
    },
    /// The confidentiality gate looked through the text that was handed in and found something.
    GateScanned {
        /// The text.
        content: ContentHash,
        /// The author.
        by: StaffId,
        /// The rules that it looked by.
        rule_set: u16,
        /// What it found: rules and places, never texts.
        findings: Vec<Finding>,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// A second person let a text through that the gate blocks.
    GateOverridden {
        /// The text.
        content: ContentHash,
        /// Who let it through.
        by: StaffId,
        /// The rules that block it.
        rule_set: u16,
        /// What blocks.
        findings: Vec<Finding>,
        /// The reason, in the content store.
        reason: ContentHash,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// Others than the author wrote in the text that was handed in.
    ContributorsNamed {
        /// The text.
        content: ContentHash,
        /// The author.
        by: StaffId,
        /// Who else wrote in it.
        contributors: Vec<StaffId>,
    },
    /// Which departments must countersign the text that was handed in, all of them.
    CountersignersNamed {
        /// The text.
        content: ContentHash,
        /// The author.
        by: StaffId,
        /// The departments.
        departments: Vec<DepartmentId>,
    },
    /// Countersigned for one of the departments that were named.
    DepartmentCountersigned {
        /// The text.
        content: ContentHash,
        /// Who.
        by: StaffId,
        /// For which.
        department: DepartmentId,
        /// The rules in force; nothing where a fact of version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// The step that is recorded next was taken in the stead of somebody on leave.
    StoodIn {
        /// The text, where the step is about one.
        content: Option<ContentHash>,
        /// Who took it.
        by: StaffId,
        /// In whose stead.
        person: StaffId,
        /// What it was.
        duty: Duty,
    },
    /// What is on release is shown elsewhere, or for another time; its text is the same.
    Rescheduled {
        /// The text.
        content: ContentHash,
        /// Where it is shown from now on.
        channels: Vec<ChannelName>,
        /// When it may be seen.
        window: Window,
        /// Who.
        by: StaffId,
        /// The rules by which the text was let through, which moving it does not check again; nothing where a fact of
        /// version 1 does not say.
        #[serde(skip)]
        under: Option<RulesVersion>,
    },
    /// The rules changed while it was on its way: it was looked through again, and what had been looked at before holds
    /// no longer.
    ReviewsVoided {
        /// The text.
        content: ContentHash,
        /// Who changed the rules.
        by: StaffId,
        /// The rules from now on.
        rules: RulesVersion,
        /// What the gate finds under them.
        findings: Vec<Finding>,
    },
}

impl PublicationEvent {
    /// Who brought it about.
    #[must_use]
    pub fn by(&self) -> &StaffId {
        match self {
            Self::Submitted { by, .. }
            | Self::ConfidentialityReviewed { by, .. }
            | Self::Countersigned { by, .. }
            | Self::Approved { by, .. }
            | Self::Rejected { by, .. }
            | Self::Amended { by, .. }
            | Self::Withdrawn { by, .. }
            | Self::WithdrawalExplained { by, .. }
            | Self::ErasureRequested { by, .. }
            | Self::ErasureDeclined { by }
            | Self::ContentErased { by, .. }
            | Self::GateScanned { by, .. }
            | Self::GateOverridden { by, .. }
            | Self::ContributorsNamed { by, .. }
            | Self::CountersignersNamed { by, .. }
            | Self::DepartmentCountersigned { by, .. }
            | Self::Rescheduled { by, .. }
            | Self::StoodIn { by, .. }
            | Self::ReviewsVoided { by, .. } => by,
            Self::Released(release) => &release.by,
        }
    }

    /// The rules that it was decided under, where it says.
    #[must_use]
    pub fn under(&self) -> Option<RulesVersion> {
        match self {
            Self::Submitted { under, .. }
            | Self::ConfidentialityReviewed { under, .. }
            | Self::Countersigned { under, .. }
            | Self::Approved { under, .. }
            | Self::Amended { under, .. }
            | Self::GateScanned { under, .. }
            | Self::GateOverridden { under, .. }
            | Self::DepartmentCountersigned { under, .. }
            | Self::Rescheduled { under, .. } => *under,
            Self::Released(release) => release.under,
            _ => None,
        }
    }

    /// The same fact, decided under these rules: what a record of version 2 says after the fact of version 1.
    #[must_use]
    pub fn decided_under(mut self, rules: RulesVersion) -> Self {
        match &mut self {
            Self::Submitted { under, .. }
            | Self::ConfidentialityReviewed { under, .. }
            | Self::Countersigned { under, .. }
            | Self::Approved { under, .. }
            | Self::Amended { under, .. }
            | Self::GateScanned { under, .. }
            | Self::GateOverridden { under, .. }
            | Self::DepartmentCountersigned { under, .. }
            | Self::Rescheduled { under, .. } => *under = Some(rules),
            Self::Released(release) => release.under = Some(rules),
            _ => {}
        }
        self
    }
}
