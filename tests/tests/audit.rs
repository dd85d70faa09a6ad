//! The audit trail: every kind of deed is in it, in plain words of both languages; it is found by who, what, when and words,
//! exported with what proves it, and read by those alone who answer for it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Date;
use heliograph_hub::Clock as _;
use heliograph_tests::{
    Browser, Http, Machine, NOTICE_ENTRY, STRIP, World, act, code_of, eventually, hex, hire, notice,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Somebody with this role alone, signed in.
fn only(world: &World, role: &str) -> Http {
    let id = format!("only-{role}");
    let wish = json!({"id": id, "name": {"zh-Hans": "孙一角"}, "department": "office", "roles": [role]});
    hire(&world.people.admin, &wish)
}

/// A page of the trail, in a language.
fn trail(who: &Http, query: &str, lang: &str) -> Value {
    who.send(
        "GET",
        &format!("/api/v1/audit?{query}"),
        &[("accept-language", lang)],
        b"",
    )
    .expect_status(200)
    .json
}

/// Every kind of deed that there is, as the API's own description names them.
fn deeds(world: &World) -> BTreeSet<String> {
    let told = world.http().get("/api/v1/openapi.json").expect_status(200).json;
    let parameters = told["paths"]["/api/v1/audit"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .clone();
    let deed = parameters.iter().find(|parameter| parameter["name"] == "deed").unwrap();
    let names = deed["schema"]["enum"].as_array().unwrap().iter();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Everything that anybody can do to a text.
fn texts(world: &World) {
    let people = &world.people;
    let step = |who: &Http, id: &str, verb: &str, body: Value| act(who, id, verb, &body).expect_status(200);
    let id = people.publish_notice("关于领证时间的公告", &["hall"]);
    let revision = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("关于领证时间的公告（新）"), "publication": id});
    let _ = people.author.post("/api/v1/drafts", &revision).expect_status(201);
    let _ = step(&people.author, &id, "submit", json!({"countersign": true}));
    let _ = step(&people.reviewer, &id, "review", json!({"findings_confirmed": true}));
    let _ = step(&people.countersigner, &id, "countersign", json!({}));
    let _ = step(&people.approver, &id, "approve", json!({}));
    let _ = step(&people.approver, &id, "amend", json!({}));
    let _ = step(
        &people.approver,
        &id,
        "reschedule",
        json!({"channels": ["hall", "strips"]}),
    );
    let _ = step(&people.approver, &id, "withdraw", json!({}));
    let _ = step(&people.approver, &id, "withdraw", json!({"reason": "时间有误"}));
    let _ = step(
        &people.approver,
        &id,
        "request-erasure",
        json!({"reason": "依申请删除"}),
    );
    let _ = step(&people.admin, &id, "decline-erasure", json!({}));
    let _ = step(
        &people.approver,
        &id,
        "request-erasure",
        json!({"reason": "含个人信息"}),
    );
    let _ = step(&people.admin, &id, "erase", json!({}));
    let returned = people.submitted("notice", NOTICE_ENTRY, &notice("联系电话 13800138000"));
    let _ = step(
        &people.reviewer,
        &returned,
        "reject",
        json!({"reason": "请删去手机号码"}),
    );
    let colleague = only(world, "author");
    let text = |title: &str| json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let shared = people
        .author
        .post("/api/v1/drafts", &text("关于合写的通知"))
        .expect_status(201)
        .json;
    let path = format!("/api/v1/drafts/{}", shared["id"].as_str().unwrap());
    let with = json!({"editors": ["only-author"]});
    let _ = people
        .author
        .put(&format!("{path}/editors"), &[], &with)
        .expect_status(200);
    let seen = [("if-match", shared["hash"].as_str().unwrap())];
    let _ = colleague
        .put(&path, &seen, &text("关于合写的通知（改）"))
        .expect_status(200);
    let handed_in = json!({"countersign": false});
    let _ = step(&people.author, shared["id"].as_str().unwrap(), "submit", handed_in);
    let blocked = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("此件标注秘密★10年")});
    let draft = people.author.post("/api/v1/drafts", &blocked).expect_status(201).json;
    let refer = format!("/api/v1/drafts/{}/refer", draft["id"].as_str().unwrap());
    let _ = people.author.post(&refer, &json!({})).expect_status(200);
    let over = json!({"reason": "已到期解密", "hash": draft["hash"]});
    let over_path = format!("/api/v1/referrals/{}/override", draft["id"].as_str().unwrap());
    let _ = people.reviewer.post(&over_path, &over).expect_status(200);
}

