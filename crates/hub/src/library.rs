//! Documents and profiles read from the content store, kept at hand by their hash.

use crate::digest::{Digest, Digests};
use bytes::Bytes;
use heliograph_domain::catalogue::EntryText;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document};
use heliograph_log::{ContentObject, EventLog};
use heliograph_picture::{Limits, Picture};
use heliograph_wire::ContentPayload;
use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// More documents than this are not kept at hand; the oldest habit is to start over.
const AT_HAND: usize = 4096;

/// The content store, decoded.
pub(crate) struct Library {
    log: Arc<dyn EventLog>,
    documents: RwLock<HashMap<ContentHash, Arc<Document>>>,
    digests: RwLock<Digests>,
    entries: RwLock<HashMap<ContentHash, EntryText>>,
    profile: RwLock<Option<(ContentHash, Arc<SiteProfile>)>>,
    pictures: Mutex<Pictures>,
    payloads: Mutex<VecDeque<(ContentHash, Bytes)>>,
}

type Pictures = VecDeque<((ContentHash, (u32, u32)), Arc<Picture>)>;

/// So many scaled pictures are kept at hand; one of a 4K screen has 25 MB.
const PICTURES_AT_HAND: usize = 4;
/// So many bytes of what displays fetched last.
const PAYLOAD_BYTES: usize = 64 << 20;

impl Library {
    pub(crate) fn new(log: Arc<dyn EventLog>) -> Self {
        Self {
            log,
            documents: RwLock::default(),
            digests: RwLock::default(),
            entries: RwLock::default(),
            profile: RwLock::default(),
            pictures: Mutex::default(),
            payloads: Mutex::default(),
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

    /// A text in brief: what lists and searches ask of many.
    pub(crate) fn digest(&self, hash: &ContentHash) -> Option<Arc<Digest>> {
        if let Some(known) = self.digests.read().unwrap_or_else(PoisonError::into_inner).get(hash) {
            return Some(known);
        }
        let document = Document::from_bytes(&self.object(hash)?.bytes).ok()?;
        let digest = Arc::new(Digest::of(&document));
        let mut digests = self.digests.write().unwrap_or_else(PoisonError::into_inner);
        digests.keep(*hash, Arc::clone(&digest));
        drop(digests);
        // It may have been erased, and forgotten here, between the reading and the keeping.
        if self.object(hash).is_none() {
            self.forget(&[*hash]);
            return None;
        }
        Some(digest)
    }

    /// These objects and the pictures and files of those among them that are documents, each once.
    pub(crate) fn with_pictures(&self, contents: Vec<ContentHash>) -> Vec<ContentHash> {
        let mut all: BTreeSet<ContentHash> = contents.iter().copied().collect();
        for document in contents.iter().filter_map(|hash| self.document(hash)) {
            all.extend(document.attachments.iter().map(|attachment| attachment.hash));
            all.extend(document.files.iter().map(|file| file.hash));
        }
        all.into_iter().collect()
    }

    /// A picture of the content store at a size, for the hub's own drawings; the newest few are kept at hand. `None`
    /// when it is not there, or was erased.
    pub(crate) fn picture(&self, hash: &ContentHash, size_px: (u32, u32)) -> Option<Arc<Picture>> {
        let key = (*hash, size_px);
        let at_hand = |pictures: &Pictures| {
            let found = pictures.iter().find(|(known, _)| *known == key);
            found.map(|(_, picture)| Arc::clone(picture))
        };
        if let Some(known) = at_hand(&self.pictures.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Some(known);
        }
        let object = self.object(hash)?;
        let decoded = heliograph_picture::decode(&object.bytes, &Limits::CLEAN);
        let decoded = decoded.inspect_err(|error| tracing::error!(%error, %hash, "a kept picture cannot be decoded"));
        let picture = Arc::new(decoded.ok()?.scaled(size_px.0, size_px.1));
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.push_front((key, Arc::clone(&picture)));
        pictures.truncate(PICTURES_AT_HAND);
        Some(picture)
    }

    /// An object as displays fetch it: the form that travels on the wire, shared among those who fetch it at once.
    pub(crate) fn payload(&self, hash: &ContentHash) -> Option<Bytes> {
        let mut payloads = self.payloads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, payload)) = payloads.iter().find(|(known, _)| known == hash) {
            return Some(payload.clone());
        }
        let object = self.object(hash)?;
        let payload = ContentPayload {
            salt: object.salt,
            bytes: object.bytes.to_vec(),
        };
        let payload = Bytes::from(payload.to_bytes());
        payloads.push_front((*hash, payload.clone()));
        let mut bytes = 0;
        payloads.retain(|(_, payload)| {
            bytes += payload.len();
            bytes <= PAYLOAD_BYTES
        });
        Some(payload)
    }

    /// Forgets what was erased.
    pub(crate) fn forget(&self, erased: &[ContentHash]) {
        let mut documents = self.documents.write().unwrap_or_else(PoisonError::into_inner);
        documents.retain(|hash, _| !erased.contains(hash));
        self.digests
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .forget(erased);
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.retain(|((hash, _), _)| !erased.contains(hash));
        let mut payloads = self.payloads.lock().unwrap_or_else(PoisonError::into_inner);
        payloads.retain(|(hash, _)| !erased.contains(hash));
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

    /// A profile of the site as it was once, by its hash.
    pub(crate) fn profile_at(&self, hash: &ContentHash) -> Option<SiteProfile> {
        self.json(hash)
    }

    /// The words of a catalogue entry.
    pub(crate) fn entry_text(&self, hash: &ContentHash) -> Option<EntryText> {
        let known = |library: &Self| {
            library
                .entries
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .get(hash)
                .cloned()
        };
        if let Some(text) = known(self) {
            return Some(text);
        }
        let text: EntryText = self.json(hash)?;
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= AT_HAND {
            entries.clear();
        }
        entries.insert(*hash, text.clone());
        Some(text)
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
