//! One contract for every signer, and what a signer behind a socket must stand.

mod follow;
mod process;
mod together;

use super::*;
use crate::clock::{Clock, MovableClock};
use crate::keys::{self, Keys};
use crate::state::State;
use crate::transact::recorded_form;
use heliograph_domain::channel::ChannelEvent;
use heliograph_domain::display::{DisplayEvent, DisplaySetting};
use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::publication::{PublicationEvent, Release};
use heliograph_domain::site::SiteEvent;
use heliograph_domain::time::{DAY_MS, Window};
use heliograph_domain::{ContentHash, Event, Kind, Lang, LocalText, Priority, SiteName, StaffId};
use heliograph_log::{ActorId, Batch, CommandId, DiskLog, EventLog, Position, Revision, StreamId, TimestampMs};
use heliograph_wire::{CommandVerb, Newest, Refusal, Topic, Trust, pack_head};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::oneshot;

const NOON: Instant = Instant(1_795_492_800_000);
const ID: PublicationId = PublicationId(uuid::Uuid::from_u128(7));
const DISPLAY: DisplayId = DisplayId(uuid::Uuid::from_u128(9));
const CONTENT: ContentHash = ContentHash([0xab; 32]);

fn site() -> SiteName {
    "binhe".parse().unwrap()
}

fn hall() -> ChannelName {
    "hall".parse().unwrap()
}

/// A hub's log and keys, with the fold that a hub has of it.
struct Bench {
    folder: PathBuf,
    log: Arc<DiskLog>,
    state: State,
    root: heliograph_wire::PublicKey,
    clock: Arc<MovableClock>,
    commands: u128,
}

