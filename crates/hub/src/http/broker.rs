//! `/api/v1/broker-files`: what another broker reads instead of asking the hub.

use super::call::Caller;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::office::Office;
use axum::extract::State;
use heliograph_domain::staff::Verb;
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
