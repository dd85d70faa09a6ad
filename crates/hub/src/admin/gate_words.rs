//! The office's own words of the confidentiality gate, for administrators: the list, adding, taking away. Before anything is
//! saved the page says how many reviews it would void.

use super::form::Posted;
use super::layout::{Desk, Place, empty, redirect, tag};
use super::parts::Shown;
use super::words::rules as rw;
use super::words::{self as w, Word};
use crate::http::gate_words as api;
use crate::http::problem::{Fault, Problem};
use crate::rules;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::Lang::{En, ZhHans};
use heliograph_domain::gate::{Class, OwnWord, OwnWords};
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

const CLASSES: [(Class, Word, Word, &str); 3] = [
    (Class::Block, rw::CLASS_BLOCK, rw::CLASS_BLOCK_SHORT, "red"),
    (Class::Warn, rw::CLASS_WARN, rw::CLASS_WARN_SHORT, "amber"),
    (Class::Slip, rw::CLASS_SLIP, rw::CLASS_SLIP_SHORT, "blue"),
];

/// Which of the page's forms was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Add,
    Import,
    Remove,
}

type Failed<'a> = Option<(Form, &'a Posted, &'a Problem)>;

/// `GET /admin/gate-words?remove=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(Verb::Administer)?;
    let words = rules::own_words(&desk.office, &desk.state)?;
    let remove = query.get("remove").and_then(|at| at.parse().ok());
    let remove = remove.and_then(|at: usize| words.words.get(at));
    let told = query.get("done").map(|voided| match voided.parse::<usize>() {
        Ok(voided) if voided > 0 => desk.f(rw::WORDS_SAVED_VOID, &[&voided.to_string()]),
        _ => desk.t(rw::WORDS_SAVED).to_owned(),
    });
    Ok(show(&desk, &words, remove, told.as_deref(), None))
}

fn show(desk: &Desk, words: &OwnWords, remove: Option<&OwnWord>, told: Option<&str>, failed: Failed<'_>) -> Response {
    let known = [
        ("text", rw::WORD),
        ("class", rw::WORD_CLASS),
        ("instead", rw::WORD_INSTEAD),
        ("note", rw::WORD_NOTE),
        ("many", rw::IMPORT_WORDS),
        ("voids", rw::VOIDS_KNOWN),
    ];
    let counts = words.counts();
    let body = html! {
        div.top { div {
            a.crumb href="/admin/site" { (desk.t(w::SITE)) }
            h1 { (desk.t(rw::OWN_WORDS)) }
            p.muted { (desk.t(rw::OWN_WORDS_WHAT)) }
        } }
        @if let Some((_, _, problem)) = failed { (desk.alert(problem, &known)) }
        @else if let Some(told) = told { p.told role="status" { (told) } }
        @if in_review(desk) > 0 { p.notice { (voids(desk)) } } @else { p.hint { (voids(desk)) } }
        @if let Some(word) = remove { (removal(desk, word, failed)) }
        section.card id="words" {
            p.muted { (desk.f(rw::OWN_WORDS_NOW, &[&desk.state.rules().to_string(), &counts.block.to_string(), &counts.warn.to_string(), &counts.slip.to_string()])) }
            @if words.words.is_empty() { (empty(desk.t(rw::OWN_WORDS_NONE), None)) } @else { (list(desk, words)) }
        }
        (adding(desk, failed))
        (importing(desk, failed))
    };
    let status = failed.map_or(StatusCode::OK, |(_, _, problem)| problem.status);
    desk.page_with(status, Place::Site, desk.t(rw::OWN_WORDS), body)
}

/// How many reviews a change would void: of everybody, whatever an administrator may read of them.
fn in_review(desk: &Desk) -> usize {
    rules::in_review(&desk.office.state())
}

/// What a change would void.
fn voids(desk: &Desk) -> String {
    match in_review(desk) {
        0 => desk.t(rw::VOIDS_NONE).to_owned(),
        count => desk.f(rw::VOIDS, &[&count.to_string()]),
    }
}

/// What every form of the page has: the revision that was seen, and the box to tick while reviews would be void.
fn about_to_void(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let revision = desk.state.revision(rules::STREAM);
    let ticked = shown.typed.is_some_and(|typed| typed.get("voids") == "yes");
    html! {
        (desk.key())
        input type="hidden" name="revision" value=(revision);
        @if in_review(desk) > 0 {
            label.check { input id=[shown.place("voids")] type="checkbox" name="voids" value="yes" checked[ticked]; (desk.t(rw::VOIDS_KNOWN)) }
            (shown.said("voids"))
        }
    }
}

