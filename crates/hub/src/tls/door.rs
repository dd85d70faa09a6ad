//! Where HTTP comes in, plain or within TLS.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use heliograph_broker::TlsDoor;
use std::io;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

/// What a browser is told that was sent to `http://` by mistake.
pub(crate) const TO_PLAIN: &[u8] = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
connection: close\r\n\r\n此端口使用 HTTPS：请把地址开头的 http:// 改为 https://。\n\
HTTPS is spoken here: write https:// instead of http:// before the address.\n"
    .as_bytes();

/// The port of HTTPS.
pub(crate) struct SecureDoor(pub(crate) TlsDoor);

impl Listener for SecureDoor {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.0.accept().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.0.local_addr())
    }
}

/// Where a request comes from: `ConnectInfo<Peer>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, SecureDoor>> for Peer {
    fn connect_info(stream: IncomingStream<'_, SecureDoor>) -> Self {
        Self(*stream.remote_addr())
    }
}
