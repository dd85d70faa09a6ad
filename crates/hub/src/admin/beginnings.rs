//! Drafts that begin from something: a template, last year's text, a Word document; and what there is to look at then.

use super::done::done;
use super::entry_kinds::EntryKinds;
use super::form::{Faults, Posted};
use super::gate;
use super::layout::{Desk, Place, field_faults, redirect};
use super::pictures::{boundary_of, part};
use super::words::{self as w, beginnings as bw};
use super::{fields, rows};
use crate::drafts::{self, Draft};
use crate::http::attachments::whole_body;
use crate::http::beginnings as api;
use crate::http::call::same_origin;
use crate::http::idempotency::Repeatable;
use crate::http::problem::Problem;
use crate::http::templates;
use crate::office_files::{FileKind, MOST_BYTES, sheet};
use crate::state::Dossier;
use crate::templates::{MAX_NAME_CHARS, Template};
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Kind, Lang, PublicationId};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Bytes of a form around its file.
const FORM_BYTES: usize = 16 * 1024;

/// What stands under the kinds: files and templates to begin from.
pub(crate) fn choices(desk: &Desk) -> Result<Markup, Problem> {
    let templates = crate::templates::all(&*desk.office.log).map_err(Problem::internal)?;
    Ok(html! {
        h2 { (desk.t(bw::OR_BEGIN_FROM)) }
        div.kinds {
            a.card.kind href="/admin/write/import" { b { (desk.t(bw::FROM_FILE)) } small { (desk.t(bw::FROM_FILE_WHAT)) } }
            a.card.kind href="/admin/publications" { b { (desk.t(bw::FROM_FORMER)) } small { (desk.t(bw::FROM_FORMER_WHAT)) } }
            @if templates.is_empty() { a.card.kind href="/admin/templates" { b { (desk.t(bw::FROM_TEMPLATE)) } small { (desk.t(bw::NO_TEMPLATES)) } } }
        }
        @if !templates.is_empty() {
            section.card {
                h2 { (desk.t(bw::FROM_TEMPLATE)) a href="/admin/templates" { (desk.t(bw::LOOK_AFTER_TEMPLATES)) } }
                @for template in &templates { (template_row(desk, template)) }
            }
        }
    })
}

fn template_row(desk: &Desk, template: &Template) -> Markup {
    html! {
        a.row href=(format!("/admin/write?template={}", template.id)) {
            span { (template.name) small { (template.kind.label(desk.lang)) " · " (desk.f(bw::TEMPLATE_BY, &[&desk.person(&template.by), &desk.time(template.at)])) } }
            span.btn.quiet.small { (desk.t(bw::USE_IT)) }
        }
    }
}

