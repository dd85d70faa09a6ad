//! Key files: 64 hexadecimal digits each, for their owner's eyes alone.

use super::papers::public_key;
use super::{KeysError, from_hex, hex};
use crate::transparency::{LogKey, checkpoint};
use heliograph_domain::SiteName;
use heliograph_wire::{KeyPair, PublicKey};
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The root key, as long as it lies with the others.
pub(super) const ROOT: &str = "root.key";
/// What verifies the first root key's signatures: it stays when root keys are kept elsewhere, and when the root changes.
pub(super) const ROOT_PUBLIC: &str = "root.pub";

fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> KeysError {
    let path = path.to_owned();
    move |cause| KeysError::File { path, cause }
}

/// The folder of keys, which nobody else may look into.
pub(crate) fn make_folder(folder: &Path) -> Result<(), KeysError> {
    fs::create_dir_all(folder).map_err(file_error(folder))
}

/// A file that is no secret.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    fs::read(path).map_err(file_error(path))
}

/// The key in a file that nobody else can read.
pub(crate) fn read_key(path: &Path) -> Result<KeyPair, KeysError> {
    let mode = fs::metadata(path).map_err(file_error(path))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeysError::Exposed { path, mode });
    }
    let text = fs::read_to_string(path).map_err(file_error(path))?;
    let secret = from_hex(text.trim()).ok_or_else(|| KeysError::NotAKey(path.to_owned()))?;
    Ok(KeyPair::from_secret(secret))
}

/// The key in a file, or a fresh one that is kept there.
pub(super) fn key(path: &Path) -> Result<KeyPair, KeysError> {
    match read_key(path) {
        Err(KeysError::File { cause, .. }) if cause.kind() == ErrorKind::NotFound => {
            let fresh = KeyPair::generate()?;
            write_key(path, &fresh)?;
            Ok(fresh)
        }
        found => found,
    }
}

pub(super) fn write_key(path: &Path, pair: &KeyPair) -> Result<(), KeysError> {
    write_private(path, hex(&pair.secret()).as_bytes())
}

/// Keeps a root key in a file that must not be there yet.
pub(super) fn write_new_root(path: &Path, pair: &KeyPair) -> Result<(), KeysError> {
    if path.exists() {
        return Err(KeysError::Occupied(path.to_owned()));
    }
    write_key(path, pair)
}

/// The first root's public key.
pub(super) fn root_public(folder: &Path) -> Result<PublicKey, KeysError> {
    let path = folder.join(ROOT_PUBLIC);
    match fs::read_to_string(&path) {
        Ok(text) => public_key(&text).ok_or(KeysError::NotAKey(path)),
        // A folder from before there was such a file.
        Err(_) => {
            let root = read_key(&folder.join(ROOT))?.public();
            write_private(&path, hex(&root.0).as_bytes())?;
            Ok(root)
        }
    }
}

/// Files in a folder that look like root keys: `root.key`, and those that a rotation made there.
pub(super) fn root_secrets(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = names.filter_map(|entry| entry.file_name().into_string().ok());
    named
        .filter(|name| name.starts_with("root") && name.ends_with(".key"))
        .map(|name| folder.join(name))
        .collect()
}

/// The key of the log's checkpoints; what verifies them lies beside it, for whoever asks.
pub(super) fn checkpoint_key(folder: &Path, site: &SiteName) -> Result<(), KeysError> {
    let pair = key(&folder.join(checkpoint::SECRET_FILE))?;
    let path = folder.join(checkpoint::PUBLIC_FILE);
    if !path.exists() {
        let key = LogKey::of_site(site.as_str(), pair)?;
        write_private(&path, format!("{}\n", key.verifier()).as_bytes())?;
    }
    Ok(())
}

/// Writes beside and renames, so that a crash never leaves half a key.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| synced_folder(path));
    written.map_err(file_error(path))
}

/// The name of a file that was renamed is durable once its folder is.
fn synced_folder(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => fs::File::open(parent)?.sync_all(),
        None => fs::File::open(".")?.sync_all(),
    }
}
