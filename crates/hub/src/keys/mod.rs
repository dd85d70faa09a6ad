//! The hub's signing keys: files of their own in the data folder, readable by the hub's user alone. What people do with
//! them is told in `docs/keys.md`.

mod change;
mod files;
mod papers;
#[cfg(test)]
mod tests;

pub use change::{Made, Rotated, fingerprint, init, new_epoch, rotate_root};
pub(crate) use files::{make_folder, read_key};
pub(crate) use heliograph_log::hex::{decode as from_hex, encode as hex};
pub(crate) use papers::{Bundle, Papers};

use crate::transparency::LogKey;
use files::{ROOT, key};
use heliograph_domain::{Instant, SiteName};
use heliograph_wire::note::NoteError;
use heliograph_wire::{KeyError, KeyPair, PublicKey, Role, TrustDocument, TrustedKey};
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
    /// Others than its owner can read a key.
    #[error(
        "other users can read the key file {path} (mode {mode:o}): run `chmod 600 {path}`. If somebody may have copied it, \
         open a new epoch besides (`heliograph hub new-epoch`)"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
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
    /// The root key is kept elsewhere.
    #[error("the site's root key is not in {0}: say where it is with --root-key")]
    NoRoot(PathBuf),
    /// A key that is no root of this site.
    #[error("{0} is not the root key that this site's displays trust now")]
    ForeignRoot(PathBuf),
    /// There are keys already.
    #[error("{0} has keys already, which displays may trust: nothing was changed")]
    AlreadyMade(PathBuf),
    /// Nothing is written over a file that may be a key.
    #[error("{0} exists, and might be a key: choose a file that does not exist yet")]
    Occupied(PathBuf),
    /// There are no more numbers.
    #[error("the trust documents of this site have no more numbers")]
    NoMoreNumbers,
    /// The machine gave no random numbers.
    #[error(transparent)]
    Random(#[from] KeyError),
    /// The site's name cannot stand in a checkpoint.
    #[error(transparent)]
    Name(#[from] NoteError),
}

/// What a hub must have of keys, whoever signs: what displays are told to trust, and what signs the ledger.
pub(crate) struct Keys {
    /// Who a display trusts first of all.
    pub(crate) root: PublicKey,
    /// The sealed trust document.
    pub(crate) trust: Vec<u8>,
    /// The sealed documents that changed the root, with their numbers, the first one first.
    pub(crate) steps: Vec<(u32, Vec<u8>)>,
    /// Signs the public ledger's checkpoints.
    pub(crate) ledger: LogKey,
    /// Where the root's secret lies within the hub's reach, if it does.
    pub(crate) root_here: Option<PathBuf>,
}

/// The secrets that sign what displays are told, and their generation.
pub(crate) struct RoleKeys {
    /// Signs heads, configurations, erasures and what holds for the site.
    pub(crate) release: KeyPair,
    /// Signs heartbeats and the time.
    pub(crate) heartbeat: KeyPair,
    /// Signs commands and acknowledgements.
    pub(crate) command: KeyPair,
    /// The epoch of all three.
    pub(crate) epoch: u32,
}

/// Their files in the data folder's `keys`.
pub(crate) const FOLDER: &str = "keys";
const ROLES: [(Role, &str); 3] = [
    (Role::Release, "release.key"),
    (Role::Heartbeat, "heartbeat.key"),
    (Role::Command, "command.key"),
];
const LEDGER: &str = "ledger.key";

impl Keys {
    /// Reads the keys of a data folder, or makes them at the first start.
    ///
    /// # Errors
    /// When a file cannot be used, or the keys are not those that displays are told to trust.
    pub(crate) fn open(data: &Path, site: &SiteName, now: Instant) -> Result<(Self, RoleKeys), KeysError> {
        let folder = data.join(FOLDER);
        make_folder(&folder)?;
        if !folder.join(papers::TRUST).exists() {
            // A root that was moved away before its document was lost must not be replaced by another.
            if folder.join(files::ROOT_PUBLIC).exists() && !folder.join(ROOT).exists() {
                return Err(KeysError::Trust(folder.join(papers::TRUST)));
            }
            change::begin(&folder, site, now, &folder.join(ROOT))?;
        }
        let papers = Papers::read(&folder, Some(site))?;
        let roles = RoleKeys::read(&folder, &papers)?;
        Ok((Self::of_papers(data, papers)?, roles))
    }

    /// What a hub needs whose role keys are elsewhere, with a signer that gave it these papers.
    ///
    /// # Errors
    /// When the keys of log and ledger cannot be had.
    pub(crate) fn of_papers(data: &Path, papers: Papers) -> Result<Self, KeysError> {
        let folder = data.join(FOLDER);
        make_folder(&folder)?;
        files::checkpoint_key(&folder, &papers.site)?;
        let ledger = LogKey::of_ledger(papers.site.as_str(), key(&folder.join(LEDGER))?)?;
        let root_here = files::root_secrets(&folder)
            .into_iter()
            .find(|path| read_key(path).is_ok_and(|pair| pair.public() == papers.root));
        Ok(Self {
            root: papers.root,
            trust: papers.trust,
            steps: papers.steps,
            ledger,
            root_here,
        })
    }
}

impl RoleKeys {
    /// The keys in a folder, which must be those that these papers name.
    pub(crate) fn read(folder: &Path, papers: &Papers) -> Result<Self, KeysError> {
        let [release, heartbeat, command] = ROLES.map(|(_, name)| read_key(&folder.join(name)));
        let roles = Self {
            release: release?,
            heartbeat: heartbeat?,
            command: command?,
            epoch: papers.epoch(),
        };
        let named = &papers.document.keys;
        if roles.trusted().iter().all(|key| named.contains(key)) {
            Ok(roles)
        } else {
            Err(KeysError::Untrusted(folder.to_owned()))
        }
    }

    /// Fresh keys.
    fn generate(epoch: u32) -> Result<Self, KeyError> {
        Ok(Self {
            release: KeyPair::generate()?,
            heartbeat: KeyPair::generate()?,
            command: KeyPair::generate()?,
            epoch,
        })
    }

    fn pairs(&self) -> [&KeyPair; 3] {
        [&self.release, &self.heartbeat, &self.command]
    }

    /// As a trust document names them.
    pub(crate) fn trusted(&self) -> [TrustedKey; 3] {
        let [release, heartbeat, command] = self.pairs().map(KeyPair::public);
        [
            (Role::Release, release),
            (Role::Heartbeat, heartbeat),
            (Role::Command, command),
        ]
        .map(|(role, key)| TrustedKey {
            role,
            epoch: self.epoch,
            key,
        })
    }

    /// The trust document that names them, and no others.
    pub(crate) fn document(&self, site: &SiteName, serial: u32, root: PublicKey) -> TrustDocument {
        TrustDocument {
            site: site.clone(),
            serial,
            root,
            keys: self.trusted().to_vec(),
            proof: None,
        }
    }
}
