//! Whether a text may be kept (a draft) or published: every fault is named with its field, and nothing is lost.

use super::{Attachment, Document, FieldSpec, Kind, PublicFile, Shape, check_attachments, check_files};
use crate::lang::Lang;
use crate::time::Date;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How much is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// It may be unfinished, but what is there must be sound.
    Draft,
    /// Every mandatory element must be there.
    Complete,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is not there, or empty.
    Missing,
    /// More than this many characters or entries.
    TooLong(usize),
    /// Another type of value is wanted; its name.
    WrongType(&'static str),
    /// It has a character that cannot be shown.
    ControlCharacter,
    /// Not one of the field's answers.
    NotAChoice,
    /// Not a date of the calendar.
    NotADate,
    /// There is no such field.
    Unknown,
}

impl Problem {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong(_) => "too_long",
            Self::WrongType(_) => "wrong_type",
            Self::ControlCharacter => "control_character",
            Self::NotAChoice => "not_a_choice",
            Self::NotADate => "not_a_date",
            Self::Unknown => "unknown_field",
        }
    }

    /// A sentence for people, about the field called `label`.
    #[must_use]
    pub fn message(&self, label: &str, lang: Lang) -> String {
        let zh = lang == Lang::ZhHans;
        match self {
            Self::Missing if zh => format!("{label}未填写"),
            Self::Missing => format!("{label} is missing"),
            Self::TooLong(most) if zh => format!("{label}太长，最多 {most} 个字符或条目"),
            Self::TooLong(most) => format!("{label} is too long: at most {most} characters or entries"),
            Self::WrongType(want) if zh => format!("{label}的类型不对，应为 {want}"),
            Self::WrongType(want) => format!("{label} has the wrong type: {want} is wanted"),
            Self::ControlCharacter if zh => format!("{label}含有无法显示的控制字符"),
            Self::ControlCharacter => format!("{label} has control characters, which cannot be shown"),
            Self::NotAChoice if zh => format!("{label}不在可选范围内"),
            Self::NotAChoice => format!("{label} is not one of the answers"),
            Self::NotADate if zh => format!("{label}不是日期，请写成 2026-01-31"),
            Self::NotADate => format!("{label} is not a date: write it like 2026-01-31"),
            Self::Unknown if zh => format!("没有“{label}”这一项"),
            Self::Unknown => format!("there is no field “{label}”"),
        }
    }
}

/// A fault, and where it is: `zh-Hans.materials[2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field from the content's root.
    pub field: String,
    /// Its label in Chinese and English; the path when it has none.
    pub label: (String, String),
    /// What is wrong.
    pub problem: Problem,
}

impl FieldError {
    /// A sentence for people.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let label = if lang == Lang::ZhHans {
            &self.label.0
        } else {
            &self.label.1
        };
        self.problem.message(label, lang)
    }
}

/// The outcome of a check: the document, if everything that was asked for is there.
pub type Checked<T> = Result<T, Vec<FieldError>>;

/// Checks the text of every language against the kind's fields. As a draft the answer is the cleaned JSON; see
/// [`Document::check`] for what may be published.
///
/// # Errors
/// Every fault found, with its field.
pub fn check_texts(kind: Kind, content: &Value, strictness: Strictness) -> Checked<BTreeMap<Lang, Value>> {
    let mut checker = Checker {
        strictness,
        errors: Vec::new(),
    };
    let texts = checker.texts(kind, content);
    if checker.errors.is_empty() {
        Ok(texts)
    } else {
        Err(checker.errors)
    }
}

impl Document {
    /// The document of `content`, if it is complete.
    ///
    /// # Errors
    /// Every fault found, with its field.
    pub fn check(kind: Kind, content: &Value) -> Checked<Self> {
        let texts = check_texts(kind, content, Strictness::Complete)?;
        let mut bodies = BTreeMap::new();
        for (lang, value) in texts {
            let body = kind.read(value).map_err(|fault| vec![misread(lang, &fault)])?;
            bodies.insert(lang, body);
        }
        Ok(Self {
            format: 1,
            kind,
            texts: bodies,
            attachments: Vec::new(),
            files: Vec::new(),
        })
    }

    /// The document with these pictures.
    ///
    /// # Errors
    /// Every fault found, with its place.
    pub fn with_attachments(self, attachments: Vec<Attachment>) -> Checked<Self> {
        let errors = check_attachments(&attachments);
        if errors.is_empty() {
            Ok(Self { attachments, ..self })
        } else {
            Err(errors)
        }
    }

    /// The document with these files for the public page.
    ///
    /// # Errors
    /// Every fault found, with its place.
    pub fn with_files(self, files: Vec<PublicFile>) -> Checked<Self> {
        let errors = check_files(&files);
        if errors.is_empty() {
            Ok(Self { files, ..self })
        } else {
            Err(errors)
        }
    }
}

/// The check and the types disagree: a fault of the program, still told as a field's fault rather than a crash.
fn misread(lang: Lang, fault: &serde_json::Error) -> FieldError {
    let field = format!("{}: {fault}", lang.tag());
    FieldError {
        label: (field.clone(), field.clone()),
        field,
        problem: Problem::WrongType("object"),
    }
}

struct Checker {
    strictness: Strictness,
    errors: Vec<FieldError>,
}

impl Checker {
    fn refuse(&mut self, path: &str, spec: Option<&FieldSpec>, problem: Problem) {
        let label = spec.map_or_else(
            || (path.to_owned(), path.to_owned()),
            |s| (s.zh.to_owned(), s.en.to_owned()),
        );
        self.errors.push(FieldError {
            field: path.to_owned(),
            label,
            problem,
        });
    }

