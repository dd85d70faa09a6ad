//! The display's mind, without sockets, files or clocks: what came in and the time go into [`Agent::handle`], what is
//! to be done comes out of [`Agent::poll`].
//!
//! It believes only what was signed for it. A new head is accepted durably at once; items whose content is not here
//! yet are passed over while the rest of the programme goes on. Whatever is refused is counted and told in the status,
//! and changes nothing on the panel. The agent stores before it shows, and shows before it reports.

mod accept;
mod asking;
pub(crate) mod chance;
mod contents;
mod exchange;
mod fetch;
mod fetching;
mod heads;
mod outbox;
mod post;
mod question;
mod recall;
mod repair;
mod report;
mod showing;
mod site_time;
mod timer;

pub use contents::{LOOSE_BYTES, LOOSE_OBJECTS};
pub use exchange::{Action, AgentConfig, Input, Report, Shown};
pub(crate) use recall::forget;
pub use showing::{STALE_AFTER_MS, Showing};

use crate::clock::Moment;
use crate::replica::Change;
use asking::Asking;
use contents::Contents;
use fetch::Fetches;
use heads::{Heads, Names};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ChannelName, ContentHash, Instant};
use heliograph_wire::{DisplayConfig, Newest, SiteState, Stamp, Status, Topic, Trust, seal};
use outbox::Outbox;
use repair::Repair;
use report::{Account, STATUS_EVERY_MS, STATUS_SOON_MS};
use site_time::SiteTime;
use std::collections::BTreeSet;
use std::sync::Arc;
use timer::Timer;

/// Heartbeats come every 15 s; they are made durable at most this often, in milliseconds, because flash wears out. A
/// power cut makes a display forget at most this much of how late it is.
const REMEMBER_HEARTBEAT_MS: u64 = 60_000;

/// While nothing comes, how late it is is made durable so often, in milliseconds: a clock that is set back during a long
/// outage must not bring back what has expired.
const REMEMBER_TIME_MS: u64 = 3_600_000;

/// A display's mind. See the module.
pub struct Agent {
    me: AgentConfig,
    trust: Trust,
    setting: Option<Setting>,
    time: SiteTime,
    heads: Heads,
    contents: Contents,
    profile: Option<(ContentHash, Arc<SiteProfile>)>,
    erased: BTreeSet<ContentHash>,
    site: Option<SiteState>,
    /// Channels of which a heartbeat told newer heads than are here.
    behind: BTreeSet<ChannelName>,
    /// What the newest heartbeat said that every display should have, and its epoch.
    told_newest: (u32, Newest),
    account: Account,
    repair: Repair,
    fetches: Fetches,
    asking: Asking,
    connected: bool,
    started_ms: u64,
    told: Timer,
    /// How long a new picture waits to be told, by how late the newest head came.
    pause_ms: u64,
    remembered: Timer,
    last_version: u64,
    /// Whom the replica is to be kept for, until that is stored.
    enrolled: Option<Change>,
    todo: Todo,
    outbox: Outbox,
}

/// The config in force.
struct Setting {
    body: Vec<u8>,
    config: DisplayConfig,
}

/// What one input led to, done together when it has been handled.
#[derive(Default)]
struct Todo {
    changes: Vec<Change>,
    /// Changes that only tell what was shown; they may wait until the status is out.
    afterwards: Vec<Change>,
    heard: bool,
    named: bool,
    show: bool,
    /// Something is worth a status after so many milliseconds.
    report_within_ms: Option<u64>,
}

impl Todo {
    /// A status is due after so long, or sooner if it was.
    fn report_within(&mut self, ms: u64) {
        self.report_within_ms = Some(self.report_within_ms.map_or(ms, |before| before.min(ms)));
    }
}

