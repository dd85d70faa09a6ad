//! Copies of the log that a running hub makes: one a day by itself, and one whenever it is asked to. Each is kept for so
//! many days, and is told of every erasure.

use crate::http::problem::Problem;
use crate::office::Office;
use crate::transparency::{Checkpoint, CheckpointError, LogKey};
use heliograph_domain::Instant;
use heliograph_domain::time::DAY_MS;
use heliograph_log::{BackupError, DiskLog, EventLog, TreeHead};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// The signed checkpoint in a backup.
pub const CHECKPOINT_FILE: &str = "checkpoint";
/// What verifies it.
pub const KEY_FILE: &str = "checkpoint.vkey";
/// How the names of backups begin; the time follows.
const NAME: &str = "heliograph-";
/// How the time is written in them, in UTC: names sort by time.
const TIME: &str = "%Y%m%dT%H%M%SZ";

/// Where backups go, and how long they stay.
#[derive(Debug, Clone)]
pub struct BackupPlan {
    /// The folder, on another disk if there is one.
    pub folder: PathBuf,
    /// Days after which a backup is removed. What staff removed from drafts stays readable in backups for so long.
    pub keep_days: u16,
}

/// Why there is no backup.
#[derive(Debug, Error)]
pub enum BackupsError {
    /// The hub was started without a place for them.
    #[error("this hub has no folder for backups: start it with --backups FOLDER")]
    NoFolder,
    /// The copy failed.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// The checkpoint's key cannot be used.
    #[error(transparent)]
    Key(#[from] CheckpointError),
    /// The folder cannot be used.
    #[error("{folder} cannot be used for backups: {cause}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

/// A backup that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its folder's name.
    pub name: String,
    /// When it was made.
    pub at: Instant,
    /// What it holds.
    pub head: TreeHead,
}

/// Copies a log with a signed checkpoint and what verifies that.
///
/// # Errors
/// When the folder exists or cannot be written, or the log cannot be read.
pub fn back_up(log: &DiskLog, key: &LogKey, to: &Path) -> Result<TreeHead, BackupError> {
    log.backup_with(to, |head, folder| {
        let note = key.sign(head).map_err(io::Error::other)?;
        fs::write(folder.join(CHECKPOINT_FILE), note)?;
        fs::write(folder.join(KEY_FILE), format!("{}\n", key.verifier()))
    })
}

/// The hub's backups.
pub(crate) struct Backups {
    log: Arc<DiskLog>,
    data: PathBuf,
    plan: Option<BackupPlan>,
    /// One at a time.
    busy: Mutex<()>,
}

impl Backups {
    pub(crate) fn new(log: Arc<DiskLog>, data: PathBuf, plan: Option<BackupPlan>) -> Self {
        Self {
            log,
            data,
            plan,
            busy: Mutex::default(),
        }
    }

    pub(crate) fn plan(&self) -> Option<&BackupPlan> {
        self.plan.as_ref()
    }

    /// Makes a backup now.
    pub(crate) fn make(&self, now: Instant) -> Result<Backup, BackupsError> {
        let plan = self.plan.as_ref().ok_or(BackupsError::NoFolder)?;
        let _one = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        private_folder(&plan.folder).map_err(in_folder(&plan.folder))?;
        let key = LogKey::in_folder(&self.data)?;
        let name = name_at(now);
        let to = plan.folder.join(&name);
        let head = back_up(&self.log, &key, &to)?;
        tracing::info!(backup = %to.display(), records = head.size, "backed up");
        // As the list will tell it: to the second.
        let at = time_of(&name).unwrap_or(now);
        Ok(Backup { name, at, head })
    }

    /// What there is, the newest first. Folders that are no backups of this hub are passed over.
    pub(crate) fn list(&self) -> Result<Vec<Backup>, BackupsError> {
        let Some(plan) = &self.plan else { return Ok(Vec::new()) };
        let key = LogKey::in_folder(&self.data)?;
        let entries = match fs::read_dir(&plan.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(in_folder(&plan.folder)(cause)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(in_folder(&plan.folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let note = fs::read_to_string(entry.path().join(CHECKPOINT_FILE)).unwrap_or_default();
            let checkpoint = Checkpoint::open(&note, key.verifier()).ok();
            if let (Some(at), Some(checkpoint)) = (time_of(&name), checkpoint) {
                let head = checkpoint.head;
                found.push(Backup { name, at, head });
            }
        }
        found.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(found)
    }

    /// What is due: a backup if the last is a day old, the removal of those that are too old, and every erasure in the
    /// others. What goes wrong is logged, and tried again the next time.
    pub(crate) fn tend(&self, now: Instant) {
        let empty = self.log.head().is_ok_and(|head| head.position.0 == 0);
        if self.plan.is_none() || empty {
            return;
        }
        let due = self
            .list()
            .map(|found| found.first().is_none_or(|last| now.since(last.at) >= DAY_MS));
        let made = due.and_then(|due| if due { self.make(now).map(drop) } else { Ok(()) });
        if let Err(error) = made.and_then(|()| self.drop_old(now)) {
            tracing::error!(%error, "the log was not backed up");
        }
        self.carry_erasures();
    }

    fn drop_old(&self, now: Instant) -> Result<(), BackupsError> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let _one = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let old = |backup: &Backup| now.since(backup.at) > u64::from(plan.keep_days) * DAY_MS;
        // The newest stays, whatever its age: an office that was closed for long has one.
        for backup in self.list()?.into_iter().skip(1).filter(old) {
            let folder = plan.folder.join(&backup.name);
            fs::remove_dir_all(&folder).map_err(in_folder(&folder))?;
        }
        Ok(())
    }

    /// Destroys in all backups what was erased.
    pub(crate) fn carry_erasures(&self) {
        let Some(plan) = &self.plan else { return };
        let found = self.list().unwrap_or_default();
        let _one = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        for backup in found {
            let folder = plan.folder.join(&backup.name);
            if let Err(error) = self.log.carry_erasures(&folder) {
                tracing::error!(%error, backup = %folder.display(), "what was erased can still be read in this backup");
            }
        }
    }
}

/// Destroys in all backups what was erased, away from the threads that answer. What goes wrong is logged, and tried again
/// within the hour.
pub(crate) async fn carry_erasures(office: &Arc<Office>) -> Result<(), Problem> {
    let office = Arc::clone(office);
    let carried = tokio::task::spawn_blocking(move || office.backups.carry_erasures()).await;
    carried.map_err(Problem::internal)
}

fn in_folder(folder: &Path) -> impl FnOnce(io::Error) -> BackupsError {
    let folder = folder.to_owned();
    |cause| BackupsError::Folder { folder, cause }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn name_at(now: Instant) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(now.0).unwrap_or(i64::MAX));
    format!("{NAME}{}", at.unwrap_or_default().strftime(TIME))
}

fn time_of(name: &str) -> Option<Instant> {
    let time = name.strip_prefix(NAME)?;
    let at = jiff::civil::DateTime::strptime(TIME, time).ok()?;
    let at = jiff::tz::TimeZone::UTC.to_timestamp(at).ok()?;
    u64::try_from(at.as_millisecond()).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_time() {
        let at = Instant(1_763_942_400_000);
        assert_eq!(name_at(at), "heliograph-20251124T000000Z");
        assert_eq!(time_of(&name_at(at)), Some(at));
        assert_eq!(time_of("heliograph-yesterday"), None);
        assert_eq!(time_of("heliograph-20251124T000000Z.partial"), None);
    }
}
