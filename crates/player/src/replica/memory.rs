//! A replica in memory: for tests, and for a display whose disk has failed.

use super::form::{Rows, read_rows, to_row};
use super::{Change, Media, Remembered, Replica, ReplicaError};
use heliograph_domain::ContentHash;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps everything until the last of its clones is dropped. Clones share their contents, so that a test can turn a
/// display off and on again.
#[derive(Debug, Clone, Default)]
pub struct MemoryReplica {
    rows: Arc<Mutex<Rows>>,
    media: Arc<Mutex<BTreeMap<ContentHash, Arc<[u8]>>>>,
}

impl MemoryReplica {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that holds these rows.
    pub(super) fn holding(rows: Rows) -> Self {
        Self {
            rows: Arc::new(Mutex::new(rows)),
            media: Arc::default(),
        }
    }

    pub(super) fn rows(&self) -> Rows {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The pictures, as changes that keep them.
    pub(super) fn pictures(&self) -> Vec<Change> {
        let media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        let keep = |(hash, bytes): (&ContentHash, &Arc<[u8]>)| Change::Media(*hash, Some(Arc::clone(bytes)));
        media.iter().map(keep).collect()
    }

    pub(super) fn length(&self, hash: &ContentHash) -> Option<u64> {
        let media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        media.get(hash).map(|bytes| bytes.len() as u64)
    }

    /// Lets go of everything.
    pub(super) fn clear(&self) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.media.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Replica for MemoryReplica {
    fn load(&mut self) -> Result<Remembered, ReplicaError> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        read_rows(&rows, &|hash| media.get(hash).map(|bytes| bytes.len() as u64))
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), ReplicaError> {
        let changed: BTreeMap<_, _> = changes.iter().map(to_row).collect::<Result<_, _>>()?;
        let mut media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change {
                Change::Media(hash, Some(bytes)) => drop(media.insert(*hash, Arc::clone(bytes))),
                Change::Media(hash, None) => drop(media.remove(hash)),
                _ => {}
            }
        }
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, value) in changed {
            match value {
                Some(value) => rows.insert(place, value),
                None => rows.remove(&place),
            };
        }
        Ok(())
    }

    fn media(&self) -> Arc<dyn Media> {
        Arc::new(self.clone())
    }
}

impl Media for MemoryReplica {
    fn read(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        let media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        media.get(hash).map(|bytes| bytes.to_vec())
    }
}
