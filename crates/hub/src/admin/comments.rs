//! Comments on a text in review: beside their fields, in a card with all of them, and the form for another.

use super::document::language_name;
use super::done::done;
use super::form::{Faults, Posted};
use super::layout::{Desk, field_faults, in_query, redirect, tag};
use super::publication::{Failed, Shown, find, show};
use super::words as w;
use super::words::review as rw;
use crate::comments::{self, Comment, MAX_CHARS, MAX_QUOTE_CHARS};
use crate::http::comments as api;
use crate::http::idempotency::Answer;
use crate::http::problem::Problem;
use crate::office::Office;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use heliograph_domain::publication::Publication;
use heliograph_domain::{Document, Kind, Lang, PublicationId};
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// The step's name, by which a page knows whose form went wrong.
const STEP: &str = "comment";

/// The forms of comments.
pub(crate) fn router() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/publications/{id}/comments", get(back).post(add))
        .route(
            "/admin/publications/{id}/comments/{comment}/mark",
            get(back_from).post(mark),
        )
        .route(
            "/admin/publications/{id}/comments/{comment}/remove",
            get(back_from).post(remove),
        )
}

async fn back(Path(id): Path<String>) -> Response {
    redirect(&format!("/admin/publications/{}", in_query(&id)))
}

async fn back_from(Path((id, _)): Path<(String, String)>) -> Response {
    redirect(&format!("/admin/publications/{}", in_query(&id)))
}

/// The comments on one publication.
#[derive(Default)]
pub(crate) struct Remarks {
    all: Vec<Comment>,
}

impl Remarks {
    /// Those on a publication; none while it was never handed in.
    pub(crate) fn of(desk: &Desk, id: PublicationId) -> Result<Self, Problem> {
        let Some(dossier) = desk.state.publications.get(&id) else {
            return Ok(Self::default());
        };
        let mut all = comments::of(&*desk.office.log, id).map_err(Problem::internal)?;
        crate::http::comments::keep_readable(&mut all, dossier);
        Ok(Self { all })
    }

    fn open(&self) -> usize {
        self.all.iter().filter(|comment| comment.dealt_with.is_none()).count()
    }

    /// Beside a field: those on it that are open.
    pub(crate) fn at(&self, desk: &Desk, field: &str) -> Markup {
        let here = |comment: &&Comment| comment.field == field && comment.dealt_with.is_none();
        html! {
            @for comment in self.all.iter().filter(here) {
                span.remark { (said(desk, comment)) }
            }
        }
    }
}

/// What was said, where exactly, by whom and when.
fn said(desk: &Desk, comment: &Comment) -> Markup {
    html! {
        @if !comment.quote.is_empty() { q { (comment.quote) } }
        span.says { (comment.text) }
        small { (desk.department_of(&comment.by)) " " (desk.person(&comment.by)) " · " (desk.time(comment.at)) }
    }
}

/// A field's name for people: `中文 · 正文`.
fn place(desk: &Desk, kind: Kind, field: &str) -> String {
    let mut parts = field.split('.').skip(1);
    let lang = parts.next().and_then(Lang::from_tag);
    let spec = parts
        .next()
        .and_then(|name| kind.fields().iter().find(|spec| spec.name == name));
    match (lang, spec) {
        (Some(lang), Some(spec)) => format!("{} · {}", language_name(desk, lang), spec.label(desk.lang)),
        _ if field == "attachments" => desk.t(w::PICTURES).to_owned(),
        _ => desk.t(rw::WHOLE_TEXT).to_owned(),
    }
}

/// Where the card stands, and so where its forms lead back to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Review,
    Writing,
}

/// The card: every comment, the open ones first, and a form for another where the text is reviewed.
pub(crate) fn card(
    desk: &Desk,
    (id, publication): (PublicationId, &Publication),
    remarks: &Remarks,
    on: On,
    failed: Option<&Failed<'_>>,
) -> Markup {
    let pending = publication.pending.as_ref();
    let takes_part = pending.is_some() && api::has_part(&desk.office, desk.me(), pending);
    if remarks.all.is_empty() && !(takes_part && on == On::Review) {
        return html! {};
    }
    let (open, done): (Vec<&Comment>, Vec<&Comment>) =
        remarks.all.iter().partition(|comment| comment.dealt_with.is_none());
    let row = |comment: &Comment| one(desk, (id, publication), comment, on, takes_part);
    html! {
        section.card.comments id="comments" {
            h2 { (desk.t(rw::COMMENTS)) @if remarks.open() > 0 { (tag("amber", &desk.f(rw::N_OPEN, &[&remarks.open().to_string()]))) } }
            @if remarks.all.is_empty() { p.muted { (desk.t(rw::NO_COMMENTS)) } }
            @for comment in open { (row(comment)) }
            @if !done.is_empty() {
                details.same { summary { (desk.f(rw::N_DEALT_WITH, &[&done.len().to_string()])) } @for comment in done { (row(comment)) } }
            }
            @if takes_part && on == On::Review { (form(desk, id, publication, failed.filter(|failed| failed.step == STEP))) }
        }
    }
}

