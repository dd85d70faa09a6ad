//! How a frame is laid on a screen of another size: whole steps up, averaged down, turned as the screen hangs.
//!
//! Whole numbers throughout, so that the same frame gives the same light on every machine. A frame of the screen's own
//! size is passed on pixel for pixel.

use heliograph_scene::Frame;

/// Bytes of a pixel on a screen: blue, green, red and one that means nothing (XRGB8888, little-endian), as X11, Wayland
/// and DRM take it.
pub const PIXEL_BYTES: usize = 4;

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
}

/// By how much pictures are turned, clockwise, because the screen hangs turned the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    /// It hangs as it was built.
    #[default]
    None,
    /// 90°.
    Right,
    /// 180°.
    Half,
    /// 270°.
    Left,
}

impl Turn {
    /// The turn of so many degrees; `None` for what is no quarter.
    #[must_use]
    pub fn from_degrees(degrees: &str) -> Option<Self> {
        match degrees {
            "0" => Some(Self::None),
            "90" => Some(Self::Right),
            "180" => Some(Self::Half),
            "270" => Some(Self::Left),
            _ => None,
        }
    }

    fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Right | Self::Left => (height, width),
        }
    }

    /// Where the pixel (`u`, `v`) of the turned picture is in a frame of `(width, height)`.
    fn source(self, (width, height): (u32, u32), u: u32, v: u32) -> (u32, u32) {
        match self {
            Self::None => (u, v),
            Self::Right => (v, height - 1 - u),
            Self::Half => (width - 1 - u, height - 1 - v),
            Self::Left => (width - 1 - v, u),
        }
    }

    /// Where an area of a frame of `(width, height)` is in the turned picture.
    fn area(self, (width, height): (u32, u32), of: Area) -> Area {
        let (right, bottom) = (of.x + of.width_px, of.y + of.height_px);
        let (x, y) = match self {
            Self::None => (of.x, of.y),
            Self::Right => (height - bottom, of.x),
            Self::Half => (width - right, height - bottom),
            Self::Left => (of.y, width - right),
        };
        let (width_px, height_px) = self.size((of.width_px, of.height_px));
        Area {
            x,
            y,
            width_px,
            height_px,
        }
    }
}

/// Where the pixels of a screen come from, for frames of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    turn: Turn,
    /// Of the frame, as it was drawn.
    frame: (u32, u32),
    /// Of the screen.
    screen: (u32, u32),
    /// Where the picture is on the screen.
    place: Area,
    /// Of each column and each row of the place, the columns and rows of the turned picture that it shows.
    columns: Vec<(u32, u32)>,
    rows: Vec<(u32, u32)>,
}

impl Fit {
    /// Lays frames of `frame` (width, height) on a screen of `screen`: in whole steps where the screen is larger, as
    /// large as it goes where it is smaller, in the middle, black around.
    #[must_use]
    pub fn new(frame: (u32, u32), screen: (u32, u32), turn: Turn) -> Self {
        let picture = turn.size(frame);
        let (width_px, height_px) = shown_size(picture, screen);
        let place = Area {
            x: (screen.0 - width_px) / 2,
            y: (screen.1 - height_px) / 2,
            width_px,
            height_px,
        };
        Self {
            turn,
            frame,
            screen,
            place,
            columns: spans(picture.0, width_px),
            rows: spans(picture.1, height_px),
        }
    }

    /// Whether it is made for such frames and such a screen.
    #[must_use]
    pub fn is_for(&self, frame: (u32, u32), screen: (u32, u32)) -> bool {
        self.frame == frame && self.screen == screen
    }

    /// Where the picture is on the screen.
    #[must_use]
    pub fn place(&self) -> Area {
        self.place
    }

    /// The whole screen.
    #[must_use]
    pub fn screen(&self) -> Area {
        Area {
            x: 0,
            y: 0,
            width_px: self.screen.0,
            height_px: self.screen.1,
        }
    }

    /// The part of the screen that shows an area of the frame.
    #[must_use]
    pub fn cover(&self, of: Area) -> Area {
        let of = self.turn.area(self.frame, of);
        let (left, right) = covered(&self.columns, of.x, of.width_px);
        let (top, bottom) = covered(&self.rows, of.y, of.height_px);
        Area {
            x: self.place.x + left,
            y: self.place.y + top,
            width_px: right - left,
            height_px: bottom - top,
        }
    }

    /// Row `y` of the screen from column `x` on, as many pixels as `out` has room for. Black where the picture is not.
    pub fn row(&self, frame: &Frame, x: u32, y: u32, out: &mut [u8]) {
        let place = self.place;
        let row = y.checked_sub(place.y).and_then(|v| self.rows.get(v as usize));
        let Some(row) = row.filter(|_| self.frame == (frame.width_px(), frame.height_px())) else {
            return out.fill(0);
        };
        // Black to the left of the picture, the picture, black to the right.
        let pixels = out.len() / PIXEL_BYTES;
        let left = (place.x.saturating_sub(x) as usize).min(pixels);
        let from = (x.saturating_sub(place.x) as usize).min(self.columns.len());
        let shown = (pixels - left).min(self.columns.len() - from);
        let (before, rest) = out.split_at_mut(left * PIXEL_BYTES);
        let (picture, after) = rest.split_at_mut(shown * PIXEL_BYTES);
        before.fill(0);
        after.fill(0);
        self.sample(frame, &self.columns[from..from + shown], *row, picture);
    }

