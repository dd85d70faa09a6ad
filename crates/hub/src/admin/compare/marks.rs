//! What changed from one text to the other: paragraph by paragraph, and word by word within a paragraph.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;

/// Paragraphs that differ are put side by side when they are alike by at least so much, in percent.
const ALIKE_PERCENT: usize = 40;
/// A paragraph of more words than this is marked as a whole: what a page may cost has a bound.
const MOST_WORDS: usize = 4_000;
/// Texts of more paragraphs than this are put side by side as wholes.
const MOST_PARAGRAPHS: usize = 4_000;
/// So many pairs of paragraphs are looked at for likeness; more are paired as they stand.
const MOST_PAIRS: usize = 2_500;

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    /// Whether the other side does not have it.
    pub(crate) changed: bool,
}

/// A row of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// Paragraphs that both have.
    Same(Vec<String>),
    /// A paragraph that was changed: before, and now.
    Changed(Vec<Span>, Vec<Span>),
    /// A paragraph that is no longer there.
    Gone(String),
    /// A paragraph that was not there before.
    New(String),
}

/// Compares two texts, given as their paragraphs.
pub(crate) fn rows(old: &[String], new: &[String]) -> Vec<Row> {
    if old.len() + new.len() > MOST_PARAGRAPHS && old != new {
        return whole(old, new);
    }
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, old, new) {
        let (before, now) = (&old[op.old_range()], &new[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => rows.push(Row::Same(now.to_vec())),
            _ => differing(before, now, &mut rows),
        }
    }
    rows
}

fn whole(old: &[String], new: &[String]) -> Vec<Row> {
    let gone = old.iter().cloned().map(Row::Gone);
    gone.chain(new.iter().cloned().map(Row::New)).collect()
}

/// Puts paragraphs side by side that are alike, in their order; what is like nothing stands alone.
fn differing(old: &[String], new: &[String], rows: &mut Vec<Row>) {
    let mut from = 0;
    for now in new {
        let found = match old.len() * new.len() > MOST_PAIRS {
            true => (from < old.len()).then_some(from),
            false => (from..old.len()).find(|at| likeness(&old[*at], now) >= ALIKE_PERCENT),
        };
        let Some(at) = found else {
            rows.push(Row::New(now.clone()));
            continue;
        };
        rows.extend(old[from..at].iter().cloned().map(Row::Gone));
        let (before, after) = spans(&old[at], now);
        rows.push(Row::Changed(before, after));
        from = at + 1;
    }
    rows.extend(old[from..].iter().cloned().map(Row::Gone));
}

/// How many of their characters two texts have in common, in percent.
fn likeness(one: &str, other: &str) -> usize {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for c in one.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let mut common: usize = 0;
    for c in other.chars() {
        if let Some(count) = counts.get_mut(&c).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    let all = one.chars().count() + other.chars().count();
    (200 * common).checked_div(all).unwrap_or(100)
}

/// The words of a paragraph: runs of Latin letters and digits, and every other character by itself, as Chinese is read.
fn words(text: &str) -> Vec<&str> {
    let latin = |c: char| c.is_ascii_alphanumeric() || ('\u{c0}'..'\u{2000}').contains(&c);
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match latin(first) {
            true => rest.find(|c| !latin(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        words.push(&rest[..end]);
        rest = &rest[end..];
    }
    words
}

/// The two sides of a changed paragraph, with what the other side does not have marked.
pub(crate) fn spans(old: &str, new: &str) -> (Vec<Span>, Vec<Span>) {
    let (before, now) = (words(old), words(new));
    if before.len().max(now.len()) > MOST_WORDS {
        let all = |text: &str| {
            let text = text.to_owned();
            vec![Span { text, changed: true }]
        };
        return (all(old), all(new));
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &before, &now) {
        let changed = !matches!(op, DiffOp::Equal { .. });
        add(&mut left, before[op.old_range()].concat(), changed);
        add(&mut right, now[op.new_range()].concat(), changed);
    }
    (left, right)
}

fn add(side: &mut Vec<Span>, text: String, changed: bool) {
    match side.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.changed == changed => last.text.push_str(&text),
        _ => side.push(Span { text, changed }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn marked(side: &[Span]) -> String {
        let shown = |span: &Span| match span.changed {
            true => format!("[{}]", span.text),
            false => span.text.clone(),
        };
        side.iter().map(shown).collect()
    }

    /// Both sides can be read whole from the rows, whatever changed.
    fn both(rows: &[Row]) -> (Vec<String>, Vec<String>) {
        let whole = |side: &[Span]| side.iter().map(|span| span.text.as_str()).collect::<String>();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Row::Same(same) => {
                    old.extend(same.clone());
                    new.extend(same.clone());
                }
                Row::Changed(before, now) => {
                    old.push(whole(before));
                    new.push(whole(now));
                }
                Row::Gone(gone) => old.push(gone.clone()),
                Row::New(now) => new.push(now.clone()),
            }
        }
        (old, new)
    }

    #[test]
    fn changed_words_are_marked_on_both_sides() {
        let (before, now) = spans("每天下午 3 点至 5 点领证。", "工作日下午 3 点至 6 点领证。");
        assert_eq!(marked(&before), "[每天]下午 3 点至 [5] 点领证。");
        assert_eq!(marked(&now), "[工作日]下午 3 点至 [6] 点领证。");
        let (before, now) = spans("Bring your passport.", "Bring your passports.");
        assert_eq!(marked(&before), "Bring your [passport].", "words of English are whole");
        assert_eq!(marked(&now), "Bring your [passports].");
    }

    #[test]
    fn paragraphs_are_paired_by_likeness_and_what_is_alone_stands_alone() {
        let old = text(&["一、领证时间为每天下午。", "二、请带身份证。", "三、电话 12345。"]);
        let new = text(&["一、领证时间为工作日下午。", "请从东门进入大厅。", "三、电话 12345。"]);
        let rows = rows(&old, &new);
        assert!(matches!(&rows[0], Row::Changed(..)), "{rows:?}");
        assert!(rows.contains(&Row::New("请从东门进入大厅。".to_owned())));
        assert!(rows.contains(&Row::Gone("二、请带身份证。".to_owned())));
        assert_eq!(rows.last(), Some(&Row::Same(text(&["三、电话 12345。"]))));
        assert_eq!(both(&rows), (old, new));
    }

    #[test]
    fn nothing_is_lost_of_either_side_however_large_they_are() {
        let long = |mark: &str, lines: usize| -> Vec<String> { (0..lines).map(|n| format!("{mark}{n}")).collect() };
        let cases = [
            (long("旧", 3_000), long("新", 3_000)),
            (long("旧", 100), long("新", 90)),
            (Vec::new(), long("新", 3)),
            (text(&["甲", "甲", "乙"]), text(&["乙", "甲", "甲"])),
            (vec!["字".repeat(30_000)], vec!["词".repeat(30_000)]),
        ];
        for (old, new) in cases {
            let rows = rows(&old, &new);
            assert_eq!(both(&rows), (old, new));
        }
        assert_eq!(rows(&text(&["甲"]), &text(&["甲"])), [Row::Same(text(&["甲"]))]);
    }
}
