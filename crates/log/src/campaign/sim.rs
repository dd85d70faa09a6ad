//! A disk that keeps for certain only what was synced. When the power goes, each 512-byte sector that was written since
//! the last sync is there or not; so is each change of a file's length, and each file that the folder was not synced for.

use crate::disk::{Disk, DiskFile};
use redb::{Database, DatabaseError, StorageBackend};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Numbers by chance, the same for the same seed (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What goes wrong, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    #[default]
    Sound,
    /// The power goes at the so-manieth change or sync from now.
    PowerCut(u64),
    /// So many changes and syncs from now on go well, then so many are refused, then all is well again.
    Refuses(u64, u64),
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Default)]
struct Bytes {
    /// What a running machine reads.
    cached: Vec<u8>,
    /// What is certainly there after a power cut.
    certain: Vec<u8>,
    /// Made since the last sync.
    uncertain: Vec<Change>,
    /// Whether the folder is known to have the file.
    named: bool,
}

#[derive(Debug, Default)]
struct Platter {
    files: BTreeMap<String, Bytes>,
    fate: Fate,
    dark: bool,
    /// Whether it says that it synced and did not, or wrote when it refused.
    lies: bool,
    /// Writes of which a power cut left a part.
    torn: u64,
}

/// The disk. Its clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimDisk(Arc<Mutex<Platter>>);

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Write(at, data) => {
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
        }
    }

    /// Applies the sectors that chance keeps; whether some were kept and some were not.
    fn tear(&self, bytes: &mut Vec<u8>, chance: &mut Chance, keep_in_8: u64) -> bool {
        let keep = |chance: &mut Chance| chance.below(8) < keep_in_8;
        let Self::Write(at, data) = self else {
            if keep(chance) {
                self.apply(bytes);
            }
            return false;
        };
        let (mut kept, mut dropped, mut from) = (false, false, 0);
        while from < data.len() {
            let to = ((at + from) / SECTOR * SECTOR + SECTOR - at).min(data.len());
            if keep(chance) {
                Self::Write(at + from, data[from..to].to_vec()).apply(bytes);
                kept = true;
            } else {
                dropped = true;
            }
            from = to;
        }
        kept && dropped
    }
}

fn dark() -> io::Error {
    io::Error::other("the power is gone")
}

/// In a spell of refusals a disk lies about the log's own files alone: redb's words on a page that was never written are a
/// panic, in places where a second one ends the process.
fn lies_about(name: &str) -> bool {
    !name.contains(".redb")
}

impl Platter {
    /// Whether this change or sync goes well.
    fn step(&mut self) -> io::Result<()> {
        match &mut self.fate {
            Fate::Sound => {}
            Fate::PowerCut(0) => self.dark = true,
            Fate::PowerCut(left) | Fate::Refuses(left @ 1.., _) => *left -= 1,
            Fate::Refuses(0, 0) => self.fate = Fate::Sound,
            Fate::Refuses(_, more) => {
                *more -= 1;
                return Err(io::Error::from_raw_os_error(28));
            }
        }
        if self.dark { Err(dark()) } else { Ok(()) }
    }

    fn change(&mut self, name: &str, change: Change) -> io::Result<()> {
        let step = self.step();
        let file = self.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        if self.dark {
            // The write that the power cut met may have reached the disk in part.
            file.uncertain.push(change);
            return step;
        }
        if step.is_err() && self.lies && lies_about(name) {
            // “Written”, it says.
            return Ok(());
        }
        step?;
        change.apply(&mut file.cached);
        file.uncertain.push(change);
        Ok(())
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let (step, lies) = (self.step(), self.lies);
        if !(lies && lies_about(name) && matches!(self.fate, Fate::Refuses(..))) {
            step?;
        }
        let file = self.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        if !lies {
            for change in std::mem::take(&mut file.uncertain) {
                change.apply(&mut file.certain);
            }
        }
        Ok(())
    }
}

