//! The same `Idempotency-Key` twice gets the same answer and makes no second event.
//!
//! The answer is kept in the table `answers`, written in the same durable step as the events, for seven days. With it lies
//! a quick hash of the request, by which a repetition is told from another request. So nothing secret goes into either: a
//! password's slow hash would be worth nothing beside a quick one. An answer that tells a secret keeps what it is about,
//! and its handler adds the secret each time.

use super::fields::SECRETS;
use super::problem::Problem;
use crate::office::Office;
use axum::http::StatusCode;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{CommandId, TableName, TableWrite};
use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// How long answers are kept.
const KEPT_MS: u64 = 7 * DAY_MS;
/// By what this run of the program recognises secrets that come again. It is never written down: whoever has the tables
/// cannot try guesses at what lies there. `None` where the machine has no randomness; then secrets are not compared.
static RUN: LazyLock<Option<Run>> = LazyLock::new(|| Run::begin().ok());

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
    secrets: Option<Secrets>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    fingerprint: [u8; 32],
    at: Instant,
    answer: Answer,
    /// Of a request that had secrets; rows from before they were left out of the fingerprint have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secrets: Option<Secrets>,
}

impl Kept {
    /// Whether this was the answer to the same request. Another run of the program cannot tell one secret from another:
    /// there it is the same when all the rest is.
    fn answers(&self, asked: &Repeatable) -> bool {
        let same_secrets = match (&self.secrets, &asked.secrets) {
            (Some(kept), Some(asked)) => kept.run != asked.run || kept.mac == asked.mac,
            _ => true,
        };
        self.fingerprint == asked.fingerprint && same_secrets
    }
}

/// What is kept of a request's secrets: nothing that could be tried against guesses without the run's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Secrets {
    run: [u8; 16],
    mac: [u8; 32],
}

struct Run {
    id: [u8; 16],
    key: hmac::Key,
}

impl Run {
    fn begin() -> Result<Self, getrandom::Error> {
        let (mut id, mut key) = ([0; 16], [0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut key)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Ok(Self { id, key })
    }

    fn sign(&self, text: &[u8]) -> Option<[u8; 32]> {
        hmac::sign(&self.key, text).as_ref().try_into().ok()
    }

    fn seal(&self, secrets: &Map<String, Value>) -> Option<Secrets> {
        let text = serde_json::to_vec(secrets).ok()?;
        let mac = self.sign(&text)?;
        Some(Secrets { run: self.id, mac })
    }
}

/// A hash of a form's fields, for the name by which it is known when it comes again: the pairs as they were sent, and
/// which of them are secrets. These go into it under the run's key alone; after a restart the same secrets are others.
pub(crate) fn form_digest(plain: &[&[u8]], secret: &[&[u8]]) -> [u8; 32] {
    let joined = plain.join(&b'&');
    if secret.is_empty() {
        return digest([joined.as_slice()]);
    }
    let sealed = RUN.as_ref().and_then(|run| run.sign(&secret.join(&b'&')));
    digest([joined.as_slice(), &sealed.unwrap_or_default()])
}

/// The body without its secrets, and these; `None` when it has none.
fn without_secrets(body: &[u8]) -> Option<(Vec<u8>, Map<String, Value>)> {
    let mut rest: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let there = |name: &&str| rest.get(*name).is_some_and(|value| !value.is_null());
    let names: Vec<&str> = SECRETS.into_iter().filter(there).collect();
    let taken = names
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), rest.remove(name)?)));
    let secrets: Map<String, Value> = taken.collect();
    if secrets.is_empty() {
        return None;
    }
    Some((serde_json::to_vec(&rest).ok()?, secrets))
}

/// Parts with a zero between them: no text of a request has one.
fn digest<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            digest.update([0]);
        }
        digest.update(part);
    }
    digest.finalize().into()
}

impl Repeatable {
    /// From the request's key and all that it asks.
    pub(crate) fn new(key: Option<String>, method: &str, path: &str, body: &[u8]) -> Self {
        Self {
            key,
            fingerprint: digest([method.as_bytes(), path.as_bytes(), body]),
            secrets: None,
        }
    }

    /// The same for JSON, which may hold secrets: that they are there counts, and within this run which they are.
    pub(crate) fn of_json(key: Option<String>, method: &str, path: &str, body: &[u8]) -> Self {
        Self::in_run(RUN.as_ref(), key, method, path, body)
    }

