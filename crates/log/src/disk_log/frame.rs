//! A frame: what one group commit writes. Drawn in `docs/log-format.md`.

use super::seal::Sealed;
use crate::name::{ContentHash, Position, TableName};
use crate::record::Record;
use bytes::Bytes;

/// How a frame begins. The last byte is the format.
pub(crate) const MAGIC: [u8; 4] = *b"HGF\x01";
/// Bytes before a frame's records.
pub(crate) const HEADER: usize = 48;
/// No frame is longer: a group ends at two batches of the largest size, with room for what is around their bytes.
pub(crate) const MAX_FRAME: usize = 64 * 1024 * 1024;

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) checksum: u32,
    pub(crate) number: u64,
    /// Of the first record; of the next one when there is none.
    pub(crate) first: Position,
    pub(crate) count: u32,
    pub(crate) records_bytes: u32,
    pub(crate) beside_bytes: u32,
    /// The first key slot that no frame up to this one uses.
    pub(crate) next_slot: u64,
    /// The checksum of the frame before.
    pub(crate) previous: u32,
}

impl Header {
    /// Reads a header; `None` when no frame begins here.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
        let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
        let header = Self {
            checksum: word(4),
            number: long(8),
            first: Position(long(16)),
            count: word(24),
            records_bytes: word(28),
            beside_bytes: word(32),
            next_slot: long(36),
            previous: word(44),
        };
        (bytes[..4] == MAGIC && header.frame_bytes() <= MAX_FRAME).then_some(header)
    }

    /// Bytes of the whole frame.
    pub(crate) fn frame_bytes(&self) -> usize {
        HEADER + self.records_bytes as usize + self.beside_bytes as usize
    }

    /// Position after the frame's last record.
    pub(crate) fn end(&self) -> u64 {
        self.first.0 + u64::from(self.count)
    }
}

/// A frame in the making.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    bytes: Vec<u8>,
    beside: Vec<u8>,
    count: u32,
}

/// Something kept beside the records, sealed under a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beside {
    /// An object of content: its salt and bytes.
    Content(ContentHash, Sealed),
    /// A row of a table; `None`: it is removed.
    Row(TableName, Bytes, Option<Sealed>),
    /// An object of content in a file of its own, under the key in this slot.
    File(ContentHash, u64),
    /// An object's key in this slot is destroyed, by the record at this position.
    Erased(ContentHash, u64, Position),
}

impl Draft {
    /// An empty frame; the buffers of the last one are used again.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEADER, 0);
        self.beside.clear();
        self.count = 0;
    }

    pub(crate) fn record(&mut self, record: &Record) {
        let start = self.bytes.len();
        self.bytes.extend([0; 4]);
        record.write(&mut self.bytes);
        let length = (self.bytes.len() - start - 4) as u32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
        self.count += 1;
    }

    /// Adds something beside the records; its offset after the records' end.
    pub(crate) fn beside(&mut self, item: &Beside) -> usize {
        let at = self.beside.len();
        item.write(&mut self.beside);
        at
    }

    /// Completes the frame: its header, and all its bytes.
    pub(crate) fn finish(&mut self, number: u64, first: Position, next_slot: u64, previous: u32) -> (Header, &[u8]) {
        let mut header = Header {
            checksum: 0,
            number,
            first,
            count: self.count,
            records_bytes: (self.bytes.len() - HEADER) as u32,
            beside_bytes: self.beside.len() as u32,
            next_slot,
            previous,
        };
        self.bytes.extend_from_slice(&self.beside);
        let head = &mut self.bytes[..HEADER];
        head[..4].copy_from_slice(&MAGIC);
        head[8..16].copy_from_slice(&number.to_be_bytes());
        head[16..24].copy_from_slice(&first.0.to_be_bytes());
        head[24..28].copy_from_slice(&header.count.to_be_bytes());
        head[28..32].copy_from_slice(&header.records_bytes.to_be_bytes());
        head[32..36].copy_from_slice(&header.beside_bytes.to_be_bytes());
        head[36..44].copy_from_slice(&next_slot.to_be_bytes());
        head[44..48].copy_from_slice(&previous.to_be_bytes());
        header.checksum = crc32fast::hash(&self.bytes[8..]);
        self.bytes[4..8].copy_from_slice(&header.checksum.to_be_bytes());
        (header, &self.bytes)
    }
}

