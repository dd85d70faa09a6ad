//! What a technician is told by `heliograph player probe`.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::TempDir;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Command, Output};

fn probe(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .args(["player", "probe", "--seconds", "0"])
        .args(args)
        .output()
        .unwrap()
}

/// What was found by check, as `state` and the whole finding; and whether all is well.
fn findings(output: &Output) -> (Value, bool) {
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ok = told["ok"].as_bool().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(!ok)));
    (told["checks"].clone(), ok)
}

fn finding<'f>(findings: &'f Value, check: &str) -> &'f Value {
    let found = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no finding of {check}: {findings}"))
}

#[test]
fn the_test_card_is_shown_and_each_check_is_one_line() {
    let folder = TempDir::new();
    let (card, data) = (folder.path().join("card.png"), folder.path().join("player"));
    let sink = format!("png:{}", card.display());
    let output = probe(&[
        "--profile",
        "led-256x64",
        "--sink",
        &sink,
        "--data",
        data.to_str().unwrap(),
    ]);
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{told}");
    for check in ["profile", "fonts", "memory", "clock", "data", "identity", "sink"] {
        let line = told.lines().find(|line| line.contains(&format!(" {check} ")));
        let line = line.unwrap_or_else(|| panic!("no line of {check}:\n{told}"));
        // What is not well says what to do.
        assert!(
            line.starts_with("ok ") || line.starts_with("     ") || line.contains(" → "),
            "{line}"
        );
    }
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&card).unwrap()))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (256, 64));
    let colours: BTreeSet<&[u8]> = pixels.chunks(3).collect();
    assert!(colours.len() > 1, "the card is of one colour");
    // Nothing of the probe stays in the player's folder.
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
}

#[test]
fn the_series_ends_with_a_dark_panel() {
    let folder = TempDir::new();
    let card = folder.path().join("card.png");
    let sink = format!("png:{}", card.display());
    let data = folder.path().to_str().unwrap().to_owned();
    assert!(
        probe(&["--profile", "sign-64x32", "--sink", &sink, "--data", &data, "--series"])
            .status
            .success()
    );
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&card).unwrap()))
        .read_info()
        .unwrap();
    let mut pixels = vec![1; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert!(pixels.iter().all(|byte| *byte == 0));
}

#[test]
fn what_is_not_there_fails_with_what_to_do() {
    let folder = TempDir::new();
    let file = folder.path().join("file");
    std::fs::write(&file, b"in the way").unwrap();
    let broker = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("mqtt://{}", broker.local_addr().unwrap());
    let data = file.to_str().unwrap();
    let bad = [
        "--sink",
        "kms:/dev/dri/card99",
        "--data",
        data,
        "--broker",
        &address,
        "--json",
    ];

    let (found, ok) = findings(&probe(&bad));
    assert!(!ok);
    assert_eq!(finding(&found, "broker")["state"], "ok");
    assert_eq!(finding(&found, "data")["state"], "fail");
    assert!(finding(&found, "data")["todo"].as_str().unwrap().contains("install -d"));
    assert_eq!(finding(&found, "sink")["state"], "fail");
    assert!(
        finding(&found, "sink")["found"]
            .as_str()
            .unwrap()
            .contains("ls /dev/dri")
    );

    drop(broker);
    let (found, _) = findings(&probe(&bad));
    assert_eq!(finding(&found, "broker")["state"], "fail");
}

#[test]
fn a_sink_that_fails_while_it_works_is_told() {
    let folder = TempDir::new();
    let data = folder.path().to_str().unwrap().to_owned();
    let (found, ok) = findings(&probe(&[
        "--profile",
        "sign-64x32",
        "--sink",
        "png:/nowhere/card.png",
        "--data",
        &data,
        "--json",
    ]));
    assert!(!ok);
    assert_eq!(finding(&found, "sink")["state"], "fail");
}

#[test]
fn wrong_usage_is_told_apart_from_a_problem() {
    let refused = |args: &[&str]| {
        let output = probe(args);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = refused(&["--sink", "hologram"]);
    assert!(code == Some(2) && told.contains("window"), "{told}");
    let (code, told) = refused(&["--broker", "broker"]);
    assert!(code == Some(2) && told.contains("mqtt://host:port"), "{told}");
    let (code, told) = refused(&["--profile", "lobby-8k"]);
    assert!(code == Some(1) && told.contains("lobby-4k"), "{told}");
}
