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