/// Another department countersigns, by somebody who stands in for a colleague on leave.
fn departments(world: &World) {
    let people = &world.people;
    let law = json!({"id": "law", "name": {"zh-Hans": "钱法规"}, "department": "law", "roles": ["countersigner"]});
    let _ = hire(&people.admin, &law);
    let text = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("关于会审的通知")});
    let draft = people.author.post("/api/v1/drafts", &text).expect_status(201).json;
    let id = draft["id"].as_str().unwrap();
    let _ = act(&people.author, id, "submit", &json!({"countersign": ["law"]})).expect_status(200);
    let _ = act(&people.reviewer, id, "review", &json!({})).expect_status(200);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let today = i32::try_from(now.as_secs() / 86_400).unwrap();
    let day = |number: i32| Date::of_day_number(number).to_string();
    let leave = json!({"substitute": "countersigner", "from": day(today - 1), "until": day(today + 1)});
    let path = "/api/v1/staff/law/substitute";
    let _ = people.admin.put(path, &[], &leave).expect_status(200);
    let _ = act(&people.countersigner, id, "countersign", &json!({})).expect_status(200);
    let ended = people.admin.send("DELETE", path, &[], b"");
    assert_eq!(ended.status, 200, "{}", ended.text);
}

/// Somebody lost everything that they sign in with, and the office's own sign-on knows them by another name.
fn accounts(world: &World) {
    let (admin, mut clerk) = (&world.people.admin, Browser::signed_in(world, "countersigner"));
    let _ = clerk.post("/admin/account/authenticator", &[]).expect_status(303);
    let page = clerk.get("/admin/account/authenticator").expect_status(200).text;
    let secret = page
        .split_once("<code>")
        .unwrap()
        .1
        .split("</code>")
        .next()
        .unwrap()
        .replace(' ', "");
    let code = code_of(&secret, world.clock.now().0);
    let _ = clerk
        .post("/admin/account/authenticator/confirm", &[("code", &code)])
        .expect_status(200);
    let _ = admin
        .post("/api/v1/staff/countersigner/reset-second-factor", &json!({}))
        .expect_status(200);
    let wish = json!({
        "id": "countersigner", "name": {"zh-Hans": "赵会审"}, "department": "office", "roles": ["countersigner"], "office_id": "zhao-7",
    });
    let _ = admin.post("/api/v1/staff", &wish).expect_status(201);
}

/// Everything that anybody can do to the rest of the office.
fn office(world: &World) {
    let admin = &world.people.admin;
    let post = |path: &str, body: Value| admin.post(path, &body);
    let strip = world.display("strip", STRIP, &["hall"]);
    let of = |verb: &str| format!("/api/v1/displays/{}{verb}", strip.id);
    let setting = json!({
        "name": {"zh-Hans": "大厅条屏"}, "location": {"zh-Hans": "一楼大厅"}, "profile": "test", "panel": STRIP, "language": "zh-Hans",
        "channels": ["hall", "strips"],
    });
    let _ = admin.put(&of(""), &[], &setting).expect_status(200);
    let _ = post(&of("/revoke"), json!({"reason": "设备丢失"})).expect_status(200);
    let machine = Machine::new(1).knocks(&world.http());
    let takes_over = json!({"short_string": machine.code(), "replaces": strip.id});
    let _ = post(&format!("{}/admit", machine.path()), takes_over).expect_status(200);
    let _ = post(&of("/retire"), json!({})).expect_status(200);
    accounts(world);
    let _ = post("/api/v1/staff/countersigner/disable", json!({})).expect_status(200);
    let _ = post("/api/v1/staff/countersigner/enable", json!({})).expect_status(200);
    let leaver = json!({"id": "leaver", "name": {"zh-Hans": "钱离任"}, "department": "office", "roles": ["author"]});
    let _ = post("/api/v1/staff", leaver).expect_status(201);
    let _ = post("/api/v1/staff/leaver/leave", json!({})).expect_status(200);
    let _ = admin
        .put("/api/v1/second-factor", &[], &json!({"roles": ["display-operator"]}))
        .expect_status(200);
    let _ = post("/api/v1/site/blank", json!({})).expect_status(200);
    let _ = post("/api/v1/site/unblank", json!({})).expect_status(200);
    let _ = admin
        .put("/api/v1/calendar/2027", &[], &json!({"off": ["2027-01-01"]}))
        .expect_status(200);
    let entry = json!({
        "id": "budget", "index_number": "BH-2026-017", "category": "finance", "cadence": {"regular": {"period_months": 12}},
        "department": "office", "responsible": "author", "name": {"zh-Hans": "部门预算"}, "summary": {"zh-Hans": "预算"},
        "channels": ["hall"],
    });
    let _ = post("/api/v1/catalogue", entry).expect_status(201);
    let annex = json!({"name": "annex", "title": {"zh-Hans": "附楼 13800138000"}, "findings_confirmed": true});
    let _ = post("/api/v1/channels", annex).expect_status(201);
    // What is on its way then is to be reviewed again.
    let words = json!({"words": [{"text": "甲地块", "class": "warn"}]});
    let _ = admin
        .put("/api/v1/gate-words", &[("if-match", "0")], &words)
        .expect_status(200);
}

