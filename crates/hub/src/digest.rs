//! What lists and searches need of a text, at hand in memory: its titles, and its words made alike. A text itself lies
//! sealed on the disk; to open ten thousand of them for one page would take seconds.

use crate::gate;
use heliograph_domain::search::{are_initials, folded, initials};
use heliograph_domain::{ContentHash, Document, Lang};
use memchr::memmem::Finder;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// So many bytes of digests are kept at hand: those of some fifty thousand notices. Beyond it they are made anew.
const AT_HAND_BYTES: usize = 128 << 20;

/// Words that are looked for in many texts.
pub(crate) struct Needle<'w> {
    finder: Finder<'w>,
    initials: bool,
}

impl<'w> Needle<'w> {
    /// Of words that are made alike already.
    pub(crate) fn new(words: &'w str) -> Self {
        Self {
            finder: Finder::new(words),
            initials: are_initials(words),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        self.finder.find(text.as_bytes()).is_some()
    }
}

/// A text in brief.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// In Chinese and English.
    titles: [String; 2],
    /// Titles of every language, made alike.
    folded_titles: String,
    /// The first letters of how the Chinese title is read.
    initials: String,
    /// Every passage of every language, made alike, a line each.
    folded: String,
}

impl Digest {
    pub(crate) fn of(document: &Document) -> Self {
        let every = Lang::ALL.map(|lang| folded(&document.title(lang)));
        let passages = gate::of_document(document);
        let passages: Vec<String> = passages.iter().map(|passage| folded(&passage.text)).collect();
        Self {
            titles: [document.title(Lang::ZhHans), document.title(Lang::En)],
            folded_titles: every.join("\n"),
            initials: initials(&document.title(Lang::ZhHans)),
            folded: passages.join("\n"),
        }
    }

    /// The title for a reader of this language of the interface.
    pub(crate) fn title(&self, lang: Lang) -> &str {
        &self.titles[usize::from(lang != Lang::ZhHans)]
    }

    /// Whether a title, of whichever language, has the words, or they are first letters of it.
    pub(crate) fn titled(&self, needle: &Needle<'_>) -> bool {
        needle.is_in(&self.folded_titles) || (needle.initials && needle.is_in(&self.initials))
    }

    /// Whether the words are anywhere in the text.
    pub(crate) fn has(&self, needle: &Needle<'_>) -> bool {
        needle.is_in(&self.folded) || self.titled(needle)
    }

    /// Where the words stand first, with what stands around them.
    pub(crate) fn around(&self, words: &str) -> Option<String> {
        around(&self.folded, words)
    }

    /// A title that has the words, where the one that this reader sees has not: in another language.
    pub(crate) fn other_title(&self, words: &str, lang: Lang) -> Option<String> {
        let has = |title: &&str| folded(title).contains(words);
        if has(&self.title(lang)) {
            return None;
        }
        let known = self.titles.iter().map(String::as_str);
        known.chain(self.folded_titles.lines()).find(has).map(str::to_owned)
    }

    fn bytes(&self) -> usize {
        self.titles.iter().map(String::len).sum::<usize>()
            + self.folded_titles.len()
            + self.initials.len()
            + self.folded.len()
            + 200
    }
}

/// A content hash is as good as random in every byte, since whoever makes one cannot choose it; its last eight bytes find
/// its place. A list asks for ten thousand.
#[derive(Debug, Default)]
struct ByItself(u64);

impl Hasher for ByItself {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes.rchunks(8).next().unwrap_or_default() {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    /// The length says nothing: all are alike.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Where words stand first in lines that were made alike, with what stands around them.
pub(crate) fn around(folded: &str, words: &str) -> Option<String> {
    const BEFORE: usize = 12;
    const AFTER: usize = 40;
    let at = folded.find(words)?;
    let line = folded[..at].rfind('\n').map_or(0, |end| end + 1);
    let before: Vec<char> = folded[line..at].chars().collect();
    let cut = before.len().saturating_sub(BEFORE);
    let rest: Vec<char> = folded[at..].chars().take_while(|c| *c != '\n').collect();
    let shown = rest.len().min(words.chars().count() + AFTER);
    let dots = |cut: bool| if cut { "…" } else { "" };
    let (before, after): (String, String) = (before[cut..].iter().collect(), rest[..shown].iter().collect());
    Some(format!("{}{before}{after}{}", dots(cut > 0), dots(shown < rest.len())))
}

/// Digests at hand, by the hash of their text.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    known: HashMap<ContentHash, Arc<Digest>, BuildHasherDefault<ByItself>>,
    bytes: usize,
}

impl Digests {
    pub(crate) fn get(&self, hash: &ContentHash) -> Option<Arc<Digest>> {
        self.known.get(hash).cloned()
    }

    pub(crate) fn keep(&mut self, hash: ContentHash, digest: Arc<Digest>) {
        if self.bytes > AT_HAND_BYTES {
            *self = Self::default();
        }
        self.bytes += digest.bytes();
        self.known.insert(hash, digest);
    }

    /// Nothing of what was erased stays.
    pub(crate) fn forget(&mut self, erased: &[ContentHash]) {
        for hash in erased {
            if let Some(digest) = self.known.remove(hash) {
                self.bytes -= digest.bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_domain::Kind;
    use serde_json::json;

    fn notice() -> Document {
        let content = json!({"zh-Hans": {
            "title": "关于办公桌的通知", "body": "请到三号窗口领取ＶＩＳＡ申请表，逾期不候。", "department": "办公室", "date": "2026-11-24",
        }});
        Document::check(Kind::Notice, &content).unwrap()
    }

    #[test]
    fn words_are_found_wherever_they_stand_and_shown_with_what_is_around_them() {
        let digest = Digest::of(&notice());
        let titled = |words| digest.titled(&Needle::new(words));
        let has = |words| digest.has(&Needle::new(words));
        assert!(titled("办公桌") && titled("gybgz") && !titled("三号窗口"));
        assert!(has("三号窗口") && has("visa") && !has("四号窗口"));
        assert!(
            titled(&folded("關於辦公桌")) && has(&folded("三號窗口領取")),
            "in traditional writing"
        );
        assert_eq!(digest.around("visa").unwrap(), "请到三号窗口领取visa申请表,逾期不候。");
        assert_eq!(digest.title(Lang::En), "关于办公桌的通知");
    }

    #[test]
    fn what_is_erased_is_forgotten() {
        let (mut digests, hash) = (Digests::default(), ContentHash([1; 32]));
        digests.keep(hash, Arc::new(Digest::of(&notice())));
        digests.forget(&[ContentHash([2; 32])]);
        assert!(digests.get(&hash).is_some());
        digests.forget(&[hash]);
        assert!(digests.get(&hash).is_none() && digests.bytes == 0);
    }
}
