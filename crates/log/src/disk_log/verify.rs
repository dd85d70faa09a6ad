//! Reading everything again: every frame, record, object and kept node of the tree, from the first byte to the last.

use super::frame::{Beside, Frame};
use super::memory::End;
use super::segment::Place;
use super::state::{Direct, row_name};
use super::store::Store;
use super::tree::{TILE, Tile};
use crate::error::ReadError;
use crate::hex;
use crate::merkle::{self, Frontier, Hash};
use crate::name::{ContentHash, Position, Revision, StreamId, TimestampMs};
use crate::record::Record;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What was found when everything was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records that are what was written.
    pub records: u64,
    /// Their bodies' bytes.
    pub body_bytes: u64,
    /// Bytes of the segments.
    pub segment_bytes: u64,
    /// Frames, each written with one sync.
    pub frames: u64,
    /// Streams.
    pub streams: u64,
    /// Objects of content that open and have their name's hash.
    pub content: u64,
    /// Objects whose key was destroyed, in the order of the records that did it.
    pub erased: Vec<Erasure>,
    /// The root over all records.
    pub root: Hash,
}

/// An object that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The object.
    pub content: ContentHash,
    /// The record that did it, and says why; `None` when it was done after this copy of the log was made.
    pub record: Option<Record>,
}

/// What is wrong, and where first.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A record is not what was written.
    #[error("the record at position {} differs: {why}. Everything before it is as it was written; restore the last backup", .at.0)]
    Record {
        /// Its position.
        at: Position,
        /// How that shows.
        why: &'static str,
    },
    /// An object is not what its name says.
    #[error("the content {0} is not what its name says: restore the last backup")]
    Content(ContentHash),
    /// An object's key is gone, though nobody erased it.
    #[error("the key of content {0} is gone, and no record says that it was erased: restore the last backup")]
    KeyGone(ContentHash),
    /// An object's key is there, though it was erased.
    #[error("content {0} was erased by the record at position {at}, but its key is there: it can be read. Start and stop the hub, which destroys it", at = .1.0)]
    NotErased(ContentHash, Position),
    /// The log is not the one a checkpoint was made of.
    #[error(
        "the first {size} records are not those that the checkpoint was made of: the log was changed, or it is another log"
    )]
    Checkpoint {
        /// Records that the checkpoint is about.
        size: u64,
    },
    /// The log is shorter than a checkpoint.
    #[error(
        "the checkpoint is about {size} records, and the log has {has}: it is an older copy, or its end is missing"
    )]
    Short {
        /// Records that the checkpoint is about.
        size: u64,
        /// Records there are.
        has: u64,
    },
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A size and a root that were noted down before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Records.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl TreeHead {
    /// The root as hexadecimal digits.
    #[must_use]
    pub fn root_hex(&self) -> String {
        hex::encode(&self.root)
    }
}

impl Verified {
    /// Size and root of what was read.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.records,
            root: self.root,
        }
    }
}

struct Walk<'s> {
    store: &'s Store,
    found: Verified,
    frontier: Frontier,
    tile: Vec<Hash>,
    streams: HashMap<StreamId, Revision>,
    end: End,
    recorded_at: TimestampMs,
    /// Objects without a key, by its slot: a record that erased each must follow.
    without_key: BTreeMap<u64, ContentHash>,
}

/// Reads everything again and compares it with what is known, `heads` among it.
pub(crate) fn verify(store: &Store, heads: &[TreeHead]) -> Result<Verified, VerifyError> {
    let visible = store.growth.position();
    let mut walk = Walk {
        store,
        found: Verified::default(),
        frontier: Frontier::default(),
        tile: Vec::new(),
        streams: HashMap::new(),
        end: End {
            frame: 0,
            checksum: 0,
            begin: Place::FIRST,
            place: Place::FIRST,
            position: Position(0),
            next_slot: 0,
        },
        recorded_at: TimestampMs(0),
        without_key: BTreeMap::new(),
    };
    walk.compare(heads)?;
    let mut frames = store.segments.frames(Place::FIRST);
    loop {
        let behind = walk.end.position < visible;
        let differs = |why| VerifyError::Record {
            at: Position(walk.end.position.0 + 1),
            why,
        };
        match frames.next() {
            // Frames behind the last record hold content alone.
            Ok(Some((place, frame))) if behind || frame.header.count == 0 => walk.frame(place, &frame, heads)?,
            Ok(None) if behind => return Err(differs("it is missing")),
            Err(ReadError::Damaged(_)) if behind => return Err(differs("its frame's checksum does not hold")),
            Err(error @ ReadError::Storage(_)) => return Err(error.into()),
            // What is being written this moment is not read.
            Ok(_) | Err(_) => break,
        }
    }
    if let Some(head) = heads.iter().find(|head| head.size > visible.0) {
        return Err(VerifyError::Short {
            size: head.size,
            has: visible.0,
        });
    }
    walk.erased_later()?;
    walk.found.segment_bytes = store.segments.list().iter().filter_map(|it| it.file.len().ok()).sum();
    walk.found.streams = walk.streams.len() as u64;
    walk.found.root = walk.frontier.root();
    Ok(walk.found)
}

