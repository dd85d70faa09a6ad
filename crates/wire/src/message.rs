//! What is said: the bodies of envelopes.

use crate::form::body;
use crate::key::PublicKey;
use crate::topic::Role;
use heliograph_domain::{
    ChannelName, ContentHash, DisplayId, Instant, Lang, LocalText, Panel, PublicationId, SiteName,
};
use serde::{Deserialize, Serialize};

/// Which keys may sign what, said by the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustDocument {
    /// The site.
    pub site: SiteName,
    /// Number of the document, from 1; the envelope's version is the same.
    pub serial: u32,
    /// The root from this document on.
    pub root: PublicKey,
    /// The keys.
    pub keys: Vec<TrustedKey>,
}

/// A key with its role, in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedKey {
    /// What it may sign.
    pub role: Role,
    /// In which epoch.
    pub epoch: u32,
    /// The key.
    pub key: PublicKey,
}

/// The hub lives; these are the newest heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Position of the log. A lower one than before is another hub's lag, not a rollback.
    pub position: u64,
    /// The hub's time.
    pub time: Instant,
    /// Every channel's head.
    pub heads: Vec<HeadMark>,
}

/// Which head is the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadMark {
    /// The channel.
    pub channel: ChannelName,
    /// Its head's version.
    pub position: u64,
    /// SHA-256 of the head's body.
    pub sha256: [u8; 32],
}

/// What the office decided about a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayConfig {
    /// The display.
    pub display: DisplayId,
    /// Its name for people.
    pub name: LocalText,
    /// Where it hangs.
    pub location: LocalText,
    /// Its hardware profile's name.
    pub profile: String,
    /// Its panel.
    pub panel: Panel,
    /// The language it speaks.
    pub language: Lang,
    /// Its channels, in order.
    pub channels: Vec<ChannelName>,
    /// Brightness, 0 to 100 percent.
    pub brightness_percent: u8,
    /// Whether test and exercise alerts are shown.
    pub drill: bool,
    /// Addresses of hubs, for objects fetched over HTTP.
    pub hubs: Vec<String>,
    /// SHA-256 of the font set to draw with; `None`: what the machine has.
    pub font_set: Option<[u8; 32]>,
    /// The site's profile, an object of content.
    pub site_profile: ContentHash,
}

/// Objects to drop from disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Their hashes.
    pub hashes: Vec<ContentHash>,
}

/// Asks a display to do something once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Drawn for this command: a display does each once.
    pub nonce: [u8; 16],
    /// Not to be done later than this.
    pub expires: Instant,
    /// What.
    pub verb: CommandVerb,
}

/// What a display can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandVerb {
    /// Show its name, so that someone in front of it knows which it is.
    Identify,
    /// Send a picture of what it shows.
    Screenshot,
    /// Start anew.
    Restart,
    /// Fetch and draw everything anew.
    Refresh,
}

/// What a display is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ShownState {
    /// It shows its programme.
    Shown,
    /// It has nothing to show: the slate.
    Slate,
    /// It shows its programme and has not heard the hub for long.
    Stale,
    /// It shows nothing.
    Dark,
    /// Something of its programme cannot be drawn.
    Error,
}

/// What a display says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Drawn at each start of the player.
    pub boot_id: [u8; 16],
    /// Grows with each status of this boot.
    pub counter: u64,
    /// Version of the player.
    pub version: String,
    /// Time since its start, in milliseconds.
    pub uptime_ms: u64,
    /// The display's time.
    pub at: Instant,
    /// What it is doing.
    pub state: ShownState,
    /// Positions of the heads it applied.
    pub heads: Vec<(ChannelName, u64)>,
    /// What is in its main zone; `None` is the slate.
    pub on_air: Option<OnAirReport>,
    /// The newest contents that it showed for the first time; at most 16.
    pub shown: Vec<FirstShown>,
    /// How many messages it refused since its start.
    pub refusals: u64,
    /// Why it refused the last of them.
    pub last_refusal: Option<String>,
    /// Where its frames go.
    pub sink: String,
    /// WebSocket of its live picture on its own machine, if it has one.
    pub live: Option<String>,
}

/// What is in the main zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnAirReport {
    /// The publication.
    pub publication: PublicationId,
    /// Its content.
    pub content: ContentHash,
    /// The page, from 0.
    pub page: u32,
    /// Of so many.
    pub pages: u32,
    /// Since when this content is on air.
    pub since: Instant,
}

/// The first frame of a content was handed to the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstShown {
    /// The publication.
    pub publication: PublicationId,
    /// Its content.
    pub content: ContentHash,
    /// When, by the display's clock.
    pub at: Instant,
}

/// A span of time in which what a display showed did not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the run, from 1, without gaps.
    pub sequence: u64,
    /// SHA-256 of the former run's bytes; zeros before the first.
    pub previous: [u8; 32],
    /// What was in the main zone; `None`: the slate, or nothing.
    pub content: Option<ContentHash>,
    /// SHA-256 of the head's body that it came from.
    pub head: Option<[u8; 32]>,
    /// SHA-256 of the configuration's body.
    pub config: [u8; 32],
    /// The scene version that drew it.
    pub scene_version: u16,
    /// The font set that drew it; `None`: the built-in bitmap font.
    pub font_set: Option<[u8; 32]>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// The same span by the monotonic clock, in milliseconds.
    pub monotonic_ms: u64,
    /// One instant inside it.
    pub sampled_at: Instant,
    /// SHA-256 of the frame at that instant.
    pub frame: [u8; 32],
    /// What the display was doing.
    pub state: ShownState,
}

/// Runs, told to the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// The runs, in order.
    pub runs: Vec<Run>,
}

/// Receipts up to here are safe with the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Sequence of the last run accepted.
    pub sequence: u64,
}

/// The answer to a command, or a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// A command was done.
    Done {
        /// Of the command.
        nonce: [u8; 16],
    },
    /// A command was not done.
    Failed {
        /// Of the command.
        nonce: [u8; 16],
        /// Why.
        reason: String,
    },
    /// What time is it? Answered by a heartbeat that comes after.
    AskTime {
        /// Drawn for the question.
        nonce: [u8; 16],
    },
}

body!(
    TrustDocument,
    Heartbeat,
    DisplayConfig,
    Erased,
    Command,
    Status,
    Receipts,
    Ack,
    Reply
);
