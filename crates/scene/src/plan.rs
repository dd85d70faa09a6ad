//! Text plans: what a controller card that draws its own characters is told.
//!
//! Such a card has no pixels to give away, only areas with characters from its own fonts, which it moves and turns by
//! itself. A plan says the same as the picture of the same airing, in the same few words, within what every such card
//! can do: at most [`MOST_AREAS`] areas, characters 16, 24 or 32 dots high, seven colours.

mod board;
mod measure;

pub use measure::{cells, width_px};

use crate::alert::Alert;
use crate::card::Card;
use crate::scene::Scene;
use crate::stage::Stage;
use crate::template::lamps::Gist;
use crate::template::{alert_lamps, pairing, unpaired};
use crate::theme::Layout;
use crate::words;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Document, Instant, Turn};

/// A plan has no more areas than this, its clock included: the smallest of the cards take five.
pub const MOST_AREAS: usize = 5;

/// What a card is to show, and how long that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlan {
    /// Dots across the panel.
    pub width_px: u16,
    /// Dots down the panel.
    pub height_px: u16,
    /// The texts; their places do not overlap.
    pub areas: Vec<TextArea>,
    /// Where the card shows the time by its own clock.
    pub clock: Option<ClockArea>,
    /// Seconds east of Greenwich at the site, for setting the card's clock.
    pub utc_offset_s: i32,
    /// The first instant at which another plan may be due; the card animates by itself until then.
    pub until: Instant,
}

/// A rectangle of dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From the panel's left edge.
    pub x_px: u16,
    /// From the panel's top.
    pub y_px: u16,
    /// Across, at least 1.
    pub width_px: u16,
    /// Down, at least 1.
    pub height_px: u16,
}

/// A text in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextArea {
    /// Where.
    pub place: Place,
    /// The lines, without control characters; more of them than the place has rows are pages, turned by the card.
    pub lines: Vec<String>,
    /// Its colour.
    pub lamp: Lamp,
    /// Its size.
    pub size: CharSize,
    /// Where lines stand in a place that is wider.
    pub align: Align,
    /// How it comes.
    pub motion: Motion,
    /// How long a page stands before the next, or before the text comes again, in milliseconds.
    pub dwell_ms: u32,
    /// How fast moving text moves, in dots a second: four Chinese characters.
    pub speed_px_per_s: u16,
}

/// Where a card shows hours and minutes by its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockArea {
    /// Where.
    pub place: Place,
    /// Its colour.
    pub lamp: Lamp,
    /// Its size.
    pub size: CharSize,
}

/// The sizes that font cards have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CharSize {
    /// 16 dots high.
    Dots16,
    /// 24 dots high.
    Dots24,
    /// 32 dots high.
    Dots32,
}

impl CharSize {
    /// Every size, the largest first.
    pub const FALLING: [Self; 3] = [Self::Dots32, Self::Dots24, Self::Dots16];

    /// Height of a character in dots; a Chinese one is as wide, a Latin one half.
    #[must_use]
    pub fn px(self) -> u16 {
        match self {
            Self::Dots16 => 16,
            Self::Dots24 => 24,
            Self::Dots32 => 32,
        }
    }
}

/// The colours of cards: each of three lamps on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lamp {
    /// Red; also the one colour of a panel with one.
    Red,
    /// Green.
    Green,
    /// Red and green.
    Yellow,
    /// Blue.
    Blue,
    /// Green and blue.
    Cyan,
    /// Red and blue.
    Magenta,
    /// All three.
    White,
}

/// How a text comes into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Motion {
    /// It stands there.
    Still,
    /// Page after page, each at once.
    AtOnce,
    /// On one line from right to left.
    Left,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the left.
    Start,
    /// In the middle.
    Middle,
}

impl TextPlan {
    /// Whether a card that shows the one shows the other: all but how long it holds.
    #[must_use]
    pub fn same_picture(&self, other: &Self) -> bool {
        let rest = |plan: &Self| (plan.width_px, plan.height_px, plan.clock, plan.utc_offset_s);
        rest(self) == rest(other) && self.areas == other.areas
    }

    /// How long the card takes to show all of it once, in milliseconds.
    #[must_use]
    pub fn cycle_ms(&self) -> u32 {
        self.areas.iter().map(TextArea::cycle_ms).max().unwrap_or(0)
    }
}

impl TextArea {
    /// Rows of characters that its place has.
    #[must_use]
    pub fn rows(&self) -> usize {
        usize::from(self.place.height_px / self.size.px()).max(1)
    }

    /// How long it takes to be shown once, in milliseconds: moving through its place, or page after page.
    #[must_use]
    pub fn cycle_ms(&self) -> u32 {
        let pages = u32::try_from(self.lines.len().div_ceil(self.rows())).unwrap_or(u32::MAX);
        if self.motion != Motion::Left {
            return pages.max(1).saturating_mul(self.dwell_ms);
        }
        let longest = self.lines.iter().map(|line| width_px(line, self.size)).max();
        let way = longest.unwrap_or(0).saturating_add(u32::from(self.place.width_px));
        let moving = way.saturating_mul(1000) / u32::from(self.speed_px_per_s).max(1);
        moving.saturating_add(self.dwell_ms)
    }
}

