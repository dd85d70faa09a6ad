//! Telephone numbers: mobile, landline, service numbers and foreign ones, unless they are the office's hotlines.

use super::digits::{Between, Digit, Run, glyphs_of, is_one_group};
use super::fold::Glyph;
use super::numbers::on_one_line;
use super::{MAX_FINDINGS, Rule, View, place, stands_before};
use std::ops::Range;

/// How far before a number the word may stand that says it is one, in characters.
const REACH: usize = 12;

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let (mut found, mut known): (Vec<Range<u32>>, Vec<Range<u32>>) = (Vec::new(), Vec::new());
    for run in view.runs {
        for length in (7..=15).rev() {
            for digits in run.windows(length) {
                if found.len() + known.len() >= MAX_FINDINGS {
                    return found;
                }
                let at = place(glyphs_of(digits, view.loose));
                let mut others = found.iter().chain(&known);
                if others.any(|other| other.start < at.end && at.start < other.end)
                    || !is_phone(rule, run, digits, view.loose)
                {
                    continue;
                }
                // A part of a hotline is no number of its own.
                let list = if is_hotline(digits, view.hotlines) {
                    &mut known
                } else {
                    &mut found
                };
                list.push(at);
            }
        }
    }
    found
}

fn is_phone(rule: &Rule, run: &Run, digits: &[Digit], loose: &[Glyph]) -> bool {
    if !on_one_line(digits) || digits.iter().any(|digit| digit.value > 9) || is_attached(digits, loose) {
        return false;
    }
    let at = digits[0].glyph;
    let near = || stands_before(loose, at, &rule.near, REACH);
    let whole = run.0.len() == digits.len();
    let plus = at > 0 && loose[at - 1].c == '+';
    let figures: Vec<u8> = digits.iter().map(|digit| digit.value).collect();
    let shaped = match figures.as_slice() {
        // +86 and a mobile number, or any number abroad.
        _ if plus && digits.len() >= 8 => true,
        [8, 6, 1, 3..=9, ..] if digits.len() == 13 => true,
        [0, 0, 8, 6, 1, 3..=9, ..] if digits.len() == 15 => true,
        [1, 3..=9, ..] if digits.len() == 11 => true,
        [0, 1..=9, ..] if (10..=12).contains(&digits.len()) => has_area_code(digits) || near(),
        [4 | 8, 0, 0, ..] if digits.len() == 10 => !is_one_group(digits) || near(),
        [2..=9, ..] if matches!(digits.len(), 7 | 8) => whole && !is_date(&figures) && near(),
        _ => false,
    };
    shaped && !stands_before(loose, at, &rule.not_near, REACH)
}

/// An area code of three or four digits, then a gap, then seven or eight digits.
fn has_area_code(digits: &[Digit]) -> bool {
    let apart = |at: usize| digits.get(at).is_some_and(|digit| digit.gap == Between::Soft);
    let local = |at: usize| matches!(digits.len() - at, 7 | 8);
    (apart(3) && local(3) && matches!(digits[1].value, 1 | 2)) || (apart(4) && local(4))
}

/// Whether a letter or a digit of another kind touches the number: it is part of a longer mark.
fn is_attached(digits: &[Digit], loose: &[Glyph]) -> bool {
    let letter = |index: Option<usize>| {
        index
            .and_then(|index| loose.get(index))
            .is_some_and(|glyph| glyph.c.is_ascii_alphabetic())
    };
    let (first, last) = (digits[0].glyph, digits[digits.len() - 1].glyph);
    letter(first.checked_sub(1)) || letter(last.checked_add(1))
}

/// `20261127`
fn is_date(figures: &[u8]) -> bool {
    figures.len() == 8 && figures[0] == 2 && figures[1] == 0
}

/// Whether it is a hotline: with or without the area code and the country's.
fn is_hotline(digits: &[Digit], hotlines: &[String]) -> bool {
    let number: String = digits.iter().map(|digit| char::from(b'0' + digit.value)).collect();
    let number = number
        .strip_prefix("0086")
        .or_else(|| number.strip_prefix("86"))
        .unwrap_or(&number);
    let bare = number.strip_prefix('0').unwrap_or(number);
    hotlines.iter().any(|hotline| {
        let hotline: String = hotline.chars().filter(char::is_ascii_digit).collect();
        let known = hotline.strip_prefix("86").unwrap_or(&hotline);
        let known = known.strip_prefix('0').unwrap_or(known);
        !known.is_empty()
            && (bare == known
                || (number.len() >= 7 && known.ends_with(number))
                || (known.len() >= 7 && bare.ends_with(known)))
    })
}
