//! What a display ought to believe, worked out anew from the rules of `docs/wire-format.md` and from what was really
//! brought to it. It verifies nothing: the record knows what the hub signed.

use super::record::{Record, Shelf, Signed, Tuning};
use heliograph_domain::{ChannelName, ContentHash, DisplayId};
use heliograph_player::replica::Remembered;
use heliograph_wire::Topic;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a message ought to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It is the hub's, for this display, and says something new.
    News,
    /// It may not change anything.
    Nothing,
}

/// Epoch, version and digest of the newest message of a topic.
type Newest = (u32, u64, [u8; 32]);

/// A display's beliefs; versions are positions of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Belief {
    pub(crate) epoch: u32,
    newest: BTreeMap<String, Newest>,
    /// What must be found again after a restart: the newest of each topic.
    pub(crate) kept: BTreeMap<String, (u32, u64)>,
    pub(crate) config: Option<u64>,
    pub(crate) heads: BTreeMap<ChannelName, u64>,
    pub(crate) site: Option<u64>,
    pub(crate) erased: Option<u64>,
    /// The hub's newest sign of life.
    pub(crate) heard: u64,
}

impl Belief {
    /// For a story.
    pub(crate) fn brief(&self) -> String {
        let Self {
            epoch,
            config,
            heads,
            site,
            erased,
            ..
        } = self;
        format!("epoch {epoch}, config {config:?}, heads {heads:?}, site {site:?}, erased {erased:?}")
    }

    pub(crate) fn tuning(&self, record: &Record, display: DisplayId) -> Arc<Tuning> {
        let versions = record.tunings.get(&display);
        let tuning = self.config.and_then(|version| versions?.get(&version));
        tuning.cloned().unwrap_or_default()
    }

    pub(crate) fn blanked(&self, record: &Record) -> bool {
        self.site
            .and_then(|version| record.blanks.get(&version))
            .copied()
            .unwrap_or(false)
    }

    pub(crate) fn gone(&self, record: &Record) -> Arc<BTreeSet<ContentHash>> {
        let erased = self.erased.and_then(|version| record.erasures.get(&version));
        erased.cloned().unwrap_or_default()
    }

    /// The texts that it may show: those of its channels, each publication as its newest head tells it.
    pub(crate) fn programme(&self, record: &Record, display: DisplayId) -> Shelf {
        let mut merged: BTreeMap<u64, (u64, super::record::Entry)> = BTreeMap::new();
        for channel in &self.tuning(record, display).channels {
            let Some(version) = self.heads.get(channel) else {
                continue;
            };
            let Some(shelf) = record.channels.get(channel).and_then(|versions| versions.get(version)) else {
                continue;
            };
            for (publication, entry) in shelf.iter() {
                let known = merged.get(publication);
                if known.is_none_or(|(position, _)| position < version) {
                    merged.insert(*publication, (*version, entry.clone()));
                }
            }
        }
        let gone = self.gone(record);
        let entries = merged.into_iter().map(|(publication, (_, entry))| (publication, entry));
        entries.filter(|(_, entry)| !gone.contains(&entry.hash)).collect()
    }

    /// What a message would be worth.
    pub(crate) fn worth(
        &self,
        record: &Record,
        display: DisplayId,
        topic: &Topic,
        path: &str,
        payload: &[u8],
    ) -> Worth {
        if let Topic::Content(channel, hash) = topic {
            let tuned = self.tuning(record, display).channels.contains(channel);
            let sound = record.is_object(hash, payload) && !self.gone(record).contains(hash);
            return if tuned && sound { Worth::News } else { Worth::Nothing };
        }
        match self.believable(record, display, topic, path, payload) {
            Some((signed, digest)) if self.newest.get(path) != Some(&(signed.epoch, signed.version, digest)) => {
                Worth::News
            }
            // The newest once more: harmless, unless the display has left the channel since and is back.
            Some((signed, _)) => match topic {
                Topic::Head(channel) if self.heads.get(channel) != Some(&signed.version) => Worth::News,
                _ => Worth::Nothing,
            },
            None => Worth::Nothing,
        }
    }

    /// The message, if it is the hub's, for this display, and not older than what is believed.
    fn believable(
        &self,
        record: &Record,
        display: DisplayId,
        topic: &Topic,
        path: &str,
        payload: &[u8],
    ) -> Option<(Signed, [u8; 32])> {
        let (signed, digest) = record.signed(path, payload)?;
        let meant = match topic {
            Topic::Config(id) => *id == display,
            Topic::Head(channel) => self.tuning(record, display).channels.contains(channel),
            Topic::Trust | Topic::Site | Topic::Erased | Topic::Heartbeat => true,
            _ => false,
        };
        let believed = *topic == Topic::Trust || signed.epoch == self.epoch;
        let known = self.newest.get(path);
        let fresh = known.is_none_or(|known| {
            let offered = (signed.epoch, signed.version);
            offered > (known.0, known.1) || (offered == (known.0, known.1) && digest == known.2)
        });
        (meant && believed && fresh).then_some((signed, digest))
    }

