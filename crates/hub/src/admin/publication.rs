//! One publication: its text, what changed, who did what when, and what whoever looks may do with it now.

use super::actions;
use super::airtime::End;
use super::alert::Named;
use super::comments::{self, Remarks};
use super::compare;
use super::document;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::panels;
use super::pictures;
use super::proposal;
use super::reschedule;
use super::states;
use super::technical;
use super::withdrawn::Withdrawal;
use super::words::airtime as aw;
use super::words::proofs as pw;
use super::words::review as rw;
use super::words::{self as w, Word, rules, together};
use crate::http::problem::Problem;
use crate::http::shape;
use crate::state::{Dossier, Step};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::publication::{OnRelease, PublicationEvent};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, PublicationId, StaffId};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// The fields at which faults are said.
const FIELDS: [Named; 9] = [
    ("findings_confirmed", w::GATE),
    ("reason", w::REASON),
    ("channels", w::CHANNELS),
    ("from", w::FROM),
    ("until", w::UNTIL),
    ("priority", w::PRIORITY),
    ("text", rw::COMMENT_TEXT),
    ("quote", rw::QUOTE),
    ("field", rw::COMMENT_ON),
];

/// The publication of an id in a path.
pub(crate) fn find(desk: &Desk, id: &str) -> Result<(PublicationId, Arc<Dossier>), Problem> {
    let missing = || Problem::not_found("这条信息", "The publication");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let dossier = desk.state.publications.get(&id).cloned().ok_or_else(missing)?;
    Ok((id, dossier))
}

/// A step that went wrong, with what was typed for it.
pub(crate) struct Failed<'a> {
    pub(crate) step: &'a str,
    pub(crate) problem: &'a Problem,
    pub(crate) typed: &'a Posted,
}

/// `GET /admin/publications/{id}`
pub(crate) async fn page(
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let (id, dossier) = find(&desk, &id)?;
    let asked = |name: &str| query.get(name).map(String::as_str);
    let shown = Shown {
        against: asked("against"),
        ..Shown::default()
    };
    show(&desk, id, &dossier, &shown)
}

/// What a page says besides what it always says.
#[derive(Default)]
pub(crate) struct Shown<'a> {
    /// What the text is compared with.
    pub(crate) against: Option<&'a str>,
    /// What went wrong.
    pub(crate) failed: Option<Failed<'a>>,
    /// The form of a release as it was filled in, to look first how the text lies on the displays that it names.
    pub(crate) looked: Option<&'a Posted>,
}

impl<'a> Shown<'a> {
    /// The form of a release, as far as somebody filled it in.
    pub(crate) fn release_form(&self) -> Option<&'a Posted> {
        let failed = self.failed.as_ref().filter(|failed| failed.step == "release");
        failed.map(|failed| failed.typed).or(self.looked)
    }
}

/// The page, as it is or with what went wrong.
pub(crate) fn show(desk: &Desk, id: PublicationId, dossier: &Dossier, shown: &Shown<'_>) -> Result<Response, Problem> {
    let failed = shown.failed.as_ref();
    let publication = &dossier.publication;
    let title = shape::title_of(&desk.office, dossier, desk.lang);
    let remarks = Remarks::of(desk, id)?;
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/publications" { (desk.t(w::PUBLICATIONS)) }
                h1 { (title) " " span id="state" data-fresh { (states::tags(desk, publication)) } }
                p id="waits" data-fresh { @if let Some(waits) = states::waits_for(desk, publication) { strong { (waits) } } }
                p.muted { (publication.kind.label(desk.lang)) " · " (desk.entry_name(&publication.catalogue_entry)) }
            }
            (actions::way_to_step(desk, publication))
        }
        @if let Some(failed) = failed { (desk.alert(failed.problem, &FIELDS)) }
        div.split {
            div.stack {
                (super::paper::sheet(desk, id, dossier, &title))
                (content(desk, (id, dossier), &remarks, shown))
            }
            div.stack {
                @if let Some(pending) = &publication.pending {
                    (super::beginnings::left_in(desk, id))
                    @if let Some(text) = desk.office.library.document(&pending.content) { (super::gate::of_pending(desk, &text, pending)) (super::translation::of_pending(desk, dossier, pending, &text)) }
                }
                (actions::card(desk, id, dossier, shown))
                (proposal::standing(desk, id, dossier))
                (comments::card(desk, (id, publication), &remarks, comments::On::Review, failed))
                @if let Some(on) = &publication.released { (release_card(desk, (id, dossier), on)) }
                (proofs(desk, id, dossier))
                (super::beginnings::of_publication(desk, id, dossier))
                (history(desk, dossier))
            }
        }
    };
    let status = failed.map_or(StatusCode::OK, |failed| failed.problem.status);
    let body = html! { div.stack data-live="record" { (body) } };
    Ok(desk.page_with(status, Place::Publications, &title, body))
}

