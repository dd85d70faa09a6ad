//! `heliograph hub broker-files`, and what `heliograph hub` is told of a broker that is not its own.

use super::log::exists;
use super::say;
use crate::Failure;
use heliograph_hub::{BrokerUrl, ExternalBroker, HubAccount, InStep, broker_files, hub_password};
use heliograph_log::DiskLog;
use std::path::PathBuf;

/// The secret, where it should not stand on the command line.
const PASSWORD: &str = "HELIOGRAPH_BROKER_PASSWORD";

/// What `hub broker-files` is told.
#[derive(clap::Args)]
pub(crate) struct BrokerFilesArgs {
    /// The data folder.
    #[arg(long, default_value = "./heliograph-data")]
    data: PathBuf,
    /// The site's name: 1 to 32 of a-z, 0-9 and '-'.
    #[arg(long, default_value = "office")]
    site: String,
    /// Where the files go.
    #[arg(long)]
    out: PathBuf,
    /// The hub's user name at the broker. Its password is HELIOGRAPH_BROKER_PASSWORD, or what lies in the file hub-password
    /// beside the others, or a fresh one that is put there.
    #[arg(long, default_value = "hub")]
    hub_user: String,
}

/// A broker in the place of the embedded one.
#[derive(clap::Args)]
pub(crate) struct OtherBroker {
    /// Another broker in the place of the embedded one: mqtts://user@host:port, or mqtt:// on this machine. The password is
    /// HELIOGRAPH_BROKER_PASSWORD, else that of the folder of --broker-files.
    #[arg(long, conflicts_with = "mqtt_listen")]
    // Read by hand: what is wrong would be told back with its password.
    broker: Option<String>,
    /// Where displays find that broker, when it is not where the hub does: mqtts://host:port.
    #[arg(long, requires = "broker")]
    broker_public: Option<String>,
    /// The authority (PEM) that vouches for that broker, for hub and displays.
    #[arg(long, requires = "broker")]
    broker_ca: Option<PathBuf>,
    /// The folder whose files that broker reads, kept in step with the displays: Mosquitto's and NATS's.
    #[arg(long, requires = "broker")]
    broker_files: Option<PathBuf>,
    /// The command that makes that broker read its files again, such as "systemctl reload mosquitto".
    #[arg(long, requires = "broker_files")]
    broker_reload: Option<String>,
}

impl OtherBroker {
    /// What was asked for. `plain`: plain text may leave this machine.
    pub(crate) fn read(&self, plain: bool) -> Result<Option<ExternalBroker>, Failure> {
        let Some(broker) = url("--broker", self.broker.as_deref())? else {
            return Ok(None);
        };
        let public = url("--broker-public", self.broker_public.as_deref())?;
        for url in [Some(&broker), public.as_ref()].into_iter().flatten() {
            if !(url.tls || url.is_loopback() || plain) {
                return Err(Failure::Usage(format!(
                    "{url} is plain text to another machine: use mqtts://, or say --plain where another program guards it"
                )));
            }
        }
        let mut url = broker;
        url.username.get_or_insert_with(|| "hub".to_owned());
        url.password = match (said_password(), url.password.take(), &self.broker_files) {
            (Some(password), ..) | (None, Some(password), _) => Some(password),
            (None, None, Some(folder)) => Some(hub_password(folder)?),
            (None, None, None) => None,
        };
        Ok(Some(ExternalBroker {
            url,
            public,
            authority: self.broker_ca.clone(),
            in_step: self.broker_files.clone().map(|folder| InStep {
                folder,
                reload: self.broker_reload.clone(),
            }),
        }))
    }
}

fn url(flag: &str, told: Option<&str>) -> Result<Option<BrokerUrl>, Failure> {
    let read = told.map(str::parse).transpose();
    read.map_err(|error| Failure::Usage(format!("{flag}: {error}")))
}

/// The password that was said, if one was.
pub(crate) fn said_password() -> Option<String> {
    std::env::var(PASSWORD).ok().filter(|password| !password.is_empty())
}

/// Writes the files once.
pub(crate) fn write_files(args: &BrokerFilesArgs) -> Result<(), Failure> {
    let site = args.site.parse();
    let site = site.map_err(|error| Failure::Usage(format!("--site: {error}")))?;
    exists(&args.data)?;
    let log = DiskLog::open(&args.data)?;
    std::fs::create_dir_all(&args.out)?;
    let password = match said_password() {
        Some(password) => password,
        None => hub_password(&args.out)?,
    };
    let account = HubAccount::new(&args.hub_user, &password)?;
    let written = broker_files(&log, &site, Some(&account))?;
    written.write_into(&args.out)?;
    for (name, _) in &written.files {
        say(&args.out.join(name).display().to_string());
    }
    for id in &written.without {
        say(&format!(
            "not in them: the display {id}, whose token was made by an older version; it comes in once it has fetched something \
             from the hub, within ten minutes"
        ));
    }
    Ok(())
}
