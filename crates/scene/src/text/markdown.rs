//! Markdown, flattened to what a screen can show: headings, paragraphs, lists and tables, with bold words.

use super::Span;
use super::table::Table;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading,
    Paragraph,
    /// An item of a list: its marker and how deep it stands, from 0.
    Item {
        marker: String,
        depth: usize,
    },
    /// A table; its words are in its cells, and the block has none of its own.
    Table(Table),
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) spans: Vec<Span>,
}

impl Block {
    /// Its text without weights.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    bold: usize,
    heading: bool,
    /// The number of the next item of each open list; `None` for lists without numbers.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    /// The table that is being read.
    table: Option<Table>,
}

/// The blocks of a text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reader.take(event);
    }
    reader.close();
    reader.blocks
}

/// The text alone, its paragraphs joined: for strips.
pub(crate) fn flat(markdown: &str) -> String {
    let mut text = String::new();
    for block in blocks(markdown) {
        let part = match &block.kind {
            BlockKind::Table(table) => table.in_a_line(),
            _ => block.text(),
        };
        let marker = match &block.kind {
            BlockKind::Item { marker, .. } if marker != "•" => marker.as_str(),
            _ => "",
        };
        if !text.is_empty() {
            text.push(if part.is_ascii() { ' ' } else { '\u{3000}' });
        }
        text.push_str(marker);
        text.push_str(part.trim());
    }
    text
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => self.push(&text),
            Event::HardBreak => self.close_line(),
            Event::SoftBreak => self.soft_break(),
            Event::Rule => self.close(),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Heading { .. } => {
                self.close();
                self.heading = true;
            }
            Tag::List(first) => {
                self.close();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.close();
                self.marker = Some(self.next_marker());
            }
            Tag::Table(columns) => {
                self.close();
                self.table = Some(Table::of(columns));
            }
            Tag::TableRow => self.table.iter_mut().for_each(Table::begin_row),
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) => self.close(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock => self.close(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                self.table.iter_mut().for_each(|table| table.put(cell.clone()));
            }
            TagEnd::Table => self.close_table(),
            TagEnd::List(_) => {
                self.close();
                self.lists.pop();
            }
            _ => {}
        }
    }

    fn next_marker(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}.");
                *number = number.saturating_add(1);
                marker
            }
            _ => "•".to_owned(),
        }
    }

    fn push(&mut self, text: &str) {
        let bold = self.bold > 0;
        match self.spans.last_mut() {
            Some(span) if span.bold == bold => span.text.push_str(text),
            _ => self.spans.push(Span {
                text: text.to_owned(),
                bold,
            }),
        }
    }

    /// A line break in the source is nothing between Chinese characters and a space between words.
    fn soft_break(&mut self) {
        let last = self.spans.last().and_then(|span| span.text.chars().last());
        if last.is_some_and(|c| !super::breaks::wide(c)) {
            self.push(" ");
        }
    }

    fn close_table(&mut self) {
        let table = self.table.take().filter(|table| !table.is_blank());
        self.blocks.extend(table.map(|table| Block {
            kind: BlockKind::Table(table),
            spans: Vec::new(),
        }));
    }

    /// A hard break ends the line but not the list item.
    fn close_line(&mut self) {
        let again = self.marker.is_some();
        self.close();
        if again {
            self.marker = Some(String::new());
        }
    }

    fn close(&mut self) {
        let heading = std::mem::take(&mut self.heading);
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        let depth = self.lists.len().saturating_sub(1);
        let kind = if heading {
            BlockKind::Heading
        } else if let Some(marker) = self.marker.take() {
            BlockKind::Item { marker, depth }
        } else if self.lists.is_empty() {
            BlockKind::Paragraph
        } else {
            let marker = String::new();
            BlockKind::Item { marker, depth }
        };
        self.blocks.push(Block { kind, spans });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(markdown: &str) -> Vec<String> {
        let weight = |span: &Span| {
            if span.bold {
                format!("[{}]", span.text)
            } else {
                span.text.clone()
            }
        };
        let tell = |block: Block| {
            let text: String = block.spans.iter().map(weight).collect();
            match block.kind {
                BlockKind::Heading => format!("# {text}"),
                BlockKind::Paragraph => text,
                BlockKind::Item { marker, depth } => format!("{}{marker} {text}", "  ".repeat(depth)),
                BlockKind::Table(table) => table.in_a_line(),
            }
        };
        blocks(markdown).into_iter().map(tell).collect()
    }

    #[test]
    fn headings_paragraphs_lists_and_bold_words_are_kept() {
        let text = "## 一、出发前\n\n**请注意**：核对\n护照。\n\n- 甲；\n- 乙\n  1. 丙\n\n正文\n\n1. 丁\n2. 戊";
        assert_eq!(
            told(text),
            [
                "# 一、出发前",
                "[请注意]：核对护照。",
                "• 甲；",
                "• 乙",
                "  1. 丙",
                "正文",
                "1. 丁",
                "2. 戊"
            ]
        );
    }

    #[test]
    fn tables_keep_their_cells_and_on_strips_become_lines() {
        let text = "前\n\n|甲|**乙**|\n|-|-:|\n|1|2|\n|`3`||\n\n后";
        assert_eq!(told(text), ["前", "甲：1；乙：2。甲：3。", "后"]);
        assert_eq!(flat(text), "前\u{3000}甲：1；乙：2。甲：3。\u{3000}后");
        assert_eq!(told("| | |\n|-|-|\n| | |"), Vec::<String>::new());
    }

    #[test]
    fn odd_things_become_lines() {
        assert_eq!(told(""), Vec::<String>::new());
        assert_eq!(
            flat("# 题\n\n正文。\n\n1. 甲\n2. 乙"),
            "题\u{3000}正文。\u{3000}1.甲\u{3000}2.乙"
        );
    }
}
