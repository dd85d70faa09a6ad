//! What is said: the bodies of envelopes.

use crate::form::{self, body};
use crate::key::{KeyPair, PublicKey};
use crate::refusal::Refusal;
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
    /// In a document that changes the root: the new root's own signature over [`TrustDocument::root_claim`], so that
    /// nobody is sent to a root that no one holds. Such a document has format 2, any other format 1.
    #[serde(skip)]
    pub proof: Option<[u8; 64]>,
}

/// What a new root signs begins with this.
const ROOT_CLAIM: &[u8] = b"heliograph/root/v1\0";
/// The format of a trust document that changes the root.
const WITH_PROOF: u8 = 2;
const SIGNATURE: usize = 64;

impl TrustDocument {
    /// The bytes: format 1 and postcard, or format 2, the same and the proof of the new root.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = form::write(self);
        if let (Some(proof), Some(format)) = (&self.proof, bytes.first_mut()) {
            *format = WITH_PROOF;
            bytes.extend(proof);
        }
        bytes
    }

    /// Reads what `to_bytes` wrote, all of it and nothing more. The proof is not judged here.
    ///
    /// # Errors
    /// When the format is later, or the bytes are not of the form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.first() != Some(&WITH_PROOF) {
            return form::read(bytes);
        }
        let (rest, proof) = bytes
            .split_last_chunk::<SIGNATURE>()
            .ok_or(Refusal::Malformed("it is cut short"))?;
        let mut document: Self = form::read_after(rest, WITH_PROOF)?;
        document.proof = Some(*proof);
        Ok(document)
    }

    /// What the new root signs: its site, the document's number and itself.
    #[must_use]
    pub fn root_claim(&self) -> Vec<u8> {
        let site = self.site.as_str();
        let mut claim = ROOT_CLAIM.to_vec();
        // Names of sites have at most 32 bytes.
        claim.push(u8::try_from(site.len()).unwrap_or(u8::MAX));
        claim.extend(site.as_bytes());
        claim.extend(self.serial.to_be_bytes());
        claim.extend(self.root.0);
        claim
    }

    /// Has the root that this document names prove that it is held by someone.
    pub fn prove(&mut self, new_root: &KeyPair) {
        self.proof = Some(new_root.sign(&self.root_claim()));
    }

    /// Whether the root that this document names has signed for itself.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.proof
            .is_some_and(|proof| self.root.verifies(&self.root_claim(), &proof))
    }
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
    /// The newest of what holds for every display. Format 1 did not tell it.
    #[serde(skip)]
    pub newest: Newest,
}

/// Versions of the newest messages that every display should have; 0 where there is none.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The trust document's number.
    pub trust: u32,
    /// The version on `site`, in the heartbeat's epoch.
    pub site: u64,
    /// The version on `erased`, in the heartbeat's epoch.
    pub erased: u64,
}

/// The format of a heartbeat that tells the newest of everything.
const WITH_NEWEST: u8 = 2;

impl Heartbeat {
    /// The bytes: format 2, then postcard.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        form::write_as(WITH_NEWEST, &(self, self.newest))
    }

    /// Reads what `to_bytes` wrote, all of it and nothing more; or format 1, which ends after the heads.
    ///
    /// # Errors
    /// When the format is later, or the bytes are not of the form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.first() != Some(&WITH_NEWEST) {
            return form::read(bytes);
        }
        let (beat, newest): (Self, Newest) = form::read_after(bytes, WITH_NEWEST)?;
        Ok(Self { newest, ..beat })
    }
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

/// What holds for every display of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// Whether every display shows its slate and nothing else.
    pub blanked: bool,
    /// Since when that is so.
    pub since: Instant,
}

/// The hub's time, told to a display that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAnswer {
    /// That of the question.
    pub nonce: [u8; 16],
    /// The time.
    pub time: Instant,
}

/// Everything that the hub has to say to one display, fetched over HTTPS where the broker loses or holds things back.
/// Each letter is judged as if the broker had brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// In the order in which they are to be judged.
    pub letters: Vec<Letter>,
}

/// One signed message of a [`Mail`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The topic below `heliograph/v1/{site}/`.
    pub topic: String,
    /// The payload, as on that topic.
    pub payload: Vec<u8>,
}

impl Mail {
    /// The most bytes that a mail has: the heads of 32 channels, and what else there is, with room to spare.
    pub const LIMIT: usize = 2 * 1024 * 1024;
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
    /// What time is it? Answered by a [`TimeAnswer`].
    AskTime {
        /// Drawn for the question.
        nonce: [u8; 16],
    },
}

body!(
    SiteState,
    TimeAnswer,
    Mail,
    DisplayConfig,
    Erased,
    Command,
    Status,
    Receipts,
    Ack,
    Reply
);
