//! Steps in somebody's stead: recorded with the step, and part of the four eyes.

use super::{Command, Facts, Hands, Publication, PublicationEvent, Refused};
use crate::ids::StaffId;
use serde::{Deserialize, Serialize};

/// What a substitute does. Append, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Reviews for confidentiality.
    Review,
    /// Countersigns.
    Countersign,
    /// Approves.
    Approve,
    /// Returns it to its author.
    Reject,
    /// Releases, amends or reschedules.
    Release,
    /// Withdraws, or says why.
    Withdraw,
}

impl Duty {
    fn of(command: &Command) -> Option<Self> {
        Some(match command {
            Command::Review { .. } => Self::Review,
            Command::Countersign => Self::Countersign,
            Command::Approve => Self::Approve,
            Command::Reject { .. } => Self::Reject,
            Command::Release { .. } | Command::Amend | Command::Reschedule { .. } => Self::Release,
            Command::Withdraw { .. } => Self::Withdraw,
            _ => return None,
        })
    }
}

/// Who did something in whose stead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stead {
    /// What.
    pub duty: Duty,
    /// Who did it.
    pub by: StaffId,
    /// In whose stead.
    pub person: StaffId,
}

/// The facts of a step; in front of them that it was taken in somebody's stead, if it was.
///
/// # Errors
/// When whoever commands does not stand in for that person now, or when nobody does such a thing for another.
pub(super) fn recorded(
    known: Option<&Publication>,
    command: &Command,
    facts: Facts<'_>,
    mut events: Vec<PublicationEvent>,
) -> Result<Vec<PublicationEvent>, Refused> {
    let Some(person) = facts.stead else {
        return Ok(events);
    };
    let stands_in = facts.staff.stands_in(facts.by, person, facts.now);
    let duty = Duty::of(command).filter(|_| stands_in);
    let duty = duty.ok_or_else(|| Refused::NotSubstitute { person: person.clone() })?;
    if !events.is_empty() {
        let pending = known
            .and_then(|known| known.pending.as_ref())
            .map(|pending| pending.content);
        let released = known
            .and_then(|known| known.released.as_ref())
            .map(|on| on.release.content);
        let on_release = matches!(command, Command::Withdraw { .. } | Command::Reschedule { .. });
        let content = if on_release { released } else { pending };
        let stood_in = PublicationEvent::StoodIn {
            content,
            by: facts.by.clone(),
            person: person.clone(),
            duty,
        };
        events.insert(0, stood_in);
    }
    Ok(events)
}

impl Hands {
    /// In whose stead one of them acted.
    pub(super) fn stood_for(&self, duty: Duty) -> Option<&StaffId> {
        let stead = self.steads.iter().find(|stead| stead.duty == duty);
        stead.map(|stead| &stead.person)
    }
}
