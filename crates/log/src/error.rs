//! What can go wrong, phase by phase.

use crate::name::{ContentHash, NameError, Position, Revision, StreamId};
use std::path::PathBuf;
use thiserror::Error;

/// Why a log cannot be opened. The file was not changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder or the file cannot be used.
    #[error(
        "{path} cannot be used: {cause}. Check that it exists, that this user may write there, and that the disk is not full"
    )]
    Io {
        /// Folder or file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Another process has it.
    #[error(
        "{0} is in use by another process: stop that one first (a running hub answers the same questions over HTTP)"
    )]
    InUse(PathBuf),
    /// Something else lies there.
    #[error(
        "{path} is not an event log ({why}). It was not touched: move it away if it does not belong here, or restore the backup"
    )]
    NotALog {
        /// The file.
        path: PathBuf,
        /// How that shows.
        why: &'static str,
    },
    /// Written by a later program.
    #[error("{path} has format {format}, which is newer than this program: update Heliograph")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u8,
    },
    /// The file is damaged.
    #[error(
        "{path} is damaged: {why}. Keep a copy of it and restore the last backup; no part of it was changed on purpose"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The machine gave no thread.
    #[error("the machine refused a thread for the log: {0}")]
    Thread(std::io::Error),
}

/// Why a batch was not appended. Nothing of it was written.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Another batch came first.
    #[error("stream {stream} has {actual:?}, not {expected:?}: decide again on what it holds now")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// The revision that the batch was decided on.
        expected: Revision,
        /// The revision there is.
        actual: Revision,
    },
    /// More than the log takes.
    #[error("{what} has {bytes} bytes; the log takes {most}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its bytes.
        bytes: usize,
        /// The most there may be.
        most: usize,
    },
    /// A batch without a record.
    #[error("a batch needs at least one record: write tables and content on their own")]
    Empty,
    /// An object whose bytes are not its name's.
    #[error("the object named {0} has other bytes")]
    WrongHash(ContentHash),
    /// Something is to be erased that was never there.
    #[error("there is no content {0} to erase")]
    NoSuchContent(ContentHash),
    /// All was recorded, but the disk refused to destroy the keys.
    #[error(
        "the erasure is recorded, but the disk refused to destroy the keys: {0}. It is tried again with the next change; repeat the command to be sure"
    )]
    NotYetErased(String),
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
    /// An id could not be made.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The disk refused.
    #[error("the log could not be written: {0}. Nothing of the batch was kept; check the disk and its free space")]
    Storage(String),
    /// What the decision rests on could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why something could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The disk refused.
    #[error("the log could not be read: {0}")]
    Storage(String),
    /// A frame is not what was written.
    #[error("the log is damaged from position {} on: restore the last backup", .0.0)]
    Damaged(Position),
    /// The log does not go that far.
    #[error("there is no record at position {}: the log is shorter", .0.0)]
    NoSuchRecord(Position),
    /// Something that was sealed does not open.
    #[error("an object of the log does not open with its key: one of the files is damaged; restore the last backup")]
    Sealed,
}
