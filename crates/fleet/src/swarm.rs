//! Many connections to one broker on one thread, each coming back by itself as a player's does.

use crate::connection::{Connection, Heard, Login, Lost};
use mio::{Events, Interest, Poll, Token, Waker};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The wait before the next attempt starts here, doubles with each failure and ends at the longest, as a player's.
const SHORTEST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How often connections are looked at for pings.
const LOOK: Duration = Duration::from_secs(1);
/// So many sockets are served between two looks at everything else.
const AT_ONCE: usize = 256;
const WAKING: Token = Token(usize::MAX);

/// Connections, by number from 0.
pub struct Swarm {
    broker: SocketAddr,
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    seats: Vec<Seat>,
    attempts: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Connections that have something to send.
    talking: Vec<usize>,
    next_look: Instant,
    last_lost: Option<String>,
}

struct Seat {
    login: Login,
    connection: Option<Connection>,
    wait: Duration,
    /// The attempt that counts; others in the heap are of the past. `None`: none is to be made.
    attempt: Option<Instant>,
    talks: bool,
}

impl Swarm {
    /// No connections yet.
    ///
    /// # Errors
    /// When the system gives no poll.
    pub fn new(broker: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKING)?);
        Ok(Self {
            broker,
            poll,
            events: Events::with_capacity(AT_ONCE),
            waker,
            seats: Vec::new(),
            attempts: BinaryHeap::new(),
            talking: Vec::new(),
            next_look: Instant::now() + LOOK,
            last_lost: None,
        })
    }

    /// One more client, which connects after `wait`.
    pub fn add(&mut self, login: Login, wait: Duration) -> usize {
        let at = self.seats.len();
        self.seats.push(Seat {
            login,
            connection: None,
            wait: SHORTEST_WAIT,
            attempt: None,
            talks: false,
        });
        self.try_at(at, Instant::now() + wait);
        at
    }

    /// What ends a wait in [`Swarm::turn`] from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Why the last connection was lost, once.
    pub fn take_last_lost(&mut self) -> Option<String> {
        self.last_lost.take()
    }

    /// Asks the broker for these filters; nothing happens without a connection.
    pub fn subscribe(&mut self, at: usize, filters: Vec<String>) {
        self.say(at, |connection| connection.subscribe(filters));
    }

    /// Leaves these filters.
    pub fn unsubscribe(&mut self, at: usize, filters: Vec<String>) {
        self.say(at, |connection| connection.unsubscribe(filters));
    }

    /// Publishes, with QoS 1.
    pub fn publish(&mut self, at: usize, topic: String, payload: Vec<u8>, retain: bool) {
        self.say(at, |connection| connection.publish(topic, payload, retain));
    }

    fn say(&mut self, at: usize, what: impl FnOnce(&mut Connection) -> Result<(), Lost>) {
        let Some(seat) = self.seats.get_mut(at) else { return };
        if let Some(connection) = &mut seat.connection
            && let Err(error) = what(connection)
        {
            // Too large to be sent: its own fault, and the connection stands.
            tracing::warn!(%error, "a message was not sent");
        }
        self.talks(at);
    }

    /// Notes that something waits to be sent.
    fn talks(&mut self, at: usize) {
        if !std::mem::replace(&mut self.seats[at].talks, true) {
            self.talking.push(at);
        }
    }

    /// Cuts a connection without a goodbye, and does not make it again before [`Swarm::plug`].
    pub fn unplug(&mut self, at: usize) {
        if let Some(seat) = self.seats.get_mut(at) {
            seat.attempt = None;
            seat.connection = None;
        }
    }

    /// Connects again at once.
    pub fn plug(&mut self, at: usize) {
        if self.seats.get(at).is_some_and(|seat| seat.connection.is_none()) {
            self.seats[at].wait = SHORTEST_WAIT;
            self.try_at(at, Instant::now());
        }
    }

    fn try_at(&mut self, at: usize, when: Instant) {
        self.seats[at].attempt = Some(when);
        self.attempts.push(Reverse((when, at)));
    }

    /// Sends what waits, makes connections that are due, waits at most `timeout` for something to come, and tells it.
    ///
    /// # Errors
    /// When the system's poll fails.
    pub fn turn(&mut self, timeout: Duration, heard: &mut Vec<(usize, Heard)>) -> io::Result<()> {
        let now = Instant::now();
        for at in std::mem::take(&mut self.talking) {
            self.seats[at].talks = false;
            self.tend(at, heard, |connection| connection.flush(now));
        }
        self.connect_what_is_due(now, heard);
        if now >= self.next_look {
            self.next_look = now + LOOK;
            for at in 0..self.seats.len() {
                self.tend(at, heard, |connection| connection.keep_alive(now));
            }
        }
        let timeout = if heard.is_empty() {
            self.patience(now).min(timeout)
        } else {
            Duration::ZERO
        };
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        self.serve(heard);
        Ok(())
    }

    fn patience(&self, now: Instant) -> Duration {
        let next = self
            .attempts
            .peek()
            .map_or(self.next_look, |Reverse((when, _))| (*when).min(self.next_look));
        next.saturating_duration_since(now)
    }

    fn connect_what_is_due(&mut self, now: Instant, heard: &mut Vec<(usize, Heard)>) {
        while let Some(Reverse((when, at))) = self.attempts.peek().copied().filter(|Reverse((when, _))| *when <= now) {
            self.attempts.pop();
            if self.seats[at].attempt != Some(when) {
                continue;
            }
            self.seats[at].attempt = None;
            if let Err(error) = self.connect(at, now) {
                self.lose(at, &error, heard);
            }
        }
    }

    fn connect(&mut self, at: usize, now: Instant) -> Result<(), Lost> {
        let seat = &mut self.seats[at];
        let mut connection = Connection::open(self.broker, &seat.login, now)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll
            .registry()
            .register(&mut connection.stream, Token(at), interest)?;
        seat.connection = Some(connection);
        Ok(())
    }

    fn serve(&mut self, heard: &mut Vec<(usize, Heard)>) {
        let now = Instant::now();
        let sockets = self.events.iter().filter(|event| event.token() != WAKING);
        let ready: Vec<_> = sockets.map(|event| (event.token().0, event.is_writable())).collect();
        for (at, writable) in ready {
            let mut fresh = Vec::new();
            self.tend(at, heard, |connection| {
                connection.read(|what| fresh.push((at, what)))?;
                if writable { connection.flush(now) } else { Ok(()) }
            });
            // Acknowledgements go out with what the client has to say to what it heard, at the next turn's beginning.
            if self.seats[at].connection.as_ref().is_some_and(Connection::talks) {
                self.talks(at);
            }
            // What was heard before a connection broke was heard.
            let lost = heard.pop_if(|(of, what)| *of == at && matches!(what, Heard::Lost));
            heard.append(&mut fresh);
            heard.extend(lost);
        }
    }

    /// Does something with a connection, and parts with it when that fails.
    fn tend(
        &mut self,
        at: usize,
        heard: &mut Vec<(usize, Heard)>,
        what: impl FnOnce(&mut Connection) -> Result<(), Lost>,
    ) {
        let Some(connection) = self.seats.get_mut(at).and_then(|seat| seat.connection.as_mut()) else {
            return;
        };
        if let Err(error) = what(connection) {
            self.lose(at, &error, heard);
        }
    }

    fn lose(&mut self, at: usize, error: &Lost, heard: &mut Vec<(usize, Heard)>) {
        self.last_lost = Some(error.to_string());
        let seat = &mut self.seats[at];
        if seat.connection.take().is_some_and(|connection| connection.good) {
            seat.wait = SHORTEST_WAIT;
        }
        let wait = jittered(seat.wait);
        seat.wait = (seat.wait * 2).min(LONGEST_WAIT);
        self.try_at(at, Instant::now() + wait);
        heard.push((at, Heard::Lost));
    }
}

/// Says goodbye for everyone.
impl Drop for Swarm {
    fn drop(&mut self) {
        for connection in self.seats.iter_mut().filter_map(|seat| seat.connection.take()) {
            connection.goodbye();
        }
    }
}

/// Between a half and the whole of a wait.
fn jittered(wait: Duration) -> Duration {
    wait / 2 + wait.mul_f64(fraction() / 2.0)
}

/// A random number from 0 to 1.
pub(crate) fn fraction() -> f64 {
    let mut bytes = [128; 2];
    // Without random bytes all wait the same time, which is still right, only less kind.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u16::from_be_bytes(bytes)) / f64::from(u16::MAX)
}
