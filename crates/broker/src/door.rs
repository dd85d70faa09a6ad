//! The outer door of a port with TLS: many handshakes at once, each with an end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

/// Handshakes at once: after a power cut all displays return in the same second. More callers than these are sent away,
/// and come back.
const HANDSHAKES: usize = 10_000;

/// From connecting to the end of the handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// How long a plain caller's answer may take.
const FAREWELL_TIME: Duration = Duration::from_secs(2);

/// How long no new caller is let in when the system gives no more sockets.
const SHORT_OF_SOCKETS: Duration = Duration::from_millis(500);

/// The first byte of every TLS connection: a record of the type `handshake` (RFC 8446, section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// A port on which TLS is spoken.
///
/// Each handshake has a task of its own, so that a caller who says nothing holds up nobody else, and ten seconds.
pub struct TlsDoor {
    local_addr: SocketAddr,
    arrivals: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    porter: JoinHandle<()>,
}

impl TlsDoor {
    /// Opens the door on a listener, on the runtime that this is called in. `to_plain` is what a caller hears who does not
    /// speak TLS, before the door is shut.
    ///
    /// # Errors
    /// When the listener does not know its own address.
    pub fn open(listener: TcpListener, config: Arc<ServerConfig>, to_plain: &'static [u8]) -> io::Result<Self> {
        let local_addr = listener.local_addr()?;
        let (inside, arrivals) = mpsc::channel(64);
        let acceptor = TlsAcceptor::from(config);
        let porter = tokio::spawn(stand_at(listener, acceptor, inside, to_plain));
        Ok(Self {
            local_addr,
            arrivals,
            porter,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The next caller whose handshake is done. Never ends by itself.
    pub async fn accept(&mut self) -> (TlsStream<TcpStream>, SocketAddr) {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            // The porter is gone only with its runtime.
            None => std::future::pending().await,
        }
    }
}

impl Drop for TlsDoor {
    fn drop(&mut self) {
        self.porter.abort();
    }
}

async fn stand_at(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    inside: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
    to_plain: &'static [u8],
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let (socket, peer) = match listener.accept().await {
            Ok(caller) => caller,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted; the limit on open files may be too low");
                tokio::time::sleep(SHORT_OF_SOCKETS).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            tracing::warn!(%peer, "sent away: too many TLS handshakes at once");
            continue;
        };
        let (acceptor, inside) = (acceptor.clone(), inside.clone());
        tokio::spawn(async move {
            let within = tokio::time::timeout(HANDSHAKE_TIME, shake_hands(socket, &acceptor, peer, to_plain)).await;
            drop(place);
            if let Ok(Some(stream)) = within {
                // Nobody waits inside any more only while the server stops.
                let _gone = inside.send((stream, peer)).await;
            }
        });
    }
}

async fn shake_hands(
    mut socket: TcpStream,
    acceptor: &TlsAcceptor,
    peer: SocketAddr,
    to_plain: &'static [u8],
) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    // Small packets must not wait for each other; without it everything only takes longer.
    let _slower = socket.set_nodelay(true);
    if socket.peek(&mut first).await.ok()? == 0 {
        return None;
    }
    if first != [HANDSHAKE_RECORD] {
        tracing::info!(%peer, "a caller spoke plain text where TLS is spoken");
        // It may have gone.
        let _unheard = tokio::time::timeout(FAREWELL_TIME, farewell(&mut socket, to_plain)).await;
        return None;
    }
    match acceptor.accept(socket).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::info!(%peer, %error, "no TLS handshake");
            None
        }
    }
}

/// Says why and reads what is still coming, for a connection that is shut with bytes unread loses the answer, too.
async fn farewell(socket: &mut TcpStream, to_plain: &[u8]) -> io::Result<()> {
    socket.write_all(to_plain).await?;
    socket.shutdown().await?;
    tokio::io::copy(socket, &mut tokio::io::sink()).await.map(drop)
}
