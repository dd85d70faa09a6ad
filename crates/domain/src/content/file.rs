//! Files of a publication for the public page alone: a budget, a form, an agreement, as PDF. Displays never hold them.

use super::{FieldError, Problem, name_fault};
use crate::ids::ContentHash;
use serde::{Deserialize, Serialize};

/// A document has at most so many files.
pub const MAX_FILES: usize = 5;
/// A file has at most so many pages: their words are looked through by the confidentiality gate.
pub const MAX_FILE_PAGES: usize = 100;

/// A file that the public page offers, byte for byte as it was uploaded. The document names it by its hash, so that
/// whoever reviews the document reviews the file, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicFile {
    /// What it is, in words; a reader's computer keeps it under this name.
    pub name: String,
    /// How it is written.
    pub media_type: FileType,
    /// The object in the content store.
    pub hash: ContentHash,
    /// Its bytes.
    pub bytes: u32,
    /// Its pages.
    pub pages: u32,
}

/// What a file for the public page may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileType {
    /// Portable Document Format, ISO 32000.
    #[serde(rename = "application/pdf")]
    Pdf,
}

impl FileType {
    /// The name that RFC 8118 registers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
        }
    }
}

impl PublicFile {
    /// The name of the file on a reader's computer: without what file systems take for something else.
    #[must_use]
    pub fn file_name(&self) -> String {
        let unsafe_in_names = |c: char| "/\\:*?\"<>|".contains(c) || c.is_control();
        let plain: String = self
            .name
            .trim()
            .chars()
            .map(|c| if unsafe_in_names(c) { '_' } else { c })
            .collect();
        let ends_right = plain.to_ascii_lowercase().ends_with(".pdf");
        if ends_right { plain } else { format!("{plain}.pdf") }
    }
}

/// The faults of a document's files, each with its place: `files[2].name`.
#[must_use]
pub fn check_files(files: &[PublicFile]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if files.len() > MAX_FILES {
        errors.push(fault("files".to_owned(), Problem::TooLong(MAX_FILES)));
    }
    for (at, file) in files.iter().enumerate() {
        if let Some(problem) = name_fault(&file.name) {
            errors.push(fault(format!("files[{at}].name"), problem));
        }
        if file.pages == 0 || file.pages as usize > MAX_FILE_PAGES {
            errors.push(fault(format!("files[{at}]"), Problem::TooLong(MAX_FILE_PAGES)));
        }
    }
    errors
}

fn fault(field: String, problem: Problem) -> FieldError {
    let label = if field.ends_with(".name") {
        ("公开附件的名称", "The file's name")
    } else {
        ("公开附件", "The file for the public page")
    };
    FieldError {
        field,
        label: (label.0.to_owned(), label.1.to_owned()),
        problem,
    }
}
