//! A hub without a network, a disk or a clock, for the simulator in `tests/`: the broadcaster's own core over a log in
//! memory, with keys that the simulator gives. What is recorded was decided by the domain, as in a running hub.

use crate::asked::Asked;
use crate::broadcast::{Core, Effect, Input, Mailbox, View};
use crate::intake::{reply_of, speaker};
use crate::keys::{Keys, RoleKeys};
use crate::library::{self, Library};
use crate::mail::Desk;
use crate::media;
use crate::projector::{ProjectError, Projected, replay};
use crate::signer::{Local, Seals};
use crate::state::State;
use crate::transact::recorded_form;
use crate::transparency::LogKey;
use bytes::Bytes;
use heliograph_domain::publication::{self, Command, Facts, Refused};
use heliograph_domain::{ChannelName, ContentHash, DisplayId, Event, Instant, PublicationId, SiteName, StaffId};
use heliograph_log::{
    ActorId, AppendError, Batch, CommandId, ContentObject, EventLog, MemoryLog, Position, Revision, StreamId,
    TimestampMs,
};
use heliograph_wire::note::NoteError;
use heliograph_wire::{KeyPair, Mail, Reply, Stamp, Topic, seal};
use std::sync::Arc;
use thiserror::Error;

/// Why a simulated hub did not do what it was told.
#[derive(Debug, Error)]
pub enum SimError {
    /// The domain refused the command.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The log refused the batch.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log cannot be folded.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A name is none.
    #[error("{0}")]
    Name(String),
}

/// The secrets of a generation of keys.
#[derive(Debug, Clone, Copy)]
pub struct SimKeys {
    /// The root key's.
    pub root: [u8; 32],
    /// The release key's.
    pub release: [u8; 32],
    /// The heartbeat key's.
    pub heartbeat: [u8; 32],
    /// The command key's.
    pub command: [u8; 32],
    /// The generation.
    pub epoch: u32,
    /// The trust document's number.
    pub serial: u32,
}

impl SimKeys {
    fn roles(&self) -> RoleKeys {
        RoleKeys {
            release: KeyPair::from_secret(self.release),
            heartbeat: KeyPair::from_secret(self.heartbeat),
            command: KeyPair::from_secret(self.command),
            epoch: self.epoch,
        }
    }

    fn keys(&self, site: &SiteName, now: Instant) -> Result<Keys, NoteError> {
        let root = KeyPair::from_secret(self.root);
        let document = self.roles().document(site, self.serial, root.public());
        let stamp = Stamp {
            epoch: self.epoch,
            version: u64::from(self.serial),
            issued_at: now,
        };
        Ok(Keys {
            root: root.public(),
            trust: seal(&root, site, &Topic::Trust, stamp, &document.to_bytes()),
            steps: Vec::new(),
            ledger: LogKey::of_ledger(site.as_str(), KeyPair::from_secret(self.release))?,
            root_here: None,
        })
    }
}

/// A message to the broker.
#[derive(Debug, Clone)]
pub struct Said {
    /// Where.
    pub topic: Topic,
    /// What; nothing clears what is retained.
    pub payload: Bytes,
}

/// The hub.
pub struct SimHub {
    log: Arc<MemoryLog>,
    library: Library,
    state: State,
    keys: Keys,
    secrets: SimKeys,
    seals: Seals,
    site: SiteName,
    hubs: Vec<String>,
    mailbox: Arc<Mailbox>,
    asked: Asked,
    core: Core,
    commands: u128,
}

impl SimHub {
    /// A hub with an empty log. `hubs`: the addresses that displays may fetch from.
    ///
    /// # Errors
    /// When the site's name cannot stand in a key's.
    pub fn new(site: SiteName, keys: &SimKeys, hubs: Vec<String>, now: Instant) -> Result<Self, SimError> {
        let log = Arc::new(MemoryLog::new());
        let mailbox = Arc::new(Mailbox::default());
        Ok(Self {
            library: Library::new(Arc::clone(&log) as _),
            seals: seals(&log, &site, keys, &State::default()),
            log,
            state: State::default(),
            keys: keys.keys(&site, now).map_err(named)?,
            secrets: *keys,
            site,
            hubs,
            core: Core::new(Arc::clone(&mailbox)),
            mailbox,
            asked: Asked::default(),
            commands: 0,
        })
    }

