//! A whole office for tests: a hub on a free port, its broker, players with recording sinks, and people who call the API.

// A test that cannot set its world up has nothing better to do than to fail here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test support")]

mod authenticator;
pub mod brokers;
mod browser;
mod http;
mod machine;
pub mod mqtt;
mod people;
pub mod python;
pub mod sim;

pub use authenticator::code_of;
pub use browser::{Browser, form, hidden};
pub use http::{Http, Reply};
pub use machine::Machine;
pub use people::{FIRST_PASSWORD, NOTICE_ENTRY, PASSWORD, People, STANDING_ENTRY, act, commitment, hire, notice};

use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::publication::KeepFor;
use heliograph_domain::{DisplayId, SiteName};
use heliograph_hub::backups::BackupPlan;
use heliograph_hub::reminders::MailPlan;
use heliograph_hub::retention::Retention;
use heliograph_hub::{ExternalBroker, Hub, HubConfig, MovableClock, TlsMode};
use heliograph_player::profile::BrightnessPlan;
use heliograph_player::{BrokerAddress, FontSource, Identity, Output, Player, PlayerConfig, SystemClock};
use heliograph_scene::Frame;
use heliograph_sink::{Recorder, Recording};
use heliograph_wire::{KeyPair, PublicKey};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A folder that is gone when the test is over.
#[derive(Debug)]
pub struct TempDir(PathBuf);

impl TempDir {
    /// A fresh folder.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "heliograph-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for TempDir {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An office.
pub struct World {
    runtime: tokio::runtime::Runtime,
    hub: Option<Hub>,
    /// The hub's clock.
    pub clock: Arc<MovableClock>,
    /// The office's people, signed in.
    pub people: People,
    dir: TempDir,
    mqtt: SocketAddr,
    http: SocketAddr,
    fonts: FontSource,
    kind: Kind,
    broker: Option<ExternalBroker>,
}

/// What a world has besides the usual.
#[derive(Clone, Copy, Default)]
struct Kind {
    backed_up: bool,
    tls: bool,
    mail_port: Option<u16>,
    behind_a_proxy: bool,
}

/// A display of the office, with its player.
pub struct TestDisplay {
    /// Its id.
    pub id: DisplayId,
    /// What its sink was handed.
    pub recording: Recording,
    identity: Identity,
    folder: PathBuf,
    panel: Panel,
    tls: bool,
    fonts: FontSource,
    player: Option<Player>,
}

/// A lobby screen.
pub const LOBBY: Panel = Panel {
    width_px: 960,
    height_px: 540,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 3000,
    refresh_hz: 60,
};
/// A portrait screen.
pub const PORTRAIT: Panel = Panel {
    width_px: 540,
    height_px: 960,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 2000,
    refresh_hz: 60,
};
/// An LED strip.
pub const STRIP: Panel = Panel {
    width_px: 256,
    height_px: 64,
    colour: ColourDepth::Full,
    pixel_pitch_um: 5000,
    viewing_distance_mm: 8000,
    refresh_hz: 30,
};
/// A window sign.
pub const SIGN: Panel = Panel {
    width_px: 64,
    height_px: 32,
    colour: ColourDepth::Full,
    pixel_pitch_um: 5000,
    viewing_distance_mm: 4000,
    refresh_hz: 30,
};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

impl World {
    /// An office with its people, channels `hall` and `strips`, and two catalogue entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Kind::default())
    }

    /// The same, whose hub backs its log up; see [`World::backups`].
    #[must_use]
    pub fn backed_up() -> Self {
        Self::with(Kind {
            backed_up: true,
            ..Kind::default()
        })
    }

    /// The same, whose hub speaks TLS with an authority of its own.
    #[must_use]
    pub fn with_tls() -> Self {
        Self::with(Kind {
            tls: true,
            ..Kind::default()
        })
    }

    /// The same, whose hub believes a proxy on this machine about who calls.
    #[must_use]
    pub fn behind_a_proxy() -> Self {
        Self::with(Kind {
            behind_a_proxy: true,
            ..Kind::default()
        })
    }

    /// The same, whose hub works with another broker.
    #[must_use]
    pub fn at_broker(broker: ExternalBroker) -> Self {
        Self::with_broker(Kind::default(), Some(broker))
    }

