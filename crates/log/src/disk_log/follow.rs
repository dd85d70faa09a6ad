//! Reading a log that another process writes: the segments alone, without a lock. Segments are never rewritten, so this
//! disturbs nobody; a frame that is just being written is waited for.

use super::segment::{self, Place, SEGMENT_HEADER, Segment, SegmentHead, Segments};
use crate::disk::{Disk, Folder};
use crate::error::{OpenError, ReadError};
use crate::record::Record;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Walks over the records of a log, from the first to the last there is, and on from there when asked again.
#[derive(Debug)]
pub struct Follower {
    dir: PathBuf,
    place: Place,
    records: VecDeque<Record>,
}

impl Follower {
    /// Begins at the first record.
    ///
    /// # Errors
    /// When the folder has no segment.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::near_end(dir, u64::MAX)
    }

    /// Begins with a segment that has at least `count` records before the last segment: what is read before the last
    /// `count` records is bounded, however long the log.
    ///
    /// # Errors
    /// When the folder has no segment.
    pub fn near_end(dir: &Path, count: u64) -> Result<Self, OpenError> {
        let found = segments(dir).map_err(|cause| OpenError::Io {
            path: dir.to_owned(),
            cause,
        })?;
        let list = found.list();
        let Some(last) = list.last() else {
            return Err(OpenError::NotALog {
                path: dir.to_owned(),
                why: "no segment of a log is here",
            });
        };
        let enough = last.head.first.0.saturating_sub(count);
        let begin = list.iter().rfind(|one| one.head.first.0 <= enough);
        Ok(Self {
            dir: dir.to_owned(),
            place: begin.map_or(Place::FIRST, |one| Place {
                segment: one.head.number,
                at: SEGMENT_HEADER,
            }),
            records: VecDeque::new(),
        })
    }

    /// The next record; `None` when there is none yet.
    ///
    /// # Errors
    /// When the files cannot be read.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator that ended is not asked again; this is"
    )]
    pub fn next(&mut self) -> Result<Option<Record>, ReadError> {
        if self.records.is_empty() {
            self.read_on()?;
        }
        Ok(self.records.pop_front())
    }

    fn read_on(&mut self) -> Result<(), ReadError> {
        let found = segments(&self.dir).map_err(|error| ReadError::Storage(error.to_string()))?;
        let mut frames = found.frames(self.place);
        while self.records.len() < 4096 {
            // What does not hold yet is being written: it is looked at again the next time.
            let Ok(Some((_, frame))) = frames.next() else { break };
            for bytes in frame.records() {
                let record = bytes.and_then(|bytes| Record::from_bytes(&bytes));
                self.records
                    .push_back(record.ok_or(ReadError::Damaged(frame.header.first))?);
            }
            self.place = frames.place();
        }
        Ok(())
    }
}

fn segments(dir: &Path) -> io::Result<Segments> {
    let folder = Folder::open(dir)?;
    let mut numbers: Vec<u32> = folder
        .list()?
        .iter()
        .filter_map(|name| segment::number_of(name))
        .collect();
    numbers.sort_unstable();
    let mut list = Vec::new();
    for number in numbers {
        let file = folder.open_to_read(&segment::file_name(number))?;
        let mut head = [0; SEGMENT_HEADER as usize];
        let read = file.read_at(0, &mut head)?;
        let Some(head) = SegmentHead::read(&head[..read]) else {
            break;
        };
        list.push(Segment { head, file });
    }
    Ok(Segments::new(Arc::new(folder), list))
}
