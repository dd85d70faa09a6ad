//! What the sinks that send frames over UDP share: a thread that takes the newest frame, sends it, and keeps it alive.

use crate::options::Host;
use crate::rig::{Loom, Rig};
use crate::{Sink, SinkError};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

/// A frame that stands still is sent again this often. sACN asks for 800 to 1,000 ms (ANSI E1.31, 6.6.2), Art-Net for at
/// most 4 s, and controllers that speak DDP commonly go dark or to their own effects after 2.5 s of silence.
const KEEP_ALIVE: Duration = Duration::from_millis(900);

/// A new frame is sent so many times more, soon, before it is only kept alive: datagrams get lost. sACN asks for three
/// in all (6.6.2).
const REPEATS: u32 = 2;
const REPEAT_AFTER: Duration = Duration::from_millis(100);

/// A target that could not be reached is tried again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// So long nothing may go wrong before a fault is over: the answer that nobody listens comes after the packet that
/// asked for it was sent without complaint.
const SOUND_AFTER: Duration = Duration::from_secs(2);

/// A sink that is dropped waits this long for its last packets; looking up a name can take longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A packet that the machine does not take within this time is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// The UDP port of sACN, for its multicast groups (ANSI E1.31, 9.3: ACN SDT multicast port).
pub(crate) const SACN_PORT: u16 = 5568;

/// Where packets go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To one machine.
    Host(Host),
    /// To each universe's group 239.255.hi.lo, from the interface that has the address.
    Groups(Option<Ipv4Addr>),
}

/// A line of lamps as packets.
pub(crate) trait Protocol: Send + 'static {
    /// Sends a line, packet by packet; each with the universe whose group it is for.
    fn send(&mut self, lamps: &[u8], post: &mut Post<'_>) -> io::Result<()>;

    /// Says that no more will come.
    fn farewell(&mut self, _post: &mut Post<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// Sends a packet, to a universe's group where the target is groups.
pub(crate) type Post<'a> = dyn FnMut(u16, &[u8]) -> io::Result<()> + 'a;

/// What a network sink is made from.
pub(crate) struct Plan<P> {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) protocol: P,
    /// The most bytes of lamps that the protocol carries.
    pub(crate) room: usize,
    /// Frames follow each other no faster than this.
    pub(crate) rate_hz: Option<u16>,
}

/// Sends frames over the network: DDP, Art-Net or sACN. The newest frame is sent by a thread of its own, and again while
/// nothing newer comes. While its target cannot be reached, [`Sink::show`] says so; it is tried again and again.
pub struct NetworkSink {
    name: String,
    rig: Rig,
    room: usize,
    tray: Arc<Tray>,
}

/// Where the sink leaves frames and the thread leaves faults.
#[derive(Default)]
struct Tray {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frame: Option<Arc<Frame>>,
    closed: bool,
    fault: Option<Fault>,
    ended: bool,
}

struct Fault {
    kind: io::ErrorKind,
    text: String,
    at: Moment,
}

impl NetworkSink {
    pub(crate) fn start<P: Protocol>(plan: Plan<P>, rig: &Rig) -> Result<Self, SinkError> {
        let tray = Arc::new(Tray::default());
        let courier = Courier {
            tray: Arc::clone(&tray),
            loom: Loom::new(rig.clone()),
            protocol: plan.protocol,
            line: Line {
                target: plan.target,
                open: None,
            },
            pause: (plan.rate_hz).map_or(Duration::ZERO, |hz| Duration::from_secs(1) / u32::from(hz.max(1))),
        };
        std::thread::Builder::new()
            .name("network-sink".to_owned())
            .spawn(move || courier.run())
            .map_err(SinkError::Machine)?;
        Ok(Self {
            name: plan.name,
            rig: rig.clone(),
            room: plan.room,
            tray,
        })
    }
}

impl Sink for NetworkSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        self.rig.fits(frame)?;
        if frame.rgb().len() > self.room {
            return Err(SinkError::TooManyPixels {
                sink: self.name.clone(),
                pixels: frame.rgb().len() / 3,
                most: self.room / 3,
            });
        }
        let mut state = self.tray.lock();
        state.frame = Some(Arc::clone(frame));
        let fault = state.fault.as_ref().map(Fault::error);
        drop(state);
        self.tray.changed.notify_all();
        fault.map_or(Ok(()), |cause| {
            Err(SinkError::Unreachable {
                sink: self.name.clone(),
                cause,
            })
        })
    }
}

/// The last frame is still sent, and the farewell.
impl Drop for NetworkSink {
    fn drop(&mut self) {
        self.tray.lock().closed = true;
        self.tray.changed.notify_all();
        let ended = |state: &mut State| !state.ended;
        drop(self.tray.changed.wait_timeout_while(self.tray.lock(), PATIENCE, ended));
    }
}

impl Fault {
    fn error(&self) -> io::Error {
        io::Error::new(self.kind, self.text.clone())
    }
}

impl Tray {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `until`, or until the sink is closed.
    fn rest(&self, until: Moment) {
        let nap = until.saturating_duration_since(Moment::now());
        drop(self.changed.wait_timeout_while(self.lock(), nap, |state| !state.closed));
    }

