//! Numbers that nobody can foretell, from one seed: so an agent needs no source of chance of its own, and a test can
//! tell the same story twice.

use sha2::{Digest, Sha256};

#[derive(Debug)]
pub(crate) struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

impl Chance {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// 32 bytes.
    pub(crate) fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut digest = Sha256::new();
        digest.update(b"heliograph/agent/chance\0");
        digest.update(self.seed);
        digest.update(self.drawn.to_be_bytes());
        digest.finalize().into()
    }

    /// A number for one question.
    pub(crate) fn nonce(&mut self) -> [u8; 16] {
        let mut nonce = [0; 16];
        nonce.copy_from_slice(&self.draw()[..16]);
        nonce
    }

    /// Between three quarters of a wait and the whole, so that a building full of displays does not ask in step.
    pub(crate) fn cut(&mut self, wait_ms: u64) -> u64 {
        let byte = u64::from(self.draw()[0]);
        wait_ms - wait_ms / 4 * byte / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_and_another_does_not() {
        let draw = |seed| {
            let mut chance = Chance::new([seed; 32]);
            [chance.nonce(), chance.nonce()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1)[0], draw(1)[1]);
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn waits_lie_between_three_quarters_and_the_whole_and_are_spread() {
        let mut chance = Chance::new([7; 32]);
        let cut: Vec<u64> = (0..200).map(|_| chance.cut(10_000)).collect();
        assert!(cut.iter().all(|ms| (7500..=10_000).contains(ms)));
        assert!(cut.iter().any(|ms| *ms < 8000) && cut.iter().any(|ms| *ms > 9500));
        assert_eq!(chance.cut(0), 0);
    }
}
