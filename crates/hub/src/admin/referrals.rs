//! Drafts that the confidentiality gate blocks and whose authors ask a reviewer to let them through.

use super::done::done;
use super::form::{Faults, Posted};
use super::gate::Notes;
use super::layout::{Desk, Place, field_faults, tag};
use super::words as w;
use super::{begun, document, pictures};
use crate::drafts::Draft;
use crate::gate;
use crate::http::problem::Problem;
use crate::http::referrals as api;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::publication::MAX_REASON_CHARS;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// The rows of the drafts that wait for whoever sits at the desk.
pub(crate) fn waiting(desk: &Desk) -> Result<Vec<Draft>, Problem> {
    if desk.may(Verb::Review) {
        api::waiting(&desk.office, &desk.caller)
    } else {
        Ok(Vec::new())
    }
}

/// A draft in the list of what waits.
pub(crate) fn row(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        a.row href=(format!("/admin/referrals/{}", draft.id)) {
            span {
                (begun::title(desk, draft))
                small { (draft.kind.label(desk.lang)) " · " (desk.f(w::REFERRED_BY, &[&desk.person(&draft.author)])) }
            }
            (tag("red", desk.t(w::WAITS_FOR_GATE)))
        }
    }
}

/// `GET /admin/referrals/{id}`
pub(crate) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let draft = api::referred(&desk.office, &desk.caller, &id)?;
    Ok(show(&desk, &draft, None))
}

/// `POST /admin/referrals/{id}/override`, `POST /admin/referrals/{id}/decline`
pub(crate) async fn act(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let office = || State(Arc::clone(&desk.office));
    let reason = posted.value("reason");
    let outcome = match step.as_str() {
        "override" => {
            let wish = json!({"reason": reason, "hash": posted.value("hash")});
            let call = posted.call(&desk, "override", None, &wish);
            api::let_through(office(), Path(id.clone()), call).await
        }
        "decline" => {
            let call = posted.call(&desk, "decline", None, &json!({"reason": reason}));
            api::decline(office(), Path(id.clone()), call).await
        }
        _ => return Err(Problem::not_found("这个操作", "The step")),
    };
    match outcome {
        Ok(_) if step == "override" => Ok(done(&format!("/admin/publications/{id}"), "override")),
        Ok(_) => Ok(done("/admin", "decline")),
        Err(problem) => {
            let desk = desk.refreshed();
            let draft = api::referred(&desk.office, &desk.caller, &id).map_err(|_| problem.clone())?;
            Ok(show(&desk, &draft, Some((&step, &problem, &posted))))
        }
    }
}

fn show(desk: &Desk, draft: &Draft, failed: Option<(&str, &Problem, &Posted)>) -> Response {
    let notes = Notes::look(desk, draft.kind, gate::of_whole_draft(&desk.office, draft));
    let title = begun::title(desk, draft);
    let text = draft.document().ok().map(|(document, _, _)| document);
    let attachments: Vec<_> = draft.attachments.iter().map(|kept| kept.attachment.clone()).collect();
    let files: Vec<_> = draft.files.iter().map(|kept| kept.file.clone()).collect();
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin" { (desk.t(w::HOME)) }
                h1 { (title) " " (tag("red", desk.t(w::WAITS_FOR_GATE))) }
                p.muted { (draft.kind.label(desk.lang)) " · " (desk.f(w::REFERRED_BY, &[&desk.person(&draft.author)])) }
            }
        }
        @if let Some((_, problem, _)) = failed { (desk.alert(problem, &[("reason", w::REASON)])) }
        div.split {
            div.stack {
                section.card { h2 { (desk.t(w::TEXT)) } @if let Some(text) = &text { (document::view(desk, text, None)) } }
                (pictures::row(desk, &format!("/api/v1/drafts/{}/attachments", draft.id), &attachments))
                (super::papers::row(desk, &format!("/api/v1/drafts/{}/attachments", draft.id), &files))
            }
            div.stack {
                (super::beginnings::left(desk, draft))
                section.card id="gate" { h2 { (desk.t(w::GATE)) } (notes.list(desk)) p.hint { (desk.t(w::GATE_NOT_IN_LOG)) } }
                section.card.actions id="actions" {
                    h2 { (desk.t(w::WHAT_NOW)) }
                    (form(desk, draft, "decline", failed))
                    (form(desk, draft, "override", failed))
                }
            }
        }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem, _)| problem.status);
    desk.page_with(status, Place::Home, &title, body)
}

fn form(desk: &Desk, draft: &Draft, step: &str, failed: Option<(&str, &Problem, &Posted)>) -> Markup {
    let failed = failed.filter(|(failed, ..)| *failed == step);
    let faults = failed.map(|(_, problem, _)| Faults::of(problem)).unwrap_or_default();
    let (word, hint) = if step == "override" {
        (w::DO_LET_THROUGH, w::LET_THROUGH_HINT)
    } else {
        (w::DO_DECLINE, w::DECLINE_HINT)
    };
    html! {
        details.fold.(step) open[failed.is_some()] {
            summary.btn.wide.danger[step == "override"].quiet[step != "override"] { (desk.t(word)) }
            form.form method="post" action=(format!("/admin/referrals/{}/{step}", draft.id)) {
                (desk.key())
                input type="hidden" name="hash" value=(draft.hash());
                label.field.bad[faults.place("reason").is_some()] {
                    span { (desk.t(w::REASON)) span.must { "*" } } small.hint { (desk.t(hint)) }
                    textarea id=[faults.place("reason")] name="reason" rows="3" maxlength=(MAX_REASON_CHARS) required { (failed.map_or("", |(_, _, typed)| typed.get("reason"))) }
                    (field_faults(&faults, "reason", desk.lang))
                }
                button.btn.danger type="submit" { (desk.t(w::CONFIRM)) }
            }
        }
    }
}
