//! What drafts begin from: templates, texts of an earlier year, files.

use super::operation::{Operation, delete, get, post, put};
use super::schema::{
    answer, answer_with, any_object, count, exactly, flag, hash, line, list, named, or_null, slug, text, time, told,
    uuid, wish,
};
use super::texts::kind;
use crate::office_files::MOST_BYTES;
use crate::templates::MAX_NAME_CHARS;
use serde_json::{Map, Value};

const WHO: &str = "Draft";

pub(super) fn operations() -> Vec<Operation> {
    let mut all = of_templates();
    all.extend([
        post(
            "/api/v1/publications/{id}/again",
            WHO,
            "Begins a draft with what was public once, its dates in another year",
        )
        .says("Every date of the text stands in the draft's notes: those that moved, and those that stayed.")
        .takes(wish(&[], &[]))
        .repeatable()
        .gives_tagged(201, "It is begun.", named("DraftKept")),
        post("/api/v1/imports", WHO, "Begins a draft with a Word document")
            .says(&format!(
                "The body is the file: .docx, at most {} MiB, recognised by its content. What was not taken over stands in the draft's notes.",
                MOST_BYTES >> 20
            ))
            .asks("kind", kind(), "What it becomes. Mandatory.")
            .asks("catalogue_entry", slug(), "Its place in the catalogue. Mandatory.")
            .takes_file()
            .repeatable()
            .gives_tagged(201, "It is begun.", named("DraftKept")),
        of_rows(),
        delete(
            "/api/v1/drafts/{id}/notes",
            WHO,
            "Says that somebody looked at a draft's notes",
        )
        .gives_tagged(200, "They are gone.", answer(&[("id", uuid()), ("hash", hash())])),
    ]);
    all
}

fn of_rows() -> Operation {
    let column = answer(&[("name", text()), ("field", or_null(text()))]);
    let draft = answer(&[("rows", list(count())), ("content", any_object())]);
    let would_be = answer(&[
        ("columns", list(column)),
        ("drafts", list(draft)),
        ("notes", list(named("Note"))),
    ]);
    let kept = answer(&[("id", uuid()), ("hash", hash())]);
    post(
        "/api/v1/imports/rows",
        WHO,
        "Begins drafts with the rows of a table, or one with a list of them: every row or none",
    )
    .says(&format!(
        "The body is the file: a spreadsheet (.xlsx), a Word document with a table (.docx), or CSV, at most {} MiB, recognised by its content; its first row names the columns. Everything that is wrong is told at once: `rows[4].date` is that field of the file's fourth row.",
        MOST_BYTES >> 20
    ))
    .asks("kind", kind(), "What they become. Mandatory.")
    .asks("catalogue_entry", slug(), "Their place in the catalogue. Mandatory.")
    .asks(
        "columns",
        text(),
        "The field of each column, between commas, nothing for one that is left out: `title,,date`. Not there: as the names of the columns say.",
    )
    .asks("dry_run", flag(), "Only looks; nothing is written.")
    .takes_file()
    .repeatable()
    .gives(200, "What would come of it.", would_be)
    .gives(201, "They are begun.", answer(&[("drafts", list(kept))]))
}

fn of_templates() -> Vec<Operation> {
    let name = || line(MAX_NAME_CHARS);
    vec![
        get("/api/v1/templates", WHO, "Texts to begin from").gives(
            200,
            "They.",
            answer(&[("templates", list(named("Template")))]),
        ),
        post(
            "/api/v1/templates",
            WHO,
            "Keeps a draft, or what a publication said last, as a template",
        )
        .takes(wish(&[("name", name())], &[("draft", uuid()), ("publication", uuid())]))
        .repeatable()
        .gives(201, "It is kept.", answer(&[("id", uuid())]))
        .fails(&[404]),
        get("/api/v1/templates/{id}", WHO, "One of them").gives(200, "It.", named("Template")),
        put("/api/v1/templates/{id}", WHO, "Gives a template another name")
            .takes(wish(&[("name", name())], &[]))
            .repeatable()
            .gives(200, "It has it.", answer(&[("id", uuid())])),
        delete("/api/v1/templates/{id}", WHO, "Erases a template").gives(
            200,
            "It is gone.",
            answer(&[("id", uuid()), ("erased", exactly(true))]),
        ),
    ]
}

pub(super) fn schemas() -> Map<String, Value> {
    let template = answer(&[
        ("id", uuid()),
        ("name", text()),
        ("kind", kind()),
        ("catalogue_entry", or_null(slug())),
        ("content", any_object()),
        ("by", slug()),
        ("at", time()),
    ]);
    let note = answer_with(
        &[("zh", text()), ("en", text())],
        &[("field", told(text(), "The field that it is about."))],
    );
    let named = [
        ("Template", template),
        (
            "Note",
            told(note, "Something in a draft to look at, in Chinese and English."),
        ),
    ];
    named
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect()
}
