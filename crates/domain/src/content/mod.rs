//! What is published: a closed set of kinds, each with the elements it must carry.

mod attachment;
mod check;
mod fields;
mod file;
mod kinds;
mod merge;
mod next_year;
mod quantity;

pub use attachment::{
    Attachment, MAX_ATTACHMENTS, MAX_NAME_CHARS, MAX_SIDE_PX, MediaType, check_attachments, name_fault,
};
pub use check::{Checked, FieldError, Problem, Strictness, check_texts, unshowable};
pub use fields::{Choice, FieldSpec, Shape};
pub use file::{FileType, MAX_FILE_PAGES, MAX_FILES, PublicFile, check_files};
pub use kinds::*;
pub use merge::{Conflict, Merged, merge};
pub use next_year::{Moved, NextYear, next_year};
pub use quantity::are_quantities;

use crate::lang::{Lang, pick};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// A publication's text in all its languages: what is reviewed, hashed and shown. Kept as JSON in the content
/// store, so that it can be read a generation from now without this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The format of this object; 1.
    pub format: u8,
    /// The kind, which all languages share.
    pub kind: Kind,
    /// The body in each language; Chinese is always there.
    pub texts: BTreeMap<Lang, Body>,
    /// Its pictures, in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Its files for the public page alone. Displays read past them: they neither fetch nor hold them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<PublicFile>,
}

/// Why bytes are not a document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not JSON of the shape.
    #[error("not a document: {0}")]
    Json(#[from] serde_json::Error),
    /// A later format.
    #[error("document format {0} is newer than this program: update it")]
    Format(u8),
}

impl Document {
    /// The bytes that are stored and hashed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Maps with text keys and plain structs always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Document::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are not a document of a known format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = serde_json::from_slice(bytes)?;
        if document.format == 1 {
            Ok(document)
        } else {
            Err(DocumentError::Format(document.format))
        }
    }

    /// The body for a reader of `lang`, with the language it really is in.
    #[must_use]
    pub fn body(&self, lang: Lang) -> Option<(Lang, &Body)> {
        pick(&self.texts, lang)
    }

    /// The date that it bears, for kinds that bear one.
    #[must_use]
    pub fn dated(&self) -> Option<crate::time::Date> {
        let (_, body) = self.body(Lang::ZhHans)?;
        body.to_value().get("date")?.as_str()?.parse().ok()
    }

    /// The title for a reader of `lang`.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        self.body(lang).map(|(lang, body)| body.title(lang)).unwrap_or_default()
    }
}

impl Body {
    /// One line that names the item.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Self::WindowBoard(board) if lang == Lang::ZhHans => format!("{}号窗口　{}", board.window, board.title),
            Self::WindowBoard(board) => format!("Window {} – {}", board.window, board.title),
            Self::ServiceCommitment(commitment) => commitment.matter.clone(),
            Self::DiscretionBenchmark(benchmark) => benchmark.power.clone(),
            Self::Notice(x) => x.title.clone(),
            Self::ServiceGuide(x) => x.title.clone(),
            Self::PowerList(x) => x.title.clone(),
            Self::Finance(x) => x.title.clone(),
            Self::Personnel(x) => x.title.clone(),
            Self::Planning(x) => x.title.clone(),
            Self::Organisation(x) => x.title.clone(),
            Self::Enforcement(x) => x.title.clone(),
            Self::Interpretation(x) => x.title.clone(),
            Self::Rule(x) => x.title.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
