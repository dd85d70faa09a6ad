//! Writing: a form for each kind, with the live picture of the text on every form of panel beside it.

use super::form::{Faults, Posted};
use super::gate::{self as gate_parts, Notes};
use super::layout::{Desk, Place, field_faults, redirect};
use super::together::{Clashes, News};
use super::words::{self as w, together as tw};
use super::{document, fields, pictures, preview, together};
use crate::attachments::Kept;
use crate::draft_versions;
use crate::drafts::{self, Draft, Referral};
use crate::gate;
use crate::http::draft_together;
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
            countersign: false,
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
            entry: draft.catalogue_entry.to_string(),
            content: draft.content.clone(),
            countersign: false,
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
            countersign: posted.has("countersign"),
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
        entry,
        content: fields::fresh(&desk, kind),
        ..Sheet::blank(kind)
    };
    show(&desk, &sheet, None, &[])
}

/// A revision begins with what the public reads now; one that was begun goes on.
fn revise(desk: &Desk, id: &str) -> Result<Response, Problem> {
    let (id, dossier) = super::publication::find(desk, id)?;
    if open_draft(desk, id)? {
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
    let draft = api::open(&desk.office, &desk.caller, &id)?;
    let mut told = News::of_query(&query).told(&desk, draft.kind);
    if query.get("done").is_some_and(|done| done == "not-sent") {
        told.push(desk.t(tw::NOT_SENT_YET).to_owned());
    }
    show(&desk, &Sheet::of_draft(&draft), None, &told)
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
    let then = posted.get("then");
    if matches!(then, "preview" | "row") {
        return show(&desk, &sheet, None, &[]);
    }
    let saved = save(&desk, &mut sheet, posted).await;
    let news = saved.as_ref().map(News::of_answer).unwrap_or_default();
    if then == "autosave" {
        return quietly(&desk, &sheet, &saved.map(|_| news));
    }
    let outcome = match saved {
        // What others wrote meanwhile is looked at before it is handed in.
        Ok(_) if !news.is_empty() => Ok(()),
        Ok(_) if then == "submit" => submit(&desk, &sheet, posted).await,
        Ok(_) if then == "refer" => refer(&desk, &sheet, posted).await,
        Ok(_) => Ok(()),
        Err(problem) => Err(problem),
    };
    let id = sheet.id.clone().unwrap_or_default();
    match (outcome, then) {
        (Err(problem), _) => show(&desk, &sheet, Some(&problem), &[]),
        (Ok(()), "submit" | "refer") if !news.is_empty() => {
            Ok(redirect(&format!("/admin/write/{id}?done=not-sent{}", news.query())))
        }
        (Ok(()), "submit") => Ok(redirect(&format!("/admin/publications/{id}?done=submit"))),
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
            let call = posted.call(desk, "create", None, &sheet.wish());
            api::create(office(), call).await
        }
        Some(id) => {
            let call = posted.call(desk, "save", Some(&sheet.hash), &sheet.wish());
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
        @else if notes.block() && sheet.is_mine(desk) {
            button.btn.quiet type="submit" form="sheet" name="then" value="refer" { (desk.t(w::REFER)) }
            p.hint { (desk.t(w::REFER_HINT)) }
        }
    }
}

/// What the script hears that saves as one types.
fn quietly(desk: &Desk, sheet: &Sheet, outcome: &Result<News, Problem>) -> Result<Response, Problem> {
    let (status, body) = match outcome {
        Ok(news) => (StatusCode::OK, saved_quietly(desk, sheet, news)?),
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
        body["sent"] = json!(news.sent);
        body["note"] = json!(news.told(desk, sheet.kind).join(" "));
    }
    Ok(body)
}

/// `POST /admin/write/{id}/discard`
pub(crate) async fn discard(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Problem> {
    api::delete(State(Arc::clone(&desk.office)), Path(id), desk.caller.clone()).await?;
    Ok(redirect("/admin/publications"))
}

fn gate_card(desk: &Desk, sheet: &Sheet, notes: &Notes) -> Markup {
    gate_parts::card(desk, notes, &referral(desk, sheet, notes))
}

fn show(desk: &Desk, sheet: &Sheet, problem: Option<&Problem>, told: &[String]) -> Result<Response, Problem> {
    if let Some(draft) = &sheet.saved {
        draft_versions::shown(draft);
    }
    let saved = sheet
        .saved
        .as_ref()
        .map(|draft| desk.f(w::SAVED_AT, &[&desk.time(draft.updated_at)]));
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
        @for line in told { p.told role="status" { (line) } }
        div.split.writing {
            (form(desk, sheet, problem, &notes))
            aside.stack.looks id="looks" tabindex="0" aria-label=(desk.t(w::ON_THE_PANELS)) {
                (gate_card(desk, sheet, &notes))
                @if let Some(draft) = &sheet.saved { (together::card(desk, draft)) }
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
            @if problem.kind == "both-changed" { p { (desk.t(tw::CHOOSE_FIRST)) } }
            @else if problem.faults.is_empty() { p { (problem.detail.get(desk.lang)) } } @else { p { (desk.f(w::N_FAULTS, &[&count])) } }
            @for text in unplaced { p { (text) } }
            @if problem.kind == "stale" { @if let Some(id) = &sheet.id { p { a href=(format!("/admin/write/{id}")) { (desk.t(w::SEE_SAVED)) } } } }
        }
    }
}

fn form(desk: &Desk, sheet: &Sheet, problem: Option<&Problem>, notes: &Notes) -> Markup {
    let attachments: Vec<_> = sheet.pictures.iter().map(|kept| kept.attachment.clone()).collect();
    let faults = problem.map(Faults::of).unwrap_or_default();
    let said = fields::Said {
        faults: &faults,
        notes,
        clashes: &sheet.clashes,
    };
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
                    (fields::inputs(desk, sheet.kind, Lang::ZhHans, &sheet.content, &said, sheet.blank_rows))
                }
                details.card.translation open[english] {
                    summary { h2 { (desk.t(w::ENGLISH_TEXT)) } span.hint { (desk.t(w::ENGLISH_HINT)) } }
                    (fields::inputs(desk, sheet.kind, Lang::En, &sheet.content, &said, sheet.blank_rows))
                }
                section.card.send {
                    @if sheet.is_mine(desk) { label.check { input type="checkbox" name="countersign" value="yes" checked[sheet.countersign]; (desk.t(w::NEEDS_COUNTERSIGN)) } }
                    div.buttons {
                        @if sheet.is_mine(desk) { button.btn type="submit" name="then" value="submit" { (desk.t(w::SUBMIT)) } }
                        button.btn.quiet type="submit" name="then" value="save" { (desk.t(w::SAVE_DRAFT)) }
                        button.btn.quiet type="submit" name="then" value="preview" { (desk.t(w::PREVIEW)) }
                    }
                }
            }
            (pictures::card(desk, sheet.id.as_deref(), &attachments))
            @if let Some(id) = sheet.id.as_ref().filter(|_| sheet.is_mine(desk)) {
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
        (sheet.clashes.at(desk, "catalogue_entry"))
    }
}
