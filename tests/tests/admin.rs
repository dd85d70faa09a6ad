//! The admin's pages, used as a browser without script uses them: forms, cookies and redirects only.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::{Hub, HubConfig, SystemClock};
use heliograph_tests::{
    Browser, Http, LOBBY, NOTICE_ENTRY, PASSWORD, STRIP, TempDir, World, act, eventually, form, hidden, hire, notice,
};
use serde_json::json;
use std::sync::Arc;

const TITLE: (&str, &str) = ("content.zh-Hans.title", "关于调整领证时间的公告");
const BODY: (&str, &str) = ("content.zh-Hans.body", "自下月起，领证时间为工作日下午。");

/// A notice as the form posts it; `body` may be left out.
fn sheet<'a>(key: &'a str, then: &'a str, hash: &'a str, body: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", key),
        ("kind", "notice"),
        ("hash", hash),
        ("publication", ""),
        ("catalogue_entry", NOTICE_ENTRY),
        TITLE,
        ("content.zh-Hans.body", body),
        ("content.zh-Hans.department", "办公室"),
        ("content.zh-Hans.date", "2026-11-24"),
        ("content.en.title", ""),
        ("then", then),
    ]
}

fn id_of(location: Option<&str>) -> String {
    let path = location.unwrap().split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

/// Writes a notice and submits it for review; the publication's id.
fn submitted(author: &mut Browser) -> String {
    let key = hidden(&author.get("/admin/write?kind=notice").expect_status(200).text, "key");
    let reply = author
        .post("/admin/write", &sheet(&key, "submit", "", BODY.1))
        .expect_status(303);
    id_of(reply.header("location"))
}

#[test]
fn a_notice_is_written_reviewed_and_released_by_forms_alone() {
    let world = World::new();
    let lobby = world.display("lobby", LOBBY, &["hall"]);
    let mut author = Browser::signed_in(&world, "author");
    let id = submitted(&mut author);
    assert!(
        author
            .get(&format!("/admin/publications/{id}"))
            .text
            .contains("待保密审查")
    );

    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let home = reviewer.get("/admin").expect_status(200).text;
    assert!(
        home.contains("王审查") && home.contains(TITLE.1),
        "it waits for the reviewer"
    );
    let _ = reviewer.step(&id, "review", &[]).expect_status(303);
    let mut approver = Browser::signed_in(&world, "approver");
    let _ = approver.step(&id, "approve", &[]).expect_status(303);

    let refused = approver.step(&id, "release", &[("until", "2001-01-01T09:00"), ("channels", "hall")]);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("结束时间") && refused.text.contains("value=\"2001-01-01\""),
        "{}",
        refused.text
    );
    let released = approver
        .step(&id, "release", &[("channels", "hall"), ("until", "2099-01-01T09:00")])
        .expect_status(303);
    let reach = released.header("location").unwrap().to_owned();
    eventually("the page shows it on air", || {
        approver.get(&reach).text.contains("全部 1 块屏都已播出")
    });
    assert!(
        approver
            .get(&reach)
            .text
            .contains(&format!("data-display=\"{}\"", lobby.id))
    );
    let api = world.people.admin.get(&format!("/api/v1/publications/{id}")).json;
    assert_eq!(
        api["released"]["until"], "2099-01-01T01:00:00.000Z",
        "typed in the office's own time"
    );

    let page = approver.get(&format!("/admin/publications/{id}")).text;
    for word in ["提交送审", "通过保密审查", "审批同意", "李拟稿", "王审查", "陈审批"] {
        assert!(page.contains(word), "the history says {word}");
    }
    let _ = approver
        .step(&id, "withdraw", &[("reason", "时间有误")])
        .expect_status(303);
    assert!(
        approver
            .get(&format!("/admin/publications/{id}"))
            .text
            .contains("时间有误")
    );
}

