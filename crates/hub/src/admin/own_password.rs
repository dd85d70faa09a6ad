//! The one page that is open to somebody whose password somebody else set: they choose their own, and go on to where they
//! were going.

use super::form::Posted;
use super::layout::{Desk, bare_page, in_query, redirect};
use super::parts::Shown;
use super::sign_in::local_path;
use super::told;
use super::words as w;
use super::words::passwords as pw;
use crate::http::account_changes;
use crate::http::problem::Problem;
use crate::interventions;
use axum::extract::Query;
use axum::response::Response;
use maud::html;
use std::collections::HashMap;

/// Where whoever was going to `next` is sent first.
pub(super) fn first(next: &str) -> Response {
    redirect(&format!("/admin/account/password?next={}", in_query(next)))
}

/// Where they go on, once they have it.
pub(super) fn go_on(posted: &Posted) -> Response {
    redirect(local_path(posted.get("next")))
}

/// `GET /admin/account/password?next=`
pub(super) async fn page(desk: Desk, Query(asked): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.caller.person()?;
    if !desk.state.staff.owes_password(desk.me()) {
        return Ok(redirect("/admin/account#password"));
    }
    let next = asked.get("next").map_or("", String::as_str);
    show(&desk, next, None).await
}

/// The page, with what went wrong.
pub(super) async fn show(desk: &Desk, next: &str, failed: Option<(&Posted, &Problem)>) -> Result<Response, Problem> {
    let unseen = interventions::unseen(&desk.office, desk.me())?;
    let changes = account_changes::newest(&desk.office, desk.me()).await?;
    let shown = Shown::new(desk, failed);
    let body = html! {
        form.card.door method="post" action="/admin/account/password" {
            h1 { (desk.t(pw::OWN_FIRST)) }
            @for (touched, done) in &unseen { p { (told::sentence(desk, *touched, done)) } }
            p.muted { (desk.t(pw::OWN_FIRST_WHY)) }
            @if let Some((_, problem)) = failed { (desk.alert(problem, &[("password", w::NEW_PASSWORD), ("again", w::PASSWORD_AGAIN)])) }
            (desk.key())
            input type="hidden" name="next" value=(local_path(next));
            // For programs that keep passwords: whose it is.
            label.field { span { (desk.t(w::STAFF_ID)) } input type="text" value=(desk.me()) autocomplete="username" readonly; }
            (shown.password(w::NEW_PASSWORD, "password", w::PASSWORD_MIN))
            (shown.password_again())
            button.btn.wide type="submit" { (desk.t(pw::OWN_FIRST_GO)) }
            @if changes.len() > 1 { details { summary { (desk.t(pw::CHANGES)) } p.hint { (desk.t(pw::NOT_ASKED_FOR)) } (told::list(desk, &changes)) } }
        }
        form.door method="post" action="/admin/logout" { button.btn.quiet.wide type="submit" { (desk.t(w::SIGN_OUT)) } }
    };
    let here = format!("/admin/account/password?next={}", in_query(local_path(next)));
    let mut response = bare_page(&desk.office, desk.lang, desk.t(pw::OWN_FIRST), &here, body);
    if let Some((_, problem)) = failed {
        *response.status_mut() = problem.status;
    }
    Ok(response)
}
