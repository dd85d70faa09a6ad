//! What a display must not believe, one row each; and, so that the table can be seen to bite, what it must.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::{DisplayId, SiteName};
use heliograph_wire::{Admitted, KeyPair, Refusal, Role, Stamp, StatusVerifier, Topic, Trust, TrustedKey, open, seal};
use support::{channel, display, head, key_of, keys, messages, root, site, stamp, trust_document};

/// A display that has its keys.
fn trusting() -> Trust {
    let mut trust = Trust::new(site(), root());
    let document = seal(
        &keys().root,
        &site(),
        &Topic::Trust,
        stamp(&Topic::Trust),
        &trust_document().to_bytes(),
    );
    assert!(matches!(trust.admit(&Topic::Trust, &document), Ok(Admitted::New(_))));
    trust
}

fn head_topic() -> Topic {
    Topic::Head(channel())
}

fn body() -> Vec<u8> {
    heliograph_wire::pack_head(&head()).0.to_bytes()
}

fn sealed(key: &KeyPair, site: &SiteName, topic: &Topic, stamp: Stamp) -> Vec<u8> {
    seal(key, site, topic, stamp, &body())
}

/// The true message, which the rows below change in one point each.
fn true_head() -> Vec<u8> {
    sealed(&keys().release, &site(), &head_topic(), stamp(&head_topic()))
}

#[test]
fn the_true_message_is_believed_once_and_recognised_after() {
    let mut trust = trusting();
    assert!(matches!(trust.admit(&head_topic(), &true_head()), Ok(Admitted::New(opened)) if opened.body == body()));
    assert!(matches!(
        trust.admit(&head_topic(), &true_head()),
        Ok(Admitted::Repeated(_))
    ));
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    for (name, topic, _, payload) in messages() {
        let key = key_of(&topic);
        let find = |id, _| Some(key.public()).filter(|key| key.key_id() == id);
        assert!(open(&payload, &site(), &topic, &find).is_ok(), "{name}: the control");
        for at in 0..payload.len() {
            for bit in 0..8 {
                let mut forged = payload.clone();
                forged[at] ^= 1 << bit;
                assert!(
                    open(&forged, &site(), &topic, &find).is_err(),
                    "{name}: bit {bit} of byte {at}"
                );
            }
        }
        for end in 0..payload.len() {
            assert!(
                open(&payload[..end], &site(), &topic, &find).is_err(),
                "{name}: cut at {end}"
            );
        }
        let mut longer = payload;
        longer.push(0);
        assert!(
            open(&longer, &site(), &topic, &find).is_err(),
            "{name}: a byte too many"
        );
    }
}

#[test]
fn a_message_cannot_be_said_again_elsewhere() {
    let other_site: SiteName = "other".parse().unwrap();
    for (name, topic, _, payload) in messages() {
        let key = key_of(&topic);
        let find = |_, _| Some(key.public());
        assert_eq!(
            open(&payload, &other_site, &topic, &find),
            Err(Refusal::BadSignature),
            "{name}: another site"
        );
        for (other_name, other, _, _) in messages().into_iter().filter(|(other, ..)| *other != name) {
            assert_eq!(
                open(&payload, &site(), &other, &find),
                Err(Refusal::BadSignature),
                "{name} as {other_name}"
            );
        }
    }
    let lobby = Topic::Head("lobby".parse().unwrap());
    assert_eq!(
        trusting().admit(&lobby, &true_head()).unwrap_err(),
        Refusal::BadSignature
    );
    let config = messages()
        .into_iter()
        .find(|(name, ..)| *name == "envelope-config")
        .unwrap()
        .3;
    let neighbour = Topic::Config(DisplayId(uuid::Uuid::from_u128(8)));
    assert_eq!(
        trusting().admit(&neighbour, &config).unwrap_err(),
        Refusal::BadSignature
    );
}