#[test]
fn what_is_on_release_is_shown_longer_by_a_form() {
    let world = World::new();
    let id = world.people.publish_notice("大厅临时调整", &["hall"]);
    let mut approver = Browser::signed_in(&world, "approver");
    let wrong = [("until", "2001-01-01T09:00"), ("channels", "hall")];
    let wrong = approver.step(&id, "reschedule", &wrong).expect_status(422).text;
    assert!(
        wrong.contains("结束时间") && wrong.contains("只能调整结束时间"),
        "{wrong}"
    );
    let right = [("until", "2099-02-01T09:00"), ("channels", "hall")];
    let _ = approver.step(&id, "reschedule", &right).expect_status(303);
    let api = world.people.admin.get(&format!("/api/v1/publications/{id}")).json;
    assert_eq!(api["released"]["until"], "2099-02-01T01:00:00.000Z");
    let page = approver.get(&format!("/admin/publications/{id}?done=reschedule")).text;
    assert!(page.contains("调整播出") && page.contains("已调整"), "{page}");
    assert!(
        page.contains("<div>结束：直到撤回 → 2099年2月1日 09:00</div>"),
        "{page}"
    );
    // A midnight is the end of the day before, on the page, on paper and in the record alike.
    let day = [("until", "2099-02-02T00:00"), ("channels", "hall")];
    let _ = approver.step(&id, "reschedule", &day).expect_status(303);
    let page = approver.get(&format!("/admin/publications/{id}")).text;
    let told = "<div>结束：2099年2月1日 09:00 → 2099年2月1日 24:00</div>";
    assert_eq!(
        page.matches(told).count(),
        2,
        "in the history, and on the sheet: {page}"
    );
    let wish =
        json!({"id": "inspector", "name": {"zh-Hans": "孙检查"}, "department": "office", "roles": ["inspector"]});
    let inspector = hire(&world.people.admin, &wish);
    let record = inspector
        .send("GET", "/api/v1/audit", &[("accept-language", "zh")], b"")
        .text;
    assert!(
        record.contains("至 2099-02-01 24:00") && !record.contains("2099-02-02 00:00"),
        "{record}"
    );
    approver.reads_both_languages(&format!("/admin/publications/{id}"));
}

#[test]
fn what_a_channel_and_a_display_have_to_show_is_listed_with_what_is_still_to_begin() {
    let world = World::new();
    let lobby = world.display("lobby", LOBBY, &["hall"]);
    let on = world.people.publish_notice("大厅照常开放", &["hall"]);
    let later = world.people.approved("notice", NOTICE_ENTRY, &notice("元旦放假安排"));
    let wish = json!({"channels": ["hall"], "from": "2099-01-01T09:00:00+08:00"});
    let _ = act(&world.people.approver, &later, "release", &wish).expect_status(200);
    let elsewhere = world.people.publish_notice("条屏检修", &["strips"]);
    let browser = Browser::signed_in(&world, "author");
    let page = browser
        .get(&format!("/admin/displays/{}", lobby.id))
        .expect_status(200)
        .text;
    let lineup = &page[page.find("id=\"lineup\"").unwrap()..];
    let lineup = &lineup[..lineup.find("</section>").unwrap()];
    assert!(
        lineup.contains(&on) && lineup.contains(&later) && !lineup.contains(&elsewhere),
        "{lineup}"
    );
    assert!(lineup.contains("2099年1月1日 09:00 起"), "{lineup}");
    let channels = browser.get("/admin/channels").expect_status(200).text;
    assert!(channels.contains("1，另有 1 条待播") && channels.contains(&format!("/admin/publications/{later}")));
    browser.reads_both_languages("/admin/channels");
    browser.reads_both_languages(&format!("/admin/displays/{}", lobby.id));
}

