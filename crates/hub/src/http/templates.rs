//! `/api/v1/templates`: texts to begin from.

use super::call::{Call, Caller};
use super::drafts as api;
use super::fields::Fields;
use super::idempotency::{self, Answer, fresh_uuid};
use super::problem::Problem;
use super::shape;
use crate::office::Office;
use crate::templates::{self, MAX_NAME_CHARS, MOST, Template, undated};
use crate::transact::blocking;
use axum::extract::{Path, State};
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Kind, PublicationId, StaffId};
use heliograph_log::TableWrite;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a template is made of.
struct Source {
    kind: Kind,
    catalogue_entry: Option<CatalogueEntryId>,
    content: Value,
}

/// `GET /api/v1/templates`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let all = templates::all(&*office.log).map_err(Problem::internal)?;
    Ok(Answer::ok(
        json!({"templates": all.iter().map(shaped).collect::<Vec<_>>()}),
    ))
}

/// `GET /api/v1/templates/{id}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    Ok(Answer::ok(shaped(&found(&office, &id)?)))
}

/// `POST /api/v1/templates`: of a draft that is open to the caller, or of what a publication said last.
pub(crate) async fn make(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    let mut fields = call.fields()?;
    let name = name_of(&mut fields);
    let draft = fields.optional_text("draft", 64);
    let publication: Option<PublicationId> = fields.optional_parsed("publication");
    if draft.is_none() && publication.is_none() {
        let (zh, en) = ("请指明草稿或信息（publication）", "name a draft or a publication");
        fields.fault("draft", "missing", zh, en);
    }
    fields.finish()?;
    let source = match (draft, publication) {
        (Some(id), _) => {
            let draft = api::open(&office, &call.caller, &id)?;
            Source {
                kind: draft.kind,
                catalogue_entry: draft.catalogue_entry,
                content: draft.content,
            }
        }
        (None, id) => of_publication(&office, &call.caller.staff, id)?,
    };
    if templates::all(&*office.log).map_err(Problem::internal)?.len() >= MOST {
        let (zh, en) = (
            format!("模板最多 {MOST} 个：请先删除不用的"),
            format!("there are {MOST} templates at most: remove some first"),
        );
        return Err(Problem::field("name", "too_many", zh, en));
    }
    let template = Template {
        id: fresh_uuid(office.now())?,
        name,
        kind: source.kind,
        catalogue_entry: source.catalogue_entry,
        content: undated(source.content),
        by: call.caller.staff.clone(),
        at: office.now(),
    };
    let answer = Answer::created(json!({"id": template.id}));
    write(&office, &call, template.keep().map_err(Problem::internal)?, answer).await
}

fn of_publication(office: &Office, person: &StaffId, id: Option<PublicationId>) -> Result<Source, Problem> {
    let missing = || Problem::not_found("这条信息的内容", "The publication's text");
    let state = office.state_for(person);
    let dossier = id.and_then(|id| state.publications.get(&id)).ok_or_else(missing)?;
    let text = dossier
        .last_text()
        .and_then(|hash| office.library.document(&hash))
        .ok_or_else(missing)?;
    Ok(Source {
        kind: text.kind,
        catalogue_entry: Some(dossier.publication.catalogue_entry.clone()),
        content: content_of(&text),
    })
}

/// A document's texts as a draft has them.
pub(crate) fn content_of(document: &heliograph_domain::Document) -> Value {
    let texts = document
        .texts
        .iter()
        .map(|(lang, body)| (lang.tag().to_owned(), body.to_value()));
    Value::Object(texts.collect::<Map<_, _>>())
}

/// `PUT /api/v1/templates/{id}`: another name.
pub(crate) async fn rename(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let mut fields = call.fields()?;
    let name = name_of(&mut fields);
    fields.finish()?;
    let known = found(&office, &id)?;
    let template = Template {
        name,
        at: office.now(),
        ..known
    };
    let answer = Answer::ok(json!({"id": template.id}));
    write(&office, &call, template.keep().map_err(Problem::internal)?, answer).await
}

/// `DELETE /api/v1/templates/{id}`
pub(crate) async fn delete(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let template = found(&office, &id)?;
    let erase = template.erase().map_err(Problem::internal)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![erase])).await?;
    Ok(Answer::ok(json!({"id": template.id, "erased": true})))
}

fn name_of(fields: &mut Fields) -> String {
    fields.text("name", MAX_NAME_CHARS)
}

/// The template of an id.
pub(crate) fn found(office: &Office, id: &str) -> Result<Template, Problem> {
    let missing = || Problem::not_found("这个模板", "The template");
    let id = id.parse().map_err(|_| missing())?;
    templates::find(&*office.log, id)
        .map_err(Problem::internal)?
        .ok_or_else(missing)
}

async fn write(office: &Arc<Office>, call: &Call, row: TableWrite, answer: Answer) -> Result<Answer, Problem> {
    let mut writes = vec![row];
    // An answer is kept for a repetition, and says nothing of the text.
    writes.extend(call.repeatable.remember(&call.caller.staff, &answer, office.now()));
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    Ok(answer)
}

fn shaped(template: &Template) -> Value {
    json!({
        "id": template.id,
        "name": template.name,
        "kind": template.kind.slug(),
        "catalogue_entry": template.catalogue_entry,
        "content": template.content,
        "by": template.by,
        "at": shape::time(template.at),
    })
}
