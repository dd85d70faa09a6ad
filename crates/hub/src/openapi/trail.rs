//! Looking for what is there, and for who did it.

use super::operation::{Operation, get};
use super::schema::{answer, count, date, flag, hash, list, named, number, one_of, or_null, text, time, told};
use crate::audit::deed::{Deed, WHATS};
use crate::sign_in::register::{Group, Kind};
use serde_json::{Map, Value, json};

pub(super) fn operations() -> Vec<Operation> {
    vec![audit(), sign_ins(), search()]
}

fn deeds() -> Value {
    one_of(Deed::ALL.iter().map(|deed| deed.slug()))
}

fn whats() -> Value {
    one_of(WHATS.map(|(name, ..)| name))
}

fn audit() -> Operation {
    let page = answer(&[
        ("found", count()),
        ("page", count()),
        ("pages", count()),
        ("records", list(named("AuditRecord"))),
    ]);
    get(
        "/api/v1/audit",
        "Audit",
        "Who did what, when, on what: the log in sentences, the newest first",
    )
    .asks("who", text(), "Who did it.")
    .asks("what", whats(), "What it was done to.")
    .asks("deed", deeds(), "Which deed.")
    .asks("from", date(), "The first day, by the office's calendar.")
    .asks("until", date(), "The last day.")
    .asks("q", text(), "A part of a title, a name, an id; or a position.")
    .asks("page", number(1, 1_000_000), "The page, of fifty records.")
    .gives(200, "A page.", page)
    .fails(&[422])
}

fn sign_ins() -> Operation {
    let groups = Group::ALL.map(|(_, slug, ..)| slug);
    let page = answer(&[
        ("found", count()),
        ("page", count()),
        ("pages", count()),
        ("sign_ins", list(named("SignIns"))),
    ]);
    get(
        "/api/v1/sign-ins",
        "WatchSignIns",
        "Who was let in and who was kept out, by person, kind and hour, the newest first",
    )
    .asks("who", text(), "Whom it is about.")
    .asks("group", one_of(groups), "Which kinds.")
    .asks("from", date(), "The first day, by the office's calendar.")
    .asks("until", date(), "The last day.")
    .asks("page", number(1, 1_000_000), "The page, of a hundred rows.")
    .gives(200, "A page.", page)
    .fails(&[422])
}

fn search() -> Operation {
    let groups = [
        "publications",
        "drafts",
        "catalogue",
        "displays",
        "channels",
        "staff",
        "audit",
    ];
    let mut found: Vec<(&str, Value)> = groups.map(|name| (name, named("FoundGroup"))).to_vec();
    found.push(("found", count()));
    let words = "The words; Chinese needs no spaces. Also index numbers, and the beginning of ids and hashes.";
    get(
        "/api/v1/search",
        "Read",
        "Everything that the caller may see and that has these words",
    )
    .asks("q", text(), words)
    .gives(200, "Kind by kind.", answer(&found))
}

fn sign_ins_row() -> Value {
    let nobody = "An id of the staff; null: user names that nobody has, counted together.";
    answer(&[
        ("who", told(or_null(text()), nobody)),
        ("name", or_null(text())),
        ("kind", one_of(Kind::ALL.iter().map(|kind| kind.slug()))),
        ("told", told(text(), "The kind in the caller's language.")),
        ("count", count()),
        ("first", time()),
        ("last", time()),
        ("addresses", list(text())),
        ("more_addresses", told(flag(), "Whether there were more than are kept.")),
        ("browser", text()),
        (
            "labels",
            told(list(text()), "What its owner calls the tokens or passkeys."),
        ),
    ])
}

pub(super) fn schemas() -> Map<String, Value> {
    let by = "An id of the staff; `hub`, `retention` and `console` act by themselves.";
    let leaf = "The record's leaf in the log's tree; `heliograph log prove` shows that it is there.";
    let record = answer(&[
        ("position", count()),
        ("at", time()),
        ("by", told(text(), by)),
        ("by_name", text()),
        ("what", whats()),
        ("id", text()),
        ("deed", deeds()),
        (
            "sentence",
            told(
                text(),
                "What was done, in the caller's language. What was erased shows as erased.",
            ),
        ),
        ("event", told(json!({}), "The fact as the log has it.")),
        ("leaf", told(hash(), leaf)),
    ]);
    let hit = answer(&[
        ("id", text()),
        ("title", text()),
        ("around", told(or_null(text()), "What stands around the words.")),
        ("page", told(text(), "Where it is in the admin.")),
        (
            "older",
            told(
                flag(),
                "Whether the words are in a text that another took the place of.",
            ),
        ),
    ]);
    let group = answer(&[("found", count()), ("first", list(hit))]);
    [
        ("AuditRecord", record),
        ("FoundGroup", group),
        ("SignIns", sign_ins_row()),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}
