//! Rows of a table as drafts, or as the entries of one: somebody says what each column is, then they are made.

use super::beginnings::import_form;
use super::fields;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::words::{self as w, beginnings as bw};
use crate::drafts::Proposal;
use crate::drafts::{Draft, Note};
use crate::http::beginnings as api;
use crate::http::drafts::{Beginning, Wish, save_new};
use crate::http::idempotency::fresh_uuid;
use crate::http::problem::Problem;
use crate::office_files::fill::date;
use crate::office_files::sheet::{self, MOST_COLUMNS, Sheet};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::content::{FieldError, FieldSpec, Shape};
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Kind, Lang, PublicationId};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// At most so many drafts come of one table.
const MOST_DRAFTS: usize = 100;
/// So many faults are shown; the rest follows when these are mended.
const MOST_SHOWN: usize = 100;

type Chosen = (Kind, CatalogueEntryId);

/// What the rows of a table become.
enum Target {
    /// Each a draft: the fields of the kind that a cell can hold.
    Drafts(Vec<&'static FieldSpec>),
    /// Entries of a field of one draft.
    Entries(&'static FieldSpec, Vec<&'static FieldSpec>),
}

impl Target {
    fn of(kind: Kind) -> Self {
        let list = kind.fields().iter().find_map(|spec| match spec.shape {
            Shape::Rows(columns) => Some((spec, columns)),
            _ => None,
        });
        let fits = |spec: &&FieldSpec| !matches!(spec.shape, Shape::Rows(_) | Shape::Group(_));
        match list {
            Some((spec, columns)) => Self::Entries(spec, columns.iter().filter(fits).collect()),
            None => Self::Drafts(kind.fields().iter().filter(fits).collect()),
        }
    }

    fn specs(&self) -> &[&'static FieldSpec] {
        match self {
            Self::Drafts(specs) | Self::Entries(_, specs) => specs,
        }
    }
}

/// The column that a name means, by the names of the fields.
fn meant(name: &str, target: &Target) -> &'static str {
    let plain = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace() && !"*＊：:".contains(*c))
            .collect::<String>()
            .to_lowercase()
    };
    let name = plain(name);
    let found = target.specs().iter().find(|spec| {
        [spec.zh, spec.en, spec.name]
            .into_iter()
            .any(|known| plain(known) == name)
    });
    found.map_or("", |spec| spec.name)
}

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
                textarea.away name="table" aria-hidden="true" tabindex="-1" readonly { "\n" (sheet::to_text(&table.rows)) }
                (columns(desk, &target, table, posted))
                div.buttons { button.btn type="submit" { (desk.t(bw::MAKE_DRAFTS)) } a.btn.quiet href="/admin/write/import" { (desk.t(bw::ANOTHER_FILE)) } }
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
            @let chosen = posted.map_or_else(|| meant(name, target), |posted| posted.get(&field));
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
    let read = api::place(&desk.office, kind, entry).and_then(|place| {
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
    let columns: Vec<Option<&'static FieldSpec>> = (0..MOST_COLUMNS)
        .map(|at| {
            let name = posted.get(&format!("column.{at}"));
            target.specs().iter().copied().find(|spec| spec.name == name)
        })
        .collect();
    let contents = contents(&desk, place.0, &target, &table, &columns);
    let faults = faults(&desk, place.0, &contents, &columns);
    if !faults.is_empty() {
        return columns_page(&desk, &place, &table, Some((&posted, faults)));
    }
    let mut made = Vec::new();
    for (number, content) in contents.into_iter().enumerate() {
        let call = posted.call(&desk, &format!("row{number}"), None, &json!({}));
        let beginning = Beginning {
            id: PublicationId(fresh_uuid(desk.office.now())?),
            wish: Wish {
                proposal: Proposal::default(),
                kind: place.0,
                catalogue_entry: Some(place.1.clone()),
                content,
            },
            attachments: Vec::new(),
            notes: Vec::<Note>::new(),
        };
        let answer = save_new(&desk.office, &desk.caller, &call.repeatable, beginning).await?;
        made.extend(answer.body["id"].as_str().map(str::to_owned));
    }
    done(&desk, &made)
}

/// The texts that the rows become, in their order.
fn contents(
    desk: &Desk,
    kind: Kind,
    target: &Target,
    table: &Sheet,
    columns: &[Option<&'static FieldSpec>],
) -> Vec<Value> {
    let fresh = fields::fresh(desk, kind);
    let fresh = || fresh[Lang::ZhHans.tag()].as_object().cloned().unwrap_or_default();
    let of_row = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(columns)
            .filter_map(|(cell, spec)| Some(((*spec)?, cell)));
        cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(spec, cell)| (spec.name.to_owned(), value(spec, cell)))
            .collect::<Map<_, _>>()
    };
    let rows = table.rows.iter().skip(1).map(of_row);
    match target {
        Target::Drafts(_) => rows
            .map(|row| {
                let mut fields = fresh();
                fields.extend(row);
                json!({Lang::ZhHans.tag(): fields})
            })
            .collect(),
        Target::Entries(spec, _) => {
            let mut fields = fresh();
            fields.insert(
                spec.name.to_owned(),
                rows.filter(|row| !row.is_empty()).map(Value::Object).collect(),
            );
            vec![json!({Lang::ZhHans.tag(): fields})]
        }
    }
}

