//! The files of the log: frames one after another, never rewritten. Drawn in `docs/log-format.md`.

use super::frame::{Frame, HEADER, Header};
use crate::disk::{Disk, DiskFile};
use crate::error::ReadError;
use crate::name::Position;
use bytes::{Bytes, BytesMut};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

/// How a segment begins. The last byte is the format.
const MAGIC: &[u8; 16] = b"heliograph log \x01";
/// Bytes before a segment's first frame.
pub(crate) const SEGMENT_HEADER: u32 = 64;
/// Bytes read at a time. Little in tests, so that most frames reach beyond it.
const CHUNK: usize = if cfg!(test) { 512 } else { 256 * 1024 };

/// Where a frame begins. A segment is shorter than 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) segment: u32,
    pub(crate) at: u32,
}

impl Place {
    /// Of the log's first frame.
    pub(crate) const FIRST: Self = Self {
        segment: 1,
        at: SEGMENT_HEADER,
    };

    pub(crate) fn to_word(self) -> u64 {
        u64::from(self.segment) << 32 | u64::from(self.at)
    }

    pub(crate) fn from_word(word: u64) -> Self {
        Self {
            segment: (word >> 32) as u32,
            at: word as u32,
        }
    }
}

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) head: SegmentHead,
    pub(crate) file: Arc<dyn DiskFile>,
}

/// What a segment's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    /// The log that it is a part of.
    pub(crate) log: [u8; 16],
    /// From 1.
    pub(crate) number: u32,
    /// Number of its first frame.
    pub(crate) first_frame: u64,
    /// Position of its first record.
    pub(crate) first: Position,
    /// Checksum of the last frame of the segment before.
    pub(crate) previous: u32,
}

impl SegmentHead {
    pub(crate) fn to_bytes(self) -> [u8; SEGMENT_HEADER as usize] {
        let mut bytes = [0; SEGMENT_HEADER as usize];
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..32].copy_from_slice(&self.log);
        bytes[32..36].copy_from_slice(&self.number.to_be_bytes());
        bytes[36..44].copy_from_slice(&self.first_frame.to_be_bytes());
        bytes[44..52].copy_from_slice(&self.first.0.to_be_bytes());
        bytes[52..56].copy_from_slice(&self.previous.to_be_bytes());
        let checksum = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; SEGMENT_HEADER as usize] = bytes.get(..SEGMENT_HEADER as usize)?.try_into().ok()?;
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
        let sound = &bytes[..16] == MAGIC && crc32fast::hash(&bytes[..60]) == word(60);
        sound.then(|| Self {
            log: *bytes[16..].first_chunk().unwrap_or(&[0; 16]),
            number: word(32),
            first_frame: long(36),
            first: Position(long(44)),
            previous: word(52),
        })
    }
}

/// The name of a segment's file.
pub(crate) fn file_name(number: u32) -> String {
    format!("events-{number:06}.log")
}

/// The number in a segment's name.
pub(crate) fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix("events-")?.strip_suffix(".log")?.parse().ok()
}

/// All segments, first to last.
#[derive(Debug)]
pub(crate) struct Segments {
    disk: Arc<dyn Disk>,
    list: RwLock<Vec<Segment>>,
}

impl Segments {
    pub(crate) fn new(disk: Arc<dyn Disk>, list: Vec<Segment>) -> Self {
        Self {
            disk,
            list: RwLock::new(list),
        }
    }

    pub(crate) fn list(&self) -> Vec<Segment> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn get(&self, number: u32) -> Option<Segment> {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        let at = number.checked_sub(list.first()?.head.number)?;
        list.get(at as usize).cloned()
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// Begins a segment; when this returns it is on disk, empty.
    pub(crate) fn begin(&self, head: SegmentHead) -> io::Result<Segment> {
        let file = self.disk.open(&file_name(head.number))?;
        file.set_len(0)?;
        file.write_at(0, &head.to_bytes())?;
        file.sync()?;
        self.disk.sync_folder()?;
        let segment = Segment { head, file };
        self.list
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(segment.clone());
        Ok(segment)
    }

    /// The frames from a place on.
    pub(crate) fn frames(&self, from: Place) -> Frames<'_> {
        Frames {
            segments: self,
            place: from,
            segment: None,
            buffer: Bytes::new(),
            buffer_at: 0,
        }
    }
}

/// Walks over frames.
#[derive(Debug)]
pub(crate) struct Frames<'s> {
    segments: &'s Segments,
    place: Place,
    segment: Option<Segment>,
    buffer: Bytes,
    buffer_at: u32,
}

impl Frames<'_> {
    /// Where the next frame begins, if there is one.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The next frame; `None` at the end of the last segment.
    pub(crate) fn next(&mut self) -> Result<Option<(Place, Frame)>, ReadError> {
        // How many bytes were asked for at this place: first enough for a header, then for the frame that it tells of.
        let mut asked = 0;
        loop {
            let skip = (self.place.at - self.buffer_at) as usize;
            let rest = self.buffer.slice(skip.min(self.buffer.len())..);
            let header = Header::read(&rest);
            if let Some(header) = header.filter(|header| rest.len() >= header.frame_bytes()) {
                let frame = Frame::read(&rest).ok_or(ReadError::Damaged(header.first))?;
                let place = self.place;
                self.place.at += header.frame_bytes() as u32;
                return Ok(Some((place, frame)));
            }
            let least = header.map_or(HEADER, |header| header.frame_bytes());
            if asked < least {
                self.fill(least)?;
                asked = least;
            } else if let Some(header) = header {
                // Its header is here, but the file ends before it does.
                return Err(ReadError::Damaged(header.first));
            } else if self.segments.get(self.place.segment + 1).is_some() {
                self.place = Place {
                    segment: self.place.segment + 1,
                    at: SEGMENT_HEADER,
                };
                (self.segment, self.buffer, self.buffer_at) = (None, Bytes::new(), SEGMENT_HEADER);
                asked = 0;
            } else {
                return Ok(None);
            }
        }
    }

    /// Reads what lies at the place, at least so many bytes if the file has them.
    fn fill(&mut self, least: usize) -> Result<(), ReadError> {
        if self.segment.is_none() {
            self.segment = self.segments.get(self.place.segment);
        }
        let file = match &self.segment {
            Some(segment) => &segment.file,
            None => {
                return Err(ReadError::Storage(format!(
                    "{} is missing",
                    file_name(self.place.segment)
                )));
            }
        };
        let mut buffer = BytesMut::zeroed(least.max(CHUNK));
        let read = file
            .read_at(u64::from(self.place.at), &mut buffer)
            .map_err(|error| ReadError::Storage(error.to_string()))?;
        buffer.truncate(read);
        (self.buffer, self.buffer_at) = (buffer.freeze(), self.place.at);
        Ok(())
    }
}
