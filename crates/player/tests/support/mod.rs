//! An office, a broker that can lose things, and one display's agent, all in virtual time.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test file uses its part of it, and it fails like the test"
)]

mod office;

pub use office::*;

use heliograph_domain::head::{Item, Programme};
use heliograph_domain::{ContentHash, Instant, Lang, Turn};
use heliograph_player::Moment;
use heliograph_player::agent::{Action, Agent, AgentConfig, Input, Showing, Shown};
use heliograph_player::replica::{MemoryReplica, Replica};
use heliograph_wire::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A lobby with one display, and the broker between it and the office.
pub struct Lobby {
    agent: Agent,
    pub replica: MemoryReplica,
    /// The time at the office.
    pub now: Instant,
    /// How the display's clock on the wall differs from it, in milliseconds.
    astray_ms: i64,
    /// Since the display's start.
    monotonic_ms: u64,
    retained: BTreeMap<String, Vec<u8>>,
    filters: BTreeSet<String>,
    inbox: VecDeque<(String, Vec<u8>)>,
    connected: bool,
    showing: Option<Arc<Showing>>,
    on_air: Option<Option<ContentHash>>,
    /// What was done, in order: `store`, `show`, `publish`.
    pub done: Vec<&'static str>,
    pub statuses: Vec<Status>,
    pub replies: Vec<Reply>,
    /// The numbers of its questions for the time, over the broker.
    pub asked: Vec<[u8; 16]>,
    /// Whether the hub answers them, or the broker loses them.
    pub answers: bool,
    /// Whether the hub gives out mail.
    pub mails: bool,
    /// When mail was asked for, and with which number.
    pub mail_asked: Vec<(Instant, Option<[u8; 16]>)>,
    /// What the hub said last on each topic, whether the broker passed it on or not.
    office: BTreeMap<String, Vec<u8>>,
    mail: Option<Result<Vec<u8>, String>>,
    pub stores: usize,
    disk_fails: bool,
    /// What the hub gives out over HTTP; nothing else is there.
    pub hub_holds: BTreeMap<ContentHash, Vec<u8>>,
    /// What was asked for over HTTP, in order, and how much it may be.
    pub fetched: Vec<(ContentHash, usize)>,
    brought: VecDeque<(ContentHash, Result<Vec<u8>, String>)>,
}

impl Lobby {
    /// A display that was enrolled and has heard nothing yet.
    pub fn bare() -> Self {
        Self::with(MemoryReplica::new(), TEN, 0)
    }

    /// A display that is connected and configured, with an office that has released nothing.
    pub fn open() -> Self {
        let mut lobby = Self::bare();
        for message in [
            trust(),
            configured(1, &config()),
            content(&profile()),
            heartbeat(TEN, &[]),
        ] {
            lobby.sends(message);
        }
        lobby.connect()
    }

    fn with(mut replica: MemoryReplica, now: Instant, astray_ms: i64) -> Self {
        let remembered = replica.load().unwrap();
        let moment = Moment {
            wall: astray(now, astray_ms),
            monotonic_ms: 0,
        };
        let agent = Agent::new(facts(), remembered, moment);
        let mut lobby = Self {
            agent,
            replica,
            now,
            astray_ms,
            monotonic_ms: 0,
            retained: BTreeMap::new(),
            filters: BTreeSet::new(),
            inbox: VecDeque::new(),
            connected: false,
            showing: None,
            on_air: None,
            done: Vec::new(),
            statuses: Vec::new(),
            replies: Vec::new(),
            asked: Vec::new(),
            answers: true,
            mails: false,
            mail_asked: Vec::new(),
            office: BTreeMap::new(),
            mail: None,
            stores: 0,
            disk_fails: false,
            hub_holds: BTreeMap::new(),
            fetched: Vec::new(),
            brought: VecDeque::new(),
        };
        lobby.work();
        lobby
    }

    pub fn connect(mut self) -> Self {
        self.connected = true;
        self.feels(Input::Connected);
        self
    }

    pub fn disconnect(mut self) -> Self {
        self.connected = false;
        self.filters.clear();
        self.feels(Input::Disconnected);
        self
    }

    /// Power off, and on again at once; the broker keeps what it retained.
    pub fn reboot(self) -> Self {
        let astray_ms = self.astray_ms;
        self.reboot_astray(astray_ms)
    }

