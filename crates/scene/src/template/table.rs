//! Tables on screens: columns as wide as what stands in them asks for, a head that comes again on every page, thin rules.

use super::flow::Row;
use super::parts;
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::table::{self, Cell, Side, Table};
use crate::text::{self, Setting, Span, Style, Text, TextLine};
use crate::theme::{DEEP, Desk, INK, LINE, TINT};
use heliograph_domain::Lang;
use std::sync::Arc;

/// Type of tables is so much smaller than that of the text around them; the first with which the columns fit is taken.
const SMALLER: [i32; 3] = [4, 8, 12];
/// No smaller than this in the design, however much smaller that of the text is.
const SMALLEST: i32 = 32;
/// A column of long texts is not narrower than so many characters.
const FEWEST_CELLS: i32 = 4;
/// How high a line is, in percent of its type.
const LINE_PERCENT: i32 = 146;
/// More columns than this no screen holds beside each other, and they need not be measured.
const MOST_COLUMNS: usize = 24;
/// Wide enough for any cell on one line, in pixels.
const ONE_LINE: i32 = 1_000_000;

/// A table as rows: drawn as one where its columns can stand beside each other, else each row as a list of entries.
pub(crate) fn rows(desk: &Desk<'_>, table: &Table, size: i32, lang: Lang, width: i32) -> Vec<Row> {
    let sizes = SMALLER.map(|less| (size - less).max(SMALLEST.min(size)));
    let tried = if table.columns() > MOST_COLUMNS {
        &[][..]
    } else {
        &sizes[..]
    };
    let drawn = tried.iter().find_map(|size| {
        let sheet = Sheet::of(desk, table, desk.style(*size, false, lang));
        let widths = sheet.widths(width)?;
        Some(sheet.rows(table, &widths))
    });
    drawn.unwrap_or_else(|| records(desk, table, sizes[sizes.len() - 1], lang, width))
}

/// A table that is to be drawn in one size of type.
struct Sheet<'d> {
    desk: &'d Desk<'d>,
    style: Style,
    head: Option<Vec<Text>>,
    body: Vec<Vec<Text>>,
    columns: Vec<Column>,
    /// Left and right of what stands in a cell.
    across: i32,
    /// Above and below it.
    down: i32,
}

/// How wide a column may be, in pixels.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    /// With every cell on one line.
    natural: i32,
    /// With no word torn, and not narrower than what can be read.
    least: i32,
}