/// A template's text with today's date, and the author's department where it names none.
pub(crate) fn from_template(desk: &Desk, id: &str) -> Result<(Template, Value), Problem> {
    let template = templates::found(&desk.office, id)?;
    let mut content = template.content.clone();
    let fresh = fields::fresh(desk, template.kind);
    for lang in fields::LANGS {
        let Some(fields) = content[lang.tag()].as_object_mut() else {
            continue;
        };
        if template.kind.fields().iter().any(|spec| spec.name == "date") {
            fields.insert("date".to_owned(), json!(desk.today()));
        }
        if lang == Lang::ZhHans {
            let given = fresh[lang.tag()].as_object().into_iter().flatten();
            for (name, value) in given {
                fields.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
    Ok((template, content))
}

/// `GET /admin/templates`
pub(crate) async fn page(desk: Desk) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    list(&desk, None)
}

fn list(desk: &Desk, problem: Option<&Problem>) -> Result<Response, Problem> {
    let templates = crate::templates::all(&*desk.office.log).map_err(Problem::internal)?;
    let body = html! {
        div.top { div { a.crumb href="/admin/write" { (desk.t(w::WRITE)) } h1 { (desk.t(bw::TEMPLATES)) } p.muted { (desk.t(bw::TEMPLATES_WHAT)) } } }
        @if let Some(problem) = problem { (desk.alert(problem, &[])) }
        @if templates.is_empty() { section.card { p.muted { (desk.t(bw::NO_TEMPLATES)) } } }
        @for template in &templates { (card_of(desk, template)) }
    };
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    Ok(desk.page_with(status, Place::Write, desk.t(bw::TEMPLATES), body))
}

fn card_of(desk: &Desk, template: &Template) -> Markup {
    let address = format!("/admin/templates/{}", template.id);
    html! {
        section.card.template {
            (template_row(desk, template))
            div.folds {
                details.fold {
                    summary.btn.quiet.small { (desk.t(bw::RENAME)) }
                    form.form method="post" action=(format!("{address}/rename")) {
                        (desk.key())
                        label.field { span { (desk.t(bw::TEMPLATE_NAME)) span.must { "*" } } input type="text" name="name" value=(template.name) required maxlength=(MAX_NAME_CHARS); }
                        div.buttons { button.btn type="submit" { (desk.t(bw::RENAME)) } }
                    }
                }
                details.fold {
                    summary.btn.danger.small { (desk.t(bw::DELETE)) }
                    form.form method="post" action=(format!("{address}/delete")) { p.hint { (desk.t(bw::DELETE_WHAT)) } div.buttons { button.btn.danger type="submit" { (desk.t(w::CONFIRM)) } } }
                }
            }
        }
    }
}

/// `POST /admin/templates`: of a draft or of a publication.
pub(crate) async fn make(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({"name": posted.value("name"), "draft": posted.value("draft"), "publication": posted.value("publication")});
    let call = posted.call(&desk, "template", None, &wish);
    match templates::make(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done("/admin/templates", "template")),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => list(&desk, Some(&problem)),
        Err(problem) => Err(problem),
    }
}

/// `POST /admin/templates/{id}/rename`
pub(crate) async fn rename(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "rename", None, &json!({"name": posted.value("name")}));
    match templates::rename(State(Arc::clone(&desk.office)), Path(id), call).await {
        Ok(_) => Ok(done("/admin/templates", "template-renamed")),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => list(&desk, Some(&problem)),
        Err(problem) => Err(problem),
    }
}

/// `POST /admin/templates/{id}/delete`
pub(crate) async fn delete(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Problem> {
    templates::delete(State(Arc::clone(&desk.office)), Path(id), desk.caller.clone()).await?;
    Ok(done("/admin/templates", "template-deleted"))
}

/// A form that keeps a text as a template; `of` is `draft` or `publication`.
pub(crate) fn keep_as_template(desk: &Desk, of: &str, id: &str) -> Markup {
    html! {
        details.fold {
            summary.btn.quiet.small { (desk.t(bw::KEEP_AS_TEMPLATE)) }
            form.form method="post" action="/admin/templates" {
                (desk.key())
                input type="hidden" name=(of) value=(id);
                p.hint { (desk.t(bw::KEEP_AS_TEMPLATE_WHAT)) }
                label.field { span { (desk.t(bw::TEMPLATE_NAME)) span.must { "*" } } input type="text" name="name" required maxlength=(MAX_NAME_CHARS); }
                div.buttons { button.btn.quiet type="submit" { (desk.t(bw::KEEP_AS_TEMPLATE)) } }
            }
        }
    }
}

/// On the page of something that was public: next year's draft, and a template of it.
pub(crate) fn of_publication(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let text = dossier.last_text().and_then(|hash| desk.office.library.document(&hash));
    let was_public = dossier.publication.first_released_at.is_some() && text.is_some();
    html! {
        @if was_public && desk.may(Verb::Draft) {
            section.card {
                h2 { (desk.t(bw::BEGIN_FROM_IT)) }
                details.fold {
                    summary.btn.quiet.small { (desk.t(bw::AGAIN)) }
                    (again_form(desk, id, desk.t(bw::AGAIN_WHAT)))
                }
                (keep_as_template(desk, "publication", &id.to_string()))
            }
        }
    }
}

/// The button that begins a draft with what was public, under words about what it does.
pub(crate) fn again_form(desk: &Desk, id: PublicationId, what: &str) -> Markup {
    html! {
        form.form method="post" action=(format!("/admin/publications/{id}/again")) {
            (desk.key())
            p.hint { (what) }
            div.buttons { button.btn.quiet type="submit" { (desk.t(bw::AGAIN_DO)) } }
        }
    }
}

/// `POST /admin/publications/{id}/again`
pub(crate) async fn again(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "again", None, &json!({}));
    let answer = api::again(State(Arc::clone(&desk.office)), Path(id), call).await?;
    let id = answer.body["id"].as_str().unwrap_or_default();
    Ok(done(&format!("/admin/write/{id}"), "again"))
}

