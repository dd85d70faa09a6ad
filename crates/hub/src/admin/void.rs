//! What a new submission or new rules voided: the page says which steps hold no longer, and why.

use super::layout::Desk;
use super::words::review as w;
use super::words::rules as rw;
use super::words::{self, Word};
use crate::state::{Dossier, Step};
use heliograph_domain::ContentHash;
use heliograph_domain::gate::RulesVersion;
use heliograph_domain::publication::PublicationEvent;
use maud::{Markup, html};

/// What was looked at before, and what voided it: a new submission, or new rules.
struct Voided<'a> {
    /// The steps that hold no longer.
    steps: Vec<&'a Step>,
    /// What happened instead.
    cause: &'a Step,
    /// Why.
    why: Why,
}

enum Why {
    /// Who and when, in this order.
    Submission(Word),
    /// When and who.
    Rules,
}

fn submitted(step: &Step) -> Option<(ContentHash, RulesVersion)> {
    match &step.event {
        PublicationEvent::Submitted {
            content,
            rule_set,
            under,
            ..
        } => Some((*content, under.unwrap_or(RulesVersion::of_set(*rule_set)))),
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
    if let Some(voided) = by_rules(&dossier.history[last..]) {
        return Some(voided);
    }
    let (before, submission) = (&dossier.history[..last], &dossier.history[last]);
    let former = before.iter().rposition(|step| submitted(step).is_some())?;
    let way = &before[former..];
    let ended = |step: &Step| {
        matches!(
            step.event,
            PublicationEvent::Released(_) | PublicationEvent::Amended { .. }
        )
    };
    let steps = steps_of(way);
    if steps.is_empty() || way.iter().any(ended) {
        return None;
    }
    let ((old, old_rules), (new, new_rules)) = (submitted(&before[former])?, submitted(submission)?);
    let why = match () {
        () if old_rules != new_rules => w::VOID_RULES,
        () if old != new => w::VOID_EDITED,
        () => w::VOID_SAME,
    };
    Some(Voided {
        steps,
        cause: submission,
        why: Why::Submission(why),
    })
}

/// New rules since the text was handed in: they are told even where nobody had looked at it yet.
fn by_rules(way: &[Step]) -> Option<Voided<'_>> {
    let at = way
        .iter()
        .rposition(|step| matches!(step.event, PublicationEvent::ReviewsVoided { .. }))?;
    Some(Voided {
        steps: steps_of(&way[..at]),
        cause: &way[at],
        why: Why::Rules,
    })
}

fn steps_of(way: &[Step]) -> Vec<&Step> {
    way.iter().filter(|step| step_word(&step.event).is_some()).collect()
}

/// The notice over what can be done now; nothing while nothing was voided.
pub(crate) fn notice(desk: &Desk, dossier: &Dossier) -> Markup {
    let Some(voided) = voided(dossier) else {
        return html! {};
    };
    let (by, at) = (desk.person(&voided.cause.by), desk.time(voided.cause.at));
    let why = match voided.why {
        Why::Submission(word) => desk.f(word, &[&by, &at]),
        Why::Rules => desk.f(rw::VOID_NEW_RULES, &[&at, &by]),
    };
    html! {
        div.notice id="void" {
            @if !voided.steps.is_empty() { strong { (desk.t(w::VOID)) } }
            p { (why) }
            @if !voided.steps.is_empty() { ul {
                @for step in &voided.steps {
                    @if let Some(word) = step_word(&step.event) { li { s { (desk.f(w::VOID_STEP, &[desk.t(word), &desk.person(&step.by), &desk.time(step.at)])) } } }
                }
            } }
        }
    }
}
