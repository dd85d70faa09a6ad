//! Certificates that the office was given.

use super::files::{self, form};
use super::{Shown, TlsError, TlsFacts, is_for, leads_to, provider, sha256};
use heliograph_domain::Instant;
use heliograph_domain::time::DAY_MS;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, InconsistentKeys};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The permissions of a key's file that let users read it who are neither its owner nor of its group. Machines that give
/// a group access to all keys are common.
const OTHERS: u32 = 0o007;

/// So long before its end a certificate is warned of, at every look.
const SOON_MS: u64 = 14 * DAY_MS;

/// The files, read again at every look.
pub(super) struct Given {
    certificate: PathBuf,
    key: PathBuf,
    authority: Option<PathBuf>,
    called: Option<String>,
}

impl Given {
    /// `called`: what displays call the hub, when it is known.
    pub(super) fn new(certificate: &Path, key: &Path, authority: Option<&Path>, called: Option<String>) -> Self {
        Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            authority: authority.map(Path::to_owned),
            called,
        }
    }

    pub(super) fn look(&self, now: Instant) -> Result<Shown, TlsError> {
        files::guarded(&self.key, OTHERS, "640")?;
        let pem = files::text(&self.certificate)?;
        let chain = files::certificates(&self.certificate, &pem)?;
        let key = files::key(&self.key, &files::text(&self.key)?)?;
        let certified = CertifiedKey::from_der(chain.clone(), key, &provider()).map_err(|error| self.unfit(error))?;
        let (anchors, ca_pem) = self.anchors(&chain, &pem)?;
        leads_to(&chain, &anchors, now).map_err(|error| self.refused(&error))?;
        let (Some(leaf), Some(top)) = (chain.first(), anchors.first()) else {
            return Err(form(&self.certificate, "it holds no certificate"));
        };
        self.has_name(leaf)?;
        if leads_to(&chain, &anchors, now.plus_ms(SOON_MS)).is_err() {
            let path = self.certificate.display();
            tracing::warn!(%path, "the TLS certificate expires within two weeks: renew it");
        }
        let facts = TlsFacts {
            leaf_sha256: sha256(leaf),
            ca_pem,
            ca_sha256: sha256(top),
        };
        Ok(Shown {
            key: Arc::new(certified),
            facts,
        })
    }

    /// What displays trust: all that the authority's file holds, else the last certificate of the chain.
    fn anchors(
        &self,
        chain: &[CertificateDer<'static>],
        pem: &str,
    ) -> Result<(Vec<CertificateDer<'static>>, String), TlsError> {
        if let Some(file) = &self.authority {
            let pem = files::text(file)?;
            return Ok((files::certificates(file, &pem)?, pem));
        }
        let last = chain.last().into_iter().cloned().collect();
        let begins = pem.rfind("-----BEGIN CERTIFICATE-----").unwrap_or_default();
        Ok((last, pem.get(begins..).unwrap_or_default().to_owned()))
    }

    fn has_name(&self, leaf: &CertificateDer<'_>) -> Result<(), TlsError> {
        let Some(called) = &self.called else { return Ok(()) };
        match is_for(leaf, called) {
            Ok(()) => Ok(()),
            Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) => {
                Err(TlsError::Name {
                    certificate: self.certificate.clone(),
                    wanted: called.clone(),
                    presented: presented.join(", "),
                })
            }
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn unfit(&self, error: Error) -> TlsError {
        match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Foreign {
                key: self.key.clone(),
                certificate: self.certificate.clone(),
            },
            Error::General(why) => form(&self.key, format!("the key is of no kind that can be used: {why}")),
            other => form(&self.certificate, other.to_string()),
        }
    }

    fn refused(&self, error: &Error) -> TlsError {
        let why = match error {
            Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
                return TlsError::Expired(self.certificate.clone());
            }
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                "that did not issue it, nor a certificate that is in the chain. Put those between into --tls-cert, \
                 after the hub's own, or give the right authority with --tls-ca"
                    .to_owned()
            }
            Error::InvalidCertificate(CertificateError::NotValidYetContext { .. }) => {
                "it is not valid yet by this machine's clock; set the clock".to_owned()
            }
            Error::InvalidCertificate(CertificateError::Other(other))
                if other.to_string().contains("CaUsedAsEndEntity") =>
            {
                "it is an authority's own certificate; have it issue one for the hub (basicConstraints CA:FALSE)"
                    .to_owned()
            }
            other => other.to_string(),
        };
        TlsError::Unfit {
            certificate: self.certificate.clone(),
            authority: self.authority.clone().unwrap_or_else(|| self.certificate.clone()),
            why,
        }
    }
}
