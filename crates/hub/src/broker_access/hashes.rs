//! What other brokers know a token by. A token has 256 random bits, so nobody finds it by guessing, however fast the hash
//! is: the least cost that each broker takes is right, and a thousand displays that come back at once are let in quickly.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bcrypt::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};
use thiserror::Error;

/// What `mosquitto_passwd` itself takes.
const MOSQUITTO_ROUNDS: u32 = 101;
/// The length of its salts; Mosquitto 2.0 reads no other.
const MOSQUITTO_SALT: usize = 12;
/// The least that bcrypt has.
const NATS_COST: u32 = 4;
/// First byte of a row.
const FORMAT: u8 = 1;

/// Why a token was not hashed.
#[derive(Debug, Error)]
pub enum HashError {
    /// No salt.
    #[error("the machine gave no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The library refused, or the token is too long for bcrypt, which reads 72 bytes.
    #[error("bcrypt takes no such password: {0}; use one of at most 72 bytes without a zero byte")]
    Bcrypt(String),
}

/// A token as each broker keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BrokerHashes {
    /// Which token, as the hub itself knows it: a row of an older token opens nothing.
    pub(crate) sha256: [u8; 32],
    /// `$7$`: PBKDF2 with HMAC-SHA-512 (`mosquitto_passwd(1)`).
    pub(crate) mosquitto: String,
    /// `$2a$`: bcrypt; NATS 2.9 knows no other prefix.
    pub(crate) nats: String,
}

impl BrokerHashes {
    /// The hashes of a token, with fresh salts.
    pub(crate) fn of(token: &[u8]) -> Result<Self, HashError> {
        let mut salts = [0; MOSQUITTO_SALT + 16];
        getrandom::fill(&mut salts)?;
        Self::salted(token, salts)
    }

    fn salted(token: &[u8], salts: [u8; MOSQUITTO_SALT + 16]) -> Result<Self, HashError> {
        let (mut first, mut second) = ([0; MOSQUITTO_SALT], [0; 16]);
        first.copy_from_slice(&salts[..MOSQUITTO_SALT]);
        second.copy_from_slice(&salts[MOSQUITTO_SALT..]);
        Ok(Self {
            sha256: Sha256::digest(token).into(),
            mosquitto: mosquitto(token, &first),
            nats: nats(token, second)?,
        })
    }

    /// As a row of a table.
    pub(crate) fn to_row(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_extend(self, vec![FORMAT])
    }

    /// From a row; `None` when a later program wrote it: then the hashes are made anew.
    pub(crate) fn from_row(row: &[u8]) -> Option<Self> {
        let (format, body) = row.split_first()?;
        (*format == FORMAT).then(|| postcard::from_bytes(body).ok())?
    }
}

fn mosquitto(token: &[u8], salt: &[u8]) -> String {
    let hash = pbkdf2::pbkdf2_hmac_array::<Sha512, 64>(token, salt, MOSQUITTO_ROUNDS);
    format!(
        "$7${MOSQUITTO_ROUNDS}${}${}",
        STANDARD.encode(salt),
        STANDARD.encode(hash)
    )
}

fn nats(token: &[u8], salt: [u8; 16]) -> Result<String, HashError> {
    let parts = bcrypt::non_truncating_hash_with_salt(token, NATS_COST, salt);
    let parts = parts.map_err(|error| HashError::Bcrypt(error.to_string()))?;
    Ok(parts.format_for_version(Version::TwoA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::hex;

    fn example() -> BrokerHashes {
        BrokerHashes::salted(b"token", [7; 28]).unwrap()
    }

    /// Checked with Python: `hashlib.pbkdf2_hmac("sha512", b"token", bytes([7] * 12), 101)` and
    /// `crypt.crypt("token", "$2a$04$" + …)`.
    #[test]
    fn a_token_has_the_hashes_that_each_broker_computes() {
        let hashes = example();
        assert_eq!(
            hashes.mosquitto,
            "$7$101$BwcHBwcHBwcHBwcH$urhAAQWSIYHpjU+Qh7NJ4C2cSdpp8WI83Wb19FAYh3gz0dmC3mgIdl23X6Xx8yRKpILkuc04HPJF0KCavy890Q=="
        );
        assert_eq!(
            hashes.nats,
            "$2a$04$/uaF/uaF/uaF/uaF/uaF/uHUDsKbVGDjV95gv9c4afJy6QxD5Etxa"
        );
        assert!(bcrypt::verify("token", &hashes.nats).unwrap());
        assert!(!bcrypt::verify("Token", &hashes.nats).unwrap());
    }

    #[test]
    fn a_row_is_read_back_as_it_was_written_and_these_are_its_bytes() {
        let row = example().to_row().unwrap();
        let golden = concat!(
            "013c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0702437243130312442776348427763",
            "484277634842776348247572684141515753495948706a552b5168374e4a344332635364707038574938335762313946",
            "41596833677a30646d43336d6749646c3233583658783879524b70494c6b7563303448504a46304b4361767938393051",
            "3d3d3c243261243034242f7561462f7561462f7561462f7561462f7561462f75485544734b625647446a563935677639",
            "633461664a79365178443545747861",
        );
        assert_eq!(hex(&row), golden);
        assert_eq!(BrokerHashes::from_row(&row), Some(example()));
        assert_eq!(BrokerHashes::from_row(&[2, 1]), None);
        assert_eq!(BrokerHashes::from_row(&[]), None);
    }

    #[test]
    fn two_hashes_of_a_token_differ_in_their_salts() {
        let (one, other) = (BrokerHashes::of(b"token").unwrap(), BrokerHashes::of(b"token").unwrap());
        assert!(one.sha256 == other.sha256 && one.mosquitto != other.mosquitto && one.nats != other.nats);
        assert!(BrokerHashes::of(&[b'x'; 73]).is_err(), "bcrypt would cut it off");
    }
}
