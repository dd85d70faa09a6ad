//! From what somebody typed to what can be set on a line.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

/// Marks that may stand on one letter. Vietnamese needs two and pointed Hebrew four; a pile of hundreds is mischief,
/// and would paint over its neighbours.
const MARKS: usize = 4;

/// What Unicode says a character is.
pub(crate) fn category(c: char) -> GeneralCategory {
    CodePointMapData::new().get(c)
}

/// Whether a character is plainly a letter, digit, sign or ideograph of its own: never a mark, never invisible, never
/// written from right to left. Spares nearly all text of this office the look into the tables.
pub(crate) fn plain(c: char) -> bool {
    matches!(u32::from(c),
        0x20..=0x7E | 0xA1..=0xAC | 0xAE..=0x2FF | 0x2010..=0x2027 | 0x2030..=0x205E | 0x2190..=0x23FF
        | 0x2460..=0x27BF | 0x3001..=0x3029 | 0x3041..=0x3096 | 0x309B..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7A3 | 0xFF01..=0xFF9F | 0xFFA1..=0xFFDC)
}

/// Whether a character sits on the one before it.
pub(crate) fn mark(c: char) -> bool {
    !plain(c)
        && matches!(
            category(c),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
}

/// Whether nothing of a character is ever seen: joiners, directions, variation selectors, tags, soft hyphens.
fn invisible(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(u32::from(c), 0xE0000..=0xE0FFF)
        || matches!(category(c), GeneralCategory::Control | GeneralCategory::Format)
}

/// One line's worth of text: no control characters, nothing invisible, white space as single spaces, and no more
/// than four marks on a letter.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        if plain(c) {
            marks = 0;
            clean.push(c);
            continue;
        }
        match c {
            '\t'
            | '\n'
            | '\r'
            | '\u{85}'
            | '\u{a0}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}' => {
                marks = 0;
                if !clean.ends_with(' ') {
                    clean.push(' ');
                }
            }
            c if invisible(c) => {}
            c if mark(c) => {
                marks += 1;
                if marks <= MARKS {
                    clean.push(c);
                }
            }
            c => {
                marks = 0;
                clean.push(c);
            }
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_single_and_nothing_invisible_stays() {
        assert_eq!(clean("甲\t\n乙\u{200b}\u{feff}丙\u{2028}丁\u{0}"), "甲 乙丙 丁");
        assert_eq!(clean("a\u{ad}b\u{202e}c\u{e0041}\u{fe0f}"), "abc");
        assert_eq!(clean("　　首行缩进"), "　　首行缩进");
    }

    #[test]
    fn a_pile_of_marks_is_cut_to_four() {
        let pile = format!("Z{}a", "\u{301}\u{302}\u{323}".repeat(300));
        assert_eq!(clean(&pile), "Z\u{301}\u{302}\u{323}\u{301}a");
        assert_eq!(clean("Vie\u{302}\u{323}t"), "Vie\u{302}\u{323}t");
    }

    #[test]
    fn what_is_called_plain_is_no_mark_and_not_invisible() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| plain(*c)) {
            assert!(!invisible(c) || c == '\u{ad}', "{c:?}");
            let category = category(c);
            let marks = [
                GeneralCategory::NonspacingMark,
                GeneralCategory::EnclosingMark,
                GeneralCategory::SpacingMark,
            ];
            assert!(!marks.contains(&category), "{c:?}: {category:?}");
        }
    }
}
