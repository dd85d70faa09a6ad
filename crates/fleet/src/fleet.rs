//! A fleet from its start to its end.

use crate::connection::Login;
use crate::fetching::Fetchers;
use crate::light::Light;
use crate::roster::Member;
use crate::swarm::{Swarm, fraction};
use crate::watch::{Spread, Tally, Watch};
use crate::worker::{Bell, Carried, Note, Worker};
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Panel, PublicationId};
use heliograph_player::agent::{Agent, AgentConfig};
use heliograph_player::replica::{Replica, ReplicaError, SharedStore};
use heliograph_player::{BrokerAddress, Clock, SystemClock};
use heliograph_wire::KeyPair;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The panel until a config names one.
const PANEL: Panel = Panel {
    width_px: 1920,
    height_px: 1080,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 3000,
    refresh_hz: 30,
};

/// What a fleet is started with.
pub struct FleetConfig {
    /// Its displays.
    pub members: Vec<Member>,
    /// Where the broker is.
    pub broker: BrokerAddress,
    /// The folder of the displays' replicas.
    pub data: PathBuf,
    /// The displays connect at random within this time.
    pub spread: Duration,
    /// Threads that carry them.
    pub threads: usize,
}

/// Why a fleet did not start.
#[derive(Debug, Error)]
pub enum FleetError {
    /// The replicas cannot be used.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The broker's name has no address.
    #[error("{broker} cannot be found: {why}")]
    Broker {
        /// As it was given.
        broker: BrokerAddress,
        /// What the system said.
        why: String,
    },
    /// The machine refused.
    #[error("the machine refused: {0}")]
    Machine(#[from] io::Error),
}

/// A running fleet.
pub struct Fleet {
    watch: Arc<Watch>,
    bells: Vec<Bell>,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

impl Fleet {
    /// Starts the displays, each from what it has stored.
    ///
    /// # Errors
    /// When the replicas are in use, the broker has no address, or the machine gives no threads.
    pub fn start(config: FleetConfig) -> Result<Self, FleetError> {
        let broker = address(&config.broker)?;
        let store = Arc::new(SharedStore::open(&config.data)?);
        let fetchers = Fetchers::start()?;
        let threads = config.threads.clamp(1, config.members.len().max(1));
        let mut fleet = Self {
            watch: Arc::default(),
            bells: Vec::new(),
            threads: Vec::new(),
        };
        for number in 0..threads {
            let members = config.members.iter().skip(number).step_by(threads);
            let (notes, inbox) = channel();
            let mut swarm = Swarm::new(broker)?;
            let carried = members.map(|member| board(member, &store, &mut swarm, config.spread));
            let carried = carried.collect::<Result<Vec<_>, _>>()?;
            let bell = Bell {
                notes,
                waker: swarm.waker(),
            };
            fleet.bells.push(bell.clone());
            let worker = Worker {
                swarm,
                carried,
                store: Arc::clone(&store),
                fetchers: fetchers.clone(),
                watch: Arc::clone(&fleet.watch),
                notes: inbox,
                bell,
                broker_host: config.broker.host.clone(),
                to_store: Vec::new(),
                group: 0,
                next_tick: Instant::now(),
            };
            let thread = std::thread::Builder::new().name(format!("fleet-{number}"));
            fleet.threads.push(thread.spawn(move || worker.run())?);
        }
        Ok(fleet)
    }

    /// What it sees now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.watch.tally()
    }

    /// When a publication came on air, display by display, in the order it happened.
    #[must_use]
    pub fn sightings(&self, publication: PublicationId) -> Vec<Instant> {
        self.watch.sightings(publication)
    }

    /// How the publications whose first display showed them no longer than `ago` came to all of them, oldest first.
    #[must_use]
    pub fn spreads(&self, ago: Duration) -> Vec<Spread> {
        self.watch.spreads(ago)
    }

    /// Pulls the network cable of the display of this number, counted as the members were given.
    pub fn unplug(&self, display: usize) {
        self.tell(display, Note::Unplug);
    }

    /// Puts it in again.
    pub fn plug(&self, display: usize) {
        self.tell(display, Note::Plug);
    }

    fn tell(&self, display: usize, note: impl FnOnce(usize) -> Note) {
        let threads = self.bells.len();
        self.bells[display % threads].ring(note(display / threads));
    }

    /// Whether all its threads still run.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.threads.iter().all(|thread| !thread.is_finished())
    }

    /// Stops all displays and waits for them.
    ///
    /// # Errors
    /// When a thread had ended before, for this reason.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        for bell in &self.bells {
            bell.ring(Note::Stop);
        }
        let mut outcome = Ok(());
        for thread in self.threads.drain(..) {
            let ended = thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a thread of the fleet panicked")));
            outcome = outcome.and(ended);
        }
        outcome
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the fleet had ended");
        }
    }
}

fn address(broker: &BrokerAddress) -> Result<SocketAddr, FleetError> {
    let failed = |why: String| FleetError::Broker {
        broker: broker.clone(),
        why,
    };
    let found = (broker.host.as_str(), broker.port).to_socket_addrs();
    let mut found = found.map_err(|error| failed(error.to_string()))?;
    found.next().ok_or_else(|| failed("it has no address".to_owned()))
}

/// A display comes on board: from what it has stored, its connection to be made within `spread`.
fn board(member: &Member, store: &SharedStore, swarm: &mut Swarm, spread: Duration) -> Result<Carried, FleetError> {
    let remembered = store.replica(member.display).load()?;
    let (mut boot_id, mut seed) = ([0; 16], [0; 32]);
    getrandom::fill(&mut boot_id)
        .and_then(|()| getrandom::fill(&mut seed))
        .map_err(io::Error::other)?;
    let me = AgentConfig {
        site: member.site.clone(),
        display: member.display,
        key: KeyPair::from_secret(member.secret),
        root: member.root,
        hub: None,
        boot_id,
        seed,
        panel: PANEL,
        sink: "fleet".to_owned(),
        live: None,
    };
    let display = member.display.to_string();
    let login = Login {
        client_id: format!("display-{display}"),
        credential: Some((display, member.mqtt_token.clone())),
    };
    swarm.add(login, spread.mul_f64(fraction()));
    Ok(Carried {
        display: member.display,
        token: member.mqtt_token.clone(),
        light: Light::new(Agent::new(me, remembered, SystemClock.moment())),
        connected: false,
        airs: false,
    })
}
