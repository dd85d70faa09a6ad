//! How texts are made alike before they are searched: what a person types finds what means the same, in whichever form
//! it was written. Chinese needs no word boundaries, so a search is for a part of the text.

mod simplified;

use icu_normalizer::ComposingNormalizerBorrowed;
use pinyin::ToPinyin;
use simplified::simplified;

/// A text as it is searched: full-width and other forms of a character become the plain one (NFKC), traditional characters
/// simplified ones, letters small, runs of white space one space; characters that nobody sees are dropped.
#[must_use]
pub fn folded(text: &str) -> String {
    let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let mut out = String::with_capacity(normal.len());
    for c in normal.chars().filter(|c| !unseen(*c)) {
        if !c.is_whitespace() {
            out.extend(simplified(c).to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The first letters of how a text is read aloud: `bgz` of 办公桌. Letters and digits stand for themselves.
#[must_use]
pub fn initials(text: &str) -> String {
    let letter = |c: char| match c.to_pinyin() {
        Some(reading) => reading.first_letter().chars().next(),
        None => Some(c).filter(char::is_ascii_alphanumeric),
    };
    folded(text).chars().filter_map(letter).collect()
}

/// Whether words, made alike already, could be first letters that somebody types in the place of Chinese.
#[must_use]
pub fn are_initials(words: &str) -> bool {
    words.len() >= 2
        && words
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether a name has these words, which are made alike already, or they are first letters of a part of it.
#[must_use]
pub fn names(text: &str, words: &str) -> bool {
    folded(text).contains(words) || (are_initials(words) && initials(text).contains(words))
}

/// Zero-width and directional characters, and soft hyphens.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::{folded, names};

    #[test]
    fn forms_that_mean_the_same_become_the_same() {
        for (written, meant) in [
            ("ＶＩＳＡ　ｆｅｅｓ", "visa fees"),
            ("Visa\n\n  Fees ", "visa fees"),
            ("Vi\u{200b}sa f\u{ad}ees", "visa fees"),
            ("办公桌①", "办公桌1"),
            ("（试行）", "(试行)"),
            ("機關事務", "机关事务"),
            ("護照，２號窗口", "护照,2号窗口"),
        ] {
            assert_eq!(folded(written), meant, "{written:?}");
        }
        assert_ne!(folded("签证"), folded("签注"));
    }

    #[test]
    fn a_name_is_found_by_a_part_of_it_or_by_its_first_letters() {
        for (text, words) in [
            ("关于办公桌的通知", "办公桌"),
            ("关于办公桌的通知", "bgz"),
            ("Ｖisa费用", "visafy"),
            ("李晓明", "lxm"),
            ("國家機關", "gjjg"),
            ("國家機關", "国家机关"),
        ] {
            assert!(names(text, words), "{text} {words}");
        }
        for (text, words) in [
            ("关于办公桌的通知", "bzg"),
            ("办公桌", "b"),
            ("办公桌", "桌办"),
            ("Desk", "dk"),
        ] {
            assert!(!names(text, words), "{text} {words}");
        }
    }
}
