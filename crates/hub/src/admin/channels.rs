//! Channels: the programmes of the office, and which displays are tuned to them.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, empty};
use super::lineup;
use super::parts::Shown;
use super::public_words;
use super::words as w;
use crate::http::catalogue as api;
use crate::http::problem::Problem;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::ChannelName;
use heliograph_domain::head::Item;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /admin/channels?edit=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    show(&desk, query.get("edit").map_or("", String::as_str), None)
}

fn show(desk: &Desk, edit: &str, failed: Option<(&Posted, &Problem)>) -> Response {
    let body = html! {
        div.top { div { h1 { (desk.t(w::CHANNELS)) } p.muted { (desk.t(w::CHANNELS_WHAT)) } } }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("name", w::SHORT_NAME), ("title", w::NAME), ("findings_confirmed", w::GATE)])) }
        section.card {
            @if desk.state.channels.titles.is_empty() { (empty(desk.t(w::NO_CHANNELS), None)) }
            @else { (list(desk)) }
        }
        @if desk.may(Verb::OperateDisplays) { (form(desk, edit, &Shown::new(desk, failed))) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Channels, desk.t(w::CHANNELS), body)
}

fn list(desk: &Desk) -> Markup {
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(w::NAME)) } th { (desk.t(w::SHORT_NAME)) } th { (desk.t(w::ITEMS_ON)) } th { (desk.t(w::DISPLAYS)) } th {} } }
            tbody {
                @for (name, title) in super::order::channels(desk) {
                    tr {
                        td { b { (title.get(desk.lang)) } }
                        td data-label=(desk.t(w::SHORT_NAME)) { code { (name) } }
                        td data-label=(desk.t(w::ITEMS_ON)) { (lineup::folded(desk, name, &items(desk, name))) }
                        td data-label=(desk.t(w::DISPLAYS)) { (tuned(desk, name)) }
                        td.end { @if desk.may(Verb::OperateDisplays) { a href=(format!("/admin/channels?edit={name}#form")) { (desk.t(w::EDIT)) } } }
                    }
                }
            }
        } }
        p.export { a href="/admin/channels.csv" { (desk.t(w::AS_TABLE)) } }
    }
}

/// `GET /admin/channels.csv`
pub(crate) async fn table(desk: Desk) -> Response {
    let rows = super::order::channels(&desk).into_iter().map(|(name, title)| {
        let running = running(&desk, name).to_string();
        vec![
            title.get(desk.lang).to_owned(),
            name.to_string(),
            running,
            tuned(&desk, name),
        ]
    });
    let head = [w::NAME, w::SHORT_NAME, w::ITEMS_ON, w::DISPLAYS];
    super::table::csv(&desk, "channels", &head, rows)
}

fn items(desk: &Desk, name: &ChannelName) -> Vec<Item> {
    desk.state.head(name).map(|head| head.items).unwrap_or_default()
}

fn running(desk: &Desk, name: &ChannelName) -> usize {
    let items = items(desk, name);
    items.iter().filter(|item| item.window.covers(desk.now)).count()
}

fn tuned(desk: &Desk, name: &ChannelName) -> String {
    let names: Vec<&str> = super::order::live_displays(desk)
        .into_iter()
        .filter(|known| known.display.setting.channels.contains(name))
        .map(|known| known.display.setting.name.get(desk.lang))
        .collect();
    if names.is_empty() {
        "—".to_owned()
    } else {
        names.join(desk.t(w::LIST_COMMA))
    }
}

fn form(desk: &Desk, edit: &str, shown: &Shown<'_>) -> Markup {
    let known = edit
        .parse::<ChannelName>()
        .ok()
        .and_then(|name| desk.state.channels.titles.get(&name));
    html! {
        section.card id="form" {
            h2 { (desk.t(if known.is_some() { w::EDIT_CHANNEL } else { w::OPEN_CHANNEL })) }
            form.form method="post" action="/admin/channels" {
                (desk.key())
                @if known.is_some() { (shown.fixed(w::SHORT_NAME, "name", edit)) }
                @else { (shown.line(w::SHORT_NAME, "name", "", Some(w::SLUG_HINT))) }
                (shown.both(w::NAME, "title", known))
                (public_words::confirmation(shown))
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

/// `POST /admin/channels`
pub(crate) async fn define(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({
        "name": posted.value("name"), "title": posted.local_text("title"),
        "findings_confirmed": posted.get("findings_confirmed") == "yes",
    });
    let call = posted.call(&desk, "channel", None, &wish);
    match api::open_channel(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done("/admin/channels", "channel")),
        Err(problem) => Ok(show(&desk, posted.get("name"), Some((&posted, &problem)))),
    }
}
