//! Comments on a text in review: an erasable table of their own. They stay with the publication through return and new
//! submission, and are erased with its texts; the log knows nothing of them.

use heliograph_domain::{ContentHash, Instant, PublicationId, StaffId};
use heliograph_log::{EventLog, NameError, ReadError, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Letters of a comment, at most.
pub(crate) const MAX_CHARS: usize = 1_000;
/// Letters of a quoted place, at most.
pub(crate) const MAX_QUOTE_CHARS: usize = 200;
/// Comments on one publication, at most.
pub(crate) const MOST: usize = 300;

/// What somebody says of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Comment {
    /// Its own id, a UUID of version 7: comments lie in the order in which they were made.
    pub(crate) id: uuid::Uuid,
    /// The publication.
    pub(crate) publication: PublicationId,
    /// The text that was looked at.
    pub(crate) content: ContentHash,
    /// The field that it is about, `content.zh-Hans.body`; empty: the whole text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) field: String,
    /// The place that it is about, in the text's own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) quote: String,
    /// What is said.
    pub(crate) text: String,
    /// By whom.
    pub(crate) by: StaffId,
    /// When.
    pub(crate) at: Instant,
    /// Who marked it as dealt with, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dealt_with: Option<(StaffId, Instant)>,
}

/// Why comments could not be read or kept.
#[derive(Debug, Error)]
pub(crate) enum CommentError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("a comment cannot be read: {0}")]
    Row(#[from] serde_json::Error),
    #[error(transparent)]
    Name(#[from] NameError),
}

fn table() -> Result<TableName, CommentError> {
    Ok(TableName::new("comments")?)
}

fn key(publication: PublicationId, id: uuid::Uuid) -> bytes::Bytes {
    [publication.0.as_bytes().as_slice(), id.as_bytes()].concat().into()
}

/// The comments on a publication, the oldest first.
pub(crate) fn of(log: &dyn EventLog, publication: PublicationId) -> Result<Vec<Comment>, CommentError> {
    let rows = log.scan(&table()?, publication.0.as_bytes())?;
    let comments = rows.into_iter().map(|(_, row)| serde_json::from_slice(&row));
    Ok(comments.collect::<Result<_, _>>()?)
}

/// The write that keeps a comment.
pub(crate) fn keep(comment: &Comment) -> Result<TableWrite, CommentError> {
    Ok(TableWrite {
        table: table()?,
        key: key(comment.publication, comment.id),
        value: Some(serde_json::to_vec(comment)?.into()),
    })
}

/// The write that erases a comment.
pub(crate) fn erase(comment: &Comment) -> Result<TableWrite, CommentError> {
    Ok(TableWrite {
        table: table()?,
        key: key(comment.publication, comment.id),
        value: None,
    })
}

/// The writes that erase every comment on a publication.
pub(crate) fn erase_all(log: &dyn EventLog, publication: PublicationId) -> Result<Vec<TableWrite>, CommentError> {
    of(log, publication)?.iter().map(erase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as it is kept: it must stay readable.
    const ROW: &str = r#"{"id":"00000000-0000-0000-0000-000000000009","publication":"00000000-0000-0000-0000-000000000007","content":"abababababababababababababababababababababababababababababababab","field":"content.zh-Hans.body","quote":"每天","text":"应为工作日","by":"li","at":5,"dealt_with":["wang",6]}"#;

    #[test]
    fn a_row_is_read_and_written_as_it_was() {
        let comment: Comment = serde_json::from_str(ROW).unwrap();
        assert_eq!(comment.quote, "每天");
        assert_eq!(serde_json::to_string(&comment).unwrap(), ROW);
    }
}
