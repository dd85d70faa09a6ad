//! Drawing on a frame: rectangles, masks, nothing outside. Blending is in whole numbers.

use crate::font::FontSet;
use crate::frame::{Frame, Rgb};
use crate::text::{self, Mask, TextLine};
use heliograph_picture::Picture;
use std::sync::Arc;

/// A rectangle in pixels; parts outside the frame are not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) w: i32,
    pub(crate) h: i32,
}

impl Rect {
    pub(crate) fn new(x: i32, y: i32, w: i32, h: i32) -> Self {
        Self { x, y, w, h }
    }

    pub(crate) fn right(&self) -> i32 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> i32 {
        self.y + self.h
    }

    /// The part of both; without extent when they do not meet.
    pub(crate) fn meet(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let w = self.right().min(other.right()) - x;
        let h = self.bottom().min(other.bottom()) - y;
        Self {
            x,
            y,
            w: w.max(0),
            h: h.max(0),
        }
    }
}

/// One thing to draw. Lines and pictures are shared, and those that are the same one are not looked at to be found equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A plain rectangle.
    Fill(Rect, Rgb),
    /// A rectangle with round corners of a radius.
    Round(Rect, i32, Rgb),
    /// A line of text from `x` on, its baseline at `y`.
    Text {
        x: i32,
        y: i32,
        line: TextLine,
        colour: Rgb,
    },
    /// A line of text of which only what is inside a window is seen.
    Moving {
        window: Rect,
        x: i32,
        y: i32,
        line: TextLine,
        colour: Rgb,
    },
    /// A picture from its upper left corner on.
    Picture { x: i32, y: i32, picture: Arc<Picture> },
}

impl Piece {
    /// Where its ink may lie, and nowhere else: drawing keeps to it.
    pub(crate) fn bounds(&self) -> Rect {
        match self {
            Self::Fill(rect, _) | Self::Round(rect, ..) | Self::Moving { window: rect, .. } => *rect,
            // Ink that reaches out of its cells (accents above, long tails, slanted ends) stays within an em on every side.
            Self::Text { x, y, line, .. } => {
                Rect::new(x - line.em, y - 2 * line.em, line.width + 2 * line.em, 3 * line.em)
            }
            Self::Picture { x, y, picture } => {
                let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX / 2);
                Rect::new(*x, *y, side(picture.width_px()), side(picture.height_px()))
            }
        }
    }

    /// A line of text in a line box: the em stands in the middle of `height`.
    pub(crate) fn text(x: i32, top: i32, height: i32, line: &TextLine, colour: Rgb) -> Self {
        let y = line.baseline(top, height);
        Self::Text {
            x,
            y,
            line: line.clone(),
            colour,
        }
    }

    /// The same piece elsewhere.
    pub(crate) fn moved(self, dx: i32, dy: i32) -> Self {
        let shift = |rect: Rect| Rect {
            x: rect.x + dx,
            y: rect.y + dy,
            ..rect
        };
        match self {
            Self::Fill(rect, colour) => Self::Fill(shift(rect), colour),
            Self::Round(rect, radius, colour) => Self::Round(shift(rect), radius, colour),
            Self::Text { x, y, line, colour } => Self::Text {
                x: x + dx,
                y: y + dy,
                line,
                colour,
            },
            Self::Moving {
                window,
                x,
                y,
                line,
                colour,
            } => Self::Moving {
                window: shift(window),
                x: x + dx,
                y: y + dy,
                line,
                colour,
            },
            Self::Picture { x, y, picture } => Self::Picture {
                x: x + dx,
                y: y + dy,
                picture,
            },
        }
    }
}

/// A frame being drawn on, within a clip.
pub(crate) struct Canvas<'f> {
    frame: &'f mut Frame,
    fonts: &'f FontSet,
    clip: Rect,
}

impl<'f> Canvas<'f> {
    /// A canvas on a frame that is there.
    pub(crate) fn on(frame: &'f mut Frame, fonts: &'f FontSet) -> Self {
        let clip = whole(frame);
        Self { frame, fonts, clip }
    }

    pub(crate) fn draw(&mut self, pieces: &[Piece]) {
        let whole = self.clip;
        for piece in pieces {
            self.clip = whole.meet(piece.bounds());
            if self.clip.w == 0 || self.clip.h == 0 {
                continue;
            }
            match piece {
                Piece::Fill(rect, colour) => self.fill(*rect, *colour),
                Piece::Round(rect, radius, colour) => self.round(*rect, *radius, *colour),
                Piece::Text { x, y, line, colour } | Piece::Moving { x, y, line, colour, .. } => {
                    self.text(*x, *y, line, *colour);
                }
                Piece::Picture { x, y, picture } => self.picture(*x, *y, picture),
            }
        }
        self.clip = whole;
    }

