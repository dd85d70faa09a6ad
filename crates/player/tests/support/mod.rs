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
use heliograph_player::agent::{Action, Agent, AgentConfig, Input, Showing, Shown};
use heliograph_player::replica::{MemoryReplica, Replica};
use heliograph_wire::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A lobby with one display, and the broker between it and the office.
pub struct Lobby {
    agent: Agent,
    pub replica: MemoryReplica,
    pub now: Instant,
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
    pub stores: usize,
    disk_fails: bool,
    /// What the hub gives out over HTTP; nothing else is there.
    pub hub_holds: BTreeMap<ContentHash, Vec<u8>>,
    /// What was asked for over HTTP, in order, and how much it may be.
    pub fetched: Vec<(ContentHash, usize)>,
    answers: VecDeque<(ContentHash, Result<Vec<u8>, String>)>,
}

impl Lobby {
    /// A display that was enrolled and has heard nothing yet.
    pub fn bare() -> Self {
        Self::with(MemoryReplica::new(), TEN, BTreeMap::new())
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

    fn with(mut replica: MemoryReplica, now: Instant, retained: BTreeMap<String, Vec<u8>>) -> Self {
        let remembered = replica.load().unwrap();
        let agent = Agent::new(facts(), remembered, now);
        let mut lobby = Self {
            agent,
            replica,
            now,
            retained,
            filters: BTreeSet::new(),
            inbox: VecDeque::new(),
            connected: false,
            showing: None,
            on_air: None,
            done: Vec::new(),
            statuses: Vec::new(),
            replies: Vec::new(),
            stores: 0,
            disk_fails: false,
            hub_holds: BTreeMap::new(),
            fetched: Vec::new(),
            answers: VecDeque::new(),
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
        Self::with(self.replica, self.now, self.retained)
    }

    /// The same, with a clock that says something else.
    pub fn reboot_at(self, clock: Instant) -> Self {
        Self::with(self.replica, clock, self.retained)
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
        self.retained.insert(topic.path(&site()), payload);
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
            self.now = self.now.plus_ms(step).min(until);
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
        let now = showing.site_time(self.now);
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
        assert_eq!(showing.stale(showing.site_time(self.now)), stale);
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
        self.agent.handle(self.now, input);
        self.work();
    }

    /// Does what the agent wants, until it wants nothing.
    fn work(&mut self) {
        loop {
            while let Some(action) = self.agent.poll() {
                self.perform(action);
            }
            if let Some((topic, payload)) = self.inbox.pop_front() {
                self.agent.handle(self.now, Input::Message { topic, payload });
            } else if let Some((hash, result)) = self.answers.pop_front() {
                self.agent.handle(self.now, Input::Fetched { hash, result });
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
                self.agent.handle(self.now, Input::Stored(result));
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
                self.answers.push_back((hash, result));
            }
            Action::Report(_) => {}
        }
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
            Topic::Reply(_) => self.replies.push(Reply::from_bytes(&opened.body).unwrap()),
            other => panic!("a display does not publish {other:?}"),
        }
    }

    /// What is shown must survive a power cut at this very moment.
    fn is_durable(&mut self, showing: &Showing) {
        if self.disk_fails {
            return;
        }
        let again = Agent::new(facts(), self.replica.load().unwrap(), self.now).showing();
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
    }

    /// The play loop's part: tells the agent what came on air. True when that was news.
    fn look(&mut self) -> bool {
        let Some(showing) = self.showing.clone() else {
            return false;
        };
        let now = showing.site_time(self.now);
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
        self.agent.handle(self.now, Input::Shown(shown));
        true
    }
}

fn facts() -> AgentConfig {
    AgentConfig {
        site: site(),
        display: display(),
        key: key(DEVICE),
        root: key(ROOT).public(),
        boot_id: [7; 16],
        panel: PANEL,
        sink: "test".to_owned(),
        live: None,
    }
}

fn turn(showing: &Showing, item: &Item) -> Option<Turn> {
    showing.documents.contains_key(&item.content).then_some(Turn {
        pages: 1,
        dwell_ms: 10_000,
    })
}

fn matches(filter: &str, path: &str) -> bool {
    match filter.strip_suffix('#') {
        Some(start) => path.starts_with(start),
        None => filter == path,
    }
}
