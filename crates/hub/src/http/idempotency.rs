//! The same `Idempotency-Key` twice gets the same answer and makes no second event.
//!
//! The answer is kept in the table `answers`, written in the same durable step as the events, for seven days.

use super::problem::Problem;
use crate::office::Office;
use axum::http::StatusCode;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{CommandId, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long answers are kept.
const KEPT_MS: u64 = 7 * DAY_MS;

/// What the caller is told when it went well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// JSON body.
    pub(crate) body: Value,
    /// The `ETag`, if it has one.
    pub(crate) etag: Option<String>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body,
            etag: None,
        }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self {
            status: 201,
            body,
            etag: None,
        }
    }

    pub(crate) fn with_etag(mut self, etag: impl ToString) -> Self {
        self.etag = Some(etag.to_string());
        self
    }
}

/// A request that may come twice.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    key: Option<String>,
    fingerprint: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Kept {
    fingerprint: [u8; 32],
    at: Instant,
    answer: Answer,
}

impl Repeatable {
    /// From the request's key and all that it asks.
    pub(crate) fn new(key: Option<String>, method: &str, path: &str, body: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(method)
            .chain_update([0])
            .chain_update(path)
            .chain_update([0])
            .chain_update(body)
            .finalize();
        Self {
            key,
            fingerprint: digest.into(),
        }
    }

    /// A request that nobody repeats by name: made by the hub itself.
    pub(crate) fn once() -> Self {
        Self {
            key: None,
            fingerprint: [0; 32],
        }
    }

    fn row(&self, actor: &StaffId) -> Option<Vec<u8>> {
        self.key
            .as_ref()
            .map(|key| [actor.as_str().as_bytes(), &[0], key.as_bytes()].concat())
    }

    /// The command's id in the log: the key's, so that the log itself refuses a second batch; else a fresh one.
    pub(crate) fn command_id(&self, actor: &StaffId, now: Instant) -> Result<CommandId, Problem> {
        match self.row(actor) {
            Some(row) => {
                let digest: [u8; 32] = Sha256::digest(&row).into();
                let mut id = [0u8; 16];
                id.copy_from_slice(&digest[..16]);
                Ok(CommandId(id))
            }
            None => Ok(CommandId(fresh_uuid(now)?.into_bytes())),
        }
    }

    /// The write that keeps the answer.
    pub(crate) fn remember(&self, actor: &StaffId, answer: &Answer, now: Instant) -> Option<TableWrite> {
        let kept = Kept {
            fingerprint: self.fingerprint,
            at: now,
            answer: answer.clone(),
        };
        Some(TableWrite {
            table: table().ok()?,
            key: self.row(actor)?.into(),
            value: Some(serde_json::to_vec(&kept).ok()?.into()),
        })
    }
}

/// A fresh version 7 UUID of the hub's time.
pub(crate) fn fresh_uuid(now: Instant) -> Result<uuid::Uuid, Problem> {
    let mut random = [0u8; 10];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(uuid::Builder::from_unix_timestamp_millis(now.0, &random).into_uuid())
}

fn table() -> Result<TableName, Problem> {
    TableName::new("answers").map_err(Problem::internal)
}

/// The answer given before, if there was one.
pub(crate) fn answered(office: &Office, actor: &StaffId, repeatable: &Repeatable) -> Result<Option<Answer>, Problem> {
    let Some(row) = repeatable.row(actor) else {
        return Ok(None);
    };
    let Some(bytes) = office.log.get(&table()?, &row).map_err(Problem::internal)? else {
        return Ok(None);
    };
    let kept: Kept = serde_json::from_slice(&bytes).map_err(Problem::internal)?;
    if office.now().since(kept.at) > KEPT_MS {
        return Ok(None);
    }
    if kept.fingerprint == repeatable.fingerprint {
        return Ok(Some(kept.answer));
    }
    Err(Problem {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        ..Problem::field(
            "Idempotency-Key",
            "reused",
            "这个 Idempotency-Key 已用于另一个请求，请换一个",
            "this Idempotency-Key was used for another request: use a new one",
        )
    })
}

/// Drops answers that are older than they need to be; returns how many.
pub(crate) fn forget_old(office: &Office) -> Result<usize, Problem> {
    let table = table()?;
    let now = office.now();
    let rows = office.log.scan(&table, &[]).map_err(Problem::internal)?;
    let old = |value: &[u8]| serde_json::from_slice::<Kept>(value).is_ok_and(|kept| now.since(kept.at) > KEPT_MS);
    let writes: Vec<TableWrite> = rows
        .into_iter()
        .filter(|(_, value)| old(value))
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
