//! `POST /api/v1/catalogue/table?dry_run=`: an existing catalogue as a file. Everything that is wrong with it is told at
//! once, by row and column; it is taken whole or not at all. The admin's import goes through the same functions.

use super::call::Call;
use super::catalogue::{self as api, Change};
use super::idempotency::{self, Answer};
use super::problem::{Fault, Problem, Told};
use super::upload::{Upload, Uploaded};
use crate::catalogue_table::{self as table, Column, Row, Table, TableFault};
use crate::office::Office;
use crate::office_files::MOST_BYTES;
use crate::public_words::CONFIRMED;
use axum::extract::{Query, Request, State};
use heliograph_domain::Lang;
use heliograph_domain::staff::Verb;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// A table and what it would change, as far as it can be read.
pub(crate) struct Checked {
    pub(crate) table: Table,
    /// For each row what it comes to; nothing while something is wrong.
    pub(crate) plan: Vec<Change>,
    /// Whether the gate found something in its words that the caller has to look at.
    pub(crate) asks: bool,
}

/// What a table says on what the office knows now; nothing is written. `looked`: whether the caller looked at what the gate
/// found in its words.
pub(crate) fn check(office: &Office, text: &str, looked: bool) -> Checked {
    let mut table = table::read(office, text);
    let (plan, asks) = match api::plan_of(office, &wish_of(&table, looked)) {
        Ok(plan) => (plan, false),
        Err(problem) => {
            table.faults.extend(placed(&problem, &table.rows));
            (Vec::new(), problem.faults.iter().any(|fault| fault.field == CONFIRMED))
        }
    };
    table.faults.sort_by_key(|fault| (fault.line, fault.column));
    Checked { table, plan, asks }
}

/// The request that a table is, if nothing is wrong with it.
pub(crate) fn wish_of(table: &Table, looked: bool) -> Value {
    let entries: Vec<&Value> = table.rows.iter().map(|row| &row.wish).collect();
    json!({"entries": entries, "findings_confirmed": looked})
}

/// The API's faults at the rows and columns that they came from.
fn placed(problem: &Problem, rows: &[Row]) -> Vec<TableFault> {
    let place = |fault: &Fault| {
        let rest = fault.field.strip_prefix("entries[")?;
        let (index, field) = rest.split_once("].")?;
        let row = rows.get(index.parse::<usize>().ok()?)?;
        let said = |text: &str| text.strip_prefix(fault.field.as_str()).unwrap_or(text).to_owned();
        let bare = |text: &str| said(text).trim_start_matches(['：', ':', ' ']).to_owned();
        Some(TableFault {
            line: row.line,
            column: Column::of_field(field),
            message: Told::new(bare(&fault.message.zh), bare(&fault.message.en)),
        })
    };
    let anywhere = |fault: &Fault| TableFault {
        line: 1,
        column: None,
        message: fault.message.clone(),
    };
    let faults = problem.faults.iter();
    faults
        .map(|fault| place(fault).unwrap_or_else(|| anywhere(fault)))
        .collect()
}

/// A fault of the table as the API tells it: `rows[4].cadence`, and a sentence with the row and the column's name.
fn told(fault: &TableFault) -> Fault {
    let line = fault.line;
    let (field, zh, en) = match fault.column {
        None => (format!("rows[{line}]"), format!("第 {line} 行"), format!("Row {line}")),
        Some(column) => (
            format!("rows[{line}].{}", column.field()),
            format!("第 {line} 行，{}", column.label(Lang::ZhHans)),
            format!("Row {line}, {}", column.label(Lang::En)),
        ),
    };
    Fault::new(
        field,
        "table",
        format!("{zh}：{}", fault.message.zh),
        format!("{en}: {}", fault.message.en),
    )
}

fn refused(faults: &[TableFault]) -> Problem {
    Problem::invalid(faults.iter().map(told).collect())
}

/// Whether a query asks that nothing be written.
pub(crate) fn dry_run(query: &HashMap<String, String>) -> Result<bool, Problem> {
    match query.get("dry_run").map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let (zh, en) = ("应为 true 或 false", "must be true or false");
            Err(Problem::field(
                "dry_run",
                "not_a_choice",
                format!("dry_run：{zh}"),
                format!("dry_run: {en}"),
            ))
        }
    }
}

/// `POST /api/v1/catalogue/table?dry_run=`: the body is a spreadsheet, a document with a table, or CSV.
pub(crate) async fn take(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Result<Answer, Problem> {
    let upload = Upload::of(request, &office, Verb::Catalogue).await?;
    let only_looks = dry_run(&query)?;
    let looked = query.get(CONFIRMED).is_some_and(|value| value == "true");
    let Uploaded {
        caller,
        file,
        repeatable,
        one_of_few: _one_of_few,
    } = upload.read(MOST_BYTES).await?;
    if let Some(answer) = idempotency::answered(&office, &caller.staff, &repeatable)? {
        return Ok(answer);
    }
    let read = tokio::task::spawn_blocking(move || table::text_of(&file)).await;
    let (text, notes) = read
        .map_err(Problem::internal)?
        .map_err(|told| Problem::field("file", "unreadable", told.zh, told.en))?;
    let Checked { table, plan, .. } = check(&office, &text, looked);
    if !table.faults.is_empty() {
        return Err(refused(&table.faults));
    }
    let mut answer = json!({"dry_run": only_looks, "ignored": table.ignored, "notes": notes});
    answer["rows"] = table
        .rows
        .iter()
        .zip(&plan)
        .map(|(row, change)| row_told(row, *change))
        .collect();
    if only_looks {
        api::count(&mut answer, &plan);
        return Ok(Answer::ok(answer));
    }
    let call = Call::of_file(caller, repeatable, &wish_of(&table, looked));
    let taken = api::define_read(&office, &call, answer).await;
    // Somebody else may have changed something since it was looked at.
    taken.map_err(|problem| match problem.faults.is_empty() {
        true => problem,
        false => refused(&placed(&problem, &table.rows)),
    })
}

fn row_told(row: &Row, change: Change) -> Value {
    json!({"row": row.line, "id": row.wish["id"], "index_number": row.wish["index_number"], "change": change.slug()})
}
