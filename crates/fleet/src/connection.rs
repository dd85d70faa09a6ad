//! One MQTT 3.1.1 connection on a socket that does not wait, small enough to have ten thousand of.

use bytes::{Bytes, BytesMut};
use mio::net::TcpStream;
use rumqttc::mqttbytes::v4::{
    Connect, ConnectReturnCode, Packet, PubAck, Publish, Subscribe, SubscribeFilter, SubscribeReasonCode, Unsubscribe,
};
use rumqttc::mqttbytes::{Error as FormError, QoS};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Largest packet taken, in bytes, as a player takes it.
const MAX_PACKET_BYTES: usize = 256 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A broker that has not let a client in after this, or not answered a ping, is not there.
const ANSWER: Duration = Duration::from_secs(10);
/// A buffer larger than this is given back when it is empty, in bytes.
const KEEP_BUFFER_BYTES: usize = 4096;
/// Room for one read, in bytes.
const READ_BYTES: usize = 4096;

/// How a client introduces itself to the broker.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its client id.
    pub client_id: String,
    /// Its name and its password, if it has any.
    pub credential: Option<(String, String)>,
}

/// What came over a connection.
#[derive(Debug, Clone)]
pub enum Heard {
    /// The broker let the client in.
    Connected,
    /// The connection is gone, or could not be made.
    Lost,
    /// A message.
    Message {
        /// Its topic.
        topic: String,
        /// Its bytes.
        payload: Bytes,
    },
    /// The broker answered a subscription.
    Subscribed {
        /// Whether it refused any part of it.
        refused: bool,
    },
    /// The broker has taken a message.
    Taken,
}

/// Why a connection ended.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the broker has closed the connection")]
    Closed,
    #[error("the broker does not answer")]
    Silent,
    #[error("the broker did not let the client in: {0:?}")]
    Refused(ConnectReturnCode),
    #[error("the broker sent what is no MQTT: {0}")]
    Form(#[from] FormError),
}

/// A connection and what waits to be sent on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    inbox: BytesMut,
    outbox: BytesMut,
    last_id: u16,
    admitted: bool,
    /// A ping was answered on it.
    pub(crate) good: bool,
    last_sent: Instant,
    /// Since when an answer is waited for.
    asked: Option<Instant>,
}

impl Connection {
    /// Begins to connect.
    pub(crate) fn open(broker: SocketAddr, login: &Login, now: Instant) -> Result<Self, Lost> {
        let stream = TcpStream::connect(broker)?;
        let mut connect = Connect::new(login.client_id.clone());
        connect.keep_alive = u16::try_from(KEEP_ALIVE.as_secs()).unwrap_or(u16::MAX);
        if let Some((name, password)) = &login.credential {
            connect.set_login(name, password);
        }
        let mut connection = Self {
            stream,
            inbox: BytesMut::new(),
            outbox: BytesMut::new(),
            last_id: 0,
            admitted: false,
            good: false,
            last_sent: now,
            asked: Some(now),
        };
        connection.send(&Packet::Connect(connect))?;
        Ok(connection)
    }

    fn send(&mut self, packet: &Packet) -> Result<(), Lost> {
        packet.write(&mut self.outbox, MAX_PACKET_BYTES)?;
        Ok(())
    }

    fn next_id(&mut self) -> u16 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }

    pub(crate) fn subscribe(&mut self, filters: Vec<String>) -> Result<(), Lost> {
        let filters = filters
            .into_iter()
            .map(|path| SubscribeFilter::new(path, QoS::AtLeastOnce));
        let mut subscribe = Subscribe::new_many(filters);
        subscribe.pkid = self.next_id();
        self.send(&Packet::Subscribe(subscribe))
    }

    pub(crate) fn unsubscribe(&mut self, filters: Vec<String>) -> Result<(), Lost> {
        let pkid = self.next_id();
        self.send(&Packet::Unsubscribe(Unsubscribe { pkid, topics: filters }))
    }

    pub(crate) fn publish(&mut self, topic: String, payload: Vec<u8>, retain: bool) -> Result<(), Lost> {
        let mut message = Publish::new(topic, QoS::AtLeastOnce, payload);
        (message.retain, message.pkid) = (retain, self.next_id());
        self.send(&Packet::Publish(message))
    }

    /// Whether something waits to be sent.
    pub(crate) fn talks(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Sends what waits, as far as the socket takes it.
    pub(crate) fn flush(&mut self, now: Instant) -> Result<(), Lost> {
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(0) => return Err(Lost::Closed),
                Ok(sent) => {
                    let _ = self.outbox.split_to(sent);
                    self.last_sent = now;
                }
                // Before the connection is made, too; the socket tells when it is ready.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        // What was sent still holds its memory otherwise.
        self.outbox = BytesMut::new();
        Ok(())
    }

    /// Reads all there is and answers what the protocol wants answered.
    pub(crate) fn read(&mut self, mut hear: impl FnMut(Heard)) -> Result<(), Lost> {
        let mut buffer = [0; READ_BYTES];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(Lost::Closed),
                Ok(read) => {
                    self.inbox.extend_from_slice(&buffer[..read]);
                    self.understand(&mut hear)?;
                    // A stream that gives less than was asked for has no more; when it has, the poll tells.
                    if read < buffer.len() {
                        break;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        if self.inbox.is_empty() && self.inbox.capacity() > KEEP_BUFFER_BYTES {
            self.inbox = BytesMut::new();
        }
        Ok(())
    }

    fn understand(&mut self, hear: &mut impl FnMut(Heard)) -> Result<(), Lost> {
        loop {
            let packet = match Packet::read(&mut self.inbox, MAX_PACKET_BYTES) {
                Ok(packet) => packet,
                Err(FormError::InsufficientBytes(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            match packet {
                Packet::ConnAck(answer) if answer.code == ConnectReturnCode::Success => {
                    (self.admitted, self.asked) = (true, None);
                    hear(Heard::Connected);
                }
                Packet::ConnAck(answer) => return Err(Lost::Refused(answer.code)),
                Packet::Publish(message) => {
                    if message.qos == QoS::AtLeastOnce {
                        self.send(&Packet::PubAck(PubAck::new(message.pkid)))?;
                    }
                    hear(Heard::Message {
                        topic: message.topic,
                        payload: message.payload,
                    });
                }
                Packet::SubAck(answer) => hear(Heard::Subscribed {
                    refused: answer.return_codes.contains(&SubscribeReasonCode::Failure),
                }),
                Packet::PubAck(_) => hear(Heard::Taken),
                Packet::PingResp => (self.good, self.asked) = (true, None),
                _ => {}
            }
        }
    }

    /// Pings a broker to which nothing was said for long; to be called about every second.
    pub(crate) fn keep_alive(&mut self, now: Instant) -> Result<(), Lost> {
        if self.asked.is_some_and(|since| now.duration_since(since) > ANSWER) {
            return Err(Lost::Silent);
        }
        // Early enough that a late look is no late ping.
        if self.admitted && self.asked.is_none() && now.duration_since(self.last_sent) > KEEP_ALIVE * 2 / 3 {
            self.asked = Some(now);
            self.send(&Packet::PingReq)?;
        }
        self.flush(now)
    }

    /// Says goodbye, as far as the socket takes it.
    pub(crate) fn goodbye(mut self) {
        // The connection closes either way.
        let _ = self.send(&Packet::Disconnect).and_then(|()| self.flush(Instant::now()));
    }
}
