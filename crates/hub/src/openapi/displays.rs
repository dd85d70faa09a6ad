//! Displays, their channels, how machines are let in, and what they fetch.

use super::operation::{Operation, get, post, put};
use super::schema::{
    answer, answer_with, any_object, count, exactly, flag, hash, line, list, list_of, local_text, named, nothing,
    number, one_of, or_null, slug, text, time, told, uuid, wish,
};
use heliograph_domain::Lang;
use heliograph_domain::display::MAX_REASON_CHARS;
use serde_json::{Map, Value, json};

const WHO: &str = "OperateDisplays";

pub(super) fn operations() -> Vec<Operation> {
    [of_displays(), of_channels(), of_machines(), of_admission(), of_device()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_displays() -> Vec<Operation> {
    let mut enrolled = setting_wish();
    enrolled["properties"]["key"] = told(hash(), "The device's Ed25519 public key.");
    if let Some(required) = enrolled["required"].as_array_mut() {
        required.push(json!("key"));
    }
    let reason = told(line(MAX_REASON_CHARS), "It stays in the log.");
    vec![
        get("/api/v1/displays", "Read", "Every display, and how it stands").gives(
            200,
            "They.",
            answer(&[("displays", list(named("Display")))]),
        ),
        post(
            "/api/v1/displays",
            WHO,
            "Enrols a display by hand; pairing does it without carrying secrets about",
        )
        .takes(enrolled)
        .repeatable()
        .gives(201, "What the machine needs, told once.", named("Credential")),
        get("/api/v1/displays/{id}", "Read", "One display").gives_tagged(200, "It.", named("Display")),
        put("/api/v1/displays/{id}", WHO, "Sets what the office decides about it")
            .takes(setting_wish())
            .repeatable()
            .if_match("IfRevision")
            .gives(200, "It is so.", named("DisplaySetting"))
            .fails(&[409]),
        post("/api/v1/displays/{id}/retire", WHO, "It was taken down")
            .takes(nothing())
            .repeatable()
            .gives(200, "It is out.", answer(&[("id", uuid()), ("retired", exactly(true))])),
        post(
            "/api/v1/displays/{id}/revoke",
            WHO,
            "Shuts its machine out; the place stays for another",
        )
        .takes(wish(&[], &[("reason", or_null(reason))]))
        .repeatable()
        .gives(
            200,
            "It is shut out.",
            answer(&[("id", uuid()), ("revoked", exactly(true))]),
        )
        .fails(&[409]),
        get(
            "/api/v1/displays/{id}/frame.png",
            "Read",
            "What it shows now, drawn by the hub from the log",
        )
        .asks("width", number(1, 7680), "At most so many pixels wide.")
        .gives_bytes("The picture.", &["image/png"]),
    ]
}

fn of_channels() -> Vec<Operation> {
    vec![
        get("/api/v1/channels", "Read", "The programmes that displays tune in to").gives(
            200,
            "They.",
            answer(&[("channels", list(named("Channel")))]),
        ),
        post("/api/v1/channels", WHO, "Opens a channel, or changes its title")
            .takes(wish(
                &[("name", slug()), ("title", local_text(100))],
                &[("findings_confirmed", super::site::confirmed())],
            ))
            .repeatable()
            .gives(
                201,
                "It is open.",
                answer(&[("name", slug()), ("title", named("LocalText"))]),
            ),
    ]
}

/// The three calls of a machine that nobody knows yet.
fn of_machines() -> Vec<Operation> {
    let opened = answer(&[
        ("request", uuid()),
        ("nonce", hash()),
        ("site", slug()),
        ("root", hash()),
        ("expires_at", told(count(), "Milliseconds since 1970.")),
    ]);
    let facts = json!({"type": "string", "maxLength": 4096, "contentMediaType": "application/json"});
    let reveal = wish(
        &[
            ("key", hash()),
            ("nonce", hash()),
            ("secret_hash", hash()),
            ("facts", facts),
        ],
        &[],
    );
    let state = answer_with(
        &[("state", one_of(["waiting", "refused", "admitted"]))],
        &[
            ("id", uuid()),
            ("site", slug()),
            ("mqtt_token", text()),
            ("root", hash()),
            ("hub", or_null(text())),
            ("broker", or_null(text())),
            ("ca", or_null(text())),
            ("trust", text()),
        ],
    );
    vec![
        post(
            "/api/v1/enrolments",
            "Machine",
            "A machine asks to be a display: it commits to what it will reveal",
        )
        .says("`docs/wire-format.md`, section 1, has the whole exchange.")
        .takes(wish(&[("commitment", hash())], &[]))
        .gives(201, "Whose hub this is.", opened)
        .fails(&[429]),
        post(
            "/api/v1/enrolments/{id}/reveal",
            "Machine",
            "It says who it is; from now on people see it",
        )
        .takes(reveal)
        .gives(200, "It waits for people.", answer(&[("state", exactly("waiting"))]))
        .fails(&[409, 410]),
        get(
            "/api/v1/enrolments/{id}",
            "Machine",
            "How things stand, for the machine with the secret as bearer token",
        )
        .gives(200, "So. The credential is told once.", state)
        .fails(&[401, 410]),
    ]
}

fn of_admission() -> Vec<Operation> {
    let code = || line(16);
    let mut add = setting_wish();
    add["properties"]["short_string"] = code();
    add["properties"]["replaces"] = json!({"type": "null"});
    if let Some(required) = add["required"].as_array_mut() {
        required.push(json!("short_string"));
    }
    let take_over = wish(&[("short_string", code()), ("replaces", uuid())], &[]);
    vec![
        get("/api/v1/enrolments", WHO, "Machines that wait for people").gives(
            200,
            "They.",
            answer(&[("enrolments", list(named("Enrolment")))]),
        ),
        post(
            "/api/v1/enrolments/{id}/admit",
            WHO,
            "Lets a machine in after its code was compared, in a new place or another's",
        )
        .takes(json!({"oneOf": [add, take_over]}))
        .repeatable()
        .gives(200, "It took the place over.", answer(&[("id", uuid())]))
        .gives(201, "It is a display.", answer(&[("id", uuid())]))
        .fails(&[409, 410]),
        post("/api/v1/enrolments/{id}/refuse", WHO, "Turns a machine away")
            .takes(nothing())
            .repeatable()
            .gives(200, "It is told so.", answer(&[("state", exactly("refused"))]))
            .fails(&[409, 410]),
    ]
}

fn of_device() -> Vec<Operation> {
    let nonce = json!({"type": "string", "pattern": "^[0-9a-f]{32}$"});
    vec![
        get(
            "/api/v1/device/mail",
            "Display",
            "Everything that is retained for the display, past its broker",
        )
        .says("`docs/wire-format.md` has the bytes.")
        .asks("nonce", nonce, "For the answer to say when it was asked.")
        .gives_bytes("The mail.", &["application/octet-stream"])
        .fails(&[429]),
        get("/api/v1/device/content/{hash}", "Display", "An object of its programme").gives_bytes(
            "Format, salt and bytes, as through the broker.",
            &["application/octet-stream"],
        ),
    ]
}

/// What the office decides about a display.
fn setting_wish() -> Value {
    wish(
        &[
            ("name", local_text(60)),
            ("location", local_text(120)),
            ("profile", line(64)),
            ("language", one_of(Lang::ALL.map(Lang::tag))),
            ("channels", list_of(slug(), 1, 32)),
            ("panel", panel_wish()),
        ],
        &[],
    )
}

fn panel_wish() -> Value {
    wish(
        &[
            ("width_px", number(8, 7680)),
            ("height_px", number(8, 7680)),
            ("pixel_pitch_um", number(50, 50_000)),
            ("viewing_distance_mm", number(200, 100_000)),
            ("refresh_hz", number(1, 240)),
            ("colour", one_of(["mono", "tri", "full"])),
        ],
        &[],
    )
}

fn setting_fields() -> Vec<(&'static str, Value)> {
    vec![
        ("name", named("LocalText")),
        ("location", named("LocalText")),
        ("profile", text()),
        ("panel", any_object()),
        ("language", one_of(Lang::ALL.map(Lang::tag))),
        ("channels", list(slug())),
    ]
}

pub(super) fn schemas() -> Map<String, Value> {
    let revocation = answer(&[("at", time()), ("by", text()), ("reason", or_null(text()))]);
    let mut display = setting_fields();
    display.extend([
        ("id", uuid()),
        ("key", hash()),
        ("retired", flag()),
        ("revoked", flag()),
        ("revocation", or_null(revocation)),
        ("standing", one_of(["offline", "online", "stale"])),
        ("last_seen", or_null(time())),
        ("status", told(or_null(any_object()), "What its player said last.")),
    ]);
    let channel = answer(&[
        ("name", slug()),
        ("title", named("LocalText")),
        ("items", count()),
        ("position", or_null(count())),
    ]);
    let credential = answer(&[
        ("id", uuid()),
        ("site", slug()),
        ("mqtt_token", text()),
        ("root", hash()),
        ("hub", or_null(text())),
        ("broker", or_null(text())),
        ("ca", or_null(text())),
    ]);
    let enrolment = answer(&[
        ("request", uuid()),
        ("opened_at", time()),
        ("expires_at", time()),
        ("peer", or_null(text())),
        ("key", hash()),
        ("fingerprint", text()),
        ("short_string", text()),
        ("facts", any_object()),
    ]);
    [
        ("DisplaySetting", answer(&setting_fields())),
        ("Display", answer(&display)),
        ("Channel", channel),
        ("Credential", credential),
        ("Enrolment", enrolment),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}
