//! An office's catalogue as a table from elsewhere: a spreadsheet, a document with a table, CSV or tab-separated text, with
//! names of columns in Chinese or English, read into what the API takes. Every fault is named with its line and column; nothing is written here.

mod cadence;
mod column;

pub(crate) use column::Column;

use crate::directory;
use crate::drafts::Note;
use crate::http::problem::Told;
use crate::http::shape;
use crate::office::Office;
use crate::office_files::{FileKind, sheet};
use crate::state::State;
use cadence::cadence_of;
use heliograph_domain::catalogue::Category;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{CatalogueEntryId, Lang};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most bytes of a table.
pub(crate) const MOST_BYTES: usize = 256 * 1024;
/// The most rows of a table.
const MOST_ROWS: usize = 2000;

/// Columns that a table must have.
const REQUIRED: [Column; 5] = [
    Column::Index,
    Column::Name,
    Column::Cadence,
    Column::Department,
    Column::Responsible,
];

/// Something to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableFault {
    /// The line of the table, the head's is 1.
    pub(crate) line: u64,
    /// The column; nothing when it is the whole line.
    pub(crate) column: Option<Column>,
    /// What is wrong.
    pub(crate) message: Told,
}

/// A row as the API takes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The line that it begins on.
    pub(crate) line: u64,
    /// The entry.
    pub(crate) wish: Value,
    /// How often it is due, as the table says it.
    pub(crate) cadence_said: String,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The rows that could be read.
    pub(crate) rows: Vec<Row>,
    /// What could not.
    pub(crate) faults: Vec<TableFault>,
    /// Names of columns that mean nothing here and are left out.
    pub(crate) ignored: Vec<String>,
}

/// Bytes as text: UTF-8, else GB 18030 as spreadsheets on Chinese desks write it. Every line ends with a line feed alone:
/// after carriage returns the reader of CSV would count lines too low.
pub(crate) fn decoded(bytes: &[u8]) -> Result<String, Told> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| {
                Told::new(
                    "文件编码既不是 UTF-8 也不是 GB18030：请在电子表格中另存为“CSV UTF-8”",
                    "the file is neither UTF-8 nor GB 18030: save it as “CSV UTF-8” in the spreadsheet",
                )
            })?,
    };
    if text.len() > MOST_BYTES {
        return Err(Told::new(
            "表格太大，最多 256 KiB",
            "the table is too large: at most 256 KiB",
        ));
    }
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    Ok(text.replace('\r', "\n"))
}

/// A file as text: of a spreadsheet, or of a document with a table, every row on the line of the number that it has there.
///
/// # Errors
/// When it is nothing that can be read, or too large.
pub(crate) fn text_of(file: &[u8]) -> Result<(String, Vec<Note>), Told> {
    let kind = if file.is_empty() {
        FileKind::Table
    } else {
        FileKind::of(file).map_err(|error| error.told())?
    };
    if kind == FileKind::Table {
        return Ok((decoded(file)?, Vec::new()));
    }
    let sheet = sheet::read_up_to(file, MOST_ROWS).map_err(|error| error.told())?;
    Ok((decoded(sheet::to_lines(&sheet).as_bytes())?, sheet.notes))
}

/// Reads a table on what the office knows now.
pub(crate) fn read(office: &Office, text: &str) -> Table {
    let mut reading = Reading::new(office);
    let mut lines = records(text).filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let Some((_, head)) = lines.next() else {
        reading.fault(1, None, "表格是空的", "the table is empty");
        return reading.table;
    };
    let Some(columns) = reading.head(&head) else {
        return reading.table;
    };
    for (line, cells) in lines {
        if reading.table.rows.len() >= MOST_ROWS {
            reading.fault(line, None, "行数太多，最多 2000 行", "too many rows: at most 2000");
            break;
        }
        reading.row(line, &columns, &cells);
    }
    reading.table
}

/// The records of a text with the lines they begin on, their cells trimmed.
fn records(text: &str) -> impl Iterator<Item = (u64, Vec<String>)> + '_ {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let tabs = first.matches('\t').count() > first.matches([',', '，']).count();
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if tabs { b'\t' } else { b',' })
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    // Text in memory that is UTF-8, with any number of cells in a line, has no errors.
    reader.into_records().filter_map(Result::ok).map(|record| {
        let line = sheet::line_of(text, &record);
        (line, record.iter().map(unguarded).collect())
    })
}

