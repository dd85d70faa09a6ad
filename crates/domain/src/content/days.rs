//! Days that a text names and the calendar does not have (2月30日), and days of the week that are those of another day.
//! A slip of the pen, which nobody sees on a screen until people stand before a closed door.

use crate::time::Date;

/// A day of a text that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddDay {
    /// As it is written: `2027年2月30日`.
    pub written: String,
    /// Why.
    pub odd: Odd,
}

/// Why a day cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// The month has no such day; with the year, if one is said.
    NoSuchDay {
        /// The year.
        year: Option<u16>,
        /// The month, 1 to 12.
        month: u8,
        /// The day.
        day: u8,
    },
    /// It is another day of the week, counted from Sunday.
    OtherWeekday(u8),
}

const WEEK: [&str; 3] = ["星期", "礼拜", "周"];
const SIGNS: [char; 7] = ['日', '一', '二', '三', '四', '五', '六'];
/// What joins a day to the one before it of the same month: 2月27日至28日.
const JOINS: [char; 8] = ['至', '到', '、', '—', '-', '－', '和', '～'];

/// All of them, in the order of the text. Dates that say no year are judged as those of a leap year, and their days of the
/// week not at all.
#[must_use]
pub fn odd_days(text: &str) -> Vec<OddDay> {
    let chars: Vec<char> = text.chars().collect();
    let (mut all, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        match dated(&chars, at, &mut all) {
            Some(end) => at = end,
            None => at += 1,
        }
    }
    all
}

/// A date that begins here and what is joined to it; where that ends.
fn dated(chars: &[char], at: usize, all: &mut Vec<OddDay>) -> Option<usize> {
    let counts = |c: char| c == '十' || digit(c).is_some();
    if at.checked_sub(1).is_some_and(|before| counts(chars[before])) {
        return None;
    }
    let (year, from) = match year(chars, at) {
        Some((year, end)) => (Some(year), end),
        None => (None, at),
    };
    let (month, after) = number(chars, from)?;
    let first = after_sign(chars, after, &['月'])?;
    let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
    let (mut start, mut end) = (at, one(chars, (at, first), (year, month), &['日', '号'], all)?);
    // The day at the other end of the span, in the same month.
    while let Some(next) = chars.get(end).filter(|c| JOINS.contains(c)).map(|_| end + 1) {
        start = next;
        // 3号窗口 is no day: what is joined is named 日.
        match one(chars, (start, next), (year, month), &['日'], all) {
            Some(joined) => end = joined,
            None => break,
        }
    }
    Some(end.max(start))
}

/// A day of the month; `from` is where the words begin, `at` where its number does.
fn one(
    chars: &[char],
    (from, at): (usize, usize),
    (year, month): (Option<u16>, u8),
    signs: &[char],
    all: &mut Vec<OddDay>,
) -> Option<usize> {
    let (day, after) = number(chars, at)?;
    let day = u8::try_from(day).ok()?;
    let end = after_sign(chars, after, signs)?;
    let written = |to: usize| chars[from..to].iter().collect::<String>();
    let Some(date) = Date::new(year.unwrap_or(2000), month, day) else {
        let odd = Odd::NoSuchDay { year, month, day };
        all.push(OddDay {
            written: written(end),
            odd,
        });
        return Some(end);
    };
    let Some((weekday, after)) = weekday(chars, end) else {
        return Some(end);
    };
    if year.is_some() && date.weekday() != weekday {
        let odd = Odd::OtherWeekday(date.weekday());
        all.push(OddDay {
            written: written(after),
            odd,
        });
    }
    Some(after)
}

/// `2026年`, `二〇二六年`.
fn year(chars: &[char], at: usize) -> Option<(u16, usize)> {
    let digits = chars.get(at..at + 4)?.iter().map(|c| digit(*c));
    let year = digits
        .collect::<Option<Vec<u16>>>()?
        .into_iter()
        .fold(0, |sum, digit| sum * 10 + digit);
    let end = after_sign(chars, at + 4, &['年'])?;
    (1900..3000).contains(&year).then_some((year, spaces(chars, end)))
}

/// `28`, `２８`, `二十八`, `三十`: at most two places.
fn number(chars: &[char], at: usize) -> Option<(u16, usize)> {
    let at = spaces(chars, at);
    let tens = |at: usize| chars.get(at) == Some(&'十');
    let here = |at: usize| chars.get(at).and_then(|c| digit(*c));
    let (mut value, mut end) = match here(at) {
        Some(first) if tens(at + 1) => (first * 10, at + 2),
        Some(first) => (first, at + 1),
        None if tens(at) => (10, at + 1),
        None => return None,
    };
    if let Some(next) = here(end) {
        // Behind 十 a digit is the ones; behind a digit it makes it the tens.
        let is_ten = chars.get(end - 1) == Some(&'十');
        value = if is_ten { value + next } else { value * 10 + next };
        end += 1;
    }
    here(end).is_none().then_some((value, end))
}

