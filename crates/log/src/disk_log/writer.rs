//! Group commit: whoever comes first writes for all who wait, as one frame with one sync.

use super::Sizes;
use super::frame::{Beside, Draft};
use super::memory::{End, Round};
use super::segment::{Place, SEGMENT_HEADER, Segment, SegmentHead};
use super::store::Store;
use crate::error::AppendError;
use crate::event_log::{Appended, Batch};
use crate::name::{ContentHash, Position, Revision, StreamId};
use crate::record::Record;
use crate::sequencer::{Placed, Sequencer};
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

/// Bytes between two marks.
pub(crate) const MARK_EVERY: u32 = 64 * 1024;
/// Streams whose revision is remembered without asking the tables.
const REVISIONS: usize = 65_536;

/// An append that waits: its batch, and what lies beside its records, sealed already.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) stream: StreamId,
    pub(crate) expected: Revision,
    pub(crate) batch: Batch,
    pub(crate) beside: Vec<Beside>,
}

/// What an append is told.
pub(crate) type Answer = Result<Appended, AppendError>;

/// Who writes the segments: one at a time.
#[derive(Debug)]
pub(crate) struct Writer {
    store: Arc<Store>,
    sequencer: Sequencer,
    revisions: HashMap<StreamId, Revision>,
    segment: Segment,
    sizes: Sizes,
    end: End,
    /// From here on the file is not filled with zeros yet.
    zeroed: u32,
    last_mark: Option<Place>,
    /// The last write failed: what it left must be wiped before the next.
    torn: bool,
    draft: Draft,
}

/// Where the log ends when it is opened.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) sequencer: Sequencer,
    pub(crate) end: End,
    pub(crate) segment: Segment,
    pub(crate) last_mark: Option<Place>,
}

/// What one frame holds.
#[derive(Default)]
struct Group {
    records: Vec<(StreamId, Revision, Position)>,
    /// Content of the group and the slots of its keys, so that the same object is not written twice.
    content: HashMap<ContentHash, u64>,
    /// What the group erased of what was there before.
    erased: HashSet<ContentHash>,
    beside: Vec<Beside>,
}

impl Writer {
    pub(crate) fn new(store: Arc<Store>, tail: Tail, sizes: Sizes) -> Self {
        Self {
            store,
            sequencer: tail.sequencer,
            revisions: HashMap::new(),
            zeroed: tail.end.place.at,
            segment: tail.segment,
            sizes,
            end: tail.end,
            last_mark: tail.last_mark,
            torn: false,
            draft: Draft::default(),
        }
    }

    /// Writes a group; the answers, in the group's order. What was refused wrote nothing.
    pub(crate) fn write(&mut self, waiting: Vec<Waiting>) -> Vec<Answer> {
        if let Err(error) = self.mend() {
            return waiting.iter().map(|_| Err(refused(&error))).collect();
        }
        let mark = self.sequencer.mark();
        let mut group = Group::default();
        self.draft.clear();
        let mut answers = Vec::with_capacity(waiting.len());
        for one in waiting {
            answers.push(self.take(one, &mut group));
        }
        if let Err(error) = self.commit(group) {
            self.sequencer.rewind(mark);
            self.revisions.clear();
            for answer in answers.iter_mut().filter(|answer| answer.is_ok()) {
                *answer = Err(refused(&error));
            }
        }
        answers
    }

    /// Writes records of another log, which have their places. The commands in them are not remembered: the log is opened
    /// anew before it takes appends.
    pub(crate) fn import(&mut self, records: &[Record], beside: Vec<Beside>) -> Result<(), AppendError> {
        let mut group = Group::default();
        self.draft.clear();
        for record in records {
            self.draft.record(record);
            group.records.push((record.stream, record.revision, record.position));
        }
        group.beside = beside;
        self.commit(group).map_err(|error| refused(&error))
    }

    /// Finds a batch's place in the frame.
    fn take(&mut self, one: Waiting, group: &mut Group) -> Answer {
        let Waiting {
            stream,
            expected,
            batch,
            beside,
        } = one;
        let beside = self.new_to_the_log(group, beside)?;
        if batch.events.is_empty() {
            group.put(beside);
            return Ok(Appended::nothing(self.sequencer.position()));
        }
        let actual = self.revision(&stream)?;
        let erased = self.to_erase(group, &beside, &batch.erase)?;
        let draft = &mut self.draft;
        let placed = self.sequencer.place(&stream, expected, actual, &batch, |record| {
            draft.record(&record);
            group.records.push((stream, record.revision, record.position));
        })?;
        match placed {
            // Its first time may be in this very frame: it is answered when that is durable.
            Placed::Known(appended) => Ok(appended),
            Placed::New(appended) => {
                self.revisions.insert(stream, appended.revision);
                group.put(beside);
                group.erase(erased, appended.last);
                Ok(appended)
            }
        }
    }

    /// What the log does not hold already: an object is kept once, under one key.
    fn new_to_the_log(&self, group: &Group, items: Vec<Beside>) -> Result<Vec<Beside>, AppendError> {
        let mut new = Vec::with_capacity(items.len());
        let mut own = HashSet::new();
        for item in items {
            let known = match item.object() {
                Some((hash, _)) => {
                    !own.insert(hash)
                        || group.content.contains_key(&hash)
                        || !group.erased.contains(&hash) && self.store.content_slot(&hash)?.is_some()
                }
                None => false,
            };
            if !known {
                new.push(item);
            }
        }
        Ok(new)
    }

