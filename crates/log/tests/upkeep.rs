//! Proofs, verification, copies.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use bytes::Bytes;
use heliograph_log::merkle::{Frontier, is_consistent, leaf, root_of_inclusion};
use heliograph_log::{
    ActorId, BackupError, Batch, CommandId, ContentHash, ContentObject, DiskLog, Erasure, EventKind, EventLog,
    ExchangeError, Follower, Import, Item, NewEvent, Position, Revision, StreamId, TableName, TableWrite, TimestampMs,
    TreeHead, VerifyError, restore,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use support::Folder;

/// Appends `count` records in one batch.
fn append(log: &DiskLog, number: u64, count: u64) {
    let row = TableWrite {
        table: TableName::new("drafts").unwrap(),
        key: Bytes::from(format!("row {}", number % 5)),
        value: Some(Bytes::from(format!("draft {number}"))),
    };
    append_with(log, number, count, vec![row]);
}

fn append_with(log: &DiskLog, number: u64, count: u64, table_writes: Vec<TableWrite>) {
    let mut command = [0; 16];
    command[8..].copy_from_slice(&number.to_be_bytes());
    let event = |n| NewEvent {
        kind: EventKind::new("said").unwrap(),
        version: 1,
        body: Bytes::from(format!("{number}/{n}")),
    };
    let batch = Batch {
        command_id: CommandId(command),
        actor: ActorId::new("wang-fang").unwrap(),
        recorded_at: TimestampMs(number),
        events: (0..count).map(event).collect(),
        content: vec![ContentObject::new([1; 16], Bytes::from(format!("text {number}")))],
        table_writes,
        erase: Vec::new(),
    };
    let stream = StreamId::new(&format!("s-{number}")).unwrap();
    log.append(&stream, Revision(0), batch).unwrap();
}

/// The tree's root over each number of leaves, straight from the records.
fn frontiers(log: &DiskLog) -> Vec<Frontier> {
    let mut frontier = Frontier::default();
    let mut all = vec![frontier.clone()];
    for record in log.read(Position(0), usize::MAX).unwrap() {
        frontier.push(leaf(&record.to_bytes()));
        all.push(frontier.clone());
    }
    all
}

#[test]
fn roots_and_proofs_are_those_of_the_records_whatever_is_kept_of_the_tree() {
    let folder = Folder::new();
    // More than 2^16 records, so that three levels are kept; in the second opening all of them are.
    for opening in 0..2 {
        let log = DiskLog::open(&folder.0).unwrap();
        if opening == 0 {
            for number in 0..34 {
                append(&log, number, 2000);
            }
        }
        let all = frontiers(&log);
        let size = all.len() as u64 - 1;
        assert_eq!(size, 68_000);
        for upto in [0, 1, 255, 256, 257, 700, 65_535, 65_536, 65_537, 67_999, size] {
            let head = log.tree_head(Some(upto)).unwrap();
            assert_eq!(head.root, all[upto as usize].root(), "{upto}");
            for position in [1, 2, 256, 257, 65_536, 65_537, size] {
                if position > upto {
                    assert!(log.prove_inclusion(Position(position), upto).is_err());
                    continue;
                }
                let (record, path) = log.prove_inclusion(Position(position), upto).unwrap();
                let root = root_of_inclusion(leaf(&record), position - 1, upto, &path);
                assert_eq!(root, Some(head.root), "{position} in {upto}");
                let before = all[position as usize].root();
                let path = log.prove_consistency(position, upto).unwrap();
                assert!(
                    is_consistent(position, upto, &before, &head.root, &path),
                    "{position} {upto}"
                );
            }
        }
        let whole = log.verify(&[]).unwrap();
        assert_eq!((whole.records, whole.content, whole.streams), (size, 34, 34));
        assert_eq!(whole.root, all[size as usize].root());
    }
}

#[test]
fn verifying_agrees_with_checkpoints_and_misses_what_is_gone() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0).unwrap();
    append(&log, 1, 10);
    let early = log.tree_head(None).unwrap();
    append(&log, 2, 10);
    assert_eq!(log.verify(&[early]).unwrap().records, 20);
    let other = TreeHead { root: [7; 32], ..early };
    assert!(matches!(
        log.verify(&[other]),
        Err(VerifyError::Checkpoint { size: 10 })
    ));
    let later = TreeHead {
        size: 21,
        root: [7; 32],
    };
    assert!(matches!(
        log.verify(&[early, later]),
        Err(VerifyError::Short { size: 21, has: 20 })
    ));
}

