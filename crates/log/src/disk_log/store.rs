//! The log's files and what is in memory of them: everything that reads.

use super::frame::Beside;
use super::keys::Keys;
use super::media;
use super::memory::{Memory, Round};
use super::seal::Sealed;
use super::segment::{Frames, Place, Segments};
use super::state::{self, ApplyError, Direct, State};
use crate::error::ReadError;
use crate::event_log::ContentObject;
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::Record;
use crate::watch::Growth;
use bytes::{Bytes, BytesMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// Records that may wait for the tables; when there are more, appends wait too.
const MOST_WAITING: usize = 262_144;

/// The tables are written when so many records wait for them.
pub(crate) const ROUND: usize = 32_768;

/// The open log.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) segments: Segments,
    pub(crate) keys: Keys,
    pub(crate) state: State,
    pub(crate) growth: Growth,
    pub(crate) memory: RwLock<Memory>,
    pub(crate) marks: RwLock<Vec<(Position, Place)>>,
    /// Held by who writes the tables.
    pub(crate) tables: Mutex<()>,
    /// Held by who writes the tree.
    pub(crate) tree: Mutex<()>,
    /// How many records wait for the tables.
    pub(crate) waiting: Mutex<Backlog>,
    pub(crate) changed: Condvar,
    /// Whether the tables may hold what was said to be refused.
    pub(crate) unsettled: AtomicBool,
}

/// What waits for the tables.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    pub(crate) records: usize,
    pub(crate) rounds: bool,
    /// The last attempt was refused.
    pub(crate) refused: bool,
    pub(crate) closing: bool,
}

impl Store {
    pub(crate) fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn revision(&self, stream: &StreamId) -> Result<Revision, ReadError> {
        match self.memory()?.revision(stream) {
            Some(revision) => Ok(revision),
            None => self.state.revision(stream),
        }
    }