    /// The slots of what is to be erased; what is erased already has none.
    fn to_erase(
        &self,
        group: &Group,
        own: &[Beside],
        hashes: &[ContentHash],
    ) -> Result<Vec<(ContentHash, u64)>, AppendError> {
        let mut slots = Vec::with_capacity(hashes.len());
        for hash in hashes {
            let own = own.iter().filter_map(Beside::object).find(|(it, _)| it == hash);
            let own = own.map(|(_, slot)| slot);
            if let Some(slot) = own.or_else(|| group.content.get(hash).copied()) {
                slots.push((*hash, slot));
            } else if !group.erased.contains(hash) {
                match self.store.content_slot(hash)? {
                    Some(slot) => slots.push((*hash, slot)),
                    None if self.store.erased(hash)?.is_some() => {}
                    None => return Err(AppendError::NoSuchContent(*hash)),
                }
            }
        }
        Ok(slots)
    }

    fn revision(&self, stream: &StreamId) -> Result<Revision, AppendError> {
        match self.revisions.get(stream) {
            Some(revision) => Ok(*revision),
            None => Ok(self.store.revision(stream)?),
        }
    }

    /// Makes the frame durable, and only then visible.
    fn commit(&mut self, group: Group) -> io::Result<()> {
        if group.records.is_empty() && group.beside.is_empty() {
            return Ok(());
        }
        if self.end.place.at >= self.sizes.segment {
            self.begin_segment()?;
        }
        let offsets: Vec<usize> = group.beside.iter().map(|item| self.draft.beside(item)).collect();
        let first = Position(self.end.position.0 + 1);
        let next_slot = self.store.keys.next().max(self.end.next_slot);
        let (header, bytes) = self
            .draft
            .finish(self.end.frame + 1, first, next_slot, self.end.checksum);
        let place = self.end.place;
        let after = place.at as usize + bytes.len();
        let written = if after > self.zeroed as usize {
            let with_zeros = [bytes, &vec![0; self.sizes.ahead as usize]].concat();
            self.segment.file.write_at(u64::from(place.at), &with_zeros)
        } else {
            self.segment.file.write_at(u64::from(place.at), bytes)
        };
        if let Err(error) = written.and_then(|()| self.segment.file.sync()) {
            self.torn = true;
            return Err(error);
        }
        if after > self.zeroed as usize {
            self.zeroed = after as u32 + self.sizes.ahead;
        }
        let mut round = Round::default();
        let beside_at = place.at + super::frame::HEADER as u32 + header.records_bytes;
        for (offset, item) in offsets.into_iter().zip(group.beside) {
            round.beside(place.segment, beside_at + offset as u32, item);
        }
        if header.count > 0 && self.mark_is_due(place) {
            round.marks.push((first, place));
            self.last_mark = Some(place);
        }
        self.end = End::of(&header, place);
        round.end = Some(self.end);
        self.store.take_in(round, &group.records, self.end.position);
        if self.revisions.len() > REVISIONS {
            // The tables and the memory of what is not in them yet know them all.
            self.revisions.clear();
        }
        Ok(())
    }

    fn mark_is_due(&self, place: Place) -> bool {
        self.last_mark
            .is_none_or(|last| last.segment != place.segment || place.at - last.at >= MARK_EVERY)
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let head = SegmentHead {
            number: self.segment.head.number + 1,
            first_frame: self.end.frame + 1,
            first: Position(self.end.position.0 + 1),
            previous: self.end.checksum,
            ..self.segment.head
        };
        let next = self.store.segments.begin(head)?;
        let full = std::mem::replace(&mut self.segment, next);
        // The zeros after its last frame are of no use any more; if they must stay, they harm nobody.
        let _ = full.file.set_len(u64::from(self.end.place.at));
        self.end.place = Place {
            segment: head.number,
            at: SEGMENT_HEADER,
        };
        self.zeroed = SEGMENT_HEADER;
        Ok(())
    }

    /// Wipes what a failed write may have left, so that nothing that was refused comes back after a power cut.
    fn mend(&mut self) -> io::Result<()> {
        if !self.torn {
            return Ok(());
        }
        let at = u64::from(self.end.place.at);
        self.segment.file.set_len(at)?;
        self.segment.file.sync()?;
        self.zeroed = self.end.place.at;
        self.torn = false;
        Ok(())
    }

    /// Gives back the space that was filled with zeros ahead.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.segment.file.set_len(u64::from(self.end.place.at))?;
        self.segment.file.sync()
    }
}

impl Group {
    fn put(&mut self, items: Vec<Beside>) {
        for item in items {
            self.content.extend(item.object());
            self.beside.push(item);
        }
    }

    fn erase(&mut self, slots: Vec<(ContentHash, u64)>, by: Position) {
        for (hash, slot) in slots {
            self.content.remove(&hash);
            self.erased.insert(hash);
            self.beside.push(Beside::Erased(hash, slot, by));
        }
    }
}

fn refused(error: &io::Error) -> AppendError {
    AppendError::Storage(error.to_string())
}
