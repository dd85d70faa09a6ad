//! The catalogue: every entry with its cadence, when it is due, when it was last released and who answers for it.

use super::alert::Named;
use super::answers;
use super::catalogue_filter::Wanted;
use super::done::done;
use super::due;
use super::entry_kinds::EntryKinds;
use super::form::Posted;
use super::layout::{Desk, Place, empty, tag};
use super::pages::Part;
use super::parts::Shown;
use super::public_words;
use super::words as w;
use super::words::{limits as lw, lists as ow};
use crate::http::catalogue as api;
use crate::http::problem::Problem;
use crate::time_limits::Due;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::catalogue::{Cadence, CatalogueEntry, Category, EntryText};
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Lang};
use maud::{Markup, html};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /admin/catalogue?due=&department=&page=&edit=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    let edit = query.get("edit").map_or("", String::as_str);
    show(&desk, (&Wanted::of(&query), &query), edit, None)
}

const FIELDS: [Named; 10] = [
    ("id", w::SHORT_NAME),
    ("index_number", w::INDEX_NUMBER),
    ("category", w::CATEGORY),
    ("cadence", w::CADENCE),
    ("department", w::DEPARTMENT),
    ("responsible", w::RESPONSIBLE),
    ("name", w::NAME),
    ("summary", w::SUMMARY),
    ("channels", lw::USUAL_CHANNELS),
    ("findings_confirmed", w::GATE),
];

type Asked<'a> = (&'a Wanted, &'a HashMap<String, String>);

