//! Strips: a headline as large as it fits, and a line of detail with the clock; on one line, all of it in a row.

use super::lamps::{Bulbs, Gist};
use super::{Composition, Page};
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{TextLine, bitmap::CELL};
use crate::theme::comfortable_px;
use crate::words::{self, say};
use heliograph_domain::Document;

/// A panel with two lines of text or more.
const TWO_LINES: i32 = 2 * CELL;
/// A panel with room for larger type above the detail.
const THREE_LINES: i32 = 3 * CELL;
/// The clock's five cells and the space before it.
const CLOCK: i32 = 5 * CELL / 2 + 6;

pub(crate) fn compose(bulbs: &Bulbs<'_>, document: &Document) -> Composition {
    Composition::of(pages(bulbs, &Gist::of(document, bulbs.lang)))
}

/// The picture of a gist, its first where there are two.
pub(crate) fn page(bulbs: &Bulbs<'_>, gist: &Gist) -> Page {
    pages(bulbs, gist).into_iter().next().unwrap_or_default()
}

fn pages(bulbs: &Bulbs<'_>, gist: &Gist) -> Vec<Page> {
    if bulbs.height() < TWO_LINES {
        return vec![one_line(bulbs, gist)];
    }
    let figure = gist.figure.as_ref().filter(|_| bulbs.height() >= THREE_LINES);
    let figure = figure.and_then(|(figure, unit)| with_figure(bulbs, gist, figure, unit));
    figure.map_or_else(|| lines(bulbs, gist), |page| vec![page])
}

/// Text in a window: still where it fits, else moving.
fn running(bulbs: &Bulbs<'_>, page: &mut Page, window: Rect, line: TextLine, colour: Rgb) {
    if line.width <= window.w {
        page.pieces
            .push(Piece::text(window.x, window.y, window.h, &line, colour));
    } else {
        page.ticker = Some(bulbs.ticker(window, line, colour));
    }
}

fn joined(bulbs: &Bulbs<'_>, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.trim().is_empty()).collect();
    parts.join(say(bulbs.lang, "　", "  "))
}

fn one_line(bulbs: &Bulbs<'_>, gist: &Gist) -> Page {
    let mut page = Page::default();
    let top = (bulbs.height() - CELL) / 2;
    let mut x = 0;
    let (plate, width) = bulbs.plate(&gist.mark, 0, top);
    if !gist.mark.is_empty() && width <= bulbs.width() / 2 {
        page.pieces.extend(plate);
        x = width + 4;
    }
    let number = gist
        .window
        .as_ref()
        .map(|(number, _)| words::window(bulbs.lang, number))
        .unwrap_or_default();
    let figure = gist
        .figure
        .as_ref()
        .map(|(figure, unit)| words::figure(figure, unit))
        .unwrap_or_default();
    let told = joined(bulbs, &[&number, &gist.headline, &figure, &gist.detail]);
    running(
        bulbs,
        &mut page,
        Rect::new(x, top, bulbs.width() - x, CELL),
        bulbs.line(&told, 1),
        bulbs.lights.text,
    );
    page
}

/// The headline above, the detail with its mark and the clock below. Two lines that move at once cannot be read: where
/// the headline moves the detail has a page of its own.
fn lines(bulbs: &Bulbs<'_>, gist: &Gist) -> Vec<Page> {
    let below = bulbs.height() - CELL;
    let number = gist
        .window
        .as_ref()
        .map(|(number, _)| words::window(bulbs.lang, number))
        .unwrap_or_default();
    let figure = gist.figure.as_ref().map(|(figure, unit)| words::figure(figure, unit));
    let told = joined(bulbs, &[&number, &gist.headline, &figure.unwrap_or_default()]);
    let above = Rect::new(0, 0, bulbs.width(), below - 2);
    let (mut page, window) = footed(bulbs, gist);
    if !headline(bulbs, &mut page, above, &told) {
        running(bulbs, &mut page, window, bulbs.line(&gist.detail, 1), bulbs.lights.dim);
        return vec![page];
    }
    let (mut second, _) = footed(bulbs, gist);
    if gist.detail.trim().is_empty() {
        return vec![page];
    }
    headline(bulbs, &mut second, above, &gist.detail);
    vec![page, second]
}

