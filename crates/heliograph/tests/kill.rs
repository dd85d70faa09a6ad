//! Killing the hub with SIGKILL at any moment loses no acknowledged release; players keep showing; all agree again.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_player::{BrokerAddress, FontSource, Identity, Player, PlayerConfig, SystemClock};
use heliograph_sink::{Recorder, Recording};
use heliograph_tests::{Http, NOTICE_ENTRY, People, STRIP, TempDir, eventually, hex, notice};
use heliograph_wire::{KeyPair, PublicKey};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// So often the hub is killed.
const ROUNDS: u64 = 10;
/// Approvers releasing at the same time.
const LANES: usize = 3;
/// Releases each of them has to make, one after the other.
const IN_A_ROW: usize = 3;

/// A hub as a process of its own.
struct Hub(Child);

impl Hub {
    /// Starts it; on the first start also the one-time word that makes the first administrator.
    fn start(dir: &TempDir, http: SocketAddr, mqtt: SocketAddr, first: bool) -> (Self, Option<String>) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_heliograph"))
            .args([
                "hub",
                "--site",
                "binhe",
                "--listen",
                &http.to_string(),
                "--mqtt-listen",
                &mqtt.to_string(),
                "--data",
            ])
            .arg(dir.path().join("hub"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.starts_with("broker")), "the hub did not start");
        let word = first.then(|| lines.next().unwrap().split_once("word=").unwrap().1.to_owned());
        let client = Http::new(http);
        eventually("the hub answers", || {
            client
                .try_send("GET", "/ready", &[], b"")
                .is_some_and(|reply| reply.status == 200)
        });
        (Self(child), word)
    }

    /// SIGKILL: no farewell, no flush.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A small generator, so that a failing run can be repeated: xorshift64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn display(people: &People, dir: &TempDir, mqtt: SocketAddr) -> (Player, Recording, String) {
    let keys = KeyPair::generate().unwrap();
    let wish = json!({
        "key": hex(&keys.public().0), "name": {"zh-Hans": "条屏"}, "location": {"zh-Hans": "大厅"}, "profile": "led-256x64",
        "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
    });
    let answer = people.admin.post("/api/v1/displays", &wish).expect_status(201).json;
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let mut root = [0; 32];
    for (byte, at) in root.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text("root")[at..at + 2], 16).unwrap();
    }
    let identity = Identity {
        site: text("site").parse().unwrap(),
        display: text("id").parse().unwrap(),
        secret: keys.secret(),
        mqtt_token: text("mqtt_token"),
        root: PublicKey(root),
        ca: None,
        hub: None,
        broker: None,
    };
    let (recorder, recording) = Recorder::new();
    let folder = dir.path().join("strip");
    std::fs::create_dir_all(&folder).unwrap();
    let player = Player::start(PlayerConfig {
        identity,
        broker: BrokerAddress {
            host: mqtt.ip().to_string(),
            port: mqtt.port(),
            tls: false,
        },
        data: folder,
        output: heliograph_player::Output::Frames(Box::new(recorder)),
        brightness: heliograph_player::profile::BrightnessPlan::default(),
        live: None,
        fonts: FontSource::BuiltIn,
        clock: Arc::new(SystemClock),
        panel: Some(STRIP),
    })
    .unwrap();
    (player, recording, text("id"))
}

fn lit(recording: &Recording) -> bool {
    recording
        .last()
        .is_some_and(|frame| frame.rgb().iter().any(|byte| *byte > 0))
}

/// Releases one after the other until the hub no longer answers.
fn release_in_a_row(approver: &Http, lane: &[String], acknowledged: &Mutex<Vec<String>>) {
    for release in lane {
        let path = format!("/api/v1/publications/{release}/release");
        let reply = approver.try_send("POST", &path, &[], br#"{"channels": ["hall"]}"#);
        if reply.is_none_or(|reply| reply.status != 200) {
            return;
        }
        acknowledged.lock().unwrap().push(release.clone());
    }
}

/// Waits until so many releases were acknowledged. The kill follows an acknowledgement and not a fixed time, so that it
/// falls between releases on a slow machine and on a fast one.
fn wait_for(acknowledged: &Mutex<Vec<String>>, enough: usize) {
    let begun = Instant::now();
    while acknowledged.lock().unwrap().len() < enough {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the releases are not acknowledged"
        );
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn no_acknowledged_release_is_lost_and_all_agree_again() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0x9e37_79b9_7f4a_7c15);
    let mut dice = Dice(seed);
    let (dir, http, mqtt) = (TempDir::new(), free_port(), free_port());
    let (mut hub, word) = Hub::start(&dir, http, mqtt, true);
    let people = People::set_up(&Http::new(http), &word.unwrap());
    let (player, recording, id) = display(&people, &dir, mqtt);
    let acknowledged = Mutex::new(Vec::new());
    let mut killed_in_between = 0;
    for round in 0..ROUNDS {
        let ready: Vec<String> = (0..LANES * IN_A_ROW)
            .map(|n| people.approved("notice", NOTICE_ENTRY, &notice(&format!("第{round}轮第{n}条"))))
            .collect();
        let before = acknowledged.lock().unwrap().len();
        std::thread::scope(|scope| {
            for lane in ready.chunks(IN_A_ROW) {
                let (approver, acknowledged) = (&people.approver, &acknowledged);
                scope.spawn(move || release_in_a_row(approver, lane, acknowledged));
            }
            let enough = before + usize::try_from(dice.below(1 + (LANES * IN_A_ROW) as u64 / 2)).unwrap();
            wait_for(&acknowledged, enough);
            std::thread::sleep(Duration::from_micros(dice.below(4_000)));
            hub.kill();
        });
        let now = acknowledged.lock().unwrap().len() - before;
        killed_in_between += usize::from(now < LANES * IN_A_ROW);
        assert!(
            lit(&recording),
            "the display goes on while the hub is dead (seed {seed})"
        );
        hub = Hub::start(&dir, http, mqtt, false).0;
        for release in acknowledged.lock().unwrap().iter() {
            let state = people.author.get(&format!("/api/v1/publications/{release}")).json["state"].clone();
            assert_eq!(
                state, "released",
                "round {round}, seed {seed}: an acknowledged release is lost"
            );
        }
        let head = || {
            people.admin.get("/api/v1/channels").json["channels"]
                .as_array()
                .unwrap()
                .iter()
                .find(|c| c["name"] == "hall")
                .unwrap()["position"]
                .clone()
        };
        let applied = || people.admin.get(&format!("/api/v1/displays/{id}")).json["status"]["heads"]["hall"].clone();
        eventually("the display has the hub's head again", || applied() == head());
    }
    assert!(
        killed_in_between > 0,
        "no kill fell between two releases: the test has lost its edge (seed {seed})"
    );
    player.stop();
    hub.kill();
}
