//! What a hub says to all displays at once, and what they have from it when the broker does not bring it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_scene::Frame;
use heliograph_tests::{STRIP, TestDisplay, World, eventually};
use heliograph_wire::{Mail, TimeAnswer, Topic, Trust, open};
use serde_json::{Value, json};

fn on_air(world: &World, display: &TestDisplay) -> Value {
    let path = format!("/api/v1/displays/{}", display.id);
    world.people.admin.get(&path).json["status"]["on_air"]["publication"].clone()
}

/// In how many bytes two pictures differ.
fn differing(one: &Frame, other: &Frame) -> usize {
    one.rgb().iter().zip(other.rgb()).filter(|(a, b)| a != b).count()
}

/// The number that a display drew.
const NONCE: [u8; 16] = [7; 16];

fn nonce() -> String {
    heliograph_tests::hex(&NONCE)
}

#[test]
fn one_press_blanks_every_display_until_it_is_undone_also_after_a_restart_without_a_network() {
    let mut world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let id = world.people.publish_notice("屏幕上的通知", &["hall"]);
    eventually("the notice", || on_air(&world, &strip) == json!(id));
    let notice = strip.frame();

    let denied = world.people.author.post("/api/v1/site/blank", &json!({}));
    let _ = denied.expect_status(403);
    let pressed = world.people.approver.post("/api/v1/site/blank", &json!({}));
    assert_eq!(pressed.expect_status(200).json["blanked"], json!(true));
    eventually("the slate", || on_air(&world, &strip).is_null());
    let slate = strip.frame();
    let position = world.hub().state().position;
    let again = world.people.approver.post("/api/v1/site/blank", &json!({}));
    let _ = again.expect_status(200);
    assert_eq!(world.hub().state().position, position, "pressed again, nothing happens");
    let next = world.people.publish_notice("黑场期间发布", &["hall"]);

    // Nobody is there when it starts again, and it knows.
    world.hub_goes_away();
    strip.stop();
    strip.start("127.0.0.1:9".parse().unwrap());
    eventually("a first frame", || strip.recording.count() > 0);
    // Up to the time of day.
    let first = strip.recording.frames()[0].frame.clone();
    assert!(differing(&first, &slate) * 4 < differing(&notice, &slate));
    strip.stop();

    world.hub_comes_back();
    strip.start(world.mqtt());
    assert_eq!(world.people.admin.get("/api/v1/site").json["blanked"], json!(true));
    let back = world.people.approver.post("/api/v1/site/unblank", &json!({}));
    let _ = back.expect_status(200);
    eventually("the programme is back", || on_air(&world, &strip) == json!(next));
}

#[test]
fn a_display_has_the_same_from_the_hub_as_from_the_broker_and_the_time() {
    let world = World::new();
    let strip = world.display("strip", STRIP, &["hall"]);
    let _ = world.people.publish_notice("两条路都能到", &["hall"]);
    let _ = world.people.approver.post("/api/v1/site/blank", &json!({})).expect_status(200);
    let identity = world.identity(&strip);
    let path = format!("/api/v1/device/mail?nonce={}", nonce());
    let http = world.http().with_token(&identity.mqtt_token);
    let mut topics = Vec::new();
    eventually("the mail is whole", || {
        let mail = Mail::from_bytes(&http.get(&path).expect_status(200).bytes).unwrap();
        topics = mail.letters.iter().map(|letter| letter.topic.clone()).collect();
        topics.len() == 6
    });
    let id = identity.display;
    let expected = [
        "trust".to_owned(),
        "heartbeat".to_owned(),
        "site".to_owned(),
        format!("display/{id}/config"),
        "channel/hall/head".to_owned(),
        format!("display/{id}/time"),
    ];
    assert_eq!(topics, expected);

    // A display that knows nothing but its root believes it all, in this order.
    let mail = Mail::from_bytes(&http.get(&path).expect_status(200).bytes).unwrap();
    let mut trust = Trust::new(identity.site.clone(), identity.root);
    for letter in &mail.letters {
        let full = format!("heliograph/v1/{}/{}", identity.site, letter.topic);
        let topic = Topic::parse(&identity.site, &full).unwrap();
        assert!(trust.admit(&topic, &letter.payload).is_ok(), "{}", letter.topic);
    }
    let time = mail.letters.last().unwrap();
    let key = heliograph_wire::PublicKey(identity.root.0);
    let forged = open(&time.payload, &identity.site, &Topic::Time(id), &|_, _| Some(key));
    assert!(forged.is_err(), "the control: the root does not tell the time");
    let answer = TimeAnswer::from_bytes(&time.payload[34..time.payload.len() - 64]).unwrap();
    assert_eq!(answer.nonce, NONCE);

    let _ = world.http().get(&path).expect_status(401);
    let _ = world.http().with_token("guess").get(&path).expect_status(401);
    let _ = http.get("/api/v1/device/mail?nonce=7").expect_status(400);
}

#[test]
fn a_display_whose_broker_is_dead_has_its_programme_from_the_hub() {
    let world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let twin = world.display("twin", STRIP, &["hall"]);
    let first = world.people.publish_notice("第一条", &["hall"]);
    eventually("the first notice", || on_air(&world, &strip) == json!(first));
    strip.stop();
    strip.start("127.0.0.1:9".parse().unwrap());
    eventually("a first frame", || strip.recording.count() > 0);
    let next = world.people.publish_notice("代理之外也能到达", &["hall"]);
    eventually("the twin has it", || on_air(&world, &twin) == json!(next));
    assert_ne!(*strip.frame(), *twin.frame(), "the control: the broker's way is closed");
    // Nobody has told it the time, so it soon asks the hub itself.
    eventually("both show the same", || *strip.frame() == *twin.frame());
}