/// A frame that was read.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) header: Header,
    bytes: Bytes,
}

impl Frame {
    /// The frame that `bytes` begin with, if it is whole and sound.
    pub(crate) fn read(bytes: &Bytes) -> Option<Self> {
        let header = Header::read(bytes)?;
        let own = bytes.get(..header.frame_bytes())?;
        (crc32fast::hash(&own[8..]) == header.checksum).then(|| Self {
            header,
            bytes: bytes.slice_ref(own),
        })
    }

    /// The canonical bytes of its records.
    pub(crate) fn records(&self) -> Parts {
        let from = HEADER;
        Parts(self.bytes.slice(from..from + self.header.records_bytes as usize))
    }

    /// What lies beside them, each with its offset in the frame.
    pub(crate) fn beside(&self) -> Option<Vec<(usize, Beside)>> {
        let mut at = HEADER + self.header.records_bytes as usize;
        let mut items = Vec::new();
        while at < self.bytes.len() {
            let (item, length) = Beside::read(&self.bytes.slice(at..))?;
            items.push((at, item));
            at += length;
        }
        Some(items)
    }
}

/// Pieces with their lengths before them.
#[derive(Debug)]
pub(crate) struct Parts(Bytes);

impl Iterator for Parts {
    type Item = Option<Bytes>;

    /// The next piece; `Some(None)` when the rest is not one.
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let piece = self
            .0
            .first_chunk::<4>()
            .map(|length| u32::from_be_bytes(*length) as usize)
            .filter(|length| self.0.len() - 4 >= *length)
            .map(|length| {
                let piece = self.0.slice(4..4 + length);
                self.0 = self.0.slice(4 + length..);
                piece
            });
        if piece.is_none() {
            self.0.clear();
        }
        Some(piece)
    }
}

const CONTENT: u8 = 1;
const ROW: u8 = 2;
const ROW_GONE: u8 = 3;
const ERASED: u8 = 4;
const FILE: u8 = 5;

