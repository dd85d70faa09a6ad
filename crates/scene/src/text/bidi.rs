//! Lines with Arabic or Hebrew in them: the order in which clusters stand (UAX #9).

use parley_engine::{Analysis, AnalysisOptions, Analyzer};

/// Whether a character may be written from right to left: Hebrew to Arabic Extended, their presentation forms, and
/// the old scripts.
fn right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF)
}

/// The embedding level at each byte; empty when all text runs from left to right.
pub(crate) fn levels(text: &str) -> Vec<u8> {
    if !text.chars().any(right_to_left) {
        return Vec::new();
    }
    let mut analysis = Analysis::new();
    Analyzer::new().analyze(text, &AnalysisOptions::default(), &mut analysis);
    let mut levels = Vec::with_capacity(text.len());
    for (c, level) in text.chars().zip(analysis.bidi_levels()) {
        levels.extend(std::iter::repeat_n(level.to_u8(), c.len_utf8()));
    }
    levels
}

/// The order from left to right of a line's clusters, by their levels (rule L2): from the highest level down to the
/// lowest odd one, every stretch at that level or above is turned round.
pub(crate) fn visual(levels: &[u8]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..levels.len()).collect();
    let highest = levels.iter().copied().max().unwrap_or(0);
    for level in (1..=highest).rev() {
        let mut at = 0;
        while at < order.len() {
            let end = (at..order.len())
                .find(|n| levels[order[*n]] < level)
                .unwrap_or(order.len());
            order[at..end].reverse();
            at = end + 1;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let levels = levels(text);
        let levels: Vec<u8> = text.char_indices().map(|(at, _)| levels[at]).collect();
        visual(&levels).into_iter().map(|at| chars[at]).collect()
    }

    #[test]
    fn hebrew_stands_from_right_to_left_and_numbers_within_it_from_left_to_right() {
        assert_eq!(seen("电话 אבג 012 说"), "电话 012 גבא 说");
        assert_eq!(seen("אב 12"), "12 בא");
        assert_eq!(levels("中文 and English 12"), Vec::<u8>::new());
    }
}
