//! Numbers that name a person or an account: identity numbers, bank cards, passports.

use super::digits::{Between, Digit, Run, glyphs_of, is_one_group, widest};
use super::fold::Glyph;
use super::{MAX_FINDINGS, Rule, View, place, stands_before};
use crate::time::Date;
use std::ops::Range;

/// How far before a number a word may stand that says what it is, in characters.
const REACH: usize = 20;

/// Identity numbers by GB 11643: six digits of a region, a date of birth, three of an order, a check digit.
pub(super) fn resident_ids(runs: &[Run], loose: &[Glyph]) -> Vec<Range<u32>> {
    let windows = runs.iter().flat_map(|run| run.windows(18));
    windows
        .filter(|digits| is_resident_id(digits))
        .map(|digits| place(glyphs_of(digits, loose)))
        .collect()
}

fn is_resident_id(digits: &[Digit]) -> bool {
    digits.len() == 18 && digits[..17].iter().all(|digit| digit.value < 10) && is_born(digits) && is_checked(digits)
}

/// Whether a region and a date of birth stand at their places.
fn is_born(digits: &[Digit]) -> bool {
    let number = |range: Range<usize>| -> u16 {
        let value = |sum: u16, digit: &Digit| sum * 10 + u16::from(digit.value);
        digits[range].iter().fold(0, value)
    };
    // GB/T 2260; 81 to 83 are residence permits of people from Hong Kong, Macao and Taiwan, 9 those of foreigners.
    let province =
        matches!(number(0..2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=66 | 71 | 81..=83 | 90..=99);
    let (year, month, day) = (number(6..10), number(10..12), number(12..14));
    let written = format!("{year:04}-{month:02}-{day:02}");
    province && (1880..=2099).contains(&year) && written.parse::<Date>().is_ok()
}

/// ISO 7064, MOD 11-2.
fn is_checked(digits: &[Digit]) -> bool {
    let sum = digits[..17]
        .iter()
        .fold(0_u32, |sum, digit| (sum + u32::from(digit.value)) * 2 % 11);
    (sum + u32::from(digits[17].value)) % 11 == 1
}

/// Card numbers by ISO/IEC 7812: 15 to 19 digits, a known issuer or a word before it, a right check digit.
pub(super) fn bank_cards(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    for run in view.runs {
        for length in (15..=19).rev() {
            for digits in run.windows(length) {
                let glyphs = glyphs_of(digits, view.loose);
                if found.len() < MAX_FINDINGS && is_card(rule, digits, view.loose) && !found.contains(&place(glyphs)) {
                    found.push(place(glyphs));
                }
            }
        }
    }
    found
}

fn is_card(rule: &Rule, digits: &[Digit], loose: &[Glyph]) -> bool {
    let at = digits[0].glyph;
    let attached = at > 0 && loose[at - 1].c.is_ascii_alphabetic();
    if attached || widest(digits) > Between::Soft || !is_luhn(digits) || is_resident_id(digits) {
        return false;
    }
    if stands_before(loose, at, &rule.not_near, REACH) {
        return false;
    }
    let (first, second) = (digits[0].value, digits[1].value);
    let issuer = match digits.len() {
        15 => (first, second) == (3, 4) || (first, second) == (3, 7),
        16 => matches!((first, second), (4, _) | (5, 1..=5) | (6, 2 | 0 | 5) | (3, 5)),
        _ => (first, second) == (6, 2) || (first, second) == (6, 0),
    };
    issuer || (digits.len() >= 16 && stands_before(loose, at, &rule.near, REACH))
}

fn is_luhn(digits: &[Digit]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, u32::from(digit.value)) {
            (1, value) if value > 4 => value * 2 - 9,
            (1, value) => value * 2,
            (_, value) => value,
        })
        .sum();
    digits.iter().all(|digit| digit.value < 10) && sum.is_multiple_of(10)
}

/// Passport numbers: China's by their shape, others' where a word says so.
pub(super) fn passports(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let tokens = view.tokens;
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let near = stands_before(view.loose, token.at.start, &rule.near, REACH);
        let other = stands_before(view.loose, token.at.start, &rule.not_near, REACH);
        let mut glyphs = token.at.clone();
        let mut text = token.text.clone();
        // `E 12345678`: the letter stands apart.
        if let Some(next) = tokens.get(index + 1)
            && text.len() <= 2
            && text.bytes().all(|byte| byte.is_ascii_alphabetic())
            && next.at.start == token.at.end + 1
            && matches!(view.loose[token.at.end].c, ' ' | '-')
        {
            glyphs.end = next.at.end;
            text.push_str(&next.text);
        }
        if (near && is_foreign(&text)) || (!other && is_chinese(&text, near)) {
            found.push(place(&view.loose[glyphs]));
        }
    }
    found
}

/// `E` and eight digits, `E` with a letter and seven digits, and the letters of other kinds of passports.
fn is_chinese(text: &str, near: bool) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 9 || !matches!(bytes[0], b'e' | b'g' | b'd' | b's' | b'p' | b'h' | b'm' | b'k') {
        return false;
    }
    let figures = |from: usize| bytes[from..].iter().all(u8::is_ascii_digit);
    if bytes[0] == b'e' && bytes[1].is_ascii_alphabetic() {
        return figures(2) && !matches!(bytes[1], b'i' | b'o');
    }
    // A letter and a day, as in the numbers of files, is none.
    let day = matches!(&bytes[1..3], b"19" | b"20") && figures(1) && is_day(&text[1..]);
    figures(1) && (near || (!day && matches!(bytes[0], b'e' | b'g')))
}

fn is_day(digits: &str) -> bool {
    let written = format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]);
    written.parse::<Date>().is_ok()
}

/// Six to nine characters with at least six digits.
fn is_foreign(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (6..=9).contains(&text.len()) && digits >= 6 && text.len() - digits <= 2
}

/// Whether the digits are one group or grouped by soft gaps on one line.
pub(super) fn on_one_line(digits: &[Digit]) -> bool {
    is_one_group(digits) || widest(digits) == Between::Soft
}
