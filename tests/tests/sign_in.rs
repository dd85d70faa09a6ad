//! Who is let in, for how long, and what is asked of them again.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, PASSWORD, Reply, World, act, code_of, hidden, hire, notice};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MINUTE_MS: u64 = 60_000;

/// The hub's clock stands still from now on, this much later.
fn later(world: &World, ms: u64) -> Instant {
    world.clock.set(world.clock.now().plus_ms(ms));
    world.clock.now()
}

fn try_password(http: &Http, staff: &str, password: &str) -> Reply {
    http.post("/api/v1/sessions", &json!({"staff": staff, "password": password}))
}

fn signed_in(world: &World, staff: &str) -> Http {
    let reply = try_password(&world.http(), staff, PASSWORD).expect_status(201);
    world.http().with_token(reply.json["token"].as_str().unwrap())
}

#[test]
fn a_browser_that_nobody_uses_is_signed_out_and_so_is_one_that_is_used_all_day() {
    let world = World::new();
    later(&world, 0);
    let browser = Browser::signed_in(&world, "author");
    later(&world, 29 * MINUTE_MS);
    let _ = browser.get("/admin").expect_status(200);
    later(&world, 29 * MINUTE_MS);
    let _ = browser.get("/admin").expect_status(200);
    later(&world, 30 * MINUTE_MS);
    let _ = browser.get("/admin").expect_status(303);

    // What a page asks for by itself does not count as use.
    let http = signed_in(&world, "author");
    let by_itself = [("sec-fetch-dest", "empty")];
    later(&world, 29 * MINUTE_MS);
    assert_eq!(http.send("GET", "/api/v1/publications", &by_itself, b"").status, 200);
    later(&world, MINUTE_MS);
    assert_eq!(http.send("GET", "/api/v1/publications", &by_itself, b"").status, 401);

    let http = signed_in(&world, "author");
    for _ in 0..35 {
        later(&world, 20 * MINUTE_MS);
        let _ = http.get("/api/v1/publications").expect_status(200);
    }
    later(&world, 20 * MINUTE_MS);
    let _ = http.get("/api/v1/publications").expect_status(401);
}

#[test]
fn a_restarted_hub_knows_who_was_there_and_asks_again_who_it_is() {
    let mut world = World::new();
    later(&world, 0);
    let http = signed_in(&world, "admin");
    later(&world, 20 * MINUTE_MS);
    let _ = http.get("/api/v1/staff").expect_status(200);
    later(&world, 20 * MINUTE_MS);
    world.hub_goes_away();
    world.hub_comes_back();
    let _ = http.get("/api/v1/staff").expect_status(200);
    let blank = http.post("/api/v1/site/blank", &json!({})).expect_status(403);
    assert_eq!(blank.json["type"], "urn:heliograph:problem:confirm-identity");
}

#[test]
fn who_is_disabled_is_out_at_once_and_comes_back_with_nothing_but_their_password() {
    let world = World::new();
    let (admin, session) = (&world.people.admin, signed_in(&world, "author"));
    let wish = json!({"label": "import", "days": 3, "scopes": ["read", "draft"]});
    let token = session.post("/api/v1/tokens", &wish).expect_status(201).json;
    let machine = world.http().with_token(token["token"].as_str().unwrap());
    let _ = machine.get("/api/v1/drafts").expect_status(200);
    let _ = admin.post("/api/v1/staff/admin/disable", &json!({})).expect_status(409);
    let _ = admin
        .post("/api/v1/staff/nobody/disable", &json!({}))
        .expect_status(404);
    let before = world.hub().state().position;
    let _ = admin
        .post("/api/v1/staff/author/disable", &json!({}))
        .expect_status(200);
    let _ = admin
        .post("/api/v1/staff/author/disable", &json!({}))
        .expect_status(200);
    assert_eq!(world.hub().state().position, before + 1, "one fact");
    for caller in [&session, &machine, &world.people.author] {
        let _ = caller.get("/api/v1/drafts").expect_status(401);
    }
    assert_eq!(try_password(&world.http(), "author", PASSWORD).status, 403);
    assert_eq!(try_password(&world.http(), "author", "a wrong password").status, 401);
    let _ = admin.post("/api/v1/staff/author/enable", &json!({})).expect_status(200);
    for caller in [&session, &machine] {
        let _ = caller.get("/api/v1/drafts").expect_status(401);
    }
    let _ = signed_in(&world, "author").get("/api/v1/drafts").expect_status(200);
}

