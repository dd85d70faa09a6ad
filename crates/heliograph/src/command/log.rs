//! `heliograph log`

use super::say;
use crate::Failure;
use clap::Subcommand;
use heliograph_log::{DiskLog, EventLog, Position};
use std::path::PathBuf;

/// Records read at a time.
const CHUNK: usize = 4096;

/// Looks at an event log.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// How much the log holds.
    Stats {
        /// The hub's data folder (the hub must not be running).
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let Action::Stats { data, json } = &args.action;
    if !data.exists() {
        return Err(Failure::Problem(format!(
            "there is no data folder {}: name it with --data",
            data.display()
        )));
    }
    let log = DiskLog::open(data)?;
    let position = log.head()?.position.0;
    let (mut records, mut bytes, mut after) = (0u64, 0u64, Position(0));
    loop {
        let chunk = log.read(after, CHUNK)?;
        let Some(last) = chunk.last() else { break };
        after = last.position;
        records += chunk.len() as u64;
        bytes += chunk.iter().map(|record| record.body.len() as u64).sum::<u64>();
    }
    if *json {
        say(&serde_json::json!({"position": position, "records": records, "body_bytes": bytes}).to_string());
    } else {
        say(&format!(
            "position  {position}\nrecords   {records}\nbodies    {bytes} bytes"
        ));
    }
    Ok(())
}