impl Agent {
    /// Takes what happened, at the moment that the machine's clocks tell.
    pub fn handle(&mut self, now: Moment, input: Input) {
        let observed = self.time.observe(now);
        self.todo.show |= observed.changed;
        if observed.jumped {
            self.asking.want_time(now.monotonic_ms);
        }
        match input {
            Input::Connected => self.connected(now),
            Input::Disconnected => self.connected = false,
            Input::Message { topic, payload } => {
                if let Err(why) = self.message(&topic, &payload, now) {
                    self.refuse(topic, why, now);
                }
            }
            Input::Stored(result) => {
                if let Some(report) = self.outbox.stored(result, now.monotonic_ms) {
                    self.fault(report, now);
                }
            }
            Input::Fetched { hash, result } => self.fetched(hash, result, now),
            Input::Mail(result) => self.mail(result, now),
            Input::MediaLost(hash) => {
                if let Some(change) = self.contents.forget(&hash) {
                    self.todo.changes.push(change);
                    (self.todo.named, self.todo.show) = (true, true);
                }
            }
            Input::Shown(shown) => self.shown(shown),
            Input::Undrawable { content, why } => {
                self.account.undrawable(content, why.clone());
                self.fault(Report::NotShown { why }, now);
            }
            Input::Dark(why) => {
                self.account.dark();
                self.fault(Report::NotShown { why }, now);
            }
            Input::Tick => {}
        }
        self.settle(now);
        self.keep_time(now);
    }

    /// The next thing to do. After a [`Action::Store`] nothing comes until [`Input::Stored`] was handled.
    pub fn poll(&mut self) -> Option<Action> {
        self.outbox.pop()
    }

    /// The time at the site if the hub told it since the start, else the earliest that it can be; 0 when nothing is known.
    #[must_use]
    pub fn certain_time(&self, now: Moment) -> Instant {
        self.time.certain(now)
    }

    /// What the display is to show, as the agent knows it now.
    #[must_use]
    pub fn showing(&self) -> Showing {
        let nothing = Showing {
            time: self.time.reckoning(),
            ..Showing::nothing(self.me.panel)
        };
        let Some(Setting { config, .. }) = &self.setting else {
            return nothing;
        };
        Showing {
            panel: config.panel,
            language: config.language,
            brightness_percent: config.brightness_percent.min(100),
            drill: config.drill,
            site: self
                .profile
                .as_ref()
                .map_or(nothing.site, |(_, profile)| Arc::clone(profile)),
            programme: Arc::new(self.heads.programme(&config.channels)),
            documents: self.contents.documents(),
            media: self.contents.media(),
            heard_at: self.time.heard_at(),
            time: self.time.reckoning(),
            time_known: self.time.known(),
            blanked: self.site.is_some_and(|site| site.blanked),
        }
    }

    fn channels(&self) -> &[ChannelName] {
        self.setting.as_ref().map_or(&[], |setting| &setting.config.channels)
    }

    fn refuse(&mut self, topic: String, why: String, now: Moment) {
        if self.account.refuse(&format!("{topic}: {why}"), now.monotonic_ms) {
            self.outbox.push(Action::Report(Report::Refused { topic, why }));
        }
    }

    fn fault(&mut self, report: Report, now: Moment) {
        let (Report::Refused { why, .. }
        | Report::NotStored { why }
        | Report::NotFetched { why }
        | Report::NotShown { why }) = &report;
        if self.account.fault(why, now.monotonic_ms) {
            self.outbox.push(Action::Report(report));
            self.todo.report_within(0);
        }
    }

    fn shown(&mut self, shown: Shown) {
        let noted = self.account.shown(shown);
        if noted.changed || noted.first.is_some() {
            self.todo.report_within(self.pause_ms);
        }
        if let Some(first) = noted.first {
            self.todo.afterwards.push(Change::Shown(first.content, Some(first)));
        }
    }

    fn connected(&mut self, now: Moment) {
        self.connected = true;
        self.repair = Repair::default();
        self.fetches.at_once(now.monotonic_ms);
        self.asking.want_time(now.monotonic_ms);
        self.subscribe();
        self.look_for_gaps(now);
        self.todo.report_within(0);
    }