impl Walk<'_> {
    fn frame(&mut self, place: Place, frame: &Frame, heads: &[TreeHead]) -> Result<(), VerifyError> {
        let at = Position(self.end.position.0 + 1);
        let header = &frame.header;
        if (header.number, header.previous, header.first) != (self.end.frame + 1, self.end.checksum, at) {
            return Err(VerifyError::Record {
                at,
                why: "its frame does not follow the one before",
            });
        }
        let mut next = at;
        let mut records = Vec::new();
        for bytes in frame.records() {
            let record = bytes.as_ref().and_then(Record::from_bytes);
            let record = record.filter(|record| self.follows(record, next));
            let (Some(bytes), Some(record)) = (bytes, record) else {
                return Err(VerifyError::Record {
                    at: next,
                    why: "it is not the next record of its stream",
                });
            };
            self.streams.insert(record.stream, record.revision);
            self.recorded_at = record.recorded_at;
            self.found.records += 1;
            self.found.body_bytes += record.body.len() as u64;
            self.leaf(merkle::leaf(&bytes), heads)?;
            if header.beside_bytes > 0 {
                records.push(record);
            }
            next.0 += 1;
        }
        let beside = frame.beside().ok_or(VerifyError::Record {
            at,
            why: "what lies beside it is damaged",
        })?;
        for (_, item) in beside {
            self.item(item, &records)?;
        }
        self.found.frames += 1;
        self.end = End::of(header, place);
        Ok(())
    }

    fn follows(&self, record: &Record, at: Position) -> bool {
        let before = self.streams.get(&record.stream).copied().unwrap_or_default();
        record.position == at && record.revision.0 == before.0 + 1 && record.recorded_at >= self.recorded_at
    }

    fn leaf(&mut self, leaf: Hash, heads: &[TreeHead]) -> Result<(), VerifyError> {
        self.frontier.push(leaf);
        self.tile.push(leaf);
        if self.tile.len() as u64 == TILE {
            let index = self.frontier.size() / TILE - 1;
            let kept: Option<Tile> = self.store.state.tile(index)?;
            if let Some(other) = kept.and_then(|kept| kept.first_other(&self.tile)) {
                return Err(VerifyError::Record {
                    at: Position(index * TILE + other + 1),
                    why: "its hash is not the one that the tree has kept",
                });
            }
            self.tile.clear();
        }
        self.compare(heads)
    }

    fn compare(&self, heads: &[TreeHead]) -> Result<(), VerifyError> {
        let own = heads.iter().filter(|head| head.size == self.frontier.size());
        for head in own {
            if head.root != self.frontier.root() {
                return Err(VerifyError::Checkpoint { size: head.size });
            }
        }
        Ok(())
    }

    /// Something beside the records of its frame.
    fn item(&mut self, item: Beside, records: &[Record]) -> Result<(), VerifyError> {
        match item {
            Beside::File(hash, slot) if self.store.keys.get(slot)?.is_none() => {
                self.without_key.insert(slot, hash);
            }
            Beside::File(hash, _) => match self.store.sealed(item) {
                Ok(Some(sealed)) => self.item(Beside::Content(hash, sealed), records)?,
                // The file is missing, or is not one.
                Ok(None) | Err(ReadError::Sealed) => return Err(VerifyError::Content(hash)),
                Err(error) => return Err(error.into()),
            },
            Beside::Content(hash, sealed) => match sealed.open(&self.store.keys, &hash.0) {
                Ok(None) => drop(self.without_key.insert(sealed.slot, hash)),
                Ok(Some(plain)) => {
                    let salt = plain.first_chunk::<16>();
                    let own = salt.map(|salt| ContentHash::of(salt, &plain[16..]));
                    if own != Some(hash) {
                        return Err(VerifyError::Content(hash));
                    }
                    self.found.content += 1;
                }
                Err(_) => return Err(VerifyError::Content(hash)),
            },
            Beside::Row(table, key, Some(sealed)) => {
                // A row that was written over or removed has lost its key: that is as it should be.
                sealed.open(&self.store.keys, &row_name(&table, &key))?;
            }
            Beside::Row(_, _, None) => {}
            Beside::Erased(content, slot, at) => {
                self.is_destroyed(content, slot, at)?;
                let record = records.iter().find(|record| record.position == at);
                let own = self.without_key.remove(&slot) == Some(content);
                let record = record.filter(|_| own).cloned().ok_or(VerifyError::Record {
                    at,
                    why: "what it erased is not there",
                })?;
                self.found.erased.push(Erasure {
                    content,
                    record: Some(record),
                });
            }
        }
        Ok(())
    }

    /// An erasure that is recorded this moment, or that the disk refused, may have its key yet: it is destroyed now.
    fn is_destroyed(&self, content: ContentHash, slot: u64, at: Position) -> Result<(), VerifyError> {
        if self.store.keys.get(slot)?.is_some() {
            let destroyed = self.store.apply(&Direct::default());
            destroyed.map_err(|_| VerifyError::NotErased(content, at))?;
        }
        match self.store.keys.get(slot)? {
            Some(_) => Err(VerifyError::NotErased(content, at)),
            None => Ok(()),
        }
    }

    /// A copy that was made before an erasure hears of it without its record.
    fn erased_later(&mut self) -> Result<(), VerifyError> {
        if self.without_key.is_empty() {
            return Ok(());
        }
        let known: BTreeSet<_> = self.store.state.all_erased()?.into_iter().collect();
        for (slot, content) in std::mem::take(&mut self.without_key) {
            if !known.contains(&(content, slot)) {
                return Err(VerifyError::KeyGone(content));
            }
            self.found.erased.push(Erasure { content, record: None });
        }
        Ok(())
    }
}
