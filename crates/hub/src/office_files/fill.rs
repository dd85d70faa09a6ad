//! The words of a document in the fields of a kind: its title and body, or, where a kind has many fields, by their names.

use super::word::Word;
use crate::drafts::Note;
use heliograph_domain::Kind;
use heliograph_domain::content::{FieldSpec, Shape};
use serde_json::{Map, Value, json};

/// A passage that belongs to no field is told in pieces of at most so many characters.
const PIECE_CHARS: usize = 1000;

/// The fields of the Chinese text that a document fills, and what belongs to none of them.
pub(crate) fn fill(kind: Kind, word: &Word) -> (Map<String, Value>, Vec<Note>) {
    let has_body = kind.fields().iter().any(|spec| spec.name == "body");
    let (mut fields, notes) = if has_body {
        (
            Map::from_iter([("body".to_owned(), json!(word.markdown()))]),
            Vec::new(),
        )
    } else {
        by_names(kind, &word.lines())
    };
    if let (Some(spec), Some(title)) = (kind.fields().iter().find(|spec| is_title(spec)), &word.title) {
        fields.entry(spec.name).or_insert_with(|| json!(title));
    }
    (fields, notes)
}

fn is_title(spec: &FieldSpec) -> bool {
    matches!(spec.name, "title" | "matter" | "power")
}

/// Lines under the name of a field, or after it: `办理地点：一楼大厅`.
fn by_names(kind: Kind, lines: &[String]) -> (Map<String, Value>, Vec<Note>) {
    let mut found: Vec<(&FieldSpec, Vec<&str>)> = Vec::new();
    let (mut elsewhere, mut under) = (Vec::new(), false);
    for line in lines {
        if let Some((spec, rest)) = kind
            .fields()
            .iter()
            .find_map(|spec| Some((spec, after_name(line, spec)?)))
        {
            under = true;
            match found.iter().position(|(known, _)| known.name == spec.name) {
                // A field that is named twice goes on.
                Some(at) => {
                    let again = found.remove(at);
                    found.push(again);
                }
                None => found.push((spec, Vec::new())),
            }
            if let (Some((_, lines)), false) = (found.last_mut(), rest.is_empty()) {
                lines.push(rest);
            }
        } else if let (Some((_, lines)), true) = (found.last_mut(), under) {
            lines.push(line);
        } else {
            elsewhere.push(line.as_str());
        }
    }
    let mut fields = Map::new();
    for (spec, lines) in found.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        match value(spec, &lines) {
            Some(value) => drop(fields.insert(spec.name.to_owned(), value)),
            None => elsewhere.extend(lines),
        }
    }
    (fields, left_over(&elsewhere))
}

/// What stands after a field's name, when the line begins with it.
fn after_name<'a>(line: &'a str, spec: &FieldSpec) -> Option<&'a str> {
    let is_number = |c: char| "（(一二三四五六七八九十0123456789".contains(c) || c.is_whitespace();
    let bare = line
        .trim_start_matches(is_number)
        .trim_start_matches(['）', ')', '、', '.', '．', ' ']);
    [line.trim(), bare].into_iter().find_map(|line| {
        [spec.zh, spec.en].into_iter().find_map(|name| {
            let rest = line.strip_prefix(name)?;
            if rest.is_empty() {
                return Some(rest);
            }
            rest.trim_start().strip_prefix(['：', ':']).map(str::trim)
        })
    })
}

/// Lines as the value of a field, if they are one.
fn value(spec: &FieldSpec, lines: &[&str]) -> Option<Value> {
    let text = match spec.shape {
        Shape::Lines => {
            return (lines.len() <= 50 && lines.iter().all(|line| line.chars().count() <= 200)).then(|| json!(lines));
        }
        Shape::Text | Shape::Markdown => lines.join("\n"),
        Shape::Line => lines.join("；"),
        Shape::Date => return date(lines.first()?).map(Value::String),
        Shape::Year | Shape::Choice(_) | Shape::Rows(_) | Shape::Group(_) => return None,
    };
    (text.chars().count() <= spec.shape.max_chars()).then(|| json!(text))
}

/// A date as people write it: `2026-05-15`, `2026/5/15`, `2026年5月15日`.
pub(crate) fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text
        .trim()
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let (year, month, day) = match &parts[..] {
        [year, month, day, ..] if year.len() == 4 => (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?),
        _ => return None,
    };
    heliograph_domain::Date::new(year, month, day).map(|date| date.to_string())
}

fn left_over(lines: &[&str]) -> Vec<Note> {
    let all: Vec<char> = lines.join("\n").chars().collect();
    let piece = |chars: &[char]| {
        let text: String = chars.iter().collect();
        Note::of(
            format!("没有归入任何栏目的文字：{text}"),
            format!("words that belong to no field: {text}"),
        )
    };
    all.chunks(PIECE_CHARS).map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_under_the_fields_that_they_name() {
        let lines: Vec<String> = [
            "办事指南",
            "一、申请对象",
            "持有中国护照的居民",
            "二、申请材料：",
            "身份证",
            "照片两张",
            "办理地点：一楼大厅3号窗口",
            "Fee: none",
            "咨询电话说明不在此列",
        ]
        .map(str::to_owned)
        .into();
        let (fields, notes) = by_names(Kind::ServiceGuide, &lines);
        assert_eq!(
            Value::Object(fields),
            json!({"applicants": "持有中国护照的居民", "materials": ["身份证", "照片两张"], "place": "一楼大厅3号窗口", "fee": "none；咨询电话说明不在此列"})
        );
        assert_eq!(notes.len(), 1, "what stands before the first name is told");
        assert!(notes[0].zh.ends_with("办事指南"));
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in ["2026-05-15", "2026/5/15", "2026年5月15日（星期五）", " 2026.5.15 "] {
            assert_eq!(date(text).as_deref(), Some("2026-05-15"), "{text}");
        }
        for text in ["2026年5月", "5月15日", "", "2026-02-30"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
