//! `/api/v1/audit`: who did what, when, on what.

use super::call::{Caller, lang_of};
use super::idempotency::Answer;
use super::problem::Problem;
use super::shape;
use crate::audit::sentence::Voice;
use crate::audit::{self, Entry, Found, Wanted};
use crate::office::Office;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Event, Instant};
use heliograph_log::hex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /api/v1/audit?who=&what=&deed=&from=&until=&q=&page=`: a page, the newest first.
pub(crate) async fn list(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Audit)?;
    let (wanted, lang) = (Wanted::of(&query)?, lang_of(&headers));
    let (person, seen) = (caller.staff.clone(), office.state_for(&caller.staff));
    let body = tokio::task::spawn_blocking(move || {
        let Found {
            all,
            page,
            pages,
            entries,
        } = audit::page(&office, &seen, &wanted)?;
        let voice = Voice::for_reader(&office, &person, lang);
        let records: Vec<Value> = entries.iter().map(|entry| shaped(&voice, entry)).collect();
        Ok(json!({"found": all, "page": page, "pages": pages, "records": records}))
    });
    body.await.map_err(Problem::internal)?.map(Answer::ok)
}

/// A record as programs and inspectors have it: what it says in words, and what proves it.
pub(crate) fn shaped(voice: &Voice<'_>, entry: &Entry) -> Value {
    let record = &entry.record;
    let actor = record.actor.as_str();
    json!({
        "position": record.position.0,
        "at": shape::time(Instant(record.recorded_at.0)),
        "by": actor,
        "by_name": voice.person(actor),
        "what": entry.subject.what(),
        "id": entry.subject.id(),
        "deed": entry.deed.slug(),
        "sentence": voice.sentence(&entry.event),
        "event": event(&entry.event),
        "leaf": hex::encode(&record.leaf_hash()),
    })
}

/// The fact itself.
fn event(event: &Event) -> Value {
    match event {
        Event::Publication(_, event) => json!(event),
        Event::Catalogue(event) => json!(event),
        Event::Channel(event) => json!(event),
        Event::Display(_, event) => json!(event),
        Event::Staff(event) => json!(event),
        Event::Site(event) => json!(event),
        Event::Ledger(event) => json!(event),
        Event::Calendar(event) => json!(event),
        Event::Gate(event) => json!(event),
    }
}
