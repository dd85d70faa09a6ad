//! Where somebody lives: a street and a number with a flat, a housing estate, a group of a village; or a street after a
//! word like 住址. The addresses of offices pass.

use super::fold::Glyph;
use super::latin::Token;
use super::{Rule, View, digits, place, stands_before, starts_with};
use std::ops::Range;

const ROADS: [&str; 12] = [
    "大街", "大道", "胡同", "条街", "路", "街", "巷", "道", "弄", "里", "坊", "段",
];
const ESTATES: [&str; 14] = [
    "小区",
    "花园",
    "家园",
    "新村",
    "公寓",
    "嘉园",
    "名苑",
    "雅苑",
    "花苑",
    "家属院",
    "宿舍",
    "新城",
    "社区",
    "苑",
];
const BLOCKS: [&str; 5] = ["号楼", "栋", "幢", "座", "号"];
const FLATS: [&str; 4] = ["单元", "室", "户", "房"];
/// How far before a street a word like 住址 may stand, in characters.
const REACH: usize = 24;
/// How far after a street's number its flat may stand.
const FLAT_REACH: usize = 20;

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let glyphs = view.squeezed;
    let mut found: Vec<Range<u32>> = Vec::new();
    for at in 0..glyphs.len() {
        let ends = [
            street(rule, glyphs, at),
            estate(rule, glyphs, at),
            village(rule, glyphs, at),
        ];
        if let Some(end) = ends.into_iter().flatten().max() {
            found.push(place(&glyphs[name_start(glyphs, at)..end]));
        }
    }
    found.extend(english(rule, view));
    found
}

/// A street's name begins a few characters before its `路`.
fn name_start(glyphs: &[Glyph], at: usize) -> usize {
    let name = glyphs[at.saturating_sub(6)..at].iter().rev();
    at - name.take_while(|glyph| glyph.c.is_alphanumeric()).count()
}

/// `人民路8号`, then a flat, or after a word.
fn street(rule: &Rule, glyphs: &[Glyph], at: usize) -> Option<usize> {
    let road = one_of(glyphs, at, &ROADS)?;
    let number = numbered(glyphs, at + road, &["号", "弄"], 5)?;
    let flat = flat_after(rule, glyphs, number);
    let named = stands_before(glyphs, at, &rule.near, REACH) && !is_office(rule, glyphs, number);
    flat.or(named.then_some(number))
}

/// `阳光花园12号楼3单元502室`
fn estate(rule: &Rule, glyphs: &[Glyph], at: usize) -> Option<usize> {
    let name = one_of(glyphs, at, &ESTATES)?;
    let block = numbered(glyphs, at + name, &BLOCKS, 3)?;
    let named = stands_before(glyphs, at, &rule.near, REACH) && !is_office(rule, glyphs, block);
    flat_after(rule, glyphs, block).or(named.then_some(block))
}

/// `李家村3组12号`
fn village(rule: &Rule, glyphs: &[Glyph], at: usize) -> Option<usize> {
    let name = one_of(glyphs, at, &["村", "屯", "庄"])?;
    let group = numbered(glyphs, at + name, &["组", "社", "队"], 3);
    let house = numbered(glyphs, group.unwrap_or(at + name), &["号"], 4);
    let named = stands_before(glyphs, at, &rule.near, REACH);
    match (group, house) {
        (Some(_), Some(house)) => Some(house),
        (Some(end), None) | (None, Some(end)) if named => Some(end),
        _ => None,
    }
}

fn one_of(glyphs: &[Glyph], at: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| starts_with(&glyphs[at..], word))
}

/// The end of a number at `at` with one of these units after it.
fn numbered(glyphs: &[Glyph], at: usize, units: &[&str], most: usize) -> Option<usize> {
    let is_figure = |glyph: &&Glyph| {
        digits::value(glyph.c).is_some()
            || glyph.c.is_ascii_alphabetic()
            || matches!(glyph.c, '十' | '百' | '甲' | '乙' | '之')
    };
    let figures = glyphs.get(at..)?.iter().take_while(is_figure).count();
    if figures == 0 || figures > most {
        return None;
    }
    let unit = at + figures;
    glyphs.get(unit)?;
    one_of(glyphs, unit, units).map(|length| unit + length)
}

/// The end of a flat's number soon after `at`, in the same sentence, unless an office is there.
fn flat_after(rule: &Rule, glyphs: &[Glyph], at: usize) -> Option<usize> {
    if is_office(rule, glyphs, at) {
        return None;
    }
    let flat = |at: usize| numbered(glyphs, at, &FLATS, 4);
    let places = at..glyphs.len().min(at + FLAT_REACH);
    let mut end = None;
    for at in places {
        if !glyphs[at].c.is_alphanumeric() && !matches!(glyphs[at].c, ',' | '(' | ')') {
            break;
        }
        end = flat(at).max(end);
    }
    end
}

/// Whether the words after a street's number name an office.
fn is_office(rule: &Rule, glyphs: &[Glyph], at: usize) -> bool {
    let after = &glyphs[at..glyphs.len().min(at + FLAT_REACH)];
    let sentence = after
        .iter()
        .take_while(|glyph| !matches!(glyph.c, '。' | ';' | '!'))
        .count();
    rule.not_near
        .iter()
        .any(|word| super::contains(&after[..sentence], word))
}

const ENGLISH_ROADS: [&str; 9] = ["road", "rd", "street", "st", "avenue", "ave", "lane", "drive", "alley"];
const ENGLISH_FLATS: [&str; 6] = ["apartment", "apt", "flat", "unit", "room", "building"];

/// `Flat 502, 12 Garden Road`; an office's room is none.
fn english(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let (glyphs, tokens) = (view.loose, view.tokens);
    let is_number = |token: &Token| token.text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    let mut found = Vec::new();
    for (index, road) in tokens.iter().enumerate() {
        if !ENGLISH_ROADS.contains(&road.text.as_str()) {
            continue;
        }
        let Some(number) = (index.saturating_sub(5)..index)
            .rev()
            .find(|at| is_number(&tokens[*at]))
        else {
            continue;
        };
        let around = &tokens[number.saturating_sub(5)..tokens.len().min(index + 6)];
        let flat = around.windows(2).any(|pair| {
            ENGLISH_FLATS.contains(&pair[0].text.as_str()) && (is_number(&pair[1]) || pair[1].text.len() == 1)
        });
        let office = around.iter().any(|token| {
            [
                "office", "hall", "centre", "center", "window", "counter", "bureau", "museum", "library",
            ]
            .contains(&token.text.as_str())
        });
        let named = stands_before(glyphs, tokens[number].at.start, &rule.near, REACH * 2);
        if !office && (flat || named) {
            found.push(place(&glyphs[tokens[number].at.start..road.at.end]));
        }
    }
    found
}
