//! Starts and stops a hub.

use crate::addresses::{Addresses, BrokerAt};
use crate::backups::{BackupPlan, Backups};
use crate::broadcast::{Broadcaster, Input};
use crate::broker_access::{self, ExternalBroker, Link, LinkError};
use crate::clock::Clock;
use crate::credentials::{self, CredentialError};
use crate::keys::{Keys, KeysError, hex};
use crate::office::{Office, Parts};
use crate::projector::{self, ProjectError};
use crate::reminders::{self, MailPlan};
use crate::retention::{self, Retention};
use crate::rules;
use crate::sign_in::passkeys::challenge::Challenges;
use crate::sign_in::rules::SessionRules;
use crate::signer::{Local, Remote, Seals, Signer, SignerGone};
use crate::sso::{SignOn, SignOnConfig};
use crate::state::State;
use crate::tls::{Opening, Peer, SecureDoor, TO_PLAIN, Tls, TlsError, TlsFacts, TlsMode, names};
use crate::wall::WallControls;
use crate::{http, intake, seal_ledger, search, sign_in};
use axum::Router;
use heliograph_broker::TlsDoor;
use heliograph_domain::SiteName;
use heliograph_log::{DiskLog, EventLog, OpenError};
use heliograph_wire::PublicKey;
use rumqttc::AsyncClient;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Old sessions and answers are dropped this often.
const TIDY: Duration = Duration::from_secs(3600);
/// The public ledger is sealed this often, when it has grown.
const SEAL: Duration = Duration::from_secs(10);
/// How long requests under way may take when the hub stops.
const ANSWER: Duration = Duration::from_secs(5);

/// Said when the hub starts and every hour.
const PLAIN_ABROAD: &str = "plain text beyond this machine, as was asked: whoever is on the network can read passwords \
and what displays are told; start without --plain to guard the connections with TLS";

/// What a hub is started with.
pub struct HubConfig {
    /// The data folder: log and keys.
    pub data: PathBuf,
    /// Where HTTP listens.
    pub listen: SocketAddr,
    /// Where the embedded broker listens.
    pub mqtt_listen: SocketAddr,
    /// Another broker in its place.
    pub broker: Option<ExternalBroker>,
    /// Whether and how both speak TLS.
    pub tls: TlsMode,
    /// Names or addresses by which displays and staff call this machine, besides its own; displays are told the first.
    pub names: Vec<String>,
    /// The site's name.
    pub site: SiteName,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where the hub backs its log up, once a day; `None`: it does not.
    pub backups: Option<BackupPlan>,
    /// The socket of a signer that is a process of its own; `None`: the hub holds the keys and signs by itself.
    pub signer: Option<PathBuf>,
    /// How long things are kept.
    pub retention: Retention,
    /// Where reminders go out; `None`: nobody is reminded by e-mail.
    pub mail: Option<MailPlan>,
    /// How long people stay signed in.
    pub sessions: SessionRules,
    /// Proxies that are believed when they say for whom they call (`X-Forwarded-For`).
    pub trusted_proxies: Vec<IpAddr>,
    /// The office's own sign-on, if it has one.
    pub sign_on: Option<SignOnConfig>,
    /// How the wall starts and stops players, in a process that runs them; the wall is then open to all.
    pub wall: Option<Arc<dyn WallControls>>,
}