impl Bench {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let folder = std::env::temp_dir().join(format!(
            "heliograph-signer-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let log = Arc::new(DiskLog::open(&folder).unwrap());
        let root = keys::init(&folder, &site(), None, NOON).unwrap().root;
        let clock = Arc::new(MovableClock::at(NOON));
        let mut bench = Self {
            folder,
            log,
            state: State::default(),
            root,
            clock,
            commands: 0,
        };
        bench.record(Event::Channel(ChannelEvent::Defined {
            name: hall(),
            title: LocalText::new("大厅", "Hall"),
        }));
        bench
    }

    fn record(&mut self, event: Event) -> u64 {
        self.record_at(event, NOON)
    }

    fn record_at(&mut self, event: Event, at: Instant) -> u64 {
        self.commands += 1;
        let stream = event.stream();
        let batch = Batch {
            command_id: CommandId(self.commands.to_be_bytes()),
            actor: ActorId::new("wang").unwrap(),
            recorded_at: TimestampMs(at.0),
            events: vec![recorded_form(&event).unwrap()],
            content: Vec::new(),
            table_writes: Vec::new(),
            erase: Vec::new(),
        };
        let expected = Revision(self.state.revision(&stream));
        self.log
            .append(&StreamId::new(&stream).unwrap(), expected, batch)
            .unwrap();
        for record in self.log.read(Position(self.state.position), 100).unwrap() {
            self.state.apply(&record).unwrap();
        }
        self.state.position
    }

    /// A publication that these people saw through, released on the hall's channel.
    fn released(&mut self, author: &str, reviewer: &str, approver: &str) {
        self.released_by(author, &[], reviewer, approver);
    }

    fn released_by(&mut self, author: &str, contributors: &[&str], reviewer: &str, approver: &str) {
        let who = |name: &str| -> StaffId { name.parse().unwrap() };
        let content = CONTENT;
        let events = [
            PublicationEvent::Submitted {
                content,
                kind: Kind::Notice,
                catalogue_entry: "fin".parse().unwrap(),
                by: who(author),
                countersign: false,
                rule_set: 1,
                under: None,
            },
            PublicationEvent::ContributorsNamed {
                content,
                by: who(author),
                contributors: contributors.iter().map(|name| who(name)).collect(),
            },
            PublicationEvent::ConfidentialityReviewed {
                content,
                by: who(reviewer),
                rule_set: 1,
                under: None,
            },
            PublicationEvent::Approved {
                content,
                by: who(approver),
                under: None,
            },
            PublicationEvent::Released(Release {
                content,
                kind: Kind::Notice,
                channels: vec![hall()],
                window: Window {
                    from: NOON,
                    until: None,
                },
                priority: Priority::Normal,
                standing: false,
                lease_ms: None,
                by: who(approver),
                under: None,
            }),
        ];
        for event in events {
            self.record(Event::Publication(ID, event));
        }
    }

    fn enrolled(&mut self) {
        let setting = DisplaySetting {
            name: LocalText::new("屏", "D"),
            location: LocalText::default(),
            profile: "led".to_owned(),
            panel: Panel {
                width_px: 256,
                height_px: 64,
                colour: ColourDepth::Full,
                pixel_pitch_um: 5000,
                viewing_distance_mm: 6000,
                refresh_hz: 60,
            },
            language: Lang::En,
            channels: vec![hall()],
        };
        let key = [0x11; 32];
        self.record(Event::Display(DISPLAY, DisplayEvent::Enrolled { key, setting }));
    }

    /// The head as the hub has it.
    fn head(&self) -> Ask {
        let head = self.state.head(&hall()).unwrap();
        Ask::Head {
            channel: hall(),
            position: head.position,
            body: Sha256::digest(pack_head(&head).0.to_bytes()).into(),
        }
    }

    fn trust(&self) -> Trust {
        let mut trust = Trust::new(site(), self.root);
        let (keys, _) = Keys::open(&self.folder, &site(), NOON).unwrap();
        trust.admit(&Topic::Trust, &keys.trust).unwrap();
        trust
    }

    fn local(&self) -> Local {
        let (_, roles) = Keys::open(&self.folder, &site(), NOON).unwrap();
        Local::new(site(), roles, Arc::clone(&self.log) as _, State::default())
    }

    fn process(&self) -> Process {
        Process::start(&self.folder, self.clock.clone())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A signer behind a socket, served by a thread of this process.
struct Process {
    socket: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    fn start(data: &Path, clock: Arc<dyn Clock>) -> Self {
        let socket = data.join("s");
        let config = SignerConfig {
            data: data.to_owned(),
            keys: data.join("keys"),
            socket: socket.clone(),
            clock,
        };
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = SignerServer::start(config).unwrap();
                ready.send(()).unwrap();
                server.run(async { drop(stopped.await) }).await.unwrap();
            });
        });
        is_ready.recv().unwrap();
        Self {
            socket,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Every implementation, over the same log.
fn each(bench: &Bench, check: impl Fn(&Bench, &dyn Signer)) {
    check(bench, &bench.local());
    let process = bench.process();
    check(bench, &Remote::find(&process.socket, &site()).unwrap());
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table: a row for each topic")]
fn what_the_log_says_is_signed_and_a_display_believes_it() {
    let mut bench = Bench::new();
    bench.enrolled();
    bench.released("wang", "li", "zhao");
    let profile = ContentHash([1; 32]);
    let site_at = bench.record(Event::Site(SiteEvent::ProfileSet { site: site(), profile }));
    let blanked = bench.record(Event::Site(SiteEvent::Blanked));
    let by = || -> StaffId { "li".parse().unwrap() };
    let erased = bench.record(Event::Publication(
        PublicationId(uuid::Uuid::from_u128(8)),
        PublicationEvent::ContentErased {
            by: by(),
            requested_by: by(),
            contents: vec![CONTENT],
            reason: "law".to_owned(),
        },
    ));
    let hubs = vec!["https://hub.example:8443".to_owned()];
    let command = Command {
        nonce: [3; 16],
        expires: NOON.plus_ms(60_000),
        verb: CommandVerb::Refresh,
    };
    let (display, time) = (DISPLAY, NOON);
    let asks = [
        (Topic::Head(hall()), bench.head()),
        (
            Topic::Config(DISPLAY),
            Ask::Config {
                display,
                position: site_at,
                hubs,
            },
        ),
        (Topic::Erased, Ask::Erased { position: erased }),
        (Topic::Site, Ask::Site { position: blanked }),
        (
            Topic::Heartbeat,
            Ask::Heartbeat {
                position: erased,
                time,
                marks: vec![(hall(), 1, [7; 32])],
                newest: Newest::default(),
            },
        ),
        (
            Topic::Time(DISPLAY),
            Ask::Time {
                display,
                nonce: [6; 16],
                time,
            },
        ),
        (Topic::Command(DISPLAY), Ask::Command { display, command, time }),
        (
            Topic::Ack(DISPLAY),
            Ask::Ack {
                display,
                sequence: 300,
                time,
            },
        ),
    ];
    let mut said: Vec<Vec<Vec<u8>>> = Vec::new();
    let told = std::sync::Mutex::new(&mut said);
    each(&bench, |bench, signer| {
        let mut trust = bench.trust();
        let payloads = asks.iter().map(|(topic, ask)| {
            let payload = signer.sign(ask).unwrap_or_else(|why| panic!("{topic:?}: {why}"));
            assert!(trust.admit(topic, &payload).is_ok(), "{topic:?}");
            let elsewhere = Topic::Head("window-3".parse().unwrap());
            assert!(trust.admit(&elsewhere, &payload).is_err(), "the control: {topic:?}");
            payload
        });
        let payloads = payloads.collect();
        told.lock().unwrap().push(payloads);
    });
    assert_eq!(said[0], said[1], "same log, same bytes");
}

#[test]
fn a_head_that_did_not_pass_three_people_or_that_the_log_does_not_say_is_refused() {
    let mut good = Bench::new();
    good.released("wang", "li", "zhao");
    each(&good, |bench, signer| {
        let Ask::Head {
            channel,
            position,
            body,
        } = bench.head()
        else {
            unreachable!("a head was asked for");
        };
        let head = |channel: &str, position: u64, body: [u8; 32]| {
            let channel = channel.parse().unwrap();
            signer.sign(&Ask::Head {
                channel,
                position,
                body,
            })
        };
        assert!(head(channel.as_str(), position, body).is_ok(), "the control");
        assert_eq!(head("hall", position, [0; 32]), Err(Unsigned::Differs));
        assert_eq!(head("other", position, body), Err(Unsigned::Differs));
        assert_eq!(head("hall", position + 1, body), Err(Unsigned::Behind(position + 1)));
        assert_eq!(head("hall", position - 1, body), Err(Unsigned::MovedOn));
    });
    for (author, reviewer, approver) in [("wang", "wang", "zhao"), ("wang", "li", "wang"), ("wang", "li", "li")] {
        let mut alone = Bench::new();
        alone.released(author, reviewer, approver);
        each(&alone, |bench, signer| {
            assert_eq!(signer.sign(&bench.head()), Err(Unsigned::FourEyes(ID)));
        });
    }
    let mut wrote = Bench::new();
    wrote.released_by("wang", &["li"], "li", "zhao");
    each(&wrote, |bench, signer| {
        assert_eq!(signer.sign(&bench.head()), Err(Unsigned::FourEyes(ID)));
    });
}

#[test]
fn what_is_recorded_later_is_folded_when_it_is_asked_for() {
    let mut bench = Bench::new();
    let (local, process) = (bench.local(), bench.process());
    let remote = Remote::find(&process.socket, &site()).unwrap();
    let signers: [&dyn Signer; 2] = [&local, &remote];
    let empty = bench.head();
    assert!(signers.iter().all(|signer| signer.sign(&empty).is_ok()));
    bench.released("wang", "li", "zhao");
    let full = bench.head();
    assert!(signers.iter().all(|signer| signer.sign(&full).is_ok()));
    assert!(
        signers
            .iter()
            .all(|signer| signer.sign(&empty) == Err(Unsigned::MovedOn))
    );
    let unknown = Ask::Ack {
        display: DISPLAY,
        sequence: 1,
        time: NOON,
    };
    assert!(
        signers
            .iter()
            .all(|signer| signer.sign(&unknown) == Err(Unsigned::UnknownDisplay(DISPLAY)))
    );
}

/// Erasures stay in the list for 400 days, and no longer, counted from the last of them; and no more than fit a message.
#[test]
fn a_display_that_was_dark_for_399_days_is_told_what_to_drop_and_the_list_stays_within_a_message() {
    let mut bench = Bench::new();
    let by = || -> StaffId { "li".parse().unwrap() };
    let erase = |first: u16, count: u16| {
        let hash = |n: u16| {
            let mut hash = [0; 32];
            hash[..2].copy_from_slice(&n.to_be_bytes());
            ContentHash(hash)
        };
        Event::Publication(
            ID,
            PublicationEvent::ContentErased {
                by: by(),
                requested_by: by(),
                contents: (first..first + count).map(hash).collect(),
                reason: "law".to_owned(),
            },
        )
    };
    bench.released("wang", "li", "zhao");
    let list = |bench: &Bench, position: u64| {
        let payload = bench.local().sign(&Ask::Erased { position }).unwrap();
        let mut trust = bench.trust();
        assert!(trust.admit(&Topic::Erased, &payload).is_ok());
        let body = &payload[34..payload.len() - 64];
        (payload.len(), heliograph_wire::Erased::from_bytes(body).unwrap().hashes)
    };
    bench.record(erase(0, 1));
    let position = bench.record_at(erase(1, 1), NOON.plus_ms(399 * DAY_MS));
    assert_eq!(
        list(&bench, position).1.len(),
        2,
        "the one of 399 days ago is still told"
    );
    let position = bench.record_at(erase(2, 1), NOON.plus_ms(400 * DAY_MS));
    assert_eq!(list(&bench, position).1.len(), 2, "the control: after 400 days no more");
    let position = bench.record_at(erase(3, 900), NOON.plus_ms(401 * DAY_MS));
    assert_eq!(list(&bench, position).1.len(), 902);
    let position = bench.record_at(erase(1000, 900), NOON.plus_ms(402 * DAY_MS));
    let (bytes, hashes) = list(&bench, position);
    assert_eq!(hashes.len(), 1500);
    assert!(bytes <= Topic::Erased.limit());
    assert_eq!(hashes[0].0[..2], 1899u16.to_be_bytes(), "the newest are kept");
    // In a new epoch the same list is newer than anything before.
    let before = bench.local().sign(&Ask::Erased { position }).unwrap();
    let mut away = bench.trust();
    assert!(away.admit(&Topic::Erased, &before).is_ok());
    assert_eq!(keys::new_epoch(&bench.folder, None, NOON).unwrap(), 2);
    let (keys, _) = Keys::open(&bench.folder, &site(), NOON).unwrap();
    let after = bench.local().sign(&Ask::Erased { position }).unwrap();
    assert!(matches!(
        away.admit(&Topic::Erased, &after),
        Err(Refusal::UnknownKey(_))
    ));
    assert!(away.admit(&Topic::Trust, &keys.trust).is_ok());
    assert!(away.admit(&Topic::Erased, &after).is_ok());
    assert!(away.admit(&Topic::Erased, &before).is_err(), "the former epoch is over");
}
