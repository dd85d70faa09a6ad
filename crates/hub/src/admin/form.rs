//! A form as a browser posts it, and its way into the API's JSON.

use super::layout::Desk;
use crate::http::call::{Call, read_body, same_origin};
use crate::http::fields::SECRETS;
use crate::http::idempotency::form_digest;
use crate::http::problem::{Fault, Problem};
use crate::office::Office;
use axum::extract::{FromRequest, Request};
use heliograph_domain::Lang;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The fields of a posted form, in the order of the page.
pub(crate) struct Posted {
    pairs: Vec<(String, String)>,
    /// Of all fields: the same form twice is one command, a changed one is another. It is kept, so it tells no secret.
    digest: String,
}

impl FromRequest<Arc<Office>> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<Office>) -> Result<Self, Problem> {
        same_origin(request.headers())?;
        let body = read_body(request.into_body()).await?;
        Self::of_body(&body)
    }
}

impl Posted {
    /// Nothing was typed yet.
    pub(crate) fn empty() -> Self {
        Self {
            pairs: Vec::new(),
            digest: String::new(),
        }
    }

    pub(crate) fn of_body(body: &[u8]) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        let (mut plain, mut secret) = (Vec::new(), Vec::new());
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = decoded(&pair[..at])?;
            let value = decoded(pair.get(at + 1..).unwrap_or_default())?;
            let last = name.rsplit('.').next().unwrap_or_default();
            if SECRETS.contains(&last) && !value.is_empty() {
                secret.push(pair);
            } else {
                plain.push(pair);
            }
            pairs.push((name, value));
        }
        let digest = crate::keys::hex(&form_digest(&plain, &secret))[..24].to_owned();
        Ok(Self { pairs, digest })
    }

    /// The value of a field; empty when it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Every field, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Puts another value into a field.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.pairs.retain(|(key, _)| key != name);
        self.pairs.push((name.to_owned(), value));
    }

    /// All values of a field, like those of checked boxes.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// The fields whose names begin so, without the beginning.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs
            .iter()
            .filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.as_str())))
    }

    /// The value as JSON; nothing when it is empty.
    pub(crate) fn value(&self, name: &str) -> Value {
        match self.get(name).trim() {
            "" => Value::Null,
            text => json!(text),
        }
    }

    /// A short text in both languages of the admin: `name.zh-Hans`, `name.en`.
    pub(crate) fn local_text(&self, name: &str) -> Value {
        let mut texts = Map::new();
        for lang in [Lang::ZhHans, Lang::En] {
            let text = self.get(&format!("{name}.{}", lang.tag())).trim();
            if !text.is_empty() || lang == Lang::ZhHans {
                texts.insert(lang.tag().to_owned(), json!(text));
            }
        }
        Value::Object(texts)
    }

    /// The call that this form makes of the API.
    pub(crate) fn call(&self, desk: &Desk, purpose: &str, if_match: Option<&str>, fields: &Value) -> Call {
        let nonce = self.get("key");
        let plain = nonce.len() <= 64 && !nonce.is_empty() && nonce.bytes().all(|b| b.is_ascii_alphanumeric());
        let key = plain.then(|| format!("{nonce}-{purpose}-{}", self.digest));
        let path = format!("form:{purpose}");
        Call::of_form(desk.caller.clone(), key, if_match.map(str::to_owned), &path, fields)
    }
}

fn decoded(text: &[u8]) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    Some(byte) => {
                        bytes.push(byte);
                        rest = &after[2..];
                    }
                    None => bytes.push(b'%'),
                }
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::malformed("body", "not_utf8", "表单不是 UTF-8 编码", "the form is not UTF-8"))
}

/// What is wrong with a form, found by the field.
#[derive(Default)]
pub(crate) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    pub(crate) fn of(problem: &Problem) -> Self {
        Self {
            list: problem.faults.clone(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What to say at a field: its own faults and those of its parts (`materials[2]`, `name.en` where `exact` is off).
    pub(crate) fn at(&self, field: &str, lang: Lang) -> Vec<String> {
        let belongs = |fault: &&Fault| {
            fault
                .field
                .strip_prefix(field)
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && !rest.contains('.')))
        };
        self.list
            .iter()
            .filter(belongs)
            .map(|fault| sentence(fault, lang))
            .collect()
    }

    /// All of them, each with its field.
    pub(crate) fn all(&self, lang: Lang) -> impl Iterator<Item = (&str, String)> {
        self.list
            .iter()
            .map(move |fault| (fault.field.as_str(), sentence(fault, lang)))
    }

    /// What the control of a field is called in the page while something is wrong with it: there the alert leads.
    pub(crate) fn place(&self, field: &str) -> Option<String> {
        let faulty = self.list.iter().any(|fault| control_of(&fault.field) == field);
        faulty.then(|| place_of(field))
    }
}

/// The name of the control that says a fault: of a list that is typed into one field, the line is a part of it.
pub(crate) fn control_of(field: &str) -> &str {
    match field.rfind('[') {
        Some(at) if field.ends_with(']') => &field[..at],
        _ => field,
    }
}

/// What the control of a faulty field is called in the page.
pub(crate) fn place_of(field: &str) -> String {
    format!("at-{field}")
}

/// The fault's sentence without the field's technical name: it is said at the field.
fn sentence(fault: &Fault, lang: Lang) -> String {
    let text = fault.message.get(lang);
    let text = text
        .strip_prefix(fault.field.as_str())
        .map_or(text, |rest| rest.trim_start_matches(['：', ':', ' ']));
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let form = Posted::of_body("a=1+2&b=%E5%85%AC%E5%91%8A&c=&b=x%26y&broken=100%".as_bytes()).unwrap();
        assert_eq!(form.get("a"), "1 2");
        assert_eq!(form.all("b"), ["公告", "x&y"]);
        assert_eq!((form.get("c"), form.has("c"), form.has("d")), ("", true, false));
        assert_eq!(form.get("broken"), "100%");
        assert!(Posted::of_body(b"a=%ff").is_err());
    }

    #[test]
    fn the_name_of_a_form_changes_with_every_field_and_tells_no_secret() {
        use sha2::{Digest, Sha256};
        let named = |body: &str| Posted::of_body(body.as_bytes()).unwrap().digest;
        let guessed = |body: &str| crate::keys::hex(&<[u8; 32]>::from(Sha256::digest(body)))[..24].to_owned();
        let (one, two) = ("key=1&id=li&password=first%2Bone", "key=1&id=li&password=another");
        assert_eq!(named(one), named(one));
        assert_ne!(named(one), named(two));
        assert_ne!(named(one), named("key=2&id=li&password=first%2Bone"));
        // Whoever reads the name cannot try passwords at it; wherever a password stands, it is one.
        for body in [one, "key=1&confirm.password=first"] {
            assert_ne!(named(body), guessed(body));
        }
        // The control: a form without one is named by what it says.
        let plain = "key=1&id=li&password=";
        assert_eq!(named(plain), guessed(plain));
    }
}
