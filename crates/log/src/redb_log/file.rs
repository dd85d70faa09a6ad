//! The tables of the file, and everything that reads them. Drawn in `docs/log-format.md`.

use crate::error::ReadError;
use crate::event_log::ContentObject;
use crate::name::{ContentHash, Position, Revision, StreamId, TableName};
use crate::record::{Record, read_block};
use bytes::Bytes;
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Position of a block's first record → block.
pub(crate) const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
/// (Stream, revision) → position. Behind the blocks: see [`INDEXED`].
pub(crate) const STREAMS: TableDefinition<'_, (&str, u64), u64> = TableDefinition::new("streams");
/// Hash → salt (16 bytes) and bytes.
pub(crate) const CONTENT: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("content");
/// (Table, row) → value.
pub(crate) const TABLES: TableDefinition<'_, (&str, &[u8]), &[u8]> = TableDefinition::new("tables");
/// Facts about the file.
pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// In [`META`]: the format of the file.
pub(crate) const FORMAT: &str = "format";
/// In [`META`]: the position up to which [`STREAMS`] is written. Later records are found by scanning their blocks when
/// the log opens, which spares every commit the pages of the index.
pub(crate) const INDEXED: &str = "indexed";

/// Positions of the records that the table of streams does not have yet, stream by stream, in order.
pub(crate) type Recent = HashMap<StreamId, Vec<(u64, u64)>>;

/// An open file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) db: Database,
    pub(crate) recent: RwLock<Recent>,
}

pub(crate) fn unreadable(error: impl Into<redb::Error>) -> ReadError {
    ReadError::Storage(error.into().to_string())
}

impl File {
    fn begin(&self) -> Result<ReadTransaction, ReadError> {
        self.db.begin_read().map_err(unreadable)
    }

    pub(crate) fn last_position(&self) -> Result<Position, ReadError> {
        let blocks = self.begin()?.open_table(BLOCKS).map_err(unreadable)?;
        let Some((first, block)) = blocks.last().map_err(unreadable)? else {
            return Ok(Position(0));
        };
        let count = block
            .value()
            .get(1..5)
            .and_then(|count| count.try_into().ok())
            .map(u32::from_be_bytes);
        let count = count.ok_or(ReadError::Damaged(Position(first.value())))?;
        Ok(Position(first.value() + u64::from(count) - 1))
    }

    pub(crate) fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let blocks = self.begin()?.open_table(BLOCKS).map_err(unreadable)?;
        let wanted = after.0.saturating_add(1);
        // The block that holds the first wanted record begins at or before it.
        let begin = blocks
            .range(..=wanted)
            .map_err(unreadable)?
            .next_back()
            .transpose()
            .map_err(unreadable)?;
        let begin = begin.map_or(wanted, |(first, _)| first.value());
        let mut found = Vec::new();
        for row in blocks.range(begin..).map_err(unreadable)? {
            let (first, block) = row.map_err(unreadable)?;
            let records = read_block(&Bytes::copy_from_slice(block.value()))
                .ok_or(ReadError::Damaged(Position(first.value())))?;
            found.extend(
                records
                    .into_iter()
                    .filter(|record| record.position > after)
                    .take(limit - found.len()),
            );
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    pub(crate) fn read_stream(
        &self,
        stream: &StreamId,
        after: Revision,
        limit: usize,
    ) -> Result<Vec<Record>, ReadError> {
        let mut places = self.indexed(stream, after, limit)?;
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let last = places.last().map_or(after.0, |(revision, _)| *revision);
        let later = recent
            .get(stream)
            .into_iter()
            .flatten()
            .filter(|(revision, _)| *revision > last);
        places.extend(later.take(limit - places.len()));
        drop(recent);
        let mut records = Vec::with_capacity(places.len());
        for (_, position) in places {
            let found = self.read(Position(position - 1), 1)?;
            records.extend(found.into_iter().filter(|record| record.stream == *stream));
        }
        Ok(records)
    }

    fn indexed(&self, stream: &StreamId, after: Revision, limit: usize) -> Result<Vec<(u64, u64)>, ReadError> {
        let streams = self.begin()?.open_table(STREAMS).map_err(unreadable)?;
        let range = (stream.as_str(), after.0.saturating_add(1))..=(stream.as_str(), u64::MAX);
        let mut places = Vec::new();
        for row in streams.range(range).map_err(unreadable)?.take(limit) {
            let (key, position) = row.map_err(unreadable)?;
            places.push((key.value().1, position.value()));
        }
        Ok(places)
    }

    /// The revision of a stream.
    pub(crate) fn revision(&self, stream: &StreamId) -> Result<Revision, ReadError> {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((revision, _)) = recent.get(stream).and_then(|places| places.last()) {
            return Ok(Revision(*revision));
        }
        drop(recent);
        let streams = self.begin()?.open_table(STREAMS).map_err(unreadable)?;
        let range = (stream.as_str(), 0)..=(stream.as_str(), u64::MAX);
        let last = streams
            .range(range)
            .map_err(unreadable)?
            .next_back()
            .transpose()
            .map_err(unreadable)?;
        Ok(Revision(last.map_or(0, |(key, _)| key.value().1)))
    }

    pub(crate) fn content(&self, hash: &ContentHash) -> Result<Option<ContentObject>, ReadError> {
        let content = self.begin()?.open_table(CONTENT).map_err(unreadable)?;
        let row = content.get(&hash.0).map_err(unreadable)?;
        Ok(row.and_then(|row| {
            let (salt, bytes) = row.value().split_first_chunk::<16>()?;
            Some(ContentObject {
                hash: *hash,
                salt: *salt,
                bytes: Bytes::copy_from_slice(bytes),
            })
        }))
    }

    pub(crate) fn get(&self, table: &TableName, key: &[u8]) -> Result<Option<Bytes>, ReadError> {
        let tables = self.begin()?.open_table(TABLES).map_err(unreadable)?;
        let row = tables.get((table.as_str(), key)).map_err(unreadable)?;
        Ok(row.map(|row| Bytes::copy_from_slice(row.value())))
    }

    pub(crate) fn scan(&self, table: &TableName, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, ReadError> {
        let tables = self.begin()?.open_table(TABLES).map_err(unreadable)?;
        let mut found = Vec::new();
        for row in tables.range((table.as_str(), prefix)..).map_err(unreadable)? {
            let (key, value) = row.map_err(unreadable)?;
            let (name, key) = key.value();
            if name != table.as_str() || !key.starts_with(prefix) {
                break;
            }
            found.push((Bytes::copy_from_slice(key), Bytes::copy_from_slice(value.value())));
        }
        Ok(found)
    }
}
