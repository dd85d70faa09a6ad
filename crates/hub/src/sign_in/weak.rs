//! Passwords that are guessed first. Whoever tries begins with what many people choose, with rows of keys, with dates and
//! telephones, and with the user name; the number of tries is bounded, so that what is not among these is safe from them.
//!
//! Only a password that is being set is looked at here; what somebody has already keeps opening.

use heliograph_domain::StaffId;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words and whole passwords that many people choose, one a line, in small letters; `#` begins a remark.
const COMMON: &str = include_str!("common-passwords.txt");
/// The shortest word that a password is not made of.
const SHORTEST_WORD: usize = 4;
/// The shortest user name that is looked for within a password: a shorter one is in many by chance.
const SHORTEST_NAME: usize = 3;
/// So few different characters are no password.
const FEW_DIFFERENT: usize = 3;
/// A password of so many runs, each of neighbours, is one that fingers remember: `qwertyuiop`, `abc123456789`.
const FEW_RUNS: usize = 3;
/// Only digits are a date, a telephone or a counted row up to this length.
const FEW_DIGITS: usize = 15;

/// The keys of a keyboard, row by row; keys of the same place lie above each other.
const KEYS: [&str; 4] = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];
/// What the upper row gives with the shift key, in its order.
const SHIFTED: &str = "!@#$%^&*()_+";

static KNOWN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = COMMON.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Why a password is guessed quickly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// It has hardly any different characters.
    Monotonous,
    /// It follows the alphabet, the digits or the keys.
    Sequence,
    /// It is a date, a telephone or another number.
    DigitsOnly,
    /// The user name is in it.
    UserName,
    /// Many people have it, or it is such a word with something around it.
    Common,
}

impl Weakness {
    /// Its name in the API.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Monotonous => "monotonous",
            Self::Sequence => "sequence",
            Self::DigitsOnly => "digits_only",
            Self::UserName => "user_name_inside",
            Self::Common => "common",
        }
    }

    /// What is wrong and what to do, in Chinese and in English, as said beside the field.
    pub(crate) fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Monotonous => (
                "字符太单一，很容易被猜到，请换一个",
                "has hardly any different characters and is guessed quickly: choose another",
            ),
            Self::Sequence => (
                "是连续的数字、字母或键盘上相邻的键，很容易被猜到，请换一个",
                "follows the digits, the alphabet or the keys and is guessed quickly: choose another",
            ),
            Self::DigitsOnly => (
                "只有数字（如电话、生日），很容易被猜到，请加上字母或符号",
                "has digits alone, like a telephone or a birthday, and is guessed quickly: add letters or signs",
            ),
            Self::UserName => (
                "不能含有用户名，请换一个",
                "must not have the user name in it: choose another",
            ),
            Self::Common => (
                "是很多人用的密码，很容易被猜到，请换一个",
                "is one that many people have and is guessed quickly: choose another",
            ),
        }
    }
}

/// Why this password of this person is guessed quickly, if it is.
pub(crate) fn weakness(password: &str, id: Option<&StaffId>) -> Option<Weakness> {
    let small = password.to_lowercase();
    if small.chars().collect::<BTreeSet<_>>().len() <= FEW_DIFFERENT {
        return Some(Weakness::Monotonous);
    }
    if runs(&small) <= FEW_RUNS {
        return Some(Weakness::Sequence);
    }
    if small.chars().all(|sign| sign.is_ascii_digit()) && small.len() <= FEW_DIGITS {
        return Some(Weakness::DigitsOnly);
    }
    if id.is_some_and(|id| has_name(&small, id.as_str())) {
        return Some(Weakness::UserName);
    }
    is_common(&small).then_some(Weakness::Common)
}

/// Of how many rows of neighbours it is made.
fn runs(password: &str) -> usize {
    let signs: Vec<char> = password.chars().collect();
    1 + signs.windows(2).filter(|pair| !follows(pair[0], pair[1])).count()
}

/// Whether a finger goes from one sign to the other without looking: the same, the next or the one before, or a key beside.
fn follows(one: char, other: char) -> bool {
    let alike =
        one.is_ascii_digit() && other.is_ascii_digit() || one.is_ascii_lowercase() && other.is_ascii_lowercase();
    if alike && u32::from(one).abs_diff(u32::from(other)) <= 1 {
        return true;
    }
    match (key(one), key(other)) {
        (Some((row, place)), Some((other_row, other_place))) => {
            row.abs_diff(other_row) <= 1 && place.abs_diff(other_place) <= 1
        }
        _ => one == other,
    }
}

