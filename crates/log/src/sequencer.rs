//! Gives batches their places: checks each against its stream's revision and the commands that are known, in order.
//! Every backend sequences by this, so that all keep the same promises.

use crate::error::AppendError;
use crate::event_log::{Appended, Batch, COMMAND_MEMORY_MS, MAX_BATCH_BYTES, MAX_BODY_BYTES};
use crate::name::{ActorId, CommandId, EventId, Position, Revision, StreamId, TimestampMs};
use crate::record::Record;
use std::collections::{HashMap, VecDeque};

/// Commands are remembered for a week, but never more of them than this.
const COMMANDS: usize = 1_000_000;

/// What is next.
#[derive(Debug, Default)]
pub(crate) struct Sequencer {
    position: u64,
    recorded_at: u64,
    commands: HashMap<(ActorId, CommandId), Appended>,
    /// The same, oldest first.
    order: VecDeque<(u64, ActorId, CommandId)>,
}

/// A batch with its place, or the place it had the first time.
pub(crate) enum Placed {
    New(Vec<Record>, Appended),
    Known(Appended),
}

impl Sequencer {
    /// Goes on from the last record there is.
    pub(crate) fn after(position: Position, recorded_at: TimestampMs) -> Self {
        Self {
            position: position.0,
            recorded_at: recorded_at.0,
            ..Self::default()
        }
    }

    /// Position of the last record.
    pub(crate) fn position(&self) -> Position {
        Position(self.position)
    }

    /// Remembers a command that is in the log already. Records must come in order.
    pub(crate) fn recall(&mut self, record: &Record) {
        let key = (record.actor.clone(), record.command_id);
        let appended = self.commands.entry(key).or_insert_with(|| {
            self.order
                .push_back((record.recorded_at.0, record.actor.clone(), record.command_id));
            Appended {
                first: record.position,
                last: record.position,
                revision: record.revision,
                recorded_at: record.recorded_at,
                repeated: false,
            }
        });
        appended.last = record.position;
        appended.revision = record.revision;
    }

    /// Finds the batch's place. `actual` is the stream's revision, earlier batches of the group included.
    pub(crate) fn place(
        &mut self,
        stream: &StreamId,
        expected: Revision,
        actual: Revision,
        batch: &Batch,
    ) -> Result<Placed, AppendError> {
        check(batch)?;
        let key = (batch.actor.clone(), batch.command_id);
        if let Some(known) = self.commands.get(&key) {
            return Ok(Placed::Known(Appended {
                repeated: true,
                ..*known
            }));
        }
        if expected != actual {
            return Err(AppendError::Conflict {
                stream: stream.clone(),
                expected,
                actual,
            });
        }
        let recorded_at = TimestampMs(batch.recorded_at.0.max(self.recorded_at));
        let mut records = Vec::with_capacity(batch.events.len());
        for (offset, event) in (1..).zip(&batch.events) {
            records.push(Record {
                position: Position(self.position + offset),
                event_id: EventId::generate(recorded_at)?,
                command_id: batch.command_id,
                actor: batch.actor.clone(),
                recorded_at,
                stream: stream.clone(),
                revision: Revision(actual.0 + offset),
                kind: event.kind.clone(),
                version: event.version,
                body: event.body.clone(),
            });
        }
        let appended = Appended {
            first: Position(self.position + 1),
            last: Position(self.position + records.len() as u64),
            revision: Revision(actual.0 + records.len() as u64),
            recorded_at,
            repeated: false,
        };
        self.position = appended.last.0;
        self.recorded_at = recorded_at.0;
        self.order
            .push_back((recorded_at.0, batch.actor.clone(), batch.command_id));
        self.commands.insert(key, appended);
        self.forget();
        Ok(Placed::New(records, appended))
    }

    /// Where the sequence stands, to go back to when the disk refuses what was placed since.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            recorded_at: self.recorded_at,
            placed: Vec::new(),
        }
    }

    /// Goes back to a mark: what was placed since is unknown again.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        (self.position, self.recorded_at) = (mark.position, mark.recorded_at);
        for key in mark.placed {
            self.commands.remove(&key);
            self.order
                .retain(|(_, actor, command)| (actor, command) != (&key.0, &key.1));
        }
    }

    fn forget(&mut self) {
        let limit = self.recorded_at.saturating_sub(COMMAND_MEMORY_MS);
        while self.order.front().is_some_and(|(at, ..)| *at < limit) || self.order.len() > COMMANDS {
            if let Some((_, actor, command)) = self.order.pop_front() {
                self.commands.remove(&(actor, command));
            }
        }
    }
}

/// Where a sequence stood, and which commands were placed since.
pub(crate) struct Mark {
    position: u64,
    recorded_at: u64,
    pub(crate) placed: Vec<(ActorId, CommandId)>,
}

fn check(batch: &Batch) -> Result<(), AppendError> {
    let too_large = |what, bytes, most| Err(AppendError::TooLarge { what, bytes, most });
    if batch.events.is_empty() {
        return Err(AppendError::Empty);
    }
    for event in &batch.events {
        if event.body.len() > MAX_BODY_BYTES {
            return too_large("a record's body", event.body.len(), MAX_BODY_BYTES);
        }
        if event.kind.len() > 64 {
            return too_large("a record's type", event.kind.len(), 64);
        }
    }
    let bytes = batch.events.iter().map(|e| e.body.len()).sum::<usize>()
        + batch.content.iter().map(|c| c.bytes.len()).sum::<usize>()
        + batch
            .table_writes
            .iter()
            .map(|w| w.key.len() + w.value.as_ref().map_or(0, bytes::Bytes::len))
            .sum::<usize>();
    if bytes > MAX_BATCH_BYTES {
        return too_large("a batch", bytes, MAX_BATCH_BYTES);
    }
    match batch
        .content
        .iter()
        .find(|object| crate::ContentHash::of(&object.salt, &object.bytes) != object.hash)
    {
        Some(object) => Err(AppendError::WrongHash(object.hash)),
        None => Ok(()),
    }
}
