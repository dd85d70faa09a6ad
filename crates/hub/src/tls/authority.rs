//! The development authority: what a hub makes for itself when the office has no certificates for it.

use super::files;
use super::names;
use super::{Opening, Shown, TlsError, TlsFacts, is_for, leads_to, provider, sha256};
use crate::keys::hex;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, SiteName};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// An authority lives so long.
const AUTHORITY_DAYS: u64 = 20 * 365;
/// The hub's certificate lives so long: no browser takes one for longer than 825 days.
const LEAF_DAYS: u64 = 397;
/// It is made anew when so little is left.
const LEAF_LEFT_DAYS: u64 = 60;
/// It begins a little before now, for clocks that are behind.
const BEGUN_S: u64 = 2 * DAY_MS / 1000;
/// A key of the hub's own is for its user alone.
const ALL_OTHERS: u32 = 0o077;

const AUTHORITY: &str = "ca.pem";
const AUTHORITY_KEY: &str = "ca.key";
const LEAF: &str = "hub.pem";
const LEAF_KEY: &str = "hub.key";

/// The authority's folder.
pub(super) struct Authority {
    folder: PathBuf,
    file: PathBuf,
    site: SiteName,
    /// Names that the office gave and the address that the hub listens on.
    names: Vec<String>,
}

impl Authority {
    pub(super) fn new(opening: &Opening<'_>) -> Self {
        let folder = opening.data.join("tls");
        let listens = opening.listen.iter().map(|address| address.ip());
        let own = listens.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string());
        Self {
            file: folder.join(AUTHORITY),
            folder,
            site: opening.site.clone(),
            names: opening.names.iter().cloned().chain(own).collect(),
        }
    }

    /// The authority's certificate.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// What there is, after making what is missing, nears its end or lacks a name.
    pub(super) fn look(&self, now: Instant) -> Result<Shown, TlsError> {
        self.found(now)?;
        let mut names = self.names.clone();
        names.extend(names::of_machine());
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        match self.shown() {
            Ok(shown) if self.still_good(&shown, &names, now) => return Ok(shown),
            Err(exposed @ TlsError::Exposed { .. }) => return Err(exposed),
            // What is missing, broken or old is made anew.
            Ok(_) | Err(_) => {}
        }
        self.issue(names, now)?;
        self.shown()
    }

    fn still_good(&self, shown: &Shown, names: &[String], now: Instant) -> bool {
        let Ok(anchors) = files::certificates(&self.file, &shown.facts.ca_pem) else {
            return false;
        };
        let later = now.plus_ms(LEAF_LEFT_DAYS * DAY_MS);
        let lasts = [now, later]
            .iter()
            .all(|at| leads_to(&shown.key.cert, &anchors, *at).is_ok());
        let leaf = shown.key.cert.first();
        lasts && leaf.is_some_and(|leaf| names.iter().all(|name| is_for(leaf, name).is_ok()))
    }

    /// Makes the authority, at the first look of all.
    fn found(&self, now: Instant) -> Result<(), TlsError> {
        if self.file.exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|cause| TlsError::File {
            path: self.folder.clone(),
            cause,
        })?;
        let key = KeyPair::generate().map_err(making)?;
        let certificate = authority_params(&self.site, &key, now)
            .self_signed(&key)
            .map_err(making)?;
        files::write(&self.folder.join(AUTHORITY_KEY), &key.serialize_pem(), 0o600)?;
        // Last, for it says that the authority is complete.
        files::write(&self.file, &certificate.pem(), 0o644)
    }

    fn key(&self) -> Result<KeyPair, TlsError> {
        let path = self.folder.join(AUTHORITY_KEY);
        files::guarded(&path, ALL_OTHERS, "600")?;
        KeyPair::from_pem(&files::text(&path)?).map_err(|_| {
            let todo = "it is no key: restore it, or remove the folder and enrol all displays anew";
            files::form(&path, todo)
        })
    }

    /// Makes a certificate for the hub under these names.
    fn issue(&self, names: Vec<String>, now: Instant) -> Result<(), TlsError> {
        let (authority, key) = (self.key()?, KeyPair::generate().map_err(making)?);
        let mut params = CertificateParams::new(names).map_err(making)?;
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Heliograph hub of {}", self.site));
        lasts(&mut params, now, LEAF_DAYS);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let issuer = authority_params(&self.site, &authority, now);
        let issuer = Issuer::from_params(&issuer, authority);
        let certificate = params.signed_by(&key, &issuer).map_err(making)?;
        // Broken off between the two, they do not fit, and the next look makes both anew.
        files::write(&self.folder.join(LEAF_KEY), &key.serialize_pem(), 0o600)?;
        let path = self.folder.join(LEAF);
        files::write(&path, &certificate.pem(), 0o644)?;
        tracing::info!(path = %path.display(), "a TLS certificate was made for the hub");
        Ok(())
    }

    /// What is on disk. Clients are shown the authority's certificate, too: some know it by its fingerprint only.
    fn shown(&self) -> Result<Shown, TlsError> {
        let (leaf, key) = (self.folder.join(LEAF), self.folder.join(LEAF_KEY));
        files::guarded(&key, ALL_OTHERS, "600")?;
        let ca_pem = files::text(&self.file)?;
        let mut chain = files::certificates(&leaf, &files::text(&leaf)?)?;
        let authority = first(&self.file, &ca_pem)?;
        let ca_sha256 = sha256(&authority);
        chain.push(authority);
        let facts = TlsFacts {
            leaf_sha256: chain.first().map(sha256).unwrap_or_default(),
            ca_pem,
            ca_sha256,
        };
        let key = files::key(&key, &files::text(&key)?)?;
        Ok(Shown {
            key: Arc::new(CertifiedKey::from_der(chain, key, &provider())?),
            facts,
        })
    }
}

fn first(path: &Path, pem: &str) -> Result<CertificateDer<'static>, TlsError> {
    let all = files::certificates(path, pem)?;
    all.into_iter()
        .next()
        .ok_or_else(|| files::form(path, "it holds no certificate"))
}

/// The same for the same key, so that nothing needs to be read back from the certificate. Its name holds a part of the
/// key: two authorities of one name confuse browsers.
fn authority_params(site: &SiteName, key: &KeyPair, now: Instant) -> CertificateParams {
    let mark = hex(&Sha256::digest(key.subject_public_key_info()))[..8].to_owned();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(
        DnType::CommonName,
        format!("Heliograph development authority of {site} ({mark})"),
    );
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    lasts(&mut params, now, AUTHORITY_DAYS);
    params
}

/// From a little before now until so many days after.
fn lasts(params: &mut CertificateParams, now: Instant, days: u64) {
    let (epoch, now) = (date_time_ymd(1970, 1, 1), now.0 / 1000);
    params.not_before = epoch + Duration::from_secs(now.saturating_sub(BEGUN_S));
    params.not_after = epoch + Duration::from_secs(now.saturating_add(days * DAY_MS / 1000));
}

fn making(error: rcgen::Error) -> TlsError {
    TlsError::Making(error.to_string())
}
