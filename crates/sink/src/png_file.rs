//! The newest frame as a PNG file: for other programs, and for looking at.

use crate::{Sink, SinkError, encode};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Writes the newest frame to a file, on a thread of its own. The file is always whole: it is written beside and renamed.
pub struct PngSink {
    name: String,
    path: PathBuf,
    slot: Arc<Slot>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Slot {
    waiting: Mutex<Waiting>,
    woken: Condvar,
}

#[derive(Default)]
struct Waiting {
    frame: Option<Arc<Frame>>,
    closed: bool,
    fault: Option<std::io::Error>,
}

impl PngSink {
    /// A sink that writes `path`.
    ///
    /// # Errors
    /// When the machine refuses a thread.
    pub fn new(path: &Path) -> Result<Self, SinkError> {
        let slot = Arc::new(Slot::default());
        let (theirs, to) = (Arc::clone(&slot), path.to_owned());
        let thread = std::thread::Builder::new()
            .name("png-sink".to_owned())
            .spawn(move || theirs.work(&to))
            .map_err(SinkError::Machine)?;
        Ok(Self {
            name: format!("png:{}", path.display()),
            path: path.to_owned(),
            slot,
            thread: Some(thread),
        })
    }
}

impl Slot {
    fn work(&self, path: &Path) {
        while let Some(frame) = self.next() {
            if let Err(cause) = write(path, &encode::png(&frame)) {
                self.waiting.lock().unwrap_or_else(PoisonError::into_inner).fault = Some(cause);
            }
        }
    }

    /// The newest frame; `None` once the sink is closed and nothing waits.
    fn next(&self) -> Option<Arc<Frame>> {
        let guard = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = |waiting: &mut Waiting| waiting.frame.is_none() && !waiting.closed;
        let mut waiting = self
            .woken
            .wait_while(guard, nothing)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.frame.take()
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // The rename would put a picture in the place of /dev/stdout, and for everybody.
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return Err(std::io::Error::other("something that is not a file is there"));
    }
    let beside = path.with_extension("png.new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

impl Sink for PngSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        let mut waiting = self.slot.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.frame = Some(Arc::clone(frame));
        let fault = waiting.fault.take();
        drop(waiting);
        self.slot.woken.notify_one();
        fault.map_or(Ok(()), |cause| {
            Err(SinkError::File {
                path: self.path.clone(),
                cause,
            })
        })
    }
}

/// The last frame is still written.
impl Drop for PngSink {
    fn drop(&mut self) {
        self.slot.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.slot.woken.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_picture_takes_the_place_of_a_file_and_of_nothing_else() {
        let folder = std::env::temp_dir().join(format!("heliograph-png-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (socket, file) = (folder.join("socket"), folder.join("picture.png"));
        let _listening = UnixListener::bind(&socket).unwrap();
        assert!(write(&socket, b"x").is_err() && !socket.metadata().unwrap().is_file());
        for bytes in [b"first", b"again"] {
            write(&file, bytes).unwrap();
            assert_eq!(std::fs::read(&file).unwrap(), bytes);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
