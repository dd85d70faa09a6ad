//! Where texts stand on a panel of characters: the decisions of strips and signs, in cells instead of pixels.

use super::measure::{bounded, broken, read_ms, shortened, tears, width_px};
use super::{Align, CharSize, ClockArea, Lamp, Motion, Place, TextArea};
use crate::alert::Severity;
use crate::template::alert_lamps::InWords;
use crate::template::lamps::Gist;
use crate::text::clean;
use crate::theme::comfortable_px;
use crate::words::{self, say};
use heliograph_domain::Lang;
use heliograph_domain::panel::{ColourDepth, Panel};

/// The smallest characters.
const SMALL: CharSize = CharSize::Dots16;
const ROW: u16 = 16;
/// “00:00” in the smallest characters.
const CLOCK: u16 = 5 * ROW / 2;
/// Between neighbours on a line.
const GAP: u16 = 8;
/// No page stands for less, in milliseconds.
const MIN_DWELL_MS: u32 = 5_000;
/// Nor for longer.
const MAX_DWELL_MS: u32 = 60_000;
/// Moving text rests so long at its end, in milliseconds.
const REST_MS: u32 = 2_000;
/// More pages than this nobody waits for at a window.
const MOST_PAGES: usize = 6;
/// Longer texts are for screens.
const MOST_CHARS: usize = 230;
/// Characters that are read in a second.
const CHARS_PER_S: u16 = 4;

/// A panel to put characters on.
pub(super) struct Board<'p> {
    panel: &'p Panel,
    lang: Lang,
    text: Lamp,
    strong: Lamp,
    dim: Lamp,
}

/// Texts in their places.
#[derive(Default)]
pub(super) struct Laid {
    pub(super) areas: Vec<TextArea>,
    pub(super) clock: Option<ClockArea>,
}

impl<'p> Board<'p> {
    pub(super) fn new(panel: &'p Panel, lang: Lang) -> Self {
        let (text, strong, dim) = match panel.colour {
            ColourDepth::Mono => (Lamp::Red, Lamp::Red, Lamp::Red),
            ColourDepth::Tri => (Lamp::Yellow, Lamp::Red, Lamp::Green),
            ColourDepth::Full => (Lamp::White, Lamp::Yellow, Lamp::Cyan),
        };
        Self {
            panel,
            lang,
            text,
            strong,
            dim,
        }
    }

    /// A strip: all in a row, or the headline above and the detail with mark and clock below.
    pub(super) fn strip(&self, gist: &Gist) -> Laid {
        if self.height() < 2 * ROW {
            return self.one_line(gist);
        }
        if self.height() >= 3 * ROW
            && let Some(laid) = self.with_figure(gist)
        {
            return laid;
        }
        let number = self.window_name(gist);
        let told = self.joined(&[&number, &gist.headline]);
        let below = self.height() - ROW;
        let mut laid = Laid::default();
        let headline = self.fitted(whole(0, 0, self.width(), below), &told, self.text, &CharSize::FALLING);
        let moving = headline.as_ref().is_some_and(|area| area.motion == Motion::Left);
        laid.areas.extend(headline);
        let x = self.mark(gist, below, SMALL, &mut laid);
        self.foot(gist, x, moving, &mut laid);
        laid
    }

    /// The detail and the clock on the lowest row, from `x` on.
    fn foot(&self, gist: &Gist, x: u16, moving: bool, laid: &mut Laid) {
        let below = self.height() - ROW;
        let room = self.width().saturating_sub(x);
        let with_clock = room >= CLOCK + GAP + 2 * ROW || (clean(&gist.detail).is_empty() && room >= CLOCK);
        let mut width = room;
        if with_clock {
            laid.clock = Some(ClockArea {
                place: whole(self.width() - CLOCK, below, CLOCK, ROW),
                lamp: self.dim,
                size: SMALL,
            });
            width = room.saturating_sub(CLOCK + GAP);
        }
        if width < ROW {
            return;
        }
        let place = whole(x, below, width, ROW);
        // Two lines that move at once cannot be read: the detail stands, cut where it must be.
        let told = if moving {
            shortened(&clean(&gist.detail), width, SMALL)
        } else {
            gist.detail.clone()
        };
        let detail = self.fitted(place, &told, self.dim, &[SMALL]);
        laid.areas.extend(detail.map(|area| TextArea {
            align: Align::Start,
            ..area
        }));
    }

