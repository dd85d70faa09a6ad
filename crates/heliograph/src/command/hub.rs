//! `heliograph hub`

use super::log::exists;
use super::{runtime, say, told_to_stop};
use crate::Failure;
use heliograph_domain::publication::KeepFor;
use heliograph_hub::backups::BackupPlan;
use heliograph_hub::retention::Retention;
use heliograph_hub::{Clock, Hub, HubConfig, SystemClock, TlsMode};
use heliograph_log::DiskLog;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs the office's hub.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// The data folder: event log and keys.
    #[arg(long, default_value = "./heliograph-data")]
    data: PathBuf,
    /// Where HTTP listens: admin, API, public pages. Without it, on this machine alone: 127.0.0.1, port 8080, or 8443 with
    /// TLS.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where the embedded broker listens for displays. Without it, beside HTTP: port 1883, or 8883 with TLS.
    #[arg(long)]
    mqtt_listen: Option<SocketAddr>,
    #[command(flatten)]
    guard: Guard,
    /// The site's name: 1 to 32 of a-z, 0-9 and '-'.
    #[arg(long, default_value = "office")]
    site: String,
    /// Where the log is backed up once a day, best on another disk. Without it, it is not.
    #[arg(long)]
    backups: Option<PathBuf>,
    /// Days that backups are kept.
    #[arg(long, default_value_t = 30)]
    keep_backups: u16,
    /// Days that a draft is kept after it was last saved; 0: for good.
    #[arg(long, default_value_t = 400)]
    keep_drafts: u16,
    /// Days that the text of a publication is kept after it was withdrawn. The record stays. Without it, for good.
    #[arg(long)]
    keep_withdrawn: Option<u16>,
    /// Days that a text is kept that was returned to its author and never released. The record stays. Without it, for
    /// good.
    #[arg(long)]
    keep_unreleased: Option<u16>,
}

/// How connections are guarded. Addresses that other machines can reach have TLS, unless --plain is said; loopback has none
/// unless one of these asks for it.
#[derive(clap::Args)]
struct Guard {
    /// TLS on loopback, too. Without --tls-cert the hub makes a development authority in tls/ of its data folder.
    #[arg(long)]
    tls: bool,
    /// TLS with this certificate: PEM, the hub's own first, then those between it and its authority.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key: PEM, not readable by everyone.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The authority (PEM) that displays trust. Without it, the last certificate in --tls-cert.
    #[arg(long, requires = "tls_cert")]
    tls_ca: Option<PathBuf>,
    /// A name or address by which staff and displays call this machine, as often as there are. Displays are told the first.
    #[arg(long)]
    tls_name: Vec<String>,
    /// Plain text even where other machines can hear it, because another program guards the connections. A warning stays.
    #[arg(long, conflicts_with_all = ["tls", "tls_cert"])]
    plain: bool,
}

impl Guard {
    /// What was asked for, else what fits these addresses.
    fn mode(&self, listen: [Option<SocketAddr>; 2]) -> TlsMode {
        let abroad = listen
            .iter()
            .flatten()
            .any(|address| !address.ip().to_canonical().is_loopback());
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => TlsMode::Given {
                certificate: certificate.clone(),
                key: key.clone(),
                authority: self.tls_ca.clone(),
            },
            _ if self.plain => TlsMode::PlainAnywhere,
            _ if self.tls || abroad => TlsMode::OwnAuthority,
            _ => TlsMode::Plain,
        }
    }
}

/// Where HTTP and broker listen.
fn addresses(args: &Args, mode: &TlsMode) -> (SocketAddr, SocketAddr) {
    let (http_port, mqtt_port) = match mode {
        TlsMode::Plain | TlsMode::PlainAnywhere => (8080, 1883),
        TlsMode::Given { .. } | TlsMode::OwnAuthority => (8443, 8883),
    };
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let http = args.listen.unwrap_or_else(|| SocketAddr::new(loopback, http_port));
    let beside = || SocketAddr::new(http.ip(), mqtt_port);
    (http, args.mqtt_listen.unwrap_or_else(beside))
}

/// What whoever starts a hub must know of its certificates.
fn tell_of_tls(hub: &Hub) {
    let Some(facts) = hub.tls() else { return };
    let pairs: Vec<String> = facts.ca_sha256.iter().map(|byte| format!("{byte:02X}")).collect();
    match hub.own_authority() {
        Some(file) => say(&format!(
            "tls      with a development authority that this hub made: {}\n         browsers warn until it is installed; \
             players need --ca with it, or its fingerprint",
            file.display()
        )),
        None => say("tls      with the given certificate; displays trust its authority"),
    }
    say(&format!("         fingerprint (SHA-256) {}", pairs.join(":")));
}

/// What is done to a hub that does not run.
#[derive(clap::Subcommand)]
enum Action {
    /// Opens a new epoch with fresh signing keys: after an older backup was restored, or a key was stolen.
    NewEpoch {
        /// The data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// The root key, when it is kept elsewhere.
        #[arg(long)]
        root_key: Option<PathBuf>,
    },
}

pub(crate) fn new_epoch(data: &Path, root_key: Option<&Path>) -> Result<(), Failure> {
    exists(data)?;
    // Held until the keys are written: a hub that runs would go on with the old ones.
    let _log = DiskLog::open(data)?;
    let epoch = heliograph_hub::new_epoch(data, root_key, SystemClock.now())?;
    say(&format!(
        "epoch {epoch} is open: every display takes what the hub says from its next start on"
    ));
    Ok(())
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(Action::NewEpoch { data, root_key }) = &args.action {
        return new_epoch(data, root_key.as_deref());
    }
    let site = args
        .site
        .parse()
        .map_err(|error| Failure::Usage(format!("--site: {error}")))?;
    let mode = args.guard.mode([args.listen, args.mqtt_listen]);
    let (listen, mqtt_listen) = addresses(args, &mode);
    let config = HubConfig {
        data: args.data.clone(),
        listen,
        mqtt_listen,
        tls: mode,
        names: args.guard.tls_name.clone(),
        site,
        clock: Arc::new(SystemClock),
        backups: args.backups.clone().map(|folder| BackupPlan {
            folder,
            keep_days: args.keep_backups,
        }),
        retention: Retention {
            drafts_days: Some(args.keep_drafts).filter(|days| *days > 0),
            texts: KeepFor {
                withdrawn_days: args.keep_withdrawn,
                unreleased_days: args.keep_unreleased,
            },
        },
        wall: None,
    };
    runtime()?.block_on(async {
        let hub = Hub::start(config).await?;
        say(&format!("hub      {}", hub.url()));
        say(&format!("broker   {}", hub.broker_url()));
        tell_of_tls(&hub);
        if let Some(word) = hub.setup_word() {
            say(&format!(
                "make the first administrator (once): {}/admin/setup?word={word}",
                hub.url()
            ));
        }
        told_to_stop().await;
        hub.stop().await;
        Ok(())
    })
}
