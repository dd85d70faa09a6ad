//! `POST /api/v1/imports/rows?kind=&catalogue_entry=&columns=&dry_run=`: the rows of a table as drafts, or as the entries of
//! a list in one. Everything that is wrong is told at once, by row and column, and either every row is taken or none. The
//! admin's import goes through the same functions.

use super::beginnings::place;
use super::call::Caller;
use super::catalogue_table::dry_run;
use super::drafts::{Beginning, Wish, save_all};
use super::idempotency::{self, Answer, Repeatable, fresh_uuid};
use super::problem::{Fault, Problem, Told};
use super::upload::{Upload, Uploaded};
use crate::drafts::{Draft, Proposal};
use crate::office::Office;
use crate::office_files::MOST_BYTES;
use crate::office_files::fill::date;
use crate::office_files::sheet::{self, MOST_COLUMNS, Sheet};
use axum::extract::{Query, Request, State};
use heliograph_domain::content::{FieldError, FieldSpec, Problem as FieldProblem, Shape};
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Kind, Lang, PublicationId};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// At most so many drafts come of one table.
pub(crate) const MOST_DRAFTS: usize = 100;

/// What the rows of a table become.
pub(crate) enum Target {
    /// Each a draft: the fields of the kind that a cell can hold.
    Drafts(Vec<&'static FieldSpec>),
    /// Entries of a field of one draft.
    Entries(&'static FieldSpec, Vec<&'static FieldSpec>),
}

impl Target {
    pub(crate) fn of(kind: Kind) -> Self {
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

    pub(crate) fn specs(&self) -> &[&'static FieldSpec] {
        match self {
            Self::Drafts(specs) | Self::Entries(_, specs) => specs,
        }
    }

    /// The field of a name; nothing when a cell cannot be one.
    pub(crate) fn spec(&self, name: &str) -> Option<&'static FieldSpec> {
        self.specs().iter().copied().find(|spec| spec.name == name)
    }

    /// The field that the head of a column means, by the names that fields have in either language, else by those that
    /// tables have for them.
    pub(crate) fn meant(&self, head: &str) -> Option<&'static FieldSpec> {
        let plain = |text: &str| {
            text.chars()
                .filter(|c| !c.is_whitespace() && !"*＊：:".contains(*c))
                .collect::<String>()
                .to_lowercase()
        };
        let head = plain(head);
        let known = |spec: &&&FieldSpec| {
            [spec.zh, spec.en, spec.name]
                .into_iter()
                .any(|name| plain(name) == head)
        };
        let also = |spec: &&&FieldSpec| {
            let names = ALSO.iter().filter(|(field, _)| *field == spec.name);
            names.flat_map(|(_, names)| *names).any(|name| *name == head)
        };
        let specs = self.specs();
        specs.iter().find(known).or_else(|| specs.iter().find(also)).copied()
    }
}

/// What the tables of offices call fields besides their own names.
const ALSO: [(&str, &[&str]); 4] = [
    (
        "title",
        &[
            "名称",
            "题目",
            "主题",
            "通知名称",
            "通知标题",
            "公告名称",
            "公告标题",
            "subject",
            "heading",
        ],
    ),
    (
        "body",
        &["内容", "正文内容", "通知内容", "公告内容", "全文", "text", "content"],
    ),
    (
        "department",
        &["部门", "处室", "单位", "发布单位", "发布处室", "责任部门", "office"],
    ),
    ("date", &["日期", "发布时间", "时间", "公开日期"]),
];

/// What is wrong with a table.
#[derive(Debug, Clone)]
pub(crate) enum Wrong {
    /// None of its columns is a field.
    NoColumn,
    /// Those of its columns that are fields have nothing in any row.
    NoRow,
    /// It would make more drafts than may come at once.
    TooMany,
    /// A cell cannot be what its column is.
    Cell {
        /// The row as whoever opens the file sees it.
        line: u64,
        /// The field.
        name: String,
        /// The field's label, with what the column is called in the table where that is another.
        column: Told,
        message: Told,
    },
}

impl Wrong {
    /// For people.
    pub(crate) fn told(&self) -> Told {
        match self {
            Self::NoColumn => Told::new("请至少选择一列", "Choose at least one column"),
            Self::NoRow => Told::new(
                "选中的各列都没有内容",
                "The columns that are taken have nothing in any row",
            ),
            Self::TooMany => Told::new(
                format!("每次最多建立 {MOST_DRAFTS} 份草稿：请分几次导入"),
                format!("At most {MOST_DRAFTS} drafts at once: import them in parts"),
            ),
            Self::Cell {
                line, column, message, ..
            } => Told::new(
                format!("第 {line} 行 · {}：{}", column.zh, message.zh),
                format!("Row {line} · {}: {}", column.en, message.en),
            ),
        }
    }

