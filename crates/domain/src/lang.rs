//! Languages of texts and of people.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A language that text is held in. Chinese is always there; the others are optional. Append, never reorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-Hans")]
    ZhHans,
    /// English.
    #[serde(rename = "en")]
    En,
    /// Japanese.
    #[serde(rename = "ja")]
    Ja,
    /// Korean.
    #[serde(rename = "ko")]
    Ko,
    /// Russian.
    #[serde(rename = "ru")]
    Ru,
}

impl Lang {
    /// Every language, in order of preference when the wanted one is missing.
    pub const ALL: [Self; 5] = [Self::ZhHans, Self::En, Self::Ja, Self::Ko, Self::Ru];

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::En => "en",
            Self::Ja => "ja",
            Self::Ko => "ko",
            Self::Ru => "ru",
        }
    }

    /// The language of a BCP 47 tag, `zh` and `zh-CN` included.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        if tag.eq_ignore_ascii_case("zh") || tag.eq_ignore_ascii_case("zh-CN") {
            return Some(Self::ZhHans);
        }
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(tag))
    }
}

/// A short text in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct LocalText(pub BTreeMap<Lang, String>);

impl LocalText {
    /// A text in Chinese and English.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self(BTreeMap::from([(Lang::ZhHans, zh.into()), (Lang::En, en.into())]))
    }

    /// The text in `lang`, else in Chinese, else in whichever language there is.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        pick(&self.0, lang).map_or("", |(_, text)| text)
    }
}

/// The entry for `lang`, else the Chinese one, else the first: a screen shows something rather than nothing.
pub fn pick<T>(texts: &BTreeMap<Lang, T>, lang: Lang) -> Option<(Lang, &T)> {
    let found = |lang: Lang| texts.get(&lang).map(|text| (lang, text));
    found(lang)
        .or_else(|| found(Lang::ZhHans))
        .or_else(|| texts.iter().next().map(|(lang, text)| (*lang, text)))
}
