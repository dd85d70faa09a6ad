//! One search over everything that somebody may see, and not a hint of what they may not.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, STRIP, World, act, notice};
use serde_json::{Value, json};

fn find(who: &Http, words: &str) -> Value {
    let escaped: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    who.get(&format!("/api/v1/search?q={escaped}")).expect_status(200).json
}

/// What a group found: ids in order.
fn ids(found: &Value, group: &str) -> Vec<String> {
    let first = found[group]["first"].as_array().unwrap().iter();
    first.map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

fn draft(author: &Http, title: &str) -> String {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    author.post("/api/v1/drafts", &wish).expect_status(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn whatever_somebody_may_see_is_found_by_a_part_of_it() {
    let world = World::new();
    let people = &world.people;
    let released = people.publish_notice("关于办公桌的通知", &["hall"]);
    let submitted = people.submitted("notice", NOTICE_ENTRY, &notice("ＶＩＳＡ费用调整"));
    let strip = world.display("大厅条屏", STRIP, &["hall"]);
    let author = &people.author;
    assert_eq!(ids(&find(author, "办公桌"), "publications"), [released.as_str()]);
    assert_eq!(
        ids(&find(author, "桌的通知，请相互"), "publications"),
        [released.as_str()],
        "a part of the text"
    );
    assert_eq!(
        ids(&find(author, "visa费用"), "publications"),
        [submitted.as_str()],
        "in whichever width"
    );
    assert_eq!(
        ids(&find(author, &released), "publications"),
        [released.as_str()],
        "by its id"
    );
    let shown = people.author.get(&format!("/api/v1/publications/{released}")).json;
    let hash = shown["released"]["content"].as_str().unwrap().to_owned();
    assert_eq!(
        ids(&find(author, &hash[..12]), "publications"),
        [released.as_str()],
        "by the hash of its text"
    );
    assert!(
        ids(&find(author, "BH-notices"), "publications").contains(&released),
        "by its index number"
    );
    assert_eq!(ids(&find(author, "BH-guides"), "catalogue"), ["guides"]);
    assert_eq!(ids(&find(author, "大厅"), "displays"), [strip.id.to_string()]);
    assert_eq!(ids(&find(author, "大厅"), "channels"), ["hall"]);
    assert_eq!(ids(&find(author, "王审"), "staff"), ["reviewer"]);
    assert_eq!(
        ids(&find(author, "bgz"), "publications"),
        [released.as_str()],
        "by first letters"
    );
    assert_eq!(ids(&find(author, "wsc"), "staff"), ["reviewer"], "by first letters");
    let nothing = find(author, "没有这样的字");
    assert_eq!(nothing["found"], 0);
    assert_eq!(find(author, "  ")["found"], 0);
}

#[test]
fn what_was_found_in_a_title_of_another_language_is_shown_beneath() {
    let world = World::new();
    let mut text = notice("关于办公桌的通知");
    text["en"] = json!({"title": "About desks", "body": "Desks.", "department": "Office", "date": "2026-11-24"});
    let _ = world.people.submitted("notice", NOTICE_ENTRY, &text);
    let author = Browser::signed_in(&world, "author");
    let path = "/admin/search?q=%E5%8A%9E%E5%85%AC%E6%A1%8C";
    let beneath = "<small lang=\"zh-Hans\">关于<mark>办公桌</mark>的通知</small>";
    let page = author.in_english(path).text;
    assert!(page.contains("About desks") && page.contains(beneath), "{page}");
    let page = author.get(path).text;
    assert!(
        page.contains("关于<mark>办公桌</mark>的通知") && !page.contains("<small lang"),
        "{page}"
    );
}

#[test]
fn older_texts_are_found_and_said_to_be_older_and_erased_ones_are_nowhere() {
    let world = World::new();
    let people = &world.people;
    let id = people.publish_notice("第一版里的旧地址", &["hall"]);
    let next =
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("第二版"), "publication": id});
    let _ = people.author.post("/api/v1/drafts", &next).expect_status(201);
    for (who, verb, body) in [
        (&people.author, "submit", json!({})),
        (&people.reviewer, "review", json!({"findings_confirmed": true})),
        (&people.approver, "approve", json!({})),
        (&people.approver, "amend", json!({})),
    ] {
        let _ = act(who, &id, verb, &body).expect_status(200);
    }
    let hit = find(&people.author, "旧地址")["publications"]["first"][0].clone();
    assert!(
        hit["id"] == json!(id) && hit["older"] == true && hit["title"] == "第二版",
        "{hit}"
    );
    let _ = act(&people.approver, &id, "withdraw", &json!({"reason": "有误"})).expect_status(200);
    assert_eq!(
        ids(&find(&people.author, "第二版"), "publications"),
        [id.as_str()],
        "withdrawn ones, too"
    );
    let _ = act(&people.approver, &id, "request-erasure", &json!({"reason": "个人信息"})).expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    for words in ["旧地址", "第二版"] {
        assert_eq!(find(&people.author, words)["found"], 0, "{words}");
    }
}

#[test]
fn nothing_is_hinted_at_that_the_caller_may_not_see() {
    let world = World::new();
    let people = &world.people;
    let secret = draft(&people.author, "尚未公布的人事安排");
    // The control: who may see it finds it.
    assert_eq!(ids(&find(&people.author, "人事安排"), "drafts"), [secret.as_str()]);
    for who in [&people.everything, &people.reviewer, &people.approver, &people.admin] {
        for words in ["人事安排", secret.as_str(), &secret[..8]] {
            let found = find(who, words);
            assert_eq!(found["found"], 0, "{words}: {found}");
        }
    }
    let editors = json!({"editors": ["everything"]});
    let _ = people
        .author
        .put(&format!("/api/v1/drafts/{secret}/editors"), &[], &editors)
        .expect_status(200);
    assert_eq!(
        ids(&find(&people.everything, "人事安排"), "drafts"),
        [secret.as_str()],
        "it is shared"
    );
    assert_eq!(find(&people.approver, "人事安排")["found"], 0, "and with nobody else");
    let blocked = draft(&people.author, "此件标注秘密★10年");
    assert!(ids(&find(&people.reviewer, "此件标注"), "drafts").is_empty());
    let _ = people
        .author
        .post(&format!("/api/v1/drafts/{blocked}/refer"), &json!({}))
        .expect_status(200);
    assert_eq!(
        ids(&find(&people.reviewer, "此件标注"), "drafts"),
        [blocked],
        "its author asked"
    );
    assert!(ids(&find(&people.approver, "此件标注"), "drafts").is_empty());
    // A position of the log is told only to who may read the trail.
    assert_eq!(find(&people.admin, "#3")["audit"]["found"], 1);
    assert_eq!(find(&people.author, "#3")["audit"]["found"], 0);
    let token = json!({"label": "t", "days": 1, "scopes": ["read"]});
    let token = people.author.post("/api/v1/tokens", &token).expect_status(201).json;
    let machine = world.http().with_token(token["token"].as_str().unwrap());
    assert_eq!(find(&machine, "人事安排")["found"], 0, "a token without the verb");
    let _ = world.http().get("/api/v1/search?q=x").expect_status(401);
}

#[test]
fn the_box_is_on_every_page_and_the_page_marks_the_words() {
    let world = World::new();
    let id = world.people.publish_notice("<b>费用</b>减免", &["hall"]);
    let browser = Browser::signed_in(&world, "author");
    assert!(
        browser
            .get("/admin")
            .expect_status(200)
            .text
            .contains("action=\"/admin/search\"")
    );
    browser.reads_both_languages("/admin/search");
    let page = browser
        .get("/admin/search?q=%E8%B4%B9%E7%94%A8")
        .expect_status(200)
        .text;
    assert!(page.contains(&format!("href=\"/admin/publications/{id}\"")), "{page}");
    assert!(
        page.contains("&lt;b&gt;<mark>费用</mark>&lt;/b&gt;") && !page.contains("<b>费用</b>"),
        "{page}"
    );
    let page = browser
        .get("/admin/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .expect_status(200)
        .text;
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script>alert"),
        "{page}"
    );
}
