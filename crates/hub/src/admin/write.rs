//! Writing: a form for each kind, with the live picture of the text on every form of panel beside it.

use super::form::{Faults, Posted};
use super::gate::{self as gate_parts, Notes};
use super::layout::{Desk, Place, field_faults, redirect};
use super::words as w;
use super::{document, fields, pictures, preview};
use crate::attachments::Kept;
use crate::drafts::{self, Draft, Referral};
use crate::gate;
use crate::http::call::Call;
use crate::http::drafts as api;
use crate::http::idempotency::Answer;
use crate::http::problem::Problem;
use crate::http::{publications, referrals};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::gate::{of_attachments, of_content};
use heliograph_domain::staff::Verb;
use heliograph_domain::{Kind, Lang, PublicationId};
use maud::{Markup, html};
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
    countersign: bool,
    blank_rows: usize,
    pictures: Vec<Kept>,
    /// Whether a reviewer was asked to let it through, and said no.
    referral: Option<Referral>,
}

impl Sheet {
    fn of_draft(draft: &Draft) -> Self {
        Self {
            id: Some(draft.id.to_string()),
            hash: draft.hash().to_string(),
            publication: String::new(),
            kind: draft.kind,
            entry: draft.catalogue_entry.to_string(),
            content: draft.content.clone(),
            countersign: false,
            blank_rows: 1,
            pictures: draft.attachments.clone(),
            referral: draft.referral.clone(),
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
            countersign: posted.has("countersign"),
            blank_rows: if posted.get("then") == "row" { 2 } else { 1 },
            pictures: Vec::new(),
            referral: None,
        })
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
        Notes::look(desk, self.kind, passages)
    }

    fn wish(&self) -> Value {
        let some = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        let mut wish = json!({"kind": self.kind.slug(), "catalogue_entry": some(&self.entry), "content": self.content});
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
    let Some(slug) = query.get("kind") else {
        return Ok(choose(&desk));
    };
    let kind: Kind = slug.parse().map_err(|_| fields::unknown_kind())?;
    let entry = query.get("entry").cloned().unwrap_or_default();
    let sheet = Sheet {
        id: None,
        hash: String::new(),
        publication: String::new(),
        kind,
        entry,
        content: fields::fresh(&desk, kind),
        countersign: false,
        blank_rows: 1,
        pictures: Vec::new(),
        referral: None,
    };
    show(&desk, &sheet, None, None)
}

/// A revision begins with what the public reads now; one that was begun goes on.
fn revise(desk: &Desk, id: &str) -> Result<Response, Problem> {
    let (id, dossier) = super::publication::find(desk, id)?;
    if own_draft(desk, id)? {
        return Ok(redirect(&format!("/admin/write/{id}")));
    }
    let (pending, released) = document::texts(desk, &dossier.publication);
    let former = pending.or(released);
    let kind = dossier.publication.kind;
    let texts = former.as_ref().map(|former| {
        let text = former
            .texts
            .iter()
            .map(|(lang, body)| (lang.tag().to_owned(), body.to_value()));
        Value::Object(text.collect())
    });
    let sheet = Sheet {
        id: None,
        hash: String::new(),
        publication: id.to_string(),
        kind,
        entry: dossier.publication.catalogue_entry.to_string(),
        content: texts.unwrap_or_else(|| fields::fresh(desk, kind)),
        countersign: false,
        blank_rows: 1,
        pictures: Vec::new(),
        referral: None,
    };
    show(desk, &sheet, None, None)
}

fn own_draft(desk: &Desk, id: PublicationId) -> Result<bool, Problem> {
    let draft = drafts::find(&*desk.office.log, id).map_err(Problem::internal)?;
    Ok(draft.is_some_and(|draft| draft.author == *desk.me()))
}