    /// The newest frame: waits for one at most until `until`, or without end.
    fn next(&self, until: Option<Moment>) -> Next {
        let nothing = |state: &mut State| state.frame.is_none() && !state.closed;
        let mut state = match until {
            None => (self.changed.wait_while(self.lock(), nothing)).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let nap = until.saturating_duration_since(Moment::now());
                let waited = self.changed.wait_timeout_while(self.lock(), nap, nothing);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        match state.frame.take() {
            Some(frame) => Next::Frame(frame),
            None if state.closed => Next::Closed,
            None => Next::Nothing,
        }
    }

    /// Notes how sending went.
    fn note(&self, outcome: io::Result<()>) {
        let mut state = self.lock();
        match outcome {
            Err(cause) => {
                if state.fault.is_none() {
                    tracing::warn!(%cause, "the panel's controller cannot be reached");
                }
                state.fault = Some(Fault {
                    kind: cause.kind(),
                    text: cause.to_string(),
                    at: Moment::now(),
                });
            }
            Ok(())
                if state
                    .fault
                    .as_ref()
                    .is_some_and(|fault| fault.at.elapsed() > SOUND_AFTER) =>
            {
                state.fault = None;
                tracing::info!("the panel's controller is reached again");
            }
            Ok(()) => {}
        }
    }
}

enum Next {
    Frame(Arc<Frame>),
    Nothing,
    Closed,
}

/// The thread.
struct Courier<P> {
    tray: Arc<Tray>,
    loom: Loom,
    protocol: P,
    line: Line,
    pause: Duration,
}

impl<P: Protocol> Courier<P> {
    fn run(mut self) {
        let mut shown: Option<Arc<Frame>> = None;
        let mut again = None;
        let mut repeats = 0;
        loop {
            match self.tray.next(again) {
                Next::Frame(frame) => {
                    repeats = REPEATS;
                    shown = Some(frame);
                }
                Next::Nothing => repeats = repeats.saturating_sub(1),
                Next::Closed => break,
            }
            let begun = Moment::now();
            let sound = shown.as_ref().is_none_or(|frame| self.deliver(frame));
            let after = match (sound, repeats) {
                (false, _) => RETRY_AFTER,
                (true, 0) => KEEP_ALIVE,
                (true, _) => REPEAT_AFTER,
            };
            again = Some(begun + after);
            self.tray.rest(begun + if sound { self.pause } else { RETRY_AFTER });
        }
        let farewell = self.line.open().and_then(|open| {
            let mut post = |universe: u16, packet: &[u8]| open.post(universe, packet);
            self.protocol.farewell(&mut post)
        });
        if let Err(error) = farewell {
            tracing::debug!(%error, "the panel's controller was not told of the end");
        }
        self.tray.lock().ended = true;
        self.tray.changed.notify_all();
    }

    fn deliver(&mut self, frame: &Frame) -> bool {
        let outcome = self.attempt(frame);
        let sound = outcome.is_ok();
        if !sound {
            self.line.open = None;
        }
        self.tray.note(outcome);
        sound
    }

    fn attempt(&mut self, frame: &Frame) -> io::Result<()> {
        let lamps = self.loom.lamps(frame).map_err(io::Error::other)?;
        let open = self.line.open()?;
        let mut post = |universe: u16, packet: &[u8]| open.post(universe, packet);
        self.protocol.send(lamps, &mut post)?;
        open.socket.take_error()?.map_or(Ok(()), Err)
    }
}

/// The way to the target; looked up and opened when it is needed, and anew after a fault.
struct Line {
    target: Target,
    open: Option<OpenLine>,
}

struct OpenLine {
    socket: UdpSocket,
    groups: bool,
}

impl Line {
    fn open(&mut self) -> io::Result<&OpenLine> {
        let line = match self.open.take() {
            Some(line) => line,
            None => OpenLine::to(&self.target)?,
        };
        Ok(self.open.insert(line))
    }
}

impl OpenLine {
    fn to(target: &Target) -> io::Result<Self> {
        let socket = match target {
            Target::Host(host) => connected(host)?,
            // The kernel sends a group's packets from the interface whose address the socket is bound to.
            Target::Groups(interface) => UdpSocket::bind((interface.unwrap_or(Ipv4Addr::UNSPECIFIED), 0))?,
        };
        socket.set_write_timeout(Some(SEND_TIMEOUT))?;
        Ok(Self {
            socket,
            groups: matches!(target, Target::Groups(_)),
        })
    }

    fn post(&self, universe: u16, packet: &[u8]) -> io::Result<()> {
        let sent = if self.groups {
            let [high, low] = universe.to_be_bytes();
            self.socket
                .send_to(packet, (Ipv4Addr::new(239, 255, high, low), SACN_PORT))
        } else {
            self.socket.send(packet)
        };
        sent.map(|_| ())
    }
}

/// A socket to the first of the host's addresses; connected, so that the network's refusals are heard.
fn connected(host: &Host) -> io::Result<UdpSocket> {
    let mut addresses = (host.name.as_str(), host.port).to_socket_addrs()?;
    let address = addresses
        .next()
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address"))?;
    let socket = match address {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.connect(address)?;
    Ok(socket)
}
