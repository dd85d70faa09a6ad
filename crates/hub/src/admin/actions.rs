//! What someone may do with a publication now: buttons and small forms, and the posts behind them.

use super::document;
use super::done::done;
use super::duties::{self, Step, Verdict};
use super::form::{Faults, Posted};
use super::layout::{Desk, field_faults, in_query, redirect};
use super::proposal::{self, Proposed};
use super::publication::{Failed, Shown, find, show};
use super::reschedule;
use super::states::{self, State};
use super::words::airtime as aw;
use super::words::review as rw;
use super::words::{self as w, Word};
use crate::http::problem::Problem;
use crate::http::{publications, shape};
use crate::state::Dossier;
use axum::extract::{self, Path};
use axum::response::Response;
use heliograph_domain::publication::{Duty, MAX_REASON_CHARS, Pending, Publication, Stage};
use heliograph_domain::staff::{Role, Verb};
use heliograph_domain::{ContentHash, PublicationId, StaffId};
use maud::{Markup, html};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST /admin/publications/{id}/{step}`
pub(crate) async fn act(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let known = Step::ALL.into_iter().find(|known| known.slug() == step);
    let known = known.ok_or_else(|| Problem::not_found("这个操作", "The step"))?;
    if let Err(unseen) = find(&desk, &id) {
        // Whoever may not take the step hears that, and nothing of a text that they may not read.
        desk.caller.may_step(&desk.office, known.verb())?;
        return Err(unseen);
    }
    if known == Step::Release && posted.get("then") == LOOK {
        return look(&desk, &id, &posted);
    }
    if matches!(known, Step::Release | Step::Reschedule)
        && let Err(problem) = Proposed::of_form(&posted).whole(&desk)
    {
        return refused(&desk, &id, &step, &problem, &posted);
    }
    let fields = asked(&desk, known, &posted);
    let call = posted.call(&desk, known.slug(), None, &fields);
    let office = Arc::clone(&desk.office);
    match publications::act(extract::State(office), Path((id.clone(), step.clone())), call).await {
        Ok(_) if known == Step::Release => Ok(done(&format!("/admin/publications/{id}/reach"), &step)),
        Ok(_) => Ok(done(&format!("/admin/publications/{id}"), &step)),
        Err(problem) => refused(&desk.refreshed(), &id, &step, &problem, &posted),
    }
}

/// What the button of a release's form says that shows the text on the displays of the channels that are ticked.
pub(super) const LOOK: &str = "look";

/// The publication's page with the form as it is filled in; nothing is done.
fn look(desk: &Desk, id: &str, typed: &Posted) -> Result<Response, Problem> {
    let (id, dossier) = find(desk, id)?;
    let shown = Shown {
        looked: Some(typed),
        ..Shown::default()
    };
    show(desk, id, &dossier, &shown)
}

/// The publication's page with what went wrong, and what was typed.
fn refused(desk: &Desk, id: &str, step: &str, problem: &Problem, typed: &Posted) -> Result<Response, Problem> {
    let (id, dossier) = find(desk, id)?;
    let shown = Shown {
        failed: Some(Failed { step, problem, typed }),
        ..Shown::default()
    };
    show(desk, id, &dossier, &shown)
}

/// `GET /admin/publications/{id}/{step}`: a page that a refused step left behind, loaded anew.
pub(crate) async fn back(Path((id, _)): Path<(String, String)>) -> Response {
    redirect(&format!("/admin/publications/{}", in_query(&id)))
}

/// The step's fields as the API reads them.
fn asked(desk: &Desk, step: Step, posted: &Posted) -> Value {
    let content = posted.value("content");
    match step {
        Step::Release => {
            let mut wish = json!({"priority": posted.value("priority"), "content": content});
            Proposed::of_form(posted).write(desk, &mut wish);
            wish
        }
        Step::Reschedule => {
            let mut wish = json!({"content": content});
            Proposed::of_form(posted).write(desk, &mut wish);
            // Asked for only where it has not begun; then no day at all means now.
            if posted.has("from") && wish["from"].is_null() {
                wish["from"] = json!(shape::time(desk.now));
            }
            wish
        }
        Step::Review => json!({"content": content, "findings_confirmed": posted.has("findings_confirmed")}),
        Step::Reject => json!({"reason": posted.value("reason"), "content": content}),
        Step::Withdraw | Step::RequestErasure => json!({"reason": posted.value("reason")}),
        Step::Erase | Step::DeclineErasure => json!({}),
        _ => json!({"content": content}),
    }
}

/// Everything that whoever looks may do, and where four eyes forbid it, why.
pub(crate) fn card(desk: &Desk, id: PublicationId, dossier: &Dossier, shown: &Shown<'_>) -> Markup {
    let failed = shown.failed.as_ref();
    let publication = &dossier.publication;
    // Authors change their text; they have nobody to return it to.
    let own = publication
        .pending
        .as_ref()
        .is_some_and(|pending| pending.author == *desk.me());
    let offers: Vec<Markup> = Step::ALL
        .into_iter()
        .filter(|step| !(own && *step == Step::Reject))
        .filter_map(|step| match duties::verdict(desk, publication, step) {
            Verdict::May => Some(offer(desk, id, dossier, step, shown)),
            Verdict::Because(why) => Some(html! { div.notice.four-eyes { p { (why.get(desk.lang)) } (hands(desk, publication.pending.as_ref())) } }),
            Verdict::Not => None,
        })
        .collect();
    let author = own_offers(desk, id, dossier);
    let explains = duties::lacks_withdrawal_reason(dossier) && desk.may(Verb::Withdraw);
    html! {
        section.card.actions id="actions" {
            h2 { (desk.t(w::WHAT_NOW)) }
            (super::void::notice(desk, dossier))
            @if let Some(pending) = &publication.pending { (stands(desk, dossier, pending)) }
            (author.clone().unwrap_or_default())
            @if explains { (reasoned(desk, id, Step::Withdraw, w::EXPLAIN, false, None, failed)) }
            @for offer in &offers { (offer) }
            @if !explains && offers.is_empty() && author.is_none() { p.muted { (desk.t(w::NOTHING_TO_DO)) } }
        }
    }
}

/// Who had which part of the text on its way.
fn hands(desk: &Desk, pending: Option<&Pending>) -> Markup {
    let Some(pending) = pending else {
        return html! {};
    };
    let mut parts = vec![(Role::Author, None, &pending.author)];
    let reviewer = pending.reviewer.iter();
    parts.extend(reviewer.map(|who| (Role::ConfidentialityReviewer, Some(Duty::Review), who)));
    let signed = pending.countersignatures.iter();
    parts.extend(signed.map(|it| (Role::Countersigner, Some(Duty::Countersign), &it.by)));
    let approver = pending.approver.iter();
    parts.extend(approver.map(|who| (Role::Approver, Some(Duty::Approve), who)));
    let stood_for = |who: &StaffId, duty: Option<Duty>| {
        let stead = pending
            .steads
            .iter()
            .find(|stead| Some(stead.duty) == duty && stead.by == *who);
        stead.map(|stead| &stead.person)
    };
    html! {
        dl.hands { @for (role, duty, who) in parts { div { dt { (role.label(desk.lang)) } dd { (desk.in_stead(who, stood_for(who, duty))) } } } }
    }
}

/// Who returned a text to its author, and why.
pub(super) fn returned(desk: &Desk, publication: &Publication) -> Markup {
    let pending = publication.pending.as_ref();
    let told = pending
        .filter(|pending| pending.stage == Stage::Returned)
        .and_then(|pending| pending.returned.as_ref());
    html! {
        @if let Some((by, why)) = told {
            div.notice.returned {
                strong { (desk.f(w::RETURNED_BY, &[&desk.person(by)])) }
                p { (document::reason(desk, why).unwrap_or_else(|| desk.t(w::TEXT_GONE).to_owned())) }
            }
        }
    }
}

/// What the head of the page does not say of where the text stands: why it came back, whose signatures it has, and in
/// whose stead whoever looks may act.
fn stands(desk: &Desk, dossier: &Dossier, pending: &Pending) -> Markup {
    if pending.stage == Stage::Returned {
        return returned(desk, &dossier.publication);
    }
    let Some(step) = State::on_its_way(pending, dossier.publication.released.is_some()).step() else {
        return html! {};
    };
    let stead = duties::in_stead_of(desk, &dossier.publication, step);
    html! {
        (super::countersign::standing(desk, pending))
        @if let Some(absent) = stead { p.notice id="stead" { (desk.f(rw::YOU_STAND_IN, &[&desk.person(&absent)])) } }
    }
}

/// A way to the step that whoever looks may take, where a narrow page has it below the text.
pub(super) fn way_to_step(desk: &Desk, publication: &Publication) -> Markup {
    let pending = publication.pending.as_ref();
    let step = pending.and_then(|pending| State::on_its_way(pending, publication.released.is_some()).step());
    let word = step
        .filter(|step| duties::verdict(desk, publication, *step) == Verdict::May)
        .and_then(word_of);
    html! {
        @if let Some(word) = word { a.btn.quiet.to-act href="#actions" { (desk.f(w::GO_TO_STEP, &[desk.t(word)])) } }
    }
}

/// What the button of a step on the way to release says.
fn word_of(step: Step) -> Option<Word> {
    match step {
        Step::Review => Some(w::DO_REVIEW),
        Step::Countersign => Some(w::DO_COUNTERSIGN),
        Step::Approve => Some(w::DO_APPROVE),
        Step::Release => Some(w::DO_RELEASE),
        Step::Amend => Some(w::DO_AMEND),
        _ => None,
    }
}

/// What authors do: mend what was returned, revise what is out.
fn own_offers(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Option<Markup> {
    if !desk.may(Verb::Draft) {
        return None;
    }
    match &dossier.publication.pending {
        Some(pending) if pending.author == *desk.me() => {
            let word = if pending.stage == Stage::Returned {
                w::MEND
            } else {
                w::CHANGE_ANYWAY
            };
            Some(html! { a.btn.quiet.wide href=(format!("/admin/write/{id}")) { (desk.t(word)) } })
        }
        Some(_) => None,
        // What was erased leaves nothing to revise.
        None if dossier
            .last_text()
            .and_then(|hash| desk.office.library.document(&hash))
            .is_none() =>
        {
            None
        }
        None => Some(html! {
            a.btn.quiet.wide href=(format!("/admin/write?publication={id}")) { (desk.t(w::REVISE)) }
            (who_reschedules(desk, &dossier.publication))
        }),
    }
}

/// That another time or other channels need no revision, and who sees to it: for those who cannot themselves.
fn who_reschedules(desk: &Desk, publication: &Publication) -> Markup {
    if publication.released.is_none() || desk.may(Verb::Release) {
        return html! {};
    }
    let people = states::hands(desk, publication, Step::Reschedule);
    html! { @if !people.is_empty() { p.hint { (desk.f(aw::RESCHEDULED_BY, &[&people.join(desk.t(w::LIST_COMMA))])) } } }
}

fn offer(desk: &Desk, id: PublicationId, dossier: &Dossier, step: Step, shown: &Shown<'_>) -> Markup {
    let failed = shown.failed.as_ref();
    let seen = dossier.publication.pending.as_ref().map(|pending| pending.content);
    match step {
        Step::Review => review(desk, id, dossier, failed),
        Step::Countersign => plain(desk, id, step, w::DO_COUNTERSIGN, seen),
        Step::Approve => plain(desk, id, step, w::DO_APPROVE, seen),
        Step::Amend => plain(desk, id, step, w::DO_AMEND, seen),
        Step::Reject => reasoned(desk, id, step, w::DO_REJECT, true, seen, failed),
        Step::Withdraw => reasoned(desk, id, step, w::DO_WITHDRAW, false, None, failed),
        Step::Release => proposal::release(desk, (id, dossier), &opening(desk, seen), shown),
        Step::Reschedule => reschedule::form(desk, id, dossier, failed),
        Step::RequestErasure => reasoned(desk, id, step, w::DO_REQUEST_ERASURE, true, None, failed),
        Step::Erase => erasure(desk, id, dossier),
        Step::DeclineErasure => plain(desk, id, step, w::DO_DECLINE_ERASURE, None),
    }
}

/// The reviewer says that they looked at what the gate found, where it found anything that needs it.
fn review(desk: &Desk, id: PublicationId, dossier: &Dossier, failed: Option<&Failed<'_>>) -> Markup {
    let pending = dossier.publication.pending.as_ref();
    let asked = pending.is_some_and(Pending::has_warnings);
    let failed = failed.filter(|failed| failed.step == Step::Review.slug());
    let faults = failed.map(|failed| Faults::of(failed.problem)).unwrap_or_default();
    html! {
        form.form method="post" action=(format!("/admin/publications/{id}/review")) {
            (opening(desk, pending.map(|pending| pending.content)))
            @if asked {
                label.check { input id=[faults.place("findings_confirmed")] type="checkbox" name="findings_confirmed" value="yes" required; (desk.t(w::FINDINGS_CONFIRM)) }
                (field_faults(&faults, "findings_confirmed", desk.lang))
            }
            button.btn.wide type="submit" { (desk.t(w::DO_REVIEW)) }
        }
    }
}

/// What was asked for, and the button that cannot be undone.
fn erasure(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let Some(asked) = &dossier.publication.erasure else {
        return html! {};
    };
    html! {
        div.notice {
            strong { (desk.f(w::ERASURE_ASKED_BY, &[&desk.person(&asked.by)])) }
            p { (asked.reason) }
        }
        details.fold.erase {
            summary.btn.danger.wide { (desk.t(w::DO_ERASE)) }
            form.form method="post" action=(format!("/admin/publications/{id}/erase")) {
                (opening(desk, None))
                p.hint { (desk.t(w::ERASE_WHAT)) }
                button.btn.danger type="submit" { (desk.t(w::CONFIRM)) }
            }
        }
    }
}

pub(super) fn opening(desk: &Desk, seen: Option<ContentHash>) -> Markup {
    html! {
        (desk.key())
        @if let Some(seen) = seen { input type="hidden" name="content" value=(seen); }
    }
}

fn plain(desk: &Desk, id: PublicationId, step: Step, word: Word, seen: Option<ContentHash>) -> Markup {
    html! {
        form method="post" action=(format!("/admin/publications/{id}/{}", step.slug())) {
            (opening(desk, seen))
            button.btn.wide type="submit" { (desk.t(word)) }
        }
    }
}

/// A step with a reason, folded away so that it is not pressed by mistake.
fn reasoned(
    desk: &Desk,
    id: PublicationId,
    step: Step,
    word: Word,
    required: bool,
    seen: Option<ContentHash>,
    failed: Option<&Failed<'_>>,
) -> Markup {
    let failed = failed.filter(|failed| failed.step == step.slug());
    let faults = failed.map(|failed| Faults::of(failed.problem)).unwrap_or_default();
    // A reason that follows a withdrawal undoes nothing.
    let harmless = word == w::EXPLAIN;
    html! {
        details.fold.(step.slug()) open[failed.is_some()] {
            summary.btn.wide.danger[!harmless].quiet[harmless] { (desk.t(word)) }
            form.form method="post" action=(format!("/admin/publications/{id}/{}", step.slug())) {
                (opening(desk, seen))
                label.field.bad[faults.place("reason").is_some()] {
                    span { (desk.t(w::REASON)) @if required { span.must { "*" } } @else { " " small { (desk.t(w::MAY_FOLLOW)) } } }
                    @if step == Step::RequestErasure { small.hint { (desk.t(w::ERASURE_REASON_HINT)) } }
                    textarea id=[faults.place("reason")] name="reason" rows="3" maxlength=(if step == Step::RequestErasure { MAX_REASON_CHARS } else { 2000 }) required[required] { (failed.map_or("", |failed| failed.typed.get("reason"))) }
                    (field_faults(&faults, "reason", desk.lang))
                }
                button.btn.danger[!harmless] type="submit" { (desk.f(w::CONFIRM_STEP, &[desk.t(word)])) }
            }
        }
    }
}
