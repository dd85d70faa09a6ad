//! Opening: what is not a sound log is told apart and left alone; what a power cut tore off is cut off.

use super::frame::{Frame, Header, MAGIC};
use super::keys::{self, Keys};
use super::memory::{End, Memory, Round};
use super::segment::{self, Place, SEGMENT_HEADER, Segment, SegmentHead, Segments};
use super::state::{self, State};
use super::store::Store;
use super::writer::Tail;
use crate::disk::Disk;
use crate::error::{OpenError, ReadError};
use crate::event_log::COMMAND_MEMORY_MS;
use crate::name::Position;
use crate::record::Record;
use crate::sequencer::{COMMANDS, Sequencer};
use crate::watch::Growth;
use bytes::{Bytes, BytesMut};
use redb::{Database, DatabaseError, ReadableDatabase, StorageError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};

/// How every redb file begins.
const REDB: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// The tables, while they are made.
const NEW_TABLES: &str = "events.redb.new";

/// Says what is wrong with which file.
#[derive(Debug)]
struct Files {
    disk: Arc<dyn Disk>,
}

impl Files {
    fn io(&self, name: &str) -> impl FnOnce(io::Error) -> OpenError {
        let path = self.disk.path(name);
        |cause| OpenError::Io { path, cause }
    }

    fn damaged(&self, name: &str, why: impl ToString) -> OpenError {
        OpenError::Damaged {
            path: self.disk.path(name),
            why: why.to_string(),
        }
    }

    fn no_log(&self, name: &str, why: &'static str) -> OpenError {
        OpenError::NotALog {
            path: self.disk.path(name),
            why,
        }
    }

    fn refused(&self, error: DatabaseError) -> OpenError {
        match error {
            DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(self.disk.path(state::FILE)),
            DatabaseError::Storage(StorageError::Io(cause)) => self.io(state::FILE)(cause),
            error => self.damaged(state::FILE, error),
        }
    }
}

pub(crate) fn open(disk: Arc<dyn Disk>) -> Result<(Store, Tail), OpenError> {
    let files = Files { disk };
    let names = files.disk.list().map_err(files.io(""))?;
    let exists = names.iter().any(|name| name == state::FILE);
    if exists {
        looks_like_tables(&files)?;
    }
    // redb may panic on a file whose disk lied about what was synced; a person must hear a sentence instead.
    let opened = catch_unwind(AssertUnwindSafe(|| open_files(&files, &names, exists)));
    opened.unwrap_or_else(|panic| Err(files.damaged(state::FILE, spoken(&*panic))))
}

fn spoken(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!(
        "its structure does not hold ({})",
        text.unwrap_or("no reason was given")
    )
}

fn looks_like_tables(files: &Files) -> Result<(), OpenError> {
    let file = files.disk.open(state::FILE).map_err(files.io(state::FILE))?;
    let mut begin = [0; REDB.len()];
    let read = file.read_at(0, &mut begin).map_err(files.io(state::FILE))?;
    match &begin[..read] {
        REDB => Ok(()),
        [] => Err(files.no_log(
            state::FILE,
            "the file is empty; if nothing was ever recorded here, remove it",
        )),
        _ => Err(files.no_log(state::FILE, "it begins otherwise")),
    }
}

