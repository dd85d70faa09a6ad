//! The signer as a process of its own: it alone holds the keys, reads the log by itself, and answers one hub over a socket.

use super::Unsigned;
use super::frame::{Request, Response, receive, send};
use super::sealer::{FollowedLog, Sealer};
use crate::clock::Clock;
use crate::keys::{Bundle, KeysError, Papers, RoleKeys, make_folder};
use crate::state::State;
use heliograph_domain::SiteName;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Hubs that may be connected at once: one, and what an old one has left behind.
const MOST_HUBS: usize = 4;

/// What a signer is started with.
pub struct SignerConfig {
    /// The hub's data folder, of which it reads the log.
    pub data: PathBuf,
    /// The folder of its keys.
    pub keys: PathBuf,
    /// The socket on which it answers.
    pub socket: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Why a signer did not start, or stopped.
#[derive(Debug, Error)]
pub enum SignerError {
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The socket cannot be had.
    #[error("the socket {path} cannot be used: {cause}")]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Another one is there.
    #[error("another signer answers at {0}: stop it, or choose another socket")]
    InUse(PathBuf),
}

/// A running signer.
pub struct SignerServer {
    site: SiteName,
    socket: PathBuf,
    listener: tokio::net::UnixListener,
    owner: (u32, u32),
    desk: Arc<Desk>,
}

/// What the connections share.
struct Desk {
    bundle: Bundle,
    sealer: Mutex<Sealer>,
    hubs: Mutex<Vec<UnixStream>>,
}

impl SignerServer {
    /// Reads the keys and opens the socket. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the keys or the socket cannot be used.
    pub fn start(config: SignerConfig) -> Result<Self, SignerError> {
        make_folder(&config.keys)?;
        let papers = Papers::read(&config.keys, None)?;
        let roles = RoleKeys::read(&config.keys, &papers)?;
        let bundle = Bundle::read(&config.keys)?;
        let failed = |cause| SignerError::Socket {
            path: config.socket.clone(),
            cause,
        };
        if UnixStream::connect(&config.socket).is_ok() {
            return Err(SignerError::InUse(config.socket));
        }
        // What a signer left that was killed; anything else is left alone, and binding fails.
        if fs::symlink_metadata(&config.socket).is_ok_and(|known| known.file_type().is_socket()) {
            fs::remove_file(&config.socket).map_err(failed)?;
        }
        let listener = UnixListener::bind(&config.socket).map_err(failed)?;
        fs::set_permissions(&config.socket, Permissions::from_mode(0o660)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let listener = tokio::net::UnixListener::from_std(listener).map_err(failed)?;
        let own = fs::metadata(&config.socket).map_err(failed)?;
        let log = Box::new(FollowedLog::new(config.data));
        let sealer = Sealer::new(papers.site.clone(), roles, log, State::default(), Some(config.clock));
        Ok(Self {
            site: papers.site,
            socket: config.socket,
            listener,
            owner: (own.uid(), own.gid()),
            desk: Arc::new(Desk {
                bundle,
                sealer: Mutex::new(sealer),
                hubs: Mutex::default(),
            }),
        })
    }

    /// The site that it signs for.
    #[must_use]
    pub fn site(&self) -> &SiteName {
        &self.site
    }

    /// Answers until it is told to stop.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), SignerError> {
        let mut stop = std::pin::pin!(stop);
        let outcome = loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break Ok(()),
            };
            let taken = accepted.and_then(|(stream, _)| self.take(stream));
            if let Err(error) = taken {
                tracing::warn!(%error, "a caller was not let in");
            }
        };
        self.desk.close();
        // The next signer would take it away as well.
        let _ = fs::remove_file(&self.socket);
        outcome
    }

    /// Lets in who has the signer's own user, or its socket's group.
    fn take(&self, stream: tokio::net::UnixStream) -> io::Result<()> {
        let peer = stream.peer_cred()?;
        if peer.uid() != self.owner.0 && peer.gid() != self.owner.1 {
            return Err(io::Error::other(format!("user {} is not the hub's", peer.uid())));
        }
        let stream = stream.into_std()?;
        stream.set_nonblocking(false)?;
        self.desk.admit(&stream)?;
        let desk = Arc::clone(&self.desk);
        std::thread::Builder::new()
            .name("signer".to_owned())
            .spawn(move || desk.converse(stream))?;
        Ok(())
    }
}

impl Desk {
    fn hubs(&self) -> std::sync::MutexGuard<'_, Vec<UnixStream>> {
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a handle on a connection; the oldest ones give way.
    fn admit(&self, stream: &UnixStream) -> io::Result<()> {
        let mut hubs = self.hubs();
        hubs.push(stream.try_clone()?);
        while hubs.len() > MOST_HUBS {
            shut(&hubs.remove(0));
        }
        Ok(())
    }

    fn close(&self) {
        self.hubs().drain(..).for_each(|stream| shut(&stream));
    }

    fn converse(&self, mut stream: UnixStream) {
        while let Ok(request) = receive(&mut stream) {
            let response = match request {
                Request::Papers => Response::Papers(self.bundle.clone()),
                Request::Sign(ask) => {
                    let mut sealer = self.sealer.lock().unwrap_or_else(PoisonError::into_inner);
                    let answer = sealer.answer(&ask);
                    if let Err(why) = &answer
                        && *why != Unsigned::MovedOn
                    {
                        tracing::warn!(%why, ?ask, "not signed");
                    }
                    Response::Signed(answer)
                }
            };
            if send(&mut stream, &response).is_err() {
                break;
            }
        }
        shut(&stream);
    }
}

/// Ends a connection, for both ends. One that is over already is no fault.
fn shut(stream: &UnixStream) {
    let _ = stream.shutdown(std::net::Shutdown::Both);
}
