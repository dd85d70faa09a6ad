//! Rows of a table as drafts, or as the entries of one: somebody says what each column is, then they are made.

use super::beginnings::import_form;
use super::fields;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::words::{self as w, beginnings as bw};
use crate::http::beginnings;
use crate::http::problem::Problem;
use crate::http::rows::{self as api, Rows, Target};
use crate::office_files::sheet::{self, MOST_COLUMNS, Sheet};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Kind, Lang};
use maud::{Markup, html};
use serde_json::json;

type Chosen = (Kind, CatalogueEntryId);

/// So many faults are shown; the rest follows when these are mended.
const MOST_SHOWN: usize = 100;

/// The page that asks what each column is; with what went wrong when it was answered.
pub(super) fn columns_page(
    desk: &Desk,
    place: &Chosen,
    table: &Sheet,
    answered: Option<(&Posted, Vec<String>)>,
) -> Result<Response, Problem> {
    let target = Target::of(place.0);
    let rows = table.rows.len().saturating_sub(1).to_string();
    let counted = match &target {
        Target::Drafts(_) => desk.f(bw::N_ROWS_DRAFTS, &[&rows, &rows]),
        Target::Entries(..) => desk.f(bw::N_ROWS_ENTRIES, &[&rows, &rows]),
    };
    let lines: Vec<String> = table.lines.iter().map(u64::to_string).collect();
    let faults: &[String] = answered.as_ref().map_or(&[], |(_, faults)| faults);
    let posted = answered.as_ref().map(|(posted, _)| *posted);
    let body = html! {
        div.top { div { a.crumb href="/admin/write/import" { (desk.t(bw::FROM_FILE)) } h1 { (desk.t(bw::COLUMNS)) } p.muted { (place.0.label(desk.lang)) " · " (desk.entry_name(&place.1)) " · " (counted) } } }
        @if !faults.is_empty() { div.alert role="alert" { ul { @for fault in faults.iter().take(MOST_SHOWN) { li { (fault) } } } } }
        @if !table.notes.is_empty() { section.card.notes { h2 { (desk.t(bw::NOTES)) } ul { @for note in &table.notes { li { (note.text(desk.lang)) } } } } }
        section.card {
            p.hint { (desk.t(bw::COLUMNS_WHAT)) }
            form.form method="post" action="/admin/write/import/rows" {
                (desk.key())
                input type="hidden" name="kind" value=(place.0.slug());
                input type="hidden" name="catalogue_entry" value=(place.1);
                input type="hidden" name="lines" value=(lines.join(","));
                textarea.away name="table" aria-hidden="true" tabindex="-1" readonly { "\n" (sheet::to_text(&table.rows)) }
                (columns(desk, &target, table, posted))
                div.buttons { button.btn type="submit" { (desk.t(bw::MAKE_DRAFTS)) } a.btn.quiet href="/admin/write/import" { (desk.t(bw::ANOTHER_FILE_INSTEAD)) } }
            }
        }
    };
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(desk.page_with(status, Place::Write, desk.t(bw::COLUMNS), body))
}

fn columns(desk: &Desk, target: &Target, table: &Sheet, posted: Option<&Posted>) -> Markup {
    let empty = Vec::new();
    let head = table.rows.first().unwrap_or(&empty);
    let example = |at: usize| {
        let cells = table
            .rows
            .iter()
            .skip(1)
            .filter_map(|row| row.get(at))
            .filter(|cell| !cell.is_empty());
        cells
            .map(|cell| cell.chars().take(60).collect::<String>())
            .next()
            .unwrap_or_default()
    };
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    html! {
        @for at in 0..columns {
            @let name = head.get(at).map(String::as_str).unwrap_or_default();
            @let field = format!("column.{at}");
            @let chosen = posted.map_or_else(|| target.meant(name).map_or("", |spec| spec.name), |posted| posted.get(&field));
            label.field {
                span { (name) " " small { (desk.t(bw::EXAMPLE)) ": " (example(at)) } }
                select name=(field) {
                    option value="" { (desk.t(bw::LEAVE_OUT)) }
                    @for spec in target.specs() { option value=(spec.name) selected[spec.name == chosen] { (spec.label(desk.lang)) } }
                }
            }
        }
    }
}

/// `POST /admin/write/import/rows`
pub(crate) async fn make(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let (kind, entry) = (posted.get("kind"), posted.get("catalogue_entry"));
    let read = beginnings::place(&desk.office, kind, entry).and_then(|place| {
        Ok((
            place,
            sheet::of_text(posted.get("table")).map_err(|error| error.problem())?,
        ))
    });
    let (place, table) = match read {
        Ok(read) => read,
        Err(problem) => return Ok(import_form(&desk, Some(&problem), (kind, entry))),
    };
    let target = Target::of(place.0);
    let columns = (0..MOST_COLUMNS)
        .map(|at| target.spec(posted.get(&format!("column.{at}"))))
        .collect();
    let rows = Rows {
        kind: place.0,
        entry: place.1,
        table: numbered(table, &posted),
        columns,
    };
    let fresh = fields::fresh(&desk, rows.kind);
    let fresh = fresh[Lang::ZhHans.tag()].as_object().cloned().unwrap_or_default();
    let texts = match rows.texts(&fresh) {
        Ok(texts) => texts,
        Err(wrong) => {
            let faults = wrong
                .iter()
                .map(|wrong| wrong.told().get(desk.lang).to_owned())
                .collect();
            let place = (rows.kind, rows.entry);
            return columns_page(&desk, &place, &rows.table, Some((&posted, faults)));
        }
    };
    let call = posted.call(&desk, "rows", None, &json!({}));
    let place = (rows.kind, &rows.entry);
    let answer = match api::make(&desk.office, &desk.caller, &call.repeatable, place, texts).await {
        Ok(answer) => answer,
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let faults = problem
                .faults
                .iter()
                .map(|fault| fault.message.get(desk.lang).to_owned())
                .collect();
            return columns_page(&desk, &(rows.kind, rows.entry), &rows.table, Some((&posted, faults)));
        }
        Err(problem) => return Err(problem),
    };
    let made = answer.body["drafts"].as_array().into_iter().flatten();
    let made: Vec<String> = made
        .filter_map(|draft| draft["id"].as_str().map(str::to_owned))
        .collect();
    done(&desk, &made)
}

/// The table with the numbers that its rows have in the file: a form has them beside its text.
fn numbered(mut table: Sheet, posted: &Posted) -> Sheet {
    let lines: Vec<u64> = posted
        .get("lines")
        .split(',')
        .filter_map(|line| line.parse().ok())
        .collect();
    if lines.len() == table.rows.len() {
        table.lines = lines;
    }
    table
}

fn done(desk: &Desk, made: &[String]) -> Result<Response, Problem> {
    let mut drafts = Vec::new();
    for id in made {
        drafts.push(crate::http::drafts::open(&desk.office, &desk.caller, id)?);
    }
    let body = html! {
        div.top { div { a.crumb href="/admin/write" { (desk.t(w::WRITE)) } h1 { (desk.t(bw::FROM_FILE)) } } }
        p.told role="status" { (desk.f(bw::MADE_N, &[&drafts.len().to_string()])) }
        section.card { @for draft in &drafts { (super::begun::row(desk, draft)) } }
        div.buttons { a.btn.quiet href="/admin/write/import" { (desk.t(bw::ANOTHER_FILE)) } }
    };
    Ok(desk.page(Place::Write, desk.t(bw::FROM_FILE), body))
}
