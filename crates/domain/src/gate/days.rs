//! Days as texts write them, in Chinese, in figures and in English, with the day of the week that stands beside them.

use super::View;
use super::fold::Glyph;
use super::latin::Token;
use crate::time::{Date, MONTHS, WEEKDAYS};
use std::ops::Range;

/// Characters of a Chinese number.
const NUMERALS: &str = "〇零○一二三四五六七八九十廿";

/// A day of a text, which the calendar may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: Option<u16>,
    pub(super) month: u16,
    /// `None`: a month alone.
    pub(super) day: Option<u16>,
    /// 0 = Sunday.
    pub(super) weekday: Option<u8>,
    /// Its glyphs with the day of the week.
    pub(super) at: Range<usize>,
    /// Whether it is written in figures alone, `2026-11-27`: other numbers look like that.
    pub(super) figures: bool,
    pub(super) english: bool,
}

impl Day {
    /// The day in this year, if the calendar has it.
    pub(super) fn in_year(&self, year: u16) -> Option<Date> {
        Date::new(year, u8::try_from(self.month).ok()?, u8::try_from(self.day?).ok()?)
    }

    pub(super) fn date(&self) -> Option<Date> {
        self.in_year(self.year?)
    }
}

/// The days of a text, in its order.
pub(super) fn days(view: &View<'_>) -> Vec<Day> {
    let glyphs = view.loose;
    let mut days = Vec::new();
    let mut at = 0;
    while at < glyphs.len() {
        let begins = is_numeral(glyphs[at].c) && (at == 0 || !is_numeral(glyphs[at - 1].c));
        match begins
            .then(|| chinese(glyphs, at).or_else(|| figures(glyphs, at)))
            .flatten()
        {
            Some(day) => {
                at = day.at.end;
                days.push(day);
            }
            None => at += 1,
        }
    }
    days.extend((0..view.tokens.len()).filter_map(|month| english(view, month)));
    days.sort_by_key(|day| day.at.start);
    days
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && NUMERALS.contains(c))
}

/// Past spaces, on the same line.
fn skip(glyphs: &[Glyph], at: usize) -> usize {
    at + glyphs[at.min(glyphs.len())..]
        .iter()
        .take_while(|glyph| matches!(glyph.c, ' ' | '\t'))
        .count()
}

fn is(glyphs: &[Glyph], at: usize, c: char) -> bool {
    glyphs.get(at).is_some_and(|glyph| glyph.c == c)
}

/// A number, and where it ends.
pub(super) fn number(glyphs: &[Glyph], at: usize) -> Option<(u16, usize)> {
    let text: Vec<char> = glyphs
        .get(at..)?
        .iter()
        .map(|glyph| glyph.c)
        .take_while(|c| is_numeral(*c))
        .take(5)
        .collect();
    let end = at + text.len();
    if text.iter().all(char::is_ascii_digit) {
        let text: String = text.iter().collect();
        return (text.len() <= 4)
            .then(|| text.parse().ok())
            .flatten()
            .map(|value| (value, end));
    }
    if text.iter().any(char::is_ascii_digit) {
        return None;
    }
    let digit = |c: &char| {
        NUMERALS
            .chars()
            .position(|other| other == *c)
            .map(|index| index.saturating_sub(2) as u16)
    };
    let value = match text.iter().position(|c| matches!(c, '十' | '廿')) {
        Some(ten) => {
            let unit = if text[ten] == '廿' { 20 } else { 10 };
            let (before, after) = (&text[..ten], &text[ten + 1..]);
            let tens = match before {
                [] => 1,
                [one] => digit(one)?,
                _ => return None,
            };
            tens * unit + after.first().map_or(Some(0), digit)?
        }
        None if text.len() == 1 => digit(&text[0])?,
        None if text.len() == 4 => text.iter().try_fold(0, |sum, c| Some(sum * 10 + digit(c)?))?,
        None => return None,
    };
    Some((value, end))
}

/// `2026年11月27日（星期五）`, `11月27日`, `2026年13月`, `13月份`.
fn chinese(glyphs: &[Glyph], begin: usize) -> Option<Day> {
    let (first, end) = number(glyphs, begin)?;
    let mut at = skip(glyphs, end);
    let mut year = None;
    let mut month = first;
    if is(glyphs, at, '年') {
        year = Some(first).filter(|year| (1900..=2100).contains(year));
        year?;
        let (value, end) = number(glyphs, skip(glyphs, at + 1))?;
        (month, at) = (value, skip(glyphs, end));
    }
    // 九十月份 is September and October.
    let two = month > 12 && !glyphs[at.saturating_sub(1)].c.is_ascii_digit() && !is(glyphs, at.saturating_sub(1), ' ');
    if !is(glyphs, at, '月') || month > 99 || two {
        return None;
    }
    let after_month = at + 1;
    let alone = (year.is_some() || is(glyphs, after_month, '份')).then_some(Day {
        year,
        month,
        day: None,
        weekday: None,
        at: begin..after_month,
        figures: false,
        english: false,
    });
    let Some((day, end)) = number(glyphs, skip(glyphs, after_month)) else {
        return alone;
    };
    let mark = skip(glyphs, end);
    let room = glyphs
        .get(mark + 1)
        .is_some_and(|next| "楼窗门线院厅室柜台".contains(next.c));
    if !(is(glyphs, mark, '日') || (is(glyphs, mark, '号') && !room)) || day > 99 {
        return alone;
    }
    let (weekday, end) = weekday(glyphs, mark + 1).unzip();
    Some(Day {
        year,
        month,
        day: Some(day),
        weekday,
        at: begin..end.unwrap_or(mark + 1),
        figures: false,
        english: false,
    })
}

