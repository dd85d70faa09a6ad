//! What goes into an agent and what comes out of it.

use super::Showing;
use crate::replica::Change;
use heliograph_domain::ids::{DisplayId, SiteName};
use heliograph_domain::{ContentHash, Instant, Panel};
use heliograph_wire::{KeyPair, OnAirReport, PublicKey};
use std::sync::Arc;

/// What an agent is told once.
pub struct AgentConfig {
    /// The site.
    pub site: SiteName,
    /// This display.
    pub display: DisplayId,
    /// The display's own key, which signs what it says.
    pub key: KeyPair,
    /// The site's root key.
    pub root: PublicKey,
    /// The hub that the display was enrolled at, `https://host:port`; it is asked when the config names none that
    /// answers.
    pub hub: Option<String>,
    /// A random number for this start; everybody may know it.
    pub boot_id: [u8; 16],
    /// Random and secret, drawn for this agent alone: the numbers in its questions come from it.
    pub seed: [u8; 32],
    /// The panel until a config names one.
    pub panel: Panel,
    /// The sink's name, for the status.
    pub sink: String,
    /// Where frames can be watched on this machine, for the status.
    pub live: Option<String>,
}

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// The broker let the display in.
    Connected,
    /// The connection is gone.
    Disconnected,
    /// A message came.
    Message {
        /// Its topic.
        topic: String,
        /// Its bytes.
        payload: Vec<u8>,
    },
    /// The store that [`Agent::poll`](super::Agent::poll) asked for ended, or failed for this reason.
    Stored(Result<(), String>),
    /// What [`Action::Fetch`] asked for came, or did not for this reason.
    Fetched {
        /// The object.
        hash: ContentHash,
        /// The object as on the wire, salt included.
        result: Result<Vec<u8>, String>,
    },
    /// What [`Action::Mail`] asked for came, or did not for this reason.
    Mail(Result<Vec<u8>, String>),
    /// A picture's file is gone from the disk, or no longer matches its hash: it is fetched anew.
    MediaLost(ContentHash),
    /// A frame was shown, of another page than before.
    Shown(Shown),
    /// Content (or the slate: `None`) could not be drawn and is passed over.
    Undrawable {
        /// Which content.
        content: Option<ContentHash>,
        /// Why.
        why: String,
    },
    /// The sink took no frame, for this reason.
    Dark(String),
    /// Time passed. Come several times a second.
    Tick,
}

/// What a frame showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The main zone; `None` is the slate.
    pub on_air: Option<OnAirReport>,
    /// Whether the staleness mark was on it.
    pub stale: bool,
    /// When the sink took it, by the site's time.
    pub at: Instant,
}

/// What is to be done.
#[derive(Debug)]
pub enum Action {
    /// Subscribe to these filters, again if need be: retained messages are wanted anew.
    Subscribe(Vec<String>),
    /// Leave these filters.
    Unsubscribe(Vec<String>),
    /// Publish a message.
    Publish {
        /// Where to.
        topic: String,
        /// Its bytes.
        payload: Vec<u8>,
        /// Whether the broker keeps it.
        retain: bool,
    },
    /// Make these changes durable together and answer with [`Input::Stored`]; nothing else comes before that.
    Store(Arc<Vec<Change>>),
    /// Fetch an object over HTTP with the display's own token and answer with [`Input::Fetched`].
    Fetch {
        /// The object.
        hash: ContentHash,
        /// Where it is.
        url: String,
        /// A longer answer is not the object and need not be read to its end.
        most_bytes: usize,
    },
    /// Fetch the mail over HTTP with the display's own token and answer with [`Input::Mail`]; there is never more than
    /// one under way.
    Mail {
        /// Where it is, with the question for the time.
        url: String,
        /// The number in that question, if it asks.
        nonce: Option<[u8; 16]>,
        /// A longer answer is no mail and need not be read to its end.
        most_bytes: usize,
    },
    /// Show this from now on.
    Show(Arc<Showing>),
    /// Tell the people who look after displays.
    Report(Report),
}

/// Something for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A message was not believed.
    Refused {
        /// Where it came.
        topic: String,
        /// Why.
        why: String,
    },
    /// What should be durable is not.
    NotStored {
        /// Why.
        why: String,
    },
    /// An object was not fetched; it is tried again.
    NotFetched {
        /// Why.
        why: String,
    },
    /// Something was not shown.
    NotShown {
        /// Why.
        why: String,
    },
}