#[test]
fn what_rests_on_somebody_is_told_before_they_go_and_asked_for_until_somebody_else_has_it() {
    let world = World::new();
    let api = &world.people.admin;
    for id in ["deputy", "helper"] {
        let wish = json!({"id": id, "name": {"zh-Hans": id}, "department": "office", "roles": ["author"]});
        let _ = hire(api, &wish);
    }
    let leave = json!({"substitute": "deputy", "from": "2099-01-01", "until": "2099-01-05"});
    let path = "/api/v1/staff/reviewer/substitute";
    let _ = api.put(path, &[], &leave).expect_status(200);
    let answers_for = || {
        let catalogue = api.get("/api/v1/catalogue").expect_status(200).json["catalogue"].clone();
        let entries = catalogue.as_array().unwrap().iter();
        let people = entries.map(|entry| entry["responsible"].as_str().unwrap().to_owned());
        people.collect::<BTreeSet<String>>()
    };
    assert_eq!(answers_for(), BTreeSet::from(["author".to_owned()]));

    // Whoever goes is told of with their entries, and those go on to a colleague in the same step.
    let mut admin = Browser::signed_in(&world, "admin");
    let page = admin.get("/admin/staff?edit=author").expect_status(200).text;
    assert!(page.contains("此人负责") && page.contains("停用李拟稿的账户"), "{page}");
    for nobody in ["nobody", "author", "N!"] {
        let wish = json!({"successor": nobody});
        let refused = api.post("/api/v1/staff/author/disable", &wish).expect_status(422);
        assert_eq!(refused.fields(), ["successor"], "{nobody}");
    }
    assert_eq!(answers_for(), BTreeSet::from(["author".to_owned()]), "nothing was done");
    let gone = admin.post("/admin/staff/author/disable", &[("successor", "deputy")]);
    let _ = gone.expect_status(303);
    assert_eq!(answers_for(), BTreeSet::from(["deputy".to_owned()]));
    let home = |admin: &Browser| admin.get("/admin").expect_status(200).text;
    assert!(!home(&admin).contains("id=\"unanswered\""), "somebody answers for all");

    // Whoever goes without a successor is missed: in the catalogue, on the workbench, and where they were to stand in.
    let page = admin.get("/admin/staff?edit=deputy").expect_status(200).text;
    assert!(page.contains("之后将没有人代办"), "{page}");
    let _ = admin.post("/admin/staff/deputy/leave", &[]).expect_status(303);
    let page = home(&admin);
    assert!(
        page.contains("id=\"unanswered\"") && page.contains("现在没有人代办"),
        "{page}"
    );
    let page = admin.get("/admin/catalogue?due=gone").expect_status(200).text;
    assert!(page.contains("已离任") && page.contains("通知公告"), "{page}");
    let page = admin.get("/admin/substitutes").expect_status(200).text;
    assert!(
        page.contains("代理人已离任或停用，请另行指定") && page.contains(">取消</button>"),
        "{page}"
    );
    for address in [
        "/admin/catalogue?due=gone",
        "/admin/substitutes",
        "/admin/staff?edit=helper",
    ] {
        admin.reads_both_languages(address);
    }
}

#[test]
fn nobody_is_given_an_entry_who_does_not_work_here() {
    let world = World::new();
    let api = &world.people.admin;
    let _ = api.post("/api/v1/staff/author/disable", &json!({})).expect_status(200);
    let wish = json!({"id": "leaver", "name": {"zh-Hans": "钱离任"}, "department": "office", "roles": ["author"]});
    let _ = api.post("/api/v1/staff", &wish).expect_status(201);
    let _ = api.post("/api/v1/staff/leaver/leave", &json!({})).expect_status(200);
    // One whose person is gone can still be changed otherwise.
    let mut entry = api.get("/api/v1/catalogue").expect_status(200).json["catalogue"][0].clone();
    let fields = [
        "id",
        "index_number",
        "category",
        "cadence",
        "department",
        "responsible",
        "name",
        "summary",
    ];
    entry
        .as_object_mut()
        .unwrap()
        .retain(|name, _| fields.contains(&name.as_str()));
    entry["index_number"] = json!("BH-900");
    let _ = api.post("/api/v1/catalogue", &entry).expect_status(201);
    entry["responsible"] = json!("leaver");
    assert_eq!(
        api.post("/api/v1/catalogue", &entry).expect_status(422).fields(),
        ["responsible"]
    );
}

