//! What a log ought to hold, told step by step beside the real one.

use super::power_cut::SIZES;
use super::sim::{Chance, Fate, SimDisk};
use crate::disk_log::{DiskLog, Waiting};
use crate::error::{AppendError, ReadError};
use crate::event_log::{Batch, ContentObject, EventLog, NewEvent, TableWrite};
use crate::name::{ActorId, CommandId, ContentHash, EventKind, Position, Revision, StreamId, TableName, TimestampMs};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A log's whole content.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Model {
    /// Stream and body of each record.
    pub(crate) records: Vec<(StreamId, Bytes)>,
    rows: BTreeMap<Bytes, Bytes>,
    /// `None`: it was erased.
    content: BTreeMap<ContentHash, Option<ContentObject>>,
    /// What was erased, and may come again.
    gone: Vec<ContentObject>,
    /// So many commands were given.
    commands: u64,
}

/// A step that was refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: AppendError,
    pub(crate) may_be: Vec<Model>,
}

/// One step of a log's life.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Append(Vec<(StreamId, Batch)>),
    Write(Vec<TableWrite>),
    Put(ContentObject),
    Tables,
    Compact,
    /// A copy onto another disk, whose power goes at the so-manieth write.
    Backup(u64),
}

fn table() -> TableName {
    TableName::new("drafts").unwrap()
}

fn text(chance: &mut Chance, what: &str) -> Bytes {
    // Most are short; some reach over many sectors.
    let most = if chance.one_in(6) { 9000 } else { 200 };
    let length = chance.below(most) as usize;
    let mut text = format!("{what} {:016x} ", chance.next());
    while text.len() < length {
        text.push_str("and so on and so forth ");
    }
    text.into()
}

fn object(chance: &mut Chance) -> ContentObject {
    ContentObject::new([chance.below(256) as u8; 16], text(chance, "content"))
}

fn row(chance: &mut Chance) -> TableWrite {
    TableWrite {
        table: table(),
        key: format!("row-{}", chance.below(9)).into(),
        value: if chance.one_in(4) {
            None
        } else {
            Some(text(chance, "row"))
        },
    }
}

impl Model {
    fn batch(&mut self, chance: &mut Chance) -> (StreamId, Batch) {
        self.commands += 1;
        let mut command = [0; 16];
        command[8..].copy_from_slice(&self.commands.to_be_bytes());
        let events = (0..=chance.below(3)).map(|_| NewEvent {
            kind: EventKind::new("said").unwrap(),
            version: 1,
            body: text(chance, "record"),
        });
        let events = events.collect();
        let mut content: Vec<_> = (0..chance.below(2)).map(|_| object(chance)).collect();
        if !self.gone.is_empty() && chance.one_in(6) {
            content.push(self.gone[chance.below(self.gone.len() as u64) as usize].clone());
        }
        let kept: Vec<_> = self.content.iter().filter(|(_, it)| it.is_some()).collect();
        let erases = !kept.is_empty() && chance.one_in(5);
        let erase = erases.then(|| *kept[chance.below(kept.len() as u64) as usize].0);
        let batch = Batch {
            command_id: CommandId(command),
            actor: ActorId::new("wang-fang").unwrap(),
            recorded_at: TimestampMs(self.commands),
            events,
            content,
            table_writes: (0..chance.below(3)).map(|_| row(chance)).collect(),
            erase: erase.into_iter().collect(),
        };
        (StreamId::new(&format!("s-{}", chance.below(5))).unwrap(), batch)
    }

    pub(crate) fn next_step(&mut self, chance: &mut Chance) -> Step {
        match chance.below(11) {
            0..=4 => Step::Append(vec![self.batch(chance)]),
            5 | 6 => Step::Append((0..=chance.below(6)).map(|_| self.batch(chance)).collect()),
            7 | 8 => Step::Write((0..=chance.below(2)).map(|_| row(chance)).collect()),
            9 => Step::Put(object(chance)),
            10 if chance.one_in(3) => Step::Compact,
            10 if chance.one_in(2) => Step::Backup(chance.below(120)),
            _ => Step::Tables,
        }
    }

    fn revision(&self, stream: StreamId) -> Revision {
        Revision(self.records.iter().filter(|(of, _)| *of == stream).count() as u64)
    }

    fn write(&mut self, writes: &[TableWrite]) {
        for TableWrite { key, value, .. } in writes {
            match value {
                Some(value) => self.rows.insert(key.clone(), value.clone()),
                None => self.rows.remove(key),
            };
        }
    }

    /// What the log holds after the step.
    pub(crate) fn after(&self, step: &Step) -> Self {
        let mut next = self.clone();
        match step {
            Step::Append(batches) => {
                for (stream, batch) in batches {
                    next.records
                        .extend(batch.events.iter().map(|it| (*stream, it.body.clone())));
                    let objects = batch.content.iter().cloned();
                    next.content.extend(objects.map(|it| (it.hash, Some(it))));
                    next.write(&batch.table_writes);
                    for hash in &batch.erase {
                        next.gone.extend(next.content.insert(*hash, None).flatten());
                    }
                }
            }
            Step::Write(writes) => next.write(writes),
            Step::Put(object) => drop(next.content.insert(object.hash, Some(object.clone()))),
            Step::Tables | Step::Compact | Step::Backup(_) => {}
        }
        next
    }

