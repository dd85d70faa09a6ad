//! Scene: a programme, a panel and an instant become a picture.

pub mod frame;

pub use frame::{Frame, Rgb};
