//! The operator's page, word for word: every command in it is run, in order, on a log of an office that was at work.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::World;
use std::path::Path;
use std::process::{Command, Output};

const PAGE: &str = include_str!("../../../docs/looking-after-the-log.md");

/// The commands of the page, block by block.
fn blocks() -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = PAGE;
    while let Some((_, after)) = rest.split_once("```sh\n") {
        let (block, after) = after.split_once("```").unwrap();
        blocks.push(block.to_owned());
        rest = after;
    }
    blocks
}

/// Runs lines as a person would, in a folder, with this build's `heliograph`.
fn shell(folder: &Path, lines: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_heliograph")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-e", "-c", lines]).current_dir(folder).env("PATH", path);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// An office that published twice, its hub stopped; the data folder has the name that the commands expect.
fn office() -> (World, std::path::PathBuf) {
    let mut world = World::new();
    for title in ["停电通知", "放假通知"] {
        let _ = world.people.publish_notice(title, &["hall"]);
    }
    world.hub_goes_away();
    let folder = world.data().parent().unwrap().to_owned();
    std::fs::rename(world.data(), folder.join("heliograph-data")).unwrap();
    (world, folder)
}

#[test]
fn every_command_of_the_operators_page_does_what_it_says() {
    let (_world, folder) = office();
    let mut everything = String::new();
    let blocks = blocks();
    assert!(blocks.len() >= 5, "the page has its commands");
    for block in blocks {
        let output = shell(&folder, &block);
        everything += &said(&output);
        assert!(output.status.success(), "{block}\n{}", said(&output));
    }
    for word in [
        "sound: ",
        "agrees with the checkpoint",
        "is among the first",
        "none was changed or removed",
        "Released",
    ] {
        assert!(everything.contains(word), "nowhere `{word}`:\n{everything}");
    }
}

#[test]
fn what_was_changed_or_signed_by_another_is_told_and_fails() {
    let (_world, folder) = office();
    let ready = shell(
        &folder,
        "heliograph log key > key; heliograph log checkpoint > then; heliograph log prove --position 3 --out proof",
    );
    assert!(ready.status.success(), "{}", said(&ready));
    let proof = std::fs::read_to_string(folder.join("proof")).unwrap();
    let refused = |lines: &str, word: &str| {
        let output = shell(&folder, lines);
        assert!(!output.status.success(), "{lines} succeeded");
        assert!(said(&output).contains(word), "{lines}: {}", said(&output));
    };
    // Another place, a changed checkpoint, another key, another log.
    std::fs::write(folder.join("other"), proof.replace("index 2", "index 1")).unwrap();
    refused("heliograph verify-proof other --key key", "does not hold");
    std::fs::write(folder.join("other"), proof.replace("\nheliograph/", "\nheliograph/x")).unwrap();
    refused("heliograph verify-proof other --key key", "is false");
    std::fs::write(folder.join("other"), proof.replace(" heliograph/", " heliograph/x")).unwrap();
    refused("heliograph verify-proof other --key key", "is not signed by");
    refused("heliograph verify-proof proof --key nothing", "nothing cannot be read");
    refused("heliograph log verify --data nothing", "there is no log in nothing");
    let then = std::fs::read_to_string(folder.join("then")).unwrap();
    std::fs::write(folder.join("then"), then.replace("heliograph/", "heliograph/x")).unwrap();
    refused("heliograph log verify --checkpoint then --key key", "heliograph: ");
    // A wound in the segment.
    let segment = folder.join("heliograph-data/events-000001.log");
    let sound = std::fs::read(&segment).unwrap();
    let mut bytes = sound.clone();
    bytes[sound.len() / 2] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    refused("heliograph log verify", "position");
    // The control: put right, it is sound again.
    std::fs::write(&segment, &sound).unwrap();
    assert!(shell(&folder, "heliograph log verify").status.success());
}

#[test]
fn verify_says_what_was_erased_by_whom_and_why() {
    let mut world = World::new();
    let id = world.people.publish_notice("误发的通知", &["hall"]);
    let step = |who: &heliograph_tests::Http, verb: &str, body: serde_json::Value| {
        let _ = heliograph_tests::act(who, &id, verb, &body).expect_status(200);
    };
    let people = &world.people;
    step(&people.approver, "withdraw", serde_json::json!({}));
    step(
        &people.approver,
        "request-erasure",
        serde_json::json!({"reason": "published by mistake"}),
    );
    step(&people.admin, "erase", serde_json::json!({}));
    world.hub_goes_away();
    let data = world.data().display().to_string();
    let output = shell(
        world.data().parent().unwrap(),
        &format!("heliograph log verify --data {data}"),
    );
    assert!(output.status.success(), "{}", said(&output));
    let told = said(&output);
    for word in [
        "sound: ",
        "1 were erased",
        "was erased on ",
        ", by admin, because: published by mistake",
    ] {
        assert!(told.contains(word), "nowhere `{word}`:\n{told}");
    }
}

/// A process that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_hub_that_is_told_where_backs_itself_up() {
    let (_world, folder) = office();
    let backups = folder.join("backups");
    let mut hub = Command::new(env!("CARGO_BIN_EXE_heliograph"));
    hub.current_dir(&folder).args(["hub", "--site", "binhe"]);
    hub.args([
        "--listen",
        "127.0.0.1:0",
        "--mqtt-listen",
        "127.0.0.1:0",
        "--backups",
        "backups",
    ]);
    hub.args(["--keep-backups", "30", "--keep-drafts", "400"]);
    hub.args(["--keep-withdrawn", "1825", "--keep-unreleased", "400"]);
    let hub = Running(hub.stdout(std::process::Stdio::null()).spawn().unwrap());
    let made = || {
        let names = std::fs::read_dir(&backups).into_iter().flatten();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.find(|name| !name.ends_with(".partial"))
    };
    heliograph_tests::eventually("a backup", || made().is_some());
    drop(hub);
    let verify = format!("heliograph log verify --data backups/{}", made().unwrap());
    let output = shell(&folder, &verify);
    assert!(
        output.status.success() && said(&output).contains("sound: "),
        "{}",
        said(&output)
    );
}
