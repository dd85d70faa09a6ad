//! Proofs in a file (C2SP tlog-proof, <https://c2sp.org/tlog-proof>): that a record is in the log that a checkpoint is of; and, in
//! a form of the same kind, that one checkpoint's log is the beginning of another's.

use super::checkpoint::{Checkpoint, CheckpointError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use heliograph_log::merkle::{self, Hash};
use heliograph_wire::note::NoteKey;
use std::fmt::Write;
use thiserror::Error;

const INCLUSION: &str = "c2sp.org/tlog-proof@v1";
const CONSISTENCY: &str = "heliograph/consistency-proof@v1";
const BEFORE: &str = "before ";

/// Why a proof does not hold.
#[derive(Debug, Error)]
pub enum ProofError {
    /// It has not the form.
    #[error("this is no proof: {0}")]
    Form(&'static str),
    /// A checkpoint in it is not believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It leads elsewhere.
    #[error("the proof does not hold: it is not in the log that the checkpoint was made of, or it was changed")]
    NotIncluded,
    /// The one log is not the beginning of the other.
    #[error(
        "the proof does not hold: the earlier log is not the beginning of the later one; something recorded was changed"
    )]
    NotConsistent,
}

/// A proof, with all that is needed to check it but the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Something is in the log.
    Inclusion {
        /// What is in it: a record's canonical bytes, or an entry of the public ledger.
        entry: Vec<u8>,
        /// Its place, from 0.
        index: u64,
        /// The path to the root.
        path: Vec<Hash>,
        /// The signed checkpoint.
        checkpoint: String,
    },
    /// One log is the beginning of another.
    Consistency {
        /// The path.
        path: Vec<Hash>,
        /// The signed checkpoint of the earlier one.
        before: String,
        /// The signed checkpoint of the later one.
        after: String,
    },
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// The entry is among the first `size` of the log.
    Included {
        /// The entry.
        entry: Vec<u8>,
        /// Its place, from 0.
        index: u64,
        /// The checkpoint's size.
        size: u64,
        /// The log.
        origin: String,
    },
    /// The first records were neither changed nor removed.
    Consistent {
        /// Of so many,
        before: u64,
        /// so many are the beginning.
        after: u64,
        /// The log.
        origin: String,
    },
}

impl Proof {
    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let (path, end) = match self {
            Self::Inclusion {
                entry,
                index,
                path,
                checkpoint,
            } => {
                text += &format!("{INCLUSION}\nextra {}\nindex {index}\n", STANDARD.encode(entry));
                (path, checkpoint)
            }
            Self::Consistency { path, before, after } => {
                text += &format!("{CONSISTENCY}\n{BEFORE}{}\n", STANDARD.encode(before));
                (path, after)
            }
        };
        for hash in path {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", STANDARD.encode(hash));
        }
        text + "\n" + end
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is no proof.
    pub fn from_text(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(ProofError::Form("it has no checkpoint"))?;
        let checkpoint = checkpoint.to_owned();
        let mut lines = head.lines();
        let kind = lines.next().unwrap_or_default();
        let mut named = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name));
            line.ok_or(ProofError::Form("a line is missing"))
        };
        let proof = match kind {
            INCLUSION => {
                let entry = bytes(named("extra ")?)?;
                let index = named("index ")?
                    .parse()
                    .map_err(|_| ProofError::Form("its index is no number"))?;
                let path = lines.map(hash).collect::<Result<_, _>>()?;
                Self::Inclusion {
                    entry,
                    index,
                    path,
                    checkpoint,
                }
            }
            CONSISTENCY => {
                let before = String::from_utf8(bytes(named(BEFORE)?)?);
                Self::Consistency {
                    before: before.map_err(|_| ProofError::Form("its checkpoint is no text"))?,
                    path: lines.map(hash).collect::<Result<_, _>>()?,
                    after: checkpoint,
                }
            }
            _ => return Err(ProofError::Form("its first line names no kind of proof")),
        };
        Ok(proof)
    }

    /// Checks it with the log's key. Nothing else is needed.
    ///
    /// # Errors
    /// When it does not hold.
    pub fn check(&self, key: &NoteKey) -> Result<Proven, ProofError> {
        match self {
            Self::Inclusion {
                entry,
                index,
                path,
                checkpoint,
            } => {
                let checkpoint = Checkpoint::open(checkpoint, key)?;
                let size = checkpoint.head.size;
                let root = merkle::root_of_inclusion(merkle::leaf(entry), *index, size, path);
                if root != Some(checkpoint.head.root) {
                    return Err(ProofError::NotIncluded);
                }
                Ok(Proven::Included {
                    entry: entry.clone(),
                    index: *index,
                    size,
                    origin: checkpoint.origin,
                })
            }
            Self::Consistency { path, before, after } => {
                let (before, after) = (Checkpoint::open(before, key)?.head, Checkpoint::open(after, key)?);
                let head = after.head;
                if merkle::is_consistent(before.size, head.size, &before.root, &head.root, path) {
                    Ok(Proven::Consistent {
                        before: before.size,
                        after: head.size,
                        origin: after.origin,
                    })
                } else {
                    Err(ProofError::NotConsistent)
                }
            }
        }
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, ProofError> {
    STANDARD
        .decode(text)
        .map_err(|_| ProofError::Form("a line is not base64"))
}

fn hash(line: &str) -> Result<Hash, ProofError> {
    bytes(line)?
        .try_into()
        .map_err(|_| ProofError::Form("a hash has not 32 bytes"))
}
