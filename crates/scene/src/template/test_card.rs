//! The test card: whether every lamp is reached, in order, the right way up, in the right colours and steps of grey.

use super::lamps::Bulbs;
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{self, Style, TextLine, bitmap::CELL};
use crate::theme::Desk;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Lang, Panel};

const WHITE: Rgb = Rgb(255, 255, 255);
const BLACK: Rgb = Rgb(0, 0, 0);
const RED: Rgb = Rgb(255, 0, 0);
const GREEN: Rgb = Rgb(0, 255, 0);
const YELLOW: Rgb = Rgb(255, 255, 0);
/// The ground of a screen's card, and the lines of its grid.
const GROUND: Rgb = Rgb(32, 32, 32);
const GRID: Rgb = Rgb(72, 72, 72);
/// The bars: red, green, blue, white, yellow, cyan, magenta.
const BARS: [Rgb; 7] = [
    RED,
    GREEN,
    Rgb(0, 0, 255),
    WHITE,
    YELLOW,
    Rgb(0, 255, 255),
    Rgb(255, 0, 255),
];
/// A grey as bright as a checkerboard of black and white from afar, where the panel's gamma is that of sRGB
/// (IEC 61966-2-1): half the light.
const HALF_LIGHT: Rgb = Rgb(188, 188, 188);

/// A line of one pixel along the four edges.
fn border(whole: Rect, colour: Rgb) -> Vec<Piece> {
    let Rect { w, h, .. } = whole;
    vec![
        Piece::Fill(Rect::new(0, 0, w, 1), colour),
        Piece::Fill(Rect::new(0, h - 1, w, 1), colour),
        Piece::Fill(Rect::new(0, 0, 1, h), colour),
        Piece::Fill(Rect::new(w - 1, 0, 1, h), colour),
    ]
}

/// Steps of grey from black to white.
fn ramp(place: Rect, steps: i32) -> Vec<Piece> {
    let step = |at: i32| {
        let (left, right) = (place.w * at / steps, place.w * (at + 1) / steps);
        let grey = u8::try_from(at * 255 / (steps - 1).max(1)).unwrap_or(255);
        Piece::Fill(
            Rect::new(place.x + left, place.y, right - left, place.h),
            Rgb(grey, grey, grey),
        )
    };
    (0..steps).map(step).collect()
}

fn bars(place: Rect, colours: &[Rgb]) -> Vec<Piece> {
    let count = i32::try_from(colours.len()).unwrap_or(1).max(1);
    let bar = |(colour, at): (&Rgb, i32)| {
        let (left, right) = (place.w * at / count, place.w * (at + 1) / count);
        Piece::Fill(Rect::new(place.x + left, place.y, right - left, place.h), *colour)
    };
    colours.iter().zip(0..).map(bar).collect()
}

/// Every second pixel.
fn checkerboard(place: Rect, light: Rgb) -> Vec<Piece> {
    let mut pieces = vec![Piece::Fill(place, BLACK)];
    for down in 0..place.h {
        for across in (down % 2..place.w).step_by(2) {
            let dot = Rect::new(place.x + across, place.y + down, 1, 1);
            pieces.push(Piece::Fill(dot, light));
        }
    }
    pieces
}

/// From the top left corner to the bottom right one: a place where rows are in the wrong order breaks it.
fn diagonal(place: Rect, light: Rgb) -> Vec<Piece> {
    let dot = |down: i32| {
        let (from, until) = (place.w * down / place.h, place.w * (down + 1) / place.h);
        Piece::Fill(
            Rect::new(place.x + from, place.y + down, (until - from).max(1), 1),
            light,
        )
    };
    (0..place.h).map(dot).collect()
}

/// The size in pixels as people write it.
fn size(panel: &Panel) -> String {
    format!("{}×{}", panel.width_px, panel.height_px)
}