/// A cell without the mark that keeps spreadsheets from taking it for a formula.
fn unguarded(cell: &str) -> String {
    let guarded = cell
        .strip_prefix('\'')
        .filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    guarded.unwrap_or(cell).trim().to_owned()
}

/// A table being read: what the office has, by the names that people write.
struct Reading<'a> {
    office: &'a Office,
    state: Arc<State>,
    departments: BTreeMap<String, String>,
    people: BTreeMap<String, Vec<String>>,
    channels: BTreeMap<String, String>,
    /// Ids that are taken: those of the catalogue, and those of rows before.
    ids: BTreeSet<String>,
    /// Index numbers of rows before, with their lines.
    seen: BTreeMap<String, u64>,
    table: Table,
}

impl<'a> Reading<'a> {
    fn new(office: &'a Office) -> Self {
        let state = office.state();
        let site = state.site.as_ref();
        let profile = site.and_then(|site| office.library.profile(&site.profile));
        let channels = state.channels.titles.iter().flat_map(|(name, title)| {
            let titles = title.0.values().cloned().chain([name.to_string()]);
            titles.map(|title| (title, name.to_string()))
        });
        Self {
            departments: departments(&state, profile.as_deref()),
            people: people(office, &state),
            channels: channels.collect(),
            ids: state.catalogue.entries.keys().map(ToString::to_string).collect(),
            seen: BTreeMap::new(),
            table: Table::default(),
            office,
            state,
        }
    }

    fn fault(&mut self, line: u64, column: Option<Column>, zh: impl Into<String>, en: impl Into<String>) {
        let message = Told::new(zh, en);
        self.table.faults.push(TableFault { line, column, message });
    }

