//! A machine without an identity, a process of its own, as a technician starts it: it pairs and goes on.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{STRIP, TempDir, World, eventually};
use serde_json::json;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

type Said = Lines<BufReader<ChildStdout>>;

/// `heliograph player …` with a picture in a file as its panel, and what it says.
fn player(hub: &str, folder: &Path, action: &[&str]) -> (Running, Said) {
    let picture = format!("png:{}", folder.join("panel.png").display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .arg("player")
        .args(action)
        .args(["--profile", "led-256x64", "--hub", hub, "--sink", &picture, "--data"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    (Running(child), said)
}

fn told_code(said: &mut Said) -> String {
    let mut lines = said.map(Result::unwrap);
    let line = lines.find(|line| line.starts_with("pairing code")).unwrap();
    line.split_whitespace().nth(2).unwrap().to_owned()
}

/// Lets in the machine that waits.
fn admit(world: &World, mut place: serde_json::Value, code: &str) -> u16 {
    let admin = &world.people.admin;
    let waiting = admin.get("/api/v1/enrolments").json["enrolments"][0].clone();
    let path = format!("/api/v1/enrolments/{}/admit", waiting["request"].as_str().unwrap());
    place["short_string"] = json!(code);
    admin.post(&path, &place).status
}

#[test]
fn a_technician_gives_an_address_and_reads_a_code() {
    let (world, folder) = (World::with_tls(), TempDir::new());
    let hub = world.hub().url();
    let (machine, mut said) = player(&hub, folder.path(), &[]);
    let code = told_code(&mut said);
    eventually("the code is on the panel", || folder.path().join("panel.png").exists());
    let place = json!({
        "name": {"zh-Hans": "窗口屏"}, "location": {"zh-Hans": "三号窗口"}, "profile": "led-256x64", "panel": STRIP,
        "language": "zh-Hans", "channels": ["hall"],
    });
    assert_eq!(admit(&world, place, &code), 201);
    let displays = || world.people.admin.get("/api/v1/displays").json["displays"].clone();
    eventually("the same process is an ordinary player", || {
        displays()[0]["standing"] == json!("online")
    });
    let id = displays()[0]["id"].clone();

    // While it runs nobody else pairs with its folder; without `--again` nobody does afterwards.
    let ends = |action: &[&str]| {
        let (mut child, _) = player(&hub, folder.path(), action);
        child.0.wait().unwrap().code()
    };
    assert_eq!(ends(&["pair", "--again"]), Some(1));
    drop(machine);
    assert_eq!(ends(&["pair"]), Some(1));

    let (mut machine, mut said) = player(&hub, folder.path(), &["pair", "--again"]);
    let code = told_code(&mut said);
    assert_eq!(admit(&world, json!({"replaces": id}), &code), 200);
    assert_eq!(machine.0.wait().unwrap().code(), Some(0), "it pairs and stops");
    let (_machine, _) = player(&hub, folder.path(), &[]);
    eventually("it is back in its place", || {
        displays().as_array().unwrap().len() == 1 && displays()[0]["standing"] == json!("online")
    });
}

#[test]
fn a_machine_that_nobody_told_where_to_go_says_what_it_needs() {
    let folder = TempDir::new();
    let told = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_heliograph"))
            .arg("player")
            .args(args)
            .arg("--data")
            .arg(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, error) = told(&["--sink", "terminal"]);
    assert!(code == Some(1) && error.contains("--hub https://"), "{error}");
    let (code, error) = told(&["pair"]);
    assert!(code == Some(2) && error.contains("--hub https://"), "{error}");
    let (code, error) = told(&["--hub", "http://192.0.2.1:8080"]);
    assert!(code == Some(2) && error.contains("--plain"), "{error}");
}

#[test]
fn who_ends_a_pairing_finds_the_same_code_again() {
    let (world, folder) = (World::with_tls(), TempDir::new());
    let hub = world.hub().url();
    let (mut machine, mut said) = player(&hub, folder.path(), &[]);
    let code = told_code(&mut said);
    let asked = Command::new("kill").arg(machine.0.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert_eq!(machine.0.wait().unwrap().code(), Some(0));
    // A power cut, too, in which nobody asks.
    for _ in 0..2 {
        let (_machine, mut said) = player(&hub, folder.path(), &[]);
        assert_eq!(told_code(&mut said), code);
    }
}
