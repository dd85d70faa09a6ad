//! Copies of a log that runs, and putting one back.

use super::state::{self, Direct};
use super::store::Store;
use super::{DiskLog, TreeHead, keys, media, segment};
use crate::disk::{Disk, Folder};
use crate::error::{AppendError, OpenError, ReadError};
use crate::event_log::EventLog;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes copied at a time.
const CHUNK: usize = 1024 * 1024;

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Something is in its place.
    #[error("{0} exists already: nothing is written over; name another folder")]
    Exists(PathBuf),
    /// It is a copy of something else.
    #[error("{0} is a copy of another log: nothing in it was changed")]
    OtherLog(PathBuf),
    /// The folder or a file cannot be used.
    #[error("{path} cannot be used: {cause}. Check that this user may write there, and that the disk is not full")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The tables behind the log cannot be brought up to it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The copy does not open.
    #[error("the copy does not open: {0}")]
    Open(#[from] OpenError),
}

impl DiskLog {
    /// Copies the log into a folder that does not exist yet, while it runs. The copy is whole when the folder is there: it
    /// is made beside it, synced, and renamed. It is a log as any other. The head over its records is answered.
    ///
    /// # Errors
    /// When the folder exists or cannot be written, or the log cannot be read.
    pub fn backup(&self, to: &Path) -> Result<TreeHead, BackupError> {
        self.backup_with(to, |_, _| Ok(()))
    }

    /// Destroys in a copy of this log what was erased here since it was made, and the rows that were removed; how many
    /// objects that were. What was erased is then in no copy that this was done to.
    ///
    /// # Errors
    /// When the copy is of another log, or cannot be opened or written.
    pub fn carry_erasures(&self, copy: &Path) -> Result<u64, BackupError> {
        self.store.apply(&Direct::default()).map_err(AppendError::from)?;
        let erased = self.store.state.all_erased()?;
        let copy_of = DiskLog::open(copy)?;
        if copy_of.store.log_id() != self.store.log_id() {
            return Err(BackupError::OtherLog(copy.to_owned()));
        }
        let end = copy_of.store.keys.next();
        let mut direct = Direct::default();
        for (hash, slot) in erased {
            if slot < end && copy_of.store.keys.get(slot)?.is_some() {
                direct.erase.push((hash, slot));
            }
        }
        if !direct.erase.is_empty() {
            copy_of.store.apply(&direct).map_err(AppendError::from)?;
        }
        // Rows that were removed, and what they held before. To the copy they are rows that are not there.
        let mut removed = self.store.state.all_removed()?;
        removed.retain(|slot| *slot < end);
        let swept = |cause| BackupError::Io {
            path: copy.to_owned(),
            cause,
        };
        media::sweep(copy_of.store.segments.disk(), &copy_of.store.keys).map_err(swept)?;
        copy_of.store.keys.erase(&removed).map_err(|cause| BackupError::Io {
            path: copy.join(keys::FILE),
            cause,
        })?;
        Ok(direct.erase.len() as u64)
    }

    /// Copies all files onto another disk, synced; how many records the copy has.
    pub(crate) fn copy_onto(&self, disk: &dyn Disk) -> Result<u64, BackupError> {
        let size = copy(&self.store, disk)?;
        disk.sync_folder().map_err(|cause| BackupError::Io {
            path: disk.path(""),
            cause,
        })?;
        Ok(size)
    }

    /// As [`DiskLog::backup`]; `more` puts what belongs to the copy into its folder before that is renamed.
    ///
    /// # Errors
    /// As there, or when `more` fails.
    pub fn backup_with(
        &self,
        to: &Path,
        more: impl FnOnce(TreeHead, &Path) -> io::Result<()>,
    ) -> Result<TreeHead, BackupError> {
        if to.exists() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let beside = partial(to);
        let io = |cause| BackupError::Io {
            path: beside.clone(),
            cause,
        };
        if beside.exists() {
            fs::remove_dir_all(&beside).map_err(io)?;
        }
        let folder = Folder::open(&beside).map_err(io)?;
        let size = self.copy_onto(&folder)?;
        let head = self.tree_head(Some(size))?;
        more(head, &beside).map_err(io)?;
        publish(&beside, to).map_err(io)?;
        Ok(head)
    }
}

