//! What a world is like: drawn from its seed, so that some are calm in one way and wild in another.

use super::dice::Dice;

/// How bad it gets, until peace.
#[derive(Debug, Clone)]
pub(crate) struct Weather {
    /// How many displays there are.
    pub(crate) displays: usize,
    /// Time between two ticks of a display's shell.
    pub(crate) tick_ms: u64,
    /// When peace comes.
    pub(crate) storm_ms: u64,
    /// Percent of messages that the broker loses.
    pub(crate) loss: u64,
    /// Percent that it says twice.
    pub(crate) repetition: u64,
    /// The longest that it delays a message; those that are delayed differently overtake each other.
    pub(crate) delay_ms: u64,
    /// Percent of fetches that fail.
    pub(crate) fetch_failure: u64,
    /// Time between two things that the office does, about.
    pub(crate) office_ms: u64,
    /// Time between two blows of fate, about; 0: none.
    pub(crate) fault_ms: u64,
    /// Time between two attacks, about; 0: none.
    pub(crate) hostile_ms: u64,
    /// Whether disks fail.
    pub(crate) disks_fail: bool,
    /// Whether clocks on the wall are wrong, and are set.
    pub(crate) clocks_jump: bool,
    /// Whether there is an outage of days, with every hub and every network gone.
    pub(crate) outage_ms: u64,
}

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

impl Weather {
    /// Nothing goes wrong at all.
    pub(crate) fn calm(dice: &mut Dice) -> Self {
        Self {
            displays: dice.between(1, 4) as usize,
            tick_ms: 1000,
            storm_ms: dice.between(5, 15) * MINUTE,
            loss: 0,
            repetition: 0,
            delay_ms: 50,
            fetch_failure: 0,
            office_ms: dice.between(5, 40) * 1000,
            fault_ms: 0,
            hostile_ms: 0,
            disks_fail: false,
            clocks_jump: false,
            outage_ms: 0,
        }
    }

    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        let calm = Self::calm(dice);
        // One world in twenty has nothing wrong with it.
        if dice.chance(5) {
            return calm;
        }
        let often = |dice: &mut Dice, most: u64| if dice.chance(60) { dice.between(1, most) } else { 0 };
        Self {
            tick_ms: [250, 500, 1000, 1000][dice.index(4)],
            loss: often(dice, 30),
            repetition: often(dice, 20),
            delay_ms: [50, 500, 5000, 20_000][dice.index(4)],
            fetch_failure: often(dice, 40),
            fault_ms: often(dice, 60) * 1000,
            hostile_ms: often(dice, 20) * 1000,
            disks_fail: dice.chance(40),
            clocks_jump: dice.chance(50),
            outage_ms: if dice.chance(12) {
                dice.between(DAY / 2, 40 * DAY)
            } else {
                0
            },
            ..calm
        }
    }
}
