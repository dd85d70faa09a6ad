//! Dates as English writes them: `15 May 2026`, `Friday, May 15, 2026`, `March 5–8`, `in March`, `Friday`.

use super::dates::{Found, Names, Reading, chinese_weekday, connected, expect, spaces, up_to_two, year};
use crate::time::{MONTHS, WEEKDAYS};

/// Before a month without a day or a year these say that it is one: “may” and “march” are words of their own.
const BEFORE_A_MONTH: [&str; 21] = [
    "in", "of", "by", "until", "till", "from", "to", "since", "before", "after", "during", "early", "late", "mid",
    "through", "every", "each", "next", "last", "and", "or",
];

/// The date that begins here; `at` is the beginning of a word.
pub(super) fn found(chars: &[char], at: usize) -> Option<Found> {
    dated(chars, at)
        .or_else(|| month_alone(chars, at))
        .or_else(|| weekdays_alone(chars, at))
}

/// A day and a month, a month and a year, or all three, with the day of the week before or behind.
fn dated(chars: &[char], at: usize) -> Option<Found> {
    let mut start = at;
    let leading = weekday(chars, at, true);
    if let Some((_, end)) = leading {
        start = spaces(chars, expect(chars, end, ',').unwrap_or(end));
    }
    let (month, days, end, said) = day_month(chars, start).or_else(|| month_day(chars, start))?;
    let mut reading = Reading::new(chars, at);
    reading.month(month);
    // The day of the week before the date is that of its first day.
    if let Some((names, end)) = leading {
        let first = *days.first()?;
        if !reading.day(first) {
            return None;
        }
        reading.weekday(names, at, end);
    }
    if !days.iter().all(|day| reading.day(*day)) {
        return None;
    }
    reading.to(end);
    if let Some((year_at, year, year_end)) = said {
        reading.to(year_at);
        reading.year(year, year_end);
    }
    if !days.is_empty() {
        trailing(&mut reading, chars, said.map_or(end, |(.., year_end)| year_end));
    }
    Some(reading.found())
}

type Read = (u8, Vec<u8>, usize, Option<(usize, u16, usize)>);

/// `15 May 2026`, `5–8 March`, `5th of March`.
fn day_month(chars: &[char], at: usize) -> Option<Read> {
    let (read, after) = days(chars, at, false)?;
    let (named, end) = of_month(chars, after)?;
    Some((named, read, end, year_behind(chars, end)))
}

/// ` May`, ` of May`
fn of_month(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let at = spaces(chars, at);
    month(chars, word(chars, at, "of").map_or(at, |end| spaces(chars, end)))
}

/// `May 15, 2026`, `March 5–8`, `May 2026`.
fn month_day(chars: &[char], at: usize) -> Option<Read> {
    let (named, after) = month(chars, at)?;
    if let Some((read, end)) = days(chars, spaces(chars, after), true) {
        return Some((named, read, end, year_behind(chars, end)));
    }
    let said = year_behind(chars, after)?;
    Some((named, Vec::new(), after, Some(said)))
}

/// A year, perhaps after a comma: where it begins, what it is, where it ends.
fn year_behind(chars: &[char], at: usize) -> Option<(usize, u16, usize)> {
    let begins = spaces(chars, expect(chars, at, ',').unwrap_or(at));
    let (year, end) = year(chars, begins).filter(|_| begins > at)?;
    Some((begins, year, end))
}

/// `5`, `5th`, `5–8`, `5 and 6`. Behind its month, a day that has a month of its own begins another date.
fn days(chars: &[char], at: usize, behind_month: bool) -> Option<(Vec<u8>, usize)> {
    let (first, mut end) = day(chars, at)?;
    let mut days = vec![first];
    let joined = |end: usize| {
        let behind = spaces(chars, end);
        connected(chars, end).or_else(|| {
            let after = ["to", "and"].iter().find_map(|name| word(chars, behind, name));
            after.map(|after| spaces(chars, after))
        })
    };
    while let Some((next, after)) = joined(end).and_then(|at| day(chars, at)).filter(|_| days.len() < 31) {
        if behind_month && of_month(chars, after).is_some() {
            break;
        }
        days.push(next);
        end = after;
    }
    Some((days, end))
}