#[test]
fn what_was_withdrawn_is_revised_from_its_text_and_what_was_erased_is_not() {
    let world = World::new();
    let people = &world.people;
    let id = people.publish_notice("大厅照常开放", &["hall"]);
    let author = Browser::signed_in(&world, "author");
    let page = author.get(&format!("/admin/publications/{id}")).text;
    assert!(page.contains("不用修订，由 ") && page.contains("陈审批"), "{page}");
    let approver = Browser::signed_in(&world, "approver")
        .get(&format!("/admin/publications/{id}"))
        .text;
    assert!(
        !approver.contains("不用修订，由 "),
        "the control: who can change it has the form"
    );
    let _ = act(&people.approver, &id, "withdraw", &json!({"reason": "时间有误"})).expect_status(200);
    let revise = format!("/admin/write?publication={id}");
    assert!(author.get(&format!("/admin/publications/{id}")).text.contains(&revise));
    let page = author.get(&revise).expect_status(200).text;
    assert!(
        page.contains("大厅照常开放，请相互转告。") && !page.contains("id=\"revises\""),
        "{page}"
    );
    let _ = act(
        &people.approver,
        &id,
        "request-erasure",
        &json!({"reason": "依申请删除"}),
    )
    .expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    assert!(!author.get(&format!("/admin/publications/{id}")).text.contains(&revise));
}

#[test]
fn a_revision_says_what_it_revises_and_is_not_in_turn_with_itself() {
    let world = World::new();
    let _lobby = world.display("lobby", LOBBY, &["hall"]);
    let id = world.people.publish_notice("大厅照常开放", &["hall"]);
    let browser = Browser::signed_in(&world, "author");
    let path = format!("/admin/write?publication={id}");
    let page = browser.get(&path).expect_status(200).text;
    let revised = &page[page.find("id=\"revises\"").unwrap()..];
    assert!(revised.starts_with(&format!(
        "id=\"revises\">修订 <a href=\"/admin/publications/{id}\">大厅照常开放"
    )));
    assert!(
        page.contains("公开页面和屏幕上仍是现在的一版") && page.contains("现在没有别的内容，会一直播它"),
        "{page}"
    );
    browser.reads_both_languages(&path);
    // The control: what is written anew revises nothing, and is in turn with what is on.
    let fresh = browser
        .get(&format!("/admin/write?kind=notice&entry={NOTICE_ENTRY}"))
        .text;
    assert!(
        !fresh.contains("id=\"revises\"") && fresh.contains("与另外 1 条轮播"),
        "{fresh}"
    );
}

#[test]
fn what_is_missing_is_said_at_its_field_and_what_was_typed_stays() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let reply = author
        .post("/admin/write", &sheet("k1", "submit", "", ""))
        .expect_status(422);
    assert!(reply.text.contains(TITLE.1), "the title is still there");
    assert!(reply.text.contains("正文未填写") && !reply.text.contains("标题未填写"));
    assert_eq!(
        reply.text.matches("class=\"fault\"").count(),
        1,
        "one fault, at one field"
    );
    let known = world.people.author.get("/api/v1/publications").json;
    assert!(
        known["publications"].as_array().unwrap().is_empty(),
        "nothing was submitted"
    );

    // The same sheet, saved as a draft, is no fault: it may be unfinished.
    let saved = author
        .post("/admin/write", &sheet("k2", "save", "", ""))
        .expect_status(303);
    let page = author
        .in_english(saved.header("location").unwrap())
        .expect_status(200)
        .text;
    assert!(page.contains(TITLE.1) && page.contains("Save draft"));
    // Nor is one whose place in the catalogue is still to be found; it is asked for when the text is handed in.
    let homeless = |key, then| {
        let mut sheet = sheet(key, then, "", BODY.1);
        sheet.retain(|(name, _)| *name != "catalogue_entry");
        sheet
    };
    let _ = author.post("/admin/write", &homeless("k3", "save")).expect_status(303);
    let wrong = author
        .post("/admin/write", &homeless("k4", "submit"))
        .expect_status(422)
        .text;
    assert!(
        wrong.contains(TITLE.1) && wrong.matches("class=\"fault\"").count() == 1,
        "no entry was chosen: {wrong}"
    );
}

