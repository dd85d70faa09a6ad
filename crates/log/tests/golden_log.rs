//! A whole log of version 1 lies in `golden/log-v1`. It stays readable for ever.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "tests")]

mod support;

use bytes::Bytes;
use heliograph_log::{
    ActorId, Batch, CommandId, ContentObject, DiskLog, EventKind, EventLog, NewEvent, Position, Revision, StreamId,
    TableName, TableWrite, TimestampMs,
};
use std::fs;
use std::path::{Path, PathBuf};
use support::Folder;

/// The root over its records.
const ROOT: &str = "a44f7a83eac3e8bbbde031e65b6517ff28ab2089809094df5f7fbb6afc4fd03a";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log-v1")
}

fn text(n: u8) -> ContentObject {
    ContentObject::new([n; 16], Bytes::from(format!("text {n}")))
}

fn batch(n: u8) -> Batch {
    Batch {
        command_id: CommandId([n; 16]),
        actor: ActorId::new("wang-fang").unwrap(),
        recorded_at: TimestampMs(1_795_000_000_000 + u64::from(n)),
        events: vec![NewEvent {
            kind: EventKind::new("said").unwrap(),
            version: n,
            body: Bytes::from(format!("fact {n}")),
        }],
        content: vec![text(n)],
        table_writes: vec![TableWrite {
            table: TableName::new("drafts").unwrap(),
            key: Bytes::from(vec![n % 2]),
            value: Some(Bytes::from(format!("draft {n}"))),
        }],
        erase: Vec::new(),
    }
}

#[test]
#[ignore = "makes the golden folder, once for each version of the format"]
fn make() {
    fs::create_dir_all(golden()).unwrap();
    let log = DiskLog::open(&golden()).unwrap();
    let stream = StreamId::new("publication-1").unwrap();
    for n in 0..4 {
        log.append(&stream, Revision(u64::from(n)), batch(n)).unwrap();
    }
    let erasing = Batch {
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: vec![text(2).hash],
        ..batch(4)
    };
    log.append(&stream, Revision(4), erasing).unwrap();
    log.compact().unwrap();
    println!("{}", log.verify(&[]).unwrap().head().root_hex());
}

#[test]
fn a_log_of_version_1_is_read() {
    let folder = Folder::new();
    for entry in fs::read_dir(golden()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.0.join(entry.file_name())).unwrap();
    }
    let log = DiskLog::open(&folder.0).unwrap();
    let found = log.verify(&[]).unwrap();
    assert_eq!((found.head().root_hex().as_str(), found.records), (ROOT, 5));
    assert_eq!((found.content, found.erased.len()), (3, 1));
    assert_eq!(found.erased[0].content, text(2).hash);
    let stream = StreamId::new("publication-1").unwrap();
    let records = log.read_stream(&stream, Revision(0), 9).unwrap();
    let bodies: Vec<_> = records.iter().map(|record| &record.body[..]).collect();
    assert_eq!(bodies, [b"fact 0", b"fact 1", b"fact 2", b"fact 3", b"fact 4"]);
    assert_eq!(log.content(&text(3).hash).unwrap(), Some(text(3)));
    assert_eq!(log.content(&text(2).hash).unwrap(), None);
    assert_eq!(log.erased(&text(2).hash).unwrap(), Some(Position(5)));
    let drafts = log.scan(&TableName::new("drafts").unwrap(), b"").unwrap();
    let drafts: Vec<_> = drafts.iter().map(|(_, value)| &value[..]).collect();
    assert_eq!(drafts, [b"draft 2", b"draft 3"]);
    // And it goes on: a command that it knows is known, another is new.
    assert!(log.append(&stream, Revision(9), batch(3)).unwrap().repeated);
    assert_eq!(log.append(&stream, Revision(5), batch(9)).unwrap().last, Position(6));
}