impl SimDisk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    fn file(&self, name: &str) -> Arc<dyn DiskFile> {
        Arc::new(SimFile {
            disk: self.clone(),
            name: name.to_owned(),
        })
    }

    pub(crate) fn meets(&self, fate: Fate) {
        self.platter().fate = fate;
    }

    pub(crate) fn lies(&self) {
        self.platter().lies = true;
    }

    pub(crate) fn is_refusing(&self) -> bool {
        matches!(self.platter().fate, Fate::Refuses(0, _))
    }

    pub(crate) fn is_dark(&self) -> bool {
        self.platter().dark
    }

    /// The disk as it is found when the power is back, and how many writes were torn.
    pub(crate) fn found_later(&self, chance: &mut Chance) -> (Self, u64) {
        let platter = self.platter();
        let mut found = Platter::default();
        // Some cuts keep nearly all that was under way, some nearly nothing.
        let keep_in_8 = chance.below(9);
        for (name, file) in &platter.files {
            if !file.named && chance.one_in(2) {
                continue;
            }
            let mut bytes = file.certain.clone();
            for change in &file.uncertain {
                found.torn += u64::from(change.tear(&mut bytes, chance, keep_in_8));
            }
            let file = Bytes {
                cached: bytes.clone(),
                certain: bytes,
                uncertain: Vec::new(),
                named: true,
            };
            found.files.insert(name.clone(), file);
        }
        let torn = found.torn;
        (Self(Arc::new(Mutex::new(found))), torn)
    }

    /// All bytes that the disk holds, for those who look for what should be gone.
    pub(crate) fn holds(&self, wanted: &[u8]) -> bool {
        let platter = self.platter();
        platter
            .files
            .values()
            .any(|file| file.cached.windows(wanted.len()).any(|window| window == wanted))
    }

    pub(crate) fn bytes_of(&self, name: &str) -> Vec<u8> {
        self.platter().files[name].cached.clone()
    }

    /// Changes bytes behind everyone's back.
    pub(crate) fn damage(&self, name: &str, at: usize, bytes: &[u8]) {
        let mut platter = self.platter();
        let file = platter.files.get_mut(name).unwrap();
        file.cached[at..at + bytes.len()].copy_from_slice(bytes);
        file.certain = file.cached.clone();
    }
}

impl Disk for SimDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.platter().files.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut platter = self.platter();
        if platter.dark {
            return Err(dark());
        }
        platter.files.entry(name.to_owned()).or_default();
        Ok(self.file(name))
    }

    fn open_to_read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let platter = self.platter();
        if platter.dark {
            return Err(dark());
        }
        if !platter.files.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(self.file(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.step()?;
        let mut file = platter.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        file.named = false;
        platter.files.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut platter = self.platter();
        platter.step()?;
        platter.files.remove(name);
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.step()?;
        let lies = platter.lies;
        platter.files.values_mut().for_each(|file| file.named |= !lies);
        Ok(())
    }

    fn database(&self, name: &str, cache_bytes: usize) -> Result<Database, DatabaseError> {
        {
            let mut platter = self.platter();
            platter.files.entry(name.to_owned()).or_default();
        }
        let file = SimFile {
            disk: self.clone(),
            name: name.to_owned(),
        };
        Database::builder()
            .set_cache_size(cache_bytes)
            .create_with_backend(file)
    }

    fn path(&self, name: &str) -> PathBuf {
        PathBuf::from("a disk of the test").join(name)
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    name: String,
}

impl SimFile {
    fn with<T>(&self, work: impl FnOnce(&Bytes) -> T) -> io::Result<T> {
        let platter = self.disk.platter();
        if platter.dark {
            return Err(dark());
        }
        Ok(work(platter.files.get(&self.name).ok_or(io::ErrorKind::NotFound)?))
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        self.with(|file| file.cached.len() as u64)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.with(|file| {
            let rest = file.cached.get(place(at)..).unwrap_or_default();
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            count
        })
    }

    fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk
            .platter()
            .change(&self.name, Change::Write(place(at), bytes.to_vec()))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.platter().change(&self.name, Change::Length(place(len)))
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.platter().sync(&self.name)
    }
}

impl StorageBackend for SimFile {
    fn len(&self) -> io::Result<u64> {
        DiskFile::len(self)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let read = self.read_at(offset, out)?;
        if read == out.len() {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        DiskFile::set_len(self, len)
    }

    fn sync_data(&self) -> io::Result<()> {
        DiskFile::sync(self)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.write_at(offset, data)
    }
}
