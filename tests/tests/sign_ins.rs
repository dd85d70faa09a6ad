//! The register of sign-ins: who was let in and who was kept out, for those who answer for security; and who is told apart
//! behind a proxy.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, Http, PASSWORD, Reply, World, hire};
use serde_json::{Value, json};

fn try_password(http: &Http, staff: &str, password: &str) -> Reply {
    http.post("/api/v1/sessions", &json!({"staff": staff, "password": password}))
}

fn inspector(world: &World) -> Http {
    let wish = json!({"id": "du-cha", "name": {"zh-Hans": "孙督查"}, "department": "office", "roles": ["inspector"]});
    hire(&world.people.admin, &wish)
}

/// The rows of a person and a kind: how often, and the rest.
fn rows(who: &Http, of: Option<&str>, kind: &str) -> Vec<Value> {
    let all = who.get("/api/v1/sign-ins").expect_status(200).json["sign_ins"].clone();
    let fits = |row: &&Value| row["who"].as_str() == of && row["kind"] == kind;
    all.as_array().unwrap().iter().filter(fits).cloned().collect()
}

#[test]
fn whoever_was_let_in_or_kept_out_is_in_the_register_and_no_typed_name_is() {
    let world = World::new();
    // The clock stands still: nothing of this is spread over two hours.
    world.clock.set(world.clock.now());
    let inspector = inspector(&world);
    for _ in 0..3 {
        let _ = try_password(&world.http(), "author", "a wrong password").expect_status(401);
        let _ = try_password(&world.http(), "my-secret-in-the-wrong-field", "author").expect_status(401);
    }
    let let_in = try_password(&world.http(), "author", PASSWORD).expect_status(201).json;
    let author = world.http().with_token(let_in["token"].as_str().unwrap());
    let token = json!({"label": "导入程序", "days": 3, "scopes": ["read"]});
    let token = author.post("/api/v1/tokens", &token).expect_status(201).json;
    let ended = author.send(
        "DELETE",
        &format!("/api/v1/sessions/{}", token["id"].as_str().unwrap()),
        &[],
        b"",
    );
    assert_eq!(ended.status, 200);

    let wrong = rows(&inspector, Some("author"), "wrong-password");
    assert_eq!(
        (wrong.len(), &wrong[0]["count"], &wrong[0]["addresses"]),
        (1, &json!(3), &json!(["127.0.0.1"]))
    );
    assert_eq!(rows(&inspector, None, "wrong-password")[0]["count"], 3);
    assert!(!rows(&inspector, Some("author"), "password").is_empty());
    for kind in ["token-made", "token-ended"] {
        assert_eq!(rows(&inspector, Some("author"), kind)[0]["labels"], json!(["导入程序"]));
    }
    let everything = inspector.get("/api/v1/sign-ins").expect_status(200).text;
    assert!(!everything.contains("wrong-field") && !everything.contains(let_in["token"].as_str().unwrap()));
    let found = |query: &str| {
        inspector
            .get(&format!("/api/v1/sign-ins?{query}"))
            .expect_status(200)
            .json["found"]
            .clone()
    };
    assert_eq!(found("group=kept-out"), 2);
    assert_eq!(found("group=kept-out&who=author"), 1);
    assert_eq!(found("until=2001-12-31"), 0);
    let wrong = inspector
        .get("/api/v1/sign-ins?group=all&from=yesterday")
        .expect_status(422);
    assert_eq!(wrong.fields(), ["group", "from"]);

    let browser = Browser::signed_in(&world, "du-cha");
    browser.reads_both_languages("/admin/sign-ins");
    let page = browser.get("/admin/sign-ins?group=kept-out").expect_status(200).text;
    assert!(
        page.contains("密码不对") && page.contains("不存在的用户名") && page.contains("李拟稿"),
        "{page}"
    );
    assert!(
        browser
            .get("/admin/audit")
            .expect_status(200)
            .text
            .contains("href=\"/admin/sign-ins\"")
    );
    let table = browser.get("/admin/sign-ins.csv?who=author").expect_status(200).text;
    assert!(
        table.contains("新建令牌") && table.contains("导入程序") && !table.contains("孙督查"),
        "{table}"
    );
    // Approvers read the trail, and not when their colleagues come.
    let _ = world.people.approver.get("/api/v1/audit").expect_status(200);
    let _ = world.people.approver.get("/api/v1/sign-ins").expect_status(403);
}

#[test]
fn a_guesser_makes_a_few_rows_and_they_end() {
    let world = World::new();
    world.clock.set(world.clock.now());
    let inspector = inspector(&world);
    for number in 0..120 {
        let _ = try_password(&world.http(), "author", "a wrong password");
        let _ = try_password(&world.http(), &format!("name-{number}"), "a wrong password");
    }
    assert!(
        rows(&inspector, Some("author"), "held-up")[0]["count"]
            .as_u64()
            .unwrap()
            > 100
    );
    let kept_out = inspector.get("/api/v1/sign-ins?group=kept-out").expect_status(200);
    assert!(kept_out.json["found"].as_u64().unwrap() <= 4, "{}", kept_out.text);
    // What was only counted so far survives a stop.
    let mut world = world;
    world.hub_goes_away();
    world.hub_comes_back();
    assert!(
        rows(&inspector, Some("author"), "held-up")[0]["count"]
            .as_u64()
            .unwrap()
            > 100
    );
    world.clock.set(world.clock.now().plus_ms(201 * 86_400_000));
    world.an_hour_passes();
    let session = try_password(&world.http(), "du-cha", PASSWORD).expect_status(201).json;
    let inspector = world.http().with_token(session["token"].as_str().unwrap());
    let left = inspector.get("/api/v1/sign-ins").expect_status(200).json["found"].clone();
    assert_eq!(left, 1, "their own, of this moment");
}

#[test]
fn behind_a_trusted_proxy_one_who_guesses_holds_nobody_else_up() {
    for (world, told_apart) in [(World::behind_a_proxy(), true), (World::new(), false)] {
        world.clock.set(world.clock.now());
        let from = |address: &str, password: &str| {
            let body = json!({"staff": "author", "password": password}).to_string();
            world
                .http()
                .send(
                    "POST",
                    "/api/v1/sessions",
                    &[("x-forwarded-for", address)],
                    body.as_bytes(),
                )
                .status
        };
        for _ in 0..6 {
            let _ = from("192.0.2.7", "a wrong password");
        }
        assert_eq!(from("192.0.2.7", PASSWORD), 429);
        // Where the hub was not told to believe it, anybody could write that.
        assert_eq!(from("192.0.2.8", PASSWORD), if told_apart { 201 } else { 429 });
        let who = inspector(&world);
        let address = &rows(&who, Some("author"), "held-up")[0]["addresses"];
        assert_eq!(
            *address,
            if told_apart {
                json!(["192.0.2.7"])
            } else {
                json!(["127.0.0.1"])
            }
        );
    }
}