impl Beside {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Content(hash, sealed) => {
                out.push(CONTENT);
                out.extend(hash.0);
                sealed.write(out);
            }
            Self::Row(table, key, sealed) => {
                out.push(if sealed.is_some() { ROW } else { ROW_GONE });
                out.push(table.as_str().len() as u8);
                out.extend(table.as_str().as_bytes());
                out.extend((key.len() as u32).to_be_bytes());
                out.extend_from_slice(key);
                if let Some(sealed) = sealed {
                    sealed.write(out);
                }
            }
            Self::File(hash, slot) => {
                out.push(FILE);
                out.extend(hash.0);
                out.extend(slot.to_be_bytes());
            }
            Self::Erased(hash, slot, position) => {
                out.push(ERASED);
                out.extend(hash.0);
                out.extend(slot.to_be_bytes());
                out.extend(position.0.to_be_bytes());
            }
        }
    }

    /// The object of content that it is, and the slot of its key.
    pub(crate) fn object(&self) -> Option<(ContentHash, u64)> {
        match self {
            Self::Content(hash, sealed) => Some((*hash, sealed.slot)),
            Self::File(hash, slot) => Some((*hash, *slot)),
            Self::Row(..) | Self::Erased(..) => None,
        }
    }

    /// Reads an item at the front of `bytes`, and how long it is.
    pub(crate) fn read(bytes: &Bytes) -> Option<(Self, usize)> {
        let (kind, mut rest) = bytes.split_first()?;
        let item = match *kind {
            CONTENT => {
                let (hash, after) = rest.split_first_chunk::<32>()?;
                rest = after;
                Self::Content(ContentHash(*hash), Sealed::read(bytes, &mut rest)?)
            }
            ROW | ROW_GONE => {
                let (length, after) = rest.split_first()?;
                let (table, after) = after.split_at_checked(usize::from(*length))?;
                let table = TableName::new(std::str::from_utf8(table).ok()?).ok()?;
                let (length, after) = after.split_first_chunk::<4>()?;
                let (key, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
                rest = after;
                let sealed = (*kind == ROW).then(|| Sealed::read(bytes, &mut rest));
                let sealed = match sealed {
                    None => None,
                    Some(sealed) => Some(sealed?),
                };
                Self::Row(table, bytes.slice_ref(key), sealed)
            }
            FILE => {
                let (hash, after) = rest.split_first_chunk::<32>()?;
                let (slot, after) = after.split_first_chunk::<8>()?;
                rest = after;
                Self::File(ContentHash(*hash), u64::from_be_bytes(*slot))
            }
            ERASED => {
                let (hash, after) = rest.split_first_chunk::<32>()?;
                let (slot, after) = after.split_first_chunk::<8>()?;
                let (position, after) = after.split_first_chunk::<8>()?;
                rest = after;
                let position = Position(u64::from_be_bytes(*position));
                Self::Erased(ContentHash(*hash), u64::from_be_bytes(*slot), position)
            }
            _ => return None,
        };
        Some((item, bytes.len() - rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk_log::segment::SegmentHead;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn drafted(items: &[Beside]) -> Vec<u8> {
        let record = Bytes::from_static(include_bytes!("../../tests/golden/record-v1.bin"));
        let mut draft = Draft::default();
        draft.clear();
        draft.record(&Record::from_bytes(&record).unwrap());
        for item in items {
            draft.beside(item);
        }
        draft.finish(3, Position(7), 5, 0x0102_0304).1.to_vec()
    }

    #[test]
    fn the_bytes_of_a_frame_never_change() {
        let expected = concat!(
            "48474601",
            "e07d2936",
            "0000000000000003",
            "0000000000000007",
            "00000001",
            "0000006a",
            "0000000a",
            "0000000000000005",
            "01020304",
            "00000066",
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
            "00000004626f6479",
            "03",
            "01",
            "74",
            "00000003",
            "6b6579"
        );
        let gone = Beside::Row(TableName::new("t").unwrap(), Bytes::from_static(b"key"), None);
        let bytes = drafted(std::slice::from_ref(&gone));
        assert_eq!(hex(&bytes), expected);
        let frame = Frame::read(&bytes.into()).unwrap();
        assert_eq!(frame.records().map(|it| it.unwrap().len()).collect::<Vec<_>>(), [102]);
        assert_eq!(frame.beside().unwrap(), [(154, gone)]);
    }

    #[test]
    fn the_bytes_of_an_erasure_never_change() {
        let expected = format!("04{}{}{}", "ab".repeat(32), "0000000000000009", "000000000000000c");
        let erased = Beside::Erased(ContentHash([0xab; 32]), 9, Position(12));
        let mut bytes = Vec::new();
        erased.write(&mut bytes);
        assert_eq!(hex(&bytes), expected);
        assert_eq!(Beside::read(&bytes.into()), Some((erased, 49)));
        let file = Beside::File(ContentHash([0xab; 32]), 9);
        let mut bytes = Vec::new();
        file.write(&mut bytes);
        assert_eq!(hex(&bytes), format!("05{}{}", "ab".repeat(32), "0000000000000009"));
        assert_eq!(Beside::read(&bytes.into()), Some((file, 41)));
    }

    #[test]
    fn a_frame_with_any_other_bit_is_none() {
        let sound = drafted(&[]);
        for at in 0..sound.len() * 8 {
            let mut bytes = sound.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            assert!(Frame::read(&bytes.into()).is_none(), "bit {at}");
        }
        assert!(Frame::read(&sound.into()).is_some());
    }

    #[test]
    fn the_bytes_of_a_segments_head_never_change() {
        let head = SegmentHead {
            log: [7; 16],
            number: 2,
            first_frame: 9,
            first: Position(11),
            previous: 13,
        };
        let expected = concat!(
            "68656c696f6772617068206c6f672001",
            "07070707070707070707070707070707",
            "00000002",
            "0000000000000009",
            "000000000000000b",
            "0000000d",
            "00000000",
            "068d0cba"
        );
        assert_eq!(hex(&head.to_bytes()), expected);
        assert_eq!(SegmentHead::read(&head.to_bytes()), Some(head));
    }
}
