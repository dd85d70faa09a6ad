//! The broker behind TLS.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use heliograph_broker::{AccessRules, Broker, Client, Principal};
use rcgen::{CertificateParams, KeyPair};
use rumqttc::{MqttOptions, TlsConfiguration, Transport};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::house::{House, PATIENCE, Told, any_port, display};
use crate::peer::{self, Peer};

/// A server's configuration with a certificate of its own for loopback, and clients that trust it.
fn certified() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let provider = Arc::new(ring::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let mut anchors = RootCertStore::empty();
    anchors.add(certificate.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(anchors)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

/// A house with a second door.
struct SafeHouse {
    house: House,
    address: SocketAddr,
    trust: Arc<ClientConfig>,
}

impl SafeHouse {
    fn open() -> Self {
        let (house, (server, trust)) = (House::open(), certified());
        let address = house
            .broker
            .listen_tls((Ipv4Addr::LOCALHOST, 0).into(), server)
            .unwrap();
        Self { house, address, trust }
    }

    fn options(&self, client_id: &str, username: &str, password: &str) -> MqttOptions {
        let mut options = peer::options(self.address, client_id, username, password);
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(self.trust.clone())));
        options
    }

    fn lobby(&self) -> Peer {
        Peer::with(self.options("display-lobby", "lobby", "ybbol")).unwrap()
    }
}

#[test]
fn what_is_said_within_tls_is_carried_whole_and_by_the_same_rules() {
    let safe = SafeHouse::open();
    let mut lobby = safe.lobby();
    assert!(lobby.subscribe("channel/notices/#"));
    assert!(!lobby.subscribe("channel/secrets/#"), "the rules are the same");
    let mut hub = safe.house.hub();
    // Larger than what is passed on at once, and than a TLS record.
    let content: Vec<u8> = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
    hub.publish("channel/notices/content", true, content.clone());
    assert_eq!(lobby.message().payload, content);
    lobby.publish("display/lobby/status", true, content.clone());
    assert!(hub.subscribe("display/+/status"));
    assert_eq!(hub.message().payload, content);
}

#[test]
fn a_wrong_password_a_stranger_and_a_stranger_to_the_certificate_are_refused() {
    let safe = SafeHouse::open();
    assert!(Peer::with(safe.options("display-lobby", "lobby", "wrong")).is_err());
    let (_, other_trust) = certified();
    let mut options = safe.options("display-lobby", "lobby", "ybbol");
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(other_trust)));
    assert!(Peer::with(options).is_err(), "another certificate");
    assert!(
        Peer::with(peer::options(safe.address, "display-lobby", "lobby", "ybbol")).is_err(),
        "plain"
    );
    // The control: all that was wrong was that.
    let _lobby = safe.lobby();
}

#[test]
fn a_kick_ends_the_connection_and_a_goodbye_is_heard() {
    let safe = SafeHouse::open();
    let mut lobby = safe.lobby();
    assert_eq!(safe.house.told(), Told::Connected(display("lobby")));
    safe.house.rules.revoke("lobby");
    assert!(safe.house.broker.kick("display-lobby"));
    assert_eq!(safe.house.told(), Told::Disconnected(display("lobby")));
    lobby.wait_for_end();
    assert!(Peer::with(safe.options("display-lobby", "lobby", "ybbol")).is_err());

    let hall = Peer::with(safe.options("display-hall", "hall", "llah")).unwrap();
    assert_eq!(safe.house.told(), Told::Connected(display("hall")));
    drop(hall);
    assert_eq!(safe.house.told(), Told::Disconnected(display("hall")));
}

#[test]
fn silence_and_garbage_hold_up_nobody_else() {
    let safe = SafeHouse::open();
    let call = || TcpStream::connect(safe.address).unwrap();
    let silent: Vec<TcpStream> = (0..200).map(|_| call()).collect();
    let mut halves: Vec<TcpStream> = (0..200).map(|_| call()).collect();
    for half in &mut halves {
        // A record that promises a handshake of 16 KiB and holds two bytes of it.
        half.write_all(&[22, 3, 1, 64, 0, 1, 0]).unwrap();
    }
    for garbage in [
        &b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x1e\x00\x00"[..],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0; 4096],
        &[22; 4096],
    ] {
        let mut caller = call();
        caller.set_read_timeout(Some(PATIENCE)).unwrap();
        // The door may be shut before everything was said.
        let _shut = caller.write_all(garbage);
        let mut answer = Vec::new();
        let _reset = caller.read_to_end(&mut answer);
        assert!(answer.len() < 16, "an alert at most: {answer:?}");
    }
    let mut lobby = safe.lobby();
    assert!(lobby.subscribe("trust"));
    drop((silent, halves));
}

/// Rules that tell where callers come from.
struct WhereFrom(Sender<SocketAddr>);

impl AccessRules for WhereFrom {
    fn authenticate(&self, client: &Client) -> Option<Principal> {
        self.0.send(client.peer?).ok()?;
        Some(Principal::Display("lobby".to_owned()))
    }

    fn may_publish(&self, _: &Principal, _: &str) -> bool {
        true
    }

    fn may_subscribe(&self, _: &Principal, _: &str) -> bool {
        true
    }

    fn connected(&self, _: &Principal) {}

    fn disconnected(&self, _: &Principal) {}
}

#[test]
fn the_rules_see_where_a_client_really_comes_from() {
    let (sender, heard) = channel();
    let broker = Broker::start(any_port(), Arc::new(WhereFrom(sender))).unwrap();
    let (server, trust) = certified();
    let address = broker.listen_tls((Ipv4Addr::LOCALHOST, 0).into(), server).unwrap();
    // A connection written by hand, so that its port is known.
    let mut socket = TcpStream::connect(address).unwrap();
    let mut session = rustls::ClientConnection::new(trust, "127.0.0.1".try_into().unwrap()).unwrap();
    let mut stream = rustls::Stream::new(&mut session, &mut socket);
    stream
        .write_all(b"\x10\x17\x00\x04MQTT\x04\x82\x00\x1e\x00\x02me\x00\x07display")
        .unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x20, 2, 0, 0]);
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), socket.local_addr().unwrap());
}

#[test]
fn a_taken_port_is_named() {
    let safe = SafeHouse::open();
    let (server, _) = certified();
    let error = safe.house.broker.listen_tls(safe.address, server).unwrap_err();
    assert!(error.to_string().contains("in use"), "{error}");
}
