//! Reviewing as those who answer for it need it: departments that countersign, substitutes, comments that stay, texts side
//! by side.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::{Date, Instant};
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, World, act, notice};
use serde_json::{Value, json};

/// Somebody more works here.
fn hire(world: &World, id: &str, name: &str, department: &str, roles: &[&str]) -> Http {
    let wish = json!({"id": id, "name": {"zh-Hans": name}, "department": department, "roles": roles});
    heliograph_tests::hire(&world.people.admin, &wish)
}

fn draft(who: &Http, title: &str) -> String {
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let made = who.post("/api/v1/drafts", &draft).expect_status(201);
    made.json["id"].as_str().unwrap().to_owned()
}

fn read(who: &Http, id: &str) -> Value {
    who.get(&format!("/api/v1/publications/{id}")).expect_status(200).json
}

fn page(who: &Http, path: &str) -> String {
    let reply = who.get(path).expect_status(200);
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

/// Changes the body of a draft.
fn edit(who: &Http, id: &str, title: &str, body: &str) {
    let path = format!("/api/v1/drafts/{id}");
    let known = who.get(&path).expect_status(200).json;
    let mut content = notice(title);
    content["zh-Hans"]["body"] = json!(body);
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": content});
    let hash = known["hash"].as_str().unwrap();
    let _ = who.put(&path, &[("if-match", hash)], &wish).expect_status(200);
}

const REVIEWED: fn() -> Value = || json!({"findings_confirmed": true});

#[test]
fn every_department_that_the_author_named_countersigns_before_the_approval() {
    let world = World::new();
    let people = &world.people;
    let law = hire(&world, "sun", "孙法规", "law", &["countersigner"]);
    let finance = hire(&world, "qian", "钱财务", "finance", &["countersigner"]);
    let id = draft(&people.author, "会审的公告");
    for (asked, code) in [("office", "own_department"), ("attic", "nobody_there")] {
        let refused = act(&people.author, &id, "submit", &json!({"countersign": [asked]})).expect_status(422);
        assert_eq!(refused.fields(), ["countersign"]);
        assert_eq!(refused.json["errors"][0]["code"], code);
    }
    let both = json!({"countersign": ["law", "finance"]});
    let _ = act(&people.author, &id, "submit", &both).expect_status(200);
    let _ = act(&people.reviewer, &id, "review", &REVIEWED()).expect_status(200);
    assert_eq!(read(&law, &id)["pending"]["awaited"], json!(["finance", "law"]));

    // It waits for them, and for nobody else who countersigns.
    let waits = |who: &Http| page(who, "/admin").contains("会审的公告");
    assert!(waits(&law) && waits(&finance) && !waits(&people.countersigner));
    let _ = act(&people.countersigner, &id, "countersign", &json!({})).expect_status(403);
    let _ = act(&law, &id, "countersign", &json!({})).expect_status(200);
    assert!(!waits(&law) && waits(&finance));
    let shown = page(&people.approver, &format!("/admin/publications/{id}"));
    assert!(
        shown.contains("孙法规") && shown.contains("已会审") && shown.contains("钱财务") && shown.contains("待会审")
    );
    let early = act(&people.approver, &id, "approve", &json!({})).expect_status(409);
    assert_eq!(early.json["type"], "urn:heliograph:problem:countersignature-missing");

    // One of them returns it: what the other signed is void with it.
    let _ = act(&finance, &id, "reject", &json!({"reason": "金额请核对"})).expect_status(200);
    let _ = act(&people.author, &id, "submit", &both).expect_status(200);
    let shown = page(&people.reviewer, &format!("/admin/publications/{id}"));
    assert!(shown.contains("此前的审查已作废"), "the page says that it is void");
    let _ = act(&people.reviewer, &id, "review", &REVIEWED()).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(409);
    for who in [&finance, &law] {
        let _ = act(who, &id, "countersign", &json!({})).expect_status(200);
    }
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    assert_eq!(read(&law, &id)["state"], "released");
}

#[test]
fn an_author_names_departments_on_the_form() {
    let world = World::new();
    let law = hire(&world, "sun", "孙法规", "law", &["countersigner"]);
    let id = draft(&world.people.author, "表单会审");
    let mut author = Browser::signed_in(&world, "author");
    let form = author.get(&format!("/admin/write/{id}")).expect_status(200).text;
    assert!(form.contains("name=\"countersign_department\" value=\"law\""));
    assert!(
        !form.contains("name=\"countersign_department\" value=\"office\""),
        "their own"
    );
    let (key, hash) = (
        heliograph_tests::hidden(&form, "key"),
        heliograph_tests::hidden(&form, "hash"),
    );
    let fields = [
        ("key", key.as_str()),
        ("kind", "notice"),
        ("hash", &hash),
        ("catalogue_entry", NOTICE_ENTRY),
        ("content.zh-Hans.title", "表单会审"),
        ("content.zh-Hans.body", "正文。"),
        ("content.zh-Hans.department", "办公室"),
        ("content.zh-Hans.date", "2026-11-24"),
        ("countersign_department", "law"),
        ("then", "submit"),
    ];
    let _ = author.post(&format!("/admin/write/{id}"), &fields).expect_status(303);
    assert_eq!(read(&law, &id)["pending"]["awaited"], json!(["law"]));
    author.reads_both_languages(&format!("/admin/publications/{id}"));
    author.reads_both_languages(&format!("/admin/write/{id}"));
}

/// Yesterday and tomorrow by the office's clock.
fn around_today() -> (String, String) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Instant(u64::try_from(now.as_millis()).unwrap());
    let today = Date::at(now, 8 * 3600).0.day_number();
    let day = |number| Date::of_day_number(number).to_string();
    (day(today - 1), day(today + 1))
}

