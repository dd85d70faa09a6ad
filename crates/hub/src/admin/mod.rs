//! The admin's pages.

use crate::http::problem::Problem;
use crate::office::Office;
use axum::Router;
use axum::response::{IntoResponse, Response};
use heliograph_domain::Lang;
use std::sync::Arc;

/// The pages for people.
pub(crate) fn router() -> Router<Arc<Office>> {
    Router::new()
}

/// A problem as a page.
pub(crate) fn problem_page(_office: &Arc<Office>, problem: &Problem, lang: Lang, _path: &str) -> Response {
    (problem.status, problem.title.get(lang).to_owned()).into_response()
}
