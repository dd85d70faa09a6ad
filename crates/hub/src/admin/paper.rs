//! The review sheet (审批单): a publication's page as it is printed begins with who did what when, in a form that an office files.
//! It is on every page of a publication, and seen on paper alone; there it stands in the place of the page's own cards.

use super::airtime::End;
use super::document;
use super::layout::Desk;
use super::publication::{stead, told};
use super::reschedule;
use super::states;
use super::words as w;
use super::words::paper as pw;
use crate::state::{Dossier, Step};
use heliograph_domain::publication::{OnRelease, PublicationEvent};
use heliograph_domain::{Instant, PublicationId};
use maud::{Markup, html};

/// The sheet of a publication, which is called `title`.
pub(super) fn sheet(desk: &Desk, id: PublicationId, dossier: &Dossier, title: &str) -> Markup {
    let publication = &dossier.publication;
    let entry = desk.state.catalogue.entries.get(&publication.catalogue_entry);
    let index_number = entry.map_or("", |entry| entry.index_number.as_str());
    html! {
        section.paper {
            @if let Some(profile) = &desk.profile { p.issuer { (profile.name.get(desk.lang)) } }
            h2 { (desk.t(pw::SHEET)) }
            table.sheet-head {
                tr { th scope="row" { (desk.t(pw::TITLE)) } td colspan="3" { b { (title) } } }
                tr { th scope="row" { (desk.t(pw::KIND)) } td { (publication.kind.label(desk.lang)) } th scope="row" { (desk.t(pw::STATE)) } td { (states::tags(desk, publication)) } }
                tr { th scope="row" { (desk.t(pw::ENTRY)) } td { (desk.entry_name(&publication.catalogue_entry)) } th scope="row" { (desk.t(pw::INDEX_NUMBER)) } td { (index_number) } }
                @if let Some(on) = &publication.released { (on_release(desk, on)) }
            }
            (steps(desk, dossier))
            p.hint { (desk.f(pw::PRINTED, &[&on_paper(desk, desk.now)])) " · " (desk.t(pw::ID)) " " code { (id) } }
        }
    }
}

/// Where and for how long it is to be shown.
fn on_release(desk: &Desk, on: &OnRelease) -> Markup {
    let window = &on.release.window;
    let titles = &desk.state.channels.titles;
    let titled = |name| titles.get(name).map(|title| title.get(desk.lang).to_owned());
    let channels: Vec<String> = on
        .release
        .channels
        .iter()
        .map(|name| titled(name).unwrap_or_else(|| name.to_string()))
        .collect();
    html! {
        tr { th scope="row" { (desk.t(w::CHANNELS)) } td { (channels.join(desk.t(w::LIST_COMMA))) } th scope="row" { (desk.t(w::CONTENT_HASH)) } td { code { (on.release.content.short()) } } }
        tr {
            th scope="row" { (desk.t(w::FROM)) } td { (on_paper(desk, window.from)) }
            th scope="row" { (desk.t(w::UNTIL)) } td { @match window.until { Some(until) => (end_on_paper(desk, until)), None => (desk.t(w::UNTIL_WITHDRAWN)) } }
        }
    }
}

/// Step by step, in the order in which they were taken.
fn steps(desk: &Desk, dossier: &Dossier) -> Markup {
    html! {
        table.sheet-steps {
            thead { tr { th { (desk.t(pw::STEP)) } th { (desk.t(pw::BY)) } th { (desk.t(pw::AT)) } th { (desk.t(pw::REMARK)) } } }
            tbody { @for (at, step) in dossier.history.iter().enumerate() { (line(desk, (dossier, at), step)) } }
        }
    }
}

fn line(desk: &Desk, (dossier, at): (&Dossier, usize), step: &Step) -> Markup {
    if matches!(step.event, PublicationEvent::StoodIn { .. }) {
        // It is told with the step itself.
        return html! {};
    }
    let (_, word, why) = told(&step.event);
    let stead = stead(dossier, at);
    let changes = reschedule::changes(desk, dossier, at, |moment, end| match end {
        End::From => on_paper(desk, moment),
        End::Until => end_on_paper(desk, moment),
    });
    html! {
        tr {
            td { (desk.t(word)) }
            td { (desk.department_of(&step.by)) " " (desk.in_stead(&step.by, stead)) }
            td { (on_paper(desk, step.at)) }
            td {
                @if let Some(why) = why { (document::reason(desk, why).unwrap_or_else(|| desk.t(w::TEXT_GONE).to_owned())) }
                @for change in &changes { div { (change) } }
                @if let PublicationEvent::DepartmentCountersigned { department, .. } = &step.event { (desk.department(department)) }
                @else if let PublicationEvent::ErasureRequested { reason, .. } | PublicationEvent::ContentErased { reason, .. } = &step.event { (reason) }
            }
        }
    }
}

/// When something ends: a midnight is the end of the day before.
fn end_on_paper(desk: &Desk, at: Instant) -> String {
    if desk.civil(at).1 > 0 {
        return on_paper(desk, at);
    }
    let (date, _) = desk.civil(Instant(at.0.saturating_sub(1)));
    format!("{} 24:00", date.in_words(desk.lang))
}

/// Day and time in full: paper does not know when today is.
fn on_paper(desk: &Desk, at: Instant) -> String {
    let (date, minutes) = desk.civil(at);
    format!("{} {:02}:{:02}", date.in_words(desk.lang), minutes / 60, minutes % 60)
}
