//! `heliograph hub broker-files`, and what `heliograph hub` is told of a broker that is not its own.

use super::log::exists;
use super::say;
use crate::Failure;
use heliograph_hub::{HubAccount, broker_files, hub_password};
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
