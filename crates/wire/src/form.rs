//! Bodies: the first byte is the format, the rest postcard.

use crate::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The format of a body that has only one.
const FORMAT: u8 = 1;

pub(crate) fn write<T: Serialize>(body: &T) -> Vec<u8> {
    write_as(FORMAT, body)
}

/// As [`write`], with another format byte.
pub(crate) fn write_as<T: Serialize>(format: u8, body: &T) -> Vec<u8> {
    let mut bytes = vec![format];
    // postcard fails only on a sequence of unknown length, and none of the bodies has one.
    bytes.extend(postcard::to_stdvec(body).unwrap_or_default());
    bytes
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    read_after(bytes, FORMAT)
}

/// As [`read`], of another format byte.
pub(crate) fn read_after<T: DeserializeOwned>(bytes: &[u8], expected: u8) -> Result<T, Refusal> {
    match bytes.split_first() {
        Some((format, rest)) if *format == expected => match postcard::take_from_bytes(rest) {
            Ok((body, [])) => Ok(body),
            Ok(_) => Err(Refusal::Malformed("it has bytes too many")),
            Err(_) => Err(Refusal::Malformed("it is not of the form")),
        },
        Some((&format, _)) => Err(Refusal::Format(format)),
        None => Err(Refusal::Malformed("it is empty")),
    }
}

/// Gives a body type its bytes.
macro_rules! body {
    ($($name:ty),* $(,)?) => { $(
        impl $name {
            /// The bytes: a format byte, then postcard.
            #[must_use]
            pub fn to_bytes(&self) -> Vec<u8> {
                $crate::form::write(self)
            }

            /// Reads what `to_bytes` wrote, all of it and nothing more.
            ///
            /// # Errors
            /// When the format is later, or the bytes are not of the form.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, $crate::refusal::Refusal> {
                $crate::form::read(bytes)
            }
        }
    )* };
}
pub(crate) use body;
