//! The connection to the broker: MQTT 3.1.1 in a thread of its own.
//!
//! Everything a display needs is retained as whole state, so each connection is a clean session: it subscribes anew,
//! is told everything once, and nothing piles up at the broker while the display is off. There is no last will: the
//! hub hears of a lost connection from its broker, and a display's silence shows in its missing statuses; an unsigned
//! will would tell nothing that could be believed.

use crate::identity::Identity;
use crate::tls::advice;
use rumqttc::{
    AsyncClient, ClientError, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, NetworkOptions,
    Packet, QoS, SubscribeFilter, SubscribeReasonCode, TlsConfiguration, Transport,
};
use rustls::ClientConfig;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Largest packet either way, in bytes: content of 64 KiB and its topic, with room to spare.
const MAX_PACKET_BYTES: usize = 256 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Seconds until an attempt to connect is given up.
const CONNECT_TIMEOUT_S: u64 = 5;
/// The wait before the next attempt starts here, doubles with each failure and ends at the longest.
const SHORTEST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// Where the broker listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether it is spoken to within TLS.
    pub tls: bool,
}

/// Why text is no broker's address.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
#[error("`{0}` is not a broker's address: write mqtts://host:port, or mqtt://host:port without TLS")]
pub struct BrokerAddressError(String);

impl FromStr for BrokerAddress {
    type Err = BrokerAddressError;
    fn from_str(text: &str) -> Result<Self, BrokerAddressError> {
        let refused = || BrokerAddressError(text.chars().take(80).collect());
        let (tls, address) = match (text.strip_prefix("mqtts://"), text.strip_prefix("mqtt://")) {
            (Some(address), _) => (true, address),
            (None, Some(address)) => (false, address),
            (None, None) => return Err(refused()),
        };
        let address = address.strip_suffix('/').unwrap_or(address);
        let (host, port) = match address.rsplit_once(':') {
            // A bare IPv6 address has colons of its own and must stand in brackets.
            Some((host, port)) if !host.contains(':') || host.starts_with('[') => (host, port.parse().ok()),
            None => (address, Some(if tls { 8883 } else { 1883 })),
            Some(_) => (address, None),
        };
        let port = port.ok_or_else(refused)?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let plain = !host.is_empty() && !host.contains(['/', '@', ' ', '[', ']']);
        plain
            .then(|| Self {
                host: host.to_owned(),
                port,
                tls,
            })
            .ok_or_else(refused)
    }
}

impl fmt::Display for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// What the link hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The broker let the display in.
    Connected,
    /// The connection is gone, or could not be made.
    Disconnected,
    /// The broker knows this display's credential no more, and let it not in.
    TurnedAway,
    /// A message.
    Message { topic: String, payload: Vec<u8> },
}

/// What the link is asked to send.
#[derive(Debug)]
pub(crate) enum Send {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    Publish {
        topic: String,
        payload: Vec<u8>,
        retain: bool,
    },
    Goodbye,
}

/// The running link.
pub(crate) struct Link {
    outbox: UnboundedSender<Send>,
    thread: Option<JoinHandle<()>>,
}

impl Link {
    /// Starts connecting; `hear` is called from the link's thread.
    pub(crate) fn start(
        identity: &Identity,
        broker: &BrokerAddress,
        trust: Option<Arc<ClientConfig>>,
        hear: impl Fn(Heard) + std::marker::Send + 'static,
    ) -> io::Result<Self> {
        let (outbox, inbox) = unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let options = options(identity, broker, trust);
        let thread = std::thread::Builder::new().name("link".to_owned()).spawn(move || {
            runtime.block_on(stay_connected(&options, inbox, &hear));
            // A name server that does not answer must not keep the player from stopping.
            runtime.shutdown_background();
        })?;
        Ok(Self {
            outbox,
            thread: Some(thread),
        })
    }

