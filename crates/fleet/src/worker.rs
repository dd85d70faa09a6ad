//! A thread that carries some of a fleet's displays.

use crate::connection::Heard;
use crate::fetching::{Errand, Fetchers};
use crate::light::{Deed, Light};
use crate::swarm::Swarm;
use crate::watch::Watch;
use heliograph_domain::ids::DisplayId;
use heliograph_player::agent::{Input, Report};
use heliograph_player::replica::{Change, SharedStore};
use heliograph_player::{Clock, SystemClock, fetch};
use mio::Waker;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

/// Each display is told this often that time passed.
const TICK: Duration = Duration::from_secs(1);
/// The displays are told in so many groups, one after the other.
const GROUPS: usize = 50;

/// What a worker is told from elsewhere.
pub(crate) enum Note {
    /// These displays' changes are durable, or not.
    Stored(Vec<usize>, Result<(), String>),
    /// What a display fetched came, or did not.
    Fetched(usize, Input),
    /// The network cable of a display is pulled.
    Unplug(usize),
    /// And put in again.
    Plug(usize),
    Stop,
}

/// A way to tell a worker something.
#[derive(Clone)]
pub(crate) struct Bell {
    pub(crate) notes: Sender<Note>,
    pub(crate) waker: Arc<Waker>,
}

impl Bell {
    pub(crate) fn ring(&self, note: Note) {
        // A worker that has ended wants to hear nothing more.
        let _ = self.notes.send(note);
        let _ = self.waker.wake();
    }
}

/// One display as its worker knows it.
pub(crate) struct Carried {
    pub(crate) display: DisplayId,
    pub(crate) token: String,
    pub(crate) light: Light,
    pub(crate) connected: bool,
    pub(crate) airs: bool,
}

pub(crate) struct Worker {
    pub(crate) swarm: Swarm,
    pub(crate) carried: Vec<Carried>,
    pub(crate) store: Arc<SharedStore>,
    pub(crate) fetchers: Fetchers,
    pub(crate) watch: Arc<Watch>,
    pub(crate) notes: Receiver<Note>,
    pub(crate) bell: Bell,
    pub(crate) broker_host: String,
    /// Changes of this turn, by display.
    pub(crate) to_store: Vec<(usize, Arc<Vec<Change>>)>,
    pub(crate) group: usize,
    pub(crate) next_tick: Instant,
}

