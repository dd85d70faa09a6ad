//! What a display keeps across a power cut: its trust, its config, its heads and the content they name.
//!
//! The agent says what to keep as a list of [`Change`]s that belong together; a [`Replica`] makes them durable
//! together, or none of them. A display can thus show its last good programme before it has any connection.

mod file;
mod form;
mod media;
mod memory;
#[cfg(unix)]
mod shared;

pub use file::FileReplica;
pub use memory::MemoryReplica;
#[cfg(unix)]
pub use shared::{SharedReplica, SharedStore};

use heliograph_domain::{ChannelName, ContentHash, DisplayId, Instant, SiteName};
use heliograph_wire::{FirstShown, PublicKey, Trust};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thiserror::Error;

/// One thing to keep or to drop.
#[derive(Debug, Clone)]
pub enum Change {
    /// Which keys are trusted, and the newest version accepted of each topic.
    Trust(Box<Trust>),
    /// The body of the config message in force.
    Config(Vec<u8>),
    /// The body of the head message in force for a channel; `None` when the display is no longer tuned to it.
    Head(ChannelName, Option<Vec<u8>>),
    /// The body of an accepted head that waits for its pages; `None` when it waits no longer.
    Waiting(ChannelName, Option<Vec<u8>>),
    /// An object of content as it came over the wire, salt included; `None` drops it.
    Content(ContentHash, Option<Vec<u8>>),
    /// A picture as it came over the wire, salt included: it has a file of its own; `None` drops it.
    Media(ContentHash, Option<Arc<[u8]>>),
    /// The body of the newest message of erased content.
    Erased(Vec<u8>),
    /// The body of the newest message of what holds for the whole site.
    Site(Vec<u8>),
    /// When a content's first frame was shown; `None` when the content is gone.
    Shown(ContentHash, Option<FirstShown>),
    /// What is known of the time.
    Heard(Heard),
    /// Whom all this is kept for.
    Enrolled(Enrolled),
}

/// Which display a replica is kept for: a machine that is enrolled anew begins with an empty one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The site.
    pub site: SiteName,
    /// The display.
    pub display: DisplayId,
    /// The site's root key at the enrolment.
    pub root: PublicKey,
}

/// What a display knows of the time and of its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Heard {
    /// The newest sign of life of the hub, by the hub's clock as far as this display's clock has come.
    pub heard_at: Option<Instant>,
    /// It is at least this late: the highest time that a trusted key has signed, moved on with the monotonic clock.
    pub trusted: Instant,
}

/// All that a replica keeps.
#[derive(Debug, Default)]
pub struct Remembered {
    /// See [`Change::Trust`].
    pub trust: Option<Trust>,
    /// See [`Change::Config`].
    pub config: Option<Vec<u8>>,
    /// See [`Change::Head`].
    pub heads: BTreeMap<ChannelName, Vec<u8>>,
    /// See [`Change::Waiting`].
    pub waiting: BTreeMap<ChannelName, Vec<u8>>,
    /// See [`Change::Content`].
    pub content: BTreeMap<ContentHash, Vec<u8>>,
    /// The pictures that are here whole, by their length; see [`Change::Media`].
    pub media: BTreeSet<ContentHash>,
    /// Pictures whose file is gone or cut short.
    pub lost: BTreeSet<ContentHash>,
    /// See [`Change::Erased`].
    pub erased: Option<Vec<u8>>,
    /// See [`Change::Site`].
    pub site: Option<Vec<u8>>,
    /// See [`Change::Shown`].
    pub shown: Vec<FirstShown>,
    /// See [`Change::Heard`].
    pub heard: Heard,
    /// See [`Change::Enrolled`]; nothing in what an earlier program kept.
    pub enrolled: Option<Enrolled>,
    /// Content whose bytes no longer match its hash; it was left out.
    pub damaged: BTreeSet<ContentHash>,
}

impl Remembered {
    /// Whether it was kept for this display. What an earlier program kept tells only the site.
    pub(crate) fn belongs_to(&self, display: &Enrolled) -> bool {
        let site = self.trust.as_ref().is_none_or(|trust| *trust.site() == display.site);
        site && self.enrolled.as_ref().is_none_or(|known| known == display)
    }
}

/// Why a replica could not be read or written.
#[derive(Debug, Error)]
pub enum ReplicaError {
    /// Another player runs on the same data.
    #[error("the replica is in use: another player runs on this data directory; stop it first")]
    InUse,
    /// The file's contents make no sense.
    #[error("the replica is damaged: {0}")]
    Damaged(String),
    /// The disk or the database refused.
    #[error("the replica cannot be accessed: {0}; check the disk's space and its permissions")]
    Storage(String),
}

/// Durable memory of one display.
pub trait Replica: Send {
    /// All that was kept.
    ///
    /// # Errors
    /// When it cannot be read, or makes no sense.
    fn load(&mut self) -> Result<Remembered, ReplicaError>;

    /// Makes the changes durable together, or none of them. Durable when it returns.
    ///
    /// # Errors
    /// When they could not be made durable; nothing was changed then.
    fn apply(&mut self, changes: &[Change]) -> Result<(), ReplicaError>;

    /// The way to the pictures, for whoever draws them.
    fn media(&self) -> Arc<dyn Media>;
}

/// Reads pictures while the replica is in use elsewhere.
pub trait Media: Send + Sync {
    /// A picture as it came over the wire, salt included; `None` when it cannot be read.
    fn read(&self, hash: &ContentHash) -> Option<Vec<u8>>;
}
