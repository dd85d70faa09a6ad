//! What a log promises, whichever backend keeps it.

use crate::error::{AppendError, ReadError};
use crate::name::{ActorId, CommandId, ContentHash, EventKind, Position, Revision, StreamId, TableName, TimestampMs};
use crate::record::Record;
use crate::watch::Watch;
use bytes::Bytes;

/// Records, content and table rows that become durable together, or not at all.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The command: a batch with a known one is not written again.
    pub command_id: CommandId,
    /// Who gave it.
    pub actor: ActorId,
    /// When, by the caller's clock; the log never goes back behind its last record.
    pub recorded_at: TimestampMs,
    /// The stream's next records, at least one.
    pub events: Vec<NewEvent>,
    /// Content that the records name.
    pub content: Vec<ContentObject>,
    /// Rows of erasable tables.
    pub table_writes: Vec<TableWrite>,
    /// Content whose keys are destroyed: the records say by whom, when and why. What is erased already stays erased.
    pub erase: Vec<ContentHash>,
}

impl Batch {
    /// Whether the log takes it.
    pub(crate) fn check(&self) -> Result<(), AppendError> {
        let too_large = |what, bytes, most| Err(AppendError::TooLarge { what, bytes, most });
        if self.events.is_empty() {
            return Err(AppendError::Empty);
        }
        if let Some(event) = self.events.iter().find(|event| event.body.len() > MAX_BODY_BYTES) {
            return too_large("a record's body", event.body.len(), MAX_BODY_BYTES);
        }
        if self.bytes() > MAX_BATCH_BYTES {
            return too_large("a batch", self.bytes(), MAX_BATCH_BYTES);
        }
        self.content.iter().try_for_each(ContentObject::check)
    }

    /// Bytes of all that it holds, but for what goes into files of its own.
    pub(crate) fn bytes(&self) -> usize {
        let rows = self.table_writes.iter().map(TableWrite::bytes);
        self.events.iter().map(|event| event.body.len()).sum::<usize>()
            + self
                .content
                .iter()
                .filter(|object| !object.is_media())
                .map(|object| object.bytes.len())
                .sum::<usize>()
            + rows.sum::<usize>()
    }

    /// An object of content that no record names yet.
    pub(crate) fn content_alone(object: ContentObject) -> Result<Self, AppendError> {
        object.check()?;
        Ok(Self {
            command_id: CommandId([0; 16]),
            actor: ActorId::new("-")?,
            recorded_at: TimestampMs(0),
            events: Vec::new(),
            content: vec![object],
            table_writes: Vec::new(),
            erase: Vec::new(),
        })
    }
}

/// A record to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Type of the body.
    pub kind: EventKind,
    /// Version of the type.
    pub version: u8,
    /// The fact, at most 64 KiB.
    pub body: Bytes,
}

/// An object of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentObject {
    /// Its name: the hash of salt and bytes.
    pub hash: ContentHash,
    /// Drawn once for the object.
    pub salt: [u8; 16],
    /// The object.
    pub bytes: Bytes,
}

impl ContentObject {
    /// An object, named by its hash.
    #[must_use]
    pub fn new(salt: [u8; 16], bytes: Bytes) -> Self {
        Self {
            hash: ContentHash::of(&salt, &bytes),
            salt,
            bytes,
        }
    }

    /// Whether it is too large to lie among the records: it has a file of its own.
    #[must_use]
    pub fn is_media(&self) -> bool {
        self.bytes.len() > INLINE_BYTES
    }

    pub(crate) fn check(&self) -> Result<(), AppendError> {
        if self.bytes.len() > MAX_OBJECT_BYTES {
            return Err(AppendError::TooLarge {
                what: "an object",
                bytes: self.bytes.len(),
                most: MAX_OBJECT_BYTES,
            });
        }
        if ContentHash::of(&self.salt, &self.bytes) == self.hash {
            Ok(())
        } else {
            Err(AppendError::WrongHash(self.hash))
        }
    }
}

/// A row of an erasable table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableWrite {
    /// The table.
    pub table: TableName,
    /// The row.
    pub key: Bytes,
    /// What it holds from now on; `None` removes it.
    pub value: Option<Bytes>,
}

impl TableWrite {
    fn bytes(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Bytes::len)
    }
}

/// Where a batch went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Position of its first record.
    pub first: Position,
    /// Position of its last record.
    pub last: Position,
    /// The stream's revision after it.
    pub revision: Revision,
    /// When it was recorded.
    pub recorded_at: TimestampMs,
    /// Whether the command was known: then nothing was written, and this tells of the first time.
    pub repeated: bool,
}

impl Appended {
    /// What work beside the log is answered: nothing was appended.
    pub(crate) fn nothing(position: Position) -> Self {
        Self {
            first: position,
            last: position,
            revision: Revision(0),
            recorded_at: TimestampMs(0),
            repeated: false,
        }
    }
}

/// How far the log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Position of the last record; 0: there is none.
    pub position: Position,
}

/// Bytes of a batch, all told.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
/// Bytes of an object of content.
pub const MAX_OBJECT_BYTES: usize = 64 * 1024 * 1024;
/// Larger objects have files of their own. Little in the crate's own tests, so that the campaigns see such files.
pub(crate) const INLINE_BYTES: usize = if cfg!(test) { 2048 } else { 64 * 1024 };
/// Bytes of a record's body.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long a command is remembered, so that its repetition writes nothing.
pub const COMMAND_MEMORY_MS: u64 = 7 * 86_400_000;

/// A durable, ordered log of facts, with the content they name and small erasable tables beside it.
pub trait EventLog: Send + Sync {
    /// Appends a batch to a stream that has `expected` records. When this returns, the batch survives a power cut.
    ///
    /// # Errors
    /// When the stream has another revision, the batch is too large, or the disk refuses; nothing was written then.
    fn append(&self, stream: &StreamId, expected: Revision, batch: Batch) -> Result<Appended, AppendError>;

    /// Up to `limit` records after a position, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError>;

    /// Up to `limit` records of a stream after a revision, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn read_stream(&self, stream: &StreamId, after: Revision, limit: usize) -> Result<Vec<Record>, ReadError>;

    /// How far the log goes.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn head(&self) -> Result<Head, ReadError>;

    /// Something to wait on for the log to grow.
    fn watch(&self) -> Watch;

    /// An object of content.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError>;

    /// The position of the record that erased an object; `None` when the object can be read, or was never there.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn erased(&self, hash: &ContentHash) -> Result<Option<Position>, ReadError>;

    /// A row of a table.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn get(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError>;

    /// The rows of a table whose keys begin with `prefix`, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn scan(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError>;

    /// Writes rows of tables, durably and all together.
    ///
    /// # Errors
    /// When they are too large or the disk refuses.
    fn write(&self, writes: Vec<TableWrite>) -> Result<(), AppendError>;

    /// Keeps an object of content that no record names yet.
    ///
    /// # Errors
    /// When it is too large or the disk refuses.
    fn put_content(&self, object: ContentObject) -> Result<(), AppendError>;
}
