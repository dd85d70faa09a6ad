//! What waits for whom: the workflow asked, step by step, whether this person may take it now.

use super::layout::Desk;
use super::words::{self as w, Word};
use crate::http::problem::{Problem, Told};
use crate::state::{Dossier, State};
use crate::stead;
use heliograph_domain::head::Priority;
use heliograph_domain::publication::{Command, Facts, Publication, PublicationEvent, Refused, Stage};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, Instant, PublicationId, StaffId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A step that a person can take with a text that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Review,
    Countersign,
    Approve,
    Release,
    Amend,
    Reschedule,
    Reject,
    Withdraw,
    RequestErasure,
    Erase,
    DeclineErasure,
}

impl Step {
    pub(crate) const ALL: [Self; 11] = [
        Self::Review,
        Self::Countersign,
        Self::Approve,
        Self::Release,
        Self::Amend,
        Self::Reschedule,
        Self::Reject,
        Self::Withdraw,
        Self::Erase,
        Self::DeclineErasure,
        Self::RequestErasure,
    ];

    /// Its name in the API.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Countersign => "countersign",
            Self::Approve => "approve",
            Self::Release => "release",
            Self::Amend => "amend",
            Self::Reschedule => "reschedule",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::RequestErasure => "request-erasure",
            Self::Erase => "erase",
            Self::DeclineErasure => "decline-erasure",
        }
    }

    /// What the permissions call it.
    pub(crate) fn verb(self) -> Verb {
        match self {
            Self::Review => Verb::Review,
            Self::Countersign => Verb::Countersign,
            Self::Approve => Verb::Approve,
            Self::Release | Self::Amend | Self::Reschedule => Verb::Release,
            Self::Reject => Verb::Reject,
            Self::Withdraw => Verb::Withdraw,
            Self::RequestErasure | Self::Erase | Self::DeclineErasure => Verb::Erase,
        }
    }

    fn command(self) -> Command {
        match self {
            // Whether the findings were looked at is asked with the step itself.
            Self::Review => Command::Review {
                findings_confirmed: true,
            },
            Self::Countersign => Command::Countersign,
            Self::Approve => Command::Approve,
            Self::Amend => Command::Amend,
            // What the reason says does not decide whether one may be given.
            Self::Reject => Command::Reject {
                reason: ContentHash([0; 32]),
            },
            Self::Withdraw => Command::Withdraw { reason: None },
            Self::RequestErasure => Command::RequestErasure { reason: String::new() },
            Self::Erase => Command::Erase { contents: Vec::new() },
            Self::DeclineErasure => Command::DeclineErasure,
            Self::Reschedule => Command::Reschedule {
                channels: Vec::new(),
                from: None,
                until: None,
            },
            Self::Release => Command::Release {
                channels: Vec::new(),
                from: None,
                until: None,
                priority: Priority::Normal,
                standing: false,
            },
        }
    }
}

/// Whether a step can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Yes.
    May,
    /// It does not follow now, or is not this person's.
    Not,
    /// It would follow, and this is why this person may not.
    Because(Told),
}

/// Whose duties are asked for, and when.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) state: &'a State,
    pub(crate) now: Instant,
    pub(crate) person: &'a StaffId,
}

impl<'a> Asker<'a> {
    fn at(desk: &'a Desk, person: &'a StaffId) -> Self {
        Self {
            state: &desk.state,
            now: desk.now,
            person,
        }
    }
}

/// Asks the workflow itself; nothing is written.
pub(crate) fn verdict(desk: &Desk, publication: &Publication, step: Step) -> Verdict {
    verdict_for(desk, desk.me(), publication, step)
}

/// The same for someone else.
pub(crate) fn verdict_for(desk: &Desk, person: &StaffId, publication: &Publication, step: Step) -> Verdict {
    judged(Asker::at(desk, person), publication, step).0
}

/// In whose stead whoever sits at the desk would take a step.
pub(crate) fn in_stead_of(desk: &Desk, publication: &Publication, step: Step) -> Option<StaffId> {
    judged(Asker::at(desk, desk.me()), publication, step).1
}

