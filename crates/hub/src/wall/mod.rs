//! The wall: every display of a site, live, as one sees it in the lobby. Pictures come from each player's own sink.

mod page;

pub(crate) use page::{page, script, style};

use heliograph_domain::DisplayId;

/// How the wall starts and stops players. Only a process that runs players itself has it (the demo).
pub trait WallControls: Send + Sync {
    /// Whether the player of a display runs; `None` when it is not one of this process.
    fn running(&self, display: DisplayId) -> Option<bool>;
    /// Starts or stops the player. May take a moment; called where blocking is allowed.
    ///
    /// # Errors
    /// A sentence for people when it could not.
    fn set_running(&self, display: DisplayId, run: bool) -> Result<(), String>;
}
