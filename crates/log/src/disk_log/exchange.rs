//! The log as a sequence of things that can be written down in any form and read back: an import of an export has the
//! same root.

use super::frame::Beside;
use super::seal::Sealed;
use super::segment::Place;
use super::state::{self, Direct};
use super::{BackupError, DiskLog, TreeHead};
use crate::error::{AppendError, OpenError, ReadError};
use crate::event_log::{ContentObject, MAX_BATCH_BYTES, TableWrite};
use crate::name::{ContentHash, Position, Revision, StreamId, TableName, TimestampMs};
use crate::record::Record;
use bytes::Bytes;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Records that an import writes at a time.
const TOGETHER: usize = 1024;
/// What stands in for an object that was erased before it was exported. Its key is destroyed at once.
const NOTHING: &[u8] = b"erased";

/// One thing of a log. They come in the order in which they became durable, content that became so in one step with records
/// before those; an erasure directly after the record that did it; rows at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record(Box<Record>),
    /// An object of content.
    Content(ContentObject),
    /// An object that was erased by the record at a position; 0: after this copy of the log was made.
    Erased(ContentHash, Position),
    /// A row of a table.
    Row(TableName, Bytes, Bytes),
}

/// Why an export or an import ended.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The new log cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new log cannot be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// It could not be handed on.
    #[error("the export could not be written: {0}")]
    Out(io::Error),
    /// There is a log already.
    #[error("{0} has a log already: nothing is written over; name another folder")]
    Exists(PathBuf),
    /// The next record is not the next.
    #[error("after position {}, a record comes that does not follow it: a line is missing, or was changed", .0.0)]
    Gap(Position),
    /// An object is not what its name says.
    #[error("the content {0} is not what its name says: the line was changed")]
    Content(ContentHash),
}

impl From<BackupError> for ExchangeError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Exists(path) => Self::Exists(path),
            other => Self::Out(io::Error::other(other.to_string())),
        }
    }
}

impl DiskLog {
    /// Hands out everything in order; how much that was.
    ///
    /// # Errors
    /// When the log cannot be read, or `out` fails.
    pub fn export(&self, mut out: impl FnMut(Item) -> io::Result<()>) -> Result<TreeHead, ExchangeError> {
        self.store.apply(&Direct::default()).map_err(AppendError::from)?;
        let (_, end) = self.store.state.applied()?;
        let head = self.tree_head(Some(end.position.0))?;
        let mut frames = self.store.segments.frames(Place::FIRST);
        let mut seen = Position(0);
        let mut number = 0;
        while number < end.frame {
            let next = Position(seen.0 + 1);
            let damaged = || ReadError::Damaged(next);
            let (_, frame) = frames.next()?.ok_or_else(damaged)?;
            number = frame.header.number;
            let mut records = frame.records();
            let mut put_until = |position: Option<Position>, out: &mut dyn FnMut(Item) -> io::Result<()>| {
                while position.is_none_or(|position| seen < position) {
                    let Some(bytes) = records.next() else { break };
                    let record = bytes.and_then(|bytes| Record::from_bytes(&bytes));
                    let record = record.ok_or(ReadError::Damaged(Position(seen.0 + 1)))?;
                    seen = record.position;
                    out(Item::Record(Box::new(record))).map_err(ExchangeError::Out)?;
                }
                Ok::<_, ExchangeError>(())
            };
            for (_, item) in frame.beside().ok_or_else(damaged)? {
                let item = match item {
                    Beside::Content(..) | Beside::File(..) => self.content_item(item)?,
                    Beside::Erased(hash, _, by) => {
                        put_until(Some(by), &mut out)?;
                        Some(Item::Erased(hash, by))
                    }
                    Beside::Row(..) => None,
                };
                if let Some(item) = item {
                    out(item).map_err(ExchangeError::Out)?;
                }
            }
            put_until(None, &mut out)?;
        }
        for (table, key, sealed) in self.store.state.all_rows()? {
            if let Some(value) = sealed.open(&self.store.keys, &state::row_name(&table, &key))? {
                out(Item::Row(table, key, value)).map_err(ExchangeError::Out)?;
            }
        }
        Ok(head)
    }

