//! A text's tables for pages: what stands between them as it was typed, and each table with its cells.

use heliograph_domain::content::are_quantities;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part<'t> {
    /// As it was typed, without the empty lines at its ends.
    Typed(&'t str),
    /// A table.
    Table(Table),
}

/// A table as it was typed, cell by cell. Every row has as many cells as the head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// The names of the columns; empty ones where it has none.
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    asked: Vec<Alignment>,
}

/// The parts of a text in their order.
pub(crate) fn parts(markdown: &str) -> Vec<Part<'_>> {
    let (mut parts, mut end) = (Vec::new(), 0);
    for (place, table) in tables(markdown) {
        typed(&mut parts, &markdown[end..place.start]);
        end = place.end;
        parts.push(Part::Table(table));
    }
    typed(&mut parts, &markdown[end..]);
    parts
}

fn typed<'t>(parts: &mut Vec<Part<'t>>, text: &'t str) {
    let text = text.trim_matches(['\n', '\r']);
    if !text.trim().is_empty() {
        parts.push(Part::Typed(text));
    }
}

/// The tables of a text, each with its place.
pub(crate) fn tables(markdown: &str) -> Vec<(Range<usize>, Table)> {
    let mut found = Vec::new();
    let mut open: Option<Table> = None;
    for (event, place) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(asked)) => open = Some(Table::of(asked)),
            Event::Start(Tag::TableRow) => open.iter_mut().for_each(|table| table.rows.push(Vec::new())),
            Event::Start(Tag::TableCell) => open.iter_mut().for_each(|table| table.put(&markdown[place.clone()])),
            Event::End(TagEnd::Table) => found.extend(open.take().map(|table| (place, table))),
            _ => {}
        }
    }
    found
}

impl Table {
    fn of(asked: Vec<Alignment>) -> Self {
        Self {
            head: Vec::new(),
            rows: Vec::new(),
            asked,
        }
    }

    /// A table from its own lines; nothing where they are something else.
    pub(crate) fn read(lines: &str) -> Option<Self> {
        match parts(lines).pop()? {
            Part::Table(table) => Some(table),
            Part::Typed(_) => None,
        }
    }

    fn put(&mut self, cell: &str) {
        let cell = cell.trim().replace("\\|", "|");
        self.rows.last_mut().unwrap_or(&mut self.head).push(cell);
    }

    /// Its lines, the same however it was typed.
    pub(crate) fn lines(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |", cells.join(" | "))
        };
        let under = self.asked.iter().map(|asked| match asked {
            Alignment::None => "---",
            Alignment::Left => ":--",
            Alignment::Center => ":-:",
            Alignment::Right => "--:",
        });
        let under = format!("| {} |", under.collect::<Vec<_>>().join(" | "));
        let rows = self.rows.iter().map(|row| line(row));
        [line(&self.head), under]
            .into_iter()
            .chain(rows)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The class of a column's cells: quantities stand at the right, others where their author wants them.
    pub(crate) fn class(&self, column: usize) -> Option<&'static str> {
        let cells = || self.rows.iter().filter_map(|row| row.get(column)).map(String::as_str);
        match self.asked.get(column) {
            Some(Alignment::Right) => Some("num"),
            Some(Alignment::Center) => Some("mid"),
            Some(Alignment::None) if are_quantities(cells()) => Some("num"),
            _ => None,
        }
    }

    /// Whether any column has a name.
    pub(crate) fn is_headed(&self) -> bool {
        self.head.iter().any(|cell| !cell.is_empty())
    }

    /// The table, its cells drawn by the caller: the row (nothing for the head) and the column.
    pub(crate) fn drawn(&self, lang: &str, cell: impl Fn(Option<usize>, usize) -> Markup) -> Markup {
        html! {
            div.scroll tabindex="0" {
                table.typed lang=(lang) {
                    @if self.is_headed() {
                        thead { tr { @for column in 0..self.head.len() { th class=[self.class(column)] scope="col" { (cell(None, column)) } } } }
                    }
                    tbody {
                        @for (at, row) in self.rows.iter().enumerate() {
                            tr { @for column in 0..row.len() { td class=[self.class(column)] { (cell(Some(at), column)) } } }
                        }
                    }
                }
            }
        }
    }

    /// What stands in a place of it.
    pub(crate) fn cell(&self, row: Option<usize>, column: usize) -> &str {
        let cells = row.map_or(Some(&self.head), |row| self.rows.get(row));
        cells.and_then(|cells| cells.get(column)).map_or("", String::as_str)
    }

    /// The table as it is.
    pub(crate) fn view(&self, lang: &str) -> Markup {
        self.drawn(lang, |row, column| emphasised(self.cell(row, column)))
    }
}

