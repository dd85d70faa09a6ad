//! The dates of a text: `2026年5月15日（星期五）`, `3 月 5 日至 8 日`, `2026-05-15`, days of the week by themselves. What only
//! looks like one (第3月, 3个月, 3/4, 1.5, telephone numbers, versions) is none.

use super::{english, lunar};
use crate::time::{Date, WEEKDAYS};

/// A date in a text.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it ends.
    pub(super) end: usize,
    /// Its year, when it says one.
    pub(super) year: Option<u16>,
    /// How it is written in another year; nothing when nobody but a person can say.
    parts: Option<Vec<Part>>,
    /// Whether it says more than the year.
    more: bool,
}

/// A part of a date as it is written.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// It stays.
    Same(String),
    /// The year.
    Year,
    /// A day that the calendar must have, so many years after the year that is written.
    Day { later: u16, month: u8, day: u8 },
    /// The day of the week of the day before it.
    Weekday(Names),
}

/// How a day of the week is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// 一
    Chinese,
    /// Friday
    English,
    /// Fri
    Short,
}

const SIGNS: [char; 7] = ['日', '一', '二', '三', '四', '五', '六'];
/// The words before the sign of a day of the week.
const WEEK: [&str; 3] = ["星期", "礼拜", "周"];
/// What may follow a sign that counts something: 每周一次, 一周五天.
const COUNTED: &[char] = &['次', '个', '回', '遍', '轮', '天', '名', '位', '份'];
/// So many characters may stand behind a day of the week in its brackets.
const MOST_IN_BRACKETS: usize = 8;
/// What makes the number before 号 that of a thing: 8号窗口.
const THINGS: &str = "窗楼线文令厅柜台机院门厂馆公路";

impl Names {
    /// The name of a day of the week, counted from Sunday.
    fn name(self, weekday: u8) -> String {
        let at = usize::from(weekday) % 7;
        match self {
            Self::Chinese => SIGNS[at].to_string(),
            Self::English => WEEKDAYS[at].to_owned(),
            Self::Short => WEEKDAYS[at][..3].to_owned(),
        }
    }
}

impl Found {
    /// The date that begins here.
    pub(super) fn at(chars: &[char], at: usize) -> Option<Self> {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let in_a_word = before.is_some_and(|c| c.is_ascii_alphanumeric());
        let by_sign = || weekdays(chars, at).or_else(|| lunar::found(chars, at));
        if in_a_word {
            return by_sign();
        }
        chinese(chars, at)
            .or_else(|| numbers(chars, at))
            .or_else(|| english::found(chars, at))
            .or_else(by_sign)
    }

    /// A date that only a person can move.
    pub(super) fn as_it_is(year: Option<u16>, end: usize) -> Self {
        Self {
            end,
            year,
            parts: None,
            more: true,
        }
    }

    /// `2026年第5号`, `2026年修订`: part of what a paper is called.
    pub(super) fn names_a_paper(&self, chars: &[char]) -> bool {
        let after = spaces(chars, self.end);
        !self.more && chars.get(after).is_some_and(|c| matches!(c, '第' | '修'))
    }

    /// The same in another year, if the calendar has it.
    pub(super) fn written(&self, year: u16) -> Option<String> {
        let (mut told, mut last) = (String::new(), None);
        for part in self.parts.as_ref()? {
            match part {
                Part::Same(text) => told.push_str(text),
                Part::Year => told.push_str(&year.to_string()),
                Part::Day { later, month, day } => last = Some(Date::new(year + later, *month, *day)?),
                Part::Weekday(names) => told.push_str(&names.name(last?.weekday())),
            }
        }
        Some(told)
    }
}

/// A date while it is read.
pub(super) struct Reading<'a> {
    chars: &'a [char],
    /// Up to where its parts are told.
    told: usize,
    at: usize,
    year: Option<u16>,
    parts: Vec<Part>,
    /// The last month, and how many years after the year that is written it lies.
    month: Option<(u16, u8)>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(chars: &'a [char], at: usize) -> Self {
        Self {
            chars,
            told: at,
            at,
            year: None,
            parts: Vec::new(),
            month: None,
        }
    }

    fn flush(&mut self, to: usize) {
        if to > self.told {
            let text = self.chars[self.told..to].iter().collect();
            self.parts.push(Part::Same(text));
        }
        self.told = to.max(self.told);
    }

    /// A year that stands here.
    pub(super) fn year(&mut self, year: u16, end: usize) {
        self.flush(self.at);
        self.parts.push(Part::Year);
        (self.year, self.told, self.at) = (Some(year), end, end);
    }

    /// Goes on to here; what lies between stays.
    pub(super) fn to(&mut self, end: usize) {
        self.at = end;
    }

    /// A month that was read; one before the last is of the next year.
    pub(super) fn month(&mut self, month: u8) {
        let later = self.month.map_or(0, |(later, last)| later + u16::from(month < last));
        self.month = Some((later, month));
    }

    /// A day of the last month; whether there is such a day in some year.
    pub(super) fn day(&mut self, day: u8) -> bool {
        let Some((later, month)) = self.month else {
            return false;
        };
        self.parts.push(Part::Day { later, month, day });
        Date::new(2000, month, day).is_some()
    }

    /// The day of the week that stands from here to there.
    pub(super) fn weekday(&mut self, names: Names, from: usize, end: usize) {
        self.flush(from);
        self.parts.push(Part::Weekday(names));
        (self.told, self.at) = (end, end);
    }

    pub(super) fn found(mut self) -> Found {
        self.flush(self.at);
        Found {
            end: self.at,
            year: self.year,
            parts: self.year.map(|_| self.parts),
            more: self.month.is_some(),
        }
    }
}

