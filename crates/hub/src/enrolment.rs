//! The open requests of machines that want to be displays: who committed to what, what people should compare, and what
//! was decided. In memory alone: a request lives ten minutes, and a machine whose hub forgot it begins again.

use heliograph_domain::{DisplayId, Instant};
use heliograph_wire::enrol::{Counterpart, Introduction};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use thiserror::Error;
use uuid::Uuid;

/// How long a request lives.
pub(crate) const LIFE_MS: u64 = 10 * 60_000;
/// Requests that may wait for people at once.
const MOST_OPEN: usize = 50;
/// New requests of one address within [`MINUTE_MS`].
const MOST_OF_ONE: usize = 10;
const MINUTE_MS: u64 = 60_000;
/// Addresses that are counted at once: each has asked within the last minute.
const MOST_ADDRESSES: usize = 1000;

/// Why a request is not taken, or not answered as hoped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Turned {
    /// Too many, of this address or altogether.
    #[error("too many requests; try again in {retry_after_s} s")]
    TooMany {
        /// When there is room again, in seconds.
        retry_after_s: u64,
    },
    /// There is no such request any more, or its credential was fetched.
    #[error("the request is over; begin again")]
    Over,
    /// What was revealed is not what was committed to.
    #[error("what was revealed is not what was committed to")]
    Broken,
    /// The secret is another.
    #[error("the secret is not that of the request")]
    Stranger,
    /// It was decided already, or is being decided.
    #[error("the request was decided already")]
    Decided,
}

/// A machine that waits for people, as they see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Names the request.
    pub(crate) id: Uuid,
    /// When it was opened.
    pub(crate) opened_at: Instant,
    /// Where it called from.
    pub(crate) peer: Option<IpAddr>,
    /// What it said of itself.
    pub(crate) introduction: Introduction,
    /// What stands on its screen, too, when nobody stands between.
    pub(crate) short_string: String,
}

impl Waiting {
    /// When it is over.
    pub(crate) fn expires_at(&self) -> Instant {
        self.opened_at.plus_ms(LIFE_MS)
    }
}

/// What a machine hears that asks how things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has decided.
    Waiting,
    /// Somebody said no.
    Refused,
    /// Somebody said yes: the display that it is, and its token, which is told once.
    Admitted(DisplayId, String),
}

#[derive(Debug)]
enum Stage {
    /// It has committed.
    Committed([u8; 32]),
    /// It has said who it is, and people may decide. `claimed`: somebody is deciding this moment.
    Revealed {
        waiting: Box<Waiting>,
        claimed: bool,
    },
    /// Refused, admitted or told. The hash is that of its secret.
    Refused([u8; 32]),
    Admitted([u8; 32], DisplayId, String),
    Told,
}

#[derive(Debug)]
struct Request {
    opened_at: Instant,
    peer: Option<IpAddr>,
    hub: Counterpart,
    stage: Stage,
}

impl Request {
    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Committed(_) | Stage::Revealed { .. })
    }

    /// A clock that was set must not keep a request alive: its age counts either way.
    fn is_over(&self, now: Instant) -> bool {
        now.since(self.opened_at).max(self.opened_at.since(now)) >= LIFE_MS
    }
}

/// All requests that are not over.
#[derive(Debug, Default)]
pub(crate) struct Book {
    requests: BTreeMap<Uuid, Request>,
    recent: HashMap<Option<IpAddr>, VecDeque<Instant>>,
}

impl Book {
    /// Opens a request under the fresh name `id`, for a machine that commits to something; answers when it is over.
    ///
    /// # Errors
    /// [`Turned::TooMany`].
    pub(crate) fn open(
        &mut self,
        id: Uuid,
        peer: Option<IpAddr>,
        commitment: [u8; 32],
        hub: Counterpart,
        now: Instant,
    ) -> Result<Instant, Turned> {
        self.forget_old(now);
        let open = self.requests.values().filter(|request| request.is_open());
        if open.clone().count() >= MOST_OPEN {
            let oldest = open.map(|request| request.opened_at).min().unwrap_or(now);
            return Err(later(LIFE_MS.saturating_sub(now.since(oldest))));
        }
        self.count(peer.map(house), now)?;
        let request = Request {
            opened_at: now,
            peer,
            hub,
            stage: Stage::Committed(commitment),
        };
        self.requests.insert(id, request);
        Ok(now.plus_ms(LIFE_MS))
    }

    fn count(&mut self, house: Option<IpAddr>, now: Instant) -> Result<(), Turned> {
        if !self.recent.contains_key(&house) && self.recent.len() >= MOST_ADDRESSES {
            return Err(later(MINUTE_MS));
        }
        let times = self.recent.entry(house).or_default();
        if times.len() >= MOST_OF_ONE {
            let first = times.front().copied().unwrap_or(now);
            return Err(later(MINUTE_MS.saturating_sub(now.since(first))));
        }
        times.push_back(now);
        Ok(())
    }

