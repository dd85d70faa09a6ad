//! Bytes of a stranger, as a picture: decoded within limits or refused, and what was decoded can be made clean.
#![no_main]

use heliograph_picture::{Limits, clean, decode, format_of};
use libfuzzer_sys::fuzz_target;

const SMALL: Limits = Limits {
    bytes: 1 << 20,
    pixels: 1 << 20,
    memory_bytes: 16 << 20,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(picture) = decode(bytes, &SMALL) else { return };
    let (width, height) = (picture.width_px(), picture.height_px());
    assert!(u64::from(width) * u64::from(height) <= SMALL.pixels);
    let format = format_of(bytes).expect("what was decoded has a format");
    let made = clean(&picture, format).expect("a picture can be encoded");
    let again = decode(&made.bytes, &Limits::CLEAN).expect("what a hub keeps can be read");
    assert_eq!((again.width_px(), again.height_px()), (made.width_px, made.height_px));
});
