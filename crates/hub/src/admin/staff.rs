//! Staff: who works here, with which roles.

use super::answers;
use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, tag};
use super::order;
use super::pages::Part;
use super::parts::Shown;
use super::words as w;
use super::words::passwords as pw;
use super::words::people as ow;
use crate::directory;
use crate::http::idempotency::Answer;
use crate::http::problem::Problem;
use crate::http::{people as api, second_factor};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::StaffId;
use heliograph_domain::staff::{Person, Role, Verb};
use maud::{Markup, html};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /admin/staff?edit=&person=&page=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    let all = desk.state.staff.people.len();
    let one = query
        .get("person")
        .and_then(|id| order::people(&desk).iter().position(|known| known.as_str() == id));
    let part = one.map_or_else(|| Part::asked(&query, all), |index| Part::with(index, all));
    show(&desk, &part, query.get("edit").map_or("", String::as_str), None)
}

fn show(desk: &Desk, part: &Part, edit: &str, failed: Option<(&Posted, &Problem)>) -> Result<Response, Problem> {
    let known = [
        ("id", w::STAFF_ID),
        ("name", w::NAME_ZH),
        ("department", w::DEPARTMENT),
        ("roles", w::ROLES),
        ("office_id", w::OFFICE_ID),
        ("password", w::PASSWORD),
    ];
    let body = html! {
        div.top {
            div { h1 { (desk.t(w::STAFF)) } p.muted { (desk.t(w::STAFF_WHAT)) } }
            div.buttons {
                a.btn.quiet href="/admin/substitutes" { (desk.t(w::review::SUBSTITUTES)) }
                a.btn.quiet href="/admin/departments" { (desk.t(w::DEPARTMENTS)) }
            }
        }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &known)) }
        (answers::unanswered(desk))
        section.card { (list(desk, part)) }
        @if desk.may(Verb::Administer) { (form(desk, edit, &Shown::new(desk, failed))?) (policy(desk)) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    Ok(desk.page_with(status, Place::Staff, desk.t(w::STAFF), body))
}

/// The first page again, with what went wrong.
fn again(desk: &Desk, edit: &str, failed: Option<(&Posted, &Problem)>) -> Result<Response, Problem> {
    show(desk, &Part::first(desk.state.staff.people.len()), edit, failed)
}

/// `GET /admin/staff.csv`
pub(crate) async fn table(desk: Desk) -> Response {
    let rows = order::people(&desk).into_iter().map(|id| {
        let person = &desk.state.staff.people[id];
        let roles: Vec<&str> = person.roles.iter().map(|role| role.label(desk.lang)).collect();
        let (name, department) = (desk.person(id), desk.department(&person.department));
        vec![id.to_string(), name, department, roles.join(desk.t(w::LIST_COMMA))]
    });
    super::table::csv(
        &desk,
        "staff",
        &[w::STAFF_ID, w::NAME_ZH, w::DEPARTMENT, w::ROLES],
        rows,
    )
}

fn list(desk: &Desk, part: &Part) -> Markup {
    let administers = desk.may(Verb::Administer);
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(w::NAME_ZH)) } th { (desk.t(w::DEPARTMENT)) } th { (desk.t(w::ROLES)) } th {} } }
            tbody {
                @for id in part.of(order::people(desk)) {
                    @let person = &desk.state.staff.people[id];
                    tr id=(row_id(id.as_str())) {
                        td { b { (desk.person(id)) } small { (id) } }
                        td data-label=(desk.t(w::DEPARTMENT)) { (desk.department(&person.department)) }
                        td data-label=(desk.t(w::ROLES)) { span.checks { @for role in &person.roles { (tag("blue", role.label(desk.lang))) } @if person.roles.is_empty() { (tag("grey", desk.t(without_roles(desk, id)))) } @if person.disabled { (tag("red", desk.t(w::DISABLED))) } @if person.active() && person.password_known_to.is_some() { (tag("amber", desk.t(pw::OWES))) } } }
                        td.end { @if administers { a href=(format!("/admin/staff?edit={id}#form")) { (desk.t(w::EDIT)) } } }
                    }
                }
            }
        } }
        (part.pager(desk, "/admin/staff"))
        p.export { a href="/admin/staff.csv" { (desk.t(w::AS_TABLE)) } }
    }
}

