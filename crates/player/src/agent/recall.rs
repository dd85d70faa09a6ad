//! How an agent begins: with what its replica kept.

use super::asking::Asking;
use super::repair::Repair;
use super::report::{Account, STATUS_EVERY_MS};
use super::site_time::SiteTime;
use super::timer::Timer;
use super::{
    Action, Agent, AgentConfig, Contents, Fetches, Heads, Outbox, REMEMBER_HEARTBEAT_MS, Report, Setting, Todo, accept,
};
use crate::clock::Moment;
use crate::replica::{Change, Enrolled, Remembered};
use heliograph_wire::{ContentPayload, DisplayConfig, SiteState, Trust};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Agent {
    /// An agent that knows what the replica kept. Its first action shows the last good programme.
    #[must_use]
    pub fn new(me: AgentConfig, remembered: Remembered, now: Moment) -> Self {
        let enrolled = Enrolled {
            site: me.site.clone(),
            display: me.display,
            root: me.root,
        };
        let fresh = Trust::new(me.site.clone(), me.root);
        // A display that was enrolled anew must not show what it remembers of its former place.
        let (remembered, forgotten) = if remembered.belongs_to(&enrolled) {
            (remembered, Vec::new())
        } else {
            let mut forgotten = forget(&remembered);
            forgotten.push(Change::Trust(Box::new(fresh.clone())));
            let trouble = remembered.trouble;
            (
                Remembered {
                    trouble,
                    ..Remembered::default()
                },
                forgotten,
            )
        };
        let now_ms = now.monotonic_ms;
        let mut agent = Self {
            trust: remembered.trust.clone().unwrap_or(fresh),
            setting: None,
            time: SiteTime::new(remembered.heard, now),
            heads: Heads::default(),
            contents: Contents::default(),
            profile: None,
            erased: BTreeSet::new(),
            site: None,
            behind: BTreeSet::new(),
            told_newest: Default::default(),
            account: Account::new(remembered.shown.clone()),
            repair: Repair::default(),
            fetches: Fetches::default(),
            asking: Asking::new(me.seed, now_ms),
            connected: false,
            started_ms: now_ms,
            told: Timer::new(now_ms, STATUS_EVERY_MS),
            pause_ms: 0,
            remembered: Timer::new(now_ms, REMEMBER_HEARTBEAT_MS),
            last_version: 0,
            enrolled: (remembered.enrolled.as_ref() != Some(&enrolled)).then_some(Change::Enrolled(enrolled)),
            todo: Todo::default(),
            outbox: Outbox::default(),
            me,
        };
        agent.todo.changes = forgotten;
        let trouble = remembered.trouble.clone();
        agent.recall(remembered);
        agent.todo.named = true;
        agent.settle_content(now);
        agent.outbox.push(Action::Show(Arc::new(agent.showing())));
        agent.settle(now);
        if let Some(why) = trouble {
            agent.fault(Report::NotStored { why }, now);
        }
        agent
    }

    fn recall(&mut self, remembered: Remembered) {
        let dropped = remembered.damaged.iter().map(|hash| Change::Content(*hash, None));
        self.todo.changes.extend(dropped);
        let lost = remembered.lost.iter().map(|hash| Change::Media(*hash, None));
        self.todo.changes.extend(lost);
        self.contents.remember_media(remembered.media);
        if let Some(hashes) = remembered.erased.and_then(|body| accept::erased_hashes(&body).ok()) {
            self.erased = hashes;
        }
        self.site = remembered.site.and_then(|body| SiteState::from_bytes(&body).ok());
        for (hash, bytes) in remembered.content {
            if self.erased.contains(&hash) {
                self.todo.changes.push(Change::Content(hash, None));
            } else if let Ok(object) = ContentPayload::from_bytes(&bytes) {
                self.contents.remember(hash, &object);
            }
        }
        self.profile = self.contents.former_profile();
        self.setting = remembered.config.and_then(|body| {
            let config = DisplayConfig::from_bytes(&body).ok()?;
            Some(Setting { body, config })
        });
        for (channel, body) in remembered.heads.into_iter().chain(remembered.waiting) {
            // What was malformed then is malformed now, and was never in force.
            self.heads.take(&channel, body, &self.contents);
        }
    }
}

/// The changes that leave nothing of what was remembered. A body without bytes is none.
pub(crate) fn forget(remembered: &Remembered) -> Vec<Change> {
    let mut changes = vec![
        Change::Config(Vec::new()),
        Change::Erased(Vec::new()),
        Change::Site(Vec::new()),
        Change::Heard(crate::replica::Heard::default()),
    ];
    changes.extend(
        remembered
            .heads
            .keys()
            .map(|channel| Change::Head(channel.clone(), None)),
    );
    changes.extend(
        remembered
            .waiting
            .keys()
            .map(|channel| Change::Waiting(channel.clone(), None)),
    );
    let content = remembered.content.keys().chain(&remembered.damaged);
    changes.extend(content.map(|hash| Change::Content(*hash, None)));
    let media = remembered.media.iter().chain(&remembered.lost);
    changes.extend(media.map(|hash| Change::Media(*hash, None)));
    changes.extend(remembered.shown.iter().map(|first| Change::Shown(first.content, None)));
    changes
}
