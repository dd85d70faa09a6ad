//! The backend on disk: segments are the log, redb holds the tables beside it.

mod applier;
mod backup;
mod exchange;
mod follow;
mod frame;
mod keys;
mod line;
mod media;
mod memory;
mod open;
mod seal;
mod segment;
mod state;
mod store;
mod tree;
mod verify;
mod writer;

use crate::disk::{Disk, Folder};
use crate::error::{AppendError, OpenError, ReadError};
use crate::event_log::{Appended, Batch, ContentObject, EventLog, Head, TableWrite};
use crate::merkle::{self, Hash};
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::Record;
use crate::watch::Watch;
use applier::Applier;
pub use backup::{BackupError, RestoreError, restore};
use bytes::Bytes;
pub use exchange::{ExchangeError, Import, Item};
pub use follow::Follower;
use frame::Beside;
use line::Line;
use seal::{SealError, Sealed};
use state::{ApplyError, Direct};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use tree::Tree;
pub use verify::{Erasure, TreeHead, Verified, VerifyError};
pub(crate) use writer::Waiting;

/// The file of tables in the log's folder. Who has the log open holds a lock on it.
pub const FILE_NAME: &str = state::FILE;

/// How the segments grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Bytes of a segment, from which on the next one is begun.
    pub(crate) segment: u32,
    /// Bytes that are filled with zeros ahead of their use: a sync that finds the file's size unchanged costs the file
    /// system no journal entry of its own.
    pub(crate) ahead: u32,
}

const SIZES: Sizes = Sizes {
    segment: 256 * 1024 * 1024,
    ahead: 1024 * 1024,
};

/// A log in a folder. Appends that wait at the same time share one write and one sync; readers never wait for writers.
#[derive(Debug)]
pub struct DiskLog {
    line: Line,
    store: Arc<Store>,
    /// Tests write the tables by hand, at moments of their choice.
    applier: Option<Applier>,
}

impl DiskLog {
    /// Opens the log of a folder, or makes it. One process at a time may have it open.
    ///
    /// # Errors
    /// When the folder or a file cannot be used; what is in the way is named, and nothing was changed.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let folder = Folder::open(dir).map_err(|cause| OpenError::Io {
            path: dir.to_owned(),
            cause,
        })?;
        let mut log = Self::open_on(Arc::new(folder), SIZES)?;
        log.applier = Some(Applier::start(Arc::clone(&log.store)).map_err(OpenError::Thread)?);
        Ok(log)
    }

    pub(crate) fn open_on(disk: Arc<dyn Disk>, sizes: Sizes) -> Result<Self, OpenError> {
        let (store, tail) = open::open(disk)?;
        let store = Arc::new(store);
        let line = Line::new(writer::Writer::new(Arc::clone(&store), tail, sizes));
        Ok(Self {
            line,
            store,
            applier: None,
        })
    }

    /// The root over the first `size` records, or over all.
    ///
    /// # Errors
    /// When there are fewer, or the files cannot be read.
    pub fn tree_head(&self, size: Option<u64>) -> Result<TreeHead, ReadError> {
        let size = size.unwrap_or(self.store.growth.position().0);
        self.holds(size)?;
        let root = merkle::root(&mut Tree::new(&self.store, size), size)?;
        Ok(TreeHead { size, root })
    }

    /// The proof that a record is among the first `size`: its canonical bytes, and the path to the root over those.
    ///
    /// # Errors
    /// When there are fewer records, or the files cannot be read.
    pub fn prove_inclusion(&self, position: Position, size: u64) -> Result<(Vec<u8>, Vec<Hash>), ReadError> {
        self.holds(size)?;
        let index = position.0.checked_sub(1).filter(|index| *index < size);
        let index = index.ok_or(ReadError::NoSuchRecord(position))?;
        let record = self
            .store
            .read(Position(index), 1)?
            .pop()
            .ok_or(ReadError::NoSuchRecord(position))?;
        let path = merkle::inclusion(&mut Tree::new(&self.store, size), index, size)?;
        Ok((record.to_bytes(), path))
    }

    /// The proof that the first `old` records are the beginning of the first `new`.
    ///
    /// # Errors
    /// When there are fewer records, or the files cannot be read.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        self.holds(new)?;
        if old == 0 || old > new {
            return Err(ReadError::NoSuchRecord(Position(old)));
        }
        merkle::consistency(&mut Tree::new(&self.store, new), old, new)
    }

    fn holds(&self, size: u64) -> Result<(), ReadError> {
        if size > self.store.growth.position().0 {
            return Err(ReadError::NoSuchRecord(Position(size)));
        }
        Ok(())
    }

    /// Reads everything again, from the first byte to the last, and compares it with its hashes and with the `heads`.
    ///
    /// # Errors
    /// What differs first, and where.
    pub fn verify(&self, heads: &[TreeHead]) -> Result<Verified, VerifyError> {
        verify::verify(&self.store, heads)
    }

    /// Gives back the space that the tables no longer use. Appends go on; what reads the tables waits meanwhile.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn compact(&self) -> Result<(), AppendError> {
        self.store.apply(&Direct::default())?;
        Ok(self.store.state.compact()?)
    }

    /// What an append comes to before it stands in line.
    pub(crate) fn prepare(
        &self,
        stream: &StreamId,
        expected: Revision,
        mut batch: Batch,
    ) -> Result<Waiting, AppendError> {
        batch.check()?;
        let mut beside = Vec::with_capacity(batch.content.len() + batch.table_writes.len());
        for object in &batch.content {
            beside.push(self.seal_content(object)?);
        }
        for write in batch.table_writes.drain(..) {
            beside.push(self.seal_row(write)?);
        }
        Ok(Waiting {
            stream: *stream,
            expected,
            batch,
            beside,
        })
    }

    /// Writes what waits into the tables.
    #[cfg(test)]
    pub(crate) fn write_tables(&self) -> Result<(), AppendError> {
        Ok(self.store.apply(&Direct::default())?)
    }

    /// Keeps what is complete of the tree.
    #[cfg(test)]
    pub(crate) fn keep_tree(&self) -> Result<(), ReadError> {
        self.store.grow_tree()
    }

    /// Several appends in one frame.
    #[cfg(test)]
    pub(crate) fn append_together(&self, work: Vec<Waiting>) -> Vec<writer::Answer> {
        self.line.append_together(work)
    }

    fn seal_content(&self, object: &ContentObject) -> Result<Beside, AppendError> {
        let plain = [object.salt.as_slice(), &object.bytes].concat();
        let sealed = Sealed::seal(&self.store.keys, &object.hash.0, &plain)?;
        if !object.is_media() {
            return Ok(Beside::Content(object.hash, sealed));
        }
        let written = media::write(self.store.segments.disk(), &object.hash, &sealed);
        written.map_err(|error| AppendError::Storage(error.to_string()))?;
        Ok(Beside::File(object.hash, sealed.slot))
    }

    fn seal_row(&self, write: TableWrite) -> Result<Beside, AppendError> {
        let TableWrite { table, key, value } = write;
        let name = state::row_name(&table, &key);
        let sealed = value.map(|value| Sealed::seal(&self.store.keys, &name, &value));
        Ok(Beside::Row(table, key, sealed.transpose()?))
    }
}

