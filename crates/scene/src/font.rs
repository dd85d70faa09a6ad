//! Fonts: outlines that the caller has read, or the bitmap font that is built in.

use crate::text::engine::Engine;
use sha2::{Digest, Sha256};
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

/// The fonts of a scene. Clones share their caches.
#[derive(Clone, Default)]
pub struct FontSet {
    pub(crate) outlines: Option<Arc<Outlines>>,
}

/// Outline fonts with the caches that belong to them.
pub(crate) struct Outlines {
    regular: Arc<[u8]>,
    bold: Arc<[u8]>,
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

    /// SHA-256 of the regular face's length (eight bytes, big-endian), its bytes and the bold face's bytes; `None` for
    /// the built-in font.
    #[must_use]
    pub fn hash(&self) -> Option<[u8; 32]> {
        let outlines = self.outlines.as_ref()?;
        let hash = outlines.hash.get_or_init(|| {
            let mut sha = Sha256::new();
            sha.update((outlines.regular.len() as u64).to_be_bytes());
            sha.update(&outlines.regular);
            sha.update(&outlines.bold);
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
}
