//! What a display must not believe, one row each; and, so that the table can be seen to bite, what it must. Bytes that
//! are no message at all are in `noise.rs`.

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

/// Why a bit flipped at this place of a true message is refused.
fn reason(at: usize, refusal: &Refusal) -> bool {
    match at {
        0 => matches!(refusal, Refusal::Format(_)),
        1 => matches!(refusal, Refusal::Algorithm(_)),
        // The key's id and the epoch: no such key stands in the trust document.
        2..14 => matches!(refusal, Refusal::UnknownKey(_)),
        // The body's length no longer fits the payload's.
        30..34 => matches!(refusal, Refusal::Malformed(_)),
        // Version, time, body, signature.
        _ => *refusal == Refusal::BadSignature,
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused_for_its_own_reason() {
    for (name, topic, _, payload) in messages() {
        let key = key_of(&topic).public();
        let find = |id, epoch| Some(key).filter(|key| key.key_id() == id && epoch == stamp(&topic).epoch);
        let judge = |payload: &[u8]| open(payload, &site(), &topic, &find);
        assert!(judge(&payload).is_ok(), "{name}: the control");
        for (at, bit) in (0..payload.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut forged = payload.clone();
            forged[at] ^= 1 << bit;
            let refusal = judge(&forged).expect_err(name);
            assert!(reason(at, &refusal), "{name}: bit {bit} of byte {at}: {refusal}");
        }
        for end in 0..payload.len() {
            let refusal = judge(&payload[..end]).expect_err(name);
            assert!(
                matches!(refusal, Refusal::Malformed(_)),
                "{name}: cut at {end}: {refusal}"
            );
        }
        let mut longer = payload;
        longer.push(0);
        assert!(
            matches!(judge(&longer), Err(Refusal::Malformed(_))),
            "{name}: a byte too many"
        );
    }
}

/// The table above would be worthless if everything were refused: each field may be another, once it is signed so.
#[test]
fn what_is_altered_and_signed_anew_is_believed() {
    let mut trust = trusting();
    let topic = head_topic();
    let by = |stamp, body: &[u8]| seal(&keys().release, &site(), &topic, stamp, body);
    let now = stamp(&topic);
    let later = heliograph_domain::Instant(now.issued_at.0 + 1);
    for (what, payload) in [
        ("the message", by(now, &body())),
        ("another version", by(Stamp { version: 43, ..now }, &body())),
        (
            "another time",
            by(
                Stamp {
                    version: 44,
                    issued_at: later,
                    ..now
                },
                &body(),
            ),
        ),
        ("another body", by(Stamp { version: 45, ..now }, b"\x01another")),
        ("no body", by(Stamp { version: 46, ..now }, b"")),
    ] {
        assert!(matches!(trust.admit(&topic, &payload), Ok(Admitted::New(_))), "{what}");
    }
    let lobby = Topic::Head("lobby".parse().unwrap());
    let elsewhere = sealed(&keys().release, &site(), &lobby, now);
    assert!(trust.admit(&lobby, &elsewhere).is_ok(), "another topic");
}

#[test]
fn a_topics_limit_is_kept_to_the_byte() {
    for (_, topic, _, _) in messages() {
        let key = key_of(&topic);
        let find = |_, _| Some(key.public());
        let of = |bytes: usize| seal(&key, &site(), &topic, stamp(&topic), &vec![7; bytes - 34 - 64]);
        let limit = topic.limit();
        assert!(open(&of(limit), &site(), &topic, &find).is_ok(), "{topic:?}: the limit");
        let over = open(&of(limit + 1), &site(), &topic, &find);
        assert_eq!(
            over,
            Err(Refusal::TooLarge {
                bytes: limit + 1,
                limit
            }),
            "{topic:?}"
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

#[test]
fn a_display_takes_nothing_that_displays_say_nor_content_for_signed() {
    let content = Topic::Content(channel(), heliograph_domain::ContentHash([1; 32]));
    let id = display();
    for topic in [Topic::Status(id), Topic::Receipts(id), Topic::Reply(id), content] {
        let payload = sealed(&keys().display, &site(), &topic, stamp(&topic));
        assert_eq!(
            trusting().admit(&topic, &payload),
            Err(Refusal::NotForDisplays),
            "{topic:?}"
        );
    }
}

/// Each refusal hangs on one check alone: the very bytes that are refused are believed by a display for which that one
/// thing is otherwise. A verifier that left the check out would believe both.
#[test]
fn each_check_is_the_only_one_in_the_way() {
    let all = keys();
    let now = stamp(&head_topic());
    let told = |role, epoch, key: &KeyPair| {
        let mut document = trust_document();
        document.keys = vec![TrustedKey {
            role,
            epoch,
            key: key.public(),
        }];
        let mut trust = Trust::new(site(), root());
        let payload = seal(
            &all.root,
            &site(),
            &Topic::Trust,
            stamp(&Topic::Trust),
            &document.to_bytes(),
        );
        assert!(trust.admit(&Topic::Trust, &payload).is_ok());
        trust
    };
    let by_heartbeat = sealed(&all.heartbeat, &site(), &head_topic(), now);
    let refused = |mut trust: Trust, payload: &[u8]| trust.admit(&head_topic(), payload).unwrap_err();
    assert!(matches!(
        refused(told(Role::Heartbeat, 1, &all.heartbeat), &by_heartbeat),
        Refusal::UnknownKey(_)
    ));
    assert!(
        told(Role::Release, 1, &all.heartbeat)
            .admit(&head_topic(), &by_heartbeat)
            .is_ok(),
        "but for its role"
    );
    let next_epoch = sealed(&all.release, &site(), &head_topic(), Stamp { epoch: 2, ..now });
    assert!(matches!(
        refused(told(Role::Release, 1, &all.release), &next_epoch),
        Refusal::UnknownKey(_)
    ));
    assert!(
        told(Role::Release, 2, &all.release)
            .admit(&head_topic(), &next_epoch)
            .is_ok(),
        "but for its epoch"
    );
    let other_root = KeyPair::from_secret([78; 32]);
    let body = heliograph_wire::TrustDocument {
        root: other_root.public(),
        ..trust_document()
    };
    let document = seal(
        &other_root,
        &site(),
        &Topic::Trust,
        stamp(&Topic::Trust),
        &body.to_bytes(),
    );
    let judged = |root| Trust::new(site(), root).admit(&Topic::Trust, &document);
    assert!(matches!(judged(root()), Err(Refusal::UnknownKey(_))));
    assert!(judged(other_root.public()).is_ok(), "but for its root");
    assert_eq!(refused(trusting(), &lobbys()), Refusal::BadSignature);
    assert!(
        trusting()
            .admit(&Topic::Head("lobby".parse().unwrap()), &lobbys())
            .is_ok(),
        "but for its topic"
    );
}

/// The head of another channel, truly signed.
fn lobbys() -> Vec<u8> {
    let topic = Topic::Head("lobby".parse().unwrap());
    sealed(&keys().release, &site(), &topic, stamp(&head_topic()))
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

/// A root is followed by another, which is followed by a third: the display that missed the first step is told it on a
/// topic of its own.
#[test]
fn a_new_root_is_believed_when_the_old_one_and_it_itself_say_so_step_by_step() {
    let (first, second, third) = (keys().root, support::second_root(), KeyPair::from_secret([12; 32]));
    let told = |by: &KeyPair, topic: &Topic, document: &heliograph_wire::TrustDocument| {
        let version = u64::from(document.serial);
        let stamp = Stamp {
            version,
            ..stamp(&Topic::Trust)
        };
        seal(by, &site(), topic, stamp, &document.to_bytes())
    };
    let change = support::root_change();
    let mut next = heliograph_wire::TrustDocument {
        serial: 3,
        root: third.public(),
        ..trust_document()
    };
    next.prove(&third);

    let unproven = heliograph_wire::TrustDocument {
        proof: None,
        ..change.clone()
    };
    let mut by_another = change.clone();
    by_another.prove(&third);
    let mut of_another = change.clone();
    of_another.proof = next.proof;
    for forged in [unproven, by_another, of_another] {
        let payload = told(&first, &Topic::Trust, &forged);
        assert_eq!(trusting().admit(&Topic::Trust, &payload), Err(Refusal::UnprovenRoot));
    }
    let by_itself = told(&second, &Topic::Trust, &change);
    assert!(matches!(
        trusting().admit(&Topic::Trust, &by_itself),
        Err(Refusal::UnknownKey(_))
    ));

    let mut trust = trusting();
    let newest = told(&second, &Topic::Trust, &next);
    assert!(matches!(
        trust.admit(&Topic::Trust, &newest),
        Err(Refusal::UnknownKey(_))
    ));
    let step = told(&first, &Topic::TrustStep(2), &change);
    assert!(matches!(
        trust.admit(&Topic::TrustStep(9), &step),
        Err(Refusal::Malformed(_))
    ));
    assert!(matches!(trust.admit(&Topic::TrustStep(2), &step), Ok(Admitted::New(_))));
    assert!(matches!(trust.admit(&Topic::Trust, &newest), Ok(Admitted::New(_))));
    assert!(matches!(
        trust.admit(&Topic::TrustStep(2), &step),
        Err(Refusal::UnknownKey(_) | Refusal::Older { .. })
    ));
}

#[test]
fn the_time_is_told_as_often_as_it_is_asked() {
    let mut trust = trusting();
    let topic = Topic::Time(display());
    let answer = |key: &KeyPair| seal(key, &site(), &topic, stamp(&topic), &support::time_answer().to_bytes());
    for _ in 0..2 {
        assert!(matches!(
            trust.admit(&topic, &answer(&keys().heartbeat)),
            Ok(Admitted::New(_))
        ));
    }
    assert!(matches!(
        trust.admit(&topic, &answer(&keys().release)),
        Err(Refusal::UnknownKey(_))
    ));
}
