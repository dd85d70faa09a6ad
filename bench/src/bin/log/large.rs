//! A log of ten million records: how fast it opens, is read and proven, what it takes on disk and in memory.
//!
//! `scan_records`: all records read back in order, decoded. `open_10M`: until the log can be read and appended to, before
//! anything is replayed. `memory_10M`: what the open log adds to the process, redb's cache of 64 MiB included.
//! `inclusion_proof`: one proof among ten million, places drawn at random. `merkle_verify_1M`: every byte of a log of a
//! million records read and hashed again. `bytes_per_record`: on disk, of records with bodies of 200 bytes, to the
//! body's bytes; with short names, and with names as an office's log has them.
//! Yardsticks: reading the same files through, and hashing the same bytes, with nothing else.

use crate::contender::PAYLOAD;
use heliograph_bench::{figure, median, ms};
use heliograph_log::{
    ActorId, CommandId, DiskLog, EventId, EventKind, EventLog, Import, Item, Position, Record, Revision, StreamId,
    TimestampMs,
};
use heliograph_tests::TempDir;
use sha2::{Digest, Sha256};
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const MANY: u64 = 10_000_000;
const SOME: u64 = 1_000_000;
const TIMES: usize = 5;
/// Records of a stream: about what a publication's life leaves.
const LIFE: u64 = 8;
const CHUNK: usize = 4096;

pub(crate) fn run() -> Outcome<()> {
    let dir = TempDir::new();
    fill(dir.path(), MANY, "s")?;
    let log_bytes = bytes_of(dir.path())?;
    per_record("bytes_per_record_short_names", log_bytes, MANY);
    opened(dir.path())?;
    let log = DiskLog::open(dir.path())?;
    scanned(&log, dir.path())?;
    proven(&log)?;
    drop(log);
    drop(dir);
    let dir = TempDir::new();
    fill(dir.path(), SOME, "publication-01a2057a-77d8-768f-86b2-79b3036")?;
    per_record("bytes_per_record_office_names", bytes_of(dir.path())?, SOME);
    verified(dir.path())
}

/// Makes a log of so many records, each the work of a command of its own.
fn fill(dir: &Path, count: u64, stream: &str) -> Outcome<()> {
    let mut import = Import::begin(dir)?;
    let (actor, kind) = (ActorId::new("wang-fang")?, EventKind::new("publication")?);
    for number in 0..count {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        import.take(Item::Record(Box::new(Record {
            position: Position(number + 1),
            event_id: EventId(id),
            command_id: CommandId(id),
            actor,
            recorded_at: TimestampMs(1_795_000_000_000 + number * 30),
            stream: StreamId::new(&format!("{stream}{:x}", number / LIFE))?,
            revision: Revision(number % LIFE + 1),
            kind,
            version: 1,
            body: bytes::Bytes::from_static(&PAYLOAD),
        })))?;
    }
    let _ = import.finish()?;
    // Opened once and closed: the tree is complete, the tables are up to date.
    let log = DiskLog::open(dir)?;
    let _ = log.tree_head(None)?;
    Ok(())
}

fn bytes_of(dir: &Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(dir)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}

fn per_record(name: &str, bytes: u64, records: u64) {
    let payload = (records * PAYLOAD.len() as u64) as f64;
    figure(name, bytes as f64 / payload, "x", Some(("goal", 1.6)), false, 1);
}

fn opened(dir: &Path) -> Outcome<()> {
    let mut taken = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let log = DiskLog::open(dir)?;
        taken.push(ms(begun.elapsed()));
        if log.head()?.position.0 != MANY {
            return Err("the log has another length".into());
        }
    }
    figure(
        "open_10M",
        median(&mut taken),
        "ms",
        Some(("goal", 500.0)),
        false,
        TIMES,
    );
    // What was freed in this process would hide what an open log takes: a process of its own tells.
    let output = Command::new(std::env::current_exe()?).arg("open").arg(dir).output()?;
    let grown: f64 = String::from_utf8_lossy(&output.stdout).trim().parse()?;
    figure("memory_10M", grown, "MiB", Some(("goal", 164.0)), false, 1);
    Ok(())
}

/// Opens a log and reads a little of everything, in a process of its own; prints by how many MiB that grew.
#[allow(clippy::print_stdout, reason = "this is its answer")]
pub(crate) fn open_alone(dir: &Path) -> Outcome<()> {
    let before = resident_mib()?;
    let log = DiskLog::open(dir)?;
    for step in 1..=1000 {
        black_box(log.read(Position(step * MANY / 1001), 100)?);
    }
    black_box(log.prove_inclusion(Position(MANY / 3), MANY)?);
    println!("{:.1}", resident_mib()? - before);
    Ok(())
}

/// What the process has in memory.
fn resident_mib() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .ok_or("the kernel does not say")?
        .parse()?;
    Ok(kib / 1024.0)
}

fn scanned(log: &DiskLog, dir: &Path) -> Outcome<()> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let begun = Instant::now();
        let mut at = Position(0);
        while at.0 < MANY {
            let records = log.read(at, CHUNK)?;
            at = records.last().ok_or("the log ends too early")?.position;
            black_box(&records);
        }
        ours.push(MANY as f64 / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        read_through(dir)?;
        plain.push(MANY as f64 / begun.elapsed().as_secs_f64());
    }
    let plain = median(&mut plain);
    figure(
        "scan_records",
        median(&mut ours),
        "events/s",
        Some(("plain_read", plain)),
        true,
        3,
    );
    Ok(())
}

fn segments(dir: &Path) -> Outcome<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "log") {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn read_through(dir: &Path) -> Outcome<()> {
    let mut buffer = vec![0; 256 * 1024];
    for path in segments(dir)? {
        let mut file = fs::File::open(path)?;
        while file.read(&mut buffer)? > 0 {
            black_box(&buffer);
        }
    }
    Ok(())
}

fn proven(log: &DiskLog) -> Outcome<()> {
    let mut taken = Vec::new();
    let mut place = 1_u64;
    for _ in 0..200 {
        place = place
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let begun = Instant::now();
        black_box(log.prove_inclusion(Position((place >> 20) % MANY + 1), MANY)?);
        taken.push(ms(begun.elapsed()));
    }
    figure(
        "inclusion_proof_10M",
        median(&mut taken),
        "ms",
        Some(("goal", 1.0)),
        false,
        taken.len(),
    );
    Ok(())
}

fn verified(dir: &Path) -> Outcome<()> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    let log = DiskLog::open(dir)?;
    for _ in 0..3 {
        let begun = Instant::now();
        black_box(log.verify(&[])?);
        ours.push(ms(begun.elapsed()));
        let begun = Instant::now();
        for path in segments(dir)? {
            black_box(Sha256::digest(fs::read(path)?));
        }
        plain.push(ms(begun.elapsed()));
    }
    let plain = median(&mut plain);
    figure(
        "merkle_verify_1M",
        median(&mut ours),
        "ms",
        Some(("sha256", plain)),
        false,
        3,
    );
    Ok(())
}
