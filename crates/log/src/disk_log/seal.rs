//! Sealing what must be erasable: each object and row under a key of its own, so that destroying the key destroys every
//! copy of the bytes, wherever segments and backups hold them.

use super::keys::{Key, Keys};
use crate::error::ReadError;
use crate::name::NameError;
use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of a nonce.
const NONCE: usize = 24;

/// Bytes that only the key in `slot` opens (XChaCha20-Poly1305 with a random nonce).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) slot: u64,
    nonce: [u8; NONCE],
    bytes: Bytes,
}

impl Sealed {
    /// Seals `plain` under a fresh key. `name` is what the bytes belong to: elsewhere they do not open.
    pub(crate) fn seal(keys: &Keys, name: &[u8], plain: &[u8]) -> Result<Self, SealError> {
        let (slot, key) = keys.take()?;
        Self::seal_in(slot, &key, name, plain)
    }

    pub(crate) fn seal_in(slot: u64, key: &Key, name: &[u8], plain: &[u8]) -> Result<Self, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(NameError::Random)?;
        let payload = Payload { msg: plain, aad: name };
        let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload);
        Ok(Self {
            slot,
            nonce,
            bytes: sealed.map_err(|_| SealError::TooLong)?.into(),
        })
    }

    /// The plain bytes; `None` when the key was destroyed.
    pub(crate) fn open(&self, keys: &Keys, name: &[u8]) -> Result<Option<Bytes>, ReadError> {
        let Some(key) = keys.get(self.slot)? else {
            return Ok(None);
        };
        let payload = Payload {
            msg: &self.bytes,
            aad: name,
        };
        let plain = cipher(&key).decrypt(&XNonce::from(self.nonce), payload);
        plain.map(|plain| Some(plain.into())).map_err(|_| ReadError::Sealed)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.slot.to_be_bytes());
        out.extend(self.nonce);
        out.extend((self.bytes.len() as u32).to_be_bytes());
        out.extend_from_slice(&self.bytes);
    }

    /// Reads at the front of `rest`, which is a part of `whole`.
    pub(crate) fn read(whole: &Bytes, rest: &mut &[u8]) -> Option<Self> {
        let (slot, after) = rest.split_first_chunk::<8>()?;
        let (nonce, after) = after.split_first_chunk::<NONCE>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (bytes, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        *rest = after;
        Some(Self {
            slot: u64::from_be_bytes(*slot),
            nonce: *nonce,
            bytes: whole.slice_ref(bytes),
        })
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.0.into())
}

/// Why bytes were not sealed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    /// The machine gave no random numbers.
    #[error(transparent)]
    Random(#[from] NameError),
    /// The file of keys could not be written.
    #[error("the file of keys could not be written: {0}")]
    Keys(#[from] std::io::Error),
    /// More than the cipher takes.
    #[error("too many bytes to seal")]
    TooLong,
}
