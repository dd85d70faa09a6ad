//! Due dates, the calendar and the catalogue's import, as an office meets them: through its pages and its API.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, PASSWORD, People, Reply, World, act, hidden, notice};
use serde_json::{Value, json};

/// 9 May 2040, a Wednesday, ten o'clock at the office: a year that no data is built in for.
const MAY_2040: Instant = Instant(2_220_141_600_000);
/// 2 November 2040, a Friday.
const NOVEMBER_2040: Instant = Instant(2_235_434_400_000);

/// Someone who signs in now.
fn signed_in(world: &World, who: &str) -> Http {
    let body = json!({"staff": who, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &body).expect_status(201);
    world
        .http()
        .with_token(session.json["token"].as_str().unwrap())
        .with_password(PASSWORD)
}

/// The clock is moved, and the people sign in again.
fn at(world: &World, now: Instant) -> People {
    world.clock.set(now);
    People {
        admin: signed_in(world, "admin"),
        author: signed_in(world, "author"),
        reviewer: signed_in(world, "reviewer"),
        approver: signed_in(world, "approver"),
        ..world.people.clone()
    }
}

fn entry_of(people: &People, id: &str) -> Value {
    let catalogue = people.reviewer.get("/api/v1/catalogue").expect_status(200).json;
    let entries = catalogue["catalogue"].as_array().unwrap();
    entries.iter().find(|entry| entry["id"] == id).unwrap().clone()
}

/// The May holiday of 2040, as a notice might set it.
fn may_holiday() -> Value {
    json!({
        "off": ["2040-05-01", "2040-05-02", "2040-05-03", "2040-05-04", "2040-05-05"], "worked": ["2040-04-28"],
    })
}

#[test]
fn a_text_on_its_way_shows_the_working_days_that_it_has_left() {
    let world = World::new();
    let people = at(&world, MAY_2040);
    let mut text = notice("签证大厅搬迁");
    text["zh-Hans"]["date"] = json!("2040-04-27");
    let id = people.submitted("notice", NOTICE_ENTRY, &text);

    let on_its_way = entry_of(&people, NOTICE_ENTRY)["on_their_way"][0].clone();
    let by_weekends = json!({"publication": id, "on": "2040-05-25", "certain": false, "working_days_left": 12});
    assert_eq!(on_its_way, by_weekends, "weekends alone were left out, and it says so");
    let _ = people
        .admin
        .put("/api/v1/calendar/2040", &[], &may_holiday())
        .expect_status(200);
    let entry = entry_of(&people, NOTICE_ENTRY);
    assert_eq!(
        entry["on_their_way"][0],
        json!({"publication": id, "on": "2040-05-30", "certain": true, "working_days_left": 15})
    );
    assert_eq!(
        entry["due"],
        json!({"on": "2040-05-30", "certain": true, "days_left": 21})
    );

    let reviewer = Browser::signed_in(&world, "reviewer");
    for page in ["/admin", "/admin/publications", "/admin/catalogue"] {
        assert!(reviewer.get(page).text.contains("余 15 个工作日"), "{page}");
    }
    assert!(
        reviewer
            .get("/admin/catalogue.csv")
            .text
            .contains("\"2040-05-30\",\"21\"")
    );
    reviewer.reads_both_languages("/admin");

    for (who, verb) in [(&people.reviewer, "review"), (&people.approver, "approve")] {
        let _ = act(who, &id, verb, &json!({})).expect_status(200);
    }
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let entry = entry_of(&people, NOTICE_ENTRY);
    assert_eq!((&entry["due"], &entry["on_their_way"]), (&Value::Null, &json!([])));
    assert_eq!(entry["last_released"], "2040-05-09");
    assert!(!reviewer.get("/admin/publications").text.contains("个工作日"));
}

#[test]
fn the_desk_tells_overdue_from_due_this_week_and_shows_ones_own_first() {
    let world = World::new();
    let people = at(&world, MAY_2040);
    let entry = |id: &str, responsible: &str, cadence: Value| {
        let entry = json!({
            "id": id, "index_number": format!("BH-{id}"), "category": "finance", "cadence": cadence, "department": "office",
            "responsible": responsible, "name": {"zh-Hans": format!("目录项{id}")}, "summary": {"zh-Hans": "说明"},
        });
        let _ = people.admin.post("/api/v1/catalogue", &entry).expect_status(201);
    };
    // Opened today: a month from now it asks for the first time.
    entry("others", "author", json!({"regular": {"period_months": 1}}));
    entry("mine", "reviewer", json!({"regular": {"period_months": 1}}));
    assert_eq!(
        entry_of(&people, "mine")["due"]["on"],
        "2040-06-11",
        "9 June is a Saturday"
    );
    let home = |now: Instant| {
        let _ = at(&world, now);
        Browser::signed_in(&world, "reviewer").get("/admin").text
    };
    let day = 86_400_000;
    let soon = home(MAY_2040);
    assert!(!soon.contains("<h3>本周到期"), "{soon}");
    // Thursday, 7 June: the Monday after is not this week yet; on that Monday it is.
    assert!(!home(MAY_2040.plus_ms(29 * day)).contains("<h3>本周到期"));
    let this_week = home(MAY_2040.plus_ms(33 * day));
    let own = this_week.find("目录项mine").unwrap();
    assert!(this_week.find("<h3>本周到期").unwrap() < own && own < this_week.find("目录项others").unwrap());
    assert!(this_week.contains("我负责"));
    let overdue = home(MAY_2040.plus_ms(34 * day));
    assert!(overdue.contains("<h3>逾期") && overdue.contains("逾期 1 天") && !overdue.contains("<h3>本周到期"));
}

#[test]
fn next_years_days_are_asked_for_in_november_and_entered_a_date_a_line() {
    let world = World::new();
    let people = at(&world, MAY_2040);
    let _ = people
        .admin
        .put("/api/v1/calendar/2040", &[], &may_holiday())
        .expect_status(200);
    let warned = |browser: &Browser| {
        let pages = ["/admin", "/admin/catalogue"].map(|page| browser.get(page).text.contains("日历中还没有 2041 年"));
        assert_eq!(pages[0], pages[1]);
        pages[0]
    };
    assert!(
        !warned(&Browser::signed_in(&world, "author")),
        "nobody knows yet in May"
    );
    let _ = at(&world, NOVEMBER_2040);
    let author = Browser::signed_in(&world, "author");
    assert!(warned(&author) && author.get("/admin").text.contains("请告知系统管理员"));

    let mut admin = Browser::signed_in(&world, "admin");
    assert!(admin.get("/admin").text.contains("/admin/calendar?year=2041#form"));
    admin.reads_both_languages("/admin/calendar");
    let send = |admin: &mut Browser, off: &str, worked: &str| {
        let key = hidden(&admin.get("/admin/calendar?year=2041").text, "key");
        admin.post(
            "/admin/calendar",
            &[("key", &key), ("year", "2041"), ("off", off), ("worked", worked)],
        )
    };
    let wrong = send(
        &mut admin,
        "2041-01-01\n元旦第二天\n2040-12-31",
        "2041-01-01\n2041-01-07",
    )
    .expect_status(422);
    assert!(wrong.text.contains("第 2 行“元旦第二天”不是日期"), "{}", wrong.text);
    let wrong = send(
        &mut admin,
        "2041-01-01/2041-01-03\n2040-12-31",
        "2041-01-05\n2041-01-07",
    )
    .expect_status(422);
    for said in [
        "第 2 行“2040-12-31”：不在 2041 年",
        "第 2 行“2041-01-07”：不是周六、周日",
    ] {
        assert!(wrong.text.contains(said), "{said}: {}", wrong.text);
    }
    assert!(wrong.text.contains("2041-01-01/2041-01-03"), "what was typed stays");
    let of_year = |people: &People| people.admin.get("/api/v1/calendar/2041").expect_status(200).json;
    let people = at(&world, NOVEMBER_2040);
    assert_eq!(of_year(&people)["source"], "none", "nothing was written");

    let _ = send(&mut admin, "2041-01-01/2041-01-03\n", "2041-01-05").expect_status(303);
    let year = of_year(&people);
    assert_eq!(year["source"], "office");
    assert_eq!(year["off"], json!(["2041-01-01", "2041-01-02", "2041-01-03"]));
    assert!(!warned(&author));
    let position = world.hub().state().position;
    let _ = send(&mut admin, "2041-01-01/2041-01-03", "2041-01-05").expect_status(303);
    assert_eq!(world.hub().state().position, position, "saying it again is no fact");
    let mut author = author;
    let refused = author.post("/admin/calendar", &[("year", "2041"), ("off", ""), ("worked", "")]);
    assert_eq!(refused.status, 403);
}

#[test]
fn the_calendar_refuses_what_is_no_day_off_by_its_place() {
    let world = World::new();
    let people = &world.people;
    let put = |year: &str, body: Value| people.admin.put(&format!("/api/v1/calendar/{year}"), &[], &body);
    for (body, fields) in [
        (json!({"off": ["2041-02-30"]}), vec!["off[0]"]),
        (json!({"off": ["2041-01-01", "2040-01-01"]}), vec!["off[1]"]),
        (
            json!({"off": ["2041-01-05"], "worked": ["2041-01-05"]}),
            vec!["off[0]", "worked[0]"],
        ),
        (json!({"worked": ["2041-01-07"]}), vec!["worked[0]"]),
        (json!({"off": "2041-01-01"}), vec!["off"]),
        (json!({"holidays": []}), vec!["holidays"]),
    ] {
        assert_eq!(put("2041", body.clone()).expect_status(422).fields(), fields, "{body}");
    }
    assert_eq!(put("1", json!({})).expect_status(422).fields(), ["year"]);
    assert_eq!(people.author.put("/api/v1/calendar/2041", &[], &json!({})).status, 403);
    let built_in = people.author.get("/api/v1/calendar/2026").expect_status(200).json;
    assert_eq!(built_in["source"], "built-in");
    assert!(built_in["worked"].as_array().unwrap().contains(&json!("2026-10-10")));
    assert_eq!(built_in["notices"], json!(["国办发明电〔2025〕7号"]));
}

#[test]
fn an_entrys_usual_channels_are_ticked_at_release() {
    let world = World::new();
    let people = &world.people;
    let mut entry = entry_of(people, NOTICE_ENTRY);
    assert_eq!(entry["channels"], json!([]));
    for extra in ["due", "last_released", "on_their_way"] {
        entry.as_object_mut().unwrap().remove(extra);
    }
    entry["channels"] = json!(["hall", "nowhere"]);
    let refused = people.admin.post("/api/v1/catalogue", &entry).expect_status(422);
    assert_eq!(refused.fields(), ["channels[1]"]);
    entry["channels"] = json!(["hall"]);
    let _ = people.admin.post("/api/v1/catalogue", &entry).expect_status(201);
    let position = world.hub().state().position;
    entry.as_object_mut().unwrap().remove("channels");
    let _ = people.admin.post("/api/v1/catalogue", &entry).expect_status(201);
    assert_eq!(
        world.hub().state().position,
        position,
        "who says nothing of channels changes none"
    );

    let id = people.approved("notice", NOTICE_ENTRY, &notice("端午节办公安排"));
    let page = Browser::signed_in(&world, "approver")
        .get(&format!("/admin/publications/{id}"))
        .text;
    let ticked = |name: &str| page.contains(&format!("name=\"channels\" value=\"{name}\" checked"));
    assert_eq!(["hall", "strips"].map(ticked), [true, false]);
    let admin = Browser::signed_in(&world, "admin");
    let form = admin.get(&format!("/admin/catalogue?edit={NOTICE_ENTRY}")).text;
    assert!(form.contains("name=\"channels\" value=\"hall\" checked"));
}

const TABLE: &str = "索引号,名称,公开时限,责任部门,负责人,频道,备注\n\
    BH-10,收支月报,每月,办公室,李拟稿,大厅、条屏,\n\
    BH-11,\"招聘公告，含事业单位\",10 个工作日内,office,author,,";

/// Presses the button under what was read.
fn confirm(admin: &mut Browser, seen: &str, table: &str) -> Reply {
    let key = hidden(seen, "key");
    let fields = [("key", key.as_str()), ("confirm", "yes"), ("table", table)];
    admin.post("/admin/catalogue/import", &fields)
}

fn checked(admin: &mut Browser, table: &str) -> String {
    admin
        .post("/admin/catalogue/import", &[("table", table)])
        .expect_status(200)
        .text
}

#[test]
fn an_existing_catalogue_is_taken_over_once_it_was_looked_at() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    admin.reads_both_languages("/admin/catalogue/import");
    let before = world.hub().state().position;
    let seen = admin
        .post("/admin/catalogue/import", &[("table", TABLE)])
        .expect_status(200)
        .text;
    for said in [
        "新增 2 项、修改 0 项",
        "未使用的列：备注",
        "收支月报",
        "bh-10",
        "确认导入 2 项",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    assert_eq!(
        world.hub().state().position,
        before,
        "nothing is written before it is confirmed"
    );
    let done = confirm(&mut admin, &seen, TABLE).expect_status(303);
    assert_eq!(done.header("location"), Some("/admin/catalogue/import?new=2&changed=0"));
    let people = &world.people;
    let monthly = entry_of(people, "bh-10");
    assert_eq!(monthly["cadence"], json!({"regular": {"period_months": 1}}));
    assert_eq!(
        (&monthly["responsible"], &monthly["department"]),
        (&json!("author"), &json!("office"))
    );
    assert_eq!(monthly["channels"], json!(["hall", "strips"]));
}

#[test]
fn an_import_that_is_repeated_and_one_of_what_was_exported_change_nothing() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let seen = checked(&mut admin, TABLE);
    let _ = confirm(&mut admin, &seen, TABLE).expect_status(303);
    let after = world.hub().state().position;
    let again = checked(&mut admin, TABLE);
    assert!(
        again.contains("表格与现有目录一致") && !again.contains("确认导入"),
        "{again}"
    );
    let _ = confirm(&mut admin, &seen, TABLE).expect_status(303);
    assert_eq!(world.hub().state().position, after);
    let exported = admin.get("/admin/catalogue.csv").text;
    let same = checked(&mut admin, &exported);
    assert!(same.contains("表格与现有目录一致"), "{same}");
    let in_english = admin.in_english("/admin/catalogue.csv").text;
    assert!(
        checked(&mut admin, &in_english).contains("表格与现有目录一致"),
        "{in_english}"
    );
    let changed = checked(&mut admin, &TABLE.replace("每月", "每季度"));
    assert!(changed.contains("新增 0 项、修改 1 项、不变 1 项"), "{changed}");
    assert!(changed.contains("<small>公开时限：每月 → 每季</small>"), "{changed}");
    // What is to be renamed is seen as such, and what was read of a cadence stands beside what is written.
    let renamed = TABLE.replace("收支月报", "车辆使用").replace("每月", "每年3月底前");
    let renamed = checked(&mut admin, &renamed);
    for said in [
        "名称：收支月报 → 车辆使用",
        "表中写的是：<q lang=\"zh-Hans\">每年3月底前</q>",
        "公开时限：每月 → 每年",
    ] {
        assert!(renamed.contains(said), "{said}: {renamed}");
    }
    assert!(
        !renamed.contains("findings_confirmed"),
        "nothing was found that could be looked at"
    );
}

