//! What every benchmark shares: how a figure is printed, and medians.

pub mod process;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Prints a figure beside its yardstick: `figure NAME VALUE UNIT [yardstick NAME VALUE] [ratio R] [n=RUNS]`. A ratio
/// above 1 always means that Heliograph is better.
#[allow(clippy::print_stdout, reason = "this is what a benchmark is for")]
pub fn figure(name: &str, value: f64, unit: &str, yardstick: Option<(&str, f64)>, higher_is_better: bool, n: usize) {
    let beside = yardstick.map_or(String::new(), |(other, theirs)| {
        let ratio = if higher_is_better {
            value / theirs
        } else {
            theirs / value
        };
        format!(" yardstick {other} {theirs:.2} ratio {ratio:.2}")
    });
    println!("figure {name} {value:.2} {unit}{beside} n={n}");
}

/// The value below which `share` of the values lie; sorts them.
#[must_use]
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 - 1.0) * share).round();
    // The index is between 0 and the last.
    values.get(at as usize).copied().unwrap_or(f64::NAN)
}

/// The median; sorts the values.
#[must_use]
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Milliseconds of a duration.
#[must_use]
pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// How long this disk takes to append 200 bytes and sync them, in milliseconds: the limit of everything durable.
///
/// # Errors
/// When the file cannot be written.
pub fn raw_append_ms(folder: &Path, times: usize) -> std::io::Result<Vec<f64>> {
    let path = folder.join("raw-append");
    let mut file = File::create(&path)?;
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let begun = Instant::now();
        file.write_all(&[7; 200])?;
        file.sync_data()?;
        taken.push(ms(begun.elapsed()));
    }
    std::fs::remove_file(path)?;
    Ok(taken)
}
