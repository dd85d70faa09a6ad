//! Handing in: with what the confidentiality gate found, and past it only through a second person.

use super::{Command, Countersign, Facts, Part, Pending, Publication, PublicationEvent, Refused, Stage, contributors};
use crate::content::Kind;
use crate::gate::{Class, Finding, RulesVersion};
use crate::ids::{CatalogueEntryId, ContentHash, StaffId};

impl Pending {
    /// Whether the gate found something that blocks, and nobody but those who wrote it let that very thing through.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        let by_another = self.overridden.as_ref().is_some_and(|(by, _)| !self.was_written_by(by));
        let mut blocking = self.findings.iter().filter(|finding| finding.class == Class::Block);
        blocking.any(|finding| !by_another || !self.let_through.contains(finding))
    }

    /// Whether the reviewer has to confirm that they looked at what the gate found.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.class != Class::Slip)
    }
}

/// Whether any of these findings blocks.
#[must_use]
pub fn blocks(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.class == Class::Block)
}

impl Publication {
    fn stands_submitted(
        &self,
        content: ContentHash,
        (kind, entry): (Kind, &CatalogueEntryId),
        (by, contributors): (&StaffId, &[StaffId]),
        rules: RulesVersion,
    ) -> bool {
        self.pending.as_ref().is_some_and(|p| {
            p.content == content
                && (&p.author, &p.contributors[..]) == (by, contributors)
                && p.stage != Stage::Returned
                && p.rules == rules
        }) && (self.kind, &self.catalogue_entry) == (kind, entry)
    }
}

/// A submission: the text, what the gate found in it, and who let it through if that blocks.
pub(super) fn submit(
    known: Option<&Publication>,
    command: &Command,
    facts: Facts<'_>,
) -> Result<Vec<PublicationEvent>, Refused> {
    let Command::Submit {
        content,
        kind,
        catalogue_entry,
        countersign,
        rules,
        contributors,
        ..
    } = command
    else {
        return Ok(Vec::new());
    };
    let contributors = contributors::others(facts.by, contributors);
    let (place, writers) = ((*kind, catalogue_entry), (facts.by, &contributors[..]));
    let stands = known.is_some_and(|p| p.stands_submitted(*content, place, writers, *rules));
    let asked = known
        .and_then(|known| known.pending.as_ref())
        .map(|pending| &pending.countersign);
    if stands && asked == Some(countersign) {
        return Ok(Vec::new());
    }
    if *rules != facts.rules {
        return Err(Refused::RulesChanged {
            reviewed: *rules,
            now: facts.rules,
        });
    }
    countersign.can_be_signed(facts)?;
    let (content, by, under) = (*content, facts.by.clone(), Some(*rules));
    let mut events = vec![PublicationEvent::Submitted {
        content,
        kind: *kind,
        catalogue_entry: catalogue_entry.clone(),
        by: by.clone(),
        countersign: countersign.is_asked(),
        rule_set: rules.set,
        under,
    }];
    if !contributors.is_empty() {
        events.push(PublicationEvent::ContributorsNamed {
            content,
            by: by.clone(),
            contributors: contributors.clone(),
        });
    }
    if let Countersign::Departments(departments) = countersign {
        events.push(PublicationEvent::CountersignersNamed {
            content,
            by: by.clone(),
            departments: departments.iter().cloned().collect(),
        });
    }
    events.extend(found(command, facts, &contributors)?);
    Ok(events)
}

/// What the gate found, and who let it through if that blocks.
fn found(command: &Command, facts: Facts<'_>, contributors: &[StaffId]) -> Result<Vec<PublicationEvent>, Refused> {
    let Command::Submit {
        content,
        rules,
        findings,
        overridden,
        ..
    } = command
    else {
        return Ok(Vec::new());
    };
    let (content, by, under) = (*content, facts.by.clone(), Some(*rules));
    let mut events = Vec::new();
    if !findings.is_empty() {
        events.push(PublicationEvent::GateScanned {
            content,
            by: by.clone(),
            rule_set: rules.set,
            under,
            findings: findings.clone(),
        });
    }
    if blocks(findings) {
        let (person, reason) = overridden.clone().ok_or(Refused::Blocked)?;
        if person == by || contributors.contains(&person) {
            let part = if person == by { Part::Author } else { Part::Contributor };
            return Err(Refused::FourEyes { person, part });
        }
        let blocking = findings.iter().filter(|finding| finding.class == Class::Block);
        events.push(PublicationEvent::GateOverridden {
            content,
            by: person,
            rule_set: rules.set,
            under,
            findings: blocking.cloned().collect(),
            reason,
        });
    }
    Ok(events)
}
