//! `/api/v1/reports`, `/live`, `/ready`, `/content/{hash}`: what comes out for others.

use super::call::Caller;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::office::Office;
use crate::report;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, Instant};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /api/v1/reports/annual?year=`
pub(crate) async fn annual(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let year = query
        .get("year")
        .and_then(|text| text.parse().ok())
        .filter(|year| (1949..=2999).contains(year));
    let year: u16 =
        year.ok_or_else(|| Problem::field("year", "invalid", "年份应为 1949 至 2999", "year must be 1949 to 2999"))?;
    let report = report::of_state(&office.state(), &office.library, year);
    let report =
        report.ok_or_else(|| Problem::not_found("单位信息（请先设置）", "The site's profile (set it first)"))?;
    Ok(Answer::ok(json!(report)))
}

/// `GET /live`: the process answers.
pub(crate) async fn live() -> &'static str {
    "live\n"
}

/// `GET /ready`: the log can be read and the state follows it.
pub(crate) async fn ready(State(office): State<Arc<Office>>) -> Result<String, Problem> {
    let head = office.log.head().map_err(Problem::internal)?;
    Ok(format!(
        "ready at position {} of {}\n",
        office.state().position,
        head.position.0
    ))
}

/// `GET /content/{sha256}`: a text that is public now, as it was released.
pub(crate) async fn content(State(office): State<Arc<Office>>, Path(hash): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这份内容", "The content");
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    match public_standing(&office, &hash, office.now()) {
        Publicity::Never => return Err(missing()),
        Publicity::Over => {
            return Err(Problem {
                status: StatusCode::GONE,
                ..missing()
            });
        }
        Publicity::Now => {}
    }
    let object = office.library.object(&hash).ok_or_else(|| Problem {
        status: StatusCode::GONE,
        ..missing()
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::ETAG, format!("\"{hash}\"")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    Ok((headers, object.bytes).into_response())
}

enum Publicity {
    Now,
    Over,
    Never,
}

/// Whether the content was ever let through, and whether it may be seen now.
fn public_standing(office: &Office, hash: &ContentHash, now: Instant) -> Publicity {
    use heliograph_domain::publication::PublicationEvent::{Amended, Released};
    let state = office.state();
    let mut standing = Publicity::Never;
    for dossier in state.publications.values() {
        let on = dossier.publication.released.as_ref();
        if on.is_some_and(|on| on.release.content == *hash && on.release.window.covers(now)) {
            return Publicity::Now;
        }
        let was = dossier.history.iter().any(|step| match &step.event {
            Released(release) => release.content == *hash,
            Amended { content, .. } => content == hash,
            _ => false,
        });
        // A window that has not begun is nobody's business yet.
        let before = on.is_some_and(|on| on.release.content == *hash && now < on.release.window.from);
        if was && !before {
            standing = Publicity::Over;
        }
    }
    standing
}