    /// Takes what a machine says of itself; people can decide from now on. The same again is the same.
    ///
    /// # Errors
    /// [`Turned::Broken`] when it is not what was committed to; such a request is gone. [`Turned::Over`].
    pub(crate) fn reveal(&mut self, id: Uuid, introduction: Introduction, now: Instant) -> Result<(), Turned> {
        self.forget_old(now);
        let request = self.requests.get_mut(&id).ok_or(Turned::Over)?;
        match &request.stage {
            Stage::Committed(commitment) if *commitment == introduction.commitment() => {
                let waiting = Waiting {
                    id,
                    opened_at: request.opened_at,
                    peer: request.peer,
                    short_string: introduction.short_string(&request.hub),
                    introduction,
                };
                request.stage = Stage::Revealed {
                    waiting: Box::new(waiting),
                    claimed: false,
                };
                Ok(())
            }
            Stage::Committed(_) => {
                self.requests.remove(&id);
                Err(Turned::Broken)
            }
            // Whoever else knows the request's name must not end it.
            Stage::Revealed { waiting, .. } if waiting.introduction == introduction => Ok(()),
            Stage::Revealed { .. } => Err(Turned::Broken),
            Stage::Refused(_) | Stage::Admitted(..) | Stage::Told => Err(Turned::Over),
        }
    }

    /// How things stand, for the machine that has the secret. What it is told once is not here afterwards.
    ///
    /// # Errors
    /// [`Turned::Stranger`], [`Turned::Over`].
    pub(crate) fn ask(&mut self, id: Uuid, secret: &[u8; 32], now: Instant) -> Result<Standing, Turned> {
        self.forget_old(now);
        let request = self.requests.get_mut(&id).ok_or(Turned::Over)?;
        let wanted = match &request.stage {
            Stage::Committed(_) | Stage::Told => return Err(Turned::Over),
            Stage::Revealed { waiting, .. } => waiting.introduction.secret_hash,
            Stage::Refused(hash) | Stage::Admitted(hash, ..) => *hash,
        };
        if !same(&wanted, &Sha256::digest(secret).into()) {
            return Err(Turned::Stranger);
        }
        match &request.stage {
            Stage::Refused(_) => Ok(Standing::Refused),
            Stage::Admitted(..) => match std::mem::replace(&mut request.stage, Stage::Told) {
                Stage::Admitted(_, display, token) => Ok(Standing::Admitted(display, token)),
                _ => Err(Turned::Over),
            },
            _ => Ok(Standing::Waiting),
        }
    }

    /// Those that wait for people, oldest first.
    pub(crate) fn waiting(&mut self, now: Instant) -> Vec<Waiting> {
        self.forget_old(now);
        let revealed = |request: &Request| match &request.stage {
            Stage::Revealed { waiting, .. } => Some(Waiting::clone(waiting)),
            _ => None,
        };
        let mut all: Vec<Waiting> = self.requests.values().filter_map(revealed).collect();
        all.sort_by_key(|waiting| (waiting.opened_at, waiting.id));
        all
    }

    /// Takes a request to decide it: until it is given back or decided, nobody else does.
    ///
    /// # Errors
    /// [`Turned::Over`], [`Turned::Decided`].
    pub(crate) fn claim(&mut self, id: Uuid, now: Instant) -> Result<Waiting, Turned> {
        self.forget_old(now);
        match self.requests.get_mut(&id).map(|request| &mut request.stage) {
            None | Some(Stage::Committed(_)) => Err(Turned::Over),
            Some(Stage::Revealed { waiting, claimed }) if !*claimed => {
                *claimed = true;
                Ok(Waiting::clone(waiting))
            }
            Some(_) => Err(Turned::Decided),
        }
    }

    /// Gives a claimed request back undecided.
    pub(crate) fn give_back(&mut self, id: Uuid) {
        if let Some(Stage::Revealed { claimed, .. }) = self.requests.get_mut(&id).map(|request| &mut request.stage) {
            *claimed = false;
        }
    }

    /// The machine is this display from now on, and is told so with its token.
    pub(crate) fn admitted(&mut self, id: Uuid, display: DisplayId, token: String) {
        self.decide(id, |hash| Stage::Admitted(hash, display, token));
    }

    /// The machine is told that nobody wants it.
    pub(crate) fn refused(&mut self, id: Uuid) {
        self.decide(id, Stage::Refused);
    }

    fn decide(&mut self, id: Uuid, stage: impl FnOnce([u8; 32]) -> Stage) {
        if let Some(request) = self.requests.get_mut(&id)
            && let Stage::Revealed { waiting, .. } = &request.stage
        {
            request.stage = stage(waiting.introduction.secret_hash);
        }
    }

    fn forget_old(&mut self, now: Instant) {
        self.requests.retain(|_, request| !request.is_over(now));
        self.recent.retain(|_, times| {
            times.retain(|at| now.since(*at).max(at.since(now)) < MINUTE_MS);
            !times.is_empty()
        });
    }
}

fn later(wait_ms: u64) -> Turned {
    Turned::TooMany {
        retry_after_s: wait_ms.div_ceil(1000).max(1),
    }
}

/// Who counts as one caller: an IPv4 address, or an IPv6 network of 64 bits, whose addresses cost its owner nothing.
fn house(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from(u128::from(six) >> 64 << 64)),
        four => four,
    }
}

/// Compares in a time that does not tell where the two differ.
fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    let different = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    std::hint::black_box(different) == 0
}

#[cfg(test)]
mod tests;
