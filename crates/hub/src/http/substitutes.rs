//! `/api/v1/staff/{id}/substitute`: who does somebody's part of the workflow while they are on leave.

use super::call::{Call, Caller};
use super::idempotency::Answer;
use super::problem::Problem;
use super::shape;
use crate::calendar;
use crate::office::Office;
use crate::state::State as Known;
use crate::transact::{Decision, transact};
use axum::extract::{Path, State};
use heliograph_domain::staff::{Leave, SubstituteRefused, Verb};
use heliograph_domain::time::Window;
use heliograph_domain::{Date, Event, Instant, StaffId};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/v1/substitutes`: whoever is on leave, or will be, and who stands in.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let (state, now) = (office.state(), office.now());
    let leaves = standing(&state, now).map(|(person, leave)| shaped(person, leave, now));
    Ok(Answer::ok(json!({"substitutes": leaves.collect::<Vec<_>>()})))
}

/// The leaves that are not over.
pub(crate) fn standing(state: &Known, now: Instant) -> impl Iterator<Item = (&StaffId, &Leave)> {
    state
        .staff
        .leaves
        .iter()
        .filter(move |(_, leave)| !leave.window.ended(now))
}

fn shaped(person: &StaffId, leave: &Leave, now: Instant) -> Value {
    json!({
        "person": person,
        "substitute": leave.substitute,
        "from": shape::time(leave.window.from),
        "until": leave.window.until.map(shape::time),
        "now": leave.window.covers(now),
    })
}

/// `PUT /api/v1/staff/{id}/substitute {substitute, from, until}`: whole days of the office, the last one included.
pub(crate) async fn name(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = whose(&office, &call.caller, &id)?;
    let mut fields = call.fields()?;
    let substitute: Option<StaffId> = fields.parsed("substitute");
    let (from, until): (Option<Date>, Option<Date>) = (fields.parsed("from"), fields.parsed("until"));
    fields.finish()?;
    let (Some(substitute), Some(from), Some(until)) = (substitute, from, until) else {
        return Err(Problem::internal("a substitute without faults lacks its fields"));
    };
    let window = days(&office, from, until).ok_or_else(|| refused(&SubstituteRefused::Backwards))?;
    decide(&office, &call, |state, now| {
        let event = state.staff.name_substitute(&id, &substitute, window, now);
        let event = event.map_err(|why| refused(&why))?;
        let leave = Leave {
            substitute: substitute.clone(),
            window,
        };
        let answer = Answer::ok(shaped(&id, &leave, now));
        Ok(Decision::of(event.map(Event::Staff).into_iter().collect(), answer))
    })
    .await
}

/// `DELETE /api/v1/staff/{id}/substitute`: nobody stands in any longer.
pub(crate) async fn end(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = whose(&office, &call.caller, &id)?;
    call.fields()?.finish()?;
    decide(&office, &call, |state, _| {
        let event = state.staff.end_leave(&id).map(Event::Staff);
        let answer = Answer::ok(json!({"person": id, "substitute": null}));
        Ok(Decision::of(event.into_iter().collect(), answer))
    })
    .await
}

async fn decide(
    office: &Arc<Office>,
    call: &Call,
    decide: impl Fn(&Known, Instant) -> Result<Decision, Problem>,
) -> Result<Answer, Problem> {
    let stream = "site-staff".to_owned();
    transact(office, &call.caller.staff, &call.repeatable, stream, decide).await
}

/// Whose leave it is: one's own, or anybody's for an administrator. Either decides who gets in, so whoever says it shows
/// that it is they.
fn whose(office: &Office, caller: &Caller, id: &str) -> Result<StaffId, Problem> {
    caller.may(office, Verb::Read)?;
    let known: Option<StaffId> = id.parse().ok();
    if known.as_ref() == Some(&caller.staff) {
        caller.present(office)?;
    } else {
        caller.may(office, Verb::Administer)?;
    }
    let known = known.filter(|id| office.state().staff.people.contains_key(id));
    known.ok_or_else(|| Problem::not_found("这位工作人员", "The person"))
}

/// From the first moment of one day to the last of another, by the office's clock.
fn days(office: &Office, from: Date, until: Date) -> Option<Window> {
    let state = office.state();
    let site = state.site.as_ref();
    let profile = site.and_then(|site| office.library.profile(&site.profile));
    let midnight = |date| calendar::midnight(profile.as_deref(), date);
    Some(Window {
        from: midnight(from)?,
        until: Some(midnight(until.tomorrow()?)?),
    })
}

fn refused(why: &SubstituteRefused) -> Problem {
    let (field, code, zh) = match why {
        SubstituteRefused::Oneself => ("substitute", "oneself", "不能代理自己，请选择另一位同事"),
        SubstituteRefused::Unknown(_) => ("substitute", "unknown", "没有这位在职的工作人员"),
        SubstituteRefused::Backwards => ("until", "before_from", "最后一天早于第一天"),
        SubstituteRefused::Over => ("until", "over", "这段日子已经过去"),
        SubstituteRefused::TooLong => ("until", "too_long", "一次最多一年"),
    };
    Problem::field(field, code, zh, why.to_string())
}
