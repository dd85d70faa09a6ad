//! The embedded backend: one redb file, one thread that writes it.

mod committer;
mod file;
mod open;

use crate::error::{AppendError, EraseError, OpenError, ReadError};
use crate::event_log::{Appended, Batch, ContentObject, EventLog, Head, TableWrite};
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::Record;
use crate::watch::{Growth, Watch};
use bytes::Bytes;
use committer::{Committer, Work};
use file::File;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

/// The log's file in its folder.
pub const FILE_NAME: &str = "events.redb";
/// Appends that may wait for the committer; more of them wait at the door.
const QUEUE: usize = 4096;

/// A log in a redb file. Appends that wait at the same time share one block and one `fsync`; readers never wait for the
/// thread that writes.
#[derive(Debug)]
pub struct RedbLog {
    file: Arc<File>,
    growth: Growth,
    work: Option<mpsc::SyncSender<Work>>,
    committer: Option<JoinHandle<()>>,
}

impl RedbLog {
    /// Opens the log of a folder, or makes it. One process at a time may have it open.
    ///
    /// # Errors
    /// When the folder or the file cannot be used; what is in the way is named, and nothing was changed.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let opened = open::open(dir, &dir.join(FILE_NAME))?;
        let file = Arc::new(opened.file);
        let growth = Growth::at(opened.sequencer.position());
        let (work, waiting) = mpsc::sync_channel(QUEUE);
        let committer = Committer::new(Arc::clone(&file), opened.sequencer, growth.clone());
        let thread = std::thread::Builder::new()
            .name("log-committer".to_owned())
            .spawn(move || committer.run(&waiting))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            file,
            growth,
            work: Some(work),
            committer: Some(thread),
        })
    }

    /// Hands work to the committer and waits until it is durable.
    fn commit(
        &self,
        work: impl FnOnce(mpsc::SyncSender<Result<Appended, AppendError>>) -> Work,
    ) -> Result<Appended, AppendError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let queue = self.work.as_ref().ok_or(AppendError::Closed)?;
        queue.send(work(answer)).map_err(|_| AppendError::Closed)?;
        answered.recv().map_err(|_| AppendError::Closed)?
    }
}

/// What was handed in is still written; then the file is closed.
impl Drop for RedbLog {
    fn drop(&mut self) {
        self.work.take();
        if let Some(thread) = self.committer.take() {
            // A committer that panicked has told its callers already.
            let _ = thread.join();
        }
    }
}

impl EventLog for RedbLog {
    fn append(&self, stream: &StreamId, expected: Revision, batch: Batch) -> Result<Appended, AppendError> {
        let stream = stream.clone();
        self.commit(|answer| Work::Append {
            stream,
            expected,
            batch,
            answer,
        })
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.file.read(after, limit)
    }

    fn read_stream(&self, stream: &StreamId, after: Revision, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.file.read_stream(stream, after, limit)
    }

    fn head(&self) -> Result<Head, ReadError> {
        Ok(Head {
            position: self.file.last_position()?,
        })
    }

    fn watch(&self) -> Watch {
        self.growth.watch()
    }

    fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError> {
        self.file.content(hash)
    }

    fn erase(&self, hash: &ContentHash) -> Result<(), EraseError> {
        if self.file.content(hash)?.is_none() {
            return Err(EraseError::NotFound(*hash));
        }
        let hash = *hash;
        self.commit(|answer| Work::Beside {
            writes: Vec::new(),
            content: None,
            erase: Some(hash),
            answer,
        })?;
        Ok(())
    }

    fn get(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError> {
        self.file.get(table, key)
    }

    fn scan(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError> {
        self.file.scan(table, prefix)
    }

    fn write(&self, writes: Vec<TableWrite>) -> Result<(), AppendError> {
        self.commit(|answer| Work::Beside {
            writes,
            content: None,
            erase: None,
            answer,
        })?;
        Ok(())
    }

    fn put_content(&self, object: ContentObject) -> Result<(), AppendError> {
        if ContentHash::of(&object.salt, &object.bytes) != object.hash {
            return Err(AppendError::WrongHash(object.hash));
        }
        self.commit(|answer| Work::Beside {
            writes: Vec::new(),
            content: Some(object),
            erase: None,
            answer,
        })?;
        Ok(())
    }
}
