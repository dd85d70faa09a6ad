//! Which texts of a publication are looked at, each with the path of its field.

use super::Origin;
use crate::content::{Attachment, FieldSpec, Kind, PublicFile, Shape};
use serde_json::Value;

/// A text to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Path of the field, as faults name it: `content.zh-Hans.materials[2]`.
    pub field: String,
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl Passage {
    /// A text that somebody wrote.
    #[must_use]
    pub fn written(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            text: text.into(),
            origin: Origin::Written,
        }
    }
}

/// The texts of `{lang: {field: …}}`, as far as it is written: everything that somebody typed, and no answers of
/// closed lists, dates or years.
#[must_use]
pub fn of_content(kind: Kind, content: &Value) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (lang, fields) in content.as_object().into_iter().flatten() {
        object(&format!("content.{lang}"), kind.fields(), fields, &mut passages);
    }
    passages
}

/// The names of pictures.
#[must_use]
pub fn of_attachments<'a>(attachments: impl IntoIterator<Item = &'a Attachment>) -> Vec<Passage> {
    let named = attachments.into_iter().enumerate();
    named
        .map(|(index, attachment)| Passage::written(format!("attachments[{index}].name"), &attachment.name))
        .collect()
}

/// The names of files for the public page.
#[must_use]
pub fn of_files<'a>(files: impl IntoIterator<Item = &'a PublicFile>) -> Vec<Passage> {
    let named = files.into_iter().enumerate();
    named
        .map(|(index, file)| Passage::written(format!("files[{index}].name"), &file.name))
        .collect()
}

fn object(path: &str, specs: &[FieldSpec], fields: &Value, passages: &mut Vec<Passage>) {
    for spec in specs {
        value(&format!("{path}.{}", spec.name), spec, &fields[spec.name], passages);
    }
}

fn value(path: &str, spec: &FieldSpec, given: &Value, passages: &mut Vec<Passage>) {
    let mut text = |path: String, value: &Value| {
        if let Some(text) = value.as_str().filter(|text| !text.is_empty()) {
            passages.push(Passage::written(path, text));
        }
    };
    match spec.shape {
        Shape::Line | Shape::Text | Shape::Markdown => text(path.to_owned(), given),
        Shape::Lines => {
            for (index, line) in given.as_array().into_iter().flatten().enumerate() {
                text(format!("{path}[{index}]"), line);
            }
        }
        Shape::Rows(columns) => {
            for (index, row) in given.as_array().into_iter().flatten().enumerate() {
                object(&format!("{path}[{index}]"), columns, row, passages);
            }
        }
        Shape::Group(inner) => object(path, inner, given, passages),
        Shape::Date | Shape::Year | Shape::Choice(_) => {}
    }
}