    /// Sends when connected; what is said while there is no connection is lost, and the agent knows.
    pub(crate) fn send(&self, what: Send) {
        // The receiver is gone only when the link has ended, and then there is nobody to tell.
        let _ = self.outbox.send(what);
    }

    /// Says goodbye to the broker and waits for the thread.
    pub(crate) fn stop(&mut self) {
        self.send(Send::Goodbye);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the link's thread had panicked");
        }
    }
}

/// `trust` is there for an address with TLS; see [`Player::start`](crate::Player::start).
fn options(identity: &Identity, broker: &BrokerAddress, trust: Option<Arc<ClientConfig>>) -> MqttOptions {
    let display = identity.display.to_string();
    let mut options = MqttOptions::new(format!("display-{display}"), broker.host.clone(), broker.port);
    options
        .set_credentials(display, identity.mqtt_token.clone())
        .set_clean_session(true)
        .set_keep_alive(KEEP_ALIVE)
        .set_max_packet_size(MAX_PACKET_BYTES, MAX_PACKET_BYTES);
    if let Some(trust) = trust.filter(|_| broker.tls) {
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(trust)));
    }
    options
}

/// Why a connection ended.
enum End {
    /// The player stops.
    Goodbye,
    /// The connection failed or broke.
    Broken { good: bool },
}

async fn stay_connected(options: &MqttOptions, mut inbox: UnboundedReceiver<Send>, hear: &impl Fn(Heard)) {
    let mut patience = Patience::default();
    loop {
        let good = match connection(options, &mut inbox, hear).await {
            End::Goodbye => return,
            End::Broken { good } => good,
        };
        hear(Heard::Disconnected);
        if pause(jittered(patience.next(good)), &mut inbox).await {
            return;
        }
    }
}

/// How long to wait before the next attempt, before it is cut at random.
#[derive(Default)]
struct Patience {
    failures: u32,
}

impl Patience {
    /// After a connection that ended; a good one is no failure.
    fn next(&mut self, good: bool) -> Duration {
        if good {
            self.failures = 0;
        }
        let wait = SHORTEST_WAIT * 2_u32.saturating_pow(self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        wait.min(LONGEST_WAIT)
    }
}

/// One connection from its attempt to its end. The client is made anew each time, so that nothing that was queued for
/// a former connection is sent on this one.
async fn connection(options: &MqttOptions, inbox: &mut UnboundedReceiver<Send>, hear: &impl Fn(Heard)) -> End {
    let (client, mut events) = AsyncClient::new(options.clone(), 64);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    network.set_connection_timeout(CONNECT_TIMEOUT_S);
    events.set_network_options(network);
    let connected = Cell::new(false);
    tokio::select! {
        end = listen(&mut events, &connected, hear) => return end,
        () = forward(&client, inbox) => {}
    }
    if connected.get() && client.try_disconnect().is_ok() {
        // Best effort: a clean goodbye tells the broker at once; a broken connection tells it soon.
        let _ = tokio::time::timeout(GOODBYE, listen(&mut events, &connected, &|_| {})).await;
    }
    End::Goodbye
}

/// Takes events until the connection ends. A connection on which a ping was answered was a good one: after it the
/// next wait is the shortest again, while a broker that lets the display in only to drop it is not asked too often.
async fn listen(events: &mut EventLoop, connected: &Cell<bool>, hear: &impl Fn(Heard)) -> End {
    let mut good = false;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                connected.set(true);
                hear(Heard::Connected);
            }
            Ok(Event::Incoming(Packet::PingResp)) => good = true,
            Ok(Event::Incoming(Packet::Publish(message))) => hear(Heard::Message {
                topic: message.topic,
                payload: message.payload.to_vec(),
            }),
            Ok(Event::Incoming(Packet::SubAck(answer))) => {
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                    tracing::warn!("the broker refused a subscription; check its access rules");
                }
            }
            Ok(_) => {}
            Err(ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            )) => {
                hear(Heard::TurnedAway);
                return End::Broken { good };
            }
            Err(error) => {
                let advice = hint(&error, events, connected.get()).unwrap_or_default();
                tracing::warn!(%error, advice, "no connection to the broker; the programme goes on from the replica");
                return End::Broken { good };
            }
        }
    }
}

