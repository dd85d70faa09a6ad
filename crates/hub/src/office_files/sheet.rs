//! A spreadsheet, a table of plain text or that of a document as rows of cells: of the first sheet that can be seen, what
//! can be seen of it; of a document the first table that has rows under its head.

use super::numbering::{attribute, children};
use super::package::{Package, xml};
use super::{FileError, FileKind, Left, word};
use crate::catalogue_table::decoded;
use crate::drafts::Note;
use heliograph_domain::Date;
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// The most rows of a table, without its head.
pub(crate) const MOST_ROWS: usize = 500;
/// The most columns of a table.
pub(crate) const MOST_COLUMNS: usize = 60;
/// The most bytes of a table's cells together: it goes to and fro with the page on which its columns are named.
const MOST_BYTES: usize = 256 * 1024;

/// A table: its first row is the head.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Vec<String>>,
    /// The number that each row has in the file, as whoever opens it sees it: the first is 1.
    pub(crate) lines: Vec<u64>,
    /// What was not taken over, and what somebody must look at.
    pub(crate) notes: Vec<Note>,
}

/// Reads a spreadsheet, a table of plain text, or that of a document.
///
/// # Errors
/// When it is none of these, damaged, too large or empty.
pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, FileError> {
    read_up_to(bytes, MOST_ROWS)
}

/// The same with so many rows at most, besides its head.
pub(crate) fn read_up_to(bytes: &[u8], most_rows: usize) -> Result<Sheet, FileError> {
    match FileKind::of(bytes)? {
        FileKind::Excel => of_workbook(bytes, most_rows),
        FileKind::Table => of_text_up_to(&decoded(bytes).map_err(|_| FileError::Unknown)?, most_rows),
        FileKind::Word => of_document(bytes, most_rows),
    }
}

fn of_document(bytes: &[u8], most_rows: usize) -> Result<Sheet, FileError> {
    let word = word::read(bytes)?;
    let mut tables = word.tables();
    tables.retain(|rows| rows.len() > 1);
    let table = tables.first().ok_or(FileError::NoTable)?;
    let mut left = Left::default();
    left.some(
        tables.len() - 1,
        "另有 {} 个表格，没有导入：只导入第一个",
        "{} more tables were left out: only the first is imported",
    );
    let mut sheet = checked((1..).zip(table.to_vec()).collect(), left, most_rows)?;
    sheet.notes.extend(word.notes);
    Ok(sheet)
}

/// A table of plain text: cells between commas, or between tabs where the first line has one.
pub(crate) fn of_text(text: &str) -> Result<Sheet, FileError> {
    of_text_up_to(text, MOST_ROWS)
}

fn of_text_up_to(text: &str, most_rows: usize) -> Result<Sheet, FileError> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.contains('\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| FileError::Damaged)?;
        let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
        rows.push((line_of(text, &record), cells));
    }
    checked(rows, Left::default(), most_rows)
}