/// A cell as the value of a field. What it cannot be stays as it is, and is named as a fault.
fn value(spec: &FieldSpec, cell: &str) -> Value {
    match spec.shape {
        Shape::Date => json!(date(cell).unwrap_or_else(|| cell.to_owned())),
        Shape::Year => json!(cell.trim_end_matches(['年', '度']).trim()),
        Shape::Choice(choices) => {
            let known = choices
                .iter()
                .find(|choice| [choice.name, choice.zh, choice.en].contains(&cell));
            json!(known.map_or(cell, |choice| choice.name))
        }
        Shape::Lines => cell
            .split(['\n', '；', ';'])
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect(),
        Shape::Line => json!(cell.replace('\n', " ")),
        _ => json!(cell),
    }
}

fn faults(desk: &Desk, kind: Kind, contents: &[Value], columns: &[Option<&'static FieldSpec>]) -> Vec<String> {
    if columns.iter().all(Option::is_none) {
        return vec![desk.t(bw::NO_COLUMN).to_owned()];
    }
    if contents.len() > MOST_DRAFTS {
        return vec![desk.f(bw::TOO_MANY_DRAFTS, &[&MOST_DRAFTS.to_string()])];
    }
    // Rows are counted as the spreadsheet shows them when nothing was left out: the head is the first.
    let row_of = |draft: usize, fault: &FieldError| {
        let entry = fault
            .field
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
        let index = if contents.len() == 1 {
            entry.unwrap_or(draft)
        } else {
            draft
        };
        (index + 2).to_string()
    };
    let told = |(draft, fault): (usize, FieldError)| {
        let label = if desk.lang == Lang::ZhHans {
            &fault.label.0
        } else {
            &fault.label.1
        };
        desk.f(
            bw::ROW_FAULT,
            &[&row_of(draft, &fault), label, &fault.message(desk.lang)],
        )
    };
    let all = contents.iter().enumerate().flat_map(|(draft, content)| {
        Draft::faults(kind, content)
            .into_iter()
            .map(move |fault| (draft, fault))
    });
    all.map(told).collect()
}

fn done(desk: &Desk, made: &[String]) -> Result<Response, Problem> {
    let mut drafts = Vec::new();
    for id in made {
        drafts.push(crate::http::drafts::open(&desk.office, &desk.caller, id)?);
    }
    let body = html! {
        div.top { div { a.crumb href="/admin/write" { (desk.t(w::WRITE)) } h1 { (desk.t(bw::FROM_FILE)) } } }
        p.told role="status" { (desk.f(bw::MADE_N, &[&drafts.len().to_string()])) }
        section.card { @for draft in &drafts { (super::document::draft_row(desk, draft)) } }
        div.buttons { a.btn.quiet href="/admin/write/import" { (desk.t(bw::ANOTHER_FILE)) } }
    };
    Ok(desk.page(Place::Write, desk.t(bw::FROM_FILE), body))
}
