//! `heliograph hub`

use super::broker::{self, BrokerFilesArgs, OtherBroker};
use super::log::exists;
use super::{runtime, say, told_to_stop};
use crate::Failure;
use crate::api::{Api, HubTrust};
use heliograph_domain::publication::KeepFor;
use heliograph_fleet::room_for_files;
use heliograph_hub::backups::BackupPlan;
use heliograph_hub::reminders::MailPlan;
use heliograph_hub::retention::Retention;
use heliograph_hub::{Clock, Hub, HubConfig, SessionRules, SystemClock, TlsMode};
use heliograph_log::DiskLog;
use heliograph_wire::PublicKey;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Ten thousand displays, and room for what else is open. Fewer are enough for most offices, so it is not asked for
/// in vain: less is only told.
const WANTED_FILES: u64 = 12_000;

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
    other_broker: OtherBroker,
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
    /// A signer that is a process of its own and holds the keys: unix: and the path of its socket. Without it the hub signs
    /// by itself.
    #[arg(long)]
    signer: Option<String>,
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
    /// Minutes after which a browser that nobody used is signed out.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=720))]
    sign_out_idle: u16,
    /// Hours after which every browser is signed out.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=168))]
    sign_out_after: u16,
    /// The address of a proxy in front of the hub, as often as there are: what it writes into X-Forwarded-For counts as the
    /// caller's address, so that one who guesses passwords slows nobody else down. Without it, everybody behind it is one.
    #[arg(long)]
    trusted_proxy: Vec<IpAddr>,
    #[command(flatten)]
    sign_on: super::sign_on::SignOnArgs,
    /// The mail server through which people are reminded of what is due: smtps://USER@HOST, or smtp://HOST:25 for a relay that
    /// asks for no password. The password is in HELIOGRAPH_SMTP_PASSWORD. A server on another machine is given a password
    /// within TLS only.
    #[arg(long, requires = "mail_from")]
    smtp: Option<String>,
    /// The address that reminders come from.
    #[arg(long, requires = "smtp")]
    mail_from: Option<String>,
}

/// Where reminders go out, when it was said.
fn mail(args: &Args) -> Result<Option<MailPlan>, Failure> {
    let (Some(server), Some(from)) = (&args.smtp, &args.mail_from) else {
        return Ok(None);
    };
    let password = std::env::var("HELIOGRAPH_SMTP_PASSWORD").ok();
    let plan = MailPlan::new(server, from, password);
    plan.map(Some)
        .map_err(|error| Failure::Usage(format!("--smtp: {error}")))
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
    /// Writes the files by which another broker (Mosquitto, NATS) knows the displays: accounts and access rules. The hub must
    /// not be running; one that runs keeps them in step with --broker-files, and answers /api/v1/broker-files.
    BrokerFiles(BrokerFilesArgs),
    /// Opens a new epoch with fresh signing keys: after an older backup was restored, or a key was stolen.
    NewEpoch {
        /// The data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// The root key, when it is kept elsewhere.
        #[arg(long)]
        root_key: Option<PathBuf>,
    },
    /// Makes all keys of a site ahead of the first start, so that the root key need never lie on the hub.
    Init {
        /// The data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// The site's name: 1 to 32 of a-z, 0-9 and '-'.
        #[arg(long, default_value = "office")]
        site: String,
        /// Where the root key goes, such as a USB stick: a file that does not exist yet. Without it, beside the others.
        #[arg(long)]
        root_out: Option<PathBuf>,
    },
    /// Puts every display on its slate at once, or with --off lets the programmes come back. The hub runs meanwhile.
    Blank {
        /// Where the hub answers.
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        hub: String,
        /// A token with the scope `blank`, made under My account. Better in HELIOGRAPH_TOKEN than on the command line.
        #[arg(long)]
        token: Option<String>,
        #[command(flatten)]
        trust: HubTrust,
        /// The programmes come back.
        #[arg(long)]
        off: bool,
    },
    /// Hands the site over to a new root key. Displays follow by themselves, also those that are switched off now.
    RotateRoot {
        /// The data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// The root key that holds now, when it is kept elsewhere.
        #[arg(long)]
        root_key: Option<PathBuf>,
        /// Where the new root key goes: a file that does not exist yet. Without it, beside the other keys.
        #[arg(long)]
        new_root_out: Option<PathBuf>,
    },
}

/// Keeps a hub from running on a folder while its keys change. A folder without a log has keys alone: a signer's.
fn no_hub_runs(data: &Path) -> Result<Option<DiskLog>, Failure> {
    Ok(match exists(data) {
        Ok(()) => Some(DiskLog::open(data)?),
        Err(_) => None,
    })
}

