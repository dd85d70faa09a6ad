//! Whom a display trusts on the network: the anchors that it was given at enrolment, never the system's.
//!
//! Nothing that is shown rests on this: every message is signed for itself. TLS keeps what displays and hub say to each
//! other, and the display's token, from whoever listens on the way.

mod http;
mod verify;

pub use http::http_agent;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use verify::{Anchored, Observing, Pinned};

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
/// time over this very connection. One that has expired is refused.
///
/// # Errors
/// When `ca_pem` holds no certificate that can be an anchor.
pub fn client_config(ca_pem: &str) -> Result<ClientConfig, TlsError> {
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
    with_verifier(Arc::new(Anchored(inner)))
}

/// A client that takes whatever certificate it is shown and remembers it, and that the server has its key. For enrolment
/// only, where people compare what was seen.
///
/// # Errors
/// When the library refuses its own defaults.
pub fn observing() -> Result<(ClientConfig, Seen), TlsError> {
    let seen = Seen::default();
    let config = with_verifier(Arc::new(Observing::new(seen.clone(), provider())))?;
    Ok((config, seen))
}

/// A client that trusts one certificate by its fingerprint: the server's own, or that of the authority it names, with
/// which it must then fit.
///
/// # Errors
/// When the library refuses its own defaults.
pub fn pinned(fingerprint: Fingerprint) -> Result<ClientConfig, TlsError> {
    with_verifier(Arc::new(Pinned::new(fingerprint, provider())))
}

fn with_verifier(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, TlsError> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Library(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What [`observing`] saw.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<Option<[u8; 32]>>>);

impl Seen {
    /// SHA-256 of the DER of the certificate that the server showed last; `None` before any.
    #[must_use]
    pub fn leaf_sha256(&self) -> Option<[u8; 32]> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, leaf_sha256: [u8; 32]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(leaf_sha256);
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
        let digits: Vec<u8> = text.bytes().filter(|byte| !b": ".contains(byte)).collect();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(FingerprintError);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| FingerprintError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| FingerprintError)?;
        }
        Ok(Self(hash))
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
