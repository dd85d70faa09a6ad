//! Whoever sets somebody's password is on record, tells them by it, and can do nothing under their name with it unseen.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Event;
use heliograph_domain::staff::StaffEvent;
use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, FIRST_PASSWORD, Http, NOTICE_ENTRY, PASSWORD, World, code_of, hire, notice};
use serde_json::{Value, json};

fn enters(world: &World, who: &str, password: &str) -> Value {
    let wish = json!({"staff": who, "password": password});
    world.http().post("/api/v1/sessions", &wish).expect_status(201).json
}

fn carrying(world: &World, session: &Value) -> Http {
    world.http().with_token(session["token"].as_str().unwrap())
}

/// The facts about passwords and second factors after a position, as “what id by”.
fn facts(world: &World, after: u64) -> Vec<String> {
    let position = heliograph_log::Position(after);
    let records = world.hub().log().read(position, 10_000).unwrap();
    let told = |event| match event {
        Event::Staff(StaffEvent::PasswordSet { id, by }) => Some(format!("password {id} {by}")),
        Event::Staff(StaffEvent::SecondFactorReset { id, by }) => Some(format!("factor {id} {by}")),
        Event::Staff(StaffEvent::SignOnSet { id, by }) => Some(format!("sign-on {id} {by}")),
        _ => None,
    };
    let events = records.iter().map(|record| heliograph_hub::event_of(record).unwrap());
    events.filter_map(told).collect()
}

fn author(with: &Value) -> Value {
    let mut wish = json!({"id": "author", "name": {"zh-Hans": "李拟稿"}, "department": "office", "roles": ["author"]});
    wish.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    wish
}

#[test]
fn an_administrator_who_sets_a_colleagues_password_does_nothing_with_it_unseen() {
    let world = World::new();
    let (admin, before) = (&world.people.admin, world.hub().state().position);
    let wish = json!({"label": "import", "days": 3, "scopes": ["read", "draft"]});
    let token = world
        .people
        .author
        .post("/api/v1/tokens", &wish)
        .expect_status(201)
        .json;
    let machine = carrying(&world, &token);
    let _ = machine.get("/api/v1/drafts").expect_status(200);

    // The same roles, another password: that alone is a fact, and what stood behind the old one ends.
    let _ = admin
        .post("/api/v1/staff", &author(&json!({"password": FIRST_PASSWORD})))
        .expect_status(201);
    assert_eq!(facts(&world, before), ["password author admin"]);
    for ended in [&machine, &world.people.author] {
        let _ = ended.get("/api/v1/drafts").expect_status(401);
    }

    // Whoever signs in with it may do nothing but choose another: not even write a draft, make a token or add a passkey.
    let session = enters(&world, "author", FIRST_PASSWORD);
    assert_eq!(session["own_password_first"], true);
    let someone = carrying(&world, &session);
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("冒名的公告")});
    for refused in [
        someone.get("/api/v1/drafts"),
        someone.post("/api/v1/drafts", &draft),
        someone.post("/api/v1/tokens", &wish),
        someone.post("/api/v1/account/authenticator", &json!({})),
        someone.post("/api/v1/passkeys/register/begin", &json!({})),
        someone.get("/api/v1/sessions"),
    ] {
        let refused = refused.expect_status(403);
        assert_eq!(refused.json["type"], "urn:heliograph:problem:own-password-first");
    }
    let own = |password: &str| someone.put("/api/v1/account/password", &[], &json!({"password": password}));
    assert_eq!(own(FIRST_PASSWORD).expect_status(422).fields(), ["password"]);
    let _ = own("my-own-password").expect_status(200);
    let _ = someone.post("/api/v1/drafts", &draft).expect_status(201);

    // Both are on record, its owner sees both, and no secret is anywhere in it.
    assert_eq!(
        facts(&world, before),
        ["password author admin", "password author author"]
    );
    let changes = someone.get("/api/v1/account/changes").expect_status(200).json["changes"].clone();
    assert_eq!(
        (&changes[0]["by"], &changes[1]["by"]),
        (&json!("author"), &json!("admin"))
    );
    let records = world.hub().log().read(heliograph_log::Position(0), 10_000).unwrap();
    for record in &records {
        let body = String::from_utf8_lossy(&record.body);
        assert!(
            ["argon2", FIRST_PASSWORD, "my-own-password"]
                .iter()
                .all(|secret| !body.contains(secret))
        );
    }
    // The control: a password of their own, chosen with another administrator's help, opens everything as before.
    assert_eq!(enters(&world, "author", "my-own-password")["own_password_first"], false);
}

