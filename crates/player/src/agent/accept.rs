//! Which messages are believed, and what each does.

use super::heads::Taken;
use super::report::{STATUS_SOON_MS, pause_ms};
use super::{Action, Agent, Setting};
use crate::clock::Moment;
use crate::replica::Change;
use heliograph_domain::{ChannelName, ContentHash};
use heliograph_wire::{
    Ack, Admitted, Command, CommandVerb, ContentPayload, DisplayConfig, Erased, HeadMark, Heartbeat, Opened, Reply,
    SiteState, Topic,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A panel has so many pixels each way, as when a display is enrolled.
const PANEL_PX: std::ops::RangeInclusive<u16> = 8..=7680;

/// The hashes that an erased-message names.
pub(super) fn erased_hashes(body: &[u8]) -> Result<BTreeSet<ContentHash>, String> {
    let erased = Erased::from_bytes(body).map_err(|error| error.to_string())?;
    Ok(erased.hashes.into_iter().collect())
}

impl Agent {
    /// Takes a message, or says why not.
    pub(super) fn message(&mut self, path: &str, payload: &[u8], now: Moment) -> Result<(), String> {
        let topic = Topic::parse(&self.me.site, path).ok_or("it is no topic of this site")?;
        if payload.is_empty() {
            // So a broker tells that a retained message was cleared. It is not signed, and nothing follows from it.
            return Ok(());
        }
        match &topic {
            Topic::Trust => self.trust_document(&topic, payload, now),
            // Steps that lie behind are said again after each subscription, under roots that are none any more.
            Topic::TrustStep(serial) if u64::from(*serial) <= self.trust.version_of(&Topic::Trust) => Ok(()),
            Topic::TrustStep(_) => self.trust_document(&topic, payload, now),
            Topic::Site => self.site_state(&topic, payload, now),
            Topic::Time(display) if *display == self.me.display => self.time_answer(&topic, payload, now),
            Topic::Ack(display) if *display == self.me.display => self.acknowledged(&topic, payload, now),
            Topic::Config(display) if *display == self.me.display => self.config(&topic, payload, now),
            Topic::Command(display) if *display == self.me.display => self.command(&topic, payload, now),
            Topic::Heartbeat => self.heartbeat(&topic, payload, now),
            Topic::Erased => self.erased(&topic, payload, now),
            Topic::Head(channel) => {
                self.tuned(channel)?;
                self.head(channel, &topic, payload, now)
            }
            Topic::Content(channel, hash) => {
                self.tuned(channel)?;
                self.content(*hash, payload, topic.limit())
            }
            _ => Err("it is not for this display".to_owned()),
        }
    }

    fn tuned(&self, channel: &ChannelName) -> Result<(), String> {
        let tuned = self.channels().contains(channel);
        tuned
            .then_some(())
            .ok_or_else(|| "this display is not tuned to it".to_owned())
    }

    /// Verifies a signed message and that it is not older than one already accepted. The second part of the answer
    /// is whether it is new.
    pub(super) fn admit(&mut self, topic: &Topic, payload: &[u8]) -> Result<(Opened, bool), String> {
        match self.trust.admit(topic, payload) {
            Ok(Admitted::New(opened)) => Ok((opened, true)),
            Ok(Admitted::Repeated(opened)) => Ok((opened, false)),
            Err(refusal) => Err(refusal.to_string()),
        }
    }

    /// As `admit`, for messages whose date tells how late it is at least.
    fn admit_dated(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(Opened, bool), String> {
        let (opened, new) = self.admit(topic, payload)?;
        if new {
            self.time.signed(opened.stamp.issued_at, now);
            // That it was believed is stored at once, even when it says what was known: after a power cut a version
            // in between would be believed else. The trust is stored with every change; an empty list would be none.
            self.todo.changes.push(Change::Heard(self.time.heard(now)));
            self.todo.show = true;
        }
        Ok((opened, new))
    }

    /// A new trust document may make believable what was refused before, so everything is asked for again.
    fn trust_document(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        if self.trust.is_newest(&Topic::Trust, payload) {
            // A document that changed the root is signed by the one before, which may sign nothing now.
            return Ok(());
        }
        let (_, new) = self.admit_dated(topic, payload, now)?;
        if new {
            self.subscribe();
            self.look_for_gaps(now);
        }
        Ok(())
    }

    fn config(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, _) = self.admit_dated(topic, payload, now)?;
        if self.setting.as_ref().is_some_and(|known| known.body == opened.body) {
            return Ok(());
        }
        let config = DisplayConfig::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        if config.display != self.me.display {
            return Err(format!("it is the config of display {}", config.display));
        }
        if !PANEL_PX.contains(&config.panel.width_px) || !PANEL_PX.contains(&config.panel.height_px) {
            return Err("its panel has an impossible size".to_owned());
        }
        self.retune(&config.channels);
        self.todo.changes.push(Change::Config(opened.body.clone()));
        self.setting = Some(Setting {
            body: opened.body,
            config,
        });
        (self.todo.named, self.todo.show) = (true, true);
        self.todo.report_within(0);
        Ok(())
    }

    fn retune(&mut self, channels: &[ChannelName]) {
        let before: Vec<_> = self.channels().to_vec();
        let filters = |of: &[ChannelName], without: &[ChannelName]| -> Vec<String> {
            let of = of.iter().filter(|channel| !without.contains(channel));
            of.map(|channel| self.channel_filter(channel)).collect()
        };
        let (left, joined) = (filters(&before, channels), filters(channels, &before));
        if !left.is_empty() {
            self.outbox.push(Action::Unsubscribe(left));
        }
        if !joined.is_empty() {
            self.outbox.push(Action::Subscribe(joined));
        }
        self.behind.retain(|channel| channels.contains(channel));
        let dropped = self.heads.tune(channels);
        self.todo.changes.extend(dropped);
    }

    fn head(&mut self, channel: &ChannelName, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, _) = self.admit_dated(topic, payload, now)?;
        match self.heads.take(channel, opened.body, &self.contents) {
            Taken::Known => return Ok(()),
            Taken::Malformed(why) => return Err(why),
            Taken::Waiting(changes) => self.todo.changes.extend(changes),
            Taken::InForce(changes) => {
                self.todo.changes.extend(changes);
                let late_ms = self.time.at(now).since(opened.stamp.issued_at);
                self.pause_ms = pause_ms(late_ms);
                self.todo.report_within(STATUS_SOON_MS.max(self.pause_ms));
            }
        }
        self.behind.remove(channel);
        (self.todo.named, self.todo.show) = (true, true);
        Ok(())
    }

    /// Content is not signed: its hash is its proof, and nothing shows it that something signed does not name.
    fn content(&mut self, hash: ContentHash, payload: &[u8], limit: usize) -> Result<(), String> {
        if self.contents.holds(&hash) {
            return Ok(());
        }
        if self.erased.contains(&hash) {
            return Err("this content was erased".to_owned());
        }
        if payload.len() > limit {
            return Err(format!("it has {} bytes, over the limit of {limit}", payload.len()));
        }
        let object = ContentPayload::from_bytes(payload).map_err(|error| error.to_string())?;
        if object.hash() != hash {
            return Err("its bytes do not match their hash".to_owned());
        }
        self.contents.take(hash, object);
        // What nothing names yet waits, and changes nothing.
        let named = self.named().any(|named| named == hash);
        self.todo.named |= named;
        Ok(())
    }

    fn erased(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, new) = self.admit_dated(topic, payload, now)?;
        let hashes = erased_hashes(&opened.body)?;
        if !new && hashes == self.erased {
            return Ok(());
        }
        let dropped: Vec<_> = hashes.iter().filter_map(|hash| self.contents.forget(hash)).collect();
        if self.profile.as_ref().is_some_and(|(hash, _)| hashes.contains(hash)) {
            self.profile = None;
        }
        self.todo.changes.extend(dropped);
        self.todo.changes.push(Change::Erased(opened.body));
        self.erased = hashes;
        (self.todo.named, self.todo.show) = (true, true);
        Ok(())
    }

    /// The hub is alive, it tells the time, and which heads a display should have by now.
    fn heartbeat(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, new) = self.admit(topic, payload)?;
        if !new {
            return Ok(());
        }
        let heartbeat = Heartbeat::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        self.time.signed(heartbeat.time, now);
        self.asking.alive(now.monotonic_ms);
        let tuned = heartbeat
            .heads
            .iter()
            .filter(|mark| self.channels().contains(&mark.channel));
        self.behind = tuned
            .filter(|mark| self.lags(mark, opened.stamp.epoch))
            .map(|mark| mark.channel.clone())
            .collect();
        self.told_newest = (opened.stamp.epoch, heartbeat.newest);
        self.look_for_gaps(now);
        (self.todo.heard, self.todo.show) = (true, true);
        Ok(())
    }

    /// Of what holds for every display, the topics of which the hub has said something newer than what is here.
    pub(super) fn lacking(&self) -> Vec<Topic> {
        let (epoch, newest) = self.told_newest;
        let older = |topic: &Topic, version: u64| {
            let here = (self.trust.epoch_of(topic), self.trust.version_of(topic));
            version > 0 && (epoch, version) > here
        };
        let mut lacking = Vec::new();
        // Only the root opens an epoch, so a trust document's number alone says which is newer.
        if u64::from(newest.trust) > self.trust.version_of(&Topic::Trust) {
            lacking.push(Topic::Trust);
        }
        let of_an_epoch = [(Topic::Site, newest.site), (Topic::Erased, newest.erased)];
        lacking.extend(
            of_an_epoch
                .into_iter()
                .filter(|(topic, version)| older(topic, *version))
                .map(|(topic, _)| topic),
        );
        lacking
    }

    /// Whether the hub has sent a head that is not here: a newer one, or another of the same position. In a new epoch
    /// positions may begin lower.
    fn lags(&self, mark: &HeadMark, epoch: u32) -> bool {
        let of_before = epoch > self.trust.epoch_of(&Topic::Head(mark.channel.clone()));
        self.heads.newest(&mark.channel).is_none_or(|(position, body)| {
            let other = || mark.sha256 != <[u8; 32]>::from(Sha256::digest(body));
            position < mark.position || ((position == mark.position || of_before) && other())
        })
    }

    /// What holds for the whole site, such as that every display is blanked.
    fn site_state(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, new) = self.admit_dated(topic, payload, now)?;
        if new {
            self.look_for_gaps(now);
        }
        let state = SiteState::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        if self.site != Some(state) {
            self.site = Some(state);
            self.todo.changes.push(Change::Site(opened.body));
            self.todo.show = true;
            self.todo.report_within(0);
        }
        Ok(())
    }

    /// This display keeps no receipts yet, so there is nothing to let go of.
    fn acknowledged(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, _) = self.admit_dated(topic, payload, now)?;
        Ack::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Does what a person at the hub asked for, once, and answers.
    fn command(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, new) = self.admit_dated(topic, payload, now)?;
        if !new {
            return Ok(());
        }
        let command = Command::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        if !self.time.known() || command.expires <= self.time.at(now) {
            return Err("the command came too late".to_owned());
        }
        let nonce = command.nonce;
        let reply = match command.verb {
            CommandVerb::Refresh => {
                self.subscribe();
                self.todo.report_within(0);
                Reply::Done { nonce }
            }
            CommandVerb::Identify | CommandVerb::Screenshot | CommandVerb::Restart => Reply::Failed {
                nonce,
                reason: "this player only knows how to refresh".to_owned(),
            },
        };
        self.say(&Topic::Reply(self.me.display), &reply.to_bytes(), now);
        Ok(())
    }
}