    /// Before there is a trust document nothing else could be believed, so nothing else is asked for.
    fn subscribe(&mut self) {
        let mut filters = vec![self.filter(&Topic::Trust)];
        if self.trust.has_keys() {
            let display = self.me.display;
            let own = [
                Topic::Site,
                Topic::Config(display),
                Topic::Erased,
                Topic::Heartbeat,
                Topic::Command(display),
                Topic::Ack(display),
                Topic::Time(display),
            ];
            filters.extend(own.iter().map(|topic| self.filter(topic)));
            filters.extend(self.channels().iter().map(|channel| self.channel_filter(channel)));
        }
        self.outbox.push(Action::Subscribe(filters));
    }

    /// The filter by which a topic is asked for; with the trust document come the steps to it.
    fn filter(&self, topic: &Topic) -> String {
        let path = topic.path(&self.me.site);
        if *topic == Topic::Trust {
            format!("{path}/#")
        } else {
            path
        }
    }

    /// Everything of a channel: `…/channel/{c}/#`.
    fn channel_filter(&self, channel: &ChannelName) -> String {
        let head = Topic::Head(channel.clone()).path(&self.me.site);
        format!("{}#", head.strip_suffix("head").unwrap_or(&head))
    }

    /// Does together what one input led to: first what must be durable, then the panel, then the status.
    fn settle(&mut self, now: Moment) {
        self.settle_content(now);
        let Todo {
            changes,
            afterwards,
            heard,
            show,
            report_within_ms,
            ..
        } = std::mem::take(&mut self.todo);
        self.todo.heard = heard;
        if !changes.is_empty() {
            self.store(changes, now);
        }
        if show {
            let showing = Arc::new(self.showing());
            self.outbox.push(Action::Show(showing));
        }
        match report_within_ms {
            Some(0) => self.tell(now),
            Some(wait_ms) => self.told = self.told.sooner(now.monotonic_ms, wait_ms),
            None => {}
        }
        if !afterwards.is_empty() {
            self.outbox.store(afterwards);
        }
    }

    /// Has changes stored together with the trust that admitted them.
    fn store(&mut self, mut changes: Vec<Change>, now: Moment) {
        if self.trust.has_keys() {
            changes.push(Change::Trust(Box::new(self.trust.clone())));
            changes.push(Change::Heard(self.time.heard(now)));
        }
        changes.extend(self.enrolled.take());
        self.outbox.store(changes);
        self.todo.heard = false;
        self.remembered = Timer::new(now.monotonic_ms, REMEMBER_HEARTBEAT_MS);
    }

    /// Keeps what is named, drops what is not, and puts heads in force whose pages are here.
    fn settle_content(&mut self, now: Moment) {
        while std::mem::take(&mut self.todo.named) {
            let names: Names = self.named().collect();
            let kept = self.contents.settle(&names);
            self.todo.show |= !kept.is_empty();
            self.todo.changes.extend(kept);
            self.adopt_profile();
            let in_force = self.heads.retry(&self.contents);
            if !in_force.is_empty() {
                self.todo.changes.extend(in_force);
                (self.todo.named, self.todo.show) = (true, true);
                self.todo.report_within(STATUS_SOON_MS.max(self.pause_ms));
                continue;
            }
            let forgotten = self.account.forget(|hash| !names.contains(hash));
            let forgotten = forgotten.into_iter().map(|hash| Change::Shown(hash, None));
            self.todo.changes.extend(forgotten);
            self.look_for_gaps(now);
        }
    }

    /// What something signed names. A site profile goes on until the one that the config names is here.
    fn named(&self) -> impl Iterator<Item = ContentHash> {
        let pictures = self.attachments().map(|attachment| attachment.hash);
        let wanted = self.setting.as_ref().map(|setting| setting.config.site_profile);
        let in_use = self.profile.as_ref().map(|(hash, _)| *hash);
        let in_use = in_use.filter(|hash| self.setting.is_some() && !self.erased.contains(hash));
        self.heads.named().chain(pictures).chain(wanted).chain(in_use)
    }

