//! `heliograph log checkpoint`, `key`, `prove`; `heliograph verify-proof`

use super::{Data, open};
use crate::Failure;
use crate::command::say;
use heliograph_hub::transparency::{Checkpoint, LogKey, Proof, Proven};
use heliograph_log::{Position, Record, TimestampMs};
use heliograph_wire::note::NoteKey;
use std::fs;
use std::path::{Path, PathBuf};

/// What is to be proven.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    at: Data,
    /// A record's position: proves that it is in the log.
    #[arg(long, conflicts_with = "since", required_unless_present = "since")]
    position: Option<u64>,
    /// A checkpoint made earlier: proves that nothing recorded before it was changed or removed since.
    #[arg(long)]
    since: Option<PathBuf>,
    /// Where the proof is written; without it, to standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What is to be checked.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// The proof.
    file: PathBuf,
    /// The key of the log, as `heliograph log key` prints it, or a file with it.
    #[arg(long)]
    key: String,
}

pub(crate) fn checkpoint(data: &Path) -> Result<(), Failure> {
    let note = LogKey::in_folder(data)?.sign(open(data)?.tree_head(None)?)?;
    say(note.trim_end());
    Ok(())
}

pub(crate) fn key(data: &Path) -> Result<(), Failure> {
    say(&LogKey::in_folder(data)?.verifier().to_string());
    Ok(())
}

pub(crate) fn prove(args: &Args) -> Result<(), Failure> {
    let log = open(&args.at.data)?;
    let key = LogKey::in_folder(&args.at.data)?;
    let head = log.tree_head(None)?;
    let (checkpoint, size) = (key.sign(head)?, head.size);
    let proof = match (&args.since, args.position) {
        (Some(earlier), _) => {
            let before = read(earlier)?;
            let old = Checkpoint::open(&before, key.verifier())?.head.size;
            Proof::Consistency {
                path: log.prove_consistency(old, size)?,
                before,
                after: checkpoint,
            }
        }
        (None, position) => {
            let position = position.unwrap_or_default();
            let (record, path) = log.prove_inclusion(Position(position), size)?;
            Proof::Inclusion {
                entry: record,
                index: position - 1,
                path,
                checkpoint,
            }
        }
    };
    // What is handed out was checked by the same eyes that will check it.
    proof.check(key.verifier())?;
    match &args.out {
        Some(path) => fs::write(path, proof.to_text())
            .map_err(|cause| Failure::Problem(format!("{} cannot be written: {cause}", path.display()))),
        None => {
            say(proof.to_text().trim_end());
            Ok(())
        }
    }
}

pub(crate) fn verify(args: &VerifyArgs) -> Result<(), Failure> {
    let key = key_named(Some(&args.key), None)?;
    match Proof::from_text(&read(&args.file)?)?.check(&key)? {
        Proven::Included {
            entry,
            index,
            size,
            origin,
        } => {
            say(&format!(
                "holds: entry {} is among the first {size} of {origin}",
                index + 1
            ));
            let record = Record::from_bytes(&entry.clone().into());
            say(&record.map_or_else(|| String::from_utf8_lossy(&entry).into_owned(), |it| described(&it)));
        }
        Proven::Consistent { before, after, origin } => say(&format!(
            "holds: the first {before} records of {origin} are the beginning of its first {after}; none was changed or removed"
        )),
    }
    Ok(())
}

/// A record in one line.
pub(crate) fn described(record: &heliograph_log::Record) -> String {
    let at = time(record.recorded_at);
    let event = heliograph_hub::event_of(record);
    let event = event.map_or_else(
        |_| format!("{} bytes of {}", record.body.len(), record.kind),
        |event| format!("{event:?}"),
    );
    format!(
        "{:>8}  {at}  {}  {}#{}  {event}",
        record.position.0, record.actor, record.stream, record.revision.0
    )
}

/// A time as people write it, in UTC.
pub(crate) fn time(at: TimestampMs) -> String {
    let written = jiff::Timestamp::from_millisecond(i64::try_from(at.0).unwrap_or(i64::MAX));
    written.map_or_else(|_| at.0.to_string(), |at| at.to_string())
}

/// A key that was typed, or that a file holds, or that lies in a data folder.
pub(crate) fn key_named(key: Option<&str>, data: Option<&Path>) -> Result<NoteKey, Failure> {
    match (key, data) {
        (Some(key), _) if key.contains('+') => Ok(key.parse()?),
        (Some(file), _) => Ok(read(Path::new(file))?.parse()?),
        (None, Some(data)) => Ok(LogKey::in_folder(data)?.verifier().clone()),
        (None, None) => Err(Failure::Problem("name the log's key with --key".to_owned())),
    }
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|cause| Failure::Problem(format!("{} cannot be read: {cause}", path.display())))
}
