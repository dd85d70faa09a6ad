//! Whom a display trusts on the network: the anchors that it was given at enrolment, never the system's.
//!
//! Nothing that is shown rests on this: every message is signed for itself. TLS keeps what displays and hub say to each
//! other, and the display's token, from whoever listens on the way.

mod http;
mod verify;

pub use http::http_agent;

use heliograph_domain::Instant;
use heliograph_wire::hex;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use verify::{Anchored, Holding, Judge, Pinned, Verifier};

/// Why no TLS client can be made.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum TlsError {
    /// The text holds no certificate.
    #[error(
        "no certificate in it: it must be PEM, with a part from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
    )]
    NoCertificate,
    /// A certificate cannot be read.
    #[error("certificate {number} in it cannot be read: {why}; take the file as the authority gave it")]
    Unreadable {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        why: String,
    },
    /// An address with TLS and nobody to trust.
    #[error(
        "{0} is an address with TLS, and this display was given no authority to trust: enrol it again, or put the \
         authority's certificate (PEM) into `ca` of its identity.toml"
    )]
    NoAnchors(String),
    /// The library refused.
    #[error("TLS cannot be set up: {0}")]
    Library(String),
}

/// The certificates that a PEM text holds, of which there is at least one.
///
/// # Errors
/// [`TlsError::NoCertificate`] and [`TlsError::Unreadable`].
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let mut all = Vec::new();
    for (at, certificate) in CertificateDer::pem_slice_iter(pem.as_bytes()).enumerate() {
        all.push(certificate.map_err(|error| TlsError::Unreadable {
            number: at + 1,
            why: error.to_string(),
        })?);
    }
    if all.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    Ok(all)
}

/// A client that trusts the certificates of `ca_pem` (PEM, RFC 7468) and those that they issued, for the name or address
/// that it called.
///
/// A certificate that is not valid yet is taken: machines without a battery clock start in the past, and get the right
/// time over this very connection. One that has expired by the machine's clock is refused.
///
/// # Errors
/// When `ca_pem` holds no certificate that can be an anchor.
pub fn client_config(ca_pem: &str) -> Result<ClientConfig, TlsError> {
    client_config_knowing(ca_pem, CertainTime::default())
}

/// The same for a machine whose clock may be far ahead: what has expired by that clock is judged again by the time that is
/// certain.
///
/// # Errors
/// When `ca_pem` holds no certificate that can be an anchor.
pub fn client_config_knowing(ca_pem: &str, certain: CertainTime) -> Result<ClientConfig, TlsError> {
    let mut anchors = RootCertStore::empty();
    for (at, certificate) in certificates(ca_pem)?.into_iter().enumerate() {
        anchors.add(certificate).map_err(|error| TlsError::Unreadable {
            number: at + 1,
            why: error.to_string(),
        })?;
    }
    let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), provider())
        .build()
        .map_err(|error| TlsError::Library(error.to_string()))?;
    judged_by(Anchored { inner, certain })
}

/// A client that takes the first certificate that it is shown, whosever it is, if the server has its key, and from then on
/// no other; or only the one whose leaf has the SHA-256 `held`. For enrolment only, where people compare what was seen.
///
/// # Errors
/// When the library refuses its own defaults.
pub fn holding(held: Option<[u8; 32]>) -> Result<(ClientConfig, Seen), TlsError> {
    let seen = Seen(Arc::new(Mutex::new(Sight {
        leaf_sha256: held,
        met_another: false,
    })));
    let config = judged_by(Holding(seen.clone()))?;
    Ok((config, seen))
}

/// A client that trusts one certificate by its fingerprint: the server's own, or that of the authority it names, with
/// which it must then fit.
///
/// # Errors
/// When the library refuses its own defaults.
pub fn pinned(fingerprint: Fingerprint) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    judged_by(Pinned { fingerprint, provider })
}

