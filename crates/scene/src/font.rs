//! Fonts: outlines that the caller has read, or the bitmap font that is built in.

use crate::text::engine::Engine;
use crate::text::{bitmap, clean};
use heliograph_domain::Lang;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thiserror::Error;

/// Where Debian's `fonts-noto-cjk` puts the regular and the bold face. The scene reads no file: its caller does.
pub const SYSTEM_FONTS: [&str; 2] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
];

/// Why bytes cannot be drawn with.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FontError {
    /// No OpenType font or collection.
    #[error("the {0} face is not an OpenType font: give the bytes of NotoSansCJK-{0}.ttc or of a like font")]
    NotAFont(&'static str),
}

/// The bytes of a font file: in memory, or mapped by whoever opened the file.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// The fonts of a scene. Clones share their caches.
#[derive(Clone, Default)]
pub struct FontSet {
    pub(crate) outlines: Option<Arc<Outlines>>,
}

/// Outline fonts with the caches that belong to them.
pub(crate) struct Outlines {
    regular: FontBytes,
    bold: FontBytes,
    hash: OnceLock<[u8; 32]>,
    engine: Mutex<Engine>,
}

impl Outlines {
    /// Runs `work` with the engine; a panic of an earlier user leaves only caches behind, which are always whole.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> T {
        work(&mut self.engine.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl FontSet {
    /// The 16-pixel bitmap font alone (GNU Unifont), drawn in whole steps.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// Outline fonts from the bytes of a regular and a bold font or collection. Of a collection of Noto Sans CJK the
    /// face for the text's language is taken, else the first.
    ///
    /// # Errors
    /// When either is not an OpenType font.
    pub fn from_bytes(regular: Arc<[u8]>, bold: Arc<[u8]>) -> Result<Self, FontError> {
        Self::from_shared(Arc::new(regular), Arc::new(bold))
    }

    /// The same from bytes that somebody else keeps, as of a mapped file. Only the parts in use are touched.
    ///
    /// # Errors
    /// When either is not an OpenType font.
    pub fn from_shared(regular: FontBytes, bold: FontBytes) -> Result<Self, FontError> {
        let engine = Engine::new(&regular, &bold)?;
        Ok(Self {
            outlines: Some(Arc::new(Outlines {
                regular,
                bold,
                hash: OnceLock::new(),
                engine: Mutex::new(engine),
            })),
        })
    }

    /// The characters of a text that nothing here can draw, in the order of Unicode; a screen shows U+FFFD for them.
    /// What is never seen (controls, joiners) is not counted.
    #[must_use]
    pub fn missing(&self, text: &str, lang: Lang) -> Vec<char> {
        let unusual: BTreeSet<char> = clean(text).chars().filter(|c| !bitmap::draws(*c)).collect();
        let outlined = |c: &char| {
            let outlines = self.outlines.as_ref();
            outlines.is_some_and(|outlines| outlines.with(|engine| engine.covers(*c, lang)))
        };
        unusual.into_iter().filter(|c| !outlined(c)).collect()
    }

    /// SHA-256 of the regular face's length (eight bytes, big-endian), its bytes and the bold face's bytes; `None` for
    /// the built-in font.
    #[must_use]
    pub fn hash(&self) -> Option<[u8; 32]> {
        let outlines = self.outlines.as_ref()?;
        let hash = outlines.hash.get_or_init(|| {
            let mut sha = Sha256::new();
            let (regular, bold) = ((*outlines.regular).as_ref(), (*outlines.bold).as_ref());
            sha.update((regular.len() as u64).to_be_bytes());
            sha.update(regular);
            sha.update(bold);
            sha.finalize().into()
        });
        Some(*hash)
    }
}

impl fmt::Debug for FontSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.outlines.is_some() {
            "FontSet(outlines)"
        } else {
            "FontSet(built in)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_font_are_refused() {
        for bytes in [&b"not a font"[..], b"", b"ttcf\0\x01\0\0\0\0\0\x09"] {
            let bytes: Arc<[u8]> = Arc::from(bytes);
            let refused = FontSet::from_bytes(Arc::clone(&bytes), bytes).unwrap_err();
            assert_eq!(refused, FontError::NotAFont("Regular"));
        }
        assert_eq!(FontSet::built_in().hash(), None);
    }

    #[test]
    fn characters_that_nothing_draws_are_listed_once() {
        let text = "𠮷野家😀镕\u{200d}😀\u{e000}é\n";
        assert_eq!(
            FontSet::built_in().missing(text, Lang::ZhHans),
            ['\u{e000}', '😀', '𠮷']
        );
        assert!(
            FontSet::built_in()
                .missing("因公护照（朱镕基、陶喆）……", Lang::ZhHans)
                .is_empty()
        );
    }
}
