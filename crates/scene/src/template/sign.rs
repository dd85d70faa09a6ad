//! Signs at windows: a number as high as the sign, a few characters beside it, the rest on further pages.

use super::lamps::{Bulbs, DARK, Gist};
use super::{Composition, Page};
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{TextLine, bitmap::CELL};
use crate::words::{self, say};
use heliograph_domain::Document;

/// More pages than this nobody waits for at a window.
const MOST_PAGES: usize = 4;

pub(crate) fn compose(bulbs: &Bulbs<'_>, document: &Document) -> Composition {
    let gist = Gist::of(document, bulbs.lang);
    let pages = match (&gist.window, &gist.figure) {
        (Some((number, on_post)), _) => window(bulbs, &gist.headline, number, on_post.as_deref()),
        (None, Some((figure, unit))) => {
            let mut pages = promised(bulbs, figure, unit);
            pages.extend(full(bulbs, &gist.mark, &gist.headline));
            pages
        }
        (None, None) => full(bulbs, &gist.mark, &gist.headline),
    };
    Composition::of(pages)
}

/// A commitment's figure with its unit beside it; where they do not fit, both as a text.
fn promised(bulbs: &Bulbs<'_>, figure: &str, unit: &str) -> Vec<Page> {
    let room = bulbs.width() - large(bulbs, figure).width - gap(bulbs);
    let lines = bulbs.balanced(unit, 1, room.max(1));
    if lines.len() <= rows(bulbs) && lines.iter().all(|line| line.width <= room) {
        return vec![beside(bulbs, figure, &lines)];
    }
    full(bulbs, "", &words::figure(figure, unit))
}

fn rows(bulbs: &Bulbs<'_>) -> usize {
    usize::try_from(bulbs.height() / CELL).unwrap_or(1).max(1)
}

/// The window's number with its name beside it where that fits; else its name on a page of its own.
fn window(bulbs: &Bulbs<'_>, title: &str, number: &str, on_post: Option<&str>) -> Vec<Page> {
    let caption = say(bulbs.lang, "号窗口", "Window");
    let room = bulbs.width() - large(bulbs, number).width - gap(bulbs);
    let mut whole = bulbs.lines(caption, 1, room);
    whole.extend(bulbs.balanced(title, 1, room.max(1)));
    whole.extend(on_post.into_iter().flat_map(|name| bulbs.lines(name, 1, room)));
    if whole.len() <= rows(bulbs) && whole.iter().all(|line| line.width <= room) {
        return vec![beside(bulbs, number, &whole)];
    }
    if large(bulbs, number).width > bulbs.width() {
        return vec![moving(bulbs, caption, &told_in_full(bulbs, number, title, on_post))];
    }
    let mut first = bulbs.lines(caption, 1, room.max(1));
    if first.iter().any(|line| line.width > room) {
        first.clear();
    }
    let mut pages = Vec::new();
    if let Some(name) = on_post {
        let names = bulbs.lines(name, 1, room.max(1));
        if first.len() + names.len() <= rows(bulbs) && names.iter().all(|line| line.width <= room) {
            first.extend(names);
        } else {
            pages.push(moving(bulbs, say(bulbs.lang, "值守", "On post"), name));
        }
    }
    pages.insert(0, beside(bulbs, number, &first));
    pages.push(named(bulbs, number, title));
    pages
}

fn told_in_full(bulbs: &Bulbs<'_>, number: &str, title: &str, on_post: Option<&str>) -> String {
    let number = words::window(bulbs.lang, number);
    let parts: Vec<&str> = [number.as_str(), title].into_iter().chain(on_post).collect();
    parts.join(say(bulbs.lang, "　", "  "))
}

/// The number in a row above, the name below: still where it fits, else moving, so that no page holds half a word.
fn named(bulbs: &Bulbs<'_>, number: &str, title: &str) -> Page {
    let told = bulbs.line(&words::window(bulbs.lang, number), 1);
    let top = if told.width <= bulbs.width() {
        told
    } else {
        bulbs.line(number, 1)
    };
    let height = bulbs.height() / 2;
    let mut page = Page::default();
    let x = ((bulbs.width() - top.width) / 2).max(0);
    page.pieces.push(Piece::text(x, 0, height, &top, bulbs.lights.strong));
    let window = Rect::new(0, height, bulbs.width(), height);
    let name = bulbs.line(title, (height / CELL).max(1));
    if name.width <= window.w {
        let x = (bulbs.width() - name.width) / 2;
        page.pieces
            .push(Piece::text(x, window.y, window.h, &name, bulbs.lights.text));
    } else {
        page.ticker = Some(bulbs.ticker(window, name, bulbs.lights.text));
    }
    page
}

/// Between the figure and what stands beside it. On the smallest signs the figure's own margin must do, or “号窗口” would
/// be torn apart.
fn gap(bulbs: &Bulbs<'_>) -> i32 {
    if bulbs.width() < 96 { 0 } else { 4 }
}

/// A figure as high as the sign, or as wide as two thirds of it allow.
pub(crate) fn large(bulbs: &Bulbs<'_>, figure: &str) -> TextLine {
    let steps = (1..=bulbs.height() / CELL).rev();
    let mut lines = steps.map(|step| bulbs.line(figure, step));
    lines
        .find(|line| line.width <= bulbs.width() * 2 / 3)
        .unwrap_or_else(|| bulbs.line(figure, 1))
}

