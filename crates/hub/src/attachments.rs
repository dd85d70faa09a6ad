//! Pictures of drafts: what a clerk uploads is decoded with limits and kept as clean pictures in an erasable table, in
//! parts, since a row must be small. With the submission they become objects of the content store.

use crate::drafts::{Draft, DraftError};
use crate::pdf::{self, PdfError};
use crate::reading::{self, Patience, Reading};
use bytes::Bytes;
use heliograph_domain::content::{Attachment, MediaType};
use heliograph_domain::{ContentHash, Document, PublicationId};
use heliograph_log::{ContentObject, EventLog, TableName, TableWrite};
use heliograph_picture::{Encoded, Format, Limits, Picture, PictureError, clean, decode, format_of, said};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Semaphore;

/// The most bytes of a file that is uploaded.
pub(crate) const MAX_UPLOAD_BYTES: usize = Limits::UPLOAD.bytes;
/// The most bytes of a draft's clean pictures together.
pub(crate) const MAX_TOTAL_BYTES: usize = 48 << 20;
/// A picture's row holds so many bytes of it.
const PART_BYTES: usize = 512 * 1024;

/// So many uploads are read and decoded at once; another waits. Each may take half a gigabyte for a moment.
pub(crate) static UPLOADS: Semaphore = Semaphore::const_new(2);

/// A picture of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// As the document will name it.
    pub(crate) attachment: Attachment,
    /// Drawn once for the picture: it is hashed with it, in every version of the text.
    pub(crate) salt: [u8; 16],
    /// What the file that was uploaded said of itself; for the confidentiality gate alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) metadata: String,
    /// The text of the page, where it came from a PDF; for the confidentiality gate alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) text: String,
    /// What a machine read in it; for the confidentiality gate alone. Nothing in rows of before pictures were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<Reading>,
}

/// A picture, and its bytes.
pub(crate) struct Fresh {
    pub(crate) kept: Kept,
    pub(crate) bytes: Vec<u8>,
}