    fn in_run(run: Option<&Run>, key: Option<String>, method: &str, path: &str, body: &[u8]) -> Self {
        // Without a key nothing is kept.
        let Some((rest, secrets)) = key.as_ref().and_then(|_| without_secrets(body)) else {
            return Self::new(key, method, path, body);
        };
        let asked = [method.as_bytes(), path.as_bytes(), &rest];
        let names = secrets.keys().map(String::as_bytes);
        Self {
            key,
            fingerprint: digest(asked.into_iter().chain(names)),
            secrets: run.and_then(|run| run.seal(&secrets)),
        }
    }

    /// Whether it may come again.
    pub(crate) fn is_named(&self) -> bool {
        self.key.is_some()
    }

    /// A request that nobody repeats by name: made by the hub itself.
    pub(crate) fn once() -> Self {
        Self {
            key: None,
            fingerprint: [0; 32],
            secrets: None,
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
            secrets: self.secrets.clone(),
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
    if kept.answers(repeatable) {
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    const PATH: &str = "/api/v1/staff";

    fn asked(run: &Run, password: &str, name: &str) -> Repeatable {
        let body = json!({"id": "li", "name": name, "password": password}).to_string();
        Repeatable::in_run(Some(run), Some("k".to_owned()), "POST", PATH, body.as_bytes())
    }

    fn row(repeatable: &Repeatable) -> Vec<u8> {
        let actor = "admin".parse().unwrap();
        let answer = Answer::created(json!({"id": "li"}));
        let write = repeatable.remember(&actor, &answer, Instant(1_000));
        write.unwrap().value.unwrap().to_vec()
    }

    fn kept(repeatable: &Repeatable) -> Kept {
        serde_json::from_slice(&row(repeatable)).unwrap()
    }

    #[test]
    fn another_password_is_another_request_and_after_a_restart_the_rest_decides() {
        let (run, next) = (Run::begin().unwrap(), Run::begin().unwrap());
        let first = kept(&asked(&run, "first-password", "李"));
        assert!(first.answers(&asked(&run, "first-password", "李")));
        assert!(!first.answers(&asked(&run, "other-password", "李")));
        assert!(first.answers(&asked(&next, "first-password", "李")));
        assert!(!first.answers(&asked(&next, "first-password", "王")));
        // That a password is there counts in every run.
        let without = json!({"id": "li", "name": "李"}).to_string();
        for body in [without.clone(), without.replace('}', ",\"password\":null}")] {
            let none = Repeatable::in_run(Some(&next), Some("k".to_owned()), "POST", PATH, body.as_bytes());
            assert!(!first.answers(&none), "{body}");
        }
    }

    /// What a thief of the tables would compute: the request with a guess in it, as it was kept once.
    #[test]
    fn nothing_that_is_kept_of_a_password_can_be_tried_against_guesses() {
        let run = Run::begin().unwrap();
        let guess = |kept: &Repeatable, body: &str| {
            let plain = Repeatable::new(Some("k".to_owned()), "POST", PATH, body.as_bytes());
            let tried = [
                plain.fingerprint,
                Sha256::digest(body).into(),
                Sha256::digest("a-password").into(),
            ];
            let row = String::from_utf8(row(kept)).unwrap();
            tried
                .iter()
                .any(|digest| row.contains(&serde_json::to_string(digest).unwrap()))
        };
        let body = json!({"id": "li", "name": "李", "password": "a-password"}).to_string();
        assert!(!guess(&asked(&run, "a-password", "李"), &body));
        // And nothing of what is kept but for the run's own code depends on which password it is.
        let (one, two) = (
            kept(&asked(&run, "a-password", "李")),
            kept(&asked(&run, "b-password", "李")),
        );
        assert_eq!((one.fingerprint, one.answer), (two.fingerprint, two.answer));
        // The control: the same thief recognises a request that was kept whole.
        let whole = Repeatable::new(Some("k".to_owned()), "POST", PATH, body.as_bytes());
        assert!(guess(&whole, &body));
    }

    #[test]
    fn rows_from_before_are_read_and_requests_without_secrets_are_known_as_ever() {
        let body = br#"{"channels":["hall"]}"#;
        let old = json!({
            "fingerprint": Repeatable::new(None, "POST", "/p", body).fingerprint, "at": 1,
            "answer": {"status": 200, "body": {}, "etag": null},
        });
        let old: Kept = serde_json::from_value(old).unwrap();
        assert!(old.answers(&Repeatable::of_json(Some("k".to_owned()), "POST", "/p", body)));
    }
}
