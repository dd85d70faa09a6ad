//! The public pages: what is public now, for everyone, without script. A display's code leads here.

mod files;
mod ledger;
mod list;
mod page;
mod sheet;

use crate::admin::assets::{Asset, etag_of, is_known};
use crate::http::call::lang_of;
use crate::http::problem::Problem;
use crate::office::Office;
use crate::state::{Dossier, State};
use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Document, Instant, Lang, PublicationId};
use maud::{DOCTYPE, Markup, html};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset::new(include_str!("public.css"), "text/css; charset=utf-8"));

/// The pages for everyone.
pub(crate) fn router() -> Router<Arc<Office>> {
    Router::new()
        .merge(ledger::router())
        .route("/", get(list::page))
        .route("/p/{id}", get(page::page))
        .route("/p/{id}/files/{hash}", get(files::file))
        .route(
            "/assets/public.css",
            get(async |headers: HeaderMap| STYLE.answer(&headers)),
        )
}

/// What a page is made for.
struct Visit {
    lang: Lang,
    /// Whether the language was chosen for this visit: then every link on its pages keeps it.
    chosen: bool,
    now: Instant,
    state: Arc<State>,
    site: Option<Arc<SiteProfile>>,
}

impl Visit {
    /// `?lang=` chooses the language, and the links of the page keep it: a visit stays in the language that was chosen, a link
    /// can be passed on in it, and a browser that many people use, one after the other, remembers nothing. Else the reader's own.
    fn new(office: &Office, headers: &HeaderMap, asked: &HashMap<String, String>) -> Self {
        let state = office.state();
        let site = state
            .site
            .as_ref()
            .and_then(|site| office.library.profile(&site.profile));
        let chosen = asked.get("lang").and_then(|tag| Lang::from_tag(tag));
        let chosen = chosen.filter(|lang| matches!(lang, Lang::ZhHans | Lang::En));
        Self {
            lang: chosen.unwrap_or_else(|| lang_of(headers)),
            chosen: chosen.is_some(),
            now: office.now(),
            state,
            site,
        }
    }

    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::ZhHans { zh } else { en }
    }

    /// The address of another public page, in the language that was chosen for the visit.
    fn to(&self, path: &str) -> String {
        if self.chosen {
            in_language(path, self.lang)
        } else {
            path.to_owned()
        }
    }

    fn office_name(&self) -> &str {
        self.site.as_ref().map_or("Heliograph", |site| site.name.get(self.lang))
    }

    /// A day of the office's calendar.
    fn day(&self, at: Instant) -> String {
        let offset_s = self.site.as_ref().map_or(8 * 3600, |site| site.clock.offset_s(at));
        let (date, _) = heliograph_domain::Date::at(at, offset_s);
        date.in_words(self.lang)
    }

    /// When something ends: the last day of it, with the time where that is within the day.
    fn end(&self, at: Instant) -> String {
        let (_, ms) = crate::calendar::civil(self.site.as_deref(), at);
        let minutes = ms / 60_000;
        match minutes {
            0 => self.day(Instant(at.0.saturating_sub(1))),
            _ => format!("{} {:02}:{:02}", self.day(at), minutes / 60, minutes % 60),
        }
    }

    /// The page, with a mark of its bytes, so that a phone on a slow line need not fetch it twice.
    fn answer(&self, status: StatusCode, here: &str, title: &str, body: &Markup, headers: &HeaderMap) -> Response {
        let text = self.frame(here, title, body).into_string();
        let etag = etag_of(&text);
        let mut response = if status == StatusCode::OK && is_known(headers, &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            (status, Html(text)).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        response
    }

    fn frame(&self, here: &str, title: &str, body: &Markup) -> Markup {
        let (other, name) = if self.lang == Lang::ZhHans {
            (Lang::En, "English")
        } else {
            (Lang::ZhHans, "中文")
        };
        html! {
            (DOCTYPE)
            html lang=(self.lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " – " (self.office_name()) }
                    link rel="icon" href="/assets/icon.svg";
                    link rel="stylesheet" href="/assets/public.css";
                }
                body {
                    a.skip href="#content" { (self.t("跳到正文", "Skip to content")) }
                    header {
                        a.office href=(self.to("/")) { (self.office_name()) }
                        a.language href=(in_language(here, other)) lang=(other.tag()) hreflang=(other.tag()) { (name) }
                    }
                    main id="content" { (body) }
                    footer {
                        @if let Some(site) = &self.site {
                            div.reach {
                                @for line in &site.hotlines {
                                    p { (line.label.get(self.lang)) " " a href={ "tel:" (line.number) } { (line.number) } }
                                }
                                p { (site.hours.get(self.lang)) }
                            }
                        }
                        p.staff { a href="/admin" { (self.t("工作人员入口", "For staff")) } }
                    }
                }
            }
        }
    }
}

/// An address in one language. `path` may have a query, and names no language.
fn in_language(path: &str, lang: Lang) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}lang={}", lang.tag())
}

/// A problem for everyone: in the office's own frame, with its telephones at the foot and a way on. `lang` is the browser's;
/// the one that was chosen stands in the address.
pub(crate) fn problem_page(office: &Office, problem: &Problem, lang: Lang, uri: &Uri) -> Response {
    let asked = Query::<HashMap<String, String>>::try_from_uri(uri);
    let asked = asked.map(|asked| asked.0).unwrap_or_default();
    let mut visit = Visit::new(office, &HeaderMap::new(), &asked);
    if !visit.chosen {
        visit.lang = lang;
    }
    let title = problem.title.get(visit.lang);
    let body = html! {
        h1 { (title) }
        p { (problem.detail.get(visit.lang)) }
        p { a href=(visit.to("/")) { (visit.t("查看现在公开的信息", "See what is public now")) } }
    };
    // Its other language is that of the list: where nothing is, nothing can be translated.
    visit.answer(problem.status, "/", title, &body, &HeaderMap::new())
}

/// What is public now: released, and its window open.
pub(crate) fn public_now(dossier: &Dossier, now: Instant) -> bool {
    let on = dossier.publication.released.as_ref();
    on.is_some_and(|on| on.release.window.covers(now) && on.at <= now)
}

/// A publication that is public now, with its text.
struct Item {
    id: PublicationId,
    dossier: Arc<Dossier>,
    document: Arc<Document>,
}

/// All that is public now, the newest first.
fn items(office: &Office, visit: &Visit) -> Vec<Item> {
    let public = visit
        .state
        .publications
        .iter()
        .filter(|(_, dossier)| public_now(dossier, visit.now));
    let mut items: Vec<Item> = public
        .filter_map(|(id, dossier)| {
            let on = dossier.publication.released.as_ref()?;
            Some(Item {
                id: *id,
                dossier: Arc::clone(dossier),
                document: office.library.document(&on.release.content)?,
            })
        })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.dossier.publication.released.as_ref().map(|on| on.at)));
    items
}
