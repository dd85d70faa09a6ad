//! A display player: sans-IO agent, replica, play loop.
//!
//! [`Player::start`] brings a display to life: it shows the last good programme from its [`replica`] at once, then
//! connects to the broker. What it believes and shows is decided by the [`agent`], which knows neither sockets nor
//! files nor clocks.

pub mod agent;
mod clock;
pub mod fetch;
mod fonts;
mod identity;
mod link;
pub mod pairing;
mod play;
pub mod profile;
mod refusals;
pub mod replica;
mod shell;
pub mod tls;

pub use clock::{Clock, Moment, Reckoning, SystemClock};
pub use fonts::FontSource;
pub use identity::{Identity, IdentityError};
pub use link::{BrokerAddress, BrokerAddressError};
pub use play::Output;
pub use shell::{Player, PlayerConfig, PlayerError};
