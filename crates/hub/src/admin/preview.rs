//! How a text looks on the panels of the lobby, drawn by the renderer that the displays use.

use super::fields;
use super::form::Posted;
use super::layout::Desk;
use super::words::{self as w, Word};
use crate::drafts::Draft;
use crate::http::problem::Problem;
use crate::picture;
use axum::extract::{Path, Query};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Document, Kind, Lang, LocalText, PublicationId, StaffId};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A panel that previews are drawn for.
pub(crate) struct Pane {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) label: Word,
    pub(crate) panel: Panel,
    /// Pixels of the picture on the page.
    width: u32,
}

const fn panel(width_px: u16, height_px: u16, pixel_pitch_um: u32, viewing_distance_mm: u32) -> Panel {
    Panel {
        width_px,
        height_px,
        colour: ColourDepth::Full,
        pixel_pitch_um,
        viewing_distance_mm,
        refresh_hz: 30,
    }
}

/// One of each form that hangs in a lobby.
pub(crate) const PANES: [Pane; 3] = [
    Pane {
        name: "lobby",
        label: w::PANE_LOBBY,
        panel: panel(1920, 1080, 630, 4000),
        width: 960,
    },
    Pane {
        name: "portrait",
        label: w::PANE_PORTRAIT,
        panel: panel(1080, 1920, 560, 2000),
        width: 540,
    },
    Pane {
        name: "strip",
        label: w::PANE_STRIP,
        panel: panel(256, 64, 5000, 8000),
        width: 256,
    },
];

type Asked = HashMap<String, String>;

struct View {
    pane: &'static Pane,
    page: u32,
    lang: Lang,
}

/// `?panel=&page=&lang=`; a panel that there is not is the lobby's.
fn view(asked: &Asked) -> View {
    let named = |name: &String| PANES.iter().find(|pane| pane.name == name);
    View {
        pane: asked.get("panel").and_then(named).unwrap_or(&PANES[0]),
        page: asked.get("page").and_then(|text| text.parse().ok()).unwrap_or(0),
        lang: asked
            .get("lang")
            .and_then(|tag| Lang::from_tag(tag))
            .unwrap_or(Lang::ZhHans),
    }
}

async fn drawn(desk: Desk, document: Arc<Document>, draft: Option<Draft>, view: View) -> Result<Response, Problem> {
    let drawn = tokio::task::spawn_blocking(move || {
        let site = desk.profile.clone().unwrap_or_else(|| Arc::new(unnamed_site()));
        let (pane, now) = (view.pane, desk.now);
        let shelf = picture::DraftShelf {
            office: &desk.office,
            draft: draft.as_ref(),
        };
        picture::of_document(
            &document,
            &shelf,
            &site,
            (pane.panel, view.lang),
            view.page,
            now,
            pane.width,
        )
    });
    let drawn = drawn
        .await
        .map_err(Problem::internal)?
        .ok_or_else(|| Problem::internal("a preview could not be written as PNG"))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-pages"), drawn.pages.to_string()),
        (HeaderName::from_static("x-missing"), code_points(&drawn.missing)),
    ];
    Ok((headers, drawn.png).into_response())
}

/// Characters as a header can carry them: hexadecimal code points. More than a few are not named one by one.
fn code_points(missing: &[char]) -> String {
    let points = missing.iter().take(12).map(|c| format!("{:x}", u32::from(*c)));
    points.collect::<Vec<_>>().join(" ")
}

/// Before the office is described, pictures stand under a name that says so.
fn unnamed_site() -> SiteProfile {
    SiteProfile::bare(LocalText::new("（单位名称）", "(office)"))
}

/// `GET /admin/publications/{id}/picture.png?panel=&page=&lang=`: of the text on its way, else of the released one.
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
    drawn(desk, document, None, view(&asked)).await
}

/// `POST /admin/preview?panel=&page=&lang=`: of what stands in the form now.
pub(crate) async fn of_form(desk: Desk, Query(asked): Query<Asked>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let kind = fields::kind_of(&posted)?;
    let document = fields::as_far_as_written(&desk, kind, &fields::content(kind, &posted))?;
    let draft = asked.get("draft").and_then(|id| open_draft(&desk, id));
    let document = illustrated(document, draft.as_ref());
    drawn(desk, Arc::new(document), draft, view(&asked)).await
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

/// What someone had typed when a page with pictures was made for them.
struct Typed {
    token: String,
    staff: StaffId,
    kind: Kind,
    content: Value,
    /// The draft whose pictures belong to it.
    draft: Option<String>,
}

/// So many are kept at hand; a page whose pictures are asked for later than that shows none until it is loaded anew.
const KEPT: usize = 64;

static TYPED: LazyLock<Mutex<VecDeque<Typed>>> = LazyLock::new(Mutex::default);

/// Keeps what was typed for the pictures of the page that is about to be sent; the name to ask for them by.
pub(crate) fn keep(desk: &Desk, kind: Kind, content: Value, draft: Option<String>) -> Result<String, Problem> {
    let token = crate::sign_in::fresh_secret()?;
    let mut typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    typed.push_front(Typed {
        token: token.clone(),
        staff: desk.me().clone(),
        kind,
        content,
        draft,
    });
    typed.truncate(KEPT);
    Ok(token)
}

/// `GET /admin/preview/{token}?panel=&page=&lang=`
pub(crate) async fn of_typed(
    desk: Desk,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let missing = || Problem::not_found("预览（请重新加载页面）", "The preview (load the page anew)");
    let (kind, content, draft) = {
        let typed = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
        let found = typed
            .iter()
            .find(|typed| typed.token == token && typed.staff == *desk.me());
        found
            .map(|typed| (typed.kind, typed.content.clone(), typed.draft.clone()))
            .ok_or_else(missing)?
    };
    let document = fields::as_far_as_written(&desk, kind, &content)?;
    let draft = draft.and_then(|id| open_draft(&desk, &id));
    let document = illustrated(document, draft.as_ref());
    drawn(desk, Arc::new(document), draft, view(&asked)).await
}

/// The pictures, one for each panel. `address` is asked with `?panel=…`.
pub(crate) fn panes(desk: &Desk, address: &str, document_langs: &[Lang]) -> Markup {
    let lang = if document_langs.contains(&desk.lang) {
        desk.lang
    } else {
        Lang::ZhHans
    };
    html! {
        div.panes {
            @for pane in &PANES {
                figure.pane.(pane.name) data-panel=(pane.name) data-lacks=(desk.t(w::LACKS)) {
                    div.glass {
                        img src=(format!("{address}?panel={}&lang={}", pane.name, lang.tag())) alt=(desk.f(w::PREVIEW_ON, &[desk.t(pane.label)]));
                    }
                    figcaption { span { (desk.t(pane.label)) } small { (pane.panel.width_px) "×" (pane.panel.height_px) } }
                }
            }
        }
    }
}
