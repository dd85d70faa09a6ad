//! Worlds by seed: whatever fate and a hostile broker do, no display shows what it must not, none goes dark, and after
//! peace all agree with the log. A seed that fails is told again with `SIM_SEED=… cargo nextest run --test simulation`;
//! `SIM_SEEDS` says how many there are, `SIM_FROM` the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test, which prints a table"
)]

use heliograph_tests::sim::{Bug, Ending, Plan, campaign, run};

/// Schedules of each run of the tests.
const CI_SEEDS: u64 = 250;

/// Seeds that went wrong once, and why.
const KEPT: [(u64, &str); 2] = [
    (
        1305,
        "the judge took for released what had left one channel's head because it was over, while another's older head had it still",
    ),
    (
        30_101,
        "a display believed a configuration that said what an earlier one had said, and did not store that it had",
    ),
];

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn told(ending: &Ending) -> String {
    let seed = ending.seed;
    let violation = ending.violation.as_ref().unwrap();
    format!(
        "seed {seed}: {violation}\n{}\nagain: SIM_SEED={seed} cargo nextest run -p heliograph-tests --test simulation --no-capture",
        ending.story.join("\n")
    )
}

#[test]
fn whatever_happens_displays_show_what_was_released_for_them_in_its_time() {
    let from = number("SIM_SEED").or(number("SIM_FROM")).unwrap_or(1);
    let many = if number("SIM_SEED").is_some() {
        1
    } else {
        number("SIM_SEEDS").unwrap_or(CI_SEEDS)
    };
    let (tally, wrong) = campaign(from..from + many, Plan::default());
    println!("{tally}");
    if let Some(ending) = wrong {
        panic!("{}", told(&ending));
    }
}

/// Every bug that the simulator is there to find is found, by the promise that it breaks.
#[test]
fn every_control_is_caught() {
    let mut missed = Vec::new();
    for (bug, invariant) in Bug::ALL {
        let plan = Plan {
            bug: Some(bug),
            only: Some(invariant),
        };
        let (tally, wrong) = campaign(1..CI_SEEDS + 1, plan);
        match wrong {
            Some(ending) => println!(
                "{bug:?}: caught within {} schedules: seed {}, {}",
                tally.seeds,
                ending.seed,
                ending.violation.unwrap()
            ),
            None => missed.push((bug, invariant)),
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let trace = |seed| {
        let ending = run(seed, Plan::default());
        (ending.trace, ending.tally.steps)
    };
    for seed in 1..6 {
        assert_eq!(trace(seed), trace(seed));
        assert_ne!(trace(seed), trace(seed + 1));
    }
    let plan = Plan {
        bug: Some(Bug::BelievesAnyKey),
        only: None,
    };
    let story = run(2, plan).story;
    assert!(story.len() > 5);
    assert_eq!(story, run(2, plan).story);
}

#[test]
fn seeds_that_went_wrong_once_go_right() {
    for (seed, why) in KEPT {
        let ending = run(seed, Plan::default());
        assert!(ending.violation.is_none(), "{why}\n{}", told(&ending));
    }
}
