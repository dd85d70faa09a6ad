//! A hub that works with a real Mosquitto, and with a real NATS, in the place of its own broker.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::{BrokerUrl, Clock, ExternalBroker, HubAccount, InStep, broker_files, hub_password};
use heliograph_tests::brokers::{Brand, ForeignBroker};
use heliograph_tests::mqtt::{Door, Login, Mqtt};
use heliograph_tests::{STRIP, TestDisplay, World, act, eventually, on_air_rows};
use rumqttc::QoS;
use serde_json::{Value, json};

/// The broker as the office sets it up, and its hub. The broker comes with the hub's account alone.
fn office(brand: Brand) -> (ForeignBroker, World) {
    let mut broker = ForeignBroker::new(brand);
    let folder = broker.accounts();
    let password = hub_password(&folder).unwrap();
    let url = |user: &str, at| format!("mqtt{user}127.0.0.1:{at}");
    let mut hub_finds_it: BrokerUrl = url("s://hub@", broker.secure().port()).parse().unwrap();
    hub_finds_it.password = Some(password.clone());
    let account = HubAccount::new("hub", &password).unwrap();
    let nobody = heliograph_log::MemoryLog::new();
    let files = broker_files(&nobody, &"binhe".parse().unwrap(), Some(&account)).unwrap();
    let _ = files.write_into(&folder).unwrap();
    broker.comes();
    let plan = ExternalBroker {
        url: hub_finds_it,
        public: Some(url("s://", broker.secure().port()).parse().unwrap()),
        authority: Some(broker.certificate()),
        in_step: Some(InStep {
            folder,
            reload: Some(broker.reload_command()),
        }),
    };
    let world = World::at_broker(plan);
    (broker, world)
}

fn standing(world: &World, display: &TestDisplay) -> String {
    let path = format!("/api/v1/displays/{}", display.id);
    world.people.admin.get(&path).json["standing"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn reach(world: &World, id: &str) -> Value {
    world
        .people
        .approver
        .get(&format!("/api/v1/publications/{id}/reach"))
        .json
}

fn on_air(world: &World, title: &str) -> String {
    let id = world.people.publish_notice(title, &["hall"]);
    eventually(&format!("{title} is on air"), || on_air_rows(&reach(world, &id)) == 1);
    id
}

fn story(brand: Brand) {
    let (mut broker, world) = office(brand);
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let told = world.identity(&strip).broker.unwrap();
    assert!(told.tls && told.port == broker.secure().port(), "{told:?}");
    eventually("it is let in and heard", || standing(&world, &strip) == "online");
    let _ = on_air(&world, "今日停水");

    // The broker is gone, and forgets everything; then it is back.
    broker.goes();
    let missed = world.people.publish_notice("电梯检修", &["hall"]);
    broker.comes();
    eventually("what was missed is on air", || {
        on_air_rows(&reach(&world, &missed)) == 1
    });

    // A second display comes: the first is not disturbed for long.
    let other = world.display("other", STRIP, &["hall"]);
    eventually("the second is let in", || standing(&world, &other) == "online");

    // One is revoked while its player runs: it hears nothing more, and cannot come back.
    let identity = world.identity(&other);
    let door = Door::secure(broker.secure(), &broker.certificate());
    let login = Login {
        client_id: format!("display-{}", identity.display),
        username: identity.display.to_string(),
        password: identity.mqtt_token.clone(),
    };
    let mut other = other;
    other.stop();
    let mut session = Mqtt::connect(&door, &login, None).unwrap();
    let own_status = format!("heliograph/v1/binhe/display/{}/reply", identity.display);
    assert!(session.is_alive(&own_status));
    let revoke = format!("/api/v1/displays/{}/revoke", identity.display);
    let _ = world.people.admin.post(&revoke, &json!({})).expect_status(200);
    eventually("its session is cut", || !session.is_alive(&own_status));
    assert!(Mqtt::connect(&door, &login, None).is_none(), "it cannot come back");
    let _ = on_air(&world, "恢复供水");
    strip.stop();
}

#[test]
fn a_notice_goes_by_mosquitto_which_restarts_and_cuts_off_who_was_revoked() {
    story(Brand::Mosquitto);
}

#[test]
fn a_notice_goes_by_nats_which_restarts_and_cuts_off_who_was_revoked() {
    story(Brand::Nats);
}

/// Whether the broker retains something on a topic that this display may hear.
fn is_retained(door: &Door, login: &Login, topic: &str) -> bool {
    let mut display = Mqtt::connect(door, login, None).unwrap();
    let _ = display.subscribe(topic, QoS::AtMostOnce);
    let reply = format!("heliograph/v1/binhe/display/{}/reply", login.username);
    assert!(display.is_alive(&reply));
    display.heard().iter().any(|(on, text)| on == topic && !text.is_empty())
}

/// The broker outlives the hub: what it retains from before is not forgotten when it has to go.
#[test]
fn what_is_erased_after_the_hub_was_started_anew_is_gone_from_the_broker_too() {
    let (broker, mut world) = office(Brand::Mosquitto);
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let id = on_air(&world, "一位当事人的姓名");
    strip.stop();
    let read = world.people.admin.get(&format!("/api/v1/publications/{id}")).json;
    let content = read["released"]["content"].as_str().unwrap().to_owned();
    let topic = format!("heliograph/v1/binhe/channel/hall/content/{content}");
    let _ = act(&world.people.approver, &id, "withdraw", &json!({"reason": "误发"})).expect_status(200);
    world.hub_goes_away();
    world.hub_comes_back();

    let identity = world.identity(&strip);
    let door = Door::secure(broker.secure(), &broker.certificate());
    let login = Login {
        client_id: format!("display-{}", identity.display),
        username: identity.display.to_string(),
        password: identity.mqtt_token,
    };
    assert!(is_retained(&door, &login, &topic), "the control: the broker has it");
    let why = json!({"reason": "个人信息公开有误"});
    let _ = act(&world.people.approver, &id, "request-erasure", &why).expect_status(200);
    let _ = act(&world.people.admin, &id, "erase", &json!({})).expect_status(200);
    eventually("the broker has it no more", || !is_retained(&door, &login, &topic));
}

/// Without the broker's word on who is connected, what displays sign is all there is.
#[test]
fn a_display_that_falls_silent_is_offline() {
    let (_broker, world) = office(Brand::Mosquitto);
    let mut strip = world.display("strip", STRIP, &["hall"]);
    eventually("it is online", || standing(&world, &strip) == "online");
    strip.stop();
    world.clock.set(world.clock.now().plus_ms(76_000));
    eventually("it is offline", || standing(&world, &strip) == "offline");
}
