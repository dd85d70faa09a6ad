//! A durable, ordered log of bytes, with the content it names and small erasable tables beside it.
//!
//! [`EventLog`] says what is promised. [`DiskLog`] keeps it in a folder, [`MemoryLog`] in memory for tests; both pass one
//! contract test. The bytes are drawn in `docs/log-format.md`.

#[cfg(test)]
mod campaign;
mod disk;
mod disk_log;
mod error;
mod event_log;
pub mod hex;
mod memory;
pub mod merkle;
mod name;
mod record;
mod sequencer;
mod watch;

pub use disk_log::{
    BackupError, DiskLog, Erasure, ExchangeError, FILE_NAME, Follower, Import, Item, RestoreError, TreeHead, Verified,
    VerifyError, restore,
};
pub use error::{AppendError, OpenError, ReadError};
pub use event_log::{
    Appended, Batch, COMMAND_MEMORY_MS, ContentObject, EventLog, Head, MAX_BATCH_BYTES, MAX_BODY_BYTES,
    MAX_OBJECT_BYTES, NewEvent, TableWrite,
};
pub use memory::MemoryLog;
pub use name::{
    ActorId, CommandId, ContentHash, EventId, EventKind, NameError, Position, Revision, StreamId, TableName,
    TimestampMs,
};
pub use record::Record;
pub use watch::Watch;