fn choose(desk: &Desk) -> Response {
    let body = html! {
        div.top { h1 { (desk.t(w::WHAT_TO_WRITE)) } }
        div.kinds {
            @for kind in Kind::ALL {
                a.card.kind href=(format!("/admin/write?kind={}", kind.slug())) {
                    b { (kind.label(desk.lang)) }
                    small { (desk.t(about(*kind))) }
                }
            }
        }
    };
    desk.page(Place::Write, desk.t(w::WHAT_TO_WRITE), body)
}

fn about(kind: Kind) -> w::Word {
    match kind {
        Kind::Notice => w::ABOUT_NOTICE,
        Kind::ServiceGuide => w::ABOUT_GUIDE,
        Kind::ServiceCommitment => w::ABOUT_COMMITMENT,
        Kind::WindowBoard => w::ABOUT_WINDOW,
        Kind::PowerList => w::ABOUT_POWERS,
        Kind::DiscretionBenchmark => w::ABOUT_DISCRETION,
        Kind::Finance => w::ABOUT_FINANCE,
        Kind::Personnel => w::ABOUT_PERSONNEL,
        Kind::Planning => w::ABOUT_PLANNING,
        Kind::Organisation => w::ABOUT_ORGANISATION,
        Kind::Enforcement => w::ABOUT_ENFORCEMENT,
        Kind::Interpretation => w::ABOUT_INTERPRETATION,
        Kind::Rule => w::ABOUT_RULE,
    }
}

/// `GET /admin/write/{id}`
pub(crate) async fn edit(
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let draft = api::own(&desk.office, &desk.caller, &id)?;
    let saved = query
        .get("done")
        .map(|_| desk.f(w::SAVED_AT, &[&desk.time(draft.updated_at)]));
    show(&desk, &Sheet::of_draft(&draft), None, saved)
}

/// `POST /admin/write`
pub(crate) async fn create(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let sheet = Sheet::of_form(None, &posted)?;
    take(desk, sheet, &posted).await
}

/// `POST /admin/write/{id}`
pub(crate) async fn update(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let sheet = Sheet::of_form(Some(id), &posted)?;
    take(desk, sheet, &posted).await
}

/// The page of a draft as it was saved, with what went wrong since.
pub(crate) fn again(desk: &Desk, draft: &Draft, problem: &Problem) -> Result<Response, Problem> {
    show(desk, &Sheet::of_draft(draft), Some(problem), None)
}

async fn take(desk: Desk, mut sheet: Sheet, posted: &Posted) -> Result<Response, Problem> {
    if let Some(id) = &sheet.id {
        let draft = api::own(&desk.office, &desk.caller, id);
        if let Ok(draft) = draft {
            (sheet.pictures, sheet.referral) = (draft.attachments, draft.referral);
        }
    }
    let then = posted.get("then");
    if matches!(then, "preview" | "row") {
        return show(&desk, &sheet, None, None);
    }
    let outcome = match save(&desk, &mut sheet, posted).await {
        Ok(()) if then == "submit" => submit(&desk, &sheet, posted).await,
        Ok(()) if then == "refer" => refer(&desk, &sheet, posted).await,
        outcome => outcome,
    };
    let id = sheet.id.clone().unwrap_or_default();
    match (outcome, then) {
        (outcome, "autosave") => Ok(quietly(&desk, &sheet, &outcome)),
        (Ok(()), "submit") => Ok(redirect(&format!("/admin/publications/{id}?done=submit"))),
        (Ok(()), _) => Ok(redirect(&format!("/admin/write/{id}?done=save"))),
        (Err(problem), _) => show(&desk, &sheet, Some(&problem), None),
    }
}

