//! The tables beside the segments: the index of streams, where content lies, and the rows that can be erased. All but
//! the rows could be made anew from the segments. Drawn in `docs/log-format.md`.

use super::frame::Beside;
use super::keys::Keys;
use super::memory::{End, Round};
use super::seal::{SealError, Sealed};
use super::segment::Place;
use super::tree::{self, TREE, Tile};
use crate::disk::Disk;
use crate::error::ReadError;
use crate::event_log::TableWrite;
use crate::merkle::Hash;
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use bytes::Bytes;
use redb::{
    Database, Durability, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction,
};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The file's name.
pub(crate) const FILE: &str = "events.redb";
/// Memory that redb may keep pages in, in bytes.
pub(crate) const CACHE: usize = 64 * 1024 * 1024;
/// The format of the tables.
pub(crate) const THIS_FORMAT: u64 = 2;

/// (Stream, revision of the first) → count and the positions, each as the distance from the one before.
const STREAMS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("streams");
/// Position → where the frame of that record begins; one for every 64 KiB or so.
const MARKS: TableDefinition<'_, u64, u64> = TableDefinition::new("marks");
/// Hash → where the object lies.
const CONTENT: TableDefinition<'_, &[u8; 32], u64> = TableDefinition::new("content");
/// (Table, key) → sealed row.
const ROWS: TableDefinition<'_, (&str, &[u8]), &[u8]> = TableDefinition::new("rows");
/// Key slots that are to be destroyed: what they open is gone from the tables.
const GRAVES: TableDefinition<'_, u64, ()> = TableDefinition::new("graves");
/// (Hash, key slot) of what was erased → position of the record that did it; 0: it came after this copy was made.
const ERASED: TableDefinition<'_, (&[u8; 32], u64), u64> = TableDefinition::new("erased");
/// (Table, row, key slot) of what a row held before it was written over: a copy of the log may hold it yet.
const FORMER: TableDefinition<'_, (&str, &[u8], u64), ()> = TableDefinition::new("former");
/// Key slots of rows that were removed, and of all that they held before.
const REMOVED: TableDefinition<'_, u64, ()> = TableDefinition::new("removed");
/// Facts about the file.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(crate) const FORMAT: &str = "format";
const LOG_HIGH: &str = "log-high";
const LOG_LOW: &str = "log-low";
const FRAME: &str = "applied-frame";
const CHECKSUM: &str = "applied-checksum";
const BEGIN: &str = "applied-begin";
const PLACE: &str = "applied-place";
const POSITION: &str = "applied-position";
const NEXT_SLOT: &str = "next-slot";

/// The database. It is closed and opened again after the disk refused something: redb asks for that.
#[derive(Debug)]
pub(crate) struct State {
    disk: Arc<dyn Disk>,
    db: RwLock<Option<Database>>,
}

/// What a change comes to beside the round.
#[derive(Debug, Default)]
pub(crate) struct Direct {
    pub(crate) writes: Vec<TableWrite>,
    /// Objects of content that were erased in the log that this is a copy of, and the slots of their keys.
    pub(crate) erase: Vec<(ContentHash, u64)>,
}

pub(crate) fn unreadable(error: impl Into<redb::Error>) -> ReadError {
    ReadError::Storage(error.into().to_string())
}

impl State {
    pub(crate) fn new(disk: Arc<dyn Disk>, db: Database) -> Self {
        Self {
            disk,
            db: RwLock::new(Some(db)),
        }
    }

