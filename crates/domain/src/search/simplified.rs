//! Characters of traditional writing and old variants become those of simplified writing, so that either finds the other.

use std::sync::LazyLock;

/// The pairs: see the head of the file for their source.
const PAIRS: &str = include_str!("simplified.txt");
/// The block that the pairs are from.
const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

/// For each character of the block the one that stands for it: itself, mostly.
static TABLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = (FIRST..=LAST).filter_map(char::from_u32).collect();
    let rows = PAIRS.lines().filter(|line| !line.starts_with('#'));
    for pair in rows.flat_map(|line| line.split(' ')) {
        let mut chars = pair.chars();
        if let (Some(from), Some(to)) = (chars.next(), chars.next())
            && let Some(place) = place(from).and_then(|at| table.get_mut(at))
        {
            *place = to;
        }
    }
    table
});

/// The character that stands for this one when texts are searched.
pub(super) fn simplified(c: char) -> char {
    let known = place(c).and_then(|at| TABLE.get(at));
    known.copied().unwrap_or(c)
}

fn place(c: char) -> Option<usize> {
    let at = u32::from(c).checked_sub(FIRST)?;
    (u32::from(c) <= LAST).then_some(at as usize)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LAST, simplified};

    #[test]
    fn traditional_writing_becomes_simplified_and_nothing_goes_further() {
        let told = |text: &str| text.chars().map(simplified).collect::<String>();
        assert_eq!(told("國家機關發佈護照辦理說明"), "国家机关发布护照办理说明");
        assert_eq!(told("說説衆眾裏裡"), "说说众众里里");
        assert_eq!(told("ABC，。一龥\u{3400}𠀀"), "ABC，。一龥\u{3400}𠀀");
        for c in (FIRST..=LAST).filter_map(char::from_u32) {
            assert_eq!(simplified(simplified(c)), simplified(c), "{c}");
        }
    }
}
