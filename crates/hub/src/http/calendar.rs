//! `/api/v1/calendar`: the days that the office works.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::office::Office;
use crate::transact::{Decision, transact};
use axum::extract::{Path, State};
use heliograph_domain::staff::Verb;
use heliograph_domain::working_days::{DayFault, HolidayYear, WorkCalendar, notices};
use heliograph_domain::{Date, Event};
use serde_json::{Value, json};
use std::sync::Arc;

/// The years that a calendar can have.
const YEARS: std::ops::RangeInclusive<u16> = 1990..=2998;
/// A year has no more days than these.
const MOST_DAYS: usize = 366;

/// `GET /api/v1/calendar`: every year of which something is known.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let years: Vec<Value> = state
        .calendar
        .years()
        .into_iter()
        .map(|year| shape(&state.calendar, year))
        .collect();
    Ok(Answer::ok(json!({"years": years})))
}

/// `GET /api/v1/calendar/{year}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(year): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let year = year_of(&year)?;
    Ok(Answer::ok(shape(&office.state().calendar, year)))
}

/// `PUT /api/v1/calendar/{year} {off, worked}`: the days of a year that are not as the weekday says.
pub(crate) async fn set(
    State(office): State<Arc<Office>>,
    Path(year): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Catalogue)?;
    let days = read_days(year_of(&year)?, call.fields()?)?;
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-calendar".to_owned(),
        |state, _| {
            let event = state.calendar.set(days.clone());
            let mut after = (*state.calendar).clone();
            if let Some(event) = &event {
                after.evolve(event);
            }
            let answer = Answer::ok(shape(&after, days.year));
            Ok(Decision::of(event.map(Event::Calendar).into_iter().collect(), answer))
        },
    )
    .await
}

fn read_days(year: u16, mut fields: Fields) -> Result<HolidayYear, Problem> {
    let off: Vec<Date> = fields.list("off", MOST_DAYS);
    let worked: Vec<Date> = fields.list("worked", MOST_DAYS);
    let days = HolidayYear {
        year,
        off: off.iter().copied().collect(),
        worked: worked.iter().copied().collect(),
    };
    // Once a date was unreadable the places of the others are not those of the request.
    if fields.faults() == 0 {
        for fault in days.faults() {
            note(&mut fields, &fault, &off, &worked);
        }
    }
    fields.finish()?;
    Ok(days)
}

/// A fault at each place where its day stands.
fn note(fields: &mut Fields, fault: &DayFault, off: &[Date], worked: &[Date]) {
    let (date, code, zh, en) = match fault {
        DayFault::OtherYear(date, year) => (
            date,
            "other_year",
            format!("不在 {year} 年"),
            format!("is not in {year}"),
        ),
        DayFault::Both(date) => (
            date,
            "off_and_worked",
            "同时写在放假和上班里".to_owned(),
            "is a day off and a working day at once".to_owned(),
        ),
        DayFault::Weekday(date) => (
            date,
            "weekday",
            "不是周六、周日，本来就上班".to_owned(),
            "is not a Saturday or Sunday: it is worked anyway".to_owned(),
        ),
    };
    for (name, list) in [("off", off), ("worked", worked)] {
        let weekday_off = name == "off" && matches!(fault, DayFault::Weekday(_));
        for (index, _) in list.iter().enumerate().filter(|(_, day)| *day == date && !weekday_off) {
            fields.fault(&format!("{name}[{index}]"), code, &zh, &en);
        }
    }
}

fn year_of(text: &str) -> Result<u16, Problem> {
    let year = text.parse().ok().filter(|year| YEARS.contains(year));
    year.ok_or_else(|| Problem::field("year", "invalid", "年份应为 1990 至 2998", "year must be 1990 to 2998"))
}

/// A year as the API tells it: its days, and whose word they are.
fn shape(calendar: &WorkCalendar, year: u16) -> Value {
    let known = calendar.year(year);
    let own = calendar.is_own(year);
    let source = match known {
        Some(_) if own => "office",
        Some(_) => "built-in",
        None => "none",
    };
    let empty: [Date; 0] = [];
    json!({
        "year": year,
        "source": source,
        "notices": if own { &[] } else { notices(year) },
        "off": known.map_or_else(|| json!(empty), |known| json!(known.off)),
        "worked": known.map_or_else(|| json!(empty), |known| json!(known.worked)),
    })
}