/// The card of a screen.
pub(crate) fn screen(desk: &Desk<'_>, panel: &Panel, profile: &str) -> Vec<Piece> {
    let theme = desk.theme;
    let whole = Rect::new(0, 0, theme.width, theme.height);
    let mut pieces = vec![Piece::Fill(whole, GROUND)];
    let short = whole.w.min(whole.h);
    let centre = (whole.w / 2, whole.h / 2);
    pieces.extend(ring(centre, short / 2 - desk.px(24), desk.px(3).max(1)));
    pieces.extend(grid(whole, centre, desk.px(120).max(8)));
    pieces.extend(corners(desk, whole));
    let block = short * 64 / 100;
    let mut column = Column {
        desk,
        left: centre.0 - block / 2,
        width: block,
        top: centre.1 - short * 37 / 100,
        pieces: Vec::new(),
    };
    column.say("▲ 上 TOP", 40, true);
    column.say(&size(panel), 64, true);
    column.say(profile, 34, false);
    column.space(18);
    column.strip(96, |place| bars(place, &BARS));
    column.space(18);
    for steps in [16, 32, 256] {
        column.strip(56, |place| ramp(place, steps));
        column.space(6);
    }
    column.space(18);
    column.strip(104, gamma);
    column.say("左右应一样亮　Both halves should look alike", 26, false);
    pieces.extend(column.pieces);
    let arm = desk.px(36).max(2);
    pieces.push(Piece::Fill(Rect::new(centre.0 - arm, centre.1, 2 * arm + 1, 1), WHITE));
    pieces.push(Piece::Fill(Rect::new(centre.0, centre.1 - arm, 1, 2 * arm + 1), WHITE));
    pieces.extend(border(whole, WHITE));
    pieces
}

/// A circle: an ellipse where pixels are not square.
fn ring(centre: (i32, i32), radius: i32, line: i32) -> Vec<Piece> {
    let disc = |radius: i32, colour| {
        let place = Rect::new(centre.0 - radius, centre.1 - radius, 2 * radius, 2 * radius);
        Piece::Round(place, radius, colour)
    };
    vec![disc(radius, WHITE), disc(radius - line, GROUND)]
}

/// Lines through the whole picture at even distances from its centre.
fn grid(whole: Rect, centre: (i32, i32), every: i32) -> Vec<Piece> {
    let columns = (centre.0 % every..whole.w).step_by(usize::try_from(every).unwrap_or(1));
    let rows = (centre.1 % every..whole.h).step_by(usize::try_from(every).unwrap_or(1));
    let mut pieces: Vec<Piece> = columns
        .map(|x| Piece::Fill(Rect::new(x, 0, 1, whole.h), GRID))
        .collect();
    pieces.extend(rows.map(|y| Piece::Fill(Rect::new(0, y, whole.w, 1), GRID)));
    pieces
}

/// Angles in the corners: the top left one is solid.
fn corners(desk: &Desk<'_>, whole: Rect) -> Vec<Piece> {
    let (arm, line, inset) = (desk.px(72).max(4), desk.px(6).max(1), desk.px(16).max(2));
    let (right, bottom) = (whole.w - inset, whole.h - inset);
    let mut pieces = vec![Piece::Fill(Rect::new(inset, inset, arm, arm), WHITE)];
    for (x, y, left, top) in [
        (right, inset, false, true),
        (inset, bottom, true, false),
        (right, bottom, false, false),
    ] {
        let across = Rect::new(
            if left { x } else { x - arm },
            if top { y } else { y - line },
            arm,
            line,
        );
        let down = Rect::new(
            if left { x } else { x - line },
            if top { y } else { y - arm },
            line,
            arm,
        );
        pieces.extend([across, down].map(|rect| Piece::Fill(rect, WHITE)));
    }
    pieces
}

/// A checkerboard beside the grey that gives as much light.
fn gamma(place: Rect) -> Vec<Piece> {
    let left = Rect {
        w: place.h * 2,
        x: place.x + place.w / 2 - place.h * 2,
        ..place
    };
    let right = Rect {
        x: place.x + place.w / 2,
        ..left
    };
    let mut pieces = checkerboard(left, WHITE);
    pieces.push(Piece::Fill(right, HALF_LIGHT));
    pieces
}

/// The middle of a screen's card, from top to bottom.
struct Column<'d, 'a> {
    desk: &'d Desk<'a>,
    left: i32,
    width: i32,
    top: i32,
    pieces: Vec<Piece>,
}

impl Column<'_, '_> {
    fn say(&mut self, told: &str, size: i32, bold: bool) {
        let sizes = [size, size * 3 / 4, size / 2].map(|size| self.desk.px(size).max(12));
        let style = Style {
            px: sizes[0],
            bold,
            lang: Lang::ZhHans,
        };
        for line in text::fit(self.desk.fonts, told, style, &sizes, self.width, 1) {
            let height = line.em * 140 / 100;
            // The ring and the grid do not run through words.
            let x = self.left + (self.width - line.width) / 2;
            let pad = line.em / 4;
            self.pieces.push(Piece::Fill(
                Rect::new(x - pad, self.top, line.width + 2 * pad, height),
                GROUND,
            ));
            self.pieces.push(Piece::text(x, self.top, height, &line, WHITE));
            self.top += height;
        }
    }

