//! Two forms of a table beside each other: rows are paired by likeness, and what changed is marked in its cell.

use super::marks::{self, Row, Span};
use super::side;
use crate::prose::Table;
use maud::{Markup, html};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Between the cells of a row when rows are compared; no text has it, the check refuses it.
const BETWEEN: char = '\u{1f}';

/// A table in a paragraph of a comparison: its lines. Ordinary paragraphs have one.
pub(super) fn read(paragraph: &str) -> Option<Table> {
    Some(paragraph).filter(|text| text.contains('\n')).and_then(Table::read)
}

/// All of a table, marked as new or as gone.
pub(super) fn whole(table: &Table, new: bool, lang: &str) -> Markup {
    table.drawn(lang, |row, column| {
        let text = table.cell(row, column);
        html! { @if text.is_empty() { } @else if new { ins { (text) } } @else { del { (text) } } }
    })
}

/// The cells of one side, row by row; of the head first.
type Cells = Vec<Vec<Vec<Span>>>;

/// The former table and the new one.
pub(super) fn both(old: &Table, new: &Table, lang: &str) -> (Markup, Markup) {
    let (before, now) = compared(old, new);
    let drawn = |table: &Table, cells: &Cells, new: bool| {
        table.drawn(lang, |row, column| {
            let spans = cells
                .get(row.map_or(0, |row| row + 1))
                .and_then(|cells| cells.get(column));
            spans.map_or_else(|| html! {}, |spans| side(spans, new))
        })
    };
    (drawn(old, &before, false), drawn(new, &now, true))
}

fn compared(old: &Table, new: &Table) -> (Cells, Cells) {
    let columns = columns(&old.head, &new.head);
    let (head_before, head_now) = cells(&old.head, &new.head, &columns);
    let (mut before, mut now) = (vec![head_before], vec![head_now]);
    let joined =
        |table: &Table| -> Vec<String> { table.rows.iter().map(|row| row.join(&BETWEEN.to_string())).collect() };
    for row in marks::rows(&joined(old), &joined(new)) {
        match row {
            Row::Same(rows) => {
                let same = rows.iter().map(|row| all(&parted(row), false));
                before.extend(same.clone());
                now.extend(same);
            }
            Row::Changed(left, right) => {
                let (left, right) = cells(&parted(&text(&left)), &parted(&text(&right)), &columns);
                before.push(left);
                now.push(right);
            }
            Row::Gone(row) => before.push(all(&parted(&row), true)),
            Row::New(row) => now.push(all(&parted(&row), true)),
        }
    }
    (before, now)
}

fn text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn parted(row: &str) -> Vec<String> {
    row.split(BETWEEN).map(str::to_owned).collect()
}

fn all(cells: &[String], changed: bool) -> Vec<Vec<Span>> {
    cells
        .iter()
        .map(|text| {
            vec![Span {
                text: text.clone(),
                changed,
            }]
        })
        .collect()
}

/// Which columns of the former table are which of the new one, by their names; columns that were renamed in their place
/// are the same.
fn columns(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let (before, now) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) || before.len() == now.len() {
            pairs.extend(before.zip(now));
        }
    }
    pairs
}

/// Both forms of a row, cell by cell; cells of columns that the other table has not are marked whole.
fn cells(old: &[String], new: &[String], columns: &[(usize, usize)]) -> (Vec<Vec<Span>>, Vec<Vec<Span>>) {
    let (mut before, mut now) = (all(old, true), all(new, true));
    for (from, to) in columns {
        if let (Some(old), Some(new)) = (old.get(*from), new.get(*to)) {
            (before[*from], now[*to]) = marks::spans(old, new);
        }
    }
    (before, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
        let marked = |span: &Span| {
            if span.changed {
                format!("[{}]", span.text)
            } else {
                span.text.clone()
            }
        };
        let row = |cells: &Vec<Vec<Span>>| {
            let cells: Vec<String> = cells.iter().map(|spans| spans.iter().map(marked).collect()).collect();
            cells.join("|")
        };
        let (before, now) = compared(&read(old).unwrap(), &read(new).unwrap());
        (before.iter().map(row).collect(), now.iter().map(row).collect())
    }

    const OLD: &str = "|方式|时限|收费|\n|-|-|-|\n|普通|4个工作日|50|\n|加急|2个工作日|150|";

    #[test]
    fn a_changed_cell_is_marked_in_its_place() {
        let (before, now) = told(OLD, &OLD.replace("|150|", "|180|"));
        assert_eq!(before, ["方式|时限|收费", "普通|4个工作日|50", "加急|2个工作日|[150]"]);
        assert_eq!(now, ["方式|时限|收费", "普通|4个工作日|50", "加急|2个工作日|[180]"]);
    }

    #[test]
    fn rows_that_came_or_went_are_marked_whole() {
        let (before, now) = told(OLD, &OLD.replace("|普通|4个工作日|50|", "|特急|立等可取|1200|"));
        assert_eq!(before[1], "[普通]|[4个工作日]|[50]");
        assert_eq!(now[1..], ["[特急]|[立等可取]|[1200]", "加急|2个工作日|150"]);
    }

    #[test]
    fn a_column_that_came_is_marked_and_the_others_keep_their_cells() {
        let new = "|方式|材料|时限|收费|\n|-|-|-|-|\n|普通|回执|4个工作日|50|\n|加急|回执|2个工作日|150|";
        let (before, now) = told(OLD, new);
        assert_eq!(before, ["方式|时限|收费", "普通|4个工作日|50", "加急|2个工作日|150"]);
        assert_eq!(
            now,
            [
                "方式|[材料]|时限|收费",
                "普通|[回执]|4个工作日|50",
                "加急|[回执]|2个工作日|150"
            ]
        );
    }

    #[test]
    fn both_sides_are_drawn_as_tables() {
        let (old, new) = (read(OLD).unwrap(), read(&OLD.replace("50|", "60|")).unwrap());
        let (before, now) = both(&old, &new, "zh-Hans");
        let (before, now) = (before.into_string(), now.into_string());
        assert!(
            before.contains("<del>50</del>") && before.contains(r#"scope="col">时限</th>"#),
            "{before}"
        );
        assert!(
            now.contains("<ins>60</ins>") && now.matches("<tr>").count() == 3,
            "{now}"
        );
        assert!(read("一行").is_none() && read("两\n行").is_none());
    }
}