fn digit(c: char) -> Option<u16> {
    const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    match c {
        '零' | '○' => Some(0),
        '0'..='9' => u16::try_from(u32::from(c) - u32::from('0')).ok(),
        '０'..='９' => u16::try_from(u32::from(c) - u32::from('０')).ok(),
        _ => CHINESE
            .iter()
            .position(|known| *known == c)
            .and_then(|at| u16::try_from(at).ok()),
    }
}

/// `（星期五）`, `星期五`, `(周五)`: counted from Sunday.
fn weekday(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let bracket = chars.get(at).is_some_and(|c| matches!(c, '（' | '('));
    let from = at + usize::from(bracket);
    let word = WEEK.iter().find(|word| {
        word.chars()
            .eq(chars.iter().skip(from).take(word.chars().count()).copied())
    })?;
    let sign = from + word.chars().count();
    let found = chars.get(sign)?;
    let weekday = SIGNS
        .iter()
        .position(|known| known == found)
        .or((*found == '天').then_some(0))?;
    let closed = bracket && chars.get(sign + 1).is_some_and(|c| matches!(c, '）' | ')'));
    Some((u8::try_from(weekday).ok()?, sign + 1 + usize::from(closed)))
}

/// Behind one of these signs, if it stands here.
fn after_sign(chars: &[char], at: usize, signs: &[char]) -> Option<usize> {
    let at = spaces(chars, at);
    chars.get(at).filter(|c| signs.contains(c)).map(|_| at + 1)
}

fn spaces(chars: &[char], at: usize) -> usize {
    at + chars.iter().skip(at).take_while(|c| **c == ' ').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, Odd)> {
        odd_days(text).into_iter().map(|it| (it.written, it.odd)).collect()
    }

    fn no_such_day(year: Option<u16>, month: u8, day: u8) -> Odd {
        Odd::NoSuchDay { year, month, day }
    }

    #[test]
    fn a_day_that_no_month_has_is_found_however_it_is_written() {
        for (text, written, year) in [
            ("请于2027年2月30日前领取", "2027年2月30日", Some(2027)),
            ("请于 2027 年 2 月 30 日前领取", "2027 年 2 月 30 日", Some(2027)),
            ("二零二六年2月30日起", "二零二六年2月30日", Some(2026)),
            ("二〇二七年二月三十日", "二〇二七年二月三十日", Some(2027)),
            ("２月３０号关闭", "２月３０号", None),
        ] {
            assert_eq!(told(text), [(written.to_owned(), no_such_day(year, 2, 30))], "{text}");
        }
        assert_eq!(told("11月31日"), [("11月31日".to_owned(), no_such_day(None, 11, 31))]);
        assert_eq!(told("2月27日至30日"), [("30日".to_owned(), no_such_day(None, 2, 30))]);
        // 29 February is a day of leap years, and may be meant where no year is said.
        assert_eq!(
            told("2027年2月29日"),
            [("2027年2月29日".to_owned(), no_such_day(Some(2027), 2, 29))]
        );
        assert!(told("2028年2月29日，2月29日").is_empty());
    }

    #[test]
    fn the_day_of_the_week_is_that_of_the_day() {
        // 2027-01-01 is a Friday.
        assert_eq!(
            told("2027年1月1日（星期四）放假"),
            [("2027年1月1日（星期四）".to_owned(), Odd::OtherWeekday(5))]
        );
        assert_eq!(
            told("2027年1月3日周六"),
            [("2027年1月3日周六".to_owned(), Odd::OtherWeekday(0))]
        );
        for right in [
            "2027年1月1日（星期五）",
            "2027年1月3日(星期天)",
            "二〇二七年一月一日星期五",
            "1月1日（星期四）",
        ] {
            assert!(told(right).is_empty(), "{right}");
        }
    }

    #[test]
    fn what_only_looks_like_a_day_is_none() {
        for text in [
            "12个月",
            "3月内",
            "2026年第5号",
            "电话 0000-8860123",
            "10月上旬",
            "每月31日",
            "2月",
            "第30日",
            "12312月31日",
            "办理时限30日，2月起",
            "8号窗口",
            "十月十日",
            "十二月三十一日",
            "",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }
}