/// Puts a copy in the place of a log that is not there. The copy is read first, from the first byte to the last.
///
/// # Errors
/// When something is in the place, the copy is not sound, or the disk refuses.
pub fn restore(from: &Path, to: &Path, heads: &[TreeHead]) -> Result<TreeHead, RestoreError> {
    vacant(to)?;
    let found = {
        let copy = DiskLog::open(from).map_err(BackupError::from)?;
        copy.verify(heads)?
    };
    let io = |cause| BackupError::Io {
        path: to.to_owned(),
        cause,
    };
    let names = Folder::open(from).and_then(|folder| folder.list()).map_err(io)?;
    let mut names: Vec<String> = names.into_iter().filter(|name| is_of_a_log(name)).collect();
    // The tables go last: a copy that was broken off does not open as a log.
    names.sort_by_key(|name| name == state::FILE);
    for name in names {
        let mut source = fs::File::open(from.join(&name)).map_err(io)?;
        let mut target = private_file(&to.join(&name)).map_err(io)?;
        io::copy(&mut source, &mut target).map_err(io)?;
        target.sync_all().map_err(io)?;
    }
    fs::File::open(to).and_then(|folder| folder.sync_all()).map_err(io)?;
    let restored = DiskLog::open(to).map_err(BackupError::from)?;
    let size = restored.head().map_err(BackupError::from)?.position.0;
    Ok(TreeHead { size, root: found.root })
}

/// Whether a folder, which is made if it is not there, has no file of a log.
pub(crate) fn vacant(dir: &Path) -> Result<(), BackupError> {
    let names = Folder::open(dir).and_then(|folder| folder.list());
    let names = names.map_err(|cause| BackupError::Io {
        path: dir.to_owned(),
        cause,
    })?;
    match names.iter().find(|name| is_of_a_log(name)) {
        Some(name) => Err(BackupError::Exists(dir.join(name))),
        None => Ok(()),
    }
}

/// Why a copy was not put back.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The copy is not what was written.
    #[error("the backup is not sound: {0}")]
    Unsound(#[from] super::VerifyError),
    /// It cannot be copied.
    #[error(transparent)]
    Copy(#[from] BackupError),
}

fn is_of_a_log(name: &str) -> bool {
    segment::number_of(name).is_some() || name == keys::FILE || name == state::FILE || media::of_name(name).is_some()
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    to.with_file_name(name)
}

fn publish(beside: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(beside)? {
        fs::File::open(entry?.path())?.sync_all()?;
    }
    fs::File::open(beside)?.sync_all()?;
    fs::rename(beside, to)?;
    let above = to.parent().filter(|above| !above.as_os_str().is_empty());
    fs::File::open(above.unwrap_or(Path::new(".")))?.sync_all()
}

/// Copies all files; how many records the copy has.
fn copy(store: &Store, folder: &dyn Disk) -> Result<u64, BackupError> {
    store.apply(&Direct::default()).map_err(AppendError::from)?;
    let end = store.state.copy_to(folder, state::FILE)?;
    let io = |name: String| {
        let path = folder.path(&name);
        move |cause| BackupError::Io { path, cause }
    };
    for one in store.segments.list() {
        if one.head.number > end.place.segment {
            break;
        }
        let name = segment::file_name(one.head.number);
        let own = one.head.number == end.place.segment;
        let upto = if own { Some(u64::from(end.place.at)) } else { None };
        copy_file(&*one.file, folder, &name, upto).map_err(io(name.clone()))?;
    }
    let source = store.segments.disk();
    for name in source.list().map_err(io(String::new()))? {
        let slot = media::of_name(&name).map(|(_, slot)| slot);
        // What is erased already, or belongs to a frame behind the copy's end, is not of the copy.
        if slot.is_some_and(|slot| slot < end.next_slot && matches!(store.keys.get(slot), Ok(Some(_)))) {
            let file = source.open_to_read(&name).map_err(io(name.clone()))?;
            copy_file(&*file, folder, &name, None).map_err(io(name.clone()))?;
        }
    }
    copy_file(store.keys.file(), folder, keys::FILE, None).map_err(io(keys::FILE.to_owned()))?;
    Ok(end.position.0)
}

fn copy_file(from: &dyn crate::disk::DiskFile, folder: &dyn Disk, name: &str, upto: Option<u64>) -> io::Result<()> {
    let length = upto.map_or_else(|| from.len(), Ok)?;
    let target = folder.open(name)?;
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    while at < length {
        let want = usize::try_from(length - at).map_or(CHUNK, |rest| rest.min(CHUNK));
        let read = from.read_at(at, &mut buffer[..want])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        target.write_at(at, &buffer[..read])?;
        at += read as u64;
    }
    target.sync()
}
