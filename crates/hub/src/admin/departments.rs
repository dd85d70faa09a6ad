//! Departments: their names in both languages, who is in them, and what of the catalogue they answer for.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, empty, tag};
use super::parts::Shown;
use super::public_words;
use super::words::{self as w, departments as dw};
use crate::http::people as api;
use crate::http::problem::Problem;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::staff::Verb;
use heliograph_domain::{DepartmentId, StaffId};
use maud::{Markup, html};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// `GET /admin/departments?edit=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    show(&desk, query.get("edit").map_or("", String::as_str), None)
}

fn show(desk: &Desk, edit: &str, failed: Option<(&Posted, &Problem)>) -> Response {
    let all = all(desk);
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/staff" { (desk.t(w::STAFF)) }
                h1 { (desk.t(w::DEPARTMENTS)) }
                p.muted { (desk.t(dw::DEPARTMENTS_WHAT)) }
            }
        }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("id", dw::DEPARTMENT_ID), ("name", w::NAME), ("findings_confirmed", w::GATE)])) }
        section.card { @if all.is_empty() { (empty(desk.t(dw::NO_DEPARTMENTS), None)) } @else { (list(desk, &all)) } }
        @if desk.may(Verb::Administer) { (form(desk, edit, &Shown::new(desk, failed))) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Staff, desk.t(w::DEPARTMENTS), body)
}

/// Those that have a name, and those that somebody is in or an entry belongs to.
fn all(desk: &Desk) -> BTreeSet<DepartmentId> {
    let named = desk.profile.iter().flat_map(|profile| profile.departments.keys());
    let peopled = desk.state.staff.people.values().map(|person| &person.department);
    let answering = desk.state.catalogue.entries.values().map(|entry| &entry.department);
    named.chain(peopled).chain(answering).cloned().collect()
}

fn list(desk: &Desk, all: &BTreeSet<DepartmentId>) -> Markup {
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(w::DEPARTMENT)) } th { (desk.t(dw::DEPARTMENT_ID)) } th { (desk.t(dw::PEOPLE_IN_IT)) } th { (desk.t(dw::ENTRIES_IN_IT)) } th {} } }
            tbody { @for id in super::order::departments(desk, all.iter()) { (row(desk, id)) } }
        } }
        p.export { a href="/admin/departments.csv" { (desk.t(w::AS_TABLE)) } }
    }
}

/// `GET /admin/departments.csv`
pub(crate) async fn table(desk: Desk) -> Response {
    let all = all(&desk);
    let rows = all.iter().map(|id| {
        let people: Vec<String> = people(&desk, id).into_iter().map(|who| desk.person(who)).collect();
        let people = people.join(desk.t(w::LIST_COMMA));
        vec![
            desk.department(id),
            id.to_string(),
            people,
            entries(&desk, id).to_string(),
        ]
    });
    let head = [w::DEPARTMENT, dw::DEPARTMENT_ID, dw::PEOPLE_IN_IT, dw::ENTRIES_IN_IT];
    super::table::csv(&desk, "departments", &head, rows)
}

/// Who works in it.
fn people<'d>(desk: &'d Desk, id: &DepartmentId) -> Vec<&'d StaffId> {
    let all = desk.state.staff.people.iter();
    all.filter(|(_, person)| person.department == *id && !person.roles.is_empty())
        .map(|(who, _)| who)
        .collect()
}

/// How many entries of the catalogue are its own.
fn entries(desk: &Desk, id: &DepartmentId) -> usize {
    let entries = desk.state.catalogue.entries.values();
    entries.filter(|entry| entry.department == *id).count()
}

