//! `/p/{id}/files/{hash}`: a file of a publication that is public now, to be kept; and where its page offers it.

use super::Visit;
use crate::http::papers::answer;
use crate::http::problem::Problem;
use crate::media::{self, Publicity};
use crate::office::Office;
use crate::papers::told;
use crate::state::Dossier;
use crate::transact::blocking;
use axum::extract::{Path, State};
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use heliograph_domain::content::PublicFile;
use heliograph_domain::{ContentHash, Document, PublicationId};
use maud::{Markup, html};
use std::convert::Infallible;
use std::sync::Arc;

/// `GET /p/{id}/files/{hash}`: 404 before its time and when it never was public, 410 when it is over.
pub(super) async fn file(
    State(office): State<Arc<Office>>,
    Path((id, hash)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这个附件", "The file");
    let gone = || Problem {
        status: StatusCode::GONE,
        ..missing()
    };
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    let dossier = office.state().publications.get(&id).cloned().ok_or_else(missing)?;
    let found = blocking(move || Ok::<_, Infallible>(find(&office, &dossier, &hash))).await?;
    let (file, bytes) = match found {
        Found::Never => return Err(missing()),
        Found::Over => return Err(gone()),
        Found::Now(file, bytes) => (file, bytes),
    };
    let etag = format!("\"{hash}\"");
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let mut response = answer(&file, "no-cache", bytes);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(ETAG, etag);
    }
    Ok(response)
}

enum Found {
    Now(PublicFile, axum::body::Bytes),
    Over,
    Never,
}

fn find(office: &Office, dossier: &Dossier, hash: &ContentHash) -> Found {
    let of = |document: &Document| document.files.iter().find(|file| file.hash == *hash).cloned();
    match media::of_dossier(office, dossier, &|document| of(document).is_some(), office.now()) {
        Publicity::Now => {}
        Publicity::Over => return Found::Over,
        // Nobody can tell any longer which text named it: it was erased with that.
        Publicity::Never if was_erased(office, dossier, hash) => return Found::Over,
        Publicity::Never => return Found::Never,
    }
    let on = dossier.publication.released.as_ref();
    let document = on.and_then(|on| office.library.document(&on.release.content));
    let file = document.and_then(|document| of(&document));
    match file.zip(office.library.object(hash)) {
        Some((file, object)) => Found::Now(file, object.bytes),
        None => Found::Over,
    }
}

/// Whether it went with a publication that the public had read.
fn was_erased(office: &Office, dossier: &Dossier, hash: &ContentHash) -> bool {
    let first = dossier.publication.first_released_at;
    let read = first.is_some_and(|first| first <= office.now());
    read && office.state().erased.iter().any(|erased| erased.content == *hash)
}

/// The files that a page offers, each with what it is and how large.
pub(super) fn list(visit: &Visit, id: PublicationId, document: &Document) -> Markup {
    if document.files.is_empty() {
        return html! {};
    }
    html! {
        section.files {
            h2 { (visit.t("附件", "Files")) }
            ul {
                @for file in &document.files {
                    li {
                        a href=(format!("/p/{id}/files/{}", file.hash)) download=(file.file_name()) type=(file.media_type.name()) { (file.name) }
                        " " small { (told(file, visit.lang)) }
                    }
                }
            }
        }
    }
}
