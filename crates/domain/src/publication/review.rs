//! The steps of review: each is bound to the pending text, and four eyes to all of them.

use super::{Duty, Facts, Part, Pending, PublicationEvent, Refused, Stage};
use crate::ids::{ContentHash, StaffId};

/// Whoever wrote in a text is its author to four eyes.
pub(super) const WRITERS: &[Part] = &[Part::Author, Part::Contributor];

impl Pending {
    /// Whether somebody had a part: by their own hand, or by that of whoever stood in for them.
    fn had(&self, person: &StaffId, part: Part) -> bool {
        let (own, duty) = match part {
            Part::Author => (Some(&self.author), None),
            Part::Reviewer => (self.reviewer.as_ref(), Some(Duty::Review)),
            Part::Approver => (self.approver.as_ref(), Some(Duty::Approve)),
            Part::Contributor => return self.contributors.contains(person),
            Part::Countersigner | Part::Requester => (None, None),
        };
        own == Some(person)
            || self
                .steads
                .iter()
                .any(|stead| Some(stead.duty) == duty && stead.person == *person)
    }

    /// Refuses whoever had one of these parts already, and whoever acts in the stead of somebody who had.
    pub(super) fn four_eyes(&self, facts: Facts<'_>, not: &[Part]) -> Result<(), Refused> {
        let part_of = |person: &StaffId| not.iter().copied().find(|part| self.had(person, *part));
        if let Some(part) = part_of(facts.by) {
            let person = facts.by.clone();
            return Err(Refused::FourEyes { person, part });
        }
        match facts.stead.and_then(|person| Some((person.clone(), part_of(person)?))) {
            Some((person, part)) => Err(Refused::FourEyesInStead { person, part }),
            None => Ok(()),
        }
    }

    pub(super) fn review(&self, facts: Facts<'_>, findings_confirmed: bool) -> Result<Vec<PublicationEvent>, Refused> {
        let by = facts.by;
        if self.reviewer.as_ref() == Some(by) && self.stage != Stage::Returned {
            return Ok(Vec::new());
        }
        if self.stage != Stage::Submitted {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(facts, WRITERS)?;
        self.of_these_rules(facts)?;
        if self.is_blocked() {
            return Err(Refused::Blocked);
        }
        if self.has_warnings() && !findings_confirmed {
            return Err(Refused::FindingsNotConfirmed);
        }
        let event = PublicationEvent::ConfidentialityReviewed {
            content: self.content,
            by: by.clone(),
            rule_set: facts.rules.set,
            under: Some(facts.rules),
        };
        Ok(vec![event])
    }

    pub(super) fn approve(&self, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let by = facts.by;
        if self.approver.as_ref() == Some(by) && self.stage == Stage::Approved {
            return Ok(Vec::new());
        }
        if self.stage == Stage::Reviewed && !self.is_countersigned() {
            return Err(Refused::CountersignatureMissing);
        }
        if !matches!(self.stage, Stage::Reviewed | Stage::Countersigned) {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(facts, &[Part::Author, Part::Contributor, Part::Reviewer])?;
        self.of_these_rules(facts)?;
        Ok(vec![PublicationEvent::Approved {
            content: self.content,
            by: by.clone(),
            under: Some(facts.rules),
        }])
    }

    pub(super) fn reject(&self, by: &StaffId, reason: ContentHash) -> Result<Vec<PublicationEvent>, Refused> {
        if self.stage == Stage::Returned {
            let same = self.returned.as_ref().is_some_and(|(who, _)| who == by);
            return if same {
                Ok(Vec::new())
            } else {
                Err(Refused::WrongStage { at: self.stage })
            };
        }
        Ok(vec![PublicationEvent::Rejected {
            content: self.content,
            by: by.clone(),
            reason,
        }])
    }
}
