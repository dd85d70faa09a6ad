//! The public ledger as a Merkle tree, and its tiles (C2SP tlog-tiles, <https://c2sp.org/tlog-tiles>). It is folded from the
//! log: the same log gives the same tree.

use crate::state::event_of;
use heliograph_domain::event::EventError;
use heliograph_domain::ledger::{self, LedgerEvent};
use heliograph_domain::{Event, Instant, PublicationId};
use heliograph_log::merkle::{self, Hash, Nodes};
use heliograph_log::{EventLog, Position, ReadError, Record, TreeHead};
use std::collections::HashMap;
use std::convert::Infallible;
use thiserror::Error;

/// Hashes of a whole tile, and entries of a whole bundle.
const TILE: u64 = 256;
/// Records read at a time.
const CHUNK: usize = 4096;

/// Why the ledger could not be folded, or is not what was told.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A record is not an event of this program.
    #[error("record {0}: {1}")]
    Event(u64, EventError),
    /// What was recorded of the ledger is not what the log's records make.
    #[error(
        "record {position} says that the public ledger of {size} entries has another root than the records before it make"
    )]
    Differs {
        /// The record.
        position: u64,
        /// The ledger's size that it is about.
        size: u64,
    },
}

/// The ledger so far.
#[derive(Debug, Default)]
pub struct Ledger {
    upto: Position,
    entries: Vec<Vec<u8>>,
    /// Roots of the complete subtrees of 1, 2, 4 … leaves.
    levels: Vec<Vec<Hash>>,
    /// The last act of each publication.
    last: HashMap<PublicationId, u64>,
}

impl Nodes for &Ledger {
    type Error = Infallible;

    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let node = self
            .levels
            .get(level as usize)
            .and_then(|nodes| nodes.get(index as usize));
        // Callers ask within the size that they were told.
        Ok(node.copied().unwrap_or_else(merkle::empty_root))
    }
}

fn never<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

impl Ledger {
    /// Folds what the log has since the last time.
    ///
    /// # Errors
    /// When the log cannot be read or understood.
    pub fn catch_up(&mut self, log: &dyn EventLog) -> Result<(), LedgerError> {
        loop {
            let records = log.read(self.upto, CHUNK)?;
            if records.is_empty() {
                return Ok(());
            }
            for record in &records {
                self.take(record)?;
            }
        }
    }

    /// Folds the whole log, and compares it with every root of the ledger that was recorded on the way.
    ///
    /// # Errors
    /// When one differs, or the log cannot be read or understood.
    pub fn verified(log: &dyn EventLog) -> Result<Self, LedgerError> {
        let mut ledger = Self::default();
        ledger.catch_up(log)?;
        Ok(ledger)
    }

