//! The hub's end of a signer that is a process of its own.

use super::frame::{Request, Response, receive, send};
use super::{Ask, Signer, Unsigned};
use crate::keys::{Bundle, Papers};
use heliograph_domain::SiteName;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;

/// How long an answer may take, a new connection included: a signer that has just started folds the log first.
const ANSWER: Duration = Duration::from_secs(5);
/// After a failure nobody waits for the signer again before this.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a hub cannot use the signer that it was told of.
#[derive(Debug, Error)]
pub enum SignerGone {
    /// It does not answer.
    #[error("no signer answers at {path}: {cause}. Start it first: heliograph signer --socket {path}")]
    Silent {
        /// Its socket.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It signs for somebody else, or its papers are wrong.
    #[error("the signer at {0} does not sign for this site")]
    Foreign(PathBuf),
}

/// A signer behind a socket.
pub(crate) struct Remote {
    path: PathBuf,
    papers: Papers,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    stream: Option<UnixStream>,
    failed_at: Option<Instant>,
}

impl Remote {
    /// Finds the signer, and learns what displays are told to trust.
    pub(crate) fn find(path: &Path, site: &SiteName) -> Result<Self, SignerGone> {
        let silent = |cause| SignerGone::Silent {
            path: path.to_owned(),
            cause,
        };
        let stream = open(path).map_err(silent)?;
        let mut timed = Timed {
            stream: &stream,
            until: Instant::now() + ANSWER,
        };
        let papers = papers(&mut timed).map_err(silent)?.verified();
        let papers = papers
            .filter(|papers| papers.site == *site)
            .ok_or_else(|| SignerGone::Foreign(path.to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            papers,
            line: Mutex::new(Line {
                stream: Some(stream),
                failed_at: None,
            }),
        })
    }

    /// What displays are told to trust.
    pub(crate) fn papers(&self) -> &Papers {
        &self.papers
    }

    /// A new connection to the same signer. One that came back with other keys signs what nobody is told to trust yet.
    fn again(&self, until: Instant) -> io::Result<UnixStream> {
        let stream = open(&self.path)?;
        if papers(&mut Timed { stream: &stream, until })?.verified().as_ref() == Some(&self.papers) {
            Ok(stream)
        } else {
            Err(io::Error::other("it has other keys than before: restart the hub"))
        }
    }
}

impl Signer for Remote {
    fn sign(&self, ask: &Ask) -> Result<Vec<u8>, Unsigned> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if line.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(Unsigned::Gone("waiting to try again".to_owned()));
        }
        let until = Instant::now() + ANSWER;
        // A connection that broke since the last time is no failure yet.
        let known = line.stream.take().map(|stream| exchange(stream, ask, until));
        let outcome = match known {
            Some(Ok(answered)) => Ok(answered),
            _ => self.again(until).and_then(|stream| exchange(stream, ask, until)),
        };
        match outcome {
            Ok((stream, answer)) => {
                (line.stream, line.failed_at) = (Some(stream), None);
                answer
            }
            Err(error) => {
                line.failed_at = Some(Instant::now());
                Err(Unsigned::Gone(error.to_string()))
            }
        }
    }

    fn waits(&self) -> bool {
        true
    }
}

type Answered = (UnixStream, Result<Vec<u8>, Unsigned>);

fn open(path: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(path)
}

/// A connection until a moment: whatever is read or written on it, in however many pieces, takes no longer.
struct Timed<'a> {
    stream: &'a UnixStream,
    until: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(Some(left))
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(bytes)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn papers(stream: &mut Timed<'_>) -> io::Result<Bundle> {
    send(stream, &Request::Papers)?;
    match receive(stream)? {
        Response::Papers(bundle) => Ok(bundle),
        Response::Signed(_) => Err(io::Error::other("it answers something else")),
    }
}

fn exchange(stream: UnixStream, ask: &Ask, until: Instant) -> io::Result<Answered> {
    let mut timed = Timed { stream: &stream, until };
    send(&mut timed, &Request::Sign(ask.clone()))?;
    match receive(&mut timed)? {
        Response::Signed(answer) => Ok((stream, answer)),
        Response::Papers(_) => Err(io::Error::other("it answers something else")),
    }
}
