//! The office itself: its name, telephones, hours and departments, as every display shows them.

use super::alert::Named;
use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place};
use super::parts::Shown;
use super::public_words;
use super::words as w;
use super::words::rules as rw;
use crate::http::people as api;
use crate::http::problem::{Problem, Told};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Lang, LocalText};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Telephones that the form has room for.
const HOTLINES: usize = 3;
/// The fields at which faults are said.
const FIELDS: [Named; 7] = [
    ("name", w::OFFICE_NAME),
    ("hours", w::HOURS),
    ("time_zone", w::TIME_ZONE),
    ("public_url", w::PUBLIC_URL),
    ("hotlines", w::HOTLINES),
    ("department", w::DEPARTMENTS),
    ("findings_confirmed", w::GATE),
];
/// Empty rows for departments that are still to come.
const SPARE: usize = 3;
/// A form is read for so many departments.
const MOST_DEPARTMENTS: usize = 200;

/// Backups that the page lists.
const SHOWN_BACKUPS: usize = 10;

/// `GET /admin/site`
pub(crate) async fn page(desk: Desk) -> Result<Response, Problem> {
    desk.must(Verb::Administer)?;
    let copies = backups(&desk).await;
    Ok(show(&desk, None, copies))
}

fn show(desk: &Desk, failed: Option<(&Posted, &Problem)>, copies: Markup) -> Response {
    let shown = Shown::new(desk, failed);
    let body = html! {
        div.top { div { h1 { (desk.t(w::SITE)) } p.muted { (desk.t(w::SITE_WHAT)) } } }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &FIELDS)) }
        @if let Some(path) = &desk.office.keys.root_here { p.notice { (desk.f(w::ROOT_HERE, &[&path.display().to_string()])) } }
        section.card { (form(desk, &shown)) }
        section.card id="gate-words" {
            h2 { (desk.t(rw::OWN_WORDS)) }
            p.muted { (desk.t(rw::OWN_WORDS_WHAT)) }
            a.btn.quiet href="/admin/gate-words" { (desk.t(rw::OWN_WORDS_LINK)) }
        }
        section.card id="backups" { h2 { (desk.t(w::BACKUPS)) } (copies) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Site, desk.t(w::SITE), body)
}

fn form(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let known = desk.profile.as_deref();
    let url = known.map_or("", |known| known.public_url.as_str());
    let zone = known.map_or("Asia/Shanghai", |known| known.time_zone.as_str());
    html! {
        form.form id="site" method="post" action="/admin/site" {
            (desk.key())
            (shown.both(w::OFFICE_NAME, "name", known.map(|known| &known.name)))
            (shown.both(w::HOURS, "hours", known.map(|known| &known.hours)))
            div.pair {
                (shown.line(w::TIME_ZONE, "time_zone", zone, Some(w::TIME_ZONE_HINT)))
                (shown.optional(w::PUBLIC_URL, "public_url", url, Some(w::PUBLIC_URL_HINT)))
            }
            fieldset.form id=[shown.place("hotlines")] { legend { (desk.t(w::HOTLINES)) } (hotlines(desk, shown)) (shown.said("hotlines")) }
            fieldset.form { legend { (desk.t(w::DEPARTMENTS)) } (departments(desk, shown)) }
            (public_words::confirmation(shown))
            div.buttons.stick { button.btn type="submit" { (desk.t(w::SAVE)) } }
        }
    }
}

fn hotlines(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let known = desk
        .profile
        .as_ref()
        .map(|profile| profile.hotlines.as_slice())
        .unwrap_or_default();
    html! {
        (heads(desk, [w::LABEL_ZH, w::LABEL_EN, w::NUMBER]))
        @for index in 0..HOTLINES.max(known.len()) {
            @let line = known.get(index);
            div.triple {
                (bare(shown, w::LABEL_ZH, &format!("hotlines[{index}].label.zh-Hans"), line.map(|line| zh(&line.label))))
                (bare(shown, w::LABEL_EN, &format!("hotlines[{index}].label.en"), line.map(|line| en(&line.label))))
                (bare(shown, w::NUMBER, &format!("hotlines[{index}].number"), line.map(|line| line.number.as_str())))
            }
        }
    }
}

fn departments(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let known: Vec<_> = desk.profile.iter().flat_map(|profile| &profile.departments).collect();
    let typed = shown.typed.map_or(0, |typed| {
        typed
            .under("department[")
            .filter(|(rest, _)| rest.ends_with("].id"))
            .count()
    });
    html! {
        (heads(desk, [w::SHORT_NAME, w::LABEL_ZH, w::LABEL_EN]))
        @for index in 0..(known.len() + SPARE).max(typed) {
            @let (id, name) = known.get(index).map_or((None, None), |(id, name)| (Some(id.as_str()), Some(*name)));
            div.triple {
                (bare(shown, w::SHORT_NAME, &format!("department[{index}].id"), id))
                (bare(shown, w::LABEL_ZH, &format!("department[{index}].zh-Hans"), name.map(zh)))
                (bare(shown, w::LABEL_EN, &format!("department[{index}].en"), name.map(en)))
            }
        }
        p.hint { (desk.t(w::SLUG_HINT)) }
    }
}

/// What stands over the columns, for those who see them; each input says it for itself, too.
fn heads(desk: &Desk, words: [w::Word; 3]) -> Markup {
    html! { div.triple.heads-of aria-hidden="true" { @for word in words { span { (desk.t(word)) } } } }
}

fn zh(text: &LocalText) -> &str {
    text.0.get(&heliograph_domain::Lang::ZhHans).map_or("", String::as_str)
}