fn content(desk: &Desk, (id, dossier): (PublicationId, &Dossier), remarks: &Remarks, asked: &Shown<'_>) -> Markup {
    let withdrawal = Withdrawal::of(dossier);
    let withdrawn = html! { @if let Some(withdrawal) = &withdrawal { (withdrawal.card(desk, id)) } };
    let (pending, released) = document::texts(desk, &dossier.publication);
    // What was withdrawn can still be read here, by those who may: until it is erased.
    let last = || dossier.last_text().and_then(|hash| desk.office.library.document(&hash));
    let past = if pending.is_none() && released.is_none() {
        last()
    } else {
        None
    };
    let Some(shown) = pending.as_deref().or(released.as_deref()).or(past.as_deref()) else {
        return html! { (withdrawn) (gone(desk, dossier)) };
    };
    let on_its_way = dossier.publication.pending.as_ref().zip(pending.as_deref());
    let compared = on_its_way.and_then(|(pending, text)| {
        compare::card(desk, (id, dossier), (&pending.content, text), remarks, asked.against)
    });
    let chosen = asked.release_form().map(panels::channels).unwrap_or_default();
    html! {
        (withdrawn)
        @if let Some(compared) = compared { (compared) } @else {
            section.card { h2 { (desk.t(w::TEXT)) } (document::view(desk, shown, Some(remarks))) }
            (pictures::row(desk, &format!("/api/v1/publications/{id}/attachments"), &shown.attachments))
            (super::papers::row(desk, &format!("/api/v1/publications/{id}/attachments"), &shown.files))
        }
        @if withdrawal.is_none() { (panels::of_publication(desk, (id, dossier), shown, &chosen)) }
    }
}

/// In place of a text that was erased: who did it, when and why.
fn gone(desk: &Desk, dossier: &Dossier) -> Markup {
    html! {
        section.card {
            p.muted { (desk.t(w::TEXT_GONE)) }
            @if let Some(erasure) = dossier.publication.erasure.as_deref().filter(|erasure| erasure.done) {
                dl.facts {
                    div { dt { (desk.t(w::ERASED_BY)) } dd { (desk.person(&erasure.by)) " · " (desk.time(erasure.at)) } }
                    div { dt { (desk.t(w::REASON)) } dd { (erasure.reason) } }
                }
            }
        }
    }
}

/// The last step of a sort: who took it, and when.
fn last(dossier: &Dossier, sort: impl Fn(&PublicationEvent) -> bool) -> Option<&Step> {
    dossier.history.iter().rev().find(|step| sort(&step.event))
}

/// Who released it and who put a newer text in its place, each with their own time.
fn by_whom(desk: &Desk, dossier: &Dossier, on: &OnRelease) -> Markup {
    let released = last(dossier, |event| matches!(event, PublicationEvent::Released(_)));
    let amended = last(dossier, |event| matches!(event, PublicationEvent::Amended { .. }));
    let amended = amended.filter(|step| step.at == on.at);
    let line =
        |word, by: &StaffId, at| html! { div { dt { (desk.t(word)) } dd { (desk.person(by)) " · " (desk.time(at)) } } };
    html! {
        (line(w::RELEASED_BY, &on.release.by, released.map_or(on.at, |step| step.at)))
        @if let Some(step) = amended { (line(w::AMENDED_BY, &step.by, step.at)) }
    }
}

