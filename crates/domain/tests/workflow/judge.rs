//! The judge: from the facts of one publication and of the staff alone, whether everything that was released had been
//! reviewed completely. It uses no rule of the program, only what facts say.

use heliograph_domain::gate::{Class, Finding, RulesVersion};
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::staff::{Role, StaffEvent};
use heliograph_domain::{ContentHash, DepartmentId, StaffId};
use std::collections::BTreeSet;

/// A fact.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// When it was written.
    pub(crate) at: u64,
    pub(crate) what: What,
}

/// What it is about.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Staff(StaffEvent),
    Publication(PublicationEvent),
    /// From now on these rules are in force.
    Rules(RulesVersion),
}

/// What was missing when a text was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gap {
    /// What is shown elsewhere or for longer is not what is on release.
    NotReleased,
    /// It is not the text that was handed in last, or none was.
    NotSubmitted,
    /// It was released once already, and not handed in again.
    Spent,
    /// It had been returned.
    Returned,
    /// The gate did not look through it by the rules in force, or the release says other rules.
    OldRules,
    /// Nobody reviewed this very text under the rules that the gate last looked through it by, and after that.
    NotReviewed,
    /// It was asked that it be countersigned, and it was not, or not by every department that was asked.
    NotCountersigned,
    /// Nobody approved this very text after all that.
    NotApproved,
    /// The gate blocks it, and no second person let it through.
    Blocked,
    /// Somebody had two parts, or stood in for somebody who had another.
    TooFewPeople,
    /// Somebody did what neither their roles nor their standing in for somebody allow.
    NotTheirs(StaffId, Role),
}

/// How many texts were released, amendments counted.
pub(crate) fn releases(facts: &[Fact]) -> usize {
    facts.iter().filter(|fact| released(fact).is_some()).count()
}

fn released(fact: &Fact) -> Option<ContentHash> {
    match &fact.what {
        What::Publication(PublicationEvent::Released(release)) => Some(release.content),
        What::Publication(PublicationEvent::Amended { content, .. }) => Some(*content),
        _ => None,
    }
}

/// Everything that was missing when something was released, or shown elsewhere or for longer.
pub(crate) fn gaps(facts: &[Fact]) -> Vec<Gap> {
    let at = |index: usize| released(&facts[index]).map(|content| (index, content));
    let releases = (0..facts.len())
        .filter_map(at)
        .flat_map(|(index, content)| gaps_of(&facts[..index], content, under(&facts[index])));
    releases.chain(moved_unreleased(facts)).collect()
}

/// What was moved is the very text that was released or amended last, and was not withdrawn since; it names the rules by
/// which that was let through.
fn moved_unreleased(facts: &[Fact]) -> Vec<Gap> {
    let mut out = None;
    let mut gaps = Vec::new();
    for fact in facts {
        match &fact.what {
            What::Publication(PublicationEvent::Rescheduled {
                content, under: says, ..
            }) => match out {
                Some((text, _)) if text != *content => gaps.push(Gap::NotReleased),
                Some((_, rules)) if rules != *says => gaps.push(Gap::OldRules),
                Some(_) => {}
                None => gaps.push(Gap::NotReleased),
            },
            What::Publication(PublicationEvent::Withdrawn { .. }) => out = None,
            _ => out = released(fact).map(|content| (content, under(fact))).or(out),
        }
    }
    gaps
}

/// The rules that a release says.
fn under(fact: &Fact) -> Option<RulesVersion> {
    match &fact.what {
        What::Publication(event) => event.under(),
        _ => None,
    }
}

/// A step that somebody took.
#[derive(Debug, Clone)]
struct Act<'f> {
    /// Where its fact stands.
    at: usize,
    by: &'f StaffId,
    /// In whose stead, as the fact before it says.
    stead: Option<&'f StaffId>,
    /// For which department it was, if it says so.
    department: Option<&'f DepartmentId>,
}

impl Act<'_> {
    fn people(&self) -> BTreeSet<&StaffId> {
        self.stead.into_iter().chain([self.by]).collect()
    }

    /// Whose roles it rests on.
    fn name(&self) -> &StaffId {
        self.stead.unwrap_or(self.by)
    }
}

/// The way of one text, from its submission on.
struct Way<'f> {
    facts: &'f [Fact],
    /// Where its submission stands.
    start: usize,
    content: ContentHash,
    author: &'f StaffId,
    countersign: bool,
    /// The rules that it was handed in under.
    rules: Option<RulesVersion>,
}

fn gaps_of(before: &[Fact], content: ContentHash, says: Option<RulesVersion>) -> Vec<Gap> {
    let submitted = before
        .iter()
        .enumerate()
        .rev()
        .find_map(|(start, fact)| match &fact.what {
            What::Publication(PublicationEvent::Submitted {
                content,
                by,
                countersign,
                under,
                ..
            }) => Some(Way {
                facts: before,
                start,
                content: *content,
                author: by,
                countersign: *countersign,
                rules: *under,
            }),
            _ => None,
        });
    match submitted {
        Some(way) if way.content == content => way.gaps(says),
        _ => vec![Gap::NotSubmitted],
    }
}

