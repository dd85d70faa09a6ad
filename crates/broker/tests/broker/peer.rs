//! A well-behaved MQTT 3.1.1 client.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rumqttc::{
    Client, Connection, ConnectionError, Event, MqttOptions, Outgoing, Packet, Publish, QoS, RecvTimeoutError,
    SubscribeReasonCode,
};

use crate::house::PATIENCE;

pub(crate) struct Peer {
    client: Client,
    connection: Connection,
    /// Messages that came while something else was waited for.
    early: Vec<Publish>,
}

pub(crate) fn options(address: SocketAddr, client_id: &str, username: &str, password: &str) -> MqttOptions {
    let mut options = MqttOptions::new(client_id, address.ip().to_string(), address.port());
    options
        .set_credentials(username, password)
        .set_keep_alive(Duration::from_secs(30));
    options.set_max_packet_size(512 * 1024, 512 * 1024);
    options
}

impl Peer {
    /// Connects and waits for the answer.
    pub(crate) fn connect(
        address: SocketAddr,
        client_id: &str,
        username: &str,
        password: &str,
    ) -> Result<Self, ConnectionError> {
        Self::with(options(address, client_id, username, password))
    }

    pub(crate) fn with(options: MqttOptions) -> Result<Self, ConnectionError> {
        let (client, connection) = Client::new(options, 64);
        let mut peer = Self {
            client,
            connection,
            early: Vec::new(),
        };
        peer.wait(|packet| matches!(packet, Packet::ConnAck(_)))?;
        Ok(peer)
    }

    /// Publishes at QoS 1 and waits until the broker has it.
    pub(crate) fn publish(&mut self, topic: &str, retain: bool, payload: impl Into<Vec<u8>>) {
        self.client.publish(topic, QoS::AtLeastOnce, retain, payload).unwrap();
        self.wait(|packet| matches!(packet, Packet::PubAck(_))).unwrap();
    }

    /// Subscribes at QoS 1; whether the broker agreed.
    pub(crate) fn subscribe(&mut self, filter: &str) -> bool {
        self.client.subscribe(filter, QoS::AtLeastOnce).unwrap();
        let answer = self.wait(|packet| matches!(packet, Packet::SubAck(_))).unwrap();
        let Packet::SubAck(ack) = answer else {
            unreachable!("only that was waited for")
        };
        ack.return_codes
            .iter()
            .all(|code| *code != SubscribeReasonCode::Failure)
    }

    /// The next message.
    pub(crate) fn message(&mut self) -> Publish {
        if !self.early.is_empty() {
            return self.early.remove(0);
        }
        match self.wait(|packet| matches!(packet, Packet::Publish(_))).unwrap() {
            Packet::Publish(message) => message,
            _ => unreachable!("only that was waited for"),
        }
    }

    /// The topics of the messages up to and including the first one on `last`.
    pub(crate) fn topics_until(&mut self, last: &str) -> Vec<String> {
        let mut topics = Vec::new();
        while topics.last().is_none_or(|topic| topic != last) {
            topics.push(self.message().topic);
        }
        topics
    }

    /// Says goodbye and hangs up.
    pub(crate) fn leave(mut self) {
        self.client.disconnect().unwrap();
        loop {
            match self
                .connection
                .recv_timeout(PATIENCE)
                .expect("the goodbye should be sent")
            {
                Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Waits until the connection has ended.
    pub(crate) fn wait_for_end(&mut self) -> ConnectionError {
        self.wait(|_| false).expect_err("nothing is waited for but the end")
    }

    fn wait(&mut self, wanted: impl Fn(&Packet) -> bool) -> Result<Packet, ConnectionError> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let left = patience.saturating_duration_since(Instant::now());
            match self.connection.recv_timeout(left) {
                Ok(Ok(Event::Incoming(packet))) if wanted(&packet) => return Ok(packet),
                Ok(Ok(Event::Incoming(Packet::Publish(message)))) => self.early.push(message),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error),
                Err(RecvTimeoutError::Disconnected) => return Err(ConnectionError::RequestsDone),
                Err(RecvTimeoutError::Timeout) => panic!("what was waited for did not come"),
            }
        }
    }
}