#[test]
fn cookies_are_kept_from_scripts_other_sites_and_other_hosts_and_a_sign_in_makes_a_new_one() {
    for (world, prefix) in [(World::new(), ""), (World::with_tls(), "__Host-")] {
        let reply = try_password(&world.http(), "author", PASSWORD).expect_status(201);
        let cookies: Vec<&str> = reply
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|c| c.to_str().unwrap())
            .collect();
        assert_eq!(cookies.len(), 2);
        for (cookie, name) in cookies.iter().zip(["session", "browser"]) {
            assert!(cookie.starts_with(&format!("{prefix}heliograph_{name}=")), "{cookie}");
            assert!(
                cookie.contains("; Path=/; HttpOnly; SameSite=Strict") && !cookie.contains("Domain"),
                "{cookie}"
            );
            assert_eq!(cookie.ends_with("; Secure"), !prefix.is_empty(), "{cookie}");
        }
    }
    // A session that was there before, perhaps known to somebody else, does not become theirs.
    let world = World::new();
    let planted = signed_in(&world, "author");
    let cookie = format!("heliograph_session={}", planted.token().unwrap());
    let body = json!({"staff": "author", "password": PASSWORD}).to_string();
    let reply = world
        .http()
        .send("POST", "/api/v1/sessions", &[("cookie", &cookie)], body.as_bytes());
    assert_eq!(reply.status, 201);
    assert_ne!(reply.json["token"].as_str(), planted.token());
    let _ = planted.get("/api/v1/drafts").expect_status(401);
}

#[test]
fn whoever_guesses_is_slowed_down_and_the_owner_is_not_kept_out() {
    let world = World::new();
    later(&world, 0);
    let mut own = Browser::signed_in(&world, "author");
    let _ = own.post("/admin/logout", &[]).expect_status(303);
    assert_eq!(own.cookie_names(), ["heliograph_browser"]);
    let guess = || try_password(&world.http(), "author", "a wrong password");
    for _ in 0..5 {
        let _ = guess().expect_status(401);
    }
    later(&world, 1000);
    let _ = guess().expect_status(401);
    let slowed = guess().expect_status(429);
    assert_eq!(slowed.header("retry-after"), Some("2"));
    assert!(slowed.json["detail"].as_str().unwrap().contains("2 秒"));
    // Even the right password is not looked at: guessing on is pointless.
    assert_eq!(try_password(&world.http(), "author", PASSWORD).status, 429);
    let enter = [("staff", "author"), ("password", PASSWORD)];
    let _ = own.post("/admin/login", &enter).expect_status(303);
    // The control: without what marks the browser as known it would have waited, too.
    own.forgets("heliograph_browser");
    let page = own.post("/admin/login", &enter).expect_status(429).text;
    assert!(page.contains("尝试次数过多") && page.contains("value=\"author\""));
    later(&world, 2000);
    let _ = own.post("/admin/login", &enter).expect_status(303);
}