/// Saves by the API's own handlers; the sheet then has the draft's id and hash.
async fn save(desk: &Desk, sheet: &mut Sheet, posted: &Posted) -> Result<(), Problem> {
    let office = || State(Arc::clone(&desk.office));
    let answer: Answer = match &sheet.id {
        None => {
            let call = posted.call(desk, "create", None, &sheet.wish());
            api::create(office(), call).await?
        }
        Some(id) => {
            let call: Call = posted.call(desk, "save", Some(&sheet.hash), &sheet.wish());
            api::update(office(), Path(id.clone()), call).await?
        }
    };
    let text = |name: &str| answer.body[name].as_str().map(str::to_owned);
    sheet.id = text("id").or_else(|| sheet.id.take());
    sheet.hash = text("hash").unwrap_or_default();
    Ok(())
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

/// Where the question to a reviewer stands, and how to ask it.
fn referral(desk: &Desk, sheet: &Sheet, notes: &Notes) -> Markup {
    let asked = sheet
        .referral
        .as_ref()
        .filter(|asked| asked.hash.to_string() == sheet.hash);
    html! {
        @if let Some(no) = asked.and_then(|asked| asked.declined.as_ref()) {
            div.notice { strong { (desk.f(w::REFERRAL_DECLINED, &[&desk.person(&no.by)])) } p { (no.reason) } }
        } @else if asked.is_some() { p.notice { (desk.t(w::REFERRED)) } }
        @else if notes.block() {
            button.btn.quiet type="submit" form="sheet" name="then" value="refer" { (desk.t(w::REFER)) }
            p.hint { (desk.t(w::REFER_HINT)) }
        }
    }
}

/// What the script hears that saves as one types.
fn quietly(desk: &Desk, sheet: &Sheet, outcome: &Result<(), Problem>) -> Response {
    let (status, body) = match outcome {
        Ok(()) => (
            StatusCode::OK,
            json!({
                "id": sheet.id, "hash": sheet.hash, "saved": desk.f(w::SAVED_AT, &[&desk.time(desk.now)]),
                "gate": gate_card(desk, sheet, &sheet.notes(desk)).into_string(),
            }),
        ),
        Err(problem) => (problem.status, json!({"kind": problem.kind})),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}

/// `POST /admin/write/{id}/discard`
pub(crate) async fn discard(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Problem> {
    api::delete(State(Arc::clone(&desk.office)), Path(id), desk.caller.clone()).await?;
    Ok(redirect("/admin/publications"))
}

fn gate_card(desk: &Desk, sheet: &Sheet, notes: &Notes) -> Markup {
    gate_parts::card(desk, notes, &referral(desk, sheet, notes))
}

fn show(desk: &Desk, sheet: &Sheet, problem: Option<&Problem>, saved: Option<String>) -> Result<Response, Problem> {
    let token = preview::keep(desk, sheet.kind, sheet.content.clone(), sheet.id.clone())?;
    let langs: Vec<Lang> = fields::LANGS
        .into_iter()
        .filter(|lang| sheet.content[lang.tag()].is_object())
        .collect();
    let notes = sheet.notes(desk);
    let title = format!("{} · {}", desk.t(w::WRITE), sheet.kind.label(desk.lang));
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/write" { (desk.t(w::OTHER_KIND)) }
                h1 { (sheet.kind.label(desk.lang)) }
            }
            p.muted id="saved" role="status" data-unsaved=(desk.t(w::NOT_SAVED)) { (saved.unwrap_or_default()) }
        }
        @if let Some(problem) = problem { (trouble(desk, sheet, problem)) }
        div.split.writing {
            (form(desk, sheet, problem, &notes))
            aside.stack.looks id="looks" tabindex="0" aria-label=(desk.t(w::ON_THE_PANELS)) {
                (gate_card(desk, sheet, &notes))
                section.card {
                    h2 { (desk.t(w::ON_THE_PANELS)) }
                    (preview::panes(desk, &format!("/admin/preview/{token}"), &langs))
                    p.hint { (desk.t(w::PREVIEW_HINT)) }
                }
            }
        }
    };
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    Ok(desk.page_with(status, Place::Write, &title, body))
}