impl Scene {
    /// What a card that draws its own characters shows at `now`. The same airing gives the same plan; it changes with
    /// the content, not with the pages that the card turns by itself.
    #[must_use]
    pub fn plan(&self, stage: &Stage<'_>, now: Instant) -> TextPlan {
        let on = stage.airing.main.as_ref();
        let document = on.and_then(|on| stage.documents.document(&on.item.content));
        let gist = document.map(|document| Gist::of(document, self.lang()));
        let idle = gist.is_none();
        let mut gist = gist.unwrap_or_else(|| self.idle(stage.site));
        if stage.marks.drill {
            let word = words::say(self.lang(), "【演练】", "[DRILL] ");
            gist.headline.insert_str(0, word);
        }
        if stage.marks.stale {
            // A dot at the end, as on panels of pixels: staff know it, visitors don't mind.
            let last = if gist.detail.is_empty() {
                &mut gist.headline
            } else {
                &mut gist.detail
            };
            last.push_str(" .");
        }
        self.planned(&gist, idle, stage.site, now, stage.airing.until)
    }

    /// How long a document takes on a card: once through all of it. A card turns pages by itself, so there is one page.
    #[must_use]
    pub fn plan_turn(&self, document: &Document) -> Turn {
        let laid = self.laid_as_text(&Gist::of(document, self.lang()), false);
        let cycles = laid.areas.iter().map(TextArea::cycle_ms);
        Turn {
            pages: 1,
            dwell_ms: cycles.max().unwrap_or(0).div_ceil(500).saturating_mul(500).max(5_000),
        }
    }

    /// A built-in card as a plan: the slate, a display's pairing code, or characters to check sizes and colours by.
    #[must_use]
    pub fn plan_card(&self, card: &Card, site: &SiteProfile, now: Instant) -> TextPlan {
        let until = site.clock.next_midnight(now);
        let gist = match card {
            Card::Slate => return self.planned(&self.idle(site), true, site, now, until),
            Card::Pairing { code, url } => Gist {
                mark: words::say(self.lang(), "配对", "Pair").to_owned(),
                headline: code.clone(),
                detail: url.clone(),
                ..Gist::default()
            },
            Card::Unpaired { why, url } => {
                let (headline, detail) = unpaired::in_short(self.lang(), *why);
                Gist {
                    mark: words::say(self.lang(), "配对", "Pair").to_owned(),
                    headline: headline.to_owned(),
                    detail: format!("{detail} {url}").trim().to_owned(),
                    ..Gist::default()
                }
            }
            Card::Paused { window } => {
                let (paused, elsewhere) = pairing::paused_words(self.lang());
                Gist {
                    headline: paused.to_owned(),
                    detail: elsewhere.to_owned(),
                    window: Some((window.clone(), None)),
                    ..Gist::default()
                }
            }
            Card::TestCard { profile } => Gist {
                headline: format!("{}×{} 0123456789", self.panel().width_px, self.panel().height_px),
                detail: format!("{profile} 永国酬鹰ABCabc"),
                ..Gist::default()
            },
        };
        self.planned(&gist, false, site, now, until)
    }

    /// An alert: a word for how bad it is stands still, in its colour; what happens, what to do, where and until when
    /// moves beneath or beside it.
    #[must_use]
    pub fn plan_alert(&self, alert: &Alert, site: &SiteProfile, now: Instant) -> TextPlan {
        let board = board::Board::new(self.panel(), self.lang());
        let words = alert_lamps::in_words(self.lang(), alert, site, |both| board.has_room(both));
        let laid = board.alert(&words, alert.severity);
        self.in_time(laid, site, now, alert.expires.max(now.plus_ms(1)))
    }

    /// What there is to say when there is nothing: who this is, and whom to call.
    fn idle(&self, site: &SiteProfile) -> Gist {
        let call = site
            .hotlines
            .first()
            .map(|line| words::labelled(self.lang(), line.label.get(self.lang()), &line.number));
        Gist {
            headline: site.name.get(self.lang()).to_owned(),
            detail: call.unwrap_or_default(),
            ..Gist::default()
        }
    }

    fn planned(&self, gist: &Gist, idle: bool, site: &SiteProfile, now: Instant, until: Instant) -> TextPlan {
        self.in_time(self.laid_as_text(gist, idle), site, now, until)
    }

    fn in_time(&self, laid: board::Laid, site: &SiteProfile, now: Instant, until: Instant) -> TextPlan {
        TextPlan {
            width_px: self.panel().width_px.max(1),
            height_px: self.panel().height_px.max(1),
            areas: laid.areas,
            clock: laid.clock,
            utc_offset_s: site.clock.offset_s(now),
            until,
        }
    }

    fn laid_as_text(&self, gist: &Gist, idle: bool) -> board::Laid {
        let board = board::Board::new(self.panel(), self.lang());
        match Layout::of(self.panel()) {
            Layout::Sign => board.sign(gist, idle),
            Layout::Strip | Layout::Landscape | Layout::Portrait => board.strip(gist),
        }
    }
}
