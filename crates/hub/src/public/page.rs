//! `/p/{id}`: one publication, with where it came from and how it changed. No person is named.

use super::{Visit, files, public_now, sheet};
use crate::http::problem::Problem;
use crate::office::Office;
use crate::state::Dossier;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use heliograph_domain::PublicationId;
use heliograph_domain::publication::PublicationEvent;
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /p/{id}`
pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这条公开信息", "The publication");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let visit = Visit::new(&office, &headers, &asked);
    let dossier = visit.state.publications.get(&id).cloned().ok_or_else(missing)?;
    let here = format!("/p/{id}");
    if !public_now(&dossier, visit.now) {
        let ended = ended(&visit, &dossier).ok_or_else(missing)?;
        let title = visit.t("已不再公开", "No longer public");
        return Ok(visit.answer(StatusCode::GONE, &here, title, &ended, &headers));
    }
    let on = dossier.publication.released.as_ref().ok_or_else(missing)?;
    let document = office.library.document(&on.release.content).ok_or_else(missing)?;
    let title = document.title(visit.lang);
    let body = html! {
        article {
            p.kind { (document.kind.label(visit.lang)) }
            h1 { (title) }
            (facts(&office, &visit, &dossier))
            (sheet::view(&document, visit.lang))
            (sheet::pictures(&document))
            (files::list(&visit, id, &document))
        }
        (history(&visit, id, &dossier))
    };
    Ok(visit.answer(StatusCode::OK, &here, &title, &body, &headers))
}

/// What was public once says so; what never was is not spoken of.
fn ended(visit: &Visit, dossier: &Dossier) -> Option<Markup> {
    let publication = &dossier.publication;
    let first = publication.first_released_at?;
    let waits = publication
        .released
        .as_ref()
        .is_some_and(|on| visit.now < on.release.window.from);
    let was_seen = first <= visit.now && !(waits && releases(dossier) < 2);
    was_seen.then(|| {
        html! {
            h1 { (visit.t("已不再公开", "No longer public")) }
            p {
                @match publication.withdrawn_at {
                    Some(at) => { (visit.day(at)) " " (visit.t("撤回。", "– withdrawn.")) }
                    None => (visit.t("公开期已结束。", "Its time has ended.")),
                }
            }
            p { (visit.t("需要原文的，请拨打咨询电话。", "If you need the text, please call us.")) }
            p { a href=(visit.to("/")) { (visit.t("查看现在公开的信息", "See what is public now")) } }
        }
    })
}

fn releases(dossier: &Dossier) -> usize {
    let released = |event: &PublicationEvent| matches!(event, PublicationEvent::Released(_));
    dossier.history.iter().filter(|step| released(&step.event)).count()
}

/// Index number, catalogue entry, and since when.
fn facts(office: &Office, visit: &Visit, dossier: &Dossier) -> Markup {
    let publication = &dossier.publication;
    let entry = visit.state.catalogue.entries.get(&publication.catalogue_entry);
    let name = entry.and_then(|entry| office.library.entry_text(&entry.text));
    html! {
        dl.facts {
            @if let Some(entry) = entry { div { dt { (visit.t("索引号", "Index number")) } dd { (entry.index_number) } } }
            @if let Some(name) = name { div { dt { (visit.t("公开目录", "Catalogue")) } dd { (name.name.get(visit.lang)) } } }
            @if let Some(on) = &publication.released {
                div { dt { (visit.t("公开日期", "Public since")) } dd { time { (visit.day(publication.first_released_at.unwrap_or(on.at))) } } }
                @if let Some(until) = on.release.window.until {
                    div { dt { (visit.t("公开至", "Until")) } dd { time { (visit.end(until)) } } }
                }
            }
        }
    }
}

/// When it was released, changed and withdrawn, and by which department's hand it was let through.
fn history(visit: &Visit, id: PublicationId, dossier: &Dossier) -> Markup {
    let word = |event: &PublicationEvent| match event {
        PublicationEvent::Released(_) => Some(visit.t("发布", "Released")),
        PublicationEvent::Amended { .. } => Some(visit.t("更新", "Changed")),
        PublicationEvent::Withdrawn { .. } => Some(visit.t("撤回", "Withdrawn")),
        _ => None,
    };
    let department = |staff: &heliograph_domain::StaffId| {
        let member = visit.state.staff.people.get(staff)?;
        let site = visit.site.as_ref()?;
        site.departments
            .get(&member.department)
            .map(|name| name.get(visit.lang).to_owned())
    };
    html! {
        section.history {
            h2 { (visit.t("公开记录", "Record")) }
            ol {
                @for step in &dossier.history {
                    @if let Some(word) = word(&step.event) {
                        li { time { (visit.day(step.at)) } " " (word) @if let Some(name) = department(&step.by) { " · " (name) } }
                    }
                }
            }
            p.proof { a href=(format!("/log/proof/{id}")) download=(format!("{id}.proof")) { (visit.t("下载公开凭证", "Download the proof of publication")) } }
        }
    }
}
