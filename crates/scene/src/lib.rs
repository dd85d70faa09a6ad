//! Scene: a programme, a panel and an instant become a picture.

pub mod frame;
mod plain;

pub use frame::{Frame, Rgb};
pub use plain::{Documents, FontError, FontSet, Marks, SCENE_VERSION, SYSTEM_FONTS, Scene, Stage, needs_fonts};
