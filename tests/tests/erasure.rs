//! What was published by mistake is erased by two people: the text goes, the record stays.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_player::Identity;
use heliograph_tests::{STRIP, World, act, eventually, hex};
use rumqttc::{Client, Event, Incoming, MqttOptions, QoS};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What the broker retains for a display, by topic.
fn retained(world: &World, identity: &Identity) -> BTreeMap<String, Vec<u8>> {
    let (broker, id) = (world.mqtt(), identity.display.to_string());
    let mut options = MqttOptions::new(format!("display-{id}"), broker.ip().to_string(), broker.port());
    options.set_credentials(&id, &identity.mqtt_token);
    options.set_max_packet_size(1024 * 1024, 1024 * 1024);
    let (client, mut connection) = Client::new(options, 10);
    let mut found = BTreeMap::new();
    let until = Instant::now() + Duration::from_millis(1500);
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        match connection.recv_timeout(left) {
            Ok(Ok(Event::Incoming(Incoming::ConnAck(_)))) => {
                for filter in ["erased", "channel/hall/#"] {
                    let filter = format!("heliograph/v1/binhe/{filter}");
                    client.subscribe(filter, QoS::AtLeastOnce).unwrap();
                }
            }
            Ok(Ok(Event::Incoming(Incoming::Publish(message)))) => {
                found.insert(message.topic, message.payload.to_vec());
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => panic!("{error}"),
            Err(_) => break,
        }
    }
    found
}

#[test]
fn two_people_erase_a_text_and_it_is_nowhere_any_more() {
    let world = World::new();
    let people = &world.people;
    let mut display = world.display("strip", STRIP, &["hall"]);
    let id = people.publish_notice("一位当事人的姓名", &["hall"]);
    let read = || {
        people
            .admin
            .get(&format!("/api/v1/publications/{id}"))
            .expect_status(200)
            .json
    };
    let content = read()["released"]["content"].as_str().unwrap().to_owned();
    let on_air = || people.admin.get(&format!("/api/v1/displays/{}", display.id)).json["status"]["on_air"].clone();
    eventually("the notice is on air", || on_air()["publication"] == json!(id));
    display.stop();
    let identity = world.identity(&display);
    let topic = format!("heliograph/v1/binhe/channel/hall/content/{content}");
    assert!(
        retained(&world, &identity).contains_key(&topic),
        "the control: the broker has it"
    );

    // Not while it is public, not by who may not, not without a reason, not by one person alone.
    let why = json!({"reason": "个人信息公开有误"});
    let _ = act(&people.approver, &id, "request-erasure", &why).expect_status(409);
    let _ = act(&people.approver, &id, "withdraw", &json!({"reason": "误发"})).expect_status(200);
    let _ = act(&people.author, &id, "request-erasure", &why).expect_status(403);
    let missing = act(&people.approver, &id, "request-erasure", &json!({})).expect_status(422);
    assert_eq!(missing.fields(), ["reason"]);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(409);
    let _ = act(&people.approver, &id, "request-erasure", &why).expect_status(200);
    let _ = act(&people.approver, &id, "erase", &json!({})).expect_status(403);
    let page = format!("/admin/publications/{id}");
    let text = |reply: &heliograph_tests::Reply| String::from_utf8_lossy(&reply.bytes).into_owned();
    assert!(
        text(&people.admin.get(&page)).contains("一位当事人的姓名"),
        "until then it can be read"
    );

    let erased = act(&people.admin, &id, "erase", &json!({})).expect_status(200).json;
    assert_eq!(erased["state"], json!("erased"));
    assert_eq!(erased["erasure"]["reason"], json!("个人信息公开有误"));

    // Nowhere: neither in the API, nor in the admin, nor with the broker; and every display is told.
    let after = text(&people.admin.get(&page).expect_status(200));
    assert!(!after.contains("一位当事人的姓名") && after.contains("个人信息公开有误"));
    assert!(!text(&people.admin.get(&format!("/api/v1/publications/{id}"))).contains("姓名"));
    let found = retained(&world, &identity);
    assert!(!found.contains_key(&topic));
    let list = found.get("heliograph/v1/binhe/erased").expect("displays are told");
    assert!(hex(list).contains(&content));
    let ended = world.http().get(&format!("/p/{id}")).expect_status(410);
    assert!(!text(&ended).contains("姓名"));
    // The record stays: who did what, and when.
    let history = read()["history"].clone();
    let has = |step: &str| {
        history
            .as_array()
            .unwrap()
            .iter()
            .any(|it: &Value| it["event"].get(step).is_some())
    };
    assert!(
        has("Released") && has("ErasureRequested") && has("ContentErased"),
        "{history}"
    );
}

