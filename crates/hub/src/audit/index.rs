//! A line for each record of the log, small enough that all of them are at hand: who, what, when, which deed. The rest is
//! read from the log for the lines that somebody looks at.

use super::deed::{Deed, Subject, deed_of};
use crate::projector::ProjectError;
use crate::state::event_of;
use heliograph_domain::Instant;
use heliograph_log::{EventLog, Position, Record};
use std::collections::HashMap;

/// Records read at a time.
const CHUNK: usize = 4096;

/// A record of the log, in brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its place in the log.
    pub(crate) position: u64,
    /// When it was recorded.
    pub(crate) at: Instant,
    /// Who gave the command, a number in [`Index::actors`].
    pub(crate) actor: u32,
    /// What it is about, a number in [`Index::subjects`].
    pub(crate) subject: u32,
    /// Which deed.
    pub(crate) deed: Deed,
}

/// Every record in brief, in the log's order. It follows the log when somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Index {
    lines: Vec<Line>,
    actors: Names<String>,
    subjects: Names<Subject>,
}

/// Things, each with a number.
#[derive(Debug)]
struct Names<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Names<T> {
    fn number(&mut self, name: T) -> u32 {
        if let Some(known) = self.numbers.get(&name) {
            return *known;
        }
        // No log has four thousand million subjects.
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

impl Index {
    /// Reads what the log has more.
    pub(crate) fn catch_up(&mut self, log: &dyn EventLog) -> Result<(), ProjectError> {
        loop {
            let after = Position(self.lines.last().map_or(0, |line| line.position));
            let records = log.read(after, CHUNK)?;
            if records.is_empty() {
                return Ok(());
            }
            for record in &records {
                self.take(record)?;
            }
        }
    }

    fn take(&mut self, record: &Record) -> Result<(), ProjectError> {
        let event = event_of(record).map_err(|cause| ProjectError::Event {
            position: record.position.0,
            cause,
        })?;
        let (subject, deed) = deed_of(&event);
        self.lines.push(Line {
            position: record.position.0,
            at: Instant(record.recorded_at.0),
            actor: self.actors.number(record.actor.as_str().to_owned()),
            subject: self.subjects.number(subject),
            deed,
        });
        Ok(())
    }

    /// Every line, oldest first.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Everybody who ever did something, by number.
    pub(crate) fn actors(&self) -> &[String] {
        &self.actors.all
    }

    /// Everything that something was ever done to, by number.
    pub(crate) fn subjects(&self) -> &[Subject] {
        &self.subjects.all
    }

    /// The line at a position.
    pub(crate) fn at(&self, position: u64) -> Option<&Line> {
        let place = self.lines.binary_search_by_key(&position, |line| line.position).ok()?;
        self.lines.get(place)
    }
}
