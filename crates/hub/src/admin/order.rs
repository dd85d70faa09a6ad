//! The order in which people expect names.

use super::layout::Desk;
use encoding_rs::GB18030;
use heliograph_domain::{Lang, StaffId};

/// Where a name stands in a list: in Chinese by pinyin, as in an office's telephone list; else by the alphabet.
///
/// GB 2312 has the 3,755 commonest characters in the order of their pinyin, and those of names are nearly all among them.
/// The rarer ones follow in that of their radicals, as in printed directories.
pub(crate) fn place(name: &str, lang: Lang) -> Vec<u8> {
    if lang == Lang::ZhHans {
        GB18030.encode(name).0.into_owned()
    } else {
        name.to_lowercase().into_bytes()
    }
}

/// Everyone by department, and there by name.
pub(crate) fn people(desk: &Desk) -> Vec<&StaffId> {
    let mut people: Vec<&StaffId> = desk.state.staff.people.keys().collect();
    people.sort_by_cached_key(|id| {
        (
            place(&desk.department_of(id), desk.lang),
            place(&desk.person(id), desk.lang),
        )
    });
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_names_stand_by_pinyin_and_english_ones_by_the_alphabet() {
        let ordered = |names: &[&'static str], lang| {
            let mut names = names.to_vec();
            names.sort_by_key(|name| place(name, lang));
            names
        };
        let names = ["周文博", "陈国栋", "王磊", "李静", "方慧", "徐志远", "高峰", "安宁"];
        assert_eq!(
            ordered(&names, Lang::ZhHans),
            ["安宁", "陈国栋", "方慧", "高峰", "李静", "王磊", "徐志远", "周文博"]
        );
        // The order of Unicode, which people do not expect, is another: the control.
        let mut by_number = names;
        by_number.sort_unstable();
        assert_ne!(by_number.to_vec(), ordered(&names, Lang::ZhHans));
        assert_eq!(ordered(&["Zhou", "chen", "Fang"], Lang::En), ["chen", "Fang", "Zhou"]);
    }
}
