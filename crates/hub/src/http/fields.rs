//! Reads a request's JSON field by field: every fault is found and named, none is let through.

use super::people::{PASSWORD_MAX, PASSWORD_MIN};
use super::problem::{Fault, Problem};
use crate::sign_in::weak::weakness;
use heliograph_domain::{Instant, Lang, LocalText, StaffId};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The fields that hold a secret, wherever they stand. What is kept to recognise a repeated request leaves them out.
pub(crate) const SECRETS: [&str; 3] = ["code", "password", "word"];

/// The fields of a JSON object, taken one by one. What is left at the end is unknown and refused.
pub(crate) struct Fields {
    object: Map<String, Value>,
    prefix: String,
    faults: Vec<Fault>,
}

impl Fields {
    /// The fields of a request's body; an empty body is an empty object.
    pub(crate) fn of_body(body: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(body)
            .map_err(|_| Problem::malformed("body", "not_utf8", "请求正文不是 UTF-8 编码", "the body is not UTF-8"))?;
        if text.trim().is_empty() {
            return Ok(Self::of(Map::new(), ""));
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let place = format!("{}:{}", error.line(), error.column());
            Problem::malformed(
                "body",
                "not_json",
                format!("请求正文不是 JSON（{place}）"),
                format!("the body is not JSON (at {place}: {error})"),
            )
        })?;
        match value {
            Value::Object(object) => Ok(Self::of(object, "")),
            _ => Err(Problem::malformed(
                "body",
                "wrong_type",
                "请求正文应为 JSON 对象",
                "the body must be a JSON object",
            )),
        }
    }

    fn of(object: Map<String, Value>, prefix: &str) -> Self {
        Self {
            object,
            prefix: prefix.to_owned(),
            faults: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.prefix)
        }
    }

    /// Notes a fault of a field.
    pub(crate) fn fault(&mut self, name: &str, code: &'static str, zh: &str, en: &str) {
        let path = self.path(name);
        self.faults.push(Fault::new(
            &path,
            code,
            format!("{path}：{zh}"),
            format!("{path}: {en}"),
        ));
    }

    fn missing(&mut self, name: &str) {
        self.fault(name, "missing", "未填写", "is missing");
    }

    fn wrong_type(&mut self, name: &str, want: &str) {
        self.fault(
            name,
            "wrong_type",
            &format!("类型不对，应为 {want}"),
            &format!("has the wrong type: {want} is wanted"),
        );
    }

    /// Whether something was wrong with this field, or with a part of it, so far.
    pub(crate) fn faulty(&self, name: &str) -> bool {
        let path = self.path(name);
        self.faults.iter().any(|fault| fault.field.starts_with(&path))
    }

    /// Whether the caller sent this field, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether the caller sent a list here.
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(Value::is_array)
    }

    /// How many faults were noted so far.
    pub(crate) fn faults(&self) -> usize {
        self.faults.len()
    }

    /// Any value, as it is.
    pub(crate) fn value(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    /// Any value; missing is a fault.
    pub(crate) fn required_value(&mut self, name: &str) -> Value {
        let value = self.value(name);
        if value.is_none() {
            self.missing(name);
        }
        value.unwrap_or(Value::Null)
    }

    /// A text of at most `max` characters, or nothing.
    pub(crate) fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => self.sound(name, &text, max),
            _ => {
                self.wrong_type(name, "text");
                None
            }
        }
    }

    fn sound(&mut self, name: &str, text: &str, max: usize) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > max {
            self.fault(
                name,
                "too_long",
                &format!("太长，最多 {max} 个字符"),
                &format!("is too long: at most {max} characters"),
            );
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            self.fault(name, "control_character", "含有控制字符", "has control characters");
        } else if !text.is_empty() {
            return Some(text.to_owned());
        }
        None
    }

    /// A text of 1 to `max` characters.
    pub(crate) fn text(&mut self, name: &str, max: usize) -> String {
        let before = self.faults.len();
        let text = self.optional_text(name, max);
        if text.is_none() && self.faults.len() == before {
            self.missing(name);
        }
        text.unwrap_or_default()
    }

    /// A secret, one of [`SECRETS`]: like a text, but never trimmed and never shortened.
    pub(crate) fn secret(&mut self, name: &str, min: usize, max: usize) -> String {
        debug_assert!(SECRETS.contains(&name), "`{name}` would be kept with the request");
        match self.value(name) {
            Some(Value::String(text)) => {
                let length = text.chars().count();
                if length < min {
                    self.fault(
                        name,
                        "too_short",
                        &format!("太短，至少 {min} 个字符"),
                        &format!("is too short: at least {min} characters"),
                    );
                } else if length > max {
                    self.fault(
                        name,
                        "too_long",
                        &format!("太长，最多 {max} 个字符"),
                        &format!("is too long: at most {max} characters"),
                    );
                } else if text.chars().any(char::is_control) {
                    self.fault(name, "control_character", "含有控制字符", "has control characters");
                }
                text
            }
            Some(_) => {
                self.wrong_type(name, "text");
                String::new()
            }
            None => {
                self.missing(name);
                String::new()
            }
        }
    }

    /// A secret that is to open things from now on, for this person: long enough, and not one that is guessed first.
    pub(crate) fn new_password(&mut self, name: &str, id: Option<&StaffId>) -> String {
        let before = self.faults.len();
        let password = self.secret(name, PASSWORD_MIN, PASSWORD_MAX);
        let weakness = (self.faults.len() == before).then(|| weakness(&password, id)).flatten();
        if let Some(weakness) = weakness {
            let (zh, en) = weakness.told();
            self.fault(name, weakness.code(), zh, en);
        }
        password
    }

    /// A name, id or hash; its parser says what is wrong.
    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(name, 200);
        self.parse_text(name, &text)
    }

    /// Like [`Fields::parsed`], but it need not be there.
    pub(crate) fn optional_parsed<T: FromStr>(&mut self, name: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.optional_text(name, 200)?;
        self.parse_text(name, &text)
    }

    fn parse_text<T: FromStr>(&mut self, name: &str, text: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.fault(name, "invalid", "格式不对", &error.to_string());
                None
            }
        }
    }

    /// One of a closed list, read by `read`.
    pub(crate) fn choice<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name, 64);
        if text.is_empty() {
            return None;
        }
        let chosen = read(&text);
        if chosen.is_none() {
            self.fault(name, "not_a_choice", "不在可选范围内", "is not one of the answers");
        }
        chosen
    }

    /// A list of names.
    pub(crate) fn list<T: FromStr>(&mut self, name: &str, max: usize) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(values)) if values.len() <= max => {
                let mut items = Vec::new();
                for (index, value) in values.iter().enumerate() {
                    let place = format!("{name}[{index}]");
                    match value {
                        Value::String(text) if text.is_empty() => self.missing(&place),
                        Value::String(text) => items.extend(self.parse_text::<T>(&place, text)),
                        _ => self.wrong_type(&place, "text"),
                    }
                }
                items
            }
            Some(Value::Array(_)) => {
                self.fault(
                    name,
                    "too_long",
                    &format!("太多，最多 {max} 项"),
                    &format!("has too many entries: at most {max}"),
                );
                Vec::new()
            }
            Some(_) => {
                self.wrong_type(name, "list");
                Vec::new()
            }
        }
    }

    /// True or false; `false` when it is not there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.value(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.wrong_type(name, "true or false");
                false
            }
        }
    }

    /// A whole number between two bounds.
    pub(crate) fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        match self.value(name) {
            None => self.missing(name),
            Some(value) => match value.as_u64() {
                Some(number) if (least..=most).contains(&number) => return number,
                Some(_) => self.fault(
                    name,
                    "out_of_range",
                    &format!("应在 {least} 至 {most} 之间"),
                    &format!("must be {least} to {most}"),
                ),
                None => self.wrong_type(name, "whole number"),
            },
        }
        least
    }

    /// An instant, RFC 3339, or nothing.
    pub(crate) fn instant(&mut self, name: &str) -> Option<Instant> {
        let text = self.optional_text(name, 64)?;
        let read = text
            .parse::<jiff::Timestamp>()
            .ok()
            .and_then(|at| u64::try_from(at.as_millisecond()).ok());
        if read.is_none() {
            self.fault(
                name,
                "not_a_time",
                "不是时间，请写成 2026-01-31T09:00:00+08:00",
                "is not a time: write it like 2026-01-31T09:00:00+08:00",
            );
        }
        read.map(Instant)
    }

    /// A short text per language; Chinese must be there.
    pub(crate) fn local_text(&mut self, name: &str, max: usize) -> LocalText {
        let Some(value) = self.value(name) else {
            self.missing(name);
            return LocalText::default();
        };
        let Value::Object(object) = value else {
            self.wrong_type(name, "object of languages");
            return LocalText::default();
        };
        let (mut texts, before) = (BTreeMap::new(), self.faults.len());
        for (tag, value) in object {
            let place = format!("{name}.{tag}");
            let lang = Lang::ALL.into_iter().find(|lang| lang.tag() == tag);
            match (lang, value) {
                (None, _) => self.fault(
                    &place,
                    "unknown_language",
                    "没有这种语言",
                    "is not a language that is known here",
                ),
                (Some(lang), Value::String(text)) => {
                    texts.extend(self.sound(&place, &text, max).map(|text| (lang, text)))
                }
                (Some(_), _) => self.wrong_type(&place, "text"),
            }
        }
        if !texts.contains_key(&Lang::ZhHans) && self.faults.len() == before {
            self.missing(&format!("{name}.zh-Hans"));
        }
        LocalText(texts)
    }

    /// The fields of an object inside; missing is a fault.
    pub(crate) fn object<R>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> R) -> Option<R> {
        match self.value(name) {
            Some(Value::Object(object)) => Some(self.inside(name, object, read)),
            Some(_) => {
                self.wrong_type(name, "object");
                None
            }
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// The objects of a list inside.
    pub(crate) fn objects<R>(&mut self, name: &str, max: usize, read: impl Fn(&mut Self) -> R) -> Vec<R> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(values)) if values.len() <= max => {
                let mut items = Vec::new();
                for (index, value) in values.into_iter().enumerate() {
                    let place = format!("{name}[{index}]");
                    match value {
                        Value::Object(object) => items.push(self.inside(&place, object, &read)),
                        _ => self.wrong_type(&place, "object"),
                    }
                }
                items
            }
            Some(_) => {
                self.wrong_type(name, &format!("list of at most {max} objects"));
                Vec::new()
            }
        }
    }

    fn inside<R>(&mut self, name: &str, object: Map<String, Value>, read: impl FnOnce(&mut Self) -> R) -> R {
        let mut inner = Self::of(object, &self.path(name));
        let read = read(&mut inner);
        inner.refuse_the_rest();
        self.faults.append(&mut inner.faults);
        read
    }

    /// Notes faults found elsewhere.
    pub(crate) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.extend(faults);
    }

    /// A text per language and key, like the departments of a site.
    pub(crate) fn local_texts<K: FromStr + Ord>(&mut self, name: &str, max: usize) -> BTreeMap<K, LocalText>
    where
        K::Err: std::fmt::Display,
    {
        let Some(Value::Object(object)) = self.value(name) else {
            return BTreeMap::new();
        };
        let keys: Vec<String> = object.keys().cloned().collect();
        self.inside(name, object, |inner| {
            let mut texts = BTreeMap::new();
            for key in keys {
                let text = inner.local_text(&key, max);
                texts.extend(inner.parse_text::<K>(&key, &key).map(|key| (key, text)));
            }
            texts
        })
    }

    fn refuse_the_rest(&mut self) {
        let rest: Vec<String> = self.object.keys().take(20).cloned().collect();
        for name in rest {
            let shown: String = name.chars().take(60).collect();
            self.fault(&shown, "unknown_field", "没有这一项", "is not a field of this request");
        }
        self.object.clear();
    }

    /// All taken: the faults, if there were any.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        self.refuse_the_rest();
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.faults))
        }
    }
}
