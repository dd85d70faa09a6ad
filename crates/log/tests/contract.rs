//! What every backend promises. Each test runs against all of them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use bytes::Bytes;
use heliograph_log::{
    ActorId, AppendError, Batch, COMMAND_MEMORY_MS, CommandId, ContentHash, ContentObject, DiskLog, EventKind,
    EventLog, FILE_NAME, MAX_BATCH_BYTES, MAX_BODY_BYTES, MAX_OBJECT_BYTES, MemoryLog, NewEvent, OpenError, Position,
    Revision, StreamId, TableName, TableWrite, TimestampMs,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "heliograph-log-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a story against every backend.
fn every_backend(story: impl Fn(&dyn EventLog)) {
    story(&MemoryLog::new());
    let folder = Folder::new();
    story(&DiskLog::open(&folder.0).unwrap());
}

fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

fn table(name: &str) -> TableName {
    TableName::new(name).unwrap()
}

fn command(n: u64) -> CommandId {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    CommandId(id)
}

fn batch(n: u64, bodies: &[&str]) -> Batch {
    let event = |body: &&str| NewEvent {
        kind: EventKind::new("said").unwrap(),
        version: 1,
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    Batch {
        command_id: command(n),
        actor: ActorId::new("wang-fang").unwrap(),
        recorded_at: TimestampMs(1000 + n),
        events: bodies.iter().map(event).collect(),
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: Vec::new(),
    }
}

fn bodies(log: &dyn EventLog, after: u64, limit: usize) -> Vec<String> {
    let body = |record: heliograph_log::Record| String::from_utf8(record.body.to_vec()).unwrap();
    log.read(Position(after), limit)
        .unwrap()
        .into_iter()
        .map(body)
        .collect()
}

#[test]
fn records_are_read_back_in_order_by_position_and_by_stream() {
    every_backend(|log| {
        let first = log
            .append(&stream("a"), Revision(0), batch(1, &["one", "two"]))
            .unwrap();
        assert_eq!(
            (first.first, first.last, first.revision),
            (Position(1), Position(2), Revision(2))
        );
        log.append(&stream("b"), Revision(0), batch(2, &["three"])).unwrap();
        log.append(&stream("a"), Revision(2), batch(3, &["four"])).unwrap();
        assert_eq!(bodies(log, 0, 100), ["one", "two", "three", "four"]);
        assert_eq!(bodies(log, 1, 2), ["two", "three"]);
        assert_eq!(bodies(log, 4, 100), Vec::<String>::new());
        assert_eq!(log.head().unwrap().position, Position(4));
        let of_a = log.read_stream(&stream("a"), Revision(1), 100).unwrap();
        let seen: Vec<_> = of_a.iter().map(|r| (r.position.0, r.revision.0, &r.body[..])).collect();
        assert_eq!(seen, [(2, 2, &b"two"[..]), (4, 3, &b"four"[..])]);
    });
}

#[test]
fn a_batch_decided_on_an_old_revision_is_refused_whole() {
    every_backend(|log| {
        log.append(&stream("a"), Revision(0), batch(1, &["one"])).unwrap();
        let mut late = batch(2, &["two", "three"]);
        late.content = vec![ContentObject::new([1; 16], Bytes::from_static(b"text"))];
        late.table_writes = vec![TableWrite {
            table: table("t"),
            key: Bytes::from_static(b"k"),
            value: Some(Bytes::from_static(b"v")),
        }];
        let hash = late.content[0].hash;
        let refused = log.append(&stream("a"), Revision(0), late.clone()).unwrap_err();
        assert!(
            matches!(
                refused,
                AppendError::Conflict {
                    actual: Revision(1),
                    ..
                }
            ),
            "{refused}"
        );
        assert_eq!(bodies(log, 0, 100), ["one"]);
        assert!(log.content(&hash).unwrap().is_none() && log.get(&table("t"), b"k").unwrap().is_none());
        // The control: on the right revision the very same batch holds, with everything beside it.
        log.append(&stream("a"), Revision(1), late).unwrap();
        assert_eq!(log.content(&hash).unwrap().unwrap().bytes, "text");
        assert_eq!(log.get(&table("t"), b"k").unwrap().unwrap(), "v");
    });
}

#[test]
fn a_repeated_command_writes_nothing_and_hears_of_the_first_time() {
    every_backend(|log| {
        let first = log.append(&stream("a"), Revision(0), batch(1, &["one"])).unwrap();
        let again = log.append(&stream("a"), Revision(0), batch(1, &["one"])).unwrap();
        assert!(again.repeated && (again.first, again.revision) == (first.first, first.revision));
        assert_eq!(bodies(log, 0, 100), ["one"]);
        // Another person may use the same key.
        let mut other = batch(1, &["two"]);
        other.actor = ActorId::new("li-na").unwrap();
        assert!(!log.append(&stream("a"), Revision(1), other).unwrap().repeated);
        // After a week it is forgotten.
        let mut late = batch(9, &["three"]);
        late.recorded_at = TimestampMs(2000 + COMMAND_MEMORY_MS);
        log.append(&stream("a"), Revision(2), late).unwrap();
        assert!(
            !log.append(&stream("a"), Revision(3), batch(1, &["four"]))
                .unwrap()
                .repeated
        );
    });
}

#[test]
fn time_never_runs_backwards() {
    every_backend(|log| {
        log.append(&stream("a"), Revision(0), batch(50, &["late"])).unwrap();
        let early = log.append(&stream("a"), Revision(1), batch(1, &["early"])).unwrap();
        assert_eq!(early.recorded_at, TimestampMs(1050));
        assert_eq!(log.read(Position(1), 1).unwrap()[0].recorded_at, TimestampMs(1050));
    });
}

#[test]
fn what_is_too_large_or_not_what_it_says_is_refused() {
    every_backend(|log| {
        let body = "x".repeat(MAX_BODY_BYTES + 1);
        let refused = log.append(&stream("a"), Revision(0), batch(1, &[&body])).unwrap_err();
        assert!(matches!(refused, AppendError::TooLarge { .. }), "{refused}");
        let mut heavy = batch(2, &["one"]);
        let object = |fill| ContentObject::new([fill; 16], vec![0; MAX_BODY_BYTES].into());
        heavy.content = (0..17).map(object).collect();
        assert!(matches!(
            log.append(&stream("a"), Revision(0), heavy),
            Err(AppendError::TooLarge { .. })
        ));
        assert!(matches!(
            log.append(&stream("a"), Revision(0), batch(3, &[])),
            Err(AppendError::Empty)
        ));
        let mut forged = batch(4, &["one"]);
        forged.content = vec![ContentObject {
            hash: ContentHash([9; 32]),
            salt: [0; 16],
            bytes: Bytes::new(),
        }];
        assert!(matches!(
            log.append(&stream("a"), Revision(0), forged),
            Err(AppendError::WrongHash(_))
        ));
        assert_eq!(log.head().unwrap().position, Position(0));
        log.append(&stream("a"), Revision(0), batch(5, &[&"x".repeat(MAX_BODY_BYTES)]))
            .unwrap();
    });
}

#[test]
fn tables_and_content_live_beside_the_log_and_can_be_erased() {
    every_backend(|log| {
        let row = |key: &'static str, value: Option<&'static str>| TableWrite {
            table: table("drafts"),
            key: Bytes::from_static(key.as_bytes()),
            value: value.map(|value| Bytes::from_static(value.as_bytes())),
        };
        log.write(vec![row("b1", Some("x")), row("a1", Some("y")), row("b2", Some("z"))])
            .unwrap();
        log.write(vec![row("b1", None), row("b3", Some("w"))]).unwrap();
        let found = log.scan(&table("drafts"), b"b").unwrap();
        assert_eq!(
            found,
            [
                (Bytes::from("b2"), Bytes::from("z")),
                (Bytes::from("b3"), Bytes::from("w"))
            ]
        );
        assert_eq!(log.scan(&table("draft"), b"").unwrap(), []);
        let object = ContentObject::new([3; 16], Bytes::from_static(b"text"));
        log.put_content(object.clone()).unwrap();
        assert_eq!(log.content(&object.hash).unwrap(), Some(object.clone()));
        assert_eq!(log.head().unwrap().position, Position(0));
    });
}

#[test]
fn what_is_erased_is_gone_and_the_record_that_did_it_is_known() {
    every_backend(|log| {
        let object = ContentObject::new([3; 16], Bytes::from_static(b"text"));
        let erase = |number, revision| {
            let erasing = Batch {
                erase: vec![object.hash],
                ..batch(number, &["erased, because"])
            };
            log.append(&stream("a"), Revision(revision), erasing)
        };
        // What was never there is refused, and nothing is recorded.
        assert!(matches!(erase(1, 0), Err(AppendError::NoSuchContent(hash)) if hash == object.hash));
        assert_eq!(log.head().unwrap().position, Position(0));
        let naming = Batch {
            content: vec![object.clone(), object.clone()],
            ..batch(2, &["names it"])
        };
        log.append(&stream("a"), Revision(0), naming).unwrap();
        assert_eq!(log.erased(&object.hash).unwrap(), None);
        assert_eq!(erase(3, 1).unwrap().last, Position(2));
        assert_eq!(log.content(&object.hash).unwrap(), None);
        assert_eq!(log.erased(&object.hash).unwrap(), Some(Position(2)));
        // Again: the first time stays the one.
        assert_eq!(erase(4, 2).unwrap().last, Position(3));
        assert_eq!(log.erased(&object.hash).unwrap(), Some(Position(2)));
        // The same text may be published anew, and erased anew.
        let anew = Batch {
            content: vec![object.clone()],
            ..batch(5, &["names it again"])
        };
        log.append(&stream("b"), Revision(0), anew).unwrap();
        assert_eq!(log.content(&object.hash).unwrap(), Some(object.clone()));
        assert_eq!(log.erased(&object.hash).unwrap(), None);
        assert_eq!(erase(6, 3).unwrap().last, Position(5));
        assert_eq!(log.content(&object.hash).unwrap(), None);
        assert_eq!(log.erased(&object.hash).unwrap(), Some(Position(5)));
    });
}

#[test]
fn who_watches_wakes_when_the_log_grows() {
    every_backend(|log| {
        let mut watch = log.watch();
        assert_eq!(watch.wait(Duration::from_millis(1)), None);
        log.append(&stream("a"), Revision(0), batch(1, &["one"])).unwrap();
        assert_eq!(watch.wait(Duration::from_secs(10)), Some(Position(1)));
        assert_eq!(watch.wait(Duration::from_millis(1)), None);
    });
}

#[test]
fn many_writers_at_once_lose_nothing_and_share_commits() {
    const WRITERS: u64 = 16;
    const EACH: u64 = 40;
    let folder = Folder::new();
    let log = Arc::new(DiskLog::open(&folder.0).unwrap());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let log = Arc::clone(&log);
            scope.spawn(move || {
                for n in 0..EACH {
                    let said = format!("{writer}/{n}");
                    log.append(
                        &stream(&format!("w-{writer}")),
                        Revision(n),
                        batch(writer * 1000 + n, &[&said]),
                    )
                    .unwrap();
                }
            });
        }
    });
    let records = log.read(Position(0), 10_000).unwrap();
    assert_eq!(records.len() as u64, WRITERS * EACH);
    assert!(records.iter().zip(1..).all(|(record, n)| record.position.0 == n));
    for writer in 0..WRITERS {
        let own = log
            .read_stream(&stream(&format!("w-{writer}")), Revision(0), 1000)
            .unwrap();
        assert_eq!(own.len() as u64, EACH);
        assert!(own.iter().zip(1..).all(|(record, n)| record.revision.0 == n));
    }
}

