//! A disk that refuses for a while, as a full one does: what was refused is told, what was acknowledged stays, and when
//! the disk takes writes again, so does the log, without being opened anew.

use super::model::Model;
use super::power_cut::SIZES;
use super::sim::{Chance, Fate, SimDisk};
use crate::disk_log::DiskLog;
use std::sync::Arc;

/// A life with one spell of refusals; how many steps were refused.
fn one_spell(seed: u64, lies: bool) -> Result<u64, String> {
    let mut chance = Chance(seed);
    let disk = SimDisk::default();
    let log = DiskLog::open_on(Arc::new(disk.clone()), SIZES).map_err(|error| error.to_string())?;
    let mut may_be = vec![Model::default()];
    let (mut refused, mut again) = (0, false);
    if lies {
        disk.lies();
    }
    disk.meets(Fate::Refuses(chance.below(120), 1 + chance.below(12)));
    for _ in 0..40 {
        let mut told = String::new();
        let (mut found, mut unreadable) = (None, false);
        for model in &may_be {
            match model.differs(&log) {
                Ok(None) => found = Some(model.clone()),
                Ok(Some(difference)) => told = difference,
                Err(error) => (told, unreadable) = (error.to_string(), true),
            }
        }
        let mut model = match found {
            Some(model) => model,
            // The tables are opened anew behind a refusal, and that may be refused as well.
            None if unreadable && disk.is_refusing() => {
                refused += 1;
                continue;
            }
            None if unreadable && !again => {
                again = true;
                continue;
            }
            None => return Err(told),
        };
        again = false;
        let step = model.next_step(&mut chance);
        let after = model.after(&step);
        match model.take(&log, &step) {
            Ok(()) => may_be = vec![after],
            Err(refusal) => {
                refused += 1;
                may_be = refusal.may_be;
            }
        }
    }
    disk.meets(Fate::Sound);
    drop(log);
    let log = DiskLog::open_on(Arc::new(disk), SIZES).map_err(|error| error.to_string())?;
    let fits = may_be.iter().any(|model| matches!(model.differs(&log), Ok(None)));
    if fits {
        Ok(refused)
    } else {
        Err("after opening anew it is another".to_owned())
    }
}

#[test]
fn refusals_are_told_and_pass() {
    let mut refused = 0;
    for seed in 0..300 {
        match one_spell(seed, false) {
            Ok(steps) => refused += steps,
            Err(broken) => panic!("seed {seed}: {broken}"),
        }
    }
    println!("300 spells, {refused} steps refused, 0 acknowledged lost");
    assert!(refused > 100, "{refused}");
}

#[test]
fn the_refusals_catch_a_disk_that_says_it_wrote() {
    let caught = (0..200).filter(|seed| one_spell(*seed, true).is_err());
    let caught = caught.count();
    println!("{caught} of 200 disks that say they wrote caught");
    // Many lies are about what is written again before anyone looks.
    assert!(caught > 10, "{caught} of 200");
}