#[test]
fn a_name_that_nobody_has_is_answered_as_one_that_somebody_has() {
    let world = World::new();
    let answers = ["author", "nobody-of-this-name"].map(|who| {
        let mut reply = try_password(&world.http(), who, "a wrong password");
        reply.headers.remove("date");
        (reply.status, reply.text, reply.headers)
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn everybody_sees_where_they_are_signed_in_and_ends_it() {
    let world = World::new();
    let (mut own, other) = (Browser::signed_in(&world, "author"), signed_in(&world, "author"));
    let listed = other.get("/api/v1/sessions").expect_status(200).json["sessions"].clone();
    assert_eq!(
        listed.as_array().unwrap().len(),
        3,
        "the test's own, the browser, and this one"
    );
    let strangers = world.people.reviewer.get("/api/v1/sessions").json["sessions"].clone();
    let id = strangers[0]["id"].as_str().unwrap();
    assert_eq!(
        other.send("DELETE", &format!("/api/v1/sessions/{id}"), &[], b"").status,
        404
    );
    let page = own.get("/admin/account").expect_status(200).text;
    assert!(page.contains("当前") && page.matches("/end\"").count() == 2);
    let _ = own.post("/admin/account/sessions/end-others", &[]).expect_status(303);
    let _ = other.get("/api/v1/drafts").expect_status(401);
    assert!(
        own.get("/admin/account?done=others")
            .expect_status(200)
            .text
            .contains("已全部失效")
    );
    let _ = world.people.reviewer.get("/api/v1/publications").expect_status(200);
}

#[test]
fn another_password_ends_everything_that_was_opened_with_the_old_one() {
    let world = World::new();
    let (mut own, other) = (Browser::signed_in(&world, "author"), signed_in(&world, "author"));
    let typed = [("password", "another-password"), ("again", "an other password")];
    let refused = own.post("/admin/account/password", &typed).expect_status(422);
    assert!(refused.text.contains("两次输入的密码不一样"));
    let typed = [("password", "another-password"), ("again", "another-password")];
    let _ = own.post("/admin/account/password", &typed).expect_status(303);
    let _ = own.get("/admin").expect_status(200);
    let _ = other.get("/api/v1/drafts").expect_status(401);
    assert_eq!(try_password(&world.http(), "author", PASSWORD).status, 401);
    assert_eq!(try_password(&world.http(), "author", "another-password").status, 201);
}

#[test]
fn a_release_asks_again_who_it_is_and_loses_nothing_that_was_typed() {
    let world = World::new();
    later(&world, 0);
    let id = world.people.approved("notice", NOTICE_ENTRY, &notice("大厅临时调整"));
    let mut approver = Browser::signed_in(&world, "approver");
    approver.password = None;
    later(&world, 6 * MINUTE_MS);
    let typed = [
        ("channels", "hall"),
        ("channels", "strips"),
        ("until", "2199-01-01T09:00"),
    ];
    let asked = approver.step(&id, "release", &typed).expect_status(403).text;
    assert!(asked.contains("请确认是您本人") && asked.contains("name=\"confirm.password\""));
    assert!(
        asked.contains("value=\"hall\"") && asked.contains("value=\"strips\"") && hidden(&asked, "until") == typed[2].1
    );
    let (key, content) = (hidden(&asked, "key"), hidden(&asked, "content"));
    let kept = [&[("key", key.as_str()), ("content", content.as_str())], &typed[..]].concat();
    let path = format!("/admin/publications/{id}/release");
    let shown = |password: &'static str| [&kept[..], &[("confirm.password", password)]].concat();
    let wrong = approver.post(&path, &shown("not this one")).expect_status(403).text;
    assert!(wrong.contains("密码不对") && hidden(&wrong, "until") == typed[2].1 && !wrong.contains("not this one"));
    assert_eq!(
        world.people.author.get(&format!("/api/v1/publications/{id}")).json["state"],
        "approved"
    );
    let _ = approver.post(&path, &shown(PASSWORD)).expect_status(303);
    assert_eq!(
        world.people.author.get(&format!("/api/v1/publications/{id}")).json["state"],
        "released"
    );
    // It is they, for five minutes; then they are asked again.
    let _ = approver.post("/admin/displays/blank", &[]).expect_status(303);
    later(&world, 5 * MINUTE_MS);
    let _ = approver.post("/admin/displays/unblank", &[]).expect_status(403);
    // Taking something down never waits for a password.
    let _ = approver.step(&id, "withdraw", &[("reason", "有误")]).expect_status(303);
}

#[test]
fn a_token_does_what_it_says_and_never_more_than_its_maker_may() {
    let world = World::new();
    later(&world, 0);
    let maker = signed_in(&world, "everything");
    let beyond = json!({"label": "x", "days": 3, "scopes": ["read", "blank", "operate-displays"]});
    assert_eq!(
        maker.post("/api/v1/tokens", &beyond).expect_status(422).fields(),
        ["scopes"]
    );
    for never in ["release", "erase", "administer", "everything"] {
        let wish = json!({"label": "x", "days": 3, "scopes": [never]});
        assert_eq!(
            maker.post("/api/v1/tokens", &wish).expect_status(422).fields(),
            ["scopes[0]"]
        );
    }
    let wish = json!({"label": "导入", "days": 3, "scopes": ["read", "draft"]});
    let made = maker.post("/api/v1/tokens", &wish).expect_status(201).json;
    let machine = world.http().with_token(made["token"].as_str().unwrap());
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("由程序写")});
    let id = machine.post("/api/v1/drafts", &draft).expect_status(201).json["id"].clone();
    let _ = act(&machine, id.as_str().unwrap(), "submit", &json!({})).expect_status(200);
    for (verb, body) in [
        ("review", json!({})),
        ("approve", json!({})),
        ("release", json!({"channels": ["hall"]})),
    ] {
        let refused = act(&machine, id.as_str().unwrap(), verb, &body).expect_status(403);
        assert_eq!(refused.json["type"], "urn:heliograph:problem:token-scope", "{verb}");
    }
    // It is no person.
    let password = json!({"password": PASSWORD});
    for path in [
        "/api/v1/sessions/current/confirm",
        "/api/v1/tokens",
        "/api/v1/account/authenticator",
    ] {
        let refused = machine
            .post(path, if path.ends_with("confirm") { &password } else { &wish })
            .expect_status(403);
        assert_eq!(refused.json["type"], "urn:heliograph:problem:not-for-tokens", "{path}");
    }
    let listed = |http: &Http| http.get("/api/v1/sessions").expect_status(200).json["tokens"].clone();
    assert_eq!(
        (&listed(&maker)[0]["label"], &listed(&maker)[0]["scopes"]),
        (&json!("导入"), &json!(["draft", "read"]))
    );
    assert!(listed(&maker)[0]["used_at"].is_string());
    roles_shrink_and_tokens_end(&world, &machine, &maker, made["id"].as_str().unwrap());
}

fn roles_shrink_and_tokens_end(world: &World, machine: &Http, maker: &Http, id: &str) {
    let less =
        json!({"id": "everything", "name": {"zh-Hans": "周全能"}, "department": "office", "roles": ["approver"]});
    let _ = world.people.admin.post("/api/v1/staff", &less).expect_status(201);
    let _ = machine.get("/api/v1/drafts").expect_status(403);
    let _ = machine.get("/api/v1/publications").expect_status(200);
    let ended = maker.send("DELETE", &format!("/api/v1/sessions/{id}"), &[], b"");
    assert_eq!(ended.status, 200);
    let _ = machine.get("/api/v1/publications").expect_status(401);
    let wish = json!({"label": "short", "days": 1, "scopes": ["read"]});
    let made = maker.post("/api/v1/tokens", &wish).expect_status(201).json;
    let machine = world.http().with_token(made["token"].as_str().unwrap());
    later(world, 23 * 60 * MINUTE_MS);
    let _ = machine.get("/api/v1/publications").expect_status(200);
    later(world, 60 * MINUTE_MS);
    let _ = machine.get("/api/v1/publications").expect_status(401);
}

#[test]
fn four_eyes_say_why_and_who_had_which_part() {
    let world = World::new();
    let everything = &world.people.everything;
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("一个人写的")});
    let id = everything.post("/api/v1/drafts", &draft).expect_status(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let _ = act(everything, &id, "submit", &json!({})).expect_status(200);
    let page = Browser::signed_in(&world, "everything")
        .get(&format!("/admin/publications/{id}"))
        .text;
    assert!(
        page.contains("您已是这份内容的拟稿人") && page.contains("<dt>拟稿</dt><dd>周全能</dd>"),
        "{page}"
    );
    let _ = act(&world.people.reviewer, &id, "review", &json!({})).expect_status(200);
    let page = Browser::signed_in(&world, "everything")
        .get(&format!("/admin/publications/{id}"))
        .text;
    assert!(page.contains("<dt>保密审查</dt><dd>王审查</dd>"), "{page}");
}

