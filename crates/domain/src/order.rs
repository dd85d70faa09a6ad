//! The order of names in a list: that of GB/T 13418, by which offices file. Signs come first, then numbers by their value,
//! Latin letters, and Chinese characters by pinyin, tone and code.

use icu_normalizer::DecomposingNormalizerBorrowed;
use pinyin::ToPinyin;
use std::iter::Peekable;
use std::str::Chars;

/// Where a name stands in a list. Names that look alike keep an order of their own, so that a list is never shuffled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    parts: Vec<Part>,
    name: String,
}

/// A part of a name. The order of the variants is that of the standard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Sign(char),
    /// How many digits, and the digits: longer numbers are larger.
    Number(usize, String),
    Letter(char),
    Chinese(Reading),
    /// A character whose reading is not known.
    Rare(char),
}

/// How a character is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    /// Without tone, ü as u.
    letters: String,
    /// `lü` comes after `lu`, and before `luan`.
    umlaut: bool,
    tone: u8,
    c: char,
}

/// Where the name of a thing stands: of a display, a channel, a department, a template.
#[must_use]
pub fn place(name: &str) -> Place {
    placed(name, None)
}

/// Where the name of a person stands: some family names are read otherwise than the same characters elsewhere.
#[must_use]
pub fn place_of_person(name: &str) -> Place {
    placed(name, name.trim().chars().next().and_then(family_name))
}

fn placed(name: &str, first: Option<Reading>) -> Place {
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(name.trim());
    let mut chars = plain.chars().peekable();
    let mut parts = Vec::new();
    while let Some(c) = chars.next() {
        parts.extend(part(c, &mut chars, parts.last()));
    }
    if let (Some(reading), Some(part)) = (first, parts.first_mut()) {
        *part = Part::Chinese(reading);
    }
    Place {
        parts,
        name: name.to_owned(),
    }
}

/// The part that begins with a character; nothing for an accent, which the letter before it has taken along.
fn part(c: char, rest: &mut Peekable<Chars<'_>>, before: Option<&Part>) -> Option<Part> {
    if c.is_ascii_digit() {
        return Some(number(&digits(c, rest, |c| c.to_digit(10))));
    }
    if let Some(counted) = counted(c, rest, before) {
        return Some(counted);
    }
    match read(c) {
        Some(reading) => Some(Part::Chinese(reading)),
        None if accent(c) => None,
        None if c.is_whitespace() => Some(Part::Sign(' ')),
        None if ideograph(c) => Some(Part::Rare(c)),
        None if c.is_alphanumeric() => c.to_lowercase().next().map(Part::Letter),
        None => Some(Part::Sign(c)),
    }
}

/// A run of digits that began with `c`.
fn digits(c: char, rest: &mut Peekable<Chars<'_>>, digit: impl Fn(char) -> Option<u32>) -> String {
    let mut told: String = c.into();
    while let Some(c) = rest.next_if(|c| digit(*c).is_some()) {
        told.push(c);
    }
    told
}

fn number(digits: &str) -> Part {
    let digits = digits.trim_start_matches('0').to_owned();
    Part::Number(digits.len(), digits)
}

/// What is counted: 二楼, 十号; and after 第 anything is.
const COUNTED: &str = "号楼层科处室厅区组期队窗站台门座栋届次批";

/// A number in Chinese, where it counts something.
fn counted(c: char, rest: &mut Peekable<Chars<'_>>, before: Option<&Part>) -> Option<Part> {
    chinese_digit(c)?;
    let mut ahead = rest.clone();
    let told = digits(c, &mut ahead, chinese_digit);
    let ordinal = matches!(before, Some(Part::Chinese(reading)) if reading.c == '第');
    if !ordinal && !ahead.peek().is_some_and(|c| COUNTED.contains(*c)) {
        return None;
    }
    *rest = ahead;
    Some(number(&value(&told).to_string()))
}

fn chinese_digit(c: char) -> Option<u32> {
    let at = "〇一二三四五六七八九十百".chars().position(|digit| digit == c);
    at.or((c == '零').then_some(0)).and_then(|at| u32::try_from(at).ok())
}

/// The value of a number in Chinese below a thousand; 二〇二六 digit by digit.
fn value(told: &str) -> u64 {
    let known: Vec<u64> = told.chars().filter_map(chinese_digit).map(u64::from).collect();
    if known.iter().all(|digit| *digit < 10) {
        return known
            .iter()
            .fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(*digit));
    }
    let (mut sum, mut last) = (0_u64, None);
    for digit in known {
        if digit < 10 {
            last = Some(digit);
            continue;
        }
        let unit = if digit == 10 { 10 } else { 100 };
        sum = sum.saturating_add(last.take().unwrap_or(1) * unit);
    }
    sum.saturating_add(last.unwrap_or(0))
}

