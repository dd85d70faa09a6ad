//! Reminders by e-mail: one's own address; for administrators everyone's, and what became of the letters.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, empty, tag};
use super::parts::Shown;
use super::words as w;
use super::words::{limits as lw, people as pw};
use crate::http::problem::Problem;
use crate::http::reminders as api;
use crate::reminders::{self, Outcome, Reminder};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::StaffId;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// So many letters are listed.
const ROWS: usize = 60;

/// `GET /admin/reminders?edit=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    let edit = query.get("edit").map_or("", String::as_str);
    show(&desk, edit, None)
}

fn show(desk: &Desk, edit: &str, failed: Option<(&Posted, &Problem)>) -> Result<Response, Problem> {
    let administers = desk.may(Verb::Administer);
    let person: StaffId = edit
        .parse()
        .ok()
        .filter(|_| administers)
        .unwrap_or_else(|| desk.me().clone());
    let body = html! {
        div.top {
            div { h1 { (desk.t(lw::REMINDERS)) } p.muted { (desk.t(lw::REMINDERS_WHAT)) } }
            a.btn.quiet href="/admin/catalogue" { (desk.t(w::CATALOGUE)) }
        }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("address", lw::ADDRESS)])) }
        (server(desk))
        (form(desk, &person, &Shown::new(desk, failed))?)
        @if administers { (everyone(desk)?) }
        @if desk.may(Verb::Catalogue) { (letters(desk)?) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    Ok(desk.page_with(status, Place::Catalogue, desk.t(lw::REMINDERS), body))
}

/// Where letters go out, or that they do not.
fn server(desk: &Desk) -> Markup {
    html! {
        @match &desk.office.mail {
            Some(plan) if desk.may(Verb::Administer) => p.muted { (desk.f(lw::MAIL_SERVER, &[&plan.to_string()])) },
            Some(_) => {},
            None => p.notice { (desk.t(lw::NO_MAIL)) " " @if desk.may(Verb::Administer) { code { "heliograph hub --smtp smtps://USER@HOST --mail-from ADDRESS" } } },
        }
    }
}

fn form(desk: &Desk, person: &StaffId, shown: &Shown<'_>) -> Result<Markup, Problem> {
    let known = reminders::address(&*desk.office.log, person).map_err(Problem::internal)?;
    Ok(html! {
        section.card id="form" {
            h2 { (desk.f(lw::ADDRESS_OF, &[&desk.person(person)])) }
            form.form method="post" action="/admin/reminders" {
                (desk.key())
                input type="hidden" name="person" value=(person);
                (shown.optional(lw::ADDRESS, "address", known.as_deref().unwrap_or_default(), Some(lw::ADDRESS_HINT)))
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    })
}

fn everyone(desk: &Desk) -> Result<Markup, Problem> {
    let mut rows = Vec::new();
    for id in super::order::people(desk) {
        let person = &desk.state.staff.people[id];
        let entries = desk.state.catalogue.entries.values();
        let answers_for = entries.filter(|entry| entry.responsible == *id).count();
        if answers_for > 0 && !person.roles.is_empty() {
            let address = reminders::address(&*desk.office.log, id).map_err(Problem::internal)?;
            rows.push((id, answers_for, address));
        }
    }
    Ok(html! {
        section.card id="people" {
            h2 { (desk.t(lw::WHO_IS_REMINDED)) }
            (super::answers::unanswered(desk))
            @if super::answers::any_unanswered(desk) { p.hint { (desk.t(pw::REMINDED_INSTEAD)) } }
            @if rows.is_empty() { (empty(desk.t(w::NO_CATALOGUE), Some(("/admin/catalogue", desk.t(w::OPEN_ENTRY))))) } @else { div.scroll { table.stacked {
                thead { tr { th { (desk.t(w::RESPONSIBLE)) } th { (desk.t(w::CATALOGUE)) } th { (desk.t(lw::ADDRESS)) } th {} } }
                tbody { @for (id, answers_for, address) in rows {
                    tr {
                        td.name { b { (desk.person(id)) } }
                        td data-label=(desk.t(w::CATALOGUE)) { (desk.f(w::N_RELEASED, &[&answers_for.to_string()])) }
                        td data-label=(desk.t(lw::ADDRESS)) { @match address { Some(address) => { (address) }, None => { (tag("amber", desk.t(lw::NO_ADDRESS))) } } }
                        td.end { a href=(format!("/admin/reminders?edit={id}#form")) { (desk.t(w::EDIT)) } }
                    }
                } }
            } } }
        }
    })
}

fn letters(desk: &Desk) -> Result<Markup, Problem> {
    let sent = reminders::sent(&*desk.office.log).map_err(Problem::internal)?;
    let sent: Vec<_> = sent
        .into_iter()
        .filter(|(.., it)| it.outcome != Outcome::Nothing)
        .take(ROWS)
        .collect();
    Ok(html! {
        @if !sent.is_empty() {
            section.card id="letters" {
                h2 { (desk.t(lw::LETTERS)) }
                div.scroll { table.stacked { tbody { @for (_, person, reminder) in &sent { (letter(desk, person, reminder)) } } } }
            }
        }
    })
}

fn letter(desk: &Desk, person: &str, reminder: &Reminder) -> Markup {
    let (colour, word) = match reminder.outcome {
        Outcome::Sent | Outcome::Nothing => ("green", lw::LETTER_SENT),
        Outcome::Failed { .. } => ("red", lw::LETTER_FAILED),
        Outcome::Sending | Outcome::Uncertain { .. } => ("amber", lw::LETTER_UNCERTAIN),
    };
    let (_, why) = api::told(&reminder.outcome);
    html! {
        tr {
            td { (desk.time(reminder.at)) }
            td { @if let Ok(id) = person.parse() { (desk.person(&id)) } }
            td { (tag(colour, desk.t(word))) @if let Some(why) = why { small { (why) } } }
        }
    }
}

/// That letters did not go out lately, for those who can see to it.
pub(super) fn failures(desk: &Desk) -> Markup {
    let failed = desk
        .may(Verb::Catalogue)
        .then(|| reminders::sent(&*desk.office.log).ok())
        .flatten();
    let today = desk.today().to_string();
    let failed = failed.into_iter().flatten().filter(|(date, ..)| *date == today);
    let failed = failed.filter(|(.., it)| matches!(it.outcome, Outcome::Failed { .. } | Outcome::Uncertain { .. }));
    let count = failed.count();
    html! {
        @if count > 0 {
            p.notice id="mail-failed" { (desk.f(lw::MAIL_FAILED, &[&count.to_string()])) " " a href="/admin/reminders#letters" { (desk.t(lw::LETTERS)) } }
        }
    }
}

/// `POST /admin/reminders`
pub(crate) async fn set(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let person = posted.get("person").to_owned();
    let call = posted.call(&desk, "address", None, &json!({"address": posted.value("address")}));
    match api::set_address(State(Arc::clone(&desk.office)), Path(person.clone()), call).await {
        Ok(_) => Ok(done(&format!("/admin/reminders?edit={person}"), "reminders")),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            show(&desk, &person, Some((&posted, &problem)))
        }
        Err(problem) => Err(problem),
    }
}
