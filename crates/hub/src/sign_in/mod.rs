//! Sessions and tokens: who is calling. The table holds only hashes of what callers carry.

pub(crate) mod attempts;
pub(crate) mod browsers;
pub(crate) mod factors;
pub(crate) mod origin;
pub(crate) mod passkeys;
pub(crate) mod pulse;
pub(crate) mod register;
pub(crate) mod rules;
pub(crate) mod tickets;
pub(crate) mod totp;
pub(crate) mod weak;

use crate::http::problem::Problem;
use crate::keys::hex;
use crate::office::Office;
use bytes::Bytes;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{EventLog, TableName, TableWrite};
use origin::Origin;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::sync::PoisonError;

/// The longest that a machine's token lives.
pub(crate) const TOKEN_MAX_DAYS: u64 = 400;

/// SHA-256 of what a caller carries: the row's key, and the session's name for people.
pub(crate) type Row = [u8; 32];

/// What a caller's secret opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Who.
    pub(crate) staff: StaffId,
    /// Until when, whatever happens.
    pub(crate) expires_at: Instant,
    /// What the person called it; empty for a browser's session.
    pub(crate) label: String,
    /// Since when. Rows of older versions do not say.
    #[serde(default)]
    pub(crate) opened_at: Option<Instant>,
    /// What a token may be used for, by the names of the verbs. Tokens of older versions do not say.
    #[serde(default)]
    pub(crate) scopes: Option<Vec<String>>,
    /// The address that it was opened from.
    #[serde(default)]
    pub(crate) address: String,
    /// What the browser called itself.
    #[serde(default)]
    pub(crate) agent: String,
}

impl Session {
    /// Whether a machine carries it.
    pub(crate) fn is_token(&self) -> bool {
        !self.label.is_empty()
    }

    /// What a token may be used for; a token of an older version: all that tokens may.
    pub(crate) fn verbs(&self) -> BTreeSet<Verb> {
        match &self.scopes {
            Some(scopes) => scopes.iter().filter_map(|slug| Verb::of_slug(slug)).collect(),
            None => Verb::ALL.into_iter().filter(|verb| verb.fits_a_token()).collect(),
        }
    }
}

/// A session with its row.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    pub(crate) row: Row,
    pub(crate) session: Session,
    /// When it was used last, as far as that is kept.
    pub(crate) seen_at: Option<Instant>,
}

fn table() -> Result<TableName, Problem> {
    TableName::new("sessions").map_err(Problem::internal)
}

/// When each was used last. A table of its own: a late write here brings back no session that was ended.
fn seen_table() -> Result<TableName, Problem> {
    TableName::new("sessions-seen").map_err(Problem::internal)
}

/// The key under which a secret is kept.
pub(crate) fn row(secret: &str) -> Row {
    Sha256::digest(secret.as_bytes()).into()
}

/// A fresh secret of 256 bits, as hexadecimal digits.
pub(crate) fn fresh_secret() -> Result<String, Problem> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(hex(&random))
}

/// A browser's session, opened now.
pub(crate) fn of_browser(office: &Office, staff: StaffId, from: &Origin) -> Session {
    let now = office.now();
    Session {
        staff,
        expires_at: now.plus_ms(office.session_rules.longest_ms),
        label: String::new(),
        opened_at: Some(now),
        scopes: None,
        address: from.address.map(|address| address.to_string()).unwrap_or_default(),
        agent: from.agent.clone(),
    }
}

/// Opens a session; the secret and the write that keeps it.
pub(crate) fn open(session: &Session) -> Result<(String, TableWrite), Problem> {
    let secret = fresh_secret()?;
    let value = serde_json::to_vec(session).map_err(Problem::internal)?;
    let write = TableWrite {
        table: table()?,
        key: row(&secret).to_vec().into(),
        value: Some(value.into()),
    };
    Ok((secret, write))
}

/// The writes that end one.
pub(crate) fn close(row: &Row) -> Result<Vec<TableWrite>, Problem> {
    let gone = |table| TableWrite {
        table,
        key: row.to_vec().into(),
        value: None,
    };
    Ok(vec![gone(table()?), gone(seen_table()?)])
}