fn show(desk: &Desk, (wanted, query): Asked<'_>, edit: &str, failed: Option<(&Posted, &Problem)>) -> Response {
    let dues = due::all(desk);
    let shown = wanted.of_all(desk, &dues);
    let part = Part::asked(query, shown.len());
    let body = html! {
        div.top {
            div { h1 { (desk.t(w::CATALOGUE)) } p.muted { (desk.t(w::CATALOGUE_WHAT)) } }
            div.buttons {
                a.btn.quiet href="/admin/calendar" { (desk.t(lw::CALENDAR)) }
                a.btn.quiet href="/admin/reminders" { (desk.t(lw::REMINDERS)) }
                @if desk.may(Verb::Catalogue) {
                    a.btn.quiet href="/admin/catalogue/import" { (desk.t(lw::IMPORT)) }
                    a.btn href="#form" { (desk.t(w::OPEN_ENTRY)) }
                }
            }
        }
        (due::missing_year(desk))
        (answers::unanswered(desk))
        @if let Some((_, problem)) = failed { (desk.alert(problem, &FIELDS)) }
        section.card {
            @if dues.is_empty() { (empty(desk.t(w::NO_CATALOGUE), None)) } @else {
                (wanted.choices(desk, &dues))
                @if shown.is_empty() { (empty(desk.t(ow::NO_SUCH_ENTRIES), Some(("/admin/catalogue", desk.t(ow::SHOW_ALL_ENTRIES))))) }
                @else { (list(desk, (&part, &wanted.address()), &shown)) }
            }
        }
        @if desk.may(Verb::Catalogue) { (form(desk, edit, &Shown::new(desk, failed))) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Catalogue, desk.t(w::CATALOGUE), body)
}

/// `GET /admin/catalogue.csv`
pub(crate) async fn table(desk: Desk) -> Response {
    let head = [
        w::INDEX_NUMBER,
        w::NAME,
        lw::NAME_EN,
        w::SUMMARY,
        lw::SUMMARY_EN,
        w::CATEGORY,
        w::CADENCE,
        w::LAST_RELEASED,
        w::NEXT_DUE,
        lw::DAYS_LEFT,
        w::DEPARTMENT,
        w::RESPONSIBLE,
        lw::USUAL_CHANNELS,
    ];
    let rows = due::all(&desk).into_iter().map(|due| {
        let entry = &due.entry;
        vec![
            entry.index_number.clone(),
            words(&desk, entry, |text| text.name.0.get(&Lang::ZhHans)),
            words(&desk, entry, |text| text.name.0.get(&Lang::En)),
            words(&desk, entry, |text| text.summary.0.get(&Lang::ZhHans)),
            words(&desk, entry, |text| text.summary.0.get(&Lang::En)),
            entry.category.label(desk.lang).to_owned(),
            due::cadence(&desk, entry.cadence),
            due.last.map(|last| last.to_string()).unwrap_or_default(),
            due.deadline.map(|deadline| deadline.on.to_string()).unwrap_or_default(),
            due.days_left.map(|days| days.to_string()).unwrap_or_default(),
            desk.department(&entry.department),
            desk.person(&entry.responsible),
            usual_channels(&desk, entry),
        ]
    });
    super::table::csv(&desk, "catalogue", &head, rows)
}

fn list(desk: &Desk, (part, address): (&Part, &str), dues: &[Due]) -> Markup {
    let kinds = EntryKinds::of(desk);
    html! {
        div.scroll { table.entries.stacked {
            thead { tr {
                th { (desk.t(w::ENTRY)) } th { (desk.t(w::CADENCE)) } th { (desk.t(w::LAST_RELEASED)) } th { (desk.t(w::NEXT_DUE)) }
                th { (desk.t(w::RESPONSIBLE)) } th {}
            } }
            tbody { @for due in part.of(dues) { (row(desk, &kinds, due)) } }
        } }
        (part.pager(desk, address))
        p.export { a href="/admin/catalogue.csv" { (desk.t(w::AS_TABLE)) } }
    }
}

fn row(desk: &Desk, kinds: &EntryKinds<'_>, due: &Due) -> Markup {
    let entry = &due.entry;
    let (colour, text) = due::tag_of(desk, due);
    html! {
        tr id=(entry.id) {
            td.name { a href=(format!("/admin/catalogue/entries/{}", entry.id)) { b { (desk.entry_name(&entry.id)) } } small { (entry.index_number) " · " (entry.category.label(desk.lang)) } }
            td data-label=(desk.t(w::CADENCE)) { (due::cadence(desk, entry.cadence)) }
            td data-label=(desk.t(w::LAST_RELEASED)) { @match due.last { Some(last) => { (desk.day(last)) small { (desk.f(w::N_RELEASED, &[&due.released.to_string()])) } }, None => "—" } @if let Some((from, _)) = super::states::scheduled(desk, &entry.id) { small { (super::states::State::Scheduled(from).words(desk)) } } }
            td data-label=(desk.t(w::NEXT_DUE)) {
                @if let Some(text_due) = due.text() { a href=(format!("/admin/publications/{}", text_due.publication)) { (tag(colour, &text)) } } @else { (tag(colour, &text)) }
                @if let Some(deadline) = due.deadline { small { (due::day(desk, deadline)) } }
            }
            td data-label=(desk.t(w::RESPONSIBLE)) { (desk.person(&entry.responsible)) (answers::gone(desk, &entry.responsible)) @if desk.is_mine(due) { " " (tag("blue", desk.t(lw::MINE))) } small { (desk.department(&entry.department)) } }
            td.end {
                @if desk.may(Verb::Draft) { a href=(format!("/admin/write?kind={}&entry={}", kinds.usual(entry).slug(), entry.id)) { (desk.t(w::WRITE)) } " " }
                @if desk.may(Verb::Catalogue) { a href=(format!("/admin/catalogue?edit={}#form", entry.id)) { (desk.t(w::EDIT)) } }
            }
        }
    }
}

/// One of an entry's texts, for a table that can be imported again: each language has a column of its own.
fn words(desk: &Desk, entry: &CatalogueEntry, pick: impl Fn(&EntryText) -> Option<&String>) -> String {
    let text = desk.office.library.entry_text(&entry.text);
    text.as_ref().and_then(pick).cloned().unwrap_or_default()
}

/// The titles of the channels that an entry usually goes to.
pub(crate) fn usual_channels(desk: &Desk, entry: &CatalogueEntry) -> String {
    let channels = desk.state.catalogue.usual_channels(&entry.id);
    let title = |name| desk.state.channels.titles.get(name).map(|title| title.get(desk.lang));
    let titles: Vec<&str> = channels.iter().filter_map(title).collect();
    titles.join(desk.t(w::LIST_COMMA))
}

fn form(desk: &Desk, edit: &str, shown: &Shown<'_>) -> Markup {
    let known = edit
        .parse::<CatalogueEntryId>()
        .ok()
        .and_then(|id| desk.state.catalogue.entries.get(&id));
    let text = known.and_then(|known| desk.office.library.entry_text(&known.text));
    let of = |read: &dyn Fn(&CatalogueEntry) -> String| known.map(read).unwrap_or_default();
    let categories = Category::ALL.map(|category| (category.slug().to_owned(), category.label(desk.lang).to_owned()));
    let people: Vec<(String, String)> = super::order::people(desk)
        .into_iter()
        .filter(|id| desk.state.staff.works_here(id) || known.is_some_and(|known| known.responsible == **id))
        .map(|id| {
            (
                id.to_string(),
                format!("{} · {}", desk.person(id), desk.department_of(id)),
            )
        })
        .collect();
    html! {
        section.card id="form" {
            h2 { (desk.t(if known.is_some() { w::EDIT_ENTRY } else { w::OPEN_ENTRY })) }
            form.form method="post" action="/admin/catalogue" {
                (desk.key())
                div.pair {
                    @if known.is_some() { (shown.fixed(w::SHORT_NAME, "id", edit)) } @else { (shown.line(w::SHORT_NAME, "id", "", Some(w::SLUG_HINT))) }
                    (shown.line(w::INDEX_NUMBER, "index_number", &of(&|known| known.index_number.clone()), None))
                }
                (shown.both(w::NAME, "name", text.as_ref().map(|text| &text.name)))
                (shown.both(w::SUMMARY, "summary", text.as_ref().map(|text| &text.summary)))
                div.pair {
                    (shown.choice(w::CATEGORY, "category", &of(&|known| known.category.slug().to_owned()), &categories))
                    (shown.choice(w::CADENCE, "cadence", &of(&|known| cadence_slug(known.cadence)), &cadences(desk, known)))
                }
                div.pair {
                    (shown.department(&of(&|known| known.department.to_string())))
                    (shown.choice(w::RESPONSIBLE, "responsible", &of(&|known| known.responsible.to_string()), &people))
                }
                (channels(desk, known, shown))
                (public_words::confirmation(shown))
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

/// Where releases of the entry usually go; none may be chosen.
fn channels(desk: &Desk, known: Option<&CatalogueEntry>, shown: &Shown<'_>) -> Markup {
    let usual = known
        .map(|known| desk.state.catalogue.usual_channels(&known.id))
        .unwrap_or_default();
    let on = |name: &str| match shown.typed {
        Some(typed) => typed.all("channels").contains(&name),
        None => usual.iter().any(|channel| channel.as_str() == name),
    };
    html! {
        @if !desk.state.channels.titles.is_empty() {
            fieldset.bad[shown.place("channels").is_some()] id=[shown.place("channels")] {
                legend { (desk.t(lw::USUAL_CHANNELS)) " " small { (desk.t(lw::USUAL_CHANNELS_HINT)) } }
                div.checks {
                    @for (name, title) in super::order::channels(desk) {
                        label.check { input type="checkbox" name="channels" value=(name) checked[on(name.as_str())]; (title.get(desk.lang)) }
                    }
                }
                (shown.said("channels"))
            }
        }
    }
}

/// A cadence as one word of the form: `standing`, `regular-3`, `ad-hoc-20`.
fn cadence_slug(cadence: Cadence) -> String {
    match cadence {
        Cadence::Regular { period_months } => format!("regular-{period_months}"),
        Cadence::AdHoc { within_working_days } => format!("ad-hoc-{within_working_days}"),
        Cadence::Standing => "standing".to_owned(),
    }
}

fn cadences(desk: &Desk, known: Option<&CatalogueEntry>) -> Vec<(String, String)> {
    let mut all = vec![Cadence::Standing];
    all.extend([1, 2, 3, 6, 12].map(|period_months| Cadence::Regular { period_months }));
    all.extend([20, 10, 5, 3, 1].map(|within_working_days| Cadence::AdHoc { within_working_days }));
    all.extend(
        known
            .map(|known| known.cadence)
            .filter(|cadence| !all.contains(cadence)),
    );
    all.into_iter()
        .map(|cadence| (cadence_slug(cadence), due::cadence(desk, cadence)))
        .collect()
}

/// The word of the form as the API reads it; what it is not is left for the API to refuse.
fn cadence_asked(slug: &str) -> Value {
    let number = |prefix: &str| slug.strip_prefix(prefix).and_then(|number| number.parse::<u8>().ok());
    match (slug, number("regular-"), number("ad-hoc-")) {
        ("", ..) => Value::Null,
        ("standing", ..) => json!("standing"),
        (_, Some(months), _) => json!({"regular": {"period_months": months}}),
        (_, _, Some(days)) => json!({"ad-hoc": {"within_working_days": days}}),
        _ => json!(slug),
    }
}

/// `POST /admin/catalogue`
pub(crate) async fn define(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({
        "id": posted.value("id"), "index_number": posted.value("index_number"), "category": posted.value("category"),
        "cadence": cadence_asked(posted.get("cadence")), "department": posted.value("department"),
        "responsible": posted.value("responsible"), "name": posted.local_text("name"), "summary": posted.local_text("summary"),
        "channels": posted.all("channels"), "findings_confirmed": posted.get("findings_confirmed") == "yes",
    });
    let call = posted.call(&desk, "entry", None, &wish);
    match api::define(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done(&format!("/admin/catalogue#{}", posted.get("id").trim()), "entry")),
        Err(problem) => {
            let first = HashMap::new();
            Ok(show(
                &desk,
                (&Wanted::all(), &first),
                posted.get("id"),
                Some((&posted, &problem)),
            ))
        }
    }
}
