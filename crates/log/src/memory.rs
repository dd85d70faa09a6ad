//! A log that is gone with its process: for tests.

use crate::error::{AppendError, ReadError};
use crate::event_log::{Appended, Batch, ContentObject, EventLog, Head, TableWrite};
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::Record;
use crate::sequencer::{Placed, Sequencer};
use crate::watch::{Growth, Watch};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A log in memory. It keeps every promise of [`EventLog`] except that anything survives.
#[derive(Debug, Default)]
pub struct MemoryLog {
    kept: Mutex<Kept>,
    growth: Growth,
}

#[derive(Debug, Default)]
struct Kept {
    sequencer: Sequencer,
    records: Vec<Record>,
    revisions: HashMap<StreamId, Revision>,
    content: HashMap<ContentHash, ContentObject>,
    tables: BTreeMap<(TableName, Bytes), Bytes>,
    erased: HashMap<ContentHash, Position>,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn write(&mut self, writes: Vec<TableWrite>) {
        for TableWrite { table, key, value } in writes {
            match value {
                Some(value) => self.tables.insert((table, key), value),
                None => self.tables.remove(&(table, key)),
            };
        }
    }
}

impl EventLog for MemoryLog {
    fn append(&self, stream: &StreamId, expected: Revision, batch: Batch) -> Result<Appended, AppendError> {
        batch.check()?;
        let mut kept = self.kept();
        let actual = kept.revisions.get(stream).copied().unwrap_or_default();
        let unknown = |hash: &&ContentHash| !kept.content.contains_key(hash) && !kept.erased.contains_key(hash);
        if let Some(unknown) = batch.erase.iter().find(unknown) {
            return Err(AppendError::NoSuchContent(*unknown));
        }
        let mut records = Vec::new();
        let appended = match kept
            .sequencer
            .place(stream, expected, actual, &batch, |record| records.push(record))?
        {
            Placed::Known(appended) => return Ok(appended),
            Placed::New(appended) => appended,
        };
        kept.records.extend(records);
        kept.revisions.insert(*stream, appended.revision);
        kept.content
            .extend(batch.content.into_iter().map(|object| (object.hash, object)));
        kept.write(batch.table_writes);
        for hash in &batch.erase {
            if kept.content.remove(hash).is_some() {
                kept.erased.insert(*hash, appended.last);
            }
        }
        drop(kept);
        self.growth.reached(appended.last);
        Ok(appended)
    }

    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let skip = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(self.kept().records.iter().skip(skip).take(limit).cloned().collect())
    }

    fn read_stream(&self, stream: &StreamId, after: Revision, limit: usize) -> Result<Vec<Record>, ReadError> {
        let wanted = |record: &&Record| record.stream == *stream && record.revision > after;
        Ok(self.kept().records.iter().filter(wanted).take(limit).cloned().collect())
    }

    fn head(&self) -> Result<Head, ReadError> {
        Ok(Head {
            position: self.kept().sequencer.position(),
        })
    }

    fn watch(&self) -> Watch {
        self.growth.watch()
    }

    fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError> {
        Ok(self.kept().content.get(hash).cloned())
    }

    fn erased(&self, hash: &ContentHash) -> Result<Option<Position>, ReadError> {
        let kept = self.kept();
        let gone = kept.erased.get(hash).filter(|_| !kept.content.contains_key(hash));
        Ok(gone.copied())
    }

    fn get(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError> {
        Ok(self.kept().tables.get(&(*table, Bytes::copy_from_slice(key))).cloned())
    }

    fn scan(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError> {
        let kept = self.kept();
        let from = (*table, Bytes::copy_from_slice(prefix));
        let wanted = kept
            .tables
            .range(from..)
            .take_while(|((name, key), _)| name == table && key.starts_with(prefix));
        Ok(wanted.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    fn write(&self, writes: Vec<TableWrite>) -> Result<(), AppendError> {
        self.kept().write(writes);
        Ok(())
    }

    fn put_content(&self, object: ContentObject) -> Result<(), AppendError> {
        object.check()?;
        self.kept().content.insert(object.hash, object);
        Ok(())
    }
}