/// Row and place of the key that gives this sign.
fn key(sign: char) -> Option<(usize, usize)> {
    if let Some(place) = SHIFTED.chars().position(|shifted| shifted == sign) {
        return Some((0, place));
    }
    let mut rows = KEYS.iter().enumerate();
    rows.find_map(|(row, keys)| keys.chars().position(|key| key == sign).map(|place| (row, place)))
}

fn has_name(password: &str, id: &str) -> bool {
    let joined: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    [id, &joined]
        .iter()
        .any(|name| name.len() >= SHORTEST_NAME && password.contains(*name))
}

/// Whether it stands in the list, or is made of words of the list with digits and signs around or within.
fn is_common(password: &str) -> bool {
    let around = |sign: char| !sign.is_alphabetic();
    let digits = |sign: char| sign.is_ascii_digit();
    let cores = [password.trim_matches(around), password.trim_matches(digits)];
    let readings = cores.iter().flat_map(|core| [unmasked(core, 'i'), unmasked(core, 'l')]);
    KNOWN.contains(password) || readings.into_iter().any(|core| is_made_of_words(&core))
}

/// The letters that digits and signs stand for: `p@ssw0rd` is `password`. A one is an `i` to some and an `l` to others.
fn unmasked(core: &str, one: char) -> String {
    let letter = |sign: char| match sign {
        '@' | '4' => Some('a'),
        '0' => Some('o'),
        '3' => Some('e'),
        '$' | '5' => Some('s'),
        '7' => Some('t'),
        '1' | '!' => Some(one),
        letter => letter.is_alphabetic().then_some(letter),
    };
    core.chars().filter_map(letter).collect()
}

/// Each place where a word may end is gone on from once, however many ways lead there.
fn is_made_of_words(letters: &str) -> bool {
    let mut ends = BTreeSet::from([0]);
    while let Some(at) = ends.pop_first() {
        let rest = &letters[at..];
        if rest.is_empty() {
            return at > 0;
        }
        let words = KNOWN
            .iter()
            .filter(|word| word.len() >= SHORTEST_WORD && rest.starts_with(**word));
        ends.extend(words.map(|word| at + word.len()));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(password: &str) -> Option<Weakness> {
        weakness(password, Some(&"qian-duo".parse().unwrap()))
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        use Weakness::{Common, DigitsOnly, Monotonous, Sequence, UserName};
        for (password, why) in [
            ("1234567890", Sequence),
            ("0987654321", Sequence),
            ("abcdefghij", Sequence),
            ("qwertyuiop", Sequence),
            ("1qaz2wsx3edc", Sequence),
            ("1q2w3e4r5t6y", Sequence),
            ("!@#$%^&*()", Sequence),
            ("Abc12345678", Sequence),
            ("aaaaaaaaaa", Monotonous),
            ("1212121212", Monotonous),
            ("安安安安安安安安安安", Monotonous),
            ("13812065579", DigitsOnly),
            ("1987031562", DigitsOnly),
            ("Qian-Duo-2026", UserName),
            ("my#qianduo#", UserName),
            ("password2026", Common),
            ("P@ssw0rd!!", Common),
            ("Admin@2026!", Common),
            ("@dmin#8826", Common),
            ("adminadmin", Common),
            ("Welcome@2026", Common),
            ("woaini1314", Common),
            ("Huawei@2580", Common),
            ("superusersuperuser", Common),
            ("3rjs1la7qe", Common),
        ] {
            assert_eq!(of(password), Some(why), "{password}");
        }
    }

    #[test]
    fn what_somebody_thought_of_is_taken() {
        for password in [
            "a-long-password",
            "told-by-the-office",
            "heliograph-demo",
            "correct horse battery",
            "茶馆二楼靠窗的老位子",
            "kT7#vq2mXa",
            "lhsbbjdyzq",
            "4961 0273 8815 6620",
            "qian likes 3 cups",
        ] {
            assert_eq!(of(password), None, "{password}");
        }
        let somebody_else = "sun".parse().unwrap();
        assert_eq!(weakness("my#qianduo#", Some(&somebody_else)), None);
        assert_eq!(weakness("my#qianduo#", None), None);
    }

    #[test]
    fn the_list_is_read_as_it_is_meant() {
        let mut lines = COMMON.lines().filter(|line| !line.starts_with('#'));
        assert!(lines.all(|line| line == line.trim().to_lowercase() && line.len() >= SHORTEST_WORD));
        assert!(KNOWN.len() > 150 && KNOWN.contains("password"));
    }
}
