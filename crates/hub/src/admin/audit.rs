//! The audit trail: who did what, when, on what.

use super::layout::{Desk, Place, empty, in_query};
use super::technical;
use super::words as w;
use crate::audit::deed::{Deed, Subject, WHATS};
use crate::audit::sentence::Voice;
use crate::audit::{self, Entry, Found, Wanted};
use crate::http::audit as api;
use crate::http::problem::Problem;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use heliograph_domain::staff::Verb;
use heliograph_domain::{Instant, Lang};
use heliograph_log::hex;
use maud::{Markup, html};
use std::collections::HashMap;

/// Runs what reads the log where waiting is allowed, and gives the desk back.
async fn reading<T: Send + 'static>(
    desk: Desk,
    read: impl FnOnce(&Desk) -> Result<T, Problem> + Send + 'static,
) -> Result<(Desk, T), Problem> {
    let task = tokio::task::spawn_blocking(move || {
        let read = read(&desk)?;
        Ok((desk, read))
    });
    task.await.map_err(Problem::internal)?
}

/// `GET /admin/audit?who=&what=&deed=&from=&until=&q=&page=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Audit)?;
    // What cannot be read as it was typed is told over the form, and the list shows everything.
    let (wanted, problem) = match Wanted::of(&query) {
        Ok(wanted) => (wanted, None),
        Err(problem) => (Wanted::default(), Some(problem)),
    };
    let (desk, (body, wanted)) = reading(desk, move |desk| {
        let found = audit::page(&desk.office, &desk.state, &wanted)?;
        let voice = Voice::for_reader(&desk.office, desk.me(), desk.lang);
        let mut people = audit::actors(&desk.office)?;
        people.sort_by_cached_key(|id| heliograph_domain::order::place_of_person(&voice.person(id)));
        Ok((trail(desk, &voice, &wanted, &found, &people), wanted))
    })
    .await?;
    let title = desk.t(w::AUDIT);
    let body = html! {
        div.top {
            div { h1 { (title) } p.muted { (desk.t(w::AUDIT_WHAT)) } }
            @if desk.may(Verb::WatchSignIns) { a.btn.quiet href="/admin/sign-ins" { (desk.t(w::sign_ins::SIGN_INS)) } }
        }
        @if let Some(problem) = &problem { (desk.alert(problem, &[])) }
        section.card { (body) p.hint { (desk.t(w::AUDIT_KEPT)) } (technical::details(&desk, &html! { p.hint { (desk.t(w::AUDIT_PROVE)) } })) p.export { a href=(format!("/admin/audit.csv?{}", asked(&wanted))) { (desk.t(w::AS_TABLE)) } " · " a href=(format!("/admin/audit.jsonl?{}", asked(&wanted))) { (desk.t(w::AUDIT_AS_LINES)) } } }
    };
    Ok(desk.page(Place::Audit, title, body))
}

fn trail(desk: &Desk, voice: &Voice<'_>, wanted: &Wanted, found: &Found, people: &[String]) -> Markup {
    html! {
        (filter(desk, voice, wanted, people))
        p.hint.count { span { (desk.f(w::N_FOUND, &[&found.all.to_string()])) } }
        @if found.entries.is_empty() {
            (empty(desk.t(w::AUDIT_NOTHING), wanted.anything().then(|| ("/admin/audit", desk.t(w::SHOW_ALL)))))
        } @else {
            div.scroll { table.stacked.trail {
                thead { tr { th { (desk.t(w::AUDIT_AT)) } th { (desk.t(w::AUDIT_WHO)) } th { (desk.t(w::AUDIT_SENTENCE)) } th { (desk.t(w::AUDIT_POSITION)) } } }
                tbody { @for entry in &found.entries { (row(desk, voice, entry)) } }
            } }
        }
        @if found.pages > 1 { (pager(desk, wanted, found)) }
    }
}

fn row(desk: &Desk, voice: &Voice<'_>, entry: &Entry) -> Markup {
    let record = &entry.record;
    let said = voice.sentence(&entry.event);
    html! {
        tr id=(format!("r{}", record.position.0)) {
            td { (desk.time(Instant(record.recorded_at.0))) }
            td data-label=(desk.t(w::AUDIT_WHO)) { (voice.person(record.actor.as_str())) }
            td data-label=(desk.t(w::AUDIT_SENTENCE)) { @match place(&entry.subject) { Some(href) => a href=(href) { (said) }, None => (said) } }
            td data-label=(desk.t(w::AUDIT_POSITION)) { (record.position.0) }
        }
    }
}

/// Where one can look at what a deed was done to.
fn place(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Publication(id) => Some(format!("/admin/publications/{id}")),
        Subject::Display(id) => Some(format!("/admin/displays/{id}")),
        Subject::Staff(_) | Subject::Account(_) | Subject::Policy => Some("/admin/staff".to_owned()),
        Subject::Channel(_) => Some("/admin/channels".to_owned()),
        Subject::Entry(id) => Some(format!("/admin/catalogue/entries/{id}")),
        Subject::Calendar(year) => Some(format!("/admin/calendar?year={year}")),
        Subject::Gate => Some("/admin/gate-words".to_owned()),
        Subject::Site | Subject::Ledger => None,
    }
}

