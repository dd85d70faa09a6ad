//! Keeps frames for whoever wants to look: tests and measurements.

use crate::{Sink, SinkError};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

/// So many frames are kept.
const KEPT: usize = 512;

/// A frame that was shown.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The frame.
    pub frame: Arc<Frame>,
    /// The instant it shows.
    pub at: Instant,
    /// When the sink was handed it.
    pub handed: Moment,
}

/// The sink's end.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Tape>);

/// The looker's end.
#[derive(Debug, Clone)]
pub struct Recording(Arc<Tape>);

#[derive(Debug, Default)]
struct Tape {
    frames: Mutex<(VecDeque<Recorded>, u64)>,
    grown: Condvar,
}

impl Recorder {
    /// A recorder and what it records.
    #[must_use]
    #[allow(clippy::new_ret_no_self, reason = "the two ends are of no use without each other")]
    pub fn new() -> (Self, Recording) {
        let tape = Arc::new(Tape::default());
        (Self(Arc::clone(&tape)), Recording(tape))
    }
}

impl Recording {
    /// The frames that are kept, oldest first: the last 512.
    #[must_use]
    pub fn frames(&self) -> Vec<Recorded> {
        self.0
            .frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .iter()
            .cloned()
            .collect()
    }

    /// How many frames there have been.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.frames.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// The newest frame.
    #[must_use]
    pub fn last(&self) -> Option<Arc<Frame>> {
        let tape = self.0.frames.lock().unwrap_or_else(PoisonError::into_inner);
        tape.0.back().map(|recorded| Arc::clone(&recorded.frame))
    }

    /// Waits for a frame that `wanted` likes, those that are kept included.
    #[must_use]
    pub fn wait_for(&self, wanted: impl Fn(&Recorded) -> bool, timeout: Duration) -> Option<Recorded> {
        let until = Moment::now() + timeout;
        let mut tape = self.0.frames.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = tape.0.iter().find(|recorded| wanted(recorded)) {
                return Some(found.clone());
            }
            let left = until.checked_duration_since(Moment::now())?;
            tape = self
                .0
                .grown
                .wait_timeout(tape, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Sink for Recorder {
    fn name(&self) -> &str {
        "recorder"
    }

    fn show(&mut self, frame: &Arc<Frame>, at: Instant) -> Result<(), SinkError> {
        let mut tape = self.0.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if tape.0.len() == KEPT {
            tape.0.pop_front();
        }
        tape.0.push_back(Recorded {
            frame: Arc::clone(frame),
            at,
            handed: Moment::now(),
        });
        tape.1 += 1;
        drop(tape);
        self.0.grown.notify_all();
        Ok(())
    }
}