    fn take(&mut self, record: &Record) -> Result<(), LedgerError> {
        self.upto = record.position;
        let kind = record.kind.as_str();
        if kind != "publication" && kind != "ledger" {
            return Ok(());
        }
        match event_of(record).map_err(|error| LedgerError::Event(record.position.0, error))? {
            Event::Publication(id, event) => {
                if let Some(entry) = ledger::entry(id, Instant(record.recorded_at.0), &event) {
                    self.last.insert(id, self.size());
                    self.push(entry.into_bytes());
                }
            }
            Event::Ledger(LedgerEvent::Sealed { size, root }) if size > self.size() || self.head(size).root != root => {
                let position = record.position.0;
                return Err(LedgerError::Differs { position, size });
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, entry: Vec<u8>) {
        let mut node = merkle::leaf(&entry);
        self.entries.push(entry);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(node);
            let [.., left, right] = self.levels[level].as_slice() else {
                return;
            };
            if self.levels[level].len() % 2 == 1 {
                return;
            }
            node = merkle::node(left, right);
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The root over the first `size`, which are there.
    #[must_use]
    pub fn head(&self, size: u64) -> TreeHead {
        let root = never(merkle::root(&mut &*self, size));
        TreeHead { size, root }
    }

    /// The last act of a publication among the first `size`, and the path from it to their root.
    #[must_use]
    pub fn proof(&self, id: PublicationId, size: u64) -> Option<(u64, &[u8], Vec<Hash>)> {
        let index = *self.last.get(&id)?;
        if index >= size {
            return None;
        }
        let path = never(merkle::inclusion(&mut &*self, index, size));
        Some((index, &self.entries[index as usize], path))
    }

    /// A file of the tree over the first `size` entries; `None` when that tree has no such file.
    #[must_use]
    pub fn file(&self, wanted: TilePath, size: u64) -> Option<Vec<u8>> {
        let TilePath { level, index, width } = wanted;
        let nodes = size.checked_shr(8 * u32::from(level.unwrap_or(0)))?;
        let first = index.checked_mul(TILE)?;
        if first.checked_add(width)? > nodes {
            return None;
        }
        let (first, end) = (first as usize, (first + width) as usize);
        match level {
            Some(level) => Some(self.levels.get(8 * usize::from(level))?.get(first..end)?.concat()),
            None => {
                let mut bundle = Vec::new();
                for entry in self.entries.get(first..end)? {
                    bundle.extend((entry.len() as u16).to_be_bytes());
                    bundle.extend(entry);
                }
                Some(bundle)
            }
        }
    }
}

/// Which file: `<level>/<index>[.p/<width>]`, or `entries/…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// `None`: entries.
    pub level: Option<u8>,
    /// Which tile of the level.
    pub index: u64,
    /// Hashes or entries in it: 256 when it is whole.
    pub width: u64,
}

impl TilePath {
    /// Reads a path after `tile/`.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let level = match level {
            "entries" => None,
            level => Some(number(level, 63)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, u64::from(number(width, 255).filter(|width| *width > 0)?)),
            None => (rest, TILE),
        };
        let mut groups = index.split('/').rev();
        let mut value = three_digits(groups.next()?)?;
        let mut unit = 1000_u64;
        for group in groups {
            value = three_digits(group.strip_prefix('x')?)?
                .checked_mul(unit)?
                .checked_add(value)?;
            unit = unit.checked_mul(1000)?;
        }
        // One tile has one path: no groups of zeros in front.
        let longest = index.starts_with("x000");
        (!longest).then_some(Self {
            level,
            index: value,
            width,
        })
    }

    /// Whether the file is whole: then it never changes.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.width == TILE
    }
}

fn number(text: &str, most: u8) -> Option<u8> {
    let plain = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| plain && digits && *value <= most)
}

fn three_digits(text: &str) -> Option<u64> {
    let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(size: usize) -> Ledger {
        let mut ledger = Ledger::default();
        for n in 0..size {
            ledger.push(format!("entry {n}").into_bytes());
        }
        ledger
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, index, width| Some(TilePath { level, index, width });
        assert_eq!(TilePath::parse("0/x001/x234/067"), path(Some(0), 1_234_067, 256));
        assert_eq!(TilePath::parse("0/x001/x234/067.p/8"), path(Some(0), 1_234_067, 8));
        assert_eq!(TilePath::parse("1/000"), path(Some(1), 0, 256));
        assert_eq!(TilePath::parse("entries/x999/999"), path(None, 999_999, 256));
        for no in [
            "",
            "0",
            "0/",
            "64/000",
            "0/00",
            "0/x000/001",
            "0/000.p/0",
            "0/000.p/256",
            "00/000",
            "0/001/000",
            "a/000",
            "0/+01",
        ] {
            assert_eq!(TilePath::parse(no), None, "{no}");
        }
    }

    #[test]
    fn roots_are_those_of_the_leaves_and_tiles_hold_the_nodes() {
        let ledger = ledger(70_000);
        for size in [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
            let mut frontier = merkle::Frontier::default();
            for entry in &ledger.entries[..size] {
                frontier.push(merkle::leaf(entry));
            }
            assert_eq!(ledger.head(size as u64).root, frontier.root(), "{size}");
        }
        let tile = |path, size| ledger.file(TilePath::parse(path).unwrap(), size);
        assert_eq!(tile("0/000", 255), None);
        assert_eq!(tile("0/000.p/255", 255).unwrap().len(), 255 * 32);
        assert_eq!(tile("1/000", 65_536).unwrap()[..32], ledger.levels[8][0]);
        assert_eq!(tile("2/000.p/1", 70_000).unwrap(), ledger.levels[16][0]);
        assert_eq!(tile("2/000.p/1", 65_535), None);
        assert_eq!(tile("entries/000.p/2", 2).unwrap(), b"\x00\x07entry 0\x00\x07entry 1");
        assert_eq!(tile("0/x999/x999/x999/x999/x999/999", 70_000), None);
    }
}
