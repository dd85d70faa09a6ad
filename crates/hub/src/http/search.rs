//! `/api/v1/search`: one search over everything that the caller may see.

use super::call::{Caller, lang_of};
use super::idempotency::Answer;
use super::problem::Problem;
use crate::office::Office;
use crate::search::{self, Group, Hit};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /api/v1/search?q=`
pub(crate) async fn find(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, heliograph_domain::staff::Verb::Read)?;
    let (words, lang) = (query.get("q").cloned().unwrap_or_default(), lang_of(&headers));
    let task = tokio::task::spawn_blocking(move || search::find(&office, &caller, &words, lang));
    let found = task.await.map_err(Problem::internal)??;
    let mut body: Map<String, Value> = found
        .groups()
        .into_iter()
        .map(|(name, group)| (name.to_owned(), shaped(group)))
        .collect();
    body.insert("found".to_owned(), json!(found.all()));
    Ok(Answer::ok(Value::Object(body)))
}

fn shaped(group: &Group) -> Value {
    let hit = |hit: &Hit| json!({"id": hit.id, "title": hit.title, "around": hit.around, "page": hit.href, "older": hit.older});
    json!({"found": group.all, "first": group.hits.iter().map(hit).collect::<Vec<_>>()})
}