/// One row: what is offered, and why it is refused.
struct Row {
    what: &'static str,
    payload: Vec<u8>,
    refused: fn(&Refusal) -> bool,
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table, one row a forgery")]
fn keys_without_the_role_old_epochs_and_odd_headers_are_refused() {
    let all = keys();
    let now = stamp(&head_topic());
    let by = |key: &KeyPair, stamp| sealed(key, &site(), &head_topic(), stamp);
    let with = |at: usize, byte: u8| {
        let mut payload = true_head();
        payload[at] = byte;
        payload
    };
    let stranger = KeyPair::from_secret([77; 32]);
    let unknown: fn(&Refusal) -> bool = |refusal| matches!(refusal, Refusal::UnknownKey(_));
    let rows = [
        Row {
            what: "a stranger's key",
            payload: by(&stranger, now),
            refused: unknown,
        },
        Row {
            what: "the heartbeat's key",
            payload: by(&all.heartbeat, now),
            refused: unknown,
        },
        Row {
            what: "the command's key",
            payload: by(&all.command, now),
            refused: unknown,
        },
        Row {
            what: "a display's key",
            payload: by(&all.display, now),
            refused: unknown,
        },
        Row {
            what: "the root's own key",
            payload: by(&all.root, now),
            refused: unknown,
        },
        Row {
            what: "an epoch to come",
            payload: by(&all.release, Stamp { epoch: 2, ..now }),
            refused: unknown,
        },
        Row {
            what: "epoch 0",
            payload: by(&all.release, Stamp { epoch: 0, ..now }),
            refused: unknown,
        },
        Row {
            what: "format 2",
            payload: with(0, 2),
            refused: |refusal| *refusal == Refusal::Format(2),
        },
        Row {
            what: "algorithm 2",
            payload: with(1, 2),
            refused: |refusal| *refusal == Refusal::Algorithm(2),
        },
        Row {
            what: "nothing",
            payload: Vec::new(),
            refused: |refusal| matches!(refusal, Refusal::Malformed(_)),
        },
        Row {
            what: "a length of four gigabytes",
            payload: {
                let mut p = true_head();
                p[30..34].fill(0xff);
                p
            },
            refused: |refusal| matches!(refusal, Refusal::Malformed(_)),
        },
        Row {
            what: "more than the topic's limit",
            payload: seal(&all.release, &site(), &head_topic(), now, &vec![0; 40_000]),
            refused: |refusal| matches!(refusal, Refusal::TooLarge { .. }),
        },
    ];
    for Row { what, payload, refused } in rows {
        let mut trust = trusting();
        let before = trust.clone();
        let refusal = trust.admit(&head_topic(), &payload).expect_err(what);
        assert!(refused(&refusal), "{what}: {refusal}");
        assert_eq!(trust, before, "{what}: a refusal changes nothing");
        // The control: after it the true message is still believed.
        assert!(trust.admit(&head_topic(), &true_head()).is_ok(), "{what}");
    }
}

#[test]
fn older_messages_and_a_second_truth_of_one_version_are_refused() {
    let at = |version| {
        sealed(
            &keys().release,
            &site(),
            &head_topic(),
            Stamp {
                version,
                ..stamp(&head_topic())
            },
        )
    };
    let mut trust = trusting();
    assert!(trust.admit(&head_topic(), &at(42)).is_ok());
    assert!(matches!(
        trust.admit(&head_topic(), &at(41)),
        Err(Refusal::Older {
            offered: 41,
            known: 42,
            ..
        })
    ));
    let other = seal(
        &keys().release,
        &site(),
        &head_topic(),
        stamp(&head_topic()),
        b"\x01other",
    );
    assert_eq!(trust.admit(&head_topic(), &other), Err(Refusal::Conflict(42)));
    assert!(
        matches!(trust.admit(&head_topic(), &at(43)), Ok(Admitted::New(_))),
        "newer is believed"
    );
}

#[test]
fn only_the_root_opens_an_epoch_and_an_old_epoch_ends_with_it() {
    let mut trust = trusting();
    assert!(trust.admit(&head_topic(), &true_head()).is_ok());
    let successor = KeyPair::from_secret([22; 32]);
    let mut second = trust_document();
    second.serial = 2;
    second.keys = vec![TrustedKey {
        role: Role::Release,
        epoch: 2,
        key: successor.public(),
    }];
    let version_2 = Stamp {
        version: 2,
        ..stamp(&Topic::Trust)
    };
    let by_release = seal(&keys().release, &site(), &Topic::Trust, version_2, &second.to_bytes());
    assert!(matches!(
        trust.admit(&Topic::Trust, &by_release),
        Err(Refusal::UnknownKey(_))
    ));
    let by_root = seal(&keys().root, &site(), &Topic::Trust, version_2, &second.to_bytes());
    assert!(trust.admit(&Topic::Trust, &by_root).is_ok());
    let late = sealed(
        &keys().release,
        &site(),
        &head_topic(),
        Stamp {
            version: 99,
            ..stamp(&head_topic())
        },
    );
    assert!(
        matches!(trust.admit(&head_topic(), &late), Err(Refusal::UnknownKey(_))),
        "the stolen key has ended"
    );
    // A new epoch may begin with a lower version: the hub was restored from a backup.
    let fresh = sealed(
        &successor,
        &site(),
        &head_topic(),
        Stamp {
            epoch: 2,
            version: 7,
            issued_at: support::NOW,
        },
    );
    assert!(matches!(trust.admit(&head_topic(), &fresh), Ok(Admitted::New(_))));
}

#[test]
fn a_trust_document_of_another_site_or_number_is_refused() {
    let offered = |change: fn(&mut heliograph_wire::TrustDocument)| {
        let mut document = trust_document();
        document.serial = 2;
        change(&mut document);
        let stamp = Stamp {
            version: 2,
            ..stamp(&Topic::Trust)
        };
        trusting().admit(
            &Topic::Trust,
            &seal(&keys().root, &site(), &Topic::Trust, stamp, &document.to_bytes()),
        )
    };
    assert!(offered(|_| {}).is_ok(), "the control");
    assert_eq!(
        offered(|document| document.site = "other".parse().unwrap()),
        Err(Refusal::ForeignSite)
    );
    assert!(matches!(
        offered(|document| document.serial = 3),
        Err(Refusal::Malformed(_))
    ));
}

#[test]
fn a_status_is_the_displays_own_and_never_an_old_one() {
    let all = keys();
    let topic = Topic::Status(display());
    let say = |key: &KeyPair, boot: u8, counter| {
        let status = heliograph_wire::Status {
            boot_id: [boot; 16],
            counter,
            ..support::status()
        };
        seal(key, &site(), &topic, stamp(&topic), &status.to_bytes())
    };
    let mut verifier = StatusVerifier::new(site(), display(), all.display.public());
    assert!(verifier.admit(&say(&all.display, 1, 5)).unwrap().is_some());
    assert!(
        verifier.admit(&say(&all.display, 1, 5)).unwrap().is_none(),
        "a repetition"
    );
    assert!(matches!(
        verifier.admit(&say(&all.display, 1, 4)),
        Err(Refusal::Older { .. })
    ));
    assert!(matches!(
        verifier.admit(&say(&all.release, 1, 6)),
        Err(Refusal::UnknownKey(_))
    ));
    assert!(
        verifier.admit(&say(&all.display, 2, 0)).unwrap().is_some(),
        "it was started anew"
    );
    assert!(
        matches!(verifier.admit(&say(&all.display, 1, 9)), Err(Refusal::Older { .. })),
        "a former boot"
    );
}

/// Nothing that arrives may panic or be believed: a million random bytes in messages of all lengths, and true messages
/// with random parts.
#[test]
fn random_bytes_are_never_believed() {
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    let mut trust = trusting();
    let before = trust.clone();
    for round in 0..4000_usize {
        let mut bytes: Vec<u8> = (0..round % 300).map(|_| next() as u8).collect();
        if round % 2 == 0 {
            let mut payload = true_head();
            let at = next() as usize % payload.len();
            let end = (at + bytes.len()).min(payload.len());
            payload[at..end].copy_from_slice(&bytes[..end - at]);
            if payload == true_head() {
                continue;
            }
            bytes = payload;
        }
        for topic in [Topic::Trust, Topic::Heartbeat, head_topic(), Topic::Config(display())] {
            assert!(trust.admit(&topic, &bytes).is_err());
        }
        let _ = heliograph_wire::Status::from_bytes(&bytes);
        let _ = heliograph_wire::HeadMessage::from_bytes(&bytes);
        let _ = heliograph_wire::TrustDocument::from_bytes(&bytes);
    }
    assert_eq!(trust, before);
}