#[test]
fn a_log_opened_again_is_the_same_and_goes_on() {
    let folder = Folder::new();
    let total = 5000;
    {
        let log = DiskLog::open(&folder.0).unwrap();
        // More than the index of streams waits for, so that both its halves are read below.
        for n in 0..total {
            let said: Vec<String> = (0..10).map(|k| format!("{n}/{k}")).collect();
            let said: Vec<&str> = said.iter().map(String::as_str).collect();
            if n % 10 == 0 {
                log.append(
                    &stream(&format!("s-{}", n % 70)),
                    Revision((n / 70) * 10),
                    batch(n, &said),
                )
                .unwrap();
            }
        }
    }
    let log = DiskLog::open(&folder.0).unwrap();
    assert_eq!(log.head().unwrap().position, Position(total));
    let own = log.read_stream(&stream("s-0"), Revision(0), 100_000).unwrap();
    assert!(own.iter().zip(1..).all(|(record, n)| record.revision.0 == n));
    assert_eq!(own.len(), 720);
    assert!(
        log.append(&stream("s-0"), Revision(0), batch(0, &["again"]))
            .unwrap()
            .repeated,
        "commands are remembered"
    );
    let next = log
        .append(&stream("s-0"), Revision(720), batch(9999, &["next"]))
        .unwrap();
    assert_eq!(next.first, Position(total + 1));
}

