//! A Word document as title, paragraphs, lists, tables and pictures (ECMA-376, part 1, chapter 17).

mod reading;

use super::numbering::{Marker, Numbering, attribute, children};
use super::package::{Package, xml};
use super::{FileError, Left};
use crate::drafts::Note;
use reading::{Reading, styles_of};
use roxmltree::Node;
use std::collections::HashMap;

/// What a document has.
#[derive(Debug, Default)]
pub(crate) struct Word {
    /// Its title, if one can be told from the rest.
    pub(crate) title: Option<String>,
    blocks: Vec<Block>,
    /// Its pictures, in order.
    pub(crate) pictures: Vec<Embedded>,
    /// What was not taken over, and what somebody must look at.
    pub(crate) notes: Vec<Note>,
}

/// A picture in a document.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// What the document says that it shows.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Heading(u8, String),
    Paragraph(String),
    Item(Marker, String),
    Table(Vec<Vec<String>>),
}

/// Reads a document.
///
/// # Errors
/// When it is damaged, too large or empty.
pub(crate) fn read(bytes: &[u8]) -> Result<Word, FileError> {
    let mut package = Package::open(bytes)?;
    let (styles, numbers) = (package.text("word/styles.xml")?, package.text("word/numbering.xml")?);
    let relations = relations(&mut package)?;
    let text = package.text("word/document.xml")?.ok_or(FileError::Damaged)?;
    let document = xml(&text)?;
    let styles = styles.as_deref().map(styles_of).transpose()?.unwrap_or_default();
    let numbering = match numbers.as_deref() {
        Some(text) => Numbering::of(xml(text)?.root_element()),
        None => Numbering::default(),
    };
    let mut reading = Reading::of(styles, numbering);
    let body = children(document.root_element(), "body")
        .next()
        .ok_or(FileError::Damaged)?;
    reading.blocks(body, 0);
    beside_the_text(&mut package, &mut reading.left)?;
    let pictures = reading.embedded(&mut package, &relations)?;
    let (title, blocks) = (
        reading.title(),
        reading.found.into_iter().map(|found| found.block).collect::<Vec<_>>(),
    );
    if title.is_none() && blocks.is_empty() && pictures.is_empty() {
        return Err(FileError::Empty);
    }
    Ok(Word {
        title,
        blocks,
        pictures,
        notes: reading.left.notes(),
    })
}

impl Word {
    /// Its tables, row by row.
    pub(crate) fn tables(&self) -> Vec<&[Vec<String>]> {
        let blocks = self.blocks.iter();
        blocks
            .filter_map(|block| match block {
                Block::Table(rows) => Some(rows.as_slice()),
                _ => None,
            })
            .collect()
    }

    /// The text as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut told = String::new();
        for (index, block) in self.blocks.iter().enumerate() {
            let after_item = index > 0
                && matches!(
                    (&self.blocks[index - 1], block),
                    (Block::Item(Marker::Bullet(_), _), Block::Item(Marker::Bullet(_), _))
                );
            if index > 0 {
                told.push_str(if after_item { "\n" } else { "\n\n" });
            }
            match block {
                Block::Heading(level, text) => told.push_str(&format!(
                    "{} {}",
                    "#".repeat(usize::from(*level).clamp(1, 3) + 1),
                    escaped(text)
                )),
                Block::Paragraph(text) => told.push_str(&escaped(text)),
                Block::Item(Marker::Bullet(depth), text) => {
                    told.push_str(&format!("{}- {}", "  ".repeat(usize::from(*depth)), escaped(text)))
                }
                Block::Item(Marker::Number(number, _), text) => {
                    told.push_str(&format!("{number}{}{}", space_after(number), escaped(text)))
                }
                Block::Table(rows) => told.push_str(&table(rows)),
            }
        }
        told
    }

    /// The text as plain lines; a row of two cells as `name：value`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Heading(_, text) | Block::Paragraph(text) => lines.extend(text.lines().map(str::to_owned)),
                Block::Item(Marker::Bullet(_), text) => lines.push(text.replace('\n', " ")),
                Block::Item(Marker::Number(number, _), text) => {
                    lines.push(format!("{number}{}{}", space_after(number), text.replace('\n', " ")))
                }
                Block::Table(rows) => lines.extend(rows.iter().map(|row| match &row[..] {
                    [name, value] => format!("{name}：{value}"),
                    cells => cells.join(" "),
                })),
            }
        }
        lines.retain(|line| !line.trim().is_empty());
        lines
    }
}

/// `1.` is followed by a space, `一、` and `（1）` are not.
fn space_after(number: &str) -> &'static str {
    if number.ends_with(|c: char| c.is_ascii_graphic() && c != ')') || number.ends_with(')') {
        " "
    } else {
        ""
    }
}

/// Signs that would mean something in Markdown and mean themselves here.
fn escaped(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            told.push('\n');
        }
        if line.starts_with(['#', '>']) {
            told.push('\\');
        }
        for sign in line.chars() {
            if matches!(sign, '*' | '`' | '<' | '\\') {
                told.push('\\');
            }
            told.push(sign);
        }
    }
    told
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let row = |cells: &[String]| {
        let cell = |at: usize| {
            cells
                .get(at)
                .map(|cell| escaped(cell).replace('|', "\\|").replace('\n', " "))
                .unwrap_or_default()
        };
        let cells: Vec<String> = (0..columns).map(cell).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().map(|cells| row(cells)).collect();
    lines.insert(1.min(lines.len()), format!("|{}", " --- |".repeat(columns)));
    lines.join("\n")
}

/// Where the parts of the document lie, by their ids.
fn relations(package: &mut Package<'_>) -> Result<HashMap<String, String>, FileError> {
    let Some(text) = package.text("word/_rels/document.xml.rels")? else {
        return Ok(HashMap::new());
    };
    let document = xml(&text)?;
    let inside = document
        .root_element()
        .children()
        .filter(|it| attribute(*it, "TargetMode") != Some("External"));
    let pair = |it: Node<'_, '_>| {
        let target = attribute(it, "Target")?;
        let path = target
            .strip_prefix('/')
            .map_or_else(|| format!("word/{target}"), str::to_owned);
        Some((attribute(it, "Id")?.to_owned(), path))
    };
    Ok(inside.filter_map(pair).collect())
}

/// What a document has outside its text.
fn beside_the_text(package: &mut Package<'_>, left: &mut Left) -> Result<(), FileError> {
    if let Some(text) = package.text("word/comments.xml")? {
        let comments = children(xml(&text)?.root_element(), "comment").count();
        left.some(comments, "有 {} 条批注，没有导入", "{} comments were left out");
    }
    let edges = package.names();
    for name in edges
        .iter()
        .filter(|name| name.starts_with("word/header") || name.starts_with("word/footer"))
    {
        let Some(text) = package.text(name)? else { continue };
        let document = xml(&text)?;
        let mut words = document.descendants().filter(|it| it.tag_name().name() == "t");
        if words.any(|it| it.text().is_some_and(|text| !text.trim().is_empty())) {
            left.one("有 {} 处页眉或页脚，没有导入", "{} headers or footers were left out");
        }
    }
    if package.has("word/vbaProject.bin") {
        left.one("有宏程序（{} 个），没有导入", "{} macro programs were left out");
    }
    Ok(())
}