/// A page with the mark and the clock in its lowest line, and the window between them.
fn footed(bulbs: &Bulbs<'_>, gist: &Gist) -> (Page, Rect) {
    let mut page = Page::default();
    let below = bulbs.height() - CELL;
    let mut x = 0;
    let (plate, width) = bulbs.plate(&gist.mark, 0, below);
    let clock = if bulbs.width() >= 2 * CLOCK { CLOCK } else { 0 };
    if !gist.mark.is_empty() && width + clock <= bulbs.width() {
        page.pieces.extend(plate);
        x = width + 4;
    }
    if clock > 0 {
        page.clock = Some((Rect::new(x, below, bulbs.width() - x, CELL), bulbs.lights.dim));
    }
    (page, Rect::new(x, below, (bulbs.width() - clock - x).max(0), CELL))
}

/// The headline as large as it stands on one line, else on two where people are near enough, else moving. Answers
/// whether it moves.
fn headline(bulbs: &Bulbs<'_>, page: &mut Page, zone: Rect, told: &str) -> bool {
    let largest = (zone.h / CELL).max(1);
    for step in (2..=largest).rev() {
        let line = bulbs.line(told, step);
        if line.width <= zone.w {
            let x = (zone.w - line.width) / 2;
            page.pieces
                .push(Piece::text(x, zone.y, zone.h, &line, bulbs.lights.text));
            return false;
        }
    }
    let near = comfortable_px(bulbs.panel) <= CELL;
    let small = bulbs.lines(told, 1, zone.w);
    let fit = usize::try_from(largest).unwrap_or(1);
    if near && small.len() <= fit {
        let count = i32::try_from(small.len()).unwrap_or(1).max(1);
        let leading = (zone.h / count).min(CELL + 6);
        let top = zone.y + (zone.h - leading * count) / 2;
        for (line, at) in small.iter().zip(0..) {
            let x = (zone.w - line.width) / 2;
            page.pieces
                .push(Piece::text(x, top + at * leading, leading, line, bulbs.lights.text));
        }
        return false;
    }
    running(bulbs, page, zone, bulbs.line(told, largest), bulbs.lights.text);
    true
}

/// A commitment: its figure large at the left with the unit beneath, matter and promise at the right. Nothing where they
/// do not fit whole.
fn with_figure(bulbs: &Bulbs<'_>, gist: &Gist, figure: &str, unit: &str) -> Option<Page> {
    let mut page = Page::default();
    let below = bulbs.height() - CELL;
    let unit = bulbs.line(unit, 1);
    let mut figures = (1..=below / CELL).rev().map(|step| bulbs.line(figure, step));
    let large = figures.find(|line| line.width <= bulbs.width() / 3)?;
    let column = large.width.max(unit.width);
    let x = column + 10;
    let zone = Rect::new(x, 0, bulbs.width() - x, below);
    let matter = bulbs.lines(&gist.headline, 1, zone.w.max(1));
    let rows = usize::try_from(zone.h / CELL).unwrap_or(0).min(2);
    let whole = matter.iter().all(|line| line.width <= zone.w);
    if unit.width > bulbs.width() * 2 / 5 || matter.len() > rows || !whole || zone.w < 2 * CLOCK {
        return None;
    }
    let placed = |line: &TextLine, y: i32, height: i32| {
        Piece::text((column - line.width) / 2, y, height, line, bulbs.lights.strong)
    };
    page.pieces.push(placed(&large, 0, below));
    page.pieces.push(placed(&unit, below, CELL));
    let leading = (zone.h / i32::try_from(matter.len()).unwrap_or(1).max(1)).min(CELL + 4);
    let height = leading * i32::try_from(matter.len()).unwrap_or(1);
    for (line, at) in matter.iter().zip(0..) {
        let top = zone.y + (zone.h - height) / 2 + at * leading;
        page.pieces.push(Piece::text(x, top, leading, line, bulbs.lights.text));
    }
    page.clock = Some((Rect::new(x, below, zone.w, CELL), bulbs.lights.dim));
    let window = Rect::new(x, below, (zone.w - CLOCK).max(0), CELL);
    running(bulbs, &mut page, window, bulbs.line(&gist.detail, 1), bulbs.lights.dim);
    Some(page)
}
