//! Tells when frames were handed to the sink: for measuring, and hidden from everyone else.

use super::say;
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use heliograph_sink::{Sink, SinkError};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Moment;

/// Says a word at the first frame.
#[derive(Default)]
pub(super) struct Teller {
    told: bool,
}

impl Sink for Teller {
    fn name(&self) -> &str {
        "teller"
    }

    fn show(&mut self, _frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        if !self.told {
            self.told = true;
            say("first frame");
        }
        Ok(())
    }
}

/// Writes the moment of every frame to a file: nanoseconds since the start, eight bytes each, little-endian.
pub(super) struct Moments {
    path: PathBuf,
    file: BufWriter<File>,
    begun: Moment,
    frames: u32,
}

impl Moments {
    pub(super) fn new(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(File::create(path)?),
            begun: Moment::now(),
            frames: 0,
        })
    }
}

impl Sink for Moments {
    fn name(&self) -> &str {
        "moments"
    }

    fn show(&mut self, _frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        let nanos = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.frames += 1;
        let mut written = self.file.write_all(&nanos.to_le_bytes());
        // The process ends by being killed: what is buffered then is lost, and that is at most a second of it.
        if written.is_ok() && self.frames.is_multiple_of(60) {
            written = self.file.flush();
        }
        written.map_err(|cause| SinkError::File {
            path: self.path.clone(),
            cause,
        })
    }
}
