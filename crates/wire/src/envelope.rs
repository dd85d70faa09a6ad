//! Envelopes: a body, who signed it, for whom and since when. The bytes are drawn in `docs/wire-format.md`.

use crate::key::{KeyId, KeyPair, PublicKey};
use crate::refusal::Refusal;
use crate::topic::Topic;
use heliograph_domain::{Instant, SiteName};
use serde::{Deserialize, Serialize};

/// The format of an envelope: its first byte.
const FORMAT: u8 = 1;
/// Ed25519 (RFC 8032). 2 is kept for SM2, 3 for ML-DSA.
const ED25519: u8 = 1;
/// What every signed text begins with.
const DOMAIN: &[u8] = b"heliograph/envelope/v1\0";
/// Bytes before the body.
const HEADER: usize = 34;
const SIGNATURE: usize = 64;

/// When and by which generation of keys something was said. Versions of one topic only grow within an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The generation of keys.
    pub epoch: u32,
    /// The version of what is said.
    pub version: u64,
    /// When.
    pub issued_at: Instant,
}

/// What an envelope held, once its signature was found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Who signed.
    pub key_id: KeyId,
    /// When, and by which generation of keys.
    pub stamp: Stamp,
    /// What was said.
    pub body: Vec<u8>,
}

/// Signs a body for a topic of a site.
#[must_use]
pub fn seal(key: &KeyPair, site: &SiteName, topic: &Topic, stamp: Stamp, body: &[u8]) -> Vec<u8> {
    let key_id = key.public().key_id();
    let signature = key.sign(&preimage(site, topic, ED25519, key_id, stamp, body));
    let mut payload = Vec::with_capacity(HEADER + body.len() + SIGNATURE);
    payload.extend([FORMAT, ED25519]);
    payload.extend(key_id.0);
    payload.extend(stamp.epoch.to_be_bytes());
    payload.extend(stamp.version.to_be_bytes());
    payload.extend(stamp.issued_at.0.to_be_bytes());
    payload.extend(length(body).to_be_bytes());
    payload.extend(body);
    payload.extend(signature);
    payload
}

/// Opens an envelope that was said on a topic of a site. `key_for` finds the key that may sign there.
///
/// # Errors
/// Why it is not believed.
pub fn open(
    payload: &[u8],
    site: &SiteName,
    topic: &Topic,
    key_for: &dyn Fn(KeyId, u32) -> Option<PublicKey>,
) -> Result<Opened, Refusal> {
    if payload.len() > topic.limit() {
        return Err(Refusal::TooLarge {
            bytes: payload.len(),
            limit: topic.limit(),
        });
    }
    match payload.first() {
        Some(&FORMAT) => {}
        Some(&format) => return Err(Refusal::Format(format)),
        None => return Err(Refusal::Malformed("it is empty")),
    }
    let algorithm = *payload.get(1).ok_or(Refusal::Malformed("it is cut short"))?;
    if algorithm != ED25519 {
        return Err(Refusal::Algorithm(algorithm));
    }
    let (opened, signature) = read(payload).ok_or(Refusal::Malformed("it is cut short or has bytes too many"))?;
    let key = key_for(opened.key_id, opened.stamp.epoch).ok_or(Refusal::UnknownKey(opened.key_id))?;
    let signed = preimage(site, topic, algorithm, opened.key_id, opened.stamp, &opened.body);
    if key.key_id() == opened.key_id && key.verifies(&signed, &signature) {
        Ok(opened)
    } else {
        Err(Refusal::BadSignature)
    }
}

/// The key that an envelope says it is signed by; nothing is verified.
pub(crate) fn claimed_key(payload: &[u8]) -> Option<KeyId> {
    payload.get(2..10).and_then(|bytes| bytes.try_into().ok()).map(KeyId)
}

/// The version that an envelope says it has; nothing is verified. For who made the envelope.
#[must_use]
pub fn claimed_version(payload: &[u8]) -> Option<u64> {
    payload.get(14..22)?.try_into().ok().map(u64::from_be_bytes)
}

fn read(payload: &[u8]) -> Option<(Opened, [u8; SIGNATURE])> {
    let (header, rest) = payload.split_at_checked(HEADER)?;
    let word = |from: usize, to: usize| header.get(from..to);
    let body_len = usize::try_from(u32::from_be_bytes(word(30, 34)?.try_into().ok()?)).ok()?;
    if rest.len() != body_len.checked_add(SIGNATURE)? {
        return None;
    }
    let (body, signature) = rest.split_at(body_len);
    let stamp = Stamp {
        epoch: u32::from_be_bytes(word(10, 14)?.try_into().ok()?),
        version: u64::from_be_bytes(word(14, 22)?.try_into().ok()?),
        issued_at: Instant(u64::from_be_bytes(word(22, 30)?.try_into().ok()?)),
    };
    let key_id = KeyId(word(2, 10)?.try_into().ok()?);
    Some((
        Opened {
            key_id,
            stamp,
            body: body.to_vec(),
        },
        signature.try_into().ok()?,
    ))
}

/// What is signed: everything that gives the body its meaning, so that it cannot be said again elsewhere.
fn preimage(site: &SiteName, topic: &Topic, algorithm: u8, key_id: KeyId, stamp: Stamp, body: &[u8]) -> Vec<u8> {
    let (kind, subject) = topic.signed_as();
    let mut signed = Vec::with_capacity(DOMAIN.len() + 128 + body.len());
    signed.extend(DOMAIN);
    signed.push(algorithm);
    signed.extend(key_id.0);
    short(&mut signed, site.as_str());
    signed.push(kind);
    short(&mut signed, &subject);
    signed.extend(stamp.epoch.to_be_bytes());
    signed.extend(stamp.version.to_be_bytes());
    signed.extend(stamp.issued_at.0.to_be_bytes());
    signed.extend(length(body).to_be_bytes());
    signed.extend(body);
    signed
}

/// A text of at most 255 bytes with its length before it: names of sites, channels and displays are far shorter.
fn short(out: &mut Vec<u8>, text: &str) {
    out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    out.extend(text.as_bytes());
}

/// Bodies are bounded by the topics' limits, far below four gigabytes.
fn length(body: &[u8]) -> u32 {
    u32::try_from(body.len()).unwrap_or(u32::MAX)
}
