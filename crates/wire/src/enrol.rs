//! What a display commits to before it is enrolled, and the short string that people compare on both screens.
//!
//! The commitment comes first, so that whoever stands between the two cannot look for keys that give the same string:
//! he has one guess in 2³⁰ (compare short authentication strings, Vaudenay, CRYPTO 2005).

use crate::key::PublicKey;
use heliograph_domain::SiteName;
use sha2::{Digest, Sha256};

/// The most bytes that a display's facts have.
pub const FACTS_LIMIT: usize = 4096;

const COMMIT: &[u8] = b"heliograph/enrol/commit/v1\0";
const SHORT: &[u8] = b"heliograph/enrol/short/v1\0";
/// Digits and letters without those that look like others (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a short string, five bits each.
const CHARACTERS: usize = 6;

/// What a display says of itself once the hub has answered its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The key that will speak for it.
    pub key: PublicKey,
    /// Drawn for this enrolment.
    pub nonce: [u8; 32],
    /// SHA-256 of the secret by which it will ask how things stand.
    pub secret_hash: [u8; 32],
    /// What people should know of the machine, a JSON text.
    pub facts: String,
}

/// What the hub adds, as each side sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterpart {
    /// The hub's own draw.
    pub nonce: [u8; 32],
    /// The site's root key.
    pub root: PublicKey,
    /// SHA-256 of the DER of the certificate that the hub's TLS server presents; zeros without TLS.
    pub certificate: [u8; 32],
    /// The site.
    pub site: SiteName,
}

impl Introduction {
    /// What the display sends before anything else.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(COMMIT);
        self.hash_into(&mut hash);
        hash.finalize().into()
    }

    /// The six characters, with a hyphen in the middle: they are the same on both sides only when all that each of them
    /// saw was the same.
    #[must_use]
    pub fn short_string(&self, hub: &Counterpart) -> String {
        let mut hash = Sha256::new_with_prefix(SHORT);
        hash.update(self.commitment());
        hash.update(hub.nonce);
        hash.update(hub.root.0);
        hash.update(hub.certificate);
        let site = hub.site.as_str();
        // Names of sites have at most 32 bytes.
        hash.update([u8::try_from(site.len()).unwrap_or(u8::MAX)]);
        hash.update(site);
        self.hash_into(&mut hash);
        in_words(&hash.finalize().into())
    }

    fn hash_into(&self, hash: &mut Sha256) {
        hash.update(self.key.0);
        hash.update(self.nonce);
        hash.update(self.secret_hash);
        hash.update(Sha256::digest(&self.facts));
    }
}

/// The first 30 bits, most significant first.
fn in_words(digest: &[u8; 32]) -> String {
    let [a, b, c, d, ..] = *digest;
    let bits = u32::from_be_bytes([a, b, c, d]);
    let mut word = String::with_capacity(CHARACTERS + 1);
    for place in 0..CHARACTERS {
        if place == CHARACTERS / 2 {
            word.push('-');
        }
        let index = (bits >> (27 - 5 * place)) & 31;
        word.push(char::from(ALPHABET[index as usize]));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_bits_are_six_characters_most_significant_first() {
        let mut digest = [0; 32];
        assert_eq!(in_words(&digest), "000-000");
        digest[..4].copy_from_slice(&[0b0000_1000, 0b1000_0110, 0b0100_0010, 0b1001_1011]);
        assert_eq!(in_words(&digest), "123-456");
        digest[..4].copy_from_slice(&[0xff; 4]);
        assert_eq!(in_words(&digest), "ZZZ-ZZZ");
    }
}
