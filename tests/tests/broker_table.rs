//! One table of what displays may say and hear, held against the embedded broker, Mosquitto and NATS: judged by what arrives,
//! whatever the broker answers.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use heliograph_hub::{HubAccount, broker_files};
use heliograph_tests::brokers::{Brand, ForeignBroker};
use heliograph_tests::mqtt::{Door, Login, Mqtt};
use heliograph_tests::{STRIP, World};
use rumqttc::QoS;

/// `{own}` is the display's id, `{other}` another's. Topics are those below `heliograph/v1/binhe/`, but for those that begin
/// with a `/`, which stand as they are without it.
struct Hearing {
    filter: &'static str,
    said_on: &'static str,
    hears: bool,
}

const fn hears(filter: &'static str, said_on: &'static str) -> Hearing {
    Hearing {
        filter,
        said_on,
        hears: true,
    }
}

const fn never(filter: &'static str, said_on: &'static str) -> Hearing {
    Hearing {
        filter,
        said_on,
        hears: false,
    }
}

const HEARING: [Hearing; 35] = [
    hears("trust/#", "trust"),
    hears("trust/#", "trust/2"),
    hears("trust", "trust"),
    hears("site", "site"),
    hears("heartbeat", "heartbeat"),
    hears("erased", "erased"),
    hears("display/{own}/config", "display/{own}/config"),
    hears("display/{own}/command", "display/{own}/command"),
    hears("display/{own}/ack", "display/{own}/ack"),
    hears("display/{own}/time", "display/{own}/time"),
    hears("channel/hall/#", "channel/hall/head"),
    hears("channel/hall/#", "channel/hall/content/00"),
    hears("channel/hall/head", "channel/hall/head"),
    never("channel/back-office/#", "channel/back-office/head"),
    never("channel/back-office/head", "channel/back-office/head"),
    never("channel/+/head", "channel/back-office/head"),
    never("channel/#", "channel/back-office/content/00"),
    never("channel/hallway/#", "channel/hallway/head"),
    never("display/{other}/config", "display/{other}/config"),
    never("display/{other}/command", "display/{other}/command"),
    never("display/{other}/time", "display/{other}/time"),
    never("display/{other}/#", "display/{other}/config"),
    never("display/+/config", "display/{other}/config"),
    never("display/{other}/status", "display/{other}/status"),
    never("display/+/status", "display/{other}/status"),
    never("display/{own}/status", "display/{own}/status"),
    never("display/{own}/#", "display/{own}/reply"),
    never("display/#", "display/{other}/receipts"),
    never("#", "channel/back-office/head"),
    never("/#", "display/{other}/config"),
    never("/+/+/+/channel/+/head", "channel/back-office/head"),
    never(
        "/$share/all/heliograph/v1/binhe/channel/back-office/#",
        "channel/back-office/head",
    ),
    never("/$MQTT/sub/#", "channel/back-office/head"),
    never("/+/sub/#", "channel/back-office/head"),
    never("/$SYS/#", "display/{other}/config"),
];

/// Topic, and whether what the display says there arrives at the hub.
const SPEAKING: [(&str, bool); 19] = [
    ("display/{own}/status", true),
    ("display/{own}/receipts", true),
    ("display/{own}/reply", true),
    ("display/{other}/status", false),
    ("display/{other}/receipts", false),
    ("display/{other}/reply", false),
    ("display/{own}/config", false),
    ("display/{own}/command", false),
    ("display/{own}/ack", false),
    ("display/{own}/time", false),
    ("display/{own}/status/more", false),
    ("display/{own}", false),
    ("trust", false),
    ("trust/2", false),
    ("site", false),
    ("heartbeat", false),
    ("erased", false),
    ("channel/hall/head", false),
    ("channel/hall/content/00", false),
];

/// The same of wills.
const WILLS: [(&str, bool); 5] = [
    ("display/{own}/status", true),
    ("display/{other}/status", false),
    ("display/{own}/config", false),
    ("channel/hall/head", false),
    ("trust", false),
];

/// A broker with its people.
struct Stage {
    door: Door,
    /// Another connection of the hub's account.
    hub: Login,
    own: Login,
    other: Login,
}

