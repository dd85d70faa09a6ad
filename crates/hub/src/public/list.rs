//! `/`: what is public now, newest first, by kind, and found by words.

use super::{Item, Visit, items};
use crate::digest::Needle;
use crate::office::Office;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use heliograph_domain::Kind;
use heliograph_domain::publication::Publication;
use heliograph_domain::search::folded;
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows on a page.
const ROWS: usize = 20;
/// Nobody searches for more than this.
const QUERY_CHARS: usize = 80;

/// `GET /?q=&kind=&page=`
pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let visit = Visit::new(&office, &headers, &asked);
    let query: String = asked
        .get("q")
        .map_or("", |q| q.trim())
        .chars()
        .take(QUERY_CHARS)
        .collect();
    let kind = asked
        .get("kind")
        .and_then(|slug| Kind::ALL.iter().find(|kind| kind.slug() == slug))
        .copied();
    let all = items(&office, &visit);
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| all.iter().any(|it| it.document.kind == *kind))
        .collect();
    let wanted = folded(&query);
    let found: Vec<Item> = all
        .into_iter()
        .filter(|item| kind.is_none_or(|kind| item.document.kind == kind) && says(&office, item, &wanted))
        .collect();
    let pages = found.len().div_ceil(ROWS).max(1);
    let number = asked
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1)
        .clamp(1, pages);
    let here = address(&query, kind, number);
    let at = |kind: Option<Kind>, page: usize| visit.to(&address(&query, kind, page));
    let body = html! {
        h1 { (visit.t("公开信息", "Public information")) }
        form.search action="/" role="search" {
            label for="q" { (visit.t("查找", "Search")) }
            input id="q" name="q" type="search" value=(query) maxlength=(QUERY_CHARS) placeholder=(visit.t("查找标题和正文", "Titles and texts"));
            @if let Some(kind) = kind { input type="hidden" name="kind" value=(kind.slug()); }
            @if visit.chosen { input type="hidden" name="lang" value=(visit.lang.tag()); }
            button { (visit.t("查找", "Search")) }
        }
        nav.kinds aria-label=(visit.t("类别", "Kinds")) {
            a href=(at(None, 1)) aria-current=[kind.is_none().then_some("true")] { (visit.t("全部", "All")) }
            @for one in kinds {
                a href=(at(Some(one), 1)) aria-current=[(kind == Some(one)).then_some("true")] { (one.label(visit.lang)) }
            }
        }
        @if found.is_empty() && query.is_empty() && kind.is_none() {
            p.empty { (visit.t("现在还没有公开信息。", "Nothing is public yet.")) }
        } @else { (rows(&visit, &found, number)) }
        @if pages > 1 {
            nav.pages aria-label=(visit.t("页码", "Pages")) {
                @if number > 1 { a href=(at(kind, number - 1)) rel="prev" { (visit.t("上一页", "Previous")) } }
                span { (number) " / " (pages) }
                @if number < pages { a href=(at(kind, number + 1)) rel="next" { (visit.t("下一页", "Next")) } }
            }
        }
    };
    visit.answer(
        StatusCode::OK,
        &here,
        visit.t("公开信息", "Public information"),
        &body,
        &headers,
    )
}

fn rows(visit: &Visit, found: &[Item], number: usize) -> Markup {
    html! {
        @if found.is_empty() {
            p.empty { (visit.t("没有找到公开信息。请换一个词，或拨打咨询电话。", "Nothing was found. Try another word, or call us.")) }
        } @else {
            ul.rows {
                @for item in found.iter().skip((number - 1) * ROWS).take(ROWS) {
                    li { a href=(visit.to(&format!("/p/{}", item.id))) {
                        span.kind { (item.document.kind.label(visit.lang)) }
                        strong { (item.document.title(visit.lang)) }
                        (dated(visit, &item.dossier.publication))
                    } }
                }
            }
        }
    }
}

/// Since when it is as it is; what was public before says that it was changed.
fn dated(visit: &Visit, publication: &Publication) -> Markup {
    let Some(on) = &publication.released else {
        return html! {};
    };
    let changed = publication.first_released_at.is_some_and(|first| first != on.at);
    html! { time { @if changed { (visit.t("更新于 ", "Changed ")) } (visit.day(on.at)) } }
}

/// Whether a text says these words, which are made alike already, in any of its languages and fields; or they are first
/// letters of its title.
fn says(office: &Office, item: &Item, wanted: &str) -> bool {
    let on = item.dossier.publication.released.as_ref();
    let digest = || on.and_then(|on| office.library.digest(&on.release.content));
    wanted.is_empty() || digest().is_some_and(|digest| digest.has(&Needle::new(wanted)))
}

fn address(query: &str, kind: Option<Kind>, page: usize) -> String {
    let mut parts = Vec::new();
    if !query.is_empty() {
        parts.push(format!("q={}", crate::admin::layout::in_query(query)));
    }
    if let Some(kind) = kind {
        parts.push(format!("kind={}", kind.slug()));
    }
    if page > 1 {
        parts.push(format!("page={page}"));
    }
    if parts.is_empty() {
        "/".to_owned()
    } else {
        format!("/?{}", parts.join("&"))
    }
}
