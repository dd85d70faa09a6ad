//! Staff, their roles, and the table of who may do what.

use crate::ids::{DepartmentId, StaffId};
use crate::lang::Lang;
use crate::time::{Instant, Window};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod passwords;
mod substitutes;

pub use passwords::{NOT_A_PERSON, may_be_a_person};
pub use substitutes::{Leave, SubstituteRefused};

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
    /// Read the audit trail: who did what, when, on what.
    Audit,
    /// Read the register of sign-ins: who was let in, and who was kept out.
    WatchSignIns,
    /// Open channels; enrol, set and retire displays; see the wall.
    OperateDisplays,
    /// Put every display of the site on its slate, and let the programmes come back.
    Blank,
    /// Define catalogue entries, set the days that the office works.
    Catalogue,
    /// Add staff, change roles, set the site's profile.
    Administer,
}

impl Verb {
    /// Every verb, in the order of the table.
    pub const ALL: [Self; 15] = [
        Self::Draft,
        Self::Review,
        Self::Countersign,
        Self::Approve,
        Self::Reject,
        Self::Release,
        Self::Withdraw,
        Self::Erase,
        Self::Read,
        Self::Audit,
        Self::WatchSignIns,
        Self::OperateDisplays,
        Self::Blank,
        Self::Catalogue,
        Self::Administer,
    ];

    /// Its name in the scopes of tokens.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Countersign => "countersign",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Release => "release",
            Self::Withdraw => "withdraw",
            Self::Erase => "erase",
            Self::Read => "read",
            Self::Audit => "audit",
            Self::WatchSignIns => "watch-sign-ins",
            Self::OperateDisplays => "operate-displays",
            Self::Blank => "blank",
            Self::Catalogue => "catalogue",
            Self::Administer => "administer",
        }
    }

    /// The verb of this name.
    #[must_use]
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.slug() == slug)
    }

    /// What it allows, for people.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Draft => ("拟稿", "Write drafts"),
            Self::Review => ("保密审查", "Review for confidentiality"),
            Self::Countersign => ("会审", "Countersign"),
            Self::Approve => ("审批", "Approve"),
            Self::Reject => ("退回", "Return to the author"),
            Self::Release => ("发布", "Release"),
            Self::Withdraw => ("撤回", "Withdraw"),
            Self::Erase => ("删除", "Erase"),
            Self::Read => ("查看", "Read"),
            Self::Audit => ("操作记录", "Read the audit trail"),
            Self::WatchSignIns => ("登录记录", "Read the register of sign-ins"),
            Self::OperateDisplays => ("屏幕与频道", "Displays and channels"),
            Self::Blank => ("全部黑场", "Blank every display"),
            Self::Catalogue => ("公开目录", "The catalogue"),
            Self::Administer => ("人员与单位信息", "Staff and the office"),
        };
        if lang == Lang::ZhHans { zh } else { en }
    }

    /// Whether a change of this kind asks for a person who has shown within minutes that it is really they: what goes to
    /// the public at once, what cannot be undone, and whatever decides who gets in.
    #[must_use]
    pub fn needs_presence(self) -> bool {
        matches!(
            self,
            Self::Release | Self::Erase | Self::OperateDisplays | Self::Blank | Self::Administer
        )
    }

    /// Whether a token may be given it. A token stands for no person: it releases nothing, erases nothing and decides on
    /// nobody.
    #[must_use]
    pub fn fits_a_token(self) -> bool {
        !matches!(self, Self::Release | Self::Erase | Self::Administer)
    }
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
    (Verb::Audit, &[Role::Approver, Role::Inspector, Role::Administrator]),
    (Verb::WatchSignIns, &[Role::Inspector, Role::Administrator]),
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
    /// Someone may do nothing until they are enabled again; their roles stay.
    Disabled {
        /// The person.
        id: StaffId,
    },
    /// Someone may again do what their roles allow.
    Enabled {
        /// The person.
        id: StaffId,
    },
    /// Whoever has one of these roles signs in with a second factor; this is how it is now.
    SecondFactorRequired {
        /// The roles; none: nobody must.
        roles: BTreeSet<Role>,
    },
    /// Somebody is on leave, and this is who stands in for them; whoever was named before does so no longer.
    SubstituteNamed {
        /// Who is on leave.
        id: StaffId,
        /// Who stands in.
        substitute: StaffId,
        /// From when until when.
        window: Window,
    },
    /// Nobody stands in for them any longer.
    SubstituteEnded {
        /// Who was on leave.
        id: StaffId,
    },
    /// Somebody has another password. Where they did not choose it themselves, somebody else knows it: until they have
    /// chosen their own they do nothing else.
    PasswordSet {
        /// The person.
        id: StaffId,
        /// Who set it; `console` for the console of the hub's machine.
        by: StaffId,
    },
    /// Somebody's second factor was taken away by somebody else: authenticator, recovery codes and passkeys.
    SecondFactorReset {
        /// The person.
        id: StaffId,
        /// Who did it; `console` for the console of the hub's machine.
        by: StaffId,
    },
    /// The office's own sign-on names somebody otherwise from now on, or not at all; how is in the directory.
    SignOnSet {
        /// The person.
        id: StaffId,
        /// Who set it.
        by: StaffId,
    },
    /// Someone works here no longer: they have no role any more, and their name, password and second factor are erased.
    Left {
        /// The person.
        id: StaffId,
    },
}

