//! Whom a display trusts: a real server on loopback, with certificates of every kind.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_player::tls::{self, CertainTime, Fingerprint, http_agent};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A server's certificate and key.
    fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (CertificateDer<'static>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key)
    }
}

/// Serves one request within TLS and answers with `yes`; the address.
fn served(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> String {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.serialize_der().try_into().unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), socket);
        // The client may hang up, which is what many tests are about.
        let Ok(1..) = stream.read(&mut [0; 2048]) else { return };
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nyes");
        let _gone = stream.flush();
    });
    format!("https://{address}/")
}

/// What the server says to a client with this trust, or why it was not believed.
fn ask(url: &str, trust: Option<ClientConfig>) -> Result<String, String> {
    let agent = http_agent(ureq::Agent::config_builder().build(), trust.map(Arc::new));
    let mut answer = agent.get(url).call().map_err(|error| error.to_string())?;
    Ok(answer.body_mut().read_to_string().unwrap())
}

fn refused(url: &str, trust: ClientConfig, because: &str) {
    let error = ask(url, Some(trust)).unwrap_err();
    assert!(error.contains(because), "{error}");
}

fn trusting(authority: &Authority) -> ClientConfig {
    tls::client_config(&authority.pem).unwrap()
}

fn sha256(certificate: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

#[test]
fn the_office_s_authority_is_believed_and_no_other() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let (leaf, key) = ours.issue("127.0.0.1", |_| {});
    let url = || served(vec![leaf.clone()], &key);
    assert_eq!(ask(&url(), Some(trusting(&ours))).unwrap(), "yes");
    refused(&url(), trusting(&other), "not issued by the authority");
    // One of the same name with another key.
    refused(&url(), trusting(&Authority::new("ours")), "not issued by the authority");
    // Several anchors: one is enough.
    let both = tls::client_config(&format!("{}{}", other.pem, ours.pem)).unwrap();
    assert_eq!(ask(&url(), Some(both)).unwrap(), "yes");
    let nobody = ask(&url(), None).unwrap_err();
    assert!(nobody.contains("no authority to trust"), "{nobody}");
}

#[test]
fn another_name_is_refused_and_the_sentence_says_which_there_are() {
    let ours = Authority::new("ours");
    let (leaf, key) = ours.issue("hub.example", |_| {});
    let error = ask(&served(vec![leaf.clone()], &key), Some(trusting(&ours))).unwrap_err();
    assert!(error.contains("hub.example") && error.contains("127.0.0.1"), "{error}");
    // The control: by the right name it is believed.
    let port = served(vec![leaf], &key)
        .rsplit_once(':')
        .unwrap()
        .1
        .trim_end_matches('/')
        .parse::<u16>()
        .unwrap();
    let mut session =
        rustls::ClientConnection::new(Arc::new(trusting(&ours)), "hub.example".try_into().unwrap()).unwrap();
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    session.complete_io(&mut socket).unwrap();
    assert!(!session.is_handshaking());
}

#[test]
fn what_has_expired_is_refused_and_what_begins_later_is_for_clocks_that_are_behind() {
    let ours = Authority::new("ours");
    let (expired, key) = ours.issue("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1));
    refused(&served(vec![expired], &key), trusting(&ours), "expired");
    let (early, key) = ours.issue("127.0.0.1", |params| params.not_before = date_time_ymd(2190, 1, 1));
    assert_eq!(
        ask(&served(vec![early.clone()], &key), Some(trusting(&ours))).unwrap(),
        "yes"
    );
    // Patience with the clock is no patience with anything else.
    refused(
        &served(vec![early], &key),
        trusting(&Authority::new("ours")),
        "not issued by the authority",
    );
    let (never, key) = ours.issue("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2190, 1, 1);
        params.not_after = date_time_ymd(2189, 1, 1);
    });
    assert!(ask(&served(vec![never], &key), Some(trusting(&ours))).is_err());
}

