//! A kind's fields as a form, and the form's values as content: both made from the kind's own description.

use super::form::{Faults, Posted};
use super::gate::Notes;
use super::layout::{Desk, field_faults};
use super::together::{Clashes, Flat};
use super::words as w;
use crate::http::problem::Problem;
use heliograph_domain::content::{FieldSpec, Shape};
use heliograph_domain::{Document, Kind, Lang};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// The languages that the admin asks for: Chinese must be there, English may.
pub(crate) const LANGS: [Lang; 2] = [Lang::ZhHans, Lang::En];
/// The most rows that a form is read for; the content's own check has the last word.
const MOST_ROWS: usize = 500;

/// The kind that a form was made for.
pub(crate) fn kind_of(posted: &Posted) -> Result<Kind, Problem> {
    posted.get("kind").parse().map_err(|_| unknown_kind())
}

/// There is no such kind.
pub(crate) fn unknown_kind() -> Problem {
    Problem::not_found("这个类型", "The kind of publication")
}

/// The content that stands in a form.
pub(crate) fn content(kind: Kind, posted: &Posted) -> Value {
    let mut content = Map::new();
    for lang in LANGS {
        let fields = object(&format!("content.{}", lang.tag()), kind.fields(), posted);
        if lang == Lang::ZhHans || !fields.values().all(is_blank) {
            content.insert(lang.tag().to_owned(), Value::Object(fields));
        }
    }
    Value::Object(content)
}

fn object(path: &str, specs: &[FieldSpec], posted: &Posted) -> Map<String, Value> {
    let value = |spec: &FieldSpec| value(&format!("{path}.{}", spec.name), spec, posted);
    specs.iter().map(|spec| (spec.name.to_owned(), value(spec))).collect()
}

fn value(path: &str, spec: &FieldSpec, posted: &Posted) -> Value {
    match spec.shape {
        Shape::Lines => {
            let lines = posted.get(path).lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(|line| json!(line)).collect()
        }
        Shape::Group(fields) => Value::Object(object(path, fields, posted)),
        Shape::Rows(columns) => {
            let rows =
                (0..rows_of(path, posted)).map(|row| Value::Object(object(&format!("{path}[{row}]"), columns, posted)));
            rows.filter(|row| !is_blank(row)).collect()
        }
        _ => json!(posted.get(path).replace("\r\n", "\n")),
    }
}

fn rows_of(path: &str, posted: &Posted) -> usize {
    let prefix = format!("{path}[");
    let index = |(rest, _): (&str, &str)| rest.split_once(']').and_then(|(index, _)| index.parse::<usize>().ok());
    let last = posted.under(&prefix).filter_map(index).max();
    last.map_or(0, |last| last.saturating_add(1).min(MOST_ROWS))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(fields) => fields.values().all(is_blank),
        _ => false,
    }
}

/// What a new text begins with: the author's department and today's date.
pub(crate) fn fresh(desk: &Desk, kind: Kind) -> Value {
    let mut fields = Map::new();
    for spec in kind.fields() {
        let value = match spec.name {
            "department" => desk.department_in(desk.me(), Lang::ZhHans),
            "date" => desk.today().to_string(),
            _ => continue,
        };
        fields.insert(spec.name.to_owned(), json!(value));
    }
    json!({Lang::ZhHans.tag(): fields})
}

/// What is said at the fields.
pub(crate) struct Said<'a> {
    pub(crate) faults: &'a Faults,
    pub(crate) notes: &'a Notes,
    pub(crate) clashes: &'a Clashes,
}

/// The inputs of one language.
pub(crate) fn inputs(
    desk: &Desk,
    kind: Kind,
    lang: Lang,
    content: &Value,
    said: &Said<'_>,
    blank_rows: usize,
) -> Markup {
    let sheet = Inputs {
        desk,
        faults: said.faults,
        notes: said.notes,
        clashes: said.clashes,
        blank_rows,
        must: lang == Lang::ZhHans,
        lang: lang.tag(),
    };
    let path = format!("content.{}", lang.tag());
    html! { div.form { @for spec in kind.fields() { (sheet.input(&path, spec, &content[lang.tag()][spec.name])) } } }
}

