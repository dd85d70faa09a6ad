//! Drafts and what refers them: the texts that authors work on.

use super::operation::{Operation, delete, get, post, put};
use super::schema::{
    answer, answer_with, any_object, count, date, exactly, flag, hash, line, list, list_of, named, number, one_of,
    or_null, slug, text, time, told, uuid, wish,
};
use crate::attachments::MAX_UPLOAD_BYTES;
use crate::begun::Awaits;
use crate::papers::MAX_FILE_BYTES;
use heliograph_domain::content::{FieldSpec, Shape};
use heliograph_domain::publication::MAX_REASON_CHARS;
use heliograph_domain::{Kind, Lang};
use serde_json::{Map, Value, json};

pub(super) fn operations() -> Vec<Operation> {
    [of_drafts(), of_several(), of_pictures(), of_referrals()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_drafts() -> Vec<Operation> {
    const WHO: &str = "Draft";
    let kept = || named("DraftKept");
    vec![
        get(
            "/api/v1/drafts",
            WHO,
            "One's own drafts, and those that are shared with one",
        )
        .says("The newest first, each with what it waits for.")
        .gives(200, "They.", answer(&[("drafts", list(named("Draft")))])),
        post(
            "/api/v1/drafts",
            WHO,
            "Begins a draft, of something new or of the next text of a publication",
        )
        .takes(named("NewDraft"))
        .repeatable()
        .gives_tagged(201, "It is kept.", kept())
        .fails(&[412]),
        get("/api/v1/drafts/{id}", WHO, "A draft that is open to one").gives_tagged(200, "It.", named("Draft")),
        put("/api/v1/drafts/{id}", WHO, "Changes one's draft")
            .takes(named("DraftWish"))
            .repeatable()
            .if_match("IfThisDraft")
            .gives_tagged(200, "It is kept.", kept())
            .fails(&[428]),
        delete("/api/v1/drafts/{id}", WHO, "Throws one's draft away").gives(
            200,
            "It is gone.",
            answer(&[("id", uuid()), ("discarded", exactly(true))]),
        ),
        post(
            "/api/v1/drafts/{id}/refer",
            WHO,
            "Asks a confidentiality reviewer to let through what the gate blocks",
        )
        .takes(wish(&[], &[("countersign", super::publications::countersign())]))
        .repeatable()
        .if_match("IfDraft")
        .gives_tagged(
            200,
            "It waits for one.",
            answer(&[("id", uuid()), ("hash", hash()), ("referred", exactly(true))]),
        )
        .fails(&[409]),
    ]
}

/// Several people at one draft.
fn of_several() -> Vec<Operation> {
    const WHO: &str = "Draft";
    let merged = answer_with(
        &[
            ("id", uuid()),
            ("hash", hash()),
            ("findings", list(named("Finding"))),
            ("sent", told(hash(), "Of the text as the caller sent it.")),
            (
                "taken",
                told(list(text()), "Fields that are as somebody else saved them."),
            ),
            ("doubled", told(list(text()), "Fields in which both forms were kept.")),
        ],
        &[("by", told(slug(), "Who saved last."))],
    );
    vec![
        put(
            "/api/v1/drafts/{id}/editors",
            WHO,
            "With whom its author shares it, all of them",
        )
        .takes(wish(&[], &[("editors", or_null(list_of(slug(), 0, 20)))]))
        .repeatable()
        .gives_tagged(
            200,
            "It is shared so.",
            answer(&[("id", uuid()), ("hash", hash()), ("editors", list(slug()))]),
        ),
        post(
            "/api/v1/drafts/{id}/merge",
            WHO,
            "Saves a text, put together with what others saved since the caller saw the draft",
        )
        .takes(named("DraftWish"))
        .repeatable()
        .if_match("IfThisDraft")
        .gives_tagged(200, "It is kept.", merged)
        .fails(&[409, 428]),
    ]
}

fn of_pictures() -> Vec<Operation> {
    const WHO: &str = "Draft";
    let name = json!({"type": "string", "minLength": 1, "maxLength": 200});
    let added = answer(&[
        ("id", uuid()),
        ("hash", hash()),
        ("attachments", list(named("Attachment"))),
        ("files", list(named("PublicFile"))),
    ]);
    let becomes = told(
        one_of(["pictures", "file"]),
        "What becomes of a PDF: pictures that displays show, or a file that the public page offers and no display holds.",
    );
    vec![
        post(
            "/api/v1/drafts/{id}/attachments",
            WHO,
            "Adds a picture, each page of a PDF, or a PDF as a file for the public page",
        )
        .says(&format!(
            "The body is the file: PNG, JPEG, WebP or PDF, at most {} MiB, recognised by its content. A file for the public \
             page is a PDF of at most {} MiB that is not encrypted and has no scripts, launch actions or embedded files.",
            MAX_UPLOAD_BYTES >> 20,
            MAX_FILE_BYTES >> 20
        ))
        .asks(
            "name",
            name,
            "What it shows, in words, for those who do not see it. Mandatory.",
        )
        .asks("as", becomes, "`pictures` unless asked.")
        .takes_file()
        .repeatable()
        .gives_tagged(201, "They are kept: pictures encoded anew, a file as it is.", added),
        get(
            "/api/v1/drafts/{id}/attachments/{hash}",
            WHO,
            "A picture or file of one's draft, or of one that waits for the caller",
        )
        .gives_bytes("It.", &["image/png", "image/jpeg", "application/pdf"]),
        delete(
            "/api/v1/drafts/{id}/attachments/{hash}",
            WHO,
            "Takes a picture or file out of one's draft",
        )
        .gives_tagged(200, "It is out.", answer(&[("id", uuid()), ("hash", hash())]))
        .fails(&[422]),
    ]
}

fn of_referrals() -> Vec<Operation> {
    const WHO: &str = "Review";
    let reason = || line(MAX_REASON_CHARS);
    vec![
        get(
            "/api/v1/referrals",
            WHO,
            "Drafts that wait to be let past the gate, none of one's own",
        )
        .gives(200, "They.", answer(&[("referrals", list(named("Draft")))])),
        get("/api/v1/referrals/{id}", WHO, "One of them").gives_tagged(200, "It.", named("Draft")),
        post(
            "/api/v1/referrals/{id}/override",
            WHO,
            "Submits it for its author, past the gate",
        )
        .takes(wish(
            &[
                ("reason", reason()),
                ("hash", told(hash(), "Of the draft that the caller saw.")),
            ],
            &[],
        ))
        .repeatable()
        .gives_tagged(200, "It is submitted.", named("PublicationDone"))
        .fails(&[409, 412]),
        post("/api/v1/referrals/{id}/decline", WHO, "Returns it to its author")
            .takes(wish(&[("reason", reason())], &[]))
            .repeatable()
            .gives(
                200,
                "It is back.",
                answer(&[("id", uuid()), ("declined", exactly(true))]),
            ),
    ]
}

pub(super) fn schemas() -> Map<String, Value> {
    let finding = answer(&[
        ("class", one_of(["block", "warn", "slip"])),
        ("rule", text()),
        ("field", text()),
        ("offset", count()),
        ("length", count()),
    ]);
    let attachment = answer(&[
        ("name", text()),
        ("media_type", one_of(["image/png", "image/jpeg"])),
        ("hash", hash()),
        ("bytes", count()),
        ("width_px", count()),
        ("height_px", count()),
    ]);
    let kept = answer(&[("id", uuid()), ("hash", hash()), ("findings", list(named("Finding")))]);
    let mut schemas: Map<String, Value> = [
        (
            "Finding",
            told(
                finding,
                "What the confidentiality gate found: rule and place, never the text.",
            ),
        ),
        ("Attachment", attachment),
        ("PublicFile", public_file()),
        ("Draft", draft()),
        ("DraftKept", kept),
        ("DraftWish", draft_wish(&[])),
        (
            "NewDraft",
            draft_wish(&[(
                "publication",
                or_null(told(uuid(), "The publication whose next text it is.")),
            )]),
        ),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect();
    schemas.extend(Kind::ALL.iter().map(|kind| (of_kind(*kind), texts_of(*kind))));
    schemas
}

/// What the public page offers and displays never hold.
fn public_file() -> Value {
    answer(&[
        ("name", text()),
        ("media_type", one_of(["application/pdf"])),
        ("hash", hash()),
        ("bytes", count()),
        ("pages", count()),
    ])
}

fn draft() -> Value {
    let waits_for = one_of(Awaits::ALL.map(Awaits::slug));
    answer_with(
        &[
            ("id", uuid()),
            ("hash", hash()),
            ("kind", kind()),
            (
                "catalogue_entry",
                told(
                    or_null(slug()),
                    "Nothing until one is chosen; it is demanded when the draft is handed in.",
                ),
            ),
            ("content", any_object()),
            ("attachments", list(named("Attachment"))),
            ("files", list(named("PublicFile"))),
            ("author", slug()),
            ("editors", list(slug())),
            ("contributors", list(slug())),
            ("saved_by", slug()),
            ("notes", list(named("Note"))),
            ("referred", flag()),
            (
                "channels",
                told(list(slug()), "Where its author thinks that it should be shown."),
            ),
            ("from", or_null(time())),
            ("until", or_null(time())),
            ("updated_at", time()),
        ],
        &[(
            "waits_for",
            told(
                waits_for,
                "In a list of one's own: its writer, a reviewer at the gate, its author again, or the workflow.",
            ),
        )],
    )
}

pub(super) fn kind() -> Value {
    one_of(Kind::ALL.iter().map(|kind| kind.slug()))
}

/// A draft of any kind: which, decides what its content may have.
fn draft_wish(more: &[(&str, Value)]) -> Value {
    let proposed = [
        ("catalogue_entry", or_null(slug())),
        ("channels", list_of(slug(), 0, 64)),
        ("from", or_null(time())),
        ("until", or_null(time())),
    ];
    let more = [&proposed, more].concat();
    let of = |kind: &Kind| {
        wish(
            &[("kind", exactly(kind.slug())), ("content", named(&of_kind(*kind)))],
            &more,
        )
    };
    json!({"oneOf": Kind::ALL.iter().map(of).collect::<Vec<_>>()})
}

/// `ContentOfServiceGuide`
fn of_kind(kind: Kind) -> String {
    format!("ContentOf{kind:?}")
}

/// A kind's text in each language. A draft may be unfinished: no field is mandatory before it is submitted.
fn texts_of(kind: Kind) -> Value {
    let one = fields(kind.fields());
    let texts: Map<String, Value> = Lang::ALL
        .iter()
        .map(|lang| (lang.tag().to_owned(), one.clone()))
        .collect();
    json!({
        "type": "object", "description": kind.label(Lang::En), "required": ["zh-Hans"], "properties": texts,
        "additionalProperties": false,
    })
}

fn fields(specs: &[FieldSpec]) -> Value {
    let properties: Map<String, Value> = specs.iter().map(|spec| (spec.name.to_owned(), field(spec))).collect();
    let mandatory: Vec<&str> = specs
        .iter()
        .filter(|spec| spec.required)
        .map(|spec| spec.name)
        .collect();
    json!({
        "type": "object", "properties": properties, "additionalProperties": false,
        "x-heliograph-mandatory-when-submitted": mandatory,
    })
}

fn field(spec: &FieldSpec) -> Value {
    const ONE_LINE: &str =
        "^[^\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufffe\\uffff]*$";
    const LINES: &str = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufffe\\uffff]*$";
    let texts = |pattern: &str| json!({"type": "string", "maxLength": spec.shape.max_chars(), "pattern": pattern});
    let schema = match spec.shape {
        Shape::Line => texts(ONE_LINE),
        Shape::Text | Shape::Markdown => texts(LINES),
        Shape::Lines => list_of(texts(ONE_LINE), 0, 50),
        Shape::Date => date(),
        Shape::Year => number(1949, 2999),
        Shape::Choice(choices) => one_of(choices.iter().map(|choice| choice.name)),
        Shape::Rows(columns) => list_of(fields(columns), 0, 500),
        Shape::Group(inner) => fields(inner),
    };
    told(schema, &format!("{} / {}", spec.zh, spec.en))
}
