//! What every replica promises, and what the file does when its disk has lied.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::ids::DisplayId;
use heliograph_domain::{ContentHash, Instant};
use heliograph_player::replica::{Change, FileReplica, Heard, MemoryReplica, Replica, ReplicaError, SharedStore};
use heliograph_wire::{FirstShown, Trust};
use std::fs;
use std::path::{Path, PathBuf};
use support::{hall, notice, site};

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("heliograph-replica-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("replica.redb")
    }

    fn aside(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("damaged")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Path) -> FileReplica {
    FileReplica::open(folder, Instant(5)).unwrap().0
}

/// Runs with each replica; `again` opens it anew, as after a power cut.
fn with_each(name: &str, story: impl Fn(Box<dyn Replica>, &dyn Fn(Box<dyn Replica>) -> Box<dyn Replica>)) {
    let memory = MemoryReplica::new();
    let twin = memory.clone();
    story(Box::new(memory), &move |_| Box::new(twin.clone()));
    let folder = Folder::new(name);
    let path = folder.0.clone();
    story(Box::new(open(&path)), &move |former| {
        drop(former);
        Box::new(open(&path))
    });
    let folder = Folder::new(&format!("{name}-shared"));
    let path = folder.0.clone();
    story(Box::new(open_shared(&path)), &move |former| {
        drop(former);
        Box::new(open_shared(&path))
    });
}

/// The replica of a display in a file where another display has stored as much.
fn open_shared(folder: &Path) -> impl Replica + use<> {
    let display = |n: &str| {
        format!("019a0000-0000-7000-8000-00000000000{n}")
            .parse::<DisplayId>()
            .unwrap()
    };
    let store = SharedStore::open(folder).unwrap();
    let mut neighbour = store.replica(display("2"));
    neighbour.apply(&all()).unwrap();
    assert!(neighbour.load().unwrap().config.is_some());
    store.replica(display("1"))
}

fn all() -> Vec<Change> {
    let notice = notice("notice");
    let (hash, bytes) = (notice.item.content, notice.payload.to_bytes());
    vec![
        Change::Trust(Box::new(Trust::new(site(), support_root()))),
        Change::Config(vec![1, 2]),
        Change::Head(hall(), Some(vec![3])),
        Change::Waiting(hall(), Some(vec![4])),
        Change::Content(hash, Some(bytes)),
        Change::Erased(vec![5]),
        Change::Shown(hash, Some(first(hash))),
        Change::Heard(Heard {
            heard_at: Some(Instant(6)),
            trusted: Instant(7),
        }),
    ]
}

fn support_root() -> heliograph_wire::PublicKey {
    heliograph_wire::PublicKey([1; 32])
}

fn first(content: ContentHash) -> FirstShown {
    FirstShown {
        publication: notice("notice").item.publication,
        content,
        at: Instant(8),
    }
}

/// A picture as it comes over the wire.
fn picture(n: u8) -> (ContentHash, Vec<u8>) {
    let object = heliograph_wire::ContentPayload {
        salt: [n; 16],
        bytes: vec![n; 100_000],
    };
    (object.hash(), object.to_bytes())
}

#[test]
fn pictures_are_read_back_and_dropped() {
    with_each("pictures", |mut replica, again| {
        let ((one, bytes), (two, other)) = (picture(1), picture(2));
        let keep = |hash, bytes: &[u8]| Change::Media(hash, Some(bytes.into()));
        replica.apply(&[keep(one, &bytes), keep(two, &other)]).unwrap();
        let mut replica = again(replica);
        let kept = replica.load().unwrap();
        assert_eq!((kept.media, kept.lost.len()), ([one, two].into(), 0));
        let media = replica.media();
        assert_eq!((media.read(&one), media.read(&two)), (Some(bytes), Some(other)));
        assert_eq!(media.read(&ContentHash([9; 32])), None);
        replica.apply(&[Change::Media(one, None)]).unwrap();
        assert_eq!(media.read(&one), None);
        assert_eq!(again(replica).load().unwrap().media, [two].into());
    });
}

#[test]
fn a_picture_file_that_was_cut_short_is_lost_and_one_that_nobody_names_goes() {
    let folder = Folder::new("cut");
    let mut replica = open(&folder.0);
    let (hash, bytes) = picture(3);
    replica
        .apply(&[Change::Media(hash, Some(bytes.clone().into()))])
        .unwrap();
    drop(replica);
    let media = folder.0.join("media");
    fs::write(media.join("half-written.new"), b"x").unwrap();
    fs::write(media.join(ContentHash([9; 32]).to_string()), b"x").unwrap();
    let (replica, kept) = FileReplica::open(&folder.0, Instant(5)).unwrap();
    assert_eq!((kept.media, fs::read_dir(&media).unwrap().count()), ([hash].into(), 1));
    drop(replica);
    fs::write(media.join(hash.to_string()), &bytes[..50]).unwrap();
    let (_, kept) = FileReplica::open(&folder.0, Instant(5)).unwrap();
    assert_eq!((kept.media.len(), kept.lost), (0, [hash].into()));
}

#[test]
fn an_empty_replica_remembers_nothing() {
    with_each("empty", |mut replica, _| {
        let kept = replica.load().unwrap();
        assert!(kept.trust.is_none() && kept.config.is_none() && kept.heads.is_empty() && kept.content.is_empty());
    });
}