#[test]
fn every_fault_of_a_table_is_named_with_its_line_and_column() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let before = world.hub().state().position;
    let table = "索引号\t名称\t公开时限\t责任部门\t负责人\t年报类别\n\
        BH-1\t年度报告\t每周\t食堂\t没有这个人\t天气\n\
        BH-1\t\t每 99 个月\t办公室\t李拟稿\t财务信息\n\
        BH-3\t公告\t每 99 个月\t办公室\t李拟稿\t财务信息";
    let reply = admin
        .post("/admin/catalogue/import", &[("table", table)])
        .expect_status(422);
    for said in [
        "第 2 行，公开时限</b> · “每周”看不懂",
        "第 2 行，责任部门</b> · “食堂”没有这个处室",
        "第 2 行，负责人</b> · “没有这个人”没有这位工作人员",
        "第 2 行，年报类别</b> · “天气”不是年报类别",
        "第 3 行，索引号</b> · 与第 2 行重复",
        "第 3 行，名称</b> · 未填写",
        "第 4 行，公开时限</b> · ",
    ] {
        assert!(reply.text.contains(said), "{said}: {}", reply.text);
    }
    assert!(reply.text.contains("BH-3\t公告"), "what was pasted stays");
    let lacking = admin
        .post("/admin/catalogue/import", &[("table", "索引号,名称\nBH-1,公告")])
        .expect_status(422);
    assert!(lacking.text.contains("第 1 行，负责人</b> · 第一行没有这个列名"));
    assert_eq!(world.hub().state().position, before);
    let mut author = Browser::signed_in(&world, "author");
    assert_eq!(author.post("/admin/catalogue/import", &[("table", TABLE)]).status, 403);
}

