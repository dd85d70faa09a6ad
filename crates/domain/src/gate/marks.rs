//! Classification marks (密级标志): a level with a star, a time, a bracket or a line of its own, however it is split.
//! A level's word within a sentence is none: `国家秘密法宣传` passes.

use super::fold::{Gap, Glyph};
use super::latin::{self, Token};
use super::{Rule, View, digits, place, starts_with};
use std::ops::Range;

const OPEN: &str = "([{【〔〖《<「『";
const CLOSE: &str = ")]}】〕〗》>」』";
const STAR: char = '★';

pub(super) fn find(rule: &Rule, view: &View<'_>) -> Vec<Range<u32>> {
    let levels: Vec<&str> = rule.words.iter().map(|word| word.text.as_str()).collect();
    let mut found = Vec::new();
    for at in 0..view.squeezed.len() {
        let marks = levels
            .iter()
            .filter(|level| !level.is_ascii())
            .filter_map(|level| chinese(view.squeezed, at, level));
        found.extend(marks.map(|end| place(&view.squeezed[at..end])));
    }
    let tokens = view.tokens;
    for level in levels.iter().filter(|level| level.is_ascii()) {
        let words = latin::words_of(level);
        let begins = (0..tokens.len()).filter(|at| latin::begin(&tokens[*at..], &words));
        let marks = begins.map(|at| at..at + words.len());
        let marks = marks.filter(|level| english(view.loose, tokens, level));
        found.extend(marks.map(|level| place(&view.loose[tokens[level.start].at.start..tokens[level.end - 1].at.end])));
    }
    found
}

/// The end of the mark whose level stands at `at`.
fn chinese(glyphs: &[Glyph], at: usize, level: &str) -> Option<usize> {
    let (end, torn) = level_end(glyphs, at, level)?;
    let graded = end + usize::from(is(glyphs, end, '级'));
    let star = graded
        + (graded..glyphs.len().min(graded + 2))
            .take_while(|at| is_bracket(glyphs, *at))
            .count();
    if let Some(end) = starred(glyphs, at, star) {
        return Some(end);
    }
    if torn {
        return None;
    }
    let timed = duration(glyphs, star);
    if let Some(timed) = timed.filter(|_| glyphs.get(end).is_some_and(|next| next.gap == Gap::Asterisk)) {
        return Some(timed);
    }
    if let Some(timed) = timed.filter(|_| begins(glyphs, at)) {
        return Some(timed);
    }
    if is_declared(glyphs, at) && !goes_on(glyphs, graded) {
        return Some(graded);
    }
    let alone = (is_line_start(glyphs, at) || (is_opened(glyphs, at) && is_line_start(glyphs, at - 1)))
        && is_line_end(glyphs, graded);
    (alone || is_framed(glyphs, at, graded)).then_some(graded)
}

/// Where the level ends, and whether other signs stand between its characters.
fn level_end(glyphs: &[Glyph], at: usize, level: &str) -> Option<(usize, bool)> {
    if let Some(length) = starts_with(&glyphs[at..], level) {
        return Some((at + length, false));
    }
    let mut next = at;
    for (index, letter) in level.chars().enumerate() {
        let most = if index == 0 { 0 } else { 2 };
        let skipped = glyphs[next.min(glyphs.len())..].iter().take(most);
        next += skipped.take_while(|glyph| !glyph.c.is_alphanumeric()).count();
        if !is(glyphs, next, letter) {
            return None;
        }
        next += 1;
    }
    Some((next, true))
}

/// The end of the mark if a star stands at `star`, with the time after it.
fn starred(glyphs: &[Glyph], at: usize, star: usize) -> Option<usize> {
    if !is(glyphs, star, STAR) {
        return None;
    }
    let stars = glyphs[star..].iter().take_while(|glyph| glyph.c == STAR).count();
    let after = star + stars;
    let timed = duration(glyphs, after);
    // A star on the next line begins a list, unless the whole mark runs downwards or a time follows.
    let downwards = glyphs[at + 1..star].iter().any(|glyph| glyph.gap == Gap::Line) || glyphs[star].gap != Gap::Line;
    (downwards || timed.is_some()).then(|| timed.unwrap_or(after))
}

/// The end of a time of secrecy that stands at `at`: `10年`, `长期`, `启用前`.
fn duration(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let at = at + usize::from(is_bracket(glyphs, at));
    for fixed in ["长期", "启用前", "解密前", "公布前", "使用前", "考试结束前"] {
        if let Some(length) = glyphs.get(at..).and_then(|rest| starts_with(rest, fixed)) {
            return Some(at + length);
        }
    }
    let is_number =
        |glyph: &&Glyph| digits::value(glyph.c).is_some() || matches!(glyph.c, '十' | '百' | '拾' | '两' | '半');
    let figures = glyphs.get(at..)?.iter().take_while(is_number).count();
    if figures == 0 || figures > 4 {
        return None;
    }
    let unit = at + figures;
    ["个月", "年", "月", "日", "天", "小时"].iter().find_map(|name| {
        let length = starts_with(glyphs.get(unit..)?, name)?;
        // `机密2026年…` is a year, `机密10年` a time.
        (*name != "年" || figures <= 3).then_some(unit + length)
    })
}

