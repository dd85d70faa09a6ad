//! Publications: the workflow, from submission to withdrawal.

use super::operation::{Operation, delete, get, post, put};
use super::schema::{
    answer, answer_with, any_object, count, exactly, flag, hash, line, list, list_of, named, nothing, number, one_of,
    or_null, perhaps_line, slug, text, time, told, uuid, wish,
};
use super::texts::kind;
use crate::comments::{MAX_CHARS, MAX_QUOTE_CHARS};
use heliograph_domain::publication::MAX_REASON_CHARS;
use serde_json::{Map, Value, json};

/// Where a publication stands.
const STATES: [&str; 9] = [
    "submitted",
    "reviewed",
    "countersigned",
    "approved",
    "returned",
    "released",
    "expired",
    "withdrawn",
    "erased",
];

pub(super) fn operations() -> Vec<Operation> {
    [reading(), deciding(), comments(), public(), erasing()]
        .into_iter()
        .flatten()
        .collect()
}

fn reading() -> Vec<Operation> {
    const WHO: &str = "Read";
    vec![
        get("/api/v1/publications", WHO, "Publications, the newest first")
            .asks("state", one_of(STATES), "Those that stand so.")
            .asks("kind", kind(), "Those of this kind.")
            .asks("q", text(), "Those whose Chinese title has this.")
            .asks("limit", number(1, 1000), "At most so many; 100 unless asked.")
            .gives(
                200,
                "They.",
                answer(&[("publications", list(named("ListedPublication")))]),
            ),
        get("/api/v1/publications/{id}", WHO, "One, with its texts and its history").gives_tagged(
            200,
            "It.",
            named("PublicationWithHistory"),
        ),
        get(
            "/api/v1/publications/{id}/reach",
            WHO,
            "How far its release has come, display by display",
        )
        .gives(200, "So far.", named("Reach")),
        get(
            "/api/v1/publications/{id}/attachments/{hash}",
            WHO,
            "A picture or file of its texts",
        )
        .gives_bytes("It.", &["image/png", "image/jpeg", "application/pdf"]),
    ]
}

/// A step of the workflow.
fn step(path: &'static str, who: &str, summary: &str, body: Value) -> Operation {
    post(path, who, summary)
        .takes(body)
        .repeatable()
        .if_match("IfRevision")
        .gives_tagged(
            200,
            "It is done; the publication as it is now.",
            named("PublicationDone"),
        )
        .fails(&[409])
}

/// The text that the caller saw.
fn seen() -> (&'static str, Value) {
    (
        "content",
        or_null(told(hash(), "The text that the caller saw. Another: 412.")),
    )
}

fn deciding() -> Vec<Operation> {
    let reason = || line(2000);
    vec![
        post(
            "/api/v1/publications/{id}/submit",
            "Draft",
            "Hands one's draft in, as it is saved",
        )
        .says("The id is the draft's. What the confidentiality gate blocks is refused with the places that it found.")
        .takes(wish(&[], &[("countersign", countersign())]))
        .repeatable()
        .if_match("IfDraft")
        .gives_tagged(200, "It is submitted.", named("PublicationDone"))
        .fails(&[409]),
        step(
            "/api/v1/publications/{id}/review",
            "Review",
            "Clears it for confidentiality",
            wish(
                &[],
                &[
                    (
                        "findings_confirmed",
                        told(flag(), "Whether every warning of the gate was looked at."),
                    ),
                    seen(),
                ],
            ),
        ),
        step(
            "/api/v1/publications/{id}/countersign",
            "Countersign",
            "Countersigns it",
            wish(&[], &[seen()]),
        ),
        step(
            "/api/v1/publications/{id}/approve",
            "Approve",
            "Approves it",
            wish(&[], &[seen()]),
        ),
        step(
            "/api/v1/publications/{id}/reject",
            "Reject",
            "Returns it to its author",
            wish(&[("reason", reason())], &[seen()]),
        ),
    ]
}