#[test]
fn what_is_applied_is_there_after_a_power_cut() {
    with_each("kept", |mut replica, again| {
        let hash = notice("notice").item.content;
        replica.apply(&all()).unwrap();
        let kept = again(replica).load().unwrap();
        assert_eq!(kept.trust, Some(Trust::new(site(), support_root())));
        assert_eq!((kept.config, kept.erased), (Some(vec![1, 2]), Some(vec![5])));
        assert_eq!(
            (kept.heads[&hall()].clone(), kept.waiting[&hall()].clone()),
            (vec![3], vec![4])
        );
        assert_eq!(kept.content[&hash], notice("notice").payload.to_bytes());
        assert_eq!((kept.shown, kept.heard.trusted), (vec![first(hash)], Instant(7)));
    });
}

#[test]
fn what_is_dropped_is_gone_and_of_two_changes_the_later_counts() {
    with_each("dropped", |mut replica, again| {
        let hash = notice("notice").item.content;
        replica.apply(&all()).unwrap();
        let drops = [
            Change::Head(hall(), Some(vec![9])),
            Change::Head(hall(), None),
            Change::Waiting(hall(), None),
            Change::Content(hash, None),
            Change::Shown(hash, None),
            Change::Config(vec![6]),
            Change::Config(vec![7]),
        ];
        replica.apply(&drops).unwrap();
        let kept = again(replica).load().unwrap();
        assert!(kept.heads.is_empty() && kept.waiting.is_empty() && kept.content.is_empty() && kept.shown.is_empty());
        assert_eq!(kept.config, Some(vec![7]));
    });
}

#[test]
fn content_that_rotted_on_the_disk_is_left_out_and_named() {
    with_each("rotten", |mut replica, again| {
        let notice = notice("notice");
        let (hash, mut bytes) = (notice.item.content, notice.payload.to_bytes());
        *bytes.last_mut().unwrap() ^= 1;
        replica.apply(&all()).unwrap();
        replica.apply(&[Change::Content(hash, Some(bytes))]).unwrap();
        let kept = again(replica).load().unwrap();
        assert!(kept.content.is_empty() && kept.damaged.contains(&hash));
        assert!(!kept.heads.is_empty(), "and the rest is there");
    });
}

#[test]
fn a_replica_that_is_in_use_is_not_touched() {
    let folder = Folder::new("in-use");
    let mut first = open(&folder.0);
    first.apply(&all()).unwrap();
    assert!(matches!(
        FileReplica::open(&folder.0, Instant(6)),
        Err(ReplicaError::InUse)
    ));
    assert!(folder.aside().is_empty());
    assert!(first.load().unwrap().config.is_some());
}

#[test]
fn a_shared_file_serves_one_process() {
    let folder = Folder::new("shared-in-use");
    let first = SharedStore::open(&folder.0).unwrap();
    assert!(matches!(SharedStore::open(&folder.0), Err(ReplicaError::InUse)));
    drop(first);
    assert!(SharedStore::open(&folder.0).is_ok());
}

#[test]
fn what_many_displays_store_together_is_each_displays_own() {
    let folder = Folder::new("shared-many");
    let displays: Vec<DisplayId> = (0..100)
        .map(|n| format!("019a0000-0000-7000-8000-0000000000{n:02}").parse().unwrap())
        .collect();
    let config = |n: usize| std::sync::Arc::new(vec![Change::Config(vec![u8::try_from(n).unwrap(); 9])]);
    let store = SharedStore::open(&folder.0).unwrap();
    let changes: Vec<_> = displays.iter().enumerate().map(|(n, id)| (*id, config(n))).collect();
    let (done, wait) = std::sync::mpsc::channel();
    store.store(&changes, move |result| done.send(result).unwrap()).unwrap();
    wait.recv().unwrap().unwrap();
    drop(store);
    let store = SharedStore::open(&folder.0).unwrap();
    for (n, id) in displays.iter().enumerate() {
        let kept = store.replica(*id).load().unwrap();
        assert_eq!(kept.config, Some(vec![u8::try_from(n).unwrap(); 9]));
    }
}

/// Whatever is in the file, a display comes back: with what it kept or, if that makes no sense, with an empty replica
/// and the damaged one kept aside.
#[test]
fn a_damaged_file_is_kept_aside_and_the_display_comes_back() {
    let folder = Folder::new("damaged");
    open(&folder.0).apply(&all()).unwrap();
    let good = fs::read(folder.file()).unwrap();
    let mut set_aside = 0;
    let zeroed = |from: usize, to: usize| {
        let mut bad = good.clone();
        bad[from..to.min(good.len())].fill(0);
        bad
    };
    let damages = [
        b"not a database".to_vec(),
        good[..good.len() / 3].to_vec(),
        zeroed(0, 64),
        zeroed(64, 512),
        zeroed(4096, good.len()),
        vec![0xff; good.len()],
    ];
    for (n, damage) in damages.into_iter().enumerate() {
        fs::write(folder.file(), damage).unwrap();
        let (mut replica, _) = FileReplica::open(&folder.0, Instant(n as u64)).unwrap();
        replica.apply(&all()).unwrap();
        assert!(replica.load().unwrap().config.is_some());
        set_aside = folder.aside().len().max(set_aside);
    }
    assert!(set_aside >= 4, "{:?}", folder.aside());
    // The control: what is not damaged stays where it is.
    fs::write(folder.file(), &good).unwrap();
    assert!(FileReplica::open(&folder.0, Instant(99)).unwrap().1.config.is_some());
    assert_eq!(folder.aside().len(), set_aside);
}
