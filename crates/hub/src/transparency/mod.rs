//! What lets somebody outside the office check the log: signed checkpoints of it, proofs that need no data folder, and the
//! public ledger of what was released.

pub(crate) mod checkpoint;
mod ledger;
mod proof;

pub use checkpoint::{Checkpoint, CheckpointError, LogKey};
pub use ledger::{Ledger, LedgerError, TilePath};
pub use proof::{Proof, ProofError, Proven};
