//! `heliograph demo`

use super::runtime;
use crate::{Failure, demo};
use std::path::Path;

/// Shows everything in one process.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port of the admin, the API, the public pages and the wall, on loopback.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Starts over: forgets what was done in the demo before.
    #[arg(long)]
    fresh: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    runtime()?.block_on(demo::run(Path::new(demo::FOLDER), args.port, args.fresh))
}
