//! Power cuts at any write and any sync of appends, openings and erasures.

use super::model::{Model, Refusal, Step};
use super::sim::{Chance, Fate, SimDisk};
use crate::disk_log::{DiskLog, Sizes};
use std::sync::Arc;

/// Small, so that a short life sees many segments.
pub(crate) const SIZES: Sizes = Sizes {
    segment: 24 * 1024,
    ahead: 4096,
};

/// Power cuts that one disk lives through.
const LIVES: u64 = 16;
/// Steps of a life, at most.
const STEPS: u64 = 24;

/// What a campaign counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cuts: u64,
    pub(crate) torn: u64,
    pub(crate) acknowledged: u64,
    pub(crate) opened_dark: u64,
}

/// One disk through many power cuts; the first promise that was broken, if one was.
pub(crate) fn one_disk(seed: u64, lies: bool, tally: &mut Tally) -> Result<(), String> {
    let mut chance = Chance(seed);
    let mut disk = SimDisk::default();
    // What the log may hold: what was acknowledged, and what was under way.
    let mut may_be = vec![Model::default()];
    for life in 0..LIVES {
        if lies {
            disk.lies();
        }
        disk.meets(Fate::PowerCut(chance.below(if life == 0 { 60 } else { 90 })));
        match DiskLog::open_on(Arc::new(disk.clone()), SIZES) {
            Ok(log) => may_be = live(&log, &disk, may_be, &mut chance, tally)?,
            Err(_) if disk.is_dark() => tally.opened_dark += 1,
            Err(error) => return Err(format!("it does not open: {error}")),
        }
        disk.meets(Fate::PowerCut(0));
        let torn;
        (disk, torn) = disk.found_later(&mut chance);
        tally.cuts += 1;
        tally.torn += torn;
    }
    Ok(())
}

fn live(
    log: &DiskLog,
    disk: &SimDisk,
    may_be: Vec<Model>,
    chance: &mut Chance,
    tally: &mut Tally,
) -> Result<Vec<Model>, String> {
    let mut told = String::new();
    let mut found = None;
    for model in &may_be {
        match model.differs(log) {
            Ok(None) => found = Some(model.clone()),
            Ok(Some(difference)) => told = difference,
            Err(_) if disk.is_dark() => return Ok(may_be),
            Err(error) => return Err(format!("it cannot be read: {error}")),
        }
    }
    let mut model = found.ok_or(told)?;
    for _ in 0..chance.below(STEPS) {
        let step = model.next_step(chance);
        let after = model.after(&step);
        match model.take(log, &step) {
            Ok(()) => model = after,
            Err(refusal) if disk.is_dark() => return Ok(refusal.may_be),
            Err(Refusal { error, .. }) => return Err(format!("refused without need: {error}")),
        }
        tally.acknowledged += u64::from(matches!(step, Step::Append(_)));
        match model.differs(log) {
            Ok(None) => {}
            Ok(Some(difference)) => return Err(format!("after {step:?}: {difference}")),
            // It went right after the step, or beside it while a copy was made.
            Err(_) if disk.is_dark() => return Ok(vec![model]),
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(vec![model])
}

fn cuts() -> u64 {
    let wanted = std::env::var("HELIOGRAPH_CUTS").ok();
    wanted.and_then(|cuts| cuts.parse().ok()).unwrap_or(2000)
}

fn seed() -> u64 {
    let wanted = std::env::var("HELIOGRAPH_SEED").ok();
    wanted.and_then(|seed| seed.parse().ok()).unwrap_or(20_261_124)
}

#[test]
fn power_cuts_lose_nothing_that_was_acknowledged() {
    let mut tally = Tally::default();
    let (mut seed, wanted) = (seed(), cuts());
    while tally.cuts < wanted {
        if let Err(broken) = one_disk(seed, false, &mut tally) {
            panic!("HELIOGRAPH_SEED={seed}: {broken}");
        }
        seed += 1;
    }
    println!(
        "{} power cuts, {} of them while opening; {} writes torn; {} appends acknowledged, 0 lost",
        tally.cuts, tally.opened_dark, tally.torn, tally.acknowledged
    );
    assert!(tally.torn > tally.cuts / 10 && tally.acknowledged > tally.cuts);
}

#[test]
fn the_power_cuts_catch_a_disk_that_lies() {
    let caught = (0..40).filter(|seed| one_disk(*seed, true, &mut Tally::default()).is_err());
    let caught = caught.count();
    println!("{caught} of 40 lying disks caught");
    assert!(caught > 30, "{caught} of 40");
}
