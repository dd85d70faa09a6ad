//! Fetching over HTTP for a fleet: a few threads take what all its displays want.

use heliograph_player::fetch;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const THREADS: usize = 4;

/// Called once with what came.
type Done = Box<dyn FnOnce(Result<Vec<u8>, String>) + Send>;

/// Something that a display wants.
pub(crate) struct Errand {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) most_bytes: usize,
    pub(crate) within: Duration,
    pub(crate) done: Done,
}

/// The threads that fetch. They end when every clone of this is dropped and what they fetch has come.
#[derive(Clone)]
pub(crate) struct Fetchers(Sender<Errand>);

impl Fetchers {
    pub(crate) fn start() -> io::Result<Self> {
        let (errands, inbox) = channel();
        let inbox = Arc::new(Mutex::new(inbox));
        for _ in 0..THREADS {
            let inbox = Arc::clone(&inbox);
            let thread = std::thread::Builder::new().name("fetch".to_owned());
            thread.spawn(move || while run_one(&inbox) {})?;
        }
        Ok(Self(errands))
    }

    pub(crate) fn send(&self, errand: Errand) {
        if let Err(unsent) = self.0.send(errand) {
            (unsent.0.done)(Err("no thread fetches".to_owned()));
        }
    }
}

/// Fetches one thing; false when nobody can want another.
fn run_one(inbox: &Mutex<Receiver<Errand>>) -> bool {
    let next = inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
    let Ok(errand) = next else { return false };
    // Without anyone to trust: a fleet speaks plainly with a hub nearby.
    let result = fetch::fetch(&errand.url, &errand.token, None, errand.most_bytes, errand.within);
    (errand.done)(result);
    true
}