fn public() -> Vec<Operation> {
    let release = wish(
        &[("channels", list_of(slug(), 1, 64))],
        &[
            ("from", or_null(told(time(), "Now, unless it is said."))),
            ("until", or_null(told(time(), "For ever, unless it is said."))),
            ("priority", or_null(one_of(["normal", "filler"]))),
            seen(),
        ],
    );
    let reschedule = wish(
        &[("channels", list_of(slug(), 1, 64))],
        &[
            (
                "from",
                or_null(told(time(), "As it is, unless it is said; what has begun keeps it.")),
            ),
            ("until", or_null(told(time(), "For ever, unless it is said."))),
            seen(),
        ],
    );
    vec![
        step(
            "/api/v1/publications/{id}/release",
            "Release",
            "Lets it through to channels",
            release,
        ),
        step(
            "/api/v1/publications/{id}/amend",
            "Release",
            "Puts the approved text in the place of the released one",
            wish(&[], &[seen()]),
        ),
        step(
            "/api/v1/publications/{id}/reschedule",
            "Release",
            "Shows what is on release elsewhere, or for another time; its text stays",
            reschedule,
        ),
        step(
            "/api/v1/publications/{id}/withdraw",
            "Withdraw",
            "Takes it from every display, at once; the reason may follow",
            wish(&[], &[("reason", perhaps_line(2000)), seen()]),
        ),
    ]
}

fn erasing() -> Vec<Operation> {
    const WHO: &str = "Erase";
    vec![
        step(
            "/api/v1/publications/{id}/request-erasure",
            WHO,
            "Asks that all its texts be erased",
            wish(&[("reason", line(MAX_REASON_CHARS))], &[]),
        ),
        step(
            "/api/v1/publications/{id}/decline-erasure",
            WHO,
            "They shall not be",
            nothing(),
        ),
        step(
            "/api/v1/publications/{id}/erase",
            WHO,
            "Erases what somebody else asked for",
            nothing(),
        ),
    ]
}

/// Whether anybody must countersign, or the departments that must, all of them.
pub(super) fn countersign() -> Value {
    let asked = json!({"anyOf": [flag(), list_of(slug(), 0, 32)]});
    told(
        asked,
        "Whether anybody must countersign, or the departments that must, all of them.",
    )
}

/// What people say of a text in review.
fn comments() -> Vec<Operation> {
    const WHO: &str = "Reject";
    let said = wish(
        &[("text", line(MAX_CHARS))],
        &[
            (
                "field",
                told(
                    perhaps_line(200),
                    "Like `content.zh-Hans.body`; the whole text unless it is said.",
                ),
            ),
            (
                "quote",
                told(perhaps_line(MAX_QUOTE_CHARS), "Words of the text that it is about."),
            ),
        ],
    );
    vec![
        get(
            "/api/v1/publications/{id}/comments",
            "Read",
            "What was said of its texts in review",
        )
        .gives(200, "It.", answer(&[("comments", list(named("Comment")))])),
        post(
            "/api/v1/publications/{id}/comments",
            WHO,
            "Says something of the text on its way",
        )
        .says("Whoever may return the text may, and so may whoever wrote it.")
        .takes(said)
        .repeatable()
        .gives(201, "It is said.", named("Comment"))
        .fails(&[409]),
        put(
            "/api/v1/publications/{id}/comments/{comment}",
            WHO,
            "Marks it as dealt with, or as open again",
        )
        .takes(wish(&[], &[("dealt_with", flag())]))
        .repeatable()
        .gives(200, "It is so.", named("Comment")),
        delete("/api/v1/publications/{id}/comments/{comment}", WHO, "Erases one's own")
            .takes(nothing())
            .gives(200, "It is gone.", answer(&[("id", uuid()), ("erased", exactly(true))])),
    ]
}

fn comment() -> Value {
    let dealt_with = answer(&[("by", slug()), ("at", time())]);
    answer(&[
        ("id", uuid()),
        ("content", told(hash(), "The text that was looked at.")),
        ("field", text()),
        ("quote", text()),
        ("text", text()),
        ("by", slug()),
        ("at", time()),
        ("dealt_with", or_null(dealt_with)),
    ])
}

/// Steps that were taken in somebody's stead.
fn in_stead() -> Value {
    let duty = one_of(["review", "countersign", "approve", "reject", "release", "withdraw"]);
    list(answer(&[("duty", duty), ("by", slug()), ("for", slug())]))
}

