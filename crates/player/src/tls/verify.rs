//! How a server's certificate is judged.

use super::{CertainTime, Fingerprint, Seen};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// A chain has so few certificates that looking again for each of them is enough.
const LOOKS: usize = 5;

/// What a server shows in a handshake, and when.
pub(super) struct Shown<'a> {
    leaf: &'a CertificateDer<'a>,
    chain: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    ocsp: &'a [u8],
    now: UnixTime,
}

/// Which certificates are taken. That the server has the certificate's key is judged alike for all, by [`Verifier`].
pub(super) trait Judge: fmt::Debug + Send + Sync {
    /// Whether this one is.
    fn judge(&self, shown: &Shown<'_>) -> Result<ServerCertVerified, Error>;
}

/// A judge of certificates, and what the library has for signatures.
#[derive(Debug)]
pub(super) struct Verifier<J> {
    pub(super) judge: J,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl<J: Judge> ServerCertVerifier for Verifier<J> {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge.judge(&Shown {
            leaf,
            chain,
            name,
            ocsp,
            now,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// By anchors, with patience for a clock that is wrong.
#[derive(Debug)]
pub(super) struct Anchored {
    pub(super) inner: Arc<WebPkiServerVerifier>,
    pub(super) certain: CertainTime,
}

impl Judge for Anchored {
    fn judge(&self, shown: &Shown<'_>) -> Result<ServerCertVerified, Error> {
        let Shown {
            leaf,
            chain,
            name,
            ocsp,
            now,
        } = *shown;
        let mut at = now;
        let mut looks = LOOKS;
        loop {
            looks -= 1;
            match self.inner.verify_server_cert(leaf, chain, name, ocsp, at) {
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }))
                    if not_before > at && looks > 0 =>
                {
                    at = not_before;
                }
                // A clock that is ahead; what had expired at the time that is certain is refused then.
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext { .. }))
                    if at == now && looks > 0 && self.certain.get().is_some_and(|certain| certain < now) =>
                {
                    at = self.certain.get().unwrap_or(now);
                }
                judged => return judged,
            }
        }
    }
}

/// The first certificate, whosever it is, and then no other.
#[derive(Debug)]
pub(super) struct Holding(pub(super) Seen);

impl Judge for Holding {
    fn judge(&self, shown: &Shown<'_>) -> Result<ServerCertVerified, Error> {
        if self.0.holds(Sha256::digest(shown.leaf).into()) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::InvalidCertificate(
            CertificateError::ApplicationVerificationFailure,
        ))
    }
}

/// One certificate of the chain, known by its fingerprint.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) fingerprint: Fingerprint,
    pub(super) provider: Arc<CryptoProvider>,
}

impl Pinned {
    fn is_it(&self, certificate: &CertificateDer<'_>) -> bool {
        <[u8; 32]>::from(Sha256::digest(certificate)) == self.fingerprint.0
    }
}

impl Judge for Pinned {
    fn judge(&self, shown: &Shown<'_>) -> Result<ServerCertVerified, Error> {
        if self.is_it(shown.leaf) {
            return Ok(ServerCertVerified::assertion());
        }
        let stranger = || Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let authority = shown.chain.iter().find(|one| self.is_it(one)).ok_or_else(stranger)?;
        let mut anchors = RootCertStore::empty();
        anchors.add(authority.clone().into_owned())?;
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), Arc::clone(&self.provider))
            .build()
            .map_err(|_| stranger())?;
        let certain = CertainTime::default();
        Anchored { inner, certain }.judge(shown)
    }
}
