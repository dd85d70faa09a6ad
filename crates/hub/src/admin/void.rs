//! What a new submission voided: the page says which steps hold no longer, and why.

use super::layout::Desk;
use super::words::review as w;
use super::words::{self, Word};
use crate::state::{Dossier, Step};
use heliograph_domain::ContentHash;
use heliograph_domain::publication::PublicationEvent;
use maud::{Markup, html};

/// What was handed in before and had been looked at, and the submission that voided it.
struct Voided<'a> {
    /// The steps that hold no longer.
    steps: Vec<&'a Step>,
    /// What was handed in instead.
    submission: &'a Step,
    /// Why.
    why: Word,
}

fn submitted(step: &Step) -> Option<(ContentHash, u16)> {
    match &step.event {
        PublicationEvent::Submitted { content, rule_set, .. } => Some((*content, *rule_set)),
        _ => None,
    }
}

fn step_word(event: &PublicationEvent) -> Option<Word> {
    match event {
        PublicationEvent::ConfidentialityReviewed { .. } => Some(words::EVENT_REVIEWED),
        PublicationEvent::Countersigned { .. } | PublicationEvent::DepartmentCountersigned { .. } => {
            Some(words::EVENT_COUNTERSIGNED)
        }
        PublicationEvent::Approved { .. } => Some(words::EVENT_APPROVED),
        _ => None,
    }
}

fn voided(dossier: &Dossier) -> Option<Voided<'_>> {
    dossier.publication.pending.as_ref()?;
    let last = dossier.history.iter().rposition(|step| submitted(step).is_some())?;
    let (before, submission) = (&dossier.history[..last], &dossier.history[last]);
    let former = before.iter().rposition(|step| submitted(step).is_some())?;
    let way = &before[former..];
    let ended = |step: &Step| {
        matches!(
            step.event,
            PublicationEvent::Released(_) | PublicationEvent::Amended { .. }
        )
    };
    let steps: Vec<&Step> = way.iter().filter(|step| step_word(&step.event).is_some()).collect();
    if steps.is_empty() || way.iter().any(ended) {
        return None;
    }
    let ((old, old_rules), (new, new_rules)) = (submitted(&before[former])?, submitted(submission)?);
    let why = match () {
        () if old_rules != new_rules => w::VOID_RULES,
        () if old != new => w::VOID_EDITED,
        () => w::VOID_SAME,
    };
    Some(Voided { steps, submission, why })
}

/// The notice over what can be done now; nothing while nothing was voided.
pub(crate) fn notice(desk: &Desk, dossier: &Dossier) -> Markup {
    let Some(voided) = voided(dossier) else {
        return html! {};
    };
    let (by, at) = (desk.person(&voided.submission.by), desk.time(voided.submission.at));
    html! {
        div.notice id="void" {
            strong { (desk.t(w::VOID)) }
            p { (desk.f(voided.why, &[&by, &at])) }
            ul {
                @for step in &voided.steps {
                    @if let Some(word) = step_word(&step.event) { li { s { (desk.f(w::VOID_STEP, &[desk.t(word), &desk.person(&step.by), &desk.time(step.at)])) } } }
                }
            }
        }
    }
}
