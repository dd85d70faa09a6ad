//! Records and their canonical bytes, which no backend changes. Drawn in `docs/log-format.md`.

use crate::name::{ActorId, CommandId, EventId, EventKind, Position, Revision, StreamId, TimestampMs};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The version of a record's bytes.
const FORMAT: u8 = 1;

/// A fact as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Place in the log.
    pub position: Position,
    /// Its name for ever.
    pub event_id: EventId,
    /// The command that it came from.
    pub command_id: CommandId,
    /// Who gave the command.
    pub actor: ActorId,
    /// When it was recorded; never before the record in front of it.
    pub recorded_at: TimestampMs,
    /// The stream.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub revision: Revision,
    /// Type of the body.
    pub kind: EventKind,
    /// Version of the type.
    pub version: u8,
    /// The fact.
    pub body: Bytes,
}

impl Record {
    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(
            72 + self.actor.as_str().len() + self.stream.as_str().len() + self.kind.as_str().len() + self.body.len(),
        );
        self.write(&mut out);
        out
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(FORMAT);
        out.extend(self.position.0.to_be_bytes());
        out.extend(self.event_id.0);
        out.extend(self.command_id.0);
        out.extend(self.recorded_at.0.to_be_bytes());
        out.extend(self.revision.0.to_be_bytes());
        for text in [self.actor.as_str(), self.stream.as_str(), self.kind.as_str()] {
            // Names are at most 80 bytes; a type's name is checked when it is appended.
            out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            out.extend(text.as_bytes());
        }
        out.push(self.version);
        out.extend(u32::try_from(self.body.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(&self.body);
    }

    /// Reads what [`Record::to_bytes`] wrote; the body is a slice of `bytes`, not a copy. `None` when the bytes are not
    /// a record, all of it and nothing more.
    #[must_use]
    pub fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let mut cursor = Cursor { bytes, at: 0 };
        if cursor.byte()? != FORMAT {
            return None;
        }
        let position = Position(cursor.word()?);
        let event_id = EventId(cursor.array()?);
        let command_id = CommandId(cursor.array()?);
        let recorded_at = TimestampMs(cursor.word()?);
        let revision = Revision(cursor.word()?);
        let actor = ActorId::new(cursor.text()?).ok()?;
        let stream = StreamId::new(cursor.text()?).ok()?;
        let kind = EventKind::new(cursor.text()?).ok()?;
        let version = cursor.byte()?;
        let length = usize::try_from(u32::from_be_bytes(cursor.array()?)).ok()?;
        let body = bytes
            .get(cursor.at..)
            .filter(|rest| rest.len() == length)
            .map(|rest| bytes.slice_ref(rest))?;
        Some(Self {
            position,
            event_id,
            command_id,
            actor,
            recorded_at,
            stream,
            revision,
            kind,
            version,
            body,
        })
    }

    /// The record's leaf in a Merkle tree: SHA-256 of a zero byte and the canonical bytes (RFC 6962, section 2.1).
    #[must_use]
    pub fn leaf_hash(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update([0])
            .chain_update(self.to_bytes())
            .finalize()
            .into()
    }
}

struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn word(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = usize::from(self.byte()?);
        std::str::from_utf8(self.take(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            position: Position(7),
            event_id: EventId([1; 16]),
            command_id: CommandId([2; 16]),
            actor: ActorId::new("wang-fang").unwrap(),
            recorded_at: TimestampMs(0x0102_0304),
            stream: StreamId::new("publication-1").unwrap(),
            revision: Revision(3),
            kind: EventKind::new("publication").unwrap(),
            version: 1,
            body: Bytes::from_static(b"body"),
        }
    }

    #[test]
    fn the_bytes_of_a_record_never_change() {
        let expected = concat!(
            "01",
            "0000000000000007",
            "01010101010101010101010101010101",
            "02020202020202020202020202020202",
            "0000000001020304",
            "0000000000000003",
            "0977616e672d66616e67",
            "0d7075626c69636174696f6e2d31",
            "0b7075626c69636174696f6e",
            "01",
            "00000004626f6479"
        );
        let bytes = record().to_bytes();
        assert_eq!(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>(), expected);
        assert_eq!(Record::from_bytes(&bytes.into()), Some(record()));
        let leaf: String = record().leaf_hash().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(leaf, "21b396bed0b3fb5d3847651576289e1b172abd709a66339856c1f149b510eeba");
    }

    #[test]
    fn a_record_cut_short_or_too_long_is_none() {
        let whole = record().to_bytes();
        for end in 0..whole.len() {
            assert_eq!(
                Record::from_bytes(&Bytes::copy_from_slice(&whole[..end])),
                None,
                "{end}"
            );
        }
        let longer = [whole.as_slice(), b"x"].concat();
        assert_eq!(Record::from_bytes(&longer.into()), None);
    }
}
