//! Who may read what is not released yet: whoever wrote it, whoever has a step to take with it, and inspectors. Everybody
//! else sees the log's state as if it had never been handed in: pages, API and search read this view and need no rule of
//! their own.

use crate::office::Office;
use crate::state::{Dossier, State, Step};
use heliograph_domain::publication::{Countersign, Duty, PublicationEvent, evolve};
use heliograph_domain::staff::{Role, Verb};
use heliograph_domain::{ContentHash, DepartmentId, Instant, StaffId};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Office {
    /// The state as this person may see it.
    pub(crate) fn state_for(&self, person: &StaffId) -> Arc<State> {
        view(&self.state(), person, self.now())
    }
}

/// The state without what this person may not read before it is released.
pub(crate) fn view(state: &Arc<State>, person: &StaffId, now: Instant) -> Arc<State> {
    let reader = Reader::of(state, person, now);
    if reader.everything {
        return Arc::clone(state);
    }
    let unread = state.publications.iter();
    let unread: Vec<_> = unread
        .filter(|(_, dossier)| dossier.unreleased && !reader.has_part(dossier))
        .collect();
    if unread.is_empty() {
        return Arc::clone(state);
    }
    let mut view = State::clone(state);
    for (id, dossier) in unread {
        match public_part(dossier) {
            Some(part) => drop(view.publications.insert(*id, Arc::new(part))),
            None => drop(view.publications.remove(id)),
        }
    }
    Arc::new(view)
}

/// Somebody who reads.
struct Reader<'s> {
    person: &'s StaffId,
    /// Reviewers, approvers and inspectors see whatever is on its way.
    everything: bool,
    /// The departments that they may countersign for.
    signs_for: BTreeSet<&'s DepartmentId>,
}

impl<'s> Reader<'s> {
    fn of(state: &'s State, person: &'s StaffId, now: Instant) -> Self {
        let (staff, known) = (&state.staff, state.staff.people.get(person));
        let inspects = known.is_some_and(|it| it.active() && it.roles.contains(&Role::Inspector));
        let takes = |verb| staff.may_now(person, verb, now);
        let names = staff.in_whose_name(person, Verb::Countersign, now);
        let names = names.into_iter().map(|name| name.unwrap_or(person));
        Self {
            person,
            everything: inspects || takes(Verb::Review) || takes(Verb::Approve),
            signs_for: names
                .filter_map(|name| staff.people.get(name).map(|it| &it.department))
                .collect(),
        }
    }

    /// Whether they wrote a text of it, took a step with it, or are asked to countersign what is on its way.
    fn has_part(&self, dossier: &Dossier) -> bool {
        let pending = dossier.publication.pending.as_ref();
        let asked = pending.is_some_and(|pending| match &pending.countersign {
            Countersign::Nobody => false,
            Countersign::Anybody => !self.signs_for.is_empty(),
            Countersign::Departments(asked) => self.signs_for.iter().any(|it| asked.contains(*it)),
        });
        asked || dossier.history.iter().any(|step| self.took(&step.event))
    }

    fn took(&self, event: &PublicationEvent) -> bool {
        use PublicationEvent as P;
        match event {
            P::Submitted { by, .. }
            | P::ConfidentialityReviewed { by, .. }
            | P::Countersigned { by, .. }
            | P::DepartmentCountersigned { by, .. }
            | P::Approved { by, .. }
            | P::Rejected { by, .. }
            | P::GateOverridden { by, .. } => by == self.person,
            P::ContributorsNamed { contributors, .. } => contributors.contains(self.person),
            _ => false,
        }
    }
}

/// Whether a history tells of a text that was not public: one on its way, one that was returned, one that another took the
/// place of before it was released.
pub(crate) fn has_unreleased(history: &[Step]) -> bool {
    ways(history).any(|way| !was_released(way))
}

/// A history by what was handed in: each way begins with a submission.
fn ways(history: &[Step]) -> impl Iterator<Item = &[Step]> {
    let begins = |step: &Step| matches!(step.event, PublicationEvent::Submitted { .. });
    history.chunk_by(move |_, next| !begins(next))
}

fn was_released(way: &[Step]) -> bool {
    way.iter().any(|step| {
        matches!(
            step.event,
            PublicationEvent::Released(_) | PublicationEvent::Amended { .. }
        )
    })
}

/// A publication as it was before what is not public was handed in; nothing when none of it ever was public.
fn public_part(dossier: &Dossier) -> Option<Dossier> {
    let mut history: Vec<Step> = Vec::new();
    for way in ways(&dossier.history) {
        let released = was_released(way);
        history.extend(
            way.iter()
                .filter(|step| released || is_of_the_released(&step.event))
                .cloned(),
        );
    }
    let publication = history
        .iter()
        .fold(None, |known, step| evolve(known, step.at, &step.event))?;
    publication.first_released_at?;
    Some(Dossier {
        publication,
        history,
        unreleased: false,
        ..*dossier
    })
}

/// What is done with the released text while another is on its way.
fn is_of_the_released(event: &PublicationEvent) -> bool {
    use PublicationEvent as P;
    match event {
        P::Withdrawn { .. }
        | P::Rescheduled { .. }
        | P::WithdrawalExplained { .. }
        | P::ErasureRequested { .. }
        | P::ErasureDeclined { .. }
        | P::ContentErased { .. } => true,
        P::StoodIn { duty, .. } => *duty == Duty::Withdraw,
        _ => false,
    }
}

/// The texts and reasons that a view does not have.
pub(crate) fn hidden(whole: &State, view: &State) -> BTreeSet<ContentHash> {
    let mut hidden = BTreeSet::new();
    for (id, dossier) in whole.publications.iter().filter(|(_, dossier)| dossier.unreleased) {
        let seen = view.publications.get(id);
        if seen.is_some_and(|seen| Arc::ptr_eq(seen, dossier)) {
            continue;
        }
        let known = seen.map(|seen| seen.contents()).unwrap_or_default();
        hidden.extend(dossier.contents().into_iter().filter(|hash| !known.contains(hash)));
    }
    hidden
}
