//! Names in the log.

use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
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
    /// A type has 1 to 64 bytes.
    #[error("a record's type has 1 to 64 bytes")]
    Kind,
    /// The machine gave no random numbers.
    #[error("the machine gives no random numbers: {0}")]
    Random(getrandom::Error),
}

fn slug(text: &str, most: usize) -> bool {
    // Without a way out in the middle, so that many bytes are looked at together: this is done for every record read.
    let fits = |all: bool, byte: u8| all & (byte.is_ascii_lowercase() | byte.is_ascii_digit() | (byte == b'-'));
    (1..=most).contains(&text.len()) && text.bytes().fold(true, fits)
}

/// Text of at most `N` bytes that lies where it is used: a log of millions of records is read without a trip to the
/// allocator for each name. `N` is at most 255.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short<const N: usize> {
    length: u8,
    bytes: [u8; N],
}

impl<const N: usize> Short<N> {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).ok()?;
        Some(Self { length, bytes })
    }

    fn as_str(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.length)];
        // It was made of text.
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// Only what is used of it counts: most names are a fraction of the longest.
impl<const N: usize> Hash for Short<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.bytes[..usize::from(self.length)]);
        state.write_u8(self.length);
    }
}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident, $most:expr, $fits:expr, $error:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Short<$most>);

        impl $name {
            /// The name, if it is one.
            ///
            /// # Errors
            /// When it is not.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let fits: fn(&str) -> bool = $fits;
                let error: fn(String) -> NameError = $error;
                let short = if fits(text) { Short::new(text) } else { None };
                short.map(Self).ok_or_else(|| error(text.chars().take(100).collect()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_name! {
    /// The records of one aggregate: `kind-id`, 1 to 80 of `[a-z0-9-]`.
    StreamId, 80, |text| slug(text, 80), NameError::Stream
}
text_name! {
    /// A small erasable table beside the log: 1 to 32 of `[a-z0-9-]`.
    TableName, 32, |text| slug(text, 32), NameError::Table
}
text_name! {
    /// Who caused a record: an id of 1 to 64 bytes.
    ActorId, 64, |text| (1..=64).contains(&text.len()), |_| NameError::Actor
}
text_name! {
    /// The type of a record's body: 1 to 64 bytes.
    EventKind, 64, |text| (1..=64).contains(&text.len()), |_| NameError::Kind
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
                Ok(Self::from_random(at, &random))
            }

            pub(crate) fn from_random(at: TimestampMs, random: &[u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(at.0, random).into_uuid().into_bytes())
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
