//! `heliograph signer`

use super::{runtime, say, told_to_stop};
use crate::Failure;
use heliograph_hub::{SignerConfig, SignerServer, SystemClock};
use std::path::PathBuf;
use std::sync::Arc;

/// Signs for a hub, as a process and user of its own that alone holds the keys. It reads the hub's log by itself and signs
/// only what that says.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The hub's data folder. It is only read.
    #[arg(long, default_value = "./heliograph-data")]
    data: PathBuf,
    /// The folder of the keys, which the hub must not be able to read. Without it, keys/ in the data folder.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// The socket on which it answers: whoever has its group may ask.
    #[arg(long)]
    socket: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let config = SignerConfig {
        data: args.data.clone(),
        keys: args.keys.clone().unwrap_or_else(|| args.data.join("keys")),
        socket: args.socket.clone(),
        clock: Arc::new(SystemClock),
    };
    runtime()?.block_on(async {
        let signer = SignerServer::start(config)?;
        say(&format!("signer of {}   unix:{}", signer.site(), args.socket.display()));
        signer.run(told_to_stop()).await?;
        Ok(())
    })
}