fn filter(desk: &Desk, voice: &Voice<'_>, wanted: &Wanted, people: &[String]) -> Markup {
    let date = |name: &str, label, value: Option<heliograph_domain::Date>| {
        html! { label.field { span { (desk.t(label)) } input type="date" name=(name) value=[value.map(|date| date.to_string())]; } }
    };
    html! {
        form.sieve method="get" action="/admin/audit" role="search" {
            label.field.words { span { (desk.t(w::AUDIT_WORDS)) } input type="search" name="q" value=(wanted.words); }
            label.field { span { (desk.t(w::AUDIT_WHO)) } select name="who" {
                option value="" { (desk.t(w::AUDIT_EVERYBODY)) }
                @for id in people { option value=(id) selected[wanted.who.as_ref() == Some(id)] { (voice.person(id)) } }
            } }
            label.field { span { (desk.t(w::AUDIT_KIND)) } select name="what" {
                option value="" { (desk.t(w::AUDIT_EVERYTHING)) }
                @for (name, zh, en) in WHATS { option value=(name) selected[wanted.what.as_deref() == Some(name)] { (if desk.lang == Lang::ZhHans { zh } else { en }) } }
            } }
            label.field { span { (desk.t(w::AUDIT_DEED)) } select name="deed" {
                option value="" { (desk.t(w::AUDIT_EVERY_DEED)) }
                @for deed in Deed::ALL { option value=(deed.slug()) selected[wanted.deed == Some(*deed)] { (deed.label(desk.lang)) } }
            } }
            (date("from", w::AUDIT_FROM, wanted.from))
            (date("until", w::AUDIT_UNTIL, wanted.until))
            button.btn.quiet type="submit" { (desk.t(w::SEARCH)) }
        }
    }
}

/// What is asked for, as a query without the page.
fn asked(wanted: &Wanted) -> String {
    let date = |date: Option<heliograph_domain::Date>| date.map(|date| date.to_string());
    let pairs = [
        ("q", Some(wanted.words.clone()).filter(|words| !words.is_empty())),
        ("who", wanted.who.clone()),
        ("what", wanted.what.clone()),
        ("deed", wanted.deed.map(|deed| deed.slug().to_owned())),
        ("from", date(wanted.from)),
        ("until", date(wanted.until)),
    ];
    let said = pairs
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", in_query(value))));
    said.collect::<Vec<_>>().join("&")
}

fn pager(desk: &Desk, wanted: &Wanted, found: &Found) -> Markup {
    let (page, pages) = (found.page, found.pages);
    let address = |page: usize| format!("/admin/audit?{}&page={page}", asked(wanted));
    html! {
        nav.pager aria-label=(desk.t(w::PAGES)) {
            @if page > 1 { a.btn.quiet.small href=(address(page - 1)) { (desk.t(w::NEWER)) } }
            span.muted { (page) " / " (pages) }
            @if page < pages { a.btn.quiet.small href=(address(page + 1)) { (desk.t(w::OLDER)) } }
        }
    }
}

/// `GET /admin/audit.csv`: every line that fits, oldest first.
pub(crate) async fn table(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Audit)?;
    let wanted = Wanted::of(&query)?;
    let (desk, rows) = reading(desk, move |desk| {
        let (voice, mut rows) = (Voice::for_reader(&desk.office, desk.me(), desk.lang), Vec::new());
        audit::each(&desk.office, &desk.state, &wanted, |entry| {
            rows.push(cells(desk, &voice, entry));
        })?;
        Ok(rows)
    })
    .await?;
    let head = [
        w::AUDIT_POSITION,
        w::AUDIT_AT,
        w::AUDIT_WHO,
        w::AUDIT_KIND,
        w::AUDIT_SUBJECT,
        w::AUDIT_DEED,
        w::AUDIT_SENTENCE,
        // For machines.
        w::AUDIT_WHO_ID,
        w::AUDIT_SUBJECT_ID,
        w::AUDIT_LEAF,
    ];
    Ok(super::table::csv(&desk, "audit", &head, rows))
}

fn cells(desk: &Desk, voice: &Voice<'_>, entry: &Entry) -> Vec<String> {
    let record = &entry.record;
    vec![
        record.position.0.to_string(),
        voice.time(Instant(record.recorded_at.0)),
        voice.person(record.actor.as_str()),
        voice.kind_of(&entry.subject).to_owned(),
        voice.subject(&entry.subject),
        entry.deed.label(desk.lang).to_owned(),
        voice.sentence(&entry.event),
        record.actor.to_string(),
        entry.subject.id(),
        hex::encode(&record.leaf_hash()),
    ]
}

/// `GET /admin/audit.jsonl`: every line that fits, oldest first, a JSON object each.
pub(crate) async fn lines(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Audit)?;
    let wanted = Wanted::of(&query)?;
    let (desk, text) = reading(desk, move |desk| {
        let (voice, mut text) = (Voice::for_reader(&desk.office, desk.me(), desk.lang), String::new());
        audit::each(&desk.office, &desk.state, &wanted, |entry| {
            text.push_str(&api::shaped(&voice, entry).to_string());
            text.push('\n');
        })?;
        Ok(text)
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            super::table::kept_as(&desk, "audit", "jsonl"),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}
