//! Frames in a terminal: two pixels a character, as upper half blocks in 24-bit colour.

use crate::{Sink, SinkError};
use heliograph_domain::Instant;
use heliograph_scene::{Frame, Rgb};
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Draws frames in a terminal, scaled down to its columns. A frame that looks like the last is not drawn again.
pub struct TerminalSink<W> {
    out: W,
    columns: u32,
    last: String,
}

impl<W: Write + Send> TerminalSink<W> {
    /// A sink that writes to `out` in at most `columns` columns.
    pub fn new(out: W, columns: u32) -> Self {
        Self {
            out,
            columns: columns.max(1),
            last: String::new(),
        }
    }
}

/// The frame in half blocks, line by line.
#[must_use]
pub fn half_blocks(frame: &Frame, columns: u32) -> String {
    let step = frame.width_px().div_ceil(columns.max(1)).max(1);
    let (width, height) = (frame.width_px() / step, frame.height_px() / step);
    let mut picture = String::new();
    for y in (0..height).step_by(2) {
        for x in 0..width {
            let (top, bottom) = (frame.pixel(x * step, y * step), frame.pixel(x * step, (y + 1) * step));
            let (Rgb(r, g, b), Rgb(s, h, c)) = (top, bottom);
            // Writing to a string does not fail.
            let _ = write!(picture, "\x1b[38;2;{r};{g};{b};48;2;{s};{h};{c}m▀");
        }
        picture.push_str("\x1b[0m\r\n");
    }
    picture
}

impl<W: Write + Send> Sink for TerminalSink<W> {
    fn name(&self) -> &str {
        "terminal"
    }

    fn show(&mut self, frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        let picture = half_blocks(frame, self.columns);
        if picture == self.last {
            return Ok(());
        }
        let drawn = write!(self.out, "\x1b[H{picture}").and_then(|()| self.out.flush());
        self.last = picture;
        drawn.map_err(|cause| SinkError::File {
            path: PathBuf::from("terminal"),
            cause,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_of_pixels_are_one_line() {
        let mut frame = Frame::filled(1, 2, Rgb(1, 2, 3));
        frame.set_pixel(0, 1, Rgb(4, 5, 6));
        assert_eq!(half_blocks(&frame, 80), "\x1b[38;2;1;2;3;48;2;4;5;6m▀\x1b[0m\r\n");
    }

    #[test]
    fn a_wide_frame_is_scaled_down_and_drawn_once() {
        let frame = Arc::new(Frame::filled(256, 64, Rgb(0, 0, 0)));
        let mut sink = TerminalSink::new(Vec::new(), 80);
        sink.show(&frame, Instant(0)).unwrap();
        let once = sink.out.len();
        sink.show(&frame, Instant(1)).unwrap();
        assert_eq!(sink.out.len(), once);
        let line = half_blocks(&frame, 80);
        assert_eq!(line.lines().next().unwrap().matches('▀').count(), 64);
    }
}
