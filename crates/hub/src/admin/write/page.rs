//! The page on which a text is written.

use super::{Sheet, looked};
use crate::admin::alert::{self, Named};
use crate::admin::comments::{self, Remarks};
use crate::admin::form::{Faults, control_of};
use crate::admin::gate::{self as gate_parts, Notes};
use crate::admin::layout::{Desk, Place};
use crate::admin::words::{self as w, door as dw, together as tw};
use crate::admin::{beginnings, countersign, entry_choice, fields, pictures, preview, proposal, together, translation};
use crate::draft_versions;
use crate::http::problem::Problem;
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::{Lang, PublicationId};
use maud::{Markup, html};

/// Where the question to a reviewer stands, and how to ask it.
fn referral(desk: &Desk, sheet: &Sheet, notes: &Notes) -> Markup {
    let asked = sheet
        .referral
        .as_ref()
        .filter(|asked| asked.hash.to_string() == sheet.hash);
    html! {
        @if let Some(no) = asked.and_then(|asked| asked.declined.as_ref()) {
            div.notice { strong { (desk.f(w::REFERRAL_DECLINED, &[&desk.person(&no.by)])) } p { (no.reason) } }
        } @else if asked.is_some() { p.notice { (desk.t(w::REFERRED)) } }
        @else if notes.block() && sheet.is_mine(desk) {
            button.btn.quiet type="submit" form="sheet" name="then" value="refer" { (desk.t(w::REFER)) }
            p.hint { (desk.t(w::REFER_HINT)) }
        }
    }
}

pub(super) fn gate_card(desk: &Desk, sheet: &Sheet, notes: &Notes) -> Markup {
    let of = sheet.id.as_deref().unwrap_or(&sheet.publication);
    let lags = translation::of_sheet(desk, of, sheet.kind, &sheet.content);
    let lagging = translation::list(desk, sheet.kind, &lags);
    gate_parts::card(desk, notes, &lagging, &referral(desk, sheet, notes))
}

/// The page: the form, and what stands beside it.
pub(super) fn show(
    desk: &Desk,
    sheet: &Sheet,
    problem: Option<&Problem>,
    told: &[String],
) -> Result<Response, Problem> {
    if let Some(draft) = &sheet.saved {
        draft_versions::shown(draft);
    }
    let saved = sheet
        .saved
        .as_ref()
        .map(|draft| desk.f(w::SAVED_AT, &[&desk.time(draft.updated_at)]));
    let known = sheet.id.as_ref().and_then(|id| id.parse().ok());
    let dossier = known.and_then(|id: PublicationId| Some((id, desk.state.publications.get(&id)?)));
    let panels = preview::beside(desk, sheet.typed(), &sheet.goes(desk))?;
    let mut notes = sheet.notes(desk);
    if let Some((id, _)) = dossier {
        notes.remarks = Remarks::of(desk, id)?;
    }
    let title = format!("{} · {}", desk.t(w::WRITE), sheet.kind.label(desk.lang));
    let body = html! {
        div.top {
            div {
                a.crumb href="/admin/write" { (desk.t(w::OTHER_KIND)) }
                h1 { (sheet.kind.label(desk.lang)) }
                (revises(desk, sheet))
            }
            p.muted id="saved" role="status" data-unsaved=(desk.t(w::NOT_SAVED)) data-away=(desk.t(dw::AWAY)) data-behind=(desk.t(tw::BEHIND)) data-sign-in=(desk.t(dw::SIGN_IN_AND_SAVE)) { (saved.unwrap_or_default()) }
        }
        @if let Some(problem) = problem { (trouble(desk, sheet, problem)) }
        @for line in told { p.told role="status" { (line) } }
        @if let Some((_, dossier)) = dossier { (super::super::actions::returned(desk, &dossier.publication)) }
        @if let Some(draft) = &sheet.saved { (beginnings::notes(desk, draft)) }
        div.split.writing {
            (form(desk, sheet, problem, &notes))
            aside.stack.looks id="looks" aria-label=(desk.t(w::ON_THE_PANELS)) {
                (gate_card(desk, sheet, &notes))
                @if let Some((id, dossier)) = dossier { (comments::card(desk, (id, &dossier.publication), &notes.remarks, comments::On::Writing, None)) }
                (panels)
                @if let Some(draft) = &sheet.saved { (together::card(desk, draft)) }
            }
        }
    };
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    Ok(desk.page_with(status, Place::Write, &title, body))
}

/// What is revised, and what is read meanwhile.
fn revises(desk: &Desk, sheet: &Sheet) -> Markup {
    let id = sheet.id.as_deref().unwrap_or(&sheet.publication);
    let id: Option<PublicationId> = id.parse().ok();
    let dossier = id.and_then(|id| desk.state.publications.get(&id));
    let on = dossier.and_then(|dossier| dossier.publication.released.as_ref());
    let Some((on, id)) = on.zip(id) else {
        return html! {};
    };
    let title = desk.office.library.digest(&on.release.content);
    let title = title
        .map(|digest| digest.title(desk.lang).to_owned())
        .unwrap_or_default();
    let meanwhile = if on.release.window.ended(desk.now) {
        w::REVISES_ENDED
    } else {
        w::REVISES_ON_AIR
    };
    html! {
        p id="revises" { (desk.t(w::REVISES)) " " a href=(format!("/admin/publications/{id}")) { (title) } }
        p.muted { (desk.t(meanwhile)) }
    }
}

