//! TLS in front of the library's plain listener.
//!
//! The library's own TLS wants aws-lc, which takes minutes to build. So TLS ends here, and what is within goes on to the
//! plain listener over loopback. Who calls is remembered by the port of that inner connection.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::door::TlsDoor;

/// What is passed on at once, each way; with ten thousand clients it must be little.
const PIECE_BYTES: usize = 4096;

/// How long one side is waited for when the other has said goodbye.
const GOODBYE_TIME: Duration = Duration::from_secs(5);

/// Who is behind the inner connections, by their ports.
#[derive(Clone, Default)]
pub(crate) struct Peers(Arc<Mutex<HashMap<SocketAddr, SocketAddr>>>);

impl Peers {
    /// Who calls: the client behind an inner connection, else the address itself.
    pub(crate) fn behind(&self, address: SocketAddr) -> SocketAddr {
        self.lock().get(&address).copied().unwrap_or(address)
    }

    fn announce(&self, inner: SocketAddr, peer: SocketAddr) -> Announced {
        self.lock().insert(inner, peer);
        Announced {
            peers: self.clone(),
            inner,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, SocketAddr>> {
        // No method leaves the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As long as this lives, its peer is known.
struct Announced {
    peers: Peers,
    inner: SocketAddr,
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.peers.lock().remove(&self.inner);
    }
}

/// Lets callers through to the broker behind, for as long as the runtime lives.
pub(crate) async fn attend(mut door: TlsDoor, broker: SocketAddr, peers: Peers) {
    let broker = reachable(broker);
    loop {
        let (stream, peer) = door.accept().await;
        let peers = peers.clone();
        tokio::spawn(async move {
            if let Err(error) = let_through(stream, peer, broker, &peers).await {
                tracing::debug!(%peer, %error, "a connection with TLS broke");
            }
        });
    }
}

/// A listener on all addresses is reached on loopback.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listener.port())
}

async fn let_through(
    client: TlsStream<TcpStream>,
    peer: SocketAddr,
    broker: SocketAddr,
    peers: &Peers,
) -> io::Result<()> {
    let inner = TcpStream::connect(broker).await?;
    inner.set_nodelay(true)?;
    // Known before the broker reads the first byte.
    let _announced = peers.announce(inner.local_addr()?, peer);
    let (mut from_broker, mut to_broker) = inner.into_split();
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let client_has_ended = tokio::select! {
        _ = pass_on(&mut from_client, &mut to_broker) => true,
        _ = pass_on(&mut from_broker, &mut to_client) => false,
    };
    if client_has_ended {
        // The broker still reads what the client said last: a connection that is shut with bytes unread would lose it.
        to_broker.shutdown().await?;
        let rest = async { tokio::io::copy(&mut from_broker, &mut tokio::io::sink()).await };
        let _slow = tokio::time::timeout(GOODBYE_TIME, rest).await;
    } else {
        let _slow = tokio::time::timeout(GOODBYE_TIME, to_client.shutdown()).await;
    }
    Ok(())
}

/// Passes on what comes until the sender ends.
async fn pass_on(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = from.read(&mut piece).await?;
        let Some(heard) = piece.get(..length).filter(|heard| !heard.is_empty()) else {
            return Ok(());
        };
        to.write_all(heard).await?;
        to.flush().await?;
    }
}
