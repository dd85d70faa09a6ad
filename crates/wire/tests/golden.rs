//! The bytes on the wire never change: each form has a file in `tests/golden`, and old files stay readable forever.
//!
//! `HELIOGRAPH_WRITE_GOLDEN=1 cargo test -p heliograph-wire` writes files that are missing. A file that is there is
//! never written again: a new form gets a new format number and a new file.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Document, Kind, Lang, Priority};
use heliograph_wire::enrol::{Counterpart, Introduction};
use heliograph_wire::{
    Ack, Command, CommandVerb, ContentPayload, DisplayConfig, Erased, HeadMessage, Heartbeat, Mail, Newest, Receipts,
    Refusal, Reply, Role, ShownState, SiteState, Stamp, Status, TimeAnswer, Topic, TrustDocument, open, pack_head,
    seal, unpack_head,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use support::{display, head, hex, key_of, keys, long_head, messages, site, stamp, trust_document, unhex};

fn golden(name: &str, bytes: &[u8]) {
    let path = path_of(name);
    if std::env::var_os("HELIOGRAPH_WRITE_GOLDEN").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wrapped(&hex(bytes))).unwrap();
    }
    assert_eq!(hex(bytes), hex(&kept(name)), "the bytes of {name} have changed");
}

/// What is in a file.
fn kept(name: &str) -> Vec<u8> {
    let path = path_of(name);
    let written = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    unhex(&written)
}

fn path_of(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("{name}.hex"))
}

fn wrapped(digits: &str) -> String {
    let lines: Vec<&str> = digits
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join("\n") + "\n"
}