    fn adopt_profile(&mut self) {
        let Some(setting) = &self.setting else { return };
        let wanted = setting.config.site_profile;
        let in_use = self.profile.as_ref().map(|(hash, _)| *hash);
        if in_use != Some(wanted)
            && let Some(profile) = self.contents.profile(&wanted)
        {
            self.profile = Some((wanted, profile));
            // The former one is named no longer.
            self.todo.named |= in_use.is_some();
            self.todo.show = true;
        }
    }

    fn look_for_gaps(&mut self, now: Moment) {
        let lacks = |hash: &ContentHash| !self.contents.holds(hash) && !self.erased.contains(hash);
        let no_profile = self
            .setting
            .as_ref()
            .is_some_and(|setting| lacks(&setting.config.site_profile));
        let gap = |channel: &&ChannelName| {
            let head = self.heads.head(channel);
            let item_lacks = || head.is_some_and(|head| head.items.iter().any(|item| lacks(&item.content)));
            no_profile || self.behind.contains(*channel) || self.heads.waits(channel) || item_lacks()
        };
        let channels = self.channels().iter().filter(gap);
        let channels = channels.map(|channel| self.channel_filter(channel));
        let lacking = self.lacking();
        let missing = lacking.iter().map(|topic| self.filter(topic)).chain(channels).collect();
        self.repair.missing(missing, now.monotonic_ms);
        let wants = self.wants();
        self.fetches.missing(&wants, now.monotonic_ms);
    }

    /// Does what is due by now.
    fn keep_time(&mut self, now: Moment) {
        let now_ms = now.monotonic_ms;
        if self.connected {
            let again = self.repair.due(now_ms);
            if !again.is_empty() {
                self.asking.asked_again(self.is_behind(), now_ms);
                self.outbox.push(Action::Subscribe(again));
            }
            if self.told.is_due(now_ms) {
                self.tell(now);
            }
        }
        self.ask(now);
        self.fetch(now);
        let heard = self.todo.heard && self.remembered.is_due(now_ms);
        let late = self.trust.has_keys() && self.remembered.passed_ms(now_ms) >= REMEMBER_TIME_MS;
        if self.outbox.store_again(now_ms) || heard || late {
            self.store(Vec::new(), now);
        }
    }

    /// Publishes the status, when there is someone to hear it.
    fn tell(&mut self, now: Moment) {
        if !self.connected {
            return;
        }
        self.told = Timer::new(now.monotonic_ms, STATUS_EVERY_MS);
        let status = self.status(now);
        self.say(&Topic::Status(self.me.display), &status.to_bytes(), now);
    }

    /// Publishes something signed with the display's own key. Its version follows the time, so that it rises across
    /// restarts without being stored.
    fn say(&mut self, topic: &Topic, body: &[u8], now: Moment) {
        let at = self.time.at(now);
        self.last_version = at.0.max(self.last_version + 1);
        let stamp = Stamp {
            epoch: 0,
            version: self.last_version,
            issued_at: at,
        };
        self.outbox.push(Action::Publish {
            topic: topic.path(&self.me.site),
            payload: seal(&self.me.key, &self.me.site, topic, stamp, body),
            retain: topic.retained(),
        });
    }

    fn status(&mut self, now: Moment) -> Status {
        let (refusals, last_refusal) = self.account.refusals();
        Status {
            boot_id: self.me.boot_id,
            counter: self.account.next(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_ms: now.monotonic_ms.saturating_sub(self.started_ms),
            at: self.time.at(now),
            state: self.account.state(),
            heads: self.heads.positions(),
            on_air: self.account.on_air(),
            shown: self.account.newest_shown(),
            refusals,
            last_refusal,
            sink: self.me.sink.clone(),
            live: self.me.live.clone(),
        }
    }
}