    /// Draws only what lies in a rectangle.
    pub(crate) fn draw_within(&mut self, window: Rect, pieces: &[Piece]) {
        let whole = self.clip;
        self.clip = whole.meet(window);
        self.draw(pieces);
        self.clip = whole;
    }

    pub(crate) fn fill(&mut self, rect: Rect, colour: Rgb) {
        let rect = rect.meet(self.clip);
        if rect.w == 0 {
            return;
        }
        for y in rect.y..rect.bottom() {
            let row = self.row(y, rect.x, rect.w);
            for pixel in row.as_chunks_mut::<3>().0 {
                *pixel = [colour.0, colour.1, colour.2];
            }
        }
    }

    /// The bytes of `w` pixels of a row; the caller has clipped.
    fn row(&mut self, y: i32, x: i32, w: i32) -> &mut [u8] {
        let at = |n: i32| usize::try_from(n).unwrap_or(0);
        let start = (at(y) * self.frame.width_px() as usize + at(x)) * 3;
        &mut self.frame.rgb_mut()[start..start + at(w) * 3]
    }

    /// A picture from `(x, y)` on; what is outside is not drawn.
    fn picture(&mut self, x: i32, y: i32, picture: &Picture) {
        let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX / 2);
        let whole = Rect::new(x, y, side(picture.width_px()), side(picture.height_px()));
        let seen = whole.meet(self.clip);
        if seen.w == 0 {
            return;
        }
        let at = |n: i32| usize::try_from(n).unwrap_or(0);
        for y in seen.y..seen.bottom() {
            let from = picture.row(u32::try_from(y - whole.y).unwrap_or(0));
            let start = at(seen.x - whole.x) * 3;
            if let Some(bytes) = from.get(start..start + at(seen.w) * 3) {
                self.row(y, seen.x, seen.w).copy_from_slice(bytes);
            }
        }
    }

    fn round(&mut self, rect: Rect, radius: i32, colour: Rgb) {
        let radius = radius.min(rect.w / 2).min(rect.h / 2);
        if radius <= 0 {
            return self.fill(rect, colour);
        }
        self.fill(
            Rect {
                y: rect.y + radius,
                h: rect.h - 2 * radius,
                ..rect
            },
            colour,
        );
        for (y, h) in [(rect.y, radius), (rect.bottom() - radius, radius)] {
            self.fill(Rect::new(rect.x + radius, y, rect.w - 2 * radius, h), colour);
        }
        for down in 0..radius {
            for across in 0..radius {
                let alpha = corner(radius, across, down);
                let (left, right) = (rect.x + across, rect.right() - 1 - across);
                let (top, bottom) = (rect.y + down, rect.bottom() - 1 - down);
                for (x, y) in [(left, top), (right, top), (left, bottom), (right, bottom)] {
                    self.blend_at(x, y, alpha, colour);
                }
            }
        }
    }

    fn blend_at(&mut self, x: i32, y: i32, alpha: u8, colour: Rgb) {
        let place = Rect::new(x, y, 1, 1).meet(self.clip);
        if place.w == 1 && place.h == 1 {
            blend(self.row(y, x, 1), alpha, colour);
        }
    }

    fn text(&mut self, x: i32, y: i32, line: &TextLine, colour: Rgb) {
        // A margin of two ems on either side covers whatever reaches out of its cell.
        let (from, until) = (self.clip.x - 2 * line.em, self.clip.right() + 2 * line.em);
        for (dx, dy, glyph) in line.glyphs.iter() {
            let pen = x + dx;
            if pen > from && pen < until {
                self.mask(pen, y - dy, &text::mask(self.fonts, *glyph), colour);
            }
        }
    }

    fn mask(&mut self, x: i32, y: i32, mask: &Mask, colour: Rgb) {
        let whole = Rect::new(x + mask.left, y - mask.top, mask.width, mask.height);
        let seen = whole.meet(self.clip);
        if seen.w == 0 || seen.h == 0 {
            return;
        }
        let at = |n: i32| usize::try_from(n).unwrap_or(0);
        for y in seen.y..seen.bottom() {
            let start = at(y - whole.y) * at(whole.w) + at(seen.x - whole.x);
            let Some(alphas) = mask.alpha.get(start..start + at(seen.w)) else {
                return;
            };
            let row = self.row(y, seen.x, seen.w);
            for (pixel, alpha) in row.as_chunks_mut::<3>().0.iter_mut().zip(alphas) {
                match alpha {
                    0 => {}
                    255 => *pixel = [colour.0, colour.1, colour.2],
                    alpha => blend(pixel, *alpha, colour),
                }
            }
        }
    }
}

