//! What the broker carries: retained messages, wills, and the news of who is there.

use std::net::Shutdown;

use rumqttc::{LastWill, QoS};

use crate::house::{House, Told, display};
use crate::peer::{Peer, options};
use crate::raw::Connect;

#[test]
fn a_display_that_comes_later_is_given_what_was_retained() {
    let house = House::open();
    let payload: Vec<u8> = (0..60 * 1024).map(|byte: u32| byte.to_le_bytes()[0]).collect();
    house.hub().publish("channel/notices/head", true, payload.clone());
    let mut lobby = house.display("lobby");
    assert!(lobby.subscribe("channel/notices/#"));
    let message = lobby.message();
    assert_eq!((message.topic.as_str(), message.retain), ("channel/notices/head", true));
    assert!(message.payload == payload, "byte for byte");
}

#[test]
fn the_largest_packet_allowed_passes() {
    let house = House::open();
    let mut hub = house.hub();
    assert!(hub.subscribe("big"));
    hub.publish("big", true, vec![7; 256 * 1024]);
    assert_eq!(hub.message().payload.len(), 256 * 1024);
}

#[test]
fn a_retained_message_is_replaced_and_deleted() {
    let house = House::open();
    let mut hub = house.hub();
    for (topic, payload) in [
        ("channel/notices/a", "1"),
        ("channel/notices/a", "2"),
        ("channel/notices/b", "1"),
    ] {
        hub.publish(topic, true, payload);
    }
    hub.publish("channel/notices/b", true, "");
    hub.publish("channel/notices/z", false, "not retained");
    let mut lobby = house.display("lobby");
    assert!(lobby.subscribe("channel/notices/#"));
    assert_eq!(lobby.message().payload, "2");
    hub.publish("channel/notices/fence", false, "x");
    assert_eq!(lobby.topics_until("channel/notices/fence"), ["channel/notices/fence"]);
}

#[test]
fn a_subscriber_is_given_thousands_of_retained_messages() {
    let house = House::open();
    let mut hub = house.hub();
    for number in 0..3000 {
        hub.publish(&format!("channel/notices/{number}"), true, "x");
    }
    let mut lobby = house.display("lobby");
    assert!(lobby.subscribe("channel/notices/#"));
    let mut topics: Vec<String> = (0..3000).map(|_| lobby.message().topic).collect();
    topics.sort();
    topics.dedup();
    assert_eq!(topics.len(), 3000);
}

#[test]
fn a_will_is_published_when_its_display_falls_silent() {
    let house = House::open();
    let mut hub = house.hub();
    assert!(hub.subscribe("display/+/status"));
    let (stream, code) = Connect {
        client_id: b"display-lobby",
        username: Some(b"lobby"),
        password: Some(b"ybbol"),
        will: Some((b"display/lobby/status", b"gone")),
        ..Connect::default()
    }
    .send(house.address());
    assert_eq!(code, Some(0));
    stream.shutdown(Shutdown::Both).unwrap();
    drop(stream);
    let will = hub.message();
    assert_eq!(
        (will.topic.as_str(), &will.payload[..]),
        ("display/lobby/status", &b"gone"[..])
    );

    // The control: who says goodbye leaves no will.
    let mut options = options(house.address(), "display-hall", "hall", "llah");
    options.set_last_will(LastWill::new("display/hall/status", "gone", QoS::AtLeastOnce, false));
    Peer::with(options).unwrap().leave();
    hub.publish("display/fence/status", false, "x");
    assert_eq!(hub.topics_until("display/fence/status"), ["display/fence/status"]);
}

#[test]
fn the_rules_hear_who_comes_and_goes() {
    let house = House::open();
    let lobby = house.display("lobby");
    assert_eq!(house.told(), Told::Connected(display("lobby")));
    lobby.leave();
    assert_eq!(house.told(), Told::Disconnected(display("lobby")));
}

#[test]
fn a_display_that_takes_over_its_own_connection_was_never_away() {
    let house = House::open();
    let mut old = house.display("lobby");
    let new = house.display("lobby");
    old.wait_for_end();
    house.display("hall").leave();
    new.leave();
    assert_eq!(house.told(), Told::Connected(display("lobby")));
    assert_eq!(house.told(), Told::Connected(display("hall")));
    let mut gone = [house.told(), house.told()];
    gone.sort_by_key(|told| format!("{told:?}"));
    assert_eq!(
        gone,
        [
            Told::Disconnected(display("hall")),
            Told::Disconnected(display("lobby"))
        ]
    );
}

#[test]
fn a_revoked_display_is_cut_and_stays_out() {
    let house = House::open();
    let mut lobby = house.display("lobby");
    let mut hall = house.display("hall");
    assert!(lobby.subscribe("trust") && hall.subscribe("trust"));
    house.rules.revoke("lobby");
    assert!(house.broker.kick("display-lobby"));
    lobby.wait_for_end();
    assert!(Peer::connect(house.address(), "display-lobby", "lobby", "ybbol").is_err());
    assert!(!house.broker.kick("display-lobby"), "there is nobody left to kick");
    assert!(!house.broker.kick("never-seen"));

    // The control: the other one is still there.
    house.hub().publish("trust", false, "x");
    assert_eq!(hall.message().topic, "trust");
    assert_eq!(house.told(), Told::Connected(display("lobby")));
    assert_eq!(house.told(), Told::Connected(display("hall")));
    assert_eq!(house.told(), Told::Disconnected(display("lobby")));
}

#[test]
fn a_kick_also_ends_the_session_of_a_display_that_is_away() {
    let house = House::open();
    let stays = || {
        let mut options = options(house.address(), "display-lobby", "lobby", "ybbol");
        options.set_clean_session(false);
        Peer::with(options).unwrap()
    };
    let mut lobby = stays();
    assert!(lobby.subscribe("channel/notices/#"));
    lobby.leave();
    assert!(house.broker.kick("display-lobby"));
    let mut hub = house.hub();
    hub.publish("channel/notices/head", false, "missed");
    let mut lobby = stays();
    assert!(lobby.subscribe("trust"));
    hub.publish("trust", false, "x");
    assert_eq!(lobby.topics_until("trust"), ["trust"]);
}