fn stands_in(who: &Http, absent: &str, substitute: &str) -> u16 {
    let (from, until) = around_today();
    let wish = json!({"substitute": substitute, "from": from, "until": until});
    who.put(&format!("/api/v1/staff/{absent}/substitute"), &[], &wish)
        .status
}

#[test]
fn a_substitute_takes_the_steps_of_whoever_is_on_leave_and_the_record_says_so() {
    let world = World::new();
    let people = &world.people;
    let deputy = hire(&world, "deputy", "吴代理", "office", &["author"]);
    let id = people.submitted("notice", NOTICE_ENTRY, &notice("休假时的公告"));
    let _ = act(&deputy, &id, "review", &REVIEWED()).expect_status(403);

    assert_eq!(
        stands_in(&deputy, "reviewer", "deputy"),
        403,
        "nobody lets themselves in"
    );
    assert_eq!(stands_in(&people.reviewer, "reviewer", "reviewer"), 422);
    assert_eq!(stands_in(&people.reviewer, "reviewer", "deputy"), 200);
    assert!(
        page(&deputy, "/admin").contains("休假时的公告"),
        "it waits for the substitute"
    );
    let shown = page(&deputy, &format!("/admin/publications/{id}"));
    assert!(shown.contains("您代 王审查 办理"), "the page says in whose stead");
    let _ = act(&deputy, &id, "review", &REVIEWED()).expect_status(200);
    let pending = read(&deputy, &id)["pending"].clone();
    assert_eq!(pending["reviewer"], "deputy");
    assert_eq!(
        pending["in_stead"],
        json!([{"duty": "review", "by": "deputy", "for": "reviewer"}])
    );
    assert!(page(&people.approver, &format!("/admin/publications/{id}")).contains("吴代理 代 王审查"));

    // Four eyes look at both: the author approves in nobody's name, and whoever reviewed in the reviewer's does not approve.
    assert_eq!(
        stands_in(&people.admin, "approver", "author"),
        200,
        "an administrator names them, too"
    );
    let refused = act(&people.author, &id, "approve", &json!({})).expect_status(403);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:four-eyes");
    assert_eq!(stands_in(&people.approver, "approver", "deputy"), 200, "named anew");
    let refused = act(&deputy, &id, "approve", &json!({})).expect_status(403);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:four-eyes");
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&deputy, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    assert_eq!(
        read(&deputy, &id)["state"],
        "released",
        "the signer signs what three people saw"
    );

    let ended = people
        .reviewer
        .send("DELETE", "/api/v1/staff/reviewer/substitute", &[], b"");
    assert_eq!(ended.status, 200, "{}", ended.text);
    let other = people.submitted("notice", NOTICE_ENTRY, &notice("休假之后"));
    let _ = act(&deputy, &other, "review", &REVIEWED()).expect_status(403);
    Browser::signed_in(&world, "reviewer").reads_both_languages("/admin/substitutes");
    assert!(page(&deputy, "/admin/substitutes").contains("陈审批"));
}

