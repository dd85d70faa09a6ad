//! What a display may say and hear at the hub's broker.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{STRIP, World, eventually};
use rumqttc::{Client, Event, Incoming, MqttOptions, QoS, SubscribeReasonCode};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Connects and subscribes; `None` when not let in, else whether the subscription was granted.
fn subscribed(broker: SocketAddr, client_id: &str, username: &str, password: &str, filter: &str) -> Option<bool> {
    let mut options = MqttOptions::new(client_id, broker.ip().to_string(), broker.port());
    options.set_credentials(username, password);
    let (client, mut connection) = Client::new(options, 10);
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        match connection.recv_timeout(Duration::from_secs(5)) {
            Ok(Ok(Event::Incoming(Incoming::ConnAck(_)))) => client.subscribe(filter, QoS::AtLeastOnce).unwrap(),
            Ok(Ok(Event::Incoming(Incoming::SubAck(ack)))) => {
                return Some(
                    ack.return_codes
                        .iter()
                        .all(|code| matches!(code, SubscribeReasonCode::Success(_))),
                );
            }
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return None,
        }
    }
    None
}

#[test]
fn a_display_hears_its_own_channels_and_nothing_else() {
    let world = World::new();
    let mut display = world.display("strip", STRIP, &["hall"]);
    display.stop();
    let identity = world.identity(&display);
    let id = identity.display;
    let other = world.display("other", STRIP, &["back-office"]);
    let own = format!("display-{id}");
    let hears = |filter: &str| subscribed(world.mqtt(), &own, &id.to_string(), &identity.mqtt_token, filter);
    let site = "heliograph/v1/binhe";
    for filter in [
        format!("{site}/trust"),
        format!("{site}/trust/#"),
        format!("{site}/site"),
        format!("{site}/display/{id}/time"),
        format!("{site}/heartbeat"),
        format!("{site}/erased"),
        format!("{site}/channel/hall/#"),
        format!("{site}/display/{id}/config"),
        format!("{site}/display/{id}/command"),
    ] {
        assert_eq!(hears(&filter), Some(true), "{filter}");
    }
    for filter in [
        "#".to_owned(),
        "+/+/+/trust".to_owned(),
        format!("{site}/channel/back-office/#"),
        format!("{site}/channel/+/head"),
        format!("{site}/display/+/status"),
        format!("{site}/display/{id}/#"),
        format!("{site}/display/{}/config", other.id),
        "$SYS/#".to_owned(),
    ] {
        assert_ne!(hears(&filter), Some(true), "{filter}");
    }
    let trust = format!("{site}/trust");
    assert_eq!(
        subscribed(world.mqtt(), &own, &id.to_string(), "guess", &trust),
        None,
        "a wrong token"
    );
    assert_eq!(
        subscribed(world.mqtt(), "display-x", &id.to_string(), &identity.mqtt_token, &trust),
        None,
        "another's client id"
    );
    assert_eq!(
        subscribed(world.mqtt(), "hub-binhe", "hub", &identity.mqtt_token, &trust),
        None,
        "the hub's name"
    );
}

#[test]
fn a_retired_display_is_cut_off_and_stays_out() {
    let world = World::new();
    let display = world.display("strip", STRIP, &["hall"]);
    let identity = world.identity(&display);
    let path = format!("/api/v1/displays/{}", display.id);
    let standing = || {
        world.people.admin.get(&path).json["standing"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    eventually("it is online", || standing() == "online");
    let _ = world
        .people
        .admin
        .post(&format!("{path}/retire"), &serde_json::json!({}))
        .expect_status(200);
    eventually("it is offline", || standing() == "offline");
    let trust = "heliograph/v1/binhe/trust";
    let own = format!("display-{}", display.id);
    assert_eq!(
        subscribed(world.mqtt(), &own, &display.id.to_string(), &identity.mqtt_token, trust),
        None
    );
}
