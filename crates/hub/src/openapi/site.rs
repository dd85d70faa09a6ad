//! The office itself: its profile, catalogue, calendar, reports, copies, and what brokers ask.

use super::operation::{Operation, get, post, put};
use super::schema::{
    answer, answer_with, any_object, count, date, flag, hash, line, list, list_of, local_text, named, nothing, number,
    one_of, or_null, perhaps_line, slug, text, time, told, uuid, wish,
};
use heliograph_domain::catalogue::Category;
use serde_json::{Map, Value, json};

pub(super) fn operations() -> Vec<Operation> {
    [
        of_site(),
        of_catalogue(),
        of_calendar(),
        of_gate_words(),
        of_record(),
        of_broker(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_site() -> Vec<Operation> {
    let line_of = wish(&[("label", local_text(30)), ("number", line(40))], &[]);
    let departments = json!({
        "type": "object", "propertyNames": {"pattern": "^[a-z0-9-]{1,32}$"}, "additionalProperties": local_text(60),
    });
    let profile = wish(
        &[
            ("name", local_text(60)),
            ("hours", local_text(200)),
            ("time_zone", told(line(64), "An IANA name.")),
        ],
        &[
            (
                "hotlines",
                told(list_of(line_of, 0, 8), "Enquiries first, complaints second."),
            ),
            ("departments", departments),
            ("findings_confirmed", confirmed()),
            (
                "public_url",
                told(perhaps_line(200), "Where the public pages are, for QR codes."),
            ),
        ],
    );
    let blanked = || answer(&[("site", slug()), ("blanked", flag())]);
    vec![
        get("/api/v1/openapi.json", "Everyone", "This document").gives(200, "It.", any_object()),
        get("/api/v1/site", "Read", "The office").gives(
            200,
            "It.",
            answer(&[
                ("site", slug()),
                ("profile", or_null(any_object())),
                ("blanked", flag()),
            ]),
        ),
        put("/api/v1/site", "Administer", "Sets the office's profile")
            .takes(profile)
            .repeatable()
            .gives(200, "It is so.", answer(&[("site", slug()), ("profile", any_object())])),
        post("/api/v1/site/blank", "Blank", "Puts every display on its slate, now")
            .takes(nothing())
            .repeatable()
            .gives(200, "They are.", blanked()),
        post("/api/v1/site/unblank", "Blank", "Lets the programmes come back")
            .takes(nothing())
            .repeatable()
            .gives(200, "They are back.", blanked()),
    ]
}

/// Whether the caller looked at what the gate found in words that become public without the workflow.
pub(super) fn confirmed() -> Value {
    told(
        or_null(flag()),
        "That the caller looked at what the gate found in these words: they become public at once.",
    )
}

fn cadence() -> Value {
    let regular = wish(&[("period_months", number(1, 60))], &[]);
    let ad_hoc = wish(&[("within_working_days", number(1, 20))], &[]);
    json!({"oneOf": [{"const": "standing"}, wish(&[("regular", regular)], &[]), wish(&[("ad-hoc", ad_hoc)], &[])]})
}

fn of_catalogue() -> Vec<Operation> {
    const WHO: &str = "Catalogue";
    let entries = wish(
        &[("entries", list_of(named("CatalogueWish"), 0, 2000))],
        &[("findings_confirmed", confirmed())],
    );
    vec![
        get(
            "/api/v1/catalogue",
            "Read",
            "What the office discloses, when each is due, and what is on its way",
        )
        .gives(200, "It.", answer(&[("catalogue", list(named("CatalogueEntry")))])),
        post("/api/v1/catalogue", WHO, "Opens an entry, or changes it")
            .takes(named("CatalogueWish"))
            .repeatable()
            .gives(201, "It is so.", answer(&[("id", slug())])),
        post(
            "/api/v1/catalogue/import",
            WHO,
            "Opens and changes entries, all in one step or none",
        )
        .takes(entries)
        .repeatable()
        .gives(
            200,
            "It is so.",
            answer(&[("new", count()), ("changed", count()), ("unchanged", count())]),
        ),
        of_table(),
    ]
}

fn of_table() -> Operation {
    let row = answer(&[
        ("row", count()),
        ("id", slug()),
        ("index_number", text()),
        ("change", one_of(["new", "changed", "unchanged"])),
    ]);
    let taken = answer(&[
        ("dry_run", flag()),
        ("new", count()),
        ("changed", count()),
        ("unchanged", count()),
        ("rows", list(row)),
        (
            "ignored",
            told(list(text()), "Names of columns that mean nothing here."),
        ),
        ("notes", list(named("Note"))),
    ]);
    post(
        "/api/v1/catalogue/table",
        "Catalogue",
        "Takes a catalogue from a file, every row in one step or none",
    )
    .says("The body is the file: a spreadsheet (.xlsx), a Word document with a table (.docx), or CSV, recognised by its content; its first row names the columns. Everything that is wrong is told at once: `rows[4].cadence` is that column of the file's fourth row.")
    .asks("dry_run", flag(), "Only looks; nothing is written.")
    .asks(
        "findings_confirmed",
        flag(),
        "That the caller looked at what the gate found in these words: they become public at once.",
    )
    .takes_file()
    .repeatable()
    .gives(200, "It is so, or would be.", taken)
}

fn of_calendar() -> Vec<Operation> {
    vec![
        get("/api/v1/calendar", "Read", "The days that the office works, by year").gives(
            200,
            "They.",
            answer(&[("years", list(named("CalendarYear")))]),
        ),
        get("/api/v1/calendar/{year}", "Read", "A year")
            .gives(200, "It.", named("CalendarYear"))
            .fails(&[422]),
        put(
            "/api/v1/calendar/{year}",
            "Catalogue",
            "Sets a year's days off, and the weekend days that are worked",
        )
        .takes(wish(
            &[],
            &[
                ("off", or_null(list_of(date(), 0, 366))),
                ("worked", or_null(list_of(date(), 0, 366))),
            ],
        ))
        .repeatable()
        .gives(200, "It is so.", named("CalendarYear")),
    ]
}

fn of_gate_words() -> Vec<Operation> {
    let class = || one_of(["block", "warn", "slip"]);
    let word = answer_with(
        &[("text", text()), ("class", class())],
        &[("instead", text()), ("unless", list(text())), ("note", text())],
    );
    let wanted = wish(
        &[("text", line(60)), ("class", class())],
        &[
            ("instead", perhaps_line(60)),
            ("unless", or_null(list_of(line(60), 0, 20))),
            ("note", perhaps_line(200)),
        ],
    );
    let counts = answer(&[("block", count()), ("warn", count()), ("slip", count())]);
    vec![
        get(
            "/api/v1/gate-words",
            "Administer",
            "The office's own words of the confidentiality gate",
        )
        .gives(
            200,
            "They, and how many texts on their way would have to be reviewed again if they changed now.",
            answer(&[
                ("revision", count()),
                ("rules", text()),
                ("words", list(word)),
                ("in_review", count()),
            ]),
        ),
        put(
            "/api/v1/gate-words",
            "Administer",
            "Sets the office's own words of the confidentiality gate, all of them",
        )
        .says(
            "They hold at once. What is on its way is looked through again by the new rules, its reviews are void, and it \
             waits for the confidentiality review.",
        )
        .takes(wish(&[("words", list_of(wanted, 0, 2000))], &[]))
        .if_match("IfRevisionSeen")
        .repeatable()
        .fails(&[428])
        .gives(
            200,
            "It is so.",
            answer(&[("revision", count()), ("counts", counts), ("voided", count())]),
        ),
    ]
}

fn of_record() -> Vec<Operation> {
    let backup = || answer(&[("name", text()), ("at", time()), ("records", count()), ("root", hash())]);
    let backups = answer(&[
        ("folder", or_null(text())),
        ("keep_days", or_null(count())),
        ("backups", list(backup())),
    ]);
    let counts = json!({"type": "object", "additionalProperties": count()});
    let report = answer(&[
        ("year", count()),
        ("total", count()),
        ("categories", counts),
        ("internal_rules", count()),
        ("power_subjects", count()),
        ("powers", count()),
    ]);
    vec![
        get(
            "/api/v1/reports/annual",
            "Read",
            "How many publications a year released, by category",
        )
        .asks("year", number(1949, 2999), "Mandatory.")
        .gives(200, "It.", report)
        .fails(&[404, 422]),
        get(
            "/api/v1/events",
            "Read",
            "What happens, as it happens (Server-Sent Events; the answer has no end)",
        )
        .gives_bytes(
            "Events `record`, `display`, `enrolments`, `reach`, `missed`.",
            &["text/event-stream"],
        ),
        get("/api/v1/backups", "Administer", "Copies of the log")
            .gives(200, "They.", backups)
            .fails(&[409]),
        post("/api/v1/backups", "Administer", "Makes one now")
            .takes(nothing())
            .gives(201, "It.", backup())
            .fails(&[409]),
    ]
}

/// What another broker reads or asks.
fn of_broker() -> Vec<Operation> {
    let files = answer(&[
        ("files", json!({"type": "object", "additionalProperties": text()})),
        ("without", told(list(json!({})), "Displays that are not in them yet.")),
    ]);
    let entry = answer(&[("clientid", text()), ("username", text()), ("password", text())]);
    let act = answer(&[
        ("clientid", text()),
        ("username", text()),
        ("topic", text()),
        ("action", text()),
    ]);
    let outcome = || one_of(["allow", "deny"]);
    let enters = answer_with(
        &[("result", outcome())],
        &[("is_superuser", flag()), ("expire_at", count())],
    );
    vec![
        get(
            "/api/v1/broker-files",
            "Administer",
            "What another broker reads; hashes of secrets are in it",
        )
        .gives(200, "They.", files),
        post(
            "/api/v1/broker/auth",
            "Broker",
            "Whether a client may come in (EMQX 5, HTTP authenticator)",
        )
        .takes(entry)
        .gives(200, "Whether.", enters),
        post(
            "/api/v1/broker/acl",
            "Broker",
            "Whether it may publish or subscribe (EMQX 5, HTTP authoriser)",
        )
        .takes(act)
        .gives(200, "Whether.", answer(&[("result", outcome())])),
    ]
}

pub(super) fn schemas() -> Map<String, Value> {
    let category = || one_of(Category::ALL.iter().map(|category| category.slug()));
    let entry_wish = wish(
        &[
            ("id", slug()),
            ("index_number", line(64)),
            ("category", category()),
            ("cadence", cadence()),
            ("department", slug()),
            ("responsible", slug()),
            ("name", local_text(200)),
            ("summary", local_text(2000)),
        ],
        &[
            (
                "channels",
                told(
                    or_null(list_of(slug(), 0, 64)),
                    "Where its releases usually go; not there: as before.",
                ),
            ),
            ("findings_confirmed", confirmed()),
        ],
    );
    let due = answer(&[
        ("on", date()),
        ("certain", flag()),
        ("days_left", json!({"type": ["integer", "null"]})),
    ]);
    let on_its_way = answer(&[
        ("publication", uuid()),
        ("on", date()),
        ("certain", flag()),
        ("working_days_left", json!({"type": ["integer", "null"]})),
    ]);
    let entry = answer(&[
        ("id", slug()),
        ("index_number", text()),
        ("category", category()),
        ("cadence", cadence()),
        ("department", slug()),
        ("responsible", slug()),
        ("name", or_null(named("LocalText"))),
        ("summary", or_null(named("LocalText"))),
        ("channels", or_null(list(slug()))),
        ("last_released", or_null(date())),
        ("due", or_null(due)),
        ("on_their_way", list(on_its_way)),
    ]);
    let year = answer(&[
        ("year", count()),
        ("source", one_of(["office", "built-in", "none"])),
        ("notices", list(json!({}))),
        ("off", list(date())),
        ("worked", list(date())),
    ]);
    [
        ("CatalogueWish", entry_wish),
        ("CatalogueEntry", entry),
        ("CalendarYear", year),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}
