//! How a replica is written: rows of a table, a key and a value. A value's first byte is its format, 1.
//!
//! | table | key | value after the format byte |
//! |---|---|---|
//! | `state` | `trust` | the trust, postcard |
//! | `state` | `config`, `erased`, `site` | body of the signed message |
//! | `state` | `heard` | [`Heard`](super::Heard), postcard |
//! | `state` | `enrolled` | [`Enrolled`](super::Enrolled), postcard |
//! | `heads`, `waiting` | channel | body of the signed head |
//! | `content` | 32 bytes of hash | the object as on the wire |
//! | `media` | 32 bytes of hash | the length of its file, postcard; the file is written and synced before |
//! | `shown` | 32 bytes of hash | the `FirstShown`, postcard |

use super::{Change, Remembered, ReplicaError};
use heliograph_domain::{ChannelName, ContentHash};
use heliograph_wire::ContentPayload;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The tables of a replica, in the order of their names in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    State,
    Heads,
    Waiting,
    Content,
    Shown,
    Media,
}

impl Table {
    pub(super) const ALL: [Self; 6] = [
        Self::State,
        Self::Heads,
        Self::Waiting,
        Self::Content,
        Self::Shown,
        Self::Media,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Heads => "heads",
            Self::Waiting => "waiting",
            Self::Content => "content",
            Self::Shown => "shown",
            Self::Media => "media",
        }
    }
}

/// Where a row is: its table and its key.
pub(crate) type Place = (Table, Vec<u8>);
/// A row to write, or without a value one to delete.
pub(super) type Row = (Place, Option<Vec<u8>>);
/// Rows by place.
pub(super) type Rows = BTreeMap<Place, Vec<u8>>;

const FORMAT: u8 = 1;

impl Change {
    /// The row that it concerns: of two changes of one row the later counts.
    pub(crate) fn place(&self) -> Place {
        let state = |key: &str| (Table::State, key.as_bytes().to_vec());
        let channel = |table, name: &ChannelName| (table, name.as_str().as_bytes().to_vec());
        let hash = |table, hash: &ContentHash| (table, hash.0.to_vec());
        match self {
            Self::Trust(_) => state("trust"),
            Self::Config(_) => state("config"),
            Self::Erased(_) => state("erased"),
            Self::Site(_) => state("site"),
            Self::Heard(_) => state("heard"),
            Self::Enrolled(_) => state("enrolled"),
            Self::Head(name, _) => channel(Table::Heads, name),
            Self::Waiting(name, _) => channel(Table::Waiting, name),
            Self::Content(object, _) => hash(Table::Content, object),
            Self::Shown(object, _) => hash(Table::Shown, object),
            Self::Media(object, _) => hash(Table::Media, object),
        }
    }

    /// What it writes there; `None` deletes the row.
    fn value(&self) -> Result<Option<Vec<u8>>, ReplicaError> {
        Ok(match self {
            Self::Trust(trust) => Some(packed(trust)?),
            Self::Config(body) | Self::Erased(body) | Self::Site(body) => Some(framed(body)),
            Self::Heard(heard) => Some(packed(heard)?),
            Self::Enrolled(enrolled) => Some(packed(enrolled)?),
            Self::Head(_, body) | Self::Waiting(_, body) | Self::Content(_, body) => body.as_deref().map(framed),
            Self::Shown(_, first) => first.as_ref().map(packed).transpose()?,
            Self::Media(_, bytes) => bytes.as_ref().map(|bytes| packed(&(bytes.len() as u64))).transpose()?,
        })
    }
}

/// The row that a change writes, or deletes.
pub(super) fn to_row(change: &Change) -> Result<Row, ReplicaError> {
    Ok((change.place(), change.value()?))
}

/// All rows, read back; `on_disk` tells the length of a picture's file. Content that does not match its hash is left out and named; anything else that makes no sense
/// makes the whole replica damaged, because a display must not guess what it once trusted.
pub(super) fn read_rows(
    rows: &Rows,
    on_disk: &dyn Fn(&ContentHash) -> Option<u64>,
) -> Result<Remembered, ReplicaError> {
    let mut all = Remembered::default();
    for ((table, key), value) in rows {
        let body = unframed(value)?;
        match table {
            Table::State => read_state(&mut all, key, body)?,
            Table::Heads => {
                all.heads.insert(channel(key)?, body.to_vec());
            }
            Table::Waiting => {
                all.waiting.insert(channel(key)?, body.to_vec());
            }
            Table::Content => {
                let hash = content_hash(key)?;
                match ContentPayload::from_bytes(body) {
                    Ok(object) if object.hash() == hash => {
                        all.content.insert(hash, body.to_vec());
                    }
                    _ => {
                        all.damaged.insert(hash);
                    }
                }
            }
            Table::Shown => all.shown.push(unpacked(body)?),
            Table::Media => {
                let hash = content_hash(key)?;
                let whole = on_disk(&hash) == Some(unpacked(body)?);
                let place = if whole { &mut all.media } else { &mut all.lost };
                place.insert(hash);
            }
        }
    }
    Ok(all)
}

