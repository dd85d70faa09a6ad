//! What a candidate keeps across a power cut: its key, and the request that it has opened.

use crate::identity::write_private;
use heliograph_domain::ids::SiteName;
use heliograph_wire::enrol::{Counterpart, Introduction};
use heliograph_wire::{KeyPair, PublicKey, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// The file in the player's folder, which only its user may read.
pub(crate) const FILE: &str = "pairing.toml";

/// A machine's key, and how far it has come with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Secret half of its signing key.
    pub key: [u8; 32],
    /// The request that it opened last.
    pub opened: Option<Opened>,
}

/// A request that a hub has opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The hub's address, as it was called.
    pub hub: String,
    /// The request's name, a UUID.
    pub request: String,
    /// Drawn for this request.
    pub nonce: [u8; 32],
    /// By what the machine asks how things stand.
    pub secret: [u8; 32],
    /// What it said of itself, to the byte.
    pub facts: String,
    /// What the hub added.
    pub counterpart: Counterpart,
}

/// Secrets stay out of logs.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({:?})", self.opened)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} at {})", self.request, self.hub)
    }
}

impl Kept {
    /// What the machine reveals of this request.
    #[must_use]
    pub fn introduction(&self, nonce: [u8; 32], secret: &[u8; 32], facts: &str) -> Introduction {
        Introduction {
            key: KeyPair::from_secret(self.key).public(),
            nonce,
            secret_hash: Sha256::digest(secret).into(),
            facts: facts.to_owned(),
        }
    }

    /// The six characters of the open request.
    #[must_use]
    pub fn short_string(&self) -> Option<String> {
        let opened = self.opened.as_ref()?;
        let introduction = self.introduction(opened.nonce, &opened.secret, &opened.facts);
        Some(introduction.short_string(&opened.counterpart))
    }

    /// Reads what was kept in a player's folder. What cannot be read is worth nothing, because a machine can always begin
    /// anew: it is told in the log.
    #[must_use]
    pub fn load(folder: &Path) -> Option<Self> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(path = %path.display(), %error, "what was kept of a pairing cannot be read; it begins anew");
                }
                return None;
            }
        };
        let read = Self::from_text(&text);
        if read.is_none() {
            tracing::warn!(path = %path.display(), "what was kept of a pairing makes no sense; it begins anew");
        }
        read
    }

    /// Keeps it, whole or not at all, readable by its user alone. Durable when it returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn store(&self, folder: &Path) -> io::Result<()> {
        let text = toml::to_string(&Form::of(self)).map_err(io::Error::other)?;
        write_private(&folder.join(FILE), text.as_bytes())
    }

    /// Drops what was kept in a folder.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn drop_from(folder: &Path) -> io::Result<()> {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let form: Form = toml::from_str(text).ok()?;
        let opened = match form.request {
            Some(request) => Some(request.read()?),
            None => None,
        };
        Some(Self {
            key: hex::decode(&form.key)?,
            opened,
        })
    }
}

/// The file's form: TOML, bytes in hexadecimal.
#[derive(Serialize, Deserialize)]
struct Form {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<RequestForm>,
}

#[derive(Serialize, Deserialize)]
struct RequestForm {
    hub: String,
    id: String,
    nonce: String,
    secret: String,
    facts: String,
    hub_nonce: String,
    root: String,
    certificate: String,
    site: SiteName,
}

impl Form {
    fn of(kept: &Kept) -> Self {
        let request = kept.opened.as_ref().map(|opened| RequestForm {
            hub: opened.hub.clone(),
            id: opened.request.clone(),
            nonce: hex::encode(&opened.nonce),
            secret: hex::encode(&opened.secret),
            facts: opened.facts.clone(),
            hub_nonce: hex::encode(&opened.counterpart.nonce),
            root: hex::encode(&opened.counterpart.root.0),
            certificate: hex::encode(&opened.counterpart.certificate),
            site: opened.counterpart.site.clone(),
        });
        Self {
            key: hex::encode(&kept.key),
            request,
        }
    }
}

impl RequestForm {
    fn read(self) -> Option<Opened> {
        Some(Opened {
            hub: self.hub,
            request: self.id,
            nonce: hex::decode(&self.nonce)?,
            secret: hex::decode(&self.secret)?,
            facts: self.facts,
            counterpart: Counterpart {
                nonce: hex::decode(&self.hub_nonce)?,
                root: PublicKey(hex::decode(&self.root)?),
                certificate: hex::decode(&self.certificate)?,
                site: self.site,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        Kept {
            key: [1; 32],
            opened: Some(Opened {
                hub: "https://hub.example:8443".to_owned(),
                request: "019a0000-0000-7000-8000-000000000001".to_owned(),
                nonce: [2; 32],
                secret: [3; 32],
                facts: "{\"model\":\"盒子 \\\"N100\\\"\"}".to_owned(),
                counterpart: Counterpart {
                    nonce: [4; 32],
                    root: PublicKey([5; 32]),
                    certificate: [6; 32],
                    site: "hall".parse().unwrap(),
                },
            }),
        }
    }

    /// Golden: what an earlier program kept must stay readable.
    const GOLDEN: &str = r#"key = "0101010101010101010101010101010101010101010101010101010101010101"

[request]
hub = "https://hub.example:8443"
id = "019a0000-0000-7000-8000-000000000001"
nonce = "0202020202020202020202020202020202020202020202020202020202020202"
secret = "0303030303030303030303030303030303030303030303030303030303030303"
facts = '{"model":"盒子 \"N100\""}'
hub_nonce = "0404040404040404040404040404040404040404040404040404040404040404"
root = "0505050505050505050505050505050505050505050505050505050505050505"
certificate = "0606060606060606060606060606060606060606060606060606060606060606"
site = "hall"
"#;

    #[test]
    fn what_is_kept_has_this_form() {
        assert_eq!(toml::to_string(&Form::of(&kept())).unwrap(), GOLDEN);
        assert_eq!(Kept::from_text(GOLDEN), Some(kept()));
        assert!(!format!("{:?}", kept()).contains("0303"));
    }

    #[test]
    fn it_is_private_and_what_makes_no_sense_begins_anew() {
        let folder = std::env::temp_dir().join(format!("heliograph-pairing-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(Kept::load(&folder), None);
        kept().store(&folder).unwrap();
        assert_eq!(Kept::load(&folder), Some(kept()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let whole = GOLDEN.chars().count();
        for end in [0, 10, whole / 2, whole - 3] {
            let cut: String = GOLDEN.chars().take(end).collect();
            fs::write(folder.join(FILE), cut).unwrap();
            assert_eq!(Kept::load(&folder), None, "cut at {end}");
        }
        Kept::drop_from(&folder).unwrap();
        Kept::drop_from(&folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
    }
}
