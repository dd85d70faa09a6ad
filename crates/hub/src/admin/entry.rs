//! One entry of the catalogue: what it asks for and when, who answers for it, what was published of it, and the way to
//! write what is due.

use super::due;
use super::entry_kinds::EntryKinds;
use super::layout::{Desk, Place, empty, tag};
use super::states;
use super::words::{self as w, limits as lw, lists as ow};
use super::{beginnings, begun};
use crate::begun::Begun;
use crate::http::problem::Problem;
use crate::http::shape;
use crate::state::Dossier;
use crate::time_limits::Due;
use axum::extract::Path;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, PublicationId};
use maud::{Markup, html};
use std::sync::Arc;

/// So many publications are listed; the others are found by searching.
const MOST_LISTED: usize = 100;

/// `GET /admin/catalogue/entries/{id}`
pub(crate) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这个目录项", "The entry of the catalogue");
    let id: CatalogueEntryId = id.parse().map_err(|_| missing())?;
    let mut dues = due::all(&desk).into_iter();
    let due = dues.find(|due| due.entry.id == id).ok_or_else(missing)?;
    let of_entry = publications(&desk, &id);
    let title = desk.entry_name(&id);
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/catalogue" { (desk.t(w::CATALOGUE)) }
                h1 { (title) " " (tag_of(&desk, &due)) }
                p.muted { (due.entry.index_number) " · " (due.entry.category.label(desk.lang)) }
            }
            div.buttons {
                @if !desk.may(Verb::Catalogue) { p.hint { (desk.t(ow::ENTRY_OF_ADMINISTRATORS)) } }
                @if desk.may(Verb::Catalogue) { a.btn.quiet href=(format!("/admin/catalogue?edit={id}#form")) { (desk.t(w::EDIT)) } }
                @if desk.may(Verb::Draft) { (write(&desk, &due)) }
            }
        }
        div.split {
            div.stack {
                (drafts(&desk, &id)?)
                (released(&desk, &of_entry))
            }
            div.stack { (facts(&desk, &due)) (again(&desk, &of_entry)) }
        }
    };
    Ok(desk.page(Place::Catalogue, &title, body))
}

/// The publications of an entry, the newest first.
fn publications<'d>(desk: &'d Desk, id: &CatalogueEntryId) -> Vec<(PublicationId, &'d Arc<Dossier>)> {
    let newest_first = desk.state.publications.iter().rev();
    let of_entry = newest_first.filter(|(_, dossier)| dossier.publication.catalogue_entry == *id);
    of_entry.map(|(id, dossier)| (*id, dossier)).collect()
}

fn tag_of(desk: &Desk, due: &Due) -> Markup {
    let (colour, text) = due::tag_of(desk, due);
    tag(colour, &text)
}

/// Begins a text of the kind that the entry has.
fn write(desk: &Desk, due: &Due) -> Markup {
    let kind = EntryKinds::of(desk).usual(&due.entry);
    let address = format!("/admin/write?kind={}&entry={}", kind.slug(), due.entry.id);
    html! { a.btn href=(address) { (desk.f(ow::WRITE_KIND, &[kind.label(desk.lang)])) } }
}

fn facts(desk: &Desk, due: &Due) -> Markup {
    let entry = &due.entry;
    let summary = desk.office.library.entry_text(&entry.text);
    let summary = summary.map(|text| text.summary.get(desk.lang).to_owned());
    let channels = super::catalogue::usual_channels(desk, entry);
    html! {
        section.card id="facts" {
            h2 { (desk.t(w::ENTRY)) }
            dl.facts {
                div { dt { (desk.t(w::CADENCE)) } dd { (due::cadence(desk, entry.cadence)) } }
                div { dt { (desk.t(w::NEXT_DUE)) } dd { @match due.deadline { Some(deadline) => (due::day(desk, deadline)), None => "—" } } }
                div { dt { (desk.t(w::LAST_RELEASED)) } dd { @match due.last { Some(last) => { (desk.day(last)) " · " (desk.f(w::N_RELEASED, &[&due.released.to_string()])) }, None => "—" } } }
                div { dt { (desk.t(w::RESPONSIBLE)) } dd { (desk.person(&entry.responsible)) (super::answers::gone(desk, &entry.responsible)) @if desk.is_mine(due) { " " (tag("blue", desk.t(lw::MINE))) } } }
                div { dt { (desk.t(w::DEPARTMENT)) } dd { (desk.department(&entry.department)) } }
                @if !channels.is_empty() { div { dt { (desk.t(w::CHANNELS)) } dd { (channels) } } }
                @if let Some(summary) = summary.filter(|text| !text.is_empty()) { div { dt { (desk.t(w::SUMMARY)) } dd { (summary) } } }
            }
        }
    }
}

/// One's own drafts that belong here.
fn drafts(desk: &Desk, id: &CatalogueEntryId) -> Result<Markup, Problem> {
    let mut mine: Vec<Begun> = if desk.may(Verb::Draft) {
        begun::unsent(desk)?
    } else {
        Vec::new()
    };
    mine.retain(|begun| begun.draft.catalogue_entry.as_ref() == Some(id));
    Ok(html! {
        @if !mine.is_empty() {
            section.card id="mine" {
                h2 { (desk.t(w::MY_DRAFTS)) }
                @for begun in &mine { (begun::row(desk, &begun.draft)) }
            }
        }
    })
}

fn released(desk: &Desk, of_entry: &[(PublicationId, &Arc<Dossier>)]) -> Markup {
    html! {
        section.card id="releases" {
            h2 { (desk.t(ow::RELEASES_OF)) @if !of_entry.is_empty() { " " span.muted { (of_entry.len()) } } }
            @if of_entry.is_empty() { (empty(desk.t(ow::NOTHING_OF_ENTRY), None)) }
            @for (id, dossier) in of_entry.iter().take(MOST_LISTED) { (row(desk, *id, dossier)) }
            @if of_entry.len() > MOST_LISTED { p.hint { (desk.f(ow::ONLY_LATEST, &[&MOST_LISTED.to_string()])) " " a href="/admin/publications" { (desk.t(w::PUBLICATIONS)) } } }
        }
    }
}

fn row(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let publication = &dossier.publication;
    let first = publication
        .first_released_at
        .map(|at| format!("{} {}", desk.t(w::FIRST_RELEASED), desk.time(at)));
    let last = dossier.history.last().map(|step| desk.time(step.at));
    html! {
        a.row href=(format!("/admin/publications/{id}")) {
            span {
                (shape::title_of(&desk.office, dossier, desk.lang))
                small { (publication.kind.label(desk.lang)) @if let Some(at) = first.or(last) { " · " (at) } }
            }
            span.tags { (due::text_mark(desk, id, dossier)) (states::tags(desk, publication)) }
        }
    }
}

/// What was released last, as the beginning of what is due next.
fn again(desk: &Desk, of_entry: &[(PublicationId, &Arc<Dossier>)]) -> Markup {
    let last = of_entry.iter().find(|(_, dossier)| {
        let text = dossier.last_text().and_then(|hash| desk.office.library.document(&hash));
        dossier.publication.first_released_at.is_some() && text.is_some()
    });
    html! {
        @if let Some((id, dossier)) = last.filter(|_| desk.may(Verb::Draft)) {
            section.card id="again" {
                h2 { (desk.t(ow::AGAIN_LAST)) }
                (beginnings::again_form(desk, *id, &desk.f(ow::AGAIN_LAST_WHAT, &[&shape::title_of(&desk.office, dossier, desk.lang)])))
            }
        }
    }
}