/// `2026年5月15日（星期五）至18日`, `5月15日`, `5月`, `2026年`.
fn chinese(chars: &[char], at: usize) -> Option<Found> {
    let mut reading = Reading::new(chars, at);
    let year =
        year(chars, at).and_then(|(year, after)| Some((year, after, expect(chars, spaces(chars, after), '年')?)));
    if let Some((year, after, end)) = year {
        reading.year(year, after);
        reading.to(end);
    } else if at
        .checked_sub(1)
        .is_some_and(|before| "第.．/:：+_".contains(chars[before]))
    {
        return None;
    }
    let dated = month_and_days(&mut reading);
    (year.is_some() || dated).then(|| reading.found())
}

/// `5月15日至18日`, `3-5月`: whether something of the kind stands here.
fn month_and_days(reading: &mut Reading<'_>) -> bool {
    let chars = reading.chars;
    let Some((first, end)) = month(chars, reading.at) else {
        return false;
    };
    let before = (reading.at, reading.month, reading.parts.len());
    reading.month(first);
    reading.to(end);
    if !days(reading) && is_a_span(chars, end) {
        (reading.at, reading.month) = (before.0, before.1);
        reading.parts.truncate(before.2);
        return false;
    }
    while let Some(next) = connected(chars, reading.at) {
        if year(chars, next).is_some() {
            break;
        }
        let kept = (reading.at, reading.month);
        if let Some((later, end)) = month(chars, next) {
            reading.month(later);
            reading.to(end);
            let _ = days(reading);
        } else {
            reading.to(next);
            if !days(reading) {
                (reading.at, reading.month) = kept;
                break;
            }
        }
    }
    true
}

/// A month, or the first of two: `5月`, `3-` of `3-5月`.
fn month(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let (month, after) = up_to_two(chars, spaces(chars, at))?;
    let sound = (1..=12).contains(&month);
    let end = spaces(chars, after);
    let whole = expect(chars, end, '月').or_else(|| {
        let (second, after) = up_to_two(chars, connected(chars, end).filter(|_| chars.get(end) != Some(&'、'))?)?;
        let end = expect(chars, spaces(chars, after), '月')?;
        (1..=12).contains(&second).then_some(end)
    })?;
    sound.then_some((month, whole))
}

/// `3月内`, `6月龄`: a span of time and no month.
fn is_a_span(chars: &[char], end: usize) -> bool {
    let next = |ahead: usize| chars.get(end + ahead).copied().unwrap_or(' ');
    matches!(next(0), '内' | '龄') || next(0) == '以' || (next(0) == '期' && next(1) != '间')
}

/// `15日（星期五）`, `15-18日`, `15、16日`: whether a day stands here.
fn days(reading: &mut Reading<'_>) -> bool {
    let chars = reading.chars;
    let mut at = spaces(chars, reading.at);
    let mut read = Vec::new();
    let of_a_thing = |end: &usize| chars.get(*end).is_some_and(|c| THINGS.contains(*c));
    let end = loop {
        let Some((day, after)) = up_to_two(chars, at) else {
            return false;
        };
        read.push(day);
        let after = spaces(chars, after);
        let by_number = || expect(chars, after, '号').filter(|end| !of_a_thing(end));
        if let Some(end) = expect(chars, after, '日').or_else(by_number) {
            break end;
        }
        match connected(chars, after).filter(|_| read.len() < 31) {
            Some(next) => at = next,
            None => return false,
        }
    };
    let parts = reading.parts.len();
    if !read.iter().all(|day| reading.day(*day)) {
        reading.parts.truncate(parts);
        return false;
    }
    reading.to(end);
    chinese_weekday(reading);
    true
}