/// A record that says why something is erased.
fn erasure(why: &'static [u8]) -> Batch {
    Batch {
        command_id: CommandId([9; 16]),
        actor: ActorId::new("li-na").unwrap(),
        recorded_at: TimestampMs(5000),
        events: vec![NewEvent {
            kind: EventKind::new("erased").unwrap(),
            version: 1,
            body: Bytes::from_static(why),
        }],
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: Vec::new(),
    }
}

/// Records that the text of a batch is erased.
fn erase(log: &DiskLog, text: u64) -> ContentHash {
    let hash = ContentObject::new([1; 16], Bytes::from(format!("text {text}"))).hash;
    let batch = Batch {
        erase: vec![hash],
        ..erasure(b"published by mistake")
    };
    log.append(&StreamId::new("erasures").unwrap(), Revision(0), batch)
        .unwrap();
    hash
}

#[test]
fn erasing_leaves_every_hash_and_says_who_did_it_when_and_why() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0).unwrap();
    append(&log, 1, 3);
    append(&log, 2, 1);
    let before = log.verify(&[]).unwrap();
    let hash = erase(&log, 1);
    let after = log.verify(&[before.head()]).unwrap();
    assert_eq!((before.content, before.erased.len(), after.content), (2, 0, 1));
    let [erasure] = after.erased.as_slice() else {
        panic!("{:?}", after.erased)
    };
    let record = erasure.record.as_ref().unwrap();
    assert_eq!(erasure.content, hash);
    assert_eq!((record.position, record.recorded_at), (Position(5), TimestampMs(5000)));
    assert_eq!(
        (record.actor.as_str(), &record.body[..]),
        ("li-na", &b"published by mistake"[..])
    );
}

#[test]
fn a_key_that_is_gone_without_a_record_is_damage() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0).unwrap();
    append(&log, 1, 1);
    drop(log);
    let path = folder.0.join("events.keys");
    let mut keys = std::fs::read(&path).unwrap();
    keys[512..544].fill(0);
    std::fs::write(&path, keys).unwrap();
    let log = DiskLog::open(&folder.0).unwrap();
    assert!(matches!(log.verify(&[]), Err(VerifyError::KeyGone(_))));
}

/// How often a text can be had from the raw files of a folder: written plainly, or by trying, at every byte of every
/// file, whether a sealed item begins there that a key of `events.keys` opens. It is written from `docs/log-format.md`
/// alone and knows nothing of what the log thinks is erased.
fn found_in_raw_files(folder: &Path, words: &[u8], names: &[Vec<u8>]) -> usize {
    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
    use chacha20poly1305::{XChaCha20Poly1305, XNonce};
    let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    let keys = std::fs::read(folder.join("events.keys")).unwrap();
    let keys: Vec<[u8; 32]> = keys[512..].as_chunks().0.to_vec();
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        found += usize::from(holds(&bytes));
        for at in 0..bytes.len().saturating_sub(36) {
            let slot = u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
            let length = u32::from_be_bytes(bytes[at + 32..at + 36].try_into().unwrap()) as usize;
            let key = usize::try_from(slot).ok().and_then(|slot| keys.get(slot));
            let sealed = bytes.get(at + 36..(at + 36).saturating_add(length));
            let (Some(key), Some(sealed)) = (key, sealed.filter(|it| (16..4096).contains(&it.len()))) else {
                continue;
            };
            let nonce: [u8; 24] = bytes[at + 8..at + 32].try_into().unwrap();
            for aad in names {
                let payload = Payload { msg: sealed, aad };
                let plain = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), payload);
                found += usize::from(plain.is_ok_and(|plain| holds(&plain)));
            }
        }
    }
    found
}

