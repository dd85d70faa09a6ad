//! Writing: a form for each kind, with the live picture of the text on every form of panel beside it.

mod looked;
mod page;

use super::done::done;
use super::form::Posted;
use super::gate::Notes;
use super::layout::{Desk, redirect};
use super::panels::Where;
use super::preview::Typed;
use super::proposal::{self, Proposed};
use super::together::{Clashes, News};
use super::words::{self as w, together as tw};
use super::{beginnings, countersign, document, fields, kinds, pictures, together};
use crate::attachments::Kept;
use crate::drafts::{self, Draft, Referral};
use crate::gate;
use crate::http::draft_together;
use crate::http::drafts as api;
use crate::http::idempotency::Answer;
use crate::http::problem::Problem;
use crate::http::templates::content_of;
use crate::http::{publications, referrals};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::gate::{of_attachments, of_content};
use heliograph_domain::staff::Verb;
use heliograph_domain::{Kind, PublicationId};
use looked::Looked;
use page::{gate_card, show};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// What stands on the sheet.
struct Sheet {
    /// The draft, once it was saved.
    id: Option<String>,
    /// The draft as it was when the page was made.
    hash: String,
    /// The publication that this revises.
    publication: String,
    kind: Kind,
    entry: String,
    content: Value,
    /// Who must countersign it, as the API reads it.
    countersign: Value,
    proposal: Proposed,
    blank_rows: usize,
    pictures: Vec<Kept>,
    /// Whether a reviewer was asked to let it through, and said no.
    referral: Option<Referral>,
    /// The draft as it is saved, once it was.
    saved: Option<Draft>,
    /// What somebody else changed in the same place.
    clashes: Clashes,
}

impl Sheet {
    fn blank(kind: Kind) -> Self {
        Self {
            id: None,
            hash: String::new(),
            publication: String::new(),
            kind,
            entry: String::new(),
            content: Value::Null,
            countersign: json!(false),
            proposal: Proposed::default(),
            blank_rows: 1,
            pictures: Vec::new(),
            referral: None,
            saved: None,
            clashes: Clashes::default(),
        }
    }

    /// Whether whoever sits at the desk is its author, or will be.
    fn is_mine(&self, desk: &Desk) -> bool {
        self.saved.as_ref().is_none_or(|draft| draft.author == *desk.me())
    }

    fn of_draft(draft: &Draft) -> Self {
        Self {
            id: Some(draft.id.to_string()),
            hash: draft.hash().to_string(),
            publication: String::new(),
            kind: draft.kind,
            entry: draft
                .catalogue_entry
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            content: draft.content.clone(),
            countersign: json!(false),
            proposal: Proposed::of(&draft.proposal),
            blank_rows: 1,
            pictures: draft.attachments.clone(),
            referral: draft.referral.clone(),
            saved: Some(draft.clone()),
            clashes: Clashes::default(),
        }
    }

    fn of_form(id: Option<String>, posted: &Posted) -> Result<Self, Problem> {
        let kind = fields::kind_of(posted)?;
        Ok(Self {
            id,
            hash: posted.get("hash").to_owned(),
            publication: posted.get("publication").to_owned(),
            kind,
            entry: posted.get("catalogue_entry").to_owned(),
            content: fields::content(kind, posted),
            countersign: countersign::of_form(posted),
            proposal: Proposed::of_form(posted),
            blank_rows: if posted.get("then") == "row" { 2 } else { 1 },
            pictures: Vec::new(),
            referral: None,
            saved: None,
            clashes: Clashes::default(),
        })
    }

    /// Takes what belongs to the draft and is not in the form.
    fn as_saved(&mut self, desk: &Desk) {
        let draft = self
            .id
            .as_ref()
            .and_then(|id| api::open(&desk.office, &desk.caller, id).ok());
        if let Some(draft) = draft {
            self.pictures.clone_from(&draft.attachments);
            self.referral.clone_from(&draft.referral);
            self.saved = Some(draft);
        }
    }

