//! `/api/v1/publications/{id}/comments`: what reviewers, countersigners, approvers and the author say of a text in review.

use super::call::{Call, Caller};
use super::idempotency::{self, Answer, fresh_uuid};
use super::problem::{Problem, Told};
use super::shape;
use crate::comments::{self, Comment};
use crate::office::Office;
use crate::state::Dossier;
use crate::transact::blocking;
use axum::extract::{Path, State};
use heliograph_domain::publication::Pending;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Lang, PublicationId, StaffId};
use heliograph_log::TableWrite;
use serde_json::{Value, json};
use std::sync::Arc;

/// Comments are changed one at a time.
static CHANGES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// `GET /api/v1/publications/{id}/comments`
pub(crate) async fn list(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let (id, dossier) = find(&office, &caller.staff, &id)?;
    let mut comments = comments::of(&*office.log, id).map_err(Problem::internal)?;
    keep_readable(&mut comments, &dossier);
    Ok(Answer::ok(
        json!({"comments": comments.iter().map(shaped).collect::<Vec<_>>()}),
    ))
}

/// What was said of a text is for those who may read the text.
pub(crate) fn keep_readable(comments: &mut Vec<Comment>, seen: &Dossier) {
    let texts = seen.texts();
    comments.retain(|comment| texts.contains(&comment.content));
}

fn shaped(comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "content": comment.content,
        "field": comment.field,
        "quote": comment.quote,
        "text": comment.text,
        "by": comment.by,
        "at": shape::time(comment.at),
        "dealt_with": comment.dealt_with.as_ref().map(|(by, at)| json!({"by": by, "at": shape::time(*at)})),
    })
}

fn find(office: &Office, person: &StaffId, id: &str) -> Result<(PublicationId, Arc<Dossier>), Problem> {
    let missing = || Problem::not_found("这条信息", "The publication");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let dossier = office
        .state_for(person)
        .publications
        .get(&id)
        .cloned()
        .ok_or_else(missing)?;
    Ok((id, dossier))
}

/// Whether somebody has a part in a text on its way: whoever wrote it, or who may take a step with it.
pub(crate) fn has_part(office: &Office, who: &StaffId, pending: Option<&Pending>) -> bool {
    let reviews = office.state().staff.may_now(who, Verb::Reject, office.now());
    reviews || pending.is_some_and(|pending| pending.was_written_by(who))
}

/// Whoever has no part in a text is told that they may not, before anything of it is told.
fn may_take_part(office: &Office, caller: &Caller, id: &str) -> Result<(), Problem> {
    let known = find(office, &caller.staff, id).ok();
    let pending = known
        .as_ref()
        .and_then(|(_, dossier)| dossier.publication.pending.as_ref());
    if pending.is_some_and(|pending| pending.was_written_by(&caller.staff)) {
        return caller.may(office, Verb::Draft);
    }
    caller.may_step(office, Verb::Reject)
}

/// `POST /api/v1/publications/{id}/comments {text, field?, quote?}`
pub(crate) async fn add(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    may_take_part(&office, &call.caller, &id)?;
    let (id, dossier) = find(&office, &call.caller.staff, &id)?;
    let mut fields = call.fields()?;
    let text = fields.text("text", comments::MAX_CHARS);
    let quote = fields.optional_text("quote", comments::MAX_QUOTE_CHARS);
    let field = fields.optional_text("field", 200).unwrap_or_default();
    if !field.is_empty() && !is_field(&dossier, &field) {
        fields.fault("field", "unknown", "没有这一栏", "is not a field of this text");
    }
    fields.finish()?;
    let pending = dossier.publication.pending.as_ref().ok_or_else(not_in_review)?;
    let _one_at_a_time = CHANGES.lock().await;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        let made = one(&office, id, answer.body["id"].as_str().unwrap_or_default())?;
        return Ok(Answer::created(shaped(&made)));
    }
    if comments::of(&*office.log, id).map_err(Problem::internal)?.len() >= comments::MOST {
        return Err(too_many());
    }
    let comment = Comment {
        id: fresh_uuid(office.now())?,
        publication: id,
        content: pending.content,
        field,
        quote: quote.unwrap_or_default(),
        text,
        by: call.caller.staff.clone(),
        at: office.now(),
        dealt_with: None,
    };
    let write = comments::keep(&comment).map_err(Problem::internal)?;
    keep(&office, &call, write, Answer::created(shaped(&comment))).await
}

