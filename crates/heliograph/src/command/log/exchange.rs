//! `heliograph log export` and `heliograph log import`: JSON Lines, a line a thing.

use super::open;
use crate::Failure;
use crate::command::say;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use heliograph_log::{
    ActorId, CommandId, ContentHash, ContentObject, EventId, EventKind, Import, Item, Position, Record, Revision,
    StreamId, TableName, TimestampMs, hex,
};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// A line. What is not text is base64; ids are hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Record {
        position: u64,
        event_id: String,
        command_id: String,
        actor: String,
        recorded_at_ms: u64,
        stream: String,
        revision: u64,
        kind: String,
        version: u8,
        body: String,
    },
    Content {
        hash: String,
        salt: String,
        bytes: String,
    },
    Erased {
        hash: String,
        by_position: u64,
    },
    Row {
        table: String,
        key: String,
        value: String,
    },
    /// The last line.
    End {
        records: u64,
        root: String,
    },
}

/// Why a line is not taken.
#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("it is not the JSON of a line: {0}")]
    Json(#[from] serde_json::Error),
    #[error("`{0}` is not what stands in that field")]
    Field(String),
}

pub(crate) fn export(data: &Path, to: Option<&Path>) -> Result<(), Failure> {
    let log = open(data)?;
    let Some(path) = to else {
        return written(&log, &mut io::stdout().lock());
    };
    let mut file = BufWriter::new(File::create_new(path).map_err(|cause| unusable(path, &cause))?);
    written(&log, &mut file)?;
    let synced = file.into_inner().map_err(io::IntoInnerError::into_error);
    let synced = synced.and_then(|file| file.sync_all());
    synced.map_err(|cause| unusable(path, &cause))?;
    say(&format!("exported to {}", path.display()));
    say("the file holds every text, draft and sign-in in the clear: keep it as you keep the log");
    Ok(())
}

fn unusable(path: &Path, cause: &io::Error) -> Failure {
    Failure::Problem(format!("{} cannot be used: {cause}", path.display()))
}

fn written(log: &heliograph_log::DiskLog, out: &mut dyn Write) -> Result<(), Failure> {
    let put = |out: &mut dyn Write, line: &Line| {
        serde_json::to_writer(&mut *out, line)?;
        out.write_all(b"\n")
    };
    let head = log.export(|item| put(out, &Line::of(item)))?;
    let end = Line::End {
        records: head.size,
        root: head.root_hex(),
    };
    Ok(put(out, &end)?)
}

pub(crate) fn import(from: &Path, data: &Path) -> Result<(), Failure> {
    let file = File::open(from).map_err(|cause| unusable(from, &cause))?;
    let mut import = Import::begin(data)?;
    let mut end = None;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|cause| unusable(from, &cause))?;
        let at = |error: &dyn std::error::Error| Failure::Problem(format!("line {number}: {error}"));
        match item(&line).map_err(|error| at(&error))? {
            Ok(item) => import.take(item).map_err(|error| at(&error))?,
            Err(head) => end = Some(head),
        }
    }
    let head = import.finish()?;
    let root = head.root_hex();
    if end != Some((head.size, root.clone())) {
        return Err(Failure::Problem(format!(
            "the export is not whole, or was changed: {} records with the root {root} came of it, and its last line says otherwise. Remove {}",
            head.size,
            data.display()
        )));
    }
    say(&format!("{} records in {}, root {root}", head.size, data.display()));
    Ok(())
}

impl Line {
    fn of(item: Item) -> Self {
        match item {
            Item::Record(it) => Self::Record {
                position: it.position.0,
                event_id: hex::encode(&it.event_id.0),
                command_id: hex::encode(&it.command_id.0),
                actor: it.actor.to_string(),
                recorded_at_ms: it.recorded_at.0,
                stream: it.stream.to_string(),
                revision: it.revision.0,
                kind: it.kind.to_string(),
                version: it.version,
                body: STANDARD.encode(&it.body),
            },
            Item::Content(it) => Self::Content {
                hash: hex::encode(&it.hash.0),
                salt: hex::encode(&it.salt),
                bytes: STANDARD.encode(&it.bytes),
            },
            Item::Erased(hash, by) => Self::Erased {
                hash: hex::encode(&hash.0),
                by_position: by.0,
            },
            Item::Row(table, key, value) => Self::Row {
                table: table.to_string(),
                key: STANDARD.encode(&key),
                value: STANDARD.encode(&value),
            },
        }
    }
}

/// What a line says: an item, or the last line's count and root.
fn item(line: &str) -> Result<Result<Item, (u64, String)>, LineError> {
    macro_rules! named {
        ($name:ident, $text:expr) => {
            $name::new(&$text).map_err(|_| wrong(&$text))?
        };
    }
    Ok(Ok(match serde_json::from_str(line)? {
        Line::Record {
            position,
            event_id,
            command_id,
            actor,
            recorded_at_ms,
            stream,
            revision,
            kind,
            version,
            body,
        } => Item::Record(Box::new(Record {
            position: Position(position),
            event_id: EventId(unhex(&event_id)?),
            command_id: CommandId(unhex(&command_id)?),
            actor: named!(ActorId, actor),
            recorded_at: TimestampMs(recorded_at_ms),
            stream: named!(StreamId, stream),
            revision: Revision(revision),
            kind: named!(EventKind, kind),
            version,
            body: plain(&body)?.into(),
        })),
        Line::Content { hash, salt, bytes } => Item::Content(ContentObject {
            hash: ContentHash(unhex(&hash)?),
            salt: unhex(&salt)?,
            bytes: plain(&bytes)?.into(),
        }),
        Line::Erased { hash, by_position } => Item::Erased(ContentHash(unhex(&hash)?), Position(by_position)),
        Line::Row { table, key, value } => {
            Item::Row(named!(TableName, table), plain(&key)?.into(), plain(&value)?.into())
        }
        Line::End { records, root } => return Ok(Err((records, root))),
    }))
}

fn plain(text: &str) -> Result<Vec<u8>, LineError> {
    STANDARD.decode(text).map_err(|_| wrong(text))
}

fn wrong(text: &str) -> LineError {
    LineError::Field(text.chars().take(80).collect())
}

fn unhex<const N: usize>(text: &str) -> Result<[u8; N], LineError> {
    hex::decode(text).ok_or_else(|| wrong(text))
}