    /// Works on the database; after a refusal it is opened anew for whoever comes next.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let result = {
            let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
            db.as_ref().map(work)
        };
        match result {
            Some(Err(error @ (redb::Error::Io(_) | redb::Error::PreviousIo))) => {
                // What reopening says is not this caller's answer.
                let _ = self.reopen();
                Err(error)
            }
            Some(result) => result,
            None => {
                self.reopen()?;
                Err(redb::Error::PreviousIo)
            }
        }
    }

    fn reopen(&self) -> Result<(), redb::Error> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        *db = None;
        *db = Some(self.disk.database(FILE, CACHE)?);
        Ok(())
    }

    fn read<T>(&self, work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, ReadError> {
        self.with(|db| work(&db.begin_read()?)).map_err(unreadable)
    }

    /// Looks at every table before anything is written. On a file whose disk lied redb may panic; a panic while a change is
    /// under way would meet a second one in what it drops, and end the process without a word.
    /// Whether a change is to be made: a table is missing, or a grave is open.
    pub(crate) fn look_at_tables(&self) -> Result<bool, ReadError> {
        self.read(|read| {
            let there = [
                look_at(read, STREAMS)?,
                look_at(read, MARKS)?,
                look_at(read, CONTENT)?,
                look_at(read, ROWS)?,
                look_at(read, ERASED)?,
                look_at(read, FORMER)?,
                look_at(read, REMOVED)?,
                look_at(read, TREE)?,
                look_at(read, META)?,
            ];
            let graves = look_at(read, GRAVES)? && read.open_table(GRAVES)?.first()?.is_some();
            Ok(graves || there.contains(&false))
        })
    }

    /// The revision of a stream as far as the tables know it.
    pub(crate) fn revision(&self, stream: &StreamId) -> Result<Revision, ReadError> {
        self.read(|read| {
            let streams = read.open_table(STREAMS)?;
            let name = stream.as_str();
            let last = streams.range((name, 0)..=(name, u64::MAX))?.next_back().transpose()?;
            Ok(Revision(last.map_or(0, |(key, value)| {
                key.value().1 + positions_count(value.value()) - 1
            })))
        })
    }

    /// Revisions and positions of a stream's records after a revision, in order, at least `limit` if there are as many.
    pub(crate) fn stream(
        &self,
        stream: &StreamId,
        after: Revision,
        limit: usize,
    ) -> Result<Vec<(u64, u64)>, ReadError> {
        self.read(|read| {
            let streams = read.open_table(STREAMS)?;
            let name = stream.as_str();
            let begin = streams
                .range((name, 0)..=(name, after.0.saturating_add(1)))?
                .next_back()
                .transpose()?;
            let begin = begin.map_or(0, |(key, _)| key.value().1);
            let mut places = Vec::new();
            for row in streams.range((name, begin)..=(name, u64::MAX))? {
                let (key, value) = row?;
                let own = (key.value().1..).zip(unpack(value.value()));
                places.extend(own.filter(|(revision, _)| *revision > after.0));
                if places.len() >= limit {
                    break;
                }
            }
            Ok(places)
        })
    }

    pub(crate) fn content(&self, hash: &ContentHash) -> Result<Option<Place>, ReadError> {
        self.read(|read| {
            let row = read.open_table(CONTENT)?.get(&hash.0)?;
            Ok(row.map(|place| Place::from_word(place.value())))
        })
    }

    /// The record that erased an object last.
    pub(crate) fn erased(&self, hash: &ContentHash) -> Result<Option<Position>, ReadError> {
        self.read(|read| {
            let erased = read.open_table(ERASED)?;
            let last = erased
                .range((&hash.0, 0)..=(&hash.0, u64::MAX))?
                .next_back()
                .transpose()?;
            Ok(last.map(|(_, position)| Position(position.value())))
        })
    }

    /// The record that erased an object under one of its keys.
    pub(crate) fn erased_by(&self, hash: &ContentHash, slot: u64) -> Result<Option<Position>, ReadError> {
        self.read(|read| {
            let row = read.open_table(ERASED)?.get((&hash.0, slot))?;
            Ok(row.map(|position| Position(position.value())))
        })
    }

    /// The key slots of rows that were removed, and of all that they held before.
    pub(crate) fn all_removed(&self) -> Result<Vec<u64>, ReadError> {
        self.read(|read| {
            let removed = read.open_table(REMOVED)?;
            let slots = removed.iter()?.map(|row| row.map(|(slot, _)| slot.value()));
            Ok(slots.collect::<Result<_, _>>()?)
        })
    }

    /// All rows of all tables.
    pub(crate) fn all_rows(&self) -> Result<Vec<(TableName, Bytes, Sealed)>, ReadError> {
        self.read(|read| {
            let mut found = Vec::new();
            for row in read.open_table(ROWS)?.iter()? {
                let (name, row) = row?;
                let (table, key) = name.value();
                if let (Ok(table), Some(sealed)) = (TableName::new(table), sealed(row.value())) {
                    found.push((table, Bytes::copy_from_slice(key), sealed));
                }
            }
            Ok(found)
        })
    }

    /// Moves the pages that are used to the front of the file, and gives back the rest.
    pub(crate) fn compact(&self) -> Result<(), ApplyError> {
        let compacted = {
            let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
            match db.as_mut() {
                Some(db) => db.compact().map(drop).map_err(redb::Error::from),
                None => Err(redb::Error::PreviousIo),
            }
        };
        if compacted.is_err() {
            // What reopening says is heard by whoever comes next.
            let _ = self.reopen();
        }
        Ok(compacted?)
    }

    /// All that was erased: hash and slot.
    pub(crate) fn all_erased(&self) -> Result<Vec<(ContentHash, u64)>, ReadError> {
        self.read(|read| {
            let mut found = Vec::new();
            for row in read.open_table(ERASED)?.iter()? {
                let (name, _) = row?;
                let (hash, slot) = name.value();
                found.push((ContentHash(*hash), slot));
            }
            Ok(found)
        })
    }

    pub(crate) fn row(&self, table: &TableName, key: &[u8]) -> Result<Option<Sealed>, ReadError> {
        self.read(|read| {
            let row = read.open_table(ROWS)?.get((table.as_str(), key))?;
            Ok(row.and_then(|row| sealed(row.value())))
        })
    }

    pub(crate) fn rows(&self, table: &TableName, prefix: &[u8]) -> Result<BTreeMap<Bytes, Option<Sealed>>, ReadError> {
        self.read(|read| {
            let rows = read.open_table(ROWS)?;
            let mut found = BTreeMap::new();
            for row in rows.range((table.as_str(), prefix)..)? {
                let (name, row) = row?;
                let (of, key) = name.value();
                if of != table.as_str() || !key.starts_with(prefix) {
                    break;
                }
                found.insert(Bytes::copy_from_slice(key), sealed(row.value()));
            }
            Ok(found)
        })
    }

    /// All marks, in order.
    pub(crate) fn marks(&self) -> Result<Vec<(Position, Place)>, ReadError> {
        self.read(|read| {
            let marks = read.open_table(MARKS)?;
            let mut found = Vec::new();
            for row in marks.range::<u64>(..)? {
                let (position, place) = row?;
                found.push((Position(position.value()), Place::from_word(place.value())));
            }
            Ok(found)
        })
    }

    /// How far the tables go, and which log they belong to.
    pub(crate) fn applied(&self) -> Result<([u8; 16], End), ReadError> {
        self.read(|read| {
            let meta = read.open_table(META)?;
            let fact = |name| Ok::<_, redb::Error>(meta.get(name)?.map_or(0, |value| value.value()));
            let log = u128::from(fact(LOG_HIGH)?) << 64 | u128::from(fact(LOG_LOW)?);
            Ok((log.to_be_bytes(), end_of(read)?))
        })
    }

    /// Copies the tables as they are at one moment; how far they go.
    pub(crate) fn copy_to(&self, disk: &dyn Disk, name: &str) -> Result<End, ReadError> {
        let copied = self.with(|db| {
            let read = db.begin_read()?;
            let target = disk.database(name, CACHE)?;
            let write = target.begin_write()?;
            copy_table(&read, &write, STREAMS)?;
            copy_table(&read, &write, MARKS)?;
            copy_table(&read, &write, CONTENT)?;
            copy_table(&read, &write, ROWS)?;
            copy_table(&read, &write, GRAVES)?;
            copy_table(&read, &write, ERASED)?;
            copy_table(&read, &write, FORMER)?;
            copy_table(&read, &write, REMOVED)?;
            copy_table(&read, &write, TREE)?;
            copy_table(&read, &write, META)?;
            write.commit()?;
            end_of(&read)
        });
        copied.map_err(unreadable)
    }

    /// How many tiles of the tree are kept.
    pub(crate) fn tiles(&self) -> Result<u64, ReadError> {
        self.read(tree::tiles)
    }

    pub(crate) fn tile(&self, index: u64) -> Result<Option<Tile>, ReadError> {
        self.read(|read| tree::tile(read, index))
    }

    pub(crate) fn tree_nodes(&self, level: u32, first: u64, count: u64) -> Result<Vec<Hash>, ReadError> {
        self.read(|read| tree::nodes(&read.open_table(TREE)?, level, first, count))
    }

    pub(crate) fn keep_tiles(&self, first: u64, tiles: &[Tile]) -> Result<(), ReadError> {
        let written = self.with(|db| {
            let mut write = db.begin_write()?;
            tree::write(&mut write, first, tiles)?;
            write.commit()?;
            Ok(())
        });
        written.map_err(unreadable)
    }

    /// Writes a round and what comes directly after it; the slots whose keys are of no use any more are destroyed.
    pub(crate) fn apply(&self, keys: &Keys, round: &Round, direct: &Direct) -> Result<(), ApplyError> {
        let graves = self.with(|db| {
            let mut write = db.begin_write()?;
            write.set_durability(Durability::Immediate)?;
            // Finding free pages again after a power cut must not take a walk over the whole file.
            write.set_quick_repair(true);
            let sealed = change(&write, keys, round, direct)?;
            if let Err(error) = sealed {
                write.abort()?;
                return Ok(Err(error));
            }
            let graves = graves(&write)?;
            write.commit()?;
            Ok(Ok(graves))
        })??;
        keys.erase(&graves).map_err(ApplyError::Erase)?;
        if !graves.is_empty() {
            // Graves that stay open are found and filled the next time.
            let _ = self.fill_graves(&graves);
        }
        Ok(())
    }

    /// Destroys what a power cut left undestroyed.
    pub(crate) fn finish_erasing(&self, keys: &Keys) -> Result<(), ApplyError> {
        self.apply(keys, &Round::default(), &Direct::default())
    }

    /// Forgets graves whose keys are gone. It need not be durable: destroying a key twice is once.
    fn fill_graves(&self, slots: &[u64]) -> Result<(), redb::Error> {
        self.with(|db| {
            let mut write = db.begin_write()?;
            write.set_durability(Durability::None)?;
            {
                let mut graves = write.open_table(GRAVES)?;
                for slot in slots {
                    graves.remove(slot)?;
                }
            }
            write.commit()?;
            Ok(())
        })
    }
}

