//! The displays of the office: where they hang, what they show, how they stand; and one of them with its setting.

use super::alert::Named;
use super::blanking;
use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, empty, redirect, tag};
use super::lineup;
use super::machine;
use super::on_show;
use super::order;
use super::parts::Shown;
use super::screens;
use super::technical;
use super::waiting;
use super::words::leaving as lw;
use super::words::{self as w, Word};
use crate::http::displays as api;
use crate::http::problem::Problem;
use crate::http::sessions;
use crate::keys::hex;
use crate::presence::{Seen, Standing};
use crate::state::KnownDisplay;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::ChannelName;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// The fields at which faults are said.
const FIELDS: [Named; 5] = [
    ("name", w::NAME),
    ("location", w::LOCATION),
    ("channels", w::CHANNELS),
    ("language", w::LANGUAGE),
    ("reason", w::REASON),
];

/// `GET /admin/displays`
pub(crate) async fn page(desk: Desk) -> Response {
    show_all(&desk, StatusCode::OK, &html! {}, None)
}

/// `GET /admin/displays.csv`
pub(crate) async fn table(desk: Desk) -> Response {
    let head = [
        w::NAME,
        w::LOCATION,
        w::STATE,
        w::ON_NOW,
        w::LAST_SEEN,
        w::SOFTWARE,
        w::PANEL,
        w::CHANNELS,
    ];
    let rows = order::displays(&desk, desk.state.displays.values())
        .into_iter()
        .map(|known| {
            let setting = &known.display.setting;
            let seen = desk.office.presence().of(known.display.id);
            vec![
                setting.name.get(desk.lang).to_owned(),
                setting.location.get(desk.lang).to_owned(),
                desk.t(screens::standing(&desk, known).1).to_owned(),
                screens::on_now(&desk, known)
                    .filter(|_| screens::is_heard(&desk, known))
                    .map(|(_, title)| title)
                    .unwrap_or_default(),
                seen.last_seen.map(|at| desk.time(at)).unwrap_or_default(),
                seen.status.map(|status| status.version).unwrap_or_default(),
                format!("{}×{}", setting.panel.width_px, setting.panel.height_px),
                channel_titles(&desk, &setting.channels),
            ]
        });
    super::table::csv(&desk, "displays", &head, rows)
}

/// The channels by their titles.
fn channel_titles(desk: &Desk, channels: &[ChannelName]) -> String {
    let title = |name: &ChannelName| {
        desk.state
            .channels
            .titles
            .get(name)
            .map(|title| title.get(desk.lang).to_owned())
    };
    let titles: Vec<String> = channels
        .iter()
        .map(|name| title(name).unwrap_or_else(|| name.to_string()))
        .collect();
    titles.join(desk.t(w::LIST_COMMA))
}

fn show_all(desk: &Desk, status: StatusCode, above: &Markup, failed: Option<(&Posted, &Problem)>) -> Response {
    let any = desk.state.live_displays().next().is_some();
    let retired = desk.state.displays.values().filter(|known| known.display.retired);
    let retired = order::displays(desk, retired);
    let body = html! {
        div.top { div { h1 { (desk.t(w::DISPLAYS)) } } (screens::summary(desk)) (blanking::way_there(desk, false)) }
        (above)
        @if desk.may(Verb::OperateDisplays) { (waiting::knock(desk)) }
        section.card data-live="display record enrolments" {
            @if any { div.wall.large { @for known in order::live_displays(desk) { (screens::tile(desk, known)) } } }
            @else { (empty(desk.t(w::NO_DISPLAYS), None)) }
            @if any { p.export { a href="/admin/displays.csv" { (desk.t(w::AS_TABLE)) } } }
        }
        @if desk.may(Verb::OperateDisplays) { (waiting::card(desk, failed)) }
        @if !retired.is_empty() {
            section.card {
                h2 { (desk.t(w::RETIRED_DISPLAYS)) }
                @for known in retired {
                    a.row href=(format!("/admin/displays/{}", known.display.id)) {
                        span { (known.display.setting.name.get(desk.lang)) small { (known.display.setting.location.get(desk.lang)) } }
                        (tag("grey", desk.t(w::DISPLAY_RETIRED)))
                    }
                }
            }
        }
    };
    desk.page_with(status, Place::Displays, desk.t(w::DISPLAYS), body)
}

