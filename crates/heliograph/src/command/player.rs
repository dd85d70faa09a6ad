//! `heliograph player`

use super::moments::{Moments, Teller};
use super::say;
use crate::Failure;
use crate::api::{Api, HubTrust};
use clap::Subcommand;
use heliograph_domain::DisplayId;
use heliograph_player::profile::Profile;
use heliograph_player::{
    BrokerAddress, FontSource, Identity, IdentityError, Output, Player, PlayerConfig, SystemClock,
};
use heliograph_sink::{BrowserSink, Outlet, Rig, Sink, SinkSpec, Tee};
use heliograph_wire::{KeyPair, PublicKey};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs a display's player. One that is not enrolled yet shows its pairing code, is let in at the hub, and goes on.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    run: Run,
}

/// What a machine is, whether it is a display yet or not.
#[derive(clap::Args)]
pub(super) struct Machine {
    /// The hub that a display which is not enrolled yet asks to be let in: https://HOST:PORT. One that is enrolled needs it
    /// no more.
    #[arg(long)]
    pub(super) hub: Option<String>,
    /// Allows a hub without TLS (http://) beyond this machine, where the network is guarded otherwise.
    #[arg(long)]
    pub(super) plain: bool,
    /// The panel's profile; its panel is used until the hub has told the display its configuration.
    #[arg(long, default_value = "lobby-1080p")]
    pub(super) profile: String,
    /// A folder with profiles of your own; what it does not have is taken from those that are part of the program.
    #[arg(long)]
    pub(super) profiles: Option<PathBuf>,
    /// Where pictures go: window, kms, browser:ADDRESS, png:FILE, terminal, ddp:HOST, artnet:HOST, sacn:multicast, or a
    /// card that draws its own characters: onbon:HOST, huidu:HOST. Without it, where the profile says.
    #[arg(long)]
    pub(super) sink: Option<String>,
    /// The player's folder: identity and replica.
    #[arg(long, default_value = "./heliograph-player")]
    pub(super) data: PathBuf,
}

#[derive(clap::Args)]
struct Run {
    #[command(flatten)]
    machine: Machine,
    /// The broker's address: mqtts://HOST, or mqtt://HOST without TLS. Without it, the one that the display was given when
    /// it was enrolled, or else this machine.
    #[arg(long)]
    broker: Option<String>,
    #[command(flatten)]
    measure: Measure,
}

/// For measuring, not for people.
#[derive(clap::Args, Default)]
pub(super) struct Measure {
    /// Tells when the first frame was handed to the sink; for measuring.
    #[arg(long, hide = true)]
    tell_first_frame: bool,
    /// Writes the moment of every frame to a file; for measuring, as is the sink `record`, which does nothing else.
    #[arg(long, hide = true)]
    tell_frames: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// Checks what this machine has for a display, and shows the test card on it.
    Probe(super::probe::Args),
    /// Pairs and stops: shows the code on the panel until somebody at the hub has let this machine in.
    Pair(super::pair::Args),
    /// Enrols this machine's display at a hub without pairing, with an operator's token: for scripts.
    Enrol {
        /// The hub's address.
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        hub: String,
        #[command(flatten)]
        trust: HubTrust,
        /// An operator's token, made in the admin or by POST /api/v1/tokens. Better in HELIOGRAPH_TOKEN.
        #[arg(long)]
        token: Option<String>,
        /// The display's name, in Chinese.
        #[arg(long)]
        name: String,
        /// Where it hangs, in Chinese.
        #[arg(long)]
        location: String,
        /// The panel's profile.
        #[arg(long)]
        profile: String,
        /// A folder with profiles of your own.
        #[arg(long)]
        profiles: Option<PathBuf>,
        /// The language it speaks: zh-Hans, en, ja, ko or ru.
        #[arg(long, default_value = "zh-Hans")]
        language: String,
        /// The channels it is tuned to, in order, with commas between them. They must exist.
        #[arg(long, value_delimiter = ',', required = true)]
        channels: Vec<String>,
        /// The player's folder.
        #[arg(long, default_value = "./heliograph-player")]
        data: PathBuf,
    },
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        None => play(&args.run),
        Some(Action::Probe(probe)) => super::probe::run(&probe),
        Some(Action::Pair(pair)) => super::pair::run(pair),
        Some(Action::Enrol {
            hub,
            trust,
            token,
            name,
            location,
            profile,
            profiles,
            language,
            channels,
            data,
        }) => {
            let token = token
                .or_else(|| std::env::var("HELIOGRAPH_TOKEN").ok())
                .ok_or_else(|| {
                    Failure::Usage("an operator's token is needed: --token or HELIOGRAPH_TOKEN".to_owned())
                })?;
            let profile = super::profile(&profile, profiles.as_deref())?;
            let wish = json!({
                "name": {"zh-Hans": name}, "location": {"zh-Hans": location}, "profile": profile.name,
                "panel": profile.panel, "language": language, "channels": channels,
            });
            let id = enrol(&Api::trusting(&hub, &trust)?.with_token(&token), wish, &data, None)?;
            say(&format!(
                "enrolled display {id}; start it with: heliograph player --profile {} --data {}",
                profile.name,
                data.display()
            ));
            Ok(())
        }
    }
}

/// The identity's file in a player's folder.
pub(crate) fn identity_file(data: &Path) -> PathBuf {
    data.join("identity.toml")
}

