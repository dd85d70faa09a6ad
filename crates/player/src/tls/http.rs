//! HTTP over TLS for ureq, which itself knows of no certificates.

use super::{TlsError, advice};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};
use ureq::{Agent, Error};

/// An agent for `http://` and, when it is told whom to trust, for `https://`. Without that an `https://` address is an
/// error that says so.
#[must_use]
pub fn http_agent(config: Config, trust: Option<Arc<ClientConfig>>) -> Agent {
    let connector = DefaultConnector::new().chain(Secure { trust });
    Agent::with_parts(config, connector, DefaultResolver::default())
}

/// Wraps a connection in TLS where the address asks for it.
struct Secure {
    trust: Option<Arc<ClientConfig>>,
}

impl fmt::Debug for Secure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secure")
    }
}

impl<In: Transport> Connector<In> for Secure {
    type Out = Either<In, Wrapped>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let trust = self
            .trust
            .clone()
            .ok_or_else(|| other(TlsError::NoAnchors(details.uri.to_string())))?;
        let name = ServerName::try_from(bare).map_err(other)?;
        let mut session = ClientConnection::new(trust, name).map_err(other)?;
        let mut under = TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        under.set_timeout(details.timeout);
        session.complete_io(&mut under).map_err(explained)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        let stream = StreamOwned::new(session, under);
        Ok(Some(Either::B(Wrapped { buffers, stream })))
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

/// A failed handshake in words; what is no matter of certificates stays what it is.
fn explained(error: std::io::Error) -> Error {
    match advice(&error) {
        Some(advice) => Error::Other(advice.into()),
        None => error.into(),
    }
}

/// A connection within TLS.
struct Wrapped {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrapped")
    }
}

impl Transport for Wrapped {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
