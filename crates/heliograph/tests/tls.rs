//! A hub with TLS and a display, each a process of its own, joined by hand as a technician would.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Http, PASSWORD, People, TempDir, eventually};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn heliograph() -> Command {
    Command::new(env!("CARGO_BIN_EXE_heliograph"))
}

/// What a hub says when it starts.
struct Told {
    hub: String,
    broker: String,
    fingerprint: String,
    word: String,
}

fn start_hub(dir: &Path) -> (Running, Told) {
    let mut child = heliograph()
        .args([
            "hub",
            "--tls",
            "--listen",
            "127.0.0.1:0",
            "--mqtt-listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut after = |mark: &str| {
        let line = lines.find_map(|line| line.split_once(mark).map(|(_, rest)| rest.trim().to_owned()));
        line.unwrap_or_else(|| panic!("the hub did not say `{mark}`"))
    };
    let told = Told {
        hub: after("hub "),
        broker: after("broker "),
        fingerprint: after("fingerprint (SHA-256) "),
        word: after("word="),
    };
    (Running(child), told)
}

fn enrol(told: &Told, token: &str, trust: &[&str], data: &Path) -> Output {
    heliograph()
        .args([
            "player",
            "enrol",
            "--hub",
            &told.hub,
            "--name",
            "屏",
            "--location",
            "大厅",
        ])
        .args(["--profile", "led-256x64", "--channels", "hall"])
        .args(trust)
        .arg("--data")
        .arg(data)
        .env("HELIOGRAPH_TOKEN", token)
        .output()
        .unwrap()
}

#[test]
fn a_technician_needs_an_address_and_a_fingerprint() {
    let dir = TempDir::new();
    let (_hub, told) = start_hub(&dir.path().join("hub"));
    assert!(told.hub.starts_with("https://127.0.0.1:") && told.broker.starts_with("mqtts://127.0.0.1:"));
    let ca = dir.path().join("hub/tls/ca.pem");
    let http = Http::to(&told.hub, Some(&std::fs::read_to_string(&ca).unwrap()));
    let people = People::set_up(&http, &told.word);
    let signed_in = http.post("/api/v1/sessions", &json!({"staff": "admin", "password": PASSWORD}));
    let token = signed_in.json["token"].as_str().unwrap();

    let refused = |trust: &[&str], because: &str| {
        let output = enrol(&told, token, trust, &dir.path().join("refused"));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(because), "{error}");
    };
    refused(&[], "--hub-fingerprint");
    refused(&["--hub-fingerprint", &"ab".repeat(32)], "not issued by the authority");
    refused(&["--hub-fingerprint", "short"], "64 hexadecimal digits");
    refused(&["--ca", "/nonexistent/ca.pem"], "--ca /nonexistent/ca.pem");

    let data = dir.path().join("display");
    let enrolled = enrol(&told, token, &["--hub-fingerprint", &told.fingerprint], &data);
    assert!(
        enrolled.status.success(),
        "{}",
        String::from_utf8_lossy(&enrolled.stderr)
    );
    let by_file = enrol(
        &told,
        token,
        &["--ca", ca.to_str().unwrap()],
        &dir.path().join("second"),
    );
    assert!(by_file.status.success(), "{}", String::from_utf8_lossy(&by_file.stderr));

    // The broker's address and whom to trust it has from the hub.
    let player = heliograph()
        .args(["player", "--profile", "led-256x64", "--sink"])
        .arg(format!("png:{}", dir.path().join("frame.png").display()))
        .arg("--data")
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _player = Running(player);
    eventually("the display is there", || {
        let displays: Value = people.admin.get("/api/v1/displays").json;
        let all = displays["displays"].as_array().unwrap();
        all.len() == 2 && all.iter().any(|display| display["standing"] == "online")
    });
}

#[test]
fn a_hub_does_not_start_with_half_of_what_it_needs() {
    let dir = TempDir::new();
    let hub = |more: &[&str]| {
        let output = heliograph()
            .args(["hub", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path())
            .args(more)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(
        hub(&["--tls-cert", "hub.pem"]).0,
        Some(2),
        "a certificate without a key"
    );
    assert_eq!(hub(&["--plain", "--tls"]).0, Some(2), "both");
    let (code, error) = hub(&[
        "--tls-cert",
        "/nonexistent/hub.pem",
        "--tls-key",
        "/nonexistent/hub.key",
    ]);
    assert!(code == Some(1) && error.contains("/nonexistent/hub.key"), "{error}");
    let (code, error) = hub(&["--tls", "--tls-name", "https://hub"]);
    assert!(code == Some(1) && error.contains("--tls-name"), "{error}");
}
