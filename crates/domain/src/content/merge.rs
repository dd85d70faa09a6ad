//! Two people's changes of one text, put together: by language, by field, and by paragraph within a field. What both
//! changed in the same place is named with both forms; nothing that anybody typed is dropped.

use super::{FieldSpec, Kind, Shape};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Tables of comparisons have at most so many cells; what would need more counts as changed all over.
const MOST_CELLS: usize = 4_000_000;

/// Two forms of a text in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text: where both changed the same place, as it stands in mine.
    pub content: Value,
    /// Fields that have something of theirs which mine had not: `content.zh-Hans.body`.
    pub taken: Vec<String>,
    /// Places that both changed, differently.
    pub conflicts: Vec<Conflict>,
    /// Lists in which both changed the same entries: they have both forms of them, one after the other.
    pub doubled: Vec<String>,
}

/// A field that both changed in the same place. Each form has everything else that either changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// With the place as I left it.
    pub mine: Value,
    /// With the place as they left it.
    pub theirs: Value,
    /// With both, one after the other, where that can be: in texts of several lines.
    pub both: Option<Value>,
}

impl Merged {
    /// Nobody else changed anything.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            content: Value::Null,
            taken: Vec::new(),
            conflicts: Vec::new(),
            doubled: Vec::new(),
        }
    }
}

/// Puts `mine` and `theirs` together, which both came of `base`: contents of a draft, `{lang: {field: …}}`. Without a
/// base (`null`) whatever is not the same in both counts as changed by both.
#[must_use]
pub fn merge(kind: Kind, base: &Value, mine: &Value, theirs: &Value) -> Merged {
    let mut merging = Merging {
        taken: Vec::new(),
        conflicts: Vec::new(),
        doubled: Vec::new(),
    };
    let tags = |content: &Value| -> Vec<String> {
        content
            .as_object()
            .into_iter()
            .flatten()
            .map(|(tag, _)| tag.clone())
            .collect()
    };
    let mut content = Map::new();
    for tag in tags(mine).into_iter().chain(tags(theirs)).collect::<BTreeSet<_>>() {
        let path = format!("content.{tag}");
        let fields = merging.fields(&path, kind.fields(), [&base[&tag], &mine[&tag], &theirs[&tag]]);
        if mine[&tag].is_object() || !fields.is_empty() {
            content.insert(tag, Value::Object(fields));
        }
    }
    Merged {
        content: Value::Object(content),
        taken: merging.taken,
        conflicts: merging.conflicts,
        doubled: merging.doubled,
    }
}

struct Merging {
    taken: Vec<String>,
    conflicts: Vec<Conflict>,
    doubled: Vec<String>,
}

impl Merging {
    fn fields(&mut self, path: &str, specs: &[FieldSpec], [base, mine, theirs]: [&Value; 3]) -> Map<String, Value> {
        let mut kept = Map::new();
        for spec in specs {
            let forms = [&base[spec.name], &mine[spec.name], &theirs[spec.name]];
            let value = self.field(&format!("{path}.{}", spec.name), spec, forms);
            if !value.is_null() {
                kept.insert(spec.name.to_owned(), value);
            }
        }
        kept
    }

    fn field(&mut self, path: &str, spec: &FieldSpec, [base, mine, theirs]: [&Value; 3]) -> Value {
        if same(mine, theirs) || same(theirs, base) {
            return mine.clone();
        }
        if same(mine, base) {
            self.taken.push(path.to_owned());
            return theirs.clone();
        }
        match spec.shape {
            Shape::Group(fields) => Value::Object(self.fields(path, fields, [base, mine, theirs])),
            Shape::Text | Shape::Markdown => self.text(path, [base, mine, theirs]),
            Shape::Lines => self.lines(path, [base, mine, theirs]),
            Shape::Rows(columns) => self.rows(path, columns, [base, mine, theirs]),
            _ => {
                self.clash(path, mine.clone(), theirs.clone(), None);
                mine.clone()
            }
        }
    }

    fn clash(&mut self, field: &str, mine: Value, theirs: Value, both: Option<Value>) {
        let field = field.to_owned();
        self.conflicts.push(Conflict {
            field,
            mine,
            theirs,
            both,
        });
    }

