//! Certificates and keys on disk.

use super::TlsError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The largest file that is read as certificates or a key, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

pub(super) fn text(path: &Path) -> Result<String, TlsError> {
    let failed = |cause| TlsError::File {
        path: path.to_owned(),
        cause,
    };
    if fs::metadata(path).map_err(failed)?.len() > MOST_BYTES {
        return Err(form(path, "it is larger than any certificate or key"));
    }
    fs::read_to_string(path).map_err(failed)
}

/// The certificates of a PEM file, of which there is at least one.
pub(super) fn certificates(path: &Path, pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err(form(
            path,
            "it holds no certificate: it must be PEM, with -----BEGIN CERTIFICATE-----",
        )),
        Err(error) => Err(form(path, format!("it is no PEM file: {error}"))),
    }
}

/// The key of a PEM file.
pub(super) fn key(path: &Path, pem: &str) -> Result<PrivateKeyDer<'static>, TlsError> {
    if pem.contains("ENCRYPTED") {
        return Err(form(
            path,
            "the key is locked with a passphrase, and the hub starts without anybody there: \
             take it off (openssl pkey -in FILE -out FILE) and guard the file instead",
        ));
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        form(
            path,
            "it holds no private key: it must be PEM, with -----BEGIN PRIVATE KEY-----",
        )
    })
}

/// Refuses a key that someone else can read, by these bits of its permissions.
pub(super) fn guarded(path: &Path, others: u32, mode: &'static str) -> Result<(), TlsError> {
    let metadata = fs::metadata(path).map_err(|cause| TlsError::File {
        path: path.to_owned(),
        cause,
    })?;
    if metadata.permissions().mode() & others == 0 {
        return Ok(());
    }
    Err(TlsError::Exposed {
        path: path.to_owned(),
        mode,
    })
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let beside: PathBuf = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|cause| TlsError::File {
        path: path.to_owned(),
        cause,
    })
}

pub(super) fn form(path: &Path, why: impl Into<String>) -> TlsError {
    TlsError::Form {
        path: path.to_owned(),
        why: why.into(),
    }
}
