//! Whom displays trust: a root that changes while they are off, a stolen key, and a signer that is a process of its own.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_hub::retention::Retention;
use heliograph_hub::{Hub, HubConfig, SignerConfig, SignerServer, SystemClock, TlsMode};
use heliograph_scene::Frame;
use heliograph_tests::{Http, PASSWORD, STRIP, TempDir, TestDisplay, World, act, eventually};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

fn on_air(world: &World, display: &TestDisplay) -> Value {
    let path = format!("/api/v1/displays/{}", display.id);
    world.people.admin.get(&path).json["status"]["on_air"]["publication"].clone()
}

#[test]
fn a_display_that_was_off_while_the_root_changed_twice_follows_the_steps() {
    let mut world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let first = world.people.publish_notice("换根之前", &["hall"]);
    eventually("the notice", || on_air(&world, &strip) == json!(first));
    strip.stop();

    world.hub_goes_away();
    let safe = world.data().join("second-root.key");
    heliograph_hub::rotate_root(&world.data(), None, Some(&safe), Instant(1)).unwrap();
    world.hub_comes_back();
    let _ = world.people.publish_notice("换过一次根", &["hall"]);
    world.hub_goes_away();
    let rotated = heliograph_hub::rotate_root(&world.data(), Some(&safe), None, Instant(1)).unwrap();
    // The keys go with the second root: only who took both steps believes what comes now.
    assert_eq!(heliograph_hub::new_epoch(&world.data(), None, Instant(1)).unwrap(), 2);
    world.hub_comes_back();
    assert_eq!(world.hub().root(), rotated.root);
    let last = world.people.publish_notice("换过两次根", &["hall"]);

    strip.start(world.mqtt());
    eventually("the newest notice", || on_air(&world, &strip) == json!(last));
    // One that is enrolled now begins with the newest root.
    let fresh = world.display("fresh", STRIP, &["hall"]);
    assert_eq!(world.identity(&fresh).root, rotated.root);
    eventually("the same on both", || on_air(&world, &fresh) == json!(last));
}

const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A hub beside the world's own.
struct Other {
    runtime: tokio::runtime::Runtime,
    hub: Hub,
}

impl Other {
    fn runs(folder: &Path, listen: SocketAddr, mqtt_listen: SocketAddr, signer: Option<PathBuf>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = HubConfig {
            data: folder.to_owned(),
            listen,
            mqtt_listen,
            broker: None,
            site: "binhe".parse().unwrap(),
            clock: Arc::new(SystemClock),
            backups: None,
            mail: None,
            retention: Retention::default(),
            signer,
            sessions: heliograph_hub::SessionRules::default(),
            trusted_proxies: Vec::new(),
            sign_on: None,
            tls: TlsMode::Plain,
            names: Vec::new(),
            wall: None,
        };
        let hub = runtime.block_on(Hub::start(config)).unwrap();
        Self { runtime, hub }
    }

    /// With a copy of the office's folder: log, accounts, credentials and keys, but not its root.
    fn thief(folder: &Path) -> Self {
        Self::runs(folder, ANYWHERE, ANYWHERE, None)
    }

    /// Takes a publication off the displays.
    fn withdraws(&self, publication: &str) {
        let http = Http::new(self.hub.http_addr());
        let who = json!({"staff": "approver", "password": PASSWORD});
        let session = http.post("/api/v1/sessions", &who).expect_status(201).json;
        let http = http.with_token(session["token"].as_str().unwrap());
        let _ = act(&http, publication, "withdraw", &json!({})).expect_status(200);
    }

    fn stops(self) {
        self.runtime.block_on(self.hub.stop());
    }
}

