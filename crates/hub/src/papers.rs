//! Files of drafts for the public page alone: a PDF is kept byte for byte, beside the draft's pictures in their erasable
//! table, if it only shows itself; its words are kept beside it for the confidentiality gate. With the submission it
//! becomes an object of the content store.

use crate::attachments::{drop_under, store, stored};
use crate::drafts::{Draft, DraftError};
use crate::gate;
use crate::pdf::{self, PdfError};
use crate::pdf_safety::{self, SafetyError};
use crate::reading::{self, Patience, Reading};
use heliograph_domain::content::{FileType, MAX_FILE_PAGES, PublicFile};
use heliograph_domain::gate::{Origin, Passage};
use heliograph_domain::{ContentHash, Document, Lang, PublicationId};
use heliograph_log::{ContentObject, EventLog, TableWrite};
use heliograph_picture::{Format, format_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// The most bytes of a file.
pub(crate) const MAX_FILE_BYTES: usize = 32 << 20;
/// The most bytes of a draft's files together.
pub(crate) const MAX_FILES_BYTES: usize = 64 << 20;
/// The most characters of a file's text: the gate looks through them while somebody writes.
const FILE_CHARS: usize = 200_000;

/// A file of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFile {
    /// As the document will name it.
    pub(crate) file: PublicFile,
    /// Drawn once for the file: it is hashed with it, in every version of the text.
    pub(crate) salt: [u8; 16],
    /// Where its words lie in the table, hashed with the same salt; nothing when it was let through before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<ContentHash>,
}

/// The words of a file, for the confidentiality gate alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Words {
    /// What it says of itself, notes at its margin, bookmarks; those of its earlier saved states, too.
    pub(crate) metadata: String,
    /// The text of each page, in their order.
    pub(crate) pages: Vec<String>,
    /// What a machine read on scanned pages, by their place in the file, from 0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) readings: BTreeMap<usize, String>,
    /// Some scanned page was not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unread: bool,
}

/// A file, its bytes, and its words as they are kept.
pub(crate) struct FreshFile {
    pub(crate) kept: KeptFile,
    pub(crate) bytes: Vec<u8>,
    pub(crate) words: Vec<u8>,
}

