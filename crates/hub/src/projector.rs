//! Folds the log into the state: once at start, then record by record as the log grows.

use crate::office::Office;
use crate::state::{Changed, State};
use heliograph_domain::event::EventError;
use heliograph_log::{EventLog, Position, ReadError, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::mpsc;

/// Records read at a time.
const CHUNK: usize = 4096;

/// Why the log could not be folded.
#[derive(Debug, Error)]
pub enum ProjectError {
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A record is not an event of this program.
    #[error("record {position}: {cause}")]
    Event {
        /// Position of the record.
        position: u64,
        /// What is wrong with it.
        cause: EventError,
    },
}

/// A record that was folded, and what it changed.
pub(crate) struct Projected {
    pub(crate) record: Record,
    pub(crate) changed: Changed,
}

/// Folds the whole log.
///
/// # Errors
/// When a record cannot be read or understood.
pub fn replay(log: &dyn EventLog) -> Result<State, ProjectError> {
    let mut state = State::default();
    loop {
        let records = log.read(Position(state.position), CHUNK)?;
        if records.is_empty() {
            return Ok(state);
        }
        for record in &records {
            apply(&mut state, record)?;
        }
    }
}

fn apply(state: &mut State, record: &Record) -> Result<Changed, ProjectError> {
    state.apply(record).map_err(|cause| ProjectError::Event {
        position: record.position.0,
        cause,
    })
}

/// Follows the log on a thread of its own until told to stop. Waiting readers are woken by the state's position.
pub(crate) fn follow(
    office: &Arc<Office>,
    out: mpsc::UnboundedSender<Projected>,
    stop: &Arc<AtomicBool>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let (office, stop) = (Arc::clone(office), Arc::clone(stop));
    std::thread::Builder::new().name("projector".to_owned()).spawn(move || {
        let mut watch = office.log.watch();
        while !stop.load(Ordering::Relaxed) {
            if let Err(error) = catch_up(&office, &out) {
                tracing::error!(%error, "the state no longer follows the log; restart the hub after mending the cause");
                return;
            }
            watch.wait(Duration::from_millis(250));
        }
    })
}

fn catch_up(office: &Office, out: &mpsc::UnboundedSender<Projected>) -> Result<(), ProjectError> {
    loop {
        let records = office.log.read(Position(office.state().position), CHUNK)?;
        if records.is_empty() {
            return Ok(());
        }
        for record in records {
            let changed = office.change_state(|state| apply(state, &record))?;
            office.library.forget(&changed.erased);
            office.feed.recorded(&record);
            // The receiver is gone only while the hub stops.
            let _ = out.send(Projected { record, changed });
        }
    }
}
