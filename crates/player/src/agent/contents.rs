//! The content a display holds: what something signed names, kept on disk, and a little that may be named soon.

use super::heads::Names;
use crate::replica::Change;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document};
use heliograph_wire::ContentPayload;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Content that no head names waits in memory for one that does: at most so many objects …
pub const LOOSE_OBJECTS: usize = 64;
/// … of so many bytes together. The oldest goes first; a head that names it later has it sent again.
pub const LOOSE_BYTES: usize = 4 << 20;

/// What is held, and what it means.
#[derive(Debug, Default)]
pub(super) struct Contents {
    held: BTreeSet<ContentHash>,
    documents: Arc<HashMap<ContentHash, Arc<Document>>>,
    profiles: BTreeMap<ContentHash, Arc<SiteProfile>>,
    pages: BTreeMap<ContentHash, Vec<u8>>,
    /// Pictures on the disk; only their hashes are here.
    media: Arc<BTreeSet<ContentHash>>,
    loose: Loose,
}

impl Contents {
    pub(super) fn holds(&self, hash: &ContentHash) -> bool {
        self.held.contains(hash) || self.media.contains(hash)
    }

    pub(super) fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.documents.get(hash).map(|document| &**document)
    }

    pub(super) fn media(&self) -> Arc<BTreeSet<ContentHash>> {
        Arc::clone(&self.media)
    }

    /// Pictures that are on the disk, or go there now.
    pub(super) fn remember_media(&mut self, media: BTreeSet<ContentHash>) {
        Arc::make_mut(&mut self.media).extend(media);
    }

    pub(super) fn documents(&self) -> Arc<HashMap<ContentHash, Arc<Document>>> {
        Arc::clone(&self.documents)
    }

    pub(super) fn profile(&self, hash: &ContentHash) -> Option<Arc<SiteProfile>> {
        self.profiles.get(hash).cloned()
    }

    /// The site profile that was in use before a restart, when the one that is wanted had not come yet.
    pub(super) fn former_profile(&self) -> Option<(ContentHash, Arc<SiteProfile>)> {
        self.profiles
            .iter()
            .next()
            .map(|(hash, profile)| (*hash, Arc::clone(profile)))
    }

    /// A head's page, whether it is held or still loose.
    pub(super) fn page(&self, hash: &ContentHash) -> Option<Vec<u8>> {
        let loose = || self.loose.get(hash).map(|object| object.bytes.clone());
        self.pages.get(hash).cloned().or_else(loose)
    }

    /// Takes an object whose hash was verified: to be kept when it is named, to wait when it is not.
    pub(super) fn take(&mut self, hash: ContentHash, object: ContentPayload) {
        if !self.holds(&hash) {
            self.loose.push(hash, object);
        }
    }

    /// Takes an object that the replica kept.
    pub(super) fn remember(&mut self, hash: ContentHash, object: &ContentPayload) {
        self.held.insert(hash);
        self.understand(hash, &object.bytes);
    }

    /// Forgets an object at once, wherever it is.
    pub(super) fn forget(&mut self, hash: &ContentHash) -> Option<Change> {
        self.loose.remove(hash);
        self.profiles.remove(hash);
        self.pages.remove(hash);
        if self.documents.contains_key(hash) {
            Arc::make_mut(&mut self.documents).remove(hash);
        }
        if self.media.contains(hash) {
            Arc::make_mut(&mut self.media).remove(hash);
            return Some(Change::Media(*hash, None));
        }
        self.held.remove(hash).then_some(Change::Content(*hash, None))
    }

    /// Keeps what is named and drops what is not: the changes that make it so on disk.
    pub(super) fn settle(&mut self, names: &Names) -> Vec<Change> {
        let all = self.held.iter().chain(self.media.iter());
        let unnamed: Vec<_> = all.filter(|hash| !names.contains(hash)).copied().collect();
        let mut changes: Vec<_> = unnamed.iter().filter_map(|hash| self.forget(hash)).collect();
        for (hash, object) in self.loose.take_named(names) {
            self.remember(hash, &object);
            changes.push(Change::Content(hash, Some(object.to_bytes())));
        }
        changes
    }

    /// Reads an object for what it is. The three forms cannot be mistaken for each other: a document and a profile
    /// are JSON with different fields, and a page is neither.
    fn understand(&mut self, hash: ContentHash, bytes: &[u8]) {
        if let Ok(document) = Document::from_bytes(bytes) {
            Arc::make_mut(&mut self.documents).insert(hash, Arc::new(document));
        } else if let Ok(profile) = serde_json::from_slice(bytes) {
            self.profiles.insert(hash, Arc::new(profile));
        } else {
            self.pages.insert(hash, bytes.to_vec());
        }
    }
}

/// A bounded buffer, first in, first out.
#[derive(Debug, Default)]
struct Loose {
    objects: VecDeque<(ContentHash, ContentPayload)>,
    bytes: usize,
}

impl Loose {
    fn get(&self, hash: &ContentHash) -> Option<&ContentPayload> {
        self.objects
            .iter()
            .find(|(known, _)| known == hash)
            .map(|(_, object)| object)
    }

    fn push(&mut self, hash: ContentHash, object: ContentPayload) {
        if self.get(&hash).is_some() || object.bytes.len() > LOOSE_BYTES {
            return;
        }
        self.bytes += object.bytes.len();
        self.objects.push_back((hash, object));
        while self.objects.len() > LOOSE_OBJECTS || self.bytes > LOOSE_BYTES {
            let Some((_, oldest)) = self.objects.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes.len();
        }
    }

    fn remove(&mut self, hash: &ContentHash) {
        self.objects.retain(|(known, _)| known != hash);
        self.bytes = self.objects.iter().map(|(_, object)| object.bytes.len()).sum();
    }

    fn take_named(&mut self, names: &Names) -> Vec<(ContentHash, ContentPayload)> {
        let (named, loose): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut self.objects)
            .into_iter()
            .partition(|(hash, _)| names.contains(hash));
        self.bytes = loose.iter().map(|(_, object)| object.bytes.len()).sum();
        self.objects = loose;
        named.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(n: u32, bytes: usize) -> (ContentHash, ContentPayload) {
        let mut body = vec![0; bytes];
        body[..4].copy_from_slice(&n.to_le_bytes());
        let object = ContentPayload {
            salt: [0; 16],
            bytes: body,
        };
        (object.hash(), object)
    }

    #[test]
    fn loose_content_is_bounded_in_number_and_in_bytes() {
        for (size, most) in [(100, LOOSE_OBJECTS), (500_000, LOOSE_BYTES / 500_000)] {
            let mut loose = Loose::default();
            let all: Vec<_> = (0..1000).map(|n| object(n, size)).collect();
            for (hash, object) in &all {
                loose.push(*hash, object.clone());
            }
            assert_eq!(loose.objects.len(), most);
            assert_eq!(loose.bytes, most * size);
            assert!(loose.get(&all[999].0).is_some(), "the newest is there");
            assert!(loose.get(&all[0].0).is_none(), "the oldest went");
        }
    }
}
