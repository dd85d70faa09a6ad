//! Letting a machine in: whoever stands before it types what its screen shows, and says where it hangs.
//!
//! The page never shows the six characters. They prove something only when they were read at the machine: here they could
//! be confirmed unread.

use super::alert::Named;
use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::parts::Shown;
use super::waiting::{self, Said};
use super::words as w;
use crate::enrolment::Waiting;
use crate::http::enrolments as api;
use crate::http::problem::Problem;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::Lang;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The whole numbers of a panel, with what they are called.
const NUMBERS: [(&str, w::Word); 5] = [
    ("width_px", w::WIDTH_PX),
    ("height_px", w::HEIGHT_PX),
    ("pixel_pitch_um", w::PITCH_UM),
    ("viewing_distance_mm", w::VIEWING_MM),
    ("refresh_hz", w::REFRESH_HZ),
];
/// The fields at which faults are said.
const FIELDS: [Named; 13] = [
    ("short_string", w::CODE_ON_SCREEN),
    ("replaces", w::WHICH_PLACE),
    ("name", w::NAME),
    ("location", w::LOCATION),
    ("channels", w::CHANNELS),
    ("language", w::LANGUAGE),
    ("profile", w::PROFILE),
    ("panel.colour", w::COLOUR),
    ("panel.width_px", w::WIDTH_PX),
    ("panel.height_px", w::HEIGHT_PX),
    ("panel.pixel_pitch_um", w::PITCH_UM),
    ("panel.viewing_distance_mm", w::VIEWING_MM),
    ("panel.refresh_hz", w::REFRESH_HZ),
];

/// `GET /admin/displays/pair/{id}?replaces=`
pub(crate) async fn page(
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    desk.must(Verb::OperateDisplays)?;
    let place = query.get("replaces").map_or("", String::as_str);
    Ok(match find(&desk, &id) {
        Some(waiting) => show(&desk, &waiting, place, None, None),
        None => over(&desk, &id, None),
    })
}

fn find(desk: &Desk, id: &str) -> Option<Waiting> {
    let all = api::waiting(&desk.office);
    all.into_iter().find(|waiting| waiting.id.to_string() == id)
}

/// `POST /admin/displays/pair/{id}`: lets it in; or, as `then=carry`, shows for this machine what was typed for another.
pub(crate) async fn admit(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::OperateDisplays)?;
    if posted.get("then") == "carry" {
        return Ok(match find(&desk, &id) {
            Some(waiting) => show(&desk, &waiting, "", Some(&posted), None),
            None => over(&desk, &id, Some(&posted)),
        });
    }
    let call = posted.call(&desk, "pair", None, &asked(&posted));
    match api::admit(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(answer) => {
            let display = answer.body["id"].as_str().unwrap_or_default();
            Ok(done(&format!("/admin/displays/{display}"), "paired"))
        }
        Err(problem) => {
            let desk = desk.refreshed();
            Ok(match find(&desk, &id) {
                Some(waiting) => show(&desk, &waiting, "", Some(&posted), Some(&problem)),
                None => over(&desk, &id, Some(&posted)),
            })
        }
    }
}

/// `POST /admin/displays/pair/{id}/refuse`
pub(crate) async fn refuse(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "refuse-machine", None, &json!({}));
    match api::refuse(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(_) => Ok(done("/admin/displays#enrol", "refused")),
        Err(problem) if matches!(problem.status, StatusCode::GONE | StatusCode::CONFLICT) => {
            Ok(over(&desk.refreshed(), &id, None))
        }
        Err(problem) => Err(problem),
    }
}

/// The form's fields as the API reads them: a place that is there, or a new one.
fn asked(posted: &Posted) -> Value {
    let short_string = posted.value("short_string");
    let replaces = posted.get("replaces").trim();
    if !replaces.is_empty() {
        return json!({"short_string": short_string, "replaces": replaces});
    }
    // What is no number is passed on as it is, so that the API says what is wrong with it.
    let number = |name: &str| {
        let text = posted.get(&format!("panel.{name}")).trim().to_owned();
        match text.parse::<u64>() {
            Ok(number) => json!(number),
            Err(_) if text.is_empty() => Value::Null,
            Err(_) => json!(text),
        }
    };
    let mut panel: serde_json::Map<String, Value> = NUMBERS
        .iter()
        .map(|(name, _)| ((*name).to_owned(), number(name)))
        .collect();
    panel.insert("colour".to_owned(), posted.value("panel.colour"));
    json!({
        "short_string": short_string, "name": posted.local_text("name"), "location": posted.local_text("location"),
        "channels": posted.all("channels"), "language": posted.value("language"), "profile": posted.value("profile"),
        "panel": panel,
    })
}

