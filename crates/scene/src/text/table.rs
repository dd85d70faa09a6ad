//! A table of a text: its columns, its head and its rows, and how it is told where there is no room to draw one.

use super::{Span, breaks};
use heliograph_domain::content::are_quantities;
use pulldown_cmark::Alignment;

/// What stands in a place of a table.
pub(crate) type Cell = Vec<Span>;

/// Where the lines of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Start,
    Middle,
    End,
}

/// A table. Its head and every row have as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// Where the author wants each column to stand; nothing where they did not say.
    asked: Vec<Option<Side>>,
    /// The head first; the reader of Markdown gives every row as many cells as that has.
    lines: Vec<Vec<Cell>>,
}

/// The words of a cell without weights.
pub(crate) fn words(cell: &[Span]) -> String {
    let text: String = cell.iter().map(|span| span.text.as_str()).collect();
    text.trim().to_owned()
}

impl Table {
    /// An empty table with columns that stand so.
    pub(crate) fn of(columns: &[Alignment]) -> Self {
        let side = |asked: &Alignment| match asked {
            Alignment::None => None,
            Alignment::Left => Some(Side::Start),
            Alignment::Center => Some(Side::Middle),
            Alignment::Right => Some(Side::End),
        };
        Self {
            asked: columns.iter().map(side).collect(),
            lines: vec![Vec::new()],
        }
    }

    pub(crate) fn begin_row(&mut self) {
        self.lines.push(Vec::new());
    }

    /// Puts the next cell into the row that was begun last; before the first row, into the head.
    pub(crate) fn put(&mut self, cell: Cell) {
        let columns = self.asked.len();
        if let Some(row) = self.lines.last_mut().filter(|row| row.len() < columns) {
            row.push(cell);
        }
    }

    pub(crate) fn columns(&self) -> usize {
        self.asked.len()
    }

    /// The head, if it says anything.
    pub(crate) fn head(&self) -> Option<&[Cell]> {
        self.lines.first().map(Vec::as_slice).filter(|head| !blank(head))
    }

    /// The rows that say anything.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.lines.iter().skip(1).map(Vec::as_slice).filter(|row| !blank(row))
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.head().is_none() && self.rows().next().is_none()
    }

    /// Where the lines of a column stand: as its author wants it, quantities at the right, else at the left.
    pub(crate) fn side(&self, column: usize) -> Side {
        let cells: Vec<String> = self
            .rows()
            .filter_map(|row| row.get(column))
            .map(|cell| words(cell))
            .collect();
        let figures = || are_quantities(cells.iter().map(String::as_str));
        let natural = || if figures() { Side::End } else { Side::Start };
        self.asked.get(column).copied().flatten().unwrap_or_else(natural)
    }

    /// A sentence for each row: “项目：护照；材料：回执。”
    pub(crate) fn in_a_line(&self) -> String {
        let chinese = self
            .lines
            .iter()
            .flatten()
            .flatten()
            .any(|span| span.text.contains(breaks::wide));
        let [colon, between, end, gap] = if chinese {
            ["：", "；", "。", ""]
        } else {
            [": ", "; ", ".", " "]
        };
        let names: Vec<String> = self.head().unwrap_or_default().iter().map(|cell| words(cell)).collect();
        let sentence = |row: &[Cell]| {
            let cells = row.iter().enumerate().filter_map(|(at, cell)| {
                let told = words(cell);
                let name = names.get(at).filter(|name| !name.is_empty());
                (!told.is_empty()).then(|| name.map_or(told.clone(), |name| format!("{name}{colon}{told}")))
            });
            let told = cells.collect::<Vec<_>>().join(between);
            let told = told.trim_end_matches(['。', '.', '；', ';']);
            format!("{told}{end}")
        };
        let rows: Vec<String> = self.rows().map(sentence).collect();
        if rows.is_empty() {
            return format!("{}{end}", names.join(between));
        }
        rows.join(gap)
    }
}

fn blank(row: &[Cell]) -> bool {
    row.iter().all(|cell| words(cell).is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::markdown::{BlockKind, blocks};
    use super::*;

    fn table(markdown: &str) -> Table {
        let Some(BlockKind::Table(table)) = blocks(markdown).pop().map(|block| block.kind) else {
            panic!("a table")
        };
        table
    }

    #[test]
    fn quantities_stand_at_the_right_unless_their_author_wants_them_elsewhere() {
        let table = table("|项目|金额|数量|备注|\n|-|-|:-:|-:|\n|护照|1,050|2|加急|\n|签证|—|3||");
        let sides: Vec<Side> = (0..table.columns()).map(|column| table.side(column)).collect();
        assert_eq!(sides, [Side::Start, Side::End, Side::Middle, Side::End]);
    }

    #[test]
    fn a_row_is_told_with_the_names_of_its_columns() {
        let told = |markdown| table(markdown).in_a_line();
        assert_eq!(
            told("|项目|材料|\n|-|-|\n|护照|回执、介绍信。|\n|签证||"),
            "项目：护照；材料：回执、介绍信。项目：签证。"
        );
        assert_eq!(
            told("|Item|Fee|\n|-|-|\n|Passport|50|\n|Visa|150|"),
            "Item: Passport; Fee: 50. Item: Visa; Fee: 150."
        );
        assert_eq!(told("||材料|\n|-|-|\n|护照|回执|"), "护照；材料：回执。");
        assert_eq!(told("|甲|乙|\n|-|-|"), "甲；乙。");
    }
}
