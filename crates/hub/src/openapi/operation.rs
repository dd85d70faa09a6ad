//! One operation of the API, as the document tells it.

use super::schema;
use serde_json::{Map, Value, json};

/// What the statuses of refusals mean, whichever operation refuses.
pub(super) const REFUSALS: [(u16, &str); 14] = [
    (400, "The request cannot be read."),
    (401, "Nobody is signed in, or what was shown does not let in."),
    (403, "The caller may not do this, or has to show first that it is they."),
    (404, "There is no such thing, or the caller may not know of it."),
    (408, "The upload took too long."),
    (409, "The step does not follow from where things stand."),
    (410, "It is over: it was there, and is no longer."),
    (
        412,
        "It has changed since the caller saw it; `current` has it as it is.",
    ),
    (413, "The body is too large."),
    (422, "Fields are wrong; `errors` names each. Nothing was written."),
    (428, "`If-Match` is missing."),
    (429, "Too many tries; `Retry-After` says when to come again."),
    (500, "A fault of the program or its machine."),
    (
        503,
        "Several people change the same thing at once: try again in a moment.",
    ),
];

/// An operation.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) value: Value,
}

/// An operation for whom `who` names, as the row of `docs/endpoints.md` does.
fn operation(method: &'static str, path: &'static str, who: &str, summary: &str) -> Operation {
    let value = json!({
        "operationId": id_of(method, path),
        "tags": [tag_of(path)],
        "summary": summary,
        "security": security(who),
        "x-heliograph-who": who,
        "parameters": path_parameters(path),
        "responses": {},
    });
    let operation = Operation { method, path, value }.fails(&[400, 500]);
    let operation = if who == "Everyone" || who == "Machine" {
        operation
    } else {
        operation.fails(&[401, 403])
    };
    if path.contains('{') {
        operation.fails(&[404])
    } else {
        operation
    }
}

pub(super) fn get(path: &'static str, who: &str, summary: &str) -> Operation {
    operation("get", path, who, summary)
}

pub(super) fn post(path: &'static str, who: &str, summary: &str) -> Operation {
    operation("post", path, who, summary)
}

pub(super) fn put(path: &'static str, who: &str, summary: &str) -> Operation {
    operation("put", path, who, summary)
}

pub(super) fn delete(path: &'static str, who: &str, summary: &str) -> Operation {
    operation("delete", path, who, summary)
}

impl Operation {
    /// What to know besides.
    pub(super) fn says(mut self, text: &str) -> Self {
        self.value["description"] = json!(text);
        self
    }

    /// A parameter in the query.
    pub(super) fn asks(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter(json!({"name": name, "in": "query", "schema": schema, "description": description}))
    }

    fn parameter(mut self, parameter: Value) -> Self {
        if let Some(parameters) = self.value["parameters"].as_array_mut() {
            parameters.push(parameter);
        }
        self
    }

    /// A JSON body; one without mandatory fields may be left out.
    pub(super) fn takes(mut self, schema: Value) -> Self {
        let required =
            schema["required"].as_array().is_some_and(|names| !names.is_empty()) || schema["$ref"].is_string();
        self.value["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
        self.fails(&[413, 422])
    }

    /// A body that is a file.
    pub(super) fn takes_file(mut self) -> Self {
        self.value["requestBody"] = json!({"required": true, "content": {"application/octet-stream": {"schema": {}}}});
        self.fails(&[408, 413, 422])
    }

    /// A command that may be repeated under its `Idempotency-Key`.
    pub(super) fn repeatable(self) -> Self {
        self.parameter(json!({"$ref": "#/components/parameters/IdempotencyKey"}))
            .fails(&[422, 503])
    }

    /// A change of what the caller has seen.
    pub(super) fn if_match(self, name: &str) -> Self {
        self.parameter(json!({"$ref": format!("#/components/parameters/{name}")}))
            .fails(&[412])
    }

    /// A JSON answer.
    pub(super) fn gives(self, status: u16, description: &str, schema: Value) -> Self {
        self.responds(
            status,
            json!({"description": description, "content": {"application/json": {"schema": schema}}}),
        )
    }

    /// A JSON answer with the revision or hash to change it by.
    pub(super) fn gives_tagged(self, status: u16, description: &str, schema: Value) -> Self {
        let headers = json!({"ETag": {"description": "For `If-Match`.", "required": true, "schema": schema::text()}});
        let content = json!({"application/json": {"schema": schema}});
        self.responds(
            status,
            json!({"description": description, "headers": headers, "content": content}),
        )
    }

    /// An answer that is bytes.
    pub(super) fn gives_bytes(self, description: &str, kinds: &[&str]) -> Self {
        let content: Map<String, Value> = kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
        self.responds(200, json!({"description": description, "content": content}))
    }

    fn responds(mut self, status: u16, response: Value) -> Self {
        self.value["responses"][status.to_string()] = response;
        self
    }

    /// The ways in which it may refuse.
    pub(super) fn fails(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let response = json!({"$ref": format!("#/components/responses/Refused{status}")});
            self.value["responses"][status.to_string()] = response;
        }
        self
    }
}

/// What a caller carries.
fn security(who: &str) -> Value {
    match who {
        "Everyone" | "Machine" => json!([]),
        "Display" => json!([{"display": []}]),
        "Broker" => json!([{"broker": []}]),
        _ => json!([{"bearer": []}, {"cookie": []}]),
    }
}

/// `post-displays-id-retire` of `POST /api/v1/displays/{id}/retire`.
fn id_of(method: &str, path: &str) -> String {
    let mut id = method.to_owned();
    for part in path.trim_start_matches("/api/v1/").split('/') {
        id.push('-');
        id.push_str(part.trim_matches(['{', '}']));
    }
    id
}

/// The noun that a path begins with.
fn tag_of(path: &str) -> &str {
    let noun = path.trim_start_matches("/api/v1/");
    noun.split('/').next().unwrap_or(noun)
}

fn path_parameters(path: &str) -> Value {
    let named = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    named
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": of_path(path, name)}))
        .collect()
}

fn of_path(path: &str, name: &str) -> Value {
    match (name, tag_of(path)) {
        ("hash", _) | ("id", "sessions") => schema::hash(),
        ("year", _) => schema::number(1990, 2998),
        ("id", "staff") => schema::slug(),
        ("id", "passkeys") => json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,1400}$"}),
        _ => schema::uuid(),
    }
}
