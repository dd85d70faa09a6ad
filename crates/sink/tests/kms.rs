//! The screen without a desktop, as far as a machine without one can tell.

#![cfg(feature = "kms")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_sink::{KmsError, SinkError, SinkSpec};

fn refused(spec: &str) -> (KmsError, String) {
    match spec
        .parse::<SinkSpec>()
        .unwrap()
        .open("屏", &heliograph_sink::Rig::default())
        .err()
        .unwrap()
    {
        SinkError::Kms(error) => (error.clone(), error.to_string()),
        other => panic!("{other}"),
    }
}

#[test]
fn a_device_that_is_missing_is_told_with_what_to_do() {
    let (error, told) = refused("kms:/dev/dri/card99");
    assert!(matches!(error, KmsError::Open { .. }));
    assert!(
        told.contains("/dev/dri/card99 cannot be opened") && told.contains("ls /dev/dri"),
        "{told}"
    );
}

#[test]
fn a_device_that_shows_nothing_is_told() {
    let (error, told) = refused("kms:/dev/null?mode=1920x1080");
    assert!(matches!(error, KmsError::NoModes { .. }));
    assert!(told.contains("Name another"), "{told}");
}
