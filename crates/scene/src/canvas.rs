//! Drawing on a frame: rectangles, masks, nothing outside. Blending is in whole numbers.

use crate::font::FontSet;
use crate::frame::{Frame, Rgb};
use crate::text::{self, Mask, TextLine};
use heliograph_picture::Picture;

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

    fn meet(self, other: Self) -> Self {
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

/// One thing to draw.
#[derive(Debug, Clone)]
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
}

impl Piece {
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
        }
    }
}

/// A frame being drawn on, within a clip.
pub(crate) struct Canvas<'f> {
    frame: Frame,
    fonts: &'f FontSet,
    clip: Rect,
}

impl<'f> Canvas<'f> {
    pub(crate) fn new(width: i32, height: i32, fonts: &'f FontSet, ground: Rgb) -> Self {
        let side = |n: i32| u32::try_from(n.max(0)).unwrap_or(0);
        Self {
            frame: Frame::filled(side(width), side(height), ground),
            fonts,
            clip: Rect::new(0, 0, width.max(0), height.max(0)),
        }
    }

    pub(crate) fn into_frame(self) -> Frame {
        self.frame
    }

    pub(crate) fn draw(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Fill(rect, colour) => self.fill(*rect, *colour),
                Piece::Round(rect, radius, colour) => self.round(*rect, *radius, *colour),
                Piece::Text { x, y, line, colour } => self.text(*x, *y, line, *colour),
            }
        }
    }

    /// Draws a line inside `window` only.
    pub(crate) fn text_within(&mut self, window: Rect, x: i32, y: i32, line: &TextLine, colour: Rgb) {
        let whole = self.clip;
        self.clip = whole.meet(window);
        self.text(x, y, line, colour);
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
    pub(crate) fn picture(&mut self, x: i32, y: i32, picture: &Picture) {
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
        let mut canvas = Canvas::new(8, 8, &fonts, Rgb(0, 0, 0));
        canvas.fill(Rect::new(-5, -5, 100, 7), Rgb(9, 9, 9));
        canvas.round(Rect::new(4, 4, 100, 100), 3, Rgb(5, 5, 5));
        canvas.fill(Rect::new(3, 3, -1, 4), Rgb(7, 7, 7));
        let frame = canvas.into_frame();
        assert_eq!((frame.pixel(7, 1), frame.pixel(0, 2)), (Rgb(9, 9, 9), Rgb(0, 0, 0)));
        assert_eq!((frame.pixel(7, 7), frame.pixel(4, 4)), (Rgb(5, 5, 5), Rgb(0, 0, 0)));
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