#[test]
fn a_clock_that_is_ahead_locks_nobody_out_as_long_as_the_time_is_certain() {
    let ours = Authority::new("ours");
    // Its last day was 2020-01-01.
    let (leaf, key) = ours.issue("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1));
    let at = |ms: u64| {
        let certain = CertainTime::default();
        let trust = tls::client_config_knowing(&ours.pem, certain.clone()).unwrap();
        certain.set(Instant(ms));
        ask(&served(vec![leaf.clone()], &key), Some(trust))
    };
    assert_eq!(at(1_577_700_000_000).unwrap(), "yes", "2019-12-30");
    assert!(
        at(1_577_900_000_000).unwrap_err().contains("expired"),
        "2020-01-01, at evening"
    );
    assert!(at(0).unwrap_err().contains("expired"), "nothing is known");
}

#[test]
fn a_fingerprint_is_as_good_as_the_certificate_it_is_of() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let (leaf, key) = ours.issue("127.0.0.1", |_| {});
    let url = || served(vec![leaf.clone(), ours.der.clone()], &key);
    for known in [&leaf, &ours.der] {
        assert_eq!(
            ask(&url(), Some(tls::pinned(Fingerprint(sha256(known))).unwrap())).unwrap(),
            "yes"
        );
    }
    let unknown = || tls::pinned(Fingerprint(sha256(&other.der))).unwrap();
    refused(&url(), unknown(), "not issued by the authority");
    // Someone who merely shows the authority's certificate beside their own has not been issued anything by it.
    let (foreign, foreign_key) = other.issue("127.0.0.1", |_| {});
    let posing = served(vec![foreign, ours.der.clone()], &foreign_key);
    refused(
        &posing,
        tls::pinned(Fingerprint(sha256(&ours.der))).unwrap(),
        "not issued by the authority",
    );
    // And the authority's certificate is for its own names only.
    let (elsewhere, key) = ours.issue("hub.example", |_| {});
    let named = served(vec![elsewhere, ours.der.clone()], &key);
    refused(
        &named,
        tls::pinned(Fingerprint(sha256(&ours.der))).unwrap(),
        "hub.example",
    );
}

#[test]
fn enrolment_takes_what_it_is_shown_first_and_then_nothing_else() {
    let ours = Authority::new("ours");
    let (leaf, key) = ours.issue("elsewhere.example", |params| {
        params.not_after = date_time_ymd(2020, 1, 1)
    });
    let (config, seen) = tls::holding(None).unwrap();
    assert_eq!(seen.leaf_sha256(), None);
    for _ in 0..2 {
        assert_eq!(
            ask(&served(vec![leaf.clone()], &key), Some(config.clone())).unwrap(),
            "yes"
        );
        assert_eq!((seen.leaf_sha256(), seen.met_another()), (Some(sha256(&leaf)), false));
    }
    // Another one, though the same authority issued it, and for this very address.
    let (second, second_key) = ours.issue("127.0.0.1", |_| {});
    let other = served(vec![second.clone()], &second_key);
    assert!(ask(&other, Some(config)).is_err());
    assert_eq!((seen.leaf_sha256(), seen.met_another()), (Some(sha256(&leaf)), true));
    // The control: who begins anew takes it; and who goes on after a power cut holds what he held.
    let (config, _) = tls::holding(None).unwrap();
    assert_eq!(
        ask(&served(vec![second.clone()], &second_key), Some(config)).unwrap(),
        "yes"
    );
    let (config, seen) = tls::holding(Some(sha256(&leaf))).unwrap();
    assert!(ask(&served(vec![second], &second_key), Some(config)).is_err() && seen.met_another());
}

#[test]
fn whoever_does_not_speak_tls_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut caller, _) = listener.accept().unwrap();
        let _heard = caller.read(&mut [0; 2048]);
        let _gone = caller.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    refused(&url, trusting(&Authority::new("ours")), "does not speak TLS");
}
