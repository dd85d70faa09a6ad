//! `/api/v1/broker-files`: what another broker reads instead of asking the hub. `/api/v1/broker/auth` and `acl`: what one asks
//! that does ask, in the forms of EMQX 5 (HTTP authenticator and authoriser).

use super::attachments::token_of;
use super::call::Caller;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::broker_access::{Act, Guest};
use crate::office::Office;
use crate::transact::blocking;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use heliograph_domain::staff::Verb;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/v1/broker-files`: name and text of each file, and the displays that are not in them yet. The hub's own account
/// is among them when it uses another broker. Hashes of secrets are in them: for administrators alone.
pub(crate) async fn files(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Administer)?;
    let written = office.broker_files();
    let files: serde_json::Map<String, Value> = written
        .files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), json!(text)))
        .collect();
    Ok(Answer::ok(json!({"files": files, "without": written.without})))
}

/// A connection ends after this long, so that who was revoked does not go on hearing: EMQX asks who may subscribe once.
const LET_IN_S: u64 = 3600;

/// Who wants to come in.
#[derive(Deserialize)]
pub(crate) struct Entry {
    clientid: String,
    username: String,
    password: String,
}

/// What someone wants to do who is in.
#[derive(Deserialize)]
pub(crate) struct Wish {
    clientid: String,
    username: String,
    topic: String,
    action: String,
}

/// `POST /api/v1/broker/auth`. EMQX takes an answer that is no 200 for no answer, and then lets nobody in.
pub(crate) async fn auth(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    entry: Result<Json<Entry>, JsonRejection>,
) -> Result<Answer, Problem> {
    is_the_broker(&office, &headers)?;
    let Json(entry) = entry.map_err(unreadable)?;
    let until_s = office.now().0 / 1000 + LET_IN_S;
    let enters = blocking(move || {
        let guest = Guest {
            username: &entry.username,
            client_id: &entry.clientid,
        };
        Ok::<_, std::convert::Infallible>(guest.may_enter(&office, &entry.password))
    })
    .await?;
    Ok(Answer::ok(if enters {
        json!({"result": "allow", "is_superuser": false, "expire_at": until_s})
    } else {
        json!({"result": "deny"})
    }))
}

/// `POST /api/v1/broker/acl`
pub(crate) async fn acl(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    wish: Result<Json<Wish>, JsonRejection>,
) -> Result<Answer, Problem> {
    is_the_broker(&office, &headers)?;
    let Json(wish) = wish.map_err(unreadable)?;
    let act = match wish.action.as_str() {
        "publish" => Some(Act::Publish),
        "subscribe" => Some(Act::Subscribe),
        _ => None,
    };
    let guest = Guest {
        username: &wish.username,
        client_id: &wish.clientid,
    };
    let may = act.is_some_and(|act| guest.may(&office, act, &wish.topic));
    Ok(Answer::ok(json!({"result": if may { "allow" } else { "deny" }})))
}

/// Said to the broker alone: whoever else asks hears only that they are not it.
fn unreadable(rejection: JsonRejection) -> Problem {
    tracing::warn!(%rejection, "the broker's question cannot be read; look at its configuration");
    Problem::malformed(
        "request",
        "invalid",
        "请求的内容无法读取",
        "the request's body cannot be read",
    )
}

/// The broker shows that it is the one that the hub works with, by the password that the hub has there.
fn is_the_broker(office: &Office, headers: &HeaderMap) -> Result<(), Problem> {
    let account = office.hub_account.as_ref();
    let known = account
        .zip(token_of(headers))
        .is_some_and(|(hub, word)| hub.is_password(word));
    known.then_some(()).ok_or_else(Problem::unauthorised)
}