    /// Which column stands where; nothing when one is missing without which no row can be read.
    fn head(&mut self, head: &[String]) -> Option<BTreeMap<Column, usize>> {
        let mut columns = BTreeMap::new();
        for (place, name) in head.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            match Column::of_head(name) {
                Some(column) if columns.contains_key(&column) => {
                    self.fault(1, Some(column), "这一列出现了两次", "this column is there twice");
                }
                Some(column) => drop(columns.insert(column, place)),
                None => self.table.ignored.push(name.chars().take(40).collect()),
            }
        }
        for column in REQUIRED {
            if !columns.contains_key(&column) {
                self.fault(
                    1,
                    Some(column),
                    "第一行没有这个列名",
                    "the first line does not name this column",
                );
            }
        }
        self.table.faults.is_empty().then_some(columns)
    }

    fn row(&mut self, line: u64, columns: &BTreeMap<Column, usize>, cells: &[String]) {
        let before = self.table.faults.len();
        let cell = |column: Column| {
            let text = columns.get(&column).and_then(|place| cells.get(*place));
            text.map(String::as_str).filter(|text| !text.is_empty())
        };
        for column in REQUIRED {
            if cell(column).is_none() {
                self.fault(line, Some(column), "未填写", "is missing");
            }
        }
        let index = cell(Column::Index).unwrap_or_default();
        if let Some(first) = self.seen.insert(index.to_owned(), line).filter(|_| !index.is_empty()) {
            let (zh, en) = (
                format!("与第 {first} 行重复"),
                format!("stands in line {first} already"),
            );
            self.fault(line, Some(Column::Index), zh, en);
        }
        let id = self.id(line, index, cell(Column::Id));
        let known = self.known(&id);
        let mut wish = Map::from_iter([
            ("id".to_owned(), json!(id)),
            ("index_number".to_owned(), json!(index)),
            (
                "name".to_owned(),
                both(&known["name"], cell(Column::Name), cell(Column::NameEn)),
            ),
        ]);
        let summary = cell(Column::Summary).or_else(|| if known.is_null() { cell(Column::Name) } else { None });
        wish.insert(
            "summary".to_owned(),
            both(&known["summary"], summary, cell(Column::SummaryEn)),
        );
        wish.insert(
            "category".to_owned(),
            self.category(line, &known["category"], cell(Column::Category)),
        );
        for (column, name) in [
            (Column::Cadence, "cadence"),
            (Column::Department, "department"),
            (Column::Responsible, "responsible"),
        ] {
            if let Some(text) = cell(column) {
                let value = self.looked_up(line, column, text);
                wish.insert(name.to_owned(), value);
            }
        }
        if let Some(text) = cell(Column::Channels) {
            let channels = self.channel_names(line, text);
            wish.insert("channels".to_owned(), channels);
        }
        if self.table.faults.len() == before {
            let cadence_said = cell(Column::Cadence).unwrap_or_default().to_owned();
            let wish = Value::Object(wish);
            self.table.rows.push(Row {
                line,
                wish,
                cadence_said,
            });
        }
    }

    /// The entry of this id as the API tells it; null when there is none.
    fn known(&self, id: &str) -> Value {
        let id = id.parse::<CatalogueEntryId>().ok();
        let known = id.and_then(|id| self.state.catalogue.entries.get(&id));
        known.map_or(Value::Null, |known| shape::entry(self.office, known))
    }

    /// The id of a row: what it says, else that of the entry with its index number, else one made from that number.
    fn id(&mut self, line: u64, index: &str, said: Option<&str>) -> String {
        let by_index = self
            .state
            .catalogue
            .entries
            .values()
            .find(|entry| entry.index_number == index);
        let known = by_index.map(|entry| entry.id.to_string());
        match (said, known) {
            (Some(said), Some(known)) if said != known => {
                let zh = format!("索引号 {index} 已属于目录项 {known}");
                let en = format!("the index number {index} belongs to the entry {known}");
                self.fault(line, Some(Column::Id), zh, en);
                known
            }
            (Some(said), _) => said.to_owned(),
            (None, Some(known)) => known,
            (None, None) => {
                let made = made_id(index, &self.ids);
                self.ids.insert(made.clone());
                made
            }
        }
    }

    fn category(&mut self, line: u64, known: &Value, said: Option<&str>) -> Value {
        let Some(said) = said else {
            return if known.is_null() {
                json!(Category::GovernmentInformation.slug())
            } else {
                known.clone()
            };
        };
        let names = |category: &Category| [category.slug(), category.label(Lang::ZhHans), category.label(Lang::En)];
        let found = Category::ALL
            .into_iter()
            .find(|category| names(category).contains(&said));
        if found.is_none() {
            let all: Vec<&str> = Category::ALL
                .iter()
                .map(|category| category.label(Lang::ZhHans))
                .collect();
            let english: Vec<&str> = Category::ALL.iter().map(|category| category.label(Lang::En)).collect();
            let zh = format!("“{said}”不是年报类别：应为{}", all.join("、"));
            let en = format!("“{said}” is not a category: {}", english.join(", "));
            self.fault(line, Some(Column::Category), zh, en);
        }
        json!(found.map(Category::slug))
    }

    fn looked_up(&mut self, line: u64, column: Column, text: &str) -> Value {
        let found = match column {
            Column::Cadence => cadence_of(text).ok_or((
                "看不懂：应为每月、每季、每半年、每年、每年 3 月底前、每 2 个月、10 个工作日内、及时公开、长期公开等",
                "is not understood: monthly, quarterly, half-yearly, yearly, every 2 months, within 10 working days, standing",
            )),
            Column::Department => self.departments.get(text).map(|id| json!(id)).ok_or((
                "没有这个处室，请先在“人员”→“处室”中添加",
                "is not a department: add it under “Staff” → “Departments” first",
            )),
            _ => match self.people.get(text).map(Vec::as_slice) {
                Some([one]) => Ok(json!(one)),
                Some(_) => Err(("有同名人员，请改写用户名", "is the name of several people: write the user name")),
                None => Err(("没有这位工作人员，请先在“人员”中添加", "is not a member of staff: add them under “Staff” first")),
            },
        };
        found.unwrap_or_else(|(zh, en)| {
            let shown: String = text.chars().take(40).collect();
            self.fault(line, Some(column), format!("“{shown}”{zh}"), format!("“{shown}” {en}"));
            Value::Null
        })
    }

    fn channel_names(&mut self, line: u64, text: &str) -> Value {
        let mut names = Vec::new();
        for title in text
            .split(['、', '；', ';', '/', ',', '，'])
            .map(str::trim)
            .filter(|title| !title.is_empty())
        {
            match self.channels.get(title) {
                Some(name) => names.push(name.clone()),
                None => {
                    let (zh, en) = (format!("没有频道“{title}”"), format!("“{title}” is not a channel"));
                    self.fault(line, Some(Column::Channels), zh, en);
                }
            }
        }
        json!(names)
    }
}