    /// An object that can be read; one that was erased later than this copy was made; nothing for one whose erasure
    /// follows.
    fn content_item(&self, item: Beside) -> Result<Option<Item>, ReadError> {
        let Some((hash, slot)) = item.object() else {
            return Ok(None);
        };
        if self.store.keys.get(slot)?.is_none() {
            let later = self.store.state.erased_by(&hash, slot)? == Some(Position(0));
            return Ok(later.then_some(Item::Erased(hash, Position(0))));
        }
        let erased_now = || self.store.keys.get(slot).map(|key| key.is_none());
        match self.store.opened(item)? {
            Some(object) => Ok(Some(Item::Content(object))),
            // Erased this moment: its erasure follows.
            None if erased_now()? => Ok(None),
            None => Err(ReadError::Sealed),
        }
    }
}

/// A log that is made from the items of another, in their order.
#[derive(Debug)]
pub struct Import {
    log: DiskLog,
    position: Position,
    recorded_at: TimestampMs,
    revisions: HashMap<StreamId, Revision>,
    records: Vec<Record>,
    beside: Vec<Beside>,
    bytes: usize,
    rows: Vec<TableWrite>,
    /// Erased after the copy was made that is imported: object and slot.
    later: Vec<(ContentHash, u64)>,
}

impl Import {
    /// Begins a log in a folder that has none.
    ///
    /// # Errors
    /// When it has one, or cannot be written.
    pub fn begin(dir: &Path) -> Result<Self, ExchangeError> {
        super::backup::vacant(dir)?;
        Ok(Self {
            log: DiskLog::open(dir)?,
            position: Position(0),
            recorded_at: TimestampMs(0),
            revisions: HashMap::new(),
            records: Vec::new(),
            beside: Vec::new(),
            bytes: 0,
            rows: Vec::new(),
            later: Vec::new(),
        })
    }

    /// Takes the next item.
    ///
    /// # Errors
    /// When it does not follow, or the disk refuses.
    pub fn take(&mut self, item: Item) -> Result<(), ExchangeError> {
        // An erasure must lie in the frame of its record, so a frame ends only before something else.
        let full = self.records.len() >= TOGETHER || self.bytes >= MAX_BATCH_BYTES;
        if full && matches!(item, Item::Record(_) | Item::Content(_)) {
            self.write()?;
        }
        match item {
            Item::Record(record) => self.record(*record),
            Item::Content(object) => {
                object.check().map_err(|_| ExchangeError::Content(object.hash))?;
                self.bytes += object.bytes.len();
                self.beside.push(self.log.seal_content(&object)?);
                Ok(())
            }
            Item::Erased(hash, by) => self.erased(hash, by),
            Item::Row(table, key, value) => {
                let value = Some(value);
                self.rows.push(TableWrite { table, key, value });
                Ok(())
            }
        }
    }

    fn record(&mut self, record: Record) -> Result<(), ExchangeError> {
        let before = self.revisions.entry(record.stream).or_default();
        let follows = record.position.0 == self.position.0 + 1
            && record.revision.0 == before.0 + 1
            && record.recorded_at >= self.recorded_at;
        if !follows {
            return Err(ExchangeError::Gap(self.position));
        }
        *before = record.revision;
        (self.position, self.recorded_at) = (record.position, record.recorded_at);
        self.bytes += record.body.len();
        self.records.push(record);
        Ok(())
    }

    fn erased(&mut self, hash: ContentHash, by: Position) -> Result<(), ExchangeError> {
        if by.0 != 0 && by != self.position {
            return Err(ExchangeError::Gap(self.position));
        }
        let sealed = Sealed::seal(&self.log.store.keys, &hash.0, NOTHING).map_err(AppendError::from)?;
        let slot = sealed.slot;
        self.beside.push(Beside::Content(hash, sealed));
        if by.0 == 0 {
            self.later.push((hash, slot));
        } else {
            self.beside.push(Beside::Erased(hash, slot, by));
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), ExchangeError> {
        let (records, beside) = (std::mem::take(&mut self.records), std::mem::take(&mut self.beside));
        self.bytes = 0;
        Ok(self.log.line.import(&records, beside)?)
    }

    /// Writes what is left; the head of the new log.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<TreeHead, ExchangeError> {
        self.write()?;
        let direct = Direct {
            writes: std::mem::take(&mut self.rows),
            erase: std::mem::take(&mut self.later),
        };
        self.log.store.apply(&direct).map_err(AppendError::from)?;
        Ok(self.log.tree_head(None)?)
    }
}
