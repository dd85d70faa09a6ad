//! A replica in a redb file.

use super::form::{Place, Row, Rows, Table, read_rows, to_row};
use super::media::Shelf;
use super::{Change, Media, Remembered, Replica, ReplicaError};
use heliograph_domain::Instant;
use redb::backends::InMemoryBackend;
use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition, TableError};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FILE: &str = "replica.redb";
const DAMAGED: &str = "replica.redb.damaged-";

/// redb keeps this much of the file in memory, in bytes. A display reads its replica once, at start.
const CACHE_BYTES: usize = 1 << 20;

/// The file `replica.redb` in a data directory.
pub struct FileReplica {
    path: PathBuf,
    /// Nothing after a write that failed: the database takes no more until it is opened anew.
    database: Option<Database>,
    shelf: Shelf,
}

impl FileReplica {
    /// Opens the replica in `data`, or makes one. A damaged file is moved aside as `replica.redb.damaged-<ms>`, the only
    /// one of its kind, and an empty one takes its place, because a display must come back by itself; what was in it is told in the log, and
    /// the hub sends all of it again. `now` names the file.
    ///
    /// # Errors
    /// When another player has it open, or the disk refuses.
    pub fn open(data: &Path, now: Instant) -> Result<(Self, Remembered), ReplicaError> {
        fs::create_dir_all(data).map_err(|error| ReplicaError::Storage(format!("{}: {error}", data.display())))?;
        let path = data.join(FILE);
        match Self::open_and_load(&path) {
            Err(ReplicaError::Damaged(why)) => {
                let aside = move_aside(&path, now)?;
                tracing::warn!(why, file = %aside.display(), "the replica was damaged and is kept aside; starting with an empty one");
                Self::open_and_load(&path)
            }
            opened => opened,
        }
    }

    fn open_and_load(path: &Path) -> Result<(Self, Remembered), ReplicaError> {
        supervised(|| {
            let mut database = open_database(path)?;
            // A flipped bit must not show what nobody signed. A display's file is small, and this is done once.
            database.check_integrity().map_err(opening)?;
            let mut replica = Self {
                path: path.to_owned(),
                database: Some(database),
                shelf: Shelf::beside(path),
            };
            let remembered = replica.load()?;
            replica.shelf.keep_only(&remembered.media);
            Ok((replica, remembered))
        })
    }

    /// The rows of the file in `data`, read without writing to it, as when its disk is read-only.
    pub(super) fn peek(data: &Path) -> Result<Rows, ReplicaError> {
        supervised(|| {
            let path = data.join(FILE);
            let bytes =
                fs::read(&path).map_err(|error| ReplicaError::Storage(format!("{}: {error}", path.display())))?;
            let copy = InMemoryBackend::new();
            let filled = copy.set_len(bytes.len() as u64).and_then(|()| copy.write(0, &bytes));
            filled.map_err(|error| ReplicaError::Storage(error.to_string()))?;
            let database = Database::builder().create_with_backend(copy).map_err(opening)?;
            all_rows(&database)
        })
    }

    /// Has the file keep these rows and pictures, and drop what is `gone`.
    pub(super) fn take_over(&mut self, rows: Rows, gone: Vec<Place>, pictures: &[Change]) -> Result<(), ReplicaError> {
        supervised(|| {
            let database = self.database()?;
            let gone = gone.into_iter().map(|place| (place, None));
            let kept = rows.into_iter().map(|(place, value)| (place, Some(value)));
            self.write(&database, gone.chain(kept).collect(), pictures)?;
            self.database = Some(database);
            Ok(())
        })
    }

    /// The database, opened anew if a write failed before.
    fn database(&mut self) -> Result<Database, ReplicaError> {
        match self.database.take() {
            Some(database) => Ok(database),
            None => open_database(&self.path),
        }
    }