/// Why a file is not offered to the public.
#[derive(Debug, Error)]
pub(crate) enum FileError {
    #[error("it is no PDF")]
    NotPdf,
    #[error("it has more than {MAX_FILE_BYTES} bytes")]
    TooLarge,
    #[error("the files together have more than {MAX_FILES_BYTES} bytes")]
    TooMuch,
    #[error("it has more than {MAX_FILE_PAGES} pages")]
    TooManyPages,
    #[error("it has more than {FILE_CHARS} characters of text")]
    TooMuchText,
    #[error(transparent)]
    Safety(#[from] SafetyError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("its words cannot be kept: {0}")]
    Words(#[from] serde_json::Error),
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Looks at a file and makes of it what a draft keeps; its scanned pages are read as long as the patience lasts.
///
/// # Errors
/// When it is no PDF, does more than show itself, or passes a limit.
pub(crate) fn read(file: Vec<u8>, name: String, patience: &mut Patience) -> Result<FreshFile, FileError> {
    if format_of(&file) != Some(Format::Pdf) {
        return Err(FileError::NotPdf);
    }
    if file.len() > MAX_FILE_BYTES {
        return Err(FileError::TooLarge);
    }
    let inspected = pdf_safety::inspect(&file)?;
    let pages = pdf::texts(&file, MAX_FILE_PAGES)?;
    if pages.len() > MAX_FILE_PAGES {
        return Err(FileError::TooManyPages);
    }
    if pages.is_empty() {
        return Err(SafetyError::Damaged.into());
    }
    if pages.iter().map(|page| page.chars().count()).sum::<usize>() > FILE_CHARS {
        return Err(FileError::TooMuchText);
    }
    let former = pdf_safety::former::words(&file, &inspected, &pages, MAX_FILE_PAGES)?;
    let metadata = inspected.texts + &former;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let file_pages = u32::try_from(pages.len()).map_err(|_| FileError::TooManyPages)?;
    let (readings, unread) = scanned(&file, &pages, patience);
    let words = serde_json::to_vec(&Words {
        metadata,
        pages,
        readings,
        unread,
    })?;
    let kept = KeptFile {
        file: PublicFile {
            name,
            media_type: FileType::Pdf,
            hash: ContentHash::of(&salt, &file),
            bytes: u32::try_from(file.len()).map_err(|_| FileError::TooLarge)?,
            pages: file_pages,
        },
        salt,
        words: Some(ContentHash::of(&salt, &words)),
    };
    Ok(FreshFile {
        kept,
        bytes: file,
        words,
    })
}

/// What stands on pages that are pictures, and whether one of them was not read.
fn scanned(file: &[u8], pages: &[String], patience: &mut Patience) -> (BTreeMap<usize, String>, bool) {
    let (mut readings, mut unread) = (BTreeMap::new(), false);
    for (page, _) in pages.iter().enumerate().filter(|(_, text)| !reading::is_written(text)) {
        match patience.read_page(file, page + 1) {
            Reading::Text(text) if text.is_empty() => {}
            Reading::Text(text) => drop(readings.insert(page, text)),
            _ => unread = true,
        }
    }
    (readings, unread)
}

/// Keeps a file's bytes and words for a draft; the draft's row that names it is written after this.
pub(crate) fn keep(log: &dyn EventLog, draft: PublicationId, fresh: &FreshFile) -> Result<(), DraftError> {
    if let Some(words) = &fresh.kept.words {
        store(log, draft, words, &fresh.words)?;
    }
    store(log, draft, &fresh.kept.file.hash, &fresh.bytes)
}

/// A file of a draft, as it was kept; `None` when it is not there whole.
pub(crate) fn bytes_of(
    log: &dyn EventLog,
    draft: PublicationId,
    kept: &KeptFile,
) -> Result<Option<Vec<u8>>, DraftError> {
    stored(log, draft, &kept.file.hash, &kept.salt)
}

/// The objects that a draft's submission puts into the content store.
pub(crate) fn objects(log: &dyn EventLog, draft: &Draft) -> Result<Option<Vec<ContentObject>>, DraftError> {
    let object = |kept: &KeptFile| {
        let bytes = bytes_of(log, draft.id, kept)?;
        Ok(bytes.map(|bytes| ContentObject::new(kept.salt, bytes.into())))
    };
    draft.files.iter().map(object).collect()
}

/// The writes that drop one file of a draft with its words.
pub(crate) fn drop_one(
    log: &dyn EventLog,
    draft: PublicationId,
    kept: &KeptFile,
) -> Result<Vec<TableWrite>, DraftError> {
    let mut writes = drop_under(log, &[&draft.0.as_bytes()[..], &kept.file.hash.0].concat())?;
    if let Some(words) = &kept.words {
        writes.extend(drop_under(log, &[&draft.0.as_bytes()[..], &words.0].concat())?);
    }
    Ok(writes)
}

/// Gives a draft the files of a text that it revises: the same objects under the same hashes.
pub(crate) fn inherit(
    log: &dyn EventLog,
    draft: PublicationId,
    former: &Document,
) -> Result<Vec<KeptFile>, DraftError> {
    let mut all = Vec::new();
    for file in &former.files {
        let Some(object) = log.content(&heliograph_log::ContentHash(file.hash.0))? else {
            continue;
        };
        store(log, draft, &file.hash, &object.bytes)?;
        all.push(KeptFile {
            file: file.clone(),
            salt: object.salt,
            words: None,
        });
    }
    Ok(all)
}

/// What the gate looks through of a draft's files besides their names.
pub(crate) fn passages(log: &dyn EventLog, draft: &Draft) -> Result<Vec<Passage>, DraftError> {
    let mut passages = Vec::new();
    for (index, kept) in draft.files.iter().enumerate() {
        let Some(words) = &kept.words else { continue };
        // Words that are not there whole leave the file itself in doubt: the submission then says what to do.
        let Some(words) = stored(log, draft.id, words, &kept.salt)? else {
            continue;
        };
        let words: Words = serde_json::from_slice(&words)?;
        let mut add = |place: String, text: String, origin: Origin| {
            if !text.trim().is_empty() {
                let field = format!("files[{index}].{place}");
                passages.push(Passage { field, text, origin });
            }
        };
        add("metadata".to_owned(), words.metadata, Origin::Written);
        for (page, text) in words.pages.into_iter().enumerate() {
            add(format!("pages[{page}]"), text, Origin::Written);
        }
        for (page, text) in words.readings {
            add(format!("pages[{page}].reading"), text, Origin::Recognised);
        }
        if words.unread {
            passages.push(gate::unread(format!("files[{index}]")));
        }
    }
    Ok(passages)
}

/// What a reader is told of a file before they fetch it: `PDF · 1.2 MB · 3 页`.
pub(crate) fn told(file: &PublicFile, lang: Lang) -> String {
    let pages = match (lang, file.pages) {
        (Lang::ZhHans, pages) => format!("{pages} 页"),
        (_, 1) => "1 page".to_owned(),
        (_, pages) => format!("{pages} pages"),
    };
    format!("PDF · {} · {pages}", human(file.bytes))
}

/// So many bytes as people say it, in thousands, as telephones and file managers count.
fn human(bytes: u32) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        let told = [0, 999, 1_000, 1_001, 999_999, 1_000_000, 1_234_567, 33_554_432].map(human);
        assert_eq!(
            told,
            ["0 B", "999 B", "1 kB", "2 kB", "1000 kB", "1.0 MB", "1.3 MB", "33.6 MB"]
        );
    }

    #[test]
    fn a_kept_file_and_its_words_keep_their_bytes() {
        let kept = KeptFile {
            file: PublicFile {
                name: "预算".to_owned(),
                media_type: FileType::Pdf,
                hash: ContentHash([0xab; 32]),
                bytes: 7,
                pages: 1,
            },
            salt: [0; 16],
            words: None,
        };
        let row = format!(
            r#"{{"file":{{"name":"预算","media_type":"application/pdf","hash":"{}","bytes":7,"pages":1}},"salt":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}"#,
            "ab".repeat(32)
        );
        assert_eq!(serde_json::to_string(&kept).unwrap(), row);
        assert_eq!(serde_json::from_str::<KeptFile>(&row).unwrap(), kept);
        let words: Words = serde_json::from_str(r#"{"metadata":"a","pages":["b"]}"#).unwrap();
        assert_eq!(words.pages, ["b"]);
    }
}
