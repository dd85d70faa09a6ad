//! The thread that pairs: it does what the candidate says.

use super::glass::Glass;
use super::{Action, Admission, Call, Candidate, Face, HubAddress, Input, Kept, Report, calls, facts};
use crate::agent::forget;
use crate::clock::Clock;
use crate::fonts::FontSource;
use crate::identity::{Identity, IdentityError};
use crate::play::Output;
use crate::profile::BrightnessPlan;
use crate::replica::{Change, Enrolled, FileReplica, Remembered, Replica, ReplicaError};
use heliograph_domain::Panel;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use thiserror::Error;

/// The identity's file in a player's folder.
const IDENTITY: &str = "identity.toml";

/// What a pairing is started with.
pub struct PairingConfig {
    /// The hub that is asked.
    pub hub: HubAddress,
    /// The player's folder: what is kept meanwhile, then identity and replica.
    pub data: PathBuf,
    /// The panel's profile, for people.
    pub profile: String,
    /// The panel.
    pub panel: Panel,
    /// Where pictures go.
    pub output: Output,
    /// How bright the panel is by time of day.
    pub brightness: BrightnessPlan,
    /// Where fonts come from.
    pub fonts: FontSource,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whether an identity that is there is given up, once another one is stored.
    pub again: bool,
    /// Hears what is on the panel.
    pub tell: Box<dyn Fn(&Face) + Send>,
}

/// Why a pairing did not start, or broke off.
#[derive(Debug, Error)]
pub enum PairingError {
    /// It is a display already.
    #[error(
        "{0} exists: this display is enrolled already; `heliograph player pair --again` gives that up once another \
         credential is stored"
    )]
    Enrolled(PathBuf),
    /// Its replica is in use.
    #[error(transparent)]
    Replica(ReplicaError),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}; check the system's limits")]
    Thread(#[from] io::Error),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// A fault of this program.
    #[error("the pairing's thread panicked; start the player again: it goes on where it was")]
    Panicked,
}

/// A machine that has become a display.
pub struct Paired {
    /// Who it is.
    pub identity: Identity,
    /// Its panel.
    pub output: Output,
}

/// How a pairing ended.
pub enum Ended {
    /// It was let in, and that is stored.
    Admitted(Box<Paired>),
    /// It was told to stop. It goes on where it was when it is started again.
    Stopped,
}

/// A pairing that runs.
pub struct Pairing {
    events: Sender<Event>,
    thread: JoinHandle<Ended>,
}

/// Stops a pairing from elsewhere.
#[derive(Clone)]
pub struct Stopper(Sender<Event>);

impl Stopper {
    /// The pairing ends soon; an answer that is on its way is waited for, because the credential is told once.
    pub fn stop(&self) {
        // It may have ended already.
        let _ = self.0.send(Event::Stop);
    }
}

enum Event {
    Happened(Input),
    Stop,
}

impl Pairing {
    /// Starts to pair.
    ///
    /// # Errors
    /// When it is a display already, another player runs on the same data, or the system gives no threads.
    pub fn start(config: PairingConfig) -> Result<Self, PairingError> {
        let former = Identity::load(&config.data.join(IDENTITY));
        if !config.again && !matches!(former, Err(IdentityError::Missing(_))) {
            return Err(PairingError::Enrolled(config.data.join(IDENTITY)));
        }
        let vault = Vault::open(&config.data, config.clock.as_ref())?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| PairingError::Random(error.to_string()))?;
        // A machine that is let in anew does so with another key than before, also where a power cut left the old one.
        let kept = Kept::load(&config.data);
        let kept = kept.filter(|kept| former.as_ref().map_or(true, |former| former.secret != kept.key));
        let said = facts::facts(&config.profile, &config.panel, &config.hub);
        let now_ms = config.clock.moment().monotonic_ms;
        let candidate = Candidate::new(config.hub.clone(), said, kept, seed, now_ms);
        let clock = Arc::clone(&config.clock);
        let hub = config.hub.clone();
        let glass = Glass::new(config.output, config.panel, config.fonts, config.brightness, hub, clock);
        let (events, inbox) = channel();
        let work = Work {
            candidate,
            glass,
            vault,
            hub: config.hub,
            clock: config.clock,
            tell: config.tell,
            events: events.clone(),
            inbox,
            calling: false,
            stopping: false,
        };
        let thread = std::thread::Builder::new().name("pair".to_owned());
        Ok(Self {
            events,
            thread: thread.spawn(move || work.run())?,
        })
    }

    /// Stops this pairing from elsewhere.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(self.events.clone())
    }

    /// Waits until the machine is a display, or was told to stop.
    ///
    /// # Errors
    /// [`PairingError::Panicked`].
    pub fn wait(self) -> Result<Ended, PairingError> {
        self.thread.join().map_err(|_| PairingError::Panicked)
    }
}

struct Work {
    candidate: Candidate,
    glass: Glass,
    vault: Vault,
    hub: HubAddress,
    clock: Arc<dyn Clock>,
    tell: Box<dyn Fn(&Face) + Send>,
    events: Sender<Event>,
    inbox: Receiver<Event>,
    /// A call is on its way.
    calling: bool,
    stopping: bool,
}