impl<'d> Sheet<'d> {
    fn of(desk: &'d Desk<'d>, table: &Table, style: Style) -> Self {
        let bold = Style { bold: true, ..style };
        let shaped = |row: &[Cell], style| row.iter().map(|cell| shaped(desk, cell, style)).collect::<Vec<_>>();
        let head = table.head().map(|head| shaped(head, bold));
        let body: Vec<Vec<Text>> = table.rows().map(|row| shaped(row, style)).collect();
        let mut columns = vec![Column::default(); table.columns()];
        for row in head.iter().chain(&body) {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.holds(cell, style);
            }
        }
        Self {
            desk,
            style,
            head,
            body,
            columns,
            across: style.px / 2,
            down: style.px * 2 / 5,
        }
    }

    /// The widths of the columns within a width of the whole; nothing when they cannot stand beside each other.
    fn widths(&self, width: i32) -> Option<Vec<i32>> {
        let count = i32::try_from(self.columns.len()).unwrap_or(i32::MAX).max(1);
        let room = width.saturating_sub(self.across.saturating_mul(2).saturating_mul(count));
        let sum = |of: fn(&Column) -> i32| self.columns.iter().map(of).fold(0_i32, i32::saturating_add);
        if sum(|column| column.least) > room {
            return None;
        }
        let spare = room - sum(|column| column.natural);
        if spare < 0 {
            return Some(shared(&self.columns, room));
        }
        // A little air between columns, not so much that the eye loses the row.
        let air = (spare / count).min(self.style.px * 3);
        Some(self.columns.iter().map(|column| column.natural + air).collect())
    }

    fn rows(&self, table: &Table, widths: &[i32]) -> Vec<Row> {
        let sides: Vec<Side> = (0..table.columns()).map(|column| table.side(column)).collect();
        let whole = widths.iter().map(|width| width + 2 * self.across).sum();
        let set = |cells: &[Text], ink| self.row(cells, widths, &sides, ink);
        let head = self.head.as_ref().map(|cells| {
            let row = set(cells, DEEP);
            let mut pieces = vec![Piece::Fill(Rect::new(0, 0, whole, row.height), TINT)];
            pieces.extend(row.pieces);
            pieces.push(self.rule(row.height, whole, DEEP));
            // What stands again on every page stands whole.
            Row {
                with_next: true,
                cuts: Vec::new(),
                pieces,
                ..row
            }
        });
        let under = head.clone().map(Arc::new);
        let body = self.body.iter().map(|cells| {
            let mut row = set(cells, INK);
            row.pieces.push(self.rule(row.height, whole, LINE));
            row.under = under.clone();
            row
        });
        let mut rows: Vec<Row> = head.into_iter().chain(body).collect();
        if let Some(last) = rows.last_mut() {
            last.with_next = false;
            last.height += self.style.px / 3;
        }
        parts::spaced(rows, self.style.px * 3 / 5)
    }

    fn rule(&self, bottom: i32, whole: i32, colour: Rgb) -> Piece {
        let thick = self.desk.px(2).max(1);
        Piece::Fill(Rect::new(0, bottom - thick, whole, thick), colour)
    }

    fn row(&self, cells: &[Text], widths: &[i32], sides: &[Side], ink: Rgb) -> Row {
        let mut row = Row::default();
        let (mut left, mut deepest) = (self.across, 0);
        for ((cell, width), side) in cells.iter().zip(widths).zip(sides) {
            let mut top = self.down;
            for line in text::lines(cell, Setting::plain(*width)) {
                let height = line.em * LINE_PERCENT / 100;
                let x = left + aside(&line, *width, *side);
                row.pieces.push(Piece::text(x, top, height, &line, ink));
                top += height;
                row.cuts.push(top);
            }
            deepest = deepest.max(top);
            left += width + 2 * self.across;
        }
        row.height = deepest + self.down;
        // Lines of all cells have the same height, so between any two a row may be divided; not before its rule.
        row.cuts.sort_unstable();
        row.cuts.dedup();
        row.cuts.pop();
        row
    }
}

impl Column {
    fn holds(&mut self, cell: &Text, style: Style) {
        let one_line = text::lines(cell, Setting::plain(ONE_LINE));
        let natural = one_line.iter().map(|line| line.width).max().unwrap_or(0);
        let least = natural.min(style.px * FEWEST_CELLS).max(text::widest_word(cell));
        self.natural = self.natural.max(natural);
        self.least = self.least.max(least);
    }
}

fn shaped(desk: &Desk<'_>, cell: &[Span], style: Style) -> Text {
    text::shape(desk.fonts, cell, style)
}

fn aside(line: &TextLine, width: i32, side: Side) -> i32 {
    let spare = (width - line.width).max(0);
    match side {
        Side::Start => 0,
        Side::Middle => spare / 2,
        Side::End => spare,
    }
}

/// Widths for columns that do not all have room on one line: each the least that it needs; of what is left, those that
/// want little get it all, and the long ones share the rest by their length, so that they end up about equally deep.
fn shared(columns: &[Column], room: i32) -> Vec<i32> {
    let wants = |at: &usize| (columns[*at].natural - columns[*at].least).max(0);
    let mut widths: Vec<i32> = columns.iter().map(|column| column.least).collect();
    let mut left = room - widths.iter().sum::<i32>();
    let mut open: Vec<usize> = (0..columns.len()).collect();
    loop {
        let share = left / i32::try_from(open.len().max(1)).unwrap_or(1);
        let (content, rest): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| wants(at) <= share);
        if content.is_empty() {
            break;
        }
        for at in content {
            widths[at] += wants(&at);
            left -= wants(&at);
        }
        open = rest;
    }
    let all: i64 = open.iter().map(|at| i64::from(wants(at))).sum();
    for at in &open {
        let part = i64::from(left) * i64::from(wants(at)) / all.max(1);
        widths[*at] += i32::try_from(part).unwrap_or(0);
    }
    widths
}