#[test]
fn what_is_no_log_is_named_and_not_touched() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let file = folder.0.join(FILE_NAME);
    for (bytes, word) in [(&b""[..], "empty"), (b"SQLite format 3\0 and more", "begins otherwise")] {
        std::fs::write(&file, bytes).unwrap();
        let error = DiskLog::open(&folder.0).unwrap_err();
        assert!(matches!(error, OpenError::NotALog { .. }), "{error}");
        let sentence = error.to_string();
        assert!(sentence.contains(FILE_NAME) && sentence.contains(word), "{sentence}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
    }
}

#[test]
fn a_damaged_file_is_told_in_a_sentence_and_never_a_panic() {
    let folder = Folder::new();
    {
        let log = DiskLog::open(&folder.0).unwrap();
        for n in 0..50 {
            log.append(&stream("a"), Revision(n), batch(n, &["something to say"]))
                .unwrap();
        }
    }
    let file = folder.0.join(FILE_NAME);
    let sound = std::fs::read(&file).unwrap();
    let cut = sound.len() / 3;
    std::fs::write(&file, &sound[..cut]).unwrap();
    let error = DiskLog::open(&folder.0).unwrap_err();
    assert!(error.to_string().contains(FILE_NAME), "{error}");
    // The control: the sound bytes open.
    std::fs::write(&file, &sound).unwrap();
    assert_eq!(DiskLog::open(&folder.0).unwrap().head().unwrap().position, Position(50));
}