    fn one_line(&self, gist: &Gist) -> Laid {
        let size = self.tallest(self.height());
        let height = size.px().min(self.height());
        let top = (self.height() - height) / 2;
        let mut laid = Laid::default();
        let x = self.mark(gist, top, size, &mut laid);
        let number = self.window_name(gist);
        let figure = gist.figure.as_ref().map(|(figure, unit)| words::figure(figure, unit));
        let told = self.joined(&[&number, &gist.headline, &figure.unwrap_or_default(), &gist.detail]);
        let place = whole(x, top, self.width().saturating_sub(x), height);
        laid.areas
            .extend(self.fitted(place, &told, self.text, &[size]).map(|area| TextArea {
                align: if x > 0 { Align::Start } else { area.align },
                ..area
            }));
        laid
    }

    /// The kind's word at the left; answers where the room after it begins. A card cannot set it dark on a lit ground,
    /// so where there is one colour it has a colon.
    fn mark(&self, gist: &Gist, y: u16, size: CharSize, laid: &mut Laid) -> u16 {
        let mut word = clean(&gist.mark);
        if word.is_empty() {
            return 0;
        }
        if self.panel.colour == ColourDepth::Mono {
            word.push(':');
        }
        let width = short_px(width_px(&word, size));
        if width > self.width() / 2 {
            return 0;
        }
        let place = whole(0, y, width, size.px().min(self.height()));
        laid.areas.push(self.still(place, vec![word], self.strong, size));
        width + GAP
    }

    /// A commitment: its figure large at the left with the unit beneath, matter and promise at the right.
    fn with_figure(&self, gist: &Gist) -> Option<Laid> {
        let (figure, unit) = gist.figure.as_ref()?;
        let (figure, unit) = (clean(figure), clean(unit));
        let below = self.height() - ROW;
        let fits = |size: &CharSize| size.px() <= below && width_px(&figure, *size) <= u32::from(self.width() / 3);
        let size = CharSize::FALLING.into_iter().find(fits)?;
        let unit_width = width_px(&unit, SMALL);
        if figure.is_empty() || unit.is_empty() || unit_width > u32::from(self.width()) * 2 / 5 {
            return None;
        }
        let column = short_px(width_px(&figure, size).max(unit_width));
        let top = (below - size.px()) / 2;
        let mut laid = Laid::default();
        laid.areas
            .push(self.still(whole(0, top, column, size.px()), vec![figure], self.strong, size));
        laid.areas
            .push(self.still(whole(0, below, column, ROW), vec![unit], self.strong, SMALL));
        let x = column + GAP;
        let zone = whole(x, 0, self.width().saturating_sub(x), below);
        let headline = self.fitted(zone, &gist.headline, self.text, &CharSize::FALLING);
        let moving = headline.as_ref().is_some_and(|area| area.motion == Motion::Left);
        laid.areas.extend(headline);
        self.foot(gist, x, moving, &mut laid);
        Some(laid)
    }

    /// Whether a plate over a text has room for these words.
    pub(super) fn has_room(&self, words: &str) -> bool {
        self.height() >= 2 * ROW && width_px(words, SMALL) <= u32::from(self.width())
    }

    /// An alert: the word for it on the first row, or at the left of the only one, and the rest moving.
    pub(super) fn alert(&self, words: &InWords, severity: Severity) -> Laid {
        let lamp = self.warning(severity);
        if self.height() < 2 * ROW {
            let mut laid = self.one_line(&Gist {
                mark: words.plate.clone(),
                headline: words.told.clone(),
                ..Gist::default()
            });
            if laid.areas.len() == 1 {
                // No room for a plate beside the text: then it leads the text.
                laid = self.one_line(&Gist {
                    headline: self.joined(&[&words.plate, &words.told]),
                    ..Gist::default()
                });
            }
            return laid;
        }
        let plate = shortened(&words.plate, self.width(), SMALL);
        let zone = whole(0, ROW, self.width(), self.height() - ROW);
        let told = bounded(clean(&words.told).trim(), MOST_CHARS);
        let size = self.tallest(zone.height_px);
        Laid {
            areas: vec![
                self.still(whole(0, 0, self.width(), ROW), vec![plate], lamp, SMALL),
                self.moving(zone, told, self.text, size),
            ],
            clock: None,
        }
    }

    /// The lamp nearest to the colour by which people know a warning; the word says it, too.
    fn warning(&self, severity: Severity) -> Lamp {
        match (self.panel.colour, severity) {
            (ColourDepth::Full | ColourDepth::Tri, Severity::Moderate) => Lamp::Yellow,
            (ColourDepth::Full, Severity::Minor) => Lamp::Cyan,
            (ColourDepth::Tri, Severity::Minor) => Lamp::Green,
            (ColourDepth::Full, Severity::Unknown) => Lamp::White,
            (ColourDepth::Tri, Severity::Unknown) => Lamp::Yellow,
            _ => Lamp::Red,
        }
    }

