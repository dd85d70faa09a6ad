//! What a fleet sees, for whoever asks while it runs.

use heliograph_domain::PublicationId;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many publications are followed, the newest.
const FOLLOWED: usize = 64;

/// Counters and sightings. All numbers are of this process's start on.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) connected: AtomicUsize,
    pub(crate) on_air: AtomicUsize,
    pub(crate) lost: AtomicUsize,
    pub(crate) messages: AtomicUsize,
    pub(crate) statuses: AtomicUsize,
    pub(crate) taken: AtomicUsize,
    pub(crate) stored: AtomicUsize,
    pub(crate) refusals: AtomicUsize,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    last_refusal: Option<String>,
    last_lost: Option<String>,
    sightings: HashMap<PublicationId, Vec<Sighting>>,
    order: VecDeque<PublicationId>,
}

#[derive(Debug, Clone, Copy)]
struct Sighting {
    at: Instant,
    after_release_ms: u64,
}

/// What a fleet sees now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Displays that are connected.
    pub connected: usize,
    /// Displays on which something else than the slate would be.
    pub on_air: usize,
    /// Connections that were lost or could not be made.
    pub lost: usize,
    /// Messages that came.
    pub messages: usize,
    /// Messages that were published.
    pub statuses: usize,
    /// Messages that the broker acknowledged.
    pub taken: usize,
    /// Stores that became durable.
    pub stored: usize,
    /// What was refused: messages by displays, subscriptions by the broker, stores by the disk.
    pub refusals: usize,
    /// The last of these, in words.
    pub last_refusal: Option<String>,
    /// Why the last connection was lost.
    pub last_lost: Option<String>,
}

/// How a release came to the displays of a fleet, from its record to the moment it was on air, in milliseconds by the
/// clocks of hub and displays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// The publication.
    pub publication: PublicationId,
    /// On so many displays it was seen.
    pub displays: usize,
    /// On the first display.
    pub first_ms: u64,
    /// On half of them.
    pub median_ms: u64,
    /// On 99 of 100.
    pub p99_ms: u64,
    /// On the last.
    pub last_ms: u64,
}

impl Watch {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Nothing panics while it is held.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn aired(&self, publication: PublicationId, after_release_ms: u64, at: Instant) {
        let mut notes = self.notes();
        let sighting = Sighting { at, after_release_ms };
        if let Some(seen) = notes.sightings.get_mut(&publication) {
            seen.push(sighting);
            return;
        }
        notes.sightings.insert(publication, vec![sighting]);
        notes.order.push_back(publication);
        if notes.order.len() > FOLLOWED
            && let Some(oldest) = notes.order.pop_front()
        {
            notes.sightings.remove(&oldest);
        }
    }

    pub(crate) fn refused(&self, why: String) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        self.notes().last_refusal = Some(why);
    }

    pub(crate) fn lost(&self, why: Option<String>) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        if why.is_some() {
            self.notes().last_lost = why;
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        let number = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let notes = self.notes();
        Tally {
            connected: number(&self.connected),
            on_air: number(&self.on_air),
            lost: number(&self.lost),
            messages: number(&self.messages),
            statuses: number(&self.statuses),
            taken: number(&self.taken),
            stored: number(&self.stored),
            refusals: number(&self.refusals),
            last_refusal: notes.last_refusal.clone(),
            last_lost: notes.last_lost.clone(),
        }
    }

    /// When a publication came on air, display by display, in the order it happened.
    pub(crate) fn sightings(&self, publication: PublicationId) -> Vec<Instant> {
        let notes = self.notes();
        let mut seen: Vec<_> = notes
            .sightings
            .get(&publication)
            .into_iter()
            .flatten()
            .map(|seen| seen.at)
            .collect();
        seen.sort();
        seen
    }

    /// The spreads of publications that came on air first no longer than `ago`, oldest first.
    pub(crate) fn spreads(&self, ago: Duration) -> Vec<Spread> {
        let notes = self.notes();
        let young = |seen: &&Vec<Sighting>| {
            seen.iter()
                .map(|seen| seen.at)
                .min()
                .is_some_and(|at| at.elapsed() <= ago)
        };
        let spread = |publication: &PublicationId| {
            let seen = notes.sightings.get(publication).filter(young)?;
            let mut after: Vec<u64> = seen.iter().map(|seen| seen.after_release_ms).collect();
            after.sort_unstable();
            let at = |share: usize| after[(after.len() - 1) * share / 100];
            Some(Spread {
                publication: *publication,
                displays: after.len(),
                first_ms: at(0),
                median_ms: at(50),
                p99_ms: at(99),
                last_ms: at(100),
            })
        };
        notes.order.iter().filter_map(spread).collect()
    }
}
