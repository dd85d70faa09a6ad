//! Days of the lunar calendar, dates in Chinese numerals, and feasts whose day is another every year: nobody but a person
//! can move them.

use super::dates::{Found, connected, expect, spaces};

/// What says that the lunar calendar is meant.
const CALENDAR: [&str; 4] = ["农历", "阴历", "夏历", "旧历"];
/// Feasts by the moon or by the sun's place, which no calendar of months keeps.
const FEASTS: [&str; 12] = [
    "大年初一",
    "除夕",
    "春节",
    "元宵节",
    "元宵",
    "清明节",
    "端午",
    "七夕",
    "中元节",
    "中秋",
    "重阳",
    "腊八",
];
const NUMERALS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
/// The digits of a year: 二〇二六.
const DIGITS: [(char, u16); 12] = [
    ('〇', 0),
    ('○', 0),
    ('零', 0),
    ('一', 1),
    ('二', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
];
/// What may follow a month in numerals that is meant as one.
const PARTS_OF_A_MONTH: [&str; 7] = ["份", "底", "初", "末", "上旬", "中旬", "下旬"];

/// The date that begins here.
pub(super) fn found(chars: &[char], at: usize) -> Option<Found> {
    numbered(chars, at)
        .or_else(|| of_the_moon(chars, at))
        .or_else(|| feast(chars, at))
}

fn feast(chars: &[char], at: usize) -> Option<Found> {
    let end = FEASTS.iter().find_map(|name| word(chars, at, name))?;
    Some(Found::as_it_is(None, end))
}

/// `二〇二六年三月五日`
fn numbered(chars: &[char], at: usize) -> Option<Found> {
    let signs = chars.get(at..at + 4)?;
    let digits: Option<Vec<u16>> = signs
        .iter()
        .map(|sign| DIGITS.iter().find(|(known, _)| known == sign).map(|(_, digit)| *digit))
        .collect();
    let year = digits?.into_iter().fold(0, |year, digit| year * 10 + digit);
    let end = expect(chars, spaces(chars, at + 4), '年').filter(|_| (1949..3000).contains(&year))?;
    let rest = month(chars, end, true);
    Some(Found::as_it_is(Some(year), rest.map_or(end, |(end, _)| end)))
}

/// `农历八月十五`, `正月十五`, `腊月`, `八月十五至十八`, `三月五日`
fn of_the_moon(chars: &[char], at: usize) -> Option<Found> {
    if at
        .checked_sub(1)
        .is_some_and(|before| chars[before] == '第' || NUMERALS.contains(&chars[before]))
    {
        return None;
    }
    let named = CALENDAR.iter().find_map(|name| word(chars, at, name));
    let (end, sure) = month(chars, named.map_or(at, |end| spaces(chars, end)), named.is_some())?;
    (sure || named.is_some()).then(|| Found::as_it_is(None, end))
}

/// A month in words and what is said of its days; whether it is surely a date. When the calendar or the year was named,
/// days need no sign.
fn month(chars: &[char], at: usize, named: bool) -> Option<(usize, bool)> {
    let leap = chars.get(at) == Some(&'闰');
    let at = at + usize::from(leap);
    let by_name = chars.get(at).is_some_and(|c| matches!(c, '正' | '冬' | '腊'));
    let after = if by_name { at + 1 } else { numeral(chars, at, 12)? };
    let mut end = expect(chars, after, '月')?;
    let next = chars.get(end).copied();
    let Some(day_end) = day(chars, end, named || by_name || leap) else {
        let part = PARTS_OF_A_MONTH.iter().any(|part| word(chars, end, part).is_some());
        // 真正月份 is no month.
        let sure = if by_name { next != Some('份') } else { part || leap };
        return (sure || named).then_some((end, sure));
    };
    end = day_end;
    while let Some(next) = connected(chars, end).and_then(|next| day(chars, next, true)) {
        end = next;
    }
    Some((end, true))
}

/// `初一`, `十五`, `廿三`, `三十`, `五日`: where it ends.
fn day(chars: &[char], at: usize, named: bool) -> Option<usize> {
    let at = spaces(chars, at);
    let first = *chars.get(at)?;
    if first == '初' {
        return chars.get(at + 1).filter(|c| NUMERALS.contains(c)).map(|_| at + 2);
    }
    if first == '廿' {
        let unit = chars.get(at + 1).is_some_and(|c| NUMERALS[..9].contains(c));
        return Some(at + 1 + usize::from(unit));
    }
    let end = numeral(chars, at, 31)?;
    let signed = expect(chars, end, '日').or_else(|| expect(chars, end, '号'));
    // Without a sign only days from the tenth on are called by a numeral alone.
    let alone = (end - at > 1 || first == '十' || named)
        && !chars.get(end).is_some_and(|c| "个元人家条项次年月万千百".contains(*c));
    signed.or_else(|| alone.then_some(end))
}

/// Where a numeral of at most `most` ends.
fn numeral(chars: &[char], at: usize, most: u8) -> Option<usize> {
    let value = |at: usize| {
        let sign = chars.get(at)?;
        let known = NUMERALS.iter().zip(1_u8..).find(|(known, _)| *known == sign);
        known.map(|(_, value)| value)
    };
    let first = value(at)?;
    let (number, end) = match (first, value(at + 1), value(at + 2)) {
        (10, Some(unit @ 1..=9), _) => (10 + unit, at + 2),
        (10, ..) => (10, at + 1),
        (tens, Some(10), Some(unit @ 1..=9)) => (tens * 10 + unit, at + 3),
        (tens, Some(10), _) => (tens * 10, at + 2),
        (unit, ..) => (unit, at + 1),
    };
    (number <= most).then_some(end)
}

fn word(chars: &[char], at: usize, wanted: &str) -> Option<usize> {
    let end = at + wanted.chars().count();
    chars.get(at..end)?.iter().copied().eq(wanted.chars()).then_some(end)
}
