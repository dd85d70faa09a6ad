//! What the hub keeps to recognise a repeated request tells nobody a secret: neither a password that was in it, nor a token
//! or words that were in its answer.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_log::TableName;
use heliograph_tests::{Browser, FIRST_PASSWORD, NOTICE_ENTRY, Reply, STRIP, World, form, hex, hidden, notice};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Names and rows of the answers that are kept, as whoever has the disk or a backup reads them.
fn answers(world: &World) -> Vec<(String, String)> {
    let rows = world
        .hub()
        .log()
        .scan(&TableName::new("answers").unwrap(), &[])
        .unwrap();
    let name = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    let text = |row: &[u8]| String::from_utf8(row.to_vec()).unwrap();
    rows.iter().map(|(key, row)| (name(key), text(row))).collect()
}

/// The rows alone.
fn kept(world: &World) -> Vec<String> {
    answers(world).into_iter().map(|(_, row)| row).collect()
}

/// What a thief tries: the request with a guess in it, under the hash by which requests without secrets are recognised.
fn fits(rows: &[String], method: &str, path: &str, body: &[u8]) -> bool {
    let digest: [u8; 32] = Sha256::digest([method.as_bytes(), &[0], path.as_bytes(), &[0], body].concat()).into();
    let digits = serde_json::to_string(&digest).unwrap();
    rows.iter().any(|row| row.contains(&digits))
}

#[test]
fn a_password_that_an_administrator_gave_cannot_be_guessed_from_what_is_kept() {
    let world = World::new();
    let send = |key: &str, body: &Value| {
        let body = body.to_string();
        world
            .people
            .admin
            .send("POST", "/api/v1/staff", &[("idempotency-key", key)], body.as_bytes())
    };
    let mut wish = json!({
        "id": "newcomer", "name": {"zh-Hans": "钱新来"}, "department": "office", "roles": ["author"], "password": FIRST_PASSWORD,
    });
    let first = send("k-1", &wish).expect_status(201);
    let guess = wish.to_string();
    assert!(!fits(&kept(&world), "POST", "/api/v1/staff", guess.as_bytes()));

    // The same request is one deed, with another password it is another request.
    let position = world.hub().state().position;
    assert_eq!(send("k-1", &wish).expect_status(201).json, first.json);
    wish["password"] = json!("another-password");
    assert_eq!(send("k-1", &wish).expect_status(422).fields(), ["Idempotency-Key"]);
    assert_eq!(world.hub().state().position, position);
    // The control: of a request without a secret the thief recognises what it said.
    wish.as_object_mut().unwrap().remove("password");
    let _ = send("k-2", &wish).expect_status(201);
    assert!(fits(
        &kept(&world),
        "POST",
        "/api/v1/staff",
        wish.to_string().as_bytes()
    ));
}

#[test]
fn a_form_with_a_password_leaves_no_hash_of_it_in_the_name_of_its_answer() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let names = |world: &World| -> Vec<String> { answers(world).into_iter().map(|(name, _)| name).collect() };
    // What a thief tries: the form with a guess in it, under the hash that forms without secrets are named by.
    let fits = |fields: &[(&str, &str)]| {
        let digest: [u8; 32] = Sha256::digest(form(fields)).into();
        names(&world).iter().any(|name| name.ends_with(&hex(&digest)[..24]))
    };
    let key = hidden(&admin.get("/admin/staff").expect_status(200).text, "key");
    let mut fields = vec![
        ("key", key.as_str()),
        ("id", "newcomer"),
        ("name.zh-Hans", "钱新来"),
        ("name.en", ""),
        ("department", "office"),
        ("roles", "author"),
    ];
    fields.push(("password", FIRST_PASSWORD));
    let before = names(&world).len();
    assert_eq!(admin.post("/admin/staff", &fields).status, 303);
    assert_eq!(names(&world).len(), before + 1, "its answer is kept");
    assert!(!fits(&fields));
    // The control: the same form without a password is recognised.
    fields.pop();
    assert_eq!(admin.post("/admin/staff", &fields).status, 303);
    assert!(fits(&fields));
}

fn enrol(world: &World, key: &str, machine: u8) -> Reply {
    let wish = json!({
        "key": hex(&[machine; 32]), "name": {"zh-Hans": "大厅屏"}, "location": {"zh-Hans": "大厅"}, "profile": "test",
        "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
    });
    let body = wish.to_string();
    world
        .people
        .admin
        .send("POST", "/api/v1/displays", &[("idempotency-key", key)], body.as_bytes())
}

/// Whether this token is the one that the hub knows the display by.
fn opens(world: &World, token: &str) -> bool {
    let rows = world
        .hub()
        .log()
        .scan(&TableName::new("display-tokens").unwrap(), &[])
        .unwrap();
    let hash: [u8; 32] = Sha256::digest(token).into();
    rows.iter().any(|(_, row)| row[..] == hash)
}

#[test]
fn a_displays_token_lies_nowhere_and_a_lost_answer_costs_no_second_display() {
    let mut world = World::new();
    let token = |reply: &Reply| reply.json["mqtt_token"].as_str().unwrap().to_owned();
    let first = enrol(&world, "d-1", 0xab).expect_status(201);
    let position = world.hub().state().position;
    assert_eq!(enrol(&world, "d-1", 0xab).expect_status(201).json, first.json);
    assert!(opens(&world, &token(&first)));

    // The hub that told it is gone, and nobody knows the token any longer: a fresh one stands for the same display.
    let id = first.json["id"].as_str().unwrap();
    let told = |text: &str| kept(&world).iter().any(|row| row.contains(text));
    assert!(!told(&token(&first)));
    assert!(told(id), "the control: the answer is there, and names the display");
    world.hub_goes_away();
    world.hub_comes_back();
    let again = enrol(&world, "d-1", 0xab).expect_status(201);
    assert_eq!(
        (&again.json["id"], world.hub().state().position),
        (&json!(id), position)
    );
    assert_ne!(token(&again), token(&first));
    assert!(opens(&world, &token(&again)) && !opens(&world, &token(&first)));
    assert_eq!(enrol(&world, "d-1", 0xab).expect_status(201).json, again.json);

    // What was taken down is not let in by an old request.
    let _ = world
        .people
        .admin
        .post(&format!("/api/v1/displays/{id}/retire"), &json!({}))
        .expect_status(200);
    let refused = enrol(&world, "d-1", 0xab).expect_status(409);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:retired");
}

#[test]
fn the_words_of_a_comment_are_kept_once() {
    let world = World::new();
    let people = &world.people;
    let id = people.submitted("notice", NOTICE_ENTRY, &notice("请提意见"));
    let path = format!("/api/v1/publications/{id}/comments");
    let body = json!({"text": "第二段的数字请再核一下"}).to_string();
    let say = || {
        people
            .reviewer
            .send("POST", &path, &[("idempotency-key", "c-1")], body.as_bytes())
    };
    let (first, again) = (say().expect_status(201), say().expect_status(201));
    assert_eq!(first.json, again.json);
    assert_eq!(first.json["text"], "第二段的数字请再核一下");
    let rows = kept(&world);
    assert!(rows.iter().all(|row| !row.contains("第二段")));
    assert!(rows.iter().any(|row| row.contains(first.json["id"].as_str().unwrap())));
}
