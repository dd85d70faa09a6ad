//! A player on a real socket: how it logs in, what it subscribes to, and that it comes back.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use bytes::BytesMut;
use heliograph_domain::{Instant, Panel};
use heliograph_player::profile::BrightnessPlan;
use heliograph_player::{BrokerAddress, FontSource, Identity, Output, Player, PlayerConfig, SystemClock};
use heliograph_sink::Recorder;
use heliograph_wire::{Status, Topic, open};
use rumqttc::mqttbytes::v4::{ConnAck, Packet, PubAck, Publish, SubAck};
use rumqttc::{ConnectReturnCode, QoS, SubscribeReasonCode};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use support::*;

const LIMIT: usize = 1 << 20;

const SIGN: Panel = Panel {
    width_px: 64,
    height_px: 32,
    ..PANEL
};

/// The broker's end of one connection, driven by the test.
struct Wire {
    stream: TcpStream,
    read: BytesMut,
    packet_id: u16,
}

impl Wire {
    fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self {
            stream,
            read: BytesMut::new(),
            packet_id: 0,
        }
    }

    /// The next packet; `None` at the end of the connection.
    fn next(&mut self) -> Option<Packet> {
        loop {
            if let Ok(packet) = Packet::read(&mut self.read, LIMIT) {
                return Some(packet);
            }
            let mut piece = [0; 4096];
            let got = self.stream.read(&mut piece).unwrap();
            if got == 0 {
                return None;
            }
            self.read.extend_from_slice(&piece[..got]);
        }
    }

    fn says(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, LIMIT).unwrap();
        self.stream.write_all(&bytes).unwrap();
    }

    fn publishes(&mut self, (topic, payload): Message) {
        self.packet_id += 1;
        let mut publish = Publish::new(topic.path(&site()), QoS::AtLeastOnce, payload);
        publish.pkid = self.packet_id;
        self.says(&Packet::Publish(publish));
    }

    /// Lets the display in and answers its first subscription; gives the login and the filters.
    fn welcome(&mut self) -> (rumqttc::mqttbytes::v4::Connect, Vec<String>) {
        let Some(Packet::Connect(connect)) = self.next() else {
            panic!("no login")
        };
        self.says(&Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false)));
        (connect, self.subscription())
    }

    /// The next subscription; statuses that come before it are acknowledged.
    fn subscription(&mut self) -> Vec<String> {
        loop {
            match self.next().expect("a subscription") {
                Packet::Subscribe(subscribe) => {
                    let granted = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce); subscribe.filters.len()];
                    self.says(&Packet::SubAck(SubAck::new(subscribe.pkid, granted)));
                    return subscribe.filters.into_iter().map(|filter| filter.path).collect();
                }
                Packet::Publish(publish) => self.says(&Packet::PubAck(PubAck::new(publish.pkid))),
                _ => {}
            }
        }
    }

    /// The next status that fits.
    fn status(&mut self, fits: impl Fn(&Status) -> bool) -> Status {
        loop {
            let Packet::Publish(publish) = self.next().expect("a status") else {
                continue;
            };
            self.says(&Packet::PubAck(PubAck::new(publish.pkid)));
            assert!(publish.retain && publish.topic == Topic::Status(display()).path(&site()));
            let key = |_, _| Some(key(DEVICE).public());
            let opened = open(&publish.payload, &site(), &Topic::Status(display()), &key).unwrap();
            let status = Status::from_bytes(&opened.body).unwrap();
            if fits(&status) {
                return status;
            }
        }
    }
}

fn start(listener: &TcpListener, data: &std::path::Path) -> Player {
    Player::start(PlayerConfig {
        identity: Identity {
            site: site(),
            display: display(),
            secret: [DEVICE; 32],
            mqtt_token: "token".to_owned(),
            root: key(ROOT).public(),
            ca: None,
            hub: None,
            broker: None,
        },
        broker: BrokerAddress {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            tls: false,
        },
        data: data.to_owned(),
        output: Output::Frames(Box::new(Recorder::new().0)),
        brightness: BrightnessPlan::default(),
        live: None,
        fonts: FontSource::BuiltIn,
        clock: Arc::new(SystemClock),
        panel: Some(SIGN),
    })
    .unwrap()
}

#[test]
fn a_display_logs_in_hears_a_release_and_comes_back_after_a_broken_connection() {
    let data = std::env::temp_dir().join(format!("heliograph-link-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&data);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let player = start(&listener, &data);

    let mut wire = Wire::accept(&listener);
    let (connect, filters) = wire.welcome();
    let login = connect.login.unwrap();
    assert_eq!(connect.client_id, format!("display-{}", display()));
    assert_eq!(
        (login.username, login.password),
        (display().to_string(), "token".to_owned())
    );
    assert!(connect.clean_session && connect.last_will.is_none() && connect.keep_alive == 15);
    // A display that knows no keys asks for the trust document alone.
    assert_eq!(filters, ["heliograph/v1/binhe/trust/#"]);

    wire.publishes(trust());
    assert_eq!(wire.subscription().len(), 8, "and for the rest when it knows them");
    let mut setting = config();
    setting.panel = SIGN;
    wire.publishes(configured(1, &setting));
    assert_eq!(wire.subscription(), ["heliograph/v1/binhe/channel/hall/#"]);

    let mut release = notice("停电通知");
    release.item.window.from = Instant(0);
    release.item.window.until = None;
    release.item.released_at = Instant(0);
    wire.publishes(content(&release.payload));
    wire.publishes(head(10, &[&release]));
    let seen = wire.status(|status| !status.shown.is_empty());
    assert_eq!(
        (seen.shown[0].content, seen.heads),
        (release.item.content, vec![(hall(), 10)])
    );

    drop(wire);
    let mut wire = Wire::accept(&listener);
    assert_eq!(
        wire.welcome().1.len(),
        9,
        "everything at once, now that it knows keys and channels"
    );
    let again = wire.status(|_| true);
    assert!(again.counter > seen.counter && again.boot_id == seen.boot_id);

    player.stop();
    let goodbye = std::iter::from_fn(|| wire.next()).last();
    assert_eq!(goodbye, Some(Packet::Disconnect));
    std::fs::remove_dir_all(data).unwrap();
}