    fn fault(&self) -> Fault {
        let (field, code) = match self {
            Self::NoColumn => ("columns".to_owned(), "missing"),
            Self::NoRow => ("file".to_owned(), "empty"),
            Self::TooMany => ("file".to_owned(), "too_many"),
            Self::Cell { line, name, .. } => (format!("rows[{line}].{name}"), "table"),
        };
        let told = self.told();
        Fault::new(field, code, told.zh, told.en)
    }
}

/// A table whose columns are known.
pub(crate) struct Rows {
    pub(crate) kind: Kind,
    pub(crate) entry: CatalogueEntryId,
    pub(crate) table: Sheet,
    /// The field of each column; nothing for one that is left out.
    pub(crate) columns: Vec<Option<&'static FieldSpec>>,
}

/// The text of a draft, and the rows that it came from.
pub(crate) struct Text {
    pub(crate) content: Value,
    lines: Vec<u64>,
}

impl Rows {
    /// The texts that the rows become, in their order, each with `fresh` where its row says nothing.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(crate) fn texts(&self, fresh: &Map<String, Value>) -> Result<Vec<Text>, Vec<Wrong>> {
        if self.columns.iter().all(Option::is_none) {
            return Err(vec![Wrong::NoColumn]);
        }
        let texts = self.read(fresh);
        if texts.iter().all(|text| text.lines.is_empty()) {
            return Err(vec![Wrong::NoRow]);
        }
        if texts.len() > MOST_DRAFTS {
            return Err(vec![Wrong::TooMany]);
        }
        let of_text = |text: &Text| {
            let faults = Draft::faults(self.kind, &text.content);
            faults.iter().map(|fault| self.wrong(text, fault)).collect::<Vec<_>>()
        };
        let wrong: Vec<Wrong> = texts.iter().flat_map(of_text).collect();
        if wrong.is_empty() { Ok(texts) } else { Err(wrong) }
    }

    fn read(&self, fresh: &Map<String, Value>) -> Vec<Text> {
        let rows = self.table.lines.iter().zip(&self.table.rows).skip(1);
        let rows = rows
            .map(|(line, row)| (*line, self.fields(row)))
            .filter(|(_, fields)| !fields.is_empty());
        let text = |fields: Map<String, Value>, lines| Text {
            content: json!({Lang::ZhHans.tag(): fields}),
            lines,
        };
        match Target::of(self.kind) {
            Target::Drafts(_) => rows
                .map(|(line, row)| {
                    let mut fields = fresh.clone();
                    fields.extend(row);
                    text(fields, vec![line])
                })
                .collect(),
            Target::Entries(spec, _) => {
                let (lines, entries): (Vec<u64>, Vec<Value>) =
                    rows.map(|(line, row)| (line, Value::Object(row))).unzip();
                let mut fields = fresh.clone();
                fields.insert(spec.name.to_owned(), Value::Array(entries));
                vec![text(fields, lines)]
            }
        }
    }

    fn fields(&self, row: &[String]) -> Map<String, Value> {
        let cells = row.iter().zip(&self.columns);
        let cells = cells.filter_map(|(cell, spec)| Some(((*spec)?, cell)));
        cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(spec, cell)| (spec.name.to_owned(), value(spec, cell)))
            .collect()
    }

    /// A fault of a text at the row and the column that it came from.
    fn wrong(&self, text: &Text, fault: &FieldError) -> Wrong {
        let entry = fault
            .field
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
        let at = if text.lines.len() == 1 { 0 } else { entry.unwrap_or(0) };
        let name = fault.field.rsplit('.').next().unwrap_or_default();
        let name = name.split('[').next().unwrap_or_default();
        let place = self
            .columns
            .iter()
            .position(|spec| spec.is_some_and(|spec| spec.name == name));
        let head = place
            .and_then(|place| self.table.rows.first()?.get(place))
            .map(String::as_str);
        let called = |label: &str, zh: bool| match head.filter(|head| !head.is_empty() && *head != label) {
            Some(head) if zh => format!("{label}（“{head}”列）"),
            Some(head) => format!("{label} (column “{head}”)"),
            None => label.to_owned(),
        };
        let line = text.lines.get(at).copied().unwrap_or(1);
        let row = self.table.lines.iter().position(|known| *known == line);
        let cell = row
            .zip(place)
            .and_then(|(row, place)| self.table.rows.get(row)?.get(place));
        let message = match cell.filter(|_| fault.problem == FieldProblem::NotADate) {
            Some(cell) => no_date(cell),
            None => Told::new(fault.message(Lang::ZhHans), fault.message(Lang::En)),
        };
        Wrong::Cell {
            line,
            name: name.to_owned(),
            column: Told::new(called(&fault.label.0, true), called(&fault.label.1, false)),
            message,
        }
    }
}