#[test]
fn what_is_kept_for_a_time_is_erased_by_itself_and_what_is_public_is_not() {
    let world = World::backed_up();
    let people = &world.people;
    let erased = |id: &str| {
        let state = world.hub().state();
        state.publications[&id.parse().unwrap()].publication.is_erased()
    };
    let withdrawn = people.publish_notice("撤回的通知", &["hall"]);
    let _ = act(&people.approver, &withdrawn, "withdraw", &json!({})).expect_status(200);
    let public = people.publish_notice("长期通知", &["hall"]);
    let returned = people.submitted("notice", "notices", &heliograph_tests::notice("退回的通知"));
    let _ = act(&people.reviewer, &returned, "reject", &json!({"reason": "不妥"})).expect_status(200);
    let draft = json!({"kind": "notice", "catalogue_entry": "notices", "content": heliograph_tests::notice("草稿")});
    let _ = people.author.post("/api/v1/drafts", &draft).expect_status(201);
    let drafts = || {
        let table = heliograph_log::TableName::new("drafts").unwrap();
        world.hub().log().scan(&table, b"").unwrap().len()
    };
    let had = drafts();
    let later = |days: u64| {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let ms = u64::try_from(now.as_millis()).unwrap() + days * 86_400_000;
        world.clock.set(heliograph_domain::Instant(ms));
        world.an_hour_passes();
    };
    later(399);
    assert_eq!((drafts(), had), (had, 2));
    later(401);
    assert_eq!(drafts(), 0, "drafts that nobody touched are gone");
    later(499);
    assert!(!erased(&returned));
    later(501);
    assert!(erased(&returned) && !erased(&withdrawn));
    later(1001);
    assert!(erased(&withdrawn) && !erased(&public));
    let state = world.hub().state();
    let dossier = &state.publications[&withdrawn.parse().unwrap()];
    assert_eq!(dossier.history.last().unwrap().by.as_str(), "retention");
}

#[test]
fn who_leaves_is_known_by_id_alone() {
    let world = World::new();
    let people = &world.people;
    let id = people.publish_notice("离任者的通知", &["hall"]);
    let page = |path: &str| String::from_utf8_lossy(&people.admin.get(path).expect_status(200).bytes).into_owned();
    assert!(page("/admin/staff").contains("李拟稿"), "the control");
    let leave = |who: &str| people.admin.post(&format!("/api/v1/staff/{who}/leave"), &json!({}));
    let _ = people
        .approver
        .post("/api/v1/staff/author/leave", &json!({}))
        .expect_status(403);
    let _ = leave("nobody").expect_status(404);
    let _ = leave("admin").expect_status(409);
    let _ = leave("author").expect_status(200);
    assert!(!page("/admin/staff").contains("李拟稿"));
    let told = page(&format!("/admin/publications/{id}"));
    assert!(
        !told.contains("李拟稿") && told.contains("author"),
        "the record stays, by id"
    );
    let _ = people.author.get("/api/v1/drafts").expect_status(401);
    let again = json!({"staff": "author", "password": heliograph_tests::PASSWORD});
    let _ = world.http().post("/api/v1/sessions", &again).expect_status(401);
}
