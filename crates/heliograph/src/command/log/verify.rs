//! `heliograph log stats` and `heliograph log verify`

use super::open;
use super::proof::{key_named, read};
use crate::Failure;
use crate::command::say;
use heliograph_hub::transparency::Checkpoint;
use heliograph_log::Verified;
use std::path::{Path, PathBuf};

pub(crate) fn stats(data: &Path, json: bool) -> Result<(), Failure> {
    let found = open(data)?.verify(&[])?;
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
    let root = found.head().root_hex();
    if json {
        say(&serde_json::json!({
            "position": records, "records": records, "root": root, "body_bytes": body_bytes,
            "segment_bytes": segment_bytes, "frames": frames, "streams": streams, "content": content, "erased": erased,
        })
        .to_string());
    } else {
        say(&format!(
            "position  {records}\nrecords   {records} in {streams} streams, written with {frames} syncs\n\
             bodies    {body_bytes} bytes\nsegments  {segment_bytes} bytes\n\
             content   {content} objects, {erased} erased\nroot      {root}"
        ));
    }
    Ok(())
}

pub(crate) fn run(data: &Path, checkpoints: &[PathBuf], key: Option<&str>) -> Result<(), Failure> {
    let mut heads = Vec::new();
    if !checkpoints.is_empty() {
        let key = key_named(key, Some(data))?;
        for path in checkpoints {
            heads.push(Checkpoint::open(&read(path)?, &key)?.head);
        }
    }
    let found = open(data)?.verify(&heads)?;
    say(&format!(
        "sound: {} records and {} objects of content are what was written; the keys of {} are destroyed",
        found.records, found.content, found.erased
    ));
    for head in heads {
        say(&format!("agrees with the checkpoint of {} records", head.size));
    }
    say(&format!("root {}", found.head().root_hex()));
    Ok(())
}
