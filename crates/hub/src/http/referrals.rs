//! `/api/v1/referrals`: drafts that the confidentiality gate blocks, and whose authors ask a confidentiality reviewer to
//! let them through. They are still drafts: the log knows nothing of them until the reviewer does, and then of both
//! the submission and who let it through.

use super::call::{Call, Caller};
use super::drafts::{complete, own, shaped};
use super::idempotency::Answer;
use super::problem::Problem;
use super::{publications, shape, submission};
use crate::drafts::{self, Declined, Draft, Referral};
use crate::gate;
use crate::office::Office;
use crate::transact::blocking;
use axum::extract::{Path, State};
use heliograph_domain::publication::{MAX_REASON_CHARS, blocks};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, PublicationId};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST /api/v1/drafts/{id}/refer`: the author asks.
pub(crate) async fn refer(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let mut fields = call.fields()?;
    let countersign = submission::countersign_of(&mut fields);
    fields.finish()?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let mut draft = own(&office, &call.caller, &id)?;
    if let Some(seen) = call.seen_hash()?
        && seen != draft.hash()
    {
        return Err(Problem::stale(shaped(&draft)));
    }
    let (document, ..) = complete(&draft)?;
    let mut passages = gate::of_document(&document);
    passages.extend(gate::beside(&office, &draft)?);
    if !blocks(&gate::look(&office, &passages)) {
        return Err(nothing_blocks());
    }
    draft.referral = Some(Referral {
        hash: draft.hash(),
        countersign: countersign.is_asked(),
        departments: countersign.departments().cloned().collect(),
        at: office.now(),
        declined: None,
    });
    let answer = Answer::ok(json!({"id": draft.id, "hash": draft.hash(), "referred": true})).with_etag(draft.hash());
    super::drafts::keep(&office, &call.caller.staff, &call.repeatable, &draft, answer).await
}

fn nothing_blocks() -> Problem {
    Problem::conflict(
        "nothing-blocks",
        super::problem::Told::new(
            "保密审查关口没有拦截这份草稿：请直接送审",
            "the confidentiality gate does not block this draft: submit it",
        ),
        None,
    )
}

/// `GET /api/v1/referrals`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Review)?;
    let all = waiting(&office, &caller)?;
    let all = all.iter().map(|draft| told(&office, draft));
    Ok(Answer::ok(json!({"referrals": all.collect::<Vec<_>>()})))
}

/// `GET /api/v1/referrals/{id}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    let draft = referred(&office, &caller, &id)?;
    Ok(Answer::ok(told(&office, &draft)).with_etag(draft.hash()))
}

fn told(office: &Office, draft: &Draft) -> Value {
    let mut told = shaped(draft);
    told["findings"] = gate::shaped(&gate::look(office, &gate::of_whole_draft(office, draft)));
    told["referred_at"] = json!(draft.referral.as_ref().map(|referral| shape::time(referral.at)));
    told
}

/// The drafts that wait for this reviewer, the oldest first; nobody clears their own.
pub(crate) fn waiting(office: &Office, caller: &Caller) -> Result<Vec<Draft>, Problem> {
    let mut all = drafts::all(&*office.log).map_err(Problem::internal)?;
    all.retain(|draft| draft.is_referred() && !draft.was_written_by(&caller.staff));
    all.sort_by_key(|draft| draft.referral.as_ref().map(|referral| referral.at));
    Ok(all)
}

/// A draft whose author asked, as it was when they did.
pub(crate) fn referred(office: &Office, caller: &Caller, id: &str) -> Result<Draft, Problem> {
    caller.may(office, Verb::Review)?;
    let missing = || Problem::not_found("这份提请", "The draft that was referred");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let draft = drafts::find(&*office.log, id).map_err(Problem::internal)?;
    draft
        .filter(|draft| draft.is_referred() && !draft.was_written_by(&caller.staff))
        .ok_or_else(missing)
}

/// `POST /api/v1/referrals/{id}/override`: submits the draft for its author, past the gate, with a reason.
pub(crate) async fn let_through(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Review)?;
    let mut fields = call.fields()?;
    let reason = fields.text("reason", MAX_REASON_CHARS);
    let seen: Option<ContentHash> = fields.parsed("hash");
    fields.finish()?;
    if let Some(answer) = super::idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let draft = referred(&office, &call.caller, &id)?;
    if seen != Some(draft.hash()) {
        return Err(Problem::stale(shaped(&draft)));
    }
    let countersign = draft.referral.as_ref().map(Referral::asked).unwrap_or_default();
    let (reason, object) = publications::reason_object(reason)?;
    let mut meant = submission::of_draft(&office, &draft, countersign, Some((call.caller.staff.clone(), reason)))?;
    meant.content.push(object);
    meant.verb = Verb::Review;
    let done = Draft {
        referral: None,
        ..draft.clone()
    };
    meant.writes.push(done.keep().map_err(Problem::internal)?);
    publications::perform(&office, &call, draft.id, meant).await
}

/// `POST /api/v1/referrals/{id}/decline`: back to its author, with a reason.
pub(crate) async fn decline(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Review)?;
    let mut fields = call.fields()?;
    let reason = fields.text("reason", MAX_REASON_CHARS);
    fields.finish()?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let mut draft = referred(&office, &call.caller, &id)?;
    if let Some(referral) = &mut draft.referral {
        referral.declined = Some(Declined {
            by: call.caller.staff.clone(),
            at: office.now(),
            reason,
        });
    }
    let kept = draft.keep().map_err(Problem::internal)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![kept])).await?;
    Ok(Answer::ok(json!({"id": draft.id, "declined": true})))
}