fn shown<'d>(desk: &'d Desk, form: Form, failed: Failed<'d>) -> Shown<'d> {
    let mine = failed.filter(|(of, _, _)| *of == form);
    Shown::new(desk, mine.map(|(_, posted, problem)| (posted, problem)))
}

fn class_tag(desk: &Desk, class: Class) -> Markup {
    let known = CLASSES.into_iter().find(|(of, ..)| *of == class);
    html! { @if let Some((_, _, short, colour)) = known { (tag(colour, desk.t(short))) } }
}

fn list(desk: &Desk, words: &OwnWords) -> Markup {
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(rw::WORD)) } th { (desk.t(rw::WORD_CLASS)) } th { (desk.t(rw::WORD_INSTEAD)) } th { (desk.t(rw::WORD_NOTE)) } th {} } }
            tbody { @for (at, word) in words.words.iter().enumerate() {
                tr {
                    td.name { b { (word.text) } }
                    td data-label=(desk.t(rw::WORD_CLASS)) { (class_tag(desk, word.class)) }
                    td data-label=(desk.t(rw::WORD_INSTEAD)) { (word.instead.as_deref().unwrap_or("—")) }
                    td data-label=(desk.t(rw::WORD_NOTE)) { @if word.note.is_empty() { "—" } @else { (word.note) } }
                    td.end { a href=(format!("/admin/gate-words?remove={at}#remove")) aria-label=(desk.f(rw::REMOVE_WORD_OF, &[&word.text])) { (desk.t(rw::REMOVE_WORD)) } }
                }
            } }
        } }
    }
}

fn removal(desk: &Desk, word: &OwnWord, failed: Failed<'_>) -> Markup {
    let shown = shown(desk, Form::Remove, failed);
    html! {
        section.card id="remove" {
            h2 { (desk.f(rw::REMOVE_WORD_OF, &[&word.text])) " " (class_tag(desk, word.class)) }
            form.form method="post" action="/admin/gate-words/remove" {
                input type="hidden" name="text" value=(word.text);
                (about_to_void(desk, &shown))
                div.buttons {
                    button.btn type="submit" { (desk.t(rw::REMOVE_WORD)) }
                    a.btn.quiet href="/admin/gate-words" { (desk.t(rw::KEEP)) }
                }
            }
        }
    }
}

fn classes(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let chosen = shown.value("class", Class::Block.name());
    html! {
        label.field.bad[shown.place("class").is_some()] {
            span { (desk.t(rw::WORD_CLASS)) }
            select id=[shown.place("class")] name="class" { @for (class, word, ..) in CLASSES { option value=(class.name()) selected[class.name() == chosen] { (desk.t(word)) } } }
            (shown.said("class"))
        }
    }
}

fn adding(desk: &Desk, failed: Failed<'_>) -> Markup {
    let shown = shown(desk, Form::Add, failed);
    html! {
        section.card id="add" {
            h2 { (desk.t(rw::ADD_WORD)) }
            form.form method="post" action="/admin/gate-words" {
                div.pair { (shown.line(rw::WORD, "text", "", None)) (classes(desk, &shown)) }
                div.pair {
                    (shown.optional(rw::WORD_INSTEAD, "instead", "", Some(rw::WORD_INSTEAD_HINT)))
                    (shown.optional(rw::WORD_NOTE, "note", "", Some(rw::WORD_NOTE_HINT)))
                }
                (about_to_void(desk, &shown))
                div.buttons { button.btn type="submit" { (desk.t(rw::ADD)) } }
            }
        }
    }
}

fn importing(desk: &Desk, failed: Failed<'_>) -> Markup {
    let shown = shown(desk, Form::Import, failed);
    html! {
        section.card id="import" {
            h2 { (desk.t(rw::IMPORT_WORDS)) }
            form.form method="post" action="/admin/gate-words/import" {
                label.field.bad[shown.place("many").is_some()] {
                    span { (desk.t(rw::WORD)) " " small { (desk.t(rw::IMPORT_HINT)) } }
                    textarea id=[shown.place("many")] name="many" rows="8" spellcheck="false" required { (shown.value("many", "")) }
                    (shown.said("many"))
                }
                (classes(desk, &shown))
                (about_to_void(desk, &shown))
                div.buttons { button.btn type="submit" { (desk.t(rw::ADD)) } }
            }
        }
    }
}

