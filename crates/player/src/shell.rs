//! The player's threads: the agent's with the replica, the play loop's with the sink, and the link's.

use crate::agent::{Action, Agent, AgentConfig, Input, Report};
use crate::clock::{Clock, Moment};
use crate::fetch;
use crate::fonts::FontSource;
use crate::identity::Identity;
use crate::link::{BrokerAddress, Heard, Link, Send as Say};
use crate::play::{CardNews, Gallery, Output, Projectionist, Stand, Theatre, artists};
use crate::profile::BrightnessPlan;
use crate::refusals::Refusals;
use crate::replica::{FileReplica, Remembered, Replica, ReplicaError, SpareReplica};
use crate::tls::{self, CertainTime, TlsError};
use heliograph_domain::ids::DisplayId;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Instant, Panel};
use heliograph_wire::KeyPair;
use rustls::ClientConfig;
use sha2::{Digest, Sha256};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;

/// How often the agent is told that time passed. The first one also ends the wait for the first frame before the link
/// is started: the picture comes first, the network after.
const TICK: Duration = Duration::from_millis(250);

/// After a panic of the agent the link rests for so many ticks, ten seconds.
const TICKS_AFTER_PANIC: u32 = 40;

/// The panel of a display that nobody has told its panel: a full-HD television.
const ANY_PANEL: Panel = Panel {
    width_px: 1920,
    height_px: 1080,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 3000,
    refresh_hz: 30,
};

/// What a player is started with.
pub struct PlayerConfig {
    /// Who it is.
    pub identity: Identity,
    /// Where the broker is.
    pub broker: BrokerAddress,
    /// Directory of the replica.
    pub data: PathBuf,
    /// Where pictures go.
    pub output: Output,
    /// How bright the panel is by time of day.
    pub brightness: BrightnessPlan,
    /// Where frames can be watched on this machine, told in the status.
    pub live: Option<String>,
    /// Where fonts come from.
    pub fonts: FontSource,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// The panel until a config has been received.
    pub panel: Option<Panel>,
}

/// Why a player did not start.
#[derive(Debug, Error)]
pub enum PlayerError {
    /// Its replica is in use.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}; check the system's limits")]
    Thread(#[from] io::Error),
    /// Its identity gives it nobody to trust.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}

/// A running display.
pub struct Player {
    display: DisplayId,
    stand: Arc<Stand>,
    events: Sender<Event>,
    threads: Vec<JoinHandle<()>>,
}

impl Player {
    /// Starts a display. It shows its last good programme from the replica first, and connects after.
    ///
    /// # Errors
    /// When another player runs on the same data, the identity has no authority to trust for an address with TLS, or the
    /// system gives no threads.
    pub fn start(config: PlayerConfig) -> Result<Self, PlayerError> {
        let display = config.identity.display;
        let certain = CertainTime::default();
        let trust = whom_to_trust(&config.identity, &config.broker, &certain)?;
        let now = config.clock.moment();
        let (replica, remembered) = open_replica(&config, now.wall)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| PlayerError::Random(error.to_string()))?;
        let mut facts = Facts {
            identity: config.identity,
            trust,
            certain,
            seed,
            starts: 0,
            panel: config.panel.unwrap_or(ANY_PANEL),
            sink: config.output.name().to_owned(),
            live: config.live,
        };
        let (events, inbox) = channel();
        let stand = Arc::new(Stand::default());
        let waking = Arc::clone(&stand);
        let gallery = Gallery::new(replica.media(), hearing(&events), Box::new(move || waking.wake()));
        let mind = Mind {
            agent: facts.agent(remembered, now),
            facts,
            broker: config.broker,
            replica,
            link: None,
            stand: Arc::clone(&stand),
            clock: Arc::clone(&config.clock),
            events: events.clone(),
            inbox,
            hold_off: 0,
            refusals: Refusals::default(),
        };
        let theatre = Theatre::new(artists(&config.output, config.fonts))
            .with_gallery(gallery)
            .with_brightness(config.brightness);
        let projectionist = Projectionist {
            stand: Arc::clone(&stand),
            output: config.output,
            clock: config.clock,
            tell: hearing(&events),
            news: CardNews::default(),
            theatre,
        };
        let play = std::thread::Builder::new().name("play".to_owned());
        let mut player = Self {
            display,
            stand,
            events,
            threads: vec![play.spawn(move || projectionist.run())?],
        };
        let agent = std::thread::Builder::new().name("agent".to_owned());
        player.threads.push(agent.spawn(move || mind.run())?);
        Ok(player)
    }

    /// Which display this is.
    #[must_use]
    pub fn display(&self) -> DisplayId {
        self.display
    }

    /// Stops the display and waits for its threads. The last frame stays on the panel.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // The agent is gone only when it has ended already.
        let _ = self.events.send(Event::Stop);
        // The agent's thread was started last and says goodbye to the broker first.
        while let Some(thread) = self.threads.pop() {
            if thread.join().is_err() {
                tracing::error!("a thread of the player had panicked");
            }
            self.stand.stop();
        }
    }
}

