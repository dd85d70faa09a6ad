//! `heliograph player probe`

mod cable;
mod card;
mod machine;

use super::player::open_sink;
use super::say;
use crate::Failure;
use heliograph_domain::site::{SiteClock, SiteProfile};
use heliograph_domain::{Instant, Lang, LocalText, Panel};
use heliograph_player::pairing::HubAddress;
use heliograph_player::profile::Profile;
use heliograph_player::{BrokerAddress, Clock as _, SystemClock};
use heliograph_scene::{Card, FontSet, Frame, Rgb, Scene, needs_fonts};
use heliograph_sink::{Outlet, Sink, SinkSpec};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

/// A sink that works beside the player tells of a fault when it is handed the next frame; so long it is waited for.
const FAULT: Duration = Duration::from_millis(300);
/// The card carries the time of day; it is drawn so often.
const REDRAW: Duration = Duration::from_secs(1);
/// Longer than this nobody stands on a ladder.
const MOST_SECONDS: u64 = 86_400;

/// Checks what this machine has for a display, and shows the test card. Ends with 1 when something fails.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The panel's profile.
    #[arg(long, default_value = "lobby-1080p")]
    profile: String,
    /// A folder with profiles of your own; what it does not have is taken from those that are part of the program.
    #[arg(long)]
    profiles: Option<std::path::PathBuf>,
    /// Where the test card goes: window:full, kms, png:FILE, ddp:HOST, artnet:HOST, sacn:multicast, onbon:HOST,
    /// huidu:HOST. Without it, where the profile says.
    #[arg(long)]
    sink: Option<String>,
    /// For how long each card is shown.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=MOST_SECONDS))]
    seconds: u64,
    /// Shows fields of red, green, blue, white and black after the test card, each as long: for dead lamps and colour order.
    #[arg(long)]
    series: bool,
    /// The hub that the player will ask to be let in; asked whether it answers.
    #[arg(long)]
    hub: Option<String>,
    /// Allows a hub without TLS beyond this machine, as for the player.
    #[arg(long)]
    plain: bool,
    /// The broker that the player will use; asked whether it answers.
    #[arg(long)]
    broker: Option<String>,
    /// The player's folder: identity and replica. It is made where it is missing.
    #[arg(long, default_value = "./heliograph-player")]
    data: PathBuf,
    /// Tells what was found as one JSON object.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Ok,
    Warn,
    Fail,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at.
    check: &'static str,
    state: State,
    /// What was found.
    found: String,
    /// What to do; empty when all is well.
    todo: String,
}

impl Finding {
    pub(crate) fn new(check: &'static str, state: State, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            check,
            state,
            found: found.into(),
            todo: todo.into(),
        }
    }

    fn line(&self) -> String {
        let state = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "fail",
        };
        let todo = if self.todo.is_empty() {
            String::new()
        } else {
            format!(" → {}", self.todo)
        };
        format!("{state:<5} {:<8} {}{todo}", self.check, self.found)
    }
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let profile = crate::command::profile(&args.profile, args.profiles.as_deref())?;
    let written = args.sink.as_deref().unwrap_or(&profile.sink);
    let outlet: Outlet = written
        .parse()
        .map_err(|error| Failure::Usage(format!("--sink: {error}")))?;
    let broker: Option<BrokerAddress> = args
        .broker
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error| Failure::Usage(format!("--broker: {error}")))?;
    let hub = args.hub.as_deref().map(|told| HubAddress::parse(told, args.plain));
    let hub = hub
        .transpose()
        .map_err(|error| Failure::Usage(format!("--hub: {error}")))?;

    let mut findings = Vec::new();
    let mut tell = |finding: Finding| {
        if !args.json {
            say(&finding.line());
        }
        findings.push(finding);
    };
    tell(described(&profile));
    let (fonts, finding) = machine::fonts(needs_fonts(&profile.panel));
    tell(finding);
    tell(machine::memory(memory_needed_kib(&profile.panel)));
    tell(machine::clock());
    machine::folder(&args.data).into_iter().for_each(&mut tell);
    if let Some(hub) = &hub {
        tell(machine::hub(hub));
    }
    if let Some(broker) = &broker {
        tell(machine::broker(broker));
    }
    cable::cable(written, broker.as_ref()).into_iter().for_each(&mut tell);
    tell(match outlet {
        Outlet::Frames(spec) => light(args, &profile, spec, fonts),
        Outlet::Card(spec) => card::light(args, &profile, spec),
    });
    conclude(args.json, &profile, &findings)
}