/// Why a round was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The disk refused.
    #[error("{0}")]
    Tables(#[from] redb::Error),
    /// What is in the tables is not known.
    #[error(transparent)]
    Unknown(#[from] ReadError),
    /// A row could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// All was written, but the disk refused to destroy keys: that is tried again with the next change.
    #[error("the keys of what was erased could not be destroyed yet: {0}")]
    Erase(std::io::Error),
}

/// The end of the last frame that the tables know.
fn end_of(read: &ReadTransaction) -> Result<End, redb::Error> {
    let meta = read.open_table(META)?;
    let fact = |name| Ok::<_, redb::Error>(meta.get(name)?.map_or(0, |value| value.value()));
    Ok(End {
        frame: fact(FRAME)?,
        checksum: fact(CHECKSUM)? as u32,
        begin: Place::from_word(fact(BEGIN)?),
        place: Place::from_word(fact(PLACE)?),
        position: Position(fact(POSITION)?),
        next_slot: fact(NEXT_SLOT)?,
    })
}

/// Goes down both edges of a table's tree; whether the table is there.
fn look_at<K: redb::Key + 'static, V: redb::Value + 'static>(
    read: &ReadTransaction,
    table: TableDefinition<'static, K, V>,
) -> Result<bool, redb::Error> {
    match read.open_table(table) {
        Ok(table) => {
            let _ = (table.first()?, table.last()?);
            Ok(true)
        }
        // Made by the first change, in a log that an earlier program began.
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn copy_table<K: redb::Key + 'static, V: redb::Value + 'static>(
    read: &ReadTransaction,
    write: &WriteTransaction,
    table: TableDefinition<'static, K, V>,
) -> Result<(), redb::Error> {
    let from = read.open_table(table)?;
    let mut to = write.open_table(table)?;
    for row in from.iter()? {
        let (key, value) = row?;
        to.insert(key.value(), value.value())?;
    }
    Ok(())
}

/// Makes the tables of a new log.
pub(crate) fn make_tables(db: &Database, log: [u8; 16]) -> Result<(), redb::Error> {
    let write = db.begin_write()?;
    {
        write.open_table(STREAMS)?;
        write.open_table(MARKS)?;
        write.open_table(CONTENT)?;
        write.open_table(ROWS)?;
        write.open_table(GRAVES)?;
        write.open_table(ERASED)?;
        write.open_table(FORMER)?;
        write.open_table(REMOVED)?;
        write.open_table(TREE)?;
        let mut meta = write.open_table(META)?;
        let log = u128::from_be_bytes(log);
        meta.insert(LOG_HIGH, (log >> 64) as u64)?;
        meta.insert(LOG_LOW, log as u64)?;
        meta.insert(FORMAT, THIS_FORMAT)?;
    }
    write.commit()?;
    Ok(())
}

fn change(
    write: &WriteTransaction,
    keys: &Keys,
    round: &Round,
    direct: &Direct,
) -> Result<Result<(), SealError>, redb::Error> {
    write_index(write, round)?;
    let mut graves = write.open_table(GRAVES)?;
    for slot in &round.stale_slots {
        graves.insert(slot, ())?;
    }
    // A round that is written a second time, because the first was refused, may find what the refused change behind it
    // had done to its keys and rows: what is written here is kept.
    let mut content = write.open_table(CONTENT)?;
    let mut erased = write.open_table(ERASED)?;
    for (hash, slot, position) in &round.erased {
        content.remove(&hash.0)?;
        erased.insert((&hash.0, *slot), position.0)?;
    }
    for (hash, (place, slot)) in &round.content {
        content.insert(&hash.0, place.to_word())?;
        graves.remove(slot)?;
    }
    let mut rows = write.open_table(ROWS)?;
    let mut former = write.open_table(FORMER)?;
    let mut removed = write.open_table(REMOVED)?;
    for ((table, key), row) in &round.rows {
        if let Some(row) = row {
            graves.remove(row.slot)?;
        }
        let name = (table.as_str(), &key[..]);
        let before = match row {
            Some(row) => rows.insert(name, packed(row).as_slice())?.map(|row| slot(row.value())),
            None => rows.remove(name)?.map(|row| slot(row.value())),
        };
        if let Some(before) = before.filter(|before| row.as_ref().is_none_or(|row| row.slot != *before)) {
            graves.insert(before, ())?;
            former.insert((table.as_str(), &key[..], before), ())?;
        }
        if row.is_none() {
            forget_former(&mut former, &mut removed, table, key)?;
        }
    }
    for TableWrite { table, key, value } in &direct.writes {
        let name = (table.as_str(), &key[..]);
        let before = rows.get(name)?.map(|row| slot(row.value()));
        let sealed = match value {
            None => {
                rows.remove(name)?;
                if let Some(before) = before {
                    graves.insert(before, ())?;
                    removed.insert(before, ())?;
                }
                forget_former(&mut former, &mut removed, table, key)?;
                continue;
            }
            Some(value) => seal_again(keys, before, table, key, value),
        };
        match sealed {
            Ok(sealed) => drop(rows.insert(name, packed(&sealed).as_slice())?),
            Err(error) => return Ok(Err(error)),
        }
    }
    for (hash, slot) in &direct.erase {
        content.remove(&hash.0)?;
        graves.insert(slot, ())?;
        erased.insert((&hash.0, *slot), 0)?;
    }
    write.open_table(META)?.insert(NEXT_SLOT, keys.next())?;
    Ok(Ok(()))
}

/// A row is removed: copies of the log must forget all that it ever held.
fn forget_former(
    former: &mut Table<'_, (&'static str, &'static [u8], u64), ()>,
    removed: &mut Table<'_, u64, ()>,
    table: &TableName,
    key: &[u8],
) -> Result<(), redb::Error> {
    let all = (table.as_str(), key, 0)..=(table.as_str(), key, u64::MAX);
    for row in former.extract_from_if(all, |_, ()| true)? {
        let (name, _) = row?;
        removed.insert(name.value().2, ())?;
    }
    Ok(())
}

/// A row that is written over keeps its key, unless that was destroyed.
fn seal_again(
    keys: &Keys,
    before: Option<u64>,
    table: &TableName,
    key: &[u8],
    value: &[u8],
) -> Result<Sealed, SealError> {
    let name = row_name(table, key);
    match before.map(|slot| (slot, keys.get(slot))) {
        Some((slot, Ok(Some(old)))) => Sealed::seal_in(slot, &old, &name, value),
        _ => Sealed::seal(keys, &name, value),
    }
}

/// What a row is sealed for: in another place it does not open.
pub(crate) fn row_name(table: &TableName, key: &[u8]) -> Vec<u8> {
    [b"row\0", table.as_str().as_bytes(), b"\0", key].concat()
}

fn write_index(write: &WriteTransaction, round: &Round) -> Result<(), redb::Error> {
    let Some(end) = round.end else { return Ok(()) };
    let mut streams = write.open_table(STREAMS)?;
    let mut in_order: Vec<_> = round.streams.iter().collect();
    in_order.sort_unstable_by_key(|(stream, _)| **stream);
    for (stream, (first, positions)) in in_order {
        streams.insert((stream.as_str(), first.0), pack(positions).as_slice())?;
    }
    let mut marks = write.open_table(MARKS)?;
    for (position, place) in &round.marks {
        marks.insert(position.0, place.to_word())?;
    }
    let mut meta = write.open_table(META)?;
    meta.insert(FRAME, end.frame)?;
    meta.insert(CHECKSUM, u64::from(end.checksum))?;
    meta.insert(BEGIN, end.begin.to_word())?;
    meta.insert(PLACE, end.place.to_word())?;
    meta.insert(POSITION, end.position.0)?;
    Ok(())
}

fn graves(write: &WriteTransaction) -> Result<Vec<u64>, redb::Error> {
    let graves = write.open_table(GRAVES)?;
    let slots = graves.range::<u64>(..)?.map(|row| row.map(|(slot, _)| slot.value()));
    Ok(slots.collect::<Result<_, _>>()?)
}

/// Count, then each position as the distance from the one before, seven bits a byte, low ones first (LEB128).
fn pack(positions: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 + positions.len() * 3);
    out.extend((positions.len() as u32).to_be_bytes());
    let mut before = 0;
    for position in positions {
        let mut distance = position - before;
        while distance >= 0x80 {
            out.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        out.push(distance as u8);
        before = *position;
    }
    out
}

fn positions_count(packed: &[u8]) -> u64 {
    packed
        .first_chunk::<4>()
        .map_or(0, |count| u64::from(u32::from_be_bytes(*count)))
}

fn unpack(packed: &[u8]) -> Vec<u64> {
    let mut positions = Vec::with_capacity(positions_count(packed) as usize);
    let (mut position, mut distance, mut shift) = (0, 0, 0);
    for byte in packed.iter().skip(4) {
        distance |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            position += distance;
            positions.push(position);
            (distance, shift) = (0, 0);
        }
    }
    positions
}

fn packed(row: &Sealed) -> Vec<u8> {
    let mut out = Vec::new();
    row.write(&mut out);
    out
}

fn slot(packed: &[u8]) -> u64 {
    packed.first_chunk().map_or(u64::MAX, |slot| u64::from_be_bytes(*slot))
}

fn sealed(packed: &[u8]) -> Option<Sealed> {
    let bytes = Bytes::copy_from_slice(packed);
    Sealed::read(&bytes, &mut &bytes[..])
}

/// An object's item beside the records, read back.
pub(crate) fn content_of(bytes: &Bytes, wanted: &ContentHash) -> Option<Beside> {
    let item = Beside::read(bytes)?.0;
    item.object().filter(|(hash, _)| hash == wanted).map(|_| item)
}