fn en(text: &LocalText) -> &str {
    text.0.get(&heliograph_domain::Lang::En).map_or("", String::as_str)
}

/// An input of a row, whose label is said only to those who do not see the row's head.
fn bare(shown: &Shown<'_>, label: w::Word, name: &str, known: Option<&str>) -> Markup {
    let label = shown.desk.t(label);
    html! {
        span.bad[shown.place(name).is_some()] data-label=(label) { input id=[shown.place(name)] type="text" name=(name) value=(shown.value(name, known.unwrap_or_default())) placeholder=(label) aria-label=(label); (shown.said(name)) }
    }
}

/// `POST /admin/site`
pub(crate) async fn set(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({
        "name": posted.local_text("name"), "hours": posted.local_text("hours"), "time_zone": posted.value("time_zone"),
        "public_url": posted.value("public_url"), "hotlines": hotlines_asked(&posted), "departments": departments_asked(&posted),
        "findings_confirmed": posted.get("findings_confirmed") == "yes",
    });
    let call = posted.call(&desk, "site", None, &wish);
    match api::set_site(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done("/admin/site", "site")),
        Err(problem) => {
            let copies = backups(&desk).await;
            Ok(show(&desk, Some((&posted, &in_rows(problem, &posted))), copies))
        }
    }
}

/// The faults of lines and departments, each at the row in which it was typed: the API does not see the empty ones.
fn in_rows(mut problem: Problem, posted: &Posted) -> Problem {
    let lines: Vec<usize> = (0..8).filter(|index| line_asked(posted, *index).is_some()).collect();
    for fault in &mut problem.faults {
        let row = row_of(&fault.field, &lines, posted);
        let bare = |text: &str| {
            text.strip_prefix(fault.field.as_str())
                .map(|rest| rest.trim_start_matches(['：', ':', ' ']).to_owned())
        };
        if let (Some(row), Some(zh), Some(en)) = (row, bare(&fault.message.zh), bare(&fault.message.en)) {
            (fault.field, fault.message) = (row, Told::new(zh, en));
        }
    }
    problem
}

fn row_of(field: &str, lines: &[usize], posted: &Posted) -> Option<String> {
    if let Some((index, rest)) = field.strip_prefix("hotlines[").and_then(|rest| rest.split_once(']')) {
        let line = lines.get(index.parse::<usize>().ok()?)?;
        return Some(format!("hotlines[{line}]{rest}"));
    }
    let rest = field.strip_prefix("departments.")?;
    let (id, part) = match rest.rsplit_once('.') {
        Some((id, lang)) if Lang::from_tag(lang).is_some() => (id, lang),
        _ => (rest, "id"),
    };
    let named = |index: &usize| posted.get(&format!("department[{index}].id")).trim() == id;
    let index = (0..MOST_DEPARTMENTS).find(named)?;
    Some(format!("department[{index}].{part}"))
}

/// The copies of the log that there are, and the button that makes one.
async fn backups(desk: &Desk) -> Markup {
    let Some(plan) = desk.office.backups.plan() else {
        return html! { p.notice { (desk.t(w::NO_BACKUPS)) " " code { "heliograph hub --backups /mnt/backups" } } };
    };
    let found = match crate::http::backups::read(&desk.office).await {
        Ok(found) => found,
        Err(problem) => return desk.alert(&problem, &[]),
    };
    html! {
        p.muted { (desk.f(w::BACKUPS_WHAT, &[&plan.folder.display().to_string(), &plan.keep_days.to_string()])) }
        @if found.is_empty() { p { (desk.t(w::NO_BACKUP_YET)) } }
        @else {
            div.scroll { table {
                thead { tr { th { (desk.t(w::BACKED_UP_AT)) } th.number { (desk.t(w::RECORDS)) } th { (desk.t(w::ROOT_HASH)) } } }
                tbody { @for backup in found.iter().take(SHOWN_BACKUPS) {
                    tr { td { (desk.time(backup.at)) } td.number { (backup.head.size) } td { code { (&backup.head.root_hex()[..16]) } } }
                } }
            } }
        }
        form method="post" action="/admin/site/backup" { (desk.key()) button.btn.quiet type="submit" { (desk.t(w::BACK_UP_NOW)) } }
    }
}

/// `POST /admin/site/backup`
pub(crate) async fn back_up(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "backup", None, &json!({}));
    match crate::http::backups::make(State(Arc::clone(&desk.office)), call).await {
        Ok(_) => Ok(done("/admin/site", "backup")),
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            let copies = backups(&desk).await;
            Ok(show(&desk, Some((&posted, &problem)), copies))
        }
        Err(problem) => Err(problem),
    }
}

fn hotlines_asked(posted: &Posted) -> Value {
    (0..8).filter_map(|index| line_asked(posted, index)).collect()
}

/// A row's line; nothing of an empty one.
fn line_asked(posted: &Posted, index: usize) -> Option<Value> {
    let path = format!("hotlines[{index}]");
    let number = posted.get(&format!("{path}.number")).trim().to_owned();
    let label = posted.local_text(&format!("{path}.label"));
    let empty = number.is_empty() && label["zh-Hans"] == "" && label.get("en").is_none();
    (!empty).then(|| json!({"label": label, "number": number}))
}

fn departments_asked(posted: &Posted) -> Value {
    let mut departments = Map::new();
    for index in 0..MOST_DEPARTMENTS {
        let path = format!("department[{index}]");
        let id = posted.get(&format!("{path}.id")).trim();
        if !id.is_empty() {
            departments.insert(id.to_owned(), posted.local_text(&path));
        }
    }
    Value::Object(departments)
}