fn init(data: &Path, site: &str, root_out: Option<&Path>) -> Result<(), Failure> {
    let site = site
        .parse()
        .map_err(|error| Failure::Usage(format!("--site: {error}")))?;
    let _log = no_hub_runs(data)?;
    let made = heliograph_hub::init(data, &site, root_out, SystemClock.now())?;
    say(&format!("the keys of {site} are made"));
    tell_of_root(&made.root, &made.root_file);
    Ok(())
}

fn rotate_root(data: &Path, root_key: Option<&Path>, new_root_out: Option<&Path>) -> Result<(), Failure> {
    let _log = no_hub_runs(data)?;
    let rotated = heliograph_hub::rotate_root(data, root_key, new_root_out, SystemClock.now())?;
    say(&format!(
        "document {} hands the site over to a new root; keep the old root key until every display has been on once",
        rotated.serial
    ));
    tell_of_root(&rotated.root, &rotated.root_file);
    Ok(())
}

fn blank(hub: &str, token: Option<&str>, trust: &HubTrust, off: bool) -> Result<(), Failure> {
    let from_environment = std::env::var("HELIOGRAPH_TOKEN").ok();
    let token = token.or(from_environment.as_deref());
    let token =
        token.ok_or_else(|| Failure::Usage("--token is missing, and HELIOGRAPH_TOKEN is not set".to_owned()))?;
    let api = Api::trusting(hub, trust)?.with_token(token);
    let verb = if off { "unblank" } else { "blank" };
    api.post(&format!("/api/v1/site/{verb}"), &serde_json::json!({}))?;
    say(if off {
        "the programmes are back"
    } else {
        "every display is blanked; `--off` brings the programmes back"
    });
    Ok(())
}

fn tell_of_root(root: &PublicKey, file: &Path) {
    say(&format!("root     {}", heliograph_hub::fingerprint(root)));
    say(&format!(
        "its key  {}\n         copy it to two USB sticks, try both, then remove it here: shred -u {}\n         \
         whoever holds it decides what every display shows; docs/keys.md says when it is needed",
        file.display(),
        file.display()
    ));
}

pub(crate) fn new_epoch(data: &Path, root_key: Option<&Path>) -> Result<(), Failure> {
    // Held until the keys are written: a hub that runs would go on with the old ones.
    let _log = no_hub_runs(data)?;
    let epoch = heliograph_hub::new_epoch(data, root_key, SystemClock.now())?;
    say(&format!(
        "epoch {epoch} is open: every display takes what the hub says from its next start on"
    ));
    Ok(())
}

/// The socket of `unix:PATH`.
fn socket(text: &str) -> Result<PathBuf, Failure> {
    let path = text.strip_prefix("unix:").filter(|path| !path.is_empty());
    path.map(PathBuf::from)
        .ok_or_else(|| Failure::Usage("--signer: write unix: and the path of the signer's socket".to_owned()))
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        None => {}
        Some(Action::NewEpoch { data, root_key }) => return new_epoch(data, root_key.as_deref()),
        Some(Action::BrokerFiles(args)) => return broker::write_files(args),
        Some(Action::Init { data, site, root_out }) => return init(data, site, root_out.as_deref()),
        Some(Action::Blank { hub, token, trust, off }) => return blank(hub, token.as_deref(), trust, *off),
        Some(Action::RotateRoot {
            data,
            root_key,
            new_root_out,
        }) => return rotate_root(data, root_key.as_deref(), new_root_out.as_deref()),
    }
    let signer = args.signer.as_deref().map(socket).transpose()?;
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
        broker: args.other_broker.read(args.guard.plain)?,
        tls: mode,
        names: args.guard.tls_name.clone(),
        site,
        clock: Arc::new(SystemClock),
        backups: args.backups.clone().map(|folder| BackupPlan {
            folder,
            keep_days: args.keep_backups,
        }),
        signer,
        mail: mail(args)?,
        retention: Retention {
            drafts_days: Some(args.keep_drafts).filter(|days| *days > 0),
            texts: KeepFor {
                withdrawn_days: args.keep_withdrawn,
                unreleased_days: args.keep_unreleased,
            },
        },
        sessions: SessionRules {
            idle_ms: u64::from(args.sign_out_idle) * 60_000,
            longest_ms: u64::from(args.sign_out_after) * 3_600_000,
            ..SessionRules::default()
        },
        trusted_proxies: args.trusted_proxy.clone(),
        sign_on: args.sign_on.config()?,
        wall: None,
    };
    // Each display is an open file. Where the system allows fewer, those that are too many are turned away.
    if let Err(error) = room_for_files(WANTED_FILES) {
        tracing::warn!(%error, "not every display of a large office would be let in");
    }
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
