//! A real disk that is full, or read-only: the display plays on, says so, and stores again when it can.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test's helpers fail like the test, and a child tells its parent"
)]

mod support;

use heliograph_player::replica::{FileReplica, ReplicaError, SpareReplica};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::*;

/// Tells a child process which folder it works in.
const FOLDER: &str = "HELIOGRAPH_TEST_FOLDER";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("heliograph-disk-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// This program again, running one of the ignored tests below by way of a shell's line.
fn child(line: &[&str], test: &str, folder: &Path) -> Output {
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).output().unwrap()
}

#[track_caller]
fn tells(output: &Output, what: &str) {
    let (told, erred) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success() && told.contains(what), "{told}{erred}");
}

/// A long notice: a few of them fill a small disk.
fn long(n: usize) -> Notice {
    notice_with(&format!("notice {n:02}"), &"长文".repeat(6000))
}

fn titles(number: usize) -> Vec<String> {
    (0..number).map(|n| format!("notice {n:02}")).collect()
}

/// Releases one notice after another until the disk takes no more: how many.
fn fill(lobby: &mut Lobby, notices: &[Notice], before: usize) -> usize {
    for number in before + 1..notices.len() {
        let all: Vec<&Notice> = notices[..number].iter().collect();
        lobby.releases(number as u64, &all);
        let expected = titles(number);
        lobby.shows(&expected.iter().map(String::as_str).collect::<Vec<_>>());
        lobby.after(1000);
        if tells_of_the_disk(lobby) {
            return number;
        }
    }
    panic!("the disk was never full")
}

fn tells_of_the_disk(lobby: &Lobby) -> bool {
    let told = lobby.status().last_refusal.as_ref();
    told.is_some_and(|why| why.contains("check the disk"))
}

/// What the disk keeps, looked at by the next start.
#[track_caller]
fn keeps(folder: &Path, number: usize) {
    let (replica, remembered) = FileReplica::open(folder, TEN).unwrap();
    let mut lobby = Lobby::on(Box::new(replica), remembered, TEN.plus_ms(MINUTE));
    let expected = titles(number);
    lobby.shows(&expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
#[ignore = "run as a process of its own, by the test below"]
fn fills_the_disk() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let notices: Vec<Notice> = (0..60).map(long).collect();
    let (replica, remembered) = FileReplica::open(&folder, TEN).unwrap();
    let mut lobby = Lobby::on(Box::new(replica), remembered, TEN).furnished();
    lobby.releases(1, &[&notices[0]]);
    let limit = |most: &str| {
        let process = std::process::id().to_string();
        let fsize = format!("--fsize={most}:unlimited");
        let limited = Command::new("prlimit").args(["--pid", &process, &fsize]).status();
        assert!(limited.unwrap().success());
    };
    // From now on no file of this process grows beyond what it has.
    let most = fs::metadata(folder.join("replica.redb")).unwrap().len();
    limit(&most.to_string());
    let number = fill(&mut lobby, &notices, 1);
    // It refuses again and again, and the programme goes on, also with what comes now.
    lobby.after(2 * MINUTE);
    assert!(tells_of_the_disk(&lobby));
    let all: Vec<&Notice> = notices[..=number].iter().collect();
    let expected = titles(number + 1);
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    lobby.releases(number as u64 + 1, &all).shows(&expected);
    // There is room again: everything is stored without another message.
    limit("unlimited");
    lobby.after(20_000).shows(&expected);
    println!("+released {}", number + 1);
}

#[test]
fn a_full_disk_keeps_no_release_from_the_panel_and_is_caught_up_with() {
    let folder = folder("full");
    // Such a process does not die of a file that grows too large, but is told so, as by a full disk.
    let line = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];
    let output = child(&line, "fills_the_disk", &folder);
    tells(&output, "+released ");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = told
        .split("+released ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap();
    keeps(&folder, number.parse().unwrap());
    fs::remove_dir_all(folder).unwrap();
}

fn remount(folder: &Path, how: &str) {
    let mounted = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(folder)
        .status();
    assert!(mounted.unwrap().success(), "remount {how}");
}

/// On a small disk of its own: first it is full, then read-only.
#[test]
#[ignore = "run as a process of its own, by the test below"]
fn lives_on_a_small_disk() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let notices: Vec<Notice> = (0..200).map(long).collect();
    let (replica, remembered) = FileReplica::open(&folder, TEN).unwrap();
    let mut lobby = Lobby::on(Box::new(replica), remembered, TEN).furnished();
    let number = fill(&mut lobby, &notices, 0);
    remount(&folder, "size=64m");
    lobby.after(20_000);
    drop(lobby);
    keeps(&folder, number);
    println!("+full at {number}");

    remount(&folder, "ro");
    assert!(matches!(FileReplica::open(&folder, TEN), Err(ReplicaError::Storage(_))));
    let (spare, remembered) = SpareReplica::new(&folder, TEN);
    let mut lobby = Lobby::on(Box::new(spare), remembered, TEN.plus_ms(MINUTE));
    let expected = titles(number);
    lobby.shows(&expected.iter().map(String::as_str).collect::<Vec<_>>());
    let mut lobby = lobby.furnished();
    let news = notice("news");
    lobby.releases(1000, &[&news]).shows(&["news"]);
    remount(&folder, "rw");
    // The next thing to keep takes everything along.
    lobby
        .releases(1001, &[&news, &notices[0]])
        .shows(&["news", "notice 00"]);
    drop(lobby);
    let (_, kept) = FileReplica::open(&folder, TEN).unwrap();
    assert_eq!(
        (kept.content.len(), kept.heads.len()),
        (3, 1),
        "two notices and the profile"
    );
    println!("+read-only, and back");
}

#[test]
fn a_small_disk_that_is_full_and_then_read_only_keeps_no_display_dark() {
    let folder = folder("small");
    let line = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        "mount -t tmpfs -o size=3m none \"$HELIOGRAPH_TEST_FOLDER\" && exec \"$0\" \"$@\"",
    ];
    // A user who is not root needs unprivileged user namespaces for this.
    let output = child(&line, "lives_on_a_small_disk", &folder);
    tells(&output, "+full at ");
    tells(&output, "+read-only, and back");
    fs::remove_dir_all(folder).unwrap();
}