/// Departments by their ids and by their names in every language.
fn departments(state: &State, profile: Option<&SiteProfile>) -> BTreeMap<String, String> {
    let of_people = state.staff.people.values().map(|person| person.department.to_string());
    let mut all: BTreeMap<String, String> = of_people.map(|id| (id.clone(), id)).collect();
    for (id, name) in profile.iter().flat_map(|profile| &profile.departments) {
        all.insert(id.to_string(), id.to_string());
        all.extend(name.0.values().map(|name| (name.clone(), id.to_string())));
    }
    all
}

/// People by their ids and by their names in every language.
fn people(office: &Office, state: &State) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in state.staff.people.keys() {
        let listing = directory::find(&*office.log, id).ok().flatten();
        let mut names: BTreeSet<String> = listing.iter().flat_map(|it| it.name.0.values().cloned()).collect();
        names.insert(id.to_string());
        for name in names {
            all.entry(name).or_default().push(id.to_string());
        }
    }
    all
}

/// A text in both languages: what the table says over what was known.
fn both(known: &Value, zh: Option<&str>, en: Option<&str>) -> Value {
    let mut texts = known.as_object().cloned().unwrap_or_default();
    for (lang, text) in [(Lang::ZhHans, zh), (Lang::En, en)] {
        if let Some(text) = text {
            texts.insert(lang.tag().to_owned(), json!(text));
        }
    }
    Value::Object(texts)
}

/// An id that is made from an index number and not taken yet.
fn made_id(index: &str, taken: &BTreeSet<String>) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let slug: String = index.chars().map(plain).take(24).collect();
    let slug = slug.trim_matches('-');
    let slug = if slug.is_empty() { "entry" } else { slug };
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let mut tries = std::iter::once(slug.to_owned()).chain(numbered);
    tries.find(|id| !taken.contains(id)).unwrap_or_else(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_from_either_encoding() {
        let text = "索引号,名称\nBH-1,公告";
        let (gb, _, unmappable) = encoding_rs::GB18030.encode(text);
        assert!(!unmappable && std::str::from_utf8(&gb).is_err());
        assert_eq!(decoded(&gb).as_deref(), Ok(text));
        assert_eq!(decoded(format!("\u{feff}{text}").as_bytes()).as_deref(), Ok(text));
        assert!(decoded(b"\xff\xff\xff").is_err());
        assert!(decoded("表".repeat(MOST_BYTES).as_bytes()).is_err());
    }

    #[test]
    fn commas_tabs_quotes_and_lines_are_told_apart() {
        let read = |text: &str| records(&decoded(text.as_bytes()).unwrap()).collect::<Vec<_>>();
        let cells = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            read("索引号,名称\r\n\"BH-1\",\"收支，\n决算\"\r\n'-2,x"),
            [
                (1, cells(&["索引号", "名称"])),
                (2, cells(&["BH-1", "收支，\n决算"])),
                (4, cells(&["-2", "x"]))
            ]
        );
        assert_eq!(
            read("索引号\t名称\nBH-1\t收支, 决算")[1],
            (2, cells(&["BH-1", "收支, 决算"]))
        );
    }

    #[test]
    fn ids_are_made_once_and_differ() {
        let mut taken = BTreeSet::new();
        for (index, id) in [
            ("BH-2026/01", "bh-2026-01"),
            ("BH 2026 01", "bh-2026-01-2"),
            ("甲一", "entry"),
            ("甲二", "entry-2"),
        ] {
            let made = made_id(index, &taken);
            assert_eq!(made, id);
            assert!(made.parse::<CatalogueEntryId>().is_ok());
            taken.insert(made);
        }
    }
}