    /// The same, with a clock on the wall that says something else.
    pub fn reboot_at(self, clock: Instant) -> Self {
        let astray_ms = clock.0 as i64 - self.now.0 as i64;
        self.reboot_astray(astray_ms)
    }

    fn reboot_astray(self, astray_ms: i64) -> Self {
        Self {
            retained: self.retained,
            office: self.office,
            answers: self.answers,
            mails: self.mails,
            ..Self::with(self.replica, self.now, astray_ms)
        }
    }

    /// Someone sets the display's clock on the wall.
    pub fn clock_says(&mut self, clock: Instant) -> &mut Self {
        self.astray_ms = clock.0 as i64 - self.now.0 as i64;
        self.feels(Input::Tick);
        self
    }

    /// Another enrolment of the same machine, with the replica of before.
    pub fn reboot_as(mut self, id: &str) -> Self {
        let facts = AgentConfig {
            display: id.parse().unwrap(),
            ..facts()
        };
        let mut agent = Agent::new(facts, self.replica.load().unwrap(), self.moment());
        while let Some(action) = agent.poll() {
            match action {
                Action::Store(changes) => {
                    self.replica.apply(&changes).unwrap();
                    agent.handle(self.moment(), Input::Stored(Ok(())));
                }
                Action::Show(showing) => self.showing = Some(showing),
                other => panic!("{other:?}"),
            }
        }
        self
    }

    /// How many commitments stand in the footer.
    pub fn footer(&self) -> usize {
        let showing = self.showing();
        showing
            .airing(&|item| turn(showing, item), self.site_time())
            .footer
            .len()
    }

    fn moment(&self) -> Moment {
        Moment {
            wall: astray(self.now, self.astray_ms),
            monotonic_ms: self.monotonic_ms,
        }
    }

    /// What the display takes for the time.
    pub fn site_time(&self) -> Instant {
        self.showing().site_time(self.monotonic_ms)
    }

    pub fn is_connected(&self) -> bool {
        self.connected
    }

    pub fn disk_fails(&mut self, fails: bool) {
        self.disk_fails = fails;
    }

    /// The office publishes: the broker retains it and hands it to the display, if it is there.
    pub fn sends(&mut self, message: Message) -> &mut Self {
        self.broker_keeps(message.clone());
        self.gets(message)
    }

    /// The broker takes a message and loses it on the way to the display.
    pub fn broker_keeps(&mut self, (topic, payload): Message) -> &mut Self {
        self.office.insert(topic.path(&site()), payload.clone());
        self.retained.insert(topic.path(&site()), payload);
        self
    }

    /// The hub says something that the broker keeps to itself.
    pub fn broker_holds_back(&mut self, (topic, payload): Message) -> &mut Self {
        self.office.insert(topic.path(&site()), payload);
        self
    }

    /// The display gets a message, wherever it comes from.
    pub fn gets(&mut self, (topic, payload): Message) -> &mut Self {
        let path = topic.path(&site());
        if self.connected && self.filters.iter().any(|filter| matches(filter, &path)) {
            self.inbox.push_back((path, payload));
            self.work();
        }
        self
    }

    /// The display gets a message on whatever topic, subscribed or not.
    pub fn hears(&mut self, (topic, payload): Message) -> &mut Self {
        let topic = topic.path(&site());
        self.feels(Input::Message { topic, payload });
        self
    }

    /// The office releases: content first, then the head.
    pub fn releases(&mut self, position: u64, notices: &[&Notice]) -> &mut Self {
        for notice in notices {
            self.sends(content(&notice.payload));
        }
        self.sends(head(position, notices))
    }

    /// Time passes, with the shell's ticks.
    pub fn after(&mut self, ms: u64) -> &mut Self {
        let step = if ms > HOUR { MINUTE } else { 250 };
        let until = self.now.plus_ms(ms);
        while self.now < until {
            let next = self.now.plus_ms(step).min(until);
            self.monotonic_ms += next.since(self.now);
            self.now = next;
            self.feels(Input::Tick);
        }
        self
    }

    /// What can be seen: titles of the notices in the rotation, in order, or the slate.
    #[track_caller]
    pub fn shows(&mut self, titles: &[&str]) -> &mut Self {
        assert_eq!(self.visible(), titles, "at {} s after ten", self.now.since(TEN) / 1000);
        self
    }