/// Why a file became no picture.
#[derive(Debug, Error)]
pub(crate) enum UploadError {
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the picture could not be encoded: {0}")]
    Encode(String),
    #[error("the pictures together have more than {MAX_TOTAL_BYTES} bytes")]
    TooMuch,
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Makes clean pictures of a file, of a PDF one for each page, and looks for words in them as long as the patience lasts.
///
/// # Errors
/// When it is no picture and no PDF, or passes a limit.
pub(crate) fn read(file: Vec<u8>, name: &str, patience: &mut Patience) -> Result<Vec<Fresh>, UploadError> {
    if format_of(&file) != Some(Format::Pdf) {
        let came_as = format_of(&file).unwrap_or(Format::Png);
        let picture = decode(&file, &Limits::UPLOAD)?;
        let mut made = fresh(&picture, came_as, name.to_owned())?;
        made.kept.metadata = said(&file);
        made.kept.reading = Some(patience.read(&made.bytes));
        return Ok(vec![made]);
    }

    let (mut all, mut bytes) = (Vec::new(), 0);
    pdf::pages(file.clone(), |page| {
        let picture = fresh(&page, Format::Png, name.to_owned())?;
        bytes += picture.bytes.len();
        all.push(picture);
        if bytes > MAX_TOTAL_BYTES {
            Err(UploadError::TooMuch)
        } else {
            Ok(())
        }
    })?;
    let pages = all.len();
    if pages > 1 {
        for (number, page) in (1..).zip(&mut all) {
            page.kept.attachment.name = format!("{name}（{number}/{pages}）");
        }
    }
    let words = pdf::words(&file)?;
    // What the file says of itself stands with its first page.
    if let Some(first) = all.first_mut() {
        first.kept.metadata = words.metadata;
    }
    for (page, text) in all.iter_mut().zip(words.pages) {
        page.kept.text = text;
    }
    for page in &mut all {
        page.kept.reading = Some(match reading::is_written(&page.kept.text) {
            true => Reading::Written,
            false => patience.read(&page.bytes),
        });
    }
    Ok(all)
}

fn fresh(picture: &Picture, came_as: Format, name: String) -> Result<Fresh, UploadError> {
    let Encoded {
        format,
        bytes,
        width_px,
        height_px,
    } = clean(picture, came_as).map_err(|error| UploadError::Encode(error.to_string()))?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let attachment = Attachment {
        name,
        media_type: if format == Format::Jpeg {
            MediaType::Jpeg
        } else {
            MediaType::Png
        },
        hash: ContentHash::of(&salt, &bytes),
        bytes: u32::try_from(bytes.len()).map_err(|_| UploadError::TooMuch)?,
        width_px,
        height_px,
    };
    Ok(Fresh {
        kept: Kept {
            attachment,
            salt,
            metadata: String::new(),
            text: String::new(),
            reading: None,
        },
        bytes,
    })
}

fn table() -> Result<TableName, DraftError> {
    Ok(TableName::new("draft-pictures")?)
}

fn key(draft: PublicationId, hash: &ContentHash) -> Vec<u8> {
    [&draft.0.as_bytes()[..], &hash.0].concat()
}

/// Keeps a picture's bytes for a draft. The draft's row that names it is written after this, so that a power cut leaves
/// nothing that is named and not there.
pub(crate) fn store(
    log: &dyn EventLog,
    draft: PublicationId,
    hash: &ContentHash,
    bytes: &[u8],
) -> Result<(), DraftError> {
    for (number, part) in (0_u16..).zip(bytes.chunks(PART_BYTES)) {
        let key = [&key(draft, hash)[..], &number.to_be_bytes()].concat();
        log.write(vec![TableWrite {
            table: table()?,
            key: key.into(),
            value: Some(Bytes::copy_from_slice(part)),
        }])?;
    }
    Ok(())
}

/// A picture of a draft, as it was kept; `None` when it is not there whole.
pub(crate) fn bytes_of(log: &dyn EventLog, draft: PublicationId, kept: &Kept) -> Result<Option<Vec<u8>>, DraftError> {
    stored(log, draft, &kept.attachment.hash, &kept.salt)
}

/// What is kept for a draft under a hash; `None` when it is not there whole.
pub(crate) fn stored(
    log: &dyn EventLog,
    draft: PublicationId,
    hash: &ContentHash,
    salt: &[u8; 16],
) -> Result<Option<Vec<u8>>, DraftError> {
    let parts = log.scan(&table()?, &key(draft, hash))?;
    let bytes: Vec<u8> = parts.into_iter().flat_map(|(_, part)| part).collect();
    let whole = ContentHash::of(salt, &bytes) == *hash;
    Ok(whole.then_some(bytes))
}

/// The objects that a draft's submission puts into the content store.
pub(crate) fn objects(log: &dyn EventLog, draft: &Draft) -> Result<Option<Vec<ContentObject>>, DraftError> {
    let object = |kept: &Kept| {
        let bytes = bytes_of(log, draft.id, kept)?;
        Ok(bytes.map(|bytes| ContentObject::new(kept.salt, bytes.into())))
    };
    draft.attachments.iter().map(object).collect()
}

/// The writes that drop one picture of a draft.
pub(crate) fn drop_one(
    log: &dyn EventLog,
    draft: PublicationId,
    hash: &ContentHash,
) -> Result<Vec<TableWrite>, DraftError> {
    drop_under(log, &key(draft, hash))
}

/// The writes that drop all pictures of a draft, also those that it came not to name.
pub(crate) fn drop_all(log: &dyn EventLog, draft: PublicationId) -> Result<Vec<TableWrite>, DraftError> {
    drop_under(log, draft.0.as_bytes())
}

/// The writes that drop what stands under keys that begin like this.
pub(crate) fn drop_under(log: &dyn EventLog, prefix: &[u8]) -> Result<Vec<TableWrite>, DraftError> {
    let table = table()?;
    let rows = log.scan(&table, prefix)?.into_iter();
    Ok(rows
        .map(|(key, _)| TableWrite {
            table,
            key,
            value: None,
        })
        .collect())
}

/// Gives a draft the pictures of a text that it revises: the same objects under the same hashes.
pub(crate) fn inherit(log: &dyn EventLog, draft: PublicationId, former: &Document) -> Result<Vec<Kept>, DraftError> {
    let mut all = Vec::new();
    for attachment in &former.attachments {
        let Some(object) = log.content(&heliograph_log::ContentHash(attachment.hash.0))? else {
            continue;
        };
        store(log, draft, &attachment.hash, &object.bytes)?;
        all.push(Kept {
            attachment: attachment.clone(),
            salt: object.salt,
            metadata: String::new(),
            text: String::new(),
            reading: Some(Reading::Passed),
        });
    }
    Ok(all)
}
