//! The thread that writes: takes every append that waits, checks each, and writes them as one block with one `fsync`.

use super::file::{BLOCKS, CONTENT, File, INDEXED, META, Recent, STREAMS, TABLES};
use crate::error::AppendError;
use crate::event_log::{Appended, Batch, ContentObject, MAX_BATCH_BYTES, TableWrite};
use crate::name::{ContentHash, Position, Revision, StreamId, TimestampMs};
use crate::record::{Record, write_block};
use crate::sequencer::{Placed, Sequencer};
use crate::watch::Growth;
use redb::Durability;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Appends that share one commit, at most.
const GROUP: usize = 1024;
/// The index of streams is written when this many records wait for it.
const INDEX_AFTER: usize = 4096;
/// How long a commit waits for the callers of the last one to come back. An `fsync` costs more than this, and a group
/// that is split in two pays for two.
const GATHER: Duration = Duration::from_micros(150);

type Answer = SyncSender<Result<Appended, AppendError>>;

/// What the committer is asked to do.
pub(crate) enum Work {
    Append {
        stream: StreamId,
        expected: Revision,
        batch: Batch,
        answer: Answer,
    },
    Beside {
        writes: Vec<TableWrite>,
        content: Option<ContentObject>,
        erase: Option<ContentHash>,
        answer: Answer,
    },
}

pub(crate) struct Committer {
    file: Arc<File>,
    sequencer: Sequencer,
    growth: Growth,
    /// Records that wait for the index of streams.
    unindexed: usize,
}

/// What one commit writes.
#[derive(Default)]
struct Group {
    records: Vec<Record>,
    content: Vec<ContentObject>,
    writes: Vec<TableWrite>,
    erased: Vec<ContentHash>,
    revisions: HashMap<StreamId, Revision>,
    answers: Vec<(Answer, Appended)>,
    bytes: usize,
}

impl Committer {
    pub(crate) fn new(file: Arc<File>, sequencer: Sequencer, growth: Growth) -> Self {
        let recent = file
            .recent
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .map(Vec::len)
            .sum();
        Self {
            file,
            sequencer,
            growth,
            unindexed: recent,
        }
    }

    /// Works until nobody can hand in work any more; what was handed in is written.
    pub(crate) fn run(mut self, waiting: &Receiver<Work>) {
        let mut last_group = 1;
        while let Ok(first) = waiting.recv() {
            let mut group = Group::default();
            let mut mark = self.sequencer.mark();
            let mut taken = 1;
            self.take(first, &mut group, &mut mark.placed);
            let until = Instant::now() + GATHER;
            while taken < GROUP && group.bytes < MAX_BATCH_BYTES {
                // Whoever shared the last commit is likely on the way back with the next append.
                let patience = if taken < last_group {
                    until.saturating_duration_since(Instant::now())
                } else {
                    Duration::ZERO
                };
                match next(waiting, patience) {
                    Some(work) => self.take(work, &mut group, &mut mark.placed),
                    None => break,
                }
                taken += 1;
            }
            last_group = taken;
            if group.answers.is_empty() {
                continue;
            }
            match self.write(&group) {
                Ok(()) => self.done(group),
                Err(error) => {
                    self.sequencer.rewind(mark);
                    refuse(group, &error);
                }
            }
        }
    }

    /// Checks a piece of work against what the group holds already. What is refused is answered at once.
    fn take(&mut self, work: Work, group: &mut Group, placed: &mut Vec<(crate::ActorId, crate::CommandId)>) {
        match work {
            Work::Append {
                stream,
                expected,
                batch,
                answer,
            } => {
                let actual = match group.revisions.get(&stream) {
                    Some(revision) => Ok(*revision),
                    None => self
                        .file
                        .revision(&stream)
                        .map_err(|error| AppendError::Storage(error.to_string())),
                };
                match actual.and_then(|actual| self.sequencer.place(&stream, expected, actual, &batch)) {
                    Ok(Placed::New(records, appended)) => {
                        placed.push((batch.actor, batch.command_id));
                        group.add(stream, records, appended, batch.content, batch.table_writes);
                        group.answers.push((answer, appended));
                    }
                    // Its first time may be in this very group: it is answered when that is durable.
                    Ok(Placed::Known(appended)) => group.answers.push((answer, appended)),
                    // A caller that went away needs no answer.
                    Err(error) => drop(answer.send(Err(error))),
                }
            }
            Work::Beside {
                writes,
                content,
                erase,
                answer,
            } => {
                group.bytes += writes
                    .iter()
                    .map(|w| w.key.len() + w.value.as_ref().map_or(0, bytes::Bytes::len))
                    .sum::<usize>();
                group.writes.extend(writes);
                group.content.extend(content);
                group.erased.extend(erase);
                group
                    .answers
                    .push((answer, nothing_appended(self.sequencer.position())));
            }
        }
    }