/// Why a hub did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The log cannot be opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The log cannot be folded.
    #[error("the log cannot be read back: {0}")]
    Project(#[from] ProjectError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The signer cannot be used.
    #[error(transparent)]
    Signer(#[from] SignerGone),
    /// The displays' credentials cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The folder belongs to another site.
    #[error(
        "the data folder {folder} belongs to the site `{theirs}`, not `{ours}`: choose another folder with --data, or start with --site {theirs}"
    )]
    ForeignSite {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        theirs: SiteName,
        /// Who asked.
        ours: SiteName,
    },
    /// The connections cannot be guarded as was asked.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP port cannot be had.
    #[error(
        "cannot listen on {address} for HTTP: {cause}. Choose another with --port (demo) or --listen (hub), or stop what uses it"
    )]
    Port {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// There is no way to the broker.
    #[error(transparent)]
    Broker(#[from] LinkError),
    /// The office's own words of the confidentiality gate cannot be used.
    #[error(transparent)]
    Gate(#[from] rules::GateError),
    /// The machine gave no random numbers or threads.
    #[error("the machine refused: {0}")]
    Machine(String),
}

/// A running hub.
pub struct Hub {
    office: Arc<Office>,
    http_addr: SocketAddr,
    link: Link,
    projector: Option<thread::JoinHandle<()>>,
    stopping: Arc<AtomicBool>,
    http: Option<JoinHandle<()>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Hub {
    /// Starts a hub: opens the log, folds it, listens. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// What was in the way, and what to do. Nothing was changed when the data folder cannot be used.
    pub async fn start(config: HubConfig) -> Result<Self, StartError> {
        let data = config.data.clone();
        let opened = tokio::task::spawn_blocking(move || -> Result<_, StartError> {
            let log = Arc::new(DiskLog::open(&data)?);
            let state = projector::replay(&*log)?;
            Ok((log, state))
        });
        let (log, state) = opened.await.map_err(|error| StartError::Machine(error.to_string()))??;
        own_site(&config, &state)?;
        let own_words = rules::of_file(&config.data, &state)?;
        let tls = open_tls(&config, &state)?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|cause| StartError::Port {
                address: config.listen,
                cause,
            })?;
        let http_addr = listener.local_addr().map_err(|cause| StartError::Port {
            address: config.listen,
            cause,
        })?;
        let link = match &config.broker {
            None => Link::embedded(&config.site, config.mqtt_listen, tls.as_ref())?,
            Some(broker) => Link::external(&config.site, broker)?,
        };
        let addresses = Addresses {
            http: http_addr,
            broker: link.at.clone(),
            tls: tls.is_some(),
            name: config.names.first().cloned(),
        };
        let office = Arc::new(Office::new(parts(&config, log, state, &link, (addresses, tls))?));
        if let Some(rules) = link.rules() {
            rules.open(&office);
        }
        let mut hub = Self {
            office,
            http_addr,
            link,
            projector: None,
            stopping: Arc::default(),
            http: None,
            tasks: Vec::new(),
        };
        hub.connect()?;
        rules::settle(&hub.office, own_words).await?;
        hub.serve(listener)?;
        hub.tidy();
        hub.tasks.push(tokio::spawn(reminders::run(Arc::clone(&hub.office))));
        hub.seal();
        let (warming, stopping) = (Arc::clone(&hub.office), Arc::clone(&hub.stopping));
        hub.tasks.push(tokio::task::spawn_blocking(move || {
            search::warm(&warming, &stopping);
        }));
        Ok(hub)
    }

    /// The hub's own connection to the broker, and the two ends of the one path: out to displays, in from them.
    fn connect(&mut self) -> Result<(), StartError> {
        if let Some(plan) = self.link.in_step.clone() {
            let keeper = broker_access::keep(Arc::clone(&self.office), plan);
            self.tasks.push(tokio::spawn(keeper));
        }
        let (client, connection) = AsyncClient::new(self.link.options.clone(), 4096);
        let (to_broadcaster, inputs) = mpsc::unbounded_channel();
        let (projected, mut from_projector) = mpsc::unbounded_channel();
        let thread = projector::follow(&self.office, projected, &self.stopping);
        self.projector = Some(thread.map_err(|error| StartError::Machine(error.to_string()))?);
        let forward = to_broadcaster.clone();
        self.tasks.push(tokio::spawn(async move {
            while let Some(projected) = from_projector.recv().await {
                if forward.send(Input::Projected(Box::new(projected))).is_err() {
                    return;
                }
            }
        }));
        let hubs = vec![self.office.addresses.hub(None)];
        let broadcaster = Broadcaster::new(Arc::clone(&self.office), client.clone(), hubs);
        self.tasks.push(tokio::spawn(broadcaster.run(inputs)));
        let (to_listener, inbox) = intake::channel();
        let listener = intake::listen(Arc::clone(&self.office), client.clone(), inbox);
        self.tasks.push(tokio::spawn(listener));
        self.tasks.push(tokio::spawn(intake::run(
            Arc::clone(&self.office),
            client,
            connection,
            to_broadcaster,
            to_listener,
        )));
        Ok(())
    }

    fn serve(&mut self, listener: TcpListener) -> Result<(), StartError> {
        let (router, closed) = (http::router(&self.office), self.office.closed());
        self.http = Some(match &self.office.tls {
            None => tokio::spawn(serve(listener, router, closed)),
            Some(tls) => {
                let door = TlsDoor::open(listener, tls.server(&["http/1.1"])?, TO_PLAIN);
                let door = door.map_err(|cause| StartError::Port {
                    address: self.http_addr,
                    cause,
                })?;
                tokio::spawn(serve(SecureDoor(door), router, closed))
            }
        });
        Ok(())
    }

    fn tidy(&mut self) {
        let office = Arc::clone(&self.office);
        self.tasks.push(tokio::spawn(async move {
            let mut hour = tokio::time::interval(TIDY);
            loop {
                hour.tick().await;
                tidied(&office).await;
            }
        }));
    }

    /// Does now what a running hub does by itself every hour: forgets what is over, backs up when that is due.
    pub async fn tidy_now(&self) {
        tidied(&self.office).await;
    }

    /// Does now what a running hub does by itself every minute: sends the reminders that are to be sent.
    pub async fn remind_now(&self) {
        reminders::tend(&self.office).await;
    }

    /// What was released is sealed soon after; not at once, so that many releases make one record.
    fn seal(&mut self) {
        let office = Arc::clone(&self.office);
        self.tasks.push(tokio::spawn(async move {
            loop {
                tokio::time::sleep(SEAL).await;
                let office = Arc::clone(&office);
                let sealed = tokio::task::spawn_blocking(move || seal_ledger::seal(&office)).await;
                if let Ok(Err(error)) = sealed {
                    tracing::error!(%error, "the public ledger was not sealed");
                }
            }
        }));
    }

    /// Where HTTP listens.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where the embedded broker listens; `None` when the hub works with another.
    #[must_use]
    pub fn mqtt_addr(&self) -> Option<SocketAddr> {
        match &self.link.at {
            BrokerAt::Here(address) => Some(*address),
            BrokerAt::Elsewhere(_) => None,
        }
    }

    /// Where staff open it in a browser. A hub that listens everywhere and was given no name says an address of its machine.
    #[must_use]
    pub fn url(&self) -> String {
        self.office.addresses.hub(names::for_others().as_deref())
    }

    /// Where displays reach the broker.
    #[must_use]
    pub fn broker_url(&self) -> String {
        self.office.addresses.broker(names::for_others().as_deref())
    }

    /// What displays trust; `None` where plain text is spoken.
    #[must_use]
    pub fn tls(&self) -> Option<TlsFacts> {
        self.office.tls_facts()
    }

    /// The file of the development authority that this hub made, when it shows a certificate of that.
    #[must_use]
    pub fn own_authority(&self) -> Option<&Path> {
        self.office.tls.as_deref().and_then(Tls::own_authority)
    }

    /// The key that displays trust first of all.
    #[must_use]
    pub fn root(&self) -> PublicKey {
        self.office.keys.root
    }

    /// The one-time word that makes the first administrator, as long as there is none.
    #[must_use]
    pub fn setup_word(&self) -> Option<String> {
        self.office
            .setup_word
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What the log says now.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        self.office.state()
    }

    /// The hub's own client id and password at the embedded broker, for whoever runs in the same process. A client id may
    /// have a suffix after a hyphen.
    #[must_use]
    pub fn own_credential(&self) -> Option<(String, String)> {
        self.link.own_credential()
    }

    /// The event log.
    #[must_use]
    pub fn log(&self) -> Arc<dyn EventLog> {
        Arc::clone(&self.office.log)
    }

    /// Stops everything and waits for it; the data folder is free afterwards.
    pub async fn stop(mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.office.close();
        if let Some(mut http) = self.http.take() {
            // Requests under way are answered; one that takes too long is cut off.
            if tokio::time::timeout(ANSWER, &mut http).await.is_err() {
                http.abort();
            }
        }
        for task in self.tasks.drain(..) {
            task.abort();
            // Aborted on purpose.
            let _ = task.await;
        }
        if let Err(problem) = sign_in::register::flush(&self.office).await {
            tracing::error!(?problem, "the last counts of the register of sign-ins were not written");
        }
        let (stop_broker, projector) = (self.link.stopper(), self.projector.take());
        let stopped = tokio::task::spawn_blocking(move || {
            stop_broker();
            projector.map(thread::JoinHandle::join)
        });
        let _ = stopped.await;
    }
}

async fn serve<L>(listener: L, router: Router, closed: impl Future<Output = ()> + Send + 'static)
where
    L: axum::serve::Listener<Addr = SocketAddr>,
    Peer: for<'a> axum::extract::connect_info::Connected<axum::serve::IncomingStream<'a, L>>,
{
    let service = router.into_make_service_with_connect_info::<Peer>();
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(closed).await {
        tracing::error!(%error, "HTTP has stopped");
    }
}

fn open_tls(config: &HubConfig, state: &State) -> Result<Option<Arc<Tls>>, TlsError> {
    let opening = Opening {
        data: &config.data,
        site: &config.site,
        names: &config.names,
        listen: [config.listen, config.mqtt_listen],
        now: config.clock.now().max(state.at),
    };
    Tls::open(&config.tls, &opening)
}

async fn tidied(office: &Arc<Office>) {
    if office.plain_abroad() {
        tracing::warn!("{PLAIN_ABROAD}");
    }
    retention::tend(office).await;
    // Faults are logged where they are made; the next hour tries again.
    let _ = sign_in::register::flush(office).await;
    let office = Arc::clone(office);
    // Faults are logged where they are made; the next hour tries again.
    let _ = tokio::task::spawn_blocking(move || {
        let _ = http::idempotency::forget_old(&office);
        let _ = sign_in::forget_old(&office);
        if let Some(tls) = &office.tls {
            tls.look_again(office.now().max(office.state().at));
        }
        office.backups.tend(office.now());
    })
    .await;
}

fn own_site(config: &HubConfig, state: &State) -> Result<(), StartError> {
    match &state.site {
        Some(known) if known.site != config.site => Err(StartError::ForeignSite {
            folder: config.data.clone(),
            theirs: known.site.clone(),
            ours: config.site.clone(),
        }),
        _ => Ok(()),
    }
}

/// Whoever signs, and what displays are told to trust.
fn signer(config: &HubConfig, log: &Arc<DiskLog>, state: &State) -> Result<(Keys, Box<dyn Signer>), StartError> {
    let (keys, signer): (_, Box<dyn Signer>) = match &config.signer {
        Some(path) => {
            let remote = Remote::find(path, &config.site)?;
            (
                Keys::of_papers(&config.data, remote.papers().clone())?,
                Box::new(remote),
            )
        }
        None => {
            let now = config.clock.now().max(state.at);
            let (keys, roles) = Keys::open(&config.data, &config.site, now)?;
            let log = Arc::clone(log) as Arc<dyn EventLog>;
            (
                keys,
                Box::new(Local::new(config.site.clone(), roles, log, state.clone())),
            )
        }
    };
    if let Some(path) = &keys.root_here {
        tracing::warn!(path = %path.display(), "the root key lies on this machine: move it to two USB sticks (docs/keys.md)");
    }
    Ok((keys, signer))
}

fn parts(
    config: &HubConfig,
    log: Arc<DiskLog>,
    state: State,
    link: &Link,
    (addresses, tls): (Addresses, Option<Arc<Tls>>),
) -> Result<Parts, StartError> {
    let (keys, signer) = signer(config, &log, &state)?;
    let setup_word = if state.staff.people.is_empty() {
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|error| StartError::Machine(error.to_string()))?;
        Some(hex(&random))
    } else {
        None
    };
    Ok(Parts {
        credentials: credentials::all(&*log)?,
        hub_account: link.account.clone(),
        broker_authority: link.authority.clone(),
        backups: Backups::new(Arc::clone(&log), config.data.clone(), config.backups.clone()),
        log,
        retention: config.retention,
        mail: config.mail.clone(),
        clock: Arc::clone(&config.clock),
        site: config.site.clone(),
        addresses,
        tls,
        keys,
        seals: Seals::new(signer),
        session_rules: config.sessions,
        trusted_proxies: config.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
        sign_on: config.sign_on.clone().map(|config| Arc::new(SignOn::new(config))),
        challenges: Challenges::new().map_err(|error| StartError::Machine(error.to_string()))?,
        setup_word,
        kick: Box::new(link.kick()),
        wall: config.wall.clone(),
        state,
    })
}
