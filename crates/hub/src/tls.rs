//! TLS for browsers and displays: whose certificate the hub shows, and what displays are told to trust.

mod authority;
mod door;
mod files;
mod given;
pub(crate) mod names;

pub(crate) use door::{Peer, SecureDoor, TO_PLAIN};

use authority::Authority;
use given::Given;
use heliograph_domain::{Instant, SiteName};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use thiserror::Error;

/// How a hub guards its connections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// Plain text, which is refused where other machines could hear it.
    #[default]
    Plain,
    /// Plain text wherever, as the office wishes; a warning stays visible.
    PlainAnywhere,
    /// TLS with certificates that the office was given.
    Given {
        /// PEM: the hub's certificate, then those between it and its authority.
        certificate: PathBuf,
        /// PEM: its key.
        key: PathBuf,
        /// PEM: what displays trust; `None`: the last certificate of `certificate`.
        authority: Option<PathBuf>,
    },
    /// TLS with certificates from a development authority that the hub makes in `tls/` of its data folder.
    OwnAuthority,
}

/// What displays need to know of a hub's TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// SHA-256 of the DER of the certificate that the hub shows.
    pub leaf_sha256: [u8; 32],
    /// PEM: what displays trust.
    pub ca_pem: String,
    /// SHA-256 of the DER of the first certificate of that.
    pub ca_sha256: [u8; 32],
}

/// Why a hub has no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Plain text would leave the machine.
    #[error(
        "{0} can be reached from other machines, and plain text on it could be read and changed on the way: start with \
         --tls, or with --tls-cert FILE --tls-key FILE, or say --plain if another program guards the connection"
    )]
    PlainAbroad(SocketAddr),
    /// A file cannot be read or written.
    #[error("{path}: {cause}; check the path, and that the hub's user may use it")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {why}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Others can read a key.
    #[error(
        "{path} can be read by other users of this machine, and whoever has it can pose as the hub: chmod {mode} it"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// The permissions it should have.
        mode: &'static str,
    },
    /// Key and certificate do not belong together.
    #[error("the key {key} does not fit the certificate {certificate}: give the key that the certificate was made for")]
    Foreign {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// The certificate has expired.
    #[error("the certificate {0} has expired: renew it, displays would refuse it")]
    Expired(PathBuf),
    /// The certificate does not lead to what displays trust.
    #[error("the certificate {certificate} does not fit what displays would trust ({authority}): {why}")]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The authority's file.
        authority: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The certificate does not name the address that displays would call.
    #[error(
        "displays would call this hub {wanted}, and the certificate {certificate} is not for that name but for \
         {presented}: say --tls-name NAME with a name that it has and that displays can look up"
    )]
    Name {
        /// The certificate's file.
        certificate: PathBuf,
        /// What displays would call.
        wanted: String,
        /// What the certificate has.
        presented: String,
    },
    /// Text that is no host name.
    #[error("`{0}` is neither a host name nor an address: --tls-name takes one, without port")]
    NoName(String),
    /// A certificate cannot be made.
    #[error("no certificate could be made: {0}")]
    Making(String),
    /// The library refuses.
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// What the hub shows now.
struct Shown {
    key: Arc<CertifiedKey>,
    facts: TlsFacts,
}

/// Where certificates come from.
enum Source {
    Given(Given),
    Own(Authority),
}

/// A hub's TLS: it shows the newest certificate that there is.
pub(crate) struct Tls {
    source: Source,
    shown: RwLock<Shown>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// What TLS is opened for.
pub(crate) struct Opening<'a> {
    /// The hub's data folder.
    pub(crate) data: &'a Path,
    /// The site.
    pub(crate) site: &'a SiteName,
    /// Names and addresses that displays call besides those of the machine, in the office's order.
    pub(crate) names: &'a [String],
    /// Where the hub listens.
    pub(crate) listen: [SocketAddr; 2],
    /// Now.
    pub(crate) now: Instant,
}