/// A player that is dropped stops, too.
impl Drop for Player {
    fn drop(&mut self) {
        if self.threads.len() == 1 {
            self.stand.stop();
        }
        self.end();
    }
}

/// Whom this display trusts on the network.
fn whom_to_trust(
    identity: &Identity,
    broker: &BrokerAddress,
    certain: &CertainTime,
) -> Result<Option<Arc<ClientConfig>>, TlsError> {
    match &identity.ca {
        Some(ca) => Ok(Some(Arc::new(tls::client_config_knowing(ca, certain.clone())?))),
        None if broker.tls => Err(TlsError::NoAnchors(broker.to_string())),
        None => Ok(None),
    }
}

enum Event {
    Happened(Input),
    /// The broker did not let it in.
    TurnedAway,
    Stop,
}

fn hearing(events: &Sender<Event>) -> Box<dyn Fn(Input) + Send + Sync> {
    let events = events.clone();
    Box::new(move |input| {
        // After the agent has ended nobody listens, and nothing is lost.
        let _ = events.send(Event::Happened(input));
    })
}

/// A disk that refuses must not keep a display dark: it plays what can be read, keeps the rest in memory, says so, and
/// stores it when the disk takes it.
fn open_replica(config: &PlayerConfig, now: Instant) -> Result<(Box<dyn Replica>, Remembered), PlayerError> {
    match FileReplica::open(&config.data, now) {
        Ok((replica, remembered)) => Ok((Box::new(replica), remembered)),
        Err(ReplicaError::InUse) => Err(ReplicaError::InUse.into()),
        Err(error) => {
            let (replica, remembered) = SpareReplica::new(&config.data, now);
            let trouble = Some(format!(
                "{error}; until then this display forgets when it is turned off"
            ));
            Ok((Box::new(replica), Remembered { trouble, ..remembered }))
        }
    }
}

/// What an agent is made from, kept so that another one can be made.
struct Facts {
    identity: Identity,
    trust: Option<Arc<ClientConfig>>,
    /// What `trust` knows of the time.
    certain: CertainTime,
    /// Random and secret.
    seed: [u8; 32],
    /// So many agents were made.
    starts: u64,
    panel: Panel,
    sink: String,
    live: Option<String>,
}

impl Facts {
    /// Each agent has numbers of its own: an answer to a question of the one before must not count.
    fn agent(&mut self, remembered: Remembered, now: Moment) -> Agent {
        self.starts += 1;
        let number = |of: &[u8]| -> [u8; 32] {
            let digest = Sha256::new().chain_update(self.seed).chain_update(of);
            digest.chain_update(self.starts.to_be_bytes()).finalize().into()
        };
        let mut boot_id = [0; 16];
        boot_id.copy_from_slice(&number(b"boot")[..16]);
        let me = AgentConfig {
            site: self.identity.site.clone(),
            display: self.identity.display,
            key: KeyPair::from_secret(self.identity.secret),
            root: self.identity.root,
            hub: self.identity.hub.clone(),
            boot_id,
            seed: number(b"seed"),
            panel: self.panel,
            sink: self.sink.clone(),
            live: self.live.clone(),
        };
        Agent::new(me, remembered, now)
    }
}

/// The agent's thread: it does what the agent says.
struct Mind {
    agent: Agent,
    facts: Facts,
    broker: BrokerAddress,
    replica: Box<dyn Replica>,
    link: Option<Link>,
    stand: Arc<Stand>,
    clock: Arc<dyn Clock>,
    events: Sender<Event>,
    inbox: Receiver<Event>,
    /// So many looks at the link before it is started.
    hold_off: u32,
    /// Since when its credential has opened nothing.
    refusals: Refusals,
}

impl Mind {
    fn run(mut self) {
        while catch_unwind(AssertUnwindSafe(|| self.session())).is_err() {
            // A fault of this program. The picture stands; the agent begins again from what is durable.
            tracing::error!("the agent panicked and starts again from the replica");
            self.hang_up();
            let remembered = self.replica.load().unwrap_or_default();
            self.agent = self.facts.agent(remembered, self.clock.moment());
            self.hold_off = TICKS_AFTER_PANIC;
        }
        self.hang_up();
    }

