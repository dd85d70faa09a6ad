//! Scene: a programme, a panel and an instant become a picture.
//!
//! The same inputs give the same pixels on every machine: layout works in whole numbers, text is shaped by the given
//! fonts alone, and no clock or file is read here.

mod alert;
#[cfg(test)]
mod audit;
mod campaign;
mod canvas;
mod card;
mod fit;
mod font;
pub mod frame;
pub mod plan;
mod qr;
mod reel;
mod scene;
mod stage;
mod template;
mod text;
mod theme;
mod words;

pub use alert::{Alert, AlertStatus, Severity, Urgency};
pub use campaign::{CampaignTheme, Palette, Unreadable};
pub use card::{Card, Unpaired};
pub use fit::{Fit, View};
pub use font::{FontBytes, FontError, FontSet, SYSTEM_FONTS};
pub use frame::{Frame, Rgb};
pub use plan::TextPlan;
pub use reel::{FADE_MS, Reel};
pub use scene::{SCENE_VERSION, Scene};
pub use stage::{Documents, Marks, Stage, needs_fonts};
