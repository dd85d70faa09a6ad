//! What others did to one's account: a bar over every page until one says that one knows, and the list.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::words as w;
use super::words::passwords as pw;
use crate::audit::Entry;
use crate::audit::sentence::Voice;
use crate::http::account_changes as api;
use crate::http::problem::Problem;
use crate::interventions::{self, Intervention, Touched};
use crate::sign_in::register::{KEPT_DAYS, Row};
use axum::extract::State;
use axum::response::Response;
use heliograph_domain::Instant;
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// What was done, when, and by whom: “您的密码于 … 由 … 设置。”
pub(super) fn sentence(desk: &Desk, touched: Touched, done: &Intervention) -> String {
    let word = match touched {
        Touched::Password => pw::PASSWORD_BY,
        Touched::SecondFactor => pw::FACTOR_BY,
        Touched::SignOn => pw::SIGN_ON_BY,
    };
    let by = Voice::for_reader(&desk.office, desk.me(), desk.lang).person(done.by.as_str());
    desk.f(word, &[&desk.time(done.at), &by])
}

/// What its owner has not yet said they know. A fault of the store is told by the page.
pub(super) fn bar(desk: &Desk) -> Markup {
    let unseen = interventions::unseen(&desk.office, desk.me()).unwrap_or_default();
    html! {
        @if !unseen.is_empty() {
            div.alert.bar role="status" {
                div {
                    @for (touched, done) in &unseen { p { strong { (sentence(desk, *touched, done)) } } }
                    p { (desk.t(pw::NOT_ASKED_FOR)) " " a href="/admin/account/changes" { (desk.t(pw::CHANGES)) } }
                }
                form method="post" action="/admin/account/changes" { (desk.key()) button.btn.quiet type="submit" { (desk.t(pw::SEEN)) } }
            }
        }
    }
}

/// The newest changes, line by line.
pub(super) fn list(desk: &Desk, entries: &[Entry]) -> Markup {
    let voice = Voice::for_reader(&desk.office, desk.me(), desk.lang);
    html! {
        @for entry in entries {
            @let record = &entry.record;
            div.row { span { (voice.sentence(&entry.event)) small { (desk.time(Instant(record.recorded_at.0))) " · " (voice.person(record.actor.as_str())) } } }
        }
        @if entries.is_empty() { p.muted { (desk.t(pw::NO_CHANGES)) } }
    }
}

/// What they made and ended themselves to sign in with, line by line.
fn means(desk: &Desk, rows: &[Row]) -> Markup {
    html! {
        @for Row { kind, noted, .. } in rows {
            div.row { span {
                (kind.label(desk.lang))
                @if !noted.labels.is_empty() { (desk.f(pw::LABELLED, &[&noted.labels.join(desk.t(w::LIST_COMMA))])) }
                small { (desk.time(noted.last)) @for address in &noted.addresses { " · " (address) } @if !noted.browser.is_empty() { " · " (noted.browser) } }
            } }
        }
        @if rows.is_empty() { p.muted { (desk.t(pw::NO_CHANGES)) } }
    }
}

/// `GET /admin/account/changes`
pub(super) async fn page(desk: Desk) -> Result<Response, Problem> {
    desk.caller.person()?;
    let entries = api::newest(&desk.office, desk.me()).await?;
    let made = api::means(&desk.office, desk.me()).await?;
    let body = html! {
        div.top { div { a.crumb href="/admin/account" { (desk.t(w::ACCOUNT)) } h1 { (desk.t(pw::CHANGES)) } } }
        section.card { h2 { (desk.t(pw::OF_ACCOUNT)) } p.hint { (desk.t(pw::CHANGES_WHAT)) } (list(&desk, &entries)) }
        section.card id="means" { h2 { (desk.t(pw::OF_MEANS)) } p.hint { (desk.f(pw::MEANS_WHAT, &[&KEPT_DAYS.to_string()])) } (means(&desk, &made)) }
    };
    Ok(desk.page(Place::Account, desk.t(pw::CHANGES), body))
}

/// `POST /admin/account/changes`: they know.
pub(super) async fn seen(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "changes-seen", None, &json!({}));
    api::seen(State(Arc::clone(&desk.office)), call).await?;
    Ok(done("/admin/account/changes", "changes-seen"))
}