    fn sample(&self, frame: &Frame, columns: &[(u32, u32)], row: (u32, u32), out: &mut [u8]) {
        let picture = self.turn.size(self.frame);
        let pixels = out.chunks_exact_mut(PIXEL_BYTES);
        if self.turn == Turn::None && (self.place.width_px, self.place.height_px) == picture {
            let begin = (row.0 as usize * self.frame.0 as usize + columns.first().map_or(0, |c| c.0 as usize)) * 3;
            for (pixel, rgb) in pixels.zip(frame.rgb()[begin..].chunks_exact(3)) {
                pixel.copy_from_slice(&[rgb[2], rgb[1], rgb[0], 0]);
            }
            return;
        }
        let grown = self.place.width_px >= picture.0;
        for (pixel, column) in pixels.zip(columns) {
            let mean = if grown {
                self.one(frame, column.0, row.0)
            } else {
                self.average(frame, *column, row)
            };
            pixel.copy_from_slice(&mean);
        }
    }

    /// The pixel of the frame in this column and row of the turned picture.
    fn one(&self, frame: &Frame, column: u32, row: u32) -> [u8; PIXEL_BYTES] {
        let (x, y) = self.turn.source(self.frame, column, row);
        let at = (y as usize * self.frame.0 as usize + x as usize) * 3;
        let rgb = &frame.rgb()[at..at + 3];
        [rgb[2], rgb[1], rgb[0], 0]
    }

    /// The mean of the frame's pixels in these columns and rows of the turned picture.
    fn average(&self, frame: &Frame, columns: (u32, u32), rows: (u32, u32)) -> [u8; PIXEL_BYTES] {
        let mut sum = [0u64; 3];
        for v in rows.0..rows.1 {
            for u in columns.0..columns.1 {
                let (x, y) = self.turn.source(self.frame, u, v);
                let at = (y as usize * self.frame.0 as usize + x as usize) * 3;
                for (total, value) in sum.iter_mut().zip(&frame.rgb()[at..at + 3]) {
                    *total += u64::from(*value);
                }
            }
        }
        let count = u64::from(rows.1 - rows.0) * u64::from(columns.1 - columns.0);
        let [red, green, blue] = sum.map(|total| u8::try_from((total + count / 2) / count).unwrap_or(u8::MAX));
        [blue, green, red, 0]
    }
}

/// How large a picture is shown.
fn shown_size(picture: (u32, u32), screen: (u32, u32)) -> (u32, u32) {
    if picture.0 == 0 || picture.1 == 0 || screen.0 == 0 || screen.1 == 0 {
        return (0, 0);
    }
    let steps = (screen.0 / picture.0).min(screen.1 / picture.1);
    if steps > 0 {
        return (picture.0 * steps, picture.1 * steps);
    }
    let [pw, ph, sw, sh] = [picture.0, picture.1, screen.0, screen.1].map(u64::from);
    // Never wider or taller than the screen, so the quotients fit.
    let part = |of: u64, by: u64, to: u64| u32::try_from(of * by / to).unwrap_or(u32::MAX).max(1);
    if sw * ph <= sh * pw {
        (screen.0, part(ph, sw, pw))
    } else {
        (part(pw, sh, ph), screen.1)
    }
}

/// For each of `to` places the part `from..until` of `of` that falls to it, never none.
fn spans(of: u32, to: u32) -> Vec<(u32, u32)> {
    let at = |n: u32| u32::try_from(u64::from(n) * u64::from(of) / u64::from(to)).unwrap_or(u32::MAX);
    (0..to).map(|n| (at(n), at(n + 1).max(at(n) + 1))).collect()
}