/// Whether something begins here: a line, a bracket, or words after a gap or a stop.
fn begins(glyphs: &[Glyph], at: usize) -> bool {
    at == 0 || glyphs[at].gap != Gap::None || !glyphs[at - 1].c.is_alphanumeric()
}

/// `密级：`, `密级为`, `密级】`
fn is_declared(glyphs: &[Glyph], at: usize) -> bool {
    let mut end = at;
    for _ in 0..2 {
        if end > 0 && (matches!(glyphs[end - 1].c, ':' | '为' | '是') || is_bracket(glyphs, end - 1)) {
            end -= 1;
        }
    }
    let words = [
        "密级",
        "密级标志",
        "密级标识",
        "涉密等级",
        "保密等级",
        "保密级别",
        "文件密级",
    ];
    words.iter().any(|word| {
        let length = word.chars().count();
        end >= length && starts_with(&glyphs[end - length..end], word).is_some()
    })
}

/// Whether the level is one of several in a sentence about levels.
fn goes_on(glyphs: &[Glyph], end: usize) -> bool {
    glyphs.get(end).is_some_and(|next| {
        next.gap == Gap::None && (next.c.is_alphanumeric() || matches!(next.c, '、' | ',' | '”' | '"')) || {
            matches!(next.c, '、' | '和' | '与' | '或')
        }
    })
}

/// `【机密】` anywhere, `（机密）` at the beginning of a line.
fn is_framed(glyphs: &[Glyph], at: usize, end: usize) -> bool {
    if !is_opened(glyphs, at) || !glyphs.get(end).is_some_and(|next| CLOSE.contains(next.c)) {
        return false;
    }
    match glyphs[at - 1].c {
        '【' | '[' | '〔' | '〖' => true,
        '(' => is_line_start(glyphs, at - 1),
        _ => false,
    }
}

fn is_opened(glyphs: &[Glyph], at: usize) -> bool {
    at > 0 && OPEN.contains(glyphs[at - 1].c)
}

fn is_bracket(glyphs: &[Glyph], at: usize) -> bool {
    glyphs
        .get(at)
        .is_some_and(|glyph| OPEN.contains(glyph.c) || CLOSE.contains(glyph.c) || glyph.c == ':')
}

fn is_line_start(glyphs: &[Glyph], at: usize) -> bool {
    glyphs.get(at).is_some_and(|glyph| glyph.gap == Gap::Line)
}

fn is_line_end(glyphs: &[Glyph], end: usize) -> bool {
    let end = end
        + usize::from(
            glyphs
                .get(end)
                .is_some_and(|next| next.gap != Gap::Line && CLOSE.contains(next.c)),
        );
    glyphs.get(end).is_none_or(|next| next.gap == Gap::Line)
}

fn is(glyphs: &[Glyph], at: usize, c: char) -> bool {
    glyphs.get(at).is_some_and(|glyph| glyph.c == c)
}

/// Whether an English level is a mark: with a star or `//` after it, after `classification:`, in capitals within
/// brackets or before a colon, or alone on its line.
fn english(glyphs: &[Glyph], tokens: &[Token], level: &Range<usize>) -> bool {
    let (first, last) = (&tokens[level.start], &tokens[level.end - 1]);
    let upper = tokens[level.clone()].iter().all(|token| token.upper);
    let before = sign_before(glyphs, first.at.start);
    let after = sign_after(glyphs, last.at.end);
    let slashes = glyphs[last.at.end..]
        .iter()
        .take(2)
        .filter(|glyph| glyph.c == '/')
        .count()
        == 2;
    let declared = matches!(before, Some(':' | '='))
        && level.start > 0
        && matches!(
            tokens[level.start - 1].text.as_str(),
            "classification" | "classified" | "marking"
        );
    let alone = matches!(before, None | Some('\n' | '[' | '(' | '*'))
        && matches!(after, None | Some('\n' | ']' | ')' | '*'))
        && {
            let line = |token: &Token| {
                !glyphs[token.at.end.min(last.at.end)..token.at.start.max(last.at.end)]
                    .iter()
                    .any(|g| g.c == '\n')
            };
            level
                .start
                .checked_sub(1)
                .is_none_or(|index| has_line_between(glyphs, &tokens[index], first))
                && tokens
                    .get(level.end)
                    .is_none_or(|next| !line(next) || has_line_between(glyphs, last, next))
        };
    let shouted = upper
        && (level.len() > 1
            || matches!((before, after), (Some('(' | '['), Some(')' | ']')))
            || (matches!(before, None | Some('\n')) && matches!(after, Some(':' | '-'))));
    after == Some(STAR) || (slashes && upper) || declared || alone || shouted
}

fn has_line_between(glyphs: &[Glyph], one: &Token, other: &Token) -> bool {
    glyphs[one.at.end..other.at.start].iter().any(|glyph| glyph.c == '\n')
}

fn sign_before(glyphs: &[Glyph], at: usize) -> Option<char> {
    let visible = |glyph: &&Glyph| !matches!(glyph.c, ' ' | '\t' | '#' | '*');
    glyphs[..at].iter().rev().find(visible).map(|glyph| glyph.c)
}

fn sign_after(glyphs: &[Glyph], at: usize) -> Option<char> {
    let visible = |glyph: &&Glyph| !matches!(glyph.c, ' ' | '\t' | '*');
    glyphs[at..].iter().find(visible).map(|glyph| glyph.c)
}
