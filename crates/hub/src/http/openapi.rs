//! `/api/v1/openapi.json`: the API, told to programs.

use axum::http::header;
use axum::response::IntoResponse;
use std::sync::LazyLock;

/// Written once: it does not change while the program runs.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| crate::openapi::document().to_string());

/// `GET /api/v1/openapi.json`. It is the same in every office and holds no secret: everyone may read it.
pub(crate) async fn document() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, DOCUMENT.as_str())
}