/// Bodies are written to these bytes and read from them; cut short, too long, or of a later format they are refused.
macro_rules! body {
    ($type:ty, $name:expr, $value:expr) => {{
        let value: $type = $value;
        let bytes = value.to_bytes();
        golden($name, &bytes);
        assert_eq!(<$type>::from_bytes(&bytes).unwrap(), value, "{}", $name);
        for end in 0..bytes.len() {
            assert!(<$type>::from_bytes(&bytes[..end]).is_err(), "{} cut at {end}", $name);
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(<$type>::from_bytes(&longer).is_err(), "{} with a byte too many", $name);
        let mut newer = bytes;
        newer[0] = 2;
        assert_eq!(
            <$type>::from_bytes(&newer),
            Err(Refusal::Format(2)),
            "{} of a later format",
            $name
        );
    }};
}

#[test]
fn bodies_have_these_bytes() {
    body!(DisplayConfig, "body-config", support::config());
    body!(Erased, "body-erased", support::erased());
    body!(Command, "body-command", support::command());
    body!(Status, "body-status", support::status());
    body!(Status, "body-status-slate", support::status_of_a_slate());
    body!(Receipts, "body-receipts", support::receipts());
    body!(Ack, "body-ack", support::ack());
    body!(SiteState, "body-site", support::site_state());
    body!(TimeAnswer, "body-time", support::time_answer());
    body!(Mail, "mail", support::mail());
    for (name, reply) in support::replies() {
        body!(Reply, name, reply.clone());
    }
    body!(HeadMessage, "body-head-inline", pack_head(&head()).0);
    body!(HeadMessage, "body-head-pages", pack_head(&long_head()).0);
}

/// Format 1 ended after the heads; it is read as long as there are displays, and hubs write format 2.
#[test]
fn heartbeats_have_these_bytes_and_those_of_the_first_format_are_read() {
    let beat = support::heartbeat();
    let bytes = beat.to_bytes();
    golden("body-heartbeat-2", &bytes);
    assert_eq!(Heartbeat::from_bytes(&bytes).unwrap(), beat);
    let (former, envelope) = (kept("body-heartbeat"), kept("envelope-heartbeat"));
    let key = keys().heartbeat.public();
    let opened = open(&envelope, &site(), &Topic::Heartbeat, &|_, _| Some(key)).unwrap();
    assert_eq!(opened.body, former);
    let without = Heartbeat {
        newest: Newest::default(),
        ..beat
    };
    assert_eq!(Heartbeat::from_bytes(&former).unwrap(), without);
    for bytes in [bytes, former] {
        for end in 0..bytes.len() {
            assert!(Heartbeat::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(Heartbeat::from_bytes(&longer).is_err(), "with a byte too many");
        let newer = [&[3], &bytes[1..]].concat();
        assert_eq!(Heartbeat::from_bytes(&newer), Err(Refusal::Format(3)));
    }
}

#[test]
fn trust_documents_have_these_bytes() {
    for (name, document) in [
        ("body-trust", trust_document()),
        ("body-trust-new-root", support::root_change()),
    ] {
        let bytes = document.to_bytes();
        golden(name, &bytes);
        assert_eq!(TrustDocument::from_bytes(&bytes).unwrap(), document);
        for end in 0..bytes.len() {
            assert!(TrustDocument::from_bytes(&bytes[..end]).is_err(), "{name} cut at {end}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(
            TrustDocument::from_bytes(&longer).is_err(),
            "{name} with a byte too many"
        );
        let newer = [&[3], &bytes[1..]].concat();
        assert_eq!(TrustDocument::from_bytes(&newer), Err(Refusal::Format(3)));
    }
    let change = seal(
        &keys().root,
        &site(),
        &Topic::TrustStep(2),
        Stamp {
            version: 2,
            ..stamp(&Topic::Trust)
        },
        &support::root_change().to_bytes(),
    );
    golden("envelope-trust-new-root", &change);
    golden("key-second-root", &support::second_root().public().0);
}

/// Enums are numbers on the wire: a variant that is put between others would change the meaning of all after it.
#[test]
fn variants_have_these_numbers() {
    fn numbered<T: Serialize>(variants: &[T]) {
        for (number, variant) in (0_u8..).zip(variants) {
            assert_eq!(postcard::to_stdvec(variant).unwrap(), [number]);
        }
    }
    numbered(&[Role::Root, Role::Release, Role::Heartbeat, Role::Command, Role::Display]);
    numbered(&[
        CommandVerb::Identify,
        CommandVerb::Screenshot,
        CommandVerb::Restart,
        CommandVerb::Refresh,
    ]);
    numbered(&[
        ShownState::Shown,
        ShownState::Slate,
        ShownState::Stale,
        ShownState::Dark,
        ShownState::Error,
    ]);
    numbered(&[Lang::ZhHans, Lang::En, Lang::Ja, Lang::Ko, Lang::Ru]);
    numbered(&[ColourDepth::Mono, ColourDepth::Tri, ColourDepth::Full]);
    numbered(&[
        Priority::Filler,
        Priority::Normal,
        Priority::Campaign,
        Priority::Emergency,
    ]);
    numbered(&[
        Kind::Notice,
        Kind::ServiceGuide,
        Kind::ServiceCommitment,
        Kind::WindowBoard,
        Kind::PowerList,
        Kind::DiscretionBenchmark,
        Kind::Finance,
        Kind::Personnel,
        Kind::Planning,
        Kind::Organisation,
        Kind::Enforcement,
        Kind::Interpretation,
        Kind::Rule,
    ]);
}

#[test]
fn a_long_head_travels_in_pages_and_is_whole_again() {
    let head = long_head();
    let (message, pages) = pack_head(&head);
    assert!(pages.len() > 1);
    let find = |hash: &_| {
        let found = pages.iter().find(|(name, _)| name == hash);
        found.map(|(_, payload)| payload.bytes.clone())
    };
    assert_eq!(unpack_head(&message, &find).unwrap(), head);
    assert!(unpack_head(&message, &|_| None).is_err(), "without its pages it is not");
    for (hash, payload) in &pages {
        assert_eq!(*hash, payload.hash());
        assert!(payload.to_bytes().len() <= 64 * 1024);
    }
    golden("content-head-page", &pages.last().unwrap().1.to_bytes());
    let short = support::head();
    assert_eq!(unpack_head(&pack_head(&short).0, &|_| None).unwrap(), short);
}

#[test]
fn content_has_these_bytes_and_this_hash() {
    let payload = ContentPayload {
        salt: *b"0123456789abcdef",
        bytes: b"{\"format\":1}".to_vec(),
    };
    golden("content", &payload.to_bytes());
    golden("content-hash", &payload.hash().0);
    assert_eq!(ContentPayload::from_bytes(&payload.to_bytes()).unwrap(), payload);
    for (name, object) in support::objects() {
        golden(name, &object.to_bytes());
        assert_eq!(ContentPayload::from_bytes(&object.to_bytes()).unwrap(), object);
    }
    let [(_, document), (_, profile)] = support::objects();
    let read = Document::from_bytes(&document.bytes).unwrap();
    assert_eq!(read.to_bytes(), document.bytes, "a document is written as it was read");
    let read: SiteProfile = serde_json::from_slice(&profile.bytes).unwrap();
    assert_eq!(serde_json::to_vec(&read).unwrap(), profile.bytes);
}

#[test]
fn envelopes_have_these_bytes() {
    for (name, topic, body, payload) in messages() {
        golden(name, &payload);
        let key = key_of(&topic);
        let opened = open(&payload, &site(), &topic, &|_, _| Some(key.public())).unwrap();
        assert_eq!(
            (opened.body, opened.stamp, opened.key_id),
            (body, stamp(&topic), key.public().key_id())
        );
    }
    let all = keys();
    for (name, key) in [
        ("key-root", &all.root),
        ("key-release", &all.release),
        ("key-heartbeat", &all.heartbeat),
        ("key-command", &all.command),
        ("key-display", &all.display),
    ] {
        golden(name, &key.public().0);
    }
    assert_eq!(display().to_string(), "00000000-0000-0000-0000-000000000007");
}

#[test]
fn an_enrolment_has_this_commitment_and_these_strings() {
    let introduction = Introduction {
        key: keys().display.public(),
        nonce: [0x21; 32],
        secret_hash: Sha256::digest([0x22; 32]).into(),
        facts: r#"{"model":"试验机","panel":{"width_px":1920,"height_px":1080}}"#.to_owned(),
    };
    let hub = Counterpart {
        nonce: [0x23; 32],
        root: keys().root.public(),
        certificate: [0x24; 32],
        site: site(),
    };
    golden("enrol-facts", introduction.facts.as_bytes());
    golden("enrol-commitment", &introduction.commitment());
    golden("enrol-short", introduction.short_string(&hub).as_bytes());
    let plain = Counterpart {
        certificate: [0; 32],
        ..hub.clone()
    };
    golden("enrol-short-plain", introduction.short_string(&plain).as_bytes());
    let others = [
        Counterpart {
            nonce: [0; 32],
            ..hub.clone()
        },
        Counterpart {
            root: keys().release.public(),
            ..hub.clone()
        },
        Counterpart {
            site: "binh".parse().unwrap(),
            ..hub.clone()
        },
        plain,
    ];
    for other in &others {
        assert_ne!(
            introduction.short_string(other),
            introduction.short_string(&hub),
            "{other:?}"
        );
    }
    let one = introduction.clone();
    let changed = [
        Introduction {
            key: keys().root.public(),
            ..one.clone()
        },
        Introduction {
            nonce: [0; 32],
            ..one.clone()
        },
        Introduction {
            secret_hash: [0; 32],
            ..one.clone()
        },
        Introduction {
            facts: "{}".to_owned(),
            ..one
        },
    ];
    for other in &changed {
        assert_ne!(other.commitment(), introduction.commitment(), "{other:?}");
        assert_ne!(other.short_string(&hub), introduction.short_string(&hub), "{other:?}");
    }
}
