//! Times as people of the office read them.

use super::layout::Desk;
use crate::calendar;
use heliograph_domain::{Date, Instant, Lang};
use jiff::civil;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// The day of a document's field in words; what is no day stays as it is.
pub(crate) fn day_of_field(text: &str, lang: Lang) -> String {
    text.parse()
        .map_or_else(|_| text.to_owned(), |date: Date| date.in_words(lang))
}

impl Desk {
    fn offset_s(&self, at: Instant) -> i32 {
        calendar::offset_s(self.profile.as_deref(), at)
    }

    /// The office's date of an instant, and the minutes since its midnight.
    pub(crate) fn civil(&self, at: Instant) -> (Date, u64) {
        let (date, ms) = Date::at(at, self.offset_s(at));
        (date, ms / 60_000)
    }

    /// The office's date now.
    pub(crate) fn today(&self) -> Date {
        self.civil(self.now).0
    }

    /// `今天 09:12`, `昨天 16:40`, `11月20日 09:12`, `2015年11月20日 09:12`.
    pub(crate) fn time(&self, at: Instant) -> String {
        let (date, minutes) = self.civil(at);
        format!("{} {:02}:{:02}", self.day(date), minutes / 60, minutes % 60)
    }

    /// When something ends: a midnight is the end of the day before, as people say it.
    pub(crate) fn end(&self, at: Instant) -> String {
        if self.civil(at).1 > 0 {
            return self.time(at);
        }
        let (date, _) = self.civil(Instant(at.0.saturating_sub(1)));
        format!("{} 24:00", self.day(date))
    }

    /// The day alone.
    pub(crate) fn day(&self, date: Date) -> String {
        let zh = self.lang == Lang::ZhHans;
        let today = self.today();
        match date.days_until(today) {
            0 if zh => "今天".to_owned(),
            0 => "Today".to_owned(),
            1 if zh => "昨天".to_owned(),
            1 => "Yesterday".to_owned(),
            -1 if zh => "明天".to_owned(),
            -1 => "Tomorrow".to_owned(),
            _ => self.calendar_day(date, date.year != today.year),
        }
    }

    /// The date itself, whichever day it is.
    pub(crate) fn date(&self, date: Date) -> String {
        self.calendar_day(date, date.year != self.today().year)
    }

    fn calendar_day(&self, date: Date, with_year: bool) -> String {
        let month = MONTHS[usize::from(date.month.clamp(1, 12)) - 1];
        match (self.lang == Lang::ZhHans, with_year) {
            (true, true) => format!("{}年{}月{}日", date.year, date.month, date.day),
            (true, false) => format!("{}月{}日", date.month, date.day),
            (false, true) => format!("{} {month} {}", date.day, date.year),
            (false, false) => format!("{} {month}", date.day),
        }
    }

    /// Hours, minutes, seconds and tenths, for what happens within moments.
    pub(crate) fn moment(&self, at: Instant) -> String {
        let (_, ms) = Date::at(at, self.offset_s(at));
        let s = ms / 1000;
        format!("{:02}:{:02}:{:02}.{}", s / 3600, s / 60 % 60, s % 60, ms % 1000 / 100)
    }

    /// The same with its day, but for a moment of today where whoever reads knows that today is meant.
    pub(crate) fn moment_with_day(&self, at: Instant, today_is_meant: bool) -> String {
        let (day, moment) = (self.civil(at).0, self.moment(at));
        match today_is_meant && day == self.today() {
            true => moment,
            false => format!("{} {moment}", self.day(day)),
        }
    }

    /// What a form's `datetime-local` field holds, as RFC 3339 of the office's zone. What cannot be read is passed on
    /// as it is, so that the API says what is wrong with it.
    pub(crate) fn typed_time(&self, text: &str) -> String {
        let zone = self
            .profile
            .as_ref()
            .and_then(|profile| TimeZone::get(&profile.time_zone).ok());
        let zone = zone.unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(8)));
        let read = text.trim().parse::<civil::DateTime>().ok();
        read.and_then(|at| zone.to_timestamp(at).ok())
            .map_or_else(|| text.trim().to_owned(), |at| at.to_string())
    }
}
