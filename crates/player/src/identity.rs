//! Who a display is: the keys and tokens it got when it was enrolled.

use crate::link::BrokerAddress;
use crate::tls;
use heliograph_domain::ids::{DisplayId, NameError, SiteName};
use heliograph_wire::{PublicKey, hex};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use thiserror::Error;

/// A display's identity, kept in a file that only its user may read.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The site it belongs to.
    pub site: SiteName,
    /// Its id.
    pub display: DisplayId,
    /// Secret half of the device's signing key; it never leaves the device.
    pub secret: [u8; 32],
    /// The password for the broker.
    pub mqtt_token: String,
    /// The site's root key: all trust in what is shown goes back to it.
    pub root: PublicKey,
    /// The certificates (PEM) that hub and broker must fit with; none, and only plain addresses can be reached.
    pub ca: Option<String>,
    /// The hub's address, where displays fetch: `https://host:port`.
    pub hub: Option<String>,
    /// The broker's address, for a player that is not told another.
    pub broker: Option<BrokerAddress>,
}

/// Secrets stay out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} at {})", self.display, self.site)
    }
}

/// Why an identity could not be read or written.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// There is none.
    #[error("{0} does not exist: enrol this display first, or start it with --hub https://HOST:PORT, and it pairs")]
    Missing(PathBuf),
    /// The file could not be read or written.
    #[error("cannot access {path}: {source}; check that the player's user owns it")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not an identity.
    #[error("{path} is not an identity: {why}; enrol this display again or restore the file")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// The file's form: TOML, keys in hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    site: SiteName,
    display: String,
    secret: String,
    mqtt_token: String,
    root: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hub: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broker: Option<String>,
}

impl Identity {
    /// Reads an identity from a TOML file.
    ///
    /// # Errors
    /// When there is none, or the file is not one.
    pub fn load(path: &Path) -> Result<Self, IdentityError> {
        let text = fs::read_to_string(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => IdentityError::Missing(path.to_owned()),
            _ => io_error(path, source),
        })?;
        // A parser's message may quote the line it stopped at, and a line here may be a secret: only the place is told.
        let form: Form = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = 1 + text.get(..at).map_or(0, |before| before.matches('\n').count());
            form_error(path, format!("line {line} is not as expected"))
        })?;
        guarded(path);
        form.read().map_err(|why| form_error(path, why))
    }

    /// Writes the identity, whole or not at all, readable by its user alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn store(&self, path: &Path) -> Result<(), IdentityError> {
        let form = Form {
            site: self.site.clone(),
            display: self.display.to_string(),
            secret: hex::encode(&self.secret),
            mqtt_token: self.mqtt_token.clone(),
            root: hex::encode(&self.root.0),
            ca: self.ca.clone(),
            hub: self.hub.clone(),
            broker: self.broker.as_ref().map(ToString::to_string),
        };
        let text = toml::to_string(&form).map_err(|error| form_error(path, error.to_string()))?;
        write_private(path, text.as_bytes()).map_err(|source| io_error(path, source))
    }
}

impl Form {
    fn read(self) -> Result<Identity, String> {
        if let Some(ca) = &self.ca {
            tls::client_config(ca).map_err(|error| format!("`ca`: {error}"))?;
        }
        let broker = self.broker.map(|text| text.parse()).transpose();
        Ok(Identity {
            site: self.site,
            display: DisplayId::from_str(&self.display).map_err(|error: NameError| error.to_string())?,
            secret: hex::decode(&self.secret).ok_or("`secret` is not 64 hexadecimal digits")?,
            mqtt_token: self.mqtt_token,
            root: PublicKey(hex::decode(&self.root).ok_or("`root` is not 64 hexadecimal digits")?),
            ca: self.ca,
            hub: self.hub,
            broker: broker.map_err(|error| format!("`broker`: {error}"))?,
        })
    }
}

/// Warns when others can read the secrets. The display is not kept dark for it.
fn guarded(path: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
    {
        let path = path.display();
        tracing::warn!(%path, "other users of this machine can read this display's keys: chmod 600 the file");
    }
}

/// Writes a new file beside the old one, syncs it and moves it into place, so that a power cut leaves one of the two.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("toml.new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    match path.parent() {
        // The directory's entry must be on disk too; where directories cannot be opened this is not needed.
        Some(parent) => fs::File::open(parent).and_then(|parent| parent.sync_all()).or(Ok(())),
        None => Ok(()),
    }
}

fn io_error(path: &Path, source: io::Error) -> IdentityError {
    IdentityError::Io {
        path: path.to_owned(),
        source,
    }
}

fn form_error(path: &Path, why: String) -> IdentityError {
    IdentityError::Form {
        path: path.to_owned(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            site: "hall".parse().unwrap(),
            display: "019a0000-0000-7000-8000-000000000001".parse().unwrap(),
            secret: [7; 32],
            mqtt_token: "token".to_owned(),
            root: PublicKey([9; 32]),
            ca: None,
            hub: Some("https://hub.example:8443".to_owned()),
            broker: Some("mqtts://hub.example".parse().unwrap()),
        }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("heliograph-identity-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn an_identity_reads_back_and_is_private() {
        let path = folder("back").join("identity.toml");
        identity().store(&path).unwrap();
        assert_eq!(Identity::load(&path).unwrap(), identity());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_broken_file_is_told_apart_and_its_secrets_are_not() {
        let folder = folder("broken");
        let path = folder.join("identity.toml");
        assert!(matches!(Identity::load(&path), Err(IdentityError::Missing(_))));
        identity().store(&path).unwrap();
        let broken = fs::read_to_string(&path).unwrap().replace("0707", "07zz");
        fs::write(&path, broken).unwrap();
        let error = Identity::load(&path).unwrap_err().to_string();
        assert!(error.contains("`secret`") && !error.contains("0707"), "{error}");
        fs::write(&path, "secret = \"0707\nsite = 3").unwrap();
        let error = Identity::load(&path).unwrap_err().to_string();
        assert!(error.contains("line 1") && !error.contains("0707"), "{error}");
        assert!(!format!("{:?}", identity()).contains("token"));
        fs::remove_dir_all(folder).unwrap();
    }
}