fn row(desk: &Desk, id: &DepartmentId) -> Markup {
    let name = desk.profile.as_ref().and_then(|profile| profile.departments.get(id));
    let (people, entries) = (people(desk, id), entries(desk, id));
    html! {
        tr id=(id) {
            td.name {
                @match name {
                    Some(name) => { b { (name.get(desk.lang)) } small { @for other in name.0.values().filter(|other| *other != name.get(desk.lang)) { (other) } } },
                    None => { b { code { (id) } } " " (tag("amber", desk.t(dw::NO_NAME_YET))) },
                }
            }
            td data-label=(desk.t(dw::DEPARTMENT_ID)) { code { (id) } }
            td data-label=(desk.t(dw::PEOPLE_IN_IT)) {
                @if people.is_empty() { span.muted { (desk.t(dw::NOBODY_IN_IT)) } }
                @for (who, at) in people.iter().zip(0..) { @if at > 0 { (desk.t(w::LIST_COMMA)) } (desk.person(who)) }
            }
            td data-label=(desk.t(dw::ENTRIES_IN_IT)) { (entries) }
            td.end { @if desk.may(Verb::Administer) { a href=(format!("/admin/departments?edit={id}#form")) { (desk.t(w::EDIT)) } } }
        }
    }
}

fn form(desk: &Desk, edit: &str, shown: &Shown<'_>) -> Markup {
    let Some(profile) = &desk.profile else {
        return html! { section.card id="form" { p { (desk.t(dw::NEEDS_PROFILE)) " " a href="/admin/site" { (desk.t(w::SITE)) } } } };
    };
    let known = edit.parse::<DepartmentId>().ok().filter(|id| all(desk).contains(id));
    let name = known.as_ref().and_then(|id| profile.departments.get(id));
    html! {
        section.card id="form" {
            h2 { (desk.t(if known.is_some() { dw::RENAME_DEPARTMENT } else { dw::ADD_DEPARTMENT })) }
            form.form method="post" action="/admin/departments" {
                (desk.key())
                @if known.is_some() { (shown.fixed(dw::DEPARTMENT_ID, "id", edit)) }
                @else { (shown.line(dw::DEPARTMENT_ID, "id", "", Some(w::SLUG_HINT))) }
                (shown.both(w::NAME, "name", name))
                (public_words::confirmation(shown))
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

/// `POST /admin/departments`: a department is a line of the site's profile, which is set as a whole.
pub(crate) async fn set(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Administer)?;
    match name(&desk, &posted).await {
        Ok(()) => Ok(done("/admin/departments", "department")),
        Err(problem) => Ok(show(&desk, posted.get("id"), Some((&posted, &problem)))),
    }
}

async fn name(desk: &Desk, posted: &Posted) -> Result<(), Problem> {
    let bad = |name: &str, code, zh: &str, en: &str| Problem::field(name, code, zh, en);
    let Some(profile) = &desk.profile else {
        return Err(bad("name", "no_site", "请先填写单位信息", "describe the office first"));
    };
    let id = posted.get("id").trim();
    if id.parse::<DepartmentId>().is_err() {
        return Err(bad(
            "id",
            "invalid",
            "格式不对：只用小写字母、数字和连字符",
            "use small letters, digits and hyphens",
        ));
    }
    let name = posted.local_text("name");
    if name["zh-Hans"].as_str().is_none_or(str::is_empty) {
        return Err(bad("name.zh-Hans", "missing", "未填写", "is missing"));
    }
    let mut wish = as_asked(profile);
    wish["departments"][id] = name;
    wish["findings_confirmed"] = json!(posted.get("findings_confirmed") == "yes");
    let call = posted.call(desk, "department", None, &wish);
    api::set_site(State(Arc::clone(&desk.office)), call).await?;
    Ok(())
}

/// The profile as the API takes it: the clock follows from the time zone.
fn as_asked(profile: &SiteProfile) -> Value {
    let SiteProfile {
        name,
        hotlines,
        hours,
        departments,
        public_url,
        time_zone,
        clock: _,
    } = profile;
    json!({
        "name": name, "hotlines": hotlines, "hours": hours, "departments": departments, "public_url": public_url,
        "time_zone": time_zone,
    })
}
