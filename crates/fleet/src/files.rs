//! How many files a process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;

/// The system does not allow so many open files.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "{wanted} files are to be open at once, and the system allows {allowed}: raise the limit with `ulimit -n`, or \
     LimitNOFILE= in the service's unit"
)]
pub struct FileLimit {
    /// So many are needed.
    pub wanted: u64,
    /// So many may be had.
    pub allowed: u64,
}

/// Raises the limit of open files as far as this process may, and answers it.
///
/// # Errors
/// When that is less than `wanted`.
pub fn room_for_files(wanted: u64) -> Result<u64, FileLimit> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where the system refuses to raise it, the former limit is what there is.
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // No limit at all is more than enough.
    let allowed = current.unwrap_or(u64::MAX);
    if allowed < wanted {
        return Err(FileLimit { wanted, allowed });
    }
    Ok(allowed)
}
