//! Leave and substitutes (休假与代理): who stands in for whom, one's own, and for administrators anybody's.

use super::answers::gone;
use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, empty, redirect, tag};
use super::parts::Shown;
use super::words as w;
use super::words::{people as pw, review as rw};
use crate::http::problem::Problem;
use crate::http::substitutes as api;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use heliograph_domain::staff::{Leave, Verb};
use heliograph_domain::{Instant, Lang, StaffId};
use maud::{Markup, html};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// The pages of leave.
pub(crate) fn router() -> Router<Arc<crate::office::Office>> {
    Router::new()
        .route("/admin/substitutes", get(page).post(name))
        .route("/admin/substitutes.csv", get(table))
        .route(
            "/admin/substitutes/end",
            get(async || redirect("/admin/substitutes")).post(end),
        )
}

/// `GET /admin/substitutes?of=`
async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    let of = query.get("of").map_or("", String::as_str);
    show(&desk, of, None)
}

fn show(desk: &Desk, of: &str, failed: Option<(&Posted, &Problem)>) -> Response {
    let body = html! {
        div.top { div { h1 { (desk.t(rw::SUBSTITUTES)) } p.muted { (desk.t(rw::SUBSTITUTES_WHAT)) } } }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("person", rw::ABSENT), ("substitute", rw::SUBSTITUTE_IS), ("from", rw::FIRST_DAY), ("until", rw::LAST_DAY)])) }
        section.card { h2 { (desk.t(rw::ON_LEAVE)) } (list(desk)) }
        (form(desk, of, &Shown::new(desk, failed)))
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Staff, desk.t(rw::SUBSTITUTES), body)
}

fn list(desk: &Desk) -> Markup {
    let leaves: Vec<(&StaffId, &Leave)> = api::standing(&desk.state, desk.now).collect();
    html! {
        @if leaves.is_empty() { (empty(desk.t(rw::NOBODY_ON_LEAVE), None)) } @else {
            div.scroll { table.stacked {
                thead { tr { th { (desk.t(rw::ABSENT)) } th { (desk.t(rw::SUBSTITUTE_IS)) } th { (desk.t(rw::DAYS)) } th { (desk.t(w::STATE)) } th {} } }
                tbody { @for (person, leave) in leaves {
                    tr {
                        td { b { (desk.person(person)) } small { (desk.department_of(person)) } }
                        td data-label=(desk.t(rw::SUBSTITUTE_IS)) { (desk.person(&leave.substitute)) (gone(desk, &leave.substitute)) }
                        td data-label=(desk.t(rw::DAYS)) { (days(desk, leave)) }
                        td data-label=(desk.t(w::STATE)) { (tag_of(desk, person, leave)) }
                        td.end { @if person == desk.me() || desk.may(Verb::Administer) { (end_form(desk, person, leave)) } }
                    }
                } }
            } }
            p.export { a href="/admin/substitutes.csv" { (desk.t(w::AS_TABLE)) } }
        }
    }
}

/// `GET /admin/substitutes.csv`
async fn table(desk: Desk) -> Response {
    let rows: Vec<Vec<String>> = api::standing(&desk.state, desk.now)
        .map(|(person, leave)| {
            let (_, now) = state_of(&desk, person, leave);
            let (absent, substitute) = (desk.person(person), desk.person(&leave.substitute));
            vec![
                absent,
                desk.department_of(person),
                substitute,
                days(&desk, leave),
                desk.t(now).to_owned(),
            ]
        })
        .collect();
    let head = [rw::ABSENT, w::DEPARTMENT, rw::SUBSTITUTE_IS, rw::DAYS, w::STATE];
    super::table::csv(&desk, "substitutes", &head, rows)
}

/// Colour and word of a leave: nobody stands in for or instead of somebody who works here no longer.
fn state_of(desk: &Desk, person: &StaffId, leave: &Leave) -> (&'static str, w::Word) {
    let staff = &desk.state.staff;
    if !staff.works_here(person) {
        ("grey", pw::ABSENT_GONE)
    } else if !staff.works_here(&leave.substitute) {
        ("red", pw::SUBSTITUTE_GONE)
    } else if leave.window.covers(desk.now) {
        ("green", rw::STANDS_IN_NOW)
    } else {
        ("grey", rw::STANDS_IN_LATER)
    }
}

fn tag_of(desk: &Desk, person: &StaffId, leave: &Leave) -> Markup {
    let (colour, word) = state_of(desk, person, leave);
    tag(colour, desk.t(word))
}

/// The first day and the last, both included.
pub(super) fn days(desk: &Desk, leave: &Leave) -> String {
    let day = |at: Instant| desk.day(desk.civil(at).0);
    let last = leave.window.until.map(|until| Instant(until.0.saturating_sub(1)));
    desk.f(
        rw::FROM_TO,
        &[&day(leave.window.from), &last.map(day).unwrap_or_default()],
    )
}

/// Ends a leave that has begun; one that is still to come is cancelled.
fn end_form(desk: &Desk, person: &StaffId, leave: &Leave) -> Markup {
    let word = if leave.window.covers(desk.now) {
        rw::END_LEAVE
    } else {
        rw::CANCEL_LEAVE
    };
    html! {
        form method="post" action="/admin/substitutes/end" {
            (desk.key())
            input type="hidden" name="person" value=(person);
            button.btn.small.quiet type="submit" { (desk.t(word)) }
        }
    }
}

