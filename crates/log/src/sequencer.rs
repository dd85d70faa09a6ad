//! Gives batches their places: checks each against its stream's revision and the commands that are known, in order.
//! Every backend sequences by this, so that all keep the same promises.

use crate::error::AppendError;
use crate::event_log::{Appended, Batch, COMMAND_MEMORY_MS};
use crate::name::{ActorId, CommandId, EventId, NameError, Position, Revision, StreamId, TimestampMs};
use crate::record::Record;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};

/// Commands are remembered for a week, but never more of them than this.
pub(crate) const COMMANDS: usize = 200_000;

/// What is next.
#[derive(Debug, Default)]
pub(crate) struct Sequencer {
    position: u64,
    recorded_at: u64,
    commands: HashMap<CommandKey, Appended>,
    /// The same, oldest first.
    order: VecDeque<(u64, CommandKey)>,
    entropy: Entropy,
}

/// Names an actor's command: the first half of a SHA-256 over both, which is all that need be remembered.
pub(crate) type CommandKey = [u8; 16];

fn command_key(actor: &ActorId, command: CommandId) -> CommandKey {
    let digest = Sha256::new()
        .chain_update(command.0)
        .chain_update(actor.as_str())
        .finalize();
    *digest.first_chunk().unwrap_or(&[0; 16])
}

/// Random numbers, drawn many at a time: asking the kernel for each record's would cost more than all else about it.
#[derive(Debug, Default)]
struct Entropy(Vec<[u8; 10]>);

impl Entropy {
    fn draw(&mut self) -> Result<[u8; 10], NameError> {
        if self.0.is_empty() {
            let mut many = [0; 2560];
            getrandom::fill(&mut many).map_err(NameError::Random)?;
            self.0.extend(many.as_chunks().0);
        }
        Ok(self.0.pop().unwrap_or_default())
    }
}

/// A batch with its place, or the place it had the first time.
pub(crate) enum Placed {
    New(Appended),
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
        let key = command_key(&record.actor, record.command_id);
        let appended = self.commands.entry(key).or_insert_with(|| {
            self.order.push_back((record.recorded_at.0, key));
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

    /// Finds the place of a batch that was checked, and hands its records to `keep`, in order. `actual` is the stream's
    /// revision, earlier batches of the group included.
    pub(crate) fn place(
        &mut self,
        stream: &StreamId,
        expected: Revision,
        actual: Revision,
        batch: &Batch,
        mut keep: impl FnMut(Record),
    ) -> Result<Placed, AppendError> {
        let key = command_key(&batch.actor, batch.command_id);
        if let Some(known) = self.commands.get(&key) {
            return Ok(Placed::Known(Appended {
                repeated: true,
                ..*known
            }));
        }
        if expected != actual {
            return Err(AppendError::Conflict {
                stream: *stream,
                expected,
                actual,
            });
        }
        let recorded_at = TimestampMs(batch.recorded_at.0.max(self.recorded_at));
        let ids = batch.events.iter().map(|_| self.entropy.draw());
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        for ((offset, event), random) in (1..).zip(&batch.events).zip(ids) {
            keep(Record {
                position: Position(self.position + offset),
                event_id: EventId::from_random(recorded_at, &random),
                command_id: batch.command_id,
                actor: batch.actor,
                recorded_at,
                stream: *stream,
                revision: Revision(actual.0 + offset),
                kind: event.kind,
                version: event.version,
                body: event.body.clone(),
            });
        }
        let appended = Appended {
            first: Position(self.position + 1),
            last: Position(self.position + batch.events.len() as u64),
            revision: Revision(actual.0 + batch.events.len() as u64),
            recorded_at,
            repeated: false,
        };
        self.position = appended.last.0;
        self.recorded_at = recorded_at.0;
        self.order.push_back((recorded_at.0, key));
        self.commands.insert(key, appended);
        self.forget();
        Ok(Placed::New(appended))
    }

    /// Where the sequence stands, to go back to when the disk refuses what was placed since.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            recorded_at: self.recorded_at,
        }
    }

    /// Goes back to a mark: what was placed since is unknown again.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        (self.position, self.recorded_at) = (mark.position, mark.recorded_at);
        while let Some((_, key)) = self.order.back().copied() {
            if self.commands.get(&key).is_some_and(|it| it.first.0 <= mark.position) {
                break;
            }
            self.commands.remove(&key);
            self.order.pop_back();
        }
    }

    fn forget(&mut self) {
        let limit = self.recorded_at.saturating_sub(COMMAND_MEMORY_MS);
        while self.order.front().is_some_and(|(at, _)| *at < limit) || self.order.len() > COMMANDS {
            if let Some((_, key)) = self.order.pop_front() {
                self.commands.remove(&key);
            }
        }
    }
}

/// Where a sequence stood.
pub(crate) struct Mark {
    position: u64,
    recorded_at: u64,
}