    fn hang_up(&mut self) {
        if let Some(mut link) = self.link.take() {
            link.stop();
        }
    }

    /// Works until the player stops.
    fn session(&mut self) {
        loop {
            while let Some(action) = self.agent.poll() {
                self.perform(action);
            }
            let input = match self.inbox.recv_timeout(TICK) {
                Ok(Event::Happened(input)) => input,
                Ok(Event::TurnedAway) => {
                    self.turned_away();
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => Input::Tick,
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            };
            if self.link.is_none() && matches!(input, Input::Shown(_) | Input::Tick) {
                self.connect();
            }
            if matches!(input, Input::Connected) {
                self.refusals.let_in();
            }
            let now = self.clock.moment();
            self.agent.handle(now, input);
            self.facts.certain.set(self.agent.certain_time(now));
        }
    }

    /// Says that this machine is no display any more, once that has lasted. What it may show goes on: a broker alone must
    /// not be able to darken a panel, nor to have a display give its identity up.
    fn turned_away(&mut self) {
        let Some(lasted_ms) = self.refusals.turned_away(self.clock.moment().monotonic_ms) else {
            return;
        };
        tracing::error!(
            since_s = lasted_ms / 1000,
            display = %self.facts.identity.display,
            "the broker refuses this display's credential: it was revoked, or another machine has its place. What it may \
             show goes on. To be let in again: stop it, and run `heliograph player pair --again` with the same options"
        );
    }

    /// Starts the link, unless a message that is fatal to this program may still wait at the broker.
    fn connect(&mut self) {
        if self.hold_off > 0 {
            self.hold_off -= 1;
            return;
        }
        let events = self.events.clone();
        let hear = move |heard| {
            // After the agent has ended nobody listens, and nothing is lost.
            let _ = events.send(match heard {
                Heard::Connected => Event::Happened(Input::Connected),
                Heard::Disconnected => Event::Happened(Input::Disconnected),
                Heard::TurnedAway => Event::TurnedAway,
                Heard::Message { topic, payload } => Event::Happened(Input::Message { topic, payload }),
            });
        };
        match Link::start(&self.facts.identity, &self.broker, self.facts.trust.clone(), hear) {
            Ok(link) => self.link = Some(link),
            Err(error) => tracing::error!(%error, "the link does not start; trying again"),
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Show(showing) => self.stand.show(showing),
            Action::Store(changes) => {
                let result = self.replica.apply(&changes).map_err(|error| error.to_string());
                self.agent.handle(self.clock.moment(), Input::Stored(result));
            }
            Action::Fetch { hash, url, most_bytes } => {
                self.fetch(&url, most_bytes, fetch::OBJECT, move |result| Input::Fetched {
                    hash,
                    result,
                });
            }
            Action::Mail { url, most_bytes, .. } => self.fetch(&url, most_bytes, fetch::MAIL, Input::Mail),
            Action::Subscribe(filters) => self.say(Say::Subscribe(filters)),
            Action::Unsubscribe(filters) => self.say(Say::Unsubscribe(filters)),
            Action::Publish { topic, payload, retain } => self.say(Say::Publish { topic, payload, retain }),
            Action::Report(report) => log(&report),
        }
    }

    /// Fetches on a thread of its own, of which the agent never wants many. When the player stops, nobody waits for it.
    fn fetch(
        &mut self,
        url: &str,
        most_bytes: usize,
        within: Duration,
        answer: impl Fn(Result<Vec<u8>, String>) -> Input + Copy + Send + 'static,
    ) {
        let url = fetch::reachable(url, &self.broker.host);
        let (token, trust) = (self.facts.identity.mqtt_token.clone(), self.facts.trust.clone());
        let tell = hearing(&self.events);
        let work = move || tell(answer(fetch::fetch(&url, &token, trust, most_bytes, within)));
        let thread = std::thread::Builder::new().name("fetch".to_owned());
        if let Err(error) = thread.spawn(work) {
            let result = Err(format!("no thread: {error}"));
            self.agent.handle(self.clock.moment(), answer(result));
        }
    }

    fn say(&self, what: Say) {
        if let Some(link) = &self.link {
            link.send(what);
        }
    }
}

fn log(report: &Report) {
    match report {
        Report::Refused { topic, why } => tracing::warn!(topic, why, "a message was refused; the programme goes on"),
        Report::NotStored { why } => tracing::error!(why, "not durable; trying again"),
        Report::NotFetched { why } => tracing::warn!(why, "not fetched; trying again"),
        Report::NotShown { why } => tracing::error!(why, "not shown; the rest of the programme goes on"),
    }
}