/// `（星期五）`, `周五`: of the day before.
pub(super) fn chinese_weekday(reading: &mut Reading<'_>) {
    let chars = reading.chars;
    let mut at = spaces(chars, reading.at);
    let open = chars.get(at).copied().filter(|c| matches!(c, '（' | '('));
    at += usize::from(open.is_some());
    let Some((sign, end)) = weekday(chars, spaces(chars, at)) else {
        return;
    };
    reading.weekday(Names::Chinese, sign, end);
    // （星期五上午）: what else stands in the brackets belongs to it, as long as it is no number.
    let inside = chars.iter().skip(end).take(MOST_IN_BRACKETS);
    let close = inside
        .take_while(|c| !c.is_ascii_digit())
        .position(|c| matches!(c, '）' | ')'));
    if let Some(close) = close.filter(|_| open.is_some()) {
        reading.to(end + close + 1);
    }
}

/// `2026-05-15`, `2026/5/15（周五）`.
fn numbers(chars: &[char], at: usize) -> Option<Found> {
    if at.checked_sub(1).is_some_and(|before| "-./+_".contains(chars[before])) {
        return None;
    }
    let (year, after) = year(chars, at)?;
    let separator = *chars.get(after).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (month, after_month) = up_to_two(chars, after + 1)?;
    let (day, end) = up_to_two(chars, expect(chars, after_month, separator)?)?;
    let goes_on = chars.get(end).is_some_and(char::is_ascii_alphanumeric)
        || (chars.get(end) == Some(&separator) && chars.get(end + 1).is_some_and(char::is_ascii_alphanumeric));
    if goes_on || Date::new(year, month, day).is_none() {
        return None;
    }
    let mut reading = Reading::new(chars, at);
    reading.year(year, after);
    reading.month(month);
    let _ = reading.day(day);
    reading.to(end);
    chinese_weekday(&mut reading);
    Some(reading.found())
}

/// Days of the week by themselves: `周五`, `星期一至星期五`.
fn weekdays(chars: &[char], at: usize) -> Option<Found> {
    let counts = "一两二三四五六七八九十几半数";
    let counted = at
        .checked_sub(1)
        .is_some_and(|before| counts.contains(chars[before]) || chars[before].is_ascii_digit());
    let (_, mut end) = weekday(chars, at).filter(|_| !counted)?;
    while let Some((_, next)) = connected(chars, end).and_then(|next| weekday(chars, next)) {
        end = next;
    }
    Some(Found::as_it_is(None, end))
}

/// Where the sign of a day of the week stands, and where it ends.
fn weekday(chars: &[char], at: usize) -> Option<(usize, usize)> {
    WEEK.iter().find_map(|word| {
        let sign = at + word.chars().count();
        let written = chars.get(at..sign)?.iter().copied().eq(word.chars());
        let known = chars.get(sign).is_some_and(|c| SIGNS.contains(c) || *c == '天');
        let counts = chars.get(sign + 1).is_some_and(|c| COUNTED.contains(c));
        (written && known && !counts).then_some((sign, sign + 1))
    })
}

/// Behind a sign that joins two dates; nothing when none stands here.
pub(super) fn connected(chars: &[char], at: usize) -> Option<usize> {
    let at = spaces(chars, at);
    let mut end = at;
    while chars
        .get(end)
        .is_some_and(|c| matches!(c, '—' | '–' | '-' | '－' | '~' | '～'))
    {
        end += 1;
    }
    if end == at {
        end += usize::from(
            chars
                .get(at)
                .is_some_and(|c| matches!(c, '至' | '到' | '、' | '和' | '及' | '与' | '或')),
        );
    }
    (end > at).then(|| spaces(chars, end))
}

pub(super) fn spaces(chars: &[char], mut at: usize) -> usize {
    while chars.get(at).is_some_and(|c| matches!(c, ' ' | '\u{a0}' | '\u{3000}')) {
        at += 1;
    }
    at
}

pub(super) fn expect(chars: &[char], at: usize, wanted: char) -> Option<usize> {
    (chars.get(at) == Some(&wanted)).then_some(at + 1)
}

/// A year in four digits, and where it ends.
pub(super) fn year(chars: &[char], at: usize) -> Option<(u16, usize)> {
    number(chars, at, 4).filter(|(year, _)| (1949..3000).contains(year))
}

/// A number of just so many digits, and where it ends.
fn number(chars: &[char], at: usize, digits: usize) -> Option<(u16, usize)> {
    let end = at + digits;
    let text = chars.get(at..end)?;
    let whole = text.iter().all(char::is_ascii_digit) && !chars.get(end).is_some_and(char::is_ascii_digit);
    let number = text.iter().collect::<String>().parse().ok().filter(|_| whole)?;
    Some((number, end))
}

pub(super) fn up_to_two(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let found = number(chars, at, 2).or_else(|| number(chars, at, 1));
    found.and_then(|(number, end)| Some((u8::try_from(number).ok()?, end)))
}
