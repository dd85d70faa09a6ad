//! How a text looks on the panels, drawn by the renderer that the displays use.

use super::fields;
use super::form::Posted;
use super::layout::Desk;
use super::panels::{self, Looks, Where};
use crate::drafts::Draft;
use crate::http::problem::Problem;
use crate::picture;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Document, Kind, LocalText, PublicationId, StaffId};
use heliograph_scene::View;
use maud::{Markup, html};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// So many previews are drawn at a time; whoever types fast waits for their own pictures, and nobody for anything else.
static DRAWING: Semaphore = Semaphore::const_new(2);

type Asked = HashMap<String, String>;

/// `?page=&at=`: what to look at.
fn view(asked: &Asked) -> View {
    let number = |name: &str| asked.get(name).and_then(|text| text.parse().ok());
    View {
        page: number("page").and_then(|page| u32::try_from(page).ok()).unwrap_or(0),
        stood_ms: number("at").unwrap_or(0),
    }
}

async fn drawn(desk: Desk, document: Arc<Document>, draft: Option<Draft>, asked: &Asked) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这种屏（请重新加载页面）", "The panel (load the page anew)");
    let glass = panels::glass(&desk, asked).ok_or_else(missing)?;
    let (view, px) = (view(asked), glass.asked_px(asked));
    let _turn = DRAWING.acquire().await.map_err(Problem::internal)?;
    let drawn = tokio::task::spawn_blocking(move || {
        let site = desk.profile.clone().unwrap_or_else(|| Arc::new(unnamed_site()));
        let shelf = picture::DraftShelf {
            office: &desk.office,
            draft: draft.as_ref(),
        };
        let on = (glass.panel, glass.lang);
        picture::of_document(&document, &shelf, &site, on, view, desk.now, px)
    });
    let png = drawn
        .await
        .map_err(Problem::internal)?
        .ok_or_else(|| Problem::internal("a preview could not be written as PNG"))?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, png).into_response())
}

/// Before the office is described, pictures stand under a name that says so.
fn unnamed_site() -> SiteProfile {
    SiteProfile::bare(LocalText::new("（单位名称）", "(office)"))
}

/// `GET /admin/publications/{id}/picture.png?panel=&lang=&page=&at=`: of the text on its way, else of the released one.
pub(crate) async fn of_publication(
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这条信息的内容", "The publication's text");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let dossier = desk.state.publications.get(&id).cloned().ok_or_else(missing)?;
    let (pending, released) = super::document::texts(&desk, &dossier.publication);
    let last = || dossier.last_text().and_then(|hash| desk.office.library.document(&hash));
    let document = pending.or(released).or_else(last).ok_or_else(missing)?;
    drawn(desk, document, None, &asked).await
}

/// A draft that is open to the caller, for its pictures; none is no fault here.
fn open_draft(desk: &Desk, id: &str) -> Option<Draft> {
    crate::http::drafts::open(&desk.office, &desk.caller, id).ok()
}

/// The document with the draft's pictures.
fn illustrated(document: Document, draft: Option<&Draft>) -> Document {
    let pictures = draft.map(|draft| draft.attachments.iter().map(|kept| kept.attachment.clone()));
    Document {
        attachments: pictures.map(Iterator::collect).unwrap_or_default(),
        ..document
    }
}

/// What someone has typed so far into a page whose pictures follow it.
pub(crate) struct Typed {
    pub(crate) kind: Kind,
    pub(crate) content: Value,
    /// The draft whose pictures belong to it.
    pub(crate) draft: Option<String>,
}

struct Kept {
    token: String,
    staff: StaffId,
    typed: Arc<Typed>,
}

/// So many are kept at hand; a page whose pictures are asked for later than that shows none until it is loaded anew.
const KEPT: usize = 64;

static TYPED: LazyLock<Mutex<VecDeque<Kept>>> = LazyLock::new(Mutex::default);

/// Keeps what was typed under a name, in the place of what was typed before into the same page.
fn keep(desk: &Desk, token: String, typed: Typed) -> Arc<Typed> {
    let typed = Arc::new(typed);
    let mut all = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|kept| kept.token != token);
    all.push_front(Kept {
        token,
        staff: desk.me().clone(),
        typed: Arc::clone(&typed),
    });
    all.truncate(KEPT);
    typed
}

fn kept(desk: &Desk, token: &str) -> Option<Arc<Typed>> {
    let all = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    let found = all.iter().find(|kept| kept.token == token && kept.staff == *desk.me());
    found.map(|kept| Arc::clone(&kept.typed))
}

fn document_of(desk: &Desk, typed: &Typed) -> Result<(Document, Option<Draft>), Problem> {
    let document = fields::as_far_as_written(desk, typed.kind, &typed.content)?;
    let draft = typed.draft.as_deref().and_then(|id| open_draft(desk, id));
    Ok((illustrated(document, draft.as_ref()), draft))
}

/// The panels that a page of writing has beside it.
pub(crate) fn beside(desk: &Desk, typed: Typed, goes: &Where) -> Result<Markup, Problem> {
    let card = following(desk, crate::sign_in::fresh_secret()?, typed, goes)?;
    Ok(html! { (panels::dress()) (card) })
}

fn following(desk: &Desk, token: String, typed: Typed, goes: &Where) -> Result<Markup, Problem> {
    let address = format!("/admin/preview/{token}");
    let (document, _) = document_of(desk, &keep(desk, token, typed))?;
    let looks = Looks {
        document: &document,
        address: &address,
        follows: true,
    };
    Ok(panels::card(desk, &looks, goes))
}

/// `POST /admin/preview/{token}`: the panels with what stands in the form now.
pub(crate) async fn follow(desk: Desk, Path(token): Path<String>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let before = kept(&desk, &token);
    // A name that is not the caller's, or was forgotten, is not theirs to write to: they get another.
    let token = match &before {
        Some(_) => token,
        None => crate::sign_in::fresh_secret()?,
    };
    let kind = fields::kind_of(&posted)?;
    let typed = Typed {
        kind,
        content: fields::content(kind, &posted),
        draft: before.and_then(|before| before.draft.clone()),
    };
    let revised = typed.draft.as_deref().unwrap_or_else(|| posted.get("publication"));
    let goes = Where::of_sheet(
        &desk,
        revised,
        &super::panels::channels(&posted),
        posted.get("catalogue_entry"),
    );
    let _turn = DRAWING.acquire().await.map_err(Problem::internal)?;
    let card = following(&desk, token, typed, &goes)?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, card.into_string()).into_response())
}

fn missing_preview() -> Problem {
    Problem::not_found("预览（请重新加载页面）", "The preview (load the page anew)")
}

/// Forgets what was typed for a draft that is discarded, and what its author typed besides: their other open pages show
/// no pictures until they are loaded anew.
pub(crate) fn forget(draft: PublicationId, author: &StaffId) {
    let id = draft.to_string();
    let mut typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    typed.retain(|kept| kept.staff != *author && kept.typed.draft.as_ref() != Some(&id));
}

/// `GET /admin/preview/{token}?panel=&lang=&page=&at=`
pub(crate) async fn of_typed(
    desk: Desk,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let typed = kept(&desk, &token).ok_or_else(missing_preview)?;
    let (document, draft) = document_of(&desk, &typed)?;
    drawn(desk, Arc::new(document), draft, &asked).await
}
