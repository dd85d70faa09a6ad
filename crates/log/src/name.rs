//! Names in the log.

use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// A stream is `[a-z0-9-]{1,80}`.
    #[error("`{0}` is not a stream's name: use 1 to 80 of a-z, 0-9 and '-'")]
    Stream(String),
    /// A table is `[a-z0-9-]{1,32}`.
    #[error("`{0}` is not a table's name: use 1 to 32 of a-z, 0-9 and '-'")]
    Table(String),
    /// An actor has 1 to 64 bytes.
    #[error("an actor's name has 1 to 64 bytes")]
    Actor,
    /// The machine gave no random numbers.
    #[error("the machine gives no random numbers: {0}")]
    Random(getrandom::Error),
}

fn slug(text: &str, most: usize) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=most).contains(&text.len()) && text.bytes().all(plain)
}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident, $fits:expr, $error:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name, if it is one.
            ///
            /// # Errors
            /// When it is not.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let fits: fn(&str) -> bool = $fits;
                let error: fn(String) -> NameError = $error;
                if fits(text) { Ok(Self(text.to_owned())) } else { Err(error(text.chars().take(100).collect())) }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_name! {
    /// The records of one aggregate: `kind-id`, 1 to 80 of `[a-z0-9-]`.
    StreamId, |text| slug(text, 80), NameError::Stream
}
text_name! {
    /// A small erasable table beside the log: 1 to 32 of `[a-z0-9-]`.
    TableName, |text| slug(text, 32), NameError::Table
}
text_name! {
    /// Who caused a record: an id of 1 to 64 bytes.
    ActorId, |text| (1..=64).contains(&text.len()), |_| NameError::Actor
}

macro_rules! uuid_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// A fresh version 7 UUID of this instant.
            ///
            /// # Errors
            /// When the machine gives no random numbers.
            pub fn generate(at: TimestampMs) -> Result<Self, NameError> {
                let mut random = [0; 10];
                getrandom::fill(&mut random).map_err(NameError::Random)?;
                Ok(Self(uuid::Builder::from_unix_timestamp_millis(at.0, &random).into_uuid().into_bytes()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).fmt(f)
            }
        }
    };
}

uuid_name! {
    /// Names a record for ever.
    EventId
}
uuid_name! {
    /// Names a command: the caller's idempotency key.
    CommandId
}

/// Place of a record in the log, from 1; 0 is before all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

/// Number of records in a stream; 0: none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Revision(pub u64);

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimestampMs(pub u64);

/// What is hashed before salt and bytes of content.
const CONTENT_DOMAIN: &[u8] = b"heliograph/content/v1\0";

/// SHA-256 over a domain tag, an object's salt and its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of an object.
    #[must_use]
    pub fn of(salt: &[u8; 16], bytes: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(CONTENT_DOMAIN)
            .chain_update(salt)
            .chain_update(bytes)
            .finalize();
        Self(digest.into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}
