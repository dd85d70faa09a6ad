//! Machines that wait to be let in: as rows, as facts, and how to bring one there.

use super::form::Posted;
use super::home::shortened;
use super::layout::{Desk, empty, tag};
use super::parts::Shown;
use super::words as w;
use crate::enrolment::Waiting;
use crate::http::enrolments as api;
use crate::http::problem::Problem;
use heliograph_domain::{DisplayId, Lang};
use maud::{Markup, html};
use serde_json::{Map, Value};

/// The most characters that are shown of anything that a machine says.
const SHOWN_CHARS: usize = 60;
/// The most addresses that are shown of a machine.
const SHOWN_ADDRESSES: usize = 4;

/// What a machine says of itself. Anybody can say anything: it is shown without control characters and cut short.
pub(crate) struct Said(Map<String, Value>);

impl Said {
    pub(crate) fn of(waiting: &Waiting) -> Self {
        Self(api::facts_of(waiting))
    }

    /// A text; empty when it said none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.0.get(name).map(plain).unwrap_or_default()
    }

    /// A field of its panel, as it would be typed.
    pub(crate) fn of_panel(&self, name: &str) -> String {
        self.0
            .get("panel")
            .and_then(|panel| panel.get(name))
            .map(plain)
            .unwrap_or_default()
    }

    /// `1920×1080`; nothing when it did not say.
    pub(crate) fn pixels(&self) -> Option<String> {
        let (width, height) = (self.of_panel("width_px"), self.of_panel("height_px"));
        (!width.is_empty() && !height.is_empty()).then(|| format!("{width}×{height}"))
    }

    /// Its model, or that it named none.
    pub(crate) fn model(&self, desk: &Desk) -> String {
        let model = self.text("model");
        if model.is_empty() {
            desk.t(w::NO_MODEL).to_owned()
        } else {
            model
        }
    }

    fn addresses(&self) -> Vec<String> {
        let all = self.0.get("addresses").and_then(Value::as_array);
        all.into_iter().flatten().take(SHOWN_ADDRESSES).map(plain).collect()
    }

    /// The language that it speaks, if it is one of ours.
    pub(crate) fn language(&self) -> Option<Lang> {
        let tag = self.text("language");
        Lang::ALL.into_iter().find(|lang| lang.tag() == tag)
    }
}

/// A text or a number for people to read. Marks that turn the direction of writing would let it look like another.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let seen: String = text.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    shortened(seen.trim(), SHOWN_CHARS)
}

/// How long ago it asked.
pub(crate) fn age(desk: &Desk, waiting: &Waiting) -> String {
    match desk.now.since(waiting.opened_at) / 60_000 {
        0 => desk.t(w::JUST_NOW).to_owned(),
        minutes => desk.f(w::MINUTES_AGO, &[&minutes.to_string()]),
    }
}

/// Where it called from, as the hub saw it.
pub(crate) fn peer(desk: &Desk, waiting: &Waiting) -> Option<String> {
    waiting.peer.map(|peer| desk.f(w::CALLS_FROM, &[&peer.to_string()]))
}

/// The rows of all that wait; for one place when `replaces` names it. They renew themselves under this id.
pub(crate) fn rows(desk: &Desk, id: &str, replaces: Option<DisplayId>) -> Markup {
    let all = api::waiting(&desk.office);
    html! {
        div id=(id) data-fresh {
            @for waiting in &all { (row(desk, waiting, replaces)) }
            @if all.is_empty() { (empty(desk.t(w::NO_MACHINES_WAIT), None)) }
        }
    }
}

/// Over a long page, that machines wait further down: whoever comes from a machine's screen came for that.
pub(crate) fn knock(desk: &Desk) -> Markup {
    let count = api::waiting(&desk.office).len();
    html! {
        div id="knock" data-fresh {
            @if count > 0 { p.notice { a href="#enrol" { (desk.f(w::N_MACHINES_WAIT, &[&count.to_string()])) } } }
        }
    }
}

