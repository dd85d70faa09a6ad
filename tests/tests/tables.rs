//! A table in a text is a table wherever people read it; a text that was withdrawn says so; lists stand as people expect.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Http, LOBBY, NOTICE_ENTRY, STRIP, World, act, notice};
use serde_json::{Value, json};

const FEES: &str = "自下月起按下列标准收费。\n\n|办理方式|办结时间|收费|\n|---|---|---|\n|普通|4个工作日|50|\n|加急|2个工作日|150|\n\n特此公告。";

fn page(who: &Http, path: &str) -> String {
    let reply = who.get(path).expect_status(200);
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

fn with_body(title: &str, body: &str) -> Value {
    let mut content = notice(title);
    content["zh-Hans"]["body"] = json!(body);
    content
}

/// The part of a page from one mark to the next.
fn part<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let at = page.find(from).unwrap_or_else(|| panic!("no {from} in {page}"));
    page[at..].split(to).next().unwrap()
}

/// The marks in the order in which a page has them, each where it is first.
fn order<'m>(page: &str, marks: &[&'m str]) -> Vec<&'m str> {
    let mut found: Vec<(usize, &str)> = marks
        .iter()
        .map(|mark| (page.find(mark).unwrap_or_else(|| panic!("no {mark} in {page}")), *mark))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, mark)| mark).collect()
}

#[test]
fn a_table_is_a_table_for_the_reviewer_and_for_everyone() {
    let world = World::new();
    let people = &world.people;
    let id = people.submitted("notice", NOTICE_ENTRY, &with_body("收费公告", FEES));
    let read = page(&people.reviewer, &format!("/admin/publications/{id}"));
    let table = part(&read, "<table class=\"typed\"", "</table>");
    assert!(
        table.contains("scope=\"col\">办结时间</th>") && table.contains("<td class=\"num\">150</td>"),
        "{table}"
    );
    assert!(!read.contains("|---|") && read.contains("特此公告。"), "{read}");
    let _ = act(&people.reviewer, &id, "review", &json!({"findings_confirmed": true})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let public = page(&world.http(), &format!("/p/{id}"));
    let table = part(&public, "<table>", "</table>");
    assert!(
        table.contains("<th scope=\"col\">办理方式</th>") && table.contains("<td class=\"num\">50</td>"),
        "{table}"
    );

    // One fee changes: the cell is marked on both sides, and no other.
    let content = with_body("收费公告", &FEES.replace("|150|", "|180|"));
    let revision = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": content, "publication": id});
    let _ = people.author.post("/api/v1/drafts", &revision).expect_status(201);
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let compared = page(&people.reviewer, &format!("/admin/publications/{id}"));
    let both = part(&compared, "<section class=\"versus\"", "</section>");
    assert_eq!(both.matches("<table").count(), 2, "{both}");
    for (mark, other) in [("<del>150</del>", "<del>50</del>"), ("<ins>180</ins>", "<ins>50</ins>")] {
        assert!(both.contains(mark) && !both.contains(other), "{both}");
    }
}

#[test]
fn a_withdrawn_text_says_when_by_whom_and_why_and_shows_no_panels() {
    let world = World::new();
    let people = &world.people;
    let _ = world.display("大厅主屏", LOBBY, &["hall"]);
    let id = people.publish_notice("停电公告", &["hall"]);
    let path = format!("/admin/publications/{id}");
    let on_release = page(&people.author, &path);
    assert!(
        on_release.contains("id=\"panels\"") && !on_release.contains("id=\"withdrawn\""),
        "the control"
    );
    let _ = act(&people.approver, &id, "withdraw", &json!({})).expect_status(200);
    let hasty = page(&people.author, &path);
    let card = part(&hasty, "id=\"withdrawn\"", "</section>");
    assert!(!hasty.contains("id=\"panels\"") && card.contains("尚未说明"), "{card}");
    let _ = act(&people.approver, &id, "withdraw", &json!({"reason": "停电改期"})).expect_status(200);
    let shown = page(&people.author, &path);
    let card = part(&shown, "id=\"withdrawn\"", "</section>");
    for told in ["停电改期", &format!("{path}/reach"), "撤回人", "大厅"] {
        assert!(card.contains(told), "{told}: {card}");
    }
    assert!(!card.contains("尚未说明"), "{card}");
}

#[test]
fn lists_stand_by_pinyin_and_numbers_by_their_value() {
    let world = World::new();
    for name in ["10号窗口牌", "二楼条屏", "2号窗口牌", "一楼条屏", "办事大厅主屏"] {
        let _ = world.display(name, STRIP, &["hall"]);
    }
    let shown = page(&world.people.admin, "/admin/displays");
    let wanted = ["一楼条屏", "2号窗口牌", "二楼条屏", "10号窗口牌", "办事大厅主屏"];
    let tiles = part(&shown, "class=\"wall large\"", "</section>");
    assert_eq!(order(tiles, &wanted), wanted);
    for (name, title) in [("c-1", "政务频道"), ("c-2", "大厅频道"), ("c-3", "安全频道")] {
        let wish = json!({"name": name, "title": {"zh-Hans": title}});
        let _ = world.people.admin.post("/api/v1/channels", &wish).expect_status(201);
    }
    let listed = page(&world.people.admin, "/admin/channels");
    let table = part(&listed, "<table", "</table>");
    assert_eq!(
        order(table, &["大厅频道", "政务频道", "安全频道"]),
        ["安全频道", "大厅频道", "政务频道"]
    );
}

#[test]
fn traditional_and_simplified_writing_find_each_other() {
    let world = World::new();
    let people = &world.people;
    let simplified = people.publish_notice("机关办公时间公告", &["hall"]);
    let traditional = people.publish_notice("國家機關收費公告", &["hall"]);
    let find = |words: &str| {
        let escaped: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let found = people
            .author
            .get(&format!("/api/v1/search?q={escaped}"))
            .expect_status(200)
            .json;
        let hits = found["publications"]["first"].as_array().unwrap().clone();
        let mut ids: Vec<String> = hits.iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    let mut both = [simplified.clone(), traditional.clone()];
    both.sort_unstable();
    for words in ["機關", "机关", "機关"] {
        assert_eq!(find(words), both, "{words}");
    }
    assert_eq!(find("国家机关"), [traditional.as_str()]);
    assert_eq!(find("gjjg"), [traditional.as_str()], "by first letters");
    assert_eq!(find("辦公時間"), [simplified.as_str()]);
    let public = page(&world.http(), "/?q=%E6%A9%9F%E9%97%9C");
    assert!(
        public.contains("机关办公时间公告") && public.contains("國家機關收費公告"),
        "{public}"
    );
}
