//! The thread that talks to a card: it connects, brings the card to what was ordered, keeps it there, and begins anew
//! when the card is gone.

use super::{CardFault, CardReport, CardSink, Losses, Pace, Told, WallClock};
use crate::SinkError;
use heliograph_domain::Instant;
use heliograph_scene::TextPlan;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Moment};

/// A card's clock is set so often.
const CLOCK_EVERY: Duration = Duration::from_secs(24 * 3600);
/// Without anything due, the thread looks again after this.
const LONGEST_NAP: Duration = Duration::from_secs(3600);

/// What a kind of card can be asked. Every question is answered, or fails within the pace.
pub(crate) trait Card: Send + 'static {
    /// What of a plan the card cannot show.
    fn losses(&self, plan: &TextPlan) -> Losses;
    /// Connects and greets; answers a handle to cut the connection by.
    fn open(&mut self) -> Result<Option<TcpStream>, CardFault>;
    /// Forgets the connection.
    fn close(&mut self);
    fn set_clock(&mut self, clock: WallClock, utc_offset_s: i32) -> Result<(), CardFault>;
    /// 0 is dark.
    fn set_light(&mut self, percent: u8) -> Result<(), CardFault>;
    /// Shows a plan in place of whatever the card showed before.
    fn show(&mut self, plan: &TextPlan, at: Instant) -> Result<(), CardFault>;
    /// Asks whether the card is there.
    fn keep_alive(&mut self) -> Result<(), CardFault>;
    /// After how long a plan is to be sent again, if the card drops it by itself.
    fn refresh_after(&self, plan: &TextPlan) -> Option<Duration>;
    /// What is wrong with the card's settings.
    fn warning(&self, plan: &TextPlan) -> Option<CardFault>;
}

/// A card and the thread that talks to it.
pub(crate) struct Driver {
    name: String,
    desk: Arc<Desk>,
    losses: Box<dyn Fn(&TextPlan) -> Losses + Send>,
    thread: Option<JoinHandle<()>>,
}

/// Where orders are left, and reports are found.
#[derive(Default)]
struct Desk {
    papers: Mutex<Papers>,
    woken: Condvar,
}

#[derive(Default)]
struct Papers {
    order: Option<Order>,
    version: u64,
    closed: bool,
    report: CardReport,
    wire: Option<TcpStream>,
}

#[derive(Clone)]
struct Order {
    told: Told,
    plan: Arc<TextPlan>,
    percent: u8,
    at: Instant,
    handed: Moment,
}