    /// Takes a message.
    pub(crate) fn hears(&mut self, record: &Record, display: DisplayId, topic: &Topic, path: &str, payload: &[u8]) {
        let Some((signed, digest)) = self.believable(record, display, topic, path, payload) else {
            return;
        };
        let repeated = self.newest.get(path) == Some(&(signed.epoch, signed.version, digest));
        self.newest
            .insert(path.to_owned(), (signed.epoch, signed.version, digest));
        if !repeated {
            self.heard = self.heard.max(signed.issued_at);
        }
        // Heartbeats come all the time, and are stored now and then.
        if *topic != Topic::Heartbeat {
            self.kept.insert(path.to_owned(), (signed.epoch, signed.version));
        }
        match topic {
            Topic::Trust => self.epoch = signed.epoch,
            Topic::Config(_) => {
                self.config = Some(signed.version);
                let channels = &self.tuning(record, display).channels;
                self.heads.retain(|channel, _| channels.contains(channel));
            }
            Topic::Head(channel) => drop(self.heads.insert(channel.clone(), signed.version)),
            Topic::Site => self.site = Some(signed.version),
            Topic::Erased => self.erased = Some(signed.version),
            _ => {}
        }
    }

    #[allow(clippy::type_complexity, reason = "a comparison, made in one place")]
    /// Whether all this is on the disk when `stored` is.
    pub(crate) fn is_in(&self, stored: &Self) -> bool {
        let same = (self.epoch, self.config, self.site, self.erased)
            == (stored.epoch, stored.config, stored.site, stored.erased);
        same && self.heads == stored.heads && self.kept == stored.kept
    }

    /// What a disk kept, as beliefs; an error names what on it the hub never signed.
    pub(crate) fn recalled(
        record: &Record,
        display: DisplayId,
        on_disk: &Remembered,
        path: &dyn Fn(&Topic) -> String,
    ) -> Result<Self, String> {
        let version = |topic: Topic, body: &Option<Vec<u8>>| match body {
            Some(body) if !body.is_empty() => {
                let found = record.of_body(&path(&topic), body);
                found
                    .map(|signed| Some(signed.version))
                    .ok_or(format!("{topic:?} on the disk was never signed"))
            }
            _ => Ok(None),
        };
        let mut belief = Self {
            config: version(Topic::Config(display), &on_disk.config)?,
            site: version(Topic::Site, &on_disk.site)?,
            erased: version(Topic::Erased, &on_disk.erased)?,
            heard: on_disk.heard.heard_at.map_or(0, |at| at.0),
            ..Self::default()
        };
        for (channel, body) in &on_disk.heads {
            let found = version(Topic::Head(channel.clone()), &Some(body.clone()))?;
            belief.heads.extend(found.map(|version| (channel.clone(), version)));
        }
        if let Some(trust) = &on_disk.trust {
            belief.epoch = trust.epoch_of(&Topic::Trust);
            let topics = [
                Topic::Trust,
                Topic::Config(display),
                Topic::Site,
                Topic::Erased,
                Topic::Heartbeat,
            ];
            let heads = record.channels.keys().cloned().map(Topic::Head);
            for topic in topics.into_iter().chain(heads) {
                let (epoch, version) = (trust.epoch_of(&topic), trust.version_of(&topic));
                let path = path(&topic);
                let payloads = record.payloads(&path).iter();
                let all = payloads.filter_map(|payload| record.signed(&path, payload));
                let mut same = all.filter(|(signed, _)| (signed.epoch, signed.version) == (epoch, version));
                let Some((_, digest)) = same.find(|(_, digest)| is_newest(trust, &topic, record, &path, digest)) else {
                    continue;
                };
                belief.kept.insert(path.clone(), (epoch, version));
                belief.newest.insert(path, (epoch, version, digest));
            }
        }
        Ok(belief)
    }
}

fn is_newest(trust: &heliograph_wire::Trust, topic: &Topic, record: &Record, path: &str, digest: &[u8; 32]) -> bool {
    let payloads = record.payloads(path).iter();
    let mut same = payloads.filter(|payload| record.signed(path, payload).is_some_and(|(_, known)| known == *digest));
    same.any(|payload| trust.is_newest(topic, payload))
}