/// The line on which a record begins: the reader of CSV tells that of the empty lines before it.
pub(crate) fn line_of(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default().iter();
    let empty = rest.take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

/// A table as plain text in which every row stands on a line of its own, at the number that it has in the file.
pub(crate) fn to_lines(sheet: &Sheet) -> String {
    let (mut told, mut next) = (String::new(), 1);
    for (line, row) in sheet.lines.iter().zip(&sheet.rows) {
        while next < *line {
            told.push_str("\"\"\n");
            next += 1;
        }
        let row: Vec<String> = row.iter().map(|cell| cell.replace(['\r', '\n'], " ")).collect();
        told.push_str(&to_text(&[row]));
        next += 1;
    }
    told
}

/// The table as text that [`of_text`] reads.
pub(crate) fn to_text(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in rows {
        let cells = (0..columns).map(|at| row.get(at).map_or("", String::as_str));
        // Writing into memory does not fail, and every row has as many cells as the others.
        let _ = writer.write_record(cells);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn checked(mut numbered: Vec<(u64, Vec<String>)>, left: Left, most_rows: usize) -> Result<Sheet, FileError> {
    numbered.retain(|(_, row)| row.iter().any(|cell| !cell.is_empty()));
    let (lines, mut rows): (Vec<u64>, Vec<Vec<String>>) = numbered.into_iter().unzip();
    for row in &mut rows {
        // A tab in the head would make the table one of tabs.
        row.iter_mut().for_each(|cell| *cell = cell.replace('\t', " "));
        while row.last().is_some_and(String::is_empty) {
            row.pop();
        }
    }
    let bytes: usize = rows.iter().flatten().map(String::len).sum();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if rows.len() > most_rows + 1 || columns > MOST_COLUMNS || bytes > MOST_BYTES {
        return Err(FileError::TooLarge);
    }
    if rows.len() < 2 {
        return Err(FileError::Empty);
    }
    Ok(Sheet {
        rows,
        lines,
        notes: left.notes(),
    })
}

fn of_workbook(bytes: &[u8], most_rows: usize) -> Result<Sheet, FileError> {
    let mut package = Package::open(bytes)?;
    let mut left = Left::default();
    let book = Book::of(&mut package, &mut left)?;
    let text = package.text(&book.path)?.ok_or(FileError::Damaged)?;
    let document = xml(&text)?;
    let root = document.root_element();
    let hidden = Hidden::of(root);
    hidden.tell(root, &mut left);
    let mut cells: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let (mut read, mut faulty) = (0_usize, 0);
    for row in root.descendants().filter(|it| is(*it, "row")) {
        for cell in children(row, "c") {
            let Some((column, row)) = attribute(cell, "r").and_then(place) else {
                return Err(FileError::Damaged);
            };
            if hidden.has(row, column) {
                continue;
            }
            let text = book.shown(cell, &mut faulty);
            if !text.is_empty() {
                read += text.len();
                cells.entry(row).or_default().insert(column, text);
            }
            if read > MOST_BYTES || cells.len() > most_rows + 1 {
                return Err(FileError::TooLarge);
            }
        }
    }
    left.some(
        faulty,
        "有 {} 个单元格是错误值，按空白导入",
        "{} cells have an error and were taken as empty",
    );
    // Columns keep their places, so that a cell stands under its head.
    let columns: BTreeSet<u32> = cells.values().flat_map(|row| row.keys().copied()).collect();
    if columns.len() > MOST_COLUMNS {
        return Err(FileError::TooLarge);
    }
    let rows = cells.iter().map(|(line, row)| {
        let cells = columns.iter().map(|at| row.get(at).cloned().unwrap_or_default());
        (u64::from(*line), cells.collect())
    });
    checked(rows.collect(), left, most_rows)
}

/// What the cells of a sheet mean (ECMA-376, part 1, 18.3 and 18.8).
struct Book {
    /// The part of the first sheet that can be seen.
    path: String,
    strings: Vec<String>,
    /// By style: whether a number in it is a date.
    dates: Vec<bool>,
    /// Days are counted from 1904 and not from 1900.
    from_1904: bool,
}

impl Book {
    fn of(package: &mut Package<'_>, left: &mut Left) -> Result<Self, FileError> {
        let text = package.text("xl/workbook.xml")?.ok_or(FileError::Damaged)?;
        let book = xml(&text)?;
        let sheets: Vec<Node<'_, '_>> = book.descendants().filter(|it| is(*it, "sheet")).collect();
        let is_hidden = |it: &Node<'_, '_>| attribute(*it, "state").is_some_and(|state| state != "visible");
        let (hidden, seen): (Vec<_>, Vec<_>) = sheets.into_iter().partition(is_hidden);
        left.some(
            hidden.len(),
            "有 {} 张隐藏的工作表，没有导入",
            "{} hidden sheets were left out",
        );
        left.some(
            seen.len().saturating_sub(1),
            "另有 {} 张工作表，没有导入：只导入第一张",
            "{} more sheets were left out: only the first is imported",
        );
        // `sheetId` is the sheet's own number; `r:id` names the part.
        let relation = seen
            .first()
            .and_then(|it| attribute(*it, "id"))
            .ok_or(FileError::Empty)?;
        let properties = book.descendants().find(|it| is(*it, "workbookPr"));
        let from_1904 = properties.is_some_and(|it| matches!(attribute(it, "date1904"), Some("1" | "true")));
        Ok(Self {
            path: path_of(package, relation)?,
            strings: strings(package)?,
            dates: dates(package)?,
            from_1904,
        })
    }

    fn shown(&self, cell: Node<'_, '_>, faulty: &mut usize) -> String {
        let value = children(cell, "v").next().and_then(|it| it.text()).unwrap_or_default();
        match attribute(cell, "t").unwrap_or("n") {
            "s" => value
                .trim()
                .parse()
                .ok()
                .and_then(|at: usize| self.strings.get(at))
                .cloned()
                .unwrap_or_default(),
            "inlineStr" => children(cell, "is").next().map(plain).unwrap_or_default(),
            "b" => if value.trim() == "1" { "是" } else { "否" }.to_owned(),
            "e" => {
                *faulty += 1;
                String::new()
            }
            "n" => self.number(value.trim(), attribute(cell, "s")),
            _ => clean(value),
        }
    }

    /// A number as people read it; in a style of dates, a date, and with the time of day if it has one.
    fn number(&self, value: &str, style: Option<&str>) -> String {
        let is_date = style
            .and_then(|style| self.dates.get(style.parse::<usize>().ok()?))
            .copied()
            .unwrap_or(false);
        let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return clean(value);
        };
        if !is_date || !(0.0..2_958_466.0).contains(&number) {
            return number.to_string();
        }
        let minutes = (number * 1440.0).round() as i64;
        let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
        let time = format!("{:02}:{:02}", minute / 60, minute % 60);
        if number < 1.0 {
            return time;
        }
        // Day 0 is 30 December 1899 (the serial 60 stands for a 29 February 1900 that there was not), or 1 January 1904.
        let first = if self.from_1904 { -24_107 } else { -25_569 };
        let date = Date::of_day_number(first + i32::try_from(days).unwrap_or(0));
        if minute == 0 {
            date.to_string()
        } else {
            format!("{date} {time}")
        }
    }
}

/// The part that a relation of the workbook names.
fn path_of(package: &mut Package<'_>, relation: &str) -> Result<String, FileError> {
    let text = package.text("xl/_rels/workbook.xml.rels")?.ok_or(FileError::Damaged)?;
    let relations = xml(&text)?;
    let found = children(relations.root_element(), "Relationship").find(|it| attribute(*it, "Id") == Some(relation));
    let target = found.and_then(|it| attribute(it, "Target")).ok_or(FileError::Damaged)?;
    Ok(target
        .strip_prefix('/')
        .map_or_else(|| format!("xl/{target}"), str::to_owned))
}

fn strings(package: &mut Package<'_>) -> Result<Vec<String>, FileError> {
    let Some(text) = package.text("xl/sharedStrings.xml")? else {
        return Ok(Vec::new());
    };
    let document = xml(&text)?;
    Ok(children(document.root_element(), "si").map(plain).collect())
}

/// The text of a string without what tells how it is read aloud (`rPh`).
fn plain(item: Node<'_, '_>) -> String {
    let texts = item
        .descendants()
        .filter(|it| is(*it, "t") && !it.ancestors().any(|above| is(above, "rPh")));
    clean(&texts.filter_map(|it| it.text()).collect::<String>())
}

/// By style, whether a number in it is a date.
fn dates(package: &mut Package<'_>) -> Result<Vec<bool>, FileError> {
    let Some(text) = package.text("xl/styles.xml")? else {
        return Ok(Vec::new());
    };
    let document = xml(&text)?;
    let root = document.root_element();
    let own: BTreeMap<&str, &str> = root
        .descendants()
        .filter(|it| is(*it, "numFmt"))
        .filter_map(|it| Some((attribute(it, "numFmtId")?, attribute(it, "formatCode")?)))
        .collect();
    let is_date = |it: Node<'_, '_>| {
        let id = attribute(it, "numFmtId").unwrap_or("0");
        own.get(id).map_or_else(
            || matches!(id.parse(), Ok(14..=22_u32 | 27..=36 | 45..=47 | 50..=58)),
            |code| names_a_date(code),
        )
    };
    let styles = children(root, "cellXfs")
        .next()
        .into_iter()
        .flat_map(|it| children(it, "xf"));
    Ok(styles.map(is_date).collect())
}

/// Whether a format has signs of years, days or hours, outside quotes and brackets.
fn names_a_date(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    code.chars().any(|sign| {
        let plain = !quoted && !bracketed && !escaped;
        escaped = plain && sign == '\\';
        match sign {
            '"' if !bracketed => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            _ => return plain && matches!(sign, 'y' | 'Y' | 'd' | 'D' | 'h' | 'H'),
        }
        false
    })
}

fn clean(text: &str) -> String {
    let shown = text
        .chars()
        .filter(|c| !heliograph_domain::content::unshowable(*c, false));
    shown.collect::<String>().trim().to_owned()
}

/// Rows and columns that the sheet hides, counted from 1.
struct Hidden {
    rows: BTreeSet<u32>,
    columns: Vec<(u32, u32)>,
}

impl Hidden {
    fn of(root: Node<'_, '_>) -> Self {
        let hidden = |name: &'static str| {
            let found = root.descendants().filter(move |it| is(*it, name));
            found.filter(|it| matches!(attribute(*it, "hidden"), Some("1" | "true")))
        };
        Self {
            rows: hidden("row").filter_map(|it| number(it, "r")).collect(),
            columns: hidden("col")
                .filter_map(|it| Some((number(it, "min")?, number(it, "max")?)))
                .collect(),
        }
    }

    fn tell(&self, root: Node<'_, '_>, left: &mut Left) {
        let count = |wanted: &str| root.descendants().filter(|it| is(*it, wanted)).count();
        left.some(
            self.rows.len(),
            "有 {} 行是隐藏的，没有导入",
            "{} hidden rows were left out",
        );
        left.some(
            self.columns.len(),
            "有 {} 组隐藏的列，没有导入",
            "{} groups of hidden columns were left out",
        );
        left.some(
            count("f"),
            "有 {} 个公式，按文件中保存的结果导入，请核对",
            "{} formulas were taken as the values that the file has for them: look at them",
        );
        left.some(
            count("mergeCell"),
            "有 {} 处合并的单元格，只有左上角有内容，请核对",
            "{} merged cells: only the upper left one has the text, look at them",
        );
        left.some(
            count("drawing"),
            "有图片或图表（{} 处），没有导入",
            "pictures or charts were left out ({})",
        );
        left.some(
            count("legacyDrawing"),
            "有批注（{} 处），没有导入",
            "comments were left out ({})",
        );
    }

    fn has(&self, row: u32, column: u32) -> bool {
        self.rows.contains(&row)
            || self
                .columns
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&column))
    }
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u32> {
    attribute(node, name)?.parse().ok()
}