/// What somebody has to look at in a draft.
pub(crate) fn notes(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        @if !draft.notes.is_empty() {
            section.card.notes id="notes" {
                h2 { (desk.t(bw::NOTES)) }
                p.hint { (desk.t(bw::NOTES_WHAT)) }
                (listed(desk, draft))
                form method="post" action=(format!("/admin/write/{}/notes", draft.id)) { button.btn.quiet.small type="submit" { (desk.t(bw::NOTES_DONE)) } }
            }
        }
    }
}

fn listed(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        ul { @for note in &draft.notes {
            li { @if let Some(field) = &note.field { span.muted { (gate::field_label(desk, Some(draft.kind), field)) " · " } } (note.text(desk.lang)) }
        } }
    }
}

/// What an author did not say that they looked at when they handed the draft in: for whoever reads it now.
pub(crate) fn left(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        @if !draft.notes.is_empty() {
            section.card.notes id="notes" {
                h2 { (desk.t(bw::NOTES_LEFT)) " " span.muted { (draft.notes.len()) } }
                p.hint { (desk.t(bw::NOTES_LEFT_WHAT)) }
                (listed(desk, draft))
            }
        }
    }
}

/// The same of a text on its way.
pub(crate) fn left_in(desk: &Desk, id: PublicationId) -> Markup {
    let draft = drafts::find(&*desk.office.log, id);
    let draft = draft.inspect_err(|error| tracing::error!(%error, "a draft cannot be read"));
    html! { @if let Ok(Some(draft)) = draft { (left(desk, &draft)) } }
}

/// `POST /admin/write/{id}/notes`: they were looked at.
pub(crate) async fn looked_at(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Problem> {
    api::looked_at(State(Arc::clone(&desk.office)), Path(id.clone()), desk.caller.clone()).await?;
    Ok(done(&format!("/admin/write/{id}"), "notes"))
}

/// `GET /admin/write/import`
pub(crate) async fn import_page(desk: Desk) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    Ok(import_form(&desk, None, ("", "")))
}

/// The form for a file; with what went wrong.
pub(crate) fn import_form(desk: &Desk, problem: Option<&Problem>, (kind, entry): (&str, &str)) -> Response {
    let faults = problem.map(Faults::of).unwrap_or_default();
    let body = html! {
        div.top { div { a.crumb href="/admin/write" { (desk.t(w::WRITE)) } h1 { (desk.t(bw::FROM_FILE)) } p.muted { (desk.t(bw::FROM_FILE_WHAT)) } } }
        @if let Some(problem) = problem { (desk.alert(problem, &[("file", bw::IMPORT_WHAT_FILE), ("kind", bw::IMPORT_KIND), ("catalogue_entry", w::ENTRY)])) }
        section.card {
            form.form method="post" enctype="multipart/form-data" action="/admin/write/import" {
                label.field.bad[faults.place("kind").is_some()] {
                    span { (desk.t(bw::IMPORT_KIND)) span.must { "*" } }
                    select id=[faults.place("kind")] name="kind" required {
                        option value="" { (desk.t(w::CHOOSE)) }
                        @for known in Kind::ALL { option value=(known.slug()) selected[known.slug() == kind] { (known.label(desk.lang)) } }
                    }
                    (field_faults(&faults, "kind", desk.lang))
                }
                label.field.bad[faults.place("catalogue_entry").is_some()] {
                    span { (desk.t(w::ENTRY)) span.must { "*" } }
                    select id=[faults.place("catalogue_entry")] name="catalogue_entry" required {
                        option value="" { (desk.t(w::CHOOSE)) }
                        (entry_options(desk, entry))
                    }
                    (field_faults(&faults, "catalogue_entry", desk.lang))
                }
                label.field.bad[faults.place("file").is_some()] {
                    span { (desk.t(bw::IMPORT_WHAT_FILE)) span.must { "*" } " " small { (desk.t(bw::IMPORT_FILE_HINT)) } }
                    input id=[faults.place("file")] type="file" name="file" required accept=".docx,.xlsx,.csv,.txt,.tsv,.doc,.xls,.wps,.et";
                    (field_faults(&faults, "file", desk.lang))
                }
                div.buttons { button.btn type="submit" { (desk.t(bw::IMPORT_GO)) } }
            }
        }
    };
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    desk.page_with(status, Place::Write, desk.t(bw::FROM_FILE), body)
}

