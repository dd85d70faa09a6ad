//! From the HTTP request of a release to the frame handed to the sink of the last of the demo's displays, the durable
//! append included. Yardstick: raw append + fdatasync on the same disk in the same run.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on has nothing better to do than to stop"
)]

use heliograph_bench::{figure, median, ms, quantile, raw_append_ms};
use heliograph_domain::Panel;
use heliograph_domain::panel::ColourDepth::Full;
use heliograph_tests::{NOTICE_ENTRY, TestDisplay, World, act, eventually, notice};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Releases that are measured, after some that warm everything up.
const RUNS: usize = 80;
const WARM_UP: usize = 8;

const fn panel(width_px: u16, height_px: u16, pixel_pitch_um: u32, viewing_distance_mm: u32) -> Panel {
    Panel {
        width_px,
        height_px,
        colour: Full,
        pixel_pitch_um,
        viewing_distance_mm,
        refresh_hz: 30,
    }
}

fn main() {
    let world = World::with_system_fonts();
    let large = [
        world.display("lobby", panel(1920, 1080, 630, 3500), &["hall"]),
        world.display("portrait", panel(1080, 1920, 490, 1800), &["hall"]),
    ];
    let small = [
        world.display("strip-1", panel(256, 64, 5000, 8000), &["hall"]),
        world.display("strip-2", panel(256, 64, 5000, 8000), &["hall"]),
        world.display("sign", panel(64, 32, 4000, 4000), &["hall"]),
    ];
    eventually("every display shows its slate", || {
        large.iter().chain(&small).all(|display| display.recording.count() > 0)
    });
    let (mut strips, mut screens) = (Vec::new(), Vec::new());
    for run in 0..RUNS + WARM_UP {
        // A short title stands still on the strips: a ticker would make frames of its own.
        let id = world
            .people
            .approved("notice", NOTICE_ENTRY, &notice(&format!("通知{run:02}")));
        std::thread::sleep(Duration::from_millis(120));
        let before: Vec<_> = large.iter().chain(&small).map(TestDisplay::frame).collect();
        let begun = Instant::now();
        let _ = act(&world.people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
        let mut after = large.iter().chain(&small).zip(&before).map(|(display, before)| {
            let changed = |shown: &heliograph_sink::Recorded| {
                shown.handed > begun && !Arc::ptr_eq(&shown.frame, before) && shown.frame != *before
            };
            let shown = display.recording.wait_for(changed, Duration::from_secs(20)).unwrap();
            ms(shown.handed - begun)
        });
        let screen = after.by_ref().take(large.len()).fold(0.0, f64::max);
        let strip = after.fold(0.0, f64::max);
        if run >= WARM_UP {
            strips.push(strip);
            screens.push(screen);
        }
    }
    let mut raw = raw_append_ms(&world.data(), 400).unwrap();
    let (raw_p50, raw_p99) = (median(&mut raw), quantile(&mut raw, 0.99));
    figure(
        "publish_to_frame_p50",
        median(&mut strips),
        "ms",
        Some(("raw_append", raw_p50)),
        false,
        RUNS,
    );
    figure(
        "publish_to_frame_p99",
        quantile(&mut strips, 0.99),
        "ms",
        Some(("raw_append_p99", raw_p99)),
        false,
        RUNS,
    );
    figure(
        "publish_to_frame_1080p_p50",
        median(&mut screens),
        "ms",
        Some(("raw_append", raw_p50)),
        false,
        RUNS,
    );
    figure(
        "publish_to_frame_1080p_p99",
        quantile(&mut screens, 0.99),
        "ms",
        Some(("raw_append_p99", raw_p99)),
        false,
        RUNS,
    );
}
