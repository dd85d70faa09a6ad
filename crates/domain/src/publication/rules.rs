//! Decisions are bound to the rules that they were made under. When those change, what was looked at before is void.

use super::{Facts, Pending, Publication, PublicationEvent, Refused, Stage};
use crate::gate::{Finding, RulesVersion};
use crate::ids::StaffId;

impl Pending {
    /// Refuses to go on with a text that was looked through by other rules than those in force.
    pub(super) fn of_these_rules(&self, facts: Facts<'_>) -> Result<(), Refused> {
        if self.rules == facts.rules {
            return Ok(());
        }
        Err(Refused::RulesChanged {
            reviewed: self.rules,
            now: facts.rules,
        })
    }

    /// Whether it is on its way under other rules than these. What was returned is looked through when it is handed in
    /// again.
    #[must_use]
    pub fn is_outdated(&self, now: RulesVersion) -> bool {
        self.stage != Stage::Returned && self.rules != now
    }

    /// Waits for the confidentiality review again.
    pub(super) fn begin_again(&mut self, rules: RulesVersion, findings: &[Finding]) {
        self.stage = Stage::Submitted;
        (self.reviewer, self.approver) = (None, None);
        self.countersignatures.clear();
        self.steads.clear();
        self.rules = rules;
        self.findings = findings.to_vec();
    }
}

impl Publication {
    /// The facts when the rules change while a text is on its way, with what the gate finds in it under the new ones. It
    /// waits for the confidentiality review again, however far it had come. Nothing when nothing is on its way, or when it
    /// was looked through by these rules already.
    #[must_use]
    pub fn void_reviews(&self, rules: RulesVersion, findings: Vec<Finding>, by: &StaffId) -> Option<PublicationEvent> {
        let pending = self.pending.as_ref().filter(|pending| pending.is_outdated(rules))?;
        Some(PublicationEvent::ReviewsVoided {
            content: pending.content,
            by: by.clone(),
            rules,
            findings,
        })
    }
}