fn one(
    desk: &Desk,
    (id, publication): (PublicationId, &Publication),
    comment: &Comment,
    on: On,
    takes_part: bool,
) -> Markup {
    let address = format!("/admin/publications/{id}/comments/{}", comment.id);
    let former = publication
        .pending
        .as_ref()
        .is_some_and(|pending| pending.content != comment.content);
    let button = |to: &str, word: w::Word, dealt_with: &str| {
        html! {
            form method="post" action=(format!("{address}/{to}")) {
                (desk.key())
                @if on == On::Writing { input type="hidden" name="back" value="write"; }
                @if !dealt_with.is_empty() { input type="hidden" name="dealt_with" value=(dealt_with); }
                button.btn.small.quiet type="submit" { (desk.t(word)) }
            }
        }
    };
    html! {
        article.remark.done[comment.dealt_with.is_some()] {
            strong { (place(desk, publication.kind, &comment.field)) @if former { " " (tag("grey", desk.t(rw::ON_FORMER_TEXT))) } }
            (said(desk, comment))
            @if let Some((by, at)) = &comment.dealt_with { small { (desk.f(rw::DEALT_WITH_BY, &[&desk.person(by), &desk.time(*at)])) } }
            @if takes_part {
                div.buttons {
                    @if comment.dealt_with.is_some() { (button("mark", rw::REOPEN, "no")) } @else { (button("mark", rw::DEAL_WITH, "yes")) }
                    @if comment.by == *desk.me() { (button("remove", rw::REMOVE_COMMENT, "")) }
                }
            }
        }
    }
}

fn form(desk: &Desk, id: PublicationId, publication: &Publication, failed: Option<&Failed<'_>>) -> Markup {
    let faults = failed.map(|failed| Faults::of(failed.problem)).unwrap_or_default();
    let typed = |name: &str| failed.map_or("", |failed| failed.typed.get(name));
    let hash = publication.pending.as_ref().map(|pending| pending.content);
    let text = hash.and_then(|hash| desk.office.library.document(&hash));
    let fields = text.map(|text| fields_of(&text)).unwrap_or_default();
    html! {
        details.fold open[failed.is_some()] {
            summary.btn.quiet.wide { (desk.t(rw::COMMENT)) }
            form.form method="post" action=(format!("/admin/publications/{id}/comments")) {
                (desk.key())
                label.field {
                    span { (desk.t(rw::COMMENT_ON)) }
                    select id=[faults.place("field")] name="field" {
                        option value="" { (desk.t(rw::WHOLE_TEXT)) }
                        @for field in &fields { option value=(field) selected[typed("field") == field.as_str()] { (place(desk, publication.kind, field)) } }
                    }
                    (field_faults(&faults, "field", desk.lang))
                }
                label.field {
                    span { (desk.t(rw::QUOTE)) " " small { (desk.t(rw::QUOTE_HINT)) } }
                    input id=[faults.place("quote")] type="text" name="quote" maxlength=(MAX_QUOTE_CHARS) value=(typed("quote"));
                    (field_faults(&faults, "quote", desk.lang))
                }
                label.field.bad[faults.place("text").is_some()] {
                    span { (desk.t(rw::COMMENT_TEXT)) span.must { "*" } }
                    textarea id=[faults.place("text")] name="text" rows="3" maxlength=(MAX_CHARS) required { (typed("text")) }
                    (field_faults(&faults, "text", desk.lang))
                }
                p.hint { (desk.t(rw::COMMENTS_WHAT)) }
                button.btn type="submit" { (desk.t(rw::SEND_COMMENT)) }
            }
        }
    }
}

/// The fields of a text that hold something.
fn fields_of(text: &Document) -> Vec<String> {
    let of = |(lang, body): (&Lang, &heliograph_domain::content::Body)| {
        let (tag, value) = (lang.tag(), body.to_value());
        let there = text
            .kind
            .fields()
            .iter()
            .filter(move |spec| !value[spec.name].is_null());
        there
            .map(move |spec| format!("content.{tag}.{}", spec.name))
            .collect::<Vec<_>>()
    };
    let pictures = (!text.attachments.is_empty()).then(|| "attachments".to_owned());
    text.texts.iter().flat_map(of).chain(pictures).collect()
}

/// `POST /admin/publications/{id}/comments`
async fn add(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({"text": posted.value("text"), "field": posted.value("field"), "quote": posted.value("quote")});
    let call = posted.call(&desk, STEP, None, &wish);
    let done = api::add(State(Arc::clone(&desk.office)), Path(id.clone()), call).await;
    after(desk, &id, &posted, ("comment", done))
}

/// `POST /admin/publications/{id}/comments/{comment}/mark`
async fn mark(desk: Desk, Path((id, comment)): Path<(String, String)>, posted: Posted) -> Result<Response, Problem> {
    let wish = json!({"dealt_with": posted.get("dealt_with") == "yes"});
    let call = posted.call(&desk, "comment-mark", None, &wish);
    let done = api::mark(State(Arc::clone(&desk.office)), Path((id.clone(), comment)), call).await;
    after(desk, &id, &posted, ("comment-marked", done))
}

/// `POST /admin/publications/{id}/comments/{comment}/remove`
async fn remove(desk: Desk, Path((id, comment)): Path<(String, String)>, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(&desk, "comment-remove", None, &json!({}));
    let done = api::remove(State(Arc::clone(&desk.office)), Path((id.clone(), comment)), call).await;
    after(desk, &id, &posted, ("comment-removed", done))
}

fn after(
    desk: Desk,
    id: &str,
    posted: &Posted,
    (deed, outcome): (&str, Result<Answer, Problem>),
) -> Result<Response, Problem> {
    let id_in_path = in_query(id);
    match outcome {
        Ok(_) if posted.get("back") == "write" => Ok(done(&format!("/admin/write/{id_in_path}#comments"), deed)),
        Ok(_) => Ok(done(&format!("/admin/publications/{id_in_path}#comments"), deed)),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let desk = desk.refreshed();
            let (id, dossier) = find(&desk, id)?;
            let failed = Failed {
                step: STEP,
                problem: &problem,
                typed: posted,
            };
            let shown = Shown {
                failed: Some(failed),
                ..Shown::default()
            };
            show(&desk, id, &dossier, &shown)
        }
        Err(problem) => Err(problem),
    }
}
