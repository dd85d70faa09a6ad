//! `heliograph log`: looking after the event log.

mod copy;
mod exchange;
mod proof;
mod tail;
mod verify;

use crate::Failure;
use clap::Subcommand;
use heliograph_log::DiskLog;
use std::path::{Path, PathBuf};

pub(crate) use proof::VerifyArgs;
pub(crate) use proof::verify as verify_proof;

/// Looks after an event log.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

/// Where the log lies.
#[derive(clap::Args)]
struct Data {
    /// The hub's data folder (the hub must not be running), or a backup.
    #[arg(long, default_value = "./heliograph-data")]
    data: PathBuf,
}

#[derive(Subcommand)]
enum Action {
    /// How much the log holds.
    Stats {
        #[command(flatten)]
        at: Data,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Reads everything again and compares it with its hashes; names the first record that differs.
    Verify {
        #[command(flatten)]
        at: Data,
        /// A signed checkpoint that the log must agree with; may be given several times.
        #[arg(long)]
        checkpoint: Vec<PathBuf>,
        /// The key that signed it, or a file with it; without it, the one in the data folder.
        #[arg(long)]
        key: Option<String>,
    },
    /// Prints a signed checkpoint: how many records there are, and the root over them. Keep it where the hub's machine
    /// cannot reach.
    Checkpoint {
        #[command(flatten)]
        at: Data,
    },
    /// Prints the key that verifies the log's checkpoints and proofs.
    Key {
        #[command(flatten)]
        at: Data,
    },
    /// Writes a proof that a record is in the log, or that the log goes on from an earlier checkpoint.
    Prove(proof::Args),
    /// Prints records, the last ones first to be asked for.
    Tail {
        #[command(flatten)]
        at: Data,
        /// How many.
        #[arg(short = 'n', default_value_t = 10)]
        count: u64,
        /// Go on printing what is appended, also by a hub that runs.
        #[arg(short, long)]
        follow: bool,
    },
    /// Copies the log into a new folder, with the keys and a checkpoint.
    Backup {
        #[command(flatten)]
        at: Data,
        /// The folder to make.
        #[arg(long)]
        to: PathBuf,
    },
    /// Writes everything as JSON Lines, in the clear, to be read by other programs or imported again.
    Export {
        #[command(flatten)]
        at: Data,
        /// The file to make; without it, standard output.
        #[arg(long)]
        to: Option<PathBuf>,
    },
    /// Makes a log from an export, in a folder that has none. Its root is the exported log's.
    Import {
        /// The export.
        #[arg(long)]
        from: PathBuf,
        #[command(flatten)]
        at: Data,
    },
    /// Gives back the space that the tables no longer use.
    Compact {
        #[command(flatten)]
        at: Data,
    },
    /// Destroys in an older backup what was erased since it was made.
    CarryErasures {
        #[command(flatten)]
        at: Data,
        /// The backup.
        #[arg(long)]
        to: PathBuf,
    },
    /// Verifies a backup and puts it in the place of a log that is not there.
    Restore {
        /// The backup.
        #[arg(long)]
        from: PathBuf,
        #[command(flatten)]
        at: Data,
        /// The root key: opens a new epoch as well, so that displays take the restored hub. The folder's `keys` must be in
        /// place.
        #[arg(long)]
        root_key: Option<PathBuf>,
    },
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Stats { at, json } => verify::stats(&at.data, json),
        Action::Verify { at, checkpoint, key } => verify::run(&at.data, &checkpoint, key.as_deref()),
        Action::Checkpoint { at } => proof::checkpoint(&at.data),
        Action::Key { at } => proof::key(&at.data),
        Action::Prove(args) => proof::prove(&args),
        Action::Tail { at, count, follow } => tail::run(&at.data, count, follow),
        Action::Backup { at, to } => copy::backup(&at.data, &to),
        Action::Export { at, to } => exchange::export(&at.data, to.as_deref()),
        Action::Import { from, at } => exchange::import(&from, &at.data),
        Action::Compact { at } => copy::compact(&at.data),
        Action::CarryErasures { at, to } => copy::carry_erasures(&at.data, &to),
        Action::Restore { from, at, root_key } => copy::restore(&from, &at.data, root_key.as_deref()),
    }
}

/// Opens the log of a folder that is there: looking at a log must not make one.
fn open(data: &Path) -> Result<DiskLog, Failure> {
    exists(data)?;
    Ok(DiskLog::open(data)?)
}

pub(crate) fn exists(data: &Path) -> Result<(), Failure> {
    if data.join(heliograph_log::FILE_NAME).exists() {
        return Ok(());
    }
    Err(Failure::Problem(format!(
        "there is no log in {}: name the hub's data folder with --data",
        data.display()
    )))
}