#[test]
fn the_alert_leads_to_every_field_that_is_wrong_and_the_field_says_it_again() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "admin");
    let staff = [
        ("id", "Z Z"),
        ("name.zh-Hans", ""),
        ("department", "office"),
        ("password", "short"),
    ];
    // Rows that are left empty before the one that is wrong do not move its fault.
    let site = [
        ("name.zh-Hans", ""),
        ("hours.zh-Hans", "工作日"),
        ("time_zone", "Asia/Shanghai"),
        ("hotlines[1].label.zh-Hans", "监督电话"),
        ("department[2].id", "office"),
        ("department[2].zh-Hans", ""),
    ];
    for (path, fields, wrong) in [
        ("/admin/staff", &staff[..], &["id", "name.zh-Hans", "password"][..]),
        (
            "/admin/site",
            &site[..],
            &["name.zh-Hans", "hotlines[1].number", "department[2].zh-Hans"][..],
        ),
    ] {
        let page = browser.post(path, fields).expect_status(422).text;
        for field in wrong {
            let (link, place) = (format!("href=\"#at-{field}\""), format!("id=\"at-{field}\""));
            assert_eq!(
                (page.matches(&link).count(), page.matches(&place).count()),
                (1, 1),
                "{path}: {field}"
            );
        }
        let led = page.matches("href=\"#at-").count();
        assert_eq!(
            (led, page.matches("class=\"fault\"").count()),
            (wrong.len(), wrong.len()),
            "{path}"
        );
        assert!(
            !browser.get(path).text.contains("#at-"),
            "{path}: nothing is wrong before anything is sent"
        );
    }
}

#[test]
fn a_double_click_does_nothing_twice_and_an_old_page_overwrites_nothing() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let fields = sheet("abc123", "save", "", BODY.1);
    let first = author.post("/admin/write", &fields).expect_status(303);
    let second = author.post("/admin/write", &fields).expect_status(303);
    assert_eq!(first.header("location"), second.header("location"));
    let drafts = world.people.author.get("/api/v1/drafts").json["drafts"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(drafts, 1);

    let edit = first.header("location").unwrap().split('?').next().unwrap().to_owned();
    let old = hidden(&author.get(&edit).text, "hash");
    let _ = author
        .post(&edit, &sheet("def456", "save", &old, "第一次修改。"))
        .expect_status(303);
    let late = author
        .post(&edit, &sheet("ghi789", "save", &old, "另一页上的修改。"))
        .expect_status(409);
    assert!(late.text.contains("另一页上的修改。"), "what was typed stays");
    assert!(late.text.contains("第一次修改。"), "and stands beside what is saved");
    assert!(
        author.get(&edit).text.contains("第一次修改。"),
        "and what was saved stays too"
    );
}

#[test]
fn four_eyes_are_explained_where_they_refuse() {
    let world = World::new();
    let mut one = Browser::signed_in(&world, "everything");
    let id = submitted(&mut one);
    let page = one.get(&format!("/admin/publications/{id}")).text;
    assert!(
        page.contains("三个不同的人") && !page.contains(&format!("/{id}/review\"")),
        "told, not offered"
    );
    let forced = one
        .post(&format!("/admin/publications/{id}/review"), &[("key", "k")])
        .expect_status(403);
    assert!(forced.text.contains("三个不同的人"), "and refused all the same");
    // The control: someone else is offered the button.
    let other = Browser::signed_in(&world, "reviewer")
        .get(&format!("/admin/publications/{id}"))
        .text;
    assert!(other.contains(&format!("/{id}/review\"")) && !other.contains("三个不同的人"));
}

