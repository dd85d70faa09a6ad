//! The signer itself: its own fold of the log, the keys, and the rules. A head is signed only when every item in it went
//! through the hands of three different people.

use super::{Ask, Unsigned};
use crate::clock::Clock;
use crate::keys::RoleKeys;
use crate::state::{Erased, KnownBlank, KnownDisplay, KnownSite, State};
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ChannelHead, ChannelName, DisplayId, Instant, SiteName};
use heliograph_log::{EventLog, Follower, Position, Record};
use heliograph_wire::{
    Ack, Command, DisplayConfig, HeadMark, Heartbeat, KeyPair, Newest, SiteState, Stamp, TimeAnswer, Topic, pack_head,
    seal,
};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// Displays are told of an erasure for so long: one that was dark for longer has dropped everything by its lease.
const ERASED_KEPT_MS: u64 = 400 * DAY_MS;
/// And of so many at most, the newest: a message holds no more.
const ERASED_MOST: usize = 1500;
/// A time that is further from the signer's own clock is not signed: displays never go back behind signed time.
const CLOCK_OFF_MS: u64 = 120_000;
/// Addresses that a configuration names, and their lengths, at most.
const MOST_HUBS: usize = 8;
const HUB_BYTES: usize = 300;
/// Records read at a time.
const CHUNK: usize = 4096;

/// Where the signer reads the log.
pub(super) trait Records: Send {
    /// The records after a position, some of them at least if there are any.
    fn after(&mut self, position: u64) -> Result<Vec<Record>, String>;
}

/// The log that the same process writes.
pub(super) struct OwnLog(pub(super) Arc<dyn EventLog>);

impl Records for OwnLog {
    fn after(&mut self, position: u64) -> Result<Vec<Record>, String> {
        self.0
            .read(Position(position), CHUNK)
            .map_err(|error| error.to_string())
    }
}

/// The log that another process writes, read without a lock.
pub(super) struct FollowedLog {
    data: PathBuf,
    /// The follower, and the last record that it gave.
    follower: Option<(Follower, u64)>,
}

impl FollowedLog {
    pub(super) fn new(data: PathBuf) -> Self {
        Self { data, follower: None }
    }
}

impl Records for FollowedLog {
    fn after(&mut self, position: u64) -> Result<Vec<Record>, String> {
        // Where reading broke off, or what was read was not folded, it begins anew: nothing may be left out. The hub may
        // not have begun its log yet.
        let mut follower = match self.follower.take() {
            Some((follower, given)) if given == position => follower,
            _ => Follower::open(&self.data).map_err(|error| error.to_string())?,
        };
        let mut records = Vec::new();
        while records.len() < CHUNK {
            match follower.next().map_err(|error| error.to_string())? {
                Some(record) if record.position.0 > position => records.push(record),
                Some(_) => {}
                None => break,
            }
        }
        let given = records.last().map_or(position, |record| record.position.0);
        self.follower = Some((follower, given));
        Ok(records)
    }
}

/// What signs.
pub(super) struct Sealer {
    site: SiteName,
    roles: RoleKeys,
    records: Box<dyn Records>,
    state: State,
    /// Its own clock, where it has one of its own.
    clock: Option<Arc<dyn Clock>>,
}

impl Sealer {
    /// `state`: what was folded of the same log already.
    pub(super) fn new(
        site: SiteName,
        roles: RoleKeys,
        records: Box<dyn Records>,
        state: State,
        clock: Option<Arc<dyn Clock>>,
    ) -> Self {
        Self {
            site,
            roles,
            records,
            state,
            clock,
        }
    }