#[test]
fn every_kind_of_deed_is_told_in_plain_words_of_both_languages() {
    let world = World::new();
    texts(&world);
    departments(&world);
    office(&world);
    let inspector = only(&world, "inspector");
    eventually("the public ledger is sealed", || {
        trail(&inspector, "deed=ledger-sealed", "zh")["found"].as_u64().unwrap() > 0
    });
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for deed in deeds(&world) {
        let (zh, en) = (
            trail(&inspector, &format!("deed={deed}"), "zh"),
            trail(&inspector, &format!("deed={deed}"), "en"),
        );
        assert!(
            zh["found"].as_u64().unwrap() > 0,
            "nobody did {deed}: add it to this story"
        );
        let said = |page: &Value| page["records"][0]["sentence"].as_str().unwrap().to_owned();
        let (zh, en) = (said(&zh), said(&en));
        assert!(han(&zh) && zh.chars().count() > 4, "{deed}: {zh}");
        let letters = en.chars().filter(char::is_ascii_alphabetic).count();
        assert!(
            letters > 8 && en != zh && !en.starts_with(|c: char| han(&c.to_string())),
            "{deed}: {en}"
        );
        for text in [&zh, &en] {
            assert!(
                !text.contains("{}") && !text.contains("  ") && !text.trim().is_empty(),
                "{deed}: {text}"
            );
        }
    }
    let erased = trail(&inspector, "deed=submitted&page=1", "zh")["records"]
        .as_array()
        .unwrap()
        .clone();
    assert!(
        erased
            .iter()
            .any(|record| record["sentence"].as_str().unwrap().contains("内容已删除")),
        "{erased:?}"
    );
    assert!(
        !erased
            .iter()
            .any(|record| record["sentence"].as_str().unwrap().contains("领证时间")),
        "{erased:?}"
    );
    let _ = world
        .people
        .admin
        .post("/api/v1/staff/countersigner/leave", &json!({}))
        .expect_status(200);
    let gone = trail(&inspector, "who=countersigner", "zh");
    assert_eq!(gone["records"][0]["by_name"], "countersigner（姓名已删除）");
    let left = trail(&inspector, "deed=left", "zh");
    assert_eq!(
        left["records"][0]["sentence"],
        "办理countersigner（姓名已删除）离任：取消全部角色，删除姓名、密码和验证码"
    );
}

