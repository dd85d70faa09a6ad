//! The broker as a whole: its thread, its start and its end.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rmqtt::context::ServerContext;
use rmqtt::server::MqttServer;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;
use tokio_rustls::rustls::ServerConfig;

use crate::access::AccessRules;
use crate::door::TlsDoor;
use crate::error::BrokerError;
use crate::front;
use crate::gate::Gate;
use crate::limits;
use crate::retained::Retained;

/// How many `authenticate` calls may block at once.
const BLOCKING_THREADS: usize = 4;

/// How long the broker's tasks are given to end.
const STOP_TIME: Duration = Duration::from_secs(2);

/// How long a kick waits for the client's task; the library itself gives up after 5 seconds.
const KICK_TIME: Duration = Duration::from_secs(6);

/// How often what the library forgot to announce is looked for, and how old a connection is before it is looked at:
/// older than any handshake.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
const SWEEP_AGE: Duration = Duration::from_secs(60);

/// The library wants a number for its listener.
const LISTENER: u16 = 1;

/// Callers that the system keeps while nobody has taken them in yet.
const BACKLOG: u32 = 4096;

/// Where the broker listens and for how many.
#[derive(Clone, Copy, Debug)]
pub struct BrokerConfig {
    /// Where to listen; port 0 for any free one.
    pub listen: SocketAddr,
    /// The most clients at once, those counted whose session is kept while they are away; 0 for no limit.
    pub max_connections: usize,
}

/// A running broker. It ends when this is dropped.
pub struct Broker {
    local_addr: SocketAddr,
    gate: Gate,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the broker's thread hands back once it listens.
struct Listening {
    local_addr: SocketAddr,
    gate: Gate,
    runtime: Handle,
}

impl Broker {
    /// Starts the broker on threads of its own; returns once it listens.
    ///
    /// # Errors
    ///
    /// [`BrokerError::PortInUse`] and [`BrokerError::Listen`] when the address cannot be had, [`BrokerError::Threads`]
    /// when the system is out of threads or files.
    pub fn start(config: BrokerConfig, rules: Arc<dyn AccessRules>) -> Result<Self, BrokerError> {
        let (ready, wait) = mpsc::sync_channel(1);
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("broker".into())
            .spawn(move || live(config, rules, &ready, stopped))
            .map_err(BrokerError::Threads)?;
        let Listening {
            local_addr,
            gate,
            runtime,
        } = wait
            .recv()
            .unwrap_or(Err(BrokerError::Ended { address: config.listen }))?;
        tracing::info!(%local_addr, "the broker listens");
        Ok(Self {
            local_addr,
            gate,
            runtime,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens: the address asked for, with the port that was found if that was 0.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Listens with TLS as well, for as long as the broker runs; says where. Those who come that way are put to the same
    /// rules, which see the address that they come from.
    ///
    /// # Errors
    ///
    /// [`BrokerError::PortInUse`] and [`BrokerError::Listen`] when the address cannot be had.
    pub fn listen_tls(&self, address: SocketAddr, config: Arc<ServerConfig>) -> Result<SocketAddr, BrokerError> {
        let _inside = self.runtime.enter();
        let door = bind_tls(address)
            .and_then(|listener| TlsDoor::open(listener, config, &[]))
            .map_err(|error| BrokerError::listen(address, &error.into()))?;
        let open_at = door.local_addr();
        let peers = self.gate.peers().clone();
        self.runtime.spawn(front::attend(door, self.local_addr, peers));
        tracing::info!(%open_at, "the broker listens with TLS");
        Ok(open_at)
    }

    /// Ends the connection of this client and whatever session is kept for it, and tells whether there was any. From
    /// then on that connection may do nothing, and one that is being let in meanwhile is ended too; a new one is put
    /// to the rules as ever. To revoke a client, first have the rules refuse it, then kick it. Its will is published.
    ///
    /// Blocks for a millisecond as a rule, at most 6 seconds. Not to be called from within the rules.
    pub fn kick(&self, client_id: &str) -> bool {
        let expelled = self.gate.guests().expel(client_id);
        let (done, wait) = mpsc::sync_channel(1);
        let gate = self.gate.clone();
        let client_id = client_id.to_owned();
        self.runtime.spawn(async move {
            // The one who asked may have given up waiting.
            let _unheard = done.send(gate.cut(&client_id).await);
        });
        wait.recv_timeout(KICK_TIME).unwrap_or(false) || expelled
    }

    /// Closes the listener and every connection, and waits for the broker's threads (at most about 2 seconds). No
    /// will is published and `disconnected` is not called any more.
    pub fn stop(self) {
        // Dropping does it.
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread has ended already.
            let _ended = stop.send(());
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the broker's thread panicked");
        }
    }
}

fn bind_tls(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The broker's thread, from its first to its last line.
fn live(
    config: BrokerConfig,
    rules: Arc<dyn AccessRules>,
    ready: &mpsc::SyncSender<Result<Listening, BrokerError>>,
    stopped: oneshot::Receiver<()>,
) {
    let (runtime, opened) = match open(config, rules) {
        Ok(opened) => opened,
        Err(error) => {
            let _gone = ready.send(Err(error));
            return;
        }
    };
    let Opened {
        server,
        listening,
        retained,
    } = opened;
    runtime.spawn(sweep(listening.gate.clone(), retained));
    let _gone = ready.send(Ok(listening));
    runtime.block_on(async {
        tokio::select! {
            ended = server.run() => tracing::error!(?ended, "the broker's listener ended by itself"),
            _ = stopped => {}
        }
    });
    // The library has no way to stop; without its runtime every task of it ends where it waits.
    runtime.shutdown_timeout(STOP_TIME);
}

/// A broker that is bound to its address but does not accept yet.
struct Opened {
    server: MqttServer,
    listening: Listening,
    retained: Retained,
}

fn open(config: BrokerConfig, rules: Arc<dyn AccessRules>) -> Result<(Runtime, Opened), BrokerError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("broker-worker")
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(BrokerError::Threads)?;
    let opened = runtime.block_on(bind(config, rules))?;
    Ok((runtime, opened))
}

async fn bind(config: BrokerConfig, rules: Arc<dyn AccessRules>) -> Result<Opened, BrokerError> {
    let sorted = |error: rmqtt::Error| BrokerError::listen(config.listen, &error);
    let listener = limits::listener(config.listen, config.max_connections)
        .bind()
        .map_err(sorted)?;
    let local_addr = listener.local_addr().map_err(sorted)?;

    let context = ServerContext::new()
        // The library would turn everyone away while the machine is busy, and so keep displays dark after a power cut.
        .busy_check_enable(false)
        .mqtt_max_sessions(isize::try_from(config.max_connections).unwrap_or(isize::MAX))
        .build()
        .await;
    let retained = Retained::default();
    *context.extends.retain_mut().await = Box::new(retained.clone());
    let gate = Gate::install(rules, &context).await;

    let server = MqttServer::new(context).listener_by_id(listener, LISTENER).build();
    let listening = Listening {
        local_addr,
        gate,
        runtime: Handle::current(),
    };
    Ok(Opened {
        server,
        listening,
        retained,
    })
}

/// Tidies up, for as long as the broker runs.
async fn sweep(gate: Gate, retained: Retained) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        gate.sweep(SWEEP_AGE).await;
        retained.remove_expired().await;
    }
}
