//! Instants, days and windows. Time always comes in as an argument.

use crate::lang::Lang;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Instant(pub u64);

/// Milliseconds in a day.
pub const DAY_MS: u64 = 86_400_000;

impl Instant {
    /// The instant `ms` later; stays at the end of time rather than wrap.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds since `earlier`, zero when it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A half-open span of time `[from, until)`; without an end it lasts until withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    pub from: Instant,
    /// First instant after, if there is one.
    pub until: Option<Instant>,
}

impl Window {
    /// Whether `now` lies inside.
    #[must_use]
    pub fn covers(&self, now: Instant) -> bool {
        self.from <= now && !self.ended(now)
    }

    /// Whether the window is over at `now`.
    #[must_use]
    pub fn ended(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// A calendar date, `YYYY-MM-DD`, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Year, 1900 to 2999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// Why a date was refused.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
#[error("`{0}` is not a date: write YYYY-MM-DD")]
pub struct DateError(String);

/// The months, as English texts name them.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week, Sunday first, as English texts name them.
pub(crate) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// And as Chinese ones do.
const XINGQI: [&str; 7] = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

impl Date {
    /// As a text names the day: “2026年11月23日” or “23 November 2026”.
    #[must_use]
    pub fn in_words(self, lang: Lang) -> String {
        let month = MONTHS[usize::from(self.month.clamp(1, 12)) - 1];
        match lang {
            Lang::ZhHans => format!("{}年{}月{}日", self.year, self.month, self.day),
            _ => format!("{} {month} {}", self.day, self.year),
        }
    }

    /// Its day of the week as a text names it: “星期一” or “Monday”.
    #[must_use]
    pub fn weekday_in_words(self, lang: Lang) -> &'static str {
        let day = usize::from(self.weekday()) % 7;
        if lang == Lang::ZhHans {
            XINGQI[day]
        } else {
            WEEKDAYS[day]
        }
    }

    /// A date, if the calendar has it.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let fits = (1900..3000).contains(&year) && (1..=days).contains(&day);
        fits.then_some(Self { year, month, day })
    }

    /// The date and the milliseconds since its midnight, of an instant seen `offset_s` seconds east of Greenwich.
    /// Days are turned into a civil date as in H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”.
    #[must_use]
    pub fn at(now: Instant, offset_s: i32) -> (Self, u64) {
        let local_ms = i64::try_from(now.0).unwrap_or(i64::MAX / 2) + i64::from(offset_s) * 1000;
        let day_ms = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
        let (days, of_day) = (local_ms.div_euclid(day_ms), local_ms.rem_euclid(day_ms));
        let days = i32::try_from(days).unwrap_or(i32::MAX / 2);
        (Self::of_day_number(days), of_day.unsigned_abs())
    }

    /// The date that lies so many days after 1970-01-01; a later one than any is the last there is.
    #[must_use]
    pub fn of_day_number(days: i32) -> Self {
        let z = i64::from(days) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        let narrow = |n: i64| u8::try_from(n).unwrap_or(1);
        Self {
            year: u16::try_from(year).unwrap_or(2999),
            month: narrow(month),
            day: narrow(doy - (153 * mp + 2) / 5 + 1),
        }
    }

    /// How many days after 1970-01-01 it lies; negative before that.
    #[must_use]
    pub fn day_number(self) -> i32 {
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, yoe) = (year.div_euclid(400), year.rem_euclid(400));
        let mp = if month > 2 { month - 3 } else { month + 9 };
        let doy = (153 * mp + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        era * 146_097 + doe - 719_468
    }

    /// The day after; nothing after the last day of 2999.
    #[must_use]
    pub fn tomorrow(self) -> Option<Self> {
        let next = Self::of_day_number(self.day_number() + 1);
        Self::new(next.year, next.month, next.day)
    }

    /// Days from this date to another; negative when the other is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i32 {
        other.day_number() - self.day_number()
    }

    /// The same day so many months later; the month's last when it has no such day. Nothing after 2999.
    #[must_use]
    pub fn plus_months(self, months: u16) -> Option<Self> {
        let month = u32::from(self.month.saturating_sub(1)) + u32::from(months);
        let year = u16::try_from(u32::from(self.year) + month / 12).ok()?;
        let month = u8::try_from(month % 12 + 1).ok()?;
        (28..=self.day)
            .rev()
            .chain([self.day])
            .find_map(|day| Self::new(year, month, day))
    }

    /// Day of the week, 0 = Sunday (Sakamoto's method).
    #[must_use]
    pub fn weekday(self) -> u8 {
        const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = u32::from(self.year) - u32::from(self.month < 3);
        let month = SHIFT[usize::from(self.month.clamp(1, 12)) - 1];
        ((year + year / 4 - year / 100 + year / 400 + month + u32::from(self.day)) % 7) as u8
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let refused = || DateError(text.chars().take(40).collect());
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' && text.is_ascii();
        if !shaped {
            return Err(refused());
        }
        let number = |part: &str| part.parse::<u16>().map_err(|_| refused());
        let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..])?);
        Self::new(year, month as u8, day as u8).ok_or_else(refused)
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_checked_and_named() {
        let day: Date = "2026-11-24".parse().unwrap();
        assert_eq!((day.weekday(), day.to_string().as_str()), (2, "2026-11-24"));
        for bad in ["2015-02-29", "2015-13-01", "15-1-1", "2015/01/01", "２０１５-01-01", ""] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        assert!("2016-02-29".parse::<Date>().is_ok());
    }

    #[test]
    fn an_instant_has_the_sites_date_not_greenwichs() {
        // 2015-12-31T16:00:00Z is already the new year in Shanghai.
        let now = Instant(1_451_577_600_000);
        assert_eq!(Date::at(now, 8 * 3600), (Date::new(2016, 1, 1).unwrap(), 0));
        assert_eq!(Date::at(now, 0), (Date::new(2015, 12, 31).unwrap(), 16 * 3_600_000));
    }

    #[test]
    fn days_are_numbered_one_by_one() {
        let mut day = Date::new(1900, 1, 1).unwrap();
        assert_eq!(Date::new(1970, 1, 1).unwrap().day_number(), 0);
        for number in day.day_number().. {
            assert_eq!((day.day_number(), Date::of_day_number(number)), (number, day));
            // 1 January 1970 was a Thursday.
            assert_eq!(i32::from(day.weekday()), (number + 4).rem_euclid(7), "{day}");
            match day.tomorrow() {
                Some(next) => day = next,
                None => break,
            }
        }
        assert_eq!(day, Date::new(2999, 12, 31).unwrap());
    }

    #[test]
    fn days_and_months_are_counted_by_the_calendar() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(date("2026-02-27").days_until(date("2026-03-01")), 2);
        assert_eq!(date("2026-03-01").days_until(date("2026-02-27")), -2);
        for (from, months, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2015-11-30", 3, "2016-02-29"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-08-31", 12, "2027-08-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-03-05", 60, "2031-03-05"),
        ] {
            assert_eq!(date(from).plus_months(months), Some(date(to)), "{from}");
        }
        assert_eq!(date("2999-12-01").plus_months(1), None);
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let window = Window {
            from: Instant(10),
            until: Some(Instant(20)),
        };
        assert_eq!(
            [9, 10, 19, 20].map(|t| window.covers(Instant(t))),
            [false, true, true, false]
        );
        assert!(
            Window {
                from: Instant(10),
                until: None
            }
            .covers(Instant(u64::MAX))
        );
    }
}
