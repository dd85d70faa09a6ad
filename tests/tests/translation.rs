//! One language of a text was changed and the other was not: said where one writes and where one reviews, and in nobody's way.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, NOTICE_ENTRY, World, act};
use serde_json::{Value, json};

const LAG: &str = "中文改了（正文），英文没有改。";

fn text(zh: &str, en: Option<&str>) -> Value {
    let mut content =
        json!({"zh-Hans": {"title": "放假安排", "body": zh, "department": "办公室", "date": "2026-11-24"}});
    if let Some(en) = en {
        content["en"] = json!({"title": "Holidays", "body": en, "department": "Office", "date": "2026-11-24"});
    }
    content
}

/// Releases a text, and begins a revision of it that says this.
fn revised(world: &World, before: &Value, now: &Value) -> String {
    let people = &world.people;
    let id = people.approved("notice", NOTICE_ENTRY, before);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let revision = json!({"publication": id, "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": now});
    let _ = people.author.post("/api/v1/drafts", &revision).expect_status(201);
    id
}

#[test]
fn a_revision_of_one_language_alone_is_pointed_out_and_goes_its_way() {
    let world = World::new();
    let (before, now) = (
        text("上午办公。", Some("Open in the morning.")),
        text("下午办公。", Some("Open in the morning.")),
    );
    let id = revised(&world, &before, &now);
    let (author, reviewer) = (
        Browser::signed_in(&world, "author"),
        Browser::signed_in(&world, "reviewer"),
    );
    let write = author.get(&format!("/admin/write/{id}")).expect_status(200).text;
    assert!(write.contains(LAG), "{write}");
    assert!(
        author
            .in_english(&format!("/admin/write/{id}"))
            .text
            .contains("Chinese was changed (Body), English was not."),
        "in English, too"
    );
    // It holds nothing up: nothing is found that a reviewer would have to confirm.
    let _ = act(&world.people.author, &id, "submit", &json!({})).expect_status(200);
    let seen = reviewer.get(&format!("/admin/publications/{id}")).text;
    let card = seen.split("id=\"translation\"").nth(1).unwrap();
    let card = card.split("</section>").next().unwrap();
    assert!(card.contains(LAG) && card.matches("译文").count() == 1, "{card}");
    let _ = act(&world.people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&world.people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&world.people.approver, &id, "amend", &json!({})).expect_status(200);
}

#[test]
fn it_stays_quiet_where_there_is_one_language_or_both_were_changed() {
    let world = World::new();
    let author = Browser::signed_in(&world, "author");
    for (what, before, now) in [
        ("one language", text("上午办公。", None), text("下午办公。", None)),
        (
            "both changed",
            text("上午办公。", Some("Morning.")),
            text("下午办公。", Some("Afternoon.")),
        ),
        (
            "a new language",
            text("上午办公。", None),
            text("下午办公。", Some("Afternoon.")),
        ),
    ] {
        let id = revised(&world, &before, &now);
        let write = author.get(&format!("/admin/write/{id}")).expect_status(200).text;
        assert!(!write.contains("没有改。"), "{what}");
        let _ = act(&world.people.author, &id, "submit", &json!({})).expect_status(200);
        let page = author.get(&format!("/admin/publications/{id}")).expect_status(200).text;
        assert!(
            !page.contains("没有改。") && !page.contains("id=\"translation\""),
            "{what}"
        );
    }
}