/// The places that show any of `from..from + count`.
fn covered(spans: &[(u32, u32)], from: u32, count: u32) -> (u32, u32) {
    let first = spans.partition_point(|span| span.1 <= from);
    let end = spans.partition_point(|span| span.0 < from.saturating_add(count));
    let index = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (index(first.min(end)), index(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_scene::Rgb;

    /// A frame of letters: `R`, `G`, `B`, `W` and `.` for black.
    fn frame(rows: &[&str]) -> Frame {
        let (width, height) = (
            u32::try_from(rows[0].len()).unwrap(),
            u32::try_from(rows.len()).unwrap(),
        );
        let mut frame = Frame::filled(width, height, Rgb(0, 0, 0));
        for (y, row) in (0..).zip(rows) {
            for (x, letter) in (0..).zip(row.chars()) {
                frame.set_pixel(x, y, colour(letter));
            }
        }
        frame
    }

    fn colour(letter: char) -> Rgb {
        match letter {
            'R' => Rgb(255, 0, 0),
            'G' => Rgb(0, 255, 0),
            'B' => Rgb(0, 0, 255),
            'W' => Rgb(255, 255, 255),
            '.' => Rgb(0, 0, 0),
            other => panic!("no colour for {other}"),
        }
    }

    fn picture(frame: &Frame, screen: (u32, u32), turn: Turn) -> Vec<String> {
        let fit = Fit::new((frame.width_px(), frame.height_px()), screen, turn);
        let letter = |pixel: &[u8]| match pixel {
            [0, 0, 255, 0] => 'R',
            [0, 255, 0, 0] => 'G',
            [255, 0, 0, 0] => 'B',
            [255, 255, 255, 0] => 'W',
            [0, 0, 0, 0] => '.',
            _ => '?',
        };
        let mut row = vec![9; screen.0 as usize * PIXEL_BYTES];
        (0..screen.1)
            .map(|y| {
                fit.row(frame, 0, y, &mut row);
                row.chunks(PIXEL_BYTES).map(letter).collect()
            })
            .collect()
    }

    #[test]
    fn a_small_frame_grows_in_whole_steps_and_stands_in_the_middle() {
        let small = frame(&["RG", "BW"]);
        assert_eq!(picture(&small, (2, 2), Turn::None), ["RG", "BW"]);
        assert_eq!(
            picture(&small, (7, 5), Turn::None),
            [".RRGG..", ".RRGG..", ".BBWW..", ".BBWW..", "......."]
        );
        assert_eq!(picture(&small, (3, 2), Turn::None), ["RG.", "BW."]);
    }

    #[test]
    fn a_large_frame_is_averaged_down_with_bars() {
        let large = frame(&["RRGG", "RRGG"]);
        assert_eq!(picture(&large, (2, 4), Turn::None), ["..", "RG", "..", ".."]);
        let mixed = Fit::new((2, 2), (1, 1), Turn::None);
        let mut pixel = [0; 4];
        mixed.row(&frame(&["RG", "BW"]), 0, 0, &mut pixel);
        assert_eq!(pixel, [128, 128, 128, 0], "a quarter of each, rounded");
    }

    #[test]
    fn a_screen_on_its_side_gets_its_picture_turned() {
        let wide = frame(&["RGB", "W.."]);
        assert_eq!(picture(&wide, (2, 3), Turn::Right), ["WR", ".G", ".B"]);
        assert_eq!(picture(&wide, (2, 3), Turn::Left), ["B.", "G.", "RW"]);
        assert_eq!(picture(&wide, (3, 2), Turn::Half), ["..W", "BGR"]);
    }

    #[test]
    fn painting_what_changed_is_as_good_as_painting_all() {
        let before = Frame::filled(13, 9, Rgb(10, 20, 30));
        for turn in [Turn::None, Turn::Right, Turn::Half, Turn::Left] {
            for screen in [(13, 9), (9, 13), (40, 30), (7, 6), (1, 1), (5, 60)] {
                let fit = Fit::new((13, 9), screen, turn);
                for (x, y, width_px, height_px) in [(0, 0, 13, 9), (12, 8, 1, 1), (3, 2, 5, 1), (0, 4, 1, 5)] {
                    let mut after = before.clone();
                    for (dx, dy) in (0..height_px).flat_map(|dy| (0..width_px).map(move |dx| (dx, dy))) {
                        after.set_pixel(x + dx, y + dy, Rgb(200, 100, 50));
                    }
                    let area = Area {
                        x,
                        y,
                        width_px,
                        height_px,
                    };
                    let mut painted = whole(&fit, &before);
                    paint(&fit, &after, fit.cover(area), &mut painted);
                    assert_eq!(painted, whole(&fit, &after), "{turn:?} {screen:?} {area:?}");
                }
            }
        }
    }

    fn whole(fit: &Fit, frame: &Frame) -> Vec<u8> {
        let all = fit.screen();
        let mut out = vec![7; all.width_px as usize * all.height_px as usize * PIXEL_BYTES];
        paint(fit, frame, all, &mut out);
        out
    }

    fn paint(fit: &Fit, frame: &Frame, area: Area, out: &mut [u8]) {
        let stride = fit.screen().width_px as usize * PIXEL_BYTES;
        for y in area.y..area.y + area.height_px {
            let begin = y as usize * stride + area.x as usize * PIXEL_BYTES;
            fit.row(
                frame,
                area.x,
                y,
                &mut out[begin..begin + area.width_px as usize * PIXEL_BYTES],
            );
        }
    }

    #[test]
    fn nothing_is_asked_of_frames_and_screens_without_pixels_or_without_end() {
        for (frame, screen) in [
            ((0, 5), (10, 10)),
            ((5, 5), (0, 0)),
            ((1, u32::MAX), (64, 64)),
            ((u32::MAX, 1), (64, 64)),
        ] {
            let fit = Fit::new(frame, screen, Turn::None);
            assert!(fit.place().width_px <= screen.0 && fit.place().height_px <= screen.1);
        }
        // A frame of another size than the fit was made for is not read beyond its end.
        let fit = Fit::new((100, 100), (10, 10), Turn::None);
        let mut row = [1; 40];
        fit.row(&Frame::filled(2, 2, Rgb(1, 1, 1)), 0, 5, &mut row);
        assert_eq!(row, [0; 40]);
    }
}