impl Stage {
    fn topic(&self, row: &str) -> String {
        let row = row
            .replace("{own}", &self.own.username)
            .replace("{other}", &self.other.username);
        match row.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("heliograph/v1/binhe/{row}"),
        }
    }

    fn enter(&self, login: &Login) -> Mqtt {
        Mqtt::connect(&self.door, login, None).unwrap_or_else(|| panic!("{} is not let in", login.client_id))
    }

    fn hub_hearing_all(&self) -> Mqtt {
        let mut hub = self.enter(&self.hub);
        assert!(hub.subscribe(&self.topic("#"), QoS::AtMostOnce));
        hub
    }

    /// Whether a message of the hub arrives: one that was retained before the display came, and one that is said while it
    /// listens. Both or none.
    fn is_heard(&self, row: &Hearing, qos: QoS) -> bool {
        let (filter, said_on) = (self.topic(row.filter), self.topic(row.said_on));
        let fence = self.topic("display/{own}/ack");
        let mut hub = self.enter(&self.hub);
        hub.publish(&said_on, QoS::AtLeastOnce, true, "kept");
        assert!(hub.is_alive(&self.topic("site")));
        let mut display = self.enter(&self.own);
        assert!(display.subscribe(&fence, qos), "the fence");
        display.subscribe(&filter, qos);
        hub.publish(&said_on, qos, false, "live");
        hub.publish(&fence, qos, false, "over");
        assert!(hub.is_alive(&self.topic("site")));
        let mut heard = display.heard_until("over").expect("the fence is heard");
        let came = |heard: &[(String, String)], text: &str| {
            heard.iter().any(|(topic, said)| *topic == said_on && said == text)
        };
        // A broker may look for what it retains while it passes on what is said.
        if row.hears && !came(&heard, "kept") {
            heard.extend(display.heard_until("kept").expect("it was retained"));
            heard.push((said_on.clone(), "kept".to_owned()));
        }
        // With QoS 1 NATS keeps no order between two subscriptions. What never arrives is judged with QoS 0.
        if row.hears && qos == QoS::AtLeastOnce && !came(&heard, "live") {
            heard.extend(display.heard_until("live").expect("it is heard"));
            heard.push((said_on.clone(), "live".to_owned()));
        }
        assert_eq!(
            came(&heard, "kept"),
            came(&heard, "live"),
            "{filter} {said_on} {heard:?}"
        );
        // Not before: a broker may still be looking for it.
        hub.publish(&said_on, QoS::AtLeastOnce, true, "");
        assert!(hub.is_alive(&self.topic("site")));
        came(&heard, "live")
    }

    fn arrives(&self, hub: &mut Mqtt, topic: &str, qos: QoS) -> bool {
        let (topic, marker) = (self.topic(topic), self.topic("display/{own}/status"));
        let mut display = self.enter(&self.own);
        display.publish(&topic, qos, true, "said");
        drop_politely(&mut display);
        // A broker may end the connection of who says what is forbidden. The marker comes over another.
        let mut again = self.enter(&self.own);
        again.publish(&marker, QoS::AtMostOnce, false, "over");
        assert!(again.is_alive(&marker));
        let heard = hub.heard_until("over").expect("the marker arrives");
        heard.iter().any(|(on, text)| *on == topic && text == "said")
    }

    fn will_arrives(&self, hub: &mut Mqtt, topic: &str) -> bool {
        let (topic, marker) = (self.topic(topic), self.topic("display/{own}/status"));
        // Not let in with such a will is an answer, too.
        if let Some(mut display) = Mqtt::connect(&self.door, &self.own, Some(&topic)) {
            assert!(display.is_alive(&marker));
        }
        // The same client again: whatever is left of the first connection ends now.
        let mut again = self.enter(&self.own);
        for _ in 0..3 {
            assert!(again.is_alive(&marker));
        }
        again.publish(&marker, QoS::AtMostOnce, false, "over");
        assert!(again.is_alive(&marker));
        let heard = hub.heard_until("over").expect("the marker arrives");
        heard.iter().any(|(on, text)| *on == topic && text == "will")
    }

    fn table(&self) {
        for row in &HEARING {
            for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
                assert_eq!(
                    self.is_heard(row, qos),
                    row.hears,
                    "{} {} {qos:?}",
                    row.filter,
                    row.said_on
                );
            }
        }
        let mut hub = self.hub_hearing_all();
        for (topic, arrives) in SPEAKING {
            for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
                assert_eq!(self.arrives(&mut hub, topic, qos), arrives, "{topic} {qos:?}");
            }
        }
        for (topic, arrives) in WILLS {
            assert_eq!(self.will_arrives(&mut hub, topic), arrives, "a will on {topic}");
        }
        self.nobody_else_comes_in();
    }

    fn nobody_else_comes_in(&self) {
        let with = |login: &Login, password: &str| Login {
            password: password.to_owned(),
            ..login.clone()
        };
        for (login, why) in [
            (with(&self.own, "guess"), "a wrong token"),
            (with(&self.own, ""), "no token"),
            (with(&self.own, &self.other.password), "another's token"),
            (with(&self.hub, &self.own.password), "the hub's name"),
            (
                Login {
                    client_id: "x".to_owned(),
                    username: "x".to_owned(),
                    password: "x".to_owned(),
                },
                "a stranger",
            ),
        ] {
            assert!(Mqtt::connect(&self.door, &login, None).is_none(), "{why}");
        }
        assert!(Mqtt::connect(&self.door, &self.own, None).is_some());
    }

    /// Whether a display that comes with another's client id, but its own token, ends the other's connection.
    fn can_cut_another(&self) -> bool {
        let mut victim = self.enter(&self.other);
        let fence = self.topic("display/{other}/ack");
        assert!(victim.subscribe(&fence, QoS::AtMostOnce));
        let masked = Login {
            client_id: self.other.client_id.clone(),
            ..self.own.clone()
        };
        let _intruder = Mqtt::connect(&self.door, &masked, None);
        let mut hub = self.enter(&self.hub);
        hub.publish(&fence, QoS::AtMostOnce, false, "over");
        assert!(hub.is_alive(&self.topic("site")));
        victim.heard_until("over").is_none()
    }
}

