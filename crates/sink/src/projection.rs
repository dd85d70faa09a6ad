//! A frame on its way to a screen: how it lies there, and which parts of the screen it changes.

use crate::change::bands;
use crate::fit::{Area, Fit, Turn};
use heliograph_scene::Frame;
use std::sync::Arc;

/// So many areas wait to be painted; more become the whole screen.
const MOST_AREAS: usize = 32;

/// What a screen shows.
pub(crate) struct Projection {
    turn: Turn,
    screen: (u32, u32),
    frame: Option<Arc<Frame>>,
    fit: Fit,
}

impl Projection {
    /// Nothing yet, on a screen that hangs so.
    pub(crate) fn new(turn: Turn) -> Self {
        Self {
            turn,
            screen: (0, 0),
            frame: None,
            fit: Fit::new((0, 0), (0, 0), turn),
        }
    }

    /// The screen has this size from now on; all of it is to be painted.
    pub(crate) fn resize(&mut self, screen: (u32, u32)) -> Area {
        self.screen = screen;
        let size = self.frame.as_deref().map_or((0, 0), size);
        self.fit = Fit::new(size, screen, self.turn);
        self.fit.screen()
    }

    /// Whether there is a frame.
    pub(crate) fn is_lit(&self) -> bool {
        self.frame.is_some()
    }

    /// Shows this frame from now on; answers the parts of the screen that change.
    pub(crate) fn take(&mut self, frame: Arc<Frame>) -> Vec<Area> {
        let old = self.frame.replace(frame);
        let Some(new) = self.frame.as_deref() else {
            return Vec::new();
        };
        match old {
            Some(old) if self.fit.is_for(size(new), self.screen) => {
                bands(&old, new).into_iter().map(|band| self.fit.cover(band)).collect()
            }
            _ => vec![self.resize(self.screen)],
        }
    }

    /// Row `y` of the screen from column `x` on: as many pixels as `out` has room for.
    pub(crate) fn row(&self, x: u32, y: u32, out: &mut [u8]) {
        match &self.frame {
            Some(frame) => self.fit.row(frame, x, y, out),
            None => out.fill(0),
        }
    }

    /// Adds areas to those that wait for one of several buffers.
    pub(crate) fn owe(&self, waiting: &mut Vec<Area>, areas: &[Area]) {
        waiting.extend_from_slice(areas);
        if waiting.len() > MOST_AREAS {
            *waiting = vec![self.fit.screen()];
        }
    }
}

fn size(frame: &Frame) -> (u32, u32) {
    (frame.width_px(), frame.height_px())
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_scene::Rgb;

    #[test]
    fn only_what_changed_is_painted_again() {
        let mut projection = Projection::new(Turn::None);
        projection.resize((20, 20));
        let mut frame = Frame::filled(10, 10, Rgb(1, 1, 1));
        assert_eq!(projection.take(Arc::new(frame.clone())), [projection.fit.screen()]);
        assert_eq!(projection.take(Arc::new(frame.clone())), []);
        frame.set_pixel(3, 4, Rgb(2, 2, 2));
        let changed = Area {
            x: 6,
            y: 8,
            width_px: 2,
            height_px: 2,
        };
        assert_eq!(projection.take(Arc::new(frame)), [changed]);
        // A frame of another size is another fit.
        let other = Arc::new(Frame::filled(20, 10, Rgb(1, 1, 1)));
        assert_eq!(projection.take(other), [projection.fit.screen()]);
    }

    #[test]
    fn what_waits_does_not_grow_without_end() {
        let mut projection = Projection::new(Turn::None);
        let all = projection.resize((64, 64));
        let mut waiting = Vec::new();
        for _ in 0..1000 {
            projection.owe(&mut waiting, &[all, all, all]);
            assert!(waiting.len() <= MOST_AREAS);
        }
    }
}
