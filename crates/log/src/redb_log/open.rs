//! Opening the file: what is not a sound log is told apart and left alone.

use super::file::{BLOCKS, CONTENT, FORMAT, File, INDEXED, META, Recent, STREAMS, TABLES};
use crate::error::{OpenError, ReadError};
use crate::event_log::COMMAND_MEMORY_MS;
use crate::name::{Position, TimestampMs};
use crate::record::{Record, read_block};
use crate::sequencer::Sequencer;
use bytes::Bytes;
use redb::{Database, DatabaseError, ReadableDatabase, StorageError};
use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::RwLock;

/// How every redb file begins.
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
/// The format of the tables.
const THIS_FORMAT: u64 = 1;
/// Memory that redb may keep pages in, in bytes.
const CACHE: usize = 64 * 1024 * 1024;

pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) sequencer: Sequencer,
}

pub(crate) fn open(dir: &Path, path: &Path) -> Result<Opened, OpenError> {
    let io = |cause| OpenError::Io {
        path: dir.to_owned(),
        cause,
    };
    let exists = match path.try_exists() {
        Ok(exists) => exists,
        // Something that is no folder stands where the folder should be.
        Err(cause) => return Err(io(cause)),
    };
    if exists {
        looks_like_a_log(path)?;
    } else {
        fs::create_dir_all(dir).map_err(io)?;
    }
    // redb may panic on a file whose disk lied about what was synced; a person must hear a sentence instead.
    let opened = catch_unwind(AssertUnwindSafe(|| open_file(path, exists)));
    opened.unwrap_or_else(|panic| {
        Err(OpenError::Damaged {
            path: path.to_owned(),
            why: spoken(&*panic),
        })
    })
}

fn spoken(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!(
        "its structure does not hold ({})",
        text.unwrap_or("no reason was given")
    )
}

fn looks_like_a_log(path: &Path) -> Result<(), OpenError> {
    let io = |cause| OpenError::Io {
        path: path.to_owned(),
        cause,
    };
    let mut begin = Vec::new();
    fs::File::open(path)
        .map_err(io)?
        .take(MAGIC.len() as u64)
        .read_to_end(&mut begin)
        .map_err(io)?;
    let why = match begin.as_slice() {
        MAGIC => return Ok(()),
        [] => "the file is empty; if nothing was ever recorded here, remove it",
        _ => "it begins otherwise",
    };
    Err(OpenError::NotALog {
        path: path.to_owned(),
        why,
    })
}

fn open_file(path: &Path, exists: bool) -> Result<Opened, OpenError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    let db = if exists {
        builder.open(path)
    } else {
        builder.create(path)
    };
    let db = db.map_err(|error| refused(path, error))?;
    let damaged = |error: &dyn std::fmt::Display| OpenError::Damaged {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let format = if exists {
        read_format(&db).map_err(|error| damaged(&error))?
    } else {
        None
    };
    match format {
        Some(THIS_FORMAT) => {}
        Some(format) if format > THIS_FORMAT => {
            return Err(OpenError::Newer {
                path: path.to_owned(),
                format: u8::try_from(format).unwrap_or(u8::MAX),
            });
        }
        Some(_) => {
            return Err(OpenError::NotALog {
                path: path.to_owned(),
                why: "its format is unknown",
            });
        }
        None if exists && has_tables(&db).map_err(|error| damaged(&error))? => {
            return Err(OpenError::NotALog {
                path: path.to_owned(),
                why: "it is another program's redb file",
            });
        }
        None => make_tables(&db).map_err(|error| damaged(&error))?,
    }
    let (recent, sequencer) = remember(&db).map_err(|error| damaged(&error))?;
    Ok(Opened {
        file: File {
            db,
            recent: RwLock::new(recent),
        },
        sequencer,
    })
}

fn refused(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(path),
        DatabaseError::Storage(StorageError::Io(cause)) => OpenError::Io { path, cause },
        error => OpenError::Damaged {
            path,
            why: error.to_string(),
        },
    }
}

fn has_tables(db: &Database) -> Result<bool, redb::Error> {
    Ok(db.begin_read()?.list_tables()?.next().is_some())
}

fn read_format(db: &Database) -> Result<Option<u64>, redb::Error> {
    let read = db.begin_read()?;
    match read.open_table(META) {
        Ok(meta) => Ok(meta.get(FORMAT)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_) | redb::TableError::TableTypeMismatch { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn make_tables(db: &Database) -> Result<(), redb::Error> {
    let write = db.begin_write()?;
    {
        write.open_table(BLOCKS)?;
        write.open_table(STREAMS)?;
        write.open_table(CONTENT)?;
        write.open_table(TABLES)?;
        write.open_table(META)?.insert(FORMAT, THIS_FORMAT)?;
    }
    write.commit()?;
    Ok(())
}

/// What the committer must know of the past: the records whose streams are not indexed yet, and the commands of the
/// last week. Both are near the end, so that a long log opens as fast as a short one.
fn remember(db: &Database) -> Result<(Recent, Sequencer), ReadError> {
    use super::file::unreadable;
    let read = db.begin_read().map_err(unreadable)?;
    let meta = read.open_table(META).map_err(unreadable)?;
    let indexed = meta
        .get(INDEXED)
        .map_err(unreadable)?
        .map_or(0, |position| position.value());
    let blocks = read.open_table(BLOCKS).map_err(unreadable)?;
    let mut late: Vec<Vec<Record>> = Vec::new();
    let mut newest: Option<(Position, TimestampMs)> = None;
    for row in blocks.range::<u64>(..).map_err(unreadable)?.rev() {
        let (first, block) = row.map_err(unreadable)?;
        let damaged = ReadError::Damaged(Position(first.value()));
        let records = read_block(&Bytes::copy_from_slice(block.value())).ok_or(damaged)?;
        let Some(last) = records.last() else { continue };
        let end = *newest.get_or_insert((last.position, last.recorded_at));
        if last.position.0 <= indexed && last.recorded_at.0 < end.1.0.saturating_sub(COMMAND_MEMORY_MS) {
            break;
        }
        late.push(records);
    }
    let (position, recorded_at) = newest.unwrap_or_default();
    let mut sequencer = Sequencer::after(position, recorded_at);
    let mut recent = Recent::new();
    for record in late.iter().rev().flatten() {
        if record.recorded_at.0 >= recorded_at.0.saturating_sub(COMMAND_MEMORY_MS) {
            sequencer.recall(record);
        }
        if record.position.0 > indexed {
            recent
                .entry(record.stream.clone())
                .or_default()
                .push((record.revision.0, record.position.0));
        }
    }
    Ok((recent, sequencer))
}
