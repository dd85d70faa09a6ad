//! Every fact the log can hold, and its bytes.

use crate::catalogue::CatalogueEvent;
use crate::channel::ChannelEvent;
use crate::display::DisplayEvent;
use crate::gate::{GateEvent, PublicNoun, RulesVersion};
use crate::ids::{DisplayId, PublicationId};
use crate::ledger::LedgerEvent;
use crate::publication::PublicationEvent;
use crate::site::SiteEvent;
use crate::staff::StaffEvent;
use crate::working_days::CalendarEvent;

const CATALOGUE: &str = "site-catalogue";
const CHANNELS: &str = "site-channels";
const PROFILE: &str = "site-profile";

/// A fact, with the aggregate it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// About a publication.
    Publication(PublicationId, PublicationEvent),
    /// About a catalogue entry.
    Catalogue(CatalogueEvent),
    /// About a channel.
    Channel(ChannelEvent),
    /// About a display.
    Display(DisplayId, DisplayEvent),
    /// About a member of staff.
    Staff(StaffEvent),
    /// About the site.
    Site(SiteEvent),
    /// About the public ledger.
    Ledger(LedgerEvent),
    /// About the days that the office works.
    Calendar(CalendarEvent),
    /// About the rules of the confidentiality gate.
    Gate(GateEvent),
}

/// Why a record is not an event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// A type or version that this program does not know.
    #[error(
        "event type `{kind}` version {version} is unknown: the log was written by a newer Heliograph; update this one"
    )]
    Unknown {
        /// The type.
        kind: String,
        /// Its version.
        version: u8,
    },
    /// The bytes do not decode.
    #[error("event of type `{kind}` cannot be read: {cause}")]
    Bytes {
        /// The type.
        kind: String,
        /// What the decoder says.
        cause: postcard::Error,
    },
    /// The stream's id is not that of such an aggregate.
    #[error("event of type `{kind}` stands in the foreign stream `{stream}`")]
    Stream {
        /// The type.
        kind: String,
        /// The stream.
        stream: String,
    },
}

impl Event {
    /// The stream that the event belongs to: `kind-id`.
    #[must_use]
    pub fn stream(&self) -> String {
        match self {
            Self::Publication(id, _) => format!("publication-{id}"),
            Self::Catalogue(_) => CATALOGUE.to_owned(),
            Self::Channel(_) => CHANNELS.to_owned(),
            Self::Display(id, _) => format!("display-{id}"),
            Self::Staff(_) => "site-staff".to_owned(),
            Self::Site(_) => PROFILE.to_owned(),
            Self::Ledger(_) => "site-ledger".to_owned(),
            Self::Calendar(_) => "site-calendar".to_owned(),
            Self::Gate(GateEvent::RulesSet { .. }) => "site-gate".to_owned(),
            Self::Gate(GateEvent::WordsConfirmed { noun, .. }) => match noun {
                PublicNoun::Entry(_) => CATALOGUE.to_owned(),
                PublicNoun::Channel(_) => CHANNELS.to_owned(),
                PublicNoun::Profile => PROFILE.to_owned(),
            },
        }
    }

    /// Type and version as the record names them.
    #[must_use]
    pub fn kind(&self) -> (&'static str, u8) {
        match self {
            // Version 2 is version 1 with the rules behind it that it was decided under.
            Self::Publication(_, event) => ("publication", if event.under().is_some() { 2 } else { 1 }),
            Self::Catalogue(_) => ("catalogue", 1),
            Self::Channel(_) => ("channel", 1),
            Self::Display(..) => ("display", 1),
            Self::Staff(_) => ("staff", 1),
            Self::Site(_) => ("site", 1),
            Self::Ledger(_) => ("ledger", 1),
            Self::Calendar(_) => ("calendar", 1),
            Self::Gate(_) => ("gate", 1),
        }
    }

    /// The body as the record holds it (postcard).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = match self {
            Self::Publication(_, event) => match event.under() {
                Some(rules) => postcard::to_stdvec(&(event, rules)),
                None => postcard::to_stdvec(event),
            },
            Self::Catalogue(event) => postcard::to_stdvec(event),
            Self::Channel(event) => postcard::to_stdvec(event),
            Self::Display(_, event) => postcard::to_stdvec(event),
            Self::Staff(event) => postcard::to_stdvec(event),
            Self::Site(event) => postcard::to_stdvec(event),
            Self::Ledger(event) => postcard::to_stdvec(event),
            Self::Calendar(event) => postcard::to_stdvec(event),
            Self::Gate(event) => postcard::to_stdvec(event),
        };
        // postcard fails only on a full buffer or a sequence of unknown length; neither occurs here.
        bytes.unwrap_or_default()
    }

    /// Reads an event back.
    ///
    /// # Errors
    /// When the type is unknown, the bytes do not decode, or the stream is foreign.
    pub fn from_record(stream: &str, kind: &str, version: u8, body: &[u8]) -> Result<Self, EventError> {
        let unreadable = |cause| EventError::Bytes {
            kind: kind.to_owned(),
            cause,
        };
        let foreign = || EventError::Stream {
            kind: kind.to_owned(),
            stream: stream.to_owned(),
        };
        match (kind, version) {
            ("publication", 1 | 2) => {
                let id = stream
                    .strip_prefix("publication-")
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(foreign)?;
                let event = match version {
                    1 => postcard::from_bytes(body),
                    _ => postcard::from_bytes(body)
                        .map(|(event, rules): (PublicationEvent, RulesVersion)| event.decided_under(rules)),
                };
                Ok(Self::Publication(id, event.map_err(unreadable)?))
            }
            ("display", 1) => {
                let id = stream
                    .strip_prefix("display-")
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(foreign)?;
                Ok(Self::Display(id, postcard::from_bytes(body).map_err(unreadable)?))
            }
            ("catalogue", 1) => postcard::from_bytes(body).map(Self::Catalogue).map_err(unreadable),
            ("channel", 1) => postcard::from_bytes(body).map(Self::Channel).map_err(unreadable),
            ("staff", 1) => postcard::from_bytes(body).map(Self::Staff).map_err(unreadable),
            ("ledger", 1) => postcard::from_bytes(body).map(Self::Ledger).map_err(unreadable),
            ("calendar", 1) => postcard::from_bytes(body).map(Self::Calendar).map_err(unreadable),
            ("gate", 1) => postcard::from_bytes(body).map(Self::Gate).map_err(unreadable),
            ("site", 1) => postcard::from_bytes(body).map(Self::Site).map_err(unreadable),
            _ => Err(EventError::Unknown {
                kind: kind.to_owned(),
                version,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