/// `content.zh-Hans.body`: a language and a field of the kind.
fn is_field(dossier: &Dossier, field: &str) -> bool {
    let parts: Vec<&str> = field.split('.').collect();
    let known = |name: &str| dossier.publication.kind.fields().iter().any(|spec| spec.name == name);
    match parts[..] {
        ["content", lang, name] => Lang::from_tag(lang).is_some() && known(name),
        _ => field == "attachments",
    }
}

fn not_in_review() -> Problem {
    Problem::conflict(
        "not-in-review",
        Told::new(
            "没有正在办理的内容，不能提意见",
            "no text is on its way: there is nothing to comment on",
        ),
        None,
    )
}

fn too_many() -> Problem {
    let most = comments::MOST;
    Problem::field(
        "text",
        "too_many",
        format!("意见太多，最多 {most} 条：请合并"),
        format!("there are too many comments, {most} at most: put some together"),
    )
}

async fn keep(office: &Arc<Office>, call: &Call, write: TableWrite, answer: Answer) -> Result<Answer, Problem> {
    // Words that can be erased are in one place: the answer that is kept names the comment alone.
    let kept = Answer {
        body: json!({"id": answer.body["id"]}),
        ..answer.clone()
    };
    let mut writes = vec![write];
    writes.extend(call.repeatable.remember(&call.caller.staff, &kept, office.now()));
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    Ok(answer)
}

fn one(office: &Office, publication: PublicationId, id: &str) -> Result<Comment, Problem> {
    let comments = comments::of(&*office.log, publication).map_err(Problem::internal)?;
    let found = comments.into_iter().find(|comment| comment.id.to_string() == id);
    found.ok_or_else(|| Problem::not_found("这条意见", "The comment"))
}

/// `PUT /api/v1/publications/{id}/comments/{comment} {dealt_with}`: marks it as dealt with, or as open again.
pub(crate) async fn mark(
    State(office): State<Arc<Office>>,
    Path((id, comment)): Path<(String, String)>,
    call: Call,
) -> Result<Answer, Problem> {
    may_take_part(&office, &call.caller, &id)?;
    let (id, _) = find(&office, &call.caller.staff, &id)?;
    let mut fields = call.fields()?;
    let dealt_with = fields.flag("dealt_with");
    fields.finish()?;
    let _one_at_a_time = CHANGES.lock().await;
    let mut comment = one(&office, id, &comment)?;
    comment.dealt_with = dealt_with.then(|| (call.caller.staff.clone(), office.now()));
    let write = comments::keep(&comment).map_err(Problem::internal)?;
    keep(&office, &call, write, Answer::ok(shaped(&comment))).await
}

/// `DELETE /api/v1/publications/{id}/comments/{comment}`: one's own.
pub(crate) async fn remove(
    State(office): State<Arc<Office>>,
    Path((id, comment)): Path<(String, String)>,
    call: Call,
) -> Result<Answer, Problem> {
    may_take_part(&office, &call.caller, &id)?;
    let (id, _) = find(&office, &call.caller.staff, &id)?;
    call.fields()?.finish()?;
    let _one_at_a_time = CHANGES.lock().await;
    let comment = one(&office, id, &comment)?;
    if comment.by != call.caller.staff {
        return Err(Problem::forbidden());
    }
    let write = comments::erase(&comment).map_err(Problem::internal)?;
    keep(
        &office,
        &call,
        write,
        Answer::ok(json!({"id": comment.id, "erased": true})),
    )
    .await
}
