//! Pairing on lamps: the code, or why there is none, as large as it fits, and the address moving below or beside it; where
//! there is no room for both, one after the other.

use super::lamps::Bulbs;
use super::pairing::grouped;
use super::{Page, sign, unpaired};
use crate::canvas::{Piece, Rect};
use crate::card::Unpaired;
use crate::text::{TextLine, bitmap::CELL};
use heliograph_domain::Instant;

/// How long a headline stands that has a page of its own.
const STANDS_MS: u64 = 6_000;
/// Between a headline and what moves beside it.
const GAP: i32 = CELL / 2;
/// A window narrower than this is none that text is read in.
const NARROWEST: i32 = 4 * CELL;

/// What lamps show in turn, over and over: pages, and how long each stands, in milliseconds.
pub(crate) struct Round(Vec<(Page, u64)>);

/// The card with a code.
pub(crate) fn code(bulbs: &Bulbs<'_>, code: &str, url: &str) -> Round {
    let whole = grouped(code, "-");
    let two = grouped(code, "\n");
    round(bulbs, &[&whole, &two], url)
}

/// The card without one.
pub(crate) fn without(bulbs: &Bulbs<'_>, why: Unpaired, url: &str) -> Round {
    let (headline, detail) = unpaired::in_short(bulbs.lang, why);
    let parts: Vec<&str> = [detail, url].into_iter().filter(|part| !part.is_empty()).collect();
    round(bulbs, &[headline], &parts.join("  "))
}

fn round(bulbs: &Bulbs<'_>, ways: &[&str], detail: &str) -> Round {
    let detail = bulbs.line(detail, 1);
    let (width, height) = (bulbs.width(), bulbs.height());
    if height >= 2 * CELL {
        let above = Rect::new(0, 0, width, height - CELL);
        if let Some(lines) = largest(bulbs, ways, above) {
            let page = still(sign::stacked_in(&lines, above, bulbs.lights.strong));
            return Round::of(vec![running(bulbs, page, Rect::new(0, above.h, width, CELL), detail)]);
        }
    }
    let whole = Rect::new(0, 0, width, height);
    let headline = bulbs.line(ways.first().copied().unwrap_or_default(), 1);
    let beside = Rect::new(headline.width + GAP, 0, width - headline.width - GAP, height);
    if beside.w >= NARROWEST {
        let page = still(vec![Piece::text(0, 0, height, &headline, bulbs.lights.strong)]);
        return Round::of(vec![running(bulbs, page, beside, detail)]);
    }
    let first = match largest(bulbs, ways, whole) {
        Some(lines) => (still(sign::stacked_in(&lines, whole, bulbs.lights.strong)), STANDS_MS),
        None => running(bulbs, Page::default(), whole, headline),
    };
    Round::of(vec![first, running(bulbs, Page::default(), whole, detail)])
}

fn still(pieces: Vec<Piece>) -> Page {
    Page {
        pieces,
        ..Page::default()
    }
}

/// The words in the largest characters that a place has room for, in the best of several ways to break them into lines.
fn largest(bulbs: &Bulbs<'_>, ways: &[&str], place: Rect) -> Option<Vec<TextLine>> {
    let set = |told: &str, step: i32| -> Option<Vec<TextLine>> {
        let lines: Vec<TextLine> = told.lines().map(|part| bulbs.line(part, step)).collect();
        let rows = i32::try_from(lines.len()).ok()?;
        let fits = rows * step * CELL <= place.h && lines.iter().all(|line| line.width <= place.w);
        fits.then_some(lines)
    };
    (1..=place.h / CELL)
        .rev()
        .find_map(|step| ways.iter().find_map(|told| set(told, step)))
}

/// The page with a line in a window of its own: still where it fits, else moving.
fn running(bulbs: &Bulbs<'_>, mut page: Page, window: Rect, line: TextLine) -> (Page, u64) {
    if line.width <= window.w {
        page.pieces.extend(sign::stacked_in(&[line], window, bulbs.lights.text));
        return (page, STANDS_MS);
    }
    let ticker = bulbs.ticker(window, line, bulbs.lights.text);
    let cycle_ms = u64::from(ticker.cycle_ms());
    page.ticker = Some(ticker);
    (page, cycle_ms)
}

impl Round {
    fn of(pages: Vec<(Page, u64)>) -> Self {
        Self(pages)
    }

    /// What is drawn at an instant, and in how many milliseconds it may be something else.
    pub(crate) fn at(self, now: Instant) -> (Vec<Piece>, u64) {
        let whole_ms: u64 = self.0.iter().map(|(_, lasts_ms)| lasts_ms).sum();
        let mut stood_ms = now.0 % whole_ms.max(1);
        for (page, lasts_ms) in self.0 {
            if stood_ms >= lasts_ms {
                stood_ms -= lasts_ms;
                continue;
            }
            let step = page.ticker.as_ref().and_then(|ticker| ticker.next_step_ms(stood_ms));
            let next_ms = step.unwrap_or(lasts_ms).clamp(stood_ms + 1, lasts_ms) - stood_ms;
            let ticker = page.ticker.map(|ticker| ticker.at(stood_ms));
            return (page.pieces.into_iter().chain(ticker).collect(), next_ms);
        }
        (Vec::new(), 1)
    }
}
