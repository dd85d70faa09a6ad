//! Whatever people press, nothing is released without a complete review.
//!
//! People with random roles give random commands; a judge that knows the facts alone, and nothing of how they were
//! decided, looks at every release. The controls are deciders that skip one check each: the judge must catch every one,
//! or it would be worth nothing.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod desk;
mod dice;
mod judge;

use desk::{Desk, Fault};
use dice::Dice;

/// How many worlds are told, and how many commands are given in each.
const WORLDS: u64 = 3000;
const COMMANDS: usize = 60;
/// A fault that is switched on must be found within so many worlds.
const CAUGHT_WITHIN: u64 = 10_000;

/// One world by its seed: what the judge says of it, and how many releases it saw.
fn told(seed: u64, fault: Option<Fault>) -> (Vec<judge::Gap>, usize) {
    let mut desk = Desk::new(Dice::new(seed), fault);
    for _ in 0..COMMANDS {
        desk.something_happens();
    }
    let gaps = judge::gaps(&desk.facts);
    (gaps, judge::releases(&desk.facts))
}

#[test]
fn nothing_is_released_without_a_complete_review() {
    let mut releases = 0;
    for seed in 0..WORLDS {
        let (gaps, seen) = told(seed, None);
        assert!(gaps.is_empty(), "seed {seed}: {gaps:?}");
        releases += seen;
    }
    assert!(
        releases > 1000,
        "{releases} releases in {WORLDS} worlds: too few to mean anything"
    );
}

/// The control: whichever check is skipped, the judge notices.
#[test]
fn a_check_that_is_skipped_is_noticed() {
    for fault in Fault::ALL {
        let caught = (0..CAUGHT_WITHIN).find(|seed| !told(*seed, Some(fault)).0.is_empty());
        assert!(caught.is_some(), "{fault:?} was not noticed in {CAUGHT_WITHIN} worlds");
    }
}