/// A person as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Department.
    pub department: DepartmentId,
    /// Roles.
    pub roles: BTreeSet<Role>,
    /// Whether they are shut out for the time being.
    pub disabled: bool,
    /// Who else knows their password: whoever set it, until they have chosen their own.
    pub password_known_to: Option<StaffId>,
}

impl Person {
    /// Whether they work here now: they have a role and are not shut out.
    #[must_use]
    pub fn active(&self) -> bool {
        !self.disabled && !self.roles.is_empty()
    }
}

/// The staff of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staff {
    /// People by id.
    pub people: BTreeMap<StaffId, Person>,
    /// Roles whose holders sign in with a second factor.
    pub second_factor_for: BTreeSet<Role>,
    /// Who is on leave, or will be, or was, and who was named last to stand in for them.
    pub leaves: BTreeMap<StaffId, Leave>,
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

    /// Shuts someone out, or lets them in again. Nobody is decided on whom the facts do not know, or who stands so already.
    #[must_use]
    pub fn set_disabled(&self, id: &StaffId, disabled: bool) -> Option<StaffEvent> {
        let person = self.people.get(id)?;
        let event = match disabled {
            true => StaffEvent::Disabled { id: id.clone() },
            false => StaffEvent::Enabled { id: id.clone() },
        };
        (person.disabled != disabled).then_some(event)
    }

    /// Demands a second factor of these roles. What is demanded already decides nothing.
    #[must_use]
    pub fn require_second_factor(&self, roles: BTreeSet<Role>) -> Option<StaffEvent> {
        (self.second_factor_for != roles).then_some(StaffEvent::SecondFactorRequired { roles })
    }

    /// Whether this person must sign in with a second factor: for their own roles, or for those of somebody for whom
    /// they stand in now.
    #[must_use]
    pub fn needs_second_factor(&self, id: &StaffId, now: Instant) -> bool {
        !self.roles_at_hand(id, now).is_disjoint(&self.second_factor_for)
    }

    /// Takes a fact.
    pub fn evolve(&mut self, event: &StaffEvent) {
        match event {
            StaffEvent::Appointed { id, department, roles } => {
                let known = self.people.get(id);
                let person = Person {
                    department: department.clone(),
                    roles: roles.clone(),
                    disabled: known.is_some_and(|person| person.disabled),
                    // Whoever leaves has none any longer.
                    password_known_to: known
                        .filter(|_| !roles.is_empty())
                        .and_then(|person| person.password_known_to.clone()),
                };
                self.people.insert(id.clone(), person);
            }
            StaffEvent::Left { id } => self.leave(id),
            StaffEvent::Disabled { id } => self.mark(id, true),
            StaffEvent::Enabled { id } => self.mark(id, false),
            StaffEvent::SecondFactorRequired { roles } => self.second_factor_for = roles.clone(),
            StaffEvent::SubstituteNamed { id, substitute, window } => {
                let (substitute, window) = (substitute.clone(), *window);
                self.leaves.insert(id.clone(), Leave { substitute, window });
            }
            StaffEvent::SubstituteEnded { id } => drop(self.leaves.remove(id)),
            StaffEvent::PasswordSet { id, by } => self.password_set(id, by),
            // What they show besides a password is in a table that erases.
            StaffEvent::SecondFactorReset { .. } | StaffEvent::SignOnSet { .. } => {}
        }
    }

    fn leave(&mut self, id: &StaffId) {
        if let Some(person) = self.people.get_mut(id) {
            person.roles.clear();
            person.password_known_to = None;
        }
    }

    fn mark(&mut self, id: &StaffId, disabled: bool) {
        if let Some(person) = self.people.get_mut(id) {
            person.disabled = disabled;
        }
    }

    /// Whether this person may do this.
    #[must_use]
    pub fn may(&self, id: &StaffId, verb: Verb) -> bool {
        let person = self.people.get(id).filter(|person| !person.disabled);
        person.is_some_and(|person| may(&person.roles, verb))
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

    #[test]
    fn who_is_disabled_may_nothing_until_enabled_and_keeps_their_roles() {
        let (id, mut staff): (StaffId, _) = ("wang-fang".parse().unwrap(), Staff::default());
        assert_eq!(staff.set_disabled(&id, true), None, "nobody knows them");
        let roles = BTreeSet::from([Role::Author]);
        let steps = [
            staff.appoint(id.clone(), "office".parse().unwrap(), roles.clone()),
            Some(StaffEvent::Disabled { id: id.clone() }),
            // A new department meanwhile lets nobody in.
            staff.appoint(id.clone(), "archive".parse().unwrap(), roles.clone()),
        ];
        for event in steps.iter().flatten() {
            staff.evolve(event);
        }
        assert!(!staff.may(&id, Verb::Read) && staff.people[&id].roles == roles);
        assert_eq!(staff.set_disabled(&id, true), None, "they are");
        let enabled = staff.set_disabled(&id, false).unwrap();
        staff.evolve(&enabled);
        assert!(staff.may(&id, Verb::Draft));
    }

    #[test]
    fn who_has_left_may_nothing_and_owes_nothing() {
        let (id, mut staff): (StaffId, _) = ("wang-fang".parse().unwrap(), Staff::default());
        let by: StaffId = "admin".parse().unwrap();
        let appointed = staff.appoint(id.clone(), "office".parse().unwrap(), BTreeSet::from([Role::Author]));
        staff.evolve(&appointed.unwrap());
        staff.evolve(&StaffEvent::PasswordSet { id: id.clone(), by });
        assert!(staff.may(&id, Verb::Draft) && staff.owes_password(&id));
        staff.evolve(&StaffEvent::Left { id: id.clone() });
        assert!(!staff.may(&id, Verb::Read) && !staff.owes_password(&id) && !staff.works_here(&id));
        assert_eq!(
            staff.people[&id].department.as_str(),
            "office",
            "what they did stays theirs"
        );
    }

    #[test]
    fn a_second_factor_is_asked_of_the_roles_that_the_office_names() {
        let (id, mut staff): (StaffId, _) = ("chen".parse().unwrap(), Staff::default());
        let appointed = staff.appoint(id.clone(), "office".parse().unwrap(), BTreeSet::from([Role::Approver]));
        staff.evolve(&appointed.unwrap());
        assert!(!staff.needs_second_factor(&id, Instant(0)));
        let required = staff.require_second_factor(BTreeSet::from([Role::Approver])).unwrap();
        staff.evolve(&required);
        assert!(staff.needs_second_factor(&id, Instant(0)));
        assert_eq!(staff.require_second_factor(BTreeSet::from([Role::Approver])), None);
    }

    #[test]
    fn every_verb_has_its_row_and_its_own_name() {
        let rows: Vec<Verb> = PERMISSIONS.iter().map(|(verb, _)| *verb).collect();
        assert_eq!(rows, Verb::ALL);
        assert!(Verb::ALL.iter().all(|verb| Verb::of_slug(verb.slug()) == Some(*verb)));
    }
}