/// What may have been wrong with the address, when it shows.
fn hint(error: &ConnectionError, events: &EventLoop, let_in: bool) -> Option<String> {
    let plain = matches!(events.mqtt_options.transport(), Transport::Tcp);
    let advice = advice(error);
    if let_in || advice.is_some() {
        return advice;
    }
    match error {
        // What a TLS server sends to a plain client is no MQTT, and then it hangs up.
        ConnectionError::MqttState(_) if plain => Some(
            "what answers there does not speak plain MQTT; if it speaks TLS, write mqtts:// before the address"
                .to_owned(),
        ),
        ConnectionError::Io(error) if plain && hung_up(error) => Some(
            "it hung up before it said anything; if it speaks TLS at this port, write mqtts:// before the address"
                .to_owned(),
        ),
        ConnectionError::Tls(rumqttc::TlsError::Io(error)) if hung_up(error) => Some(
            "it hung up during the TLS handshake; if it speaks plain MQTT at this port, give the port of TLS"
                .to_owned(),
        ),
        _ => None,
    }
}

fn hung_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

/// Hands what the agent says to the client, until it says goodbye.
async fn forward(client: &AsyncClient, inbox: &mut UnboundedReceiver<Send>) {
    while let Some(what) = inbox.recv().await {
        let sent = match what {
            Send::Goodbye => return,
            Send::Subscribe(filters) => {
                let filters = filters
                    .into_iter()
                    .map(|path| SubscribeFilter::new(path, QoS::AtLeastOnce));
                client.subscribe_many(filters).await
            }
            Send::Unsubscribe(filters) => unsubscribe(client, filters).await,
            Send::Publish { topic, payload, retain } => client.publish(topic, QoS::AtLeastOnce, retain, payload).await,
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "a message was not sent");
        }
    }
}

async fn unsubscribe(client: &AsyncClient, filters: Vec<String>) -> Result<(), ClientError> {
    for filter in filters {
        client.unsubscribe(filter).await?;
    }
    Ok(())
}

/// Waits before the next attempt; what is said meanwhile is dropped. True when the player stops.
async fn pause(wait: Duration, inbox: &mut UnboundedReceiver<Send>) -> bool {
    let timer = tokio::time::sleep(wait);
    tokio::pin!(timer);
    loop {
        tokio::select! {
            () = &mut timer => return false,
            what = inbox.recv() => if matches!(what, None | Some(Send::Goodbye)) {
                return true;
            },
        }
    }
}

