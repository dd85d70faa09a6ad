//! Days and times that cannot be: a day that the calendar does not have, a day of the week that is another one, an end
//! before its beginning, a time that no clock shows. No clock is asked: what a text says must agree with itself.

use super::days::{Day, days, number};
use super::fold::Glyph;
use super::{MAX_FINDINGS, Rule, RuleSet, View, place, stands_before};
use crate::Lang;
use crate::time::Date;
use std::ops::Range;

/// A leap year, for days without one.
const LEAP: u16 = 2000;
/// A year without a leap day, for the days between two dates.
const PLAIN: u16 = 2001;
const CONNECTORS: &str = "至到-—~–〜−―";

/// Days that the calendar does not have.
pub(super) fn impossible(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let wrong = |day: &&Day| {
        let named = match day.day {
            None => day.figures || (1..=12).contains(&day.month),
            Some(_) => day.in_year(day.year.unwrap_or(LEAP)).is_some(),
        };
        // A lunar month may have thirty days.
        !named && !stands_before(view.loose, day.at.start, &rule.not_near, 8)
    };
    days(view)
        .iter()
        .filter(wrong)
        .map(|day| place(&view.loose[day.at.clone()]))
        .collect()
}

/// Days of the week that are others.
pub(super) fn weekdays(view: &View<'_>) -> Vec<Range<u32>> {
    let days = with_years(&days(view), view.loose);
    let mut found: Vec<&Day> = Vec::new();
    let mut before: Option<(Date, u8)> = None;
    for day in &days {
        let Some(weekday) = day.weekday else { continue };
        let by_itself = day.date().is_some_and(|date| date.weekday() != weekday);
        // Without a year two days still have to agree with each other, unless a leap day may lie between them.
        let bare = day.year.is_none().then(|| day.in_year(PLAIN)).flatten();
        let with_other = match (before, bare) {
            (Some((other, its)), Some(date)) => {
                (other.month > 2) == (date.month > 2) && apart(other, its) != apart(date, weekday)
            }
            _ => false,
        };
        if by_itself || with_other {
            found.push(day);
        }
        before = bare.map(|date| (date, weekday)).or(before);
    }
    found.iter().map(|day| place(&view.loose[day.at.clone()])).collect()
}

/// By how many days a weekday is off the one that the day has in the plain year.
fn apart(date: Date, weekday: u8) -> u8 {
    (weekday + 7 - date.weekday()) % 7
}

/// The right day of the week of what was found, as far as the text alone says it.
pub(super) fn right_weekday(text: &str, rules: &RuleSet) -> Option<String> {
    let loose = super::fold::fold(text, rules);
    let tokens = super::latin::tokens(&loose);
    let view = View {
        loose: &loose,
        squeezed: &[],
        runs: &[],
        tokens: &tokens,
        hotlines: &[],
        alike: &rules.alike,
    };
    let day = days(&view).into_iter().next()?;
    let lang = if day.english { Lang::En } else { Lang::ZhHans };
    Some(day.date()?.weekday_in_words(lang).to_owned())
}

/// Days that end a period have the year of its beginning, where they name none.
fn with_years(days: &[Day], glyphs: &[Glyph]) -> Vec<Day> {
    let mut known: Vec<Day> = Vec::new();
    for day in days {
        let mut day = day.clone();
        if let (None, Some(before)) = (day.year, known.last())
            && is_period(glyphs, before.at.end..day.at.start)
        {
            day.year = before.year.map(|year| year + u16::from(day.month < before.month));
        }
        known.push(day);
    }
    known
}

/// Whether a period's sign stands between two days, and nothing else.
fn is_period(glyphs: &[Glyph], between: Range<usize>) -> bool {
    let text = glyphs.get(between).unwrap_or_default();
    let signs: Vec<char> = text.iter().map(|glyph| glyph.c).filter(|c| *c != ' ').collect();
    !signs.is_empty() && signs.len() <= 2 && signs.iter().all(|c| CONNECTORS.contains(*c))
}

/// Periods that end before they begin.
pub(super) fn backwards(view: &View<'_>) -> Vec<Range<u32>> {
    let days = days(view);
    let glyphs = view.loose;
    let mut found = Vec::new();
    for (index, begin) in days.iter().enumerate() {
        let next = days
            .get(index + 1)
            .filter(|end| is_period(glyphs, begin.at.end..end.at.start));
        let range = match next {
            Some(end) if is_before(end, begin) => Some(begin.at.start..end.at.end),
            Some(_) => None,
            None => short_end(glyphs, begin),
        };
        found.extend(range.map(|range| place(&glyphs[range])));
    }
    found
}

