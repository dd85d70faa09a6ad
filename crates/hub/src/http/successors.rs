//! Who answers for an entry of the catalogue after somebody who leaves or is shut out.

use super::call::Call;
use super::fields::Fields;
use super::idempotency::{Answer, Repeatable};
use super::people::not_oneself;
use super::problem::Problem;
use crate::office::Office;
use crate::transact::{Decision, transact};
use heliograph_domain::staff::Verb;
use heliograph_domain::{Event, StaffId};
use serde_json::json;
use std::sync::Arc;

/// Whom an administrator's call is about, after whoever it names as `successor` answers for their entries. Without one,
/// nobody does: the catalogue and the workbench say so until somebody is named.
pub(super) async fn handed_over(office: &Arc<Office>, call: &Call, id: &str) -> Result<StaffId, Problem> {
    call.caller.may(office, Verb::Administer)?;
    let mut fields = call.fields()?;
    let successor = read(office, &mut fields, id);
    fields.finish()?;
    let id = not_oneself(call, id)?;
    if let Some(successor) = successor {
        call.caller.may(office, Verb::Catalogue)?;
        hand_over(office, call, &id, &successor).await?;
    }
    Ok(id)
}

/// The successor that a request names: somebody else who works here.
fn read(office: &Office, fields: &mut Fields, id: &str) -> Option<StaffId> {
    let successor: Option<StaffId> = fields.optional_parsed("successor");
    let works_here = |person: &StaffId| person.as_str() != id && office.state().staff.works_here(person);
    if successor.as_ref().is_some_and(|person| !works_here(person)) {
        let (zh, en) = (
            "请选择另一位在职的工作人员",
            "is nobody else who works here: choose a colleague",
        );
        fields.fault("successor", "unknown", zh, en);
    }
    successor
}

/// A step of its own in the catalogue's stream, so that nothing that somebody else changes there meanwhile is undone. Done
/// again it finds nothing to hand over.
async fn hand_over(office: &Arc<Office>, call: &Call, from: &StaffId, to: &StaffId) -> Result<(), Problem> {
    let (stream, once) = ("site-catalogue".to_owned(), Repeatable::once());
    let by = &call.caller.staff;
    let done = transact(office, by, &once, stream, |state, _| {
        let events = state.catalogue.hand_over(from, to);
        let answer = Answer::ok(json!({"entries": events.len()}));
        Ok(Decision::of(events.into_iter().map(Event::Catalogue).collect(), answer))
    });
    done.await.map(|_| ())
}