    /// Somebody else changed the same place: everything else of both stands in the form, and the places are to be chosen.
    fn take_both(&mut self, problem: &Problem) {
        let current = problem.current.as_ref().unwrap_or(&Value::Null);
        if problem.kind == "both-changed" {
            self.content = current["content"].clone();
            self.entry = current["catalogue_entry"].as_str().unwrap_or_default().to_owned();
            self.hash = current["draft"]["hash"].as_str().unwrap_or_default().to_owned();
            self.clashes = Clashes::of(problem);
        }
    }

    fn action(&self) -> String {
        self.id
            .as_ref()
            .map_or_else(|| "/admin/write".to_owned(), |id| format!("/admin/write/{id}"))
    }

    /// What the confidentiality gate finds in it as it stands.
    fn notes(&self, desk: &Desk) -> Notes {
        let mut passages = of_content(self.kind, &self.content);
        passages.extend(of_attachments(self.pictures.iter().map(|kept| &kept.attachment)));
        passages.extend(gate::beside_pictures(&self.pictures));
        if let Some(draft) = &self.saved {
            passages.extend(gate::of_files_of(&desk.office, draft));
        }
        Notes::look(desk, self.kind, passages)
    }

    fn typed(&self) -> Typed {
        Typed {
            kind: self.kind,
            content: self.content.clone(),
            draft: self.id.clone(),
        }
    }

    /// Where it is to be shown, as far as that is known.
    fn goes(&self, desk: &Desk) -> Where {
        let revised = self.id.as_deref().unwrap_or(&self.publication);
        Where::of_sheet(desk, revised, &self.proposal.channels(), &self.entry)
    }

    fn wish(&self, desk: &Desk) -> Value {
        let some = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        let mut wish = json!({"kind": self.kind.slug(), "catalogue_entry": some(&self.entry), "content": self.content});
        self.proposal.write(desk, &mut wish);
        if self.id.is_none() && !self.publication.is_empty() {
            wish["publication"] = json!(self.publication);
        }
        wish
    }
}

/// `GET /admin/write?kind=&publication=`
pub(crate) async fn begin(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    if let Some(id) = query.get("publication") {
        return revise(&desk, id);
    }
    if let Some(id) = query.get("template") {
        return of_template(&desk, id);
    }
    let Some(slug) = query.get("kind") else {
        return kinds::choose(&desk);
    };
    let kind: Kind = slug.parse().map_err(|_| fields::unknown_kind())?;
    let entry = query.get("entry").cloned().unwrap_or_default();
    let sheet = Sheet {
        entry,
        content: fields::fresh(&desk, kind),
        ..Sheet::blank(kind)
    };
    show(&desk, &sheet, None, &[])
}

/// A text begins with what a template says.
fn of_template(desk: &Desk, id: &str) -> Result<Response, Problem> {
    let (template, content) = beginnings::from_template(desk, id)?;
    let sheet = Sheet {
        entry: template
            .catalogue_entry
            .map(|entry| entry.to_string())
            .unwrap_or_default(),
        content,
        ..Sheet::blank(template.kind)
    };
    show(desk, &sheet, None, &[])
}

/// A revision begins with what the public reads now, or read last; one that was begun goes on.
fn revise(desk: &Desk, id: &str) -> Result<Response, Problem> {
    let (id, dossier) = super::publication::find(desk, id)?;
    if open_draft(desk, id)? {
        return Ok(redirect(&format!("/admin/write/{id}")));
    }
    let (pending, released) = document::texts(desk, &dossier.publication);
    let last = || dossier.last_text().and_then(|hash| desk.office.library.document(&hash));
    let former = pending.or(released).or_else(last);
    let kind = dossier.publication.kind;
    let texts = former.as_ref().map(|former| content_of(former));
    let sheet = Sheet {
        publication: id.to_string(),
        entry: dossier.publication.catalogue_entry.to_string(),
        content: texts.unwrap_or_else(|| fields::fresh(desk, kind)),
        ..Sheet::blank(kind)
    };
    show(desk, &sheet, None, &[])
}