fn release_card(desk: &Desk, (id, dossier): (PublicationId, &Dossier), on: &OnRelease) -> Markup {
    let release = &on.release;
    let channels: Vec<&str> = release
        .channels
        .iter()
        .map(|name| {
            desk.state
                .channels
                .titles
                .get(name)
                .map_or(name.as_str(), |title| title.get(desk.lang))
        })
        .collect();
    html! {
        section.card id="release" {
            h2 { (desk.t(w::RELEASE)) a href=(format!("/admin/publications/{id}/reach")) { (desk.t(w::REACH)) } }
            dl.facts {
                div { dt { (desk.t(w::CHANNELS)) } dd { (channels.join(desk.t(w::LIST_COMMA))) } }
                div { dt { (desk.t(w::FROM)) } dd { (desk.time(release.window.from)) } }
                div { dt { (desk.t(w::UNTIL)) } dd { @match release.window.until { Some(until) => (desk.end(until)), None => (desk.t(w::UNTIL_WITHDRAWN)) } } }
                (by_whom(desk, dossier, on))
            }
            (technical::details(desk, &html! { p.hint { (desk.t(w::CONTENT_HASH_WHAT)) } p { (desk.t(w::CONTENT_HASH)) " " code { (release.content.short()) } } }))
        }
    }
}

/// Where everybody sees it, what proves that it was public, and every fact about it: for inspectors above all.
fn proofs(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let publication = &dossier.publication;
    let begins = publication.released.as_ref().map(|on| on.release.window.from);
    let Some(first) = publication
        .first_released_at
        .filter(|_| begins.is_none_or(|from| from <= desk.now))
    else {
        return html! {};
    };
    html! {
        section.card id="proofs" {
            h2 { (desk.t(pw::PUBLIC_AND_PROVED)) }
            dl.facts {
                div { dt { (desk.t(w::FIRST_RELEASED)) } dd { (desk.time(first)) } }
                @if crate::public::public_now(dossier, desk.now) {
                    div { dt { (desk.t(pw::PUBLIC_PAGE)) } dd { a href=(format!("/p/{id}")) { (desk.t(pw::SEE_AS_EVERYBODY)) } } }
                }
                div { dt { (desk.t(pw::PROOF)) } dd { a href=(format!("/log/proof/{id}")) download=(format!("{id}.proof")) { (desk.t(pw::GET_PROOF)) } } }
                @if desk.may(Verb::Audit) {
                    div { dt { (desk.t(w::AUDIT)) } dd { a href=(format!("/admin/audit?what=publication&q={id}")) { (desk.t(pw::EVERY_FACT)) } } }
                }
            }
            p.hint { (desk.t(pw::PROOF_WHAT)) }
        }
    }
}

fn history(desk: &Desk, dossier: &Dossier) -> Markup {
    html! {
        section.card id="history" data-fresh {
            h2 { (desk.t(w::HISTORY)) }
            ol.history { @for (at, step) in dossier.history.iter().enumerate().rev() { (history_line(desk, (dossier, at), step)) } }
        }
    }
}

/// In whose stead a step was taken: the line before it says so.
pub(super) fn stead(dossier: &Dossier, at: usize) -> Option<&StaffId> {
    match &dossier.history.get(at.checked_sub(1)?)?.event {
        PublicationEvent::StoodIn { person, .. } => Some(person),
        _ => None,
    }
}

