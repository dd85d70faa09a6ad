//! The steps of review: each is bound to the pending text, and four eyes to all of them.

use super::{Part, Pending, PublicationEvent, RULE_SET, Refused, Stage};
use crate::ids::{ContentHash, StaffId};

impl Pending {
    fn four_eyes(&self, person: &StaffId, not: &[Part]) -> Result<(), Refused> {
        let had = |part: Part| match part {
            Part::Author => Some(&self.author),
            Part::Reviewer => self.reviewer.as_ref(),
            Part::Approver => self.approver.as_ref(),
            Part::Contributor | Part::Requester => None,
        };
        let part = not.iter().copied().find(|part| had(*part) == Some(person));
        // Whoever wrote in a text is its author to four eyes.
        let wrote = not.contains(&Part::Author) && self.contributors.contains(person);
        match part.or(wrote.then_some(Part::Contributor)) {
            Some(part) => Err(Refused::FourEyes {
                person: person.clone(),
                part,
            }),
            None => Ok(()),
        }
    }

    pub(super) fn review(&self, by: &StaffId, findings_confirmed: bool) -> Result<Vec<PublicationEvent>, Refused> {
        if self.reviewer.as_ref() == Some(by) && self.stage != Stage::Returned {
            return Ok(Vec::new());
        }
        if self.stage != Stage::Submitted {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(by, &[Part::Author])?;
        if self.rule_set != RULE_SET {
            return Err(Refused::RulesChanged {
                reviewed: self.rule_set,
                now: RULE_SET,
            });
        }
        if self.is_blocked() {
            return Err(Refused::Blocked);
        }
        if self.has_warnings() && !findings_confirmed {
            return Err(Refused::FindingsNotConfirmed);
        }
        let event = PublicationEvent::ConfidentialityReviewed {
            content: self.content,
            by: by.clone(),
            rule_set: RULE_SET,
        };
        Ok(vec![event])
    }

    pub(super) fn countersign(&self, by: &StaffId) -> Result<Vec<PublicationEvent>, Refused> {
        if self.countersigner.as_ref() == Some(by) && self.stage != Stage::Returned {
            return Ok(Vec::new());
        }
        if self.stage != Stage::Reviewed {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(by, &[Part::Author])?;
        Ok(vec![PublicationEvent::Countersigned {
            content: self.content,
            by: by.clone(),
        }])
    }

    pub(super) fn approve(&self, by: &StaffId) -> Result<Vec<PublicationEvent>, Refused> {
        if self.approver.as_ref() == Some(by) && self.stage == Stage::Approved {
            return Ok(Vec::new());
        }
        if self.stage == Stage::Reviewed && self.countersign {
            return Err(Refused::CountersignatureMissing);
        }
        if !matches!(self.stage, Stage::Reviewed | Stage::Countersigned) {
            return Err(Refused::WrongStage { at: self.stage });
        }
        self.four_eyes(by, &[Part::Author, Part::Reviewer])?;
        if self.rule_set != RULE_SET {
            return Err(Refused::RulesChanged {
                reviewed: self.rule_set,
                now: RULE_SET,
            });
        }
        Ok(vec![PublicationEvent::Approved {
            content: self.content,
            by: by.clone(),
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
