//! Documents and profiles read from the content store, kept at hand by their hash.

use heliograph_domain::catalogue::EntryText;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document};
use heliograph_log::{ContentObject, EventLog};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// More documents than this are not kept at hand; the oldest habit is to start over.
const AT_HAND: usize = 4096;

/// The content store, decoded.
pub(crate) struct Library {
    log: Arc<dyn EventLog>,
    documents: RwLock<HashMap<ContentHash, Arc<Document>>>,
    profile: RwLock<Option<(ContentHash, Arc<SiteProfile>)>>,
}

impl Library {
    pub(crate) fn new(log: Arc<dyn EventLog>) -> Self {
        Self {
            log,
            documents: RwLock::default(),
            profile: RwLock::default(),
        }
    }

    /// The object as it is stored; `None` when it is unknown or erased. A fault of the store is logged and reads as
    /// absence, since every reader must do without the object then.
    pub(crate) fn object(&self, hash: &ContentHash) -> Option<ContentObject> {
        match self.log.content(&heliograph_log::ContentHash(hash.0)) {
            Ok(object) => object,
            Err(error) => {
                tracing::error!(%error, %hash, "content cannot be read");
                None
            }
        }
    }

    /// The document of a hash.
    pub(crate) fn document(&self, hash: &ContentHash) -> Option<Arc<Document>> {
        if let Some(known) = self.documents.read().unwrap_or_else(PoisonError::into_inner).get(hash) {
            return Some(Arc::clone(known));
        }
        let document = Arc::new(Document::from_bytes(&self.object(hash)?.bytes).ok()?);
        let mut documents = self.documents.write().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= AT_HAND {
            documents.clear();
        }
        documents.insert(*hash, Arc::clone(&document));
        Some(document)
    }

    /// Forgets what was erased.
    pub(crate) fn forget(&self, erased: &[ContentHash]) {
        let mut documents = self.documents.write().unwrap_or_else(PoisonError::into_inner);
        documents.retain(|hash, _| !erased.contains(hash));
    }

    /// The site's profile.
    pub(crate) fn profile(&self, hash: &ContentHash) -> Option<Arc<SiteProfile>> {
        if let Some((known, profile)) = &*self.profile.read().unwrap_or_else(PoisonError::into_inner)
            && known == hash
        {
            return Some(Arc::clone(profile));
        }
        let profile: Arc<SiteProfile> = Arc::new(self.json(hash)?);
        *self.profile.write().unwrap_or_else(PoisonError::into_inner) = Some((*hash, Arc::clone(&profile)));
        Some(profile)
    }

    /// The words of a catalogue entry.
    pub(crate) fn entry_text(&self, hash: &ContentHash) -> Option<EntryText> {
        self.json(hash)
    }

    fn json<T: DeserializeOwned>(&self, hash: &ContentHash) -> Option<T> {
        serde_json::from_slice(&self.object(hash)?.bytes).ok()
    }
}

/// A content object for the store, with its hash as the domain writes it.
pub(crate) fn object(salt: [u8; 16], bytes: Vec<u8>) -> (ContentHash, ContentObject) {
    let hash = ContentHash::of(&salt, &bytes);
    (hash, ContentObject::new(salt, bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_and_log_hash_content_alike() {
        let (hash, object) = object([7; 16], b"a notice".to_vec());
        assert_eq!(hash.0, object.hash.0);
    }
}
