//! The commands, one file each.

mod broker;
pub(crate) mod demo;
pub(crate) mod fleet;
pub(crate) mod hub;
pub(crate) mod log;
mod moments;
mod pair;
pub(crate) mod player;
pub(crate) mod probe;
pub(crate) mod render;
pub(crate) mod report;
pub(crate) mod signer;
pub(crate) mod user;

use heliograph_player::profile::{Profile, ProfileError};
use std::io::Write;
use std::path::Path;

/// Writes a line of data to standard output. A reader that has gone away (`| head`) is no fault.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The profile of a name: from a folder of one's own, or one of those that are part of the program.
pub(crate) fn profile(name: &str, folder: Option<&Path>) -> Result<Profile, ProfileError> {
    match folder {
        Some(folder) => Profile::load(folder, name),
        None => Profile::parse_built_in(name),
    }
}

/// A tokio runtime for a server.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Waits until someone asks the process to end: Ctrl-C, or a service manager's SIGTERM.
pub(crate) async fn told_to_stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without the signal Ctrl-C still works.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