    fn strip(&mut self, height: i32, draw: impl Fn(Rect) -> Vec<Piece>) {
        let height = self.desk.px(height).max(1);
        let place = Rect::new(self.left, self.top, self.width, height);
        self.pieces.extend(draw(place));
        self.top += height;
    }

    fn space(&mut self, height: i32) {
        self.top += self.desk.px(height);
    }
}

/// The card of lamps: as much of it as there is room for inside the border.
pub(crate) fn lamps(bulbs: &Bulbs<'_>, profile: &str) -> Vec<Piece> {
    let whole = Rect::new(0, 0, bulbs.width(), bulbs.height());
    let light = bulbs.lights.text;
    let mut pieces = Vec::new();
    let inner = Rect::new(1, 1, whole.w - 2, whole.h - 2);
    if inner.h >= 2 * CELL {
        let (upper, lower) = (inner.h / 2, inner.h - inner.h / 2);
        pieces.extend(patches(
            bulbs,
            Rect {
                h: lower,
                y: inner.y + upper,
                ..inner
            },
        ));
        pieces.extend(words(bulbs, Rect { h: upper, ..inner }, profile));
    } else if inner.w >= 2 && inner.h >= 2 {
        let line = bulbs.line(&size(bulbs.panel), 1);
        // A line of text and, right of it, everything else.
        let text = if line.width + 2 <= inner.w / 2 && inner.h >= CELL - 2 {
            line.width + 4
        } else {
            0
        };
        if text > 0 {
            pieces.push(Piece::text(3, 0, whole.h, &line, light));
        }
        let rest = Rect::new(inner.x + text, inner.y, inner.w - text, inner.h);
        pieces.extend(patches(bulbs, rest));
    }
    pieces.extend(border(whole, light));
    // The first lamp's corner is the one with a block.
    let block = (whole.h / 5).clamp(1, 6).min(whole.w);
    pieces.push(Piece::Fill(Rect::new(0, 0, block, block), bulbs.lights.strong));
    pieces
}

/// The size and the profile's name, on as many lines as there are.
fn words(bulbs: &Bulbs<'_>, place: Rect, profile: &str) -> Vec<Piece> {
    let rows = usize::try_from(place.h / CELL).unwrap_or(0);
    let told = [size(bulbs.panel), profile.to_owned(), "上 TOP".to_owned()];
    let lines: Vec<TextLine> = told
        .iter()
        .map(|told| bulbs.line(told, 1))
        .filter(|line| line.width > 0 && line.width + 12 <= place.w)
        .take(rows)
        .collect();
    super::sign::stacked_in(&lines, place, bulbs.lights.text)
}

/// Colours, greys, every second lamp, a diagonal: side by side, each as wide as the others.
fn patches(bulbs: &Bulbs<'_>, place: Rect) -> Vec<Piece> {
    let light = bulbs.lights.text;
    let full = bulbs.panel.colour == ColourDepth::Full;
    // Two rows of patches where greys have room for a row of their own.
    let (place, greys) = if full && place.h >= 12 {
        let half = place.h / 2;
        let greys = Rect { h: half, ..place };
        (
            Rect {
                y: place.y + half,
                h: place.h - half,
                ..place
            },
            Some(greys),
        )
    } else {
        (place, None)
    };
    let steps = [256, 64, 32, 16]
        .into_iter()
        .find(|steps| place.w >= *steps)
        .unwrap_or(8);
    let mut pieces: Vec<Piece> = greys.iter().flat_map(|greys| ramp(*greys, steps)).collect();
    let third = place.w / 3;
    let at = |number: i32, width: i32| Rect::new(place.x + number * third, place.y, width, place.h);
    pieces.extend(match bulbs.panel.colour {
        ColourDepth::Full => bars(at(0, third), &BARS),
        ColourDepth::Tri => bars(at(0, third), &[RED, GREEN, YELLOW]),
        ColourDepth::Mono => columns(at(0, third), light),
    });
    pieces.extend(checkerboard(at(1, third), light));
    pieces.extend(diagonal(at(2, place.w - 2 * third), light));
    pieces
}

/// Every second column.
fn columns(place: Rect, light: Rgb) -> Vec<Piece> {
    let column = |x: i32| Piece::Fill(Rect::new(place.x + x, place.y, 1, place.h), light);
    (0..place.w).step_by(2).map(column).collect()
}
