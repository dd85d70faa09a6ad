//! Objects that do not travel through the broker are fetched from the hub: pictures, and texts that are too large for a
//! message. Which ones, when, and when again.

use super::timer::Timer;
use heliograph_domain::ContentHash;
use std::collections::BTreeMap;

/// So many are fetched at once.
const AT_ONCE: usize = 2;
/// After a failure it is tried again so much later, then ever more seldom. Milliseconds.
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 300_000;
/// A text usually comes through the broker a moment later: so long it is waited for.
const TEXT_GRACE_MS: u64 = 1_500;

/// What is wanted of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A document, a head's page or the site profile.
    Text,
    /// A picture of so many bytes, as the document tells.
    Picture(u32),
}

/// The most bytes of a text, as a hub takes them.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// The most bytes of any object.
const MAX_OBJECT_BYTES: usize = 64 << 20;
/// Format and salt before the object's bytes.
const HEAD_BYTES: usize = 17;

impl Kind {
    /// The most bytes that the answer may have.
    pub(super) fn most_bytes(self) -> usize {
        let bytes = match self {
            Self::Text => MAX_TEXT_BYTES,
            Self::Picture(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX).min(MAX_OBJECT_BYTES),
        };
        bytes + HEAD_BYTES
    }
}

#[derive(Debug)]
struct Wanted {
    kind: Kind,
    tries: u32,
    wait: Timer,
    under_way: bool,
}

/// What is wanted and how it stands.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    wanted: BTreeMap<ContentHash, Wanted>,
}

impl Fetches {
    /// Tells what is missing now.
    pub(super) fn missing(&mut self, missing: &BTreeMap<ContentHash, Kind>, now_ms: u64) {
        // One that is under way is waited for, so that there are never more at once than there may be.
        self.wanted
            .retain(|hash, wanted| wanted.under_way || missing.contains_key(hash));
        for (hash, kind) in missing {
            let grace = if *kind == Kind::Text { TEXT_GRACE_MS } else { 0 };
            self.wanted.entry(*hash).or_insert_with(|| Wanted {
                kind: *kind,
                tries: 0,
                wait: Timer::new(now_ms, grace),
                under_way: false,
            });
        }
    }

    /// Whether nothing is wanted.
    pub(super) fn is_idle(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What to fetch now: hash, what it is, and how often it was tried.
    pub(super) fn due(&mut self, now_ms: u64) -> Vec<(ContentHash, Kind, u32)> {
        let under_way = self.wanted.values().filter(|wanted| wanted.under_way).count();
        let due = self
            .wanted
            .iter_mut()
            .filter(|(_, wanted)| !wanted.under_way && wanted.wait.is_due(now_ms));
        due.take(AT_ONCE.saturating_sub(under_way))
            .map(|(hash, wanted)| {
                wanted.under_way = true;
                (*hash, wanted.kind, wanted.tries)
            })
            .collect()
    }

    /// A fetch came back with something: what was wanted of it.
    pub(super) fn came(&mut self, hash: &ContentHash) -> Option<Kind> {
        self.wanted.remove(hash).map(|wanted| wanted.kind)
    }

    /// A fetch failed, or what came was of no use.
    pub(super) fn failed(&mut self, hash: ContentHash, kind: Kind, tries: u32, now_ms: u64) {
        let wait = (FIRST_MS << tries.min(16)).min(LONGEST_MS);
        self.wanted.insert(
            hash,
            Wanted {
                kind,
                tries: tries.saturating_add(1),
                wait: Timer::new(now_ms, wait),
                under_way: false,
            },
        );
    }

    /// How often an object was tried.
    pub(super) fn tries(&self, hash: &ContentHash) -> u32 {
        self.wanted.get(hash).map_or(0, |wanted| wanted.tries)
    }

    /// The hub is there again: nothing waits any longer.
    pub(super) fn at_once(&mut self, now_ms: u64) {
        for wanted in self.wanted.values_mut().filter(|wanted| wanted.tries > 0) {
            wanted.wait = Timer::new(now_ms, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(of: std::ops::Range<u8>) -> BTreeMap<ContentHash, Kind> {
        of.map(|n| (ContentHash([n; 32]), Kind::Picture(9))).collect()
    }

    #[test]
    fn two_at_once_and_the_rest_in_turn() {
        let mut fetches = Fetches::default();
        fetches.missing(&pictures(0..5), 0);
        let first = fetches.due(0);
        assert_eq!(first.len(), 2);
        assert!(fetches.due(9).is_empty());
        assert_eq!(fetches.came(&first[0].0), Some(Kind::Picture(9)));
        assert_eq!(fetches.due(9).len(), 1);
        // What nobody wants any longer is not begun.
        fetches.missing(&BTreeMap::new(), 10);
        fetches.came(&first[1].0);
        assert!(fetches.due(1_000_000).is_empty());
    }

    #[test]
    fn what_fails_is_tried_ever_more_seldom_and_at_once_when_the_hub_is_back() {
        let mut fetches = Fetches::default();
        let missing = pictures(7..8);
        let (mut tried, mut now_ms) = (Vec::new(), 0);
        while now_ms < 1_000_000 {
            fetches.missing(&missing, now_ms);
            for (hash, kind, tries) in fetches.due(now_ms) {
                tried.push(now_ms / 1000);
                fetches.failed(hash, kind, tries, now_ms);
            }
            now_ms += 1000;
        }
        assert_eq!(tried, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]);
        fetches.at_once(now_ms);
        assert_eq!(fetches.due(now_ms).len(), 1);
    }

    #[test]
    fn a_text_is_given_time_to_come_by_itself() {
        let mut fetches = Fetches::default();
        let text = BTreeMap::from([(ContentHash([1; 32]), Kind::Text)]);
        fetches.missing(&text, 0);
        assert!(fetches.due(TEXT_GRACE_MS - 1).is_empty());
        assert_eq!(fetches.due(TEXT_GRACE_MS).len(), 1);
    }
}