    /// The process ends and starts again: all that is left is the log, and the keys.
    ///
    /// # Errors
    /// When the log cannot be folded.
    pub fn restart(&mut self) -> Result<(), SimError> {
        self.state = replay(&*self.log)?;
        self.library = Library::new(Arc::clone(&self.log) as _);
        self.seals = seals(&self.log, &self.site, &self.secrets, &self.state);
        self.mailbox = Arc::new(Mailbox::default());
        self.asked = Asked::default();
        self.core = Core::new(Arc::clone(&self.mailbox));
        Ok(())
    }

    /// Starts again with another generation of keys.
    ///
    /// # Errors
    /// When the log cannot be folded.
    pub fn restart_with(&mut self, keys: &SimKeys, now: Instant) -> Result<(), SimError> {
        self.keys = keys.keys(&self.site, now).map_err(named)?;
        self.secrets = *keys;
        self.restart()
    }

    /// What the log says.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Decides a command on a publication and records what it comes to, with content that it names. Tells how many
    /// facts that were.
    ///
    /// # Errors
    /// When the domain or the log refuses.
    pub fn command(
        &mut self,
        id: PublicationId,
        by: &StaffId,
        command: &Command,
        content: Vec<([u8; 16], Vec<u8>)>,
        now: Instant,
    ) -> Result<usize, SimError> {
        let now = now.max(self.state.at);
        let known = self.state.publications.get(&id);
        let channels = self.state.channel_names();
        let facts = Facts {
            by,
            now,
            seen: None,
            channels: &channels,
            stead: None,
            staff: &self.state.staff,
            rules: self.state.rules(),
        };
        let events = publication::decide(known.map(|known| &known.publication), command, facts)?;
        let erase = match command {
            Command::Erase { contents } => contents.clone(),
            _ => Vec::new(),
        };
        let events: Vec<Event> = events.into_iter().map(|event| Event::Publication(id, event)).collect();
        let count = events.len();
        self.append(by, events, content, &erase, now)?;
        Ok(count)
    }

    /// Records facts of one aggregate, decided elsewhere.
    ///
    /// # Errors
    /// When the log refuses.
    pub fn record(
        &mut self,
        by: &StaffId,
        events: Vec<Event>,
        content: Vec<([u8; 16], Vec<u8>)>,
        now: Instant,
    ) -> Result<(), SimError> {
        self.append(by, events, content, &[], now.max(self.state.at))
    }

    fn append(
        &mut self,
        by: &StaffId,
        events: Vec<Event>,
        content: Vec<([u8; 16], Vec<u8>)>,
        erase: &[ContentHash],
        now: Instant,
    ) -> Result<(), SimError> {
        let Some(stream) = events.first().map(Event::stream) else {
            return Ok(());
        };
        self.commands += 1;
        let objects = content.into_iter().map(|(salt, bytes)| library::object(salt, bytes).1);
        let batch = Batch {
            command_id: CommandId(self.commands.to_be_bytes()),
            actor: ActorId::new(by.as_str()).map_err(named)?,
            recorded_at: TimestampMs(now.0),
            events: events
                .iter()
                .map(recorded_form)
                .collect::<Result<_, _>>()
                .map_err(named)?,
            content: objects.collect::<Vec<ContentObject>>(),
            table_writes: Vec::new(),
            erase: erase.iter().map(|hash| heliograph_log::ContentHash(hash.0)).collect(),
        };
        let expected = Revision(self.state.revision(&stream));
        self.log
            .append(&StreamId::new(&stream).map_err(named)?, expected, batch)?;
        self.follow()
    }