#[test]
fn a_newcomer_chooses_their_own_password_on_the_one_page_that_is_open_and_goes_on() {
    let world = World::new();
    let wish = json!({
        "id": "newcomer", "name": {"zh-Hans": "钱新来"}, "department": "office", "roles": ["author"], "password": FIRST_PASSWORD,
    });
    let _ = world.people.admin.post("/api/v1/staff", &wish).expect_status(201);
    let listed = Browser::signed_in(&world, "admin")
        .get("/admin/staff")
        .expect_status(200);
    assert!(listed.text.contains("待本人设置密码"));
    let mut door = Browser::of(world.http());
    door.password = None;
    let _ = door
        .post("/admin/login", &[("staff", "newcomer"), ("password", FIRST_PASSWORD)])
        .expect_status(303);
    for path in [
        "/admin",
        "/admin/write",
        "/admin/account",
        "/admin/account/authenticator",
    ] {
        let sent = door.get(path).expect_status(303);
        let there = format!("/admin/account/password?next={path}");
        assert_eq!(sent.header("location"), Some(there.as_str()));
    }
    let page = "/admin/account/password?next=/admin/write";
    let (zh, en) = (
        door.get(page).expect_status(200).text,
        door.in_english(page).expect_status(200).text,
    );
    assert!(zh.contains("您的密码于") && zh.contains("由 管理员 设置"), "{zh}");
    assert!(en.contains("your password was set by") && en.contains("name=\"next\" value=\"/admin/write\""));
    let typed = |password: &'static str, again| [("password", password), ("again", again), ("next", "/admin/write")];
    let path = "/admin/account/password";
    let differ = door
        .post(path, &typed("my-own-password", "my-own-passwort"))
        .expect_status(422)
        .text;
    assert!(differ.contains("两次输入的密码不一样") && differ.contains("value=\"/admin/write\""));
    let same = door
        .post(path, &typed(FIRST_PASSWORD, FIRST_PASSWORD))
        .expect_status(422)
        .text;
    assert!(same.contains("这个密码别人也知道"));
    let gone_on = door
        .post(path, &typed("my-own-password", "my-own-password"))
        .expect_status(303);
    assert_eq!(gone_on.header("location"), Some("/admin/write"));
    let desk = door.get("/admin").expect_status(200).text;
    assert!(!desk.contains("由 管理员 设置"), "they saw it");
    assert_eq!(
        door.get(path).expect_status(303).header("location"),
        Some("/admin/account#password")
    );
}