/// Copies the folder of a hub that does not run, but for the root key.
fn steals(world: &World, to: &Path) {
    copy(&world.data(), to);
    std::fs::remove_file(to.join("keys/root.key")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

/// What a display shows once it has been at a broker for a while.
fn shown_after(world: &World, display: &mut TestDisplay, broker: SocketAddr) -> Arc<Frame> {
    display.stop();
    display.start(broker);
    eventually("a first frame", || display.recording.count() > 0);
    std::thread::sleep(Duration::from_secs(4));
    let frame = display.frame();
    display.stop();
    // Back in the office, where nothing is different.
    display.start(world.mqtt());
    frame
}

/// In how many bytes two pictures differ.
fn differing(one: &Frame, other: &Frame) -> usize {
    one.rgb().iter().zip(other.rgb()).filter(|(a, b)| a != b).count()
}

#[test]
fn all_stolen_keys_but_the_root_are_worth_nothing_once_the_next_epoch_is_open() {
    let mut world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    eventually("a first frame", || strip.recording.count() > 0);
    let slate = strip.frame();
    let notice = world.people.publish_notice("正常播出", &["hall"]);
    eventually("the notice", || on_air(&world, &strip) == json!(notice));
    let shown = strip.frame();
    let (early, late) = (TempDir::new(), TempDir::new());

    world.hub_goes_away();
    steals(&world, early.path());
    assert_eq!(heliograph_hub::new_epoch(&world.data(), None, Instant(1)).unwrap(), 2);
    world.hub_comes_back();
    let next = world.people.publish_notice("新纪元", &["hall"]);
    eventually("the next notice", || on_air(&world, &strip) == json!(next));
    world.hub_goes_away();
    steals(&world, late.path());
    world.hub_comes_back();

    // What the thief's log says is as new as can be, and signed with all that the office had before.
    let thief = Other::thief(early.path());
    thief.withdraws(&notice);
    let kept = shown_after(&world, &mut strip, thief.hub.mqtt_addr().unwrap());
    assert!(differing(&kept, &slate) * 2 > differing(&shown, &slate), "it plays on");
    thief.stops();

    // The control: with the keys of this epoch the same comes through.
    let insider = Other::thief(late.path());
    insider.withdraws(&notice);
    insider.withdraws(&next);
    strip.stop();
    strip.start(insider.hub.mqtt_addr().unwrap());
    let is_slate = |frame: &Frame| differing(frame, &slate) * 4 < differing(&shown, &slate);
    eventually("the slate", || {
        strip.recording.last().is_some_and(|frame| is_slate(&frame))
    });
    strip.stop();
    insider.stops();
}

/// A signer with the keys in a folder of its own.
struct Signer {
    stop: tokio::sync::oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Signer {
    fn starts(data: &Path, own: &Path) -> Self {
        let config = SignerConfig {
            data: data.to_owned(),
            keys: own.join("keys"),
            socket: own.join("socket"),
            clock: Arc::new(SystemClock),
        };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
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
        Self { stop, thread }
    }

    fn stops(self) {
        drop(self.stop);
        self.thread.join().unwrap();
    }
}

#[test]
fn a_signer_of_its_own_holds_the_keys_and_when_it_is_gone_displays_keep_what_they_have() {
    let mut world = World::new();
    let strip = world.display("strip", STRIP, &["hall"]);
    let first = world.people.publish_notice("密钥移走之前", &["hall"]);
    eventually("the notice", || on_air(&world, &strip) == json!(first));
    let (http, mqtt, own) = (world.hub().http_addr(), world.mqtt(), TempDir::new());

    world.hub_goes_away();
    std::fs::create_dir_all(own.path().join("keys")).unwrap();
    for name in ["release.key", "heartbeat.key", "command.key", "root.pub", "trust"] {
        let from = world.data().join("keys").join(name);
        std::fs::rename(from, own.path().join("keys").join(name)).unwrap();
    }
    let signer = Signer::starts(&world.data(), own.path());
    let hub = Other::runs(&world.data(), http, mqtt, Some(own.path().join("socket")));
    let second = world.people.publish_notice("由签名服务签发", &["hall"]);
    eventually("what the signer signed", || on_air(&world, &strip) == json!(second));
    let home = world.people.admin.get("/admin").text;
    assert!(!home.contains("id=\"unsigned\""), "the control: nothing is wrong");

    signer.stops();
    let third = world.people.publish_notice("签名服务不在", &["hall"]);
    let told = || {
        let page = world.people.admin.get("/admin");
        page.text.contains("id=\"unsigned\"")
    };
    eventually("the fault is on the first page", told);
    assert_eq!(on_air(&world, &strip), json!(second), "displays keep what they have");
    let signer = Signer::starts(&world.data(), own.path());
    eventually("what was not signed is", || on_air(&world, &strip) == json!(third));
    eventually("the fault is over", || !told());
    hub.stops();
    signer.stops();
}
