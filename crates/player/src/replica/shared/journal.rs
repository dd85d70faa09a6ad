//! One file for the replicas of many displays: what each stored is appended, and read back from its end when the file
//! is opened.
//!
//! The file begins with a line that names its format. Then entry by entry, numbers big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | length of the body |
//! | 4 | CRC-32 of the body |
//! | 16 | the body: first the display's id |
//! | rows | each: table (1), length of the key (2), key, length of the value (4), value. The length `ffffffff` drops the row |
//!
//! An entry is whole or it is not there: the first that is cut short or does not match its sum ends the file.

use crate::replica::form::{Place, Row, Rows, Table};
use heliograph_domain::ids::DisplayId;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const FORMAT: &[u8] = b"heliograph/replicas/v1\n";
const DROPPED: u32 = u32::MAX;
/// Length and sum before an entry's body, the display's id at its beginning, in bytes.
const HEAD_BYTES: usize = 8;
const ID_BYTES: usize = 16;

/// A file smaller than this is not worth tidying, in bytes.
const TIDY_FROM_BYTES: u64 = 256 << 20;
/// A file is tidied when what it holds is this many times what is still wanted.
const TIDY_AT: u64 = 4;

/// Where a row's value lies in the file.
#[derive(Debug, Clone, Copy)]
struct Span {
    offset: u64,
    bytes: u32,
}

/// The open file, and where the newest value of each row is.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    end: u64,
    index: HashMap<DisplayId, BTreeMap<Place, Span>>,
    /// Bytes of the rows in the index.
    wanted: u64,
    tidy_from: u64,
}

/// An entry as it is written.
pub(super) fn entry(display: DisplayId, rows: &[Row]) -> Vec<u8> {
    let mut entry = vec![0; HEAD_BYTES];
    entry.extend_from_slice(display.0.as_bytes());
    for ((table, key), value) in rows {
        entry.push(number(*table));
        // Keys are names of at most 32 letters and hashes of 32 bytes.
        entry.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_be_bytes());
        entry.extend_from_slice(key);
        let value = value.as_deref();
        let bytes = value.map_or(DROPPED, |value| u32::try_from(value.len()).unwrap_or(DROPPED));
        entry.extend_from_slice(&bytes.to_be_bytes());
        entry.extend_from_slice(value.unwrap_or_default());
    }
    let body = &entry[HEAD_BYTES..];
    let (length, sum) = (u32::try_from(body.len()).unwrap_or(u32::MAX), crc32fast::hash(body));
    entry[..4].copy_from_slice(&length.to_be_bytes());
    entry[4..HEAD_BYTES].copy_from_slice(&sum.to_be_bytes());
    entry
}