/// `C5` as column and row, counted from 1.
fn place(name: &str) -> Option<(u32, u32)> {
    let at = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = name.split_at(at);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
    Some((column, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_dates_are_told_from_others() {
        for code in [
            "yyyy\\-mm\\-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]dddd",
            "h:mm",
            "[Red]d/m",
        ] {
            assert!(names_a_date(code), "{code}");
        }
        for code in ["0.00", "General", "#,##0\"day\"", "[DBNum1]0", "0\\d", "[Red]0"] {
            assert!(!names_a_date(code), "{code}");
        }
    }

    #[test]
    fn numbers_are_days_where_their_style_says_so() {
        let book = |from_1904| Book {
            path: String::new(),
            strings: Vec::new(),
            dates: vec![false, true],
            from_1904,
        };
        let cases = [
            ("46354", "1", "2026-11-28"),
            ("46354.5", "1", "2026-11-28 12:00"),
            ("0.375", "1", "09:00"),
            ("46354", "0", "46354"),
            ("3.50", "0", "3.5"),
            ("1E9", "1", "1000000000"),
            ("NaN", "1", "NaN"),
        ];
        for (value, style, shown) in cases {
            assert_eq!(book(false).number(value, Some(style)), shown);
        }
        assert_eq!(book(true).number("44892", Some("1")), "2026-11-28");
        assert_eq!(
            [place("A1"), place("AB12"), place("1"), place("AAAA1"), place("A")],
            [Some((1, 1)), Some((28, 12)), None, None, None]
        );
    }
}
