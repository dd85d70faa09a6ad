//! The file of keys: one slot for each object and row. A slot is overwritten in place when its object is erased.

use super::seal::SealError;
use crate::disk::DiskFile;
use crate::error::ReadError;
use crate::name::NameError;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// The file's name.
pub(crate) const FILE: &str = "events.keys";
/// How the file begins. The last byte is the format.
const MAGIC: &[u8; 16] = b"heliograph keys\x01";
/// Bytes before the first slot: one sector, so that no slot lies across two.
const HEADER: u64 = 512;
/// Bytes of a slot.
const SLOT: u64 = 32;
/// Slots that are filled with random keys at a time, ahead of their use: no write waits for the file to grow.
const AHEAD: u64 = 1024;

/// A key. All zeros is what an erased slot holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) [u8; SLOT as usize]);

/// The slots.
#[derive(Debug)]
pub(crate) struct Keys {
    file: Arc<dyn DiskFile>,
    ready: Mutex<Ready>,
}

/// Slots that are on disk and not yet used.
#[derive(Debug)]
struct Ready {
    next: u64,
    keys: VecDeque<[u8; SLOT as usize]>,
}

impl Keys {
    /// Opens the file, or begins one. Slots before `next` are in use.
    pub(crate) fn open(file: Arc<dyn DiskFile>, next: u64) -> io::Result<Self> {
        let mut magic = [0; MAGIC.len()];
        let read = file.read_at(0, &mut magic)?;
        if read == 0 && next == 0 {
            let mut header = [0; HEADER as usize];
            header[..MAGIC.len()].copy_from_slice(MAGIC);
            file.write_at(0, &header)?;
            file.sync()?;
        } else if &magic != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a file of keys"));
        }
        let ready = Mutex::new(Ready {
            next,
            keys: VecDeque::new(),
        });
        Ok(Self { file, ready })
    }

    /// The file, to be copied.
    pub(crate) fn file(&self) -> &dyn DiskFile {
        &*self.file
    }

    /// A fresh slot and its key, which is on disk already.
    pub(crate) fn take(&self) -> Result<(u64, Key), SealError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.keys.is_empty() {
            let mut fresh = [0; (AHEAD * SLOT) as usize];
            getrandom::fill(&mut fresh).map_err(NameError::Random)?;
            self.file.write_at(HEADER + ready.next * SLOT, &fresh)?;
            self.file.sync()?;
            ready.keys = fresh.as_chunks().0.iter().copied().collect();
        }
        let slot = ready.next;
        let key = ready.keys.pop_front().ok_or(SealError::TooLong)?;
        ready.next += 1;
        Ok((slot, Key(key)))
    }

    /// The first slot that is not in use.
    pub(crate) fn next(&self) -> u64 {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).next
    }

    /// A slot's key; `None` when it was erased.
    pub(crate) fn get(&self, slot: u64) -> Result<Option<Key>, ReadError> {
        let mut key = [0; SLOT as usize];
        let read = self.file.read_at(HEADER + slot * SLOT, &mut key);
        let read = read.map_err(|error| ReadError::Storage(error.to_string()))?;
        if read < key.len() {
            return Err(ReadError::Sealed);
        }
        Ok((key != [0; SLOT as usize]).then_some(Key(key)))
    }

    /// Destroys the keys of slots, durably.
    pub(crate) fn erase(&self, slots: &[u64]) -> io::Result<()> {
        if slots.is_empty() {
            return Ok(());
        }
        for slot in slots {
            self.file.write_at(HEADER + slot * SLOT, &[0; SLOT as usize])?;
        }
        self.file.sync()
    }
}
