//! `/api/v1/drafts/{id}/editors`, `/api/v1/drafts/{id}/merge`: several people, or several windows of one, at one draft.

use super::call::Call;
use super::drafts::{self as api, Wish};
use super::idempotency::{self, Answer};
use super::problem::{Fault, Problem, Told};
use crate::draft_versions::{self, Version};
use crate::drafts::{self, Draft};
use crate::office::Office;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use heliograph_domain::StaffId;
use heliograph_domain::content::{Conflict, Merged, merge as put_together};
use heliograph_domain::staff::Verb;
use serde_json::{Value, json};
use std::sync::Arc;

/// What where and when it should be shown is called among what was taken from others.
pub(crate) const PROPOSAL: &str = "proposal";

/// A draft is shared with at most so many colleagues.
const MOST_EDITORS: usize = 20;

/// `PUT /api/v1/drafts/{id}/editors`: with whom its author shares it, all of them.
pub(crate) async fn share(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let mut fields = call.fields()?;
    let mut editors: Vec<StaffId> = fields.list("editors", MOST_EDITORS);
    let state = office.state();
    for (index, person) in editors.iter().enumerate() {
        if !state.staff.may(person, Verb::Draft) {
            fields.fault(
                &format!("editors[{index}]"),
                "unknown",
                "没有这位拟稿人（或已停用）",
                "is nobody here who may write drafts",
            );
        }
    }
    fields.finish()?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let mut draft = api::own(&office, &call.caller, &id)?;
    editors.retain(|person| *person != draft.author);
    editors.sort();
    editors.dedup();
    draft.editors = editors;
    let answer = Answer::ok(json!({"id": draft.id, "hash": draft.hash(), "editors": draft.editors}));
    let answer = answer.with_etag(draft.hash());
    api::keep(&office, &call.caller.staff, &call.repeatable, &draft, answer).await
}

/// `POST /api/v1/drafts/{id}/merge` with `If-Match`: saves a text, and puts it together with what others saved since the
/// caller saw the draft. What both changed in the same place is refused, with both forms of it.
pub(crate) async fn merge(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let wish = api::read_wish(&office, call.fields()?)?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let known = api::open(&office, &call.caller, &id)?;
    let seen = api::seen(&call)?;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    let me = &call.caller.staff;
    let mine = api::rewritten(&known, wish, me, office.now());
    if seen == known.hash() {
        api::put_aside(&office, &known, &mine).await?;
        let answer = Answer::ok(told(&office, &mine, &mine, &Merged::nothing())).with_etag(mine.hash());
        return api::keep(&office, me, &call.repeatable, &mine, answer).await;
    }
    let base = draft_versions::find(&*office.log, known.id, &seen).map_err(Problem::internal)?;
    let by = other_hand(base.as_ref(), &known, me);
    let (wish, merged) = together(base.as_ref(), &mine, &known)?;
    if !merged.conflicts.is_empty() {
        draft_versions::shown(&known);
        return Err(both_changed(&known, &wish, &merged, &by));
    }
    let draft = api::rewritten(&known, wish, me, office.now());
    // The other's window still has the draft as they saved it, and this caller's has what they sent.
    api::put_aside_anyway(&office, &known, None).await?;
    if mine.hash() != draft.hash() {
        api::put_aside_anyway(&office, &mine, Some(by.clone()).filter(|by| by != me)).await?;
    }
    let mut body = told(&office, &draft, &mine, &merged);
    body["by"] = json!(by);
    let answer = Answer::ok(body).with_etag(draft.hash());
    api::keep(&office, me, &call.repeatable, &draft, answer).await
}

/// Whose words the caller's are put together with. A window that has not shown another's words yet goes on from what it
/// sent: the save that took them in was the caller's own, and the words are still the other's.
fn other_hand(base: Option<&Version>, known: &Draft, me: &StaffId) -> StaffId {
    let last = known.last_writer();
    let before = base.and_then(|base| base.beside.as_ref()).filter(|_| last == me);
    before.unwrap_or(last).clone()
}

/// Nothing of a text is told: answers are kept, and drafts can be erased.
fn told(office: &Office, draft: &Draft, sent: &Draft, merged: &Merged) -> Value {
    let mut body = api::told(office, draft);
    body["sent"] = json!(sent.hash());
    body["taken"] = json!(merged.taken);
    body["doubled"] = json!(merged.doubled);
    body
}

/// Both forms in one. The catalogue entry is one field more.
fn together(base: Option<&Version>, mine: &Draft, theirs: &Draft) -> Result<(Wish, Merged), Problem> {
    if mine.kind != theirs.kind || base.is_some_and(|base| base.kind != mine.kind) {
        return Err(Problem::stale(api::shaped(theirs)));
    }
    let before = base.map_or(&Value::Null, |base| &base.content);
    let mut merged = put_together(mine.kind, before, &mine.content, &theirs.content);
    let (my, their) = (&mine.catalogue_entry, &theirs.catalogue_entry);
    let base_entry = base.map(|base| &base.catalogue_entry);
    let field = "catalogue_entry".to_owned();
    let mut entry = my.clone();
    if my != their && base_entry == Some(my) {
        entry = their.clone();
        merged.taken.push(field);
    } else if my != their && base_entry != Some(their) {
        merged.conflicts.push(Conflict {
            field,
            mine: json!(my),
            theirs: json!(their),
            both: None,
        });
    }
    // A proposal decides nothing: whoever changed it last has it.
    let untouched = base.is_some_and(|base| base.proposal == mine.proposal);
    let proposal = if untouched { &theirs.proposal } else { &mine.proposal };
    if *proposal != mine.proposal {
        merged.taken.push(PROPOSAL.to_owned());
    }
    let wish = Wish {
        kind: mine.kind,
        catalogue_entry: entry,
        content: merged.content.clone(),
        proposal: proposal.clone(),
    };
    Ok((wish, merged))
}

/// Both forms of every place that both changed. Nothing was saved; `current.content` has everything else of both.
fn both_changed(known: &Draft, wish: &Wish, merged: &Merged, by: &StaffId) -> Problem {
    let fault = |conflict: &Conflict| {
        Fault::new(
            &conflict.field,
            "changed_by_both",
            "别人也改了同一处：请选择保留哪一种",
            "somebody else changed the same place: choose which form stays",
        )
    };
    let conflicts = merged
        .conflicts
        .iter()
        .map(|it| json!({"field": it.field, "mine": it.mine, "theirs": it.theirs, "both": it.both}));
    let current = json!({
        "draft": api::shaped(known),
        "catalogue_entry": wish.catalogue_entry,
        "content": wish.content,
        "conflicts": conflicts.collect::<Vec<_>>(),
        "taken": merged.taken,
        "doubled": merged.doubled,
        "by": by,
    });
    Problem {
        kind: "both-changed",
        status: StatusCode::CONFLICT,
        title: Told::new("两人改了同一处", "Two people changed the same place"),
        current: Some(current),
        ..Problem::invalid(merged.conflicts.iter().map(fault).collect())
    }
}