    /// The same, whose hub sends letters through a mail server on this machine.
    #[must_use]
    pub fn with_mail(port: u16) -> Self {
        Self::with(Kind {
            mail_port: Some(port),
            ..Kind::default()
        })
    }

    fn with(kind: Kind) -> Self {
        Self::with_broker(kind, None)
    }

    fn with_broker(kind: Kind, broker: Option<ExternalBroker>) -> Self {
        let (runtime, dir, clock) = (runtime(), TempDir::new(), Arc::new(MovableClock::default()));
        let hub = runtime.block_on(start_hub(
            dir.path(),
            LOOPBACK,
            LOOPBACK,
            &clock,
            (kind, broker.as_ref()),
        ));
        let (mqtt, http) = (hub.mqtt_addr().unwrap_or(LOOPBACK), hub.http_addr());
        let people = People::set_up(&connection(&hub), &hub.setup_word().unwrap());
        Self {
            runtime,
            hub: Some(hub),
            clock,
            people,
            dir,
            mqtt,
            http,
            fonts: FontSource::BuiltIn,
            kind,
            broker,
        }
    }

    /// Where the hub puts its backups.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.dir.path().join("backups")
    }

    /// The same, with displays that draw with the machine's fonts.
    #[must_use]
    pub fn with_system_fonts() -> Self {
        let mut world = Self::new();
        world.fonts = FontSource::System;
        world
    }

    /// The running hub.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        self.hub.as_ref().unwrap()
    }

    /// The hub's data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("hub")
    }

    /// Where the embedded broker listens.
    #[must_use]
    pub fn mqtt(&self) -> SocketAddr {
        self.mqtt
    }

    /// Nobody's connection to the hub.
    #[must_use]
    pub fn http(&self) -> Http {
        connection(self.hub())
    }

    /// Stops the hub: the network is down for every display.
    pub fn hub_goes_away(&mut self) {
        if let Some(hub) = self.hub.take() {
            self.runtime.block_on(hub.stop());
        }
    }

    /// Lets the hub do now what it does by itself every hour.
    pub fn an_hour_passes(&self) {
        self.runtime.block_on(self.hub().tidy_now());
    }

    /// Lets the hub do now what it does by itself every minute.
    pub fn reminders_are_looked_at(&self) {
        self.runtime.block_on(self.hub().remind_now());
    }

    /// Starts it again, on the same ports and folder.
    pub fn hub_comes_back(&mut self) {
        self.hub = Some(self.runtime.block_on(start_hub(
            self.dir.path(),
            self.http,
            self.mqtt,
            &self.clock,
            (self.kind, self.broker.as_ref()),
        )));
    }

    /// Enrols a display and starts its player.
    pub fn display(&self, name: &str, panel: Panel, channels: &[&str]) -> TestDisplay {
        let keys = KeyPair::generate().unwrap();
        let wish = json!({
            "key": hex(&keys.public().0), "name": {"zh-Hans": name, "en": name}, "location": {"zh-Hans": "大厅"},
            "profile": "test", "panel": panel, "language": "zh-Hans", "channels": channels,
        });
        let answer = self
            .people
            .admin
            .post("/api/v1/displays", &wish)
            .expect_status(201)
            .json;
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        let identity = Identity {
            site: text("site").parse().unwrap(),
            display: text("id").parse().unwrap(),
            secret: keys.secret(),
            mqtt_token: text("mqtt_token"),
            root: PublicKey(unhex(&text("root"))),
            ca: answer["ca"].as_str().map(str::to_owned),
            hub: answer["hub"].as_str().map(str::to_owned),
            broker: answer["broker"].as_str().map(|text| text.parse().unwrap()),
        };
        let folder = self.dir.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let (_, recording) = Recorder::new();
        let tls = self.kind.tls;
        let mut display = TestDisplay {
            id: identity.display,
            recording,
            identity,
            folder,
            panel,
            tls,
            fonts: self.fonts.clone(),
            player: None,
        };
        match &self.broker {
            None => display.start(self.mqtt),
            Some(_) => display.start_as_told(),
        }
        display
    }

    /// A display's identity, to misuse.
    #[must_use]
    pub fn identity(&self, display: &TestDisplay) -> Identity {
        display.identity.clone()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.hub_goes_away();
    }
}