impl<'f> Way<'f> {
    fn events(&self) -> impl Iterator<Item = (usize, &'f PublicationEvent)> {
        let after = self.facts.iter().enumerate().skip(self.start);
        after.filter_map(|(at, fact)| match &fact.what {
            What::Publication(event) => Some((at, event)),
            What::Staff(_) | What::Rules(_) => None,
        })
    }

    /// When the rules changed last on its way and the gate looked through it again: by which, and what it found.
    fn voided(&self) -> Option<(usize, RulesVersion, &'f [Finding])> {
        let voided = self.events().filter_map(|(at, event)| match event {
            PublicationEvent::ReviewsVoided {
                content,
                rules,
                findings,
                ..
            } if *content == self.content => Some((at, *rules, findings.as_slice())),
            _ => None,
        });
        voided.last()
    }

    /// The rules that the gate last looked through it by.
    fn scanned_under(&self) -> Option<RulesVersion> {
        self.voided().map(|(_, rules, _)| rules).or(self.rules)
    }

    /// The rules in force.
    fn in_force(&self) -> Option<RulesVersion> {
        self.facts.iter().rev().find_map(|fact| match &fact.what {
            What::Rules(rules) => Some(*rules),
            _ => None,
        })
    }

    /// What was done with this text since the rules last changed, under those that hold since.
    fn steps(&self) -> impl Iterator<Item = (usize, &'f PublicationEvent)> {
        let (from, rules) = (
            self.voided().map_or(self.start, |voided| voided.0),
            self.scanned_under(),
        );
        self.events()
            .filter(move |(at, event)| *at >= from && event.under() == rules)
    }

    fn any(&self, is: impl Fn(&PublicationEvent) -> bool) -> bool {
        self.events().any(|(_, event)| is(event))
    }

