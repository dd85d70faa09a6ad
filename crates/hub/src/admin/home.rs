//! The first page: what waits for me, what is due, whether every display shows what it should.

use super::catalogue_filter::address_of;
use super::duties::{self, Duty, Task};
use super::layout::{Desk, Place, empty, tag};
use super::words as w;
use super::words::limits as lw;
use super::{due, first_steps, screens};
use crate::http::problem::Problem;
use crate::http::shape;
use crate::time_limits::{Due, Pressure};
use axum::response::Response;
use heliograph_domain::Lang;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};

/// So many rows stand on the first page; the rest is a click away.
const ROWS: usize = 6;
/// So many entries stand under each heading of what is due, so that the displays are on the first screen, too.
const DUE_ROWS: usize = 4;

/// `GET /admin`
pub(crate) async fn page(desk: Desk) -> Result<Response, Problem> {
    let body = html! {
        div.top {
            div { h1 { (greeting(&desk)) } p.muted { (who(&desk)) } }
            @if desk.may(Verb::Draft) { a.btn href="/admin/write" id="write" { (desk.t(w::WRITE_ONE)) } }
        }
        (unsigned(&desk))
        (first_steps::card(&desk))
        (due::missing_year(&desk))
        (super::reminders::failures(&desk))
        (super::answers::unanswered(&desk))
        (super::answers::nobody_stands_in(&desk))
        div.cols {
            (waiting(&desk)?)
            (dues(&desk))
        }
        (displays(&desk))
    };
    Ok(desk.page(
        Place::Home,
        desk.t(w::HOME),
        html! { div id="home" data-live="record display" { (body) } },
    ))
}

/// What the signer refuses, or that it is not there: displays keep what they have meanwhile.
fn unsigned(desk: &Desk) -> Markup {
    let faults = desk.office.seals.faults();
    html! {
        @if !faults.is_empty() {
            div.alert id="unsigned" role="alert" {
                strong { (desk.t(w::NOT_SIGNED)) }
                ul {
                    @for fault in faults.iter().take(ROWS) {
                        li {
                            (desk.time(fault.since)) " · "
                            @if !fault.subject.is_empty() { code { (fault.subject) } " · " }
                            @if desk.lang == Lang::ZhHans { (fault.why.zh()) } @else { (fault.why) }
                        }
                    }
                }
            }
        }
    }
}

fn greeting(desk: &Desk) -> String {
    let hour = desk.civil(desk.now).1 / 60;
    desk.f(greeting_at(hour), &[&desk.person(desk.me())])
}

/// What people say to each other at this hour of the office's day.
fn greeting_at(hour: u64) -> w::Word {
    match hour {
        5..=10 => w::GOOD_MORNING,
        11..=12 => w::GOOD_NOON,
        13..=17 => w::GOOD_AFTERNOON,
        18..=22 => w::GOOD_EVENING,
        _ => w::helps::GOOD_NIGHT,
    }
}

fn who(desk: &Desk) -> String {
    let Some(person) = desk.state.staff.people.get(desk.me()) else {
        return String::new();
    };
    let roles: Vec<&str> = person.roles.iter().map(|role| role.label(desk.lang)).collect();
    let absent = desk.state.staff.absent(desk.me(), desk.now);
    let absent: Vec<String> = absent.map(|person| desk.person(person)).collect();
    let mut parts = vec![desk.department(&person.department), roles.join(desk.t(w::LIST_COMMA))];
    if !absent.is_empty() {
        parts.push(desk.f(w::review::STANDING_IN, &[&absent.join(desk.t(w::LIST_COMMA))]));
    }
    parts.join(" · ")
}

fn waiting(desk: &Desk) -> Result<Markup, Problem> {
    let tasks = duties::mine(desk);
    let unsent = super::begun::unsent(desk)?;
    let referred = super::referrals::waiting(desk)?;
    Ok(html! {
        section.card id="waiting" data-fresh {
            h2 {
                (desk.t(w::WAITS_FOR_ME))
                @if tasks.len() + referred.len() > 0 { span.tag.amber { (tasks.len() + referred.len()) } }
                @if tasks.len() > ROWS { a href="/admin/publications?state=mine" { (desk.f(w::ALL_N, &[&tasks.len().to_string()])) } }
            }
            @for draft in referred.iter().take(ROWS) { (super::referrals::row(desk, draft)) }
            @for task in tasks.iter().take(ROWS) { (task_row(desk, task)) }
            @if tasks.is_empty() && unsent.is_empty() && referred.is_empty() {
                (empty(desk.t(w::NOTHING_WAITS), desk.may(Verb::Draft).then(|| ("/admin/write", desk.t(w::WRITE_ONE)))))
            }
            @if !unsent.is_empty() {
                h3 { (desk.t(w::MY_DRAFTS)) }
                @for begun in unsent.iter().take(ROWS) { (super::begun::row(desk, &begun.draft)) }
            }
        }
    })
}

fn task_row(desk: &Desk, task: &Task) -> Markup {
    let publication = &task.dossier.publication;
    let title = shape::title(&desk.office, publication, desk.lang);
    let (colour, word) = task.duty.tag();
    let href = match task.duty {
        Duty::Mend => format!("/admin/write/{}", task.id),
        Duty::Take(_) => format!("/admin/publications/{}", task.id),
    };
    html! {
        a.row href=(href) {
            span {
                (title)
                small { (task_detail(desk, task)) }
            }
            span.tags { (due::text_mark(desk, task.id, &task.dossier)) (tag(colour, desk.t(word))) }
        }
    }
}