/// The page of a machine that waits. `place` is the display whose machine it is to replace, `""` for a new one.
fn show(desk: &Desk, waiting: &Waiting, place: &str, typed: Option<&Posted>, problem: Option<&Problem>) -> Response {
    let mut shown = Shown::new(desk, typed.zip(problem));
    shown.typed = typed;
    let said = Said::of(waiting);
    let about = [Some(said.model(desk)), waiting::peer(desk, waiting), said.pixels()];
    let about: Vec<String> = about.into_iter().flatten().collect();
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/displays#enrol" { (desk.t(w::DISPLAYS)) }
                h1 { (desk.t(w::PAIR)) }
                p.muted { (about.join(" · ")) }
            }
        }
        @if let Some(problem) = problem { (desk.alert(problem, &FIELDS)) }
        div.split.long {
            div.stack { (form(desk, waiting, place, &said, &shown)) }
            div.stack { (waiting::facts(desk, waiting)) (refusal(desk, waiting)) }
        }
    };
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    desk.page_with(status, Place::Displays, desk.t(w::PAIR), body)
}

fn form(desk: &Desk, waiting: &Waiting, place: &str, said: &Said, shown: &Shown<'_>) -> Markup {
    let mistaken = mistaken(desk, waiting, shown);
    html! {
        section.card {
            form.form id="pair" method="post" action=(format!("/admin/displays/pair/{}", waiting.id)) {
                (desk.key())
                (code(desk, shown, mistaken.as_ref()))
                (places(desk, waiting, place, shown))
                fieldset.form.place { (new_place(desk, said, shown)) }
                div.buttons.stick {
                    button.btn type="submit" { (desk.t(w::LET_IN)) }
                    // Behind the other: the first button is the one that the Enter key presses.
                    @if let Some(other) = mistaken {
                        button.btn.quiet type="submit" name="then" value="carry" formaction=(format!("/admin/displays/pair/{}", other.id)) { (desk.t(w::GO_TO_THAT_MACHINE)) }
                    }
                }
            }
        }
    }
}

/// The machine whose code was typed for this one.
fn mistaken(desk: &Desk, waiting: &Waiting, shown: &Shown<'_>) -> Option<Waiting> {
    let typed = shown.typed?.get("short_string");
    let all = api::waiting(&desk.office);
    all.into_iter()
        .find(|other| other.id != waiting.id && api::same_code(typed, &other.short_string))
}

fn code(desk: &Desk, shown: &Shown<'_>, mistaken: Option<&Waiting>) -> Markup {
    let place = shown.place("short_string");
    html! {
        label.field.code.bad[place.is_some()] {
            span { (desk.t(w::CODE_ON_SCREEN)) span.must { "*" } }
            input id=[place] type="text" name="short_string" value=(shown.value("short_string", "")) maxlength="16" placeholder="___-___" autocomplete="off" autocapitalize="characters" spellcheck="false" required;
            @match mistaken {
                Some(other) => em.fault { (desk.f(w::CODE_OF_ANOTHER, &[&Said::of(other).model(desk)])) },
                None => (shown.said("short_string")),
            }
            small.hint { (desk.t(w::CODE_WHY)) }
        }
    }
}

/// A new place, or one of those that are there.
fn places(desk: &Desk, waiting: &Waiting, place: &str, shown: &Shown<'_>) -> Markup {
    let displays = super::order::live_displays(desk);
    let same = displays
        .iter()
        .find(|known| known.display.key == waiting.introduction.key.0);
    let same = same.map(|known| known.display.id.to_string());
    let known = if place.is_empty() {
        same.as_deref().unwrap_or("")
    } else {
        place
    };
    let chosen = shown.value("replaces", known);
    let option = |known: &&std::sync::Arc<crate::state::KnownDisplay>| {
        let setting = &known.display.setting;
        format!("{} · {}", setting.name.get(desk.lang), setting.location.get(desk.lang))
    };
    html! {
        @if !displays.is_empty() {
            label.field.bad[shown.place("replaces").is_some()] {
                span { (desk.t(w::WHICH_PLACE)) }
                select id=[shown.place("replaces")] name="replaces" {
                    option value="" { (desk.t(w::NEW_PLACE)) }
                    optgroup label=(desk.t(w::TAKES_OVER)) {
                        @for known in &displays {
                            @let id = known.display.id.to_string();
                            option value=(id) selected[chosen == id] { (option(known)) }
                        }
                    }
                }
                (shown.said("replaces"))
                small.hint { (desk.t(w::TAKES_OVER_WHAT)) }
            }
        }
    }
}

