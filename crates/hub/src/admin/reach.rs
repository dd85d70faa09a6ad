//! After a release: display by display, whether it shows it, and when it was sent, received and on air; where it does
//! not, why.

use super::carried::{self, Asked, Carried};
use super::layout::{Desk, Place, empty, tag};
use super::publication::find;
use super::words as w;
use super::words::reach as rw;
use crate::http::problem::Problem;
use crate::http::shape;
use crate::reach::Journey;
use axum::extract::Path;
use axum::response::Response;
use heliograph_domain::{DisplayId, Instant, Lang};
use maud::{Markup, html};

/// `GET /admin/publications/{id}/reach`
pub(crate) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let (id, dossier) = find(&desk, &id)?;
    let journey = desk.office.reach().of(id).cloned();
    let title = shape::title_of(&desk.office, &dossier, desk.lang);
    let on = dossier.publication.released.as_ref();
    let early = on.is_some_and(|on| desk.now < on.release.window.from);
    let rows = Asked::of(&desk, &dossier, journey.as_ref()).displays();
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
        @if on.is_none() { p.notice { (desk.t(rw::WITHDRAWN)) } }
        @if on.is_some() || !rows.is_empty() { (card(&desk, journey.as_ref(), &rows, on.is_some())) }
        @if let Some(on) = on { (super::left_out::named(&desk, on, &rows)) }
    };
    Ok(desk.page(
        Place::Publications,
        desk.t(w::REACH),
        html! { div.stack data-live="reach display" data-about=(id) { (body) } },
    ))
}

fn card(desk: &Desk, journey: Option<&Journey>, rows: &[Carried], released: bool) -> Markup {
    if rows.is_empty() {
        let way_on = Some(("/admin/displays", desk.t(w::DISPLAYS)));
        return html! { section.card { (empty(desk.t(w::NOBODY_TUNED), way_on)) } };
    }
    let there = |row: &&Carried| match released {
        true => row.on_air_at.is_some(),
        false => row.sort == carried::Sort::Over,
    };
    let there = rows.iter().filter(there).count();
    html! {
        section.card {
            h2 id="reach-summary" data-fresh {
                @if released { (carried::summary(desk, rows)) } @else { (carried::summary_of_leaving(desk, rows)) }
                " " progress max=(rows.len()) value=(there) {}
            }
            @if rows.iter().any(|row| followed(journey, row).is_none()) { p.hint { (desk.t(rw::NOT_FOLLOWED)) } }
            div.scroll { table.stacked.reach {
                thead { tr { th { (desk.t(rw::DISPLAY)) } th { (desk.t(rw::HOW_IT_STANDS)) } th { (desk.t(w::SENT)) } th { (desk.t(w::RECEIVED)) } th { (desk.t(w::ON_AIR)) } } }
                tbody id="reach" data-fresh { @for row in rows { (line(desk, journey, row)) } }
            } }
            p.hint { (desk.t(rw::CLOCKS)) }
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

fn line(desk: &Desk, journey: Option<&Journey>, row: &Carried) -> Markup {
    let followed = followed(journey, row);
    let moment = |at| moment(desk, journey, at);
    html! {
        tr data-display=(row.display) data-arrived=[row.on_air_at.map(|_| "yes")] {
            td.name { (who(desk, row.display)) }
            td data-label=(desk.t(rw::HOW_IT_STANDS)) { (tag(row.colour(), desk.t(row.state))) small { (row.why) } }
            td data-label=(desk.t(w::SENT)) { (moment(followed.and_then(|journey| journey.sent_at))) }
            td data-label=(desk.t(w::RECEIVED)) { (received(desk, journey, row)) }
            td data-label=(desk.t(w::ON_AIR)) { (moment(row.on_air_at)) (lag(desk, followed, row)) }
        }
    }
}

/// The journey of a release, where it set out to this display: one that came later has it of what the broker keeps.
fn followed<'j>(journey: Option<&'j Journey>, row: &Carried) -> Option<&'j Journey> {
    journey.filter(|journey| journey.set_out_to(row.display))
}

fn moment(desk: &Desk, journey: Option<&Journey>, at: Option<Instant>) -> Markup {
    html! {
        @match at {
            Some(at) => { time datetime=(shape::time(at)) { (when(desk, journey, at)) } },
            None => "—",
        }
    }
}

/// To a tenth of a second, with the day unless release and moment are both of today.
fn when(desk: &Desk, journey: Option<&Journey>, at: Instant) -> String {
    let of_today = journey.is_some_and(|journey| desk.civil(journey.released_at).0 == desk.today());
    desk.moment_with_day(at, of_today)
}

/// A display tells that it has a text together with its first frame, or after it: then all that is known of when it was
/// received is that it was before that.
fn received(desk: &Desk, journey: Option<&Journey>, row: &Carried) -> Markup {
    let late = row
        .on_air_at
        .is_some_and(|on_air| row.received_at.is_none_or(|received| received > on_air));
    html! {
        @if let (true, Some(on_air)) = (late, row.on_air_at) { (desk.f(rw::BEFORE_ON_AIR, &[&when(desk, journey, on_air)])) }
        @else if row.received_at.is_none() && row.received { (desk.t(rw::NO_MOMENT)) }
        @else { (moment(desk, journey, row.received_at)) }
    }
}

/// How long after its release it was on air. What begins later is not late; what the display's clock puts before the
/// release has no honest number.
fn lag(desk: &Desk, journey: Option<&Journey>, row: &Carried) -> Markup {
    let Some((journey, at)) = journey.zip(row.on_air_at) else {
        return html! {};
    };
    html! {
        @if at < journey.released_at { small { (desk.t(rw::OTHER_CLOCK)) } }
        @else { small { (seconds(desk.lang, at.since(journey.released_at.max(start_of(desk, journey))))) } }
    }
}

/// When it may first be seen: what begins later is not late.
fn start_of(desk: &Desk, journey: &Journey) -> Instant {
    let dossier = desk.state.publications.get(&journey.publication);
    let on = dossier.and_then(|dossier| dossier.publication.released.as_ref());
    on.map_or(journey.released_at, |on| on.release.window.from)
}

/// Hundredths of a second count while somebody waits for it; of what came on a display days later, the days do.
fn seconds(lang: Lang, ms: u64) -> String {
    const MINUTE: u64 = 60_000;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let zh = lang == Lang::ZhHans;
    let whole = |of: u64, zh_unit: &str, en_unit: &str| format!("+{} {}", ms / of, if zh { zh_unit } else { en_unit });
    if ms < MINUTE {
        format!("+{}.{:02} {}", ms / 1000, ms % 1000 / 10, if zh { "秒" } else { "s" })
    } else if ms < HOUR {
        whole(MINUTE, "分钟", "min")
    } else if ms < DAY {
        whole(HOUR, "小时", "h")
    } else {
        whole(DAY, "天", "d")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_late_it_was_is_told_as_finely_as_it_matters() {
        let told = [740, 61_000, 7_300_000, 172_141_180].map(|ms| seconds(Lang::ZhHans, ms));
        assert_eq!(told, ["+0.74 秒", "+1 分钟", "+2 小时", "+1 天"]);
        assert_eq!(seconds(Lang::En, 740), "+0.74 s");
    }
}
