//! What a campaign counted.

use std::collections::BTreeMap;
use std::fmt;

/// What a hostile broker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attack {
    /// Signs with a key of its own.
    ForgedKey,
    /// Signs with a key of the office that has another role, or in an epoch that nobody opened.
    WrongRole,
    /// Signs with a key of the office's former generation.
    FormerKey,
    /// Signs rightly, for another site.
    OtherSite,
    /// Says a true message once more, later.
    Replay,
    /// Says the older state of a topic as if it were retained.
    RollBack,
    /// Says one display's messages, or one channel's, to another.
    SwappedScreen,
    /// Says a true message cut short, or with bytes too many.
    Truncated,
    /// Says a true message with one bit changed.
    FlippedBit,
    /// Says more than a topic may hold, or very much of it.
    Flood,
    /// Says content that does not match its hash, or that nobody named.
    FalseContent,
    /// Retains what nobody said, on topics that are and on topics that are not.
    InventedRetained,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::ForgedKey,
        Self::WrongRole,
        Self::FormerKey,
        Self::OtherSite,
        Self::Replay,
        Self::RollBack,
        Self::SwappedScreen,
        Self::Truncated,
        Self::FlippedBit,
        Self::Flood,
        Self::FalseContent,
        Self::InventedRetained,
    ];

    /// Its name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ForgedKey => "forged with a random key",
            Self::WrongRole => "key of another role or epoch",
            Self::FormerKey => "key of a former epoch",
            Self::OtherSite => "another site's",
            Self::Replay => "replayed",
            Self::RollBack => "rolled back",
            Self::SwappedScreen => "another screen's or channel's",
            Self::Truncated => "truncated or padded",
            Self::FlippedBit => "one bit flipped",
            Self::Flood => "flood: oversized and many",
            Self::FalseContent => "false or unnamed content",
            Self::InventedRetained => "invented, retained",
        }
    }
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Worlds.
    pub seeds: u64,
    /// Time that passed in them, in milliseconds.
    pub virtual_ms: u64,
    /// Steps after which the judge looked.
    pub steps: u64,
    /// By attack: messages said, and those of them that changed nothing.
    pub attacks: BTreeMap<Attack, (u64, u64)>,
    /// Topics that the broker held back, and those of them that the display had all the same at the end.
    pub frozen: (u64, u64),
    /// Starts of displays, of hubs and of brokers.
    pub restarts: u64,
    /// Messages that were brought.
    pub messages: u64,
    /// Things that the office did.
    pub office: u64,
    /// Blows of fate of any other kind.
    pub faults: u64,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.virtual_ms += other.virtual_ms;
        self.steps += other.steps;
        self.frozen.0 += other.frozen.0;
        self.frozen.1 += other.frozen.1;
        self.restarts += other.restarts;
        self.messages += other.messages;
        self.office += other.office;
        self.faults += other.faults;
        for (attack, (said, refused)) in &other.attacks {
            let sum = self.attacks.entry(*attack).or_default();
            *sum = (sum.0 + said, sum.1 + refused);
        }
    }

    pub(super) fn attacked(&mut self, attack: Attack, refused: bool) {
        let sum = self.attacks.entry(attack).or_default();
        *sum = (sum.0 + 1, sum.1 + u64::from(refused));
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.virtual_ms / 3_600_000;
        writeln!(
            f,
            "{} schedules, {hours} hours of their time, {} steps judged",
            self.seeds, self.steps
        )?;
        writeln!(
            f,
            "{} messages brought, {} acts of the office, {} restarts, {} other faults",
            self.messages, self.office, self.restarts, self.faults
        )?;
        for attack in Attack::ALL {
            let (said, refused) = self.attacks.get(&attack).copied().unwrap_or_default();
            writeln!(f, "{:>30}: {refused} of {said} rejected", attack.name())?;
        }
        write!(
            f,
            "{:>30}: {} of {} got round",
            "topics frozen", self.frozen.1, self.frozen.0
        )
    }
}