    fn act(&self, at: usize, by: &'f StaffId, department: Option<&'f DepartmentId>) -> Act<'f> {
        let stead = match &self.facts[at - 1].what {
            What::Publication(PublicationEvent::StoodIn {
                by: stood_in, person, ..
            }) if stood_in == by => Some(person),
            _ => None,
        };
        Act {
            at,
            by,
            stead,
            department,
        }
    }

    /// The first time that this very text was reviewed, under the rules that it was looked through by.
    fn review(&self) -> Option<Act<'f>> {
        self.steps().find_map(|(at, event)| match event {
            PublicationEvent::ConfidentialityReviewed { content, by, .. } if *content == self.content => {
                Some(self.act(at, by, None))
            }
            _ => None,
        })
    }

    fn countersignatures(&self) -> Vec<Act<'f>> {
        let signed = self.steps().filter_map(|(at, event)| match event {
            PublicationEvent::Countersigned { content, by, .. } if *content == self.content => {
                Some(self.act(at, by, None))
            }
            PublicationEvent::DepartmentCountersigned {
                content,
                by,
                department,
                ..
            } if *content == self.content => Some(self.act(at, by, Some(department))),
            _ => None,
        });
        signed.collect()
    }

    /// The departments that were asked to countersign this very text.
    fn asked(&self) -> BTreeSet<&'f DepartmentId> {
        let asked = self.events().filter_map(|(_, event)| match event {
            PublicationEvent::CountersignersNamed {
                content, departments, ..
            } if *content == self.content => Some(departments),
            _ => None,
        });
        asked.flatten().collect()
    }

    /// Whoever wrote in this very text.
    fn writers(&self) -> BTreeSet<&'f StaffId> {
        let others = self.events().filter_map(|(_, event)| match event {
            PublicationEvent::ContributorsNamed {
                content, contributors, ..
            } if *content == self.content => Some(contributors),
            _ => None,
        });
        others.flatten().chain([self.author]).collect()
    }

    /// The last approval of this very text.
    fn approval(&self) -> Option<Act<'f>> {
        let approved = self.steps().filter_map(|(at, event)| match event {
            PublicationEvent::Approved { content, by, .. } if *content == self.content => Some(self.act(at, by, None)),
            _ => None,
        });
        approved.last()
    }

    fn gaps(&self, says: Option<RulesVersion>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut miss = |missing: bool, gap: Gap| gaps.extend(missing.then_some(gap));
        let spent = |event: &PublicationEvent| {
            matches!(event, PublicationEvent::Released(_) | PublicationEvent::Amended { .. })
        };
        miss(self.any(spent), Gap::Spent);
        miss(
            self.any(|event| matches!(event, PublicationEvent::Rejected { .. })),
            Gap::Returned,
        );
        miss(self.is_blocked(), Gap::Blocked);
        let scanned = self.scanned_under();
        miss(
            scanned.is_none() || scanned != self.in_force() || scanned != says,
            Gap::OldRules,
        );
        let (Some(review), Some(approval)) = (self.review(), self.approval()) else {
            let gap = if self.review().is_none() {
                Gap::NotReviewed
            } else {
                Gap::NotApproved
            };
            return [gaps, vec![gap]].concat();
        };
        let signed = self.countersignatures();
        let between: Vec<&Act<'_>> = signed
            .iter()
            .filter(|it| (review.at..approval.at).contains(&it.at))
            .collect();
        miss(!self.is_countersigned(&between), Gap::NotCountersigned);
        miss(approval.at < review.at, Gap::NotApproved);
        miss(!self.are_apart(&review, &approval, &signed), Gap::TooFewPeople);
        let author = self.act(self.start, self.author, None);
        let parts = [
            (&author, Role::Author),
            (&review, Role::ConfidentialityReviewer),
            (&approval, Role::Approver),
        ];
        let signatures = signed.iter().map(|it| (it, Role::Countersigner));
        for (act, role) in parts.into_iter().chain(signatures) {
            miss(!self.was_theirs(act, role), Gap::NotTheirs(act.by.clone(), role));
        }
        gaps
    }

    /// Whether everybody signed who was asked: anybody, or each department by somebody of its own.
    fn is_countersigned(&self, signed: &[&Act<'_>]) -> bool {
        let asked = self.asked();
        if asked.is_empty() {
            return !self.countersign || !signed.is_empty();
        }
        let of = |department: &DepartmentId| {
            signed.iter().any(|it| {
                it.department == Some(department) && self.place(it.at, it.name()).is_some_and(|at| at.0 == department)
            })
        };
        asked.iter().all(|department| of(department))
    }

    /// Whether nobody had two parts. Whoever acts and whoever they stand in for count alike; a department's signature is
    /// of somebody who signed for no other.
    fn are_apart(&self, review: &Act<'_>, approval: &Act<'_>, signed: &[Act<'_>]) -> bool {
        let writers = self.writers();
        let signers: Vec<&StaffId> = signed
            .iter()
            .filter(|it| it.department.is_some())
            .map(|it| it.by)
            .collect();
        review.people().is_disjoint(&writers)
            && approval.people().is_disjoint(&writers)
            && approval.people().is_disjoint(&review.people())
            && signed.iter().all(|it| it.people().is_disjoint(&writers))
            && signers.iter().collect::<BTreeSet<_>>().len() == signers.len()
    }

    /// Whether the gate found, when it last looked, something that blocks, and no confidentiality reviewer but those who
    /// wrote it let that very thing through.
    fn is_blocked(&self) -> bool {
        let scanned = self.events().find_map(|(_, event)| match event {
            PublicationEvent::GateScanned { findings, .. } => Some(findings.as_slice()),
            _ => None,
        });
        let found = self.voided().map(|(_, _, found)| found).or(scanned).unwrap_or_default();
        let let_through = |finding: &Finding| {
            self.events().any(|(at, event)| match event {
                PublicationEvent::GateOverridden {
                    content, by, findings, ..
                } => {
                    *content == self.content
                        && findings.contains(finding)
                        && !self.writers().contains(by)
                        && self.had(at, by, Role::ConfidentialityReviewer)
                }
                _ => false,
            })
        };
        found.iter().any(|it| it.class == Class::Block && !let_through(it))
    }

    /// Where somebody worked when the fact at `at` was made, and with which roles.
    fn place(&self, at: usize, who: &StaffId) -> Option<(&'f DepartmentId, &'f BTreeSet<Role>)> {
        self.facts[..at].iter().rev().find_map(|fact| match &fact.what {
            What::Staff(StaffEvent::Appointed { id, department, roles }) if id == who => Some((department, roles)),
            _ => None,
        })
    }

    fn had(&self, at: usize, who: &StaffId, role: Role) -> bool {
        self.place(at, who).is_some_and(|(_, roles)| roles.contains(&role))
    }

    /// Whether a step was within somebody's roles, or within those of whoever they stood in for at that moment.
    fn was_theirs(&self, act: &Act<'_>, role: Role) -> bool {
        let stood_in = act.stead.is_none_or(|person| self.stood_in(act.at, act.by, person));
        stood_in && self.had(act.at, act.name(), role)
    }

    fn stood_in(&self, at: usize, by: &StaffId, person: &StaffId) -> bool {
        let last = self.facts[..at].iter().rev().find_map(|fact| match &fact.what {
            What::Staff(StaffEvent::SubstituteNamed { id, substitute, window }) if id == person => {
                Some(Some((substitute, window)))
            }
            What::Staff(StaffEvent::SubstituteEnded { id }) if id == person => Some(None),
            _ => None,
        });
        let now = self.facts[at].at;
        last.flatten().is_some_and(|(substitute, window)| {
            substitute == by && window.from.0 <= now && window.until.is_some_and(|until| now < until.0)
        })
    }
}
