//! The hub's signing keys: files of their own in the data folder, readable by the hub's user alone.

use crate::transparency::LogKey;
use crate::transparency::checkpoint;
use heliograph_domain::{Instant, SiteName};
pub(crate) use heliograph_log::hex::{decode as from_hex, encode as hex};
use heliograph_wire::note::NoteError;
use heliograph_wire::{KeyError, KeyPair, PublicKey, Role, Stamp, Topic, TrustDocument, TrustedKey, open, seal};
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
    /// The trust document is not this site's.
    #[error(
        "{0} is not a trust document of this site that its root key signed: start with the --site it was made for, or restore the `keys` folder from your copy"
    )]
    Trust(PathBuf),
    /// The keys are others than the trust document names.
    #[error(
        "the keys in {0} are not those that displays are told to trust, perhaps because opening an epoch was broken off: run `heliograph hub new-epoch`"
    )]
    Untrusted(PathBuf),
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
    /// Signs the public ledger's checkpoints.
    pub(crate) ledger: LogKey,
    /// The epoch of all three.
    pub(crate) epoch: u32,
    /// The sealed trust document.
    pub(crate) trust: Vec<u8>,
}

/// Their files in the data folder's `keys`.
const FOLDER: &str = "keys";
const ROOT: &str = "root.key";
/// What verifies the root key's signatures: it stays when the root key itself is kept elsewhere.
const ROOT_PUBLIC: &str = "root.pub";
const ROLES: [(Role, &str); 3] = [
    (Role::Release, "release.key"),
    (Role::Heartbeat, "heartbeat.key"),
    (Role::Command, "command.key"),
];
const LEDGER: &str = "ledger.key";
const TRUST: &str = "trust";

impl Keys {
    /// Reads the keys of a data folder, or makes them at the first start.
    ///
    /// # Errors
    /// When a file cannot be used, or the keys are not those that displays are told to trust.
    pub(crate) fn open(data: &Path, site: &SiteName, now: Instant) -> Result<Self, KeysError> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|cause| KeysError::File {
            path: folder.clone(),
            cause,
        })?;
        checkpoint_key(&folder, site)?;
        let ledger = LogKey::of_ledger(site.as_str(), key(&folder.join(LEDGER))?)?;
        let path = folder.join(TRUST);
        if !path.exists() {
            let root = key(&folder.join(ROOT))?;
            write_private(&folder.join(ROOT_PUBLIC), hex(&root.public().0).as_bytes())?;
            let keys = role_keys(&folder)?;
            let document = document(site, &root, 1, FIRST_EPOCH, &keys);
            write_private(&path, &sealed(site, &root, FIRST_EPOCH, &document, now))?;
        }
        let root = root_public(&folder)?;
        let trust = fs::read(&path).map_err(|cause| KeysError::File {
            path: path.clone(),
            cause,
        })?;
        let document = opened(&trust, site, root).ok_or_else(|| KeysError::Trust(path.clone()))?;
        let [release, heartbeat, command] = role_keys(&folder)?;
        let epoch = document.keys.iter().map(|known| known.epoch).max().unwrap_or_default();
        let trusted = |role, pair: &KeyPair| {
            let key = pair.public();
            let wanted = TrustedKey { role, epoch, key };
            document.keys.contains(&wanted)
        };
        let all = [&release, &heartbeat, &command];
        if !ROLES.iter().zip(all).all(|((role, _), pair)| trusted(*role, pair)) {
            return Err(KeysError::Untrusted(folder));
        }
        Ok(Self {
            root,
            release,
            heartbeat,
            ledger,
            epoch,
            trust,
        })
    }
}

/// Opens a new epoch: fresh keys for every role, and a trust document that names them, signed by the root key. Displays
/// then take what the hub says now, though they may have seen versions that a restored hub has forgotten. The hub must not
/// be running.
///
/// # Errors
/// When the root key is not there, or a file cannot be used.
pub fn new_epoch(data: &Path, root_key: Option<&Path>, now: Instant) -> Result<u32, KeysError> {
    let folder = data.join(FOLDER);
    let path = folder.join(TRUST);
    let site = site_of(data).ok_or_else(|| KeysError::Trust(path.clone()))?;
    let root = read_key(root_key.unwrap_or(&folder.join(ROOT)))?;
    let trust = fs::read(&path).map_err(|cause| KeysError::File {
        path: path.clone(),
        cause,
    })?;
    let known = opened(&trust, &site, root.public()).ok_or_else(|| KeysError::Trust(path.clone()))?;
    let epoch = known.keys.iter().map(|known| known.epoch).max().unwrap_or_default() + 1;
    for (_, name) in ROLES {
        write_private(&folder.join(name), hex(&KeyPair::generate()?.secret()).as_bytes())?;
    }
    let document = document(&site, &root, known.serial + 1, epoch, &role_keys(&folder)?);
    write_private(&path, &sealed(&site, &root, epoch, &document, now))?;
    Ok(epoch)
}