#[test]
fn what_is_erased_can_be_had_from_no_raw_file_here_or_in_a_copy() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    append(&log, 1, 1);
    append(&log, 2, 1);
    let drafts = TableName::new("drafts").unwrap();
    let row = |value: Option<&'static str>| TableWrite {
        table: drafts,
        key: Bytes::from_static(b"row 9"),
        value: value.map(Bytes::from),
    };
    log.write(vec![row(Some("a draft with a name in it"))]).unwrap();
    // A row that is written with records, and written over after the copy: its former key is another.
    let listed = |number: u64, value: Option<&'static str>| {
        let row = TableWrite {
            key: Bytes::from_static(b"row 8"),
            ..row(value)
        };
        append_with(&log, number, 1, vec![row]);
    };
    listed(3, Some("another name"));
    log.backup(&folder.0.join("copy")).unwrap();
    listed(4, Some("a new name"));
    listed(5, None);
    let hash = ContentObject::new([1; 16], Bytes::from_static(b"text 1")).hash;
    let names = [
        hash.0.to_vec(),
        b"row\0drafts\0row 9".to_vec(),
        b"row\0drafts\0row 8".to_vec(),
    ];
    let had = |at: &str, words: &str| found_in_raw_files(&folder.0.join(at), words.as_bytes(), &names);
    // The controls: who has the files has the text and the draft; and what is in the clear is found.
    assert!(had("log", "text 1") > 0 && had("copy", "text 1") > 0);
    assert!(had("log", "a name in it") > 0 && had("copy", "a name in it") > 0);
    assert!(had("copy", "another name") > 0);
    assert!(had("log", "wang-fang") > 0);
    erase(&log, 1);
    log.write(vec![row(None)]).unwrap();
    log.carry_erasures(&folder.0.join("copy")).unwrap();
    assert_eq!(had("log", "text 1") + had("copy", "text 1"), 0);
    assert_eq!(had("log", "a name in it") + had("copy", "a name in it"), 0);
    assert_eq!(had("copy", "another name"), 0);
    assert!(had("log", "published by mistake") > 0, "the record stays");
}

/// Whether a log or a copy of one can give a text.
fn readable(folder: &Path, hash: &ContentHash) -> bool {
    let log = DiskLog::open(folder).unwrap();
    log.content(hash).unwrap().is_some()
}

#[test]
fn an_erasure_is_carried_to_the_copies_that_were_made_before() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    append(&log, 1, 3);
    append(&log, 2, 3);
    let head = log.backup(&folder.0.join("copy")).unwrap();
    let key_of = |at: &str| std::fs::read(folder.0.join(at).join("events.keys")).unwrap();
    let before = key_of("copy");
    append(&log, 3, 3);
    let hash = erase(&log, 1);
    // The control: until then the copy can be read.
    assert!(readable(&folder.0.join("copy"), &hash));
    assert_eq!(log.carry_erasures(&folder.0.join("copy")).unwrap(), 1);
    assert_eq!(log.carry_erasures(&folder.0.join("copy")).unwrap(), 0);
    assert!(!readable(&folder.0.join("copy"), &hash));
    // The key itself is nowhere any more: neither here nor there.
    let gone: Vec<&[u8]> = before
        .chunks(32)
        .filter(|key| key.iter().any(|byte| *byte != 0))
        .collect();
    let gone: Vec<_> = gone
        .into_iter()
        .filter(|key| !key_of("copy").chunks(32).any(|it| it == *key))
        .collect();
    assert_eq!(gone.len(), 1);
    assert!(!key_of("log").windows(32).any(|it| it == gone[0]));
    // The copy is sound, restores, and goes on.
    let put_back = restore(&folder.0.join("copy"), &folder.0.join("again"), &[head]).unwrap();
    assert_eq!(put_back, head);
    let again = DiskLog::open(&folder.0.join("again")).unwrap();
    let found = again.verify(&[]).unwrap();
    assert_eq!(
        found.erased,
        [Erasure {
            content: hash,
            record: None
        }]
    );
    append(&again, 4, 1);
    // Another log's erasures are not carried.
    let other = DiskLog::open(&folder.0.join("other")).unwrap();
    append(&other, 1, 1);
    assert!(matches!(
        other.carry_erasures(&folder.0.join("copy")),
        Err(BackupError::OtherLog(_))
    ));
}

#[test]
fn a_copy_of_a_log_that_is_written_is_whole_and_can_be_put_back() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    append(&log, 0, 500);
    let stop = AtomicBool::new(false);
    let head = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                append(&log, number, 3);
            }
        });
        let head = log.backup(&folder.0.join("copy")).unwrap();
        stop.store(true, Ordering::Relaxed);
        head
    });
    assert!(head.size >= 500 && !folder.0.join("copy.partial").exists());
    assert_eq!(log.tree_head(Some(head.size)).unwrap(), head);
    let put_back = restore(&folder.0.join("copy"), &folder.0.join("again"), &[head]).unwrap();
    assert_eq!(put_back, head);
    let again = DiskLog::open(&folder.0.join("again")).unwrap();
    assert_eq!(again.verify(&[head]).unwrap().records, head.size);
    assert_eq!(
        again.read(Position(0), usize::MAX).unwrap(),
        log.read(Position(0), usize::try_from(head.size).unwrap()).unwrap()
    );
    let drafts = again.scan(&TableName::new("drafts").unwrap(), b"row").unwrap();
    assert!(!drafts.is_empty() && drafts.iter().all(|(_, value)| value.starts_with(b"draft ")));
    // It goes on like any other; and nothing is ever written over.
    append(&again, 1_000_000, 1);
    drop(again);
    assert!(log.backup(&folder.0.join("copy")).is_err());
    assert!(restore(&folder.0.join("copy"), &folder.0.join("again"), &[]).is_err());
}

