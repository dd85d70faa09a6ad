//! Names of things: ids that machines make, slugs that people choose, and the hash of content.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why a name was refused.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum NameError {
    /// A slug is `[a-z0-9-]{1,32}`.
    #[error("`{0}` is not a name: use 1 to 32 of a-z, 0-9 and '-'")]
    NotASlug(String),
    /// Not a UUID.
    #[error("`{0}` is not an id")]
    NotAnId(String),
    /// Not 64 hexadecimal digits.
    #[error("`{0}` is not a SHA-256 in hexadecimal")]
    NotAHash(String),
}

/// The most bytes of a slug.
const SLUG_BYTES: usize = 32;

/// The text of a slug in place, zeros behind it: events hold several, and a log is replayed without an allocation for
/// each. Zero is below every character of a slug, so the order of the bytes is the order of the texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slug([u8; SLUG_BYTES]);

impl Slug {
    fn new(text: &str) -> Result<Self, NameError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let mut bytes = [0; SLUG_BYTES];
        match bytes.get_mut(..text.len()) {
            Some(place) if !text.is_empty() && text.bytes().all(plain) => {
                place.copy_from_slice(text.as_bytes());
                Ok(Self(bytes))
            }
            _ => Err(NameError::NotASlug(text.chars().take(40).collect())),
        }
    }

    fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(SLUG_BYTES);
        // Only characters of slugs, which are ASCII, were ever put in.
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

struct SlugVisitor;

impl serde::de::Visitor<'_> for SlugVisitor {
    type Value = Slug;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("1 to 32 of a-z, 0-9 and '-'")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Slug, E> {
        Slug::new(text).map_err(E::custom)
    }
}

macro_rules! slug_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Slug);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Slug::new(text).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.as_str().to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(SlugVisitor).map(Self)
            }
        }
    };
}

slug_type! {
    /// A channel (频道), chosen by people: `hall`, `window-3`, `all`.
    ChannelName
}
slug_type! {
    /// A site: one office with its own channels and keys.
    SiteName
}
slug_type! {
    /// A department (处室).
    DepartmentId
}
slug_type! {
    /// A catalogue entry (公开目录项).
    CatalogueEntryId
}
slug_type! {
    /// A person, known to the log by this id alone; name and contacts are in the erasable directory.
    StaffId
}

macro_rules! uuid_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub uuid::Uuid);

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                text.parse().map(Self).map_err(|_| NameError::NotAnId(text.chars().take(40).collect()))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_type! {
    /// A publication (公开信息), through all its revisions. UUID version 7, made in the shell.
    PublicationId
}
uuid_type! {
    /// A display (屏).
    DisplayId
}

/// What is hashed before salt and bytes, so that a content hash is never mistaken for another use of SHA-256.
const CONTENT_DOMAIN: &[u8] = b"heliograph/content/v1\0";

/// SHA-256 over a domain tag, the object's salt and its bytes: proof of the bytes, and no hint of them once the
/// object and its salt are gone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of an object of content.
    #[must_use]
    pub fn of(salt: &[u8; 16], bytes: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(CONTENT_DOMAIN)
            .chain_update(salt)
            .chain_update(bytes)
            .finalize();
        Self(digest.into())
    }

    /// The first eight hexadecimal digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({})", self.short())
    }
}

impl FromStr for ContentHash {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let refused = || NameError::NotAHash(text.chars().take(70).collect());
        if text.len() != 64 || !text.is_ascii() {
            return Err(refused());
        }
        let mut hash = [0u8; 32];
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| refused())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| refused())?;
        }
        Ok(Self(hash))
    }
}

/// Text for people and JSON (64 hexadecimal digits), 32 bare bytes for postcard.
impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.collect_str(self)
        } else {
            self.0.serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(from).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_and_plain() {
        assert!("window-3".parse::<ChannelName>().is_ok());
        for bad in ["", "Hall", "大厅", "a b", &"x".repeat(33)] {
            assert!(bad.parse::<ChannelName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_content_hash_depends_on_its_salt_and_reads_back() {
        let hash = ContentHash::of(&[1; 16], b"bytes");
        assert_ne!(hash, ContentHash::of(&[2; 16], b"bytes"));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!("zz".repeat(32).parse::<ContentHash>().is_err());
    }
}