fn form(desk: &Desk, edit: &str, shown: &Shown<'_>) -> Result<Markup, Problem> {
    let id = edit.parse::<StaffId>().ok();
    let known = id.as_ref().and_then(|id| desk.state.staff.people.get(id));
    let listing = match &id {
        Some(id) if known.is_some() => directory::find(&*desk.office.log, id).map_err(Problem::internal)?,
        _ => None,
    };
    let roles = Role::ALL.map(|role| (slug(role), role.label(desk.lang).to_owned()));
    let has: Vec<String> = known
        .map(|known| known.roles.iter().map(|role| slug(*role)).collect())
        .unwrap_or_default();
    let department = known.map(|known| known.department.to_string()).unwrap_or_default();
    let (label, hint) = match known {
        Some(_) => (w::NEW_PASSWORD, w::done::PASSWORD_EMPTY),
        None => (w::PASSWORD, w::PASSWORD_MIN),
    };
    Ok(html! {
        section.card id="form" {
            h2 { @match id.as_ref().filter(|_| known.is_some()) { Some(id) => (desk.f(ow::EDIT_WHOM, &[&desk.person(id)])), None => (desk.t(w::ADD_PERSON)) } }
            form.form method="post" action="/admin/staff" {
                (desk.key())
                div.pair {
                    @if known.is_some() { (shown.fixed(w::STAFF_ID, "id", edit)) } @else { (shown.line(w::STAFF_ID, "id", "", Some(w::SLUG_HINT))) }
                    (shown.department(&department))
                }
                (shown.both(w::NAME_ZH, "name", listing.as_ref().map(|listing| &listing.name)))
                (shown.boxes(w::ROLES, "roles", &has, &roles))
                p.hint { (desk.t(w::FOUR_EYES)) }
                @if desk.office.sign_on.is_some() {
                    @let office_id = listing.as_ref().and_then(|listing| listing.office_id.as_deref()).unwrap_or_default();
                    (shown.optional(w::OFFICE_ID, "office_id", office_id, Some(w::OFFICE_ID_HINT)))
                }
                (shown.password(label, "password", hint))
                @if id.as_ref() != Some(desk.me()) { p.hint { (desk.t(pw::SETTING_IS_TOLD)) } }
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
            @if let (Some(id), Some(known)) = (id.as_ref().filter(|id| *id != desk.me()), known) {
                // Of whoever has left nothing is here any more that could be taken away.
                @if listing.is_some() || !known.roles.is_empty() { (of_others(desk, id, known)) }
            }
        }
    })
}

/// What nobody does for themselves.
fn of_others(desk: &Desk, id: &StaffId, known: &Person) -> Markup {
    let rest = || answers::resting_on(desk, id);
    html! {
        div.folds {
            @if known.disabled { (step(desk, id, ("enable", w::ENABLE, w::ENABLE_WHAT, ow::ENABLE_WHOM), &html! {})) }
            @else { (step(desk, id, ("disable", w::DISABLE, w::DISABLE_WHAT, ow::DISABLE_WHOM), &rest())) }
            (step(desk, id, ("reset-second-factor", w::RESET_FACTOR, w::RESET_FACTOR_WHAT, ow::RESET_WHOM), &html! {}))
            (step(desk, id, ("leave", w::LEAVES, w::LEAVES_WHAT, ow::ERASE_WHOM), &rest()))
        }
    }
}

/// The address of a step with somebody's account, its name, what comes of it, and the button that takes it.
type Step = (&'static str, w::Word, w::Word, w::Word);

fn step(desk: &Desk, id: &StaffId, (slug, word, what, button): Step, rest: &Markup) -> Markup {
    html! {
        details.fold {
            summary.btn.danger { (desk.t(word)) }
            form.form method="post" action=(format!("/admin/staff/{id}/{slug}")) {
                (desk.key())
                p.hint { (desk.t(what)) }
                (rest)
                div.buttons { button.btn.danger type="submit" { (desk.f(button, &[&desk.person(id)])) } }
            }
        }
    }
}

/// Whoever has no role has left, or is still known here by name and cannot sign in.
fn without_roles(desk: &Desk, id: &StaffId) -> w::Word {
    let is_known = directory::find(&*desk.office.log, id).is_ok_and(|listing| listing.is_some());
    if is_known { w::NO_ROLES } else { ow::HAS_LEFT }
}

/// The row of somebody in the list, as an address names it.
fn row_id(id: &str) -> String {
    format!("staff-{id}")
}

/// Where somebody stands in the list.
fn row_of(id: &str) -> String {
    let id = super::layout::in_query(id);
    format!("/admin/staff?person={id}#{}", row_id(&id))
}

/// Which roles sign in with a second factor.
fn policy(desk: &Desk) -> Markup {
    let roles = Role::ALL.map(|role| (slug(role), role.label(desk.lang).to_owned()));
    let has: Vec<String> = desk
        .state
        .staff
        .second_factor_for
        .iter()
        .map(|role| slug(*role))
        .collect();
    html! {
        section.card id="policy" {
            h2 { (desk.t(w::SECOND_FACTOR)) }
            form.form method="post" action="/admin/staff/second-factor" {
                (desk.key())
                fieldset {
                    legend { (desk.t(w::FACTOR_FOR)) }
                    div.checks {
                        @for (slug, text) in &roles {
                            label.check { input type="checkbox" name="roles" value=(slug) checked[has.contains(slug)]; (text) }
                        }
                    }
                }
                p.hint { (desk.t(w::FACTOR_FOR_WHAT)) }
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

/// `POST /admin/staff/second-factor`
pub(crate) async fn require_factor(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "require-factor", None, &json!({"roles": posted.all("roles")}));
    match second_factor::require_factor(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done("/admin/staff#policy", "policy")),
        Err(problem) => again(&desk, "", Some((&posted, &problem))),
    }
}

/// `POST /admin/staff/{id}/disable`
pub(crate) async fn disable(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "disable", None, &successor(&posted));
    let done = api::disable(State(Arc::clone(&desk.office)), Path(id.clone()), call).await;
    back_to(&desk, &id, &posted, ("disable", done))
}

/// `POST /admin/staff/{id}/enable`
pub(crate) async fn enable(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "enable", None, &json!({}));
    let done = api::enable(State(Arc::clone(&desk.office)), Path(id.clone()), call).await;
    back_to(&desk, &id, &posted, ("enable", done))
}

/// `POST /admin/staff/{id}/reset-second-factor`
pub(crate) async fn reset_factor(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "reset-factor", None, &json!({}));
    let done = second_factor::reset_factor(State(Arc::clone(&desk.office)), Path(id.clone()), call).await;
    back_to(&desk, &id, &posted, ("reset-second-factor", done))
}

fn back_to(
    desk: &Desk,
    id: &str,
    posted: &Posted,
    (deed, outcome): (&str, Result<Answer, Problem>),
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(done(
            &format!("/admin/staff?edit={}#form", super::layout::in_query(id)),
            deed,
        )),
        Err(problem) => again(desk, id, Some((posted, &problem))),
    }
}

