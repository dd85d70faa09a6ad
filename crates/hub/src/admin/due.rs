//! What is due, as people of the office read it.

use super::catalogue_filter::address_of;
use super::layout::{Desk, tag};
use super::states::State;
use super::words as w;
use super::words::limits as lw;
use crate::time_limits::{Due, Pressure, TextDue, Today};
use heliograph_domain::catalogue::Cadence;
use heliograph_domain::staff::Verb;
use heliograph_domain::working_days::Deadline;
use maud::{Markup, html};

impl Desk {
    /// Where things stand today.
    pub(crate) fn limits(&self) -> Today<'_> {
        Today::new(&self.office, &self.state, self.now)
    }

    /// Whether whoever sits here answers for it.
    pub(crate) fn is_mine(&self, due: &Due) -> bool {
        due.entry.responsible == *self.me()
    }
}

/// Every entry: what is overdue, due this week, due soon, the rest; in each of these one's own first.
pub(crate) fn all(desk: &Desk) -> Vec<Due> {
    let mut dues = desk.limits().dues();
    // The sort is stable: what is most pressing stays first among the equal.
    dues.sort_by_key(|due| (due.pressure, !desk.is_mine(due)));
    dues
}

/// How many entries press, and how hard: each count with the way to what it counts.
pub(crate) fn summary(desk: &Desk, dues: &[Due]) -> Markup {
    let counts = [
        (Pressure::Overdue, "red", lw::N_OVERDUE),
        (Pressure::ThisWeek, "amber", lw::N_THIS_WEEK),
        (Pressure::Soon, "blue", lw::N_SOON),
    ];
    let count = |pressure: Pressure| dues.iter().filter(|due| due.pressure == pressure).count();
    let counts = counts.map(|(pressure, colour, word)| (pressure, colour, word, count(pressure)));
    html! {
        @if counts.iter().any(|(.., count)| *count > 0) {
            p.tags.pressing {
                @for (pressure, colour, word, count) in counts { @if count > 0 { a href=(address_of(pressure)) { (tag(colour, &desk.f(word, &[&count.to_string()]))) } " " } }
            }
        }
    }
}

/// Colour and words of an entry's tag.
pub(crate) fn tag_of(desk: &Desk, due: &Due) -> (&'static str, String) {
    if let Some(text) = due.text() {
        return text_tag(desk, text);
    }
    match due.days_left {
        Some(days) if days <= -730 => ("red", desk.f(w::OVERDUE_YEARS, &[&(-days / 365).to_string()])),
        Some(days) if days < 0 => ("red", desk.f(w::OVERDUE_DAYS, &[&(-days).to_string()])),
        Some(0) => ("amber", desk.t(w::DUE_TODAY).to_owned()),
        Some(days) => {
            let colour = if due.pressure == Pressure::Calm {
                "green"
            } else {
                "amber"
            };
            (colour, desk.f(w::DUE_IN_DAYS, &[&days.to_string()]))
        }
        None if due.released == 0 => ("grey", desk.t(w::NEVER_RELEASED).to_owned()),
        None => match super::states::scheduled(desk, &due.entry.id) {
            // What nobody has seen yet is not public yet.
            Some((from, count)) if count == due.released => ("blue", State::Scheduled(from).words(desk)),
            _ => ("green", desk.t(w::ON_RECORD).to_owned()),
        },
    }
}

/// So few working days left make a tag red already.
const SHORT_WORKING_DAYS: i32 = 3;

/// Colour and words for a text on its way.
pub(crate) fn text_tag(desk: &Desk, text: &TextDue) -> (&'static str, String) {
    match text.working_days_left {
        days if days < 0 => ("red", desk.f(lw::OVERDUE_WORKING_DAYS, &[&(-days).to_string()])),
        0 if text.deadline.on < desk.today() => ("red", desk.t(lw::OVERDUE_SINCE_LAST).to_owned()),
        0 => ("red", desk.t(w::DUE_TODAY).to_owned()),
        days => {
            let colour = if days <= SHORT_WORKING_DAYS { "amber" } else { "green" };
            (colour, desk.f(lw::WORKING_DAYS_LEFT, &[&days.to_string()]))
        }
    }
}

/// The working days that a text on its way has left, for a row of a list.
pub(crate) fn text_mark(desk: &Desk, id: heliograph_domain::PublicationId, dossier: &crate::state::Dossier) -> Markup {
    let text = desk.limits().text(id, dossier);
    html! {
        @if let Some(text) = text {
            @let (colour, words) = text_tag(desk, &text);
            (tag(colour, &words)) " "
        }
    }
}

/// The day, and that it may move where the calendar does not know the year.
pub(crate) fn day(desk: &Desk, deadline: Deadline) -> Markup {
    html! {
        (desk.day(deadline.on))
        @if !deadline.certain { " " span.muted title=(desk.t(lw::UNCERTAIN_WHY)) { (desk.t(lw::UNCERTAIN)) } }
    }
}

/// That next year's days off are missing, to those who can enter them and to those who can ask for it.
pub(crate) fn missing_year(desk: &Desk) -> Markup {
    let year = desk.limits().missing_year();
    html! {
        @if let Some(year) = year {
            p.notice id="missing-year" {
                (desk.f(lw::YEAR_MISSING, &[&year.to_string()])) " "
                @if desk.may(Verb::Catalogue) { a href=(format!("/admin/calendar?year={year}#form")) { (desk.t(lw::ENTER_YEAR)) } }
                @else { (desk.t(lw::ASK_ADMINISTRATOR)) }
            }
        }
    }
}

/// How often an entry is due, in words.
pub(crate) fn cadence(desk: &Desk, cadence: Cadence) -> String {
    match cadence {
        Cadence::Regular { period_months: 1 } => desk.t(w::MONTHLY).to_owned(),
        Cadence::Regular { period_months: 3 } => desk.t(w::QUARTERLY).to_owned(),
        Cadence::Regular { period_months: 6 } => desk.t(w::HALF_YEARLY).to_owned(),
        Cadence::Regular { period_months: 12 } => desk.t(w::YEARLY).to_owned(),
        Cadence::Regular { period_months } => desk.f(w::EVERY_MONTHS, &[&period_months.to_string()]),
        Cadence::AdHoc { within_working_days } => desk.f(w::AD_HOC_DAYS, &[&within_working_days.to_string()]),
        Cadence::Standing => desk.t(w::STANDING).to_owned(),
    }
}
