//! Whom the broker lets in, and to what.

use std::io::{Read, Write};

use rumqttc::v5;

use crate::house::{House, PATIENCE};
use crate::peer::{Peer, options};
use crate::raw::{self, Connect};

const WELCOME: Option<u8> = Some(0);
const BAD_CREDENTIALS: Option<u8> = Some(4);
const NOT_AUTHORISED: Option<u8> = Some(5);

/// A display that does everything right; the tests below change one thing each.
fn lobby() -> Connect<'static> {
    Connect {
        client_id: b"display-lobby",
        username: Some(b"lobby"),
        password: Some(b"ybbol"),
        ..Connect::default()
    }
}

#[test]
fn only_who_proves_to_be_someone_is_let_in() {
    let house = House::open();
    let knock = |connect: Connect<'_>| connect.send(house.address()).1;
    assert_eq!(knock(lobby()), WELCOME);
    assert_eq!(
        knock(Connect {
            password: Some(b"wrong"),
            ..lobby()
        }),
        BAD_CREDENTIALS
    );
    assert_eq!(
        knock(Connect {
            password: Some(b"\xff\xfe\0"),
            ..lobby()
        }),
        BAD_CREDENTIALS
    );
    assert_eq!(
        knock(Connect {
            password: None,
            ..lobby()
        }),
        BAD_CREDENTIALS
    );
    assert_eq!(
        knock(Connect {
            username: None,
            password: None,
            ..lobby()
        }),
        BAD_CREDENTIALS
    );
    assert_eq!(
        knock(Connect {
            username: Some(b"nobody"),
            ..lobby()
        }),
        BAD_CREDENTIALS
    );
    assert_eq!(
        knock(Connect {
            client_id: b"display-hall",
            ..lobby()
        }),
        BAD_CREDENTIALS,
        "another's client id"
    );
    assert_eq!(
        knock(Connect {
            client_id: b"",
            ..lobby()
        }),
        BAD_CREDENTIALS,
        "a client id of the broker's making"
    );
}

#[test]
fn a_display_speaks_only_for_itself() {
    let house = House::open();
    let mut hub = house.hub();
    assert!(hub.subscribe("#"));
    let mut hall = house.display("hall");
    for foreign in [
        "display/lobby/status",
        "channel/notices/head",
        "trust",
        "$SYS/x",
        "display/hall/config",
    ] {
        hall.publish(foreign, true, "forged");
    }
    // Not retained: it would come twice if it were kept before the hub is given what was.
    hall.publish("display/hall/status", false, "here");
    assert_eq!(hub.topics_until("display/hall/status"), ["display/hall/status"]);

    // The control: the one whose topic it is may use it; and nothing forged was kept either.
    house.display("lobby").publish("display/lobby/status", false, "here");
    assert_eq!(hub.message().topic, "display/lobby/status");
    assert!(hub.subscribe("display/lobby/status"));
    hub.publish("fence", false, "");
    assert_eq!(hub.topics_until("fence"), ["fence"]);
}

#[test]
fn a_display_hears_only_what_is_meant_for_it() {
    let house = House::open();
    let mut hub = house.hub();
    let mut hall = house.display("hall");
    for foreign in [
        "#",
        "+/+/+",
        "display/lobby/config",
        "display/+/config",
        "channel/other/#",
        "channel/#",
        "$SYS/#",
        "$share/g/display/hall/config",
        "$share/g/display/lobby/config",
    ] {
        assert!(!hall.subscribe(foreign), "{foreign}");
    }
    assert!(hall.subscribe("display/hall/config") && hall.subscribe("channel/notices/#"));
    for topic in [
        "display/lobby/config",
        "channel/other/head",
        "channel/notices/head",
        "display/hall/config",
    ] {
        hub.publish(topic, false, "x");
    }
    assert_eq!(
        hall.topics_until("display/hall/config"),
        ["channel/notices/head", "display/hall/config"]
    );
}

#[test]
fn nobody_shares_a_subscription_and_the_rules_may_close_sys() {
    let house = House::open();
    let mut hub = house.hub();
    assert!(
        !hub.subscribe("$share/g/display/+/status"),
        "refused although these rules allow the hub everything"
    );
    assert!(!hub.subscribe("$SYS/#"));
    assert!(hub.subscribe("display/+/status"));
}

#[test]
fn a_will_on_a_foreign_topic_is_refused() {
    let house = House::open();
    let knock = |topic| {
        Connect {
            will: Some((topic, b"gone")),
            ..lobby()
        }
        .send(house.address())
        .1
    };
    assert_eq!(knock(b"display/hall/status".as_slice()), NOT_AUTHORISED);
    assert_eq!(knock(b"channel/notices/head"), NOT_AUTHORISED);
    assert_eq!(knock(b"display/+/status"), NOT_AUTHORISED);
    assert_eq!(knock(b"display/lobby/status"), WELCOME);
}

