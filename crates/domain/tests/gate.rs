//! How well the confidentiality gate finds: precision and recall on labelled texts, kind by kind and class by class.
//!
//! `tests/gate/open.jsonl` was written together with the rules. `tests/gate/held-out.jsonl` was written by somebody who
//! had not seen them; its figures are printed apart, and no rule is made for it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "tests; the figures are for people"
)]

use heliograph_domain::gate::{Class, Kind, RuleSet};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A text and what should be found in it. An empty list must pass.
#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    findings: BTreeSet<Kind>,
    #[serde(default)]
    note: String,
}

/// How often a kind was found rightly, wrongly, and not.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Tally {
    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }
}

fn read(name: &str) -> Option<Vec<Labelled>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate").join(name);
    let text = std::fs::read_to_string(path).ok()?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Some(lines.map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Judges the rules by a set, tells every mistake, and prints the table.
fn judge(name: &str, set: &[Labelled]) -> BTreeMap<Kind, Tally> {
    let rules = RuleSet::newest();
    let mut tallies: BTreeMap<Kind, Tally> = Kind::ALL.into_iter().map(|kind| (kind, Tally::default())).collect();
    for labelled in set {
        let found: BTreeSet<Kind> = rules
            .scan_text(&labelled.text, &[])
            .iter()
            .map(|(rule, _)| rule.kind)
            .collect();
        for (kind, tally) in &mut tallies {
            match (found.contains(kind), labelled.findings.contains(kind)) {
                (true, true) => tally.right += 1,
                (true, false) => tally.wrong += 1,
                (false, true) => tally.missed += 1,
                (false, false) => {}
            }
        }
        if found != labelled.findings {
            let Labelled { text, findings, note } = labelled;
            println!("{name}: {text:?} should give {findings:?} and gave {found:?} {note}");
        }
    }
    println!("{name}: {} texts", set.len());
    println!(
        "{:<20} {:>5} {:>5} {:>6} {:>9} {:>7}",
        "kind", "right", "wrong", "missed", "precision", "recall"
    );
    for (kind, tally) in &tallies {
        print_row(&format!("{kind:?}"), *tally);
    }
    for class in [Class::Block, Class::Warn, Class::Slip] {
        print_row(class.name(), of_class(&tallies, class));
    }
    tallies
}

fn print_row(name: &str, tally: Tally) {
    let Tally { right, wrong, missed } = tally;
    println!(
        "{name:<20} {right:>5} {wrong:>5} {missed:>6} {:>9.3} {:>7.3}",
        tally.precision(),
        tally.recall()
    );
}

fn of_class(tallies: &BTreeMap<Kind, Tally>, class: Class) -> Tally {
    let of = |kind: Kind| match kind {
        Kind::ClassificationMark | Kind::ResidentId | Kind::InternalWord => Class::Block,
        Kind::Slip => Class::Slip,
        _ => Class::Warn,
    };
    let mine = tallies.iter().filter(|(kind, _)| of(**kind) == class);
    mine.fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally))
}

#[test]
fn the_open_set_is_found_well_enough() {
    let set = read("open.jsonl").unwrap();
    assert!(set.len() > 400, "the set is there: {}", set.len());
    let tallies = judge("open", &set);
    for (class, precision, recall) in [
        (Class::Block, 0.95, 0.98),
        (Class::Warn, 0.9, 0.9),
        (Class::Slip, 0.95, 0.95),
    ] {
        let tally = of_class(&tallies, class);
        assert!(
            tally.precision() >= precision && tally.recall() >= recall,
            "{class:?}: {tally:?}"
        );
    }
}

#[test]
fn the_held_out_set_is_judged_apart() {
    let Some(set) = read("held-out.jsonl") else {
        println!("held-out: tests/gate/held-out.jsonl is not there");
        return;
    };
    // Its figures are for people to read: a floor here would be a reason to make rules for it.
    let judged = judge("held-out", &set);
    assert_eq!(judged.len(), Kind::ALL.len());
}

/// The measure itself: rules that find nothing, and texts that all should be found, fail it.
#[test]
fn the_measure_notices_what_is_missed_and_what_is_wrong() {
    let labelled = |text: &str, findings: &[Kind]| Labelled {
        text: text.to_owned(),
        findings: findings.iter().copied().collect(),
        note: String::new(),
    };
    let set = [labelled("停电通知", &[Kind::ResidentId]), labelled("机密★1年", &[])];
    let block = of_class(&judge("control", &set), Class::Block);
    assert_eq!((block.right, block.wrong, block.missed), (0, 1, 1));
    assert!(block.precision() < 0.1 && block.recall() < 0.1);
}
