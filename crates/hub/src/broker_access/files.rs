//! The files that keep another broker in step with the hub.

use super::accounts::Accounts;
use super::{BrokerHashes, HashError, mosquitto, nats};
use crate::credentials::{self, Credential, CredentialError};
use crate::keys::hex;
use crate::projector::{self, ProjectError};
use crate::state::State;
use heliograph_domain::{DisplayId, SiteName};
use heliograph_log::EventLog;
use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The hub's own password, beside them.
const PASSWORD: &str = "hub-password";

/// Why the files were not written.
#[derive(Debug, Error)]
pub enum BrokerFilesError {
    /// The log cannot be folded.
    #[error("the log cannot be read back: {0}")]
    Project(#[from] ProjectError),
    /// The displays' credentials cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The hub's own password cannot be hashed.
    #[error("the hub's own password at the broker: {0}")]
    Hash(#[from] HashError),
    /// A file or folder cannot be used.
    #[error("{path}: {cause}; the folder must be this user's own")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The user name would break the files.
    #[error("the hub's user name at the broker has 1 to 64 of letters, digits, '.', '-' and '_', not `{0}`")]
    Username(String),
}

/// The hub's own account at a broker that is not embedded.
#[derive(Clone)]
pub struct HubAccount {
    pub(super) username: String,
    pub(super) hashes: BrokerHashes,
}

impl HubAccount {
    /// An account with this name and password.
    ///
    /// # Errors
    /// [`BrokerFilesError::Username`] and [`BrokerFilesError::Hash`].
    pub fn new(username: &str, password: &str) -> Result<Self, BrokerFilesError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !(1..=64).contains(&username.len()) || !username.bytes().all(plain) {
            return Err(BrokerFilesError::Username(username.to_owned()));
        }
        Ok(Self {
            username: username.to_owned(),
            hashes: BrokerHashes::of(password.as_bytes())?,
        })
    }

    /// Whether it has this name.
    pub(crate) fn is_named(&self, username: &str) -> bool {
        self.username == username
    }

    /// Whether this is its password.
    pub(crate) fn is_password(&self, password: &str) -> bool {
        credentials::hash(password.as_bytes()) == self.hashes.sha256
    }
}

/// What other brokers read. The files hold hashes of secrets, so they are for the broker's eyes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerFiles {
    /// Name and text of each.
    pub files: Vec<(&'static str, String)>,
    /// Displays that are missing in them: the hub has not seen their token since it keeps hashes for other brokers. It
    /// sees it when the display next fetches something from it, within ten minutes.
    pub without: Vec<DisplayId>,
}

impl BrokerFiles {
    pub(crate) fn of(
        site: &SiteName,
        hub: Option<&HubAccount>,
        state: &State,
        credentials: &HashMap<DisplayId, Credential>,
    ) -> Self {
        let hub = hub.map(|hub| (hub.username.as_str(), &hub.hashes));
        let accounts = Accounts::of(site, hub, state, credentials);
        Self {
            files: vec![
                ("mosquitto.passwd", mosquitto::passwords(&accounts)),
                ("mosquitto.acl", mosquitto::rules(&accounts)),
                ("nats-users.conf", nats::users(&accounts)),
            ],
            without: accounts.without_hashes,
        }
    }

    /// Writes those that are not in the folder as they should be; whether there were any.
    ///
    /// # Errors
    /// [`BrokerFilesError::File`]. The others may have been written.
    pub fn write_into(&self, folder: &Path) -> Result<bool, BrokerFilesError> {
        let mut changed = false;
        for (name, text) in &self.files {
            let path = folder.join(name);
            if fs::read_to_string(&path).is_ok_and(|there| there == *text) {
                continue;
            }
            put(&path, text.as_bytes()).map_err(|cause| BrokerFilesError::File { path, cause })?;
            changed = true;
        }
        Ok(changed)
    }
}

/// The hub's password at the broker: what lies in the folder, or a fresh one that is put there.
///
/// # Errors
/// [`BrokerFilesError::File`].
pub fn hub_password(folder: &Path) -> Result<String, BrokerFilesError> {
    let path = folder.join(PASSWORD);
    let file = |cause| BrokerFilesError::File {
        path: path.clone(),
        cause,
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut random = [0; 32];
            getrandom::fill(&mut random).map_err(HashError::Random)?;
            fs::create_dir_all(folder).map_err(file)?;
            put(&path, hex(&random).as_bytes()).map_err(file)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(file)?;
            Ok(hex(&random))
        }
        Err(error) => Err(file(error)),
    }
}

/// Writes beside and renames, so that a broker never reads half a file. The folder's group may read it: the broker's.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    // A file that a crash left keeps the permissions it has.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// The files for a site as its log has it.
///
/// # Errors
/// When the log cannot be read back.
pub fn broker_files(
    log: &dyn EventLog,
    site: &SiteName,
    hub: Option<&HubAccount>,
) -> Result<BrokerFiles, BrokerFilesError> {
    let state = projector::replay(log)?;
    Ok(BrokerFiles::of(site, hub, &state, &credentials::all(log)?))
}
