//! From when until when something is shown: quick choices and a day with a time, in the office's own time. They work
//! without script: what a choice means stands in its value, and the page that made it says the day beside it.

use super::form::{Faults, Posted};
use super::layout::{Desk, field_faults};
use super::words::{self as w, airtime as aw};
use crate::http::problem::Problem;
use crate::http::shape;
use heliograph_domain::{Date, Instant};
use jiff::civil;
use maud::{Markup, html};
use serde_json::{Value, json};

/// The choice that asks for a day.
const DAY: &str = "day";
const FRIDAY: u8 = 5;
const MONDAY: u8 = 1;

/// Which end of the time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    From,
    Until,
}

impl End {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::Until => "until",
        }
    }
}

/// One end, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Moment {
    /// At once; until it is withdrawn.
    #[default]
    Open,
    /// As it is kept.
    At(Instant),
    /// As it was typed: a day and a time of the office, if it can be read.
    Typed(String),
    /// A day is to be chosen, and was not yet.
    Wanting,
}

impl Moment {
    /// What a form says: a choice, or its day and time.
    pub(crate) fn of_form(posted: &Posted, end: End) -> Self {
        let name = end.name();
        let field = |part: &str| posted.get(&format!("{name}_{part}")).trim().to_owned();
        match posted.get(name).trim() {
            "" => Self::Open,
            DAY if field("day").is_empty() => Self::Wanting,
            DAY => Self::Typed(at(end, &field("day"), &field("time"))),
            chosen => Self::Typed(chosen.to_owned()),
        }
    }

    /// For the API; what is still wanting is left out.
    pub(crate) fn value(&self, desk: &Desk) -> Value {
        match self {
            Self::Open | Self::Wanting => Value::Null,
            Self::At(at) => json!(shape::time(*at)),
            Self::Typed(text) => json!(desk.typed_time(text)),
        }
    }

    /// The same where nothing may be wanting.
    pub(crate) fn whole(&self, desk: &Desk, end: End) -> Result<Value, Problem> {
        if *self == Self::Wanting {
            return Err(Problem::field(end.name(), "missing", "请选择日期", "choose a day"));
        }
        Ok(self.value(desk))
    }