pub(super) fn schemas() -> Map<String, Value> {
    let done = with(publication(), &[("revision", told(count(), "For `If-Match`."))], &[]);
    let listed = with(publication(), &[("title", text())], &[]);
    let step = answer(&[
        ("at", time()),
        ("by", slug()),
        ("event", told(json!({}), "The fact as the log has it.")),
    ]);
    let whole = with(
        publication(),
        &[
            ("revision", told(count(), "For `If-Match`.")),
            ("history", list(step)),
            ("position", told(count(), "Of its last record in the log.")),
        ],
        &[],
    );
    let arrival = answer(&[
        ("display", uuid()),
        ("name", or_null(named("LocalText"))),
        ("sent_at", or_null(time())),
        (
            "received_at",
            told(
                or_null(time()),
                "When the hub heard the display say that it has it, by the hub's clock: a display that tells of its first frame at once is heard after that frame.",
            ),
        ),
        (
            "on_air_at",
            told(
                or_null(time()),
                "When its first frame was handed to the panel, by the display's own clock.",
            ),
        ),
        ("on_air_after_ms", or_null(count())),
    ]);
    let reach = answer(&[
        ("publication", uuid()),
        ("content", hash()),
        ("released_at", time()),
        ("displays", list(arrival)),
    ]);
    [
        (
            "PublicationDone",
            told(done, "A publication as it stands after a step."),
        ),
        ("ListedPublication", listed),
        ("PublicationWithHistory", whole),
        ("Reach", reach),
        ("Comment", comment()),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

fn publication() -> Value {
    let erasure = answer(&[("by", slug()), ("at", time()), ("reason", text()), ("done", flag())]);
    answer(&[
        ("id", uuid()),
        (
            "state",
            told(one_of(STATES), "A text on its way first, then what the public sees."),
        ),
        ("kind", kind()),
        ("catalogue_entry", slug()),
        ("pending", or_null(pending())),
        ("released", or_null(released())),
        ("first_released_at", or_null(time())),
        ("withdrawn_at", or_null(time())),
        ("erasure", or_null(erasure)),
    ])
}

/// The text on its way.
fn pending() -> Value {
    let person = || or_null(slug());
    let signature = answer(&[("by", slug()), ("department", person())]);
    let proposed = answer(&[
        ("channels", list(slug())),
        ("from", or_null(time())),
        ("until", or_null(time())),
    ]);
    answer_with(
        &[
            ("content", hash()),
            ("stage", one_of(&STATES[..5])),
            ("author", slug()),
            ("submitted_at", time()),
            ("countersign", flag()),
            ("reviewer", person()),
            ("countersign_departments", list(slug())),
            ("countersigner", person()),
            ("countersignatures", list(signature)),
            ("awaited", list(slug())),
            ("in_stead", in_stead()),
            ("approver", person()),
            ("rule_set", count()),
            ("rules", rules()),
            ("findings", list(named("Finding"))),
            ("overridden_by", person()),
        ],
        &[
            ("document", or_null(any_object())),
            (
                "proposed",
                told(
                    or_null(proposed),
                    "Where and when its author thinks that it should be shown.",
                ),
            ),
            (
                "notes",
                told(
                    list(named("Note")),
                    "What its author did not say that they looked at: what was changed or left out when it was begun from something else.",
                ),
            ),
        ],
    )
}

/// What the public sees.
fn released() -> Value {
    answer_with(
        &[
            ("content", hash()),
            ("channels", list(slug())),
            ("from", time()),
            ("until", or_null(time())),
            ("priority", one_of(["filler", "normal", "campaign", "emergency"])),
            ("by", slug()),
            ("rules", or_null(rules())),
            ("at", time()),
            ("author", slug()),
            ("reviewer", slug()),
            ("approver", slug()),
            ("in_stead", in_stead()),
        ],
        &[("document", or_null(any_object()))],
    )
}

/// The rules of the gate: the program's set, and the beginning of the hash of the office's own words.
fn rules() -> Value {
    json!({"type": "string", "pattern": "^[0-9]+(\\+[0-9a-f]{8})?$"})
}

/// A schema with more fields.
fn with(mut schema: Value, fields: &[(&str, Value)], sometimes: &[(&str, Value)]) -> Value {
    for (name, field) in fields.iter().chain(sometimes) {
        schema["properties"][*name] = field.clone();
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.extend(fields.iter().map(|(name, _)| json!(name)));
    }
    schema
}
