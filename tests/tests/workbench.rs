//! The first page: what waits for me, what is due, and whether every display shows what it should, in words.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, LOBBY, NOTICE_ENTRY, STRIP, World, eventually, hidden, notice};
use serde_json::json;

fn badge(page: &str) -> Option<String> {
    let link = page
        .split("<span>公开信息</span>")
        .nth(1)?
        .split("</a>")
        .next()?
        .to_owned();
    let count = link.strip_prefix("<i>")?.split('<').next()?.to_owned();
    Some(count)
}

#[test]
fn the_first_page_says_whether_every_display_shows_what_it_should() {
    let world = World::new();
    let browser = Browser::signed_in(&world, "approver");
    let home = || browser.get("/admin").expect_status(200).text;
    assert!(
        !home().contains("id=\"on-show\"><p"),
        "an office without displays is asked to add one, not praised"
    );

    let _lobby = world.display("大厅主屏", LOBBY, &["hall"]);
    let mut strip = world.display("正门条屏", STRIP, &["hall"]);
    let _ = world.people.publish_notice("大厅临时调整", &["hall"]);
    eventually("both show what they should", || {
        home().contains("全部 2 块屏都在播应播的内容。")
    });

    let (on_strip, away) = (
        format!("/admin/displays/{}", strip.id),
        "起：断开，可能仍在播断开前的内容。请检查那里的电源和网络。",
    );
    let its_page = || browser.get(&on_strip).expect_status(200).text;
    let said = || browser.get("/admin/displays.csv").text.matches("大厅临时调整").count();
    eventually("both say that they show it", || said() == 2);
    let there = its_page();
    assert!(
        there.contains("现在显示") && there.contains("正在播出") && !there.contains("断开"),
        "the control: {there}"
    );
    strip.stop();
    eventually("one is away, and it says since when and what to do", || {
        let page = home();
        page.contains("2 块屏中，1 块在播应播的内容，1 块没有：") && page.contains(away)
    });
    // Its own page says the same, and does not pass off as seen what the hub draws.
    let gone = its_page();
    assert!(
        gone.contains(away) && gone.contains("现在应显示") && gone.contains("<dt>断开前在播</dt>"),
        "{gone}"
    );
    assert!(!gone.contains("现在显示") && !gone.contains("正在播出"), "{gone}");
    browser.reads_both_languages(&on_strip);
    assert_eq!(said(), 1, "the one that is heard");
    assert!(
        browser
            .in_english("/admin")
            .text
            .contains("Of 2 displays 1 show what they should and 1 do not:")
    );
}

#[test]
fn what_the_gate_blocks_and_its_author_refers_is_counted_where_it_waits() {
    let world = World::new();
    let reviewer = Browser::signed_in(&world, "reviewer");
    let home = || reviewer.get("/admin").expect_status(200).text;
    assert_eq!(badge(&home()), None);
    let mut content = notice("关于资料归档的公告");
    content["zh-Hans"]["body"] = json!("标有“内部资料”字样的，不在此列。");
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": content});
    let id = world
        .people
        .author
        .post("/api/v1/drafts", &draft)
        .expect_status(201)
        .json["id"]
        .clone();
    let id = id.as_str().unwrap();
    let path = format!("/api/v1/drafts/{id}/refer");
    let _ = world.people.author.post(&path, &json!({})).expect_status(200);
    assert_eq!(badge(&home()).as_deref(), Some("1"));
    let _ = world
        .people
        .submitted("notice", NOTICE_ENTRY, &notice("关于领证时间的公告"));
    assert_eq!(badge(&home()).as_deref(), Some("2"));
    // The control: it does not wait for its author.
    let author = Browser::signed_in(&world, "author")
        .get("/admin")
        .expect_status(200)
        .text;
    assert_eq!(badge(&author), None);
}

#[test]
fn departments_are_listed_named_and_renamed_and_nothing_else_of_the_office_changes() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let page = admin.get("/admin/departments").expect_status(200).text;
    assert!(page.contains("办公室") && page.contains("General Office") && page.contains("李拟稿"));
    let before = world.people.admin.get("/api/v1/site").json;
    let key = hidden(&page, "key");
    let post = |admin: &mut Browser, fields: &[(&str, &str)]| admin.post("/admin/departments", fields);
    let named = [
        ("key", key.as_str()),
        ("id", "consular"),
        ("name.zh-Hans", "领事处"),
        ("name.en", "Consular Division"),
    ];
    let _ = post(&mut admin, &named).expect_status(303);
    let renamed = [
        ("key", "k2"),
        ("id", "office"),
        ("name.zh-Hans", "综合处"),
        ("name.en", ""),
    ];
    let _ = post(&mut admin, &renamed).expect_status(303);
    let after = world.people.admin.get("/api/v1/site").json;
    let mut wanted = before;
    wanted["profile"]["departments"] =
        json!({"consular": {"zh-Hans": "领事处", "en": "Consular Division"}, "office": {"zh-Hans": "综合处"}});
    assert_eq!(after["profile"], wanted["profile"]);
    assert!(
        admin.get("/admin/staff").text.contains("综合处"),
        "people are in it under its new name"
    );
    let empty = post(&mut admin, &[("key", "k3"), ("id", "office"), ("name.zh-Hans", "")]).expect_status(422);
    assert!(empty.text.contains("未填写"));
    let wrong = post(
        &mut admin,
        &[("key", "k4"), ("id", "Not An Id"), ("name.zh-Hans", "某处")],
    )
    .expect_status(422);
    assert!(
        wrong.text.contains("格式不对") && wrong.text.contains("某处"),
        "what was typed stays"
    );
    let other = Browser::signed_in(&world, "author")
        .get("/admin/departments")
        .expect_status(200)
        .text;
    assert!(other.contains("综合处") && !other.contains("action=\"/admin/departments\""));
    admin.reads_both_languages("/admin/departments");
    admin.reads_both_languages("/admin/departments?edit=office");
}