/// Fields besides the text's own that say their faults themselves.
const PLACED: [Named; 4] = [
    ("catalogue_entry", w::ENTRY),
    ("channels", w::CHANNELS),
    ("from", w::FROM),
    ("until", w::UNTIL),
];

fn trouble(desk: &Desk, sheet: &Sheet, problem: &Problem) -> Markup {
    let label = |field: &str| {
        let placed = PLACED.iter().find(|(name, _)| *name == field);
        let of_text = || gate_parts::field_label(desk, Some(sheet.kind), field);
        let other = field.starts_with("content.").then(of_text);
        placed.map(|(_, word)| desk.t(*word).to_owned()).or(other)
    };
    let count = problem.faults.len().to_string();
    // Whether it says only that fields are marked: the script takes it away with the last mark.
    let placed = problem
        .faults
        .iter()
        .all(|fault| label(control_of(&fault.field)).is_some());
    let passing = placed && !problem.faults.is_empty() && problem.kind != "both-changed";
    html! {
        div.alert role="alert" data-passing[passing] {
            strong { (problem.title.get(desk.lang)) }
            @if problem.kind == "both-changed" { p { (desk.t(tw::CHOOSE_FIRST)) } }
            @else if problem.faults.is_empty() { p { (problem.detail.get(desk.lang)) } } @else { p { (desk.f(w::N_FAULTS, &[&count])) } }
            (alert::faults(desk, problem, label))
            @if problem.kind == looked::UNLOOKED { (looked::answers(desk, problem)) }
            @if problem.kind == "stale" { @if let Some(id) = &sheet.id { p { a href=(format!("/admin/write/{id}")) { (desk.t(w::SEE_SAVED)) } } } }
        }
    }
}

fn form(desk: &Desk, sheet: &Sheet, problem: Option<&Problem>, notes: &Notes) -> Markup {
    let attachments: Vec<_> = sheet.pictures.iter().map(|kept| kept.attachment.clone()).collect();
    let files: Vec<_> = sheet
        .saved
        .iter()
        .flat_map(|draft| draft.files.iter().map(|kept| kept.file.clone()))
        .collect();
    let faults = problem.map(Faults::of).unwrap_or_default();
    let said = fields::Said {
        faults: &faults,
        notes,
        clashes: &sheet.clashes,
    };
    let english = sheet.content[Lang::En.tag()].is_object();
    html! {
        div.stack {
            form.sheet.stack id="sheet" method="post" action=(sheet.action()) novalidate {
                (desk.key())
                input type="hidden" name="kind" value=(sheet.kind.slug());
                input type="hidden" name="hash" value=(sheet.hash);
                input type="hidden" name="publication" value=(sheet.publication);
                // Enter in a field saves; it never submits for review.
                button.away type="submit" name="then" value="save" tabindex="-1" aria-hidden="true" {}
                section.card {
                    (entry_choice::field(desk, sheet.kind, &sheet.entry, &faults))
                    (sheet.clashes.at(desk, "catalogue_entry", &sheet.entry))
                }
                section.card {
                    h2 { (desk.t(w::CHINESE_TEXT)) }
                    (fields::inputs(desk, sheet.kind, Lang::ZhHans, &sheet.content, &said, sheet.blank_rows))
                }
                details.card.translation open[english] {
                    summary { h2 { (desk.t(w::ENGLISH_TEXT)) } span.hint { (desk.t(w::ENGLISH_HINT)) } }
                    (fields::inputs(desk, sheet.kind, Lang::En, &sheet.content, &said, sheet.blank_rows))
                }
                @if sheet.is_mine(desk) { section.card { (countersign::choice(desk, &sheet.countersign)) } }
                @if !sheet.goes(desk).is_released() { (proposal::card(desk, &sheet.proposal, &faults)) }
                section.card.send {
                    div.buttons {
                        @if sheet.is_mine(desk) { button.btn type="submit" name="then" value="submit" { (desk.t(w::SUBMIT)) } }
                        button.btn.quiet type="submit" name="then" value="save" { (desk.t(w::SAVE_DRAFT)) }
                        button.btn.quiet type="submit" name="then" value="preview" { (desk.t(w::PREVIEW)) }
                    }
                }
            }
            (pictures::card(desk, sheet.id.as_deref(), &attachments, &files))
            @if let Some(id) = &sheet.id {
                div.folds {
                    (beginnings::keep_as_template(desk, "draft", id))
                    @if sheet.is_mine(desk) { (discarding(desk, id)) }
                }
            }
        }
    }
}

fn discarding(desk: &Desk, id: &str) -> Markup {
    html! {
        details.fold {
            summary.btn.danger.small { (desk.t(w::DISCARD)) }
            form method="post" action=(format!("/admin/write/{id}/discard")) { p.hint { (desk.t(w::DISCARD_WHAT)) } button.btn.danger type="submit" { (desk.f(w::CONFIRM_STEP, &[desk.t(w::DISCARD)])) } }
        }
    }
}
