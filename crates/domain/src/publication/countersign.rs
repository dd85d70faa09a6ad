//! Countersignature (会审): by anybody who may, or by every department that the author named.

use super::review::WRITERS;
use super::{Facts, Part, Pending, PublicationEvent, Refused, Stage};
use crate::ids::{DepartmentId, StaffId};
use std::collections::BTreeSet;

/// Who must countersign a text before it is approved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Countersign {
    /// Nobody.
    #[default]
    Nobody,
    /// Anybody who may.
    Anybody,
    /// Somebody of each of these departments.
    Departments(BTreeSet<DepartmentId>),
}

impl Countersign {
    /// Whether it is asked for at all.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self != Self::Nobody
    }

    /// These departments; nobody when there are none.
    #[must_use]
    pub fn by(departments: BTreeSet<DepartmentId>) -> Self {
        if departments.is_empty() {
            Self::Nobody
        } else {
            Self::Departments(departments)
        }
    }

    /// The departments that were named.
    pub fn departments(&self) -> impl Iterator<Item = &DepartmentId> {
        let named = match self {
            Self::Departments(departments) => Some(departments),
            _ => None,
        };
        named.into_iter().flatten()
    }

    /// Refuses what could never be signed: by the author's own department, or by one in which nobody may.
    pub(super) fn can_be_signed(&self, facts: Facts<'_>) -> Result<(), Refused> {
        let own = facts.staff.people.get(facts.by).map(|person| &person.department);
        for department in self.departments() {
            if own == Some(department) {
                return Err(Refused::OwnDepartment(department.clone()));
            }
            if !facts.staff.has_countersigner(department, facts.by) {
                return Err(Refused::NoCountersigner(department.clone()));
            }
        }
        Ok(())
    }
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Countersignature {
    /// Who signed.
    pub by: StaffId,
    /// For which department, if departments were named.
    pub department: Option<DepartmentId>,
}

impl Pending {
    /// The departments that have not signed yet.
    pub fn awaited(&self) -> impl Iterator<Item = &DepartmentId> {
        self.countersign
            .departments()
            .filter(|it| self.signed_for(it).is_none())
    }

    /// Who signed for a department.
    #[must_use]
    pub fn signed_for(&self, department: &DepartmentId) -> Option<&StaffId> {
        let signature = self
            .countersignatures
            .iter()
            .find(|it| it.department.as_ref() == Some(department));
        signature.map(|signature| &signature.by)
    }

    /// Whether every countersignature is there that was asked for.
    #[must_use]
    pub fn is_countersigned(&self) -> bool {
        match &self.countersign {
            Countersign::Nobody => true,
            Countersign::Anybody => !self.countersignatures.is_empty(),
            Countersign::Departments(_) => self.awaited().next().is_none(),
        }
    }

    /// Whether no author signed, and nobody for two departments.
    pub(super) fn signers_are_apart(&self) -> bool {
        let for_departments = self.countersignatures.iter().filter(|it| it.department.is_some());
        let signers: Vec<&StaffId> = for_departments.map(|it| &it.by).collect();
        let different: BTreeSet<&&StaffId> = signers.iter().collect();
        different.len() == signers.len() && !self.countersignatures.iter().any(|it| self.was_written_by(&it.by))
    }

    pub(super) fn countersign(&self, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let signed = self.countersignatures.iter().any(|it| it.by == *facts.by);
        let department = self.department_of(facts);
        let again = match (&self.countersign, &department) {
            (Countersign::Departments(_), Some(it)) => self.signed_for(it) == Some(facts.by),
            _ => signed,
        };
        if again && self.stage != Stage::Returned {
            return Ok(Vec::new());
        }
        if self.stage != Stage::Reviewed {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(facts, WRITERS)?;
        self.of_these_rules(facts)?;
        let (content, by, under) = (self.content, facts.by.clone(), Some(facts.rules));
        let Countersign::Departments(asked) = &self.countersign else {
            return Ok(vec![PublicationEvent::Countersigned { content, by, under }]);
        };
        let department = department
            .filter(|it| asked.contains(it))
            .ok_or(Refused::DepartmentNotAsked)?;
        if self.signed_for(&department).is_some() {
            return Err(Refused::AlreadyCountersigned(department));
        }
        // Two departments are two opinions: one person gives one.
        if signed {
            return Err(Refused::FourEyes {
                person: by,
                part: Part::Countersigner,
            });
        }
        Ok(vec![PublicationEvent::DepartmentCountersigned {
            content,
            by,
            department,
            under,
        }])
    }

    /// For which department somebody signs: that of whoever they stand in for, else their own.
    fn department_of(&self, facts: Facts<'_>) -> Option<DepartmentId> {
        let person = facts.staff.people.get(facts.stead.unwrap_or(facts.by));
        person.map(|person| person.department.clone())
    }

    /// Takes a signature. The text goes on once all are there.
    pub(super) fn take_countersignature(&mut self, by: &StaffId, department: Option<&DepartmentId>) {
        self.countersignatures.push(Countersignature {
            by: by.clone(),
            department: department.cloned(),
        });
        if self.is_countersigned() {
            self.stage = Stage::Countersigned;
        }
    }
}
