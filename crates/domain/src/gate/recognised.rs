//! Texts that a machine read in pictures: it errs, so what is found there is weighed otherwise than what somebody typed.

use super::{Class, Find, Rule};

/// Where a passage comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// Somebody wrote it: it is what readers read.
    #[default]
    Written,
    /// A machine read it in a picture.
    Recognised,
    /// There is a picture, and no machine read it: whoever reviews has to look.
    Unread,
}

/// The rule of a finding that says: no machine read the words in this picture.
pub const NOT_READ: &str = "not-read";

/// The levels that a mark in a picture has.
const LEVELS: [&str; 3] = ["绝密", "机密", "秘密"];

impl Origin {
    /// What a rule's finding in such a passage asks for; nothing when it would only be noise.
    ///
    /// An identity number with its check digit, and a mark with its time, are not read out of a picture by chance: one
    /// misread digit in ten passes a check digit, and a person looks at each. Everything else may be one character
    /// taken for another, so it warns; and wrong forms of words are mostly the machine's own.
    pub(super) fn class(self, rule: &Rule) -> Option<Class> {
        match (self, rule.class, rule.find) {
            (Self::Recognised, Class::Block, Find::ResidentId | Find::Marks) => Some(Class::Block),
            (Self::Recognised, Class::Block | Class::Warn, _) => Some(Class::Warn),
            (Self::Recognised, Class::Slip, _) => None,
            (_, class, _) => Some(class),
        }
    }
}

/// The text with a star where the machine took one for a character: `秘密女1年` is `秘密★1年`. It has as many characters as
/// before, so that places stay what they are.
pub(super) fn with_stars(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let next = |chars: &[char], from: usize| (from..chars.len()).find(|at| !chars[*at].is_whitespace());
    for at in 0..chars.len() {
        let level = LEVELS.iter().any(|level| is_at(&chars, at, level));
        let star = level.then(|| end_of_level(&chars, at)).flatten();
        let Some(star) = star.and_then(|end| next(&chars, end)) else {
            continue;
        };
        let timed = next(&chars, star + 1).is_some_and(|after| is_time(&chars, after));
        if timed && !chars[star].is_ascii_digit() {
            chars[star] = '★';
        }
    }
    chars.into_iter().collect()
}

/// Whether a level stands here, however far the machine set its characters apart.
fn is_at(chars: &[char], at: usize, level: &str) -> bool {
    let mut letters = level.chars();
    letters.next() == Some(chars[at]) && {
        let rest = chars[at + 1..].iter().find(|c| !c.is_whitespace());
        letters.next() == rest.copied()
    }
}

/// Where a level that stands here ends.
fn end_of_level(chars: &[char], at: usize) -> Option<usize> {
    let last = (at + 1..chars.len()).find(|at| !chars[*at].is_whitespace())?;
    Some(last + 1)
}

/// Whether a time of secrecy stands here: `1年`, `10 年`, `6个月`, `长期`.
fn is_time(chars: &[char], at: usize) -> bool {
    let rest: Vec<char> = chars[at..]
        .iter()
        .copied()
        .filter(|c| !c.is_whitespace())
        .take(6)
        .collect();
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let unit = rest.get(digits..).unwrap_or_default();
    let counted = (1..=2).contains(&digits) && matches!(unit, ['年' | '月' | '天' | '日', ..] | ['个', '月', ..]);
    counted || rest.starts_with(&['长', '期'])
}

#[cfg(test)]
mod tests {
    use super::super::{Passage, RuleSet};
    use super::*;

    /// The format's own example (GB 11643).
    const ID_NUMBER: &str = "11010519491231002X";

    fn found(origin: Origin, text: &str) -> Vec<(Class, String)> {
        let passage = Passage {
            field: "attachments[0].reading".to_owned(),
            text: text.to_owned(),
            origin,
        };
        let found = RuleSet::newest().scan([&passage], &[]);
        found.into_iter().map(|finding| (finding.class, finding.rule)).collect()
    }

    #[test]
    fn a_star_that_was_misread_is_a_star_and_other_words_stay() {
        for (read, meant) in [
            ("秘密女1年", "秘密★1年"),
            ("机 密 娘 10 年", "机 密 ★ 10 年"),
            ("绝密*长期", "绝密★长期"),
            ("秘密★6个月", "秘密★6个月"),
            ("保守国家秘密5年来的成绩", "保守国家秘密5年来的成绩"),
            ("秘密文件1年", "秘密文件1年"),
            ("秘密", "秘密"),
            ("", ""),
        ] {
            assert_eq!(with_stars(read), meant);
        }
    }

    #[test]
    fn marks_and_identity_numbers_block_and_everything_else_warns() {
        let block = |rule: &str| vec![(Class::Block, rule.to_owned())];
        assert_eq!(found(Origin::Recognised, "秘密女1年"), block("classification-mark"));
        assert_eq!(found(Origin::Recognised, ID_NUMBER), block("resident-id"));
        let one_digit_off = "11010519491231003X";
        assert!(
            found(Origin::Recognised, one_digit_off)
                .iter()
                .all(|(class, _)| *class == Class::Warn)
        );
        let internal = "内部资料，注意保存";
        assert_eq!(found(Origin::Written, internal)[0].0, Class::Block, "the control");
        assert_eq!(found(Origin::Recognised, internal)[0].0, Class::Warn);
        assert_eq!(found(Origin::Written, "身分证")[0].0, Class::Slip, "the control");
        assert!(found(Origin::Recognised, "身分证").is_empty());
        assert!(
            found(Origin::Written, "秘密女1年").is_empty(),
            "who typed it did not mean a star"
        );
    }

    #[test]
    fn a_picture_that_nobody_read_says_so_and_asks_for_a_look() {
        assert_eq!(found(Origin::Unread, ""), [(Class::Warn, NOT_READ.to_owned())]);
    }
}
