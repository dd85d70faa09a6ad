//! The judge's own record: what the office decided, and every message that the hub signed. It is kept beside the hub,
//! from what people did, and knows nothing of heads and how they are built.

use heliograph_domain::{ChannelName, ContentHash, DisplayId, Priority};
use heliograph_wire::Topic;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A text: which publication, and which version of it. Its title says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Text {
    pub(crate) publication: u64,
    pub(crate) version: u64,
}

impl Text {
    pub(crate) fn title(self) -> String {
        format!("notice {} version {}", self.publication, self.version)
    }

    /// The text of a title that a display shows.
    pub(crate) fn of_title(title: &str) -> Option<Self> {
        let mut words = title.split(' ');
        let ("notice", publication, "version", version) = (words.next()?, words.next()?, words.next()?, words.next()?)
        else {
            return None;
        };
        Some(Self {
            publication: publication.parse().ok()?,
            version: version.parse().ok()?,
        })
    }
}

/// A text on release, as the office wanted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) text: Text,
    pub(crate) hash: ContentHash,
    pub(crate) from: u64,
    pub(crate) until: Option<u64>,
    pub(crate) released_at: u64,
    pub(crate) standing: bool,
    pub(crate) lease_ms: Option<u64>,
    pub(crate) priority: Priority,
}

/// A channel's texts, by publication.
pub(crate) type Shelf = BTreeMap<u64, Entry>;

/// What the office decided about a display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tuning {
    pub(crate) channels: Vec<ChannelName>,
    pub(crate) profile: Option<ContentHash>,
}

/// A message that the hub signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) epoch: u32,
    pub(crate) version: u64,
    pub(crate) issued_at: u64,
}

/// Something that stands by the position of the log at which it came to be.
pub(crate) type Versions<T> = BTreeMap<u64, T>;

/// The record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) position: u64,
    pub(crate) at: u64,
    pub(crate) channels: BTreeMap<ChannelName, Versions<Arc<Shelf>>>,
    pub(crate) tunings: BTreeMap<DisplayId, Versions<Arc<Tuning>>>,
    pub(crate) blanks: Versions<bool>,
    pub(crate) erasures: Versions<Arc<BTreeSet<ContentHash>>>,
    /// Every text that was ever released, to whatever channel.
    pub(crate) ever: BTreeSet<Text>,
    signed: HashMap<String, HashMap<[u8; 32], Signed>>,
    /// The payloads of each topic, in the order in which they were signed first.
    payloads: BTreeMap<String, Vec<Vec<u8>>>,
    bodies: HashMap<(String, [u8; 32]), Signed>,
    objects: HashMap<ContentHash, [u8; 32]>,
}

/// Offset of an envelope's body, and the length of what follows it.
const HEADER: usize = 34;
const SIGNATURE: usize = 64;

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The body of an envelope.
pub(crate) fn body_of(payload: &[u8]) -> &[u8] {
    let end = payload.len().saturating_sub(SIGNATURE);
    payload.get(HEADER..end).unwrap_or_default()
}

fn number(payload: &[u8], from: usize, to: usize) -> u64 {
    let bytes = payload.get(from..to).unwrap_or_default();
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

impl Record {
    /// Records were appended, at this time by the hub's clock.
    pub(crate) fn grew(&mut self, records: usize, at: u64) {
        self.position += records as u64;
        self.at = self.at.max(at);
    }

    /// The newest state of a channel.
    pub(crate) fn shelf(&self, channel: &ChannelName) -> Arc<Shelf> {
        let newest = self
            .channels
            .get(channel)
            .and_then(|versions| versions.values().next_back());
        newest.cloned().unwrap_or_default()
    }

    /// A channel's texts changed with the newest record; what is over by then is not said any more.
    pub(crate) fn put_shelf(&mut self, channel: &ChannelName, mut shelf: Shelf) {
        let at = self.at;
        shelf.retain(|_, entry| entry.until.is_none_or(|until| at < until));
        let versions = self.channels.entry(channel.clone()).or_default();
        versions.insert(self.position, Arc::new(shelf));
    }

    pub(crate) fn tuning(&self, display: DisplayId) -> Arc<Tuning> {
        let newest = self
            .tunings
            .get(&display)
            .and_then(|versions| versions.values().next_back());
        newest.cloned().unwrap_or_default()
    }

    pub(crate) fn put_tuning(&mut self, display: DisplayId, tuning: Tuning) {
        let versions = self.tunings.entry(display).or_default();
        versions.insert(self.position, Arc::new(tuning));
    }

    pub(crate) fn erased(&self) -> Arc<BTreeSet<ContentHash>> {
        self.erasures.values().next_back().cloned().unwrap_or_default()
    }

    /// The hub made a message of its own.
    pub(crate) fn takes(&mut self, path: &str, topic: &Topic, payload: &[u8]) {
        if payload.is_empty() {
            return;
        }
        if let Topic::Content(_, hash) = topic {
            self.objects.entry(*hash).or_insert_with(|| sha256(payload));
            return;
        }
        let signed = Signed {
            epoch: u32::try_from(number(payload, 10, 14)).unwrap_or(0),
            version: number(payload, 14, 22),
            issued_at: number(payload, 22, 30),
        };
        let known = self.signed.entry(path.to_owned()).or_default();
        if known.insert(sha256(payload), signed).is_none() {
            self.payloads.entry(path.to_owned()).or_default().push(payload.to_vec());
            self.bodies.insert((path.to_owned(), sha256(body_of(payload))), signed);
        }
    }

    /// Who made a message, if the hub did, and its digest.
    pub(crate) fn signed(&self, path: &str, payload: &[u8]) -> Option<(Signed, [u8; 32])> {
        let digest = sha256(payload);
        let signed = self.signed.get(path)?.get(&digest)?;
        Some((*signed, digest))
    }

    /// The newest message that had this body.
    pub(crate) fn of_body(&self, path: &str, body: &[u8]) -> Option<Signed> {
        self.bodies.get(&(path.to_owned(), sha256(body))).copied()
    }

    /// Everything that the hub ever signed on a topic.
    pub(crate) fn payloads(&self, path: &str) -> &[Vec<u8>] {
        self.payloads.get(path).map_or(&[], |payloads| payloads)
    }

    pub(crate) fn paths(&self) -> Vec<&String> {
        self.payloads.keys().collect()
    }

    /// Whether these are the bytes of an object that the hub handed out.
    pub(crate) fn is_object(&self, hash: &ContentHash, payload: &[u8]) -> bool {
        self.objects.get(hash) == Some(&sha256(payload))
    }
}