fn task_detail(desk: &Desk, task: &Task) -> String {
    let publication = &task.dossier.publication;
    let Some(pending) = &publication.pending else {
        return String::new();
    };
    let mut parts = vec![publication.kind.label(desk.lang).to_owned()];
    match (&pending.returned, task.duty) {
        (Some((by, reason)), Duty::Mend) => {
            parts.push(desk.f(w::RETURNED_BY, &[&desk.person(by)]));
            parts.extend(super::document::reason(desk, reason).map(|text| shortened(&text, 40)));
        }
        _ => {
            let author = format!(
                "{} {}",
                desk.department_of(&pending.author),
                desk.person(&pending.author)
            );
            parts.push(desk.f(w::SUBMITTED_BY, &[author.trim()]));
        }
    }
    parts.extend(task.dossier.history.last().map(|step| desk.time(step.at)));
    if publication.released.is_some() {
        let changes = super::document::changes(desk, publication);
        parts.push(desk.f(w::N_CHANGES, &[&changes.to_string()]));
    }
    parts.join(" · ")
}

pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most).collect();
    short.push('…');
    short
}

/// What is overdue, due this week and due soon, under its own heading each.
fn dues(desk: &Desk) -> Markup {
    let dues = due::all(desk);
    let none = dues.is_empty();
    let groups = [
        (Pressure::Overdue, lw::OVERDUE, lw::N_OVERDUE),
        (Pressure::ThisWeek, lw::THIS_WEEK, lw::N_THIS_WEEK),
        (Pressure::Soon, lw::SOON, lw::N_SOON),
    ];
    let pressing = dues.iter().filter(|due| due.pressure != Pressure::Calm).count();
    let late = dues.iter().any(|due| due.pressure == Pressure::Overdue);
    let calm = dues.iter().all(|due| due.pressure == Pressure::Calm);
    html! {
        section.card id="due" data-fresh {
            h2 { (desk.t(w::DUE_AND_OVERDUE)) @if pressing > 0 { span.tag.(if late { "red" } else { "amber" }) { (pressing) } } a href="/admin/catalogue" { (desk.t(w::CATALOGUE)) } }
            @for (pressure, heading, counted) in groups {
                @let group: Vec<&Due> = dues.iter().filter(|due| due.pressure == pressure).collect();
                @if !group.is_empty() {
                    h3 { (desk.t(heading)) " " a href=(address_of(pressure)) aria-label=(desk.f(counted, &[&group.len().to_string()])) { (group.len()) } }
                    @for due in group.iter().take(DUE_ROWS) { (due_row(desk, due)) }
                    @if group.len() > DUE_ROWS { p.more { a href=(address_of(pressure)) { (desk.f(lw::N_MORE, &[&(group.len() - DUE_ROWS).to_string()])) } } }
                }
            }
            @if none {
                (empty(desk.t(w::NO_CATALOGUE), desk.may(Verb::Catalogue).then(|| ("/admin/catalogue", desk.t(w::OPEN_ENTRY)))))
            } @else if calm { (empty(desk.t(w::NOTHING_DUE), None)) }
        }
    }
}

fn due_row(desk: &Desk, due: &Due) -> Markup {
    let (colour, text) = due::tag_of(desk, due);
    let href = match due.text() {
        Some(text) => format!("/admin/publications/{}", text.publication),
        None => format!("/admin/catalogue/entries/{}", due.entry.id),
    };
    html! {
        a.row href=(href) {
            span {
                (desk.entry_name(&due.entry.id))
                @if desk.is_mine(due) { " " (tag("blue", desk.t(lw::MINE))) }
                small {
                    (due::cadence(desk, due.entry.cadence)) " · " (desk.f(w::RESPONSIBLE_IS, &[&desk.person(&due.entry.responsible)])) (super::answers::gone(desk, &due.entry.responsible))
                    @if let Some(deadline) = due.deadline { " · " (desk.f(w::DUE_ON, &[&desk.day(deadline.on)])) }
                }
            }
            (tag(colour, &text))
        }
    }
}

fn displays(desk: &Desk) -> Markup {
    let any = desk.state.live_displays().next().is_some();
    html! {
        section.card id="screens" {
            h2 { (desk.t(w::DISPLAYS)) (screens::summary(desk)) a href="/admin/displays" { (desk.t(w::ALL_DISPLAYS)) } (super::blanking::way_there(desk, true)) }
            (super::on_show::answer(desk))
            @if any {
                div.wall { @for known in super::order::live_displays(desk) { (screens::tile(desk, known)) } }
            } @else { (empty(desk.t(w::NO_DISPLAYS), Some(("/admin/displays", desk.t(w::HOW_TO_ADD_DISPLAY))))) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_wished_a_good_evening_at_half_past_two() {
        for (hour, word) in [
            (2, w::helps::GOOD_NIGHT),
            (5, w::GOOD_MORNING),
            (12, w::GOOD_NOON),
            (17, w::GOOD_AFTERNOON),
            (18, w::GOOD_EVENING),
            (22, w::GOOD_EVENING),
            (23, w::helps::GOOD_NIGHT),
        ] {
            assert_eq!(greeting_at(hour), word, "at {hour}");
        }
    }
}
