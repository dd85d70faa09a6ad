//! How a machine that nobody knows becomes a display: two screens show the same six characters, or somebody stands
//! between them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::Clock as _;
use heliograph_tests::{Machine, STRIP, World, eventually, hex, unhex};
use heliograph_wire::{KeyPair, Topic, Trust};
use serde_json::{Value, json};

fn place(code: &str) -> Value {
    json!({
        "short_string": code, "name": {"zh-Hans": "窗口屏"}, "location": {"zh-Hans": "三号窗口"}, "profile": "test",
        "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
    })
}

fn later(world: &World, ms: u64) {
    world.clock.set(world.clock.now().plus_ms(ms));
}

fn standing(world: &World, id: &str) -> String {
    let path = format!("/api/v1/displays/{id}");
    world.people.admin.get(&path).json["standing"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn staff_compare_six_characters_and_the_machine_becomes_a_display() {
    let world = World::new();
    let machine = Machine::new(1).knocks(&world.http());
    assert_eq!(
        machine.asks(&world.http()).expect_status(200).json["state"],
        json!("waiting")
    );
    let seen = world.people.admin.get("/api/v1/enrolments").expect_status(200).json["enrolments"][0].clone();
    assert_eq!(
        seen["short_string"],
        json!(machine.code()),
        "both screens show the same"
    );
    assert_eq!(
        (&seen["facts"]["model"], &seen["key"]),
        (&json!("N100 box"), &json!(hex(&machine.keys.public().0)))
    );

    let admit = format!("{}/admit", machine.path());
    let _ = world
        .people
        .author
        .post(&admit, &place(&machine.code()))
        .expect_status(403);
    let wrong = world.people.admin.post(&admit, &place("000-000")).expect_status(422);
    assert_eq!(wrong.fields(), ["short_string"]);
    let id = world
        .people
        .admin
        .post(&admit, &place(&machine.code()))
        .expect_status(201)
        .json["id"]
        .clone();

    let told = machine.asks(&world.http()).expect_status(200).json;
    assert_eq!(
        (&told["state"], &told["id"], &told["ca"]),
        (&json!("admitted"), &id, &Value::Null)
    );
    assert_eq!(unhex(told["root"].as_str().unwrap()), world.hub().root().0);
    // The trust document that comes with it is one.
    let digits = told["trust"].as_str().unwrap();
    let payload: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    let mut trust = Trust::new("binhe".parse().unwrap(), world.hub().root());
    assert!(trust.admit(&Topic::Trust, &payload).is_ok() && trust.has_keys());

    let _ = machine.asks(&world.http()).expect_status(410);
    let token = told["mqtt_token"].as_str().unwrap();
    let _ = world
        .http()
        .with_token(token)
        .get("/api/v1/device/mail")
        .expect_status(200);
}

#[test]
fn who_stands_between_makes_the_characters_differ() {
    let world = World::new();
    // He knocks at the hub as the machine, and answers the machine as the hub, with a key and a root of his own.
    let towards_hub = Machine::new(9).knocks(&world.http());
    let mut machine = Machine::new(1);
    let root = hex(&KeyPair::from_secret([66; 32]).public().0);
    machine.hears(&json!({
        "request": "00000000-0000-0000-0000-000000000001", "nonce": hex(&[5; 32]), "site": "binhe", "root": root,
    }));
    let seen = world.people.admin.get("/api/v1/enrolments").json["enrolments"][0]["short_string"].clone();
    assert_ne!(seen, json!(machine.code()));
    assert_eq!(
        seen,
        json!(towards_hub.code()),
        "the control: without him they are the same"
    );
    // What was committed to cannot be another once the hub has answered.
    let honest = Machine::new(2);
    let commitment = json!({"commitment": hex(&honest.introduction.commitment())});
    let told = world
        .http()
        .post("/api/v1/enrolments", &commitment)
        .expect_status(201)
        .json;
    let mut other = Machine::new(3);
    other.hears(&told);
    let reveal = format!("{}/reveal", other.path());
    let _ = world.http().post(&reveal, &other.says()).expect_status(400);
    let _ = world.http().post(&reveal, &honest.says()).expect_status(410);
}

#[test]
fn a_request_lives_ten_minutes_and_one_address_has_ten_a_minute() {
    let world = World::new();
    let machine = Machine::new(1).knocks(&world.http());
    later(&world, 10 * 60_000 - 1000);
    let _ = machine.asks(&world.http()).expect_status(200);
    later(&world, 2000);
    let _ = machine.asks(&world.http()).expect_status(410);
    assert_eq!(
        world.people.admin.get("/api/v1/enrolments").json["enrolments"],
        json!([])
    );

    let knock = |n: u8| {
        let commitment = json!({"commitment": hex(&[n; 32])});
        world.http().post("/api/v1/enrolments", &commitment)
    };
    for n in 0..10 {
        let _ = knock(n).expect_status(201);
    }
    let turned = knock(10).expect_status(429);
    assert!(turned.header("retry-after").is_some());
    later(&world, 61_000);
    let _ = knock(11).expect_status(201);
}

#[test]
fn another_machine_takes_over_a_place_with_its_history_and_a_revoked_one_is_out_at_once() {
    let world = World::new();
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let id = strip.id.to_string();
    let notice = world.people.publish_notice("换了主机也还在", &["hall"]);
    let on_air = || {
        let path = format!("/api/v1/displays/{id}");
        world.people.admin.get(&path).json["status"]["on_air"]["publication"] == json!(notice)
    };
    eventually("the notice", on_air);

    // The machine is stolen.
    let revoke = format!("/api/v1/displays/{id}/revoke");
    let _ = world.people.author.post(&revoke, &json!({})).expect_status(403);
    let _ = world.people.admin.post(&revoke, &json!({})).expect_status(200);
    eventually("it is cut off", || standing(&world, &id) != "online");
    let stolen = world.identity(&strip).mqtt_token;
    let mail = "/api/v1/device/mail";
    let _ = world.http().with_token(&stolen).get(mail).expect_status(401);
    strip.stop();

    // Another one takes its place.
    let machine = Machine::new(4).knocks(&world.http());
    let takes_over = json!({"short_string": machine.code(), "replaces": id});
    let admit = format!("{}/admit", machine.path());
    let _ = world.people.admin.post(&admit, &takes_over).expect_status(200);
    let told = machine.asks(&world.http()).expect_status(200).json;
    assert_eq!(told["id"], json!(id));
    let token = told["mqtt_token"].as_str().unwrap();
    let _ = world.http().with_token(token).get(mail).expect_status(200);
    let _ = world.http().with_token(&stolen).get(mail).expect_status(401);
    strip.becomes(machine.keys.secret(), token);
    strip.start(world.mqtt());
    eventually("the notice is back on the same display", || {
        standing(&world, &id) == "online" && on_air()
    });

    let log = world.hub().log();
    let records = log.read(heliograph_log::Position(0), 10_000).unwrap();
    let told: Vec<_> = records
        .iter()
        .filter(|record| record.stream.as_str() == format!("display-{id}"))
        .collect();
    assert_eq!(told.len(), 3, "enrolled, revoked, replaced: all in one history");
}