struct Inputs<'a> {
    desk: &'a Desk,
    faults: &'a Faults,
    notes: &'a Notes,
    clashes: &'a Clashes,
    blank_rows: usize,
    /// Whether required fields are marked: a translation may be left out altogether.
    must: bool,
    /// The language of what is typed, which need not be that of the page.
    lang: &'static str,
}

impl Inputs<'_> {
    fn input(&self, path: &str, spec: &FieldSpec, value: &Value) -> Markup {
        let path = format!("{path}.{}", spec.name);
        match spec.shape {
            Shape::Group(fields) => html! {
                fieldset.group id=[self.faults.place(&path)] {
                    legend { (self.label(spec)) }
                    div.form { @for field in fields { (self.input(&path, field, &value[field.name])) } }
                    (field_faults(self.faults, &path, self.desk.lang))
                    (self.notes.remarks.at(self.desk, &path))
                }
            },
            Shape::Rows(columns) => self.rows(&path, spec, columns, value),
            _ => self.single(&path, spec, value),
        }
    }

    fn label(&self, spec: &FieldSpec) -> Markup {
        let hint = match spec.shape {
            Shape::Lines => Some(w::HINT_LINES),
            Shape::Markdown => Some(w::HINT_MARKDOWN),
            _ if !spec.required => Some(w::OPTIONAL),
            _ => None,
        };
        html! {
            (spec.label(self.desk.lang))
            @if spec.required && self.must { span.must aria-hidden="true" { "*" } }
            @if let Some(hint) = hint { " " small { (self.desk.t(hint)) } }
        }
    }

    fn single(&self, path: &str, spec: &FieldSpec, value: &Value) -> Markup {
        let typed = text_of(value);
        let place = self.faults.place(path);
        html! {
            label.field.bad[place.is_some()] {
                span { (self.label(spec)) }
                @match spec.shape {
                    Shape::Text => textarea id=[place] name=(path) rows="3" lang=(self.lang) { (typed) },
                    Shape::Lines => textarea id=[place] name=(path) rows="4" lang=(self.lang) { (typed) },
                    Shape::Markdown => textarea.tall id=[place] name=(path) rows="9" lang=(self.lang) { (typed) },
                    Shape::Date => input id=[place] type="date" name=(path) value=(typed);,
                    Shape::Year => input id=[place] type="text" inputmode="numeric" name=(path) value=(typed);,
                    Shape::Choice(choices) => select id=[place] name=(path) {
                        option value="" { (self.desk.t(w::CHOOSE)) }
                        @for choice in choices {
                            option value=(choice.name) selected[choice.name == typed] { (if self.desk.lang == Lang::ZhHans { choice.zh } else { choice.en }) }
                        }
                    },
                    _ => input id=[place] type="text" name=(path) value=(typed) lang=(self.lang);,
                }
                (field_faults(self.faults, path, self.desk.lang))
                (self.notes.at(self.desk, path))
            }
            @if matches!(spec.shape, Shape::Markdown) { (self.table_help()) }
            (self.clashes.at(self.desk, path, &typed))
        }
    }

    /// How a table is written, with one to copy.
    fn table_help(&self) -> Markup {
        html! {
            details.howto {
                summary { (self.desk.t(w::helps::TABLE_HOW)) }
                p.hint { (self.desk.t(w::helps::TABLE_WHAT)) }
                pre tabindex="0" { (self.desk.t(w::helps::TABLE_EXAMPLE)) }
            }
        }
    }

    fn rows(&self, path: &str, spec: &FieldSpec, columns: &[FieldSpec], value: &Value) -> Markup {
        let filled = value.as_array().map_or(0, Vec::len);
        html! {
            fieldset.rows id=[self.faults.place(path)] {
                legend { (self.label(spec)) }
                (field_faults(self.faults, path, self.desk.lang))
                (self.notes.remarks.at(self.desk, path))
                @for row in 0..filled + self.blank_rows {
                    div.card.rowset {
                        h3 { (self.desk.f(w::ROW_N, &[&(row + 1).to_string()])) }
                        div.form { @for column in columns { (self.input(&format!("{path}[{row}]"), column, &value[row][column.name])) } }
                    }
                }
                button.btn.quiet.small type="submit" name="then" value="row" { (self.desk.t(w::ADD_ROW)) }
            }
        }
    }
}

