//! Backups of a hub that runs, and what displays make of a hub that was restored from one.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_log::{DiskLog, EventLog, restore};
use heliograph_tests::{Reply, STRIP, World, act, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Puts a backup in the place of the hub's log; its keys stay.
fn put_back(backup: &Path, data: &Path) {
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
    let _ = restore(backup, data, &[]).unwrap();
}

#[test]
fn a_display_that_saw_newer_things_takes_a_restored_hub_only_in_a_new_epoch() {
    let mut world = World::backed_up();
    let display = world.display("strip", STRIP, &["hall"]);
    let shown = |world: &World| {
        let status = world.people.admin.get(&format!("/api/v1/displays/{}", display.id)).json;
        status["status"]["on_air"]["publication"].clone()
    };
    let first = world.people.publish_notice("备份前的通知", &["hall"]);
    let made = world
        .people
        .admin
        .post("/api/v1/backups", &json!({}))
        .expect_status(201)
        .json;
    let backup = world.backups().join(made["name"].as_str().unwrap());
    let _ = act(&world.people.approver, &first, "withdraw", &json!({})).expect_status(200);
    let second = world.people.publish_notice("备份后的通知", &["hall"]);
    eventually("the newer notice", || shown(&world) == json!(second));

    world.hub_goes_away();
    put_back(&backup, &world.data());
    world.hub_comes_back();
    // The control: what the restored hub says is older than what the display knows, and is refused.
    eventually("the display is heard", || shown(&world) == json!(second));
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(shown(&world), json!(second));

    world.hub_goes_away();
    assert_eq!(heliograph_hub::new_epoch(&world.data(), None, Instant(1)).unwrap(), 2);
    world.hub_comes_back();
    eventually("what the restored hub says", || shown(&world) == json!(first));
    let third = world.people.publish_notice("恢复后的通知", &["hall"]);
    eventually("what it says from now on", || shown(&world) == json!(third));
}

#[test]
fn a_hub_that_runs_is_backed_up_and_an_erasure_reaches_the_copies() {
    let world = World::backed_up();
    let people = &world.people;
    let id = people.publish_notice("含有个人信息的通知", &["hall"]);
    let content = people.admin.get(&format!("/api/v1/publications/{id}")).json["released"]["content"].clone();
    let _ = people.author.post("/api/v1/backups", &json!({})).expect_status(403);
    let made = people.admin.post("/api/v1/backups", &json!({})).expect_status(201).json;
    let listed = people.admin.get("/api/v1/backups").expect_status(200).json;
    assert!(listed["backups"].as_array().unwrap().contains(&made), "{listed}");
    let readable = |name: &Value| {
        let log = DiskLog::open(&world.backups().join(name.as_str().unwrap())).unwrap();
        let hash = heliograph_log::hex::decode(content.as_str().unwrap()).unwrap();
        let _ = log.verify(&[]).unwrap();
        log.content(&heliograph_log::ContentHash(hash)).unwrap().is_some()
    };
    assert!(readable(&made["name"]), "the control: the copy has the text");
    let _ = act(&people.approver, &id, "withdraw", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "request-erasure", &json!({"reason": "误发"})).expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    assert!(!readable(&made["name"]));
    // The page lists it, and makes another.
    let page = |reply: &Reply| String::from_utf8_lossy(&reply.bytes).into_owned();
    let site = page(&people.admin.get("/admin/site").expect_status(200));
    assert!(site.contains(&made["root"].as_str().unwrap()[..16]), "{site}");
}
