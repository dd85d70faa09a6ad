//! The register of sign-ins: who was let in and who was kept out, for those who answer for security.

use super::layout::{Desk, Place, empty, in_query};
use super::pages::Part;
use super::words as w;
use super::words::sign_ins as sw;
use crate::audit::sentence::Voice;
use crate::http::problem::Problem;
use crate::http::sign_ins::{Wanted, fitting};
use crate::sign_in::register::{Group, KEPT_DAYS, Row};
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Date, Lang};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// The pages of the register.
pub(super) fn router() -> Router<Arc<crate::office::Office>> {
    Router::new()
        .route("/admin/sign-ins", get(page))
        .route("/admin/sign-ins.csv", get(table))
}

/// `GET /admin/sign-ins?who=&group=&from=&until=&page=`
async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::WatchSignIns)?;
    // What cannot be read as it was typed is told over the form, and the list shows everything.
    let (wanted, problem) = match Wanted::of(&query) {
        Ok(wanted) => (wanted, None),
        Err(problem) => (Wanted::default(), Some(problem)),
    };
    let rows = fitting(&desk.office, &wanted).await?;
    let part = Part::asked(&query, rows.len());
    let title = desk.t(sw::SIGN_INS);
    let asked = asked(&wanted);
    let body = html! {
        div.top {
            div { h1 { (title) } p.muted { (desk.f(sw::SIGN_INS_WHAT, &[&KEPT_DAYS.to_string()])) } }
            a.btn.quiet href="/admin/audit?what=account" { (desk.t(sw::ACCOUNT_FACTS)) }
        }
        @if let Some(problem) = &problem { (desk.alert(problem, &[])) }
        section.card {
            (filter(&desk, &wanted))
            p.hint.count { span { (desk.f(w::N_FOUND, &[&rows.len().to_string()])) } }
            @if rows.is_empty() { (empty(desk.t(sw::NO_SIGN_INS), None)) } @else { (list(&desk, part.of(&rows))) }
            (part.pager(&desk, &format!("/admin/sign-ins?{asked}")))
            p.hint { (desk.t(sw::COUNTED)) }
            p.export { a href=(format!("/admin/sign-ins.csv?{asked}")) { (desk.t(w::AS_TABLE)) } }
        }
    };
    Ok(desk.page(Place::Audit, title, body))
}

fn list<'r>(desk: &Desk, rows: impl Iterator<Item = &'r Row>) -> Markup {
    let voice = Voice::for_reader(&desk.office, desk.me(), desk.lang);
    html! {
        div.scroll { table.stacked.trail {
            thead { tr { th { (desk.t(w::AUDIT_AT)) } th { (desk.t(w::AUDIT_WHO)) } th { (desk.t(sw::HAPPENED)) } th { (desk.t(sw::TIMES)) } th { (desk.t(sw::WHENCE)) } } }
            tbody { @for row in rows { (line(desk, &voice, row)) } }
        } }
    }
}

fn line(desk: &Desk, voice: &Voice<'_>, row: &Row) -> Markup {
    let noted = &row.noted;
    html! {
        tr {
            td { (desk.time(noted.last)) @if noted.count > 1 { small { (desk.f(sw::SINCE, &[&desk.time(noted.first)])) } } }
            td data-label=(desk.t(w::AUDIT_WHO)) { @match &row.who { Some(who) => (voice.person(who.as_str())), None => (desk.t(sw::NOBODY)) } }
            td data-label=(desk.t(sw::HAPPENED)) {
                @match row.kind.group() { Group::KeptOut => b { (row.kind.label(desk.lang)) }, _ => (row.kind.label(desk.lang)) }
                @if !noted.labels.is_empty() { small { (noted.labels.join(desk.t(w::LIST_COMMA))) } }
            }
            td data-label=(desk.t(sw::TIMES)) { (noted.count) }
            td data-label=(desk.t(sw::WHENCE)) { (whence(desk, row)) small { (noted.browser) } }
        }
    }
}

/// From which addresses; with a word where there were more than are kept.
fn whence(desk: &Desk, row: &Row) -> String {
    let mut named = row.noted.addresses.clone();
    named.extend(row.noted.more.then(|| desk.t(sw::AND_OTHERS).to_owned()));
    named.join(desk.t(w::LIST_COMMA))
}

fn filter(desk: &Desk, wanted: &Wanted) -> Markup {
    let date = |name: &str, label, value: Option<Date>| {
        html! { label.field { span { (desk.t(label)) } input type="date" name=(name) value=[value.map(|date| date.to_string())]; } }
    };
    html! {
        form.sieve.short method="get" action="/admin/sign-ins" role="search" {
            label.field { span { (desk.t(w::AUDIT_WHO)) } select name="who" {
                option value="" { (desk.t(w::AUDIT_EVERYBODY)) }
                @for id in super::order::people(desk) { option value=(id) selected[wanted.who.as_deref() == Some(id.as_str())] { (desk.person(id)) } }
            } }
            label.field { span { (desk.t(sw::HAPPENED)) } select name="group" {
                option value="" { (desk.t(sw::EVERYTHING)) }
                @for (group, slug, zh, en) in Group::ALL { option value=(slug) selected[wanted.group == Some(group)] { (if desk.lang == Lang::ZhHans { zh } else { en }) } }
            } }
            (date("from", w::AUDIT_FROM, wanted.from))
            (date("until", w::AUDIT_UNTIL, wanted.until))
            button.btn.quiet type="submit" { (desk.t(w::SEARCH)) }
        }
    }
}

/// What is asked for, as a query without the page.
fn asked(wanted: &Wanted) -> String {
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    let group = Group::ALL.iter().find(|(group, ..)| wanted.group == Some(*group));
    let pairs = [
        ("who", wanted.who.clone()),
        ("group", group.map(|(_, slug, ..)| (*slug).to_owned())),
        ("from", date(wanted.from)),
        ("until", date(wanted.until)),
    ];
    let said = pairs
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", in_query(value))));
    said.collect::<Vec<_>>().join("&")
}

/// `GET /admin/sign-ins.csv`: every row that fits, the newest first.
async fn table(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::WatchSignIns)?;
    let rows = fitting(&desk.office, &Wanted::of(&query)?).await?;
    let voice = Voice::for_reader(&desk.office, desk.me(), desk.lang);
    let cells = rows.iter().map(|row| {
        let (noted, who) = (&row.noted, row.who.as_ref().map_or("", |who| who.as_str()));
        let name = match who {
            "" => desk.t(sw::NOBODY).to_owned(),
            who => voice.person(who),
        };
        vec![
            voice.time(noted.first),
            voice.time(noted.last),
            who.to_owned(),
            name,
            row.kind.label(desk.lang).to_owned(),
            noted.labels.join(desk.t(w::LIST_COMMA)),
            noted.count.to_string(),
            whence(&desk, row),
            noted.browser.clone(),
        ]
    });
    let head = [
        sw::FIRST,
        sw::LAST,
        w::STAFF_ID,
        w::NAME_ZH,
        sw::HAPPENED,
        sw::LABELS,
        sw::TIMES,
        sw::WHENCE,
        sw::BROWSER,
    ];
    let cells: Vec<Vec<String>> = cells.collect();
    Ok(super::table::csv(&desk, "sign-ins", &head, cells))
}