/// Between a half and the whole of a wait, so that a building full of displays does not knock in step after a power
/// cut.
fn jittered(wait: Duration) -> Duration {
    let mut byte = [128];
    // Without a random byte all displays wait the same time, which is still right, only less kind.
    let _ = getrandom::fill(&mut byte);
    wait / 2 + wait.mul_f64(f64::from(byte[0]) / 510.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broker_addresses_are_read_and_written() {
        for (text, host, port, tls) in [
            ("mqtt://hub.local:1884", "hub.local", 1884, false),
            ("mqtt://10.0.0.1:1883", "10.0.0.1", 1883, false),
            ("mqtt://hub", "hub", 1883, false),
            ("mqtt://[::1]:1883", "::1", 1883, false),
            ("mqtts://hub", "hub", 8883, true),
            ("mqtts://[::1]:1884", "::1", 1884, true),
        ] {
            let address: BrokerAddress = text.parse().unwrap();
            assert_eq!(
                (address.host.as_str(), address.port, address.tls),
                (host, port, tls),
                "{text}"
            );
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        for bad in [
            "",
            "hub:1883",
            "mqtt://",
            "mqtts://",
            "https://hub:1883",
            "mqtt://:1883",
            "mqtt://hub:x",
            "mqtt://::1:1883",
            "mqtt://a/b:1",
        ] {
            assert!(bad.parse::<BrokerAddress>().is_err(), "{bad}");
        }
    }

    /// Events of a plain attempt to reach someone who answers with these bytes and hangs up.
    fn reaching<T>(answer: &'static [u8], hear: impl AsyncFnOnce(&mut EventLoop) -> T) -> T {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let other = std::thread::spawn(move || {
            let (mut caller, _) = listener.accept().unwrap();
            let _heard = io::Read::read(&mut caller, &mut [0; 256]).unwrap();
            io::Write::write_all(&mut caller, answer).unwrap();
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let heard = runtime.block_on(async {
            let (_client, mut events) = AsyncClient::new(MqttOptions::new("me", "127.0.0.1", port), 1);
            hear(&mut events).await
        });
        other.join().unwrap();
        heard
    }

    /// What is said of such an attempt.
    fn hint_for(answer: &'static [u8]) -> Option<String> {
        reaching(answer, async |events| {
            let error = events.poll().await.unwrap_err();
            hint(&error, events, false)
        })
    }

    #[test]
    fn a_credential_that_opens_nothing_is_told_apart_from_a_broker_that_cannot() {
        let turned_away = |code: &'static [u8]| {
            reaching(code, async |events| {
                let turned_away = Cell::new(false);
                let hear = |heard| turned_away.set(matches!(heard, Heard::TurnedAway));
                let _end = listen(events, &Cell::new(false), &hear).await;
                turned_away.get()
            })
        };
        // MQTT 3.1.1: 3 is a broker that is not ready, 4 a wrong password, 5 nobody who may connect.
        let codes: [&[u8]; 3] = [&[0x20, 2, 0, 3], &[0x20, 2, 0, 4], &[0x20, 2, 0, 5]];
        assert_eq!(codes.map(turned_away), [false, true, true]);
    }

    #[test]
    fn a_plain_player_at_a_port_with_tls_is_told_so() {
        // The alert that a TLS server sends to what is no handshake, and one that just hangs up.
        for answer in [&[21, 3, 3, 0, 2, 2, 10][..], &[]] {
            let hint = hint_for(answer).unwrap();
            assert!(hint.contains("mqtts://"), "{hint}");
        }
        // A broker that refuses the password speaks MQTT well.
        assert_eq!(hint_for(&[0x20, 2, 0, 5]), None);
    }

    #[test]
    fn a_broker_that_is_away_is_asked_ever_more_seldom_and_soon_again_after_a_good_connection() {
        let mut patience = Patience::default();
        let waits: Vec<u128> = (0..9).map(|_| patience.next(false).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
        for _ in 0..10_000 {
            patience.next(false);
        }
        assert_eq!(patience.next(false), LONGEST_WAIT, "after weeks, too");
        assert_eq!(
            (patience.next(true).as_millis(), patience.next(false).as_millis()),
            (250, 500)
        );
    }

    /// After a power cut a thousand displays begin at one moment. When the hub is up again some time later, they come
    /// spread over the longest wait, and not all at once.
    #[test]
    fn a_thousand_displays_do_not_come_back_in_step() {
        let back = Duration::from_secs(120);
        let mut in_each_second = [0; 11];
        for _ in 0..1000 {
            let (mut patience, mut now) = (Patience::default(), Duration::ZERO);
            while now < back {
                now += jittered(patience.next(false));
            }
            in_each_second[(now - back).as_secs() as usize] += 1;
        }
        let most = in_each_second.iter().max().unwrap();
        assert!(
            *most < 250 && in_each_second[..5].iter().all(|number| *number > 20),
            "{in_each_second:?}"
        );
    }

    #[test]
    fn waits_are_spread_but_never_longer_than_asked() {
        for _ in 0..100 {
            let wait = jittered(Duration::from_secs(4));
            assert!(wait >= Duration::from_secs(2) && wait <= Duration::from_secs(4));
        }
    }
}
