//! An existing catalogue taken over from a table: chosen or pasted, checked line by line, and saved in one step once
//! someone has seen what it would change.

use super::form::Posted;
use super::home::shortened;
use super::layout::{Desk, Place, redirect, tag};
use super::pictures::{boundary_of, part};
use super::words as w;
use super::words::{beginnings as bw, limits as lw, rules as rw};
use crate::attachments::UPLOADS;
use crate::catalogue_table::{self as table, Column, Row, Table, TableFault};
use crate::drafts::Note;
use crate::http::attachments::whole_body;
use crate::http::call::same_origin;
use crate::http::catalogue::{self, Change};
use crate::http::catalogue_table::{self as api, Checked};
use crate::http::problem::{Fault, Problem, Told};
use crate::http::shape;
use crate::office_files::MOST_BYTES;
use crate::public_words::CONFIRMED;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::catalogue::Category;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Lang};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of a form around its file.
const FORM_BYTES: usize = 16 * 1024;
/// So many faults are shown; the rest follows when these are mended.
const MOST_SHOWN: usize = 100;
/// So much of a text is shown beside what it becomes.
const MOST_CHARACTERS: usize = 60;

/// `GET /admin/catalogue/import`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Catalogue)?;
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u32>().ok());
    let done = number("new").zip(number("changed"));
    let told = done.map(|(new, changed)| desk.f(lw::IMPORT_DONE, &[&new.to_string(), &changed.to_string()]));
    let body = html! {
        (top(&desk))
        @if let Some(told) = told { p.told role="status" { (told) " " a href="/admin/catalogue" { (desk.t(w::CATALOGUE)) } } }
        (form(&desk, "", Looked::NotAsked))
    };
    Ok(desk.page(Place::Catalogue, desk.t(lw::IMPORT), body))
}

fn top(desk: &Desk) -> Markup {
    html! {
        div.top {
            div { h1 { (desk.t(lw::IMPORT)) } p.muted { (desk.t(lw::IMPORT_WHAT)) } }
            a.btn.quiet href="/admin/catalogue" { (desk.t(w::CATALOGUE)) }
        }
    }
}

/// What whoever imports was asked about the gate's findings in the table's words, and said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looked {
    NotAsked,
    Asked,
    Said,
}

fn form(desk: &Desk, text: &str, looked: Looked) -> Markup {
    html! {
        section.card id="form" {
            form.form method="post" enctype="multipart/form-data" action="/admin/catalogue/import" {
                label.field { span { (desk.t(lw::IMPORT_FILE)) } input id="at-file" type="file" name="file" accept=".xlsx,.docx,.csv,.txt,.tsv,text/csv"; }
                label.field { span { (desk.t(lw::IMPORT_TEXT)) } textarea.tall name="table" spellcheck="false" { (text) } }
                p.hint { (desk.t(lw::IMPORT_COLUMNS)) }
                p.hint { (desk.t(lw::IMPORT_CADENCES)) }
                @if looked != Looked::NotAsked { label.check { input type="checkbox" name=(CONFIRMED) value="yes" checked[looked == Looked::Said]; (desk.t(rw::PUBLIC_CONFIRMED)) } }
                div.buttons { button.btn type="submit" { (desk.t(lw::IMPORT_CHECK)) } }
            }
        }
    }
}

/// `POST /admin/catalogue/import`: a file or a text to check, or the word that what was checked is right.
pub(crate) async fn post(desk: Desk, request: Request) -> Result<Response, Problem> {
    desk.must(Verb::Catalogue)?;
    same_origin(request.headers())?;
    if let Some(boundary) = boundary_of(&request) {
        return match uploaded(request, &boundary).await {
            Ok((text, notes, looked)) => Ok(checked(&desk, (&text, looked), &notes)),
            Err(problem) => Ok(unread(&desk, &problem)),
        };
    }
    let posted = Posted::from_request(request, &desk.office).await?;
    let text = match table::decoded(posted.get("table").as_bytes()) {
        Ok(text) => text,
        Err(told) => return Ok(unread(&desk, &refused(told))),
    };
    if posted.get("confirm").is_empty() {
        return Ok(checked(&desk, (&text, posted.get(CONFIRMED) == "yes"), &[]));
    }
    confirmed(&desk, &posted, &text).await
}

/// The file of a form, or the text beside it when no file was chosen; and whether what the gate found was looked at.
async fn uploaded(request: Request, boundary: &str) -> Result<(String, Vec<Note>, bool), Problem> {
    let _one_of_few = UPLOADS.acquire().await.map_err(Problem::internal)?;
    let body = whole_body(request.into_body(), MOST_BYTES + FORM_BYTES).await?;
    let file = part(&body, boundary, "file").filter(|file| !file.is_empty());
    let text = file.or_else(|| part(&body, boundary, "table")).unwrap_or_default();
    let looked = part(&body, boundary, CONFIRMED).is_some_and(|value| value.trim_ascii() == b"yes");
    let read = tokio::task::spawn_blocking(move || table::text_of(&text)).await;
    let (text, notes) = read.map_err(Problem::internal)?.map_err(refused)?;
    Ok((text, notes, looked))
}

