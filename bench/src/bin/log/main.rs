//! The event log: durable appends beside SQLite's and the disk's own, and how fast a log is decoded and folded.
//!
//! `append_durable_N`: events a second with N appenders at once, 200 bytes each, every one durable before its appender
//! goes on. SQLite and the plain file gather what is waiting into one sync, as we do; the servers are described at `peers`. `append_p99_512`: what one of 512 waits.
//! An argument picks one: a number of appenders, `replay`, or `large` (see there). `replay_events`: its limit is one core; it has no peer.

mod contender;
mod large;
#[cfg(feature = "sqlite")]
mod lite;
mod peers;
mod replay;
#[cfg(feature = "varvedb")]
mod varve;

use contender::{Contender, Ours, Raw};
use heliograph_bench::{figure, median, ms, quantile};
use heliograph_tests::TempDir;
use peers::{Nats, Postgres};
use std::panic::resume_unwind;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// Rounds of each contender; they take turns, so that a noisy minute harms all alike.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(900);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("replay") => return replay::run(),
        Some("large") => return large::run(),
        Some("open") => return large::open_alone(std::env::args_os().nth(2).unwrap_or_default().as_ref()),
        Some(appenders) => return level(appenders.parse()?),
        None => {}
    }
    // First, as it comes first when a hub starts: what hundreds of threads leave in the allocator is not its business.
    replay::run()?;
    for appenders in [1, 64, 512] {
        level(appenders)?;
    }
    large::run()
}

/// Appends a second of one round, and how long each append took in milliseconds.
struct Round {
    rate: f64,
    waits_ms: Vec<f64>,
}

fn level(appenders: usize) -> Result<(), Box<dyn std::error::Error>> {
    // The peers come in a second race: what NATS leaves unsynced would be written while the yardsticks are measured.
    race(appenders, embedded()?)?;
    race(appenders, peers()?)
}

fn race(appenders: usize, mut contenders: Vec<Entrant>) -> Result<(), Box<dyn std::error::Error>> {
    let mut rates = vec![Vec::new(); contenders.len()];
    let mut waits = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (at, (_, contender, _)) in contenders.iter_mut().enumerate() {
            // Nobody pays for what another left.
            let _ = Command::new("sync").status()?;
            let round = round(contender.as_ref(), appenders);
            rates[at].push(round.rate);
            waits[at].extend(round.waits_ms);
        }
    }
    let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
    let name = format!("append_durable_{appenders}");
    for (at, (theirs, ..)) in contenders.iter().enumerate().skip(1) {
        figure(&name, medians[0], "events/s", Some((theirs, medians[at])), true, ROUNDS);
    }
    if appenders == 512 {
        let p99: Vec<f64> = waits.iter_mut().map(|waits| quantile(waits, 0.99)).collect();
        for (at, (theirs, ..)) in contenders.iter().enumerate().skip(1) {
            let count = waits[0].len();
            figure("append_p99_512", p99[0], "ms", Some((theirs, p99[at])), false, count);
        }
    }
    Ok(())
}

type Entrant = (&'static str, Box<dyn Contender>, TempDir);

fn ours() -> Result<Entrant, Box<dyn std::error::Error>> {
    let dir = TempDir::new();
    Ok(("heliograph", Box::new(Ours::open(dir.path())?), dir))
}

/// Ours first, then the yardsticks in the order of the figures' lines.
fn embedded() -> Result<Vec<Entrant>, Box<dyn std::error::Error>> {
    let mut all = vec![ours()?];
    #[cfg(feature = "sqlite")]
    {
        let dir = TempDir::new();
        all.push(("sqlite", Box::new(lite::Lite::open(dir.path())?), dir));
    }
    let dir = TempDir::new();
    all.push(("raw", Box::new(Raw::open(dir.path())?), dir));
    Ok(all)
}

/// Ours, another event store, and what of the servers is installed.
fn peers() -> Result<Vec<Entrant>, Box<dyn std::error::Error>> {
    let mut all = vec![ours()?];
    #[cfg(feature = "varvedb")]
    {
        let dir = TempDir::new();
        all.push(("varvedb", Box::new(varve::VarveDb::open(dir.path())?), dir));
    }
    let dir = TempDir::new();
    if let Some(postgres) = Postgres::open(dir.path())? {
        all.push(("postgresql", Box::new(postgres), dir));
    }
    let dir = TempDir::new();
    if let Some(nats) = Nats::open(dir.path())? {
        all.push(("nats", Box::new(nats), dir));
    }
    Ok(all)
}

fn round(contender: &dyn Contender, appenders: usize) -> Round {
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let waits_ms: Vec<f64> = std::thread::scope(|scope| {
        let stop = &stop;
        let workers: Vec<_> = (0..appenders)
            .map(|number| {
                scope.spawn(move || {
                    let mut appender = contender.appender(number);
                    let mut waits = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let begun = Instant::now();
                        appender();
                        waits.push(ms(begun.elapsed()));
                    }
                    waits
                })
            })
            .collect();
        std::thread::sleep(ROUND);
        stop.store(true, Ordering::Relaxed);
        let waited =
            |worker: ScopedJoinHandle<'_, Vec<f64>>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        workers.into_iter().flat_map(waited).collect()
    });
    Round {
        rate: waits_ms.len() as f64 / begun.elapsed().as_secs_f64(),
        waits_ms,
    }
}