fn open_draft(desk: &Desk, id: PublicationId) -> Result<bool, Problem> {
    let draft = drafts::find(&*desk.office.log, id).map_err(Problem::internal)?;
    Ok(draft.is_some_and(|draft| draft.is_open_to(desk.me())))
}

/// `GET /admin/write/{id}`
pub(crate) async fn edit(
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let draft = api::open(&desk.office, &desk.caller, &id)?;
    let mut told = News::of_query(&query).told(&desk, draft.kind);
    if query.get("done").is_some_and(|done| done == "not-sent") {
        told.push(desk.t(tw::NOT_SENT_YET).to_owned());
    }
    let sheet = Sheet {
        countersign: countersign::asked_before(&desk, draft.id),
        ..Sheet::of_draft(&draft)
    };
    show(&desk, &sheet, None, &told)
}

/// `POST /admin/write`
pub(crate) async fn create(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let sheet = Sheet::of_form(None, &posted)?;
    take(desk, sheet, &posted).await
}

/// `POST /admin/write/{id}`
pub(crate) async fn update(desk: Desk, Path(id): Path<String>, mut posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let clashes = Clashes::chosen(&mut posted);
    let sheet = Sheet {
        clashes,
        ..Sheet::of_form(Some(id), &posted)?
    };
    take(desk, sheet, &posted).await
}

/// Reloading a form that was refused ends at the draft.
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    redirect(&format!("/admin/write/{id}"))
}

/// The page of a draft as it was saved, with what went wrong since.
pub(crate) fn again(desk: &Desk, draft: &Draft, problem: &Problem) -> Result<Response, Problem> {
    show(desk, &Sheet::of_draft(draft), Some(problem), &[])
}

async fn take(desk: Desk, mut sheet: Sheet, posted: &Posted) -> Result<Response, Problem> {
    sheet.as_saved(&desk);
    let (then, looked) = looked::pressed(posted);
    if matches!(then, "preview" | "row") {
        return show(&desk, &sheet, None, &[]);
    }
    let first = sheet.id.is_none();
    let saved = save(&desk, &mut sheet, posted).await;
    let news = saved.as_ref().map(News::of_answer).unwrap_or_default();
    if then == "autosave" {
        return quietly(&desk, &sheet, first, &saved.map(|_| news));
    }
    let outcome = match saved {
        // What others wrote meanwhile is looked at before it is handed in.
        Ok(_) if news.is_empty() => hand_in(&desk, &mut sheet, (then, looked), posted).await,
        Ok(_) => Ok(()),
        Err(problem) => Err(problem),
    };
    let id = sheet.id.clone().unwrap_or_default();
    match (outcome, then) {
        (Err(problem), _) => show(&desk, &sheet, Some(&problem), &[]),
        (Ok(()), "submit" | "refer") if !news.is_empty() => {
            Ok(redirect(&format!("/admin/write/{id}?done=not-sent{}", news.query())))
        }
        (Ok(()), "submit") => Ok(done(&format!("/admin/publications/{id}"), "submit")),
        (Ok(()), "refer") => Ok(done(&format!("/admin/write/{id}"), "refer")),
        (Ok(()), _) => Ok(redirect(&format!("/admin/write/{id}?done=save{}", news.query()))),
    }
}

/// Saves by the API's own handlers; the sheet then has the draft's id and hash, or what both changed.
async fn save(desk: &Desk, sheet: &mut Sheet, posted: &Posted) -> Result<Value, Problem> {
    if !sheet.clashes.is_empty() {
        return Err(sheet.clashes.unchosen());
    }
    let office = || State(Arc::clone(&desk.office));
    let answer = match sheet.id.clone() {
        None => {
            let call = posted.call(desk, "create", None, &sheet.wish(desk));
            api::create(office(), call).await
        }
        Some(id) => {
            let call = posted.call(desk, "save", Some(&sheet.hash), &sheet.wish(desk));
            draft_together::merge(office(), Path(id), call).await
        }
    };
    match answer {
        Ok(Answer { body, .. }) => {
            let text = |name: &str| body[name].as_str().map(str::to_owned);
            sheet.id = text("id").or_else(|| sheet.id.take());
            sheet.hash = text("hash").unwrap_or_default();
            Ok(body)
        }
        Err(problem) => {
            sheet.take_both(&problem);
            Err(problem)
        }
    }
}

