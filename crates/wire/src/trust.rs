//! What a display believes: the root first, then whom the root names, then only what is newer than before.

use crate::envelope::{Opened, claimed_key, open};
use crate::key::{KeyId, PublicKey};
use crate::message::{TrustDocument, TrustedKey};
use crate::refusal::Refusal;
use crate::topic::{Role, Topic};
use heliograph_domain::SiteName;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a display knows of keys and of what it has believed. It is kept durably after every change, so that a reboot
/// does not make it believe old things again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    site: SiteName,
    root: PublicKey,
    keys: Vec<TrustedKey>,
    /// Topics by their path below the site, with the newest that was believed.
    newest: BTreeMap<String, Newest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Newest {
    epoch: u32,
    version: u64,
    sha256: [u8; 32],
}

/// A message that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// Newer than anything on its topic.
    New(Opened),
    /// The newest once more, byte for byte: the broker repeats itself.
    Repeated(Opened),
}

impl Trust {
    /// What a display knows after its enrolment: its site and the root key.
    #[must_use]
    pub fn new(site: SiteName, root: PublicKey) -> Self {
        Self {
            site,
            root,
            keys: Vec::new(),
            newest: BTreeMap::new(),
        }
    }

    /// Judges a message and remembers it when it is believed.
    ///
    /// # Errors
    /// Why it is not believed; nothing changes then.
    pub fn admit(&mut self, topic: &Topic, payload: &[u8]) -> Result<Admitted, Refusal> {
        let role = match topic.role() {
            Some(Role::Display) | None => return Err(Refusal::NotForDisplays),
            Some(role) => role,
        };
        let opened = open(payload, &self.site, topic, &|id, epoch| self.key(role, id, epoch))?;
        if let Topic::Time(_) = topic {
            // The number that the display drew for its question is what makes an answer new.
            return Ok(Admitted::New(opened));
        }
        let newest = Newest {
            epoch: opened.stamp.epoch,
            version: opened.stamp.version,
            sha256: Sha256::digest(payload).into(),
        };
        let step = match topic {
            Topic::TrustStep(serial) if u64::from(*serial) != opened.stamp.version => {
                return Err(Refusal::Malformed("its number is not its version"));
            }
            Topic::TrustStep(_) => Some(Topic::Trust),
            _ => None,
        };
        // A document is the same on both topics, and counted once.
        let topic = step.as_ref().unwrap_or(topic);
        let path = topic.path(&self.site);
        if let Some(known) = self.newest.get(&path) {
            match (newest.epoch, newest.version).cmp(&(known.epoch, known.version)) {
                std::cmp::Ordering::Greater => {}
                std::cmp::Ordering::Equal if newest.sha256 == known.sha256 => return Ok(Admitted::Repeated(opened)),
                std::cmp::Ordering::Equal => return Err(Refusal::Conflict(newest.version)),
                std::cmp::Ordering::Less => {
                    return Err(Refusal::Older {
                        epoch: newest.epoch,
                        offered: newest.version,
                        known: known.version,
                    });
                }
            }
        }
        if *topic == Topic::Trust {
            self.take(&opened)?;
        }
        self.newest.insert(path, newest);
        Ok(Admitted::New(opened))
    }

    /// The key that may sign in this role and epoch.
    fn key(&self, role: Role, id: KeyId, epoch: u32) -> Option<PublicKey> {
        if role == Role::Root {
            return Some(self.root).filter(|root| root.key_id() == id);
        }
        let fits = |known: &&TrustedKey| known.role == role && known.epoch == epoch && known.key.key_id() == id;
        self.keys.iter().find(fits).map(|known| known.key)
    }

    /// A new trust document takes the place of the old one. A root that changes must be told by the root that is known
    /// (the envelope's signature says so) and by itself.
    fn take(&mut self, opened: &Opened) -> Result<(), Refusal> {
        let document = TrustDocument::from_bytes(&opened.body)?;
        if document.site != self.site {
            return Err(Refusal::ForeignSite);
        }
        if u64::from(document.serial) != opened.stamp.version {
            return Err(Refusal::Malformed("its number is not its version"));
        }
        if document.root != self.root && !document.is_proven() {
            return Err(Refusal::UnprovenRoot);
        }
        self.root = document.root;
        self.keys = document.keys;
        Ok(())
    }

    /// The epoch of the newest message of a topic that was believed; 0 when there was none.
    #[must_use]
    pub fn epoch_of(&self, topic: &Topic) -> u32 {
        self.newest
            .get(&topic.path(&self.site))
            .map_or(0, |newest| newest.epoch)
    }

    /// The version of the newest message of a topic that was believed; 0 when there was none.
    #[must_use]
    pub fn version_of(&self, topic: &Topic) -> u64 {
        self.newest
            .get(&topic.path(&self.site))
            .map_or(0, |newest| newest.version)
    }

    /// Whether these are, byte for byte, the newest message of a topic that was believed.
    #[must_use]
    pub fn is_newest(&self, topic: &Topic, payload: &[u8]) -> bool {
        let newest = self.newest.get(&topic.path(&self.site));
        newest.is_some_and(|newest| newest.sha256 == <[u8; 32]>::from(Sha256::digest(payload)))
    }

    /// Whether a trust document has been believed yet: without one, nothing else can be.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &SiteName {
        &self.site
    }

    /// Whether the key that a message claims is known at all: a message from a new key makes sense once the trust
    /// document that names it has come.
    #[must_use]
    pub fn knows_claimed_key(&self, payload: &[u8]) -> bool {
        claimed_key(payload)
            .is_some_and(|id| self.root.key_id() == id || self.keys.iter().any(|k| k.key.key_id() == id))
    }
}