/// Enrols a display and keeps its identity; the secret key never leaves the folder.
pub(crate) fn enrol(api: &Api, mut wish: Value, data: &Path, once: Option<&str>) -> Result<DisplayId, Failure> {
    let file = identity_file(data);
    if file.exists() {
        return Err(Failure::Problem(format!(
            "{} exists: this display is enrolled already",
            file.display()
        )));
    }
    std::fs::create_dir_all(data)?;
    let keys = KeyPair::generate()?;
    wish["key"] = json!(keys.public().0.iter().map(|b| format!("{b:02x}")).collect::<String>());
    let answer = match once {
        Some(key) => api.post_once("/api/v1/displays", &wish, key)?,
        None => api.post("/api/v1/displays", &wish)?,
    };
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let identity = Identity {
        site: text("site").parse()?,
        display: text("id").parse()?,
        secret: keys.secret(),
        mqtt_token: text("mqtt_token"),
        root: root_key(&text("root")).ok_or_else(|| {
            Failure::Problem("the hub's answer holds no root key: is it a Heliograph hub?".to_owned())
        })?,
        ca: answer["ca"].as_str().map(str::to_owned),
        hub: answer["hub"].as_str().map(str::to_owned),
        broker: answer["broker"].as_str().map(str::parse).transpose()?,
    };
    identity.store(&file)?;
    Ok(identity.display)
}

fn root_key(hex: &str) -> Option<PublicKey> {
    let mut key = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(PublicKey(key))
}

fn play(args: &Run) -> Result<(), Failure> {
    let told = args.broker.as_deref().map(str::parse).transpose();
    let told: Option<BrokerAddress> = told.map_err(|error| Failure::Usage(format!("--broker: {error}")))?;
    let machine = &args.machine;
    let profile = super::profile(&machine.profile, machine.profiles.as_deref())?;
    let mut waiting = Waiting::new()?;
    let (identity, output, live) = match Identity::load(&identity_file(&machine.data)) {
        Err(IdentityError::Missing(_)) if machine.hub.is_some() => {
            let hub = super::pair::hub(machine)?;
            let (output, live) = open_output(machine, &args.measure, &profile, "heliograph")?;
            let wish = super::pair::wish(hub, machine, &profile, output, false);
            match super::pair::until_let_in(&mut waiting, wish)? {
                Some(paired) => (paired.identity, paired.output, live),
                None => return Ok(()),
            }
        }
        loaded => {
            let identity = loaded?;
            let (output, live) = open_output(machine, &args.measure, &profile, &identity.display.to_string())?;
            (identity, output, live)
        }
    };
    let broker = told.or_else(|| identity.broker.clone()).unwrap_or_else(this_machine);
    let config = PlayerConfig {
        identity,
        broker,
        data: machine.data.clone(),
        output,
        brightness: profile.brightness,
        live: live.clone(),
        fonts: FontSource::System,
        clock: Arc::new(SystemClock),
        panel: Some(profile.panel),
    };
    let player = Player::start(config)?;
    if let Some(live) = live {
        say(&format!(
            "live picture  {}",
            live.replace("ws://", "http://").trim_end_matches("live")
        ));
    }
    waiting.until_told();
    player.stop();
    Ok(())
}

/// Waits for someone who asks the process to end, from its start on: who asks between two waits is not missed.
pub(super) struct Waiting {
    runtime: tokio::runtime::Runtime,
    told: std::pin::Pin<Box<dyn Future<Output = ()>>>,
}

impl Waiting {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            runtime: super::runtime()?,
            told: Box::pin(super::told_to_stop()),
        })
    }

    fn until_told(&mut self) {
        self.runtime.block_on(&mut self.told);
    }

    /// Does something that takes long, and what `asked` says when the process is asked to end meanwhile.
    pub(super) fn during<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        asked: impl FnOnce(),
    ) -> Result<T, Failure> {
        let told = &mut self.told;
        let done = self.runtime.block_on(async {
            let mut done = tokio::task::spawn_blocking(work);
            tokio::select! {
                () = told => asked(),
                done = &mut done => return done,
            }
            done.await
        });
        Ok(done?)
    }
}

/// Where the broker is when nobody said.
fn this_machine() -> BrokerAddress {
    BrokerAddress {
        host: "127.0.0.1".to_owned(),
        port: 1883,
        tls: false,
    }
}

/// Where the pictures go, with what measures them, and where the live picture is, when there is one.
pub(super) fn open_output(
    machine: &Machine,
    measure: &Measure,
    profile: &Profile,
    title: &str,
) -> Result<(Output, Option<String>), Failure> {
    let told = machine.sink.as_deref().unwrap_or(&profile.sink);
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    let mut live = None;
    if told != "record" || measure.tell_frames.is_none() {
        match told
            .parse()
            .map_err(|error| Failure::Usage(format!("--sink: {error}")))?
        {
            Outlet::Card(card) => return Ok((Output::Texts(card.open()?), None)),
            Outlet::Frames(spec) => {
                let (sink, its) = open_sink(spec, title, &profile.rig)?;
                sinks.push(sink);
                live = its;
            }
        }
    }
    if measure.tell_first_frame {
        sinks.push(Box::new(Teller::default()));
    }
    if let Some(file) = &measure.tell_frames {
        sinks.push(Box::new(Moments::new(file)?));
    }
    let sink = match <[_; 1]>::try_from(sinks) {
        Ok([only]) => only,
        Err(several) => Box::new(Tee::new(several)),
    };
    Ok((Output::Frames(sink), live))
}

/// The sink, and where its live picture is, when it has one.
pub(crate) fn open_sink(spec: SinkSpec, title: &str, rig: &Rig) -> Result<(Box<dyn Sink>, Option<String>), Failure> {
    if let SinkSpec::Browser(address) = spec {
        let sink = BrowserSink::start(title, address)?;
        let live = sink.url();
        return Ok((Box::new(sink), Some(live)));
    }
    Ok((spec.open(title, rig)?, None))
}
