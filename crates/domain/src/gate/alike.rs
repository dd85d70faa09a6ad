//! Characters that are taken for each other by whoever types: those that sound alike, and those that look alike.

use pinyin::ToPinyin;
use std::collections::HashMap;

/// Characters that look alike, in groups; those that sound alike are known by their reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Alike {
    groups: HashMap<char, Vec<usize>>,
}

impl Alike {
    /// Of groups of characters that look alike; a character may stand in several.
    pub(super) fn of(groups: &[String]) -> Self {
        let mut alike = Self::default();
        for (number, group) in groups.iter().enumerate() {
            for c in group.chars() {
                alike.groups.entry(c).or_default().push(number);
            }
        }
        alike
    }

    /// Whether somebody could have typed the one for the other. `loosely` also takes sounds for each other that many
    /// speakers do not tell apart: zh and z, ch and c, sh and s, ing and in, eng and en.
    pub(super) fn are(&self, one: char, other: char, loosely: bool) -> bool {
        let of = |c: char| self.groups.get(&c).map_or(&[][..], Vec::as_slice);
        of(one).iter().any(|group| of(other).contains(group)) || sound_alike(one, other, loosely)
    }
}

fn sound_alike(one: char, other: char, loosely: bool) -> bool {
    let (Some(one), Some(other)) = (one.to_pinyin(), other.to_pinyin()) else {
        return false;
    };
    one.plain() == other.plain() || (loosely && blurred(one.plain()) == blurred(other.plain()))
}

fn blurred(syllable: &str) -> String {
    let flat = ["zh", "ch", "sh"].iter().find_map(|initial| {
        let rest = syllable.strip_prefix(initial)?;
        Some(format!("{}{rest}", &initial[..1]))
    });
    let flat = flat.unwrap_or_else(|| syllable.to_owned());
    match flat.strip_suffix('g') {
        Some(front) if front.ends_with("in") || front.ends_with("en") => front.to_owned(),
        _ => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_alike_by_sound_and_by_picture() {
        let alike = Alike::of(&["未末".to_owned(), "己已巳".to_owned()]);
        assert!(alike.are('公', '工', false) && alike.are('未', '末', false) && alike.are('已', '己', false));
        assert!(alike.are('政', '增', true) && !alike.are('政', '增', false));
        assert!(alike.are('境', '进', true) && !alike.are('公', '关', true));
    }
}