#[test]
fn a_second_factor_that_was_taken_away_and_a_sign_on_that_was_set_are_told_until_their_owner_knows() {
    let world = World::new();
    let (admin, before) = (&world.people.admin, world.hub().state().position);
    let reset = || {
        admin
            .post("/api/v1/staff/author/reset-second-factor", &json!({}))
            .expect_status(200)
    };
    let _ = reset();
    assert_eq!(facts(&world, before), [] as [&str; 0], "there was none to take away");
    let begun = Browser::signed_in(&world, "author");
    let http = carrying(&world, &enters(&world, "author", PASSWORD)).with_password(PASSWORD);
    let secret = http
        .post("/api/v1/account/authenticator", &json!({}))
        .expect_status(201)
        .json["secret"]
        .clone();
    let code = code_of(secret.as_str().unwrap(), world.clock.now().0);
    let _ = http
        .post("/api/v1/account/authenticator/confirm", &json!({"code": code}))
        .expect_status(200);
    let _ = reset();
    let _ = begun.get("/admin").expect_status(303);
    let _ = admin
        .post("/api/v1/staff", &author(&json!({"office_id": "li-77"})))
        .expect_status(201);
    let _ = admin
        .post("/api/v1/staff", &author(&json!({"office_id": "li-77"})))
        .expect_status(201);
    assert_eq!(facts(&world, before), ["factor author admin", "sign-on author admin"]);
    let mut browser = Browser::signed_in(&world, "author");
    let page = browser.get("/admin").expect_status(200).text;
    assert!(
        page.contains("验证码和通行密钥于") && page.contains("统一登录编号于"),
        "{page}"
    );
    browser.reads_both_languages("/admin/account/changes");
    let unseen = |http: &Http| {
        let changes = http.get("/api/v1/account/changes").expect_status(200).json["changes"].clone();
        changes
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["unseen"] == true)
            .count()
    };
    let http = carrying(&world, &enters(&world, "author", PASSWORD));
    assert_eq!(unseen(&http), 2);
    let _ = browser.post("/admin/account/changes", &[]).expect_status(303);
    let page = browser.get("/admin").expect_status(200).text;
    assert!(!page.contains("验证码和通行密钥于"), "they said that they know");
    assert_eq!(unseen(&http), 0);
    let list = browser.get("/admin/account/changes").expect_status(200).text;
    assert!(
        list.contains("重置李拟稿的验证码") && list.contains("管理员"),
        "it stays in the list"
    );
}

#[test]
fn a_password_that_is_guessed_first_is_refused_by_whomever_it_is_set() {
    let world = World::new();
    let admin = &world.people.admin;
    for guessed in ["1234567890", "qwertyuiop", "Password2026", "13812065579", "author#2026"] {
        let refused = admin.post("/api/v1/staff", &author(&json!({"password": guessed})));
        assert_eq!(refused.expect_status(422).fields(), ["password"], "{guessed}");
        let own = json!({"password": guessed});
        let refused = world.people.author.put("/api/v1/account/password", &[], &own);
        assert_eq!(refused.expect_status(422).fields(), ["password"], "{guessed}");
    }
    let mut browser = Browser::signed_in(&world, "admin");
    let typed = [
        ("id", "newcomer"),
        ("name.zh-Hans", "钱新来"),
        ("department", "office"),
        ("roles", "author"),
        ("password", "1234567890"),
    ];
    let page = browser.post("/admin/staff", &typed).expect_status(422).text;
    assert!(page.contains("很容易被猜到") && page.contains("钱新来"), "{page}");
    // The control: what was set before still opens, and a password that somebody thought of is taken.
    assert_eq!(enters(&world, "author", PASSWORD)["own_password_first"], false);
    let own = json!({"password": "my-own-password"});
    let _ = world
        .people
        .author
        .put("/api/v1/account/password", &[], &own)
        .expect_status(200);
}

#[test]
fn nobody_has_the_name_of_what_acts_by_itself() {
    let world = World::new();
    for id in ["console", "hub", "retention"] {
        let wish = json!({"id": id, "name": {"zh-Hans": "冒名"}, "department": "office", "roles": ["author"]});
        let refused = world.people.admin.post("/api/v1/staff", &wish).expect_status(422);
        assert_eq!(refused.fields(), ["id"]);
    }
    let wish = json!({"id": "consoles", "name": {"zh-Hans": "不冒名"}, "department": "office", "roles": ["author"]});
    let _ = hire(&world.people.admin, &wish)
        .get("/api/v1/drafts")
        .expect_status(200);
}
