//! Pictures that belong to a publication: a poster, the pages of a scanned paper.

use super::{FieldError, Problem};
use crate::ids::ContentHash;
use serde::{Deserialize, Serialize};

/// A document has at most so many pictures.
pub const MAX_ATTACHMENTS: usize = 20;
/// A name has at most so many characters.
pub const MAX_NAME_CHARS: usize = 200;
/// A picture has at most so many pixels a side: those of a 4K screen.
pub const MAX_SIDE_PX: u32 = 3840;

/// A picture that a hub has checked and encoded anew. The document names it by its hash, so that whoever reviews the
/// document reviews the picture, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it shows, in words, for those who do not see it.
    pub name: String,
    /// How it is encoded.
    pub media_type: MediaType,
    /// The object in the content store.
    pub hash: ContentHash,
    /// Its bytes.
    pub bytes: u32,
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
}

/// What a clean picture is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaType {
    /// Portable Network Graphics.
    #[serde(rename = "image/png")]
    Png,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
}

impl MediaType {
    /// The name that RFC 2046 registers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// The faults of a document's pictures, each with its place: `attachments[2].name`.
#[must_use]
pub fn check_attachments(attachments: &[Attachment]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if attachments.len() > MAX_ATTACHMENTS {
        errors.push(fault("attachments".to_owned(), Problem::TooLong(MAX_ATTACHMENTS)));
    }
    for (at, attachment) in attachments.iter().enumerate() {
        if let Some(problem) = name_fault(&attachment.name) {
            errors.push(fault(format!("attachments[{at}].name"), problem));
        }
        let sides = [attachment.width_px, attachment.height_px];
        if sides.iter().any(|side| !(1..=MAX_SIDE_PX).contains(side)) {
            errors.push(fault(format!("attachments[{at}]"), Problem::WrongType("picture")));
        }
    }
    errors
}

/// What is wrong with a picture's name.
#[must_use]
pub fn name_fault(name: &str) -> Option<Problem> {
    if name.trim().is_empty() {
        Some(Problem::Missing)
    } else if name.chars().count() > MAX_NAME_CHARS {
        Some(Problem::TooLong(MAX_NAME_CHARS))
    } else if name.chars().any(|c| super::check::unshowable(c, true)) {
        Some(Problem::ControlCharacter)
    } else {
        None
    }
}

fn fault(field: String, problem: Problem) -> FieldError {
    let label = if field.ends_with(".name") {
        ("图片说明", "The picture's name")
    } else {
        ("图片", "The picture")
    };
    FieldError {
        field,
        label: (label.0.to_owned(), label.1.to_owned()),
        problem,
    }
}
