//! Drafts that several people write, or one person in several windows: nothing that anybody typed is lost, and whoever
//! wrote in a text is its author to four eyes. Forms, cookies and redirects only, and the same by the API.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, Reply, World, act, hidden};
use serde_json::{Value, json};

const TITLE: &str = "content.zh-Hans.title";
const BODY: &str = "content.zh-Hans.body";

fn notice(title: &str, body: &str) -> Value {
    json!({"zh-Hans": {"title": title, "body": body, "department": "办公室", "date": "2026-11-24"}})
}

fn wish(content: &Value) -> Value {
    json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": content})
}

/// A draft of the author's, shared with their colleague; its id.
fn shared(world: &World, title: &str, body: &str) -> String {
    let author = &world.people.author;
    let made = author
        .post("/api/v1/drafts", &wish(&notice(title, body)))
        .expect_status(201);
    let id = made.json["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/drafts/{id}/editors");
    let _ = author
        .put(&path, &[], &json!({"editors": ["everything"]}))
        .expect_status(200);
    id
}

fn read(who: &Http, id: &str) -> Value {
    who.get(&format!("/api/v1/drafts/{id}")).expect_status(200).json
}

fn text(who: &Http, id: &str, field: &str) -> String {
    read(who, id)["content"]["zh-Hans"][field].as_str().unwrap().to_owned()
}

/// Someone's window with the draft in it, as they opened it.
struct Window {
    browser: Browser,
    id: String,
    key: String,
    hash: String,
}

impl Window {
    fn open(browser: Browser, id: &str) -> Self {
        let page = browser.get(&format!("/admin/write/{id}")).expect_status(200).text;
        let (key, hash) = (hidden(&page, "key"), hidden(&page, "hash"));
        Self {
            browser,
            id: id.to_owned(),
            key,
            hash,
        }
    }

    fn press(&mut self, then: &str, title: &str, body: &str, more: &[(&str, &str)]) -> Reply {
        let fields = [
            ("key", self.key.as_str()),
            ("kind", "notice"),
            ("hash", self.hash.as_str()),
            ("publication", ""),
            ("catalogue_entry", NOTICE_ENTRY),
            (TITLE, title),
            (BODY, body),
            ("content.zh-Hans.department", "办公室"),
            ("content.zh-Hans.date", "2026-11-24"),
            ("then", then),
        ];
        self.browser
            .post(&format!("/admin/write/{}", self.id), &[&fields, more].concat())
    }
}

#[test]
fn two_people_edit_one_draft_and_both_changes_are_kept() {
    let world = World::new();
    let id = shared(&world, "旧标题", "第一段\n\n第二段");
    let mut author = Window::open(Browser::signed_in(&world, "author"), &id);
    let mut colleague = Window::open(Browser::signed_in(&world, "everything"), &id);
    let page = colleague.browser.get(&format!("/admin/write/{id}")).text;
    assert!(page.contains("李拟稿 把这份草稿共享给您") && !page.contains("value=\"submit\""));

    let _ = colleague
        .press("save", "新标题", "第一段\n\n第二段", &[])
        .expect_status(303);
    let saved = author
        .press("submit", "旧标题", "第一段，改了\n\n第二段", &[])
        .expect_status(303);
    let to = saved.header("location").unwrap().to_owned();
    assert!(
        to.starts_with(&format!("/admin/write/{id}")),
        "what another wrote is looked at first: {to}"
    );
    let page = author.browser.get(&to).expect_status(200).text;
    assert!(page.contains("周全能 同时改了：中文 · 标题。两人的修改都已保留。") && page.contains("还没有送审"));
    assert_eq!(text(&world.people.author, &id, "title"), "新标题");
    assert_eq!(text(&world.people.author, &id, "body"), "第一段，改了\n\n第二段");

    // The colleague's window has still what they saved; they go on, and nothing of the author's goes away.
    let page = colleague.browser.get(&format!("/admin/write/{id}")).text;
    assert!(page.contains("第一段，改了"));
    let second = colleague
        .press("save", "新标题", "第一段\n\n第二段\n\n第三段", &[])
        .expect_status(303);
    assert!(second.header("location").unwrap().contains("taken=content.zh-Hans"));
    assert_eq!(
        text(&world.people.author, &id, "body"),
        "第一段，改了\n\n第二段\n\n第三段"
    );
}

