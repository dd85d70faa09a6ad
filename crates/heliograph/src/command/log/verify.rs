//! `heliograph log stats` and `heliograph log verify`

use super::open;
use super::proof::{key_named, read, time};
use crate::Failure;
use crate::command::say;
use heliograph_domain::Event;
use heliograph_domain::publication::PublicationEvent;
use heliograph_hub::transparency::{Checkpoint, Ledger};
use heliograph_log::{Erasure, Verified};
use std::path::{Path, PathBuf};

pub(crate) fn stats(data: &Path, json: bool) -> Result<(), Failure> {
    let found = open(data)?.verify(&[])?;
    let root = found.head().root_hex();
    let Verified {
        records,
        body_bytes,
        segment_bytes,
        frames,
        streams,
        content,
        erased,
        ..
    } = found;
    if json {
        say(&serde_json::json!({
            "position": records, "records": records, "root": root, "body_bytes": body_bytes,
            "segment_bytes": segment_bytes, "frames": frames, "streams": streams, "content": content,
            "erased": erased.len(),
        })
        .to_string());
    } else {
        say(&format!(
            "position  {records}\nrecords   {records} in {streams} streams, written with {frames} syncs\n\
             bodies    {body_bytes} bytes\nsegments  {segment_bytes} bytes\n\
             content   {content} objects, {} erased\nroot      {root}",
            erased.len()
        ));
    }
    Ok(())
}

/// “erased on …, by …, because …”
fn told(erasure: &Erasure) -> String {
    let content = &erasure.content.to_string()[..16];
    let Some(record) = &erasure.record else {
        return format!("content {content} was erased after this copy of the log was made");
    };
    let event = heliograph_hub::event_of(record);
    let why = match event {
        Ok(Event::Publication(_, PublicationEvent::ContentErased { reason, .. })) => reason,
        _ => format!("the record of type {} says", record.kind),
    };
    format!(
        "content {content} was erased on {}, by {}, because: {why} (record {})",
        time(record.recorded_at),
        record.actor,
        record.position.0
    )
}

pub(crate) fn run(data: &Path, checkpoints: &[PathBuf], key: Option<&str>) -> Result<(), Failure> {
    let mut heads = Vec::new();
    if !checkpoints.is_empty() {
        let key = key_named(key, Some(data))?;
        for path in checkpoints {
            heads.push(Checkpoint::open(&read(path)?, &key)?.head);
        }
    }
    let log = open(data)?;
    let found = log.verify(&heads)?;
    let ledger = Ledger::verified(&log)?;
    say(&format!(
        "sound: {} records and {} objects of content are what was written; {} were erased",
        found.records,
        found.content,
        found.erased.len()
    ));
    found.erased.iter().for_each(|erasure| say(&told(erasure)));
    say(&format!(
        "the public ledger of {} entries has every root that was recorded of it",
        ledger.size()
    ));
    for head in heads {
        say(&format!("agrees with the checkpoint of {} records", head.size));
    }
    say(&format!("root {}", found.head().root_hex()));
    Ok(())
}
