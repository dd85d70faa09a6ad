//! Signs at windows: a number as high as the sign, a few characters beside it, the rest on further pages.

use super::lamps::{Bulbs, Gist};
use super::{Composition, Page};
use crate::canvas::{Piece, Rect};
use crate::text::{TextLine, bitmap::CELL};
use crate::words::{self, say};
use heliograph_domain::Document;

/// More pages than this nobody waits for at a window.
const MOST_PAGES: usize = 6;

pub(crate) fn compose(bulbs: &Bulbs<'_>, document: &Document) -> Composition {
    let gist = Gist::of(document, bulbs.lang);
    let pages = match (&gist.window, &gist.figure) {
        (Some((number, on_post)), _) => window(bulbs, &gist.headline, number, on_post.as_deref()),
        (None, Some((figure, unit))) => {
            let mut pages = vec![beside(
                bulbs,
                figure,
                &bulbs.lines(unit, 1, bulbs.width() - large(bulbs, figure).width - gap(bulbs)),
            )];
            pages.extend(full(bulbs, &gist.headline));
            pages
        }
        (None, None) => full(bulbs, &gist.headline),
    };
    Composition::of(pages)
}

fn rows(bulbs: &Bulbs<'_>) -> usize {
    usize::try_from(bulbs.height() / CELL).unwrap_or(1).max(1)
}

/// The window's number with its name beside it where that fits; else its name on a page of its own.
fn window(bulbs: &Bulbs<'_>, title: &str, number: &str, on_post: Option<&str>) -> Vec<Page> {
    let caption = say(bulbs.lang, "号窗口", "Window");
    let room = bulbs.width() - large(bulbs, number).width - gap(bulbs);
    let mut whole = bulbs.lines(caption, 1, room);
    whole.extend(bulbs.lines(title, 1, room));
    whole.extend(on_post.into_iter().flat_map(|name| bulbs.lines(name, 1, room)));
    if whole.len() <= rows(bulbs) && whole.iter().all(|line| line.width <= room) {
        return vec![beside(bulbs, number, &whole)];
    }
    let mut first = bulbs.lines(caption, 1, room.max(CELL));
    first.extend(
        on_post
            .into_iter()
            .flat_map(|name| bulbs.lines(name, 1, room.max(CELL))),
    );
    first.truncate(rows(bulbs));
    vec![beside(bulbs, number, &first), named(bulbs, number, title)]
}

/// The number in a row above, the name below: still where it fits, else moving, so that no page holds half a word.
fn named(bulbs: &Bulbs<'_>, number: &str, title: &str) -> Page {
    let top = bulbs.line(&words::window(bulbs.lang, number), 1);
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
fn large(bulbs: &Bulbs<'_>, figure: &str) -> TextLine {
    let steps = (1..=bulbs.height() / CELL).rev();
    let mut lines = steps.map(|step| bulbs.line(figure, step));
    lines
        .find(|line| line.width <= bulbs.width() * 2 / 3)
        .unwrap_or_else(|| bulbs.line(figure, 1))
}

/// A large figure with lines beside it.
fn beside(bulbs: &Bulbs<'_>, figure: &str, lines: &[TextLine]) -> Page {
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
    let leading = if count > 0 {
        (bulbs.height() / count).min(CELL + 4)
    } else {
        CELL
    };
    let top = (bulbs.height() - leading * count) / 2;
    let place = |(line, at): (&TextLine, i32)| {
        let x = left + ((right - left - line.width) / 2).max(0);
        Piece::text(x, top + at * leading, leading, line, bulbs.lights.text)
    };
    lines.iter().zip(0..).map(place).collect()
}

/// Text alone on as many pages as it takes, larger where it fits one page.
pub(crate) fn full(bulbs: &Bulbs<'_>, told: &str) -> Vec<Page> {
    for step in (2..=bulbs.height() / CELL).rev() {
        let lines = bulbs.lines(told, step, bulbs.width());
        let fits = usize::try_from(bulbs.height() / (CELL * step)).is_ok_and(|rows| lines.len() <= rows);
        if fits && lines.iter().all(|line| line.width <= bulbs.width()) {
            let count = i32::try_from(lines.len()).unwrap_or(1).max(1);
            let leading = bulbs.height() / count;
            let place = |(line, at): (&TextLine, i32)| {
                let x = (bulbs.width() - line.width) / 2;
                Piece::text(x, at * leading, leading, line, bulbs.lights.text)
            };
            return vec![Page {
                pieces: lines.iter().zip(0..).map(place).collect(),
                ..Page::default()
            }];
        }
    }
    let lines = bulbs.lines(told, 1, bulbs.width());
    let pages = lines.chunks(rows(bulbs)).take(MOST_PAGES);
    pages
        .map(|lines| Page {
            pieces: stacked(bulbs, lines, 0, bulbs.width()),
            ..Page::default()
        })
        .collect()
}