#[test]
fn one_process_at_a_time() {
    let folder = Folder::new();
    let _log = DiskLog::open(&folder.0).unwrap();
    let error = DiskLog::open(&folder.0).unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
}

#[test]
fn a_folder_that_is_a_file_is_named() {
    let folder = Folder::new();
    std::fs::write(&folder.0, "a file").unwrap();
    let error = DiskLog::open(&folder.0).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error}");
    std::fs::remove_file(&folder.0).unwrap();
}

#[test]
fn a_batch_of_the_largest_size_is_read_back_and_survives_opening_anew() {
    let folder = std::env::temp_dir().join(format!("heliograph-large-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let body = "x".repeat(MAX_BODY_BYTES);
    let bodies: Vec<&str> = (0..15).map(|_| body.as_str()).collect();
    for life in 0..3 {
        let log = DiskLog::open(&folder).unwrap();
        assert_eq!(log.head().unwrap().position, Position(life * 15));
        log.append(&stream("a"), Revision(life * 15), batch(life, &bodies))
            .unwrap();
        let read = log.read(Position(life * 15), 20).unwrap();
        assert_eq!(read.len(), 15);
        assert_eq!(
            log.read_stream(&stream("a"), Revision(life * 15), 20).unwrap().len(),
            15
        );
    }
    let log = DiskLog::open(&folder).unwrap();
    assert_eq!(log.verify(&[]).unwrap().records, 45);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn large_objects_are_kept_read_erased_and_bounded_like_small_ones() {
    every_backend(|log| {
        let large = |fill: u8| ContentObject::new([fill; 16], Bytes::from(vec![fill; 3 * MAX_BATCH_BYTES]));
        let (first, second) = (large(1), large(2));
        // With the records that name them, though they are larger than a batch may be; and alone.
        let naming = Batch {
            content: vec![first.clone()],
            ..batch(1, &["names it"])
        };
        log.append(&stream("a"), Revision(0), naming).unwrap();
        log.put_content(second.clone()).unwrap();
        assert_eq!(log.content(&first.hash).unwrap(), Some(first.clone()));
        assert_eq!(log.content(&second.hash).unwrap(), Some(second.clone()));
        let erasing = Batch {
            erase: vec![first.hash],
            ..batch(2, &["erased, because"])
        };
        log.append(&stream("a"), Revision(1), erasing).unwrap();
        assert_eq!(log.content(&first.hash).unwrap(), None);
        assert_eq!(log.erased(&first.hash).unwrap(), Some(Position(2)));
        let too_large = ContentObject {
            bytes: Bytes::from(vec![0; MAX_OBJECT_BYTES + 1]),
            ..second
        };
        assert!(matches!(log.put_content(too_large), Err(AppendError::TooLarge { .. })));
    });
}
