//! What lets somebody outside the office check the log: signed checkpoints of it, and proofs that need no data folder.

pub(crate) mod checkpoint;
mod proof;

pub use checkpoint::{Checkpoint, CheckpointError, LogKey};
pub use proof::{Proof, ProofError, Proven};
