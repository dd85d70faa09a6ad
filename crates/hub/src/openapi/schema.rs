//! What JSON Schemas are made of (draft 2020-12, which OpenAPI 3.1 uses).

use heliograph_domain::Lang;
use serde_json::{Map, Value, json};

/// One of the document's own schemas.
pub(super) fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// What an answer has: these fields, and in later versions perhaps more.
pub(super) fn answer(fields: &[(&str, Value)]) -> Value {
    answer_with(fields, &[])
}

/// The same, with fields that are not always there.
pub(super) fn answer_with(fields: &[(&str, Value)], sometimes: &[(&str, Value)]) -> Value {
    let properties = fields.iter().chain(sometimes).map(property);
    json!({"type": "object", "required": names(fields), "properties": properties.collect::<Map<_, _>>()})
}

/// What a request has: these fields, perhaps some of the others, and nothing else.
pub(super) fn wish(fields: &[(&str, Value)], perhaps: &[(&str, Value)]) -> Value {
    let mut wish = answer_with(fields, perhaps);
    wish["additionalProperties"] = json!(false);
    wish
}

/// A request without fields: an empty body does as well.
pub(super) fn nothing() -> Value {
    wish(&[], &[])
}

fn property((name, schema): &(&str, Value)) -> (String, Value) {
    ((*name).to_owned(), schema.clone())
}

fn names(fields: &[(&str, Value)]) -> Vec<String> {
    fields.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Any text of an answer.
pub(super) fn text() -> Value {
    json!({"type": "string"})
}

/// A text of a request: 1 to `max` characters, not of spaces alone, without control characters.
pub(super) fn line(max: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$"})
}

/// A text of a request that means nothing when it is empty.
pub(super) fn perhaps_line(max: usize) -> Value {
    or_null(json!({"type": "string", "maxLength": max, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$"}))
}

/// A secret that people type.
pub(super) fn secret(min: usize, max: usize) -> Value {
    json!({"type": "string", "minLength": min, "maxLength": max, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$", "format": "password"})
}

/// A name that people choose: of a channel, a person, a department, a catalogue entry.
pub(super) fn slug() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9-]{1,32}$"})
}

/// The id of a publication, a draft or a display.
pub(super) fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

/// 32 bytes as hexadecimal digits: a content hash, a key, the id of a session.
pub(super) fn hash() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
}

/// An instant of RFC 3339.
pub(super) fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// A calendar date.
pub(super) fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

/// A whole number, none below zero.
pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

/// A whole number between two bounds.
pub(super) fn number(least: u64, most: u64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": most})
}

/// True or false.
pub(super) fn flag() -> Value {
    json!({"type": "boolean"})
}

/// One of a closed list.
pub(super) fn one_of<T: serde::Serialize>(names: impl IntoIterator<Item = T>) -> Value {
    let names: Vec<Value> = names.into_iter().map(|name| json!(name)).collect();
    json!({"type": "string", "enum": names})
}

/// Always this text.
pub(super) fn exactly(value: impl serde::Serialize) -> Value {
    json!({"const": value})
}

/// A list.
pub(super) fn list(of: Value) -> Value {
    json!({"type": "array", "items": of})
}

/// A list of a request.
pub(super) fn list_of(of: Value, least: usize, most: usize) -> Value {
    json!({"type": "array", "items": of, "minItems": least, "maxItems": most})
}

/// This, or nothing.
pub(super) fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// Any object.
pub(super) fn any_object() -> Value {
    json!({"type": "object"})
}

/// A text per language in a request; Chinese must be there.
pub(super) fn local_text(max: usize) -> Value {
    let texts: Map<String, Value> = Lang::ALL
        .iter()
        .map(|lang| (lang.tag().to_owned(), line(max)))
        .collect();
    json!({"type": "object", "required": ["zh-Hans"], "properties": texts, "additionalProperties": false})
}

/// A description of a schema, beside it.
pub(super) fn told(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}