    /// Signs what is asked for, if the log says so.
    pub(super) fn answer(&mut self, ask: &Ask) -> Result<Vec<u8>, Unsigned> {
        let payload = match ask {
            Ask::Head {
                channel,
                position,
                body,
            } => self.head(channel, *position, body),
            Ask::Config {
                display,
                position,
                hubs,
            } => self.config(*display, *position, hubs),
            Ask::Erased { position } => self.erased(*position),
            Ask::Site { position } => self.site_state(*position),
            Ask::Heartbeat {
                position,
                time,
                marks,
                newest,
            } => self.heartbeat(*position, *time, marks, *newest),
            Ask::Time { display, nonce, time } => self.time(*display, *nonce, *time),
            Ask::Command { display, command, time } => self.command(*display, command, *time),
            Ask::Ack {
                display,
                sequence,
                time,
            } => self.ack(*display, *sequence, *time),
        };
        payload.and_then(|(topic, payload)| {
            if payload.len() <= topic.limit() {
                Ok(payload)
            } else {
                Err(Unsigned::TooLarge)
            }
        })
    }

    /// Folds the log at least up to a position.
    fn catch_up(&mut self, position: u64) -> Result<(), Unsigned> {
        while self.state.position < position {
            let records = self.records.after(self.state.position).map_err(Unsigned::Log)?;
            if records.is_empty() {
                return Err(Unsigned::Behind(position));
            }
            for record in records {
                let next = self.state.position + 1;
                if record.position.0 != next {
                    return Err(Unsigned::Log(format!("record {next} is missing")));
                }
                self.state
                    .apply(&record)
                    .map_err(|error| Unsigned::Log(error.to_string()))?;
            }
        }
        Ok(())
    }

