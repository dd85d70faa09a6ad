//! Pairing: how a player without an identity becomes a display (`docs/wire-format.md`, section 1).
//!
//! It commits to a key that it made, hears whose hub it has called, and shows six characters on its panel. When somebody at
//! the hub has compared them and let it in, it is told its credential once, and stores it before anything else.
//!
//! The [`Candidate`] decides, without sockets, files or clocks; [`Pairing`] is the thread that does what it says.

mod address;
mod admission;
mod answer;
mod calls;
mod candidate;
mod facts;
mod glass;
mod kept;
mod shell;

pub use address::{HubAddress, HubAddressError};
pub use admission::{Admission, Credential, Unbelievable};
pub use answer::Answer;
pub use candidate::{Action, Call, Candidate, Face, Input, LIFE_MS, Report};
pub use kept::{Kept, Opened};
pub use shell::{Ended, Paired, Pairing, PairingConfig, PairingError, Stopper};