impl TestDisplay {
    /// Starts the player, with a fresh recording.
    pub fn start(&mut self, broker: SocketAddr) {
        self.start_at(BrokerAddress {
            host: broker.ip().to_string(),
            port: broker.port(),
            tls: self.tls,
        });
    }

    /// Starts the player at the broker that the hub told it of.
    pub fn start_as_told(&mut self) {
        self.start_at(self.identity.broker.clone().unwrap());
    }

    fn start_at(&mut self, broker: BrokerAddress) {
        let (recorder, recording) = Recorder::new();
        self.recording = recording;
        let config = PlayerConfig {
            identity: self.identity.clone(),
            broker,
            data: self.folder.clone(),
            output: Output::Frames(Box::new(recorder)),
            brightness: BrightnessPlan::default(),
            live: None,
            fonts: self.fonts.clone(),
            clock: Arc::new(SystemClock),
            panel: Some(self.panel),
        };
        self.player = Some(Player::start(config).unwrap());
    }

    /// The player's folder, with its identity in it: for starting the player as a process of its own.
    #[must_use]
    pub fn folder_for_a_process(&self) -> &Path {
        self.identity.store(&self.folder.join("identity.toml")).unwrap();
        &self.folder
    }

    /// Has another machine in its place: with an empty disk, a key and a token of its own.
    pub fn becomes(&mut self, secret: [u8; 32], mqtt_token: &str) {
        self.stop();
        (self.identity.secret, self.identity.mqtt_token) = (secret, mqtt_token.to_owned());
        std::fs::remove_dir_all(&self.folder).unwrap();
        std::fs::create_dir_all(&self.folder).unwrap();
    }

    /// Stops the player.
    pub fn stop(&mut self) {
        if let Some(player) = self.player.take() {
            player.stop();
        }
    }

    /// The newest frame.
    #[must_use]
    pub fn frame(&self) -> Arc<Frame> {
        self.recording.last().expect("a frame")
    }
}

/// Nobody's connection to a hub, whose authority is trusted if it has one.
fn connection(hub: &Hub) -> Http {
    let ca_pem = hub.tls().map(|facts| facts.ca_pem);
    Http::to(&hub.url(), ca_pem.as_deref())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

async fn start_hub(
    dir: &Path,
    http: SocketAddr,
    mqtt: SocketAddr,
    clock: &Arc<MovableClock>,
    (kind, broker): (Kind, Option<&ExternalBroker>),
) -> Hub {
    let site: SiteName = "binhe".parse().unwrap();
    let config = HubConfig {
        data: dir.join("hub"),
        listen: http,
        mqtt_listen: mqtt,
        broker: broker.cloned(),
        tls: if kind.tls {
            TlsMode::OwnAuthority
        } else {
            TlsMode::Plain
        },
        names: Vec::new(),
        site,
        clock: Arc::clone(clock) as _,
        retention: Retention {
            drafts_days: Some(400),
            texts: KeepFor {
                withdrawn_days: Some(1000),
                unreleased_days: Some(500),
            },
        },
        backups: kind.backed_up.then(|| BackupPlan {
            folder: dir.join("backups"),
            keep_days: 30,
        }),
        signer: None,
        mail: kind
            .mail_port
            .map(|port| MailPlan::new(&format!("smtp://127.0.0.1:{port}"), "notices@binhe.example", None).unwrap()),
        sessions: heliograph_hub::SessionRules::default(),
        trusted_proxies: if kind.behind_a_proxy {
            vec![std::net::IpAddr::from([127, 0, 0, 1])]
        } else {
            Vec::new()
        },
        sign_on: None,
        wall: None,
    };
    Hub::start(config).await.unwrap()
}

/// Waits until something holds; fails with `what` after a generous time.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// 32 bytes of their hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    }
    bytes
}

/// A TLS client that trusts this certificate (PEM) alone.
fn trust_in(pem: &[u8]) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

/// The rows of a release's reach that have come all the way.
#[must_use]
pub fn on_air_rows(reach: &Value) -> usize {
    reach["displays"]
        .as_array()
        .map_or(0, |rows| rows.iter().filter(|row| row["on_air_at"].is_string()).count())
}
