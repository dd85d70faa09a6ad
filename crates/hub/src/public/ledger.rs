//! `/log/…`: the public ledger, for whoever wants to hold the office to what it once showed (C2SP tlog-tiles).

use crate::http::problem::Problem;
use crate::office::Office;
use crate::transparency::{Ledger, Proof, TilePath};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use heliograph_domain::PublicationId;
use heliograph_log::TreeHead;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Office>> {
    Router::new()
        .route("/log/key", get(key))
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/{*path}", get(tile))
        .route("/log/proof/{id}", get(proof))
}

fn text(body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, body).into_response()
}

/// Works on the ledger as far as its root was recorded, away from the threads that answer.
async fn with_ledger<T: Send + 'static>(
    office: Arc<Office>,
    work: impl FnOnce(&Ledger, TreeHead) -> T + Send + 'static,
) -> Result<T, Problem> {
    let sealed = office.state().ledger;
    let done = tokio::task::spawn_blocking(move || {
        let mut ledger = office.ledger();
        ledger.catch_up(&*office.log)?;
        let head = sealed.unwrap_or_else(|| ledger.head(0));
        Ok::<_, crate::transparency::LedgerError>(work(&ledger, head))
    });
    done.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

fn signed(office: &Office, head: TreeHead) -> Result<String, Problem> {
    office.keys.ledger.sign(head).map_err(Problem::internal)
}

/// `GET /log/key`: what verifies the ledger's checkpoints.
async fn key(State(office): State<Arc<Office>>) -> Response {
    text(format!("{}\n", office.keys.ledger.verifier()))
}

/// `GET /log/checkpoint`
async fn checkpoint(State(office): State<Arc<Office>>) -> Result<Response, Problem> {
    let head = with_ledger(Arc::clone(&office), |_, head| head).await?;
    Ok(text(signed(&office, head)?))
}

/// `GET /log/tile/{level}/{index}[.p/{width}]` and `GET /log/tile/entries/…`
async fn tile(State(office): State<Arc<Office>>, Path(path): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("这个文件", "The file");
    let wanted = TilePath::parse(&path).ok_or_else(missing)?;
    let file = with_ledger(office, move |ledger, head| ledger.file(wanted, head.size)).await?;
    let caching = if wanted.is_whole() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, caching),
    ];
    Ok((headers, file.ok_or_else(missing)?).into_response())
}

/// `GET /log/proof/{publication}`: that its last public act is in the ledger.
async fn proof(State(office): State<Arc<Office>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let missing = || {
        Problem::not_found(
            "这条公开信息的凭证（发布后一分钟内生成）",
            "The proof (it is made within a minute of the release)",
        )
    };
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let found = with_ledger(Arc::clone(&office), move |ledger, head| {
        let (index, entry, path) = ledger.proof(id, head.size)?;
        Some((index, entry.to_vec(), path, head))
    });
    let (index, entry, path, head) = found.await?.ok_or_else(missing)?;
    let proof = Proof::Inclusion {
        entry,
        index,
        path,
        checkpoint: signed(&office, head)?,
    };
    Ok(text(proof.to_text()))
}
