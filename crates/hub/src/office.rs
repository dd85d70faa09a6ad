//! What every part of a running hub shares: the log, the clock, the state folded so far.

use crate::addresses::{Addresses, BrokerAt};
use crate::asked::Asked;
use crate::audit::index::Index;
use crate::backups::Backups;
use crate::broadcast::Mailbox;
use crate::broker_access::{BrokerFiles, HubAccount};
use crate::clock::Clock;
use crate::credentials::Credential;
use crate::enrolment::Book;
use crate::feed::Feed;
use crate::keys::Keys;
use crate::library::Library;
use crate::media::Holders;
use crate::presence::Presence;
use crate::reach::Reach;
use crate::reminders::MailPlan;
use crate::retention::Retention;
use crate::rules::AtHand;
use crate::sign_in::attempts::Attempts;
use crate::sign_in::passkeys::challenge::Challenges;
use crate::sign_in::pulse::Pulses;
use crate::sign_in::register::Register;
use crate::sign_in::rules::SessionRules;
use crate::sign_in::tickets::Tickets;
use crate::signer::Seals;
use crate::sso::SignOn;
use crate::state::State;
use crate::tls::{Tls, TlsFacts, within};
use crate::transparency::Ledger;
use crate::wall::WallControls;
use heliograph_domain::{DisplayId, Instant, SiteName};
use heliograph_log::EventLog;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::{Notify, Semaphore, watch};

/// The shared heart of a hub.
pub(crate) struct Office {
    /// The record.
    pub(crate) log: Arc<dyn EventLog>,
    /// Copies of it.
    pub(crate) backups: Backups,
    /// How long things are kept.
    pub(crate) retention: Retention,
    /// Where reminders go out.
    pub(crate) mail: Option<MailPlan>,
    /// Held while reminders are sent: one at a time.
    pub(crate) reminding: Mutex<()>,
    /// The clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// What the confidentiality gate looks for.
    pub(crate) gate: AtHand,
    /// Held by whoever changes the rules; by everybody who takes a step of the workflow together.
    pub(crate) rules_change: tokio::sync::RwLock<()>,
    /// The site that it serves.
    pub(crate) site: SiteName,
    /// Where displays find it.
    pub(crate) addresses: Addresses,
    /// How it guards its connections; `None`: not at all.
    pub(crate) tls: Option<Arc<Tls>>,
    /// What displays are told to trust, and the ledger's key.
    pub(crate) keys: Keys,
    /// The way to the signer.
    pub(crate) seals: Seals,
    /// Documents, profiles and pictures made from the content store.
    pub(crate) library: Library,
    /// Every record of the log in brief, as far as somebody asked for it.
    pub(crate) audit: RwLock<Index>,
    /// The newest signed message of each retained topic.
    pub(crate) mailbox: Arc<Mailbox>,
    /// Which publications hold a picture.
    pub(crate) holders: Holders,
    /// How often displays ask for something.
    asked: Mutex<Asked>,
    /// Machines that want to be displays.
    pub(crate) enrolments: Mutex<Book>,
    /// Which displays are there and what they say.
    pub(crate) presence: Mutex<Presence>,
    /// How far each release has come.
    pub(crate) reach: Mutex<Reach>,
    /// What opens the broker to each display.
    pub(crate) credentials: RwLock<HashMap<DisplayId, Credential>>,
    /// Tokens that were told since this hub started, for whoever did not hear the answer. They are nowhere else.
    pub(crate) told_tokens: Mutex<HashMap<DisplayId, String>>,
    /// The hub's own account at a broker that is not embedded.
    pub(crate) hub_account: Option<HubAccount>,
    /// The certificates (PEM) of whoever vouches for that broker.
    broker_authority: Option<String>,
    /// Told whenever credentials have changed.
    pub(crate) doors: Notify,
    /// The public ledger, as far as somebody asked for it.
    ledger: Mutex<Ledger>,
    /// How long people stay signed in.
    pub(crate) session_rules: SessionRules,
    /// Proxies that say for whom they call.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// The office's own sign-on.
    pub(crate) sign_on: Option<Arc<SignOn>>,
    /// Tries to sign in that did not succeed.
    pub(crate) attempts: Mutex<Attempts>,
    /// Who was let in and who was kept out, within this hour.
    pub(crate) register: tokio::sync::Mutex<Register>,
    /// Passwords that are compared at once: each takes 19 MiB for a moment. Known browsers need not wait for strangers.
    pub(crate) hashing: [Semaphore; 2],
    /// Who has shown a password and owes a code.
    pub(crate) tickets: Mutex<Tickets>,
    /// The questions that passkeys answer.
    pub(crate) challenges: Mutex<Challenges>,
    /// Held while what a person can show besides a password changes.
    pub(crate) factors_gate: tokio::sync::Mutex<()>,
    /// Sessions that are in use.
    pulses: Mutex<Pulses>,
    /// The one-time word that makes the first administrator; gone once used.
    pub(crate) setup_word: Mutex<Option<String>>,
    /// What staff pages are told as it happens.
    pub(crate) feed: Feed,
    /// Disconnects a display from the broker.
    pub(crate) kick: Box<dyn Fn(DisplayId) + Send + Sync>,
    /// How the wall starts and stops players, where it can.
    pub(crate) wall: Option<Arc<dyn WallControls>>,
    state: RwLock<Arc<State>>,
    position: watch::Sender<u64>,
    closing: watch::Sender<bool>,
}