fn open_files(files: &Files, names: &[String], exists: bool) -> Result<(Store, Tail), OpenError> {
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| segment::number_of(name)).collect();
    numbers.sort_unstable();
    let segments = numbers
        .iter()
        .map(|number| read_segment(files, *number))
        .collect::<Result<Vec<_>, _>>()?;
    let db = open_tables(files, exists, &segments)?;
    let state = State::new(Arc::clone(&files.disk), db);
    let unreadable = |error: ReadError| files.damaged(state::FILE, error);
    let change_due = state.look_at_tables().map_err(unreadable)?;
    let (log, applied) = state.applied().map_err(unreadable)?;
    let segments = sound_segments(files, segments, log, &applied)?;
    let marks = state.marks().map_err(unreadable)?;
    let last = segments.list().len();
    let mut recovered = recover(files, &segments, applied, marks)?;
    wipe_tail(files, &segments, &recovered.end)?;
    let keys = files.disk.open(keys::FILE).map_err(files.io(keys::FILE))?;
    let keys = Keys::open(keys, recovered.end.next_slot).map_err(files.io(keys::FILE))?;
    files.disk.sync_folder().map_err(files.io(""))?;
    let sequencer = remember(&segments, &recovered).map_err(|error| files.damaged("", error))?;
    let segment = segments.get(recovered.end.place.segment);
    let segment = segment.ok_or_else(|| files.damaged(&segment::file_name(last as u32), "it is missing"))?;
    let tail = Tail {
        sequencer,
        end: recovered.end,
        segment,
        last_mark: recovered.marks.last().map(|(_, place)| *place),
    };
    let backlog = super::store::Backlog {
        records: recovered.round.records,
        rounds: recovered.round.end.is_some(),
        ..Default::default()
    };
    let store = Store {
        segments,
        keys,
        state,
        growth: Growth::at(recovered.end.position),
        memory: RwLock::new(Memory {
            fresh: std::mem::take(&mut recovered.round),
            leaving: None,
        }),
        marks: RwLock::new(recovered.marks),
        tables: Mutex::default(),
        tree: Mutex::default(),
        waiting: Mutex::new(backlog),
        changed: Condvar::new(),
        unsettled: AtomicBool::new(false),
    };
    if change_due || has_erasures(&store) {
        finish_erasing(&store).map_err(|error| files.damaged(keys::FILE, error))?;
    }
    super::media::remove_unnamed(&store).map_err(files.io(""))?;
    Ok((store, tail))
}

/// Destroys what a power cut left undestroyed: keys whose graves are open, and what the recovered frames erased.
fn finish_erasing(store: &Store) -> Result<(), state::ApplyError> {
    if has_erasures(store) {
        return store.apply(&state::Direct::default());
    }
    store.state.finish_erasing(&store.keys)
}

fn has_erasures(store: &Store) -> bool {
    let memory = store.memory.read().unwrap_or_else(PoisonError::into_inner);
    !memory.fresh.erased.is_empty()
}

/// A segment file, and its head if that is sound.
struct Found {
    number: u32,
    head: Option<SegmentHead>,
    file: Arc<dyn crate::disk::DiskFile>,
}

fn read_segment(files: &Files, number: u32) -> Result<Found, OpenError> {
    let name = segment::file_name(number);
    let file = files.disk.open(&name).map_err(files.io(&name))?;
    let mut head = [0; SEGMENT_HEADER as usize];
    let read = file.read_at(0, &mut head).map_err(files.io(&name))?;
    let head = SegmentHead::read(&head[..read]).filter(|head| head.number == number);
    Ok(Found { number, head, file })
}

fn open_tables(files: &Files, exists: bool, segments: &[Found]) -> Result<Database, OpenError> {
    let damaged = |error: redb::Error| files.damaged(state::FILE, error);
    if !exists {
        if segments.iter().any(|found| found.head.is_some()) {
            return Err(files.damaged(state::FILE, "it is missing, but segments of the log are here"));
        }
        make_tables(files)?;
    }
    let db = files.disk.database(state::FILE, state::CACHE);
    let db = db.map_err(|error| files.refused(error))?;
    match read_format(&db).map_err(damaged)? {
        Some(state::THIS_FORMAT) => Ok(db),
        Some(1) => Err(files.no_log(state::FILE, "it was written before the first release of Heliograph")),
        Some(format) => Err(OpenError::Newer {
            path: files.disk.path(state::FILE),
            format: u8::try_from(format).unwrap_or(u8::MAX),
        }),
        None if has_tables(&db).map_err(damaged)? => {
            Err(files.no_log(state::FILE, "it is another program's redb file"))
        }
        None => Err(files.damaged(state::FILE, "it holds nothing")),
    }
}