/// Every row that can be read.
fn rows(log: &dyn EventLog) -> Result<Vec<(Row, Session)>, Problem> {
    let rows = log.scan(&table()?, &[]).map_err(Problem::internal)?;
    let read =
        |(key, value): (Bytes, Bytes)| Some((Row::try_from(&key[..]).ok()?, serde_json::from_slice(&value).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// All sessions and tokens of a person, the newest first.
pub(crate) fn all_of(office: &Office, staff: &StaffId) -> Result<Vec<Carried>, Problem> {
    let mut theirs = Vec::new();
    for (row, session) in rows(&*office.log)? {
        if session.staff == *staff {
            let seen_at = seen(office, &row)?;
            theirs.push(Carried { row, session, seen_at });
        }
    }
    theirs.sort_by_key(|carried| std::cmp::Reverse((carried.session.opened_at, carried.row)));
    Ok(theirs)
}

/// The sessions and tokens of a person that still open something.
pub(crate) fn standing_of(office: &Office, staff: &StaffId) -> Result<Vec<Carried>, Problem> {
    let (rules, now) = (office.session_rules, office.now());
    let mut all = all_of(office, staff)?;
    all.retain(|carried| rules.stands(&carried.session, carried.seen_at, now));
    Ok(all)
}

/// The writes that end all sessions and tokens of a person but `keep`, and let every browser forget them.
pub(crate) fn close_all_of(
    log: &dyn EventLog,
    staff: &StaffId,
    keep: Option<&Row>,
) -> Result<Vec<TableWrite>, Problem> {
    let mut writes = Vec::new();
    for (row, session) in rows(log)? {
        if session.staff == *staff && keep != Some(&row) {
            writes.extend(close(&row)?);
        }
    }
    writes.extend(browsers::forget_person(log, staff)?);
    Ok(writes)
}

fn seen(office: &Office, row: &Row) -> Result<Option<Instant>, Problem> {
    let here = office.pulses().seen(row);
    if here.is_some() {
        return Ok(here);
    }
    let kept = office.log.get(&seen_table()?, row).map_err(Problem::internal)?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// What a secret opens, if it still opens anything. Someone without a role, or shut out, has nothing to open.
pub(crate) fn carried(office: &Office, secret: &str) -> Result<Option<Carried>, Problem> {
    let row = row(secret);
    let Some(bytes) = office.log.get(&table()?, &row).map_err(Problem::internal)? else {
        return Ok(None);
    };
    let session: Session = serde_json::from_slice(&bytes).map_err(Problem::internal)?;
    let state = office.state();
    let active = state
        .staff
        .people
        .get(&session.staff)
        .is_some_and(|person| person.active());
    let seen_at = seen(office, &row)?;
    let stands = active && office.session_rules.stands(&session, seen_at, office.now());
    Ok(stands.then_some(Carried { row, session, seen_at }))
}

/// The session or token in a row, as long as it is there.
pub(crate) fn at(office: &Office, row: &Row) -> Result<Option<Session>, Problem> {
    let kept = office.log.get(&table()?, row).map_err(Problem::internal)?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Whether a session or token was not ended.
pub(crate) fn is_open(office: &Office, row: &Row) -> bool {
    let kept = table().and_then(|table| office.log.get(&table, row).map_err(Problem::internal));
    kept.is_ok_and(|kept| kept.is_some())
}

/// Marks a session as used now; the write that keeps it, once in a while.
pub(crate) fn beat(office: &Office, carried: &Carried) -> Result<Option<TableWrite>, Problem> {
    let now = office.now();
    let due = office
        .pulses()
        .beat(carried.row, carried.seen_at, now, office.session_rules.idle_ms / 6);
    if !due {
        return Ok(None);
    }
    Ok(Some(TableWrite {
        table: seen_table()?,
        key: carried.row.to_vec().into(),
        value: Some(serde_json::to_vec(&now).map_err(Problem::internal)?.into()),
    }))
}

/// Drops sessions that are over, and browsers that are known no longer; returns how many sessions.
pub(crate) fn forget_old(office: &Office) -> Result<usize, Problem> {
    let (rules, now) = (office.session_rules, office.now());
    let mut writes = Vec::new();
    let (mut open, mut count) = (HashSet::new(), 0);
    for (row, session) in rows(&*office.log)? {
        if rules.stands(&session, seen(office, &row)?, now) {
            open.insert(row);
        } else {
            writes.extend(close(&row)?);
            count += 1;
        }
    }
    office.pulses().keep(&open);
    for (key, _) in office.log.scan(&seen_table()?, &[]).map_err(Problem::internal)? {
        if office.log.get(&table()?, &key).map_err(Problem::internal)?.is_none() {
            writes.push(TableWrite {
                table: seen_table()?,
                key,
                value: None,
            });
        }
    }
    writes.extend(browsers::forget_old(office)?);
    writes.extend(register::forget_old(&*office.log, now)?);
    office
        .attempts
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .forget_old(now);
    if !writes.is_empty() {
        office.log.write(writes).map_err(Problem::internal)?;
    }
    Ok(count)
}