/// What [`Office::new`] is made from.
pub(crate) struct Parts {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) backups: Backups,
    pub(crate) retention: Retention,
    pub(crate) mail: Option<MailPlan>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) site: SiteName,
    pub(crate) addresses: Addresses,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) keys: Keys,
    pub(crate) seals: Seals,
    pub(crate) credentials: HashMap<DisplayId, Credential>,
    pub(crate) hub_account: Option<HubAccount>,
    pub(crate) broker_authority: Option<String>,
    pub(crate) session_rules: SessionRules,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) sign_on: Option<Arc<SignOn>>,
    pub(crate) challenges: Challenges,
    pub(crate) setup_word: Option<String>,
    pub(crate) kick: Box<dyn Fn(DisplayId) + Send + Sync>,
    pub(crate) wall: Option<Arc<dyn WallControls>>,
    pub(crate) state: State,
}

impl Office {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            library: Library::new(Arc::clone(&parts.log)),
            audit: RwLock::default(),
            mailbox: Arc::default(),
            holders: Holders::default(),
            position: watch::Sender::new(parts.state.position),
            state: RwLock::new(Arc::new(parts.state)),
            log: parts.log,
            backups: parts.backups,
            retention: parts.retention,
            mail: parts.mail,
            reminding: Mutex::default(),
            clock: parts.clock,
            gate: AtHand::default(),
            rules_change: tokio::sync::RwLock::default(),
            site: parts.site,
            addresses: parts.addresses,
            tls: parts.tls,
            keys: parts.keys,
            seals: parts.seals,
            asked: Mutex::default(),
            enrolments: Mutex::default(),
            reach: Mutex::default(),
            credentials: RwLock::new(parts.credentials),
            told_tokens: Mutex::default(),
            presence: Mutex::new(match parts.hub_account {
                None => Presence::of_connections(),
                Some(_) => Presence::of_statuses(),
            }),
            hub_account: parts.hub_account,
            broker_authority: parts.broker_authority,
            doors: Notify::new(),
            ledger: Mutex::default(),
            session_rules: parts.session_rules,
            trusted_proxies: parts.trusted_proxies,
            sign_on: parts.sign_on,
            attempts: Mutex::default(),
            register: tokio::sync::Mutex::default(),
            hashing: [Semaphore::new(2), Semaphore::new(2)],
            tickets: Mutex::default(),
            challenges: Mutex::new(parts.challenges),
            factors_gate: tokio::sync::Mutex::default(),
            pulses: Mutex::default(),
            setup_word: Mutex::new(parts.setup_word),
            feed: Feed::default(),
            kick: parts.kick,
            wall: parts.wall,
            closing: watch::Sender::new(false),
        }
    }

    /// Tells everyone who would stay for ever (streams, live pictures) that the hub stops.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Waits until the hub stops.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move {
            // An error means that the office is gone altogether.
            let _ = closing.wait_for(|closing| *closing).await;
        }
    }

    /// Whether one more question of a display is answered now.
    pub(crate) fn may_ask(&self, display: DisplayId, now: Instant) -> bool {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .may(display, now)
    }

    /// What displays need to know of the hub's TLS now; `None` where it speaks plain text.
    pub(crate) fn tls_facts(&self) -> Option<TlsFacts> {
        self.tls.as_deref().map(Tls::facts)
    }

    /// The certificates (PEM) that displays are to trust: of the hub's authority, and of its broker's.
    pub(crate) fn authorities(&self) -> Option<String> {
        let hub = self.tls_facts().map(|facts| facts.ca_pem);
        match (hub, &self.broker_authority) {
            (Some(hub), Some(broker)) => Some(format!("{}\n{broker}", hub.trim_end())),
            (hub, broker) => hub.or_else(|| broker.clone()),
        }
    }

    /// Told whenever the state has moved on.
    pub(crate) fn moved(&self) -> watch::Receiver<u64> {
        self.position.subscribe()
    }

    /// Whether other machines can hear what is said in plain text.
    pub(crate) fn plain_abroad(&self) -> bool {
        let Addresses { http, broker, tls, .. } = &self.addresses;
        let broker = match broker {
            BrokerAt::Here(address) => Some(address),
            // Whoever runs it guards it; the command line refuses plain text to other machines.
            BrokerAt::Elsewhere(_) => None,
        };
        !tls && [Some(http), broker].iter().flatten().any(|address| !within(**address))
    }

    /// The state as of now: a snapshot that no later record changes.
    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Now, by the hub's clock.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets the projector change the state, and tells who waits for it.
    pub(crate) fn change_state<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut guard = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(Arc::make_mut(&mut guard));
        let position = guard.position;
        drop(guard);
        self.position.send_replace(position);
        outcome
    }

    /// Waits until the state has folded `position`, so that whoever wrote a record reads it.
    pub(crate) async fn caught_up(&self, position: u64) {
        // An error would mean that the sender is gone; it lives in `self`.
        let _ = self.position.subscribe().wait_for(|now| *now >= position).await;
    }

    /// What other brokers read, as of now.
    pub(crate) fn broker_files(&self) -> BrokerFiles {
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner);
        BrokerFiles::of(&self.site, self.hub_account.as_ref(), &self.state(), &credentials)
    }

    /// The public ledger; whoever works with it folds first what is new.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sessions that are in use.
    pub(crate) fn pulses(&self) -> MutexGuard<'_, Pulses> {
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is there.
    pub(crate) fn presence(&self) -> MutexGuard<'_, Presence> {
        self.presence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far releases have come.
    pub(crate) fn reach(&self) -> MutexGuard<'_, Reach> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