fn number(table: Table) -> u8 {
    let at = Table::ALL.iter().position(|known| *known == table);
    // There are six.
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

impl Journal {
    /// Opens the file, or makes one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = private(path, false)?;
        let bytes = fs::read(path)?;
        let mut journal = Self {
            path: path.to_owned(),
            file,
            end: FORMAT.len() as u64,
            index: HashMap::new(),
            wanted: 0,
            tidy_from: TIDY_FROM_BYTES,
        };
        if bytes.len() < FORMAT.len() && FORMAT.starts_with(&bytes) {
            journal.file.write_all_at(FORMAT, 0)?;
            journal.file.sync_all()?;
        } else if !bytes.starts_with(FORMAT) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file of replicas"));
        } else {
            journal.read_back(&bytes)?;
        }
        Ok(journal)
    }

    fn read_back(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut at = FORMAT.len();
        while let Some(body) = whole_entry(&bytes[at..]) {
            if self.note(body, (at + HEAD_BYTES) as u64).is_none() {
                break;
            }
            at += HEAD_BYTES + body.len();
        }
        self.end = at as u64;
        if at < bytes.len() {
            tracing::warn!(
                file = %self.path.display(), bytes = bytes.len() - at,
                "the end of the replicas' file is not whole and is dropped; the hub sends again what was in it"
            );
            self.file.set_len(self.end)?;
            self.file.sync_all()?;
        }
        Ok(())
    }

    /// Notes where an entry's rows are; `None` when it makes no sense.
    fn note(&mut self, body: &[u8], offset: u64) -> Option<()> {
        let (display, rows) = rows_of(body)?;
        let known = self.index.entry(display).or_default();
        for (place, span) in rows {
            let size = |place: &Place, span: Span| place.1.len() as u64 + u64::from(span.bytes);
            if let Some(span) = span {
                let span = Span {
                    offset: offset + span.offset,
                    bytes: span.bytes,
                };
                self.wanted += size(&place, span);
                if let Some(former) = known.insert(place.clone(), span) {
                    self.wanted -= size(&place, former);
                }
            } else if let Some(former) = known.remove(&place) {
                self.wanted -= size(&place, former);
            }
        }
        Some(())
    }

    /// Appends entries and syncs them: durable when this returns. When it fails, none of them counts.
    pub(super) fn append(&mut self, entries: &[Vec<u8>]) -> io::Result<()> {
        let all = entries.concat();
        let written = self
            .file
            .write_all_at(&all, self.end)
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // What is there of them must not be read back. If this fails too, the next entries overwrite it.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        for entry in entries {
            // What was just encoded here makes sense.
            let _ = self.note(&entry[HEAD_BYTES..], self.end + HEAD_BYTES as u64);
            self.end += entry.len() as u64;
        }
        Ok(())
    }

    /// The rows of one display.
    pub(super) fn rows(&self, display: DisplayId) -> io::Result<Rows> {
        let mut rows = Rows::new();
        for (place, span) in self.index.get(&display).into_iter().flatten() {
            let mut value = vec![0; span.bytes as usize];
            self.file.read_exact_at(&mut value, span.offset)?;
            rows.insert(place.clone(), value);
        }
        Ok(rows)
    }

    /// The displays of which something is kept.
    pub(super) fn displays(&self) -> Vec<DisplayId> {
        self.index.keys().copied().collect()
    }

    /// Writes the file anew with what is wanted, when most of it is not.
    pub(super) fn tidy(&mut self) -> io::Result<()> {
        if self.end < self.tidy_from || self.end < self.wanted * TIDY_AT {
            return Ok(());
        }
        // When this fails, it is not tried again with every entry.
        self.tidy_from = self.end * 2;
        let fresh = self.path.with_extension("new");
        let mut copy = Self {
            path: self.path.clone(),
            file: private(&fresh, true)?,
            end: FORMAT.len() as u64,
            index: HashMap::new(),
            wanted: 0,
            tidy_from: TIDY_FROM_BYTES,
        };
        copy.file.write_all_at(FORMAT, 0)?;
        for display in self.displays() {
            let rows: Vec<Row> = self
                .rows(display)?
                .into_iter()
                .map(|(place, value)| (place, Some(value)))
                .collect();
            let entry = entry(display, &rows);
            copy.file.write_all_at(&entry, copy.end)?;
            let _ = copy.note(&entry[HEAD_BYTES..], copy.end + HEAD_BYTES as u64);
            copy.end += entry.len() as u64;
        }
        copy.file.sync_all()?;
        fs::rename(&fresh, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        *self = copy;
        Ok(())
    }

    #[cfg(test)]
    fn tidy_from(&mut self, bytes: u64) {
        self.tidy_from = bytes;
    }
}

fn private(path: &Path, anew: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(anew).mode(0o600);
    options.open(path)
}

/// The body of the entry that these bytes begin with, if it is whole.
fn whole_entry(bytes: &[u8]) -> Option<&[u8]> {
    let length = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let sum = u32::from_be_bytes(*bytes.get(4..)?.first_chunk()?);
    let body = bytes.get(HEAD_BYTES..)?.get(..length)?;
    (body.len() >= ID_BYTES && crc32fast::hash(body) == sum).then_some(body)
}

/// Rows with where their values are.
type Spans = Vec<(Place, Option<Span>)>;