#[test]
fn every_page_is_there_in_both_languages_under_a_strict_policy() {
    let world = World::new();
    let display = world.display("strip", STRIP, &["hall"]);
    let id = world.people.publish_notice("大厅临时调整", &["hall"]);
    let revision = serde_json::json!({"publication": id, "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("大厅调整延期")});
    let _ = world.people.author.post("/api/v1/drafts", &revision).expect_status(201);
    let browsers = ["admin", "author", "approver", "everything"].map(|who| Browser::signed_in(&world, who));
    let shared = [
        "/admin".to_owned(),
        "/admin/publications".to_owned(),
        "/admin/publications?state=released&kind=notice&q=大厅".replace("大厅", "%E5%A4%A7%E5%8E%85"),
        format!("/admin/publications/{id}"),
        format!("/admin/publications/{id}/reach"),
        "/admin/displays".to_owned(),
        format!("/admin/displays/{}", display.id),
        "/admin/channels".to_owned(),
        "/admin/catalogue".to_owned(),
        "/admin/staff".to_owned(),
    ];
    for browser in &browsers {
        for path in &shared {
            browser.reads_both_languages(path);
        }
    }
    browsers[0].reads_both_languages("/admin/site");
    browsers[0].reads_both_languages("/admin/staff?edit=author");
    browsers[0].reads_both_languages("/admin/catalogue?edit=notices");
    browsers[1].reads_both_languages(&format!("/admin/write/{id}"));
    browsers[1].reads_both_languages("/admin/write");
    for kind in heliograph_domain::Kind::ALL {
        browsers[1].reads_both_languages(&format!("/admin/write?kind={}", kind.slug()));
    }
}

#[test]
fn lists_are_exported_as_tables() {
    let world = World::new();
    let clerk = Browser::signed_in(&world, "author");
    for (list, row) in [
        ("channels", "\"大厅\",\"hall\",\"0\",\"—\""),
        ("departments", "李拟稿"),
        ("substitutes", "代理人"),
    ] {
        let table = clerk.get(&format!("/admin/{list}.csv")).expect_status(200);
        assert!(
            table.text.starts_with('\u{feff}') && table.text.contains(row),
            "{list}: {}",
            table.text
        );
    }
    let _ = world.people.publish_notice("=大厅临时调整", &["hall"]);
    let browser = Browser::signed_in(&world, "author");
    for (path, cell) in [
        ("/admin/publications.csv?state=released", "\"'=大厅临时调整\""),
        ("/admin/catalogue.csv", "\"通知公告\""),
        ("/admin/staff.csv", "\"李拟稿\""),
        ("/admin/displays.csv", "\"名称\""),
    ] {
        let table = browser.get(path).expect_status(200);
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(table.text.contains(cell), "{path}: {}", table.text);
    }
    let none = browser.get("/admin/publications.csv?state=withdrawn").text;
    assert_eq!(none.lines().count(), 1, "only the head: {none}");
}

#[test]
fn who_is_not_signed_in_is_sent_to_the_door_and_back() {
    let world = World::new();
    let mut browser = Browser::of(world.http());
    let sent = browser.get("/admin/publications?state=mine").expect_status(303);
    assert_eq!(
        sent.header("location"),
        Some("/admin/login?next=/admin/publications%3Fstate%3Dmine")
    );
    let wrong = browser
        .post("/admin/login", &[("staff", "author"), ("password", "not this one")])
        .expect_status(401);
    assert!(wrong.text.contains("value=\"author\"") && wrong.text.contains("用户名或密码不对"));
    for (next, goes_to) in [
        ("/admin/staff", "/admin/staff"),
        ("//elsewhere.example", "/admin"),
        ("https://elsewhere.example", "/admin"),
    ] {
        let fields = [("staff", "author"), ("password", PASSWORD), ("next", next)];
        let entered = browser.post("/admin/login", &fields).expect_status(303);
        assert_eq!(entered.header("location"), Some(goes_to));
    }
    let _ = browser.get("/admin").expect_status(200);
    let missing = browser.get("/admin/publications/nothing").expect_status(404);
    assert!(
        missing.text.contains("没有找到") && missing.text.contains("href=\"/admin\""),
        "with a way on"
    );
    let _ = browser.post("/admin/logout", &[]).expect_status(303);
    let _ = browser.get("/admin").expect_status(303);
    let foreign = [
        ("origin", "http://elsewhere.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = form(&[("staff", "author"), ("password", PASSWORD)]);
    assert_eq!(
        world
            .http()
            .send("POST", "/admin/login", &foreign, body.as_bytes())
            .status,
        403
    );
}

#[test]
fn the_first_administrator_sets_the_office_up_by_forms() {
    let (dir, runtime) = (TempDir::new(), tokio::runtime::Runtime::new().unwrap());
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let config = HubConfig {
        data: dir.path().join("hub"),
        listen: anywhere,
        mqtt_listen: anywhere,
        broker: None,
        tls: heliograph_hub::TlsMode::Plain,
        names: Vec::new(),
        site: "binhe".parse().unwrap(),
        clock: Arc::new(SystemClock),
        backups: None,
        mail: None,
        retention: heliograph_hub::retention::Retention::default(),
        signer: None,
        sessions: heliograph_hub::SessionRules::default(),
        trusted_proxies: Vec::new(),
        sign_on: None,
        wall: None,
    };
    let hub = runtime.block_on(Hub::start(config)).unwrap();
    let (word, mut browser) = (hub.setup_word().unwrap(), Browser::of(Http::new(hub.http_addr())));
    let page = browser
        .get(&format!("/admin/setup?word={word}"))
        .expect_status(200)
        .text;
    assert_eq!(hidden(&page, "word"), word);
    let who = [("word", word.as_str()), ("id", "chief"), ("name.zh-Hans", "周主任")];
    let short = [&who[..], &[("password", "short"), ("again", "short")]].concat();
    let refused = browser.post("/admin/setup", &short).expect_status(422);
    assert!(refused.text.contains("周主任") && refused.text.contains("class=\"fault\""));
    let right = [&who[..], &[("password", PASSWORD), ("again", PASSWORD)]].concat();
    let _ = browser.post("/admin/setup", &right).expect_status(303);
    assert!(
        browser.get("/admin").expect_status(200).text.contains("开始使用"),
        "the first page says what to do first"
    );

    describe_the_office(&mut browser);
    runtime.block_on(hub.stop());
}

/// Everything that an office needs before its first publication.
fn describe_the_office(browser: &mut Browser) {
    let site = [
        ("name.zh-Hans", "滨河市政务服务中心"),
        ("hours.zh-Hans", "工作日 8:30–17:00"),
        ("time_zone", "Asia/Shanghai"),
        ("hotlines[0].label.zh-Hans", "咨询电话"),
        ("hotlines[0].number", "0000-1234567"),
        ("department[0].id", "office"),
        ("department[0].zh-Hans", "办公室"),
    ];
    let _ = browser.post("/admin/site", &site).expect_status(303);
    let _ = browser
        .post("/admin/channels", &[("name", "hall"), ("title.zh-Hans", "大厅")])
        .expect_status(303);
    let author = [
        ("id", "writer"),
        ("name.zh-Hans", "李写"),
        ("department", "office"),
        ("roles", "author"),
        ("roles", "display-operator"),
        ("password", PASSWORD),
    ];
    let _ = browser.post("/admin/staff", &author).expect_status(303);
    let entry = [
        ("id", "notices"),
        ("index_number", "A-1"),
        ("name.zh-Hans", "通知公告"),
        ("summary.zh-Hans", "面向公众的通知"),
        ("category", "government-information"),
        ("cadence", "ad-hoc-10"),
        ("department", "office"),
        ("responsible", "writer"),
    ];
    let _ = browser.post("/admin/catalogue", &entry).expect_status(303);
    let twisted = browser
        .post(
            "/admin/catalogue",
            &[&entry[..7], &[("responsible", "nobody")]].concat(),
        )
        .expect_status(422);
    assert!(twisted.text.contains("没有这位工作人员") && twisted.text.contains("value=\"A-1\""));
    let catalogue = browser.get("/admin/catalogue").text;
    assert!(
        catalogue.contains("临时性工作，10 个工作日内") && catalogue.contains("李写") && catalogue.contains("办公室")
    );
    assert!(browser.get("/admin/channels").text.contains("大厅"));
}