/// The rectangle of a whole frame.
pub(crate) fn whole(frame: &Frame) -> Rect {
    let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    Rect::new(0, 0, side(frame.width_px()), side(frame.height_px()))
}

/// Where two drawings differ: places outside of these rectangles look the same in both. A drawing is its pieces in order,
/// the first of which covers the ground.
pub(crate) fn damage(before: &[Piece], after: &[Piece]) -> Vec<Rect> {
    if before.len() == after.len() {
        let differ = before.iter().zip(after).filter(|(old, new)| old != new);
        return differ.flat_map(|(old, new)| [old.bounds(), new.bounds()]).collect();
    }
    let same = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let (before, after) = (&before[same..], &after[same..]);
    let ends = before.iter().rev().zip(after.iter().rev());
    let tail = ends.take_while(|(old, new)| old == new).count();
    let changed = before[..before.len() - tail].iter().chain(&after[..after.len() - tail]);
    changed.map(Piece::bounds).collect()
}

/// One rectangle around all; `None` around nothing.
pub(crate) fn around(rects: &[Rect]) -> Option<Rect> {
    let (first, rest) = rects.split_first()?;
    Some(rest.iter().fold(*first, |sum, rect| {
        let (x, y) = (sum.x.min(rect.x), sum.y.min(rect.y));
        Rect::new(
            x,
            y,
            sum.right().max(rect.right()) - x,
            sum.bottom().max(rect.bottom()) - y,
        )
    }))
}

fn blend(pixel: &mut [u8], alpha: u8, colour: Rgb) {
    let alpha = u32::from(alpha);
    for (byte, ink) in pixel.iter_mut().zip([colour.0, colour.1, colour.2]) {
        let mixed = u32::from(*byte) * (255 - alpha) + u32::from(ink) * alpha;
        *byte = ((mixed + 127) / 255) as u8;
    }
}

/// Coverage of a corner's pixel by the circle of `radius`, from 4 × 4 samples.
fn corner(radius: i32, across: i32, down: i32) -> u8 {
    let inside = |sub_x: i32, sub_y: i32| {
        // In eighths of a pixel, from the circle's centre to the sample.
        let x = radius * 8 - (across * 8 + sub_x * 2 + 1);
        let y = radius * 8 - (down * 8 + sub_y * 2 + 1);
        x * x + y * y <= radius * radius * 64
    };
    let hits = (0..16).filter(|n| inside(n % 4, n / 4)).count();
    u8::try_from(hits * 255 / 16).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_outside_the_frame_or_the_clip() {
        let fonts = FontSet::built_in();
        let mut frame = Frame::filled(8, 8, Rgb(0, 0, 0));
        Canvas::on(&mut frame, &fonts).draw(&[
            Piece::Fill(Rect::new(-5, -5, 100, 7), Rgb(9, 9, 9)),
            Piece::Round(Rect::new(4, 4, 100, 100), 3, Rgb(5, 5, 5)),
            Piece::Fill(Rect::new(3, 3, -1, 4), Rgb(7, 7, 7)),
        ]);
        assert_eq!((frame.pixel(7, 1), frame.pixel(0, 2)), (Rgb(9, 9, 9), Rgb(0, 0, 0)));
        assert_eq!((frame.pixel(7, 7), frame.pixel(4, 4)), (Rgb(5, 5, 5), Rgb(0, 0, 0)));
    }

    #[test]
    fn drawings_differ_where_their_pieces_do() {
        let fill = |x, colour| Piece::Fill(Rect::new(x, 0, 2, 2), Rgb(colour, 0, 0));
        let before = [fill(0, 1), fill(2, 2), fill(4, 3)];
        assert_eq!(damage(&before, &before), []);
        let moved = [fill(0, 1), fill(3, 2), fill(4, 3)];
        assert_eq!(around(&damage(&before, &moved)), Some(Rect::new(2, 0, 3, 2)));
        let gone = [fill(0, 1), fill(4, 3)];
        assert_eq!(damage(&before, &gone), [Rect::new(2, 0, 2, 2)]);
        assert_eq!(damage(&gone, &before), [Rect::new(2, 0, 2, 2)]);
        assert_eq!(around(&[]), None);
    }

    #[test]
    fn blending_reaches_both_ends_exactly() {
        let mut pixel = [10, 20, 30];
        blend(&mut pixel, 0, Rgb(255, 255, 255));
        assert_eq!(pixel, [10, 20, 30]);
        blend(&mut pixel, 255, Rgb(1, 2, 3));
        assert_eq!(pixel, [1, 2, 3]);
    }
}
