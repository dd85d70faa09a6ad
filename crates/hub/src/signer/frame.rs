//! What hub and signer say to each other over a socket: postcard behind its length (four bytes, big-endian).

use super::{Ask, Unsigned};
use crate::keys::Bundle;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind, Read, Result, Write};

/// The most bytes of a frame: heartbeats have a mark for every channel, payloads at most 64 KiB.
const MOST: u32 = 1024 * 1024;

/// What the hub says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Asks for the papers.
    Papers,
    /// Asks for a signature.
    Sign(Ask),
}

/// What the signer says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Response {
    /// The papers.
    Papers(Bundle),
    /// What was signed, or why not.
    Signed(std::result::Result<Vec<u8>, Unsigned>),
}

/// Sends one frame.
pub(super) fn send<T: Serialize>(to: &mut impl Write, what: &T) -> Result<()> {
    let body = postcard::to_stdvec(what).map_err(Error::other)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= MOST);
    let length = length.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "too large for the signer"))?;
    let mut bytes = Vec::with_capacity(4 + body.len());
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
    to.write_all(&bytes)
}

/// Takes one frame.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MOST {
        return Err(Error::new(ErrorKind::InvalidData, "a frame that is too large"));
    }
    // It is no longer than was promised, and no memory is taken for what does not come.
    let mut body = Vec::new();
    from.take(length.into()).read_to_end(&mut body)?;
    if body.len() != length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&body).map_err(Error::other)
}