/// Waits until what was published has been read by the broker; it may have hung up, which is an answer.
fn drop_politely(display: &mut Mqtt) {
    let _ = display.is_alive("heliograph/v1/binhe/nowhere");
}

/// An office with two displays that do not run.
fn office() -> (World, Login, Login) {
    let world = World::new();
    let login = |name: &str, channels: &[&str]| {
        let mut display = world.display(name, STRIP, channels);
        display.stop();
        let identity = world.identity(&display);
        Login {
            client_id: format!("display-{}", identity.display),
            username: identity.display.to_string(),
            password: identity.mqtt_token,
        }
    };
    let (own, other) = (login("strip", &["hall"]), login("other", &["back-office"]));
    (world, own, other)
}

const PASSWORD: &str = "the-hub-of-the-table";

fn at_a_foreign_broker(brand: Brand) -> (ForeignBroker, Stage) {
    at_a_broker_with(brand, |_| {})
}

fn at_a_broker_with(brand: Brand, spoil: impl Fn(&mut String)) -> (ForeignBroker, Stage) {
    let (world, own, other) = office();
    let account = HubAccount::new("hub", PASSWORD).unwrap();
    let site = "binhe".parse().unwrap();
    let mut files = broker_files(&*world.hub().log(), &site, Some(&account)).unwrap();
    assert!(files.without.is_empty());
    files.files.iter_mut().for_each(|(_, text)| spoil(text));
    let broker = ForeignBroker::start(brand, &files);
    let stage = Stage {
        door: Door::secure(broker.secure(), &broker.certificate()),
        hub: Login {
            client_id: "hub-binhe-table".to_owned(),
            username: "hub".to_owned(),
            password: PASSWORD.to_owned(),
        },
        own,
        other,
    };
    (broker, stage)
}

#[test]
fn the_embedded_broker_keeps_to_the_table() {
    let (world, own, other) = office();
    let (client_id, password) = world.hub().own_credential().unwrap();
    let stage = Stage {
        door: Door::plain(world.mqtt()),
        hub: Login {
            client_id: format!("{client_id}-table"),
            username: "hub".to_owned(),
            password,
        },
        own,
        other,
    };
    stage.table();
    assert!(!stage.can_cut_another());
}

#[test]
fn mosquitto_keeps_to_the_table() {
    let (_broker, stage) = at_a_foreign_broker(Brand::Mosquitto);
    stage.table();
    assert!(!stage.can_cut_another());
}

#[test]
fn nats_keeps_to_the_table() {
    let (_broker, stage) = at_a_foreign_broker(Brand::Nats);
    stage.table();
    // NATS binds no client id to an account (firmware-config/broker/README.md says what follows from it).
    assert!(stage.can_cut_another());
}

/// The table would show it: these rules let a display hear a channel that is not its own, and speak as another.
#[test]
fn rules_that_are_too_wide_are_noticed() {
    for brand in [Brand::Mosquitto, Brand::Nats] {
        let (_broker, stage) = at_a_broker_with(brand, |text| {
            for (narrow, wide) in [
                ("/channel/hall/#", "/channel/#"),
                (".channel.hall.>", ".channel.>"),
                (
                    "topic write heliograph/v1/binhe/display/",
                    "topic write heliograph/v1/binhe/#\n# ",
                ),
                ("publish: { allow: [", "publish: { allow: [\"heliograph.v1.binhe.>\", "),
            ] {
                *text = text.replace(narrow, wide);
            }
        });
        for filter in ["channel/back-office/head", "channel/back-office/#"] {
            let row = hears(filter, "channel/back-office/head");
            assert!(stage.is_heard(&row, QoS::AtMostOnce), "{brand:?} {filter}");
        }
        let mut hub = stage.hub_hearing_all();
        assert!(
            stage.arrives(&mut hub, "channel/hall/head", QoS::AtMostOnce),
            "{brand:?}"
        );
        assert!(stage.will_arrives(&mut hub, "display/{other}/status"), "{brand:?}");
    }
}