/// What was handed in is still written; then the files are closed.
impl Drop for DiskLog {
    fn drop(&mut self) {
        let Some(applier) = &mut self.applier else { return };
        applier.stop();
        if let Err(error) = self.line.close() {
            // The log is whole all the same: only space that was taken ahead is not given back.
            tracing::warn!(%error, "the log's last segment could not be trimmed");
        }
    }
}

impl From<SealError> for AppendError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Random(error) => Self::Name(error),
            error @ (SealError::Keys(_) | SealError::TooLong) => Self::Storage(error.to_string()),
        }
    }
}

impl From<ApplyError> for AppendError {
    fn from(error: ApplyError) -> Self {
        Self::Storage(error.to_string())
    }
}

impl EventLog for DiskLog {
    fn append(&self, stream: &StreamId, expected: Revision, batch: Batch) -> Result<Appended, AppendError> {
        let erases = !batch.erase.is_empty();
        let appended = self.line.append(self.prepare(stream, expected, batch)?)?;
        if erases {
            let destroyed = self.store.apply(&Direct::default());
            destroyed.map_err(|error| AppendError::NotYetErased(error.to_string()))?;
            if let Err(error) = media::sweep(self.store.segments.disk(), &self.store.keys) {
                tracing::warn!(%error, "files of erased objects could not be removed; nobody can read them");
            }
        }
        Ok(appended)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.store.read(after, limit)
    }

    fn read_stream(&self, stream: &StreamId, after: Revision, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.store.read_stream(stream, after, limit)
    }

    fn head(&self) -> Result<Head, ReadError> {
        Ok(Head {
            position: self.store.growth.position(),
        })
    }

    fn watch(&self) -> Watch {
        self.store.growth.watch()
    }

    fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError> {
        self.store.content(hash)
    }

    fn erased(&self, hash: &ContentHash) -> Result<Option<Position>, ReadError> {
        self.store.erased(hash)
    }

    fn get(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError> {
        self.store.row(table, key)
    }

    fn scan(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError> {
        self.store.rows(table, prefix)
    }

    fn write(&self, writes: Vec<TableWrite>) -> Result<(), AppendError> {
        let direct = Direct {
            writes,
            ..Direct::default()
        };
        Ok(self.store.apply(&direct)?)
    }

    fn put_content(&self, object: ContentObject) -> Result<(), AppendError> {
        let batch = Batch::content_alone(object)?;
        let beside = vec![self.seal_content(&batch.content[0])?];
        let stream = StreamId::new("content")?;
        self.line.append(Waiting {
            stream,
            expected: Revision(0),
            batch,
            beside,
        })?;
        Ok(())
    }
}
