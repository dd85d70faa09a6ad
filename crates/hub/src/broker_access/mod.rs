//! Who may say and hear what at the broker, whichever broker it is: one list of [`Rights`], which the embedded broker asks
//! and from which the files for others are written.

mod accounts;
mod address;
mod asked;
mod files;
mod hashes;
mod keeper;
mod link;
mod live;
mod mosquitto;
mod nats;
mod rights;

pub use address::{BrokerUrl, NotABroker};
pub(crate) use asked::Guest;
pub use files::{BrokerFiles, BrokerFilesError, HubAccount, broker_files, hub_password};
pub(crate) use hashes::BrokerHashes;
pub use hashes::HashError;
pub use keeper::InStep;
pub(crate) use keeper::keep;
pub(crate) use link::Link;
pub use link::{ExternalBroker, LinkError};
pub(crate) use live::BrokerRules;
pub(crate) use rights::{Act, Rights};
