//! After a release: display by display, the moment that it was sent, received and on air.

use super::layout::{Desk, Place, empty, tag};
use super::publication::find;
use super::screens;
use super::words as w;
use crate::http::problem::Problem;
use crate::http::shape;
use crate::reach::{Arrival, Journey};
use axum::extract::Path;
use axum::response::Response;
use heliograph_domain::publication::{OnRelease, Publication};
use heliograph_domain::{DisplayId, Instant, Lang};
use maud::{Markup, html};

/// `GET /admin/publications/{id}/reach`
pub(crate) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let (id, dossier) = find(&desk, &id)?;
    let journey = desk.office.reach().of(id).cloned();
    let title = shape::title_of(&desk.office, &dossier, desk.lang);
    let on = dossier.publication.released.as_ref();
    let early = on.is_some_and(|on| desk.now < on.release.window.from);
    let body = html! {
        div.top {
            div {
                a.crumb href=(format!("/admin/publications/{id}")) { (title) }
                h1 { (desk.t(w::REACH)) }
                @if let Some(journey) = &journey { p.muted { (desk.f(w::RELEASED_AT, &[&desk.time(journey.released_at), &desk.moment(journey.released_at)])) } }
            }
            a.btn.quiet href="" { (desk.t(w::REFRESH)) }
        }
        @if let (true, Some(on)) = (early, on) { p.notice { (desk.f(w::NOT_YET, &[&desk.time(on.release.window.from)])) } }
        @match &journey {
            Some(journey) if !journey.displays.is_empty() => (arrivals(&desk, journey)),
            _ => (now(&desk, &dossier.publication)),
        }
    };
    Ok(desk.page(
        Place::Publications,
        desk.t(w::REACH),
        html! { div.stack data-live="reach display" data-about=(id) { (body) } },
    ))
}

/// What the displays that are tuned in now say of a text: of a release of long ago, or one that is older than they are.
fn now(desk: &Desk, publication: &Publication) -> Markup {
    let on = publication.released.as_ref();
    let tuned = on.map_or_else(Vec::new, |on| desk.state.audience(&on.release.channels));
    html! {
        section.card {
            @if tuned.is_empty() { (empty(desk.t(w::NOBODY_TUNED), Some(("/admin/displays", desk.t(w::DISPLAYS))))) }
            @else {
                h2 { (desk.t(w::REACH_NOW)) }
                p.hint { (desk.t(w::REACH_NOW_WHY)) }
                div.journeys id="reach-now" data-fresh { @for display in tuned { (reported(desk, on, display)) } }
            }
        }
    }
}

/// One of them, with the first moment that it showed the text, if it told one.
fn reported(desk: &Desk, on: Option<&OnRelease>, display: DisplayId) -> Markup {
    let status = desk.office.presence().of(display).status;
    let shown = status.iter().flat_map(|status| &status.shown);
    let at = on.and_then(|on| {
        let mut of_this = shown.filter(|shown| shown.content == on.release.content);
        of_this.next().map(|shown| shown.at)
    });
    html! {
        div.journey data-display=(display) {
            (who(desk, display))
            (leg(desk, w::ON_AIR, at, None))
            span.state {
                @if at.is_some() { (tag("green", desk.t(w::ON_AIR))) }
                @else { (tag("amber", desk.t(w::NOT_REPORTED))) }
            }
        }
    }
}

/// Which display it is.
fn who(desk: &Desk, display: DisplayId) -> Markup {
    html! {
        a.who href=(format!("/admin/displays/{display}")) {
            @match desk.state.displays.get(&display) {
                Some(known) => { b { (known.display.setting.name.get(desk.lang)) } small { (known.display.setting.location.get(desk.lang)) } },
                None => b { (display) },
            }
        }
    }
}

fn arrivals(desk: &Desk, journey: &Journey) -> Markup {
    let arrived = journey
        .displays
        .values()
        .filter(|arrival| arrival.on_air_at.is_some())
        .count();
    let all = journey.displays.len();
    html! {
        section.card {
            h2 id="reach-summary" data-fresh {
                (desk.f(w::N_OF_M_ON_AIR, &[&arrived.to_string(), &all.to_string()]))
                " " progress max=(all) value=(arrived) {}
            }
            div.journeys id="reach" data-fresh {
                @for (display, arrival) in &journey.displays { (line(desk, journey, *display, *arrival)) }
            }
        }
    }
}

fn line(desk: &Desk, journey: &Journey, display: DisplayId, arrival: Arrival) -> Markup {
    let known = desk.state.displays.get(&display);
    let offline = known.is_some_and(|known| screens::standing(desk, known).0 == "red");
    html! {
        div.journey data-display=(display) data-arrived=[arrival.on_air_at.map(|_| "yes")] {
            (who(desk, display))
            (leg(desk, w::SENT, journey.sent_at, None))
            (leg(desk, w::RECEIVED, arrival.received_at, None))
            (leg(desk, w::ON_AIR, arrival.on_air_at, arrival.on_air_at.map(|at| at.since(journey.released_at.max(start_of(desk, journey))))))
            span.state {
                @if arrival.on_air_at.is_some() { (tag("green", desk.t(w::ON_AIR))) }
                @else if offline { (tag("red", desk.t(w::DISPLAY_OFFLINE))) small { (desk.t(w::ARRIVES_LATER)) } }
                @else { (tag("amber", desk.t(w::ON_ITS_WAY))) }
            }
        }
    }
}

/// When it may first be seen: what begins later is not late.
fn start_of(desk: &Desk, journey: &Journey) -> Instant {
    let dossier = desk.state.publications.get(&journey.publication);
    let on = dossier.and_then(|dossier| dossier.publication.released.as_ref());
    on.map_or(journey.released_at, |on| on.release.window.from)
}

fn leg(desk: &Desk, word: w::Word, at: Option<Instant>, after_ms: Option<u64>) -> Markup {
    html! {
        span.leg.done[at.is_some()] {
            small { (desk.t(word)) }
            @match at {
                Some(at) => { time datetime=(shape::time(at)) { (desk.moment(at)) } },
                None => time { "—" },
            }
            @if let Some(ms) = after_ms { i { (seconds(desk.lang, ms)) } }
        }
    }
}

fn seconds(lang: Lang, ms: u64) -> String {
    let unit = if lang == Lang::ZhHans { "秒" } else { "s" };
    format!("+{}.{:02} {unit}", ms / 1000, ms % 1000 / 10)
}
