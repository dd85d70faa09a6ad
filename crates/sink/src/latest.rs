//! Where the player leaves a frame for a sink's own thread: one place, the newest wins.

use crate::SinkError;
use heliograph_scene::Frame;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a sink's thread may take to put its things away; after that it is left to itself.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long a display server or a device may take to be opened.
const OPENING: Duration = Duration::from_secs(10);

/// The player's end: hands frames to a thread that shows them.
pub(crate) struct Screening {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    ended: Receiver<()>,
}

/// The thread's end.
pub(crate) struct Latest {
    shared: Arc<Shared>,
    bell: UnixStream,
}

struct Shared {
    place: Mutex<Place>,
    bell: UnixStream,
}

#[derive(Default)]
struct Place {
    frame: Option<Arc<Frame>>,
    closed: bool,
    /// Why nothing is shown at present.
    dark: Option<Dark>,
}

/// Makes the error anew for each frame that is not shown.
type Dark = Arc<dyn Fn() -> SinkError + Send + Sync>;

impl Screening {
    /// Starts a thread that first opens what it shows on, and answers when it has.
    ///
    /// # Errors
    /// When the machine refuses a thread, or what `open` says.
    pub(crate) fn start<T, E>(
        name: &str,
        open: impl FnOnce() -> Result<T, E> + Send + 'static,
        work: impl FnOnce(T, Latest) + Send + 'static,
        late: E,
    ) -> Result<Self, SinkError>
    where
        E: Into<SinkError> + Send + 'static,
    {
        let (ring, bell) = UnixStream::pair().map_err(SinkError::Machine)?;
        ring.set_nonblocking(true)
            .and_then(|()| bell.set_nonblocking(true))
            .map_err(SinkError::Machine)?;
        let shared = Arc::new(Shared {
            place: Mutex::default(),
            bell: ring,
        });
        let latest = Latest {
            shared: Arc::clone(&shared),
            bell,
        };
        let (opened, answer) = channel();
        let (end, ended): (Sender<()>, _) = channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                // Dropped when the thread ends, in whatever way.
                let _end = end;
                match open() {
                    Ok(screen) if opened.send(Ok(())).is_ok() => work(screen, latest),
                    Ok(_) => {}
                    Err(error) => drop(opened.send(Err(error))),
                }
            })
            .map_err(SinkError::Machine)?;
        match answer.recv_timeout(OPENING) {
            Ok(Ok(())) => Ok(Self {
                shared,
                thread: Some(thread),
                ended,
            }),
            Ok(Err(error)) => Err(error.into()),
            Err(RecvTimeoutError::Timeout) => Err(late.into()),
            Err(RecvTimeoutError::Disconnected) => Err(SinkError::Stopped),
        }
    }

    /// Leaves a frame; what the thread has not taken yet is forgotten.
    ///
    /// # Errors
    /// Why the thread shows nothing at present.
    pub(crate) fn put(&self, frame: &Arc<Frame>) -> Result<(), SinkError> {
        let mut place = self.shared.lock();
        place.frame = Some(Arc::clone(frame));
        let dark = place.dark.clone();
        drop(place);
        self.shared.ring();
        match dark {
            Some(error) => Err(error()),
            None if self.thread.as_ref().is_none_or(JoinHandle::is_finished) => Err(SinkError::Stopped),
            None => Ok(()),
        }
    }
}

impl Drop for Screening {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.ring();
        let gone = !matches!(self.ended.recv_timeout(GOODBYE), Err(RecvTimeoutError::Timeout));
        if let Some(thread) = self.thread.take().filter(|_| gone) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// A thread that panicked leaves a whole place behind: it only ever holds one value or another.
    fn lock(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A full bell has rung already.
    fn ring(&self) {
        let _ = (&self.bell).write(&[1]);
    }
}

/// What a thread woke up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There may be a frame, or something to read from the other side.
    Look,
    /// The sink is closed.
    Closed,
}

impl Latest {
    /// The newest frame, if there is one that was not taken.
    pub(crate) fn take(&self) -> Option<Arc<Frame>> {
        self.shared.lock().frame.take()
    }

    /// From now on the player hears that nothing is shown, and why.
    pub(crate) fn dark<E: Into<SinkError> + Clone + Send + Sync + 'static>(&self, error: E) {
        self.shared.lock().dark = Some(Arc::new(move || error.clone().into()));
    }

    /// From now on frames are shown again.
    pub(crate) fn light(&self) {
        self.shared.lock().dark = None;
    }

    /// Waits for a frame, for the end, for `other` to have something to read, or for the time to pass.
    pub(crate) fn wait(&self, other: Option<BorrowedFd<'_>>, at_most: Option<Duration>) -> Woken {
        let mut fds = vec![PollFd::new(&self.bell, PollFlags::IN)];
        if let Some(other) = &other {
            fds.push(PollFd::new(other, PollFlags::IN));
        }
        let timeout = at_most.and_then(|time| Timespec::try_from(time).ok());
        // An interrupted wait is a short one.
        let _ = poll(&mut fds, timeout.as_ref());
        let mut rings = [0; 64];
        loop {
            match (&self.bell).read(&mut rings) {
                Ok(n) if n == rings.len() => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                _ => break,
            }
        }
        if self.shared.lock().closed {
            Woken::Closed
        } else {
            Woken::Look
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_scene::Rgb;

    fn frame(n: u8) -> Arc<Frame> {
        Arc::new(Frame::filled(1, 1, Rgb(n, n, n)))
    }

    #[test]
    fn the_newest_frame_wins_and_the_end_is_heard() {
        let (told, seen) = channel();
        let (go, gate) = channel::<()>();
        let work = move |(), latest: Latest| {
            gate.recv().unwrap();
            while latest.wait(None, None) == Woken::Look {
                if let Some(frame) = latest.take() {
                    told.send(frame.pixel(0, 0)).unwrap();
                }
            }
        };
        let screening = Screening::start("test", || Ok::<_, SinkError>(()), work, SinkError::Stopped).unwrap();
        for n in 0..100 {
            screening.put(&frame(n)).unwrap();
        }
        go.send(()).unwrap();
        assert_eq!(seen.recv().unwrap(), Rgb(99, 99, 99));
        drop(screening);
        assert!(seen.recv().is_err(), "the thread has ended");
    }

    #[test]
    fn while_it_is_dark_every_frame_is_refused_and_then_none() {
        let (step, steps) = channel::<bool>();
        let (did, done) = channel();
        let work = move |(), latest: Latest| {
            while let Ok(dark) = steps.recv() {
                if dark {
                    latest.dark(SinkErrorOf("no light"));
                } else {
                    latest.light();
                }
                did.send(()).unwrap();
            }
        };
        let screening = Screening::start("test", || Ok::<_, SinkError>(()), work, SinkError::Stopped).unwrap();
        let set = |dark| {
            step.send(dark).unwrap();
            done.recv().unwrap();
        };
        set(true);
        for _ in 0..3 {
            assert!(screening.put(&frame(1)).is_err());
        }
        set(false);
        screening.put(&frame(1)).unwrap();
        drop(step);
    }

    #[derive(Clone)]
    struct SinkErrorOf(&'static str);

    impl From<SinkErrorOf> for SinkError {
        fn from(error: SinkErrorOf) -> Self {
            Self::Machine(std::io::Error::other(error.0))
        }
    }

    #[test]
    fn what_cannot_be_opened_is_told_at_once() {
        let refused = Screening::start(
            "test",
            || Err::<(), _>(SinkError::Stopped),
            |(), _| {},
            SinkError::Stopped,
        );
        assert!(matches!(refused, Err(SinkError::Stopped)));
    }
}