/// The catalogue's entries, each under the kind of text that it usually has.
fn entry_options(desk: &Desk, chosen: &str) -> Markup {
    let mut entries: Vec<_> = desk.state.catalogue.entries.values().collect();
    entries.sort_by_cached_key(|entry| heliograph_domain::order::place(&entry.index_number));
    let kinds = EntryKinds::of(desk);
    let of = |kind: Kind| {
        let kinds = &kinds;
        entries.iter().filter(move |entry| kinds.usual(entry) == kind)
    };
    html! {
        @for kind in Kind::ALL {
            @if of(*kind).next().is_some() {
                optgroup label=(kind.label(desk.lang)) {
                    @for known in of(*kind) { option value=(known.id) selected[known.id.as_str() == chosen] { (known.index_number) " " (desk.entry_name(&known.id)) } }
                }
            }
        }
    }
}

/// `POST /admin/write/import`: a document becomes a draft at once, a table asks first what its columns are.
pub(crate) async fn import(desk: Desk, request: Request) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    same_origin(request.headers())?;
    let Some(boundary) = boundary_of(&request) else {
        return Ok(redirect("/admin/write/import"));
    };
    let body = match whole_body(request.into_body(), MOST_BYTES + FORM_BYTES).await {
        Ok(body) => body,
        Err(problem) => return Ok(import_form(&desk, Some(&problem), ("", ""))),
    };
    let word = |name: &str| {
        part(&body, &boundary, name)
            .map(|text| String::from_utf8_lossy(&text).trim().to_owned())
            .unwrap_or_default()
    };
    let (kind, entry) = (word("kind"), word("catalogue_entry"));
    let file = part(&body, &boundary, "file").unwrap_or_default();
    match taken(&desk, (&kind, &entry), file).await {
        Ok(response) => Ok(response),
        Err(problem) => Ok(import_form(&desk, Some(&problem), (&kind, &entry))),
    }
}

async fn taken(desk: &Desk, (kind, entry): (&str, &str), file: Bytes) -> Result<Response, Problem> {
    let place = api::place(&desk.office, kind, entry)?;
    if FileKind::of(&file).map_err(|error| error.problem())? == FileKind::Word {
        let fresh: Map<String, Value> = fields::fresh(desk, place.0)[Lang::ZhHans.tag()]
            .as_object()
            .cloned()
            .unwrap_or_default();
        // The same form twice is harmless: the second draft is seen and discarded.
        let answer = api::of_document(&desk.office, &desk.caller, place, file, &fresh, &Repeatable::once()).await?;
        let id = answer.body["id"].as_str().unwrap_or_default();
        return Ok(done(&format!("/admin/write/{id}"), "import"));
    }
    let read = tokio::task::spawn_blocking(move || sheet::read(&file))
        .await
        .map_err(Problem::internal)?;
    let table = read.map_err(|error| error.problem())?;
    rows::columns_page(desk, &place, &table, None)
}

/// Reloading a form that was refused ends at the publication.
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    redirect(&format!("/admin/publications/{id}"))
}