/// The display and where its rows' values are, counted from the body's first byte; `None` stands for a dropped row.
fn rows_of(body: &[u8]) -> Option<(DisplayId, Spans)> {
    let display = DisplayId(uuid::Uuid::from_bytes(*body.first_chunk::<ID_BYTES>()?));
    let (mut at, mut rows) = (ID_BYTES, Vec::new());
    while at < body.len() {
        let table = *Table::ALL.get(usize::from(body[at]))?;
        let key_bytes = usize::from(u16::from_be_bytes(*body.get(at + 1..)?.first_chunk()?));
        let key = body.get(at + 3..)?.get(..key_bytes)?.to_vec();
        at += 3 + key_bytes;
        let bytes = u32::from_be_bytes(*body.get(at..)?.first_chunk()?);
        at += 4;
        let span = (bytes != DROPPED).then_some(Span {
            offset: at as u64,
            bytes,
        });
        if let Some(span) = span {
            at += span.bytes as usize;
        }
        rows.push(((table, key), span));
    }
    (at == body.len()).then_some((display, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display(n: u128) -> DisplayId {
        DisplayId(uuid::Uuid::from_u128(n))
    }

    fn row(key: &str, value: Option<&[u8]>) -> Row {
        ((Table::State, key.as_bytes().to_vec()), value.map(<[u8]>::to_vec))
    }

    fn file(name: &str) -> PathBuf {
        let file = std::env::temp_dir().join(format!("heliograph-journal-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&file);
        file
    }

    #[test]
    fn an_entry_is_whole_or_not_there_wherever_the_power_is_cut() {
        let path = file("cut");
        let first = entry(display(1), &[row("a", Some(b"one")), row("b", Some(b"two"))]);
        let second = entry(display(1), &[row("a", None), row("b", Some(b"three"))]);
        Journal::open(&path).unwrap().append(&[first.clone(), second]).unwrap();
        let whole = fs::read(&path).unwrap();
        let after_first = FORMAT.len() + first.len();
        for cut in after_first..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let rows = Journal::open(&path).unwrap().rows(display(1)).unwrap();
            assert_eq!(rows.values().collect::<Vec<_>>(), [b"one", b"two"], "cut at {cut}");
            assert_eq!(fs::metadata(&path).unwrap().len(), after_first as u64);
        }
        fs::write(&path, &whole).unwrap();
        let rows = Journal::open(&path).unwrap().rows(display(1)).unwrap();
        assert_eq!(rows.values().collect::<Vec<_>>(), [b"three"], "the control");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_flipped_bit_ends_the_file_and_a_foreign_file_is_left_alone() {
        let path = file("rot");
        let entries = [1, 2].map(|n| entry(display(n), &[row("a", Some(b"value"))]));
        Journal::open(&path).unwrap().append(&entries).unwrap();
        let good = fs::read(&path).unwrap();
        for at in FORMAT.len() + entries[0].len()..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 4;
            fs::write(&path, bad).unwrap();
            assert_eq!(Journal::open(&path).unwrap().displays(), [display(1)], "bit at {at}");
        }
        fs::write(&path, b"something else altogether").unwrap();
        assert!(Journal::open(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"something else altogether");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_file_of_mostly_old_values_is_written_anew_and_says_the_same() {
        let path = file("tidy");
        let mut journal = Journal::open(&path).unwrap();
        journal.tidy_from(0);
        for n in 0..50u8 {
            let of = |id| entry(display(id), &[row("a", Some(&[n; 300])), row("b", Some(&[n]))]);
            journal.append(&[of(1), of(2)]).unwrap();
        }
        let before = fs::metadata(&path).unwrap().len();
        journal.tidy().unwrap();
        assert!(fs::metadata(&path).unwrap().len() * 10 < before);
        journal.append(&[entry(display(2), &[row("b", None)])]).unwrap();
        for journal in [journal, Journal::open(&path).unwrap()] {
            assert_eq!(journal.rows(display(1)).unwrap().len(), 2);
            let rows = journal.rows(display(2)).unwrap();
            assert_eq!(rows.values().collect::<Vec<_>>(), [&vec![49; 300]]);
        }
        fs::remove_file(&path).unwrap();
    }
}
