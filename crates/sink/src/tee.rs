//! Several sinks as one.

use crate::{Sink, SinkError};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::sync::Arc;

/// Shows every frame on each of its sinks; one that fails does not keep the others from showing.
pub struct Tee {
    name: String,
    sinks: Vec<Box<dyn Sink>>,
}

impl Tee {
    /// Several sinks as one.
    #[must_use]
    pub fn new(sinks: Vec<Box<dyn Sink>>) -> Self {
        let names: Vec<&str> = sinks.iter().map(|sink| sink.name()).collect();
        Self {
            name: format!("tee({})", names.join(", ")),
            sinks,
        }
    }
}

impl Sink for Tee {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, at: Instant) -> Result<(), SinkError> {
        let mut outcome = Ok(());
        for sink in &mut self.sinks {
            let shown = sink.show(frame, at);
            if outcome.is_ok() {
                outcome = shown;
            }
        }
        outcome
    }
}
