//! Working days (工作日): which days the office works, and when a period of so many of them ends.
//!
//! Weekends are off and the other days are worked, except as the State Council's notices of each year say: public
//! holidays, and weekend days worked in exchange. The notices of 2015 to 2026 are built in (`holidays.json` names
//! them); what the office says about a year stands in the place of what is built in. How periods are counted follows
//! Civil Code articles 201 and 203: the day of the event is not counted, and a period that would end on a day off
//! ends on the next working day.

use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::LazyLock;
use thiserror::Error;

/// The days of one year that are not as the weekday says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayYear {
    /// The year.
    pub year: u16,
    /// Days off; weekend days within a holiday may be among them.
    pub off: BTreeSet<Date>,
    /// Weekend days that are worked (调休上班).
    pub worked: BTreeSet<Date>,
}

/// Why a day does not belong where it was put.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DayFault {
    /// It is in another year.
    #[error("{0} is not in the year {1}")]
    OtherYear(Date, u16),
    /// It is off and worked at once.
    #[error("{0} is a day off and a working day at once")]
    Both(Date),
    /// It is a weekday, which is worked anyway.
    #[error("{0} is not a Saturday or Sunday: it is worked anyway")]
    Weekday(Date),
}

impl HolidayYear {
    /// What is wrong with it; nothing when it is sound.
    #[must_use]
    pub fn faults(&self) -> Vec<DayFault> {
        let foreign = |date: &&Date| date.year != self.year;
        let mut faults: Vec<DayFault> = self
            .off
            .union(&self.worked)
            .filter(foreign)
            .map(|date| DayFault::OtherYear(*date, self.year))
            .collect();
        faults.extend(self.off.intersection(&self.worked).map(|date| DayFault::Both(*date)));
        let weekdays = self.worked.iter().filter(|date| !is_weekend(**date));
        faults.extend(weekdays.map(|date| DayFault::Weekday(*date)));
        faults
    }
}

/// A fact about the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalendarEvent {
    /// The office set a year's days: this is what they are now.
    YearSet(HolidayYear),
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// The last day on which it is in time.
    pub on: Date,
    /// Whether the calendar knows every year that was counted in. Where it does not, weekends alone were left out.
    pub certain: bool,
}

/// The office's calendar: the built-in years, and the office's own in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    own: BTreeMap<u16, HolidayYear>,
}

impl WorkCalendar {
    /// Sets a year. What stands already decides nothing.
    #[must_use]
    pub fn set(&self, year: HolidayYear) -> Option<CalendarEvent> {
        (self.year(year.year) != Some(&year)).then_some(CalendarEvent::YearSet(year))
    }

    /// Takes a fact.
    pub fn evolve(&mut self, event: &CalendarEvent) {
        let CalendarEvent::YearSet(year) = event;
        self.own.insert(year.year, year.clone());
    }

    /// What is known of a year; nothing when weekends are all there is to go by.
    #[must_use]
    pub fn year(&self, year: u16) -> Option<&HolidayYear> {
        self.own
            .get(&year)
            .or_else(|| BUILT_IN.get(&year).map(|known| &known.days))
    }

    /// Whether the office set this year itself.
    #[must_use]
    pub fn is_own(&self, year: u16) -> bool {
        self.own.contains_key(&year)
    }

    /// Every year of which something is known.
    #[must_use]
    pub fn years(&self) -> BTreeSet<u16> {
        self.own.keys().chain(BUILT_IN.keys()).copied().collect()
    }

    /// Whether the office works on this day.
    #[must_use]
    pub fn is_working(&self, date: Date) -> bool {
        let Some(year) = self.year(date.year) else {
            return !is_weekend(date);
        };
        year.worked.contains(&date) || (!is_weekend(date) && !year.off.contains(&date))
    }

    /// When a period of so many working days after the day of the event ends; the day of the event is not counted.
    #[must_use]
    pub fn after(&self, event: Date, working_days: u32) -> Deadline {
        let (mut on, mut counted) = (event, 0);
        while counted < working_days
            && let Some(next) = on.tomorrow()
        {
            on = next;
            counted += u32::from(self.is_working(on));
        }
        self.deadline(event, on)
    }

