//! A live picture for browsers on this machine: a page, a WebSocket, and the newest frame as PNG.

use crate::{Sink, SinkError, encode};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// A viewer hears this often that the player lives, though its picture stands still.
const ALIVE: Duration = Duration::from_secs(2);

type Shown = Option<(Arc<Frame>, Instant)>;
type Encoded = Option<(Arc<Frame>, Arc<[u8]>)>;

/// Serves a player's live picture on loopback. Pictures are encoded only while someone looks, and a slow viewer skips
/// frames rather than holding the player up.
pub struct BrowserSink {
    name: String,
    address: SocketAddr,
    newest: watch::Sender<Shown>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Gallery {
    title: Arc<str>,
    newest: watch::Receiver<Shown>,
    /// The newest encoding, shared by all viewers.
    encoded: Arc<Mutex<Encoded>>,
}

impl BrowserSink {
    /// Listens on `bind`, which must be on loopback; port 0 finds a free one. `title` names the display.
    ///
    /// # Errors
    /// When the address is not on loopback or cannot be had.
    pub fn start(title: &str, bind: SocketAddr) -> Result<Self, SinkError> {
        if !bind.ip().is_loopback() {
            return Err(SinkError::NotLoopback(bind));
        }
        let listen = |cause| SinkError::Listen { address: bind, cause };
        let listener = std::net::TcpListener::bind(bind).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(SinkError::Machine)?;
        let (newest, watched) = watch::channel(None);
        let (stop, stopped) = oneshot::channel();
        let gallery = Gallery {
            title: title.into(),
            newest: watched,
            encoded: Arc::default(),
        };
        let thread = std::thread::Builder::new()
            .name("browser-sink".to_owned())
            .spawn(move || runtime.block_on(serve(listener, gallery, stopped)))
            .map_err(SinkError::Machine)?;
        Ok(Self {
            name: format!("browser:{address}"),
            address,
            newest,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where the live picture is: `ws://127.0.0.1:PORT/live`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}/live", self.address)
    }
}

impl Sink for BrowserSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, at: Instant) -> Result<(), SinkError> {
        self.newest
            .send(Some((Arc::clone(frame), at)))
            .map_err(|_| SinkError::Stopped)
    }
}

impl Drop for BrowserSink {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, gallery: Gallery, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the live picture cannot be served");
            return;
        }
    };
    let router = Router::new()
        .route("/", get(page))
        .route("/live", get(live))
        .route("/frame.png", get(newest_png))
        .with_state(gallery);
    tokio::select! {
        served = axum::serve(listener, router) => {
            if let Err(error) = served {
                tracing::error!(%error, "the live picture is no longer served");
            }
        }
        // Viewers are cut with the runtime: their tile goes stale, as it should.
        _ = stopped => {}
    }
}

/// Pages of other sites must not reach a port on loopback through a name of their own.
fn on_this_machine(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let local =
        |host: &str| host.starts_with("127.0.0.1:") || host.starts_with("localhost:") || host.starts_with("[::1]:");
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    text(header::HOST).is_some_and(local) && origin.is_none_or(|(_, host)| local(host))
}

fn refused() -> Response {
    (StatusCode::FORBIDDEN, "this picture is for this machine\n").into_response()
}

async fn page(State(gallery): State<Gallery>, headers: HeaderMap) -> Response {
    if !on_this_machine(&headers) {
        return refused();
    }
    let title: String = gallery
        .title
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '&' | '"'))
        .collect();
    Html(include_str!("live.html").replace("TITLE", &title)).into_response()
}

async fn newest_png(State(gallery): State<Gallery>, headers: HeaderMap) -> Response {
    if !on_this_machine(&headers) {
        return refused();
    }
    let newest = gallery.newest.borrow().clone();
    match newest {
        Some((frame, at)) => {
            let png = gallery.encode(frame).await;
            let headers = [
                (header::CONTENT_TYPE.as_str(), "image/png".to_owned()),
                ("x-frame-at", at.0.to_string()),
            ];
            (headers, png.to_vec()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "nothing was shown yet\n").into_response(),
    }
}

async fn live(State(gallery): State<Gallery>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !on_this_machine(&headers) {
        return refused();
    }
    upgrade.on_upgrade(move |socket| gallery.show_to(socket))
}

impl Gallery {
    /// The frame as PNG; one encoding serves everyone.
    async fn encode(&self, frame: Arc<Frame>) -> Arc<[u8]> {
        if let Some((known, bytes)) = &*self.encoded.lock().unwrap_or_else(PoisonError::into_inner)
            && Arc::ptr_eq(known, &frame)
        {
            return Arc::clone(bytes);
        }
        let drawn = Arc::clone(&frame);
        let bytes = tokio::task::spawn_blocking(move || encode::png(&drawn))
            .await
            .unwrap_or_default();
        let bytes: Arc<[u8]> = bytes.into();
        *self.encoded.lock().unwrap_or_else(PoisonError::into_inner) = Some((frame, Arc::clone(&bytes)));
        bytes
    }

    /// Sends every newest frame until the viewer goes: the instant (8 bytes, big-endian milliseconds), then a PNG.
    async fn show_to(mut self, mut socket: WebSocket) {
        let mut alive = tokio::time::interval(ALIVE);
        self.newest.mark_changed();
        loop {
            let message = tokio::select! {
                changed = self.newest.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let newest = self.newest.borrow_and_update().clone();
                    let Some((frame, at)) = newest else { continue };
                    let png = self.encode(frame).await;
                    Message::Binary([&at.0.to_be_bytes()[..], &png].concat().into())
                }
                _ = alive.tick() => {
                    let at = self.newest.borrow().as_ref().map_or(0, |(_, at)| at.0);
                    Message::Text(format!("{{\"alive\":{at}}}").into())
                }
                said = socket.recv() => match said {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return,
                    Some(Ok(_)) => continue,
                },
            };
            if socket.send(message).await.is_err() {
                return;
            }
        }
    }
}