/// A text as it was typed, with its emphasis as emphasis: the marks around it are left out, everything else stays.
fn emphasised(text: &str) -> Markup {
    let (mut out, mut end) = (String::new(), 0);
    for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let (mark, tag, opens) = match event {
            Event::Start(Tag::Strong) => (2, "strong", true),
            Event::End(TagEnd::Strong) => (2, "strong", false),
            Event::Start(Tag::Emphasis) => (1, "em", true),
            Event::End(TagEnd::Emphasis) => (1, "em", false),
            _ => continue,
        };
        // The marks of a piece are the first and the last of what it covers.
        let (until, next) = if opens {
            (place.start, place.start + mark)
        } else {
            (place.end - mark, place.end)
        };
        out.push_str(&html! { (text.get(end..until).unwrap_or_default()) }.into_string());
        out.push_str(if opens { "<" } else { "</" });
        out.push_str(tag);
        out.push('>');
        end = next;
    }
    html! { (PreEscaped(out)) (text.get(end..).unwrap_or_default()) }
}

/// A text as it was typed, its tables as tables and its emphasis as emphasis.
pub(crate) fn view(markdown: &str, lang: &str) -> Markup {
    html! {
        div.prose lang=(lang) {
            @for part in parts(markdown) {
                @match part { Part::Typed(text) => div { (emphasised(text)) }, Part::Table(table) => (table.view(lang)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEES: &str = "前言。\n\n第二段。\n\n|办理方式|收费|\n|---|---|\n|普通|50|\n| 加急 \\| 特急 | 150 |\n\n结语。";

    #[test]
    fn a_text_is_parted_at_its_tables() {
        let told = parts(FEES);
        let Part::Table(table) = &told[1] else {
            panic!("{told:?}")
        };
        assert_eq!(
            (&told[0], &told[2]),
            (&Part::Typed("前言。\n\n第二段。"), &Part::Typed("结语。"))
        );
        assert_eq!(
            (table.head.join(","), table.rows[1].join(",")),
            ("办理方式,收费".to_owned(), "加急 | 特急,150".to_owned())
        );
        assert_eq!((table.class(0), table.class(1)), (None, Some("num")));
        assert_eq!(
            Table::read(&table.lines()).as_ref(),
            Some(table),
            "its lines are the same table"
        );
        assert_eq!(
            parts("没有表 | 的一行\n\n---\n\n另一行"),
            [Part::Typed("没有表 | 的一行\n\n---\n\n另一行")]
        );
        assert_eq!(Table::read("甲\n乙"), None);
    }

    #[test]
    fn a_table_has_heads_that_say_of_what_and_nothing_in_it_is_taken_as_html() {
        let told = view("|<b>甲</b>|乙|\n|-|:-:|\n|1|<script>|", "zh-Hans").into_string();
        for part in [
            r#"<th class="num" scope="col">&lt;b&gt;甲&lt;/b&gt;</th>"#,
            r#"<td class="mid">&lt;script&gt;</td>"#,
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        let bare = view("| | |\n|-|-|\n|甲|乙|", "zh-Hans").into_string();
        assert!(!bare.contains("<th") && bare.contains("<td>乙</td>"), "{bare}");
    }

    #[test]
    fn emphasis_is_seen_and_the_rest_is_as_it_was_typed() {
        for (typed, seen) in [
            (
                "自**12月1日**起\n\n- *请*转告",
                "自<strong>12月1日</strong>起\n\n- <em>请</em>转告",
            ),
            ("***甲***乙", "<em><strong>甲</strong></em>乙"),
            ("2 * 3 * 4，__甲__", "2 * 3 * 4，<strong>甲</strong>"),
            ("**<b>甲</b>**", "<strong>&lt;b&gt;甲&lt;/b&gt;</strong>"),
            ("**甲", "**甲"),
            ("`**甲**`", "`**甲**`"),
        ] {
            assert_eq!(emphasised(typed).into_string(), seen, "{typed}");
        }
        let table = view("|甲|\n|-|\n|**50**|", "zh-Hans").into_string();
        assert!(table.contains("<strong>50</strong>"), "{table}");
    }
}