fn day(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let (day, end) = up_to_two(chars, at).filter(|(day, _)| (1..=31).contains(day))?;
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|name| word(chars, end, name));
    let end = ordinal.unwrap_or(end);
    let goes_on = chars.get(end).is_some_and(char::is_ascii_alphanumeric)
        // 9:30, 1.5 and 3/4 are no days.
        || (chars.get(end).is_some_and(|c| matches!(c, ':' | '.' | '/' | '%')) && chars.get(end + 1).is_some_and(char::is_ascii_digit));
    (!goes_on).then_some((day, end))
}

/// A month by its name, or its first three letters with or without a full stop.
fn month(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let mut all = MONTHS.iter().zip(1..);
    all.find_map(|(name, number)| {
        let short = || {
            let end = word(chars, at, &name[..3])
                .or_else(|| word(chars, at, name.get(..4)?).filter(|_| *name == "September"))?;
            Some(expect(chars, end, '.').unwrap_or(end))
        };
        Some((number, word(chars, at, name).or_else(short)?))
    })
}

/// Where this word ends if it stands here by itself, as written, or in capitals throughout.
fn word(chars: &[char], at: usize, wanted: &str) -> Option<usize> {
    let end = at + wanted.len();
    let written: String = chars.get(at..end)?.iter().collect();
    let alone = !chars.get(end).is_some_and(|c| c.is_ascii_alphabetic());
    (alone && (written == wanted || written == wanted.to_uppercase())).then_some(end)
}

/// A day of the week; shortened only beside a date.
fn weekday(chars: &[char], at: usize, beside: bool) -> Option<(Names, usize)> {
    let whole = WEEKDAYS.iter().find_map(|name| word(chars, at, name));
    let short = || {
        let end = WEEKDAYS.iter().find_map(|name| word(chars, at, &name[..3]))?;
        Some(expect(chars, end, '.').unwrap_or(end)).filter(|_| beside)
    };
    whole
        .map(|end| (Names::English, end))
        .or_else(|| short().map(|end| (Names::Short, end)))
}

/// `(Friday)`, `, Friday` behind a date.
fn trailing(reading: &mut Reading<'_>, chars: &[char], end: usize) {
    let at = spaces(chars, end);
    let open = chars.get(at).copied().filter(|c| matches!(c, '(' | '（' | ','));
    let Some(open) = open else {
        return;
    };
    let begins = spaces(chars, at + 1);
    let Some((names, after)) = weekday(chars, begins, true) else {
        return chinese_weekday(reading);
    };
    // After a comma it may begin the next date.
    if open == ',' && dated(chars, begins).is_some() {
        return;
    }
    reading.weekday(names, begins, after);
    let close = chars.get(after).is_some_and(|c| matches!(c, ')' | '）'));
    if open != ',' && close {
        reading.to(after + 1);
    }
}

/// `in March`
fn month_alone(chars: &[char], at: usize) -> Option<Found> {
    let end = MONTHS.iter().find_map(|name| word(chars, at, name))?;
    let mut before = at;
    while before > 0 && matches!(chars[before - 1], ' ' | '-') {
        before -= 1;
    }
    let mut begins = before;
    while begins > 0 && chars[begins - 1].is_ascii_alphabetic() {
        begins -= 1;
    }
    let said: String = chars[begins..before].iter().collect::<String>().to_lowercase();
    (before < at && BEFORE_A_MONTH.contains(&said.as_str())).then(|| Found::as_it_is(None, end))
}

/// `Friday`, `Mondays`, `Monday to Friday`
fn weekdays_alone(chars: &[char], at: usize) -> Option<Found> {
    let one = |at: usize| {
        let plural = || WEEKDAYS.iter().find_map(|name| word(chars, at, &format!("{name}s")));
        weekday(chars, at, false).map(|(_, end)| end).or_else(plural)
    };
    let mut end = one(at)?;
    let joined = |end: usize| {
        let behind = spaces(chars, end);
        connected(chars, end).or_else(|| word(chars, behind, "to").map(|after| spaces(chars, after)))
    };
    while let Some(next) = joined(end).filter(|next| dated(chars, *next).is_none()).and_then(one) {
        end = next;
    }
    Some(Found::as_it_is(None, end))
}
