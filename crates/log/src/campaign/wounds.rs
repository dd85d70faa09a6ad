//! Bytes that change on the disk: the log says where, and never takes a wound for the end.

use super::power_cut::SIZES;
use super::sim::SimDisk;
use crate::disk_log::{DiskLog, Sizes, VerifyError};
use crate::event_log::{Batch, ContentObject, EventLog, NewEvent};
use crate::name::{ActorId, CommandId, ContentHash, EventKind, Position, Revision, StreamId, TimestampMs};
use bytes::Bytes;
use std::sync::Arc;

const SEGMENT: &str = "events-000001.log";

fn open(disk: &SimDisk) -> Result<DiskLog, String> {
    DiskLog::open_on(Arc::new(disk.clone()), SIZES).map_err(|error| error.to_string())
}

/// A log of twenty records of a thousand bytes; with its tables written or not.
fn written(tables: bool) -> SimDisk {
    let disk = SimDisk::default();
    let log = open(&disk).unwrap();
    for n in 0..20 {
        let event = NewEvent {
            kind: EventKind::new("said").unwrap(),
            version: 1,
            body: Bytes::from(format!("{n:04}").repeat(250)),
        };
        let batch = Batch {
            command_id: CommandId([n; 16]),
            actor: ActorId::new("wang-fang").unwrap(),
            recorded_at: TimestampMs(1),
            events: vec![event],
            content: vec![ContentObject::new([n; 16], Bytes::from_static(b"a notice"))],
            table_writes: Vec::new(),
            erase: Vec::new(),
        };
        log.append(&StreamId::new("s").unwrap(), Revision(u64::from(n)), batch)
            .unwrap();
    }
    if tables {
        log.write_tables().unwrap();
    }
    disk
}

#[test]
fn a_wound_in_the_middle_is_told_with_its_position() {
    // The eleventh record lies about half way.
    let at = 64 + 10 * 1250;
    for tables in [true, false] {
        let disk = written(tables);
        disk.damage(SEGMENT, at, b"a bad sector");
        let told = match open(&disk) {
            // What the tables know is not read when the log opens, but when somebody asks.
            Ok(log) => log.read(Position(0), usize::MAX).unwrap_err().to_string(),
            Err(told) => told,
        };
        assert!(
            told.contains("damaged") && told.contains("restore the last backup"),
            "{told}"
        );
        assert!(told.contains("position 11") || told.contains("position 10"), "{told}");
    }
    // The control: without the wound all is there.
    for tables in [true, false] {
        let log = open(&written(tables)).unwrap();
        assert_eq!(log.read(Position(0), usize::MAX).unwrap().len(), 20);
    }
}

#[test]
fn what_was_on_disk_and_is_gone_is_missed() {
    let disk = written(true);
    disk.damage(SEGMENT, 20_000, &[0; 4000]);
    let told = open(&disk).unwrap_err();
    assert!(told.contains(SEGMENT) && told.contains("damaged"), "{told}");
}

#[test]
fn a_segment_of_another_log_is_named() {
    let (one, other) = (written(false), written(false));
    one.damage(SEGMENT, 0, &other.bytes_of(SEGMENT));
    let told = open(&one).unwrap_err();
    assert!(told.contains("belongs to another log"), "{told}");
}

#[test]
fn a_damaged_head_of_a_segment_with_records_is_no_new_segment() {
    let disk = written(false);
    disk.damage(SEGMENT, 20, b"?");
    let told = open(&disk).unwrap_err();
    assert!(told.contains(SEGMENT) && told.contains("damaged"), "{told}");
}

/// Records that an object is erased.
fn erase(log: &DiskLog, hash: ContentHash) {
    let batch = Batch {
        command_id: CommandId([77; 16]),
        actor: ActorId::new("li-na").unwrap(),
        recorded_at: TimestampMs(9),
        events: vec![NewEvent {
            kind: EventKind::new("erased").unwrap(),
            version: 1,
            body: Bytes::from_static(b"because"),
        }],
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: vec![hash],
    };
    log.append(&StreamId::new("erasures").unwrap(), Revision(0), batch)
        .unwrap();
}

#[test]
fn erased_content_and_rows_leave_no_readable_byte() {
    let disk = written(false);
    let log = open(&disk).unwrap();
    let words = b"a sentence that nobody may keep";
    let plain = ContentObject::new([9; 16], Bytes::from_static(words));
    log.put_content(plain.clone()).unwrap();
    assert_eq!(log.content(&plain.hash).unwrap().unwrap().bytes, &words[..]);
    erase(&log, plain.hash);
    assert!(log.content(&plain.hash).unwrap().is_none());
    assert!(!disk.holds(words));
    // The control: what lies there unsealed is found.
    assert!(disk.holds(b"0019".repeat(250).as_slice()));
}

/// Changes a letter in each frame that holds `word`, and makes all checksums fit again: what somebody does who knows the
/// format and has the disk.
fn forge(disk: &SimDisk, word: &[u8]) {
    let mut bytes = disk.bytes_of(SEGMENT);
    let (mut at, mut previous) = (64, 0_u32);
    while bytes[at..].starts_with(b"HGF\x01") {
        let word_at = |from: usize| u32::from_be_bytes(bytes[at + from..at + from + 4].try_into().unwrap()) as usize;
        let end = at + 48 + word_at(28) + word_at(32);
        let found = bytes[at..end].windows(word.len()).position(|window| window == word);
        if let Some(found) = found {
            bytes[at + found] ^= 1;
        }
        bytes[at + 44..at + 48].copy_from_slice(&previous.to_be_bytes());
        previous = crc32fast::hash(&bytes[at + 8..end]);
        bytes[at + 4..at + 8].copy_from_slice(&previous.to_be_bytes());
        at = end;
    }
    disk.damage(SEGMENT, 0, &bytes);
}

#[test]
fn a_record_that_was_forged_with_all_its_checksums_is_named() {
    let big = Sizes {
        segment: 1 << 20,
        ..SIZES
    };
    let disk = SimDisk::default();
    let log = DiskLog::open_on(Arc::new(disk.clone()), big).unwrap();
    for n in 0..60_u8 {
        let event = |k| NewEvent {
            kind: EventKind::new("said").unwrap(),
            version: 1,
            body: Bytes::from(format!("words {n}-{k}!")),
        };
        let batch = Batch {
            command_id: CommandId([n; 16]),
            actor: ActorId::new("wang-fang").unwrap(),
            recorded_at: TimestampMs(1),
            events: (0..10).map(event).collect(),
            content: Vec::new(),
            table_writes: Vec::new(),
            erase: Vec::new(),
        };
        log.append(&StreamId::new("s").unwrap(), Revision(u64::from(n) * 10), batch)
            .unwrap();
    }
    log.keep_tree().unwrap();
    let head = log.tree_head(None).unwrap();
    assert_eq!(log.verify(&[head]).unwrap().records, 600);
    // In a tile that the tree has kept, the very record is named; behind the last tile a checkpoint tells.
    forge(&disk, b"words 29-9!");
    let told = log.verify(&[]).unwrap_err();
    assert!(matches!(told, VerifyError::Record { at: Position(300), .. }), "{told}");
    forge(&disk, b"vords 29-9!");
    assert!(
        log.verify(&[head]).is_ok(),
        "the control: put right again, it is the same log"
    );
    forge(&disk, b"words 55-0!");
    assert!(log.verify(&[]).is_ok());
    assert!(matches!(
        log.verify(&[head]),
        Err(VerifyError::Checkpoint { size: 600 })
    ));
}
