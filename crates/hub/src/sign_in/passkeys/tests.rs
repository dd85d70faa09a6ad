//! A passkey made of a key of ring's, and everything that can be wrong with what it says.

use super::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

const HOST: &str = "hub.example:8443";

fn client(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let told = serde_json::json!({"type": kind, "challenge": encoded(challenge), "origin": origin, "crossOrigin": false, "more": 1});
    told.to_string().into_bytes()
}

fn authenticator(name: &str, flags: u8, count: u32) -> Vec<u8> {
    [&Sha256::digest(name)[..], &[flags], &count.to_be_bytes()].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&[0x60 | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [&[0x59][..], &u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// What a browser hands over after a passkey with this COSE key was made.
fn attestation(name: &str, flags: u8, id: &[u8], cose: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    let data = [&authenticator(name, flags, 1)[..], &[0; 16], &length, id, cose].concat();
    [
        vec![0xa3],
        text("fmt"),
        text("none"),
        text("attStmt"),
        vec![0xa0],
        text("authData"),
        bytes(&data),
    ]
    .concat()
}

fn cose_ed25519(key: &[u8]) -> Vec<u8> {
    // {1: 1, 3: -8, -1: 6, -2: key}
    [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21][..], &bytes(key)].concat()
}

fn cose_p256(point: &[u8]) -> Vec<u8> {
    // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    let (x, y) = point[1..].split_at(32);
    [
        &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21][..],
        &bytes(x),
        &[0x22],
        &bytes(y),
    ]
    .concat()
}

fn asked<'a>(kind: &'a str, challenge: &'a [u8]) -> Asked<'a> {
    Asked {
        kind,
        challenge,
        host: HOST,
    }
}

fn passkey(key: PasskeyKey) -> Passkey {
    Passkey {
        id: encoded(b"id"),
        key,
        count: 1,
        host: "hub.example".to_owned(),
        label: "key".to_owned(),
        since: Instant(0),
        used: None,
    }
}

fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

/// An answer with a sound signature over whatever it says.
fn answer(client_data: Vec<u8>, authenticator_data: Vec<u8>) -> Assertion {
    let signed = [&authenticator_data[..], &Sha256::digest(&client_data)].concat();
    Assertion {
        signature: ed25519().sign(&signed).as_ref().to_vec(),
        client_data,
        authenticator_data,
    }
}

#[test]
fn a_passkey_is_registered_and_signs_in() {
    let key = ed25519().public_key().as_ref().to_vec();
    let made = attestation("hub.example", 0x45, b"id", &cose_ed25519(&key));
    let told = client("webauthn.create", b"q", "https://hub.example:8443");
    let (id, key, count) = registered(&told, &made, &asked("webauthn.create", b"q")).unwrap();
    assert_eq!((id.as_slice(), count), (&b"id"[..], 1));
    let said = answer(
        client("webauthn.get", b"q", "https://hub.example:8443"),
        authenticator("hub.example", 5, 2),
    );
    assert_eq!(asserted(&passkey(key), &said, &asked("webauthn.get", b"q")), Ok(2));
}

#[test]
fn a_key_of_the_curve_that_most_have_signs_in() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let made = attestation("hub.example", 0x45, b"id", &cose_p256(pair.public_key().as_ref()));
    let told = client("webauthn.create", b"q", "https://hub.example:8443");
    let (_, key, _) = registered(&told, &made, &asked("webauthn.create", b"q")).unwrap();
    let mut said = answer(
        client("webauthn.get", b"q", "https://hub.example:8443"),
        authenticator("hub.example", 5, 2),
    );
    let check = |said: &Assertion| asserted(&passkey(key.clone()), said, &asked("webauthn.get", b"q"));
    assert_eq!(check(&said), Err(Unbelieved::Signature), "somebody else's");
    let signed = [&said.authenticator_data[..], &Sha256::digest(&said.client_data)].concat();
    said.signature = pair.sign(&random, &signed).unwrap().as_ref().to_vec();
    assert_eq!(check(&said), Ok(2));
}

#[test]
fn whatever_is_wrong_with_an_answer_is_named() {
    let key = PasskeyKey::Ed25519(ed25519().public_key().as_ref().to_vec());
    let (ours, name) = ("https://hub.example:8443", "hub.example");
    let get = "webauthn.get";
    let check = |said: &Assertion| asserted(&passkey(key.clone()), said, &asked(get, b"q"));
    let cases = [
        (
            client("webauthn.create", b"q", ours),
            authenticator(name, 5, 2),
            Unbelieved::Challenge,
        ),
        (
            client(get, b"another", ours),
            authenticator(name, 5, 2),
            Unbelieved::Challenge,
        ),
        (
            client(get, b"q", "https://hub.example"),
            authenticator(name, 5, 2),
            Unbelieved::Origin,
        ),
        (
            client(get, b"q", "https://evil.example:8443"),
            authenticator(name, 5, 2),
            Unbelieved::Origin,
        ),
        (
            client(get, b"q", ours),
            authenticator("evil.example", 5, 2),
            Unbelieved::Origin,
        ),
        (
            client(get, b"q", ours),
            authenticator(name, 1, 2),
            Unbelieved::Unverified,
        ),
        (
            client(get, b"q", ours),
            authenticator(name, 4, 2),
            Unbelieved::Unverified,
        ),
        (client(get, b"q", ours), authenticator(name, 5, 1), Unbelieved::Copied),
        (client(get, b"q", ours), authenticator(name, 5, 0), Unbelieved::Copied),
        (b"{}".to_vec(), authenticator(name, 5, 2), Unbelieved::Malformed),
        (client(get, b"q", ours), vec![0; 36], Unbelieved::Malformed),
    ];
    for (client_data, data, wrong) in cases {
        assert_eq!(check(&answer(client_data, data)), Err(wrong));
    }
    let mut bent = answer(client(get, b"q", ours), authenticator(name, 5, 2));
    assert_eq!(check(&bent), Ok(2), "the control");
    bent.signature[0] ^= 1;
    assert_eq!(check(&bent), Err(Unbelieved::Signature));
}

#[test]
fn what_is_no_passkey_is_not_registered() {
    let told = client("webauthn.create", b"q", "https://hub.example:8443");
    let register = |attestation: &[u8]| registered(&told, attestation, &asked("webauthn.create", b"q"));
    let sound = attestation("hub.example", 0x45, b"id", &cose_ed25519(&[9; 32]));
    assert!(register(&sound).is_ok());
    assert!((0..sound.len()).all(|end| register(&sound[..end]).is_err()));
    assert!(register(&[&sound[..], &[0]].concat()).is_err(), "something follows");
    for (bytes, wrong) in [
        (
            attestation("hub.example", 0x41, b"id", &cose_ed25519(&[9; 32])),
            Unbelieved::Unverified,
        ),
        (
            attestation("hub.example", 0x05, b"id", &cose_ed25519(&[9; 32])),
            Unbelieved::Malformed,
        ),
        (
            attestation("hub.example", 0x45, b"", &cose_ed25519(&[9; 32])),
            Unbelieved::Malformed,
        ),
        (
            attestation("hub.example", 0x45, b"id", &cose_ed25519(&[9; 31])),
            Unbelieved::Algorithm,
        ),
        (
            attestation("hub.example", 0x45, b"id", &[0xa1, 0x01, 0x01]),
            Unbelieved::Algorithm,
        ),
    ] {
        assert_eq!(register(&bytes), Err(wrong));
    }
}
