//! What crosses the wire between hub and displays: topics, signed envelopes, and what each side believes.
//!
//! MQTT is the fast path and is not trusted. The bytes are drawn in `docs/wire-format.md`, exactly enough to write a
//! display in another language.

mod content;
pub mod enrol;
mod envelope;
mod form;
mod head;
pub mod hex;
mod key;
mod message;
pub mod note;
mod refusal;
mod status;
mod topic;
mod trust;

pub use content::ContentPayload;
pub use envelope::{Opened, Stamp, claimed_version, open, seal};
pub use head::{HeadMessage, ProgrammeForm, Unpacked, pack_head, unpack_head};
pub use key::{KeyError, KeyId, KeyPair, PublicKey};
pub use message::{
    Ack, Command, CommandVerb, DisplayConfig, Erased, FirstShown, HeadMark, Heartbeat, Letter, Mail, Newest,
    OnAirReport, Receipts, Reply, Run, ShownState, SiteState, Status, TimeAnswer, TrustDocument, TrustedKey,
};
pub use refusal::Refusal;
pub use status::StatusVerifier;
pub use topic::{Role, Topic};
pub use trust::{Admitted, Trust};