impl Tls {
    /// TLS of this kind; `None` for plain text.
    ///
    /// # Errors
    /// What is wrong with the certificates or the wish, and what to do.
    pub(crate) fn open(mode: &TlsMode, opening: &Opening<'_>) -> Result<Option<Arc<Self>>, TlsError> {
        if let Some(bad) = opening
            .names
            .iter()
            .find(|name| ServerName::try_from(name.as_str()).is_err())
        {
            return Err(TlsError::NoName(bad.clone()));
        }
        let source = match mode {
            TlsMode::Plain => {
                let abroad = opening.listen.into_iter().find(|address| !within(*address));
                return abroad.map_or(Ok(None), |address| Err(TlsError::PlainAbroad(address)));
            }
            TlsMode::PlainAnywhere => return Ok(None),
            TlsMode::Given {
                certificate,
                key,
                authority,
            } => Source::Given(Given::new(certificate, key, authority.as_deref(), called(opening))),
            TlsMode::OwnAuthority => Source::Own(Authority::new(opening)),
        };
        let shown = source.look(opening.now)?;
        Ok(Some(Arc::new(Self {
            source,
            shown: RwLock::new(shown),
        })))
    }

    /// What displays need to know.
    pub(crate) fn facts(&self) -> TlsFacts {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).facts.clone()
    }

    /// The authority's file, when the hub made it.
    pub(crate) fn own_authority(&self) -> Option<&Path> {
        match &self.source {
            Source::Own(authority) => Some(authority.file()),
            Source::Given(_) => None,
        }
    }

    /// Looks for newer certificates. Connections go on; what is wrong is logged, and the hub shows what it showed.
    pub(crate) fn look_again(&self, now: Instant) {
        match self.source.look(now) {
            Ok(newest) => {
                let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
                if newest.facts != shown.facts {
                    tracing::info!(
                        leaf = crate::keys::hex(&newest.facts.leaf_sha256),
                        "a new TLS certificate is shown"
                    );
                    *shown = newest;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the TLS certificates are not as they should be; the old one is shown")
            }
        }
    }

    /// What a server says in a handshake, with these protocols (ALPN, RFC 7301).
    ///
    /// # Errors
    /// When the library refuses its own defaults.
    pub(crate) fn server(self: &Arc<Self>, protocols: &[&str]) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as _);
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Tls {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.shown.read().unwrap_or_else(PoisonError::into_inner).key,
        ))
    }
}

impl Source {
    fn look(&self, now: Instant) -> Result<Shown, TlsError> {
        match self {
            Self::Given(given) => given.look(now),
            Self::Own(authority) => authority.look(now),
        }
    }
}

/// Whether only this machine can reach an address.
pub(crate) fn within(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// The name that displays call, as far as it is known: the office's first, else the address that the hub listens on.
fn called(opening: &Opening<'_>) -> Option<String> {
    let address = opening.listen[0].ip();
    let own = Some(address.to_string()).filter(|_| !address.is_unspecified());
    opening.names.first().cloned().or(own)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn sha256(certificate: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

fn unix(now: Instant) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_millis(now.0))
}

/// Whether `chain` (the hub's own first) leads to one of `anchors` at this time, for a server.
fn leads_to(
    chain: &[CertificateDer<'static>],
    anchors: &[CertificateDer<'static>],
    at: Instant,
) -> Result<(), rustls::Error> {
    let (leaf, between) = chain.split_first().ok_or(CertificateError::BadEncoding)?;
    let mut store = RootCertStore::empty();
    for anchor in anchors {
        store.add(anchor.clone())?;
    }
    let algorithms = provider().signature_verification_algorithms.all;
    let leaf = ParsedCertificate::try_from(leaf)?;
    rustls::client::verify_server_cert_signed_by_trust_anchor(&leaf, &store, between, unix(at), algorithms)
}

/// Whether the certificate is for this name.
fn is_for(leaf: &CertificateDer<'_>, name: &str) -> Result<(), rustls::Error> {
    let name = ServerName::try_from(name).map_err(|_| CertificateError::NotValidForName)?;
    verify_server_name(&ParsedCertificate::try_from(leaf)?, &name)
}

#[cfg(test)]
mod tests;
