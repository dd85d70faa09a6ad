//! DMX universes: what Art-Net and sACN cut a line of lamps into.

/// Whole pixels in a universe of 512 slots: a pixel's three colours are never in two universes.
pub(crate) const PIXELS: usize = 170;

/// Slots used of a full universe.
pub(crate) const SLOTS: usize = PIXELS * 3;

/// A full universe goes out at most so often a second: the highest rate of DMX512 (ANSI E1.11, 512 slots), which ANSI
/// E1.31 (6.6.1) and Art-Net 4 set as the limit unless the receiver is known to take more.
pub(crate) const RATE_HZ: u16 = 44;

/// Universes that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Universes {
    /// The first one's number.
    pub(crate) first: u16,
    /// The highest number that the protocol has.
    pub(crate) highest: u16,
}

impl Universes {
    /// The most bytes that they carry.
    pub(crate) fn room(self) -> usize {
        (usize::from(self.highest - self.first) + 1) * SLOTS
    }

    /// The universes of a line of lamps, each with its bytes. Bytes beyond the room are left out; a sink refuses such
    /// frames before.
    pub(crate) fn cut(self, lamps: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
        (self.first..=self.highest).zip(lamps.chunks(SLOTS))
    }
}

/// A packet's sequence number of each universe.
#[derive(Debug, Default)]
pub(crate) struct Sequences(Vec<u8>);

impl Sequences {
    /// The next number of the `nth` universe, counted from the first in use; `lowest` follows 255.
    pub(crate) fn next(&mut self, nth: usize, lowest: u8) -> u8 {
        if self.0.len() <= nth {
            self.0.resize(nth + 1, u8::MAX);
        }
        let number = &mut self.0[nth];
        *number = number.checked_add(1).unwrap_or(lowest);
        *number
    }

    /// How many universes were ever in use.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pixel_is_in_two_universes() {
        let universes = Universes { first: 7, highest: 9 };
        let lamps: Vec<u8> = (0..=255).cycle().take(SLOTS + 6).collect();
        let cut: Vec<(u16, &[u8])> = universes.cut(&lamps).collect();
        assert_eq!(cut, [(7, &lamps[..510]), (8, &lamps[510..])]);
        assert_eq!(universes.room(), 1530);
        let all = Universes {
            first: 0,
            highest: u16::MAX,
        };
        assert_eq!(all.room(), 65_536 * 510);
    }

    #[test]
    fn each_universe_counts_for_itself() {
        let mut sequences = Sequences::default();
        assert_eq!(
            (sequences.next(1, 0), sequences.next(0, 0), sequences.next(1, 0)),
            (0, 0, 1)
        );
        let mut art_net = Sequences::default();
        assert_eq!(art_net.next(0, 1), 1, "0 would switch the numbers off");
        let numbers: Vec<u8> = (0..256).map(|_| art_net.next(0, 1)).collect();
        assert_eq!((numbers[253], numbers[254], numbers[255]), (255, 1, 2));
        assert_eq!(sequences.len(), 2);
    }
}
