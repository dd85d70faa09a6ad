//! A TCP connection to a card, on which nothing is waited for without end.

use super::{CardFault, Pace};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant as Moment};

/// The connection.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
}

impl Line {
    /// Connects to `host:port`, to the first of the host's addresses that answers.
    pub(crate) fn connect(address: &str, pace: &Pace) -> Result<Self, CardFault> {
        let unreachable = |cause: &std::io::Error| CardFault::Unreachable {
            address: address.to_owned(),
            cause: cause.to_string(),
        };
        let mut last = std::io::Error::new(ErrorKind::NotFound, "the name has no address");
        for to in address.to_socket_addrs().map_err(|error| unreachable(&error))? {
            match TcpStream::connect_timeout(&to, pace.connect.max(Duration::from_millis(1))) {
                Ok(stream) => return Self::over(stream, pace).map_err(|error| unreachable(&error)),
                Err(error) => last = error,
            }
        }
        Err(unreachable(&last))
    }

    fn over(stream: TcpStream, pace: &Pace) -> std::io::Result<Self> {
        // Each packet is a question that is answered before the next.
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(pace.answer.max(Duration::from_millis(1))))?;
        Ok(Self { stream })
    }

    /// A second handle, to cut the connection by.
    pub(crate) fn handle(&self) -> Option<TcpStream> {
        self.stream.try_clone().ok()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<(), CardFault> {
        self.stream.write_all(bytes).map_err(|error| CardFault::Broken {
            cause: error.to_string(),
        })
    }

    /// What there is to read, at least one byte.
    pub(crate) fn receive(
        &mut self,
        buffer: &mut [u8],
        since: Moment,
        wait: Duration,
        asked: &'static str,
    ) -> Result<usize, CardFault> {
        let silent = || CardFault::Silent {
            asked,
            waited_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        };
        let broken = |cause: String| CardFault::Broken { cause };
        let left = wait.checked_sub(since.elapsed()).filter(|left| !left.is_zero());
        let left = left.ok_or_else(silent)?;
        self.stream
            .set_read_timeout(Some(left))
            .map_err(|error| broken(error.to_string()))?;
        match self.stream.read(buffer) {
            Ok(0) => Err(broken("it hung up".to_owned())),
            Ok(read) => Ok(read),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(silent()),
                ErrorKind::Interrupted => Ok(0),
                _ => Err(broken(error.to_string())),
            },
        }
    }

    /// What has already come in, without waiting; `None` when there is nothing.
    pub(crate) fn arrived(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, CardFault> {
        let broken = |error: &std::io::Error| CardFault::Broken {
            cause: error.to_string(),
        };
        self.stream.set_nonblocking(true).map_err(|error| broken(&error))?;
        let read = self.stream.read(buffer);
        self.stream.set_nonblocking(false).map_err(|error| broken(&error))?;
        match read {
            Ok(0) => Err(CardFault::Broken {
                cause: "it hung up".to_owned(),
            }),
            Ok(read) => Ok(Some(read)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(broken(&error)),
        }
    }
}