    /// `2026-11-27T09:00` in the office's time; nothing when it is open.
    fn text(&self, desk: &Desk) -> String {
        match self {
            Self::Open | Self::Wanting => String::new(),
            Self::Typed(text) => text.clone(),
            Self::At(at) => {
                let (date, minutes) = desk.civil(*at);
                format!("{date}T{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A day with a time; without one it is the whole day: from its beginning, until its end.
fn at(end: End, day: &str, time: &str) -> String {
    match (end, day.parse::<civil::Date>()) {
        (_, _) if !time.is_empty() => format!("{day}T{time}"),
        (End::Until, Ok(date)) => date.tomorrow().map_or_else(|_| midnight(day), midnight),
        _ => midnight(day),
    }
}

fn midnight(day: impl std::fmt::Display) -> String {
    format!("{day}T00:00")
}

/// Day and time as their inputs hold them; the midnight that ends a day is that day.
fn apart(end: End, text: &str) -> (String, String) {
    let Ok(read) = text.parse::<civil::DateTime>() else {
        return (String::new(), String::new());
    };
    let whole = read.time() == civil::Time::midnight();
    let last = read.date().yesterday().ok().filter(|_| whole && end == End::Until);
    let time = if whole {
        String::new()
    } else {
        format!("{:02}:{:02}", read.hour(), read.minute())
    };
    (last.unwrap_or(read.date()).to_string(), time)
}

/// What can be chosen with one press: a value, and the words for it.
fn choices(desk: &Desk, end: End) -> Vec<(String, String)> {
    let today = desk.today();
    let on = |word, day: Date| {
        let first = match end {
            End::From => day,
            End::Until => after(day, 1),
        };
        (midnight(first), desk.f(word, &[&desk.date(day)]))
    };
    match end {
        End::From => vec![
            (String::new(), desk.t(aw::FROM_TODAY).to_owned()),
            on(aw::FROM_TOMORROW, after(today, 1)),
            on(aw::FROM_MONDAY, next(today, MONDAY)),
        ],
        End::Until => {
            let friday = next(today, FRIDAY);
            let month = month_end(today);
            let mut all = vec![
                (String::new(), desk.t(aw::UNTIL_TAKEN_DOWN).to_owned()),
                on(aw::UNTIL_FRIDAY, friday),
            ];
            all.extend((month != friday).then(|| on(aw::UNTIL_MONTH_END, month)));
            all
        }
    }
}

fn after(day: Date, days: i32) -> Date {
    Date::of_day_number(day.day_number() + days)
}

/// The next such day of the week after today: 1 is Monday.
fn next(today: Date, weekday: u8) -> Date {
    let mut ahead = (1..=7).map(|days| after(today, days));
    ahead.find(|day| day.weekday() == weekday).unwrap_or(today)
}

/// The last day of the month; on that day, of the next month.
fn month_end(today: Date) -> Date {
    let mut ahead = (1..=62).map(|days| after(today, days));
    ahead.find(|day| after(*day, 1).day == 1).unwrap_or(today)
}

/// The inputs of one end.
pub(crate) fn inputs(desk: &Desk, end: End, known: &Moment, faults: &Faults) -> Markup {
    let name = end.name();
    let (text, choices) = (known.text(desk), choices(desk, end));
    let quick = *known != Moment::Wanting && choices.iter().any(|(value, _)| *value == text);
    let (day, time) = if quick { Default::default() } else { apart(end, &text) };
    let (label, times) = match end {
        End::From => (w::FROM, aw::WHOLE_DAY_FROM),
        End::Until => (w::UNTIL, aw::WHOLE_DAY_UNTIL),
    };
    html! {
        fieldset.airtime.bad[faults.place(name).is_some()] id=[faults.place(name)] {
            legend { (desk.t(label)) }
            div.checks {
                @for (value, told) in &choices { label.check { input type="radio" name=(name) value=(value) checked[quick && *value == text]; (told) } }
                label.check { input type="radio" name=(name) value=(DAY) checked[!quick]; (desk.t(aw::ON_A_DAY)) }
            }
            div.moment {
                label.field { span { (desk.t(aw::DAY)) } input type="date" name=(format!("{name}_day")) value=(day); }
                label.field { span { (desk.t(aw::TIME)) " " small { (desk.t(times)) } } input type="time" name=(format!("{name}_time")) value=(time); }
            }
            (field_faults(faults, name, desk.lang))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_without_a_time_is_the_whole_day_at_both_ends() {
        assert_eq!(at(End::From, "2026-11-30", ""), "2026-11-30T00:00");
        assert_eq!(at(End::Until, "2026-11-30", ""), "2026-12-01T00:00");
        assert_eq!(at(End::Until, "2026-11-30", "17:30"), "2026-11-30T17:30");
        for (end, kept) in [
            (End::From, ("2026-11-30", "")),
            (End::Until, ("2026-11-30", "")),
            (End::Until, ("2026-11-30", "17:30")),
        ] {
            let (day, time) = apart(end, &at(end, kept.0, kept.1));
            assert_eq!((day.as_str(), time.as_str()), kept);
        }
        assert_eq!(apart(End::From, "tomorrow"), (String::new(), String::new()));
    }

    #[test]
    fn quick_choices_lie_ahead() {
        // 2026-11-27 is a Friday, 2026-11-30 a Monday and the last day of its month.
        assert_eq!(next(day("2026-11-27"), FRIDAY), day("2026-12-04"));
        assert_eq!(next(day("2026-11-26"), FRIDAY), day("2026-11-27"));
        assert_eq!(next(day("2026-11-27"), MONDAY), day("2026-11-30"));
        assert_eq!(month_end(day("2026-11-27")), day("2026-11-30"));
        assert_eq!(month_end(day("2026-11-30")), day("2026-12-31"));
        assert_eq!(month_end(day("2028-02-03")), day("2028-02-29"));
    }

    #[test]
    fn a_form_says_a_choice_or_a_day() {
        let read = |body: &str| Moment::of_form(&Posted::of_body(body.as_bytes()).unwrap(), End::Until);
        assert_eq!(read(""), Moment::Open);
        // Without the choice of a day, what is left in its inputs counts for nothing.
        assert_eq!(read("until=&until_day=2026-11-30"), Moment::Open);
        assert_eq!(
            read("until=2099-01-01T09:00"),
            Moment::Typed("2099-01-01T09:00".to_owned())
        );
        assert_eq!(
            read("until=day&until_day=2026-11-30"),
            Moment::Typed("2026-12-01T00:00".to_owned())
        );
        assert_eq!(read("until=day&until_day="), Moment::Wanting);
    }
}