#[test]
fn a_file_in_gb18030_is_read_as_well() {
    let world = World::new();
    let admin = &world.people.admin;
    // 索引号,名称,公开时限,责任部门,负责人 / BH-7,公告,每月,office,author
    let table = b"\xcb\xf7\xd2\xfd\xba\xc5,\xc3\xfb\xb3\xc6,\xb9\xab\xbf\xaa\xca\xb1\xcf\xde,\xd4\xf0\xc8\xce\xb2\xbf\xc3\xc5,\xb8\xba\xd4\xf0\xc8\xcb\r\nBH-7,\xb9\xab\xb8\xe6,\xc3\xbf\xd4\xc2,office,author\r\n";
    let head = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n";
    let body = [head.as_slice(), table, b"\r\n--edge--\r\n"].concat();
    let kind = ("content-type", "multipart/form-data; boundary=edge");
    let reply = admin
        .send("POST", "/admin/catalogue/import", &[kind], &body)
        .expect_status(200);
    assert!(
        reply.text.contains("新增 1 项") && reply.text.contains("<b>公告</b>"),
        "{}",
        reply.text
    );
    let broken = [head.as_slice(), b"\xff\xff\xff", b"\r\n--edge--\r\n"].concat();
    let reply = admin
        .send("POST", "/admin/catalogue/import", &[kind], &broken)
        .expect_status(422);
    assert!(reply.text.contains("GB18030"), "{}", reply.text);
}