    fn texts(&mut self, kind: Kind, content: &Value) -> BTreeMap<Lang, Value> {
        let Some(languages) = content.as_object() else {
            self.refuse("content", None, Problem::WrongType("object"));
            return BTreeMap::new();
        };
        let mut texts = BTreeMap::new();
        for (tag, fields) in languages {
            let path = format!("content.{}", tag.chars().take(40).collect::<String>());
            match (Lang::from_tag(tag), fields.as_object()) {
                (None, _) => self.refuse(&path, None, Problem::Unknown),
                (_, None) => self.refuse(&path, None, Problem::WrongType("object")),
                (Some(lang), Some(fields)) => {
                    texts.insert(lang, Value::Object(self.object(&path, kind.fields(), fields)));
                }
            }
        }
        if !texts.contains_key(&Lang::ZhHans) && self.errors.is_empty() {
            self.refuse("content.zh-Hans", None, Problem::Missing);
        }
        texts
    }

    fn object(&mut self, path: &str, specs: &[FieldSpec], fields: &Map<String, Value>) -> Map<String, Value> {
        for name in fields
            .keys()
            .filter(|name| !specs.iter().any(|spec| spec.name == name.as_str()))
        {
            let name: String = name.chars().take(40).collect();
            self.refuse(&format!("{path}.{name}"), None, Problem::Unknown);
        }
        let mut kept = Map::new();
        for spec in specs {
            let path = format!("{path}.{}", spec.name);
            let given = fields.get(spec.name).filter(|value| !is_empty(value));
            match given {
                Some(value) => {
                    let value = self.value(&path, spec, value);
                    kept.insert(spec.name.to_owned(), value);
                }
                None if spec.required && self.strictness == Strictness::Complete => {
                    self.refuse(&path, Some(spec), Problem::Missing);
                }
                None => {}
            }
        }
        kept
    }

    fn value(&mut self, path: &str, spec: &FieldSpec, value: &Value) -> Value {
        match spec.shape {
            Shape::Line | Shape::Text | Shape::Markdown => self.text(path, spec, value),
            Shape::Choice(choices) => {
                let text = self.text(path, spec, value);
                if text
                    .as_str()
                    .is_some_and(|name| !choices.iter().any(|choice| choice.name == name))
                {
                    self.refuse(path, Some(spec), Problem::NotAChoice);
                }
                text
            }
            Shape::Date => {
                if value.as_str().is_none_or(|text| text.trim().parse::<Date>().is_err()) {
                    self.refuse(path, Some(spec), Problem::NotADate);
                }
                value.as_str().map_or(Value::Null, |text| text.trim().into())
            }
            Shape::Year => {
                let year = value
                    .as_u64()
                    .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
                let fits = year.filter(|year| (1949..3000).contains(year));
                if fits.is_none() {
                    self.refuse(path, Some(spec), Problem::WrongType("year"));
                }
                fits.into()
            }
            Shape::Lines => self.list(path, spec, value, 50, |checker, path, item| {
                checker.text(path, spec, item)
            }),
            Shape::Rows(columns) => self.list(path, spec, value, 500, |checker, path, item| match item.as_object() {
                Some(row) => Value::Object(checker.object(path, columns, row)),
                None => checker.wrong(path, spec, "object"),
            }),
            Shape::Group(fields) => match value.as_object() {
                Some(group) => Value::Object(self.object(path, fields, group)),
                None => self.wrong(path, spec, "object"),
            },
        }
    }

    fn wrong(&mut self, path: &str, spec: &FieldSpec, want: &'static str) -> Value {
        self.refuse(path, Some(spec), Problem::WrongType(want));
        Value::Null
    }

    fn list(
        &mut self,
        path: &str,
        spec: &FieldSpec,
        value: &Value,
        most: usize,
        each: impl Fn(&mut Self, &str, &Value) -> Value,
    ) -> Value {
        let Some(items) = value.as_array() else {
            return self.wrong(path, spec, "list");
        };
        if items.len() > most {
            self.refuse(path, Some(spec), Problem::TooLong(most));
            return Value::Null;
        }
        let filled = items.iter().enumerate().filter(|(_, item)| !is_empty(item));
        Value::Array(
            filled
                .map(|(i, item)| each(self, &format!("{path}[{i}]"), item))
                .collect(),
        )
    }

    fn text(&mut self, path: &str, spec: &FieldSpec, value: &Value) -> Value {
        let Some(text) = value.as_str() else {
            return self.wrong(path, spec, "text");
        };
        let text = text.trim().replace("\r\n", "\n");
        let most = spec.shape.max_chars();
        if text.chars().count() > most {
            self.refuse(path, Some(spec), Problem::TooLong(most));
        }
        let one_line = !matches!(spec.shape, Shape::Text | Shape::Markdown);
        if text.chars().any(|c| unshowable(c, one_line)) {
            self.refuse(path, Some(spec), Problem::ControlCharacter);
        }
        text.into()
    }
}

/// Control characters, and the invisible ones that turn or hide text (Unicode TR 36, “Bidirectional text spoofing”). In
/// a text of several lines a line's end and a tab are none of them.
#[must_use]
pub fn unshowable(c: char, one_line: bool) -> bool {
    let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    hidden || (c.is_control() && (one_line || !matches!(c, '\n' | '\t'))) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}
