//! What can keep the broker from starting.

use std::io;
use std::net::SocketAddr;

/// Why the broker did not start.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Another program, or another Heliograph, listens there.
    #[error(
        "the broker cannot listen on {address}: the port is in use. \
         Stop the program that has it (`ss -ltnp` names it), or give the broker another port"
    )]
    PortInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error(
        "the broker cannot listen on {address}: {reason}. \
         Use an address of this machine and a port above 1023, or grant the permission for a lower one"
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
    /// The operating system gave no thread or no event queue.
    #[error("the broker could not start its threads: {0}. Raise the limits on threads and open files")]
    Threads(#[source] io::Error),
    /// The broker's thread ended before it was listening.
    #[error("the broker ended before it was listening on {address}; its last log lines say why")]
    Ended {
        /// The address asked for.
        address: SocketAddr,
    },
}

impl BrokerError {
    /// Sorts a failure to listen by what can be done about it.
    pub(crate) fn listen(address: SocketAddr, error: &rmqtt::Error) -> Self {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::AddrInUse) => Self::PortInUse { address },
            _ => Self::Listen {
                address,
                reason: format!("{error:#}"),
            },
        }
    }
}
