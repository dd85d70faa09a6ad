//! What the facts of a publication come to.

use super::{Countersign, Hands, OnRelease, Pending, Publication, PublicationEvent, Release, Stage, Stead};
use crate::gate::RulesVersion;
use crate::ids::ContentHash;
use crate::time::Instant;

/// Takes a fact. The first one is a submission.
#[must_use]
pub fn evolve(known: Option<Publication>, at: Instant, event: &PublicationEvent) -> Option<Publication> {
    match (known, event) {
        (Some(mut publication), event) => {
            publication.evolve(at, event);
            Some(publication)
        }
        (
            None,
            PublicationEvent::Submitted {
                kind, catalogue_entry, ..
            },
        ) => {
            let mut publication = Publication {
                kind: *kind,
                catalogue_entry: catalogue_entry.clone(),
                pending: None,
                released: None,
                first_released_at: None,
                withdrawn_at: None,
                erasure: None,
            };
            publication.evolve(at, event);
            Some(publication)
        }
        (None, _) => None,
    }
}

impl Publication {
    /// Takes a fact about it, in place: replaying a long log moves nothing that need not move.
    pub fn evolve(&mut self, at: Instant, event: &PublicationEvent) {
        let PublicationEvent::Submitted {
            content,
            kind,
            catalogue_entry,
            by,
            countersign,
            rule_set,
            under,
        } = event
        else {
            return self.take(at, event);
        };
        (self.kind, self.catalogue_entry, self.erasure) = (*kind, catalogue_entry.clone(), None);
        self.pending = Some(Pending {
            content: *content,
            stage: Stage::Submitted,
            author: by.clone(),
            submitted_at: at,
            countersign: if *countersign {
                Countersign::Anybody
            } else {
                Countersign::Nobody
            },
            reviewer: None,
            countersignatures: Vec::new(),
            approver: None,
            returned: None,
            rules: under.unwrap_or(RulesVersion::of_set(*rule_set)),
            findings: Vec::new(),
            overridden: None,
            let_through: Vec::new(),
            contributors: Vec::new(),
            steads: Vec::new(),
        });
    }

    fn take(&mut self, at: Instant, event: &PublicationEvent) {
        match event {
            PublicationEvent::Submitted { .. } | PublicationEvent::WithdrawalExplained { .. } => {}
            PublicationEvent::ConfidentialityReviewed { content, by, .. } => self.about(*content, |p| {
                (p.stage, p.reviewer) = (Stage::Reviewed, Some(by.clone()));
            }),
            PublicationEvent::Countersigned { content, by, .. } => {
                self.about(*content, |p| p.take_countersignature(by, None));
            }
            PublicationEvent::DepartmentCountersigned {
                content,
                by,
                department,
                ..
            } => self.about(*content, |p| p.take_countersignature(by, Some(department))),
            PublicationEvent::Approved { content, by, .. } => self.about(*content, |p| {
                (p.stage, p.approver) = (Stage::Approved, Some(by.clone()));
            }),
            PublicationEvent::Rejected { content, by, reason } => self.about(*content, |p| {
                (p.stage, p.returned) = (Stage::Returned, Some((by.clone(), *reason)));
            }),
            PublicationEvent::CountersignersNamed {
                content, departments, ..
            } => self.about(*content, |p| {
                p.countersign = Countersign::by(departments.iter().cloned().collect());
            }),
            PublicationEvent::StoodIn { by, person, duty, .. } => {
                if let Some(pending) = &mut self.pending {
                    pending.steads.push(Stead {
                        duty: *duty,
                        by: by.clone(),
                        person: person.clone(),
                    });
                }
            }
            PublicationEvent::Released(_)
            | PublicationEvent::Amended { .. }
            | PublicationEvent::Rescheduled { .. }
            | PublicationEvent::Withdrawn { .. } => self.take_release(at, event),
            PublicationEvent::ContributorsNamed { contributors, .. } => {
                if let Some(pending) = &mut self.pending {
                    pending.contributors.clone_from(contributors);
                }
            }
            PublicationEvent::GateScanned { .. }
            | PublicationEvent::GateOverridden { .. }
            | PublicationEvent::ReviewsVoided { .. } => self.take_of_the_gate(event),
            PublicationEvent::ErasureRequested { by, reason } => self.take_erasure(at, by, reason, false),
            PublicationEvent::ErasureDeclined { .. } => self.erasure = None,
            PublicationEvent::ContentErased { by, reason, .. } => self.take_erasure(at, by, reason, true),
        }
    }

    /// A fact about what is on release.
    fn take_release(&mut self, at: Instant, event: &PublicationEvent) {
        match event {
            PublicationEvent::Released(release) => self.put_on_release(at, release.clone()),
            PublicationEvent::Amended { content, under, .. } => {
                if let Some(former) = self.released.take() {
                    self.put_on_release(
                        at,
                        Release {
                            content: *content,
                            kind: self.kind,
                            under: *under,
                            ..former.release
                        },
                    );
                }
            }
            PublicationEvent::Rescheduled { channels, window, .. } => {
                if let Some(on) = &mut self.released {
                    (on.release.channels, on.release.window) = (channels.clone(), *window);
                }
            }
            PublicationEvent::Withdrawn { .. } => {
                self.released = None;
                self.withdrawn_at = Some(at);
            }
            _ => {}
        }
    }

    /// What the gate found, who let it through, and that its rules changed.
    fn take_of_the_gate(&mut self, event: &PublicationEvent) {
        let Some(pending) = &mut self.pending else { return };
        match event {
            PublicationEvent::GateScanned { findings, .. } => pending.findings.clone_from(findings),
            PublicationEvent::GateOverridden {
                by, reason, findings, ..
            } => {
                pending.overridden = Some((by.clone(), *reason));
                pending.let_through.clone_from(findings);
            }
            PublicationEvent::ReviewsVoided {
                content,
                rules,
                findings,
                ..
            } if *content == pending.content => pending.begin_again(*rules, findings),
            _ => {}
        }
    }

    /// A fact about the text on its way. One about another text changes nothing: a review is of the text reviewed.
    fn about(&mut self, content: ContentHash, note: impl FnOnce(&mut Pending)) {
        if let Some(pending) = self.pending.as_mut().filter(|pending| pending.content == content) {
            note(pending);
        }
    }

    fn put_on_release(&mut self, at: Instant, release: Release) {
        // What the gate blocked and nobody let through, what lacks a countersignature, and what was looked through by
        // other rules than those that the release names, is not public, whatever the facts say next.
        let rules = release.under;
        let whole = |it: &Pending| {
            let same_rules = rules.is_none_or(|rules| rules == it.rules);
            !it.is_blocked() && it.is_countersigned() && it.signers_are_apart() && same_rules
        };
        let pending = self.pending.take().filter(whole);
        let hands = pending.and_then(|p| {
            Some(Hands {
                author: p.author,
                reviewer: p.reviewer?,
                approver: p.approver?,
                contributors: p.contributors,
                steads: p.steads,
            })
        });
        self.released = hands.map(|hands| OnRelease { release, at, hands });
        self.first_released_at.get_or_insert(at);
        self.withdrawn_at = None;
    }
}
