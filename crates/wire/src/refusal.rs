//! Why something is not believed.

use crate::key::KeyId;
use thiserror::Error;

/// Why a display, or the hub, does not believe a message. It changes nothing that was believed before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// More bytes than the topic allows.
    #[error("{bytes} bytes are more than the {limit} that are allowed")]
    TooLarge {
        /// Bytes of the payload.
        bytes: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// A later format.
    #[error("format {0} is not known: update this program")]
    Format(u8),
    /// Another kind of signature.
    #[error("signature algorithm {0} is not known: update this program")]
    Algorithm(u8),
    /// The bytes do not have the form.
    #[error("it cannot be read: {0}")]
    Malformed(&'static str),
    /// A key that may not sign here.
    #[error("key {0} may not sign here")]
    UnknownKey(KeyId),
    /// The signature is not right for this site, topic and body.
    #[error("the signature is not right for this topic")]
    BadSignature,
    /// Another site's.
    #[error("it is another site's")]
    ForeignSite,
    /// A new root that has not signed for itself.
    #[error("the new root that it names has not signed for itself")]
    UnprovenRoot,
    /// Another display's.
    #[error("it is another display's")]
    ForeignDisplay,
    /// Something newer was believed already.
    #[error("version {offered} of epoch {epoch} is older than what is known ({known})")]
    Older {
        /// The epoch offered.
        epoch: u32,
        /// The version offered.
        offered: u64,
        /// The version known.
        known: u64,
    },
    /// The same version with other bytes: one of the two is a forgery, or a hub was restored without a new epoch.
    #[error("version {0} was seen with other bytes")]
    Conflict(u64),
    /// Bytes that do not match their hash.
    #[error("the bytes do not match their hash")]
    WrongHash,
    /// Nothing is signed on this topic, or not by the site.
    #[error("this topic carries nothing that is signed for displays")]
    NotForDisplays,
}
