//! Checkpoints: how many records there are and the root over them, signed (C2SP tlog-checkpoint,
//! <https://c2sp.org/tlog-checkpoint>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use heliograph_log::TreeHead;
use heliograph_wire::KeyPair;
use heliograph_wire::note::{self, NoteError, NoteKey};
use std::fs;
use std::path::Path;
use thiserror::Error;

/// Why a checkpoint could not be made or is not believed.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The note is none, or is not signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint.
    #[error("this is no checkpoint: it has the lines origin, size and root")]
    Form,
    /// It is of another log.
    #[error("the checkpoint is of {0}, which is another log")]
    Origin(String),
    /// The key is missing.
    #[error(
        "{0} has no key for checkpoints: a hub makes it at its first start; restore the `keys` folder from the backup"
    )]
    NoKey(String),
}

/// A checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log.
    pub origin: String,
    /// Its size and root.
    pub head: TreeHead,
}

impl Checkpoint {
    /// Its text: what is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self { origin, head } = self;
        format!("{origin}\n{}\n{}\n", head.size, STANDARD.encode(head.root))
    }

    /// Reads the text; lines that follow are other people's.
    ///
    /// # Errors
    /// When it is no checkpoint.
    pub fn from_text(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let mut line = || lines.next().ok_or(CheckpointError::Form);
        let (origin, size, root) = (line()?, line()?, line()?);
        let plain = size == "0" || !size.starts_with('0');
        let size = size
            .parse()
            .ok()
            .filter(|_| plain && size.bytes().all(|b| b.is_ascii_digit()));
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        match (origin.is_empty(), size, root) {
            (false, Some(size), Some(root)) => Ok(Self {
                origin: origin.to_owned(),
                head: TreeHead { size, root },
            }),
            _ => Err(CheckpointError::Form),
        }
    }

    /// Reads a signed checkpoint that `key` signed; the key's name is the log's origin.
    ///
    /// # Errors
    /// When it is none, or not signed by the key.
    pub fn open(note: &str, key: &NoteKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::from_text(note::open(note, key)?)?;
        if checkpoint.origin == key.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin(checkpoint.origin))
        }
    }
}

/// The key that signs a log's checkpoints.
#[derive(Debug)]
pub struct LogKey {
    pair: KeyPair,
    key: NoteKey,
}

/// Its file in the folder of keys, and the file with what verifies it.
pub(crate) const SECRET_FILE: &str = "checkpoint.key";
pub(crate) const PUBLIC_FILE: &str = "checkpoint.vkey";

impl LogKey {
    /// The key of a site's log.
    ///
    /// # Errors
    /// When the site's name cannot stand in a note.
    pub fn of_site(site: &str, pair: KeyPair) -> Result<Self, NoteError> {
        let key = NoteKey::new(&format!("heliograph/{site}"), pair.public())?;
        Ok(Self { pair, key })
    }

    /// The key of a site's public ledger.
    ///
    /// # Errors
    /// When the site's name cannot stand in a note.
    pub fn of_ledger(site: &str, pair: KeyPair) -> Result<Self, NoteError> {
        let key = NoteKey::new(&format!("heliograph/{site}/releases"), pair.public())?;
        Ok(Self { pair, key })
    }

    /// The key in a hub's data folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn in_folder(data: &Path) -> Result<Self, CheckpointError> {
        let folder = data.join("keys");
        let missing = || CheckpointError::NoKey(folder.display().to_string());
        let pair = crate::keys::read_key(&folder.join(SECRET_FILE)).map_err(|_| missing())?;
        let public = fs::read_to_string(folder.join(PUBLIC_FILE)).map_err(|_| missing())?;
        Ok(Self {
            pair,
            key: public.parse()?,
        })
    }

    /// What verifies its signatures.
    #[must_use]
    pub fn verifier(&self) -> &NoteKey {
        &self.key
    }

    /// Signs a checkpoint.
    ///
    /// # Errors
    /// When the origin cannot stand in a note.
    pub fn sign(&self, head: TreeHead) -> Result<String, NoteError> {
        let origin = self.key.name().to_owned();
        note::sign(&Checkpoint { origin, head }.to_text(), self.key.name(), &self.pair)
    }
}