#[test]
fn whoever_wrote_in_a_draft_does_not_review_what_comes_of_it() {
    let world = World::new();
    let people = &world.people;
    let id = shared(&world, "值班安排", "原文");
    let hash = read(&people.everything, &id)["hash"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/drafts/{id}");
    let changed = wish(&notice("值班安排", "改过的原文"));
    let _ = people
        .everything
        .put(&path, &[("if-match", &hash)], &changed)
        .expect_status(200);
    // No longer shared with them, they stay one who wrote in it.
    let _ = people
        .author
        .put(&format!("{path}/editors"), &[], &json!({"editors": []}))
        .expect_status(200);
    let _ = people.everything.get(&path).expect_status(404);
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let looked = json!({"findings_confirmed": true});
    let refused = act(&people.everything, &id, "review", &looked).expect_status(403);
    assert_eq!(refused.json["type"], json!("urn:heliograph:problem:four-eyes"));
    assert!(refused.text.contains("共同拟稿人"));
    let _ = act(&people.reviewer, &id, "review", &looked).expect_status(200);
    let _ = act(&people.everything, &id, "approve", &json!({})).expect_status(403);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    // The control: without a word of theirs in it, the same person reviews.
    let plain = people.submitted("notice", NOTICE_ENTRY, &notice("另一条", "原文"));
    let _ = act(
        &people.everything,
        &plain,
        "review",
        &json!({"findings_confirmed": true}),
    )
    .expect_status(200);
    let history = people.reviewer.get(&format!("/api/v1/publications/{id}")).text;
    assert!(history.contains("\"ContributorsNamed\"") && history.contains("\"contributors\":[\"everything\"]"));
}

#[test]
fn the_same_place_is_shown_in_both_forms_and_whoever_saves_last_chooses() {
    let world = World::new();
    let id = shared(&world, "题", "第一段\n\n第二段\n\n第三段");
    let mut author = Window::open(Browser::signed_in(&world, "author"), &id);
    let mut colleague = Window::open(Browser::signed_in(&world, "everything"), &id);
    let _ = colleague
        .press("save", "题", "第一段乙\n\n第二段\n\n第三段乙", &[])
        .expect_status(303);

    let mine = "第一段甲\n\n第二段\n\n第三段";
    let quiet = author.press("autosave", "题", mine, &[]).expect_status(409);
    assert!(
        quiet.json["note"].as_str().unwrap().contains("周全能 也改了同一处"),
        "{}",
        quiet.text
    );
    let both = author.press("save", "题", mine, &[]).expect_status(409).text;
    assert!(
        both.contains("周全能 也改了这里") && both.contains("第一段甲\n\n第二段\n\n第三段乙"),
        "mine, and the rest of theirs"
    );
    assert!(
        both.contains("第一段<mark>乙</mark>"),
        "theirs, with what is another's marked: {both}"
    );
    assert_eq!(
        text(&world.people.author, &id, "body"),
        "第一段乙\n\n第二段\n\n第三段乙",
        "nothing was saved yet"
    );

    author.hash = hidden(&both, "hash");
    let (theirs, all) = (
        hidden(&both, &format!("theirs.{BODY}")),
        hidden(&both, &format!("both.{BODY}")),
    );
    let clash = [
        ("clash", BODY),
        ("clash-by", "everything"),
        ("theirs.content.zh-Hans.body", theirs.as_str()),
        ("both.content.zh-Hans.body", all.as_str()),
    ];
    let shown = "第一段甲\n\n第二段\n\n第三段乙";
    let unchosen = author.press("save", "题", shown, &clash).expect_status(409).text;
    assert!(
        unchosen.contains("第一段甲") && unchosen.contains("第一段乙"),
        "both are still there"
    );
    let choice = [&clash[..], &[("choose.content.zh-Hans.body", "both")]].concat();
    let _ = author.press("save", "题", shown, &choice).expect_status(303);
    assert_eq!(
        text(&world.people.author, &id, "body"),
        "第一段甲\n第一段乙\n\n第二段\n\n第三段乙"
    );
}

#[test]
fn a_window_that_has_not_shown_anothers_words_yet_still_says_whose_they_are() {
    let world = World::new();
    let id = shared(&world, "题", "一\n\n二");
    let mut author = Window::open(Browser::signed_in(&world, "author"), &id);
    let mut colleague = Window::open(Browser::signed_in(&world, "everything"), &id);
    let _ = colleague.press("save", "题", "一\n\n二乙", &[]).expect_status(303);
    let mut mine = "一".to_owned();
    for more in ["甲", "丙"] {
        mine.push_str(more);
        let body = format!("{mine}\n\n二");
        let told = author.press("autosave", "题", &body, &[]).expect_status(200).json;
        assert!(told["note"].as_str().unwrap().contains("周全能 同时改了"), "{told}");
        // Somebody types in the field: the window goes on from what it sent.
        author.hash = told["sent"].as_str().unwrap().to_owned();
    }
    let saved = author.press("save", "题", "一甲丙\n\n二", &[]).expect_status(303);
    let page = author.browser.get(saved.header("location").unwrap()).text;
    assert!(page.contains("周全能 同时改了：中文 · 正文") && !page.contains("您在另一个窗口"));
    assert_eq!(text(&world.people.author, &id, "body"), "一甲丙\n\n二乙");
}

#[test]
fn two_windows_of_one_person_follow_each_other_as_they_type() {
    let world = World::new();
    let author = &world.people.author;
    let made = author
        .post("/api/v1/drafts", &wish(&notice("题", "一\n\n二")))
        .expect_status(201);
    let id = made.json["id"].as_str().unwrap().to_owned();
    let mut left = Window::open(Browser::signed_in(&world, "author"), &id);
    let mut right = Window::open(Browser::signed_in(&world, "author"), &id);
    // Many saves as one types: only what a window still shows is kept.
    for word in ["一甲", "一甲乙", "一甲乙丙"] {
        let told = left
            .press("autosave", "题", &format!("{word}\n\n二"), &[])
            .expect_status(200);
        left.hash = told.json["hash"].as_str().unwrap().to_owned();
        assert!(told.json["changed"].is_null());
    }
    let told = right.press("autosave", "题", "一\n\n二改", &[]).expect_status(200).json;
    assert_eq!(told["changed"], json!({BODY: "一甲乙丙\n\n二改"}));
    assert!(
        told["note"]
            .as_str()
            .unwrap()
            .contains("您在另一个窗口改了：中文 · 正文")
    );
    // The right window does not show it yet, since somebody types in that field: what they type is of what was sent.
    right.hash = told["sent"].as_str().unwrap().to_owned();
    let told = right
        .press("autosave", "题", "一\n\n二改了", &[])
        .expect_status(200)
        .json;
    assert_eq!(told["changed"], json!({BODY: "一甲乙丙\n\n二改了"}));
    // The left one goes on, too.
    let told = left
        .press("autosave", "新题", "一甲乙丙丁\n\n二", &[])
        .expect_status(200)
        .json;
    assert_eq!(told["changed"], json!({BODY: "一甲乙丙丁\n\n二改了"}));
    assert_eq!(
        (text(author, &id, "title"), text(author, &id, "body")),
        ("新题".to_owned(), "一甲乙丙丁\n\n二改了".to_owned())
    );
    assert!(read(author, &id)["contributors"].as_array().unwrap().is_empty());
}

#[test]
fn a_draft_is_its_authors_to_share_and_to_hand_in() {
    let world = World::new();
    let people = &world.people;
    let id = shared(&world, "题", "文");
    let path = format!("/api/v1/drafts/{id}");
    let colleague = &people.everything;
    let listed = colleague.get("/api/v1/drafts").json;
    assert_eq!(listed["drafts"][0]["id"], json!(id));
    let refused = colleague.put(&format!("{path}/editors"), &[], &json!({"editors": []}));
    assert_eq!(
        (refused.status, &refused.json["type"]),
        (403, &json!("urn:heliograph:problem:not-the-author"))
    );
    assert_eq!(act(colleague, &id, "submit", &json!({})).status, 403);
    assert_eq!(colleague.send("DELETE", &path, &[], b"").status, 403);
    let unknown = people.author.put(
        &format!("{path}/editors"),
        &[],
        &json!({"editors": ["reviewer", "nobody"]}),
    );
    assert_eq!(
        (unknown.status, unknown.fields()),
        (422, vec!["editors[0]".to_owned(), "editors[1]".to_owned()])
    );
    // A plain save of an old form changes nothing, as ever: putting together is asked for by its own name.
    let old = read(&people.author, &id)["hash"].as_str().unwrap().to_owned();
    let match_old = [("if-match", old.as_str())];
    let _ = people
        .author
        .put(&path, &match_old, &wish(&notice("新题", "文")))
        .expect_status(200);
    let stale = colleague
        .put(&path, &match_old, &wish(&notice("题", "新文")))
        .expect_status(412);
    assert_eq!(stale.json["current"]["content"]["zh-Hans"]["title"], "新题");
    let merged = colleague.send(
        "POST",
        &format!("{path}/merge"),
        &match_old,
        wish(&notice("题", "新文")).to_string().as_bytes(),
    );
    assert_eq!(
        (merged.status, &merged.json["taken"]),
        (200, &json!(["content.zh-Hans.title"])),
        "{}",
        merged.text
    );
    let merged = read(colleague, &id);
    assert_eq!(
        (&merged["content"], &merged["saved_by"]),
        (&notice("新题", "新文"), &json!("everything"))
    );
}
