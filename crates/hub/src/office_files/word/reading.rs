//! Walks through the elements of a document, takes what its reader would see, and counts what it leaves.

use super::{Block, Embedded, space_after};
use crate::office_files::numbering::{Marker, Numbering, attribute, children};
use crate::office_files::package::{Package, xml};
use crate::office_files::{FileError, Left};
use roxmltree::Node;
use std::collections::{HashMap, HashSet};

/// Elements that lie deeper than this are left out.
const DEEPEST: usize = 120;
/// A centred first paragraph of at most so many characters is the title.
const TITLE_CHARS: usize = 100;
/// So many pictures are looked at.
const MOST_PICTURES: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Style {
    name: String,
    level: Option<u8>,
    hidden: bool,
    list: Option<(String, u8)>,
}

/// The styles of the part `word/styles.xml`, by their ids.
pub(super) fn styles_of(text: &str) -> Result<HashMap<String, Style>, FileError> {
    let document = xml(text)?;
    let style = |node: Node<'_, '_>| {
        let properties = |of: &'static str, name: &'static str| {
            let group = children(node, of).next()?;
            children(group, name).next()
        };
        let name = children(node, "name").next().and_then(|it| attribute(it, "val"));
        let level = properties("pPr", "outlineLvl").and_then(|it| attribute(it, "val")?.parse().ok());
        let named = name.and_then(|name| {
            name.to_ascii_lowercase()
                .strip_prefix("heading ")?
                .trim()
                .parse::<u8>()
                .ok()
        });
        let style = Style {
            name: name.unwrap_or_default().to_ascii_lowercase(),
            level: level
                .filter(|level| *level < 9)
                .or_else(|| named.map(|level| level.saturating_sub(1))),
            hidden: properties("rPr", "vanish").is_some_and(is_on),
            list: properties("pPr", "numPr").and_then(list_of),
        };
        Some((attribute(node, "styleId")?.to_owned(), style))
    };
    Ok(children(document.root_element(), "style").filter_map(style).collect())
}

fn list_of(properties: Node<'_, '_>) -> Option<(String, u8)> {
    let value = |name: &'static str| children(properties, name).next().and_then(|it| attribute(it, "val"));
    let list = value("numId").filter(|list| *list != "0")?;
    Some((
        list.to_owned(),
        value("ilvl").and_then(|depth| depth.parse().ok()).unwrap_or(0),
    ))
}

fn is_on(property: Node<'_, '_>) -> bool {
    !matches!(attribute(property, "val"), Some("0" | "false" | "off" | "none"))
}

/// A block, and what may make it the title.
pub(super) struct Found {
    pub(super) block: Block,
    is_title: bool,
    is_centred: bool,
}

/// A document that is being read.
#[derive(Default)]
pub(super) struct Reading {
    styles: HashMap<String, Style>,
    numbering: Numbering,
    pub(super) found: Vec<Found>,
    pub(super) left: Left,
    /// Relation and name of each picture.
    pictures: Vec<(String, String)>,
    /// Fields that are open; whether what comes now is their instruction.
    fields: Vec<bool>,
}

impl Reading {
    /// One that begins, in a document with these styles and lists.
    pub(super) fn of(styles: HashMap<String, Style>, numbering: Numbering) -> Self {
        Self {
            styles,
            numbering,
            ..Self::default()
        }
    }

