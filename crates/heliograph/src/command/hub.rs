//! `heliograph hub`

use super::log::exists;
use super::{runtime, say, told_to_stop};
use crate::Failure;
use heliograph_domain::publication::KeepFor;
use heliograph_fleet::room_for_files;
use heliograph_hub::backups::BackupPlan;
use heliograph_hub::retention::Retention;
use heliograph_hub::{Clock, Hub, HubConfig, SystemClock};
use heliograph_log::DiskLog;
use std::net::SocketAddr;
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
    /// Where HTTP listens: admin, API, public pages.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the embedded broker listens for displays.
    #[arg(long, default_value = "127.0.0.1:1883")]
    mqtt_listen: SocketAddr,
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
    let config = HubConfig {
        data: args.data.clone(),
        listen: args.listen,
        mqtt_listen: args.mqtt_listen,
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
    // Each display is an open file. Where the system allows fewer, those that are too many are turned away.
    if let Err(error) = room_for_files(WANTED_FILES) {
        tracing::warn!(%error, "not every display of a large office would be let in");
    }
    runtime()?.block_on(async {
        let hub = Hub::start(config).await?;
        say(&format!("hub      http://{}", hub.http_addr()));
        say(&format!("broker   mqtt://{}", hub.mqtt_addr()));
        if let Some(word) = hub.setup_word() {
            say(&format!(
                "make the first administrator (once): http://{}/admin/setup?word={word}",
                hub.http_addr()
            ));
        }
        told_to_stop().await;
        hub.stop().await;
        Ok(())
    })
}
