//! What somebody may write behind `--sink`.
#![no_main]

use heliograph_sink::Outlet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = text.parse::<Outlet>() {
        // A mistake is told in a few lines, however long it was.
        assert!(error.to_string().chars().count() < 2_000, "{error}");
    }
});
