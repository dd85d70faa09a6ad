//! The files that keep another broker in step.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_log::{DiskLog, EventLog, TableName, TableWrite};
use heliograph_tests::{STRIP, World, eventually};
use serde_json::Value;

fn files(world: &World) -> Value {
    world.people.admin.get("/api/v1/broker-files").expect_status(200).json
}

fn text(world: &World, name: &str) -> String {
    files(world)["files"][name].as_str().unwrap().to_owned()
}

#[test]
fn administrators_alone_see_the_files_and_they_follow_what_is_decided() {
    let world = World::new();
    for curious in [&world.people.author, &world.people.approver, &world.people.everything] {
        let _ = curious.get("/api/v1/broker-files").expect_status(403);
    }
    let _ = world.http().get("/api/v1/broker-files").expect_status(401);
    let display = world.display("strip", STRIP, &["hall"]);
    let (id, token) = (display.id.to_string(), world.identity(&display).mqtt_token);
    assert_eq!(files(&world)["without"], serde_json::json!([]));
    let named = |name: &str| text(&world, name).contains(&id);
    for name in ["mosquitto.passwd", "mosquitto.acl", "nats-users.conf"] {
        assert!(named(name), "{name}");
        assert!(!text(&world, name).contains(&token), "{name}");
    }
    assert!(text(&world, "mosquitto.acl").contains("/channel/hall/#"));
    let path = format!("/api/v1/displays/{id}/revoke");
    let _ = world
        .people
        .admin
        .post(&path, &serde_json::json!({}))
        .expect_status(200);
    for name in ["mosquitto.passwd", "mosquitto.acl", "nats-users.conf"] {
        assert!(!named(name), "{name}");
    }
}

/// A hub that was updated knows the tokens of before by their SHA-256 alone.
#[test]
fn a_token_from_before_comes_into_the_files_once_it_is_seen() {
    let mut world = World::new();
    let mut display = world.display("strip", STRIP, &["hall"]);
    display.stop();
    let (id, token) = (display.id, world.identity(&display).mqtt_token);
    world.hub_goes_away();
    {
        let log = DiskLog::open(&world.data()).unwrap();
        let gone = TableWrite {
            table: TableName::new("display-broker-hashes").unwrap(),
            key: id.0.as_bytes().to_vec().into(),
            value: None,
        };
        log.write(vec![gone]).unwrap();
    }
    world.hub_comes_back();
    assert_eq!(files(&world)["without"], serde_json::json!([id]));
    assert!(!text(&world, "mosquitto.passwd").contains(&id.to_string()));
    let mail = world.http().with_token("guess").get("/api/v1/device/mail");
    let _ = mail.expect_status(401);
    assert_eq!(
        files(&world)["without"],
        serde_json::json!([id]),
        "a wrong token teaches nothing"
    );

    // It fetches something, or it comes to the embedded broker.
    let _ = world
        .http()
        .with_token(&token)
        .get("/api/v1/device/mail")
        .expect_status(200);
    assert_eq!(files(&world)["without"], serde_json::json!([]));
    assert!(text(&world, "mosquitto.passwd").contains(&id.to_string()));
    world.hub_goes_away();
    world.hub_comes_back();
    assert_eq!(files(&world)["without"], serde_json::json!([]), "and that is kept");
}

#[test]
fn the_embedded_broker_sees_it_too() {
    let mut world = World::new();
    let mut display = world.display("strip", STRIP, &["hall"]);
    display.stop();
    world.hub_goes_away();
    {
        let log = DiskLog::open(&world.data()).unwrap();
        let gone = TableWrite {
            table: TableName::new("display-broker-hashes").unwrap(),
            key: display.id.0.as_bytes().to_vec().into(),
            value: None,
        };
        log.write(vec![gone]).unwrap();
    }
    world.hub_comes_back();
    assert_eq!(files(&world)["without"], serde_json::json!([display.id]));
    display.start(world.mqtt());
    eventually("its hashes are there", || {
        files(&world)["without"] == serde_json::json!([])
    });
}