fn refused(told: Told) -> Problem {
    Problem::invalid(vec![Fault {
        field: "file".to_owned(),
        code: "unreadable",
        message: told,
    }])
}

fn unread(desk: &Desk, problem: &Problem) -> Response {
    let body =
        html! { (top(desk)) (desk.alert(problem, &[("file", lw::IMPORT_FILE)])) (form(desk, "", Looked::NotAsked)) };
    desk.page_with(problem.status, Place::Catalogue, desk.t(lw::IMPORT), body)
}

/// What the table says and what it would change; nothing is written.
fn checked(desk: &Desk, (text, looked): (&str, bool), notes: &[Note]) -> Response {
    let Checked { table, plan, asks } = api::check(&desk.office, text, looked);
    let said = match (looked, asks) {
        (true, _) => Looked::Said,
        (false, true) => Looked::Asked,
        (false, false) => Looked::NotAsked,
    };
    let body = html! {
        (top(desk))
        @if !notes.is_empty() { section.card.notes { h2 { (desk.t(bw::NOTES)) } ul { @for note in notes { li { (note.text(desk.lang)) } } } } }
        @if !table.faults.is_empty() { (faulty(desk, &table.faults)) (form(desk, text, said)) }
        @else { (preview(desk, &table, &plan, (text, looked))) }
    };
    let status = if table.faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    desk.page_with(status, Place::Catalogue, desk.t(lw::IMPORT), body)
}

fn faulty(desk: &Desk, faults: &[TableFault]) -> Markup {
    let place = |fault: &TableFault| match fault.column {
        Some(column) => desk.f(lw::AT_LINE_COLUMN, &[&fault.line.to_string(), column.label(desk.lang)]),
        None => format!("{} {}", desk.t(lw::LINE), fault.line),
    };
    html! {
        div.alert role="alert" {
            strong { (desk.f(lw::IMPORT_FAULTS, &[&faults.len().to_string()])) }
            ul { @for fault in faults.iter().take(MOST_SHOWN) { li { b { (place(fault)) } " · " (fault.message.get(desk.lang)) } } }
        }
    }
}

fn preview(desk: &Desk, table: &Table, plan: &[Change], (text, looked): (&str, bool)) -> Markup {
    let count = |wanted: Change| plan.iter().filter(|change| **change == wanted).count();
    let (new, changed) = (count(Change::New), count(Change::Changed));
    let counts = [
        (lw::N_NEW, new),
        (lw::N_CHANGED, changed),
        (lw::N_UNCHANGED, count(Change::Unchanged)),
    ];
    let counts: Vec<String> = counts.map(|(word, count)| desk.f(word, &[&count.to_string()])).into();
    html! {
        section.card id="checked" {
            h2 { (desk.t(lw::IMPORT_CHECKED)) }
            p { (counts.join(desk.t(w::LIST_COMMA))) }
            @if !table.ignored.is_empty() { p.hint { (desk.f(lw::IGNORED_COLUMNS, &[&table.ignored.join(desk.t(w::LIST_COMMA))])) } }
            @if new + changed == 0 { p.told role="status" { (desk.t(lw::IMPORT_SAME)) } }
            @else {
                form.form method="post" action="/admin/catalogue/import" {
                    (desk.key())
                    input type="hidden" name="confirm" value="yes";
                    @if looked { input type="hidden" name=(CONFIRMED) value="yes"; }
                    textarea.away name="table" aria-hidden="true" tabindex="-1" readonly { "\n" (text) }
                    div.buttons {
                        button.btn type="submit" { (desk.f(lw::IMPORT_CONFIRM, &[&(new + changed).to_string()])) }
                        a.btn.quiet href="/admin/catalogue/import" { (desk.t(lw::START_OVER)) }
                    }
                }
            }
            (rows(desk, table, plan))
        }
    }
}

fn rows(desk: &Desk, table: &Table, plan: &[Change]) -> Markup {
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(lw::LINE)) } th { (desk.t(w::ENTRY)) } th {} th { (desk.t(w::CADENCE)) } th { (desk.t(w::RESPONSIBLE)) } } }
            tbody { @for (row, change) in table.rows.iter().zip(plan) { (row_of(desk, row, *change)) } }
        } }
    }
}