/// Sets an authenticator up by the forms; its secret, and the recovery codes.
fn sets_up_authenticator(world: &World, browser: &mut Browser) -> (String, Vec<String>) {
    let _ = browser.post("/admin/account/authenticator", &[]).expect_status(303);
    let page = browser.get("/admin/account/authenticator").expect_status(200).text;
    assert!(page.contains("<svg class=\"qr\"") && page.contains("设置验证器"));
    let secret: String = page
        .split_once("<code>")
        .unwrap()
        .1
        .split("</code>")
        .next()
        .unwrap()
        .replace(' ', "");
    let path = "/admin/account/authenticator/confirm";
    let wrong = browser.post(path, &[("code", "000000")]).expect_status(422).text;
    assert!(
        wrong.contains("验证码不对") && wrong.contains(&secret[..4]),
        "it may be tried again"
    );
    let code = code_of(&secret, world.clock.now().0);
    let done = browser.post(path, &[("code", &code)]).expect_status(200).text;
    let codes = done
        .split_once("<pre class=\"codes\">")
        .unwrap()
        .1
        .split("</pre>")
        .next()
        .unwrap();
    (secret, codes.lines().map(str::to_owned).collect())
}

#[test]
fn with_an_authenticator_a_password_alone_opens_nothing() {
    let world = World::new();
    later(&world, 0);
    let mut browser = Browser::signed_in(&world, "author");
    let (secret, recovery) = sets_up_authenticator(&world, &mut browser);
    assert_eq!(recovery.len(), 10);
    let page = browser.get("/admin/account").expect_status(200).text;
    assert!(page.contains("还剩 10 个恢复码") && !page.contains(&recovery[0]) && !page.contains(&secret));
    let mut door = Browser::of(world.http());
    let knocks = |door: &mut Browser| {
        let asked = door.post(
            "/admin/login",
            &[("staff", "author"), ("password", PASSWORD), ("next", "/admin/staff")],
        );
        let page = asked.expect_status(200).text;
        assert!(
            page.contains("输入验证码") && door.cookie_names().is_empty(),
            "nobody is in yet"
        );
        hidden(&page, "ticket")
    };
    let ticket = knocks(&mut door);
    let shows = |door: &mut Browser, ticket: &str, code: &str| {
        door.post(
            "/admin/login/code",
            &[("ticket", ticket), ("code", code), ("next", "/admin/staff")],
        )
    };
    // The code that set it up was used, and one that was not made by it is none.
    let used = code_of(&secret, world.clock.now().0);
    for code in [used.as_str(), "000000"] {
        assert!(
            shows(&mut door, &ticket, code)
                .expect_status(401)
                .text
                .contains("验证码不对或已用过")
        );
    }
    let now = later(&world, MINUTE_MS);
    let entered = shows(&mut door, &ticket, &code_of(&secret, now.0)).expect_status(303);
    assert_eq!(entered.header("location"), Some("/admin/staff"));
    let _ = door.get("/admin/staff").expect_status(200);
    // Without the telephone, once.
    for (recovery, status) in [(&recovery[4], 303), (&recovery[4], 401)] {
        let mut door = Browser::of(world.http());
        let ticket = knocks(&mut door);
        assert_eq!(shows(&mut door, &ticket, recovery).status, status);
    }
    assert!(browser.get("/admin/account").text.contains("还剩 9 个恢复码"));
    assert_eq!(
        shows(&mut door, "guess", "000000").status,
        401,
        "a ticket that nobody was given"
    );
    programs_show_both(&world, &secret);
    somebody_lost_everything(&world, &mut door);
}