    /// A sign: a number as high as the sign with a few words beside it, or words alone, page by page.
    pub(super) fn sign(&self, gist: &Gist, idle: bool) -> Laid {
        if self.height() < 2 * ROW {
            return self.one_line(gist);
        }
        if idle {
            return self.idle_sign(gist);
        }
        match (&gist.window, &gist.figure) {
            (Some((number, on_post)), _) => {
                let caption = say(self.lang, "号窗口", "Window");
                let on_post = on_post.as_deref().unwrap_or_default();
                let large = self.beside(number, &[caption, &gist.headline, on_post]);
                if large.areas.iter().all(|area| area.motion == Motion::Still) {
                    return large;
                }
                // All of it at once, small, rather than page by page.
                let name = words::window(self.lang, number);
                let small = self.pages(
                    whole(0, 0, self.width(), self.height()),
                    &[&name, &gist.headline, on_post],
                );
                let at_once = small.areas.iter().all(|area| area.motion == Motion::Still);
                if at_once { small } else { large }
            }
            (None, Some((figure, unit))) => self.beside(figure, &[unit, &gist.headline]),
            (None, None) => self.pages(whole(0, 0, self.width(), self.height()), &[&gist.headline]),
        }
    }

    /// The office's name above its clock.
    fn idle_sign(&self, gist: &Gist) -> Laid {
        let fits = |size: &CharSize| size.px() + ROW <= self.height() && size.px() / 2 * 5 <= self.width();
        let Some(size) = CharSize::FALLING.into_iter().find(fits) else {
            return self.pages(whole(0, 0, self.width(), self.height()), &[&gist.headline]);
        };
        let above = self.height() - size.px();
        let width = size.px() / 2 * 5;
        let name = self.fitted(
            whole(0, 0, self.width(), above),
            &gist.headline,
            self.text,
            &CharSize::FALLING,
        );
        Laid {
            areas: name.into_iter().collect(),
            clock: Some(ClockArea {
                place: whole((self.width() - width) / 2, above, width, size.px()),
                lamp: self.dim,
                size,
            }),
        }
    }

    fn beside(&self, figure: &str, words: &[&str]) -> Laid {
        let figure = clean(figure);
        let fits =
            |size: &CharSize| size.px() <= self.height() && width_px(&figure, *size) <= u32::from(self.width()) / 2;
        let Some(size) = CharSize::FALLING.into_iter().find(fits).filter(|_| !figure.is_empty()) else {
            let told: Vec<&str> = std::iter::once(figure.as_str()).chain(words.iter().copied()).collect();
            return self.pages(whole(0, 0, self.width(), self.height()), &told);
        };
        let column = short_px(width_px(&figure, size));
        let top = (self.height() - size.px()) / 2;
        let number = self.still(whole(0, top, column, size.px()), vec![figure], self.strong, size);
        let gap = if self.width() < 96 { 0 } else { GAP };
        let zone = whole(
            column + gap,
            0,
            self.width().saturating_sub(column + gap),
            self.height(),
        );
        let mut laid = self.pages(zone, words);
        laid.areas.insert(0, number);
        laid
    }

    /// Texts from line to line on as many pages as they take.
    fn pages(&self, zone: Place, texts: &[&str]) -> Laid {
        let size = match texts {
            [one] => self.largest_whole(zone, one),
            _ => SMALL,
        };
        let texts = texts.iter().map(|text| bounded(clean(text).trim(), MOST_CHARS));
        let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
        if texts.iter().any(|text| tears(text, zone.width_px, size)) {
            // A page must not hold half a word.
            return Laid {
                areas: vec![self.moving(zone, texts.join("  "), self.text, size)],
                clock: None,
            };
        }
        let broken = texts.iter().flat_map(|text| broken(text, zone.width_px, size));
        let mut lines: Vec<String> = broken.collect();
        let rows = usize::from(zone.height_px / size.px()).max(1);
        if lines.len() > rows * MOST_PAGES {
            lines.truncate(rows * MOST_PAGES);
            if let Some(last) = lines.last_mut() {
                last.pop();
                last.push('…');
            }
        }
        if lines.is_empty() {
            return Laid::default();
        }
        let used = short_px(u32::try_from(lines.len().min(rows)).unwrap_or(1)) * size.px();
        let place = Place {
            y_px: zone.y_px + zone.height_px.saturating_sub(used) / 2,
            height_px: used.min(zone.height_px).max(1),
            ..zone
        };
        Laid {
            areas: vec![self.still(place, lines, self.text, size)],
            clock: None,
        }
    }

