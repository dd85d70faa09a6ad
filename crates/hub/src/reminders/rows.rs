//! What is kept of reminders, in erasable tables: people's addresses, and what was sent to whom on which day.

use heliograph_domain::{Date, Instant, StaffId};
use heliograph_log::{AppendError, EventLog, NameError, ReadError, TableName, TableWrite};
use serde::{Deserialize, Serialize};

/// Why a row failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] AppendError),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("a row of the reminders cannot be read: {0}")]
    Row(#[from] serde_json::Error),
}

/// What became of someone's letter of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Nothing of theirs was due.
    Nothing,
    /// It was being handed to the server. A row that still says so was left by a hub that stopped in the middle.
    Sending,
    /// The server took it.
    Sent,
    /// The server did not take it.
    Failed {
        /// What it said.
        why: String,
    },
    /// The server fell silent: it may have it or not.
    Uncertain {
        /// What was noticed.
        why: String,
    },
}

/// A row: what became of a letter, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reminder {
    pub(crate) at: Instant,
    pub(crate) outcome: Outcome,
}

impl Reminder {
    /// Whether the letter is offered once more: only when the server surely has not got it.
    pub(super) fn may_try_again(&self, now: Instant) -> bool {
        matches!(self.outcome, Outcome::Failed { .. }) && now.since(self.at) >= super::AGAIN_MS
    }
}

fn addresses() -> Result<TableName, NameError> {
    TableName::new("mail-addresses")
}

fn reminders() -> Result<TableName, NameError> {
    TableName::new("reminders")
}

fn key(date: Date, person: &StaffId) -> String {
    format!("{date} {person}")
}

/// Someone's address.
pub(crate) fn address(log: &dyn EventLog, person: &StaffId) -> Result<Option<String>, RowError> {
    let row = log.get(&addresses()?, person.as_str().as_bytes())?;
    Ok(row.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The write that keeps someone's address.
pub(crate) fn keep_address(person: &StaffId, address: &str) -> Result<TableWrite, RowError> {
    write_address(person, Some(address))
}

/// The write that erases someone's address.
pub(crate) fn erase_address(person: &StaffId) -> Result<TableWrite, RowError> {
    write_address(person, None)
}

fn write_address(person: &StaffId, address: Option<&str>) -> Result<TableWrite, RowError> {
    Ok(TableWrite {
        table: addresses()?,
        key: person.as_str().as_bytes().to_vec().into(),
        value: address.map(|address| address.as_bytes().to_vec().into()),
    })
}

/// What became of someone's letter of a day.
pub(super) fn find(log: &dyn EventLog, date: Date, person: &StaffId) -> Result<Option<Reminder>, RowError> {
    let row = log.get(&reminders()?, key(date, person).as_bytes())?;
    Ok(row.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
}

/// Writes what became of someone's letter of a day; durable when it returns.
pub(super) fn keep(
    log: &dyn EventLog,
    date: Date,
    person: &StaffId,
    at: Instant,
    outcome: Outcome,
) -> Result<(), RowError> {
    log.write(vec![TableWrite {
        table: reminders()?,
        key: key(date, person).into_bytes().into(),
        value: Some(serde_json::to_vec(&Reminder { at, outcome })?.into()),
    }])?;
    Ok(())
}

/// All that was sent, the newest day first: day, person, what became of it.
pub(crate) fn sent(log: &dyn EventLog) -> Result<Vec<(String, String, Reminder)>, RowError> {
    let mut all = Vec::new();
    for (key, value) in log.scan(&reminders()?, &[])? {
        let key = String::from_utf8_lossy(&key).into_owned();
        if let Some((date, person)) = key.split_once(' ') {
            all.push((date.to_owned(), person.to_owned(), serde_json::from_slice(&value)?));
        }
    }
    all.reverse();
    Ok(all)
}

/// Forgets the days before this one.
pub(super) fn forget_before(log: &dyn EventLog, first: Date) -> Result<(), RowError> {
    let (table, first) = (reminders()?, first.to_string());
    let old = log
        .scan(&table, &[])?
        .into_iter()
        .filter(|(key, _)| key.as_ref() < first.as_bytes());
    let writes: Vec<TableWrite> = old
        .map(|(key, _)| TableWrite {
            table,
            key,
            value: None,
        })
        .collect();
    if !writes.is_empty() {
        log.write(writes)?;
    }
    Ok(())
}
