//! Pictures as files beside the replica, `media/` and the hash: too large to lie in a database that is read whole at
//! start.

use super::{Change, Media, ReplicaError};
use heliograph_domain::ContentHash;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of pictures.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The folder beside a replica's file; it is made with the first picture.
    pub(super) fn beside(replica: &Path) -> Self {
        Self {
            folder: replica.with_file_name("media"),
        }
    }

    fn file(&self, hash: &ContentHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    /// The length of a picture's file.
    pub(super) fn length(&self, hash: &ContentHash) -> Option<u64> {
        fs::metadata(self.file(hash)).ok().map(|file| file.len())
    }

    /// Writes the pictures of these changes. When this returns they survive a power cut.
    pub(super) fn write(&self, changes: &[Change]) -> Result<(), ReplicaError> {
        let mut any = false;
        for change in changes {
            if let Change::Media(hash, Some(bytes)) = change {
                self.write_one(hash, bytes).map_err(|error| self.storage(&error))?;
                any = true;
            }
        }
        if any {
            // Their names must be on the disk, too.
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| self.storage(&error))?;
        }
        Ok(())
    }

    fn write_one(&self, hash: &ContentHash, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let fresh = self.file(hash).with_extension("new");
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(fresh, self.file(hash))
    }

    /// Removes the pictures that these changes drop. What cannot be removed now goes at the next start.
    pub(super) fn remove(&self, changes: &[Change]) {
        for change in changes {
            if let Change::Media(hash, None) = change
                && let Err(error) = fs::remove_file(self.file(hash))
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(%error, %hash, "a picture cannot be removed; trying again at the next start");
            }
        }
    }

    /// Removes every file that is not one of these: what a power cut left unnamed.
    pub(super) fn keep_only(&self, media: &BTreeSet<ContentHash>) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let named = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if named.is_none_or(|hash| !media.contains(&hash)) {
                // It takes space and does no other harm.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn storage(&self, error: &io::Error) -> ReplicaError {
        ReplicaError::Storage(format!("{}: {error}", self.folder.display()))
    }
}

impl Media for Shelf {
    fn read(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        fs::read(self.file(hash)).ok()
    }
}
