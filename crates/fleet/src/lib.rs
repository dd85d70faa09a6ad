//! Thousands of displays in one process, for load and for measuring.
//!
//! Each is a player's own [`Agent`](heliograph_player::agent::Agent): it verifies every signature and hash, stores what
//! it accepts before it shows it, and publishes its statuses. What it has not is a panel: instead of drawing, it notes
//! what would be on air. Their replicas lie in one file, their connections on a few threads.

mod connection;
mod fetching;
mod files;
mod fleet;
mod light;
mod roster;
mod swarm;
mod watch;
mod worker;

pub use connection::{Heard, Login};
pub use files::{FileLimit, room_for_files};
pub use fleet::{Fleet, FleetConfig, FleetError};
pub use roster::{Member, RosterError, Wish, muster};
pub use swarm::Swarm;
pub use watch::{Spread, Tally};
