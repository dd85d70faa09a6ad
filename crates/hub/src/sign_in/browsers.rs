//! Browsers that somebody signed in with before. Each carries a long-lived secret, of which the table holds the hash; it
//! opens nothing, and lets its owner try their password while somebody elsewhere guesses at it.

use super::{Row, fresh_secret, row};
use crate::http::problem::Problem;
use crate::office::Office;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{EventLog, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A browser is known for so many days after somebody signed in with it.
pub(crate) const KNOWN_DAYS: u64 = 180;
/// So many people of one desk are remembered.
const MOST_PEOPLE: usize = 20;

/// Who signed in with a browser, and until when it is known for that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct KnownBrowser {
    people: BTreeMap<StaffId, Instant>,
}

fn table() -> Result<TableName, Problem> {
    TableName::new("known-browsers").map_err(Problem::internal)
}

fn find(office: &Office, row: &Row) -> Result<Option<KnownBrowser>, Problem> {
    let bytes = office.log.get(&table()?, row).map_err(Problem::internal)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn keep(key: &[u8], browser: &KnownBrowser) -> Result<TableWrite, Problem> {
    let value = match browser.people.is_empty() {
        true => None,
        false => Some(serde_json::to_vec(browser).map_err(Problem::internal)?.into()),
    };
    Ok(TableWrite {
        table: table()?,
        key: key.to_vec().into(),
        value,
    })
}

/// The browser's row, if this person signed in with it before.
pub(crate) fn knows(office: &Office, secret: Option<&str>, staff: &StaffId) -> Result<Option<Row>, Problem> {
    let Some(row) = secret.map(row) else {
        return Ok(None);
    };
    let known = find(office, &row)?.and_then(|browser| browser.people.get(staff).copied());
    Ok(known.filter(|until| office.now() < *until).map(|_| row))
}

/// Remembers that this person signed in with a browser; what it carries from now on, and the write that keeps it.
pub(crate) fn remember(
    office: &Office,
    secret: Option<&str>,
    staff: &StaffId,
) -> Result<(String, TableWrite), Problem> {
    let known = match secret {
        Some(secret) => find(office, &row(secret))?.map(|browser| (secret.to_owned(), browser)),
        None => None,
    };
    let (secret, mut browser) = match known {
        Some(known) => known,
        None => (fresh_secret()?, KnownBrowser::default()),
    };
    if browser.people.len() >= MOST_PEOPLE {
        let oldest = browser.people.iter().min_by_key(|(_, until)| **until);
        if let Some(oldest) = oldest.map(|(staff, _)| staff.clone()) {
            browser.people.remove(&oldest);
        }
    }
    browser
        .people
        .insert(staff.clone(), office.now().plus_ms(KNOWN_DAYS * DAY_MS));
    let write = keep(&row(&secret), &browser)?;
    Ok((secret, write))
}

fn without(log: &dyn EventLog, gone: impl Fn(&StaffId, Instant) -> bool) -> Result<Vec<TableWrite>, Problem> {
    let mut writes = Vec::new();
    for (key, value) in log.scan(&table()?, &[]).map_err(Problem::internal)? {
        let mut browser: KnownBrowser = serde_json::from_slice(&value).unwrap_or_default();
        let before = browser.people.len();
        browser.people.retain(|staff, until| !gone(staff, *until));
        if browser.people.len() < before || before == 0 {
            writes.push(keep(&key, &browser)?);
        }
    }
    Ok(writes)
}

/// The writes by which no browser knows a person any longer.
pub(crate) fn forget_person(log: &dyn EventLog, person: &StaffId) -> Result<Vec<TableWrite>, Problem> {
    without(log, |staff, _| staff == person)
}

/// The writes that forget who has not signed in for long.
pub(crate) fn forget_old(office: &Office) -> Result<Vec<TableWrite>, Problem> {
    let now = office.now();
    without(&*office.log, |_, until| until <= now)
}
