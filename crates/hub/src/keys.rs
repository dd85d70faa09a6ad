//! The hub's signing keys: files of their own in the data folder, readable by the hub's user alone.

use crate::transparency::LogKey;
use crate::transparency::checkpoint;
use heliograph_domain::{Instant, SiteName};
use heliograph_wire::note::NoteError;
use heliograph_wire::{KeyError, KeyPair, PublicKey, Role, Stamp, Topic, TrustDocument, TrustedKey, seal};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The epoch that a site starts in.
const FIRST_EPOCH: u32 = 1;

/// Why keys could not be had.
#[derive(Debug, Error)]
pub enum KeysError {
    /// A file cannot be read or written.
    #[error("the key file {path} cannot be used: {cause}. Check that the hub's user owns the folder")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file is not a key.
    #[error(
        "the key file {0} does not hold 64 hexadecimal digits: restore it from the backup; displays trust no other"
    )]
    NotAKey(PathBuf),
    /// The machine gave no random numbers.
    #[error(transparent)]
    Random(#[from] KeyError),
    /// The site's name cannot stand in a checkpoint.
    #[error(transparent)]
    Name(#[from] NoteError),
}

/// The keys, and the signed document that tells displays of them.
pub(crate) struct Keys {
    /// Who a display trusts first of all.
    pub(crate) root: PublicKey,
    /// Signs heads and configurations.
    pub(crate) release: KeyPair,
    /// Signs heartbeats.
    pub(crate) heartbeat: KeyPair,
    /// The epoch of all three.
    pub(crate) epoch: u32,
    /// The sealed trust document.
    pub(crate) trust: Vec<u8>,
}

impl Keys {
    /// Reads the keys of a data folder, or makes them at the first start.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub(crate) fn open(data: &Path, site: &SiteName, now: Instant) -> Result<Self, KeysError> {
        let folder = data.join("keys");
        fs::create_dir_all(&folder).map_err(|cause| KeysError::File {
            path: folder.clone(),
            cause,
        })?;
        let root = key(&folder.join("root.key"))?;
        let (release, heartbeat, command) = (
            key(&folder.join("release.key"))?,
            key(&folder.join("heartbeat.key"))?,
            key(&folder.join("command.key"))?,
        );
        checkpoint_key(&folder, site)?;
        let trust = trust(
            &folder.join("trust"),
            site,
            now,
            &root,
            [
                (Role::Release, &release),
                (Role::Heartbeat, &heartbeat),
                (Role::Command, &command),
            ],
        )?;
        Ok(Self {
            root: root.public(),
            release,
            heartbeat,
            epoch: FIRST_EPOCH,
            trust,
        })
    }
}

/// The trust document is sealed once and kept: every start must publish the same bytes.
fn trust(
    path: &Path,
    site: &SiteName,
    now: Instant,
    root: &KeyPair,
    keys: [(Role, &KeyPair); 3],
) -> Result<Vec<u8>, KeysError> {
    if let Ok(kept) = fs::read(path) {
        return Ok(kept);
    }
    let document = TrustDocument {
        site: site.clone(),
        serial: 1,
        root: root.public(),
        keys: keys
            .map(|(role, key)| TrustedKey {
                role,
                epoch: FIRST_EPOCH,
                key: key.public(),
            })
            .to_vec(),
    };
    let stamp = Stamp {
        epoch: FIRST_EPOCH,
        version: u64::from(document.serial),
        issued_at: now,
    };
    let sealed = seal(root, site, &Topic::Trust, stamp, &document.to_bytes());
    write_private(path, &sealed)?;
    Ok(sealed)
}

/// The key in a file, or a fresh one that is kept there.
fn key(path: &Path) -> Result<KeyPair, KeysError> {
    match read_key(path) {
        Err(KeysError::File { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => {
            let fresh = KeyPair::generate()?;
            write_private(path, hex(&fresh.secret()).as_bytes())?;
            Ok(fresh)
        }
        found => found,
    }
}

/// The key in a file.
pub(crate) fn read_key(path: &Path) -> Result<KeyPair, KeysError> {
    let text = fs::read_to_string(path).map_err(|cause| KeysError::File {
        path: path.to_owned(),
        cause,
    })?;
    let secret = from_hex(text.trim()).ok_or_else(|| KeysError::NotAKey(path.to_owned()))?;
    Ok(KeyPair::from_secret(secret))
}

/// The key of the log's checkpoints; what verifies them lies beside it, for whoever asks.
fn checkpoint_key(folder: &Path, site: &SiteName) -> Result<(), KeysError> {
    let pair = key(&folder.join(checkpoint::SECRET_FILE))?;
    let path = folder.join(checkpoint::PUBLIC_FILE);
    if !path.exists() {
        let key = LogKey::of_site(site.as_str(), pair)?;
        write_private(&path, format!("{}\n", key.verifier()).as_bytes())?;
    }
    Ok(())
}

/// Writes beside and renames, so that a crash never leaves half a key.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    use std::os::unix::fs::OpenOptionsExt;
    let beside = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|cause| KeysError::File {
        path: path.to_owned(),
        cause,
    })
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// 32 bytes from 64 hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_found_again() {
        let folder = std::env::temp_dir().join(format!("heliograph-keys-{}", std::process::id()));
        let site: SiteName = "binhe".parse().unwrap();
        let first = Keys::open(&folder, &site, Instant(1)).unwrap();
        let again = Keys::open(&folder, &site, Instant(2)).unwrap();
        assert_eq!((first.root, &first.trust), (again.root, &again.trust));
        fs::write(folder.join("keys/release.key"), "short").unwrap();
        assert!(matches!(
            Keys::open(&folder, &site, Instant(3)),
            Err(KeysError::NotAKey(_))
        ));
        fs::remove_dir_all(&folder).unwrap();
    }
}