fn new_place(desk: &Desk, said: &Said, shown: &Shown<'_>) -> Markup {
    html! {
        (shown.both(w::NAME, "name", None))
        (shown.both(w::LOCATION, "location", None))
        (shown.channels(&[]))
        @if desk.state.channels.titles.is_empty() { p.hint { (desk.t(w::NO_CHANNELS)) } }
        (shown.language(said.language().unwrap_or(Lang::ZhHans)))
        (panel(desk, said, shown))
    }
}

/// The panel as the machine described it, folded away while there is nothing to correct.
fn panel(desk: &Desk, said: &Said, shown: &Shown<'_>) -> Markup {
    let colours: Vec<(String, String)> = ["full", "tri", "mono"]
        .into_iter()
        .map(|name| (name.to_owned(), waiting::colour(desk, name)))
        .collect();
    let incomplete =
        NUMBERS.iter().any(|(name, _)| said.of_panel(name).is_empty()) || said.of_panel("colour").is_empty();
    let faulty = shown
        .faults
        .all(desk.lang)
        .any(|(field, _)| field.starts_with("panel") || field == "profile");
    html! {
        details.panel open[incomplete || faulty] {
            summary { (desk.t(w::PANEL)) " " small { (desk.t(w::PANEL_SAID)) @if let Some(pixels) = said.pixels() { " · " (pixels) } } }
            div.form {
                div.pair {
                    (shown.line(w::PROFILE, "profile", &said.text("profile"), None))
                    (shown.choice(w::COLOUR, "panel.colour", &said.of_panel("colour"), &colours))
                }
                div.triple { @for (name, word) in NUMBERS { (shown.line(word, &format!("panel.{name}"), &said.of_panel(name), None)) } }
            }
        }
    }
}

fn refusal(desk: &Desk, waiting: &Waiting) -> Markup {
    html! {
        section.card {
            details.fold.refuse {
                summary.btn.danger.wide { (desk.t(w::REFUSE_MACHINE)) }
                form method="post" action=(format!("/admin/displays/pair/{}/refuse", waiting.id)) {
                    (desk.key())
                    p.hint { (desk.t(w::REFUSE_MACHINE_WHAT)) }
                    button.btn.danger type="submit" { (desk.t(w::CONFIRM)) }
                }
            }
        }
    }
}

/// The request is over. What was typed for it is kept for the request that the machine makes next.
fn over(desk: &Desk, id: &str, typed: Option<&Posted>) -> Response {
    let all = api::waiting(&desk.office);
    let body = html! {
        div.top { div { a.crumb href="/admin/displays#enrol" { (desk.t(w::DISPLAYS)) } h1 { (desk.t(w::PAIRING_OVER)) } } }
        div.notice role="alert" { p { (desk.t(w::PAIRING_OVER_WHY)) } @if typed.is_some() { p { (desk.t(w::TYPED_IS_KEPT)) } } }
        section.card id="enrol" {
            h2 { (desk.t(w::MACHINES_WAITING)) }
            @match typed {
                None => (waiting::rows(desk, "waiting-machines", None)),
                Some(typed) => form.form method="post" action=(format!("/admin/displays/pair/{}", super::layout::in_query(id))) {
                    @for (name, value) in typed.under("").filter(|(name, _)| !matches!(*name, "key" | "then" | "short_string")) {
                        input type="hidden" name=(name) value=(value);
                    }
                    @for waiting in &all { (carry(desk, waiting)) }
                    @if all.is_empty() { p.muted { (desk.t(w::NO_MACHINES_WAIT)) } }
                    div.buttons { button.btn.quiet type="submit" name="then" value="carry" { (desk.t(w::REFRESH)) } }
                },
            }
        }
    };
    desk.page_with(StatusCode::GONE, Place::Displays, desk.t(w::PAIRING_OVER), body)
}

fn carry(desk: &Desk, waiting: &Waiting) -> Markup {
    let peer = waiting::peer(desk, waiting).unwrap_or_default();
    html! {
        div.row {
            span { (Said::of(waiting).model(desk)) small { (peer) " · " (waiting::age(desk, waiting)) } }
            button.btn.small type="submit" name="then" value="carry" formaction=(format!("/admin/displays/pair/{}", waiting.id)) { (desk.t(w::GO_ON)) }
        }
    }
}
