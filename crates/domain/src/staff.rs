//! Staff, their roles, and the table of who may do what.

use crate::ids::{DepartmentId, StaffId};
use crate::lang::Lang;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A role (角色). One person may combine several, except where four eyes forbid it. Append, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Writes (拟稿).
    Author,
    /// Reviews for confidentiality (保密审查).
    ConfidentialityReviewer,
    /// Countersigns (会审).
    Countersigner,
    /// Approves, releases and withdraws (审批).
    Approver,
    /// Inspects (督查).
    Inspector,
    /// Answers enquiries (咨询值守).
    EnquiryOperator,
    /// Looks after displays (屏幕运维).
    DisplayOperator,
    /// Looks after accounts and the catalogue (系统管理).
    Administrator,
}

impl Role {
    /// Every role, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Author,
        Self::ConfidentialityReviewer,
        Self::Countersigner,
        Self::Approver,
        Self::Inspector,
        Self::EnquiryOperator,
        Self::DisplayOperator,
        Self::Administrator,
    ];

    /// Its name for people.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Author => ("拟稿", "Author"),
            Self::ConfidentialityReviewer => ("保密审查", "Confidentiality reviewer"),
            Self::Countersigner => ("会审", "Countersigner"),
            Self::Approver => ("审批", "Approver"),
            Self::Inspector => ("督查", "Inspector"),
            Self::EnquiryOperator => ("咨询值守", "Enquiry operator"),
            Self::DisplayOperator => ("屏幕运维", "Display operator"),
            Self::Administrator => ("系统管理", "Administrator"),
        };
        if lang == Lang::ZhHans { zh } else { en }
    }
}

/// Something that a person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Write, change and submit one's own drafts.
    Draft,
    /// Review for confidentiality.
    Review,
    /// Countersign.
    Countersign,
    /// Approve.
    Approve,
    /// Return to the author; each reviewer, at their step.
    Reject,
    /// Release and amend.
    Release,
    /// Withdraw.
    Withdraw,
    /// Ask that texts be erased, and erase what somebody else asked for.
    Erase,
    /// Read publications, catalogue, reports, displays.
    Read,
    /// Open channels; enrol, set and retire displays; see the wall.
    OperateDisplays,
    /// Put every display of the site on its slate, and let the programmes come back.
    Blank,
    /// Define catalogue entries, set the days that the office works.
    Catalogue,
    /// Add staff, change roles, set the site's profile.
    Administer,
}

/// Who may what: default deny. The same table stands in `docs/permissions.md`, and a test compares them.
pub const PERMISSIONS: &[(Verb, &[Role])] = &[
    (Verb::Draft, &[Role::Author]),
    (Verb::Review, &[Role::ConfidentialityReviewer]),
    (Verb::Countersign, &[Role::Countersigner]),
    (Verb::Approve, &[Role::Approver]),
    (
        Verb::Reject,
        &[Role::ConfidentialityReviewer, Role::Countersigner, Role::Approver],
    ),
    (Verb::Release, &[Role::Approver]),
    (Verb::Withdraw, &[Role::Approver]),
    (Verb::Erase, &[Role::Approver, Role::Administrator]),
    (Verb::Read, &Role::ALL),
    (Verb::OperateDisplays, &[Role::DisplayOperator, Role::Administrator]),
    (
        Verb::Blank,
        &[Role::Approver, Role::DisplayOperator, Role::Administrator],
    ),
    (Verb::Catalogue, &[Role::Administrator]),
    (Verb::Administer, &[Role::Administrator]),
];

/// Whether someone with these roles may do this.
#[must_use]
pub fn may(roles: &BTreeSet<Role>, verb: Verb) -> bool {
    PERMISSIONS
        .iter()
        .filter(|(allowed, _)| *allowed == verb)
        .any(|(_, by)| by.iter().any(|role| roles.contains(role)))
}

/// A fact about staff. Names and contacts are in the erasable directory, not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaffEvent {
    /// Someone joined, or their department or roles changed: this is how it is now.
    Appointed {
        /// The person.
        id: StaffId,
        /// Their department.
        department: DepartmentId,
        /// Their roles.
        roles: BTreeSet<Role>,
    },
}

/// A person as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Department.
    pub department: DepartmentId,
    /// Roles.
    pub roles: BTreeSet<Role>,
}

/// The staff of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// People by id.
    pub people: BTreeMap<StaffId, Person>,
}

impl Staff {
    /// Appoints someone or changes their roles. What they already are decides nothing.
    #[must_use]
    pub fn appoint(&self, id: StaffId, department: DepartmentId, roles: BTreeSet<Role>) -> Option<StaffEvent> {
        let same = self
            .people
            .get(&id)
            .is_some_and(|p| p.department == department && p.roles == roles);
        (!same).then_some(StaffEvent::Appointed { id, department, roles })
    }

    /// Takes a fact.
    pub fn evolve(&mut self, event: &StaffEvent) {
        let StaffEvent::Appointed { id, department, roles } = event;
        self.people.insert(
            id.clone(),
            Person {
                department: department.clone(),
                roles: roles.clone(),
            },
        );
    }

    /// Whether this person may do this.
    #[must_use]
    pub fn may(&self, id: &StaffId, verb: Verb) -> bool {
        self.people.get(id).is_some_and(|person| may(&person.roles, verb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_documents_is_the_table_of_the_program() {
        let document = include_str!("../../../docs/permissions.md");
        let written: Vec<&str> = document.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
        let ours: Vec<String> = PERMISSIONS
            .iter()
            .map(|(verb, roles)| {
                let roles: Vec<String> = roles.iter().map(|role| format!("{role:?}")).collect();
                format!("| {verb:?} | {} |", roles.join(", "))
            })
            .collect();
        assert_eq!(written, ours);
    }

    #[test]
    fn what_is_not_allowed_is_denied() {
        let author = BTreeSet::from([Role::Author]);
        assert!(may(&author, Verb::Draft) && may(&author, Verb::Read));
        assert!(!may(&author, Verb::Approve) && !may(&BTreeSet::new(), Verb::Read));
    }
}
