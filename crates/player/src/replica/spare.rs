//! What stands in for a file that cannot be opened: a display whose disk is full, read-only or gone plays on, and keeps
//! everything as soon as the disk takes it.

use super::form::{Place, Rows, Table, read_rows};
use super::media::Shelf;
use super::{Change, FileReplica, Media, MemoryReplica, Remembered, Replica, ReplicaError};
use heliograph_domain::{ContentHash, Instant};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A replica in memory that moves into its file when that can be opened.
pub struct SpareReplica {
    data: PathBuf,
    now: Instant,
    memory: MemoryReplica,
    shelf: Shelf,
    /// The rows that could be read of the file.
    read: BTreeSet<Place>,
    file: Option<FileReplica>,
}

impl SpareReplica {
    /// Stands in for the file in `data`, with what can be read of it; `now` names a damaged file, as when one is opened.
    #[must_use]
    pub fn new(data: &Path, now: Instant) -> (Self, Remembered) {
        let rows = FileReplica::peek(data).unwrap_or_default();
        let shelf = Shelf::beside(&data.join("replica.redb"));
        // What makes no sense is left out whole, as when the file is opened.
        let sense = read_rows(&rows, &|hash| shelf.length(hash));
        let (rows, remembered) = match sense {
            Ok(remembered) => (rows, remembered),
            Err(_) => (Rows::new(), Remembered::default()),
        };
        let spare = Self {
            data: data.to_owned(),
            now,
            read: rows.keys().cloned().collect(),
            memory: MemoryReplica::holding(rows),
            shelf,
            file: None,
        };
        (spare, remembered)
    }

    /// Moves into the file, if there is one by now.
    fn move_in(&mut self) -> Result<(), ReplicaError> {
        let (mut file, _) = FileReplica::open(&self.data, self.now)?;
        let rows = self.memory.rows();
        let gone: Vec<Place> = self
            .read
            .iter()
            .filter(|place| !rows.contains_key(place))
            .cloned()
            .collect();
        let mut pictures = self.memory.pictures();
        pictures.extend(gone.iter().filter_map(dropped_picture));
        file.take_over(rows, gone, &pictures)?;
        tracing::info!(data = %self.data.display(), "the replica is on the disk again");
        self.memory.clear();
        self.file = Some(file);
        Ok(())
    }
}

impl Replica for SpareReplica {
    fn load(&mut self) -> Result<Remembered, ReplicaError> {
        match &mut self.file {
            Some(file) => file.load(),
            None => read_rows(&self.memory.rows(), &|hash| {
                self.memory.length(hash).or_else(|| self.shelf.length(hash))
            }),
        }
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), ReplicaError> {
        if let Some(file) = &mut self.file {
            return file.apply(changes);
        }
        self.memory.apply(changes)?;
        if let Err(error) = self.move_in() {
            tracing::debug!(%error, "the replica stays in memory");
        }
        Ok(())
    }

    fn media(&self) -> Arc<dyn Media> {
        Arc::new(Both(self.memory.clone(), self.shelf.clone()))
    }
}

/// The change that drops the picture of a row.
fn dropped_picture((table, key): &Place) -> Option<Change> {
    let hash = key.as_slice().try_into().ok().map(ContentHash)?;
    (*table == Table::Media).then_some(Change::Media(hash, None))
}

/// Pictures in memory, and those on the disk.
struct Both(MemoryReplica, Shelf);

impl Media for Both {
    fn read(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        self.0.read(hash).or_else(|| self.1.read(hash))
    }
}
