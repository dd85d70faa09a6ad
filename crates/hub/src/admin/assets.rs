//! The style and the script of the pages: compiled in, served by the hub alone.

use crate::office::Office;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};

/// What names these bytes to a browser that may have them already.
pub(crate) fn etag_of(text: &str) -> String {
    format!("\"{}\"", &crate::keys::hex(&Sha256::digest(text.as_bytes()))[..16])
}

/// Whether the browser says that it has them.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.contains(etag))
}

/// A file that pages ask for.
pub(crate) struct Asset {
    text: &'static str,
    kind: &'static str,
    etag: String,
}

impl Asset {
    pub(crate) fn new(text: &'static str, kind: &'static str) -> Self {
        let etag = etag_of(text);
        Self { text, kind, etag }
    }

    /// A browser asks each time and hears “not modified” as long as it is so.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let caching = [
            (header::ETAG, self.etag.as_str()),
            (header::CACHE_CONTROL, "public, max-age=300, must-revalidate"),
        ];
        if is_known(headers, &self.etag) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(header::CONTENT_TYPE, self.kind)], self.text).into_response()
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        concat!(
            include_str!("assets/app.css"),
            include_str!("assets/review.css"),
            include_str!("assets/helps.css"),
            include_str!("assets/media.css"),
            include_str!("assets/lists.css"),
            include_str!("assets/frame.css")
        ),
        "text/css; charset=utf-8",
    )
});
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(include_str!("assets/admin.js"), "text/javascript; charset=utf-8"));
static PASSKEY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(include_str!("assets/passkey.js"), "text/javascript; charset=utf-8"));
static PANELS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(include_str!("assets/panels.js"), "text/javascript; charset=utf-8"));
static PANELS_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(include_str!("assets/panels.css"), "text/css; charset=utf-8"));
static ICON: LazyLock<Asset> = LazyLock::new(|| Asset::new(include_str!("assets/icon.svg"), "image/svg+xml"));

/// Where they are.
pub(crate) fn router() -> Router<Arc<Office>> {
    Router::new()
        .route(
            "/assets/app.css",
            get(async |headers: HeaderMap| STYLE.answer(&headers)),
        )
        .route(
            "/assets/admin.js",
            get(async |headers: HeaderMap| SCRIPT.answer(&headers)),
        )
        .route(
            "/assets/passkey.js",
            get(async |headers: HeaderMap| PASSKEY.answer(&headers)),
        )
        .route(
            "/assets/panels.js",
            get(async |headers: HeaderMap| PANELS.answer(&headers)),
        )
        .route(
            "/assets/panels.css",
            get(async |headers: HeaderMap| PANELS_STYLE.answer(&headers)),
        )
        .route(
            "/assets/icon.svg",
            get(async |headers: HeaderMap| ICON.answer(&headers)),
        )
}

/// The version that a page names, so that a new style is never shown with an old page.
pub(crate) fn version() -> &'static str {
    STYLE.etag.trim_matches('"')
}

/// The script of passkeys, for the pages that have a use for it.
pub(crate) fn passkey_script() -> Markup {
    let version = PASSKEY.etag.trim_matches('"');
    html! { script defer src=(format!("/assets/passkey.js?v={version}")) {} }
}

/// The style and the script of a text on its panels.
pub(crate) fn of_panels() -> Markup {
    let version = |asset: &Asset| asset.etag.trim_matches('"').to_owned();
    html! {
        link rel="stylesheet" href=(format!("/assets/panels.css?v={}", version(&PANELS_STYLE)));
        script defer src=(format!("/assets/panels.js?v={}", version(&PANELS))) {}
    }
}

/// The same for the script.
pub(crate) fn script_version() -> &'static str {
    SCRIPT.etag.trim_matches('"')
}