fn row_of(desk: &Desk, row: &Row, change: Change) -> Markup {
    let text = |name: &str| row.wish[name].as_str().unwrap_or_default();
    let (colour, word) = match change {
        Change::New => ("green", lw::NEW),
        Change::Changed => ("amber", lw::CHANGED_ROW),
        Change::Unchanged => ("grey", lw::UNCHANGED),
    };
    let cadence = in_words(desk, "cadence", &row.wish["cadence"]);
    let responsible = text("responsible").parse().ok();
    let department = text("department").parse().ok();
    html! {
        tr {
            td data-label=(desk.t(lw::LINE)) { (row.line) }
            td.name { b { (row.wish["name"]["zh-Hans"].as_str().unwrap_or_default()) } small { (text("index_number")) " · " (text("id")) } }
            td { (tag(colour, desk.t(word))) @if change == Change::Changed { @for difference in differing(desk, row) { small { (difference) } } } }
            td data-label=(desk.t(w::CADENCE)) { (cadence) @if cadence != row.cadence_said { small { (desk.t(lw::AS_WRITTEN)) q lang=(tag_of(&row.cadence_said)) { (row.cadence_said) } } } }
            td data-label=(desk.t(w::RESPONSIBLE)) {
                @if let Some(person) = &responsible { (desk.person(person)) }
                @if let Some(department) = &department { small { (desk.department(department)) } }
            }
        }
    }
}

/// The language that a word of a table is marked with, for those who hear it.
fn tag_of(said: &str) -> &'static str {
    let lang = if said.is_ascii() { Lang::En } else { Lang::ZhHans };
    lang.tag()
}

/// In what a row differs from the entry as it is: the column, what stands there, and what is to stand there.
fn differing(desk: &Desk, row: &Row) -> Vec<String> {
    let id = row.wish["id"]
        .as_str()
        .and_then(|id| id.parse::<CatalogueEntryId>().ok());
    let Some(known) = id.and_then(|id| desk.state.catalogue.entries.get(&id)) else {
        return Vec::new();
    };
    let known = shape::entry(&desk.office, known);
    let fields = row.wish.as_object().into_iter().flatten();
    let differs = fields.filter(|(name, value)| known[name.as_str()] != **value);
    let told = differs.filter_map(|(name, value)| {
        let column = Column::of_field(name)?.label(desk.lang);
        let (was, is) = in_one_language(desk, &known[name.as_str()], value);
        let (was, is) = (in_words(desk, name, was), in_words(desk, name, is));
        Some(desk.f(lw::FROM_WAS_TO_IS, &[column, &was, &is]))
    });
    told.collect()
}

/// Of texts in several languages the reader's, or the other one where the reader's stays as it is.
fn in_one_language<'v>(desk: &Desk, was: &'v Value, is: &'v Value) -> (&'v Value, &'v Value) {
    if !is.is_object() {
        return (was, is);
    }
    let other = if desk.lang == Lang::ZhHans {
        Lang::En
    } else {
        Lang::ZhHans
    };
    let tag = [desk.lang, other]
        .map(Lang::tag)
        .into_iter()
        .find(|tag| was[*tag] != is[*tag]);
    tag.map_or((was, is), |tag| (&was[tag], &is[tag]))
}

/// What a field of an entry says, as people read it.
fn in_words(desk: &Desk, field: &str, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    let said = match field {
        "category" => Category::ALL
            .into_iter()
            .find(|category| category.slug() == text)
            .map(|it| it.label(desk.lang).to_owned()),
        "cadence" => serde_json::from_value(value.clone())
            .ok()
            .map(|cadence| super::due::cadence(desk, cadence)),
        "department" => text.parse().ok().map(|id| desk.department(&id)),
        "responsible" => text.parse().ok().map(|id| desk.person(&id)),
        "channels" => {
            let title = |name: &Value| {
                desk.state
                    .channels
                    .titles
                    .get(&name.as_str()?.parse().ok()?)
                    .map(|title| title.get(desk.lang))
            };
            let titles: Vec<&str> = value.as_array().into_iter().flatten().filter_map(title).collect();
            Some(titles.join(desk.t(w::LIST_COMMA)))
        }
        _ => Some(text.to_owned()),
    };
    let said = said.filter(|said| !said.is_empty()).unwrap_or_else(|| "—".to_owned());
    shortened(&said, MOST_CHARACTERS)
}

/// Everything in one step; what another changed meanwhile is looked at once more.
async fn confirmed(desk: &Desk, posted: &Posted, text: &str) -> Result<Response, Problem> {
    let (table, looked) = (table::read(&desk.office, text), posted.get(CONFIRMED) == "yes");
    if !table.faults.is_empty() {
        return Ok(checked(desk, (text, looked), &[]));
    }
    let call = posted.call(desk, "catalogue-import", None, &api::wish_of(&table, looked));
    match catalogue::define_many(State(Arc::clone(&desk.office)), call).await {
        Ok(answer) => {
            let count = |name: &str| answer.body[name].as_u64().unwrap_or_default();
            let (new, changed) = (count("new"), count("changed"));
            Ok(redirect(&format!(
                "/admin/catalogue/import?new={new}&changed={changed}"
            )))
        }
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => Ok(checked(desk, (text, looked), &[])),
        Err(problem) => Err(problem),
    }
}