/// `2026-11-27`, `2026/11/27`, `2026.11.27`.
fn figures(glyphs: &[Glyph], begin: usize) -> Option<Day> {
    let ascii = |range: Range<usize>| glyphs[range].iter().all(|glyph| glyph.c.is_ascii_digit());
    let (year, end) = number(glyphs, begin)?;
    let sign = glyphs
        .get(end)
        .map(|glyph| glyph.c)
        .filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (month, middle) = number(glyphs, end + 1)?;
    let (day, last) = is(glyphs, middle, sign).then(|| number(glyphs, middle + 1)).flatten()?;
    let longer = glyphs
        .get(last)
        .is_some_and(|next| matches!(next.c, '-' | '/' | '.') || next.c.is_ascii_alphanumeric());
    let part = begin > 0 && matches!(glyphs[begin - 1].c, '-' | '/' | '.' | 'v');
    let plausible = (1900..=2100).contains(&year) && (1..=12).contains(&month) && day <= 31;
    if longer || part || !plausible || !ascii(begin..end) || !ascii(end + 1..middle) || !ascii(middle + 1..last) {
        return None;
    }
    let (weekday, end) = weekday(glyphs, last).unzip();
    Some(Day {
        year: Some(year),
        month,
        day: Some(day),
        weekday,
        at: begin..end.unwrap_or(last),
        figures: true,
        english: false,
    })
}

/// The day of the week that stands here, with its bracket, and where it ends.
fn weekday(glyphs: &[Glyph], at: usize) -> Option<(u8, usize)> {
    let at = skip(glyphs, at);
    let bracket = is(glyphs, at, '(');
    let at = if bracket { skip(glyphs, at + 1) } else { at };
    let name = match (glyphs.get(at)?.c, glyphs.get(at + 1)?.c) {
        ('星', '期') | ('礼', '拜') => at + 2,
        ('周', _) => at + 1,
        _ => return None,
    };
    let weekday = match glyphs.get(name)?.c {
        '日' | '天' => 0,
        c => u8::try_from("一二三四五六".chars().position(|day| day == c)? + 1).ok()?,
    };
    let end = name + 1;
    // 周一至周五 is no day of the week, and 周日常 no Sunday.
    let next = glyphs.get(skip(glyphs, end)).map(|glyph| glyph.c);
    if bracket {
        return (next == Some(')')).then(|| (weekday, skip(glyphs, end) + 1));
    }
    let range = next.is_some_and(|c| "至到-—~–、和或及".contains(c));
    let word = weekday == 0 && next.is_some_and(|c| "常期程子本前后报".contains(c));
    (!range && !word).then_some((weekday, end))
}

/// Whether a word, which is folded, is an English name or its first three letters.
fn is_name(word: &str, full: &str) -> bool {
    full.eq_ignore_ascii_case(word) || (word.len() == 3 && full[..3].eq_ignore_ascii_case(word))
}

/// `Friday, 27 November 2026`, `November 27, 2026 (Friday)`.
fn english(view: &View<'_>, at: usize) -> Option<Day> {
    let tokens = view.tokens;
    let name = tokens[at].text.as_str();
    let named = |full: &&str| is_name(name, full);
    let month = u16::try_from(MONTHS.iter().position(named)? + 1).ok()?;
    let near = |one: usize, other: usize| is_near(view, tokens.get(one), tokens.get(other));
    let before = at.checked_sub(1).filter(|before| near(*before, at));
    let (day, first, last) = match before.and_then(|before| ordinal(&tokens[before].text)) {
        Some(day) => (day, at - 1, at),
        None => {
            let after = near(at, at + 1).then(|| ordinal(&tokens[at + 1].text)).flatten()?;
            (after, at, at + 1)
        }
    };
    let year = near(last, last + 1)
        .then(|| tokens[last + 1].text.parse::<u16>().ok())
        .flatten();
    let year = year.filter(|year| (1900..=2100).contains(year) && tokens[last + 1].text.len() == 4);
    let last = last + usize::from(year.is_some());
    let day_of = |token: &Token| {
        let is = |full: &&str| is_name(&token.text, full);
        WEEKDAYS.iter().position(is).and_then(|day| u8::try_from(day).ok())
    };
    let earlier = first.checked_sub(1).filter(|before| near(*before, first));
    let earlier = earlier.and_then(|before| Some((day_of(&tokens[before])?, before)));
    let later = near(last, last + 1).then(|| day_of(&tokens[last + 1])).flatten();
    let bracketed = view.loose[tokens[last].at.end..]
        .iter()
        .take(2)
        .any(|glyph| glyph.c == '(');
    let later = later.filter(|_| earlier.is_none() && bracketed);
    let start = earlier.map_or(first, |(_, before)| before);
    let end = last + usize::from(later.is_some());
    Some(Day {
        year,
        month,
        day: Some(day),
        weekday: earlier.map(|(day, _)| day).or(later),
        at: tokens[start].at.start..tokens[end].at.end,
        figures: false,
        english: true,
    })
}

/// Whether two tokens stand beside each other on one line.
fn is_near(view: &View<'_>, one: Option<&Token>, other: Option<&Token>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    let between = &view.loose[one.at.end..other.at.start];
    between.len() <= 2 && between.iter().all(|glyph| matches!(glyph.c, ' ' | ',' | '(' | '.'))
}

/// `27`, `27th`, `1st`.
fn ordinal(text: &str) -> Option<u16> {
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text);
    let value = digits.parse().ok()?;
    (digits.len() <= 2 && value <= 39).then_some(value)
}