impl Worker {
    /// Carries its displays until it is told to stop.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let mut heard = Vec::new();
        for at in 0..self.carried.len() {
            let mut deeds = Vec::new();
            self.carried[at].light.work(SystemClock.moment(), &mut deeds);
            self.perform(at, deeds);
        }
        loop {
            self.submit();
            let patience = self.next_tick.saturating_duration_since(Instant::now());
            self.swarm.turn(patience, &mut heard)?;
            for (at, what) in heard.drain(..) {
                self.hear(at, what);
            }
            while let Ok(note) = self.notes.try_recv() {
                if matches!(note, Note::Stop) {
                    return Ok(());
                }
                self.take(note);
            }
            self.tick();
        }
    }

    fn hear(&mut self, at: usize, what: Heard) {
        match what {
            Heard::Connected => {
                if !std::mem::replace(&mut self.carried[at].connected, true) {
                    self.watch.connected.fetch_add(1, Ordering::Relaxed);
                }
                self.handle(at, Input::Connected);
            }
            Heard::Lost => {
                self.watch.lost(self.swarm.take_last_lost());
                self.disconnected(at);
            }
            Heard::Message { topic, payload } => {
                self.watch.messages.fetch_add(1, Ordering::Relaxed);
                let payload = payload.to_vec();
                self.handle(at, Input::Message { topic, payload });
            }
            Heard::Subscribed { refused: true } => {
                let display = self.carried[at].display;
                self.watch
                    .refused(format!("the broker refused a subscription of display {display}"));
            }
            Heard::Subscribed { refused: false } => {}
            Heard::Taken => {
                self.watch.taken.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn disconnected(&mut self, at: usize) {
        if std::mem::take(&mut self.carried[at].connected) {
            self.watch.connected.fetch_sub(1, Ordering::Relaxed);
            self.handle(at, Input::Disconnected);
        }
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Stored(displays, result) => {
                if result.is_ok() {
                    self.watch.stored.fetch_add(displays.len(), Ordering::Relaxed);
                }
                for at in displays {
                    self.handle(at, Input::Stored(result.clone()));
                }
            }
            Note::Fetched(at, input) => self.handle(at, input),
            Note::Unplug(at) => {
                self.swarm.unplug(at);
                self.disconnected(at);
            }
            Note::Plug(at) => self.swarm.plug(at),
            Note::Stop => {}
        }
    }

    /// Tells the next group of displays that time passed.
    fn tick(&mut self) {
        while self.next_tick <= Instant::now() {
            for at in (self.group..self.carried.len()).step_by(GROUPS) {
                let mut deeds = Vec::new();
                self.carried[at].light.tick(SystemClock.moment(), &mut deeds);
                self.perform(at, deeds);
            }
            self.group = (self.group + 1) % GROUPS;
            // A worker that was held up does not make up for ticks it missed.
            self.next_tick = (self.next_tick + TICK / GROUPS as u32).max(Instant::now() - TICK / 4);
        }
    }

    fn handle(&mut self, at: usize, input: Input) {
        let mut deeds = Vec::new();
        self.carried[at].light.handle(SystemClock.moment(), input, &mut deeds);
        self.perform(at, deeds);
    }

    fn perform(&mut self, at: usize, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Subscribe(filters) => self.swarm.subscribe(at, filters),
                Deed::Unsubscribe(filters) => self.swarm.unsubscribe(at, filters),
                Deed::Publish { topic, payload, retain } => {
                    self.watch.statuses.fetch_add(1, Ordering::Relaxed);
                    self.swarm.publish(at, topic, payload, retain);
                }
                Deed::Store(changes) => self.to_store.push((at, changes)),
                Deed::Fetch { hash, url, most_bytes } => {
                    self.fetch(at, &url, most_bytes, fetch::OBJECT, move |result| Input::Fetched {
                        hash,
                        result,
                    });
                }
                Deed::Mail { url, most_bytes } => self.fetch(at, &url, most_bytes, fetch::MAIL, Input::Mail),
                Deed::Aired {
                    publication,
                    after_release_ms,
                } => self.watch.aired(publication, after_release_ms, Instant::now()),
                Deed::Report(report) => self.report(at, &report),
            }
        }
        let carried = &mut self.carried[at];
        let airs = carried.light.on_air().is_some();
        if std::mem::replace(&mut carried.airs, airs) != airs {
            let change = |count: usize| if airs { count + 1 } else { count.saturating_sub(1) };
            let _ = self
                .watch
                .on_air
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| Some(change(count)));
        }
    }

    fn report(&self, at: usize, report: &Report) {
        let id = self.carried[at].display;
        let why = match report {
            Report::Refused { topic, why } => format!("{topic}: {why}"),
            Report::NotStored { why } => format!("not stored: {why}"),
            Report::NotFetched { why } | Report::NotShown { why } => {
                tracing::warn!(display = %id, why, "something could not be fetched or shown");
                return;
            }
        };
        tracing::warn!(display = %id, why, "refused");
        self.watch.refused(format!("display {id}: {why}"));
    }

    fn fetch(
        &self,
        at: usize,
        url: &str,
        most_bytes: usize,
        within: Duration,
        answer: impl FnOnce(Result<Vec<u8>, String>) -> Input + Send + 'static,
    ) {
        let bell = self.bell.clone();
        self.fetchers.send(Errand {
            url: fetch::reachable(url, &self.broker_host),
            token: self.carried[at].token.clone(),
            most_bytes,
            within,
            done: Box::new(move |result| bell.ring(Note::Fetched(at, answer(result)))),
        });
    }

    /// Has what this turn's displays want durable made durable together.
    fn submit(&mut self) {
        if self.to_store.is_empty() {
            return;
        }
        let changes = std::mem::take(&mut self.to_store);
        let displays: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
        let changes: Vec<_> = changes
            .into_iter()
            .map(|(at, changes)| (self.carried[at].display, changes))
            .collect();
        let (bell, told) = (self.bell.clone(), displays.clone());
        let done = move |result| bell.ring(Note::Stored(told, result));
        if let Err(error) = self.store.store(&changes, done) {
            self.bell.ring(Note::Stored(displays, Err(error.to_string())));
        }
    }
}