fn judged_by(judge: impl Judge + 'static) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Library(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { judge, algorithms }))
        .with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The time as signed messages tell it, shared by whoever hears them with whoever judges certificates.
#[derive(Debug, Clone, Default)]
pub struct CertainTime(Arc<AtomicU64>);

impl CertainTime {
    /// It is at least so late.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::Relaxed);
    }

    /// `None` until something is known.
    fn get(&self) -> Option<UnixTime> {
        let ms = Some(self.0.load(Ordering::Relaxed)).filter(|ms| *ms > 0)?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

/// What [`holding`] saw.
#[derive(Debug, Clone)]
pub struct Seen(Arc<Mutex<Sight>>);

#[derive(Debug)]
struct Sight {
    leaf_sha256: Option<[u8; 32]>,
    met_another: bool,
}

impl Seen {
    /// SHA-256 of the DER of the certificate that it holds to; `None` before any.
    #[must_use]
    pub fn leaf_sha256(&self) -> Option<[u8; 32]> {
        self.sight().leaf_sha256
    }

    /// Whether a server has shown another one, and was refused.
    #[must_use]
    pub fn met_another(&self) -> bool {
        self.sight().met_another
    }

    /// Whether this is the one, or the first.
    fn holds(&self, leaf_sha256: [u8; 32]) -> bool {
        let mut sight = self.sight();
        let same = *sight.leaf_sha256.get_or_insert(leaf_sha256) == leaf_sha256;
        sight.met_another |= !same;
        same
    }

    fn sight(&self) -> MutexGuard<'_, Sight> {
        // Both fields are whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SHA-256 of a certificate's DER, as `openssl x509 -fingerprint -sha256` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// Why text is no fingerprint.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a fingerprint is 64 hexadecimal digits, with or without colons, as the hub prints it when it starts")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: String = text.chars().filter(|one| !": ".contains(*one)).collect();
        hex::decode(&digits).map(Self).ok_or(FingerprintError)
    }
}

/// What a failed connection has to do with TLS, and what to do about it; `None` when nothing.
#[must_use]
pub fn advice(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(sentence(tls));
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn sentence(error: &rustls::Error) -> String {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::UnknownIssuer | C::BadSignature) => {
            "the certificate it shows was not issued by the authority that is trusted here. If the office has a new \
             authority, enrol this display again or put the new certificate into `ca` of its identity.toml; if not, \
             someone else answers at this address"
                .to_owned()
        }
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => {
            "the certificate it shows has expired by this machine's clock: renew it at the hub, or set the clock"
                .to_owned()
        }
        rustls::Error::InvalidCertificate(C::NotValidForNameContext { expected, presented }) => format!(
            "the certificate it shows is for {}, not for {}: call it by one of those, or have its certificate made for \
             this name too (hub --tls-name)",
            if presented.is_empty() {
                "no name".to_owned()
            } else {
                presented.join(", ")
            },
            expected.to_str(),
        ),
        rustls::Error::InvalidMessage(_) => {
            "what answers at this port does not speak TLS: give the port that does, or write http:// or mqtt:// where \
             plain text is meant"
                .to_owned()
        }
        other => format!("TLS: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_people_copy_them() {
        let plain = "ab".repeat(32);
        let grouped = vec!["AB"; 32].join(":");
        assert_eq!(plain.parse(), Ok(Fingerprint([0xab; 32])));
        assert_eq!(grouped.parse(), Ok(Fingerprint([0xab; 32])));
        for bad in ["", "ab", &"ag".repeat(32), &"ab".repeat(33), &"中".repeat(64)] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_no_anchor() {
        let shell = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let error = |pem: &str| client_config(pem).map(drop).unwrap_err();
        assert_eq!(error(""), TlsError::NoCertificate);
        assert_eq!(
            error("-----BEGIN X-----\nAAAA\n-----END X-----"),
            TlsError::NoCertificate
        );
        assert!(matches!(error(&shell("AAAA")), TlsError::Unreadable { number: 1, .. }));
        assert!(matches!(error(&shell("a b !")), TlsError::Unreadable { number: 1, .. }));
    }
}