    /// Takes the step on a real log.
    ///
    /// # Errors
    /// What was refused, and what the log may hold then.
    pub(crate) fn take(&self, log: &DiskLog, step: &Step) -> Result<(), Refusal> {
        let taken = match step {
            Step::Append(batches) if batches.len() > 1 => return self.take_together(log, batches),
            Step::Append(batches) => batches.iter().try_for_each(|(stream, batch)| {
                log.append(stream, self.revision(*stream), batch.clone())?;
                Ok(())
            }),
            Step::Write(writes) => log.write(writes.clone()),
            Step::Put(object) => log.put_content(object.clone()),
            Step::Tables => log.write_tables(),
            Step::Compact => log.compact(),
            Step::Backup(cut) => self.backup(log, *cut),
        };
        taken.map_err(|error: AppendError| Refusal {
            error,
            may_be: vec![self.clone(), self.after(step)],
        })
    }

    /// A copy that is said to be whole must hold what the log holds, whatever the power did to the other disk right after.
    fn backup(&self, log: &DiskLog, cut: u64) -> Result<(), AppendError> {
        let other = SimDisk::default();
        other.meets(Fate::PowerCut(cut));
        let copied = log.copy_onto(&other);
        match copied {
            Ok(size) => assert_eq!(size, self.records.len() as u64),
            // The other disk's power went: nobody was told that there is a copy.
            Err(_) if other.is_dark() => return Ok(()),
            Err(error) => return Err(AppendError::Storage(error.to_string())),
        }
        other.meets(Fate::PowerCut(0));
        let (found, _) = other.found_later(&mut Chance(cut));
        let copy = DiskLog::open_on(Arc::new(found), SIZES);
        let copy = copy.unwrap_or_else(|error| panic!("a copy that was acknowledged does not open: {error}"));
        if let Some(difference) = self.differs(&copy)? {
            panic!("a copy that was acknowledged is another: {difference}");
        }
        Ok(())
    }

    /// Several batches in one frame. One alone may be refused, because what it rests on could not be read; what was
    /// acknowledged stands all the same.
    fn take_together(&self, log: &DiskLog, batches: &[(StreamId, Batch)]) -> Result<(), Refusal> {
        let refusal = |error, may_be| Refusal { error, may_be };
        let mut ahead = self.clone();
        let mut together: Vec<Waiting> = Vec::new();
        for (stream, batch) in batches {
            let waiting = log.prepare(stream, ahead.revision(*stream), batch.clone());
            together.push(waiting.map_err(|error| refusal(error, vec![self.clone()]))?);
            ahead = ahead.after(&Step::Append(vec![(*stream, batch.clone())]));
        }
        let (mut acknowledged, mut refused) = (Vec::new(), None);
        for (answer, batch) in log.append_together(together).into_iter().zip(batches) {
            match answer {
                Ok(_) => acknowledged.push(batch.clone()),
                Err(error) => refused = Some(error),
            }
        }
        let Some(error) = refused else { return Ok(()) };
        let mut may_be = vec![self.after(&Step::Append(acknowledged.clone()))];
        if acknowledged.is_empty() {
            may_be.push(ahead);
        }
        Err(refusal(error, may_be))
    }

    /// Where a log differs from this, if it does.
    pub(crate) fn differs(&self, log: &DiskLog) -> Result<Option<String>, ReadError> {
        let records = log.read(Position(0), usize::MAX)?;
        let head = log.head()?.position.0;
        if records.len() != self.records.len() || head != self.records.len() as u64 {
            let (found, ought) = (records.len(), self.records.len());
            return Ok(Some(format!("{found} records, head {head}, where {ought} ought to be")));
        }
        let alike = |(at, record): (u64, &crate::Record)| {
            let (stream, body) = &self.records[at as usize - 1];
            record.position.0 == at && record.stream == *stream && record.body == *body
        };
        if !(1..).zip(&records).all(alike) {
            return Ok(Some("a record is another".to_owned()));
        }
        for stream in (0..5).map(|n| StreamId::new(&format!("s-{n}")).unwrap()) {
            let own = log.read_stream(&stream, Revision(0), usize::MAX)?;
            let ought = self
                .records
                .iter()
                .filter(|(of, _)| *of == stream)
                .map(|(_, body)| body);
            if !own.iter().map(|record| &record.body).eq(ought) {
                return Ok(Some(format!("stream {stream} is another")));
            }
        }
        let rows = log.scan(&table(), b"")?;
        if !rows.iter().map(|(key, value)| (key, value)).eq(&self.rows) {
            return Ok(Some(format!("rows are others: {} for {}", rows.len(), self.rows.len())));
        }
        for (hash, ought) in &self.content {
            if log.content(hash)? != *ought {
                return Ok(Some(format!("content is another, or gone: {}", ought.is_none())));
            }
        }
        Ok(None)
    }
}
