//! The thread that writes the tables behind the segments, round by round.

use super::state::Direct;
use super::store::{Backlog, ROUND, Store};
use std::io;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A round that stays small is written when it has waited so long.
const PATIENCE: Duration = Duration::from_secs(1);

/// The thread.
#[derive(Debug)]
pub(crate) struct Applier {
    store: Arc<Store>,
    thread: Option<JoinHandle<()>>,
}

impl Applier {
    pub(crate) fn start(store: Arc<Store>) -> io::Result<Self> {
        let own = Arc::clone(&store);
        let thread = std::thread::Builder::new()
            .name("log-tables".to_owned())
            .spawn(move || run(&own))?;
        Ok(Self {
            store,
            thread: Some(thread),
        })
    }

    /// Writes what waits, and ends.
    pub(crate) fn stop(&mut self) {
        self.store.backlog().closing = true;
        self.store.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to say; the next start reads the segments again.
            let _ = thread.join();
        }
    }
}

fn run(store: &Store) {
    loop {
        let backlog = store.backlog();
        let idle = store.changed.wait_while(backlog, |it| !it.rounds && !it.closing);
        let backlog = idle.unwrap_or_else(PoisonError::into_inner);
        let small = |it: &mut Backlog| !it.closing && (it.records < ROUND || it.refused);
        let waited = store.changed.wait_timeout_while(backlog, PATIENCE, small);
        let mut backlog = waited.unwrap_or_else(PoisonError::into_inner).0;
        let (closing, waiting, refused) = (backlog.closing, backlog.rounds, backlog.refused);
        backlog.rounds = false;
        drop(backlog);
        if waiting && let Err(error) = store.apply(&Direct::default()) {
            store.backlog().rounds = true;
            if !refused {
                tracing::error!(%error, "the log's tables cannot be written; the log itself goes on, and this is tried again every second");
            }
            if closing {
                return;
            }
        }
        let busy = store.backlog().records >= ROUND;
        if !busy && let Err(error) = store.grow_tree() {
            tracing::error!(%error, "the log's tree cannot be kept; it is computed from the records when it is asked for");
        }
        if closing {
            return;
        }
    }
}