#[test]
fn a_damaged_copy_is_not_put_back() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    append(&log, 0, 500);
    let head = log.backup(&folder.0.join("copy")).unwrap();
    let segment = folder.0.join("copy").join("events-000001.log");
    let sound = std::fs::read(&segment).unwrap();
    let mut bytes = sound.clone();
    bytes[20_000] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let told = restore(&folder.0.join("copy"), &folder.0.join("again"), &[head])
        .unwrap_err()
        .to_string();
    assert!(told.contains("not sound") || told.contains("damaged"), "{told}");
    assert!(log_files(&folder.0.join("again")).is_empty());
    // The control: the sound bytes go back.
    std::fs::write(&segment, sound).unwrap();
    restore(&folder.0.join("copy"), &folder.0.join("again"), &[head]).unwrap();
}

fn log_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_follower_reads_what_another_writes() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0).unwrap();
    append(&log, 1, 2);
    let mut follower = Follower::open(&folder.0).unwrap();
    let next = |follower: &mut Follower| follower.next().unwrap().map(|record| record.position.0);
    assert_eq!(
        (next(&mut follower), next(&mut follower), next(&mut follower)),
        (Some(1), Some(2), None)
    );
    append(&log, 2, 1);
    assert_eq!((next(&mut follower), next(&mut follower)), (Some(3), None));
    assert!(Follower::open(&folder.0.join("nothing")).is_err());
}

#[test]
fn an_import_of_an_export_has_the_same_root_and_everything_else() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    for number in 0..40 {
        append(&log, number, 1 + number % 70);
    }
    let early = log.backup(&folder.0.join("early")).unwrap();
    let hash = erase(&log, 7);
    let anew = ContentObject::new([1; 16], Bytes::from_static(b"text 7"));
    log.put_content(anew.clone()).unwrap();
    let exported = |log: &DiskLog| {
        let mut items = Vec::new();
        let head = log.export(|item| {
            items.push(item);
            Ok(())
        });
        (items, head.unwrap())
    };
    let (items, head) = exported(&log);
    let mut import = Import::begin(&folder.0.join("again")).unwrap();
    for item in items.clone() {
        import.take(item).unwrap();
    }
    assert_eq!(import.finish().unwrap(), head);
    let again = DiskLog::open(&folder.0.join("again")).unwrap();
    let sorted = |items: &[Item]| {
        let mut told: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
        told.sort();
        told
    };
    assert_eq!(again.content(&hash).unwrap(), Some(anew.clone()));
    let (second, second_head) = exported(&again);
    assert!(second_head == head && sorted(&second) == sorted(&items));
    let mut import = Import::begin(&folder.0.join("twice")).unwrap();
    for item in second {
        import.take(item).unwrap();
    }
    assert_eq!(import.finish().unwrap(), head);
    let twice = DiskLog::open(&folder.0.join("twice")).unwrap();
    assert_eq!(twice.content(&hash).unwrap(), Some(anew.clone()));
    let (was, is) = (log.verify(&[early]).unwrap(), again.verify(&[early]).unwrap());
    assert_eq!((was.root, &was.erased, was.content), (is.root, &is.erased, is.content));
    assert_eq!(again.content(&hash).unwrap(), Some(anew));
    append(&again, 100, 1);
    // A copy that was told of a later erasure tells of it in its export, too.
    log.carry_erasures(&folder.0.join("early")).unwrap();
    let (copied, _) = exported(&DiskLog::open(&folder.0.join("early")).unwrap());
    assert!(copied.contains(&Item::Erased(hash, Position(0))));
    let mut third = Import::begin(&folder.0.join("third")).unwrap();
    for item in copied {
        third.take(item).unwrap();
    }
    assert_eq!(third.finish().unwrap(), early);
    assert_eq!(
        DiskLog::open(&folder.0.join("third"))
            .unwrap()
            .verify(&[])
            .unwrap()
            .erased
            .len(),
        1
    );
    // A line that is missing is noticed; so is a log that is there.
    let mut holed = Import::begin(&folder.0.join("holed")).unwrap();
    let mut records = items.into_iter().filter(|item| matches!(item, Item::Record(_)));
    holed.take(records.next().unwrap()).unwrap();
    let gap = holed.take(records.nth(1).unwrap());
    assert!(matches!(gap, Err(ExchangeError::Gap(Position(1)))));
    assert!(matches!(
        Import::begin(&folder.0.join("again")),
        Err(ExchangeError::Exists(_))
    ));
}