/// A value as it stands in a form's field.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// The text of every field of a content by the name that it has in the form.
pub(crate) fn flat(kind: Kind, content: &Value) -> Flat {
    let mut all = Flat::new();
    for lang in LANGS {
        let path = format!("content.{}", lang.tag());
        flatten(&path, kind.fields(), &content[lang.tag()], &mut all);
    }
    all
}

fn flatten(path: &str, specs: &[FieldSpec], fields: &Value, all: &mut Flat) {
    for spec in specs {
        let (path, value) = (format!("{path}.{}", spec.name), &fields[spec.name]);
        match spec.shape {
            Shape::Group(inner) => flatten(&path, inner, value, all),
            Shape::Rows(columns) => {
                for (row, fields) in value.as_array().into_iter().flatten().enumerate() {
                    flatten(&format!("{path}[{row}]"), columns, fields, all);
                }
            }
            _ => drop(all.insert(path, text_of(value))),
        }
    }
}

/// The document as far as it is written, for a preview: what is missing or cannot be shown yet is filled with the
/// field's name in brackets.
pub(crate) fn as_far_as_written(desk: &Desk, kind: Kind, content: &Value) -> Result<Document, Problem> {
    let mut texts = Map::new();
    for lang in LANGS {
        let written = &content[lang.tag()];
        if lang == Lang::ZhHans || written.is_object() {
            let fields = kind
                .fields()
                .iter()
                .filter_map(|spec| filled(desk, lang, spec, &written[spec.name]));
            texts.insert(lang.tag().to_owned(), Value::Object(fields.collect()));
        }
    }
    Document::check(kind, &Value::Object(texts)).map_err(|faults| crate::http::drafts::incomplete(&faults))
}

fn filled(desk: &Desk, lang: Lang, spec: &FieldSpec, value: &Value) -> Option<(String, Value)> {
    let inner = |fields: &[FieldSpec], value: &Value| -> Value {
        fields
            .iter()
            .filter_map(|field| filled(desk, lang, field, &value[field.name]))
            .collect::<Map<_, _>>()
            .into()
    };
    let blank = is_blank(value);
    if blank && !spec.required {
        return None;
    }
    let stand_in = || json!(format!("〔{}〕", spec.label(lang)));
    let shown = match spec.shape {
        Shape::Date => match value
            .as_str()
            .and_then(|text| text.trim().parse::<heliograph_domain::Date>().ok())
        {
            Some(date) => json!(date),
            None => json!(desk.today()),
        },
        Shape::Year => {
            let year = text_of(value).trim().parse::<u16>().ok();
            json!(
                year.filter(|year| (1949..3000).contains(year))
                    .unwrap_or(desk.today().year)
            )
        }
        Shape::Choice(choices) => {
            let known = choices.iter().find(|choice| value.as_str() == Some(choice.name));
            json!(known.or_else(|| choices.first()).map(|choice| choice.name))
        }
        Shape::Group(fields) => inner(fields, value),
        Shape::Rows(columns) if blank => json!([inner(columns, &Value::Null)]),
        Shape::Rows(columns) => value
            .as_array()
            .into_iter()
            .flatten()
            .map(|row| inner(columns, row))
            .collect(),
        Shape::Lines if blank => json!([stand_in()]),
        Shape::Lines => value
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| showable(line, spec))
            .collect(),
        _ if blank => stand_in(),
        _ => showable(value, spec),
    };
    Some((spec.name.to_owned(), shown))
}

/// The text without what the check would refuse.
fn showable(value: &Value, spec: &FieldSpec) -> Value {
    let text = text_of(value);
    let one_line = !matches!(spec.shape, Shape::Text | Shape::Markdown);
    let refused = |c: &char| {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
        hidden || (c.is_control() && (one_line || !matches!(c, '\n' | '\t')))
    };
    json!(
        text.chars()
            .filter(|c| !refused(c))
            .take(spec.shape.max_chars())
            .collect::<String>()
    )
}
