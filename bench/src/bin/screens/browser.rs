//! Chromium under Xvfb, showing a page: what the same content costs in a browser.

use heliograph_bench::process::{cpu_ms, family, pss_mib};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Chromium on a display of its own, until dropped.
pub(crate) struct Browser {
    screen: Child,
    chromium: Child,
}

/// What Chromium is told so that it only shows the page: no first-run pages, no update checks, no background traffic.
const QUIET: [&str; 12] = [
    "--no-sandbox",
    // Without it a bar about the flag above lies over the page.
    "--test-type",
    "--kiosk",
    "--window-position=0,0",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
];

impl Browser {
    /// Shows a page of a size; `None` when Chromium or Xvfb is not installed.
    pub(crate) fn show(folder: &Path, html: &str, width: u32, height: u32) -> Option<Self> {
        let page = folder.join("page.html");
        std::fs::write(&page, html).unwrap();
        let number = 200 + std::process::id() % 5000;
        let screen = Command::new("Xvfb")
            .arg(format!(":{number}"))
            .args(["-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        std::thread::sleep(Duration::from_secs(1));
        let chromium = Command::new("chromium")
            .args(QUIET)
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("file://{}", page.display()))
            .env("DISPLAY", format!(":{number}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let browser = Self { screen, chromium };
        // Start-up is not counted: it settles first.
        std::thread::sleep(Duration::from_secs(8));
        Some(browser)
    }

    /// Memory in MiB and per cent of a core over so long.
    pub(crate) fn cost(&self, over: Duration) -> (f64, f64) {
        cost(self.chromium.id(), over)
    }
}

/// Memory in MiB (PSS, at the end) and per cent of a core of a process and its children over so long.
pub(crate) fn cost(pid: u32, over: Duration) -> (f64, f64) {
    let pids = family(pid);
    let (before, begun) = (cpu_ms(&pids), Instant::now());
    std::thread::sleep(over);
    let (after, passed) = (cpu_ms(&pids), begun.elapsed());
    (pss_mib(&pids), (after - before) / (passed.as_secs_f64() * 10.0))
}

impl Drop for Browser {
    fn drop(&mut self) {
        for child in [&mut self.chromium, &mut self.screen] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