    fn visible(&self) -> Vec<String> {
        let Some(showing) = &self.showing else {
            return Vec::new();
        };
        let now = showing.site_time(self.monotonic_ms);
        // Each item alone: what may be seen now, without waiting for its turn.
        let alone = |item: &Item| {
            let mut showing = Showing::clone(showing);
            showing.programme = Arc::new(Programme {
                items: vec![item.clone()],
            });
            showing.airing(&|item| turn(&showing, item), now).main.is_some()
        };
        let seen = showing.programme.items.iter().filter(|item| alone(item));
        seen.map(|item| showing.documents[&item.content].title(Lang::ZhHans))
            .collect()
    }

    #[track_caller]
    pub fn stale(&mut self, stale: bool) -> &mut Self {
        let showing = self.showing.as_ref().unwrap();
        assert_eq!(showing.stale(showing.site_time(self.monotonic_ms)), stale);
        self
    }

    pub fn showing(&self) -> &Showing {
        self.showing.as_ref().unwrap()
    }

    pub fn status(&self) -> &Status {
        self.statuses.last().expect("a status")
    }

    /// The last refusal that a status told, after the next one is due.
    pub fn refusals(&mut self) -> (u64, String) {
        self.after(30_000);
        let status = self.status();
        (status.refusals, status.last_refusal.clone().unwrap_or_default())
    }

    pub fn feels(&mut self, input: Input) {
        self.agent.handle(self.moment(), input);
        self.work();
    }

    /// Does what the agent wants, until it wants nothing.
    fn work(&mut self) {
        loop {
            while let Some(action) = self.agent.poll() {
                self.perform(action);
            }
            if let Some((topic, payload)) = self.inbox.pop_front() {
                self.agent.handle(self.moment(), Input::Message { topic, payload });
            } else if let Some((hash, result)) = self.brought.pop_front() {
                self.agent.handle(self.moment(), Input::Fetched { hash, result });
            } else if let Some(mail) = self.mail.take() {
                self.agent.handle(self.moment(), Input::Mail(mail));
            } else if !self.look() {
                return;
            }
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Store(changes) => {
                self.done.push("store");
                self.stores += 1;
                assert!(
                    self.agent.poll().is_none(),
                    "nothing is done while a store is under way"
                );
                let result = match self.disk_fails {
                    true => Err("the disk is full".to_owned()),
                    false => self.replica.apply(&changes).map_err(|error| error.to_string()),
                };
                self.agent.handle(self.moment(), Input::Stored(result));
            }
            Action::Show(showing) => {
                self.done.push("show");
                self.is_durable(&showing);
                self.showing = Some(showing);
            }
            Action::Publish { topic, payload, .. } => self.hub_hears(&topic, &payload),
            Action::Subscribe(filters) => self.broker_subscribes(filters),
            Action::Unsubscribe(filters) => filters.iter().for_each(|filter| {
                self.filters.remove(filter);
            }),
            Action::Fetch { hash, url, most_bytes } => {
                assert!(url.ends_with(&format!("/api/v1/device/content/{hash}")), "{url}");
                self.fetched.push((hash, most_bytes));
                let result = match self.hub_holds.get(&hash) {
                    Some(payload) => Ok(payload.clone()),
                    None => Err("the hub does not answer".to_owned()),
                };
                self.brought.push_back((hash, result));
            }
            Action::Mail { url, nonce, most_bytes } => {
                assert!(url.contains("/api/v1/device/mail") && url.contains("?nonce=") == nonce.is_some());
                assert_eq!(most_bytes, Mail::LIMIT);
                self.mail_asked.push((self.now, nonce));
                let mail = match self.mails {
                    true => Ok(self.mail(nonce).to_bytes()),
                    false => Err("the hub does not answer".to_owned()),
                };
                assert!(self.mail.replace(mail).is_none(), "one mail at a time");
            }
            Action::Report(_) => {}
        }
    }

