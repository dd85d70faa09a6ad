//! Objects too large to lie among the records: each in a file of its own, sealed under a key of its own, and synced before
//! the record that names it. The file's name is the object's hash and its key's slot.

use super::keys::Keys;
use super::seal::Sealed;
use super::store::Store;
use crate::disk::Disk;
use crate::error::ReadError;
use crate::hex;
use crate::name::ContentHash;
use bytes::{Bytes, BytesMut};
use std::io;

const PREFIX: &str = "media-";

/// The file of an object.
pub(crate) fn file_name(hash: &ContentHash, slot: u64) -> String {
    format!("{PREFIX}{hash}-{slot:016x}")
}

/// The object and key slot that a file is named for.
pub(crate) fn of_name(name: &str) -> Option<(ContentHash, u64)> {
    let (hash, slot) = name.strip_prefix(PREFIX)?.split_once('-')?;
    let slot: [u8; 8] = hex::decode(slot)?;
    Some((ContentHash(hex::decode(hash)?), u64::from_be_bytes(slot)))
}

/// Writes an object's file; when this returns, it survives a power cut.
pub(crate) fn write(disk: &dyn Disk, hash: &ContentHash, sealed: &Sealed) -> io::Result<()> {
    let file = disk.open(&file_name(hash, sealed.slot))?;
    let mut bytes = Vec::new();
    sealed.write(&mut bytes);
    file.set_len(0)?;
    file.write_at(0, &bytes)?;
    file.sync()?;
    disk.sync_folder()
}

/// The sealed object; `None` when its file is gone, as it is after an erasure.
pub(crate) fn read(disk: &dyn Disk, hash: &ContentHash, slot: u64) -> Result<Option<Sealed>, ReadError> {
    let storage = |error: io::Error| ReadError::Storage(error.to_string());
    let file = match disk.open_to_read(&file_name(hash, slot)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(storage)?,
    };
    let length = usize::try_from(file.len().map_err(storage)?).map_err(|_| ReadError::Sealed)?;
    let mut bytes = BytesMut::zeroed(length);
    let read = file.read_at(0, &mut bytes).map_err(storage)?;
    bytes.truncate(read);
    let bytes: Bytes = bytes.freeze();
    let sealed = Sealed::read(&bytes, &mut &bytes[..]).filter(|sealed| sealed.slot == slot);
    sealed.map(Some).ok_or(ReadError::Sealed)
}

/// Removes the files of objects that are erased. The key is destroyed already: what stays is space.
pub(crate) fn sweep(disk: &dyn Disk, keys: &Keys) -> io::Result<()> {
    for name in disk.list()? {
        let Some((_, slot)) = of_name(&name) else { continue };
        if slot < keys.next() && matches!(keys.get(slot), Ok(None)) {
            disk.remove(&name)?;
        }
    }
    Ok(())
}

/// Removes files that no record came to name, because the power went between the two.
pub(crate) fn remove_unnamed(store: &Store) -> io::Result<()> {
    let disk = store.segments.disk();
    for name in disk.list()? {
        let Some((hash, slot)) = of_name(&name) else { continue };
        let named = store
            .media_slot(&hash)
            .map_err(|error| io::Error::other(error.to_string()))?;
        if named != Some(slot) {
            disk.remove(&name)?;
        }
    }
    Ok(())
}