/// `POST /admin/staff/{id}/leave`
pub(crate) async fn leave(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "leave", None, &successor(&posted));
    match api::leave(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(_) => Ok(done(&row_of(&id), "leave")),
        Err(problem) => again(&desk, &id, Some((&posted, &problem))),
    }
}

/// Who is to answer for the entries of whoever goes, if somebody was chosen.
fn successor(posted: &Posted) -> Value {
    json!({"successor": posted.value("successor")})
}

fn slug(role: Role) -> String {
    json!(role).as_str().unwrap_or_default().to_owned()
}

/// `POST /admin/staff`
pub(crate) async fn appoint(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let password = match posted.get("password") {
        "" => json!(null),
        password => json!(password),
    };
    let mut wish = json!({
        "id": posted.value("id"), "name": posted.local_text("name"), "department": posted.value("department"),
        "roles": posted.all("roles"), "password": password,
    });
    if posted.has("office_id") {
        wish["office_id"] = json!(posted.get("office_id").trim());
    }
    let known = posted.get("id").trim().parse::<StaffId>().ok();
    let known = known.is_some_and(|id| desk.state.staff.people.contains_key(&id));
    let deed = match (known, posted.get("password").is_empty()) {
        (false, _) => "person-added",
        (true, true) => "person",
        (true, false) => "person-password",
    };
    let call = posted.call(&desk, "appoint", None, &wish);
    match api::add_staff(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done(&row_of(posted.get("id").trim()), deed)),
        Err(problem) => again(&desk, posted.get("id"), Some((&posted, &problem))),
    }
}