    /// A period that ends on this day, or on the next working day when this one is off.
    #[must_use]
    pub fn ends(&self, day: Date) -> Deadline {
        let mut on = day;
        while !self.is_working(on)
            && let Some(next) = on.tomorrow()
        {
            on = next;
        }
        self.deadline(day, on)
    }

    /// Working days from today, which is not counted, to the last one, which is; negative when that has passed.
    #[must_use]
    pub fn left(&self, today: Date, on: Date) -> i32 {
        let (from, until) = (today.min(on), today.max(on));
        let counted = weekdays_until(until) - weekdays_until(from) + self.exceptions(from, until);
        if on < today { -counted } else { counted }
    }

    /// How many working days more there are than weekdays, after `from` and up to `until`: a list asks for thousands of
    /// texts, some of them years late, so days are not walked one by one.
    fn exceptions(&self, from: Date, until: Date) -> i32 {
        let within = (Bound::Excluded(from), Bound::Included(until));
        let years = (from.year..=until.year).filter_map(|year| self.year(year));
        let more = |year: &HolidayYear| -> i32 {
            let made_up = year.worked.range(within).filter(|day| is_weekend(**day)).count();
            let off = year
                .off
                .range(within)
                .filter(|day| !is_weekend(**day) && !year.worked.contains(day));
            count(made_up) - count(off.count())
        };
        years.map(more).sum()
    }

    /// The year whose days have to be entered: this one, or from November on the next, when nothing is known of it.
    #[must_use]
    pub fn missing_year(&self, today: Date) -> Option<u16> {
        let unknown = |year: &u16| self.year(*year).is_none();
        let next = Some(today.year + 1).filter(|_| today.month >= 11);
        Some(today.year).filter(unknown).or(next.filter(unknown))
    }

    fn deadline(&self, from: Date, on: Date) -> Deadline {
        Deadline {
            on,
            certain: (from.year..=on.year).all(|year| self.year(year).is_some()),
        }
    }
}

/// The notices that the built-in days of a year are from (通知文号); none for a year that is not built in.
#[must_use]
pub fn notices(year: u16) -> &'static [String] {
    BUILT_IN.get(&year).map_or(&[], |known| known.notices.as_slice())
}

/// A number of days of some years.
fn count(days: usize) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// Mondays to Fridays up to this day, counted from a Monday long ago: only the difference of two says something.
fn weekdays_until(date: Date) -> i32 {
    // 1970-01-05, four days after the first of all day numbers, was a Monday.
    let days = date.day_number() - 4 + 1;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), 0 | 6)
}

struct BuiltIn {
    notices: Vec<String>,
    days: HolidayYear,
}

static BUILT_IN: LazyLock<BTreeMap<u16, BuiltIn>> = LazyLock::new(built_in);

/// A year of `holidays.json`: spans of days off and single worked days, each `MM-DD`.
#[derive(Deserialize)]
struct YearOfFile {
    year: u16,
    notices: Vec<String>,
    off: Vec<String>,
    worked: Vec<String>,
}

/// The file is part of the program and a test reads all of it: nothing of it is ever left out here.
fn built_in() -> BTreeMap<u16, BuiltIn> {
    let years: Vec<YearOfFile> = serde_json::from_str(include_str!("working_days/holidays.json")).unwrap_or_default();
    let of_file = |file: YearOfFile| {
        let date = |day: &str| format!("{}-{day}", file.year).parse::<Date>().ok();
        let days = HolidayYear {
            year: file.year,
            off: file
                .off
                .iter()
                .filter_map(|span| span_of(span, date))
                .flatten()
                .collect(),
            worked: file.worked.iter().filter_map(|day| date(day)).collect(),
        };
        let notices = file.notices;
        (file.year, BuiltIn { notices, days })
    };
    years.into_iter().map(of_file).collect()
}

/// `MM-DD/MM-DD`, both included.
fn span_of(span: &str, date: impl Fn(&str) -> Option<Date>) -> Option<impl Iterator<Item = Date>> {
    let (first, last) = span.split_once('/')?;
    let (first, last) = (date(first)?, date(last)?);
    Some(std::iter::successors(Some(first), |day| day.tomorrow()).take_while(move |day| *day <= last))
}

#[cfg(test)]
mod tests;
