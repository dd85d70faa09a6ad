//! The embedded MQTT broker: one process serves an office.
//!
//! It speaks MQTT 3.1.1 and 5 over TCP and TLS, keeps retained messages in memory for years, and asks an [`AccessRules`]
//! about every connection, publication and subscription. What the rules do not allow is denied.
//!
//! *Architecture invariant:* this crate knows no topic, no key and no domain type. It is not trusted with truth:
//! what it carries is signed, and what it loses (it keeps nothing on disk) the hub publishes again.

mod access;
mod door;
mod error;
mod front;
mod gate;
mod guests;
mod limits;
mod retained;
mod server;
mod topics;

pub use access::{AccessRules, Client, Principal};
pub use door::TlsDoor;
pub use error::BrokerError;
pub use server::{Broker, BrokerConfig};