impl Order {
    /// The site's time now.
    fn now(&self) -> Instant {
        let since = u64::try_from(self.handed.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at.plus_ms(since)
    }
}

impl Desk {
    fn papers(&self) -> MutexGuard<'_, Papers> {
        // Every change leaves the papers whole, so that a panic elsewhere has spoilt nothing.
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for an order newer than `seen`, at most until `due`; `None` when the driver stops.
    fn wait(&self, seen: u64, due: Moment) -> Option<(Option<Order>, u64)> {
        let mut papers = self.papers();
        while papers.version == seen && !papers.closed {
            let Some(left) = due.checked_duration_since(Moment::now()).filter(|left| !left.is_zero()) else {
                break;
            };
            let (next, _) = self
                .woken
                .wait_timeout(papers, left)
                .unwrap_or_else(PoisonError::into_inner);
            papers = next;
        }
        (!papers.closed).then(|| (papers.order.clone(), papers.version))
    }
}

impl Driver {
    /// Starts the thread.
    pub(crate) fn start<C: Card + Clone + Sync>(name: String, card: C, pace: Pace) -> Result<Self, SinkError> {
        let desk = Arc::new(Desk::default());
        let twin = card.clone();
        let talk = Talk {
            desk: Arc::clone(&desk),
            card,
            pace,
            linked: false,
            known: Known::default(),
            faults: BTreeMap::new(),
            failures: 0,
            rest_until: None,
            refused: None,
        };
        let thread = std::thread::Builder::new()
            .name("card-sink".to_owned())
            .spawn(move || talk.run())
            .map_err(SinkError::Machine)?;
        Ok(Self {
            name,
            desk,
            losses: Box::new(move |plan| twin.losses(plan)),
            thread: Some(thread),
        })
    }
}

impl CardSink for Driver {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, plan: &Arc<TextPlan>, brightness_percent: u8, at: Instant) -> Result<Told, SinkError> {
        if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            return Err(SinkError::Stopped);
        }
        let percent = brightness_percent.min(100);
        let mut papers = self.desk.papers();
        let last = papers.order.as_ref();
        let same = last.filter(|last| last.plan.same_picture(plan));
        let unchanged = same.is_some_and(|last| last.percent == percent);
        let next = last.map_or(Told(1), |last| Told(last.told.0 + 1));
        let told = same.map_or(next, |last| last.told);
        if same.is_none() {
            let losses = (self.losses)(plan);
            papers.report.stand_ins = losses.stand_ins;
            papers.report.cut_chars = losses.cut_chars;
        }
        papers.order = Some(Order {
            told,
            plan: Arc::clone(plan),
            percent,
            at,
            handed: Moment::now(),
        });
        if !unchanged {
            papers.version += 1;
            self.desk.woken.notify_all();
        }
        Ok(told)
    }

    fn report(&self) -> CardReport {
        self.desk.papers().report.clone()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let mut papers = self.desk.papers();
        papers.closed = true;
        // The thread may be waiting for an answer: then it finds the connection cut.
        if let Some(wire) = papers.wire.take() {
            let _ = wire.shutdown(Shutdown::Both);
        }
        drop(papers);
        self.desk.woken.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the card is known to hold, on this connection.
#[derive(Default)]
struct Known {
    clock_set: Option<Moment>,
    percent: Option<u8>,
    shown: Option<(Told, Moment)>,
    heard: Option<Moment>,
}

struct Talk<C> {
    desk: Arc<Desk>,
    card: C,
    pace: Pace,
    linked: bool,
    known: Known,
    faults: BTreeMap<&'static str, CardFault>,
    failures: u32,
    rest_until: Option<Moment>,
    /// A plan that the card refused, and until when it is left alone with it.
    refused: Option<(Told, Moment)>,
}

impl<C: Card> Talk<C> {
    fn run(mut self) {
        let (mut seen, mut due) = (0, Moment::now());
        while let Some((order, version)) = self.desk.wait(seen, due) {
            seen = version;
            due = self.turn(order.as_ref());
        }
        self.card.close();
    }

    /// Does what is due, and answers when something is due next.
    fn turn(&mut self, order: Option<&Order>) -> Moment {
        if let Some(rest) = self.rest_until.filter(|rest| Moment::now() < *rest) {
            return rest;
        }
        self.rest_until = None;
        let due = match self.advance(order) {
            Ok(()) => {
                self.failures = 0;
                self.faults.remove("link");
                self.next_due(order)
            }
            Err(fault) => self.lost(fault),
        };
        let mut papers = self.desk.papers();
        papers.report.connected = self.linked;
        papers.report.fault = self.faults.values().next().cloned();
        papers.report.warning = order
            .filter(|_| self.linked)
            .and_then(|order| self.card.warning(&order.plan));
        due
    }

    fn advance(&mut self, order: Option<&Order>) -> Result<(), CardFault> {
        if !self.linked {
            let wire = self.card.open()?;
            let mut papers = self.desk.papers();
            if papers.closed {
                return Ok(());
            }
            papers.wire = wire;
            papers.report.connected = true;
            drop(papers);
            (self.linked, self.known) = (true, Known::default());
            self.heard();
        }
        if let Some(order) = order {
            self.light(order)?;
            self.show(order)?;
            self.clock(order)?;
        }
        if self
            .known
            .heard
            .is_none_or(|heard| heard.elapsed() >= self.pace.keep_alive)
        {
            self.card.keep_alive()?;
            self.heard();
        }
        Ok(())
    }

    fn light(&mut self, order: &Order) -> Result<(), CardFault> {
        if self.known.percent != Some(order.percent) {
            let set = self.card.set_light(order.percent);
            self.settle("light", set)?;
            self.known.percent = Some(order.percent);
        }
        Ok(())
    }

    fn clock(&mut self, order: &Order) -> Result<(), CardFault> {
        let due = self.known.clock_set.is_none_or(|set| set.elapsed() >= CLOCK_EVERY);
        let offset_s = order.plan.utc_offset_s;
        if due && let Some(clock) = WallClock::at(order.now(), offset_s) {
            let set = self.card.set_clock(clock, offset_s);
            self.settle("clock", set)?;
            self.known.clock_set = Some(Moment::now());
        }
        Ok(())
    }

    fn show(&mut self, order: &Order) -> Result<(), CardFault> {
        let stands = self.known.shown.is_some_and(|(told, at)| {
            let refresh = self.card.refresh_after(&order.plan);
            told == order.told && refresh.is_none_or(|refresh| at.elapsed() < refresh)
        });
        let resting = self
            .refused
            .is_some_and(|(told, until)| told == order.told && Moment::now() < until);
        if stands || resting {
            return Ok(());
        }
        let shown = self.card.show(&order.plan, order.at);
        if self.settle("show", shown)? {
            (self.known.shown, self.refused) = (Some((order.told, Moment::now())), None);
            let mut papers = self.desk.papers();
            papers.report.acknowledged = Some(order.told);
            papers.report.acknowledged_at = Some(order.now());
        } else {
            self.known.shown = None;
            self.refused = Some((order.told, Moment::now() + self.pace.refused_rest));
        }
        Ok(())
    }

    /// Takes note of an answer: whether it was a yes. Only a lost connection is an error here.
    fn settle(&mut self, what: &'static str, answer: Result<(), CardFault>) -> Result<bool, CardFault> {
        match answer {
            Ok(()) => {
                self.heard();
                self.faults.remove(what);
                Ok(true)
            }
            Err(fault) if fault.is_refusal() => {
                self.heard();
                tracing::warn!(%fault, "the card refused");
                self.faults.insert(what, fault);
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    fn heard(&mut self) {
        self.known.heard = Some(Moment::now());
    }

    fn next_due(&self, order: Option<&Order>) -> Moment {
        let now = Moment::now();
        let heard = self.known.heard.unwrap_or(now);
        let refresh = order.and_then(|order| {
            let (_, at) = self.known.shown?;
            Some(at + self.card.refresh_after(&order.plan)?)
        });
        let clock = self.known.clock_set.map(|set| set + CLOCK_EVERY);
        let refused = self.refused.map(|(_, until)| until);
        [Some(heard + self.pace.keep_alive), refresh, clock, refused]
            .into_iter()
            .flatten()
            .fold(now + LONGEST_NAP, Moment::min)
    }

    /// The connection is gone: when to try again.
    fn lost(&mut self, fault: CardFault) -> Moment {
        if self.failures == 0 {
            tracing::warn!(%fault, "the card is lost");
        }
        self.card.close();
        self.linked = false;
        self.refused = None;
        self.faults.insert("link", fault);
        self.desk.papers().wire = None;
        let again = Moment::now() + back_off(&self.pace, self.failures, &RandomState::new());
        self.failures = self.failures.saturating_add(1);
        self.rest_until = Some(again);
        again
    }
}

/// How long to wait after so many failures: twice as long each time, with a quarter more or less, so that a hall's
/// cards are not all asked at once when the switch comes back.
fn back_off(pace: &Pace, failures: u32, chance: &RandomState) -> Duration {
    let wait = pace
        .first_retry
        .saturating_mul(1 << failures.min(16))
        .min(pace.longest_retry);
    let random = chance.build_hasher().finish() % 512;
    wait.mul_f64(0.75 + f64::from(u16::try_from(random).unwrap_or(0)) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_rarer_and_are_not_in_step() {
        let pace = Pace::default();
        let waits = |failures| -> Vec<Duration> {
            (0..50)
                .map(|_| back_off(&pace, failures, &RandomState::new()))
                .collect()
        };
        for (failures, seconds) in [(0, 1.0), (1, 2.0), (3, 8.0), (6, 60.0), (u32::MAX, 60.0)] {
            let waits = waits(failures);
            let within = |wait: &Duration| (0.75 * seconds..=1.25 * seconds).contains(&wait.as_secs_f64());
            assert!(waits.iter().all(within), "{failures}: {waits:?}");
            assert!(waits.iter().any(|wait| wait != &waits[0]));
        }
    }
}