    /// Paragraph by paragraph: a line's end ends one.
    fn text(&mut self, path: &str, forms: [&Value; 3]) -> Value {
        let texts = forms.map(|form| form.as_str().unwrap_or_default().replace("\r\n", "\n"));
        let lines = texts.each_ref().map(|text| text.split('\n').collect::<Vec<_>>());
        let woven = weave(lines.each_ref().map(Vec::as_slice));
        let joined = |lines: Vec<&str>| json!(lines.join("\n"));
        self.woven(path, forms[1], &woven, joined)
    }

    fn lines(&mut self, path: &str, forms: [&Value; 3]) -> Value {
        let lists = forms.map(items);
        let woven = weave(lists.each_ref().map(Vec::as_slice));
        self.woven(path, forms[1], &woven, |lines| json!(lines))
    }

    fn woven<T: Clone>(
        &mut self,
        path: &str,
        mine: &Value,
        woven: &[Chunk<T>],
        join: impl Fn(Vec<T>) -> Value,
    ) -> Value {
        let as_mine = join(told(woven, &[Side::Mine]));
        if woven.iter().any(|chunk| matches!(chunk, Chunk::Both(..))) {
            let (theirs, both) = (
                join(told(woven, &[Side::Theirs])),
                join(told(woven, &[Side::Mine, Side::Theirs])),
            );
            self.clash(path, as_mine.clone(), theirs, Some(both));
        }
        if !same(&as_mine, mine) {
            self.taken.push(path.to_owned());
        }
        as_mine
    }

    /// Rows that kept their places are put together cell by cell; where rows came or went, whole rows are.
    fn rows(&mut self, path: &str, columns: &[FieldSpec], forms: [&Value; 3]) -> Value {
        let [base, mine, theirs] = forms.map(items);
        if base.len() == mine.len() && mine.len() == theirs.len() {
            let row = |i: usize| {
                let place = format!("{path}[{i}]");
                Value::Object(self.fields(&place, columns, [&base[i], &mine[i], &theirs[i]]))
            };
            return (0..mine.len()).map(row).collect();
        }
        let woven = weave([&base[..], &mine[..], &theirs[..]]);
        let both = json!(told(&woven, &[Side::Mine, Side::Theirs]));
        if woven.iter().any(|chunk| matches!(chunk, Chunk::Both(..))) {
            self.doubled.push(path.to_owned());
        }
        if !same(&both, forms[1]) {
            self.taken.push(path.to_owned());
        }
        both
    }
}

fn items(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Whether two values say the same: what is missing, empty or blank is nothing.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        _ if is_nothing(a) || is_nothing(b) => is_nothing(a) && is_nothing(b),
        (Value::String(a), Value::String(b)) => a.trim().replace("\r\n", "\n") == b.trim().replace("\r\n", "\n"),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let of = |map: &Map<String, Value>, key: &String| map.get(key).cloned().unwrap_or_default();
            keys.into_iter().all(|key| same(&of(a, key), &of(b, key)))
        }
        // A year is a number or its digits.
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            number.to_string() == text.trim()
        }
        _ => a == b,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(fields) => fields.values().all(is_nothing),
        _ => false,
    }
}

/// A run of paragraphs.
enum Chunk<T> {
    /// Nobody changed it, or one did, or both alike.
    One(Vec<T>),
    /// Both changed it: mine, theirs.
    Both(Vec<T>, Vec<T>),
}

#[derive(Clone, Copy)]
enum Side {
    Mine,
    Theirs,
}

fn told<T: Clone>(chunks: &[Chunk<T>], sides: &[Side]) -> Vec<T> {
    let mut all = Vec::new();
    for chunk in chunks {
        match chunk {
            Chunk::One(run) => all.extend_from_slice(run),
            Chunk::Both(mine, theirs) => {
                for side in sides {
                    all.extend_from_slice(match side {
                        Side::Mine => mine,
                        Side::Theirs => theirs,
                    });
                }
            }
        }
    }
    all
}