/// Makes the tables under another name first: a power cut leaves all of them or none.
fn make_tables(files: &Files) -> Result<(), OpenError> {
    let io = |cause| files.io(state::FILE)(cause);
    let mut log = [0; 16];
    getrandom::fill(&mut log).map_err(|error| io(io::Error::other(error.to_string())))?;
    let leftover = files.disk.open(NEW_TABLES).map_err(io)?;
    leftover.set_len(0).map_err(io)?;
    let db = files.disk.database(NEW_TABLES, state::CACHE);
    let db = db.map_err(|error| files.refused(error))?;
    state::make_tables(&db, log).map_err(|error| files.damaged(state::FILE, error))?;
    drop(db);
    files.disk.rename(NEW_TABLES, state::FILE).map_err(io)?;
    files.disk.sync_folder().map_err(io)
}

fn has_tables(db: &Database) -> Result<bool, redb::Error> {
    Ok(db.begin_read()?.list_tables()?.next().is_some())
}

fn read_format(db: &Database) -> Result<Option<u64>, redb::Error> {
    match db.begin_read()?.open_table(state::META) {
        Ok(meta) => Ok(meta.get(state::FORMAT)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_) | redb::TableError::TableTypeMismatch { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// All segments from the first on. A last one that a power cut kept from beginning is begun again.
fn sound_segments(files: &Files, found: Vec<Found>, log: [u8; 16], applied: &End) -> Result<Segments, OpenError> {
    let mut list = Vec::with_capacity(found.len());
    let count = found.len();
    for (expected, found) in (1..).zip(found) {
        let name = segment::file_name(found.number);
        if found.number != expected {
            return Err(files.damaged(&segment::file_name(expected), "it is missing"));
        }
        match found.head {
            Some(head) if head.log != log => return Err(files.no_log(&name, "it belongs to another log")),
            Some(head) => list.push(Segment { head, file: found.file }),
            None if expected as usize == count && !holds_frames(files, &name, &*found.file)? => {}
            None => return Err(files.damaged(&name, "its first bytes are not a segment's")),
        }
    }
    if list.is_empty() && applied.frame > 0 {
        return Err(files.damaged(&segment::file_name(1), "it is missing"));
    }
    let first = list.is_empty();
    let segments = Segments::new(Arc::clone(&files.disk), list);
    if first {
        let head = SegmentHead {
            log,
            number: 1,
            first_frame: 1,
            first: Position(1),
            previous: 0,
        };
        segments.begin(head).map_err(files.io(&segment::file_name(1)))?;
    }
    Ok(segments)
}

fn holds_frames(files: &Files, name: &str, file: &dyn crate::disk::DiskFile) -> Result<bool, OpenError> {
    let rest = read_rest(file, 0).map_err(files.io(name))?;
    Ok(later_frame(&rest, 0).is_some())
}

/// What the segments hold beyond the tables.
struct Recovered {
    end: End,
    round: Round,
    marks: Vec<(Position, Place)>,
}

fn recover(
    files: &Files,
    segments: &Segments,
    applied: End,
    marks: Vec<(Position, Place)>,
) -> Result<Recovered, OpenError> {
    let begin = if applied.frame == 0 {
        Place::FIRST
    } else {
        applied.place
    };
    if applied.frame > 0 && !is_there(segments, &applied) {
        let from = sound_until(segments, &marks);
        let why = format!(
            "it ends before position {}, which was on disk: {}",
            applied.position.0,
            ReadError::Damaged(Position(from.0 + 1))
        );
        return Err(files.damaged(&segment::file_name(applied.begin.segment), why));
    }
    let mut it = Recovered {
        end: End {
            place: begin,
            ..applied
        },
        round: Round::default(),
        marks,
    };
    let in_segment = |place: Place| segment::file_name(place.segment);
    let mut frames = segments.frames(begin);
    loop {
        let next = frames.next();
        let here = frames.place();
        let frame = match next {
            Ok(Some((place, frame))) if follows(&frame, &it.end, place, segments) => (place, frame),
            Err(error @ ReadError::Storage(_)) => return Err(files.damaged(&in_segment(here), error)),
            // What stands here is no frame, or not the next one: the end, unless the log goes on behind it.
            Ok(_) | Err(_) => break,
        };
        let (place, frame) = frame;
        let due = it
            .marks
            .last()
            .is_none_or(|(_, last)| last.segment != place.segment || place.at - last.at >= super::writer::MARK_EVERY);
        let marked = due && frame.header.count > 0;
        let records = it.round.frame(place, &frame, marked);
        let broken = || files.damaged(&in_segment(place), ReadError::Damaged(frame.header.first));
        records.ok_or_else(broken)?;
        if marked {
            it.marks.push((frame.header.first, place));
        }
        it.end = End::of(&frame.header, place);
    }
    goes_on_behind(files, segments, &it.end)?;
    if it.end.place.segment as usize != segments.list().len() {
        // The last segment was begun and holds no frame yet.
        it.end.place = Place {
            segment: segments.list().len() as u32,
            at: SEGMENT_HEADER,
        };
    }
    it.end.next_slot = it.end.next_slot.max(applied.next_slot);
    Ok(it)
}

/// Whether the last frame that the tables know is where they say.
fn is_there(segments: &Segments, applied: &End) -> bool {
    let there = segments.frames(applied.begin).next().ok().flatten();
    there.is_some_and(|(place, frame)| {
        place == applied.begin && (frame.header.number, frame.header.checksum) == (applied.frame, applied.checksum)
    })
}

/// The last position that can be read in one go from the last mark that can be read at all.
fn sound_until(segments: &Segments, marks: &[(Position, Place)]) -> Position {
    for (position, place) in marks.iter().rev() {
        let mut frames = segments.frames(*place);
        let mut last = None;
        while let Ok(Some((_, frame))) = frames.next() {
            if frame.header.first < *position {
                break;
            }
            last = Some(Position(frame.header.end() - 1));
        }
        if let Some(last) = last {
            return last;
        }
    }
    Position(0)
}

fn follows(frame: &Frame, end: &End, place: Place, segments: &Segments) -> bool {
    let head_fits = |number: u32| {
        let head = segments.get(number).map(|segment| segment.head);
        head.is_some_and(|head| head.first_frame == end.frame + 1 && head.previous == end.checksum)
    };
    frame.header.number == end.frame + 1
        && frame.header.previous == end.checksum
        && frame.header.first.0 == end.position.0 + 1
        && (place.at != SEGMENT_HEADER || head_fits(place.segment))
}

/// A frame is synced before the next one is written. So when sound frames lie behind the end, the end is no torn write
/// but damage to what was acknowledged.
fn goes_on_behind(files: &Files, segments: &Segments, end: &End) -> Result<(), OpenError> {
    for segment in segments.list() {
        if segment.head.number < end.place.segment {
            continue;
        }
        let name = segment::file_name(segment.head.number);
        let own = segment.head.number == end.place.segment;
        let from = if own { end.place.at } else { SEGMENT_HEADER };
        let rest = read_rest(&*segment.file, u64::from(from)).map_err(files.io(&name))?;
        let missing = !own && segment.head.first_frame > end.frame + 1;
        if missing || later_frame(&rest, end.frame).is_some() {
            return Err(files.damaged(&name, ReadError::Damaged(Position(end.position.0 + 1))));
        }
    }
    Ok(())
}

fn read_rest(file: &dyn crate::disk::DiskFile, from: u64) -> io::Result<Bytes> {
    let length = file.len()?.saturating_sub(from);
    let mut rest = BytesMut::zeroed(usize::try_from(length).unwrap_or(0));
    let read = file.read_at(from, &mut rest)?;
    rest.truncate(read);
    Ok(rest.freeze())
}

/// A sound frame somewhere in `bytes` whose number is after `frame`, but for one that begins at their front.
fn later_frame(bytes: &Bytes, frame: u64) -> Option<Header> {
    let mut at = 0;
    while let Some(found) = bytes.get(at + 1..).and_then(|rest| find(rest, &MAGIC)) {
        at += 1 + found;
        let here = bytes.slice(at..);
        if let Some(frame) = Frame::read(&here).filter(|it| it.header.number > frame) {
            return Some(frame.header);
        }
    }
    None
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Wipes what a power cut left of a frame that nobody was told of.
fn wipe_tail(files: &Files, segments: &Segments, end: &End) -> Result<(), OpenError> {
    let Some(segment) = segments.get(end.place.segment) else {
        return Ok(());
    };
    let name = segment::file_name(end.place.segment);
    let rest = read_rest(&*segment.file, u64::from(end.place.at)).map_err(files.io(&name))?;
    if rest.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    tracing::warn!(
        position = end.position.0 + 1,
        "the last write was torn by a power cut; nobody was told that it was kept, and it is wiped"
    );
    segment.file.set_len(u64::from(end.place.at)).map_err(files.io(&name))?;
    segment.file.sync().map_err(files.io(&name))
}

/// What the writer must know of the past: the commands of the last week.
fn remember(segments: &Segments, recovered: &Recovered) -> Result<Sequencer, ReadError> {
    let end = recovered.end.position;
    if end.0 == 0 {
        return Ok(Sequencer::default());
    }
    // The last mark may lie within what is recent; the time of the last record is read first.
    let newest = last_record(segments, recovered)?;
    let limit = newest.recorded_at.0.saturating_sub(COMMAND_MEMORY_MS);
    let oldest = Position(end.0.saturating_sub(COMMANDS as u64));
    let mut begin = Place::FIRST;
    for (position, place) in recovered.marks.iter().rev() {
        let first = first_record(segments, *place)?;
        if first.recorded_at.0 < limit || *position <= oldest {
            begin = *place;
            break;
        }
    }
    let mut sequencer = Sequencer::after(end, newest.recorded_at);
    let mut frames = segments.frames(begin);
    let mut seen = Position(0);
    while seen < end {
        let damaged = ReadError::Damaged(Position(seen.0 + 1));
        let Some((_, frame)) = frames.next()? else {
            return Err(damaged);
        };
        for bytes in frame.records() {
            let record = bytes.and_then(|bytes| Record::from_bytes(&bytes));
            let record = record.ok_or(ReadError::Damaged(frame.header.first))?;
            if record.recorded_at.0 >= limit && record.position > oldest {
                sequencer.recall(&record);
            }
            seen = record.position;
        }
        seen = seen.max(Position(frame.header.end() - 1));
    }
    Ok(sequencer)
}

fn first_record(segments: &Segments, place: Place) -> Result<Record, ReadError> {
    let damaged = ReadError::Sealed;
    let (_, frame) = segments.frames(place).next()?.ok_or(damaged)?;
    let bytes = frame.records().next().flatten();
    bytes
        .and_then(|bytes| Record::from_bytes(&bytes))
        .ok_or(ReadError::Damaged(frame.header.first))
}

fn last_record(segments: &Segments, recovered: &Recovered) -> Result<Record, ReadError> {
    let end = recovered.end.position;
    let begin = recovered.marks.last().map_or(Place::FIRST, |(_, place)| *place);
    let mut frames = segments.frames(begin);
    loop {
        let (_, frame) = frames.next()?.ok_or(ReadError::Damaged(end))?;
        if frame.header.count > 0 && frame.header.end() > end.0 {
            let bytes = frame.records().last().flatten();
            return bytes
                .and_then(|bytes| Record::from_bytes(&bytes))
                .ok_or(ReadError::Damaged(end));
        }
    }
}