    /// What the hub has for the display: steps of trust, trust, a heartbeat, and what else it said.
    fn mail(&self, nonce: Option<[u8; 16]>) -> Mail {
        let start = "heliograph/v1/binhe/";
        let letter = |path: &str, payload: &[u8]| Letter {
            topic: path.strip_prefix(start).unwrap().to_owned(),
            payload: payload.to_vec(),
        };
        let rank = |path: &str| match path.strip_prefix(start).unwrap() {
            path if path.starts_with("trust/") => 0,
            "trust" => 1,
            _ => 2,
        };
        let wanted = |path: &&String| !path.contains("/content/") && !path.ends_with("/heartbeat");
        let mut paths: Vec<&String> = self.office.keys().filter(wanted).collect();
        paths.sort_by_key(|path| rank(path));
        let mut letters: Vec<Letter> = paths.iter().map(|path| letter(path, &self.office[*path])).collect();
        let mut fresh = vec![heartbeat(self.now, &[])];
        fresh.extend(nonce.map(|nonce| answer(nonce, self.now)));
        letters.extend(
            fresh
                .iter()
                .map(|(topic, payload)| letter(&topic.path(&site()), payload)),
        );
        Mail { letters }
    }

    fn broker_subscribes(&mut self, filters: Vec<String>) {
        for filter in filters {
            let kept = self.retained.iter().filter(|(path, _)| matches(&filter, path));
            self.inbox
                .extend(kept.map(|(path, payload)| (path.clone(), payload.clone())));
            self.filters.insert(filter);
        }
    }

    fn hub_hears(&mut self, path: &str, payload: &[u8]) {
        self.done.push("publish");
        let topic = Topic::parse(&site(), path).expect("a topic");
        let opened = open(payload, &site(), &topic, &|_, _| Some(key(DEVICE).public())).expect("signed by the display");
        match topic {
            Topic::Status(_) => self.statuses.push(Status::from_bytes(&opened.body).unwrap()),
            Topic::Reply(_) => match Reply::from_bytes(&opened.body).unwrap() {
                Reply::AskTime { nonce } => {
                    self.asked.push(nonce);
                    let (topic, payload) = answer(nonce, self.now);
                    if self.answers && self.connected {
                        self.inbox.push_back((topic.path(&site()), payload));
                    }
                }
                reply => self.replies.push(reply),
            },
            other => panic!("a display does not publish {other:?}"),
        }
    }

    /// What is shown must survive a power cut at this very moment.
    fn is_durable(&mut self, showing: &Showing) {
        if self.disk_fails {
            return;
        }
        let again = Agent::new(facts(), self.replica.load().unwrap(), self.moment()).showing();
        assert_eq!(
            again.programme, showing.programme,
            "the programme was shown before it was stored"
        );
        assert_eq!(
            again.documents, showing.documents,
            "content was shown before it was stored"
        );
        assert_eq!(again.media, showing.media, "a picture was shown before it was stored");
        assert_eq!((again.panel, &again.site), (showing.panel, &showing.site));
        assert_eq!(
            again.blanked, showing.blanked,
            "the slate was shown before it was stored"
        );
    }

    /// The play loop's part: tells the agent what came on air. True when that was news.
    fn look(&mut self) -> bool {
        let Some(showing) = self.showing.clone() else {
            return false;
        };
        let now = showing.site_time(self.monotonic_ms);
        let main = showing.airing(&|item| turn(&showing, item), now).main;
        let content = main.map(|on| on.item.content);
        if self.on_air == Some(content) {
            return false;
        }
        self.on_air = Some(content);
        let on_air = main.map(|on| OnAirReport {
            publication: on.item.publication,
            content: on.item.content,
            page: on.page,
            pages: on.pages,
            since: on.page_since,
        });
        let shown = Shown {
            on_air,
            stale: showing.stale(now),
            at: now,
        };
        self.agent.handle(self.moment(), Input::Shown(shown));
        true
    }
}

fn facts() -> AgentConfig {
    AgentConfig {
        site: site(),
        display: display(),
        key: key(DEVICE),
        root: key(ROOT).public(),
        hub: None,
        boot_id: [7; 16],
        seed: [8; 32],
        panel: PANEL,
        sink: "test".to_owned(),
        live: None,
    }
}

fn astray(at: Instant, astray_ms: i64) -> Instant {
    Instant(at.0.saturating_add_signed(astray_ms))
}

fn turn(showing: &Showing, item: &Item) -> Option<Turn> {
    showing.documents.contains_key(&item.content).then_some(Turn {
        pages: 1,
        dwell_ms: 10_000,
    })
}

fn matches(filter: &str, path: &str) -> bool {
    match filter.strip_suffix('#') {
        // `trust/#` means `trust`, too.
        Some(start) => path.starts_with(start) || start.strip_suffix('/') == Some(path),
        None => filter == path,
    }
}