/// A large figure with lines beside it.
pub(crate) fn beside(bulbs: &Bulbs<'_>, figure: &str, lines: &[TextLine]) -> Page {
    let figure = large(bulbs, figure);
    let mut page = Page::default();
    page.pieces
        .push(Piece::text(0, 0, bulbs.height(), &figure, bulbs.lights.strong));
    page.pieces
        .extend(stacked(bulbs, lines, figure.width + gap(bulbs), bulbs.width()));
    page
}

/// Lines under one another in the middle of the height, from `left` to `right` in the middle.
fn stacked(bulbs: &Bulbs<'_>, lines: &[TextLine], left: i32, right: i32) -> Vec<Piece> {
    let count = i32::try_from(lines.len()).unwrap_or(1);
    let em = lines.iter().map(|line| line.em).max().unwrap_or(CELL);
    let leading = (bulbs.height() / count.max(1)).min(em + 4);
    let top = (bulbs.height() - leading * count) / 2;
    let place = |(line, at): (&TextLine, i32)| {
        let x = left + ((right - left - line.width) / 2).max(0);
        Piece::text(x, top + at * leading, leading, line, bulbs.lights.text)
    };
    lines.iter().zip(0..).map(place).collect()
}

/// Lines in the middle of a place, one under another.
pub(crate) fn stacked_in(lines: &[TextLine], place: Rect, colour: Rgb) -> Vec<Piece> {
    let count = i32::try_from(lines.len()).unwrap_or(1).max(1);
    let leading = place.h / count;
    let set = |(line, at): (&TextLine, i32)| {
        let x = place.x + (place.w - line.width) / 2;
        Piece::text(x, place.y + at * leading, leading, line, colour)
    };
    lines.iter().zip(0..).map(set).collect()
}

/// Text in a place on at most `most` pages of two lines or more, none of which is torn; nothing where it takes more.
pub(crate) fn still(bulbs: &Bulbs<'_>, told: &str, place: Rect, most: usize) -> Option<Vec<Vec<Piece>>> {
    // Rows with a little space between them.
    let rows = usize::try_from(place.h / (CELL + 4)).ok().filter(|rows| *rows > 1)?;
    // Where a line holds few characters, words are torn.
    let lines = bulbs.lines(told, 1, place.w);
    let whole = lines.iter().all(|line| line.width <= place.w);
    if !whole || place.w < FEW_CELLS * CELL || lines.len() > rows * most {
        return None;
    }
    let pages = lines.chunks(rows);
    Some(pages.map(|lines| stacked_in(lines, place, bulbs.lights.text)).collect())
}

/// A sign narrower than so many characters tears words apart.
const FEW_CELLS: i32 = 6;

/// Text alone: as large as it fits one page, else on a few, else moving beneath what it is.
pub(crate) fn full(bulbs: &Bulbs<'_>, mark: &str, told: &str) -> Vec<Page> {
    for step in (2..=bulbs.height() / CELL).rev() {
        let lines = bulbs.balanced(told, step, bulbs.width());
        let fits = usize::try_from(bulbs.height() / (CELL * step)).is_ok_and(|rows| lines.len() <= rows);
        if fits && lines.iter().all(|line| line.width <= bulbs.width()) {
            let whole = Rect::new(0, 0, bulbs.width(), bulbs.height());
            return vec![Page {
                pieces: stacked_in(&lines, whole, bulbs.lights.text),
                ..Page::default()
            }];
        }
    }
    let lines = bulbs.balanced(told, 1, bulbs.width());
    if lines.len() > rows(bulbs) * MOST_PAGES || lines.iter().any(|line| line.width > bulbs.width()) {
        return vec![moving(bulbs, mark, told)];
    }
    let pages = lines.chunks(rows(bulbs));
    pages
        .map(|lines| Page {
            pieces: stacked(bulbs, lines, 0, bulbs.width()),
            ..Page::default()
        })
        .collect()
}

/// What it is above, the text moving below; on a single line the text alone.
fn moving(bulbs: &Bulbs<'_>, mark: &str, told: &str) -> Page {
    let mut page = Page::default();
    let mark = bulbs.line(mark, 1);
    let above = if bulbs.height() >= 2 * CELL && mark.width <= bulbs.width() {
        CELL
    } else {
        0
    };
    if above > 0 && mark.width > 0 {
        let ground = Rect::new(0, 0, bulbs.width(), CELL);
        page.pieces.push(Piece::Fill(ground, bulbs.lights.strong));
        let x = (bulbs.width() - mark.width) / 2;
        page.pieces.push(Piece::text(x, 0, CELL, &mark, DARK));
    }
    let window = Rect::new(0, above, bulbs.width(), bulbs.height() - above);
    let step = (window.h / CELL).min(bulbs.width() / CELL / 4).max(1);
    let line = bulbs.line(told, step);
    if line.width <= window.w {
        page.pieces.extend(stacked_in(&[line], window, bulbs.lights.text));
    } else {
        page.ticker = Some(bulbs.ticker(window, line, bulbs.lights.text));
    }
    page
}
