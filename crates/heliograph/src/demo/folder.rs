//! The demo's data folder.

use crate::Failure;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Marks a folder as the demo's, so that `--fresh` removes nothing else.
const MARK: &str = "heliograph-demo.txt";
/// Written when the year was lived to its end.
const LIVED: &str = "year-is-lived";
const TODAY: &str = "today.json";

/// The programme that the last start released.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Today {
    pub(crate) date: String,
    /// Approver and publication.
    pub(crate) released: Vec<(String, String)>,
}

/// A demo that runs has its log open and locked: its folder is not taken away from under it.
fn refuse_while_in_use(path: &Path) -> Result<(), Failure> {
    let Ok(log) = fs::File::open(path.join("hub").join("events.redb")) else {
        return Ok(());
    };
    match log.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(Failure::Problem(format!(
            "{} is in use by a demo that is running: stop that one first, or start in another directory",
            path.display()
        ))),
        // What cannot be locked at all is not held by a running demo either.
        Err(fs::TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

/// The folder.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens or makes it. A first start that was broken off is begun anew.
    pub(crate) fn open(path: &Path, fresh: bool) -> Result<Self, Failure> {
        let marked = path.join(MARK).exists();
        if path.exists() && !marked && fs::read_dir(path)?.next().is_some() {
            return Err(Failure::Problem(format!(
                "{} exists and is not a demo's folder: start in another directory",
                path.display()
            )));
        }
        let broken_off = marked && !path.join(LIVED).exists();
        if marked && (fresh || broken_off) {
            refuse_while_in_use(path)?;
            fs::remove_dir_all(path)?;
        }
        fs::create_dir_all(path)?;
        fs::write(
            path.join(MARK),
            "This folder holds the data of `heliograph demo`. It may be removed.\n",
        )?;
        Ok(Self { path: path.to_owned() })
    }

    pub(crate) fn hub(&self) -> PathBuf {
        self.path.join("hub")
    }

    pub(crate) fn players(&self) -> PathBuf {
        self.path.join("players")
    }

    pub(crate) fn year_is_lived(&self) -> Result<(), Failure> {
        Ok(fs::write(self.path.join(LIVED), "")?)
    }

    pub(crate) fn today(&self) -> Option<Today> {
        serde_json::from_slice(&fs::read(self.path.join(TODAY)).ok()?).ok()
    }

    pub(crate) fn keep_today(&self, today: &Today) -> Result<(), Failure> {
        Ok(fs::write(self.path.join(TODAY), serde_json::to_vec_pretty(today)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_demo_keeps_its_folder_and_a_stopped_one_is_begun_anew() {
        let dir = heliograph_tests::TempDir::new();
        let path = dir.path().join("demo");
        let folder = Folder::open(&path, false).unwrap();
        fs::create_dir_all(folder.hub()).unwrap();
        let log = heliograph_log::DiskLog::open(&folder.hub()).unwrap();
        folder.year_is_lived().unwrap();
        assert!(matches!(Folder::open(&path, true), Err(Failure::Problem(why)) if why.contains("in use")));
        assert!(folder.hub().join("events.redb").exists());
        // The control: once it has stopped, fresh is fresh.
        drop(log);
        Folder::open(&path, true).unwrap();
        assert!(!folder.hub().exists());
    }

    #[test]
    fn a_folder_that_is_not_a_demos_is_left_alone() {
        let dir = heliograph_tests::TempDir::new();
        fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
        assert!(Folder::open(dir.path(), true).is_err());
        assert!(dir.path().join("thesis.txt").exists());
    }
}
