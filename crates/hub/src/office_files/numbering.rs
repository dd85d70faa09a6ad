//! Numbers that Word writes before paragraphs by itself: they are not in the text, and are written out here.

use roxmltree::Node;
use std::collections::HashMap;

/// How one level of a list is numbered.
#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    /// `%1、`
    text: String,
    start: u32,
}

/// The lists of a document.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    /// By list and level.
    levels: HashMap<(String, u8), Level>,
    counters: HashMap<String, [u32; 9]>,
}

/// What stands before a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A bullet, so deep.
    Bullet(u8),
    /// The number as Word shows it, so deep.
    Number(String, u8),
}

impl Numbering {
    /// Of the part `word/numbering.xml`.
    pub(crate) fn of(root: Node<'_, '_>) -> Self {
        let mut abstracts: HashMap<&str, Vec<(u8, Level)>> = HashMap::new();
        for list in children(root, "abstractNum") {
            let levels = children(list, "lvl").map(level_of).collect();
            abstracts.insert(attribute(list, "abstractNumId").unwrap_or_default(), levels);
        }
        let mut levels = HashMap::new();
        for list in children(root, "num") {
            let id = attribute(list, "numId").unwrap_or_default();
            let of = children(list, "abstractNumId")
                .next()
                .and_then(|it| attribute(it, "val"));
            for (depth, level) in of.and_then(|of| abstracts.get(of)).into_iter().flatten() {
                levels.insert((id.to_owned(), *depth), level.clone());
            }
        }
        Self {
            levels,
            counters: HashMap::new(),
        }
    }

    /// The next marker of a list; nothing when the list is unknown or has no signs.
    pub(crate) fn next(&mut self, list: &str, depth: u8) -> Option<Marker> {
        let depth = depth.min(8);
        let level = self.levels.get(&(list.to_owned(), depth))?.clone();
        match level.format.as_str() {
            "none" => return None,
            "bullet" => return Some(Marker::Bullet(depth)),
            _ => {}
        }
        let at = usize::from(depth);
        let counters = self.counters.entry(list.to_owned()).or_default();
        counters[at] = if counters[at] == 0 {
            level.start.max(1)
        } else {
            counters[at].saturating_add(1)
        };
        for deeper in &mut counters[at + 1..] {
            *deeper = 0;
        }
        let counters = *counters;
        let mut text = level.text.clone();
        for (index, value) in (0_u8..9).zip(counters) {
            let sign = format!("%{}", index + 1);
            if text.contains(&sign) {
                let format = self
                    .levels
                    .get(&(list.to_owned(), index))
                    .map_or("decimal", |level| level.format.as_str());
                text = text.replace(&sign, &written(value.max(1), format));
            }
        }
        Some(Marker::Number(text, depth))
    }
}

fn level_of(node: Node<'_, '_>) -> (u8, Level) {
    let value = |name: &'static str| children(node, name).next().and_then(|it| attribute(it, "val"));
    let depth = attribute(node, "ilvl")
        .and_then(|depth| depth.parse().ok())
        .unwrap_or(0);
    let level = Level {
        format: value("numFmt").unwrap_or("decimal").to_owned(),
        text: value("lvlText").unwrap_or_default().chars().take(40).collect(),
        start: value("start").and_then(|start| start.parse().ok()).unwrap_or(1),
    };
    (depth, level)
}

/// A number as the format writes it; formats that are not known are written in digits.
fn written(number: u32, format: &str) -> String {
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "ideographDigital" => chinese(number),
        "lowerLetter" | "upperLetter" if number <= 26 => {
            let first = if format == "lowerLetter" { b'a' } else { b'A' };
            char::from(first + u8::try_from(number - 1).unwrap_or(0)).to_string()
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if number <= 20 => {
            char::from_u32(0x245f + number).map_or_else(|| number.to_string(), String::from)
        }
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

/// 一 to 九十九; larger ones are written in digits.
fn chinese(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| DIGITS.get(n as usize).copied().unwrap_or_default();
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number - 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
}

/// The children of this name.
pub(crate) fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// An attribute by its name, whatever its namespace.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|it| it.name() == name).map(|it| it.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_word_shows_them() {
        let part = r#"<n><abstractNum abstractNumId="7"><lvl ilvl="0"><start val="1"/><numFmt val="chineseCounting"/><lvlText val="%1、"/></lvl><lvl ilvl="1"><numFmt val="decimal"/><lvlText val="%1.%2"/></lvl><lvl ilvl="2"><numFmt val="bullet"/></lvl></abstractNum><num numId="3"><abstractNumId val="7"/></num></n>"#;
        let document = roxmltree::Document::parse(part).unwrap();
        let mut lists = Numbering::of(document.root_element());
        let steps: Vec<Option<Marker>> = [0, 1, 1, 0, 1, 2]
            .into_iter()
            .map(|depth| lists.next("3", depth))
            .collect();
        let number = |text: &str, depth| Some(Marker::Number(text.to_owned(), depth));
        assert_eq!(
            steps,
            [
                number("一、", 0),
                number("一.1", 1),
                number("一.2", 1),
                number("二、", 0),
                number("二.1", 1),
                Some(Marker::Bullet(2))
            ]
        );
        assert_eq!(lists.next("9", 0), None);
        assert_eq!(
            [1, 10, 11, 20, 99, 100].map(chinese),
            ["一", "十", "十一", "二十", "九十九", "100"]
        );
    }
}