    fn write(&mut self, group: &Group) -> Result<(), redb::Error> {
        let mut transaction = self.file.db.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        {
            if let Some(first) = group.records.first() {
                transaction
                    .open_table(BLOCKS)?
                    .insert(first.position.0, write_block(&group.records).as_slice())?;
            }
            if !group.content.is_empty() || !group.erased.is_empty() {
                write_content(&transaction, group)?;
            }
            if !group.writes.is_empty() {
                write_tables(&transaction, &group.writes)?;
            }
            if self.unindexed >= INDEX_AFTER {
                self.write_index(&transaction)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Writes what waits into the index of streams. The records of the group itself wait for the next time.
    fn write_index(&self, transaction: &redb::WriteTransaction) -> Result<(), redb::Error> {
        let mut streams = transaction.open_table(STREAMS)?;
        let recent = self.file.recent.read().unwrap_or_else(PoisonError::into_inner);
        let mut last = 0;
        let mut rows: Vec<(&StreamId, &Vec<(u64, u64)>)> = recent.iter().collect();
        rows.sort();
        for (stream, places) in rows {
            for (revision, position) in places {
                streams.insert((stream.as_str(), *revision), *position)?;
                last = last.max(*position);
            }
        }
        transaction.open_table(META)?.insert(INDEXED, last)?;
        Ok(())
    }

    /// The group is on disk: now it may be seen, and its callers may know.
    fn done(&mut self, group: Group) {
        let mut recent = self.file.recent.write().unwrap_or_else(PoisonError::into_inner);
        if self.unindexed >= INDEX_AFTER {
            *recent = Recent::new();
            self.unindexed = 0;
        }
        for record in &group.records {
            recent
                .entry(record.stream.clone())
                .or_default()
                .push((record.revision.0, record.position.0));
        }
        drop(recent);
        self.unindexed += group.records.len();
        if let Some(last) = group.records.last() {
            self.growth.reached(last.position);
        }
        for (answer, appended) in group.answers {
            // A caller that went away needs no answer.
            let _ = answer.send(Ok(appended));
        }
    }
}

impl Group {
    fn add(
        &mut self,
        stream: StreamId,
        records: Vec<Record>,
        appended: Appended,
        content: Vec<ContentObject>,
        writes: Vec<TableWrite>,
    ) {
        self.bytes += records.iter().map(|record| record.body.len()).sum::<usize>();
        self.bytes += content.iter().map(|object| object.bytes.len()).sum::<usize>();
        self.records.extend(records);
        self.content.extend(content);
        self.writes.extend(writes);
        self.revisions.insert(stream, appended.revision);
    }
}

fn next(waiting: &Receiver<Work>, patience: Duration) -> Option<Work> {
    match waiting.try_recv() {
        Ok(work) => Some(work),
        Err(_) if patience.is_zero() => None,
        Err(_) => waiting.recv_timeout(patience).ok(),
    }
}

fn write_content(transaction: &redb::WriteTransaction, group: &Group) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(CONTENT)?;
    for object in &group.content {
        let row = [object.salt.as_slice(), &object.bytes].concat();
        table.insert(&object.hash.0, row.as_slice())?;
    }
    for hash in &group.erased {
        table.remove(&hash.0)?;
    }
    Ok(())
}

fn write_tables(transaction: &redb::WriteTransaction, writes: &[TableWrite]) -> Result<(), redb::Error> {
    let mut tables = transaction.open_table(TABLES)?;
    for TableWrite { table, key, value } in writes {
        let row = (table.as_str(), &key[..]);
        match value {
            Some(value) => tables.insert(row, &value[..])?,
            None => tables.remove(row)?,
        };
    }
    Ok(())
}

fn refuse(group: Group, error: &redb::Error) {
    for (answer, _) in group.answers {
        let _ = answer.send(Err(AppendError::Storage(error.to_string())));
    }
}

/// What work beside the log is answered: nothing was appended.
fn nothing_appended(position: Position) -> Appended {
    Appended {
        first: position,
        last: position,
        revision: Revision(0),
        recorded_at: TimestampMs(0),
        repeated: false,
    }
}
