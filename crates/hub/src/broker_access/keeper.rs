//! Keeps a broker that is not embedded in step: when what it may let in has changed, its files are written and it is told
//! to read them again.

use super::BrokerFilesError;
use crate::office::Office;
use heliograph_domain::DisplayId;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;

/// What did not work is tried again after this.
const RETRY: Duration = Duration::from_secs(5);
/// The longest that a broker may take to read its files again.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// How a broker is kept in step.
#[derive(Debug, Clone)]
pub struct InStep {
    /// The folder whose files it reads.
    pub folder: PathBuf,
    /// The command that makes it read them again, for a shell. `None`: it does so by itself.
    pub reload: Option<String>,
}

/// Why it is not in step.
#[derive(Debug, Error)]
enum OutOfStep {
    #[error(transparent)]
    Files(#[from] BrokerFilesError),
    #[error("the command of --broker-reload cannot be started: {0}")]
    Start(std::io::Error),
    #[error("the command of --broker-reload took longer than {} s and was ended", PATIENCE.as_secs())]
    Slow,
    #[error("the command of --broker-reload failed ({0}): whoever was revoked may still be let in")]
    Failed(ExitStatus),
}

/// What the files depend on beside the credentials: who is there, as of which record.
type Displays = Vec<(DisplayId, u64)>;

/// Keeps the broker in step until the hub stops.
pub(crate) async fn keep(office: Arc<Office>, plan: InStep) {
    let mut moved = office.moved();
    // A hub that was killed between writing and telling the broker would not know it.
    let mut untold = true;
    loop {
        moved.mark_unchanged();
        let displays = displays(&office);
        untold = in_step(&office, &plan, untold).await;
        loop {
            tokio::select! {
                () = office.doors.notified() => break,
                changed = moved.changed() => match changed {
                    Ok(()) if self::displays(&office) == displays => {}
                    Ok(()) => break,
                    // The office is gone.
                    Err(_) => return,
                },
                () = tokio::time::sleep(RETRY), if untold => break,
            }
        }
    }
}

fn displays(office: &Office) -> Displays {
    let state = office.state();
    let displays = state.displays.iter();
    displays.map(|(id, known)| (*id, known.position)).collect()
}

/// Whether the broker is still to be told something.
async fn in_step(office: &Arc<Office>, plan: &InStep, untold: bool) -> bool {
    let (office, plan) = (Arc::clone(office), plan.clone());
    let outcome = tokio::task::spawn_blocking(move || update(&office, &plan, untold)).await;
    match outcome {
        Ok(Ok(())) => false,
        Ok(Err(error)) => {
            tracing::error!(%error, "the broker's access rules are not in step; it is tried again");
            true
        }
        // The hub stops.
        Err(_) => false,
    }
}

fn update(office: &Office, plan: &InStep, untold: bool) -> Result<(), OutOfStep> {
    let files = office.broker_files();
    let changed = files.write_into(&plan.folder)?;
    for id in &files.without {
        tracing::warn!(display = %id, "the broker cannot let a display in until it has fetched something from the hub");
    }
    match &plan.reload {
        Some(command) if changed || untold => run(command),
        _ => Ok(()),
    }
}

fn run(command: &str) -> Result<(), OutOfStep> {
    let started = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let mut child = started.map_err(OutOfStep::Start)?;
    let begun = Instant::now();
    loop {
        match child.try_wait().map_err(OutOfStep::Start)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(OutOfStep::Failed(status)),
            None if begun.elapsed() > PATIENCE => {
                // It may have ended at this very moment.
                let _ = child.kill();
                let _ = child.wait();
                return Err(OutOfStep::Slow);
            }
            None => std::thread::sleep(LOOK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_is_told() {
        assert!(run("exit 0").is_ok());
        let failed = run("exit 3").unwrap_err().to_string();
        assert!(failed.contains("exit status: 3"), "{failed}");
    }
}