fn is_before(end: &Day, begin: &Day) -> bool {
    match (begin.date(), end.date()) {
        (Some(begin), Some(end)) => end.days_until(begin) > 0,
        _ => {
            end.year.is_none()
                && end.month == begin.month
                && end.day.zip(begin.day).is_some_and(|(end, begin)| end < begin)
        }
    }
}

/// `12月10日至5日`: where the shorter end stops, if it lies before the beginning.
fn short_end(glyphs: &[Glyph], begin: &Day) -> Option<Range<usize>> {
    let first = begin.day.filter(|_| !begin.figures && !begin.english)?;
    let at = (begin.at.end..glyphs.len().min(begin.at.end + 3))
        .find(|at| !CONNECTORS.contains(glyphs[*at].c) && glyphs[*at].c != ' ')?;
    let (day, end) = number(glyphs, at).filter(|_| is_period(glyphs, begin.at.end..at))?;
    let marked = glyphs.get(end).is_some_and(|glyph| glyph.c == '日');
    (marked && (1..=31).contains(&day) && day < first).then_some(begin.at.start..end + 1)
}

/// A time of a text.
struct Time {
    hour: u16,
    minute: u16,
    at: Range<usize>,
}

/// Times that no clock shows, and those that their part of the day does not have.
pub(super) fn times(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.loose;
    let mut found = Vec::new();
    for at in 0..glyphs.len() {
        let Some(time) = time(glyphs, at).filter(|_| found.len() < MAX_FINDINGS) else {
            continue;
        };
        let wrong = time.hour > 24 || time.minute > 59 || (time.hour == 24 && time.minute > 0);
        let morning = half(glyphs, at) == Some(true);
        if (wrong && stands_before(glyphs, at, &rule.near, 10)) || (morning && time.hour > 12) {
            found.push(place(&glyphs[time.at]));
        } else if let Some(end) = end_before(glyphs, &time) {
            found.push(place(&glyphs[at..end]));
        }
    }
    found
}

/// Whether this is of the first half of a day, by the word right before it.
fn half(glyphs: &[Glyph], at: usize) -> Option<bool> {
    let word: String = glyphs[at.saturating_sub(3)..at]
        .iter()
        .map(|glyph| glyph.c)
        .filter(|c| *c != ' ')
        .collect();
    match word {
        word if ["上午", "早上", "凌晨", "清晨"].iter().any(|half| word.ends_with(half)) => Some(true),
        word if word.ends_with("下午") => Some(false),
        _ => None,
    }
}

/// Where the end of a period stands that is within the same half of the day and not after its beginning.
fn end_before(glyphs: &[Glyph], begin: &Time) -> Option<usize> {
    half(glyphs, begin.at.start)?;
    let from = begin.at.end;
    let at = (from..glyphs.len().min(from + 4)).find(|at| glyphs[*at].c.is_ascii_digit())?;
    let end = time(glyphs, at).filter(|_| is_period(glyphs, from..at))?;
    let minutes = |time: &Time| time.hour * 60 + time.minute;
    // 下午 1:30-17:00 mixes two ways of counting, and is clear all the same.
    (minutes(&end) <= minutes(begin) && end.hour <= 24 && begin.hour <= 24).then_some(end.at.end)
}

/// `17:30`, `17时30分`, `17点`.
fn time(glyphs: &[Glyph], at: usize) -> Option<Time> {
    let figure = |at: usize| glyphs.get(at).is_some_and(|glyph| glyph.c.is_ascii_digit());
    if !figure(at) {
        return None;
    }
    let part = at > 0 && (figure(at - 1) || (at > 1 && matches!(glyphs[at - 1].c, ':' | '.') && figure(at - 2)));
    if part {
        return None;
    }
    let (hour, end) = number(glyphs, at).filter(|(_, end)| end - at <= 2)?;
    let sign = glyphs.get(end)?.c;
    let minute = number(glyphs, end + 1).filter(|(_, last)| last - end - 1 == 2 && figure(end + 1));
    let found = |minute: u16, end: usize| Time {
        hour,
        minute,
        at: at..end,
    };
    match (sign, minute) {
        (':', Some((minute, last))) => (!figure(last)).then(|| found(minute, last)),
        ('时' | '点', Some((minute, last))) if glyphs.get(last).is_some_and(|glyph| glyph.c == '分') => {
            Some(found(minute, last + 1))
        }
        // 27 点 may be points of an index, and 36 时 a time that something takes.
        ('时' | '点', _) if hour <= 24 || half(glyphs, at).is_some() => Some(found(0, end + 1)),
        _ => None,
    }
}