fn row(desk: &Desk, waiting: &Waiting, replaces: Option<DisplayId>) -> Markup {
    let said = Said::of(waiting);
    let place = replaces.map(|id| format!("?replaces={id}")).unwrap_or_default();
    let details = [peer(desk, waiting), said.pixels(), Some(age(desk, waiting))];
    let details: Vec<String> = details.into_iter().flatten().collect();
    html! {
        a.row href=(format!("/admin/displays/pair/{}{place}", waiting.id)) {
            span { (said.model(desk)) small { (details.join(" · ")) } }
            (tag("amber", desk.t(w::TO_PAIR)))
        }
    }
}

/// All that is known of a machine before anybody has decided.
pub(crate) fn facts(desk: &Desk, waiting: &Waiting) -> Markup {
    let said = Said::of(waiting);
    let from = waiting.peer.map_or_else(String::new, |peer| peer.to_string());
    let (addresses, version) = (said.addresses(), said.text("version"));
    html! {
        section.card id="facts" {
            h2 { (desk.t(w::FACTS)) }
            dl.facts {
                div { dt { (desk.t(w::MODEL)) } dd { (said.model(desk)) } }
                div { dt { (desk.t(w::CALLED_FROM)) } dd { (from) } }
                @if !addresses.is_empty() { div { dt { (desk.t(w::ADDRESSES)) } dd { @for address in &addresses { div { (address) } } } } }
                @if let Some(pixels) = said.pixels() { div { dt { (desk.t(w::PANEL)) } dd { (pixels) " " (colour(desk, &said.of_panel("colour"))) } } }
                @if !version.is_empty() { div { dt { (desk.t(w::SOFTWARE)) } dd { (version) } } }
                div { dt { (desk.t(w::FINGERPRINT)) } dd { code { (api::fingerprint(&waiting.introduction.key.0)) } p.hint { (desk.t(w::FINGERPRINT_WHAT)) } } }
                div { dt { (desk.t(w::ASKED)) } dd { (age(desk, waiting)) } }
                div { dt { (desk.t(w::ENDS)) } dd { (desk.time(waiting.expires_at())) } }
            }
            p.hint { (desk.t(w::SAID_BY_ITSELF)) }
        }
    }
}

/// A depth of colour in words.
pub(crate) fn colour(desk: &Desk, name: &str) -> String {
    match name {
        "mono" => desk.t(w::MONO).to_owned(),
        "tri" => desk.t(w::TRI).to_owned(),
        "full" => desk.t(w::FULL).to_owned(),
        other => other.to_owned(),
    }
}

/// The machines that wait, how to bring one here, and the token for programs.
pub(crate) fn card(desk: &Desk, failed: Option<(&Posted, &Problem)>) -> Markup {
    let shown = Shown::new(desk, failed);
    html! {
        section.card id="enrol" {
            h2 { (desk.t(w::MACHINES_WAITING)) a href="/admin/displays#enrol" { (desk.t(w::REFRESH)) } }
            (rows(desk, "waiting-machines", None))
            h3 { (desk.t(w::HOW_TO_ADD_DISPLAY)) }
            (how(desk))
            details open[failed.is_some()] {
                summary { (desk.t(w::TOKEN_FOR_PROGRAMS)) }
                form.inline method="post" action="/admin/displays/token" {
                    (desk.key())
                    (shown.line(w::TOKEN_FOR, "label", "", Some(w::TOKEN_FOR_HINT)))
                    button.btn.quiet type="submit" { (desk.t(w::MAKE_TOKEN)) }
                }
            }
        }
    }
}

/// What to do at the machine and here.
pub(crate) fn how(desk: &Desk) -> Markup {
    let hub = desk.office.addresses.hub(desk.host.as_deref());
    html! {
        ol.how {
            li { (desk.t(w::PAIR_RUN)) pre { "heliograph player --hub " (hub) } }
            li { (desk.t(w::PAIR_SEE)) }
            li { (desk.t(w::PAIR_TYPE)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_machine_says_cannot_pose_as_something_else() {
        assert_eq!(plain(&json!("box\u{202e}gnp\u{0007}\n 9")), "boxgnp 9");
        assert_eq!(plain(&json!("屏".repeat(500))).chars().count(), SHOWN_CHARS + 1);
        assert_eq!(
            (plain(&json!(1080)), plain(&json!({"a": 1}))),
            ("1080".to_owned(), String::new())
        );
    }
}
