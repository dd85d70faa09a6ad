//! Passkeys (Web Authentication, level 2): what a browser brings is checked here, without sockets, clocks or tables.
//!
//! Every passkey asks its owner for a finger, a face or a PIN (user verification), and is found without a name
//! (discoverable). No attestation is asked for: the office trusts what its people hold, not who made it.

mod cbor;
pub(crate) mod challenge;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cbor::Cbor;
use heliograph_domain::Instant;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// COSE's number of ECDSA over P-256 with SHA-256.
pub(crate) const ES256: i64 = -7;
/// COSE's number of Ed25519.
pub(crate) const EDDSA: i64 = -8;
/// COSE's number of RSA, PKCS #1 v1.5, with SHA-256.
pub(crate) const RS256: i64 = -257;
/// The longest id of a credential (level 2, 5.8.3 allows 1023).
const LONGEST_ID: usize = 1023;

/// The public half of a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PasskeyKey {
    /// The point, uncompressed: 65 bytes.
    P256(Vec<u8>),
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// Modulus and exponent, big-endian.
    Rsa(Vec<u8>, Vec<u8>),
}

/// A passkey that somebody registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passkey {
    /// The credential's id, base64url.
    pub(crate) id: String,
    /// Its key.
    pub(crate) key: PasskeyKey,
    /// How often it was used, where it counts.
    pub(crate) count: u32,
    /// For which name of the hub it was made.
    pub(crate) host: String,
    /// What its owner calls it.
    pub(crate) label: String,
    /// Since when.
    pub(crate) since: Instant,
    /// When it signed in last.
    #[serde(default)]
    pub(crate) used: Option<Instant>,
}

/// Why what a browser brought is not believed.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Unbelieved {
    #[error("what the browser sent is no answer of a passkey")]
    Malformed,
    #[error("the answer is to another question")]
    Challenge,
    #[error("the answer was made for another site")]
    Origin,
    #[error("the passkey did not ask who holds it")]
    Unverified,
    #[error("keys of this kind are not taken")]
    Algorithm,
    #[error("the signature is wrong")]
    Signature,
    #[error("the passkey's counter went back: there may be a copy of it")]
    Copied,
}

/// Whose question it answers.
pub(crate) struct Asked<'a> {
    /// `webauthn.create` or `webauthn.get`.
    pub(crate) kind: &'a str,
    /// The challenge's bytes.
    pub(crate) challenge: &'a [u8],
    /// How the browser called the hub: `name` or `name:port`.
    pub(crate) host: &'a str,
}

/// The name without its port: the relying party's id.
pub(crate) fn name_of(host: &str) -> &str {
    host.split_once(':').map_or(host, |(name, _)| name)
}

/// Bytes as browsers' scripts pass them on.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decoded(text: &str) -> Result<Vec<u8>, Unbelieved> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| Unbelieved::Malformed)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// The challenge that a browser says it answers; whether that is so is seen when the rest is checked.
pub(crate) fn challenge_in(client_data: &[u8]) -> Result<Vec<u8>, Unbelieved> {
    let told: ClientData = serde_json::from_slice(client_data).map_err(|_| Unbelieved::Malformed)?;
    decoded(&told.challenge)
}

fn check_client(client_data: &[u8], asked: &Asked<'_>) -> Result<(), Unbelieved> {
    let told: ClientData = serde_json::from_slice(client_data).map_err(|_| Unbelieved::Malformed)?;
    if told.kind != asked.kind || decoded(&told.challenge)? != asked.challenge {
        return Err(Unbelieved::Challenge);
    }
    // Browsers have passkeys on secure pages alone; http is that on the machine itself.
    let ours = ["https://", "http://"]
        .iter()
        .any(|scheme| told.origin.strip_prefix(scheme) == Some(asked.host));
    if ours && !told.cross_origin {
        Ok(())
    } else {
        Err(Unbelieved::Origin)
    }
}

struct AuthenticatorData<'a> {
    flags: u8,
    count: u32,
    rest: &'a [u8],
}

/// Present, verified, and with a credential (level 2, 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_CREDENTIAL: u8 = 0x40;