/// What the button does besides saving.
async fn hand_in(
    desk: &Desk,
    sheet: &mut Sheet,
    (then, looked): (&str, Looked),
    posted: &Posted,
) -> Result<(), Problem> {
    if !matches!(then, "submit" | "refer") {
        return Ok(());
    }
    looked::settle(desk, sheet, then, looked).await?;
    match then {
        "submit" => submit(desk, sheet, posted).await,
        _ => refer(desk, sheet, posted).await,
    }
}

async fn submit(desk: &Desk, sheet: &Sheet, posted: &Posted) -> Result<(), Problem> {
    let id = sheet.id.clone().unwrap_or_default();
    let wish = json!({"countersign": sheet.countersign});
    let call = posted.call(desk, "submit", Some(&sheet.hash), &wish);
    let office = State(Arc::clone(&desk.office));
    publications::act(office, Path((id, "submit".to_owned())), call).await?;
    Ok(())
}

async fn refer(desk: &Desk, sheet: &Sheet, posted: &Posted) -> Result<(), Problem> {
    let id = sheet.id.clone().unwrap_or_default();
    let wish = json!({"countersign": sheet.countersign});
    let call = posted.call(desk, "refer", Some(&sheet.hash), &wish);
    referrals::refer(State(Arc::clone(&desk.office)), Path(id), call).await?;
    Ok(())
}

/// What the script hears that saves as one types; `first`: the draft was made by this save.
fn quietly(desk: &Desk, sheet: &Sheet, first: bool, outcome: &Result<News, Problem>) -> Result<Response, Problem> {
    let (status, body) = match outcome {
        Ok(news) => {
            let mut body = saved_quietly(desk, sheet, news)?;
            if first {
                // From now on there is a draft that pictures can be added to.
                body["pictures"] = json!(pictures::card(desk, sheet.id.as_deref(), &[], &[]).into_string());
            }
            (StatusCode::OK, body)
        }
        Err(problem) if problem.kind == "both-changed" => (
            problem.status,
            json!({"kind": problem.kind, "note": sheet.clashes.quietly(desk)}),
        ),
        Err(problem) => (problem.status, json!({"kind": problem.kind})),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((status, headers, body.to_string()).into_response())
}

/// With the fields that others changed meanwhile, and the hash of what this window sent: as long as it does not show
/// their changes, what is typed in it is of that.
fn saved_quietly(desk: &Desk, sheet: &Sheet, news: &News) -> Result<Value, Problem> {
    let mut body = json!({
        "id": sheet.id, "hash": sheet.hash, "saved": desk.f(w::SAVED_AT, &[&desk.time(desk.now)]),
        "gate": gate_card(desk, sheet, &sheet.notes(desk)).into_string(),
    });
    if !news.is_empty() {
        let saved = api::open(&desk.office, &desk.caller, sheet.id.as_deref().unwrap_or_default())?;
        body["changed"] = together::differing(sheet.kind, &sheet.content, &saved, &sheet.entry);
        if news.has(proposal::FIELD) {
            // The script cannot put choices into the form: the window goes on from what it sent.
            body["changed"][proposal::FIELD] = Value::Null;
        }
        body["sent"] = json!(news.sent);
        body["note"] = json!(news.told(desk, sheet.kind).join(" "));
    }
    Ok(body)
}

/// `POST /admin/write/{id}/discard`
pub(crate) async fn discard(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Problem> {
    api::delete(State(Arc::clone(&desk.office)), Path(id), desk.caller.clone()).await?;
    Ok(done("/admin/write", "discard"))
}
