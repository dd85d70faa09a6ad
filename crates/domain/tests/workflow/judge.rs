//! The judge: from the facts of one publication and of the staff alone, whether everything that was released had been
//! reviewed completely. It uses no rule of the program, only what facts say.

use crate::desk::Fact;
use heliograph_domain::gate::Class;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::staff::{Role, StaffEvent};
use heliograph_domain::{ContentHash, StaffId};
use std::collections::{BTreeMap, BTreeSet};

/// What was missing when a text was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gap {
    /// It is not the text that was handed in last, or none was.
    NotSubmitted,
    /// It was released once already, and not handed in again.
    Spent,
    /// It had been returned.
    Returned,
    /// Nobody reviewed this very text under the rules that it was handed in under.
    NotReviewed,
    /// It was asked that it be countersigned, and it was not.
    NotCountersigned,
    /// Nobody approved this very text after all that.
    NotApproved,
    /// The gate blocks it, and no second person let it through.
    Blocked,
    /// Somebody had two parts, or checked what they had written in.
    TooFewPeople,
    /// Somebody did what their roles do not allow.
    NotTheirs(StaffId, Role),
}

/// How many texts were released, amendments counted.
pub(crate) fn releases(facts: &[Fact]) -> usize {
    facts.iter().filter(|fact| released(fact).is_some()).count()
}

fn released(fact: &Fact) -> Option<ContentHash> {
    match fact {
        Fact::Publication(PublicationEvent::Released(release)) => Some(release.content),
        Fact::Publication(PublicationEvent::Amended { content, .. }) => Some(*content),
        _ => None,
    }
}

/// Everything that was missing when something was released.
pub(crate) fn gaps(facts: &[Fact]) -> Vec<Gap> {
    let at = |index: usize| released(&facts[index]).map(|content| (index, content));
    (0..facts.len())
        .filter_map(at)
        .flat_map(|(index, content)| gaps_of(&facts[..index], content))
        .collect()
}

/// The way of one text, from its submission on.
struct Way<'f> {
    facts: &'f [Fact],
    /// Where its submission stands.
    start: usize,
    content: ContentHash,
    author: StaffId,
    countersign: bool,
    rule_set: u16,
}

fn gaps_of(before: &[Fact], content: ContentHash) -> Vec<Gap> {
    let submitted = before.iter().enumerate().rev().find_map(|(start, fact)| match fact {
        Fact::Publication(PublicationEvent::Submitted {
            content,
            by,
            countersign,
            rule_set,
            ..
        }) => Some(Way {
            facts: before,
            start,
            content: *content,
            author: by.clone(),
            countersign: *countersign,
            rule_set: *rule_set,
        }),
        _ => None,
    });
    match submitted {
        Some(way) if way.content == content => way.gaps(),
        _ => vec![Gap::NotSubmitted],
    }
}

impl Way<'_> {
    fn events(&self) -> impl Iterator<Item = (usize, &PublicationEvent)> {
        let after = self.facts.iter().enumerate().skip(self.start);
        after.filter_map(|(at, fact)| match fact {
            Fact::Publication(event) => Some((at, event)),
            Fact::Staff(_) => None,
        })
    }

    fn any(&self, is: impl Fn(&PublicationEvent) -> bool) -> bool {
        self.events().any(|(_, event)| is(event))
    }

    /// Whoever wrote in this very text: its author, and those who are named beside.
    fn writers(&self) -> BTreeSet<&StaffId> {
        let named = self.events().filter_map(|(_, event)| match event {
            PublicationEvent::ContributorsNamed {
                content, contributors, ..
            } if *content == self.content => Some(contributors),
            _ => None,
        });
        named.flatten().chain([&self.author]).collect()
    }

    /// The first time that this very text was reviewed, under the same rules.
    fn review(&self) -> Option<(usize, StaffId)> {
        self.events().find_map(|(at, event)| match event {
            PublicationEvent::ConfidentialityReviewed { content, by, rule_set }
                if (*content, *rule_set) == (self.content, self.rule_set) =>
            {
                Some((at, by.clone()))
            }
            _ => None,
        })
    }

    fn countersignatures(&self) -> Vec<(usize, StaffId)> {
        let signed = self.events().filter_map(|(at, event)| match event {
            PublicationEvent::Countersigned { content, by } if *content == self.content => Some((at, by.clone())),
            _ => None,
        });
        signed.collect()
    }

    /// The last approval of this very text.
    fn approval(&self) -> Option<(usize, StaffId)> {
        let approved = self.events().filter_map(|(at, event)| match event {
            PublicationEvent::Approved { content, by } if *content == self.content => Some((at, by.clone())),
            _ => None,
        });
        approved.last()
    }

    fn gaps(&self) -> Vec<Gap> {
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
        let Some((reviewed_at, reviewer)) = self.review() else {
            return [gaps, vec![Gap::NotReviewed]].concat();
        };
        let signed = self.countersignatures();
        let writers = self.writers();
        let own = signed
            .iter()
            .filter(|(at, by)| *at > reviewed_at && !writers.contains(by));
        miss(self.countersign && own.clone().count() == 0, Gap::NotCountersigned);
        let Some((approved_at, approver)) = self.approval() else {
            return [gaps, vec![Gap::NotApproved]].concat();
        };
        let last = own.map(|(at, _)| *at).max().filter(|_| self.countersign);
        miss(approved_at < last.unwrap_or(reviewed_at), Gap::NotApproved);
        let own_work = writers.contains(&reviewer) || writers.contains(&approver);
        miss(own_work || reviewer == approver, Gap::TooFewPeople);
        let parts = [
            (self.start, &self.author, Role::Author),
            (reviewed_at, &reviewer, Role::ConfidentialityReviewer),
            (approved_at, &approver, Role::Approver),
        ];
        let signatures = signed.iter().map(|(at, by)| (*at, by, Role::Countersigner));
        for (at, who, role) in parts.into_iter().chain(signatures) {
            miss(!self.had(at, who, role), Gap::NotTheirs(who.clone(), role));
        }
        gaps
    }

    /// Whether the gate found something that blocks, and no confidentiality reviewer who had no hand in it let it through.
    fn is_blocked(&self) -> bool {
        let blocks = self.any(|event| match event {
            PublicationEvent::GateScanned { findings, .. } => findings.iter().any(|it| it.class == Class::Block),
            _ => false,
        });
        let let_through = self.events().any(|(at, event)| match event {
            PublicationEvent::GateOverridden { content, by, .. } => {
                *content == self.content
                    && !self.writers().contains(by)
                    && self.had(at, by, Role::ConfidentialityReviewer)
            }
            _ => false,
        });
        blocks && !let_through
    }

    /// Whether somebody had a role when the fact at `at` was made.
    fn had(&self, at: usize, who: &StaffId, role: Role) -> bool {
        let mut roles: BTreeMap<&StaffId, &BTreeSet<Role>> = BTreeMap::new();
        for fact in &self.facts[..at] {
            if let Fact::Staff(StaffEvent::Appointed { id, roles: has, .. }) = fact {
                roles.insert(id, has);
            }
        }
        roles.get(who).is_some_and(|roles| roles.contains(&role))
    }
}