#[test]
fn several_entries_are_defined_in_one_step_or_none() {
    let world = World::new();
    let people = &world.people;
    let entry = |id: &str| {
        json!({
            "id": id, "index_number": id, "category": "finance", "cadence": "standing", "department": "office",
            "responsible": "author", "name": {"zh-Hans": id}, "summary": {"zh-Hans": id},
        })
    };
    let send = |entries: Value| {
        people
            .admin
            .post("/api/v1/catalogue/import", &json!({"entries": entries}))
    };
    let mut wrong = entry("b");
    wrong["responsible"] = json!("nobody");
    let before = world.hub().state().position;
    assert_eq!(
        send(json!([entry("a"), wrong])).expect_status(422).fields(),
        ["entries[1].responsible"]
    );
    assert_eq!(
        send(json!([entry("a"), entry("a")])).expect_status(422).fields(),
        ["entries[1].id"]
    );
    assert_eq!(
        people
            .admin
            .post("/api/v1/catalogue/import", &json!({}))
            .expect_status(422)
            .fields(),
        ["entries"]
    );
    assert_eq!(world.hub().state().position, before);
    let both = json!([entry("a"), entry("b")]);
    assert_eq!(
        send(both.clone()).expect_status(200).json,
        json!({"new": 2, "changed": 0, "unchanged": 0})
    );
    assert_eq!(world.hub().state().position, before + 2);
    assert_eq!(
        send(both).expect_status(200).json,
        json!({"new": 0, "changed": 0, "unchanged": 2})
    );
    assert_eq!(
        people
            .author
            .post("/api/v1/catalogue/import", &json!({"entries": []}))
            .status,
        403
    );
}