fn described(profile: &Profile) -> Finding {
    let panel = &profile.panel;
    let size = format!("{}×{}", panel.width_px, panel.height_px);
    Finding::new(
        "profile",
        State::Ok,
        format!("{} · {size} · {}", profile.name, profile.description),
        "",
    )
}

/// The frame, the one before it and the screen's two buffers, and the program with its fonts mapped.
fn memory_needed_kib(panel: &Panel) -> u64 {
    let pixels = u64::from(panel.width_px) * u64::from(panel.height_px);
    let program_kib = if needs_fonts(panel) { 40_000 } else { 12_000 };
    program_kib + pixels * 14 / 1024
}

fn conclude(json: bool, profile: &Profile, findings: &[Finding]) -> Result<(), Failure> {
    let failed: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.state == State::Fail)
        .map(|finding| finding.check)
        .collect();
    if json {
        let all = serde_json::json!({"profile": profile.name, "ok": failed.is_empty(), "checks": findings});
        say(&serde_json::to_string_pretty(&all)?);
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::Problem(format!("not ready: {}", failed.join(", "))))
}

/// Opens the sink and shows the cards on it.
fn light(args: &Args, profile: &Profile, spec: SinkSpec, fonts: FontSet) -> Finding {
    let fail = |found: String| Finding::new("sink", State::Fail, found, "");
    let (mut sink, live) = match open_sink(spec, &profile.name, &profile.rig) {
        Ok(opened) => opened,
        Err(Failure::Problem(why) | Failure::Usage(why)) => return fail(why),
    };
    let place = live.map_or_else(
        || sink.name().to_owned(),
        |live| live.replace("ws://", "http://").trim_end_matches("live").to_owned(),
    );
    if !args.json {
        let seconds = args.seconds;
        say(&format!(
            "      sink     the test card is on {place} for {seconds} s; what to look at: docs/install-display.md"
        ));
    }
    match show(args, profile, sink.as_mut(), fonts) {
        Ok(shown) => Finding::new("sink", State::Ok, format!("{place} took {shown} frames"), ""),
        Err(error) => fail(error.to_string()),
    }
}

fn show(
    args: &Args,
    profile: &Profile,
    sink: &mut dyn Sink,
    fonts: FontSet,
) -> Result<u64, heliograph_sink::SinkError> {
    let scene = Scene::new(Arc::new(fonts), profile.panel, Lang::ZhHans);
    let card = Card::TestCard {
        profile: profile.name.clone(),
    };
    let site = nowhere();
    let mut shown = hold(args.seconds, sink, |now| scene.card(&card, &site, now))?;
    if args.series {
        let panel = profile.panel;
        let (width, height) = (u32::from(panel.width_px), u32::from(panel.height_px));
        for colour in [
            Rgb(255, 0, 0),
            Rgb(0, 255, 0),
            Rgb(0, 0, 255),
            Rgb(255, 255, 255),
            Rgb(0, 0, 0),
        ] {
            shown += hold(args.seconds, sink, |_| Frame::filled(width, height, colour))?;
        }
    }
    Ok(shown)
}

/// Shows a picture for so long, drawn anew each second; answers how many frames the sink took.
fn hold(
    seconds: u64,
    sink: &mut dyn Sink,
    picture: impl Fn(Instant) -> Frame,
) -> Result<u64, heliograph_sink::SinkError> {
    let until = Moment::now() + Duration::from_secs(seconds);
    let mut shown = 0;
    loop {
        let now = SystemClock.now();
        sink.show(&Arc::new(picture(now)), now)?;
        shown += 1;
        let left = until.saturating_duration_since(Moment::now());
        if left.is_zero() && shown > 1 {
            return Ok(shown);
        }
        std::thread::sleep(left.min(REDRAW).max(FAULT));
    }
}

/// The office of a machine that belongs to none yet, with this machine's time.
fn nowhere() -> SiteProfile {
    SiteProfile {
        time_zone: "UTC".to_owned(),
        clock: SiteClock::fixed(machine::offset_s()),
        ..SiteProfile::bare(LocalText::new("Heliograph", "Heliograph"))
    }
}