    /// A frame is durable: its records may be seen, and what lies beside them.
    pub(crate) fn take_in(&self, round: Round, records: &[(StreamId, Revision, Position)], position: Position) {
        self.marks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(&round.marks);
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        for (stream, revision, position) in records {
            memory.fresh.record(*stream, *revision, *position);
        }
        memory.fresh.join(round);
        drop(memory);
        if !records.is_empty() {
            self.growth.reached(position);
        }
        let mut backlog = self.backlog();
        backlog.records += records.len();
        if !backlog.rounds || backlog.records >= ROUND {
            backlog.rounds = true;
            self.changed.notify_all();
        }
        while backlog.records > MOST_WAITING && !backlog.refused {
            backlog = self.changed.wait(backlog).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Writes what waits into the tables, and `direct` after it.
    pub(crate) fn apply(&self, direct: &Direct) -> Result<(), ApplyError> {
        let _writing = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.settle() {
            self.backlog().refused = true;
            return Err(error.into());
        }
        let round = self.next_round();
        let applied = self.state.apply(&self.keys, &round, direct);
        match &applied {
            Ok(()) | Err(ApplyError::Erase(_)) => self.has_left(&round),
            Err(ApplyError::Tables(_)) => self.unsettled.store(true, Ordering::Release),
            Err(ApplyError::Seal(_) | ApplyError::Unknown(_)) => {}
        }
        self.backlog().refused = matches!(applied, Err(ApplyError::Tables(_)));
        self.changed.notify_all();
        applied
    }

    /// The round that was refused, if there is one, and what came since.
    fn next_round(&self) -> Arc<Round> {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = std::mem::take(&mut memory.fresh);
        let mut round = memory.leaving.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        round.join(fresh);
        let round = Arc::new(round);
        memory.leaving = Some(Arc::clone(&round));
        round
    }

    fn has_left(&self, round: &Round) {
        self.memory.write().unwrap_or_else(PoisonError::into_inner).leaving = None;
        let mut backlog = self.backlog();
        backlog.records = backlog.records.saturating_sub(round.records);
    }

    /// A change of the tables that was refused at the very last may be in them all the same: before anyone looks again,
    /// they are asked.
    fn settle(&self) -> Result<(), ReadError> {
        if !self.unsettled.load(Ordering::Acquire) {
            return Ok(());
        }
        let (_, applied) = self.state.applied()?;
        let leaving = self
            .memory
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .leaving
            .clone();
        let there = |round: &Arc<Round>| round.end.is_some_and(|end| applied.frame >= end.frame);
        if let Some(round) = leaving.filter(there) {
            self.has_left(&round);
        }
        self.unsettled.store(false, Ordering::Release);
        Ok(())
    }

    /// What is in memory, when it is certain what is in the tables.
    fn memory(&self) -> Result<RwLockReadGuard<'_, Memory>, ReadError> {
        self.settle()?;
        Ok(self.memory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Up to `limit` records after a position.
    pub(crate) fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let visible = self.growth.position();
        let mut records = Vec::new();
        if after >= visible || limit == 0 {
            return Ok(records);
        }
        let mut frames = self.frames_at(Position(after.0 + 1));
        while records.len() < limit {
            let next = records.last().map_or(after.0, |record: &Record| record.position.0) + 1;
            if next > visible.0 {
                break;
            }
            let damaged = || ReadError::Damaged(Position(next));
            let (_, frame) = frames.next()?.ok_or_else(damaged)?;
            if frame.header.end() <= next {
                continue;
            }
            for bytes in frame.records() {
                let record = Record::from_bytes(&bytes.ok_or_else(damaged)?).ok_or_else(damaged)?;
                if record.position > after && records.len() < limit {
                    records.push(record);
                }
            }
            if records.is_empty() {
                return Err(damaged());
            }
        }
        Ok(records)
    }

    /// Frames from the last mark at or before a position.
    pub(crate) fn frames_at(&self, position: Position) -> Frames<'_> {
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        let at = marks.partition_point(|(first, _)| *first <= position);
        let place = at.checked_sub(1).and_then(|at| marks.get(at)).map(|(_, place)| *place);
        self.segments.frames(place.unwrap_or(Place::FIRST))
    }

    pub(crate) fn read_stream(
        &self,
        stream: &StreamId,
        after: Revision,
        limit: usize,
    ) -> Result<Vec<Record>, ReadError> {
        // Memory first: what leaves it between the two is in the tables by then.
        let later = self.memory()?.stream(stream, after);
        let mut places = self.state.stream(stream, after, limit)?;
        let last = places.last().map_or(after.0, |(revision, _)| *revision);
        places.extend(later.into_iter().filter(|(revision, _)| *revision > last));
        places.truncate(limit);
        let mut records = Vec::with_capacity(places.len());
        for (_, position) in places {
            let found = self.read(Position(position - 1), 1)?.pop();
            let record = found.filter(|record| record.stream == *stream);
            let mut record = record.ok_or(ReadError::Damaged(Position(position)))?;
            // Its own bytes, not a part of everything that was read around it.
            record.body = Bytes::copy_from_slice(&record.body);
            records.push(record);
        }
        Ok(records)
    }

    pub(crate) fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError> {
        match self.content_item(hash)? {
            Some(item) => self.opened(item),
            None => Ok(None),
        }
    }

    /// The object that an item holds or names; `None` when it is erased, or the item is of another kind.
    pub(crate) fn opened(&self, item: Beside) -> Result<Option<ContentObject>, ReadError> {
        let Some((hash, _)) = item.object() else {
            return Ok(None);
        };
        let Some(sealed) = self.sealed(item)? else {
            return Ok(None);
        };
        let Some(plain) = sealed.open(&self.keys, &hash.0)? else {
            return Ok(None);
        };
        let (salt, _) = plain.split_first_chunk::<16>().ok_or(ReadError::Sealed)?;
        Ok(Some(ContentObject {
            hash,
            salt: *salt,
            bytes: plain.slice(16..),
        }))
    }

    /// The slot of the key of an object that is not erased.
    pub(crate) fn content_slot(&self, hash: &ContentHash) -> Result<Option<u64>, ReadError> {
        let slot = self
            .content_item(hash)?
            .and_then(|item| item.object())
            .map(|(_, slot)| slot);
        match slot {
            Some(slot) => Ok(self.keys.get(slot)?.map(|_| slot)),
            None => Ok(None),
        }
    }

    /// The key slot of an object that has a file of its own.
    pub(crate) fn media_slot(&self, hash: &ContentHash) -> Result<Option<u64>, ReadError> {
        match self.content_item(hash)? {
            Some(Beside::File(_, slot)) => Ok(Some(slot)),
            _ => Ok(None),
        }
    }

    /// Tells this log and its copies from all others.
    pub(crate) fn log_id(&self) -> Option<[u8; 16]> {
        self.segments.get(1).map(|first| first.head.log)
    }

    /// The record that erased an object; `None` when the object can be read.
    pub(crate) fn erased(&self, hash: &ContentHash) -> Result<Option<Position>, ReadError> {
        if self.content_slot(hash)?.is_some() {
            return Ok(None);
        }
        let here = self.memory()?.erased(hash);
        here.map_or_else(|| self.state.erased(hash), |position| Ok(Some(position)))
    }

    /// What an item holds, or the file that it names; `None` when that is gone.
    pub(crate) fn sealed(&self, item: Beside) -> Result<Option<Sealed>, ReadError> {
        match item {
            Beside::Content(_, sealed) => Ok(Some(sealed)),
            Beside::File(hash, slot) => media::read(self.segments.disk(), &hash, slot),
            Beside::Row(..) | Beside::Erased(..) => Ok(None),
        }
    }

    fn content_item(&self, hash: &ContentHash) -> Result<Option<Beside>, ReadError> {
        let here = self.memory()?.content(hash);
        let place = match here {
            Some(place) => place,
            None => self.state.content(hash)?,
        };
        place.map(|place| self.item_at(place, hash)).transpose()
    }

    /// The item of an object at a place.
    fn item_at(&self, place: Place, hash: &ContentHash) -> Result<Beside, ReadError> {
        let segment = self.segments.get(place.segment).ok_or(ReadError::Sealed)?;
        let mut length = 64 * 1024;
        loop {
            let mut bytes = BytesMut::zeroed(length);
            let read = segment.file.read_at(u64::from(place.at), &mut bytes);
            let read = read.map_err(|error| ReadError::Storage(error.to_string()))?;
            bytes.truncate(read);
            match state::content_of(&bytes.freeze(), hash) {
                Some(item) => return Ok(item),
                None if read < length || length > 2 * crate::MAX_BATCH_BYTES => return Err(ReadError::Sealed),
                None => length *= 4,
            }
        }
    }

    pub(crate) fn row(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError> {
        let here = self.memory()?.row(table, &Bytes::copy_from_slice(key));
        let sealed = match here {
            Some(sealed) => sealed,
            None => self.state.row(table, key)?,
        };
        match sealed {
            Some(sealed) => sealed.open(&self.keys, &state::row_name(table, key)),
            None => Ok(None),
        }
    }

    pub(crate) fn rows(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError> {
        let here = self.memory()?.rows(table, prefix);
        let mut all = self.state.rows(table, prefix)?;
        all.extend(here);
        let mut rows = Vec::with_capacity(all.len());
        for (key, sealed) in all {
            let Some(sealed) = sealed else { continue };
            if let Some(value) = sealed.open(&self.keys, &state::row_name(table, &key))? {
                rows.push((key, value));
            }
        }
        Ok(rows)
    }
}
