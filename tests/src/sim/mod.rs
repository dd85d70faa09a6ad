//! A simulated world: the real agent of every display, the real broadcaster and signer of the hub, and between them
//! whatever a seed brings — loss, repetition, reordering, delay, partitions, restarts, power cuts, clocks that are set,
//! disks that fail or lie, and a broker that forges, replays, rolls back, freezes, swaps, cuts short and floods. There
//! are no threads, sockets, files and clocks in it, so that the same seed tells the same story.
//!
//! After each step a judge looks at what can be seen on a display. It knows what the office decided, from its own record
//! beside the log, and what was really brought to the display; it does not ask the agent. [`Bug`]s are controls: each is
//! a display, a disk or a hub that breaks one of the promises, and must be caught.

mod belief;
mod booth;
mod broker;
mod dice;
mod disk;
mod forge;
mod judge;
mod office;
mod record;
mod story;
mod tally;
mod weather;
mod world;

pub use judge::{Invariant, Violation};
pub use tally::{Attack, Tally};

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use world::World;

/// Something wrong on purpose, around the product and not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A display shows content as soon as it comes, before anything signed names it.
    ShowsWhatCameUnasked,
    /// A display verifies nothing: the broker signs as the office does.
    BelievesAnyKey,
    /// A display goes by its own clock.
    TrustsItsClock,
    /// The hub tunes a display to channels that nobody tuned it to.
    HearsItsNeighbour,
    /// A display falls to its slate when it refuses something.
    GoesDarkWhenAttacked,
    /// A display shows on when the site is blanked.
    IgnoresTheBlank,
    /// A display shows what was withdrawn or erased.
    KeepsWhatWasErased,
    /// A disk loses what was believed.
    ForgetsWhatItBelieved,
    /// A display shows before it stores.
    ShowsBeforeItStores,
    /// A display never asks the hub itself.
    NeverAsksPastTheBroker,
    /// The hub signs an older programme as the newest.
    SignsAnOldHead,
}

impl Bug {
    /// All of them, each with a promise that it breaks.
    pub const ALL: [(Self, Invariant); 13] = [
        (Self::ShowsWhatCameUnasked, Invariant::Released),
        (Self::BelievesAnyKey, Invariant::Released),
        (Self::BelievesAnyKey, Invariant::Unmoved),
        (Self::TrustsItsClock, Invariant::InItsWindow),
        (Self::HearsItsNeighbour, Invariant::MeantForIt),
        (Self::GoesDarkWhenAttacked, Invariant::NotDark),
        (Self::IgnoresTheBlank, Invariant::BlankObeyed),
        (Self::KeepsWhatWasErased, Invariant::NeverBack),
        (Self::KeepsWhatWasErased, Invariant::Agrees),
        (Self::ForgetsWhatItBelieved, Invariant::NeverBack),
        (Self::ShowsBeforeItStores, Invariant::NeverBack),
        (Self::NeverAsksPastTheBroker, Invariant::Agrees),
        (Self::SignsAnOldHead, Invariant::NeverBack),
    ];
}

/// What to look for in a world.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    /// Something that is wrong on purpose.
    pub bug: Option<Bug>,
    /// The one promise that is looked at; all of them when nothing is said.
    pub only: Option<Invariant>,
}

/// How one world ended.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Its seed.
    pub seed: u64,
    /// What was counted.
    pub tally: Tally,
    /// A number that two runs of one seed have in common.
    pub trace: u64,
    /// What did not hold, if anything.
    pub violation: Option<Violation>,
    /// The last of what happened at the display concerned, a line each; empty when nothing was violated.
    pub story: Vec<String>,
}

/// How many lines of a story are told.
const LINES: usize = 40;

/// Runs a world to its end, or to the first violation.
#[must_use]
pub fn run(seed: u64, plan: Plan) -> Ending {
    let mut ending = told(seed, plan, false);
    if ending.violation.is_some() {
        ending.story = told(seed, plan, true).story;
    }
    ending
}

fn told(seed: u64, plan: Plan, telling: bool) -> Ending {
    let mut world = World::new(seed, plan, telling);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.runs())) {
        world.panicked(&words(&*panic));
    }
    let display = world.violation.as_ref().map_or(0, |violation| violation.display);
    Ending {
        seed,
        tally: world.tally,
        trace: world.trace,
        story: world.story.of(display, LINES),
        violation: world.violation,
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without words").to_owned()
}

/// Runs worlds on all cores; stops soon after the first violation. Tells what was counted, and how the world of the
/// lowest seed ended that went wrong.
#[must_use]
pub fn campaign(seeds: Range<u64>, plan: Plan) -> (Tally, Option<Ending>) {
    let next = AtomicU64::new(seeds.start);
    let sum = Mutex::new((Tally::default(), None::<Ending>));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let ending = run(seed, plan);
            let mut sum = sum.lock().unwrap();
            sum.0.add(&ending.tally);
            if ending.violation.is_some() {
                next.store(seeds.end, Ordering::Relaxed);
                if sum.1.as_ref().is_none_or(|known| seed < known.seed) {
                    sum.1 = Some(ending);
                }
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    sum.into_inner().unwrap()
}