impl Work {
    fn run(mut self) -> Ended {
        loop {
            while let Some(action) = self.candidate.poll() {
                self.perform(action);
            }
            if let Some(admission) = self.candidate.admitted() {
                let identity = admission.identity.clone();
                let output = self.glass.into_output();
                return Ended::Admitted(Box::new(Paired { identity, output }));
            }
            if self.stopping && !self.calling {
                return Ended::Stopped;
            }
            let nap = self.glass.look();
            let input = match self.inbox.recv_timeout(nap) {
                Ok(Event::Happened(input)) => input,
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.stopping = true;
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => Input::Tick,
            };
            self.calling &= !matches!(input, Input::Answered(_));
            self.handle(input);
        }
    }

    fn handle(&mut self, input: Input) {
        self.candidate.handle(self.clock.moment().monotonic_ms, input);
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Keep(kept) => {
                let result = self.vault.keep(&kept).map_err(|error| error.to_string());
                self.handle(Input::Kept(result));
            }
            Action::Store(admission) => {
                let result = self.vault.store(&admission).map_err(|error| error.to_string());
                self.handle(Input::Stored(result));
            }
            Action::Call(call) => self.call(call),
            Action::Show(face) => {
                self.glass.show(&face);
                (self.tell)(&face);
            }
            Action::Report(report) => log(&report, &self.hub),
        }
    }

    /// Calls on a thread of its own, so that the panel goes on meanwhile.
    fn call(&mut self, call: Call) {
        if self.stopping {
            return;
        }
        self.calling = true;
        let (hub, events) = (self.hub.clone(), self.events.clone());
        let work = move || {
            let answer = calls::make(&hub, &call);
            // After the pairing has ended nobody listens, and it does not end while a call is on its way.
            let _ = events.send(Event::Happened(Input::Answered(answer)));
        };
        let thread = std::thread::Builder::new().name("call".to_owned());
        if let Err(error) = thread.spawn(work) {
            self.calling = false;
            self.handle(Input::Answered(super::Answer::Failed(format!("no thread: {error}"))));
        }
    }
}

/// What is durable of a machine: its folder. Nobody else works in it while this is there.
struct Vault {
    folder: PathBuf,
    /// Nothing when the disk does not give it; the player that comes after sees to that.
    replica: Option<(FileReplica, Remembered)>,
}

impl Vault {
    fn open(folder: &Path, clock: &dyn Clock) -> Result<Self, PairingError> {
        let replica = match FileReplica::open(folder, clock.now()) {
            Ok(replica) => Some(replica),
            Err(ReplicaError::InUse) => return Err(PairingError::Replica(ReplicaError::InUse)),
            Err(error) => {
                tracing::warn!(%error, "the replica is not there; pairing goes on without it");
                None
            }
        };
        Ok(Self {
            folder: folder.to_owned(),
            replica,
        })
    }

    fn keep(&self, kept: &Kept) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        kept.store(&self.folder)
    }

    /// The identity's file decides who the machine is: before it there is nothing to lose, after it nothing is missing
    /// that the hub would not send again.
    fn store(&mut self, admission: &Admission) -> Result<(), IdentityError> {
        let identity = &admission.identity;
        let enrolled = Enrolled {
            site: identity.site.clone(),
            display: identity.display,
            root: identity.root,
        };
        let moved = self
            .replica
            .as_ref()
            .is_some_and(|(_, known)| !known.belongs_to(&enrolled));
        let path = self.folder.join(IDENTITY);
        if moved {
            // What it shows at its former place is dropped only when it has another.
            identity.store(&path)?;
            self.remember(admission, enrolled);
        } else {
            self.remember(admission, enrolled);
            identity.store(&path)?;
        }
        if let Err(error) = Kept::drop_from(&self.folder) {
            tracing::warn!(%error, "what was kept for the pairing could not be removed; it is of no use any more");
        }
        Ok(())
    }

    /// Puts the trust document where the player looks for it. Without it the player asks the hub for it.
    fn remember(&mut self, admission: &Admission, enrolled: Enrolled) {
        let Some((replica, known)) = &mut self.replica else {
            return;
        };
        let mut changes = Vec::new();
        if !known.belongs_to(&enrolled) {
            changes = forget(known);
        } else if known.trust.is_some() {
            return;
        }
        changes.push(Change::Trust(Box::new(admission.trust.clone())));
        changes.push(Change::Enrolled(enrolled));
        if let Err(error) = replica.apply(&changes) {
            tracing::warn!(%error, "the trust document is not stored; the hub is asked for it again");
        }
    }
}

fn log(report: &Report, hub: &HubAddress) {
    let hub = hub.url();
    match report {
        Report::Compare(code) => tracing::info!(
            code,
            hub,
            "this machine waits: compare the code at the hub and let it in"
        ),
        Report::Refused { again_ms } => {
            let again_s = again_ms / 1000;
            tracing::warn!(
                hub,
                again_s,
                "the hub's staff did not let this machine in; it asks again later"
            );
        }
        Report::Over => tracing::info!(
            hub,
            "the request ended and the machine asks anew; if it had been let in just now, let it in again as the machine \
             that takes that display's place"
        ),
        Report::AnotherCertificate => tracing::error!(
            hub,
            "another server than before answers at this address; the machine begins anew. If the hub's certificate was \
             not just renewed, look at the network"
        ),
        Report::Failed(why) => tracing::warn!(hub, why, "the hub does not answer; trying again"),
        Report::NotKept(why) => tracing::error!(why, "not durable; trying again"),
        Report::Unbelievable(why) => {
            tracing::error!(hub, why, "what the hub told is no credential; the machine begins anew");
        }
        Report::Admitted(id) => tracing::info!(display = %id, hub, "this machine was let in, and that is stored"),
    }
}
