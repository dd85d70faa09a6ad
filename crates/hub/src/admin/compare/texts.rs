//! A document's fields as paragraphs that can be compared: what a reader would see of them, line by line.

use crate::admin::times::day_of_field;
use crate::prose::{self, Part};
use heliograph_domain::Lang;
use heliograph_domain::content::{FieldSpec, Shape};
use serde_json::Value;

/// The paragraphs of a field, in the language of the interface where the field has names for its answers.
pub(crate) fn paragraphs(spec: &FieldSpec, value: &Value, lang: Lang) -> Vec<String> {
    match (spec.shape, value) {
        (_, Value::Null) => Vec::new(),
        (Shape::Choice(choices), Value::String(name)) => {
            let choice = choices.iter().find(|choice| choice.name == name);
            let label = choice.map(|choice| if lang == Lang::ZhHans { choice.zh } else { choice.en });
            vec![label.unwrap_or(name).to_owned()]
        }
        (Shape::Date, Value::String(day)) => vec![day_of_field(day, lang)],
        (Shape::Lines, Value::Array(lines)) => lines.iter().flat_map(lines_of).collect(),
        (Shape::Rows(columns), Value::Array(rows)) => rows.iter().map(|row| line_of(columns, row, lang)).collect(),
        (Shape::Group(fields), Value::Object(_)) => fields
            .iter()
            .flat_map(|field| {
                let inner = paragraphs(field, &value[field.name], lang).into_iter();
                inner.map(move |text| labelled(field, &text, lang))
            })
            .collect(),
        (Shape::Markdown, Value::String(text)) => prose::parts(text).iter().flat_map(part).collect(),
        _ => lines_of(value),
    }
}

/// The paragraphs of what was typed, and a table's lines as one.
fn part(part: &Part<'_>) -> Vec<String> {
    match part {
        Part::Typed(text) => lines(text),
        Part::Table(table) => vec![table.lines()],
    }
}

/// A row of a table as one line.
fn line_of(columns: &[FieldSpec], row: &Value, lang: Lang) -> String {
    let cells = columns.iter().filter_map(|column| {
        let text = paragraphs(column, &row[column.name], lang).join(" ");
        (!text.is_empty()).then(|| labelled(column, &text, lang))
    });
    let mark = if lang == Lang::ZhHans { "；" } else { "; " };
    cells.collect::<Vec<_>>().join(mark)
}

fn labelled(spec: &FieldSpec, text: &str, lang: Lang) -> String {
    let mark = if lang == Lang::ZhHans { "：" } else { ": " };
    format!("{}{mark}{text}", spec.label(lang))
}

fn lines_of(value: &Value) -> Vec<String> {
    value.as_str().map_or_else(|| lines(&value.to_string()), lines)
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}
