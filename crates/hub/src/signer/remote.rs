//! The hub's end of a signer that is a process of its own.

use super::frame::{Request, Response, receive, send};
use super::{Ask, Signer, Unsigned};
use crate::keys::{Bundle, Papers};
use heliograph_domain::SiteName;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use thiserror::Error;

/// How long an answer may take: a signer that has just started folds the log first.
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
        let mut stream = open(path).map_err(silent)?;
        let papers = papers(&mut stream).map_err(silent)?.verified();
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
    fn again(&self) -> io::Result<UnixStream> {
        let mut stream = open(&self.path)?;
        if papers(&mut stream)?.verified().as_ref() == Some(&self.papers) {
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
        // A connection that broke since the last time is no failure yet.
        let known = line.stream.take().map(|stream| exchange(stream, ask));
        let outcome = match known {
            Some(Ok(answered)) => Ok(answered),
            _ => self.again().and_then(|stream| exchange(stream, ask)),
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
}

type Answered = (UnixStream, Result<Vec<u8>, Unsigned>);

fn open(path: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    Ok(stream)
}

fn papers(stream: &mut UnixStream) -> io::Result<Bundle> {
    send(stream, &Request::Papers)?;
    match receive(stream)? {
        Response::Papers(bundle) => Ok(bundle),
        Response::Signed(_) => Err(io::Error::other("it answers something else")),
    }
}

fn exchange(mut stream: UnixStream, ask: &Ask) -> io::Result<Answered> {
    send(&mut stream, &Request::Sign(ask.clone()))?;
    match receive(&mut stream)? {
        Response::Signed(answer) => Ok((stream, answer)),
        Response::Papers(_) => Err(io::Error::other("it answers something else")),
    }
}