#[test]
fn a_substitute_is_named_on_the_page_and_the_days_are_checked() {
    let world = World::new();
    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let (from, until) = around_today();
    let fields = |from: &str, until: &str| {
        [
            ("person", "reviewer"),
            ("substitute", "countersigner"),
            ("from", from),
            ("until", until),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let post = |browser: &mut Browser, fields: [(String, String); 4]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        browser.post("/admin/substitutes", &fields)
    };
    let wrong = post(&mut reviewer, fields(&until, &from)).expect_status(422);
    assert!(wrong.text.contains("最后一天早于第一天") && wrong.text.contains(&until));
    let _ = post(&mut reviewer, fields(&from, &until)).expect_status(303);
    let shown = reviewer.get("/admin/substitutes").text;
    assert!(shown.contains("代理中") && shown.contains("赵会审"));
    let _ = reviewer
        .post("/admin/substitutes/end", &[("person", "reviewer")])
        .expect_status(303);
    assert!(reviewer.get("/admin/substitutes").text.contains("没有人休假"));
}

#[test]
fn nobody_puts_themselves_on_leave_who_meant_somebody_else() {
    let world = World::new();
    let reviewer = Browser::signed_in(&world, "reviewer");
    let mine = reviewer.get("/admin/substitutes").expect_status(200).text;
    assert!(mine.contains("我休假时的代理人") && mine.contains("请系统管理员办理"));
    assert!(
        mine.contains("赵会审（会审）"),
        "whoever is chosen by what they may do: {mine}"
    );
    // An administrator says whose leave it is, and nobody's stands there beforehand.
    let mut admin = Browser::signed_in(&world, "admin");
    let theirs = admin.get("/admin/substitutes").expect_status(200).text;
    let select = theirs
        .split("name=\"person\"")
        .nth(1)
        .unwrap()
        .split("</select>")
        .next()
        .unwrap();
    assert!(select.contains("请选择") && !select.contains("selected"), "{select}");
    assert!(!theirs.contains("我休假时的代理人"));
    let days = [
        ("substitute", "countersigner"),
        ("from", "2099-01-01"),
        ("until", "2099-01-05"),
    ];
    let nobody = [&days[..], &[("person", "")]].concat();
    let refused = admin.post("/admin/substitutes", &nobody).expect_status(422).text;
    assert!(refused.contains("请选择休假的人") && refused.contains("2099-01-05"));
    let named = [&days[..], &[("person", "reviewer")]].concat();
    let _ = admin.post("/admin/substitutes", &named).expect_status(303);
    let row = admin.get("/admin/substitutes").text;
    assert!(row.contains("未开始") && row.contains(">取消</button>") && !row.contains(">提前结束</button>"));
    assert!(
        admin
            .get("/admin/audit")
            .text
            .contains("自 2099-01-01 至 2099-01-05（含当天）"),
        "the log says the last day, not the midnight after it"
    );
}

#[test]
fn comments_stay_with_the_text_until_it_is_erased() {
    let world = World::new();
    let people = &world.people;
    let onlooker = hire(&world, "onlooker", "何督查", "office", &["inspector"]);
    let id = people.submitted("notice", NOTICE_ENTRY, &notice("有意见的公告"));
    let (path, form) = (
        format!("/api/v1/publications/{id}/comments"),
        format!("/admin/publications/{id}"),
    );
    let _ = onlooker.post(&path, &json!({"text": "我也说一句"})).expect_status(403);
    let faulty = people
        .reviewer
        .post(&path, &json!({"field": "content.zh-Hans.nothing"}))
        .expect_status(422);
    assert_eq!(faulty.fields(), ["text", "field"]);

    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let said = [
        ("key", "k1"),
        ("field", "content.zh-Hans.body"),
        ("quote", "相互转告"),
        ("text", "“转告”不够正式"),
    ];
    let _ = reviewer.post(&format!("{form}/comments"), &said).expect_status(303);
    let _ = reviewer.post(&format!("{form}/comments"), &said).expect_status(303);
    let all = || {
        people.reviewer.get(&path).expect_status(200).json["comments"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(all().len(), 1, "a double click says it once");
    let _ = act(&people.reviewer, &id, "reject", &json!({"reason": "见意见"})).expect_status(200);

    // The author reads it at the field, answers, changes the text, and hands it in again.
    let write = page(&people.author, &format!("/admin/write/{id}"));
    assert_eq!(
        write.matches("“转告”不够正式").count(),
        2,
        "at its field and in the list"
    );
    let _ = people.author.post(&path, &json!({"text": "已改"})).expect_status(201);
    edit(&people.author, &id, "有意见的公告", "请周知。");
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let shown = page(&people.approver, &form);
    assert!(shown.contains("“转告”不够正式") && shown.contains("针对上一稿"));
    let comment = all()[0]["id"].as_str().unwrap().to_owned();
    let _ = reviewer
        .post(
            &format!("{form}/comments/{comment}/mark"),
            &[("key", "k2"), ("dealt_with", "yes")],
        )
        .expect_status(303);
    assert_eq!(all()[0]["dealt_with"]["by"], "reviewer");
    let own = format!("{path}/{comment}");
    assert_eq!(
        people.approver.send("DELETE", &own, &[], b"").status,
        403,
        "one's own alone"
    );

    // With the text goes what was said of it.
    let _ = act(&people.reviewer, &id, "reject", &json!({"reason": "不公开了"})).expect_status(200);
    let _ = act(&people.approver, &id, "request-erasure", &json!({"reason": "误建"})).expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    assert_eq!(all(), Vec::<Value>::new());
}

#[test]
fn a_reviewer_sees_the_former_text_and_the_new_one_side_by_side() {
    let world = World::new();
    let people = &world.people;
    let id = people.publish_notice("领证时间", &["hall"]);
    let revision = json!({
        "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("领证时间"), "publication": id,
    });
    let _ = people.author.post("/api/v1/drafts", &revision).expect_status(201);
    edit(
        &people.author,
        &id,
        "领证时间",
        "领证时间，请相互转达。\n\n另：<b>周六</b>不办公。",
    );
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);

    let reviewer = Browser::signed_in(&world, "reviewer");
    let at = format!("/admin/publications/{id}");
    let shown = reviewer.get(&at).expect_status(200).text;
    for mark in [
        "<del>告</del>",
        "<ins>达</ins>",
        "<ins lang=\"zh-Hans\">另：&lt;b&gt;周六&lt;/b&gt;不办公。</ins>",
        "没有改动的栏目",
    ] {
        assert!(shown.contains(mark), "{mark}: {shown}");
    }
    let alone = reviewer.get(&format!("{at}?against=nothing")).expect_status(200).text;
    assert!(!alone.contains("<del>告") && alone.contains("请相互转达"));
    reviewer.reads_both_languages(&at);

    // Handed in once more, it can be read beside what was handed in before.
    edit(&people.author, &id, "领证时间", "领证时间，请相互转知。");
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let before = reviewer
        .get(&format!("{at}?against=submission"))
        .expect_status(200)
        .text;
    assert!(before.contains("<del>达</del>") && before.contains("<ins>知</ins>"));
}