#[test]
fn lines_are_found_by_who_what_when_and_words() {
    let world = World::new();
    let id = world.people.publish_notice("关于元旦放假的通知", &["hall"]);
    let other = world.people.publish_notice("关于停电的通知", &["strips"]);
    let inspector = only(&world, "inspector");
    let found = |query: &str| trail(&inspector, query, "zh");
    let about = |page: &Value, field: &str| -> BTreeSet<String> {
        page["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record[field].as_str().unwrap().to_owned())
            .collect()
    };
    let of_approver = found("who=approver");
    assert_eq!(about(&of_approver, "by"), BTreeSet::from(["approver".to_owned()]));
    assert_eq!(
        about(&of_approver, "deed"),
        ["approved", "password-set", "released"].map(str::to_owned).into(),
        "they chose their own when they came"
    );
    let by_words = found("q=%E5%85%83%E6%97%A6%E6%94%BE%E5%81%87");
    assert_eq!(about(&by_words, "id"), BTreeSet::from([id.clone()]));
    assert_eq!(by_words["found"], 4);
    assert_eq!(about(&found(&format!("q={other}")), "id"), BTreeSet::from([other]));
    assert!(
        found("q=%E9%99%88%E5%AE%A1%E6%89%B9")["found"].as_u64().unwrap() >= 4,
        "by the name of who did it"
    );
    assert_eq!(
        about(&found("what=channel"), "deed"),
        BTreeSet::from(["channel-defined".to_owned()])
    );
    let position = by_words["records"][0]["position"].as_u64().unwrap();
    assert_eq!(found(&format!("q=%23{position}"))["records"][0]["position"], position);
    assert_eq!(found("from=2001-01-01&until=2001-12-31")["found"], 0);
    assert_eq!(found("from=2001-01-01")["found"], found("")["found"]);
    let wrong = inspector
        .get("/api/v1/audit?from=yesterday&deed=flattery")
        .expect_status(422);
    assert_eq!(
        BTreeSet::from_iter(wrong.fields()),
        ["deed", "from"].map(str::to_owned).into()
    );
}

#[test]
fn an_export_has_every_line_with_what_proves_it() {
    let world = World::new();
    let id = world.people.publish_notice("=HYPERLINK(\"x\")", &["hall"]);
    let _ = only(&world, "inspector");
    let browser = Browser::signed_in(&world, "only-inspector");
    let records = world.hub().log().read(heliograph_log::Position(0), 10_000).unwrap();
    let lines = browser.get("/admin/audit.jsonl").expect_status(200);
    let kept_as = lines.header("content-disposition").unwrap();
    assert!(
        kept_as.starts_with(
            "attachment; filename=\"audit.jsonl\"; filename*=UTF-8''%E6%93%8D%E4%BD%9C%E8%AE%B0%E5%BD%95-"
        ) && kept_as.ends_with(".jsonl"),
        "操作记录, with the day: {kept_as}"
    );
    let told: Vec<Value> = lines
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        told.len() <= records.len() && told.len() + 2 >= records.len(),
        "but for what was recorded meanwhile"
    );
    for (told, record) in told.iter().zip(&records) {
        assert_eq!(told["position"], record.position.0);
        assert_eq!(told["leaf"], hex(&record.leaf_hash()));
    }
    let table = browser.get("/admin/audit.csv?deed=released").expect_status(200);
    assert_eq!(table.text.lines().count(), 2, "{}", table.text);
    assert!(
        table.text.starts_with('\u{feff}') && table.text.contains("陈审批"),
        "{}",
        table.text
    );
    // For people first: what it was done to by its number and title; what machines need stands at the end.
    assert!(
        table.text.contains("\"公开信息\",\"BH-notices 《") && table.text.contains(&format!("\"approver\",\"{id}\",")),
        "{}",
        table.text
    );
    let page = browser.get("/admin/audit").expect_status(200).text;
    let (told, technical) = page.split_once("技术细节").unwrap();
    assert!(technical.contains("叶哈希") && technical.contains("heliograph log prove"));
    assert!(
        !told.contains("叶哈希") && !told.contains("log prove"),
        "nobody has to know these words"
    );
}

#[test]
fn the_trail_is_read_by_those_alone_who_answer_for_it() {
    let world = World::new();
    for (role, may) in [
        ("inspector", true),
        ("approver", true),
        ("administrator", true),
        ("author", false),
        ("display-operator", false),
    ] {
        let who = only(&world, role);
        let _ = who.get("/api/v1/audit").expect_status(if may { 200 } else { 403 });
        let browser = Browser::signed_in(&world, &format!("only-{role}"));
        for path in ["/admin/audit", "/admin/audit.csv", "/admin/audit.jsonl"] {
            assert_eq!(browser.get(path).status == 200, may, "{role} {path}");
        }
        let home = browser.get("/admin").expect_status(200).text;
        assert_eq!(home.contains("href=\"/admin/audit\""), may, "{role}");
    }
}

#[test]
fn the_page_pages_and_keeps_what_was_asked() {
    let world = World::new();
    for _ in 0..12 {
        let _ = world.people.publish_notice("<script>alert(1)</script>", &["hall"]);
    }
    let _ = only(&world, "inspector");
    let browser = Browser::signed_in(&world, "only-inspector");
    browser.reads_both_languages("/admin/audit");
    let page = browser
        .get("/admin/audit?what=publication&q=script&page=1")
        .expect_status(200)
        .text;
    assert_eq!(page.matches("<tr id=").count(), 48, "{page}");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"));
    assert!(page.contains("value=\"script\"") && page.contains("<option value=\"publication\" selected"));
    let all = browser.get("/admin/audit?page=1").expect_status(200).text;
    assert!(all.matches("<tr id=").count() == 50 && all.contains("page=2"));
    let _ = browser.get("/admin/audit?page=999999999").expect_status(200);
    let wrong = browser.get("/admin/audit?from=gestern").expect_status(200).text;
    assert!(wrong.contains("不是日期"));
}
