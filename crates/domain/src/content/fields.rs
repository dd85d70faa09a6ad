//! How a field is described: for the check, for the clerk's form and for the API's documentation.

use crate::lang::Lang;

/// One field of a kind.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// Its name in JSON and in error reports.
    pub name: &'static str,
    /// Its Chinese label.
    pub zh: &'static str,
    /// Its English label.
    pub en: &'static str,
    /// What may stand in it.
    pub shape: Shape,
    /// Whether a publication without it is incomplete.
    pub required: bool,
}

impl FieldSpec {
    /// The label in a language of the interface.
    #[must_use]
    pub fn label(&self, lang: Lang) -> &'static str {
        if lang == Lang::ZhHans { self.zh } else { self.en }
    }
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One line, at most 200 characters.
    Line,
    /// Several lines, at most 2,000 characters.
    Text,
    /// Markdown, at most 120,000 characters.
    Markdown,
    /// A list of lines, at most 50.
    Lines,
    /// A calendar date.
    Date,
    /// A year, 1949 to 2999.
    Year,
    /// One of a closed list.
    Choice(&'static [Choice]),
    /// A table of rows, at most 500.
    Rows(&'static [FieldSpec]),
    /// A group of fields.
    Group(&'static [FieldSpec]),
}

/// One answer of a closed list.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its Chinese label.
    pub zh: &'static str,
    /// Its English label.
    pub en: &'static str,
}

impl Shape {
    /// The most characters a text of this shape may have.
    #[must_use]
    pub fn max_chars(&self) -> usize {
        match self {
            Self::Text => 2_000,
            Self::Markdown => 120_000,
            _ => 200,
        }
    }
}
