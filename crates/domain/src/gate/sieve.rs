//! Which pairs of characters a list may begin with, asked before the list itself: nearly all of a text is none of them.

/// One bit for many pairs: when it is not set, none of them is in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sieve(Box<[u64]>);

const BITS: usize = 1 << 16;

impl Default for Sieve {
    fn default() -> Self {
        Self(vec![0; BITS / 64].into_boxed_slice())
    }
}

impl Sieve {
    /// Remembers a pair.
    pub(super) fn add(&mut self, pair: (char, char)) {
        let slot = slot(pair);
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    /// Whether the pair may have been added; never no when it was.
    pub(super) fn may_have(&self, pair: (char, char)) -> bool {
        let slot = slot(pair);
        self.0[slot / 64] & (1 << (slot % 64)) != 0
    }
}

fn slot((first, second): (char, char)) -> usize {
    (first as usize * 181 + second as usize) % BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_known_and_nearly_nothing_else_is() {
        let mut sieve = Sieve::default();
        let pairs = |from: u32| (from..from + 60).filter_map(char::from_u32).map(|c| (c, '的'));
        pairs(0x4e00).for_each(|pair| sieve.add(pair));
        assert!(pairs(0x4e00).all(|pair| sieve.may_have(pair)));
        assert!(pairs(0x5e00).filter(|pair| sieve.may_have(*pair)).count() < 6);
    }
}
