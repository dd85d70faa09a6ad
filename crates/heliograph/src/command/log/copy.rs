//! `heliograph log backup` and `heliograph log restore`

use super::exists;
use super::proof::read;
use crate::Failure;
use crate::command::say;
use heliograph_hub::backups::{CHECKPOINT_FILE, KEY_FILE, back_up};
use heliograph_hub::transparency::{Checkpoint, LogKey};
use heliograph_log::DiskLog;
use std::path::Path;

pub(crate) fn backup(data: &Path, to: &Path) -> Result<(), Failure> {
    exists(data)?;
    let key = LogKey::in_folder(data)?;
    let head = back_up(&DiskLog::open(data)?, &key, to)?;
    say(&format!(
        "{} records in {}, root {}",
        head.size,
        to.display(),
        head.root_hex()
    ));
    say("the keys in the data folder's `keys` are not in it: keep a copy of them in a safe of their own");
    Ok(())
}

pub(crate) fn compact(data: &Path) -> Result<(), Failure> {
    exists(data)?;
    let tables = data.join(heliograph_log::FILE_NAME);
    let size = || std::fs::metadata(&tables).map_or(0, |found| found.len());
    let before = size();
    DiskLog::open(data)?.compact()?;
    say(&format!("the tables take {} bytes, and took {before}", size()));
    Ok(())
}

pub(crate) fn carry_erasures(data: &Path, to: &Path) -> Result<(), Failure> {
    exists(data)?;
    exists(to)?;
    let count = DiskLog::open(data)?.carry_erasures(to)?;
    say(&format!("{count} objects more are erased in {}", to.display()));
    Ok(())
}

pub(crate) fn restore(from: &Path, data: &Path, root_key: Option<&Path>) -> Result<(), Failure> {
    exists(from)?;
    let key = read(&from.join(KEY_FILE))?.parse()?;
    let checkpoint = Checkpoint::open(&read(&from.join(CHECKPOINT_FILE))?, &key)?;
    let head = heliograph_log::restore(from, data, &[checkpoint.head])?;
    say(&format!(
        "{} records in {}, root {}",
        head.size,
        data.display(),
        head.root_hex()
    ));
    if root_key.is_some() {
        return crate::command::hub::new_epoch(data, root_key);
    }
    say(
        "displays may have seen what this backup does not hold, and refuse it: before the hub starts, put `keys` back and run `heliograph hub new-epoch`",
    );
    Ok(())
}
