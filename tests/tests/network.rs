//! Displays go on without the hub, and agree with it again afterwards.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{STRIP, World, eventually};
use serde_json::json;

#[test]
fn a_display_shows_its_last_programme_with_no_network_and_after_a_restart() {
    let mut world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let id = world.people.publish_notice("停电也要看得到", &["hall"]);
    let display = format!("/api/v1/displays/{}", strip.id);
    eventually("the notice", || {
        world.people.admin.get(&display).json["status"]["on_air"]["publication"] == json!(id)
    });
    let shown = strip.frame();

    world.hub_goes_away();
    strip.stop();
    let nowhere = "127.0.0.1:9".parse().unwrap();
    strip.start(nowhere);
    eventually("a first frame from the replica", || strip.recording.count() > 0);
    let first = strip.recording.frames()[0].frame.clone();
    let differing = first.rgb().iter().zip(shown.rgb()).filter(|(a, b)| a != b).count();
    assert!(
        differing < first.rgb().len() / 4,
        "the same notice, up to the clock: {differing} bytes differ"
    );
    strip.stop();

    world.hub_comes_back();
    strip.start(world.mqtt());
    eventually("they agree again", || {
        world.people.admin.get(&display).json["status"]["on_air"]["publication"] == json!(id)
    });
    let next = world.people.publish_notice("来电之后的新通知", &["hall"]);
    eventually("the next notice", || {
        world.people.admin.get(&display).json["status"]["on_air"]["publication"] == json!(next)
    });
}

#[test]
fn a_second_start_folds_the_same_state() {
    let mut world = World::new();
    let _ = world.people.publish_notice("第一条", &["hall"]);
    let _ = world.people.publish_notice("第二条", &["hall", "strips"]);
    let before = world.hub().state().digest();
    world.hub_goes_away();
    world.hub_comes_back();
    assert_eq!(world.hub().state().digest(), before);
}