fn trouble(desk: &Desk, sheet: &Sheet, problem: &Problem) -> Markup {
    let unplaced: Vec<String> = Faults::of(problem)
        .all(desk.lang)
        .filter(|(field, _)| !field.starts_with("content.") && *field != "catalogue_entry")
        .map(|(_, text)| text)
        .collect();
    let count = problem.faults.len().to_string();
    html! {
        div.alert role="alert" {
            strong { (problem.title.get(desk.lang)) }
            @if problem.faults.is_empty() { p { (problem.detail.get(desk.lang)) } } @else { p { (desk.f(w::N_FAULTS, &[&count])) } }
            @for text in unplaced { p { (text) } }
            @if problem.kind == "stale" { @if let Some(id) = &sheet.id { p { a href=(format!("/admin/write/{id}")) { (desk.t(w::SEE_SAVED)) } } } }
        }
    }
}

fn form(desk: &Desk, sheet: &Sheet, problem: Option<&Problem>, notes: &Notes) -> Markup {
    let attachments: Vec<_> = sheet.pictures.iter().map(|kept| kept.attachment.clone()).collect();
    let faults = problem.map(Faults::of).unwrap_or_default();
    let english = sheet.content[Lang::En.tag()].is_object();
    html! {
        div.stack {
            form.sheet.stack id="sheet" method="post" action=(sheet.action()) novalidate data-preview="/admin/preview" data-draft=[sheet.id.as_ref()] {
                (desk.key())
                input type="hidden" name="kind" value=(sheet.kind.slug());
                input type="hidden" name="hash" value=(sheet.hash);
                input type="hidden" name="publication" value=(sheet.publication);
                // Enter in a field saves; it never submits for review.
                button.away type="submit" name="then" value="save" tabindex="-1" aria-hidden="true" {}
                section.card {
                    (entry_field(desk, sheet, &faults))
                }
                section.card {
                    h2 { (desk.t(w::CHINESE_TEXT)) }
                    (fields::inputs(desk, sheet.kind, Lang::ZhHans, &sheet.content, &faults, notes, sheet.blank_rows))
                }
                details.card.translation open[english] {
                    summary { h2 { (desk.t(w::ENGLISH_TEXT)) } span.hint { (desk.t(w::ENGLISH_HINT)) } }
                    (fields::inputs(desk, sheet.kind, Lang::En, &sheet.content, &faults, notes, sheet.blank_rows))
                }
                section.card.send {
                    label.check { input type="checkbox" name="countersign" value="yes" checked[sheet.countersign]; (desk.t(w::NEEDS_COUNTERSIGN)) }
                    div.buttons {
                        button.btn type="submit" name="then" value="submit" { (desk.t(w::SUBMIT)) }
                        button.btn.quiet type="submit" name="then" value="save" { (desk.t(w::SAVE_DRAFT)) }
                        button.btn.quiet type="submit" name="then" value="preview" { (desk.t(w::PREVIEW)) }
                    }
                }
            }
            (pictures::card(desk, sheet.id.as_deref(), &attachments))
            @if let Some(id) = &sheet.id {
                details.fold {
                    summary.btn.danger.small { (desk.t(w::DISCARD)) }
                    form method="post" action=(format!("/admin/write/{id}/discard")) { p.hint { (desk.t(w::DISCARD_WHAT)) } button.btn.danger type="submit" { (desk.t(w::CONFIRM)) } }
                }
            }
        }
    }
}

fn entry_field(desk: &Desk, sheet: &Sheet, faults: &Faults) -> Markup {
    let mut entries: Vec<_> = desk.state.catalogue.entries.values().collect();
    entries.sort_by(|a, b| a.index_number.cmp(&b.index_number));
    html! {
        label.field.bad[!faults.at("catalogue_entry", desk.lang).is_empty()] {
            span { (desk.t(w::ENTRY)) span.must { "*" } " " small { (desk.t(w::ENTRY_HINT)) } }
            select name="catalogue_entry" {
                option value="" { (desk.t(w::CHOOSE)) }
                @for entry in entries {
                    option value=(entry.id) selected[entry.id.as_str() == sheet.entry] { (entry.index_number) " " (desk.entry_name(&entry.id)) }
                }
            }
            (field_faults(faults, "catalogue_entry", desk.lang))
        }
    }
}