fn programs_show_both(world: &World, secret: &str) {
    let now = later(world, MINUTE_MS);
    let with = |code: Value| {
        let wish = json!({"staff": "author", "password": PASSWORD, "code": code});
        world.http().post("/api/v1/sessions", &wish)
    };
    assert_eq!(with(Value::Null).expect_status(401).fields(), ["code"]);
    let session = with(json!(code_of(secret, now.0))).expect_status(201).json;
    let session = world.http().with_token(session["token"].as_str().unwrap());
    let now = later(world, 6 * MINUTE_MS);
    // The code also shows again that it is they.
    let _ = session
        .post("/api/v1/account/recovery-codes", &json!({}))
        .expect_status(403);
    let shown = json!({"code": code_of(secret, now.0)});
    let _ = session
        .post("/api/v1/sessions/current/confirm", &shown)
        .expect_status(200);
    let _ = session
        .post("/api/v1/account/recovery-codes", &json!({}))
        .expect_status(200);
}

fn somebody_lost_everything(world: &World, door: &mut Browser) {
    let reset = |who: &Http| who.post("/api/v1/staff/author/reset-second-factor", &json!({}));
    let _ = reset(&world.people.approver).expect_status(403);
    let _ = reset(&signed_in(world, "admin")).expect_status(200);
    let _ = door.get("/admin").expect_status(303);
    let _ = signed_in(world, "author").get("/api/v1/drafts").expect_status(200);
}

