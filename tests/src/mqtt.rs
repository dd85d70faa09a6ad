//! A bare MQTT client, for what an honest player never does.

use rumqttc::{
    Client, Connection, Event, Incoming, LastWill, MqttOptions, QoS, SubscribeReasonCode, TlsConfiguration, Transport,
};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who somebody says they are.
#[derive(Debug, Clone)]
pub struct Login {
    /// The client id.
    pub client_id: String,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Where a broker is, and whom to trust there; `None`: no TLS.
#[derive(Debug, Clone)]
pub struct Door {
    /// The address.
    pub at: SocketAddr,
    /// A file with the certificate.
    pub certificate: Option<Vec<u8>>,
}

impl Door {
    /// One without TLS.
    #[must_use]
    pub fn plain(at: SocketAddr) -> Self {
        Self { at, certificate: None }
    }

    /// One with TLS.
    #[must_use]
    pub fn secure(at: SocketAddr, certificate: &Path) -> Self {
        let certificate = Some(std::fs::read(certificate).unwrap());
        Self { at, certificate }
    }
}

/// A connection.
pub struct Mqtt {
    client: Client,
    connection: Connection,
    heard: Vec<(String, String)>,
    /// Messages that the broker has not acknowledged yet.
    unanswered: usize,
}

impl Mqtt {
    /// Connects; `None` when not let in. The will, if any, is said with `will` as its text.
    #[must_use]
    pub fn connect(door: &Door, login: &Login, will: Option<&str>) -> Option<Self> {
        let mut options = MqttOptions::new(&login.client_id, door.at.ip().to_string(), door.at.port());
        options.set_credentials(&login.username, &login.password);
        options.set_max_packet_size(256 * 1024, 256 * 1024);
        if let Some(topic) = will {
            options.set_last_will(LastWill::new(topic, "will", QoS::AtLeastOnce, false));
        }
        if let Some(certificate) = &door.certificate {
            let trust = crate::trust_in(certificate);
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(trust)));
        }
        let (client, connection) = Client::new(options, 100);
        let mut mqtt = Self {
            client,
            connection,
            heard: Vec::new(),
            unanswered: 0,
        };
        let let_in = |event: &Event| matches!(event, Event::Incoming(Incoming::ConnAck(_))).then_some(());
        mqtt.until(let_in).map(|()| mqtt)
    }

    /// Subscribes; whether the broker says that it did.
    pub fn subscribe(&mut self, filter: &str, qos: QoS) -> bool {
        self.client.subscribe(filter, qos).unwrap();
        let answered = |event: &Event| match event {
            Event::Incoming(Incoming::SubAck(ack)) => Some(
                ack.return_codes
                    .iter()
                    .all(|code| matches!(code, SubscribeReasonCode::Success(_))),
            ),
            _ => None,
        };
        self.until(answered).unwrap_or(false)
    }

    /// Publishes; sent once something is waited for.
    pub fn publish(&mut self, topic: &str, qos: QoS, retain: bool, text: &str) {
        self.client.publish(topic, qos, retain, text).unwrap();
        self.unanswered += usize::from(qos != QoS::AtMostOnce);
    }

    /// What comes until `last` does, itself not included: topic and text. `None` when it never does, or the connection ends.
    pub fn heard_until(&mut self, last: &str) -> Option<Vec<(String, String)>> {
        let mut heard = Vec::new();
        self.until(|event| match event {
            Event::Incoming(Incoming::Publish(message)) => {
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                let over = text == last;
                heard.push((message.topic.clone(), text));
                over.then_some(())
            }
            _ => None,
        })?;
        heard.pop();
        Some(heard)
    }

    /// Sends what is under way, and waits until the broker has acknowledged it and one message more.
    #[must_use]
    pub fn is_alive(&mut self, own_topic: &str) -> bool {
        self.publish(own_topic, QoS::AtLeastOnce, false, "alive?");
        let mut unanswered = std::mem::take(&mut self.unanswered);
        let answered = |event: &Event| {
            unanswered -= usize::from(matches!(event, Event::Incoming(Incoming::PubAck(_))));
            (unanswered == 0).then_some(())
        };
        self.until(answered).is_some()
    }

    /// All that came so far: topic and text.
    #[must_use]
    pub fn heard(&self) -> &[(String, String)] {
        &self.heard
    }

    fn until<T>(&mut self, mut found: impl FnMut(&Event) -> Option<T>) -> Option<T> {
        while let Ok(Ok(event)) = self.connection.recv_timeout(PATIENCE) {
            if let Event::Incoming(Incoming::Publish(message)) = &event {
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                self.heard.push((message.topic.clone(), text));
            }
            if let Some(found) = found(&event) {
                return Some(found);
            }
        }
        None
    }
}