/// `POST /admin/displays/token`: a token for the technician who enrols, shown once.
pub(crate) async fn token(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::OperateDisplays)?;
    let call = posted.call(
        &desk,
        "token",
        None,
        &json!({"label": posted.value("label"), "days": 1, "scopes": ["read", "operate-displays"]}),
    );
    match sessions::token(State(Arc::clone(&desk.office)), call).await {
        Ok(answer) => {
            let secret = answer.body["token"].as_str().unwrap_or_default().to_owned();
            let above = html! { div.told role="status" { strong { (desk.t(w::TOKEN_MADE)) } pre { (secret) } } };
            Ok(show_all(&desk, StatusCode::OK, &above, None))
        }
        Err(problem) => {
            let above = desk.alert(&problem, &[("label", w::TOKEN_FOR)]);
            Ok(show_all(&desk, problem.status, &above, Some((&posted, &problem))))
        }
    }
}

/// `GET /admin/displays/{id}`
pub(crate) async fn one(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let known = api::find(&desk.office, &id)?;
    Ok(show(&desk, &known, &Outcome::default()))
}

/// What came of a form of a display's page.
#[derive(Default)]
struct Outcome<'a> {
    /// The setting was refused.
    setting: Option<(&'a Posted, &'a Problem)>,
    /// The revocation was.
    revocation: Option<(&'a Posted, &'a Problem)>,
}

fn show(desk: &Desk, known: &KnownDisplay, outcome: &Outcome<'_>) -> Response {
    let failed = outcome.setting.or(outcome.revocation);
    let (display, setting) = (&known.display, &known.display.setting);
    let (colour, word) = screens::standing(desk, known);
    let name = setting.name.get(desk.lang);
    let shown = Shown::new(desk, outcome.setting);
    let operates = desk.may(Verb::OperateDisplays) && !display.retired;
    let (heading, drawn) = heading(desk, known);
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/displays" { (desk.t(w::DISPLAYS)) }
                h1 { (name) " " span id=(format!("standing-{}", display.id)) data-fresh { (tag(colour, desk.t(word))) } }
                p.muted { (setting.location.get(desk.lang)) }
            }
        }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &FIELDS)) }
        (machine::shut_out(desk, known))
        div.split.long {
            div.stack {
                section.card {
                    h2 id="shows" data-fresh { (desk.t(heading)) }
                    div id="lapse" data-fresh { (on_show::of_display(desk, known)) }
                    div.glass data-drawing=(desk.t(w::helps::DRAWING)) { img.pixels[setting.panel.height_px <= 96] src=(screens::picture(known, 1280)) data-shot=(display.id) alt=(desk.f(w::PICTURE_OF, &[name])); }
                    p.hint id="drawn" data-fresh { (desk.t(drawn)) }
                }
                @if operates { (setting_form(desk, known, &shown)) }
            }
            div.stack {
                (facts(desk, known))
                (lineup::card(desk, &desk.state.programme(display).items))
                @if operates {
                    (machine::replacement(desk, known))
                    (machine::revocation(desk, known, outcome.revocation))
                    (retirement(desk, known))
                }
            }
        }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(
        status,
        Place::Displays,
        name,
        html! { div.stack data-live="display record enrolments" { (body) } },
    )
}

/// Over the picture, and under it. Of a display that is not heard nobody knows what it shows: the picture is of what it
/// should show.
fn heading(desk: &Desk, known: &KnownDisplay) -> (Word, Word) {
    match screens::is_heard(desk, known) {
        _ if known.display.revoked => (w::WILL_SHOW, w::DRAWN_BY_HUB),
        _ if known.display.retired => (w::SHOWS_NOW, w::DRAWN_BY_HUB),
        true => (w::SHOWS_NOW, w::DRAWN_BY_HUB),
        false => (lw::SHOULD_SHOW, lw::DRAWN_UNSEEN),
    }
}

/// What it says that it shows, or said last; nothing of one that is not there and said nothing.
fn on_now(desk: &Desk, known: &KnownDisplay) -> Markup {
    let (word, slate) = match desk.office.presence().standing(known.display.id, desk.now) {
        Standing::Online => (w::ON_NOW, true),
        Standing::Stale => (lw::WAS_ON_SILENT, false),
        Standing::Offline | Standing::Unknown => (lw::WAS_ON, false),
    };
    let shown = screens::on_now(desk, known);
    html! {
        @if shown.is_some() || slate {
            div {
                dt { (desk.t(word)) }
                dd { @match shown { Some((id, title)) => a href=(format!("/admin/publications/{id}")) { (title) }, None => (desk.t(w::DISPLAY_SLATE)) } }
            }
        }
    }
}

