//! The rules of Heliograph: publications and their workflow, the catalogue, channels, displays, and what is on air.
//!
//! Nothing here reads a clock, opens a file or knows of HTTP, MQTT or pixels: time and facts come in as arguments,
//! facts and answers go out. Aggregates follow one pattern: `decide(command) -> events`, `evolve(event)`.

pub mod catalogue;
pub mod channel;
pub mod content;
pub mod display;
pub mod event;
pub mod gate;
pub mod head;
pub mod ids;
pub mod lang;
pub mod ledger;
pub mod on_air;
pub mod order;
pub mod panel;
pub mod publication;
pub mod report;
pub mod search;
pub mod site;
pub mod staff;
pub mod time;
pub mod time_limit;
pub mod working_days;

pub use content::{Body, Document, Kind};
pub use event::Event;
pub use head::{ChannelHead, Item, Priority, Programme};
pub use ids::{CatalogueEntryId, ChannelName, ContentHash, DepartmentId, DisplayId, PublicationId, SiteName, StaffId};
pub use lang::{Lang, LocalText};
pub use on_air::{Airing, Turn, on_air};
pub use panel::Panel;
pub use time::{Date, Instant, Window};