    /// What the projector does.
    fn follow(&mut self) -> Result<(), SimError> {
        let from = Position(self.state.position);
        for record in self.log.read(from, usize::MAX).map_err(ProjectError::from)? {
            let changed = self.state.apply(&record).map_err(|cause| ProjectError::Event {
                position: record.position.0,
                cause,
            })?;
            self.library.forget(&changed.erased);
            let projected = Projected { record, changed };
            self.core.handle(Input::Projected(Box::new(projected)));
        }
        Ok(())
    }

    /// The broker let the hub in.
    pub fn connected(&mut self) {
        self.core.handle(Input::Connected);
    }

    /// The broker turns out to hold this content.
    pub fn found(&mut self, channel: ChannelName, hash: ContentHash) {
        self.core.handle(Input::Found(channel, hash));
    }

    /// The broker is gone.
    pub fn disconnected(&mut self) {
        self.core.handle(Input::Disconnected);
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Instant, monotonic_ms: u64) {
        self.core.handle(Input::Tick { now, monotonic_ms });
    }

    /// All that the broadcaster says by now.
    pub fn says(&mut self, now: Instant) -> Vec<Said> {
        let mut said = Vec::new();
        let view = View {
            state: &self.state,
            library: &self.library,
            keys: &self.keys,
            seals: &self.seals,
            hubs: &self.hubs,
            now,
        };
        while let Some(effects) = self.core.next(&view) {
            said.extend(effects.into_iter().filter_map(|effect| match effect {
                Effect::Say { topic, payload } => Some(Said { topic, payload }),
                Effect::SetOut(_) | Effect::Sent { .. } => None,
            }));
        }
        said
    }

    /// An object as it is handed out over HTTP.
    #[must_use]
    pub fn object(&self, hash: &ContentHash) -> Option<Bytes> {
        self.library.payload(hash)
    }

    /// An object as a display fetches it: only what something signed for it names.
    #[must_use]
    pub fn object_for(&self, display: DisplayId, hash: &ContentHash) -> Option<Bytes> {
        media::for_display(&self.state, &self.library, display, hash)
    }

    /// A display's mail, with the time when it asked for it; nothing when it asks too often.
    pub fn mail(&mut self, display: DisplayId, nonce: Option<[u8; 16]>, now: Instant) -> Option<Mail> {
        let may = self.asked.may(display, now);
        may.then(|| self.desk(now).mail(display, nonce))
    }

    /// Hears what a display published, and answers its questions for the time.
    pub fn hears(&mut self, topic: &Topic, payload: &[u8], now: Instant) -> Option<Said> {
        let Topic::Reply(id) = topic else { return None };
        let known = speaker(&self.state, *id, payload)?;
        let Ok(Reply::AskTime { nonce }) = reply_of(&known, &self.site, payload) else {
            return None;
        };
        if !self.asked.may(*id, now) {
            return None;
        }
        let (topic, payload) = self.desk(now).time(*id, nonce)?;
        let payload = payload.into();
        Some(Said { topic, payload })
    }

    fn desk(&self, now: Instant) -> Desk<'_> {
        Desk {
            site: &self.site,
            state: &self.state,
            mailbox: &self.mailbox,
            seals: &self.seals,
            now,
        }
    }

    /// The newest message of a topic, as it is handed out past the broker.
    #[must_use]
    pub fn letter(&self, topic: &Topic) -> Option<Bytes> {
        self.mailbox.letter(topic)
    }
}

fn seals(log: &Arc<MemoryLog>, site: &SiteName, keys: &SimKeys, state: &State) -> Seals {
    let log = Arc::clone(log) as Arc<dyn EventLog>;
    Seals::new(Box::new(Local::new(site.clone(), keys.roles(), log, state.clone())))
}

fn named(error: impl std::fmt::Display) -> SimError {
    SimError::Name(error.to_string())
}
