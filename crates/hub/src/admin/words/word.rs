//! A word in both languages, and its blanks filled.

use heliograph_domain::Lang;

/// A word or sentence in both languages of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

impl Word {
    pub(crate) fn get(self, lang: Lang) -> &'static str {
        if lang == Lang::ZhHans { self.zh } else { self.en }
    }

    /// Its blanks `{}` filled in order.
    pub(crate) fn filled(self, lang: Lang, blanks: &[&str]) -> String {
        let mut parts = self.get(lang).split("{}");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (index, part) in parts.enumerate() {
            let blank = blanks.get(index).copied().unwrap_or_default();
            match within(&out, blank) {
                Some((first, rest)) => out.extend(first.to_lowercase().chain(rest.chars())),
                None => out.push_str(blank),
            }
            out.push_str(part);
        }
        out
    }
}

/// “Today 09:12” stands with a capital by itself and at the beginning of a sentence. Behind other words it has none: its
/// first letter, and the rest.
fn within<'b>(before: &str, blank: &'b str) -> Option<(char, &'b str)> {
    let begins = before.trim_end().is_empty() || before.trim_end().ends_with(['.', '·', '!', '?']);
    let mut letters = blank.chars();
    let first = letters.next()?;
    let time = ["Today", "Yesterday", "Tomorrow"]
        .iter()
        .find_map(|day| blank.strip_prefix(day))?;
    let is_day = time.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ':' | '.'));
    (is_day && !begins).then_some((first, letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::words::{SAVED_AT, lists};

    #[test]
    fn a_day_has_a_capital_where_a_sentence_begins_and_none_within() {
        let of = |word: Word, blank: &str| word.filled(Lang::En, &[blank]);
        assert_eq!(of(SAVED_AT, "Today 09:12"), "saved today 09:12");
        assert_eq!(of(SAVED_AT, "Yesterday"), "saved yesterday");
        assert_eq!(
            of(SAVED_AT, "Today we are closed"),
            "saved Today we are closed",
            "a title"
        );
        assert_eq!(
            of(lists::N_MORE_DRAFTS, "Today 09:12"),
            "Today 09:12 more drafts",
            "the beginning"
        );
        assert_eq!(SAVED_AT.filled(Lang::ZhHans, &["今天 09:12"]), "保存于 今天 09:12");
    }
}
