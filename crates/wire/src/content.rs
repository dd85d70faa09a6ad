//! Content on the wire: salt and bytes; the hash in the topic is the proof.

use crate::refusal::Refusal;
use heliograph_domain::ContentHash;

/// The format of a content payload: its first byte.
const FORMAT: u8 = 1;

/// One object: a document, a page of a head, a site's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentPayload {
    /// Drawn once for the object.
    pub salt: [u8; 16],
    /// The object.
    pub bytes: Vec<u8>,
}

impl ContentPayload {
    /// The object's hash.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(&self.salt, &self.bytes)
    }

    /// The bytes on the wire: format, salt, object.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(17 + self.bytes.len());
        payload.push(FORMAT);
        payload.extend(self.salt);
        payload.extend(&self.bytes);
        payload
    }

    /// Reads what [`ContentPayload::to_bytes`] wrote. Whether it is the object one wants, its hash says.
    ///
    /// # Errors
    /// When the format is later or the salt is cut short.
    pub fn from_bytes(payload: &[u8]) -> Result<Self, Refusal> {
        match payload.split_first() {
            Some((&FORMAT, rest)) => {
                let (salt, bytes) = rest
                    .split_first_chunk::<16>()
                    .ok_or(Refusal::Malformed("it is cut short"))?;
                Ok(Self {
                    salt: *salt,
                    bytes: bytes.to_vec(),
                })
            }
            Some((&format, _)) => Err(Refusal::Format(format)),
            None => Err(Refusal::Malformed("it is empty")),
        }
    }
}
