//! Blanking every display, and bringing them back: a page of its own for each, so that whoever is in a hurry finds it from the
//! workbench and from the displays, and whoever only strayed there has changed nothing yet.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, tag};
use super::order;
use super::words::{self as w, Word};
use crate::audit::sentence::Voice;
use crate::http::people as api;
use crate::http::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_log::Position;
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

const HERE: &str = "/admin/displays/blank";
const BACK: &str = "/admin/displays/unblank";

/// The way to it, for those who may, while there is anything to blank.
pub(crate) fn way_there(desk: &Desk, small: bool) -> Markup {
    let any = desk.state.live_displays().next().is_some();
    html! {
        @if any && desk.may(Verb::Blank) && !desk.state.blank.blank.on {
            a.btn.danger.small[small] href=(HERE) { (desk.t(w::BLANK)) }
        }
    }
}

/// While every display is blanked, every page says so, and by whom, with the way back.
pub(crate) fn bar(desk: &Desk) -> Markup {
    html! {
        @if desk.state.blank.blank.on {
            div.alert.bar role="alert" {
                strong { (since(desk)) }
                @if desk.may(Verb::Blank) { a.btn.quiet href=(BACK) { (desk.t(w::UNBLANK)) } }
            }
        }
    }
}

/// Since when, and who ordered it. A fault of the log is told by the page; here the name is missing then.
fn since(desk: &Desk) -> String {
    let known = desk.state.blank;
    let read = desk.office.log.read(Position(known.position.saturating_sub(1)), 1);
    let record = read.ok().and_then(|records| records.into_iter().next());
    let by = record.map(|record| Voice::for_reader(&desk.office, desk.me(), desk.lang).person(record.actor.as_str()));
    desk.f(w::BLANKED_SINCE, &[&desk.time(known.at), &by.unwrap_or_default()])
}

/// `GET /admin/displays/blank`: asks first.
pub(crate) async fn ask(desk: Desk) -> Result<Response, Problem> {
    page(
        &desk,
        (w::BLANK, w::BLANK_WHAT),
        (HERE, w::BLANK_NOW, false),
        desk.state.blank.blank.on,
    )
}

/// `GET /admin/displays/unblank`: asks first.
pub(crate) async fn ask_back(desk: Desk) -> Result<Response, Problem> {
    page(
        &desk,
        (w::UNBLANK, w::UNBLANK_WHAT),
        (BACK, w::UNBLANK_NOW, true),
        !desk.state.blank.blank.on,
    )
}

/// A question: its title and what will happen, and the form that answers it. `over`: it is so already.
fn page(
    desk: &Desk,
    (title, what): (Word, Word),
    (action, yes, mild): (&str, Word, bool),
    over: bool,
) -> Result<Response, Problem> {
    desk.must(Verb::Blank)?;
    let body = html! {
        div.top { div { a.crumb href="/admin/displays" { (desk.t(w::DISPLAYS)) } h1 { (desk.t(title)) } } }
        section.card id="blank" {
            @if over {
                p { (desk.t(w::BLANK_OVER)) }
                div.buttons { a.btn.quiet href="/admin/displays" { (desk.t(w::DISPLAYS)) } }
            } @else {
                p { (desk.t(what)) }
                p { (desk.t(w::BLANK_WHICH)) }
                p.tags { @for known in order::live_displays(desk) { (tag("grey", known.display.setting.name.get(desk.lang))) " " } }
                form.buttons method="post" action=(action) {
                    (desk.key())
                    button.btn.danger[!mild] type="submit" { (desk.t(yes)) }
                    a.btn.quiet href="/admin/displays" { (desk.t(w::BLANK_NOT)) }
                }
            }
        }
    };
    Ok(desk.page(Place::Displays, desk.t(title), body))
}

/// `POST /admin/displays/blank`
pub(crate) async fn blank(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "blank", None, &json!({}));
    api::blank(State(Arc::clone(&desk.office)), call).await?;
    Ok(done("/admin/displays", "blanked"))
}

/// `POST /admin/displays/unblank`
pub(crate) async fn unblank(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "unblank", None, &json!({}));
    api::unblank(State(Arc::clone(&desk.office)), call).await?;
    Ok(done("/admin/displays", "unblanked"))
}