fn history_line(desk: &Desk, (dossier, at): (&Dossier, usize), step: &Step) -> Markup {
    if matches!(step.event, PublicationEvent::StoodIn { .. }) {
        // It is told with the step itself.
        return html! {};
    }
    let (colour, word, why) = told(&step.event);
    let stead = stead(dossier, at);
    let changes = reschedule::changes(desk, dossier, at, |moment, end| match end {
        End::From => desk.time(moment),
        End::Until => desk.end(moment),
    });
    html! {
        li.(colour) {
            b { (desk.t(word)) }
            small { (desk.department_of(&step.by)) " " (desk.in_stead(&step.by, stead)) " · " (desk.time(step.at)) }
            @if let Some(why) = why { blockquote { (document::reason(desk, why).unwrap_or_else(|| desk.t(w::TEXT_GONE).to_owned())) } }
            @if !changes.is_empty() { blockquote { @for change in &changes { div { (change) } } } }
            @if let PublicationEvent::ContributorsNamed { contributors, .. } = &step.event { small { (contributors.iter().map(|person| desk.person(person)).collect::<Vec<_>>().join(desk.t(w::LIST_COMMA))) } }
            @if let PublicationEvent::CountersignersNamed { departments, .. } = &step.event { blockquote { (departments.iter().map(|it| desk.department(it)).collect::<Vec<_>>().join(desk.t(w::LIST_COMMA))) } }
            @if let PublicationEvent::DepartmentCountersigned { department, .. } = &step.event { blockquote { (desk.department(department)) } }
            @if let PublicationEvent::ErasureRequested { reason, .. } | PublicationEvent::ContentErased { reason, .. } = &step.event { blockquote { (reason) } }
        }
    }
}

/// How a step is told: its colour, its name, and the reason that was given.
pub(super) fn told(event: &PublicationEvent) -> (&'static str, Word, Option<&ContentHash>) {
    match event {
        PublicationEvent::Submitted { countersign: true, .. } => ("plain", w::EVENT_SUBMITTED_COUNTERSIGN, None),
        PublicationEvent::Submitted { .. } => ("plain", w::EVENT_SUBMITTED, None),
        PublicationEvent::ConfidentialityReviewed { .. } => ("plain", w::EVENT_REVIEWED, None),
        PublicationEvent::CountersignersNamed { .. } => ("plain", rw::EVENT_NAMED, None),
        PublicationEvent::StoodIn { .. } => ("plain", rw::SUBSTITUTE, None),
        PublicationEvent::Countersigned { .. } | PublicationEvent::DepartmentCountersigned { .. } => {
            ("plain", w::EVENT_COUNTERSIGNED, None)
        }
        PublicationEvent::Approved { .. } => ("plain", w::EVENT_APPROVED, None),
        PublicationEvent::Rejected { reason, .. } => ("bad", w::EVENT_REJECTED, Some(reason)),
        PublicationEvent::Released(_) => ("good", w::EVENT_RELEASED, None),
        PublicationEvent::Amended { .. } => ("good", w::EVENT_AMENDED, None),
        PublicationEvent::Rescheduled { .. } => ("good", aw::EVENT_RESCHEDULED, None),
        PublicationEvent::Withdrawn { reason, .. } => ("bad", w::EVENT_WITHDRAWN, reason.as_ref()),
        PublicationEvent::WithdrawalExplained { reason, .. } => ("plain", w::EVENT_EXPLAINED, Some(reason)),
        PublicationEvent::ContributorsNamed { .. } => ("plain", together::EVENT_CONTRIBUTORS, None),
        PublicationEvent::GateScanned { .. } => ("plain", w::EVENT_GATE_SCANNED, None),
        PublicationEvent::GateOverridden { reason, .. } => ("bad", w::EVENT_GATE_OVERRIDDEN, Some(reason)),
        PublicationEvent::ReviewsVoided { .. } => ("bad", rules::VOIDED, None),
        PublicationEvent::ErasureRequested { .. } => ("plain", w::EVENT_ERASURE_REQUESTED, None),
        PublicationEvent::ErasureDeclined { .. } => ("plain", w::EVENT_ERASURE_DECLINED, None),
        PublicationEvent::ContentErased { .. } => ("bad", w::EVENT_ERASED, None),
    }
}