fn read_state(all: &mut Remembered, key: &[u8], body: &[u8]) -> Result<(), ReplicaError> {
    match key {
        b"trust" => all.trust = Some(unpacked(body)?),
        b"config" => all.config = Some(body.to_vec()),
        b"erased" => all.erased = Some(body.to_vec()),
        b"site" => all.site = Some(body.to_vec()),
        b"heard" => all.heard = unpacked(body)?,
        b"enrolled" => all.enrolled = Some(unpacked(body)?),
        // A later program may have kept more; what is not known here is left alone.
        _ => {}
    }
    Ok(())
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut row = Vec::with_capacity(body.len() + 1);
    row.push(FORMAT);
    row.extend_from_slice(body);
    row
}

fn packed<T: Serialize>(value: &T) -> Result<Vec<u8>, ReplicaError> {
    let body = postcard::to_stdvec(value).map_err(|error| ReplicaError::Storage(error.to_string()))?;
    Ok(framed(&body))
}

fn unframed(row: &[u8]) -> Result<&[u8], ReplicaError> {
    match row.split_first() {
        Some((&FORMAT, body)) => Ok(body),
        Some((format, _)) => Err(damaged(&format!("a row has format {format}, known is {FORMAT}"))),
        None => Err(damaged("a row is empty")),
    }
}

fn unpacked<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReplicaError> {
    postcard::from_bytes(body).map_err(|error| damaged(&error.to_string()))
}

fn channel(key: &[u8]) -> Result<ChannelName, ReplicaError> {
    let name = std::str::from_utf8(key).ok().and_then(|name| name.parse().ok());
    name.ok_or_else(|| damaged("a channel's name makes no sense"))
}

fn content_hash(key: &[u8]) -> Result<ContentHash, ReplicaError> {
    let hash = key.try_into().map(ContentHash);
    hash.map_err(|_| damaged("a content hash has not 32 bytes"))
}

fn damaged(why: &str) -> ReplicaError {
    ReplicaError::Damaged(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{Enrolled, Heard};
    use heliograph_domain::Instant;
    use heliograph_wire::{FirstShown, PublicKey, Trust};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A replica written by any version of this program is read by every later one: these bytes must not change.
    #[test]
    #[allow(clippy::too_many_lines, reason = "a table: a row for each change")]
    fn rows_have_their_golden_bytes() {
        let hash = ContentHash([0xab; 32]);
        let first = FirstShown {
            publication: "019a0000-0000-7000-8000-000000000001".parse().unwrap(),
            content: hash,
            at: Instant(300),
        };
        let heard = Heard {
            heard_at: Some(Instant(1)),
            trusted: Instant(128),
        };
        let trust = Trust::new("a".parse().unwrap(), PublicKey([7; 32]));
        let ab = "ab".repeat(32);
        let cases = [
            (
                Change::Heard(heard),
                Table::State,
                "6865617264",
                "0101018001".to_owned(),
            ),
            (
                Change::Config(vec![1, 2]),
                Table::State,
                "636f6e666967",
                "010102".to_owned(),
            ),
            (
                Change::Erased(vec![1, 0]),
                Table::State,
                "657261736564",
                "010100".to_owned(),
            ),
            (
                Change::Trust(Box::new(trust)),
                Table::State,
                "7472757374",
                format!("010161{}0000", "07".repeat(32)),
            ),
            (
                Change::Enrolled(Enrolled {
                    site: "a".parse().unwrap(),
                    display: "019a0000-0000-7000-8000-000000000001".parse().unwrap(),
                    root: PublicKey([7; 32]),
                }),
                Table::State,
                "656e726f6c6c6564",
                format!("01016110019a0000000070008000000000000001{}", "07".repeat(32)),
            ),
            (Change::Site(vec![1, 9]), Table::State, "73697465", "010109".to_owned()),
            (
                Change::Head("hall".parse().unwrap(), Some(vec![1, 9])),
                Table::Heads,
                "68616c6c",
                "010109".to_owned(),
            ),
            (
                Change::Waiting("hall".parse().unwrap(), Some(vec![1, 9])),
                Table::Waiting,
                "68616c6c",
                "010109".to_owned(),
            ),
            (
                Change::Content(hash, Some(vec![1, 5])),
                Table::Content,
                &ab,
                "010105".to_owned(),
            ),
            (
                Change::Shown(hash, Some(first)),
                Table::Shown,
                &ab,
                format!("0110019a0000000070008000000000000001{ab}ac02"),
            ),
            (
                Change::Media(hash, Some(vec![1; 300].into())),
                Table::Media,
                &ab,
                "01ac02".to_owned(),
            ),
        ];
        for (change, table, key, value) in cases {
            let ((in_table, at), row) = to_row(&change).unwrap();
            assert_eq!((in_table, hex(&at).as_str()), (table, key), "{change:?}");
            assert_eq!(hex(&row.unwrap()), value, "{change:?}");
        }
    }

    #[test]
    fn rows_of_a_later_format_are_not_guessed_at() {
        let row = |value: &[u8]| Rows::from([((Table::State, b"heard".to_vec()), value.to_vec())]);
        assert!(read_rows(&row(&[1, 1, 1, 128, 1]), &|_| None).is_ok());
        for bad in [&[2, 1, 1, 128, 1][..], &[], &[1], &[1, 1, 1, 128]] {
            assert!(
                matches!(read_rows(&row(bad), &|_| None), Err(ReplicaError::Damaged(_))),
                "{bad:?}"
            );
        }
    }
}