fn read(c: char) -> Option<Reading> {
    let reading = c.to_pinyin()?;
    let told = reading.with_tone_num_end();
    let tone = told.bytes().next_back().filter(u8::is_ascii_digit);
    Some(spelt(reading.plain(), tone.map_or(5, |digit| digit - b'0'), c))
}

fn spelt(letters: &str, tone: u8, c: char) -> Reading {
    Reading {
        letters: letters.replace(['ü', 'v'], "u"),
        umlaut: letters.contains(['ü', 'v']),
        tone,
        c,
    }
}

/// Family names that are read in a way of their own (Xiandai Hanyu Cidian).
fn family_name(c: char) -> Option<Reading> {
    let (letters, tone) = match c {
        '区' => ("ou", 1),
        '仇' => ("qiu", 2),
        '查' => ("zha", 1),
        '单' => ("shan", 4),
        '解' => ("xie", 4),
        '曾' => ("zeng", 1),
        '任' => ("ren", 2),
        '朴' => ("piao", 2),
        '翟' => ("zhai", 2),
        '盖' => ("ge", 3),
        '华' => ("hua", 4),
        '覃' => ("qin", 2),
        '乐' => ("yue", 4),
        '缪' => ("miao", 4),
        _ => return None,
    };
    Some(spelt(letters, tone, c))
}

fn ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x2FDF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// A combining mark, which a letter in its own right is set apart from by taking it away.
fn accent(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(names: &[&'static str], by: fn(&str) -> Place) -> Vec<&'static str> {
        let mut names = names.to_vec();
        names.reverse();
        names.sort_by_cached_key(|name| by(name));
        names
    }

    fn in_order(names: &[&'static str]) {
        assert_eq!(ordered(names, place), names);
    }

    #[test]
    fn numbers_stand_by_their_value_wherever_they_are() {
        in_order(&[
            "1号窗口",
            "02号窗口",
            "2号窗口",
            "10号窗口",
            "A厅",
            "大厅2号屏",
            "大厅10号屏",
        ]);
        in_order(&[
            "一楼大厅",
            "二楼大厅",
            "三楼大厅",
            "十楼大厅",
            "十二楼大厅",
            "二十一楼大厅",
        ]);
        in_order(&["第二窗口", "第十窗口", "第一百零二窗口"]);
        in_order(&["Window 2", "Window 10"]);
        // The control: by code, and read character by character, they stand otherwise.
        let mut by_code = ["2号窗口", "10号窗口"];
        by_code.sort_unstable();
        assert_eq!(by_code, ["10号窗口", "2号窗口"]);
    }

    #[test]
    fn chinese_stands_by_pinyin_after_latin_letters_and_digits() {
        in_order(&[
            "（试行）屏",
            "3号窗口",
            "LED屏",
            "办公室",
            "出国管理处",
            "礼宾处",
            "领事处",
            "政策法规处",
        ]);
        in_order(&["鲁", "路", "吕", "绿", "峦", "轮"]);
        in_order(&["妈", "麻", "马", "骂"]);
        // A character of simplified and one of traditional writing with the same reading stand together.
        in_order(&["国", "國", "果"]);
    }

    #[test]
    fn people_stand_as_their_names_are_read() {
        let names = [
            "安宁",
            "陈国栋",
            "解敏",
            "李静",
            "单雪",
            "王磊",
            "徐志远",
            "曾文",
            "周文博",
        ];
        let mut right = vec![
            "安宁",
            "陈国栋",
            "李静",
            "单雪",
            "王磊",
            "解敏",
            "徐志远",
            "曾文",
            "周文博",
        ];
        assert_eq!(ordered(&names, place_of_person), right);
        // The control: read as words, 曾 is ceng and 单 is dan.
        right.sort_by_cached_key(|name| place(name));
        assert_eq!(right[..4], ["安宁", "曾文", "陈国栋", "单雪"]);
    }

    #[test]
    fn english_names_stand_by_the_alphabet_whatever_their_letters_look_like() {
        in_order(&["chen", "Émile", "Fang", "fang 2", "Zhou"]);
        in_order(&["Hall", "Hall A", "Hallway"]);
    }

    #[test]
    fn numbers_in_chinese_have_their_value() {
        for (told, meant) in [
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("一百零二", 102),
            ("二〇二六", 2026),
            ("百", 100),
        ] {
            assert_eq!(value(told), meant, "{told}");
        }
        in_order(&["1", "99999999999999999999999", "999999999999999999999990"]);
    }
}