fn check_authenticator<'a>(data: &'a [u8], host: &str) -> Result<AuthenticatorData<'a>, Unbelieved> {
    let (head, rest) = data.split_at_checked(37).ok_or(Unbelieved::Malformed)?;
    if head[..32] != Sha256::digest(name_of(host))[..] {
        return Err(Unbelieved::Origin);
    }
    let count = head[33..]
        .iter()
        .fold(0u32, |count, byte| count << 8 | u32::from(*byte));
    let flags = head[32];
    if flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
        return Err(Unbelieved::Unverified);
    }
    Ok(AuthenticatorData { flags, count, rest })
}

/// The key of a COSE map (RFC 9053), of a kind that was asked for and of a length that it has to have.
fn key_of(cose: &Cbor<'_>) -> Result<PasskeyKey, Unbelieved> {
    let number = |label: i64| cose.at(&Cbor::Number(label)).and_then(Cbor::number);
    let bytes = |label: i64| cose.at(&Cbor::Number(label)).and_then(Cbor::bytes).unwrap_or_default();
    let (kind, algorithm, curve) = (number(1), number(3), number(-1));
    let (first, second) = (bytes(-2), bytes(-3));
    match (kind, algorithm, curve) {
        (Some(2), Some(ES256), Some(1)) if first.len() == 32 && second.len() == 32 => {
            Ok(PasskeyKey::P256([&[4], first, second].concat()))
        }
        (Some(1), Some(EDDSA), Some(6)) if first.len() == 32 => Ok(PasskeyKey::Ed25519(first.to_vec())),
        (Some(3), Some(RS256), _) => {
            let (modulus, exponent) = (bytes(-1), bytes(-2));
            let sound = (256..=1024).contains(&modulus.len()) && (1..=8).contains(&exponent.len());
            if sound {
                Ok(PasskeyKey::Rsa(modulus.to_vec(), exponent.to_vec()))
            } else {
                Err(Unbelieved::Algorithm)
            }
        }
        _ => Err(Unbelieved::Algorithm),
    }
}

/// A passkey that was just made: its id, its key, its counter.
pub(crate) fn registered(
    client_data: &[u8],
    attestation: &[u8],
    asked: &Asked<'_>,
) -> Result<(Vec<u8>, PasskeyKey, u32), Unbelieved> {
    check_client(client_data, asked)?;
    let (attestation, rest) = Cbor::read(attestation).ok_or(Unbelieved::Malformed)?;
    let data = attestation.at(&Cbor::Text("authData")).and_then(Cbor::bytes);
    let data = check_authenticator(
        data.filter(|_| rest.is_empty()).ok_or(Unbelieved::Malformed)?,
        asked.host,
    )?;
    if data.flags & WITH_CREDENTIAL == 0 {
        return Err(Unbelieved::Malformed);
    }
    // Sixteen bytes say which model it is; two how long its id is.
    let (head, rest) = data.rest.split_at_checked(18).ok_or(Unbelieved::Malformed)?;
    let length = usize::from(head[16]) << 8 | usize::from(head[17]);
    let (id, rest) = rest.split_at_checked(length).ok_or(Unbelieved::Malformed)?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Unbelieved::Malformed);
    }
    let (cose, _extensions) = Cbor::read(rest).ok_or(Unbelieved::Malformed)?;
    Ok((id.to_vec(), key_of(&cose)?, data.count))
}

/// What a passkey answered.
pub(crate) struct Assertion {
    pub(crate) client_data: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// Whether it was this passkey; its counter now.
pub(crate) fn asserted(passkey: &Passkey, answer: &Assertion, asked: &Asked<'_>) -> Result<u32, Unbelieved> {
    check_client(&answer.client_data, asked)?;
    if passkey.host != name_of(asked.host) {
        return Err(Unbelieved::Origin);
    }
    let data = check_authenticator(&answer.authenticator_data, asked.host)?;
    let signed = [&answer.authenticator_data[..], &Sha256::digest(&answer.client_data)].concat();
    let right = match &passkey.key {
        PasskeyKey::P256(point) => {
            UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(&signed, &answer.signature)
        }
        PasskeyKey::Ed25519(key) => UnparsedPublicKey::new(&signature::ED25519, key).verify(&signed, &answer.signature),
        PasskeyKey::Rsa(n, e) => {
            RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, &signed, &answer.signature)
        }
    };
    right.map_err(|_| Unbelieved::Signature)?;
    // Passkeys that are on several of their owner's devices do not count: 0.
    if data.count <= passkey.count && (data.count, passkey.count) != (0, 0) {
        return Err(Unbelieved::Copied);
    }
    Ok(data.count)
}

#[cfg(test)]
mod tests;