/// Who works here, but one: their ids, and departments, names and roles.
pub(super) fn colleagues(desk: &Desk, not: Option<&StaffId>) -> Vec<(String, String)> {
    let people = super::order::people(desk).into_iter();
    let here = people.filter(|id| desk.state.staff.people[*id].active() && Some(*id) != not);
    here.map(|id| (id.to_string(), in_full(desk, id))).collect()
}

/// Somebody with their department and roles: a substitute is chosen by what they may do.
fn in_full(desk: &Desk, id: &StaffId) -> String {
    let roles = desk.state.staff.people.get(id).map(|person| &person.roles);
    let roles: Vec<&str> = roles.into_iter().flatten().map(|role| role.label(desk.lang)).collect();
    let roles = roles.join(desk.t(w::LIST_COMMA));
    desk.f(rw::PERSON_IN_FULL, &[&desk.department_of(id), &desk.person(id), &roles])
}

fn form(desk: &Desk, of: &str, shown: &Shown<'_>) -> Markup {
    let administers = desk.may(Verb::Administer);
    // An administrator says whose leave it is; anybody else speaks of their own.
    let person = match administers {
        true => of.parse::<StaffId>().ok(),
        false => Some(desk.me().clone()),
    };
    let known = person
        .as_ref()
        .and_then(|person| desk.state.staff.leaves.get(person))
        .filter(|leave| !leave.window.ended(desk.now));
    let date = |at: Option<Instant>| at.map(|at| desk.civil(at).0.to_string()).unwrap_or_default();
    let first = known.map_or_else(|| desk.today().to_string(), |leave| date(Some(leave.window.from)));
    let until = known.and_then(|leave| leave.window.until);
    let last = date(until.map(|until| Instant(until.0.saturating_sub(1))));
    let substitute = known.map(|leave| leave.substitute.to_string()).unwrap_or_default();
    let (not, whose) = match administers {
        true => (None, person.as_ref().map_or("", |person| person.as_str())),
        false => (Some(desk.me()), desk.me().as_str()),
    };
    html! {
        section.card id="form" {
            h2 { (desk.t(if administers { rw::NAME_SUBSTITUTE } else { rw::MY_SUBSTITUTE })) }
            @if !administers { p.muted { (desk.t(rw::MY_SUBSTITUTE_WHAT)) } }
            form.form method="post" action="/admin/substitutes" {
                (desk.key())
                div.pair {
                    @if administers { (shown.choice(rw::ABSENT, "person", whose, &colleagues(desk, None))) }
                    @else { input type="hidden" name="person" value=(whose); }
                    (shown.choice(rw::SUBSTITUTE_IS, "substitute", &substitute, &colleagues(desk, not)))
                }
                div.pair { (date_field(shown, rw::FIRST_DAY, "from", &first)) (date_field(shown, rw::LAST_DAY, "until", &last)) }
                p.hint { (desk.t(rw::SUBSTITUTE_HINT)) }
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

fn date_field(shown: &Shown<'_>, label: w::Word, name: &str, known: &str) -> Markup {
    let bad = shown.place(name).is_some();
    html! {
        label.field.bad[bad] {
            span { (shown.desk.t(label)) span.must { "*" } }
            input id=[shown.place(name)] type="date" name=(name) value=(shown.value(name, known)) required;
            (shown.said(name))
        }
    }
}

/// `POST /admin/substitutes`
async fn name(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let person = posted.get("person").to_owned();
    if person.is_empty() {
        desk.must(Verb::Administer)?;
        let nobody = Problem::field(
            "person",
            "missing",
            rw::WHOSE_LEAVE.get(Lang::ZhHans),
            rw::WHOSE_LEAVE.get(Lang::En),
        );
        return Ok(show(&desk, "", Some((&posted, &nobody))));
    }
    let wish =
        json!({"substitute": posted.value("substitute"), "from": posted.value("from"), "until": posted.value("until")});
    let call = posted.call(&desk, "substitute", None, &wish);
    let outcome = api::name(State(Arc::clone(&desk.office)), Path(person), call).await;
    after(&desk, &posted, ("substitute", outcome))
}

/// `POST /admin/substitutes/end`
async fn end(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "substitute-end", None, &json!({}));
    let person = posted.get("person").to_owned();
    let known = person
        .parse()
        .ok()
        .and_then(|person: StaffId| desk.state.staff.leaves.get(&person));
    let began = known.is_none_or(|leave| leave.window.from <= desk.now);
    let deed = if began {
        "substitute-ended"
    } else {
        "substitute-cancelled"
    };
    let outcome = api::end(State(Arc::clone(&desk.office)), Path(person), call).await;
    after(&desk, &posted, (deed, outcome))
}

fn after(
    desk: &Desk,
    posted: &Posted,
    (deed, outcome): (&str, Result<crate::http::idempotency::Answer, Problem>),
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(done("/admin/substitutes", deed)),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            Ok(show(desk, posted.get("person"), Some((posted, &problem))))
        }
        Err(problem) => Err(problem),
    }
}