/// Each row as entries under one another, the names of the columns beside what stands in them.
fn records(desk: &Desk<'_>, table: &Table, size: i32, lang: Lang, width: i32) -> Vec<Row> {
    let names: Vec<String> = table
        .head()
        .unwrap_or_default()
        .iter()
        .map(|cell| table::words(cell))
        .collect();
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    let labels: Vec<&str> = names.iter().map(String::as_str).collect();
    let label_width = parts::label_width(desk, &labels, size, width);
    let record = |row: &[Cell]| {
        let told = row.iter().enumerate().map(|(at, cell)| (name(at), table::words(cell)));
        let entries = told.filter(|(_, told)| !told.is_empty());
        let entries = entries.map(|(name, told)| parts::entry(desk, name, (&told, lang), size, label_width, width));
        let mut rows: Vec<Row> = entries.collect();
        if let [first, _, ..] = &mut rows[..] {
            first.with_next = true;
        }
        parts::spaced(rows, desk.px(size))
    };
    table.rows().flat_map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Page, compose};
    use crate::text::Glyph;
    use crate::{FontSet, Scene};
    use heliograph_domain::panel::ColourDepth;
    use heliograph_domain::{Document, Panel};

    fn columns(of: &[(i32, i32)]) -> Vec<Column> {
        of.iter().map(|&(natural, least)| Column { natural, least }).collect()
    }

    #[test]
    fn short_columns_keep_their_lines_whole_and_long_ones_share_the_rest() {
        let told = |of: &[(i32, i32)], room| shared(&columns(of), room);
        assert_eq!(told(&[(100, 80), (900, 160), (120, 80)], 700), [100, 480, 120]);
        assert_eq!(
            told(&[(2_160, 160), (1_160, 160)], 620),
            [360, 260],
            "by what they lack"
        );
        // Nobody gets less than they need, and nothing is given away twice.
        assert_eq!(told(&[(50, 30), (200, 60)], 100), [31, 68]);
        assert_eq!(told(&[(100, 100), (100, 100)], 200), [100, 100]);
    }

    /// The characters of each page of a document's first text on a screen, in the order in which they are drawn.
    fn told(panel: Panel, name: &str) -> Vec<String> {
        let path = format!("{}/tests/documents/tables/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let document = Document::from_bytes(&std::fs::read(path).unwrap()).unwrap();
        let scene = Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans);
        let page = |page: &Page| {
            let glyphs = page.pieces.iter().flat_map(|piece| match piece {
                Piece::Text { line, .. } => line.glyphs.to_vec(),
                _ => Vec::new(),
            });
            let read = |(_, _, glyph)| match glyph {
                Glyph::Bitmap { c, .. } => Some(c),
                Glyph::Outline { .. } => None,
            };
            glyphs.filter_map(read).collect()
        };
        compose(&scene.desk(), &document).pages.iter().map(page).collect()
    }

    const fn screen(width_px: u16, height_px: u16) -> Panel {
        Panel {
            width_px,
            height_px,
            colour: ColourDepth::Full,
            pixel_pitch_um: 630,
            viewing_distance_mm: 3500,
            refresh_hz: 30,
        }
    }

    #[test]
    fn a_table_goes_on_under_its_head() {
        for panel in [screen(1920, 1080), screen(1080, 1920)] {
            let pages = told(panel, "register");
            let headed = |page: &&String| page.matches("受理事项").count() == 1 && page.contains("2026-");
            assert!(pages.len() > 1 && pages.iter().all(|page| headed(&page)), "{pages:?}");
        }
    }

    #[test]
    fn columns_that_have_no_room_beside_each_other_become_entries() {
        let wide = told(screen(1920, 1080), "fees").concat();
        assert!(wide.contains("办理方式需要的材料"), "a table: {wide}");
        let narrow = told(screen(1080, 1920), "wide").concat();
        assert!(narrow.contains("事项因公护照申办设定依据"), "entries: {narrow}");
        assert_eq!(narrow.matches("设定依据").count(), 3, "each row says what is what");
    }
}