    /// Whether the fold's own position is the one that was asked for.
    fn same(asked: u64, own: u64) -> Result<(), Unsigned> {
        match own.cmp(&asked) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Unsigned::MovedOn),
            std::cmp::Ordering::Less => Err(Unsigned::Differs),
        }
    }

    fn head(&mut self, channel: &ChannelName, position: u64, body: &[u8; 32]) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.catch_up(position)?;
        let head = self.state.head(channel).ok_or(Unsigned::Differs)?;
        Self::same(position, head.position)?;
        self.passed_three_people(&head)?;
        let own = pack_head(&head).0.to_bytes();
        if <[u8; 32]>::from(Sha256::digest(&own)) != *body {
            return Err(Unsigned::Differs);
        }
        let topic = Topic::Head(channel.clone());
        Ok(self.sealed(&self.roles.release, topic, head.position, head.as_of, &own))
    }

    fn passed_three_people(&self, head: &ChannelHead) -> Result<(), Unsigned> {
        for item in &head.items {
            let id = item.publication;
            let dossier = self.state.publications.get(&id).ok_or(Unsigned::NotReleased(id))?;
            let on = dossier.publication.released.as_ref();
            let on = on.ok_or(Unsigned::NotReleased(id))?;
            if on.release.content != item.content {
                return Err(Unsigned::ForeignContent(id));
            }
            if !on.hands.are_apart() {
                return Err(Unsigned::FourEyes(id));
            }
        }
        Ok(())
    }

    /// A display that hangs somewhere.
    fn display(&self, id: DisplayId) -> Result<&KnownDisplay, Unsigned> {
        let known = self.state.displays.get(&id);
        known
            .map(AsRef::as_ref)
            .filter(|known| !known.display.retired)
            .ok_or(Unsigned::UnknownDisplay(id))
    }

    fn config(&mut self, id: DisplayId, position: u64, hubs: &[String]) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.catch_up(position)?;
        if hubs.len() > MOST_HUBS || hubs.iter().any(|hub| hub.len() > HUB_BYTES) {
            return Err(Unsigned::TooLarge);
        }
        let (known, site) = (self.display(id)?, self.state.site.as_ref().ok_or(Unsigned::Differs)?);
        let (own, at) = config_version(known, site);
        Self::same(position, own)?;
        let setting = &known.display.setting;
        let body = DisplayConfig {
            display: id,
            name: setting.name.clone(),
            location: setting.location.clone(),
            profile: setting.profile.clone(),
            panel: setting.panel,
            language: setting.language,
            channels: setting.channels.clone(),
            brightness_percent: 100,
            drill: false,
            hubs: hubs.to_vec(),
            font_set: None,
            site_profile: site.profile,
        };
        Ok(self.sealed(&self.roles.release, Topic::Config(id), own, at, &body.to_bytes()))
    }

    /// The list of what displays must drop. Its version is the last erasure's, and time is counted from that one: same log,
    /// same bytes.
    fn erased(&mut self, position: u64) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.catch_up(position)?;
        let last = self.state.erased.last().ok_or(Unsigned::Differs)?;
        Self::same(position, last.position)?;
        let young = |it: &&Erased| last.at.since(it.at) < ERASED_KEPT_MS;
        let newest = self.state.erased.iter().rev().take(ERASED_MOST).filter(young);
        let body = heliograph_wire::Erased {
            hashes: newest.map(|it| it.content).collect(),
        };
        Ok(self.sealed(
            &self.roles.release,
            Topic::Erased,
            last.position,
            last.at,
            &body.to_bytes(),
        ))
    }

    fn site_state(&mut self, position: u64) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.catch_up(position)?;
        let KnownBlank {
            blank,
            position: own,
            at,
        } = self.state.blank;
        Self::same(position, own)?;
        let body = SiteState {
            blanked: blank.on,
            since: at,
        };
        Ok(self.sealed(&self.roles.release, Topic::Site, own, at, &body.to_bytes()))
    }

    /// The marks are the hub's: a false one only makes displays ask again.
    fn heartbeat(
        &self,
        position: u64,
        time: Instant,
        marks: &[(ChannelName, u64, [u8; 32])],
        newest: Newest,
    ) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.in_time(time)?;
        let marks = marks.iter().map(|(channel, position, sha256)| HeadMark {
            channel: channel.clone(),
            position: *position,
            sha256: *sha256,
        });
        let body = Heartbeat {
            position,
            time,
            heads: marks.collect(),
            newest,
        };
        // Its version is the time, so that the newest is known from every other.
        Ok(self.sealed(&self.roles.heartbeat, Topic::Heartbeat, time.0, time, &body.to_bytes()))
    }

    fn time(&self, id: DisplayId, nonce: [u8; 16], time: Instant) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.in_time(time)?;
        let body = TimeAnswer { nonce, time };
        Ok(self.sealed(&self.roles.heartbeat, Topic::Time(id), time.0, time, &body.to_bytes()))
    }

    fn command(&self, id: DisplayId, command: &Command, time: Instant) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.in_time(time)?;
        self.display(id)?;
        Ok(self.sealed(
            &self.roles.command,
            Topic::Command(id),
            time.0,
            time,
            &command.to_bytes(),
        ))
    }

    fn ack(&self, id: DisplayId, sequence: u64, time: Instant) -> Result<(Topic, Vec<u8>), Unsigned> {
        self.in_time(time)?;
        self.display(id)?;
        let body = Ack { sequence };
        Ok(self.sealed(&self.roles.command, Topic::Ack(id), time.0, time, &body.to_bytes()))
    }

    fn in_time(&self, time: Instant) -> Result<(), Unsigned> {
        let off = self.clock.as_ref().map_or(0, |clock| clock.now().0.abs_diff(time.0));
        if off > CLOCK_OFF_MS {
            return Err(Unsigned::Clock(off));
        }
        Ok(())
    }

    fn sealed(&self, key: &KeyPair, topic: Topic, version: u64, issued_at: Instant, body: &[u8]) -> (Topic, Vec<u8>) {
        let stamp = Stamp {
            epoch: self.roles.epoch,
            version,
            issued_at,
        };
        let payload = seal(key, &self.site, &topic, stamp, body);
        (topic, payload)
    }
}

/// A configuration's version: the last record that it depends on, and when that was made.
pub(crate) fn config_version(known: &KnownDisplay, site: &KnownSite) -> (u64, Instant) {
    if known.position > site.position {
        (known.position, known.at)
    } else {
        (site.position, site.at)
    }
}
