//! The API, told to programs: an OpenAPI 3.1 document. It is written beside the routes and not generated from them; a test
//! compares it with `docs/endpoints.md`, and Schemathesis compares it with what the hub answers.

mod beginnings;
mod displays;
mod operation;
mod people;
mod publications;
mod schema;
mod site;
mod texts;
mod trail;

use operation::{Operation, REFUSALS};
use schema::{answer_with, list, named, text, told};
use serde_json::{Map, Value, json};

/// What comes before everything else.
const INTRODUCTION: &str = "Everything that the admin's pages do, for programs. `docs/api.md` says how to begin: tokens, repeating a \
request safely, and what a refusal looks like. Texts of refusals come in the language of `Accept-Language`, Chinese or English. \
Answers may have more fields in later versions; requests with fields that nobody knows are refused.";

/// The document.
pub(crate) fn document() -> Value {
    let operations: Vec<Operation> = [
        people::operations(),
        texts::operations(),
        beginnings::operations(),
        publications::operations(),
        displays::operations(),
        site::operations(),
        trail::operations(),
    ]
    .into_iter()
    .flatten()
    .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Heliograph", "version": env!("CARGO_PKG_VERSION"), "description": INTRODUCTION,
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths(operations),
        "components": {
            "securitySchemes": security_schemes(),
            "parameters": parameters(),
            "responses": refusals(),
            "schemas": schemas(),
        },
    })
}

fn paths(operations: Vec<Operation>) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for Operation { method, path, value } in operations {
        paths.entry(path).or_insert_with(|| json!({}))[method] = value;
    }
    Value::Object(paths)
}

fn security_schemes() -> Value {
    json!({
        "bearer": {"type": "http", "scheme": "bearer", "description":
            "The secret of a session, or of a token made under My account. A token has some of its maker's verbs and \
             stands for no person: it releases, erases and administers nothing."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "heliograph_session", "description":
            "What signing in sets in a browser; where the hub speaks TLS its name begins with `__Host-`. Changes are taken from \
             the hub's own pages alone."},
        "display": {"type": "http", "scheme": "bearer", "description": "The token that a display was given when it was let in."},
        "broker": {"type": "http", "scheme": "bearer", "description": "The password that the hub has at its broker."},
    })
}

fn parameters() -> Value {
    let header = |name: &str, required: bool, schema: Value, description: &str| json!({"name": name, "in": "header", "required": required, "schema": schema, "description": description});
    let key = json!({"type": "string", "pattern": "^[!-~]{1,128}$"});
    let number = json!({"type": "string", "pattern": "^\"[0-9]{1,19}\"$"});
    let hash = json!({"type": "string", "pattern": "^\"[0-9a-f]{64}\"$"});
    json!({
        "IdempotencyKey": header("Idempotency-Key", false, key,
            "Drawn by the caller for this command. The same request under the same key is answered as the first was, for seven days."),
        "IfRevisionSeen": header("If-Match", true, number.clone(), "The revision that the caller saw, from `ETag`. Another: 412; none: 428."),
        "IfRevision": header("If-Match", false, number, "The revision that the caller saw, from `ETag`. Another: 412."),
        "IfDraft": header("If-Match", false, hash.clone(), "The hash of the draft that the caller saw, from `ETag`. Another: 412."),
        "IfThisDraft": header("If-Match", true, hash, "The hash of the draft that the caller saw, from `ETag`. Another: 412; none: 428."),
    })
}

fn refusals() -> Value {
    let refusal = |(status, meaning): &(u16, &str)| {
        let mut refusal = json!({
            "description": meaning,
            "content": {"application/problem+json": {"schema": named("Problem")}},
        });
        if *status == 429 {
            let seconds = json!({"type": "integer", "minimum": 0});
            refusal["headers"] = json!({"Retry-After": {"description": "Seconds.", "schema": seconds}});
        }
        (format!("Refused{status}"), refusal)
    };
    Value::Object(REFUSALS.iter().map(refusal).collect())
}

fn schemas() -> Value {
    let mut schemas = Map::new();
    schemas.insert("Problem".to_owned(), problem());
    let local = json!({"type": "object", "additionalProperties": text()});
    schemas.insert(
        "LocalText".to_owned(),
        told(local, "A text per language tag; `zh-Hans` is always there."),
    );
    schemas.extend(people::schemas());
    schemas.extend(texts::schemas());
    schemas.extend(beginnings::schemas());
    schemas.extend(publications::schemas());
    schemas.extend(displays::schemas());
    schemas.extend(site::schemas());
    schemas.extend(trail::schemas());
    Value::Object(schemas)
}

/// RFC 9457.
fn problem() -> Value {
    let fault = schema::answer(&[
        (
            "field",
            told(
                text(),
                "The field's path in the request: `content.zh-Hans.title`, `channels[0]`.",
            ),
        ),
        (
            "code",
            told(
                text(),
                "A stable name of the fault: `missing`, `too_long`, `unknown_channel`…",
            ),
        ),
        ("message", told(text(), "A sentence in the caller's language.")),
    ]);
    answer_with(
        &[
            (
                "type",
                told(
                    json!({"type": "string", "pattern": "^urn:heliograph:problem:[a-z-]+$"}),
                    "A stable name.",
                ),
            ),
            ("title", told(text(), "What happened, in the caller's language.")),
            (
                "status",
                told(
                    json!({"type": "integer", "minimum": 400, "maximum": 599}),
                    "The HTTP status.",
                ),
            ),
            ("detail", told(text(), "What to do about it, in the caller's language.")),
        ],
        &[
            ("errors", told(list(fault), "Each field that is wrong.")),
            (
                "current",
                told(json!({}), "How things stand, where the caller's picture was old."),
            ),
        ],
    )
}

#[cfg(test)]
mod tests;