fn judged(
    Asker { state, now, person }: Asker<'_>,
    publication: &Publication,
    step: Step,
) -> (Verdict, Option<StaffId>) {
    if !state.staff.may_now(person, step.verb(), now) {
        return (Verdict::Not, None);
    }
    let channels = BTreeSet::new();
    let facts = Facts {
        by: person,
        now,
        stead: None,
        seen: None,
        channels: &channels,
        staff: &state.staff,
        rules: state.rules(),
    };
    let (stead, outcome) = stead::taken(state, Some(publication), &step.command(), step.verb(), facts);
    let verdict = match outcome {
        Ok(events) if events.is_empty() => Verdict::Not,
        // The text is ready; where it goes is asked next.
        Ok(_) | Err(Refused::NoChannels) => Verdict::May,
        Err(
            refused @ (Refused::FourEyes { .. }
            | Refused::FourEyesInStead { .. }
            | Refused::CountersignatureMissing
            | Refused::RulesChanged { .. }),
        ) => Verdict::Because(Problem::refused(&refused, None).detail),
        Err(_) => Verdict::Not,
    };
    (verdict, stead)
}

/// Why a publication waits for someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    /// A step of the workflow.
    Take(Step),
    /// It was returned to its author.
    Mend,
}

impl Duty {
    /// What it waits for, and the colour of its tag.
    pub(crate) fn tag(self) -> (&'static str, Word) {
        match self {
            Self::Take(Step::Review) => ("amber", w::WAITS_REVIEW),
            Self::Take(Step::Countersign) => ("amber", w::WAITS_COUNTERSIGN),
            Self::Take(Step::Approve) => ("amber", w::WAITS_APPROVAL),
            Self::Take(Step::Amend) => ("blue", w::WAITS_AMEND),
            Self::Take(_) => ("blue", w::WAITS_RELEASE),
            Self::Mend => ("red", w::STATE_RETURNED),
        }
    }
}

/// Something that waits.
pub(crate) struct Task {
    pub(crate) id: PublicationId,
    pub(crate) dossier: Arc<Dossier>,
    pub(crate) duty: Duty,
}

/// All that waits for whoever sits at the desk: what concerns their own department first, then the newest.
pub(crate) fn mine(desk: &Desk) -> Vec<Task> {
    of(Asker::at(desk, desk.me()))
}

/// The same for anybody.
pub(crate) fn of(asker: Asker<'_>) -> Vec<Task> {
    let Asker { state, person, .. } = asker;
    let mut tasks: Vec<Task> = state
        .publications
        .iter()
        .rev()
        .filter_map(|(id, dossier)| {
            let duty = duty(asker, &dossier.publication)?;
            Some(Task {
                id: *id,
                dossier: Arc::clone(dossier),
                duty,
            })
        })
        .collect();
    let home = state.staff.people.get(person).map(|person| person.department.clone());
    let foreign = |task: &Task| {
        let entry = state.catalogue.entries.get(&task.dossier.publication.catalogue_entry);
        entry.map(|entry| &entry.department) != home.as_ref()
    };
    tasks.sort_by_cached_key(|task| (task.duty != Duty::Mend, foreign(task)));
    tasks
}

fn duty(asker: Asker<'_>, publication: &Publication) -> Option<Duty> {
    let pending = publication.pending.as_ref()?;
    if pending.stage == Stage::Returned {
        return (pending.author == *asker.person).then_some(Duty::Mend);
    }
    [
        Step::Review,
        Step::Countersign,
        Step::Approve,
        Step::Release,
        Step::Amend,
    ]
    .into_iter()
    .filter(|step| *step != Step::Countersign || pending.countersign.is_asked())
    .find(|step| judged(asker, publication, *step).0 == Verdict::May)
    .map(Duty::Take)
}

/// Whether it was withdrawn and nobody has said why yet.
pub(crate) fn lacks_withdrawal_reason(dossier: &Dossier) -> bool {
    let last = dossier.history.iter().rev().find_map(|step| match &step.event {
        PublicationEvent::Withdrawn { reason, .. } => Some(reason.is_none()),
        PublicationEvent::WithdrawalExplained { .. } | PublicationEvent::Released(_) => Some(false),
        _ => None,
    });
    last == Some(true)
}