/// The three-way comparison of Khanna, Kunal and Pierce (“A Formal Investigation of Diff3”, 2007): runs that all three
/// share stay; between two of them stands what changed.
fn weave<T: PartialEq + Clone>([base, mine, theirs]: [&[T]; 3]) -> Vec<Chunk<T>> {
    let (in_mine, in_theirs) = (matches(base, mine), matches(base, theirs));
    let mut chunks = Vec::new();
    let (mut b, mut m, mut t) = (0, 0, 0);
    for next in 0..=base.len() {
        let anchor = if next == base.len() {
            Some((mine.len(), theirs.len()))
        } else {
            in_mine[next].zip(in_theirs[next])
        };
        let Some((to_m, to_t)) = anchor else { continue };
        let (was, my, their) = (&base[b..next], &mine[m..to_m], &theirs[t..to_t]);
        chunks.push(if my == their || their == was {
            Chunk::One(my.to_vec())
        } else if my == was {
            Chunk::One(their.to_vec())
        } else {
            Chunk::Both(my.to_vec(), their.to_vec())
        });
        chunks.extend(base.get(next).map(|shared| Chunk::One(vec![shared.clone()])));
        (b, m, t) = (next + 1, to_m + 1, to_t + 1);
    }
    chunks
}

/// For each entry of `from` its place in `to`, by a longest common subsequence.
fn matches<T: PartialEq>(from: &[T], to: &[T]) -> Vec<Option<usize>> {
    let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let rest = from[head..].iter().rev().zip(to[head..].iter().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let mut places: Vec<Option<usize>> = vec![None; from.len()];
    for (i, place) in places.iter_mut().take(head).enumerate() {
        *place = Some(i);
    }
    for i in 0..tail {
        places[from.len() - 1 - i] = Some(to.len() - 1 - i);
    }
    let (a, b) = (&from[head..from.len() - tail], &to[head..to.len() - tail]);
    for (i, j) in common(a, b) {
        places[head + i] = Some(head + j);
    }
    places
}

fn common<T: PartialEq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let wide = b.len() + 1;
    if (a.len() + 1).saturating_mul(wide) > MOST_CELLS {
        return Vec::new();
    }
    let mut longest = vec![0_u32; (a.len() + 1) * wide];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * wide + j] = if a[i] == b[j] {
                longest[(i + 1) * wide + j + 1] + 1
            } else {
                longest[(i + 1) * wide + j].max(longest[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * wide + j] >= longest[i * wide + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(title: &str, body: &str) -> Value {
        json!({"zh-Hans": {"title": title, "body": body}})
    }

    fn merged(base: &Value, mine: &Value, theirs: &Value) -> Merged {
        merge(Kind::Notice, base, mine, theirs)
    }

    #[test]
    fn different_fields_and_different_paragraphs_are_both_kept() {
        let base = notice("旧题", "一\n\n二\n\n三");
        let mine = notice("旧题", "一改\n\n二\n\n三");
        let theirs = notice("新题", "一\n\n二\n\n三改\n\n四");
        let both = merged(&base, &mine, &theirs);
        assert_eq!(both.content, notice("新题", "一改\n\n二\n\n三改\n\n四"));
        assert_eq!(both.taken, ["content.zh-Hans.title", "content.zh-Hans.body"]);
        assert!(both.conflicts.is_empty() && both.doubled.is_empty());
    }

    #[test]
    fn the_same_paragraph_is_shown_in_both_forms_and_the_rest_is_in_either() {
        let base = notice("题", "一\n\n二\n\n三");
        let mine = notice("题", "一甲\n\n二\n\n三");
        let theirs = notice("题", "一乙\n\n二\n\n三改");
        let both = merged(&base, &mine, &theirs);
        assert_eq!(
            both.content,
            notice("题", "一甲\n\n二\n\n三改"),
            "mine stands until it is chosen"
        );
        let conflict = Conflict {
            field: "content.zh-Hans.body".to_owned(),
            mine: json!("一甲\n\n二\n\n三改"),
            theirs: json!("一乙\n\n二\n\n三改"),
            both: Some(json!("一甲\n一乙\n\n二\n\n三改")),
        };
        assert_eq!(both.conflicts, [conflict]);
    }

    #[test]
    fn a_line_that_both_changed_is_chosen_and_one_that_both_changed_alike_is_not() {
        let both = merged(&notice("旧", ""), &notice("甲", "同"), &notice("乙", "同"));
        assert_eq!(both.conflicts.len(), 1);
        assert_eq!(
            (&both.conflicts[0].mine, &both.conflicts[0].theirs),
            (&json!("甲"), &json!("乙"))
        );
        assert!(both.conflicts[0].both.is_none());
    }

    #[test]
    fn without_a_base_nothing_is_guessed() {
        let both = merged(&Value::Null, &notice("题", "我写的"), &notice("题", "他写的"));
        let fields: Vec<&str> = both.conflicts.iter().map(|conflict| conflict.field.as_str()).collect();
        assert_eq!(fields, ["content.zh-Hans.body"]);
        let theirs = json!({"zh-Hans": {"title": "题"}, "en": {"title": "T"}});
        let added = merged(&Value::Null, &notice("题", ""), &theirs);
        assert_eq!(added.content["en"]["title"], "T");
        assert!(added.conflicts.is_empty(), "what only one has is taken");
    }

    #[test]
    fn rows_are_put_together_by_cells_or_whole() {
        let list = |rows: Value| json!({"zh-Hans": {"entries": rows}});
        let row = |name: &str, basis: &str| json!({"name": name, "basis": basis});
        let base = list(json!([row("甲", "一"), row("乙", "二")]));
        let cells = merge(
            Kind::PowerList,
            &base,
            &list(json!([row("甲改", "一"), row("乙", "二")])),
            &list(json!([row("甲", "一改"), row("乙", "二")])),
        );
        assert_eq!(cells.content, list(json!([row("甲改", "一改"), row("乙", "二")])));
        let whole = merge(
            Kind::PowerList,
            &base,
            &list(json!([row("甲", "一"), row("乙", "二"), row("丙", "三")])),
            &list(json!([row("乙", "二")])),
        );
        assert_eq!(whole.content, list(json!([row("乙", "二"), row("丙", "三")])));
        let twice = merge(
            Kind::PowerList,
            &base,
            &list(json!([row("甲", "一"), row("乙", "二"), row("丙", "三")])),
            &list(json!([row("甲", "一"), row("乙", "二"), row("丁", "四")])),
        );
        // The same number of rows in all would be cells; here one of each came, and both stay.
        assert_eq!(twice.content["zh-Hans"]["entries"].as_array().unwrap().len(), 4);
        assert_eq!(twice.doubled, ["content.zh-Hans.entries"]);
    }

    #[test]
    fn no_line_is_lost_whatever_both_did() {
        // Every text of up to three different lines, changed into every other by both. (Of two equal lines each may take
        // out another, and then both are gone.)
        let mut texts: Vec<String> = vec![String::new()];
        for first in ["a", "b", "c"] {
            texts.push(first.to_owned());
            for second in ["a", "b", "c"].into_iter().filter(|line| *line != first) {
                texts.push(format!("{first}\n{second}"));
                let third = ["a", "b", "c"]
                    .into_iter()
                    .filter(|line| *line != first && *line != second);
                texts.extend(third.map(|third| format!("{first}\n{second}\n{third}")));
            }
        }
        for base in &texts {
            for mine in &texts {
                for theirs in &texts {
                    let of = |text: &str| notice("题", text);
                    let both = merged(&of(base), &of(mine), &of(theirs));
                    if mine == theirs || theirs == base {
                        assert_eq!(both.content, of(mine));
                    } else if mine == base {
                        assert_eq!(both.content, of(theirs));
                    }
                    let forms = both
                        .conflicts
                        .iter()
                        .flat_map(|conflict| [&conflict.mine, &conflict.theirs]);
                    let shown: Vec<&str> = forms
                        .chain([&both.content["zh-Hans"]["body"]])
                        .flat_map(|form| form.as_str().unwrap_or_default().lines())
                        .collect();
                    let has = |text: &str, line: &str| text.lines().any(|other| other == line);
                    for (line, other) in mine
                        .lines()
                        .map(|l| (l, theirs))
                        .chain(theirs.lines().map(|l| (l, mine)))
                    {
                        let taken_out = has(base, line) && !has(other, line);
                        assert!(
                            taken_out || shown.contains(&line),
                            "{base:?} {mine:?} {theirs:?}: {line:?}"
                        );
                    }
                }
            }
        }
    }
}
