//! Files that offices have, as the beginning of a text: Word documents, spreadsheets, tables of plain text. What cannot be
//! taken over is told item by item, and what a file hides (deleted text, comments, hidden rows) never gets into a text.

pub(crate) mod fill;
mod numbering;
mod package;
pub(crate) mod sheet;
pub(crate) mod word;

use crate::drafts::Note;
use crate::http::problem::{Problem, Told};
use thiserror::Error;

/// The most bytes of a file: as many as of any upload.
pub(crate) const MOST_BYTES: usize = crate::attachments::MAX_UPLOAD_BYTES;

/// Why a file is not read at all.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum FileError {
    #[error("it is of the old binary kind of Word, Excel or WPS, or locked with a password")]
    OldBinary,
    #[error("it is none of the files that can be read")]
    Unknown,
    #[error("it is damaged")]
    Damaged,
    #[error("it unpacks to more than it may")]
    TooLarge,
    #[error("it has nothing that could be taken over")]
    Empty,
    #[error("it has no table")]
    NoTable,
}

/// What a file is, by its content and not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Word,
    Excel,
    /// CSV, or lines with tabs.
    Table,
}

impl FileKind {
    /// What these bytes are.
    ///
    /// # Errors
    /// When they are nothing that can be read.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > MOST_BYTES {
            return Err(FileError::TooLarge);
        }
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(FileError::OldBinary);
        }
        if bytes.starts_with(b"PK") {
            let package = package::Package::open(bytes)?;
            return if package.has("word/document.xml") {
                Ok(Self::Word)
            } else if package.has("xl/workbook.xml") {
                Ok(Self::Excel)
            } else {
                Err(FileError::Unknown)
            };
        }
        let is_text =
            !bytes.is_empty() && !bytes.contains(&0) && !bytes.starts_with(b"{\\rtf") && !bytes.starts_with(b"%PDF");
        if is_text {
            Ok(Self::Table)
        } else {
            Err(FileError::Unknown)
        }
    }
}

impl FileError {
    /// What a clerk hears, and does.
    pub(crate) fn told(&self) -> Told {
        match self {
            Self::OldBinary => Told::new(
                "这是旧格式（.doc、.xls、.wps、.et）或加了密码的文件：请用 Word、Excel 或 WPS 打开，去掉密码，另存为 .docx 或 .xlsx 再上传",
                "this is a file of the old kind (.doc, .xls, .wps, .et), or one with a password: open it in Word, Excel or WPS, remove the password, and save it as .docx or .xlsx",
            ),
            Self::Unknown => Told::new(
                "只能导入 Word 文档（.docx）、电子表格（.xlsx）和 CSV（以内容为准，与文件名无关）",
                "only Word documents (.docx), spreadsheets (.xlsx) and CSV can be imported, by their content and not by their name",
            ),
            Self::Damaged => Told::new(
                "文件已损坏，无法读取：请重新另存一份再上传",
                "the file is damaged: save it anew and upload that",
            ),
            Self::TooLarge => Told::new(
                "文件太大（解压后也不能超过限度）：请只保留要发布的内容",
                "the file is too large, or unpacks to too much: keep only what is to be published",
            ),
            Self::Empty => Told::new(
                "文件里没有可以导入的文字",
                "the file has no text that could be imported",
            ),
            Self::NoTable => Told::new(
                "这个 Word 文档里没有带表头的表格：请把要导入的内容放在一个表格里，第一行是列名",
                "this Word document has no table with a head: put what is to be imported into one table whose first row names the columns",
            ),
        }
    }

    /// As the answer to an upload.
    pub(crate) fn problem(&self) -> Problem {
        let code = match self {
            Self::OldBinary => "old_format",
            Self::Unknown => "not_a_document",
            Self::Damaged => "unreadable",
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
            Self::NoTable => "no_table",
        };
        let told = self.told();
        Problem::field("file", code, told.zh, told.en)
    }
}

/// Something that was not taken over, counted while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Left {
    counts: Vec<(&'static str, &'static str, usize)>,
}

impl Left {
    /// Counts one more of these. The words have one blank each, for how many they were.
    pub(crate) fn one(&mut self, zh: &'static str, en: &'static str) {
        self.some(1, zh, en);
    }

    pub(crate) fn some(&mut self, count: usize, zh: &'static str, en: &'static str) {
        if count == 0 {
            return;
        }
        match self.counts.iter_mut().find(|(known, ..)| *known == zh) {
            Some((.., known)) => *known += count,
            None => self.counts.push((zh, en, count)),
        }
    }

    /// For the person who has to look at them.
    pub(crate) fn notes(self) -> Vec<Note> {
        let filled = |text: &str, count: usize| text.replace("{}", &count.to_string());
        let notes = self.counts.into_iter();
        notes
            .map(|(zh, en, count)| Note::of(filled(zh, count), filled(en, count)))
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
