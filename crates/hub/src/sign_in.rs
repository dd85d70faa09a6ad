//! Sessions and tokens: who is calling. The table holds only hashes of what callers carry.

use crate::http::problem::{Problem, Told};
use crate::keys::hex;
use crate::office::Office;
use axum::http::StatusCode;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{TableName, TableWrite};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// A person stays signed in for a working day.
pub(crate) const SESSION_MS: u64 = DAY_MS / 2;
/// The longest that a machine's token lives.
pub(crate) const TOKEN_MAX_DAYS: u64 = 400;
/// So many wrong passwords, and the account waits.
const FAILURES: u32 = 8;
/// How long it waits.
const PAUSE_MS: u64 = 5 * 60_000;

/// What a caller's secret opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Who.
    pub(crate) staff: StaffId,
    /// Until when.
    pub(crate) expires_at: Instant,
    /// What the person called it; empty for a browser's session.
    pub(crate) label: String,
}

fn table() -> Result<TableName, Problem> {
    TableName::new("sessions").map_err(Problem::internal)
}

fn row(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A fresh secret of 256 bits, as hexadecimal digits.
pub(crate) fn fresh_secret() -> Result<String, Problem> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(hex(&random))
}

/// Opens a session; the secret and the write that keeps it.
pub(crate) fn open(staff: StaffId, label: &str, expires_at: Instant) -> Result<(String, TableWrite), Problem> {
    let secret = fresh_secret()?;
    let session = Session {
        staff,
        expires_at,
        label: label.to_owned(),
    };
    let value = serde_json::to_vec(&session).map_err(Problem::internal)?;
    let write = TableWrite {
        table: table()?,
        key: row(&secret).into(),
        value: Some(value.into()),
    };
    Ok((secret, write))
}

/// The write that ends a session.
pub(crate) fn close(secret: &str) -> Result<TableWrite, Problem> {
    Ok(TableWrite {
        table: table()?,
        key: row(secret).into(),
        value: None,
    })
}

/// The writes that end all sessions and tokens of a person.
pub(crate) fn close_all_of(office: &Office, staff: &StaffId) -> Result<Vec<TableWrite>, Problem> {
    let table = table()?;
    let rows = office.log.scan(&table, &[]).map_err(Problem::internal)?.into_iter();
    let theirs = rows.filter(|(_, value)| {
        let session = serde_json::from_slice::<Session>(value);
        session.is_ok_and(|session| session.staff == *staff)
    });
    Ok(theirs
        .map(|(key, _)| TableWrite {
            table,
            key,
            value: None,
        })
        .collect())
}

/// Whose secret it is, if it still opens anything. Someone without a role has nothing to open.
pub(crate) fn whose(office: &Office, secret: &str) -> Result<Option<StaffId>, Problem> {
    let Some(bytes) = office.log.get(&table()?, &row(secret)).map_err(Problem::internal)? else {
        return Ok(None);
    };
    let session: Session = serde_json::from_slice(&bytes).map_err(Problem::internal)?;
    let known = office
        .state()
        .staff
        .people
        .get(&session.staff)
        .is_some_and(|person| !person.roles.is_empty());
    Ok((known && office.now() < session.expires_at).then_some(session.staff))
}

/// Drops sessions that are over; returns how many.
pub(crate) fn forget_old(office: &Office) -> Result<usize, Problem> {
    let (table, now) = (table()?, office.now());
    let rows = office.log.scan(&table, &[]).map_err(Problem::internal)?;
    let over = |value: &[u8]| serde_json::from_slice::<Session>(value).is_ok_and(|s| s.expires_at <= now);
    let writes: Vec<TableWrite> = rows
        .into_iter()
        .filter(|(_, value)| over(value))
        .map(|(key, _)| TableWrite {
            table,
            key,
            value: None,
        })
        .collect();
    let count = writes.len();
    if count > 0 {
        office.log.write(writes).map_err(Problem::internal)?;
    }
    Ok(count)
}

/// Counts wrong passwords per account.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    failures: HashMap<StaffId, (u32, Instant)>,
}

impl Limiter {
    /// Whether this account may try now.
    ///
    /// # Errors
    /// When it failed too often a moment ago.
    pub(crate) fn may_try(&self, staff: &StaffId, now: Instant) -> Result<(), Problem> {
        match self.failures.get(staff) {
            Some((count, last)) if *count >= FAILURES && now.since(*last) < PAUSE_MS => Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                Told::new("尝试次数过多", "Too many attempts"),
                Told::new(
                    "密码多次输入错误，请五分钟后再试，或请系统管理员重置密码。",
                    "The password was wrong too often: try again in five minutes, or ask an administrator to reset it.",
                ),
            )),
            _ => Ok(()),
        }
    }

    pub(crate) fn failed(&mut self, staff: &StaffId, now: Instant) {
        // Bounded: guessed names must not fill the memory.
        if self.failures.len() >= 10_000 {
            self.failures.clear();
        }
        let entry = self.failures.entry(staff.clone()).or_insert((0, now));
        let fresh = now.since(entry.1) >= PAUSE_MS;
        *entry = (if fresh { 1 } else { entry.0 + 1 }, now);
    }

    pub(crate) fn succeeded(&mut self, staff: &StaffId) {
        self.failures.remove(staff);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_paused_and_forgiven() {
        let who: StaffId = "wang-fang".parse().unwrap();
        let mut limiter = Limiter::default();
        for _ in 0..FAILURES {
            assert!(limiter.may_try(&who, Instant(0)).is_ok());
            limiter.failed(&who, Instant(0));
        }
        assert!(limiter.may_try(&who, Instant(1)).is_err());
        assert!(limiter.may_try(&who, Instant(PAUSE_MS)).is_ok());
        limiter.succeeded(&who);
        assert!(limiter.may_try(&who, Instant(1)).is_ok());
    }
}