#[test]
fn a_wildcard_is_no_topic_even_for_the_hub() {
    let house = House::open();
    let hub = Connect {
        client_id: b"hub-office",
        username: Some(b"hub"),
        password: Some(b"bub"),
        ..lobby()
    };
    let knock = |topic| {
        Connect {
            will: Some((topic, b"gone")),
            ..hub
        }
        .send(house.address())
        .1
    };
    assert_eq!(knock(b"a/#".as_slice()), NOT_AUTHORISED);
    assert_eq!(knock(b"a/b"), WELCOME);
}

#[test]
fn text_that_is_not_utf8_ends_the_connection_and_nothing_else() {
    let house = House::open();
    let bad: &[u8] = b"display/\xff\xfe/status";
    assert_ne!(
        Connect {
            will: Some((bad, b"gone")),
            ..lobby()
        }
        .send(house.address())
        .1,
        WELCOME
    );
    assert_ne!(
        Connect {
            client_id: bad,
            ..lobby()
        }
        .send(house.address())
        .1,
        WELCOME
    );
    assert_ne!(
        Connect {
            username: Some(bad),
            ..lobby()
        }
        .send(house.address())
        .1,
        WELCOME
    );
    for packet in [raw::publish(bad, b"x"), raw::subscribe(bad)] {
        let (mut stream, code) = lobby().send(house.address());
        assert_eq!(code, WELCOME);
        stream.write_all(&packet).unwrap();
        assert!(
            matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)),
            "the broker hangs up"
        );
    }
    assert!(house.hub().subscribe("#"));
}

#[test]
fn a_subscription_withdrawn_while_its_display_was_away_does_not_come_back() {
    let house = House::open();
    let stays = |subscribed: bool| {
        let mut options = options(house.address(), "display-lobby", "lobby", "ybbol");
        options.set_clean_session(false);
        let mut lobby = Peer::with(options).unwrap();
        if subscribed {
            assert!(lobby.subscribe("channel/notices/#"));
        }
        lobby
    };
    let mut hub = house.hub();
    stays(true).leave();

    // The control: a session is kept, with what was missed.
    hub.publish("channel/notices/head", false, "1");
    let mut lobby = stays(false);
    assert_eq!(lobby.message().topic, "channel/notices/head");
    lobby.leave();

    house.rules.withdraw_channel("notices");
    hub.publish("channel/notices/head", false, "2");
    let mut lobby = stays(false);
    hub.publish("channel/notices/head", false, "3");
    assert!(lobby.subscribe("trust"));
    hub.publish("trust", false, "x");
    assert_eq!(lobby.topics_until("trust"), ["trust"]);
}

#[test]
fn mqtt_5_meets_the_same_rules() {
    let house = House::open();
    let connect = |will: Option<&str>| {
        let address = house.address();
        let mut options = v5::MqttOptions::new("display-hall", address.ip().to_string(), address.port());
        options.set_credentials("hall", "llah");
        if let Some(topic) = will {
            options.set_last_will(v5::mqttbytes::v5::LastWill::new(
                topic,
                "x",
                v5::mqttbytes::QoS::AtMostOnce,
                false,
                None,
            ));
        }
        v5::Client::new(options, 8)
    };
    let next = |connection: &mut v5::Connection, wanted: fn(&v5::mqttbytes::v5::Packet) -> bool| loop {
        match connection.recv_timeout(PATIENCE).unwrap() {
            Ok(v5::Event::Incoming(packet)) if wanted(&packet) => return Some(packet),
            Ok(_) => {}
            Err(_) => return None,
        }
    };
    use v5::mqttbytes::v5::{Packet, PubAckReason, SubscribeReasonCode};

    let (_client, mut connection) = connect(Some("display/lobby/status"));
    assert!(
        next(&mut connection, |packet| matches!(packet, Packet::ConnAck(_))).is_none(),
        "a foreign will"
    );

    let (client, mut connection) = connect(Some("display/hall/status"));
    assert!(next(&mut connection, |packet| matches!(packet, Packet::ConnAck(_))).is_some());
    client
        .publish("display/lobby/status", v5::mqttbytes::QoS::AtLeastOnce, true, "forged")
        .unwrap();
    let Some(Packet::PubAck(ack)) = next(&mut connection, |packet| matches!(packet, Packet::PubAck(_))) else {
        panic!("an answer")
    };
    assert_eq!(ack.reason, PubAckReason::NotAuthorized);
    client
        .subscribe("display/lobby/config", v5::mqttbytes::QoS::AtLeastOnce)
        .unwrap();
    let Some(Packet::SubAck(ack)) = next(&mut connection, |packet| matches!(packet, Packet::SubAck(_))) else {
        panic!("an answer")
    };
    assert_eq!(ack.return_codes, [SubscribeReasonCode::NotAuthorized]);
}
