//! The office's hub: API, admin and public pages; projections of the log; signer and broadcaster; the embedded broker.
//!
//! The path of a command: `http` → `transact` → `EventLog::append` → `projector` → `broadcast` (and `signer`) → MQTT; what
//! displays answer comes in by `intake`.

mod addresses;
mod admin;
mod asked;
mod attachments;
mod audit;
pub mod backups;
mod begun;
mod broadcast;
mod broker_access;
mod calendar;
mod catalogue_table;
pub mod clock;
mod comments;
pub mod console;
mod credentials;
mod digest;
mod directory;
mod draft_versions;
mod drafts;
mod enrolment;
mod feed;
mod gate;
mod http;
mod intake;
mod interventions;
mod keys;
mod library;
mod mail;
mod media;
mod office;
mod office_files;
mod openapi;
mod papers;
mod pdf;
mod pdf_safety;
mod picture;
mod presence;
mod projector;
mod prose;
mod public;
mod public_words;
mod reach;
mod readers;
mod reading;
pub mod reminders;
pub mod report;
pub mod retention;
mod rules;
mod seal_ledger;
mod search;
mod sign_in;
mod signer;
#[doc(hidden)]
pub mod sim;
mod sso;
mod start;
mod state;
mod stead;
mod templates;
mod time_limits;
mod tls;
mod transact;
mod translation;
pub mod transparency;
pub mod wall;

pub use broker_access::{
    BrokerFiles, BrokerFilesError, BrokerUrl, ExternalBroker, HashError, HubAccount, InStep, LinkError, NotABroker,
    broker_files, hub_password,
};
pub use clock::{Clock, MovableClock, SystemClock};
pub use credentials::CredentialError;
pub use interventions::{Intervention, Interventions, Touched};
pub use keys::{KeysError, Made, Rotated, fingerprint, init, new_epoch, rotate_root};
pub use projector::{ProjectError, replay};
pub use sign_in::rules::SessionRules;
pub use signer::{SignerConfig, SignerError, SignerGone, SignerServer};
pub use sso::{SignOnConfig, WebClient};
pub use start::{Hub, HubConfig, StartError};
pub use state::{State, event_of};
pub use tls::{TlsError, TlsFacts, TlsMode};
pub use wall::WallControls;
