//! What the log has on disk in its segments but not yet in its tables. The tables are written in rounds, so that an
//! append costs one write and one sync; until then readers find it here.

use super::frame::{Beside, Frame, Header};
use super::seal::Sealed;
use super::segment::Place;
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::Record;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Frames that wait for the tables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Round {
    /// Number and checksum of the last frame, where it ends, and the next free key slot.
    pub(crate) end: Option<End>,
    pub(crate) records: usize,
    /// Positions of a stream's records, and the revision of the first of them.
    pub(crate) streams: HashMap<StreamId, (Revision, Vec<u64>)>,
    /// Where an object lies, and the slot of its key.
    pub(crate) content: HashMap<ContentHash, (Place, u64)>,
    pub(crate) rows: BTreeMap<(TableName, Bytes), Option<Sealed>>,
    /// Rows that were written over within the round: their keys are of no use any more.
    pub(crate) stale_slots: Vec<u64>,
    /// Objects that were erased: the slot of each, and the record that did it.
    pub(crate) erased: Vec<(ContentHash, u64, Position)>,
    pub(crate) marks: Vec<(Position, Place)>,
}

/// The end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) frame: u64,
    pub(crate) checksum: u32,
    /// Where the frame begins,
    pub(crate) begin: Place,
    /// and where the next one does.
    pub(crate) place: Place,
    pub(crate) position: Position,
    pub(crate) next_slot: u64,
}

impl End {
    /// The end of a frame that begins at `place`.
    pub(crate) fn of(header: &Header, place: Place) -> Self {
        Self {
            frame: header.number,
            checksum: header.checksum,
            begin: place,
            place: Place {
                at: place.at + header.frame_bytes() as u32,
                ..place
            },
            position: Position(header.end() - 1),
            next_slot: header.next_slot,
        }
    }
}

impl Round {
    /// Takes in the round that comes after this one.
    pub(crate) fn join(&mut self, later: Self) {
        self.end = later.end.or(self.end);
        self.records += later.records;
        for (stream, (first, positions)) in later.streams {
            let (_, own) = self.streams.entry(stream).or_insert_with(|| (first, Vec::new()));
            own.extend(positions);
        }
        for (hash, slot, position) in later.erased {
            self.erase(hash, slot, position);
        }
        self.content.extend(later.content);
        self.stale_slots.extend(later.stale_slots);
        for ((table, key), sealed) in later.rows {
            self.row(table, key, sealed);
        }
        self.marks.extend(later.marks);
    }

    fn row(&mut self, table: TableName, key: Bytes, sealed: Option<Sealed>) {
        let before = self.rows.insert((table, key), sealed);
        self.stale_slots.extend(before.flatten().map(|sealed| sealed.slot));
    }

    pub(crate) fn record(&mut self, stream: StreamId, revision: Revision, position: Position) {
        let (_, positions) = self.streams.entry(stream).or_insert_with(|| (revision, Vec::new()));
        positions.push(position.0);
        self.records += 1;
    }

    /// Takes in what lies beside the records of a frame; `at` is its offset in the segment.
    pub(crate) fn beside(&mut self, segment: u32, at: u32, item: Beside) {
        match item {
            Beside::Content(..) | Beside::File(..) => {
                if let Some((hash, slot)) = item.object() {
                    self.content.insert(hash, (Place { segment, at }, slot));
                }
            }
            Beside::Row(table, key, sealed) => self.row(table, key, sealed),
            Beside::Erased(hash, slot, position) => {
                self.erase(hash, slot, position);
                self.stale_slots.push(slot);
            }
        }
    }

    /// The object may have come again since under another key: that one stays.
    fn erase(&mut self, hash: ContentHash, slot: u64, position: Position) {
        if self.content.get(&hash).is_some_and(|(_, own)| *own == slot) {
            self.content.remove(&hash);
        }
        self.erased.push((hash, slot, position));
    }

    /// Takes in a frame that was read back; `None` when it does not hold what a frame holds.
    pub(crate) fn frame(&mut self, place: Place, frame: &Frame, marked: bool) -> Option<()> {
        for bytes in frame.records() {
            let record = Record::from_bytes(&bytes?)?;
            self.record(record.stream, record.revision, record.position);
        }
        for (at, item) in frame.beside()? {
            self.beside(place.segment, place.at + at as u32, item);
        }
        if marked {
            self.marks.push((frame.header.first, place));
        }
        self.end = Some(End::of(&frame.header, place));
        Some(())
    }
}

/// The round that grows, and the one that is being written into the tables.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) fresh: Round,
    pub(crate) leaving: Option<Arc<Round>>,
}

impl Memory {
    fn rounds(&self) -> impl Iterator<Item = &Round> {
        std::iter::once(&self.fresh).chain(self.leaving.as_deref())
    }

    /// The revision of a stream that has records here.
    pub(crate) fn revision(&self, stream: &StreamId) -> Option<Revision> {
        let last = |round: &Round| {
            let (first, positions) = round.streams.get(stream)?;
            Some(Revision(first.0 + positions.len() as u64 - 1))
        };
        self.rounds().find_map(last)
    }

    /// Revisions and positions of a stream's records after a revision, in order.
    pub(crate) fn stream(&self, stream: &StreamId, after: Revision) -> Vec<(u64, u64)> {
        let mut places = Vec::new();
        for round in [self.leaving.as_deref(), Some(&self.fresh)].into_iter().flatten() {
            if let Some((first, positions)) = round.streams.get(stream) {
                places.extend(
                    (first.0..)
                        .zip(positions.iter().copied())
                        .filter(|(revision, _)| *revision > after.0),
                );
            }
        }
        places
    }

    /// Where an object lies: `None` when the tables must be asked, `Some(None)` when it is erased.
    pub(crate) fn content(&self, hash: &ContentHash) -> Option<Option<Place>> {
        self.rounds().find_map(|round| {
            let place = round.content.get(hash).map(|(place, _)| Some(*place));
            let erased = || round.erased.iter().any(|(it, ..)| it == hash).then_some(None);
            place.or_else(erased)
        })
    }

    /// The record that erased an object, as far as the tables do not know it yet.
    pub(crate) fn erased(&self, hash: &ContentHash) -> Option<Position> {
        let last = |round: &Round| round.erased.iter().rfind(|(it, ..)| it == hash).map(|(.., at)| *at);
        self.rounds().find_map(last)
    }

    /// A row: `None` when the tables must be asked, `Some(None)` when it is gone.
    pub(crate) fn row(&self, table: &TableName, key: &Bytes) -> Option<Option<Sealed>> {
        let name = (*table, key.clone());
        self.rounds().find_map(|round| round.rows.get(&name).cloned())
    }

    /// All rows of a table whose keys begin with `prefix`, those that are gone among them.
    pub(crate) fn rows(&self, table: &TableName, prefix: &[u8]) -> BTreeMap<Bytes, Option<Sealed>> {
        let from = (*table, Bytes::copy_from_slice(prefix));
        let mut rows = BTreeMap::new();
        for round in [self.leaving.as_deref(), Some(&self.fresh)].into_iter().flatten() {
            let own = round.rows.range(from.clone()..);
            let own = own.take_while(|((name, key), _)| name == table && key.starts_with(prefix));
            rows.extend(own.map(|((_, key), sealed)| (key.clone(), sealed.clone())));
        }
        rows
    }
}
