//! Our breaks against Unicode's `LineBreakTest.txt`.
//!
//! Every line of the file either agrees, or the neighbours between which it does not stand in
//! `tests/data/line-break-differences.txt` under the reason. `HELIOGRAPH_BLESS=1` writes the table anew, with whatever has no reason under `unexplained`.

use super::breaks::{base, starts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const TABLE: &str = "line-break-differences.txt";
const UNEXPLAINED: &str = "unexplained";
const HEAD: &str = "\
# Where lines are broken otherwise than LineBreakTest-15.0.0.txt says: pairs of neighbours, with what is drawn (÷ a line
# may end between them, × not), under the reason. Written by text/uax14.rs; reasons by people.
";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A text of the file with a `÷` or `×` after each character.
struct Sample {
    text: String,
    told: Vec<bool>,
}

fn samples() -> Vec<Sample> {
    let file = std::fs::read_to_string(data("LineBreakTest.txt")).unwrap();
    let lines = file.lines().map(|line| line.split('#').next().unwrap_or("").trim());
    lines.filter(|line| !line.is_empty()).map(sample).collect()
}

fn sample(line: &str) -> Sample {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |word: &&str| u32::from_str_radix(word, 16).ok().and_then(char::from_u32);
    Sample {
        text: words.iter().filter_map(number).collect(),
        told: words.iter().skip(2).step_by(2).map(|word| *word == "÷").collect(),
    }
}

/// Whether a line may end behind each character.
fn ends(text: &str, starts: &[bool]) -> Vec<bool> {
    let end = |(at, c): (usize, char)| at + c.len_utf8() == text.len() || starts[at + c.len_utf8()];
    text.char_indices().map(end).collect()
}

/// Every pair of neighbours between which `breaks` differs from the file somewhere, and what it says there. Before
/// spaces stands what they follow.
fn differences(breaks: impl Fn(&str) -> Vec<bool>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for sample in samples() {
        let ours = ends(&sample.text, &breaks(&sample.text));
        let chars: Vec<char> = sample.text.chars().collect();
        for at in (1..chars.len()).filter(|at| ours[at - 1] != sample.told[at - 1]) {
            let from = (0..at).rev().find(|n| chars[*n] != ' ').unwrap_or(0);
            let before: Vec<String> = chars[from..at]
                .iter()
                .map(|c| format!("{:04X}", u32::from(*c)))
                .collect();
            let sign = if ours[at - 1] { '÷' } else { '×' };
            found.insert(format!("{} {sign} {:04X}", before.join(" "), u32::from(chars[at])));
        }
    }
    found
}

/// The table: sections that begin with a reason in brackets, then pairs.
fn table() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(data(TABLE)).unwrap_or_default();
    let (mut pairs, mut reason) = (BTreeMap::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(told) => told.clone_into(&mut reason),
            None => drop(pairs.insert(line.to_owned(), reason.clone())),
        }
    }
    pairs
}

fn bless(found: &BTreeSet<String>, listed: &BTreeMap<String, String>) {
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in found {
        let reason = listed.get(pair).map_or(UNEXPLAINED, String::as_str);
        sections.entry(reason).or_default().push(pair);
    }
    let mut text = HEAD.to_owned();
    for (reason, pairs) in sections {
        text.push_str(&format!("\n[{reason}]\n{}\n", pairs.join("\n")));
    }
    std::fs::write(data(TABLE), text).unwrap();
}

#[test]
fn every_difference_from_unicodes_test_is_listed_with_its_reason() {
    assert_eq!(samples().len(), 7654);
    let (found, listed) = (differences(starts), table());
    if std::env::var_os("HELIOGRAPH_BLESS").is_some() {
        bless(&found, &listed);
    }
    let unlisted: Vec<&String> = found.iter().filter(|pair| !listed.contains_key(*pair)).collect();
    assert!(unlisted.is_empty(), "these differ and are not listed: {unlisted:#?}");
    let stale: Vec<&String> = listed.keys().filter(|pair| !found.contains(*pair)).collect();
    assert!(stale.is_empty(), "these are listed and do not differ: {stale:#?}");
    assert!(
        !listed.values().any(|reason| reason == UNEXPLAINED),
        "some have no reason"
    );
}

/// The control: with the base alone our tailoring is missed, and breaks everywhere would be noticed.
#[test]
fn other_breaks_have_other_differences() {
    let listed: BTreeSet<String> = table().into_keys().collect();
    let alone = |text: &str| {
        let mut starts = vec![false; text.len() + 1];
        base().segment_str(text).for_each(|at| starts[at] = true);
        starts
    };
    assert!(!listed.is_subset(&differences(alone)));
    assert!(differences(|text| vec![true; text.len() + 1]).len() > listed.len());
}
