//! What displays are told to trust: the newest trust document, and the steps that changed the root. Nothing here is secret.

use super::files::{read, root_public};
use super::{KeysError, from_hex};
use heliograph_domain::SiteName;
use heliograph_wire::{PublicKey, Stamp, Topic, TrustDocument, open};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest document's file.
pub(super) const TRUST: &str = "trust";
/// What stands before the number in the name of a step's file.
pub(super) const STEP: &str = "trust-";

/// The papers of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Papers {
    /// The site.
    pub(crate) site: SiteName,
    /// The root that displays trust now.
    pub(crate) root: PublicKey,
    /// The newest document, sealed.
    pub(crate) trust: Vec<u8>,
    /// The same, opened.
    pub(crate) document: TrustDocument,
    /// The sealed documents that changed the root, with their numbers, the first one first.
    pub(crate) steps: Vec<(u32, Vec<u8>)>,
}

/// Papers as they are handed over: whoever gets them verifies them again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// The root that the site began with.
    first_root: PublicKey,
    steps: Vec<(u32, Vec<u8>)>,
    trust: Vec<u8>,
}

impl Papers {
    /// The papers in a folder; `site`: whose they must be, when that is known.
    ///
    /// # Errors
    /// When a file cannot be read, or is not what the root before it signed.
    pub(crate) fn read(folder: &Path, site: Option<&SiteName>) -> Result<Self, KeysError> {
        let bundle = Bundle::read(folder)?;
        let papers = bundle.verified().ok_or_else(|| KeysError::Trust(folder.join(TRUST)))?;
        if site.is_some_and(|site| *site != papers.site) {
            return Err(KeysError::Trust(folder.join(TRUST)));
        }
        Ok(papers)
    }

    /// The newest epoch that is open.
    pub(crate) fn epoch(&self) -> u32 {
        self.document.keys.iter().map(|known| known.epoch).max().unwrap_or(0)
    }
}

impl Bundle {
    /// What lies in a folder. Nothing is verified.
    pub(crate) fn read(folder: &Path) -> Result<Self, KeysError> {
        let first_root = root_public(folder)?;
        let mut steps = Vec::new();
        let names = std::fs::read_dir(folder).map_err(|cause| KeysError::File {
            path: folder.to_owned(),
            cause,
        })?;
        for name in names.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
            if let Some(serial) = name.strip_prefix(STEP).and_then(|serial| serial.parse().ok()) {
                steps.push((serial, read(&folder.join(&name))?));
            }
        }
        steps.sort_unstable();
        let trust = read(&folder.join(TRUST))?;
        Ok(Self {
            first_root,
            steps,
            trust,
        })
    }

    /// Follows the steps from the first root to the newest document. A step that no newer document followed was broken off
    /// and counts for nothing.
    pub(crate) fn verified(self) -> Option<Papers> {
        let site = claimed_site(&self.trust)?;
        let newest = claimed_serial(&self.trust)?;
        let (mut root, mut steps) = (self.first_root, Vec::new());
        for (serial, step) in self.steps {
            if serial >= newest {
                continue;
            }
            let document = opened(&step, &site, root)?;
            if document.serial != serial || document.root == root || !document.is_proven() {
                return None;
            }
            root = document.root;
            steps.push((serial, step));
        }
        let document = opened(&self.trust, &site, root).filter(|known| known.root == root)?;
        Some(Papers {
            site,
            root,
            trust: self.trust,
            document,
            steps,
        })
    }
}

/// A document of the site that this root signed.
fn opened(payload: &[u8], site: &SiteName, root: PublicKey) -> Option<TrustDocument> {
    let known = |id, _| Some(root).filter(|root| root.key_id() == id);
    let message = open(payload, site, &Topic::Trust, &known).ok()?;
    let document = TrustDocument::from_bytes(&message.body).ok()?;
    let Stamp { version, .. } = message.stamp;
    (document.site == *site && u64::from(document.serial) == version).then_some(document)
}

/// The body that an envelope carries; nothing is verified. (34 bytes before it, 64 after it: `docs/wire-format.md`.)
fn claimed(payload: &[u8]) -> Option<TrustDocument> {
    let body = payload.get(34..payload.len().checked_sub(64)?)?;
    TrustDocument::from_bytes(body).ok()
}

fn claimed_site(payload: &[u8]) -> Option<SiteName> {
    claimed(payload).map(|document| document.site)
}

fn claimed_serial(payload: &[u8]) -> Option<u32> {
    claimed(payload).map(|document| document.serial)
}

/// A public key as its file has it.
pub(super) fn public_key(text: &str) -> Option<PublicKey> {
    from_hex(text.trim()).map(PublicKey)
}