    pub(super) fn blocks(&mut self, parent: Node<'_, '_>, depth: usize) {
        if depth > DEEPEST {
            return self.left.one(
                "有 {} 处嵌套太深，没有导入",
                "{} places lie too deep inside others and were left out",
            );
        }
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "p" => self.paragraph(node, depth),
                "tbl" => self.table(node, depth),
                "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" => self.blocks(node, depth + 1),
                "AlternateContent" => chosen(node).into_iter().for_each(|it| self.blocks(it, depth + 1)),
                "altChunk" => self
                    .left
                    .one("有 {} 处嵌入的其他文件，没有导入", "{} embedded files were left out"),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, node: Node<'_, '_>, depth: usize) {
        let properties = children(node, "pPr").next();
        let value = |name: &'static str| {
            properties
                .and_then(|it| children(it, name).next())
                .and_then(|it| attribute(it, "val"))
        };
        let style = value("pStyle").and_then(|id| self.styles.get(id));
        let style_name = style.map(|style| style.name.clone()).unwrap_or_default();
        let hidden = style.is_some_and(|style| style.hidden);
        let level = value("outlineLvl")
            .and_then(|level| level.parse().ok())
            .filter(|level: &u8| *level < 9)
            .or_else(|| style?.level);
        let own_list = properties.and_then(|it| children(it, "numPr").next());
        let list = match own_list {
            Some(list) => list_of(list),
            None => style.and_then(|style| style.list.clone()),
        };
        let is_centred = value("jc") == Some("center");
        let mut text = String::new();
        self.inlines(node, &mut text, hidden, depth);
        let text = tidy(&text);
        if style_name.starts_with("toc ") {
            return self.left.some(
                usize::from(!text.is_empty()),
                "目录的 {} 行没有导入",
                "{} lines of the table of contents were left out",
            );
        }
        // An empty paragraph of a list is numbered by Word, too.
        let marker = list.and_then(|(list, depth)| self.numbering.next(&list, depth));
        if text.is_empty() {
            return;
        }
        let block = match (level, marker) {
            (Some(level), Some(Marker::Number(number, _))) => {
                Block::Heading(level + 1, format!("{number}{}{text}", space_after(&number)))
            }
            (Some(level), _) => Block::Heading(level + 1, text),
            (None, Some(marker)) => Block::Item(marker, text),
            (None, None) => Block::Paragraph(text),
        };
        let is_title = matches!(style_name.as_str(), "title" | "标题");
        self.found.push(Found {
            block,
            is_title,
            is_centred,
        });
    }

    fn table(&mut self, node: Node<'_, '_>, depth: usize) {
        let mut rows = Vec::new();
        for row in children(node, "tr") {
            let gone = children(row, "trPr")
                .next()
                .is_some_and(|it| children(it, "del").next().is_some());
            if gone {
                self.left.one(
                    "有 {} 处修订中删除的内容，没有导入",
                    "{} deletions that were tracked were left out",
                );
                continue;
            }
            let cells: Vec<String> = children(row, "tc").map(|cell| self.cell(cell, depth + 1)).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(cells);
            }
        }
        if rows.is_empty() {
            return;
        }
        // A frame around text is no table.
        let framed = rows.iter().all(|row| row.len() == 1);
        let blocks = if framed {
            rows.into_iter().flatten().map(Block::Paragraph).collect()
        } else {
            vec![Block::Table(rows)]
        };
        self.found.extend(blocks.into_iter().map(|block| Found {
            block,
            is_title: false,
            is_centred: false,
        }));
    }

    fn cell(&mut self, cell: Node<'_, '_>, depth: usize) -> String {
        let merged = children(cell, "tcPr")
            .next()
            .is_some_and(|it| children(it, "gridSpan").chain(children(it, "vMerge")).next().is_some());
        if merged {
            self.left.one(
                "表格中有 {} 个合并的单元格，已拆开，请核对",
                "{} merged cells of tables were taken apart: look at them",
            );
        }
        let outer = std::mem::take(&mut self.found);
        self.blocks(cell, depth);
        let inner = std::mem::replace(&mut self.found, outer);
        let texts = inner.into_iter().map(|found| match found.block {
            Block::Heading(_, text) | Block::Paragraph(text) | Block::Item(Marker::Bullet(_), text) => text,
            Block::Item(Marker::Number(number, _), text) => format!("{number}{}{text}", space_after(&number)),
            Block::Table(rows) => {
                self.left.one(
                    "有 {} 个表格套在表格里，已并成文字，请核对",
                    "{} tables inside tables became plain text: look at them",
                );
                rows.concat().join(" ")
            }
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    fn inlines(&mut self, parent: Node<'_, '_>, out: &mut String, hidden: bool, depth: usize) {
        if depth > DEEPEST {
            return self.left.one(
                "有 {} 处嵌套太深，没有导入",
                "{} places lie too deep inside others and were left out",
            );
        }
        for node in parent.children().filter(Node::is_element) {
            self.inline(node, out, hidden, depth + 1);
        }
    }

    fn inline(&mut self, node: Node<'_, '_>, out: &mut String, hidden: bool, depth: usize) {
        match node.tag_name().name() {
            "r" => {
                let hides = self.hides(node);
                if hides && !hidden && node.descendants().any(|it| it.tag_name().name() == "t") {
                    self.left
                        .one("有 {} 处隐藏文字，没有导入", "{} hidden passages were left out");
                }
                self.inlines(node, out, hidden || hides, depth);
            }
            "t" if !hidden && !self.fields.contains(&true) => out.push_str(node.text().unwrap_or_default()),
            "tab" if !hidden => out.push(' '),
            "br" if attribute(node, "type").is_some() => {}
            "br" | "cr" if !hidden => out.push('\n'),
            "noBreakHyphen" if !hidden => out.push('-'),
            "del" | "moveFrom" => self.left.one(
                "有 {} 处修订中删除的内容，没有导入",
                "{} deletions that were tracked were left out",
            ),
            "ins" | "moveTo" => {
                self.left.one(
                    "有 {} 处修订中新增的内容，尚未被接受，已导入，请核对",
                    "{} insertions that are tracked and not accepted yet were taken: look at them",
                );
                self.inlines(node, out, hidden, depth);
            }
            "hyperlink" => {
                if attribute(node, "id").is_some() {
                    self.left
                        .one("有 {} 个链接只保留了文字", "of {} links only the words were kept");
                }
                self.inlines(node, out, hidden, depth);
            }
            "smartTag" | "sdt" | "sdtContent" | "fldSimple" | "customXml" | "dir" | "bdo" | "rubyBase" => {
                self.inlines(node, out, hidden, depth)
            }
            "ruby" => children(node, "rubyBase").for_each(|it| self.inlines(it, out, hidden, depth)),
            "AlternateContent" => chosen(node)
                .into_iter()
                .for_each(|it| self.inlines(it, out, hidden, depth)),
            "fldChar" => self.field(attribute(node, "fldCharType").unwrap_or_default()),
            "oMath" | "oMathPara" => self.left.one("有 {} 个公式，没有导入", "{} formulas were left out"),
            "footnoteReference" | "endnoteReference" => self
                .left
                .one("有 {} 个脚注或尾注，没有导入", "{} footnotes or endnotes were left out"),
            "sym" => self.left.one(
                "有 {} 个特殊符号读不出，请核对",
                "{} special signs could not be read: look at them",
            ),
            "drawing" | "pict" | "object" => self.drawing(node, hidden),
            _ => {}
        }
    }

    fn field(&mut self, step: &str) {
        match step {
            "begin" => self.fields.push(true),
            "separate" => drop(self.fields.last_mut().map(|instruction| *instruction = false)),
            "end" => drop(self.fields.pop()),
            _ => {}
        }
    }

    fn hides(&mut self, run: Node<'_, '_>) -> bool {
        let Some(properties) = children(run, "rPr").next() else {
            return false;
        };
        let color = children(properties, "color").next().and_then(|it| attribute(it, "val"));
        if color.is_some_and(|color| color.eq_ignore_ascii_case("FFFFFF")) {
            self.left.one(
                "有 {} 处白色文字，已导入，请核对",
                "{} passages in white were taken: look at them",
            );
        }
        let style = children(properties, "rStyle")
            .next()
            .and_then(|it| self.styles.get(attribute(it, "val")?));
        let own = children(properties, "vanish")
            .chain(children(properties, "webHidden"))
            .next();
        own.map_or_else(|| style.is_some_and(|style| style.hidden), is_on)
    }

    fn drawing(&mut self, node: Node<'_, '_>, hidden: bool) {
        let name_of = |it: &Node<'_, '_>| it.tag_name().name().to_owned();
        let named = node.descendants().find(|it| name_of(it) == "docPr");
        let said = named.and_then(|it| {
            ["descr", "title", "name"]
                .into_iter()
                .find_map(|name| attribute(it, name).filter(|text| !text.trim().is_empty()))
        });
        let mut known = false;
        for it in node.descendants() {
            let picture = match it.tag_name().name() {
                "blip" => attribute(it, "embed"),
                "imagedata" => attribute(it, "id"),
                _ => None,
            };
            if let Some(relation) = picture {
                known = true;
                if hidden {
                    self.left
                        .one("有 {} 张隐藏的图片，没有导入", "{} hidden pictures were left out");
                } else {
                    self.pictures
                        .push((relation.to_owned(), said.unwrap_or_default().to_owned()));
                }
            }
            if it.tag_name().name() == "txbxContent" {
                known = true;
                self.left.one(
                    "有 {} 个文本框，其中的文字没有导入",
                    "{} text boxes were left out with their words",
                );
            }
        }
        let uri = node
            .descendants()
            .filter_map(|it| attribute(it, "uri"))
            .any(|uri| uri.ends_with("/chart") || uri.ends_with("/diagram"));
        if uri {
            self.left
                .one("有 {} 个图表或示意图，没有导入", "{} charts or diagrams were left out");
        } else if name_of(&node) == "object" {
            self.left
                .one("有 {} 个嵌入对象，没有导入", "{} embedded objects were left out");
        } else if !known {
            self.left.one("有 {} 个图形，没有导入", "{} shapes were left out");
        }
    }

    pub(super) fn embedded(
        &mut self,
        package: &mut Package<'_>,
        relations: &HashMap<String, String>,
    ) -> Result<Vec<Embedded>, FileError> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for (relation, name) in std::mem::take(&mut self.pictures) {
            if !seen.insert(relation.clone()) {
                continue;
            }
            let bytes = match relations.get(&relation) {
                Some(path) if all.len() < MOST_PICTURES => package.part(path)?,
                _ => None,
            };
            match bytes {
                Some(bytes) => all.push(Embedded { name, bytes }),
                None => self.left.one(
                    "有 {} 张图片没有导入（不在文件里，或超过二十张）",
                    "{} pictures were left out: they are not in the file, or are more than twenty",
                ),
            }
        }
        Ok(all)
    }

    /// The title by its style, else a first heading, else a short centred first paragraph.
    pub(super) fn title(&mut self) -> Option<String> {
        let styled = self.found.iter().position(|found| found.is_title);
        let first = self.found.first()?;
        let is_first = match &first.block {
            Block::Heading(1, _) => true,
            Block::Paragraph(text) => first.is_centred && text.chars().count() <= TITLE_CHARS,
            _ => false,
        };
        let at = styled.or(is_first.then_some(0))?;
        match self.found.remove(at).block {
            Block::Heading(_, text) | Block::Paragraph(text) | Block::Item(_, text) => Some(text.replace('\n', "")),
            Block::Table(_) => None,
        }
    }
}

/// Of several forms of the same thing, the first.
fn chosen<'a, 'i>(node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    node.children()
        .find(|it| matches!(it.tag_name().name(), "Choice" | "Fallback"))
}

/// Without the spaces with which paragraphs are pushed in, and without signs that cannot be shown.
fn tidy(text: &str) -> String {
    let shown = text
        .chars()
        .filter(|c| !heliograph_domain::content::unshowable(*c, false));
    let text: String = shown.map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_matches([' ', '\t', '\u{3000}']))
        .collect();
    lines.join("\n").trim().to_owned()
}
