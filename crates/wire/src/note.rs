//! Signed notes: text with Ed25519 signatures below it, readable by people and by the tools of transparency logs
//! (C2SP signed-note, <https://c2sp.org/signed-note>).

use crate::key::{KeyPair, PublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What stands before a signature's line.
const DASH: &str = "\u{2014} ";
/// The signature type of Ed25519.
const ED25519: u8 = 1;
/// Between a note's text and its signatures.
const BREAK: &str = "\n\n";

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoteError {
    /// It has not the form of a note.
    #[error("this is no signed note: {0}")]
    Form(&'static str),
    /// The key did not sign it.
    #[error("the note is not signed by {0}")]
    NotSigned(String),
    /// A signature in the key's name is false.
    #[error("the signature in the name of {0} is false: the note was changed")]
    False(String),
    /// Not a verifier key.
    #[error("`{0}` is no verifier key: it has the form name+hash+key")]
    Key(String),
}

/// A key that verifies notes, with the name that it signs under: `name+hash+key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    key: PublicKey,
}

impl NoteKey {
    /// A key under a name, which has neither spaces nor `+`.
    ///
    /// # Errors
    /// When it has.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteError> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(NoteError::Key(name.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of the SHA-256 of name, newline, type and key.
    fn hash(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.0)
            .finalize();
        *digest.first_chunk().unwrap_or(&[0; 4])
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.0.as_slice()].concat();
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            u32::from_be_bytes(self.hash()),
            STANDARD.encode(key)
        )
    }
}

impl FromStr for NoteKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let error = || NoteError::Key(text.chars().take(200).collect());
        let (name, rest) = text.trim().split_once('+').ok_or_else(error)?;
        let (hash, key) = rest.split_once('+').ok_or_else(error)?;
        let key = STANDARD.decode(key).map_err(|_| error())?;
        let key = match key.split_first() {
            Some((&ED25519, key)) => PublicKey(key.try_into().map_err(|_| error())?),
            _ => return Err(error()),
        };
        let own = Self::new(name, key).map_err(|_| error())?;
        if format!("{:08x}", u32::from_be_bytes(own.hash())) == hash {
            Ok(own)
        } else {
            Err(error())
        }
    }
}

/// Signs a text, which ends with a newline, under a name.
///
/// # Errors
/// When the text or the name has not the form that it must.
pub fn sign(text: &str, name: &str, pair: &KeyPair) -> Result<String, NoteError> {
    if !text.ends_with('\n') || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(NoteError::Form(
            "its text must end with a newline, and have no other control characters",
        ));
    }
    let key = NoteKey::new(name, pair.public())?;
    let signature = [key.hash().as_slice(), &pair.sign(text.as_bytes())].concat();
    Ok(format!("{text}\n{DASH}{name} {}\n", STANDARD.encode(signature)))
}

/// The text of a note that a key signed. Signatures of others are passed over.
///
/// # Errors
/// When it is no note, or not signed by the key.
pub fn open<'n>(note: &'n str, key: &NoteKey) -> Result<&'n str, NoteError> {
    let (text, signatures) = parts(note)?;
    for line in signatures.lines() {
        let line = line
            .strip_prefix(DASH)
            .ok_or(NoteError::Form("a line below the text is no signature"))?;
        let (name, signature) = line.split_once(' ').ok_or(NoteError::Form("a signature has no name"))?;
        let signature = STANDARD
            .decode(signature)
            .map_err(|_| NoteError::Form("a signature is not base64"))?;
        let Some((hash, signature)) = signature.split_first_chunk::<4>() else {
            return Err(NoteError::Form("a signature is too short"));
        };
        if name != key.name || *hash != key.hash() {
            continue;
        }
        let signature: &[u8; 64] = signature.try_into().map_err(|_| NoteError::False(key.name.clone()))?;
        if key.key.verifies(text.as_bytes(), signature) {
            return Ok(text);
        }
        return Err(NoteError::False(key.name.clone()));
    }
    Err(NoteError::NotSigned(key.name.clone()))
}

/// The text of a note, whoever signed it, and its signatures.
///
/// # Errors
/// When it is no note.
pub fn parts(note: &str) -> Result<(&str, &str), NoteError> {
    let at = note.rfind(BREAK).ok_or(NoteError::Form("it has no signatures"))?;
    let (text, signatures) = (&note[..=at], &note[at + BREAK.len()..]);
    if signatures.is_empty() || !signatures.ends_with('\n') {
        return Err(NoteError::Form("it does not end with a signature"));
    }
    Ok((text, signatures))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference implementation (`golang.org/x/mod/sumdb/note`).
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const SIGNATURE: &str = "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_reference_note_is_believed_and_no_other() {
        let key: NoteKey = KEY.parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        let note = format!("{TEXT}{SIGNATURE}");
        assert_eq!(open(&note, &key), Ok(TEXT));
        assert_eq!(
            open(&note.replace("answer", "riddle"), &key),
            Err(NoteError::False("PeterNeumann".to_owned()))
        );
    }

    #[test]
    fn a_note_of_ones_own_is_read_back() {
        let pair = KeyPair::from_secret([7; 32]);
        let key = NoteKey::new("heliograph/hall/log", pair.public()).unwrap();
        let note = sign("said\n", key.name(), &pair).unwrap();
        assert_eq!(open(&note, &key), Ok("said\n"));
        let other = NoteKey::new("heliograph/hall/log", KeyPair::from_secret([8; 32]).public()).unwrap();
        assert!(matches!(open(&note, &other), Err(NoteError::NotSigned(_))));
        assert!(sign("no newline", "a", &pair).is_err() && sign("text\n", "a name", &pair).is_err());
    }
}
