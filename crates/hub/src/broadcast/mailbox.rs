//! What a display would find at an honest broker: the newest message of every signed topic that is retained.

use bytes::Bytes;
use heliograph_domain::ChannelName;
use heliograph_wire::{Newest, Topic, claimed_version};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The newest signed messages, for whoever hands them out past the broker. The broadcaster's core alone writes; it does
/// so as soon as something is signed, whether or not the broker is there.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    letters: BTreeMap<Topic, Bytes>,
    /// What heartbeats repeat: position and digest of each head.
    marks: BTreeMap<ChannelName, (u64, [u8; 32])>,
}

impl Mailbox {
    /// The newest message of a topic. A heartbeat found here is up to 15 s old.
    pub(crate) fn letter(&self, topic: &Topic) -> Option<Bytes> {
        self.kept().letters.get(topic).cloned()
    }

    /// The trust documents that changed the root, the first one first.
    pub(crate) fn trust_steps(&self) -> Vec<(Topic, Bytes)> {
        let kept = self.kept();
        let steps = kept
            .letters
            .iter()
            .filter(|(topic, _)| matches!(topic, Topic::TrustStep(_)));
        steps.map(|(topic, payload)| (topic.clone(), payload.clone())).collect()
    }

    /// Channel, position and digest of every head, as a heartbeat names them.
    pub(crate) fn marks(&self) -> Vec<(ChannelName, u64, [u8; 32])> {
        let kept = self.kept();
        let marks = kept.marks.iter();
        marks
            .map(|(channel, (position, digest))| (channel.clone(), *position, *digest))
            .collect()
    }

    /// The versions of what every display should have, as a heartbeat tells them.
    pub(crate) fn newest(&self) -> Newest {
        let kept = self.kept();
        let version = |topic| {
            let letter = kept.letters.get(&topic);
            letter.and_then(|payload| claimed_version(payload)).unwrap_or(0)
        };
        Newest {
            // A trust document's number has 32 bits.
            trust: u32::try_from(version(Topic::Trust)).unwrap_or(u32::MAX),
            site: version(Topic::Site),
            erased: version(Topic::Erased),
        }
    }

    /// Keeps a message; an empty one clears its topic, as at the broker.
    pub(super) fn put(&self, topic: &Topic, payload: &Bytes) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if payload.is_empty() {
            kept.letters.remove(topic);
        } else {
            kept.letters.insert(topic.clone(), payload.clone());
        }
    }

    pub(super) fn mark(&self, channel: &ChannelName, position: u64, digest: [u8; 32]) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.marks.insert(channel.clone(), (position, digest));
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