    /// The largest size in which a text stands whole in a zone; the smallest when there is none.
    fn largest_whole(&self, zone: Place, text: &str) -> CharSize {
        let text = clean(text);
        let whole = |size: &CharSize| {
            let lines = broken(text.trim(), zone.width_px, *size);
            let fits = |line: &String| width_px(line, *size) <= u32::from(zone.width_px);
            size.px() <= zone.height_px
                && lines.len() <= usize::from(zone.height_px / size.px())
                && lines.iter().all(fits)
                && !tears(&text, zone.width_px, *size)
        };
        CharSize::FALLING.into_iter().find(whole).unwrap_or(SMALL)
    }

    /// A text as large as it stands on one line, else on several where people are near enough, else moving.
    fn fitted(&self, zone: Place, text: &str, lamp: Lamp, sizes: &[CharSize]) -> Option<TextArea> {
        let text = bounded(clean(text).trim(), MOST_CHARS);
        let sizes: Vec<CharSize> = sizes
            .iter()
            .copied()
            .filter(|size| size.px() <= zone.height_px)
            .collect();
        if text.is_empty() {
            return None;
        }
        let one = |size: &&CharSize| width_px(&text, **size) <= u32::from(zone.width_px);
        if let Some(size) = sizes.iter().find(one) {
            return Some(self.still(middle(zone, size.px()), vec![text], lamp, *size));
        }
        let near = comfortable_px(self.panel) <= i32::from(ROW);
        let whole = |size: &&CharSize| (near || **size != SMALL) && !tears(&text, zone.width_px, **size);
        for size in sizes.iter().filter(whole) {
            let lines = broken(&text, zone.width_px, *size);
            let rows = usize::from(zone.height_px / size.px());
            let fits = |line: &String| width_px(line, *size) <= u32::from(zone.width_px);
            if lines.len() <= rows && lines.iter().all(fits) {
                let used = short_px(u32::try_from(lines.len()).unwrap_or(1)) * size.px();
                return Some(self.still(middle(zone, used), lines, lamp, *size));
            }
        }
        Some(self.moving(zone, text, lamp, sizes.first().copied().unwrap_or(SMALL)))
    }

    /// A text that moves through the middle of a zone.
    fn moving(&self, zone: Place, text: String, lamp: Lamp, size: CharSize) -> TextArea {
        TextArea {
            motion: Motion::Left,
            align: Align::Start,
            dwell_ms: REST_MS,
            ..self.still(middle(zone, size.px()), vec![text], lamp, size)
        }
    }

    fn still(&self, place: Place, lines: Vec<String>, lamp: Lamp, size: CharSize) -> TextArea {
        let rows = usize::from(place.height_px / size.px()).max(1);
        let longest = lines
            .chunks(rows)
            .map(|page| page.iter().map(|line| read_ms(line)).sum());
        let dwell_ms: u32 = longest.max().unwrap_or(0);
        TextArea {
            place,
            motion: if lines.len() > rows {
                Motion::AtOnce
            } else {
                Motion::Still
            },
            lines,
            lamp,
            size,
            align: Align::Middle,
            dwell_ms: dwell_ms
                .div_ceil(500)
                .saturating_mul(500)
                .clamp(MIN_DWELL_MS, MAX_DWELL_MS),
            speed_px_per_s: size.px() * CHARS_PER_S,
        }
    }

    fn window_name(&self, gist: &Gist) -> String {
        let number = gist.window.as_ref().map(|(number, _)| words::window(self.lang, number));
        number.unwrap_or_default()
    }

    fn joined(&self, parts: &[&str]) -> String {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.trim().is_empty()).collect();
        parts.join(say(self.lang, "　", "  "))
    }

    fn tallest(&self, height: u16) -> CharSize {
        let fits = |size: &CharSize| size.px() <= height;
        CharSize::FALLING.into_iter().find(fits).unwrap_or(SMALL)
    }

    fn width(&self) -> u16 {
        self.panel.width_px.max(1)
    }

    fn height(&self) -> u16 {
        self.panel.height_px.max(1)
    }
}

fn whole(x_px: u16, y_px: u16, width_px: u16, height_px: u16) -> Place {
    Place {
        x_px,
        y_px,
        width_px: width_px.max(1),
        height_px: height_px.max(1),
    }
}

/// The middle rows of a zone.
fn middle(zone: Place, height: u16) -> Place {
    let height = height.min(zone.height_px);
    Place {
        y_px: zone.y_px + (zone.height_px - height) / 2,
        height_px: height,
        ..zone
    }
}

/// Lengths on a panel fit 16 bits; what does not is longer than any panel.
fn short_px(px: u32) -> u16 {
    u16::try_from(px).unwrap_or(u16::MAX)
}
