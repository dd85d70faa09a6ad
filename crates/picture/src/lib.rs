//! Pictures: decoded with limits, scaled and encoded the same on every machine.
//!
//! Nothing here reads a file or a clock, and all arithmetic is in whole numbers or in the basic operations of IEEE 754,
//! so that the same bytes give the same pixels on every display.

mod decode;
mod encode;
mod picture;
mod said;
mod scale;

pub use decode::{Format, Limits, PictureError, decode, format_of};
pub use encode::{Encoded, MAX_SIDE_PX, clean};
pub use picture::{Picture, fitted};
pub use said::said;
