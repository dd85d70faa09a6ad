//! `/api/v1/reminders`: who is reminded by e-mail, and what was sent.

use super::call::{Call, Caller};
use super::idempotency::Answer;
use super::problem::Problem;
use super::shape;
use crate::office::Office;
use crate::reminders::{self, Outcome};
use crate::transact::blocking;
use axum::extract::{Path, State};
use heliograph_domain::StaffId;
use heliograph_domain::staff::Verb;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/v1/reminders`: where letters go out, and what became of those of the last days.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Catalogue)?;
    let log = Arc::clone(&office.log);
    let sent = blocking(move || reminders::sent(&*log)).await?;
    let rows: Vec<Value> = sent
        .into_iter()
        .map(|(date, person, reminder)| {
            let (outcome, why) = told(&reminder.outcome);
            json!({"date": date, "person": person, "at": shape::time(reminder.at), "outcome": outcome, "why": why})
        })
        .collect();
    let server = office.mail.as_ref().map(ToString::to_string);
    Ok(Answer::ok(json!({"server": server, "sent": rows})))
}

/// What became of a letter, in one word, and why.
pub(crate) fn told(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Nothing => ("nothing", None),
        Outcome::Sending => ("sending", None),
        Outcome::Sent => ("sent", None),
        Outcome::Failed { why } => ("failed", Some(why)),
        Outcome::Uncertain { why } => ("uncertain", Some(why)),
    }
}

/// `GET /api/v1/staff/{id}/address`: one's own; anybody's for an administrator.
pub(crate) async fn address(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    let id = whose(&office, &caller, &id)?;
    let address = reminders::address(&*office.log, &id).map_err(Problem::internal)?;
    Ok(Answer::ok(json!({"id": id, "address": address})))
}

/// `PUT /api/v1/staff/{id}/address {address?}`: where someone is reminded; without one they are not, and it is erased.
pub(crate) async fn set_address(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    // No token may send somebody's letters elsewhere.
    call.caller.person()?;
    let id = whose(&office, &call.caller, &id)?;
    let mut fields = call.fields()?;
    let text = fields.optional_text("address", 200);
    let address = text.as_deref().and_then(reminders::address_of);
    if text.is_some() && address.is_none() {
        fields.fault(
            "address",
            "invalid",
            "不是邮箱地址，例如 li@example.cn",
            "is not an e-mail address: write it like li@example.org",
        );
    }
    fields.finish()?;
    let write = match &address {
        Some(address) => reminders::keep_address(&id, address),
        None => reminders::erase_address(&id),
    };
    let (log, write) = (Arc::clone(&office.log), write.map_err(Problem::internal)?);
    blocking(move || log.write(vec![write])).await?;
    Ok(Answer::ok(json!({"id": id, "address": address})))
}

/// Whose address it is, if the caller may see and set it.
fn whose(office: &Office, caller: &Caller, id: &str) -> Result<StaffId, Problem> {
    caller.may(office, Verb::Read)?;
    let known = id.parse::<StaffId>().ok();
    let own = known.as_ref() == Some(&caller.staff);
    if !own {
        caller.may(office, Verb::Administer)?;
    }
    let known = known.filter(|id| office.state().staff.people.contains_key(id));
    known.ok_or_else(|| Problem::not_found("这位工作人员", "The person"))
}