/// The site that a data folder belongs to: its log's name says so.
fn site_of(data: &Path) -> Option<SiteName> {
    let key = LogKey::in_folder(data).ok()?;
    key.verifier().name().strip_prefix("heliograph/")?.parse().ok()
}

fn role_keys(folder: &Path) -> Result<[KeyPair; 3], KeysError> {
    let [release, heartbeat, command] = ROLES.map(|(_, name)| key(&folder.join(name)));
    Ok([release?, heartbeat?, command?])
}

fn document(site: &SiteName, root: &KeyPair, serial: u32, epoch: u32, keys: &[KeyPair; 3]) -> TrustDocument {
    let trusted = ROLES.iter().zip(keys).map(|((role, _), pair)| TrustedKey {
        role: *role,
        epoch,
        key: pair.public(),
    });
    TrustDocument {
        site: site.clone(),
        serial,
        root: root.public(),
        keys: trusted.collect(),
        proof: None,
    }
}

/// The trust document is sealed once and kept: every start must publish the same bytes.
fn sealed(site: &SiteName, root: &KeyPair, epoch: u32, document: &TrustDocument, now: Instant) -> Vec<u8> {
    let stamp = Stamp {
        epoch,
        version: u64::from(document.serial),
        issued_at: now,
    };
    seal(root, site, &Topic::Trust, stamp, &document.to_bytes())
}

fn opened(trust: &[u8], site: &SiteName, root: PublicKey) -> Option<TrustDocument> {
    let known = |id, _| Some(root).filter(|root| root.key_id() == id);
    let message = open(trust, site, &Topic::Trust, &known).ok()?;
    TrustDocument::from_bytes(&message.body).ok()
}

fn root_public(folder: &Path) -> Result<PublicKey, KeysError> {
    let path = folder.join(ROOT_PUBLIC);
    match fs::read_to_string(&path) {
        Ok(text) => from_hex(text.trim()).map(PublicKey).ok_or(KeysError::NotAKey(path)),
        // A folder from before there was such a file.
        Err(_) => {
            let root = read_key(&folder.join(ROOT))?.public();
            write_private(&path, hex(&root.0).as_bytes())?;
            Ok(root)
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn folder(name: &str) -> Folder {
        Folder(std::env::temp_dir().join(format!("heliograph-keys-{name}-{}", std::process::id())))
    }

    fn site() -> SiteName {
        "binhe".parse().unwrap()
    }

    #[test]
    fn keys_are_made_once_and_found_again() {
        let folder = folder("once");
        let first = Keys::open(&folder.0, &site(), Instant(1)).unwrap();
        let again = Keys::open(&folder.0, &site(), Instant(2)).unwrap();
        assert_eq!((first.root, &first.trust, 1), (again.root, &again.trust, again.epoch));
        let other = Keys::open(&folder.0, &"other".parse().unwrap(), Instant(3));
        assert!(matches!(other, Err(KeysError::Trust(_))));
        fs::write(folder.0.join("keys/release.key"), "short").unwrap();
        let broken = Keys::open(&folder.0, &site(), Instant(3));
        assert!(matches!(broken, Err(KeysError::NotAKey(_))));
        fs::write(folder.0.join("keys/release.key"), "ab".repeat(32)).unwrap();
        let foreign = Keys::open(&folder.0, &site(), Instant(3));
        assert!(matches!(foreign, Err(KeysError::Untrusted(_))));
    }

    #[test]
    fn a_new_epoch_has_new_keys_under_the_same_root_which_may_be_elsewhere() {
        let folder = folder("epoch");
        let first = Keys::open(&folder.0, &site(), Instant(1)).unwrap();
        let safe = folder.0.join("safe.key");
        fs::rename(folder.0.join("keys/root.key"), &safe).unwrap();
        assert!(Keys::open(&folder.0, &site(), Instant(2)).is_ok());
        assert!(matches!(
            new_epoch(&folder.0, None, Instant(3)),
            Err(KeysError::File { .. })
        ));
        assert_eq!(new_epoch(&folder.0, Some(&safe), Instant(3)).unwrap(), 2);
        let second = Keys::open(&folder.0, &site(), Instant(4)).unwrap();
        assert_eq!((second.root, second.epoch), (first.root, 2));
        assert_ne!(second.release.public(), first.release.public());
        assert!(!folder.0.join("keys/root.key").exists(), "no other root is made");
    }
}