#[test]
fn the_office_asks_a_second_factor_of_some_roles() {
    let world = World::new();
    later(&world, 0);
    let mut approver = Browser::signed_in(&world, "approver");
    let mut admin = Browser::signed_in(&world, "admin");
    let _ = admin
        .post("/admin/staff/second-factor", &[("roles", "approver")])
        .expect_status(303);
    let refused = world.people.approver.get("/api/v1/publications").expect_status(403);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:second-factor-required");
    let sent = approver.get("/admin").expect_status(303);
    assert_eq!(sent.header("location"), Some("/admin/account/authenticator"));
    let _ = world.people.author.get("/api/v1/publications").expect_status(200);
    let _ = sets_up_authenticator(&world, &mut approver);
    let _ = approver.get("/admin").expect_status(200);
    let refused = approver
        .post("/admin/account/authenticator/remove", &[])
        .expect_status(409);
    assert!(refused.text.contains("您的角色须使用两步验证"));
}

#[test]
fn a_page_of_another_site_gets_a_browser_to_do_nothing() {
    let world = World::new();
    let session = try_password(&world.http(), "admin", PASSWORD).expect_status(201);
    let cookie = format!("heliograph_session={}", session.json["token"].as_str().unwrap());
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let send = |from: (&str, &str)| {
        let headers = [("cookie", cookie.as_str()), kind, from];
        world.http().send("POST", "/admin/displays/blank", &headers, b"").status
    };
    for foreign in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(send(foreign), 403, "{foreign:?}");
    }
    assert!(!world.hub().state().blank.blank.on);
    assert_eq!(send(("sec-fetch-site", "same-origin")), 303, "the control");
}

#[test]
fn what_people_type_is_text_and_nothing_else() {
    let world = World::new();
    let evil = "\"><script>alert(1)</script>";
    let mut door = Browser::of(world.http());
    let page = door.post("/admin/login", &[("staff", evil), ("password", "x"), ("next", evil)]);
    assert!(
        !page.text.contains("<script>alert") && page.text.contains("&lt;script&gt;"),
        "{}",
        page.text
    );
    let mut browser = Browser::signed_in(&world, "author");
    let made = browser.post(
        "/admin/account/tokens",
        &[("label", evil), ("days", "3"), ("scopes", "read")],
    );
    assert!(!made.expect_status(200).text.contains("<script>alert"));
    browser.password = None;
    later(&world, 6 * MINUTE_MS);
    let asked = browser
        .post(
            "/admin/account/tokens",
            &[("label", evil), (evil, evil), ("days", "3"), ("scopes", "read")],
        )
        .expect_status(403);
    assert!(!asked.text.contains("<script>alert") && asked.text.contains("&lt;script&gt;"));
}

#[test]
fn the_pages_of_the_account_are_there_in_both_languages_under_a_strict_policy() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "author");
    for path in ["/admin/account", "/admin/account/authenticator"] {
        browser.reads_both_languages(path);
    }
    let _ = browser.post("/admin/account/authenticator", &[]).expect_status(303);
    browser.reads_both_languages("/admin/account/authenticator");
    let wish = [("label", "机器"), ("days", "3"), ("scopes", "read")];
    let made = browser.post("/admin/account/tokens", &wish).expect_status(200).text;
    let token = made.split_once("<pre>").unwrap().1.split('<').next().unwrap();
    let _ = world
        .http()
        .with_token(token)
        .get("/api/v1/publications")
        .expect_status(200);
    let faulty = [("label", "另一台"), ("days", "many"), ("scopes", "draft")];
    let refused = browser.post("/admin/account/tokens", &faulty).expect_status(422).text;
    assert!(refused.contains("另一台") && refused.contains("many") && refused.contains("class=\"fault\""));
    assert!(!browser.get("/admin/account").text.contains(token), "it is shown once");
}
