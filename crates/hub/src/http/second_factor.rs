//! `/api/v1/second-factor`, and somebody who lost theirs.

use super::call::Call;
use super::idempotency::Answer;
use super::people::{RoleName, another, missing};
use super::problem::Problem;
use crate::office::Office;
use crate::sign_in::{self, factors};
use crate::transact::{Decision, transact};
use axum::extract::{Path, State};
use heliograph_domain::Event;
use heliograph_domain::staff::{Role, StaffEvent, Verb};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `POST /api/v1/staff/{id}/reset-second-factor`: somebody lost their telephone. They sign in by password until they have
/// set up another; their sessions end.
pub(crate) async fn reset_factor(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = another(&office, &call, &id)?;
    let (by, repeatable) = (&call.caller.staff, &call.repeatable);
    // Nobody adds a passkey in between that would then be gone without a word.
    let _alone = office.factors_gate.lock().await;
    transact(&office, by, repeatable, "site-staff".to_owned(), |state, _| {
        if !state.staff.people.contains_key(&id) {
            return Err(missing());
        }
        let reset = StaffEvent::SecondFactorReset {
            id: id.clone(),
            by: by.clone(),
        };
        let had = factors::find(&office, &id)?.any();
        let mut writes = sign_in::close_all_of(&*office.log, &id, None)?;
        writes.push(factors::erase(&id)?);
        let events = had.then_some(Event::Staff(reset)).into_iter().collect();
        Ok(Decision {
            writes,
            ..Decision::of(events, Answer::ok(json!({"id": id})))
        })
    })
    .await
}

/// `PUT /api/v1/second-factor {roles}`: whoever has one of these roles signs in with a second factor.
pub(crate) async fn require_factor(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    let mut fields = call.fields()?;
    let roles: BTreeSet<Role> = fields
        .list::<RoleName>("roles", 16)
        .into_iter()
        .map(|role| role.0)
        .collect();
    fields.finish()?;
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-staff".to_owned(),
        |state, _| {
            let event = state.staff.require_second_factor(roles.clone()).map(Event::Staff);
            Ok(Decision::of(
                event.into_iter().collect(),
                Answer::ok(json!({"roles": roles})),
            ))
        },
    )
    .await
}
