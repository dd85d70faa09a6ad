//! Keys are made, opened anew, and handed over to another root. The hub does not run meanwhile.

use super::files::{ROOT, ROOT_PUBLIC, make_folder, read_key, root_secrets, write_key, write_new_root, write_private};
use super::papers::{STEP, TRUST};
use super::{FIRST_EPOCH, FOLDER, Keys, KeysError, Papers, ROLES, RoleKeys, hex};
use heliograph_domain::{Instant, SiteName};
use heliograph_wire::{KeyPair, PublicKey, Stamp, Topic, TrustDocument, seal};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Keys that were made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The root.
    pub root: PublicKey,
    /// Where its secret lies.
    pub root_file: PathBuf,
}

/// A root that gave way to another.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The new root.
    pub root: PublicKey,
    /// Where its secret lies.
    pub root_file: PathBuf,
    /// The number of the document that changed it.
    pub serial: u32,
}

/// What people compare of a root: the SHA-256 of its public key, in groups of eight digits.
#[must_use]
pub fn fingerprint(root: &PublicKey) -> String {
    let digits = hex(&Sha256::digest(root.0));
    let groups: Vec<&str> = (0..digits.len()).step_by(8).map(|at| &digits[at..at + 8]).collect();
    groups.join(" ")
}

/// Makes all keys of a site in a data folder. The root's secret goes to `root_out` instead, when that is given.
///
/// # Errors
/// When there are keys already, or a file cannot be written.
pub fn init(data: &Path, site: &SiteName, root_out: Option<&Path>, now: Instant) -> Result<Made, KeysError> {
    let folder = data.join(FOLDER);
    if folder.join(TRUST).exists() {
        return Err(KeysError::AlreadyMade(folder));
    }
    make_folder(&folder)?;
    let root_file = root_out.map_or_else(|| folder.join(ROOT), Path::to_owned);
    if root_out.is_some() && root_file.exists() {
        return Err(KeysError::Occupied(root_file));
    }
    begin(&folder, site, now, &root_file)?;
    let (keys, _) = Keys::open(data, site, now)?;
    Ok(Made {
        root: keys.root,
        root_file,
    })
}

/// Makes the keys of a site; the trust document is written last, so that what was broken off is begun again.
pub(super) fn begin(folder: &Path, site: &SiteName, now: Instant, root_file: &Path) -> Result<(), KeysError> {
    let root = super::files::key(root_file)?;
    write_private(&folder.join(ROOT_PUBLIC), hex(&root.public().0).as_bytes())?;
    let roles = RoleKeys::generate(FIRST_EPOCH)?;
    write_roles(folder, &roles)?;
    let document = roles.document(site, 1, root.public());
    write_private(&folder.join(TRUST), &sealed(&root, &document, FIRST_EPOCH, now))
}

/// Opens a new epoch: fresh keys for every role, and a trust document that names them, signed by the root key. Displays
/// then take what the hub says now, though they may have seen versions that a restored hub has forgotten; and nothing that
/// a former key signs. The hub must not be running.
///
/// # Errors
/// When the root key is not there, or a file cannot be used.
pub fn new_epoch(data: &Path, root_key: Option<&Path>, now: Instant) -> Result<u32, KeysError> {
    let folder = data.join(FOLDER);
    let papers = Papers::read(&folder, None)?;
    let root = root_pair(&folder, root_key, papers.root)?;
    let epoch = papers.epoch().checked_add(1).ok_or(KeysError::NoMoreNumbers)?;
    let serial = next(papers.document.serial)?;
    let roles = RoleKeys::generate(epoch)?;
    write_roles(&folder, &roles)?;
    let document = roles.document(&papers.site, serial, papers.root);
    write_private(&folder.join(TRUST), &sealed(&root, &document, epoch, now))?;
    Ok(epoch)
}

/// Hands the site over to a new root: a document that the old root signs and the new one proves, for the displays that know
/// the old one; and the same once more, signed by the new root alone. The other keys stay. The hub must not be running.
///
/// # Errors
/// When the old root key is not there, or a file cannot be used; then the old root still holds.
pub fn rotate_root(
    data: &Path,
    root_key: Option<&Path>,
    new_root_out: Option<&Path>,
    now: Instant,
) -> Result<Rotated, KeysError> {
    let folder = data.join(FOLDER);
    let papers = Papers::read(&folder, None)?;
    let roles = RoleKeys::read(&folder, &papers)?;
    let old = root_pair(&folder, root_key, papers.root)?;
    let serial = next(papers.document.serial)?;
    let newest = next(serial)?;
    let new = KeyPair::generate()?;
    let root_file = new_root_out.map_or_else(|| folder.join(format!("root-{newest}.key")), Path::to_owned);
    write_new_root(&root_file, &new)?;
    let mut step = roles.document(&papers.site, serial, new.public());
    step.prove(&new);
    let step = sealed(&old, &step, roles.epoch, now);
    write_private(&folder.join(format!("{STEP}{serial}")), &step)?;
    // With this the new root holds: a step that no document follows counts for nothing.
    let document = roles.document(&papers.site, newest, new.public());
    write_private(&folder.join(TRUST), &sealed(&new, &document, roles.epoch, now))?;
    Ok(Rotated {
        root: new.public(),
        root_file,
        serial,
    })
}

/// The root key that holds now: where someone says, or in the folder.
fn root_pair(folder: &Path, given: Option<&Path>, root: PublicKey) -> Result<KeyPair, KeysError> {
    if let Some(path) = given {
        let pair = read_key(path)?;
        return if pair.public() == root {
            Ok(pair)
        } else {
            Err(KeysError::ForeignRoot(path.to_owned()))
        };
    }
    for path in root_secrets(folder) {
        let pair = read_key(&path)?;
        if pair.public() == root {
            return Ok(pair);
        }
    }
    Err(KeysError::NoRoot(folder.to_owned()))
}

fn next(serial: u32) -> Result<u32, KeysError> {
    serial.checked_add(1).ok_or(KeysError::NoMoreNumbers)
}

fn write_roles(folder: &Path, roles: &RoleKeys) -> Result<(), KeysError> {
    ROLES
        .iter()
        .zip(roles.pairs())
        .try_for_each(|((_, name), pair)| write_key(&folder.join(name), pair))
}

/// A trust document is sealed once and kept: every start must publish the same bytes.
fn sealed(root: &KeyPair, document: &TrustDocument, epoch: u32, now: Instant) -> Vec<u8> {
    let stamp = Stamp {
        epoch,
        version: u64::from(document.serial),
        issued_at: now,
    };
    seal(root, &document.site, &Topic::Trust, stamp, &document.to_bytes())
}