#[test]
fn compacting_gives_space_back_and_changes_nothing() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0).unwrap();
    let rows = |value: Option<Bytes>| {
        let row = |n: u32| TableWrite {
            table: TableName::new("drafts").unwrap(),
            key: Bytes::from(format!("row {n}")),
            value: value.clone(),
        };
        (0..400).map(row).collect::<Vec<_>>()
    };
    append(&log, 1, 50);
    log.write(rows(Some(Bytes::from(vec![7; 20_000])))).unwrap();
    log.write(rows(None)).unwrap();
    let before = log.verify(&[]).unwrap();
    let size = || std::fs::metadata(folder.0.join("events.redb")).unwrap().len();
    let was = size();
    log.compact().unwrap();
    assert!(size() < was / 2, "{} of {was}", size());
    assert_eq!(log.verify(&[before.head()]).unwrap().head(), before.head());
    append(&log, 2, 1);
}

#[test]
fn a_large_object_is_a_file_of_its_own_with_all_that_goes_with_a_log() {
    let folder = Folder::new();
    let log = DiskLog::open(&folder.0.join("log")).unwrap();
    let poster = ContentObject::new([5; 16], Bytes::from(vec![b'p'; 300_000]));
    log.put_content(poster.clone()).unwrap();
    append(&log, 1, 1);
    let media = |at: &str| {
        let names = std::fs::read_dir(folder.0.join(at))
            .unwrap()
            .map(|it| it.unwrap().file_name());
        names.filter(|it| it.to_string_lossy().starts_with("media-")).count()
    };
    assert_eq!(media("log"), 1);
    let head = log.backup(&folder.0.join("copy")).unwrap();
    let put_back = restore(&folder.0.join("copy"), &folder.0.join("again"), &[head]).unwrap();
    assert_eq!((put_back, media("again")), (head, 1));
    let again = DiskLog::open(&folder.0.join("again")).unwrap();
    assert_eq!(again.content(&poster.hash).unwrap(), Some(poster.clone()));
    let mut import = Import::begin(&folder.0.join("third")).unwrap();
    let exported = again.export(|item| {
        import.take(item).unwrap();
        Ok(())
    });
    assert_eq!(import.finish().unwrap(), exported.unwrap());
    let third = DiskLog::open(&folder.0.join("third")).unwrap();
    assert_eq!(third.content(&poster.hash).unwrap(), Some(poster.clone()));
    // A file that is changed or gone is damage, and is named.
    let name = std::fs::read_dir(folder.0.join("third"))
        .unwrap()
        .map(|it| it.unwrap().path());
    let file = name
        .into_iter()
        .find(|it| it.to_string_lossy().contains("media-"))
        .unwrap();
    let sound = std::fs::read(&file).unwrap();
    let mut changed = sound.clone();
    changed[200_000] ^= 1;
    for bytes in [changed, b"short".to_vec()] {
        std::fs::write(&file, bytes).unwrap();
        assert!(matches!(third.verify(&[]), Err(VerifyError::Content(hash)) if hash == poster.hash));
    }
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(third.verify(&[]), Err(VerifyError::Content(hash)) if hash == poster.hash));
    std::fs::write(&file, sound).unwrap();
    assert!(third.verify(&[]).is_ok());
    // Erased here and in the copy: the files are gone, too.
    let erasing = Batch {
        erase: vec![poster.hash],
        ..erasure(b"by mistake")
    };
    log.append(&StreamId::new("erasures").unwrap(), Revision(0), erasing)
        .unwrap();
    log.carry_erasures(&folder.0.join("copy")).unwrap();
    assert_eq!((media("log"), media("copy")), (0, 0));
    assert_eq!(log.verify(&[]).unwrap().erased.len(), 1);
    assert_eq!(
        DiskLog::open(&folder.0.join("copy"))
            .unwrap()
            .verify(&[])
            .unwrap()
            .erased
            .len(),
        1
    );
}
