//! Controller cards that draw their own characters: they are told texts, not pixels.
//!
//! A card answers. So where a frame can only be said to have been handed over, a plan is *acknowledged by the card*: it
//! has the texts and says so. What its lamps then show, only somebody in front of them knows.

mod driver;
mod line;
mod spec;

pub(crate) use driver::{Card, Driver};
pub(crate) use line::Line;
pub use spec::{CardSpec, CardSpecError, Outlet, OutletError};

use crate::SinkError;
use heliograph_domain::{Date, Instant};
use heliograph_scene::TextPlan;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// A plan that was handed to a card, numbered in the order of handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told(pub u64);

/// Takes text plans and has a card show them.
pub trait CardSink: Send {
    /// Which card it is, and where: for people and statuses.
    fn name(&self) -> &str;

    /// Has the card show a plan from the instant `at` on, at a brightness of 0 (dark) to 100 percent. Returns at once: a
    /// thread talks to the card, and when plans come faster than the card takes them, the newest wins. A plan that the
    /// card was told last is not sent again and keeps its number; brightness alone is sent alone.
    ///
    /// `at` is the site's time: the card's own clock is set by it.
    ///
    /// # Errors
    /// [`SinkError::Stopped`] when the thread has ended. That the card cannot be reached or refuses is in the report.
    fn show(&mut self, plan: &Arc<TextPlan>, brightness_percent: u8, at: Instant) -> Result<Told, SinkError>;

    /// How the card stands now.
    fn report(&self) -> CardReport;
}

/// How a card stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardReport {
    /// Whether there is a connection on which the card has answered.
    pub connected: bool,
    /// The newest plan that the card has acknowledged, whole. It may have lost it since, by a power cut; then it is told
    /// again, under the same number.
    pub acknowledged: Option<Told>,
    /// When that was, by the site's time.
    pub acknowledged_at: Option<Instant>,
    /// Characters of the newest plan that the card does not have, each once, with what is shown instead.
    pub stand_ins: Vec<StandIn>,
    /// So many characters of the newest plan were left out because the card's memory is too small.
    pub cut_chars: usize,
    /// What is wrong now; `None` when all that is due was done.
    pub fault: Option<CardFault>,
    /// What is wrong with the card's settings, though it works.
    pub warning: Option<CardFault>,
}

/// A character that a card does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// The character.
    pub character: char,
    /// What is shown in its place; “？” when there is nothing like it.
    pub shown: String,
}

/// What of a plan does not reach the lamps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    pub(crate) stand_ins: Vec<StandIn>,
    pub(crate) cut_chars: usize,
}

impl Losses {
    /// Stand-ins are listed for people, who do not read hundreds.
    const MOST: usize = 64;

    pub(crate) fn stand_in(&mut self, character: char, shown: &str) {
        let known = self.stand_ins.iter().any(|known| known.character == character);
        if !known && self.stand_ins.len() < Self::MOST {
            self.stand_ins.push(StandIn {
                character,
                shown: shown.to_owned(),
            });
        }
    }
}

/// Why a card does not show what it should.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum CardFault {
    /// No connection.
    #[error(
        "{address} cannot be reached: {cause}. Look at the cable, and whether address and port are those of the card"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What the system says.
        cause: String,
    },
    /// The connection ended.
    #[error("the card ended the connection: {cause}")]
    Broken {
        /// What the system says.
        cause: String,
    },
    /// No answer in time.
    #[error("asked {asked}, the card gave no answer in {waited_ms} ms. Another program may be talking to it")]
    Silent {
        /// What it was asked.
        asked: &'static str,
        /// How long was waited.
        waited_ms: u64,
    },
    /// An answer that is none.
    #[error("asked {asked}, the card answered what is not understood: {cause}. Look at its type and firmware")]
    Garbled {
        /// What it was asked.
        asked: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The card said no.
    #[error("asked {asked}, the card refused: {answer}")]
    Refused {
        /// What it was asked.
        asked: &'static str,
        /// Its error, in words.
        answer: String,
    },
    /// The card is set to another panel.
    #[error(
        "the card is set to {card_width_px}×{card_height_px} dots, the profile to {width_px}×{height_px}: \
         set the one or the other right, or texts are cut"
    )]
    WrongSize {
        /// Dots across, as the card says.
        card_width_px: u32,
        /// Dots down, as the card says.
        card_height_px: u32,
        /// Dots across, as the profile says.
        width_px: u16,
        /// Dots down, as the profile says.
        height_px: u16,
    },
}

impl CardFault {
    /// Whether the card itself answered, on a connection that goes on.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::WrongSize { .. })
    }
}

/// What a card said, fit for a line that people read: short, and with nothing in it that a terminal would obey.
pub(crate) fn quoted(said: &str) -> String {
    const MOST_CHARS: usize = 120;
    let obeyed = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let plain = |c: char| if obeyed(c) { '\u{fffd}' } else { c };
    let mut quoted: String = said.chars().take(MOST_CHARS).map(plain).collect();
    if said.chars().nth(MOST_CHARS).is_some() {
        quoted.push('…');
    }
    quoted
}

/// How long a card is waited for, and how often it hears something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// For a connection.
    pub connect: Duration,
    /// For an answer.
    pub answer: Duration,
    /// Before a busy card is asked again.
    pub busy: Duration,
    /// After a first failure, before the next attempt; then twice as long each time, with a quarter of chance.
    pub first_retry: Duration,
    /// At the most between two attempts.
    pub longest_retry: Duration,
    /// After a refusal, before the same is tried again.
    pub refused_rest: Duration,
    /// Without anything to say, before the card is asked whether it is there.
    pub keep_alive: Duration,
    /// Before texts that the card would otherwise drop are sent again.
    pub refresh: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(2),
            busy: Duration::from_millis(300),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(60),
            refused_rest: Duration::from_secs(30),
            keep_alive: Duration::from_secs(10),
            refresh: Duration::from_secs(30),
        }
    }
}

/// What a wall clock at the site shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WallClock {
    pub(crate) date: Date,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

impl WallClock {
    /// The wall clock at an instant; `None` for one that only a machine without the time would give.
    pub(crate) fn at(now: Instant, utc_offset_s: i32) -> Option<Self> {
        let (date, of_day_ms) = Date::at(now, utc_offset_s);
        let part = |ms: u64, most: u64| u8::try_from(of_day_ms / ms % most).unwrap_or(0);
        (2024..2100).contains(&date.year).then_some(Self {
            date,
            hour: part(3_600_000, 24),
            minute: part(60_000, 60),
            second: part(1_000, 60),
        })
    }
}