fn facts(desk: &Desk, known: &KnownDisplay) -> Markup {
    let (display, setting) = (&known.display, &known.display.setting);
    let Seen { last_seen, status, .. } = desk.office.presence().of(display.id);
    let last_seen = last_seen.map_or_else(|| desk.t(w::NOT_SEEN_SINCE_START).to_owned(), |at| desk.time(at));
    html! {
        section.card id="facts" data-fresh {
            h2 { (desk.t(w::FACTS)) }
            dl.facts {
                (on_now(desk, known))
                div { dt { (desk.t(w::CHANNELS)) } dd { (channel_titles(desk, &setting.channels)) } }
                div { dt { (desk.t(w::LAST_SEEN)) } dd { (last_seen) } }
                @if let Some(status) = &status {
                    div { dt { (desk.t(w::SOFTWARE)) } dd { (status.version) " · " code { (status.sink) } } }
                    div { dt { (desk.t(w::UPTIME)) } dd { (uptime(desk, status.uptime_ms)) } }
                    @if status.refusals > 0 { div { dt { (desk.t(w::REFUSALS)) } dd { (status.refusals) " " span lang="en" { (status.last_refusal.as_deref().unwrap_or_default()) } } } }
                }
                div { dt { (desk.t(w::PANEL)) } dd { (setting.panel.width_px) "×" (setting.panel.height_px) " · " code { (setting.profile) } } }
                div { dt { (desk.t(w::LANGUAGE)) } dd { (super::document::language_name(desk, setting.language)) } }
            }
            (technical::details(desk, &html! { p.hint { (desk.t(w::DEVICE_KEY_WHAT)) } p { (desk.t(w::DEVICE_KEY)) " " code { (hex(&display.key)) } } }))
        }
    }
}

fn uptime(desk: &Desk, ms: u64) -> String {
    let minutes = ms / 60_000;
    desk.f(
        w::HOURS_MINUTES,
        &[&(minutes / 60).to_string(), &(minutes % 60).to_string()],
    )
}

fn setting_form(desk: &Desk, known: &KnownDisplay, shown: &Shown<'_>) -> Markup {
    let setting = &known.display.setting;
    html! {
        section.card {
            h2 { (desk.t(w::SETTING)) }
            form.form id="setting" method="post" action=(format!("/admin/displays/{}", known.display.id)) {
                (desk.key())
                input type="hidden" name="revision" value=(known.position);
                (shown.both(w::NAME, "name", Some(&setting.name)))
                (shown.both(w::LOCATION, "location", Some(&setting.location)))
                (shown.channels(&setting.channels))
                (shown.language(setting.language))
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
        }
    }
}

/// `POST /admin/displays/{id}`
pub(crate) async fn set(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let known = api::find(&desk.office, &id)?;
    let setting = &known.display.setting;
    // The order of channels is the display's own: those that stay keep their place.
    let mut channels: Vec<&str> = posted.all("channels");
    channels.sort_by_key(|name| {
        setting
            .channels
            .iter()
            .position(|known| known.as_str() == *name)
            .unwrap_or(usize::MAX)
    });
    let wish = json!({
        "name": posted.local_text("name"), "location": posted.local_text("location"), "profile": setting.profile,
        "panel": setting.panel, "language": posted.value("language"), "channels": channels,
    });
    let call = posted.call(&desk, "set-display", Some(posted.get("revision")), &wish);
    match api::set(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(_) => Ok(done(&format!("/admin/displays/{id}"), "display")),
        Err(problem) => {
            let desk = desk.refreshed();
            let known = api::find(&desk.office, &id)?;
            let outcome = Outcome {
                setting: Some((&posted, &problem)),
                ..Outcome::default()
            };
            Ok(show(&desk, &known, &outcome))
        }
    }
}

/// `POST /admin/displays/{id}/revoke`
pub(crate) async fn revoke(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::OperateDisplays)?;
    let call = posted.call(&desk, "revoke", None, &json!({"reason": posted.get("reason")}));
    match api::revoke(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(_) => Ok(done(&format!("/admin/displays/{id}"), "revoked")),
        Err(problem) => {
            let desk = desk.refreshed();
            let known = api::find(&desk.office, &id)?;
            let outcome = Outcome {
                revocation: Some((&posted, &problem)),
                ..Outcome::default()
            };
            Ok(show(&desk, &known, &outcome))
        }
    }
}

/// `GET /admin/displays/{id}/revoke`: a page that a refused revocation left behind, loaded anew.
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    redirect(&format!("/admin/displays/{}", super::layout::in_query(&id)))
}

fn retirement(desk: &Desk, known: &KnownDisplay) -> Markup {
    html! {
        section.card {
            details.fold {
                summary.btn.danger.wide { (desk.t(w::RETIRE)) }
                form method="post" action=(format!("/admin/displays/{}/retire", known.display.id)) {
                    (desk.key())
                    p.hint { (desk.t(w::RETIRE_WHAT)) }
                    button.btn.danger type="submit" { (desk.t(w::CONFIRM)) }
                }
            }
        }
    }
}

/// `POST /admin/displays/{id}/retire`
pub(crate) async fn retire(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "retire", None, &json!({}));
    api::retire(State(Arc::clone(&desk.office)), Path(id), call).await?;
    Ok(done("/admin/displays", "retired"))
}
