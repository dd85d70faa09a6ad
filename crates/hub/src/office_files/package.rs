//! An Office file from the outside: a ZIP archive (APPNOTE 6.3.10) of XML parts (ECMA-376, part 2), opened within limits
//! whatever it says of itself. Only what Office programs write is read: parts stored or deflated, without encryption,
//! on one disk, below four gigabytes.

use super::FileError;
use flate2::read::DeflateDecoder;
use roxmltree::{Document, ParsingOptions};
use std::collections::BTreeMap;
use std::io::Read;

/// The most bytes of one part, unpacked.
const MOST_PART_BYTES: usize = 24 << 20;
/// The most bytes of all parts that are read, unpacked.
const MOST_BYTES: usize = 96 << 20;
/// The most parts.
const MOST_PARTS: u16 = 4000;
/// The most elements, attributes and texts of one part.
const MOST_NODES: u32 = 2_000_000;
/// The record at an archive's end has so many bytes, and a comment of at most 65,535 behind it.
const END_BYTES: usize = 22;

/// An opened archive.
pub(crate) struct Package<'a> {
    bytes: &'a [u8],
    parts: BTreeMap<String, Part>,
    left: usize,
}

/// Where a part lies, as the directory says.
#[derive(Debug, Clone, Copy)]
struct Part {
    is_deflated: bool,
    crc: u32,
    packed: usize,
    header: usize,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, FileError> {
        let from = bytes.len().saturating_sub(END_BYTES + 0xffff);
        let tail = bytes.get(from..).unwrap_or_default();
        let at = tail
            .windows(4)
            .rposition(|four| four == b"PK\x05\x06")
            .ok_or(FileError::Damaged)?
            + from;
        let count = u16_at(bytes, at + 10)?;
        if count > MOST_PARTS {
            return Err(FileError::TooLarge);
        }
        let mut place = u32_at(bytes, at + 16)? as usize;
        let mut parts = BTreeMap::new();
        for _ in 0..count {
            let (name, part, next) = entry(bytes, place)?;
            // A name that stands twice could be read as one thing here and as another elsewhere.
            if parts.insert(name, part).is_some() {
                return Err(FileError::Damaged);
            }
            place = next;
        }
        Ok(Self {
            bytes,
            parts,
            left: MOST_BYTES,
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// The names of all parts.
    pub(crate) fn names(&self) -> Vec<String> {
        self.parts.keys().cloned().collect()
    }

    /// A part, unpacked; `None` when there is none. What it says of its own size is not believed.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, FileError> {
        let Some(part) = self.parts.get(name).copied() else {
            return Ok(None);
        };
        // The local header repeats name and extra fields, each with a length of its own.
        if self.bytes.get(part.header..part.header.saturating_add(4)) != Some(b"PK\x03\x04") {
            return Err(FileError::Damaged);
        }
        let skipped =
            usize::from(u16_at(self.bytes, part.header + 26)?) + usize::from(u16_at(self.bytes, part.header + 28)?);
        let start = part.header + 30 + skipped;
        let packed = start
            .checked_add(part.packed)
            .and_then(|end| self.bytes.get(start..end))
            .ok_or(FileError::Damaged)?;
        let most = MOST_PART_BYTES.min(self.left);
        let mut plain = Vec::new();
        let read = if part.is_deflated {
            DeflateDecoder::new(packed)
                .take(most as u64 + 1)
                .read_to_end(&mut plain)
        } else {
            packed.take(most as u64 + 1).read_to_end(&mut plain)
        };
        read.map_err(|_| FileError::Damaged)?;
        if plain.len() > most {
            return Err(FileError::TooLarge);
        }
        if crc32fast::hash(&plain) != part.crc {
            return Err(FileError::Damaged);
        }
        self.left -= plain.len();
        Ok(Some(plain))
    }

    /// A part as text.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, FileError> {
        let part = self.part(name)?;
        part.map(|bytes| String::from_utf8(bytes).map_err(|_| FileError::Damaged))
            .transpose()
    }
}

/// A line of the directory: name, part, and where the next one begins.
fn entry(bytes: &[u8], at: usize) -> Result<(String, Part, usize), FileError> {
    if bytes.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02") {
        return Err(FileError::Damaged);
    }
    let (flags, method) = (u16_at(bytes, at + 8)?, u16_at(bytes, at + 10)?);
    let is_deflated = match method {
        0 => false,
        8 => true,
        _ => return Err(FileError::Damaged),
    };
    if flags & 1 != 0 {
        return Err(FileError::OldBinary);
    }
    let length = |field: usize| u16_at(bytes, at + field).map(usize::from);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let text = bytes.get(at + 46..at + 46 + name).ok_or(FileError::Damaged)?;
    let part = Part {
        is_deflated,
        crc: u32_at(bytes, at + 16)?,
        packed: u32_at(bytes, at + 20)? as usize,
        header: u32_at(bytes, at + 42)? as usize,
    };
    Ok((
        String::from_utf8_lossy(text).into_owned(),
        part,
        at + 46 + name + extra + comment,
    ))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, FileError> {
    let two = at
        .checked_add(2)
        .and_then(|end| bytes.get(at..end))
        .ok_or(FileError::Damaged)?;
    Ok(u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, FileError> {
    let four = at
        .checked_add(4)
        .and_then(|end| bytes.get(at..end))
        .ok_or(FileError::Damaged)?;
    Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// The elements of a part. Document types are refused, and entities with them.
pub(crate) fn xml(text: &str) -> Result<Document<'_>, FileError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|_| FileError::Damaged)
}