/// Why a cell is no date, with what stands in it.
fn no_date(cell: &str) -> Told {
    let numbers = cell
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let numbers: Vec<u8> = numbers.skip(1).filter_map(|part| part.parse().ok()).collect();
    match numbers[..] {
        [month @ 1..=12, day] => Told::new(
            format!("“{cell}”不是日期：{month}月没有{day}日"),
            format!("“{cell}” is not a date: month {month} has no day {day}"),
        ),
        _ => Told::new(
            format!("“{cell}”不是日期，请写成 2026-01-31"),
            format!("“{cell}” is not a date: write it like 2026-01-31"),
        ),
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

/// Makes the drafts, every one or none.
pub(crate) async fn make(
    office: &Arc<Office>,
    caller: &Caller,
    repeatable: &Repeatable,
    (kind, entry): (Kind, &CatalogueEntryId),
    texts: Vec<Text>,
) -> Result<Answer, Problem> {
    let beginning = |text: Text| {
        Ok(Beginning {
            id: PublicationId(fresh_uuid(office.now())?),
            wish: Wish {
                proposal: Proposal::default(),
                kind,
                catalogue_entry: Some(entry.clone()),
                content: text.content,
            },
            attachments: Vec::new(),
            files: Vec::new(),
            notes: Vec::new(),
        })
    };
    let beginnings: Vec<Beginning> = texts.into_iter().map(beginning).collect::<Result<_, Problem>>()?;
    save_all(office, caller, repeatable, beginnings).await
}

/// What each column is: as the caller says, else by the names at their heads.
fn columns(target: &Target, table: &Sheet, said: Option<&String>) -> Result<Vec<Option<&'static FieldSpec>>, Problem> {
    let head = table.rows.first().map(Vec::as_slice).unwrap_or_default();
    let Some(said) = said else {
        return Ok(head.iter().map(|name| target.meant(name)).collect());
    };
    let mut faults = Vec::new();
    let columns = said.split(',').take(MOST_COLUMNS).map(|name| {
        let spec = target.spec(name.trim());
        if spec.is_none() && !name.trim().is_empty() {
            let shown: String = name.trim().chars().take(40).collect();
            faults.push(Fault::new(
                "columns",
                "not_a_choice",
                format!("columns：“{shown}”不是单元格可以填写的栏目"),
                format!("columns: “{shown}” is no field that a cell can be"),
            ));
        }
        spec
    });
    let columns = columns.collect();
    if faults.is_empty() {
        Ok(columns)
    } else {
        Err(Problem::invalid(faults))
    }
}

/// `POST /api/v1/imports/rows?kind=&catalogue_entry=&columns=&dry_run=`: the body is a spreadsheet, a document with a table,
/// or CSV; its first row names the columns.
pub(crate) async fn take(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Result<Answer, Problem> {
    let upload = Upload::of(request, &office, Verb::Draft).await?;
    let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let (kind, entry) = place(&office, asked("kind"), asked("catalogue_entry"))?;
    let only_looks = dry_run(&query)?;
    let Uploaded {
        caller,
        file,
        repeatable,
        one_of_few: _one_of_few,
    } = upload.read(MOST_BYTES).await?;
    if let Some(answer) = idempotency::answered(&office, &caller.staff, &repeatable)? {
        return Ok(answer);
    }
    let read = tokio::task::spawn_blocking(move || sheet::read(&file)).await;
    let table = read.map_err(Problem::internal)?.map_err(|error| error.problem())?;
    let columns = columns(&Target::of(kind), &table, query.get("columns"))?;
    let rows = Rows {
        kind,
        entry,
        table,
        columns,
    };
    let texts = rows
        .texts(&Map::new())
        .map_err(|wrong| Problem::invalid(wrong.iter().map(Wrong::fault).collect()))?;
    if only_looks {
        return Ok(Answer::ok(looked_at(&rows, &texts)));
    }
    make(&office, &caller, &repeatable, (kind, &rows.entry), texts).await
}

/// What would come of a table, for whoever asked before making it.
fn looked_at(rows: &Rows, texts: &[Text]) -> Value {
    let head = rows.table.rows.first().map(Vec::as_slice).unwrap_or_default();
    let column = |place: usize| rows.columns.get(place).copied().flatten();
    let columns: Vec<Value> = (0..head.len())
        .map(|place| json!({"name": head[place], "field": column(place).map(|spec| spec.name)}))
        .collect();
    let drafts: Vec<Value> = texts
        .iter()
        .map(|text| json!({"rows": text.lines, "content": text.content}))
        .collect();
    json!({"columns": columns, "drafts": drafts, "notes": rows.table.notes})
}
