//! What processes cost, as Linux counts it.

// A benchmark that cannot read /proc has nothing better to do than to stop.
#![allow(clippy::unwrap_used, reason = "benchmarks")]

use std::fs;
use std::path::PathBuf;

/// The program beside this benchmark.
#[must_use]
pub fn program() -> PathBuf {
    std::env::current_exe().unwrap().with_file_name("heliograph")
}

/// A process with all that it started.
#[must_use]
pub fn family(root: u32) -> Vec<u32> {
    let mut all = vec![root];
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| Some((pid, stat(pid)?.parent)))
        .collect();
    let mut at = 0;
    while let Some(parent) = all.get(at).copied() {
        all.extend(parents.iter().filter(|(_, its)| *its == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    all
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; what follows it does not.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        ticks: number(11)? + number(12)?,
    })
}

/// A line of `/proc/PID/smaps_rollup` in MiB, summed over processes.
fn rollup_mib(pids: &[u32], key: &str) -> f64 {
    let of = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    };
    pids.iter().filter_map(of).sum::<f64>() / 1024.0
}

/// Memory of processes: shared pages are counted by their share.
#[must_use]
pub fn pss_mib(pids: &[u32]) -> f64 {
    rollup_mib(pids, "Pss:")
}

/// Memory of processes: every resident page.
#[must_use]
pub fn rss_mib(pids: &[u32]) -> f64 {
    rollup_mib(pids, "Rss:")
}

/// Processor time of processes so far, in milliseconds: what the scheduler counted, to the nanosecond, for every thread
/// that lives; the coarser count of ticks where that is not to be had.
#[must_use]
pub fn cpu_ms(pids: &[u32]) -> f64 {
    let of = |pid: &u32| -> f64 {
        let threads = fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten()
            .flatten();
        let exact: f64 = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
            .filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok())
            .sum();
        if exact > 0.0 {
            return exact / 1e6;
        }
        // A hundred ticks a second on every Linux that Debian ships.
        stat(*pid).map_or(0.0, |stat| stat.ticks as f64 * 10.0)
    };
    pids.iter().map(of).sum()
}
