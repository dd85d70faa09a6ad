//! `/api/v1/account/changes`: what was done to one's own account, by whom; what its owner made and ended to sign in with; and
//! that one has seen it.

use super::call::{Call, Caller, lang_of};
use super::idempotency::Answer;
use super::problem::Problem;
use super::{shape, sign_ins};
use crate::audit::sentence::Voice;
use crate::audit::{self, Entry};
use crate::interventions;
use crate::office::Office;
use crate::sign_in::register::{self, Group, Row};
use crate::transact::blocking;
use axum::extract::State;
use axum::http::HeaderMap;
use heliograph_domain::{Instant, StaffId};
use serde_json::{Value, json};
use std::sync::Arc;

/// So many are told.
pub(crate) const MOST: usize = 10;

/// The newest of them, read where waiting is allowed.
pub(crate) async fn newest(office: &Arc<Office>, staff: &StaffId) -> Result<Vec<Entry>, Problem> {
    let (office, staff) = (Arc::clone(office), staff.clone());
    let read = tokio::task::spawn_blocking(move || audit::of_account(&office, &staff, MOST));
    read.await.map_err(Problem::internal)?
}

/// What its owner made and ended to sign in with, the newest first: of the register, which keeps it for a while, and not of
/// the log.
pub(crate) async fn means(office: &Arc<Office>, staff: &StaffId) -> Result<Vec<Row>, Problem> {
    let mut rows = register::all(office).await?;
    rows.retain(|row| row.who.as_ref() == Some(staff) && row.kind.group() == Group::Means);
    rows.truncate(MOST);
    Ok(rows)
}

/// `GET /api/v1/account/changes`: the newest first.
pub(crate) async fn list(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.person()?;
    let unseen = interventions::unseen(&office, &caller.staff)?;
    let entries = newest(&office, &caller.staff).await?;
    let rows = means(&office, &caller.staff).await?;
    let lang = lang_of(&headers);
    let voice = Voice::for_reader(&office, &caller.staff, lang);
    let shaped = |entry: &Entry| {
        let record = &entry.record;
        json!({
            "position": record.position.0, "at": shape::time(Instant(record.recorded_at.0)),
            "by": record.actor.as_str(), "by_name": voice.person(record.actor.as_str()),
            "deed": entry.deed.slug(), "sentence": voice.sentence(&entry.event),
            "unseen": unseen.iter().any(|(_, done)| done.position == record.position.0),
        })
    };
    let changes: Vec<Value> = entries.iter().map(shaped).collect();
    let means: Vec<Value> = rows.iter().map(|row| sign_ins::shaped(&voice, row, lang)).collect();
    Ok(Answer::ok(json!({"changes": changes, "means": means})))
}

/// `POST /api/v1/account/changes/seen`: they know what was done so far.
pub(crate) async fn seen(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    let unseen = interventions::unseen(&office, &call.caller.staff)?;
    if let Some(newest) = unseen.iter().map(|(_, done)| done.position).max() {
        let (write, log) = (
            interventions::seen(&call.caller.staff, newest)?,
            Arc::clone(&office.log),
        );
        blocking(move || log.write(vec![write])).await?;
    }
    Ok(Answer::ok(json!({"seen": true})))
}
