//! `/wall/{display}/live`: passes a player's own picture on to the wall; `/start` and `/stop` where the process runs the
//! players.

use super::call::{Caller, same_origin};
use super::displays::find;
use super::problem::{Problem, Told};
use crate::office::Office;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt;
use heliograph_domain::DisplayId;
use heliograph_domain::staff::Verb;
use std::sync::Arc;
use tokio_tungstenite::tungstenite;

/// Who may look at the wall: display operators, and anyone where the process is a demo on loopback.
pub(crate) struct Onlooker;

impl FromRequestParts<Arc<Office>> for Onlooker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Problem> {
        if office.wall.is_none() {
            Caller::from_request_parts(parts, office)
                .await?
                .may(office, Verb::OperateDisplays)?;
        }
        Ok(Self)
    }
}

/// `GET /wall/{display}/live` (WebSocket)
pub(crate) async fn live(
    State(office): State<Arc<Office>>,
    _: Onlooker,
    Path(id): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let id = find(&office, &id)?.display.id;
    let source = live_source(&office, id)
        .ok_or_else(|| Problem::not_found("这块屏幕的实时画面", "The display's live picture"))?;
    let closed = office.closed();
    Ok(upgrade.on_upgrade(async move |viewer| {
        tokio::select! {
            () = pass_on(viewer, source) => {}
            () = closed => {}
        }
    }))
}

/// Where the player itself says that its picture is; only this machine is asked.
fn live_source(office: &Office, id: DisplayId) -> Option<String> {
    if office.wall.as_ref().is_some_and(|wall| wall.running(id) == Some(false)) {
        return None;
    }
    let source = office.presence().of(id).status?.live?;
    let local = source.starts_with("ws://127.0.0.1:") || source.starts_with("ws://[::1]:");
    local.then_some(source)
}

/// Passes messages on until either side is gone.
async fn pass_on(mut viewer: WebSocket, source: String) {
    let Ok((mut player, _)) = tokio_tungstenite::connect_async(&source).await else {
        // The viewer sees the close and tries again: the tile is stale meanwhile.
        return;
    };
    loop {
        let passed = tokio::select! {
            message = player.next() => match message {
                Some(Ok(tungstenite::Message::Binary(bytes))) => Message::Binary(bytes),
                Some(Ok(tungstenite::Message::Text(text))) => Message::Text(text.as_str().into()),
                Some(Ok(tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_))) => continue,
                _ => break,
            },
            message = viewer.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => continue,
            },
        };
        if viewer.send(passed).await.is_err() {
            break;
        }
    }
    // Both sides may be gone already; there is nothing left to tell them.
    let _ = player.close(None).await;
}

/// `POST /wall/{display}/start`
pub(crate) async fn start(
    State(office): State<Arc<Office>>,
    _: Onlooker,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    run(&office, &id, &headers, true).await
}

/// `POST /wall/{display}/stop`
pub(crate) async fn stop(
    State(office): State<Arc<Office>>,
    _: Onlooker,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    run(&office, &id, &headers, false).await
}

async fn run(office: &Arc<Office>, id: &str, headers: &HeaderMap, run: bool) -> Result<Response, Problem> {
    same_origin(headers)?;
    let id = find(office, id)?.display.id;
    let missing = || {
        Problem::not_found(
            "这个播放器（不在本进程内运行）",
            "The player (it does not run in this process)",
        )
    };
    let wall = office.wall.clone().ok_or_else(missing)?;
    tokio::task::spawn_blocking(move || wall.set_running(id, run))
        .await
        .map_err(Problem::internal)?
        .map_err(|why| Problem::conflict("player", Told::new(why.clone(), why), None))?;
    Ok(Redirect::to("/wall").into_response())
}