    fn write(&self, database: &Database, rows: Vec<Row>, changes: &[Change]) -> Result<(), ReplicaError> {
        let writing = database.begin_write().map_err(storage)?;
        for ((table, key), value) in rows {
            let mut open = writing.open_table(definition(table)).map_err(storage)?;
            match value {
                Some(value) => open.insert(key.as_slice(), value.as_slice()).map_err(storage)?,
                None => open.remove(key.as_slice()).map_err(storage)?,
            };
        }
        // Files first: a row never names one that is not whole on the disk.
        self.shelf.write(changes)?;
        writing.commit().map_err(storage)?;
        self.shelf.remove(changes);
        Ok(())
    }
}

fn open_database(path: &Path) -> Result<Database, ReplicaError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES).create(path).map_err(opening)
}

fn all_rows(database: &Database) -> Result<Rows, ReplicaError> {
    let reading = database.begin_read().map_err(storage)?;
    let mut rows = Rows::new();
    for table in Table::ALL {
        let open = match reading.open_table(definition(table)) {
            Ok(open) => open,
            Err(TableError::TableDoesNotExist(_)) => continue,
            Err(error) => return Err(storage(error)),
        };
        for row in open.iter().map_err(storage)? {
            let (key, value) = row.map_err(storage)?;
            rows.insert((table, key.value().to_vec()), value.value().to_vec());
        }
    }
    Ok(rows)
}

impl Replica for FileReplica {
    fn load(&mut self) -> Result<Remembered, ReplicaError> {
        supervised(|| {
            let database = self.database()?;
            let remembered = read_rows(&all_rows(&database)?, &|hash| self.shelf.length(hash))?;
            self.database = Some(database);
            Ok(remembered)
        })
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), ReplicaError> {
        supervised(|| {
            let rows: Vec<Row> = changes.iter().map(to_row).collect::<Result<_, _>>()?;
            let database = self.database()?;
            self.write(&database, rows, changes)?;
            self.database = Some(database);
            Ok(())
        })
    }

    fn media(&self) -> Arc<dyn Media> {
        Arc::new(self.shelf.clone())
    }
}

fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

/// redb can panic on a file whose disk lied about `fsync`; to a display that is one more way to be damaged.
fn supervised<T>(work: impl FnOnce() -> Result<T, ReplicaError>) -> Result<T, ReplicaError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(ReplicaError::Damaged(
            why.unwrap_or_else(|| "the database panicked".to_owned()),
        ))
    })
}

/// Keeps the file for whoever looks into it, and no other: a disk that fails time and again must not fill up.
fn move_aside(path: &Path, now: Instant) -> Result<PathBuf, ReplicaError> {
    let former = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for entry in former.into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(DAMAGED)) {
            // What cannot be removed does no other harm.
            let _ = fs::remove_file(entry.path());
        }
    }
    let aside = path.with_file_name(format!("{DAMAGED}{}", now.0));
    fs::rename(path, &aside).map_err(|error| ReplicaError::Storage(error.to_string()))?;
    Ok(aside)
}

/// Which failures to open mean damage, and which mean that the disk or another player is in the way: only a damaged
/// file may be moved aside.
fn opening(error: DatabaseError) -> ReplicaError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => ReplicaError::InUse,
        DatabaseError::RepairAborted | DatabaseError::UpgradeRequired(_) => ReplicaError::Damaged(error.to_string()),
        DatabaseError::Storage(inner) => storage(inner),
        other => ReplicaError::Storage(other.to_string()),
    }
}

fn storage(error: impl Into<redb::Error>) -> ReplicaError {
    let error = error.into();
    let damaged = match &error {
        redb::Error::Corrupted(_) | redb::Error::LockPoisoned(_) | redb::Error::TableTypeMismatch { .. } => true,
        redb::Error::Io(io) => matches!(
            io.kind(),
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
        ),
        _ => false,
    };
    if damaged {
        ReplicaError::Damaged(error.to_string())
    } else {
        ReplicaError::Storage(error.to_string())
    }
}
