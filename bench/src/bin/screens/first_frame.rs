//! How fast a display is there: from the start of the player's process to its first frame, from its replica and with no
//! network. The limit is a person's patience: 100 ms is “at once”. Beside it stands the start of the same program doing
//! nothing (`heliograph --version`), which is what the machine itself costs.

use heliograph_bench::process::program;
use heliograph_bench::{figure, median, ms};
use heliograph_domain::Panel;
use heliograph_domain::panel::ColourDepth::Full;
use heliograph_tests::{World, eventually};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const RUNS: usize = 20;

pub(crate) fn measure() {
    let program = program();
    let mut nothing: Vec<f64> = (0..RUNS).map(|_| start_of_nothing(&program)).collect();
    let nothing = median(&mut nothing);
    for (name, width_px, height_px, profile) in [
        ("first_frame_strip", 256, 64, "led-256x64"),
        ("first_frame_1080p", 1920, 1080, "lobby-1080p"),
    ] {
        let world = World::new();
        let panel = Panel {
            width_px,
            height_px,
            colour: Full,
            pixel_pitch_um: 5000,
            viewing_distance_mm: 8000,
            refresh_hz: 30,
        };
        let mut display = world.display("measured", panel, &["hall"]);
        let id = world.people.publish_notice("节后办公时间", &["hall"]);
        let status = || world.people.admin.get(&format!("/api/v1/displays/{}", display.id)).json;
        eventually("the notice is on air", || {
            status()["status"]["on_air"]["publication"] == json!(id)
        });
        display.stop();
        let mut taken: Vec<f64> = (0..RUNS)
            .map(|_| first_frame(&program, display.folder_for_a_process(), profile))
            .collect();
        figure(
            name,
            median(&mut taken),
            "ms",
            Some(("process_start", nothing)),
            false,
            RUNS,
        );
    }
}

fn start_of_nothing(program: &Path) -> f64 {
    let begun = Instant::now();
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    ms(begun.elapsed())
}

fn first_frame(program: &Path, folder: &Path, profile: &str) -> f64 {
    let png = folder.join("first.png");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args([
            "player",
            "--broker",
            "mqtt://127.0.0.1:9",
            "--profile",
            profile,
            "--tell-first-frame",
            "--sink",
        ])
        .arg(format!("png:{}", png.display()))
        .arg("--data")
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "first frame");
    let taken = ms(begun.elapsed());
    child.kill().unwrap();
    child.wait().unwrap();
    taken
}
