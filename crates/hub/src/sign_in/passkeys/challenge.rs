//! The questions that passkeys answer. They are sealed with a key of this process instead of being kept: whoever asks
//! for a million of them fills no memory. Only those that were answered are remembered, until they are stale.

use heliograph_domain::Instant;
use ring::hmac;
use std::collections::HashMap;

/// A question is good for so long.
const GOOD_MS: u64 = 5 * 60_000;
const NONCE: usize = 16;

/// What a question is for: an answer to one is none to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Register = 1,
    SignIn = 2,
    Confirm = 3,
}

/// Asks, and knows its own questions.
#[derive(Debug)]
pub(crate) struct Challenges {
    key: hmac::Key,
    answered: HashMap<Vec<u8>, Instant>,
}

impl Challenges {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0u8; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            answered: HashMap::new(),
        })
    }

    /// A question to whoever has this session, or to anybody.
    pub(crate) fn ask(&self, purpose: Purpose, of: &[u8], now: Instant) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce)?;
        let open = [&nonce[..], &now.0.to_be_bytes()].concat();
        let tag = hmac::sign(&self.key, &Self::sealed(&open, purpose, of));
        Ok([&open[..], tag.as_ref()].concat())
    }

    fn sealed(open: &[u8], purpose: Purpose, of: &[u8]) -> Vec<u8> {
        [open, &[purpose as u8], of].concat()
    }

    /// Whether it is a question that was asked of them for that, lately, and was not answered.
    pub(crate) fn take(&mut self, challenge: &[u8], purpose: Purpose, of: &[u8], now: Instant) -> bool {
        self.answered.retain(|_, at| now.since(*at) < GOOD_MS);
        let Some((open, tag)) = challenge.split_at_checked(NONCE + 8) else {
            return false;
        };
        let asked = open[NONCE..].iter().fold(0u64, |at, byte| at << 8 | u64::from(*byte));
        let ours = hmac::verify(&self.key, &Self::sealed(open, purpose, of), tag).is_ok();
        if !ours || now.since(Instant(asked)) >= GOOD_MS {
            return false;
        }
        self.answered.insert(challenge.to_vec(), now).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once_soon_by_whom_it_was_asked_and_for_its_purpose() {
        let mut challenges = Challenges::new().unwrap();
        let now = Instant(1_000_000);
        let asked = challenges.ask(Purpose::Confirm, b"one", now).unwrap();
        assert!(!challenges.take(&asked, Purpose::SignIn, b"one", now));
        assert!(!challenges.take(&asked, Purpose::Confirm, b"another", now));
        assert!(!challenges.take(&asked, Purpose::Confirm, b"one", now.plus_ms(GOOD_MS)));
        let mut bent = asked.clone();
        bent[NONCE] ^= 1;
        assert!(!challenges.take(&bent, Purpose::Confirm, b"one", now));
        assert!(challenges.take(&asked, Purpose::Confirm, b"one", now));
        assert!(!challenges.take(&asked, Purpose::Confirm, b"one", now), "once");
        assert!(!challenges.take(b"", Purpose::Confirm, b"one", now));
        assert!(
            !Challenges::new().unwrap().take(&asked, Purpose::Confirm, b"one", now),
            "another process"
        );
    }
}