/// `POST /admin/gate-words`
pub(crate) async fn add(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    change(desk, posted, Form::Add, |posted, words| {
        let optional = |name: &str| Some(posted.get(name).trim().to_owned()).filter(|text| !text.is_empty());
        words.words.push(OwnWord {
            text: posted.get("text").trim().to_owned(),
            class: api::class_of(posted.get("class")).unwrap_or(Class::Block),
            instead: optional("instead"),
            unless: Vec::new(),
            note: optional("note").unwrap_or_default(),
        });
        let last = words.words.len() - 1;
        let faults = words.faults().into_iter().filter(|(at, _)| *at == last);
        let faults = faults.map(|(_, fault)| {
            let (field, code, zh, en) = api::told(fault);
            Fault::new(field, code, zh, en)
        });
        refused(faults.collect())
    })
    .await
}

/// `POST /admin/gate-words/import`
pub(crate) async fn import(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    change(desk, posted, Form::Import, |posted, words| {
        let (more, mut faults) = typed(posted);
        let before = words.words.len();
        for word in more {
            if words.find(&word.text).is_none() {
                words.words.push(word);
            }
        }
        for (at, fault) in words.faults() {
            let (_, code, zh, en) = api::told(fault);
            let line = (at.saturating_sub(before) + 1).to_string();
            faults.push(fault_of("many", code, rw::IMPORT_BAD, &[&line, &zh], &[&line, &en]));
        }
        if faults.is_empty() && words.words.len() == before {
            faults.push(fault_of("many", "nothing_new", rw::IMPORT_NOTHING, &[], &[]));
        }
        refused(faults)
    })
    .await
}

/// The words of the box: one a line, or those of a file.
fn typed(posted: &Posted) -> (Vec<OwnWord>, Vec<Fault>) {
    let text = posted.get("many").trim();
    if text.starts_with('{') {
        return match OwnWords::from_file(text) {
            Ok(words) => (words.words, Vec::new()),
            Err(error) => {
                let said = error.to_string();
                let fault = fault_of("many", "not_a_file", rw::IMPORT_NO_FILE, &[&said], &[&said]);
                (Vec::new(), vec![fault])
            }
        };
    }
    let class = api::class_of(posted.get("class")).unwrap_or(Class::Block);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let word = |line: &str| OwnWord {
        text: line.to_owned(),
        class,
        instead: None,
        unless: Vec::new(),
        note: String::new(),
    };
    (lines.map(word).collect(), Vec::new())
}

/// `POST /admin/gate-words/remove`
pub(crate) async fn remove(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    change(desk, posted, Form::Remove, |posted, words| {
        match words.find(posted.get("text")) {
            Some(at) => {
                words.words.remove(at);
                Ok(())
            }
            None => refused(vec![fault_of("text", "unknown", rw::WORD_GONE, &[], &[])]),
        }
    })
    .await
}

fn fault_of(field: &str, code: &'static str, word: Word, zh: &[&str], en: &[&str]) -> Fault {
    Fault::new(field, code, word.filled(ZhHans, zh), word.filled(En, en))
}

fn refused(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(faults))
    }
}

/// Changes the list as a form says, through the API's own handler.
async fn change(
    desk: Desk,
    posted: Posted,
    form: Form,
    edit: impl Fn(&Posted, &mut OwnWords) -> Result<(), Problem>,
) -> Result<Response, Problem> {
    desk.must(Verb::Administer)?;
    let known = rules::own_words(&desk.office, &desk.state)?;
    let mut words = known.clone();
    let ready = edit(&posted, &mut words).and_then(|()| {
        let unknown = in_review(&desk) > 0 && posted.get("voids") != "yes";
        refused(
            unknown
                .then(|| fault_of("voids", "missing", rw::VOIDS_UNKNOWN, &[], &[]))
                .into_iter()
                .collect(),
        )
    });
    let outcome = match ready {
        Ok(()) => {
            let wish = json!({"words": words.words});
            let call = posted.call(&desk, "gate-words", Some(posted.get("revision")), &wish);
            api::set(State(Arc::clone(&desk.office)), call).await
        }
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(answer) => Ok(redirect(&format!("/admin/gate-words?done={}", answer.body["voided"]))),
        Err(problem) => {
            let desk = desk.refreshed();
            let removed = known.find(posted.get("text")).filter(|_| form == Form::Remove);
            let removed = removed.and_then(|at| known.words.get(at));
            Ok(show(&desk, &known, removed, None, Some((form, &posted, &problem))))
        }
    }
}
