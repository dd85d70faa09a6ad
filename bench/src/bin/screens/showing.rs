//! A whole player, with its replica and its connection to the broker, beside Chromium showing the same.

use crate::browser::{Browser, cost};
use crate::drawing::{lobby, prose};
use heliograph_bench::process::{program, rss_mib};
use heliograph_bench::{figure, quantile};
use heliograph_domain::Panel;
use heliograph_domain::panel::ColourDepth;
use heliograph_tests::{NOTICE_ENTRY, TestDisplay, World, act, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) const STRIP: Panel = Panel {
    width_px: 256,
    height_px: 64,
    colour: ColourDepth::Full,
    pixel_pitch_um: 5000,
    viewing_distance_mm: 8000,
    refresh_hz: 60,
};
/// A headline that stands, and under it a sentence that moves four fifths of the time and rests at both its ends.
pub(crate) const TITLE: &str = "护照领取时间调整";
pub(crate) const BODY: &str = "自十二月一日起因公护照领取时间调整为工作日上午九时至十一时三十分和下午一时三十分至四时三十分\
                               请携带受理回执和单位介绍信由他人代领的另带委托书。";
const OVER: Duration = Duration::from_secs(20);

/// A player's process; killed when dropped.
struct Playing {
    child: Child,
    /// The moments of its frames.
    moments: std::path::PathBuf,
}

impl Playing {
    fn start(world: &World, display: &TestDisplay, sink: &[&str]) -> Self {
        let folder = display.folder_for_a_process();
        let moments = folder.join("moments");
        let child = Command::new(program())
            .args(["player", "--broker", &format!("mqtt://{}", world.mqtt())])
            .args(sink)
            .arg("--tell-frames")
            .arg(&moments)
            .arg("--data")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(6));
        Self { child, moments }
    }

    /// Between one frame and the next, in milliseconds.
    fn gaps_ms(&self) -> Vec<f64> {
        let bytes = std::fs::read(&self.moments).unwrap();
        let at: Vec<f64> = bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|nanos| u64::from_le_bytes(*nanos) as f64 / 1e6)
            .collect();
        at.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes what comes on a port of its own and forgets it, as long as the benchmark runs.
struct Controller(std::net::SocketAddr);

impl Controller {
    fn start() -> Self {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut packet = [0; 2048];
            while socket.recv(&mut packet).is_ok() {}
        });
        Self(address)
    }
}

/// A hub with one display that shows one notice, and the display's player stopped.
fn showing(panel: Panel, title: &str, body: &str) -> (World, TestDisplay) {
    let world = World::with_system_fonts();
    let mut display = world.display("measured", panel, &["hall"]);
    let content: Value =
        json!({"zh-Hans": {"title": title, "body": body, "department": "出国管理处", "date": "2026-11-24"}});
    let id = world.people.approved("notice", NOTICE_ENTRY, &content);
    let _ = act(&world.people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    eventually("the notice is on air", || {
        let told = world.people.admin.get(&format!("/api/v1/displays/{}", display.id)).json;
        told["status"]["on_air"]["publication"] == json!(id)
    });
    display.stop();
    (world, display)
}

/// Text that moves at 60 frames a second on a strip.
pub(crate) fn ticker() {
    let (world, display) = showing(STRIP, TITLE, BODY);
    let recorded = Playing::start(&world, &display, &["--sink", "record"]);
    let (memory, cpu) = cost(recorded.child.id(), OVER);
    let resident = rss_mib(&[recorded.child.id()]);
    // Rests at both ends of a pass are no steps.
    let mut off: Vec<f64> = recorded
        .gaps_ms()
        .into_iter()
        .filter(|gap| *gap < 1000.0)
        .map(|gap| (gap - 1000.0 / 60.0).abs())
        .collect();
    let steps = off.len();
    drop(recorded);
    let browser = chromium(&ticker_page(), 256, 64);
    let theirs = |n: usize| browser.as_ref().map(|(memory, cpu)| ("chromium", [*memory, *cpu][n]));
    figure("ticker_memory", memory, "MiB", theirs(0), false, 1);
    figure("ticker_resident", resident, "MiB", Some(("goal", 12.0)), false, 1);
    figure("ticker_cpu", cpu, "%", theirs(1), false, 1);
    figure(
        "ticker_jitter_p99",
        quantile(&mut off, 0.99),
        "ms",
        Some(("goal", 2.0)),
        false,
        steps,
    );
    let controller = Controller::start();
    let lamps = Playing::start(&world, &display, &["--sink", &format!("ddp:{}", controller.0)]);
    let (_, cpu) = cost(lamps.child.id(), OVER);
    figure("ticker_ddp_cpu", cpu, "%", theirs(1), false, 1);
}

/// A full page that stands still but for its clock.
pub(crate) fn page() {
    let (world, display) = showing(lobby(), "关于因公出国（境）业务集中办理的公告", &prose());
    let player = Playing::start(&world, &display, &["--sink", "record"]);
    let (memory, _) = cost(player.child.id(), OVER);
    let resident = rss_mib(&[player.child.id()]);
    drop(player);
    let browser = chromium(&notice_page(), 1920, 1080);
    let theirs = browser.map(|(memory, _)| ("chromium", memory));
    figure("page_memory", memory, "MiB", theirs, false, 1);
    figure("page_resident", resident, "MiB", Some(("goal", 40.0)), false, 1);
}

fn chromium(html: &str, width: u32, height: u32) -> Option<(f64, f64)> {
    let folder = heliograph_tests::TempDir::new();
    let browser = Browser::show(Path::new(folder.path()), html, width, height)?;
    Some(browser.cost(OVER))
}

/// The same strip: its headline, and the sentence moving as far and as fast, with the same rests.
fn ticker_page() -> String {
    // The mark before the sentence and the clock after it leave it so much of the strip.
    let window = 170;
    let width = i32::try_from(BODY.chars().count()).unwrap() * 16;
    let overflow = width - window;
    let moving_s = f64::from(overflow) / 60.0;
    let whole_s = moving_s + 4.0;
    let (from, until) = (200.0 / whole_s, 100.0 - 200.0 / whole_s);
    format!(
        "<!doctype html><meta charset=utf-8><style>html,body{{margin:0;background:#000;color:#fff;overflow:hidden;width:256px}}\
         h1{{margin:4px 0;font:32px/40px 'Noto Sans CJK SC';white-space:nowrap;text-align:center}}\
         div{{margin-left:40px;width:{window}px;height:16px;overflow:hidden}}\
         p{{margin:0;font:16px/16px 'Noto Sans CJK SC';white-space:nowrap;width:{width}px;\
         animation:t {whole_s}s linear infinite}}\
         @keyframes t{{0%,{from}%{{transform:translateX(0)}}{until}%,100%{{transform:translateX(-{overflow}px)}}}}\
         </style><h1>{TITLE}</h1><div><p>{BODY}</p></div>"
    )
}

fn notice_page() -> String {
    let paragraphs: String = prose().split("\n\n").map(|part| format!("<p>{part}</p>")).collect();
    format!(
        "<!doctype html><meta charset=utf-8><style>body{{margin:60px 72px;font:44px/1.68 'Noto Sans CJK SC';color:#14233a}}\
         h1{{font-size:68px}}p{{text-align:justify;text-indent:2em}}</style>\
         <h1>关于因公出国（境）业务集中办理的公告</h1>{paragraphs}<p id=c></p>\
         <script>setInterval(()=>c.textContent=new Date().toLocaleTimeString(),60000)</script>"
    )
}
