//! Real processes on a real disk: killed in the middle of work, and with no room left.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "tests")]

mod support;

use bytes::Bytes;
use heliograph_log::{
    ActorId, AppendError, Batch, CommandId, DiskLog, EventKind, EventLog, NewEvent, Position, Revision, StreamId,
    TimestampMs,
};
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::Folder;

/// Tells a child process which folder it works in.
const FOLDER: &str = "HELIOGRAPH_TEST_FOLDER";
/// Makes a child tell of an append before it is made.
const LIES: &str = "HELIOGRAPH_TEST_LIES";
/// Appenders of a child.
const APPENDERS: u64 = 8;

/// This program again, running one of the ignored tests below. It does not die of a file that grows too large, but is
/// told so, as by a full disk.
fn child(test: &str, folder: &Path, lies: bool) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if lies {
        command.env(LIES, "1");
    }
    command.spawn().unwrap()
}

/// Records of a batch.
fn count(appender: u64) -> u64 {
    // One appends more than is read at a time when the log is opened.
    if appender == 0 { 8 } else { 1 }
}

fn event(body: &[u8]) -> NewEvent {
    NewEvent {
        kind: EventKind::new("said").unwrap(),
        version: 1,
        body: Bytes::copy_from_slice(body),
    }
}

fn batch(life: u64, appender: u64, number: u64, bytes: usize) -> Batch {
    let mut command = [0; 16];
    command[..8].copy_from_slice(&(life << 8 | appender).to_be_bytes());
    command[8..].copy_from_slice(&number.to_be_bytes());
    let mut body = format!("{life}/{appender}/{number} ").into_bytes();
    body.resize(body.len().max(bytes), b'.');
    Batch {
        command_id: CommandId(command),
        actor: ActorId::new("wang-fang").unwrap(),
        recorded_at: TimestampMs(number),
        events: (0..count(appender)).map(|_| event(&body)).collect(),
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: Vec::new(),
    }
}

#[test]
#[ignore = "runs in a process of its own"]
fn appends_until_it_is_killed() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let lies = std::env::var_os(LIES).is_some();
    let log = DiskLog::open(&folder).unwrap();
    let life = log.head().unwrap().position.0;
    std::thread::scope(|scope| {
        for appender in 0..APPENDERS {
            let log = &log;
            scope.spawn(move || {
                let stream = StreamId::new(&format!("s-{life}-{appender}")).unwrap();
                for number in 0.. {
                    let tell = || {
                        let mut out = std::io::stdout().lock();
                        writeln!(out, "+{life}/{appender}/{number}").unwrap();
                        out.flush().unwrap();
                    };
                    if lies {
                        tell();
                    }
                    let bytes = if appender == 0 { 40_000 } else { 100 };
                    let expected = Revision(number * count(appender));
                    log.append(&stream, expected, batch(life, appender, number, bytes))
                        .unwrap();
                    if !lies {
                        tell();
                    }
                }
            });
        }
    });
}

/// One process that is killed; how many appends it told of, and how many of those are not in the log.
fn one_life(folder: &Path, after_lines: usize, lies: bool) -> (usize, usize) {
    let mut process = child("appends_until_it_is_killed", folder, lies);
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut told = HashSet::new();
    for line in lines {
        // A line that was cut off is one that nobody was told.
        let Ok(line) = line else { break };
        if let Some(append) = line.strip_prefix('+').filter(|it| it.split('/').count() == 3) {
            told.insert(append.to_owned());
        }
        if told.len() == after_lines {
            process.kill().unwrap();
        }
    }
    let _ = process.wait();
    // What was read last may be half a number.
    let log = DiskLog::open(folder).unwrap();
    let _ = log.verify(&[]).unwrap();
    let records = log.read(Position(0), usize::MAX).unwrap();
    let kept: HashSet<String> = records
        .iter()
        .map(|record| {
            let body = std::str::from_utf8(&record.body).unwrap();
            body.split(' ').next().unwrap().to_owned()
        })
        .collect();
    let lost = told.iter().filter(|append| !kept.contains(*append)).count();
    (told.len(), lost)
}

#[test]
fn processes_that_are_killed_lose_nothing_that_they_told_of() {
    let folder = Folder::new();
    let (mut told, mut lost) = (0, 0);
    for life in 0..12 {
        let (more, gone) = one_life(&folder.0, 50 + life * 97 % 400, false);
        (told, lost) = (told + more, lost + gone);
    }
    println!("12 processes killed, {told} appends told of, {lost} lost");
    assert!(lost == 0 && told > 1000, "{lost} of {told}");
    // The control: a process that tells before it has written is caught.
    let folder = Folder::new();
    let caught = (0..6)
        .map(|life| one_life(&folder.0, 100 + life * 31, true).1)
        .sum::<usize>();
    assert!(caught > 0, "nobody noticed the lies");
}

#[test]
#[ignore = "runs in a process of its own"]
fn fills_the_disk() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let log = DiskLog::open(&folder).unwrap();
    let stream = StreamId::new("s").unwrap();
    let append = |number: u64| log.append(&stream, Revision(number), batch(0, 1, number, 20_000));
    // From now on no file of this process grows beyond what it has, and a little.
    let most = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len());
    limit_files(&(most.max().unwrap() + 3_000_000).to_string());
    let mut number = 0;
    let refusal = loop {
        match append(number) {
            Ok(_) => number += 1,
            Err(error) => break error,
        }
        assert!(number < 5000, "the limit was never felt");
    };
    assert!(matches!(refusal, AppendError::Storage(_)), "{refusal}");
    println!("+refused: {refusal}");
    // Reads go on, and so do refusals, with nothing lost.
    for _ in 0..3 {
        assert!(append(number).is_err());
        let records = log.read(Position(0), usize::MAX).unwrap();
        assert_eq!(records.len() as u64, number);
    }
    // There is room again: it records again, by itself.
    limit_files("unlimited");
    let begun = std::time::Instant::now();
    while let Err(error) = append(number) {
        assert!(begun.elapsed() < Duration::from_secs(20), "it did not recover: {error}");
    }
    assert_eq!(log.verify(&[]).unwrap().records, number + 1);
    println!("+recovered after {number}");
}

/// Sets how large this process's files may grow, without taking away the right to raise it again.
fn limit_files(most: &str) {
    let limited = Command::new("prlimit")
        .args([
            "--pid",
            &std::process::id().to_string(),
            &format!("--fsize={most}:unlimited"),
        ])
        .status();
    assert!(limited.unwrap().success());
}

#[test]
fn a_full_disk_refuses_clearly_and_recovers_by_itself() {
    let folder = Folder::new();
    let output = child("fills_the_disk", &folder.0, false).wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        told.contains("+refused: the log could not be written") && told.contains("check the disk"),
        "{told}"
    );
    assert!(told.contains("+recovered after"), "{told}");
    assert!(DiskLog::open(&folder.0).unwrap().verify(&[]).is_ok());
}
