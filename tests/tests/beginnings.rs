//! Drafts that begin from something: a template, last year's text, a Word document, the rows of a table. Forms, cookies
//! and redirects only, and the same by the API.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Date;
use heliograph_hub::clock::Clock;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, Reply, World, act, hidden, notice};
use serde_json::{Value, json};

const NOTICE: &[u8] = include_bytes!("../files/notice.docx");
const NOTICES: &[u8] = include_bytes!("../files/notices.xlsx");

fn read(who: &Http, id: &str) -> Value {
    who.get(&format!("/api/v1/drafts/{id}")).expect_status(200).json
}

fn drafts(who: &Http) -> Vec<Value> {
    who.get("/api/v1/drafts").json["drafts"].as_array().unwrap().clone()
}

fn id_of(location: Option<&str>) -> String {
    let path = location.unwrap().split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

/// A form with a file in it, as a browser sends it.
fn upload(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    body
}

#[test]
fn a_template_is_kept_used_renamed_and_erased() {
    let world = World::new();
    let people = &world.people;
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("停电通知")});
    let made = people.author.post("/api/v1/drafts", &wish).expect_status(201);
    let id = made.json["id"].as_str().unwrap();
    let mut author = Browser::signed_in(&world, "author");
    assert!(author.get(&format!("/admin/write/{id}")).text.contains("存为模板"));
    let _ = author
        .post(
            "/admin/templates",
            &[("key", "k1"), ("draft", id), ("name", "停电停水")],
        )
        .expect_status(303);
    let listed = people.everything.get("/api/v1/templates").expect_status(200).json;
    let template = &listed["templates"][0];
    assert_eq!(
        (&template["name"], &template["by"]),
        (&json!("停电停水"), &json!("author"))
    );
    assert_eq!(template["content"]["zh-Hans"]["title"], "停电通知");
    assert!(
        template["content"]["zh-Hans"]["date"].is_null(),
        "a template bears no date"
    );

    // Any author begins from it, today.
    let mut other = Browser::signed_in(&world, "everything");
    other.reads_both_languages("/admin/templates");
    other.reads_both_languages("/admin/write");
    let template = template["id"].as_str().unwrap().to_owned();
    assert!(
        other
            .get("/admin/write")
            .text
            .contains(&format!("/admin/write?template={template}"))
    );
    let page = other
        .get(&format!("/admin/write?template={template}"))
        .expect_status(200)
        .text;
    assert!(page.contains("停电通知，请相互转告。") && !page.contains("2026-11-24"));
    assert!(page.contains(&format!("value=\"{NOTICE_ENTRY}\" selected")));

    let address = format!("/admin/templates/{template}");
    let nameless = other
        .post(&format!("{address}/rename"), &[("key", "k2"), ("name", " ")])
        .expect_status(422);
    assert!(nameless.text.contains("停电停水"));
    let _ = other
        .post(&format!("{address}/rename"), &[("key", "k3"), ("name", "停电")])
        .expect_status(303);
    assert!(other.get("/admin/templates").text.contains("停电<small>"));
    let _ = other.post(&format!("{address}/delete"), &[]).expect_status(303);
    let _ = other
        .get(&format!("/admin/write?template={template}"))
        .expect_status(404);
    assert!(
        people.author.get("/api/v1/templates").json["templates"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    // Another's draft, which is not shared, is no source.
    let wish = json!({"name": "x", "draft": id});
    let _ = people.everything.post("/api/v1/templates", &wish).expect_status(404);
    let none = people
        .everything
        .post("/api/v1/templates", &json!({"name": "x"}))
        .expect_status(422);
    assert_eq!(none.fields(), ["draft"]);
}

#[test]
fn a_template_of_a_draft_without_a_place_leaves_the_choice_to_whoever_begins() {
    let world = World::new();
    let (people, author) = (&world.people, Browser::signed_in(&world, "author"));
    let free = json!({"kind": "notice", "content": notice("停水通知")});
    let free = people.author.post("/api/v1/drafts", &free).expect_status(201).json["id"].clone();
    let free = json!({"name": "停水", "draft": free});
    let made = people.author.post("/api/v1/templates", &free).expect_status(201).json["id"].clone();
    let made = made.as_str().unwrap();
    let told = people
        .author
        .get(&format!("/api/v1/templates/{made}"))
        .expect_status(200)
        .json;
    assert!(told["catalogue_entry"].is_null() && told["content"]["zh-Hans"]["title"] == "停水通知");
    let page = author
        .get(&format!("/admin/write?template={made}"))
        .expect_status(200)
        .text;
    assert!(page.contains("停水通知，请相互转告。") && !page.contains(&format!("value=\"{NOTICE_ENTRY}\" selected")));
}

#[test]
fn last_years_text_begins_anew_and_every_change_of_a_date_is_listed() {
    let world = World::new();
    let people = &world.people;
    let this = Date::at(world.clock.now(), 0).0.year;
    let last = this - 1;
    let day = |year: u16| {
        let weekday = Date::new(year, 5, 15).unwrap().weekday();
        let sign = ["日", "一", "二", "三", "四", "五", "六"][usize::from(weekday)];
        format!("{year}年5月15日（星期{sign}）")
    };
    let text = json!({"zh-Hans": {
        "title": format!("{last}年政务开放日"), "body": format!("定于{}举办，5月1日起报名。依据《办法（{last}年修订）》。", day(last)),
        "department": "办公室", "date": format!("{last}-04-20"),
    }});
    let id = people.approved("notice", NOTICE_ENTRY, &text);
    let mut author = Browser::signed_in(&world, "author");
    assert!(
        !author
            .get(&format!("/admin/publications/{id}"))
            .text
            .contains("再发一次"),
        "it was never public"
    );
    let _ = people
        .author
        .post(&format!("/api/v1/publications/{id}/again"), &json!({}))
        .expect_status(404);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let _ = act(&people.approver, &id, "withdraw", &json!({})).expect_status(200);

    assert!(
        author
            .get(&format!("/admin/publications/{id}"))
            .text
            .contains("再发一次")
    );
    let begun = author
        .post(&format!("/admin/publications/{id}/again"), &[("key", "k")])
        .expect_status(303);
    let draft = id_of(begun.header("location"));
    assert_ne!(draft, id, "a publication of its own");
    let kept = read(&people.author, &draft);
    let fields = &kept["content"]["zh-Hans"];
    assert_eq!(fields["title"], format!("{this}年政务开放日"));
    assert_eq!(
        fields["body"],
        format!("定于{}举办，5月1日起报名。依据《办法（{last}年修订）》。", day(this))
    );
    assert_ne!(fields["date"], format!("{last}-04-20"));
    assert_eq!(kept["catalogue_entry"], NOTICE_ENTRY);
    let page = author.get(&format!("/admin/write/{draft}")).expect_status(200).text;
    assert!(
        page.contains(&format!("“{}”已改为“{}”", day(last), day(this)))
            && page.contains(&format!("“{last}年”没有改，请核对"))
            && page.contains("“5月1日”没有改，请核对")
    );
    author.reads_both_languages(&format!("/admin/write/{draft}"));
    let _ = author
        .post(&format!("/admin/write/{draft}/notes"), &[])
        .expect_status(303);
    assert!(!author.get(&format!("/admin/write/{draft}")).text.contains("已改为"));
    let _ = act(&people.author, &draft, "submit", &json!({})).expect_status(200);
}

/// What the form of a draft that was saved holds, as its page has it.
fn sheet_of(page: &str, then: &str) -> Vec<(String, String)> {
    let fields = ["kind", "hash", "publication"].map(|name| (name.to_owned(), hidden(page, name)));
    let mut all = vec![("key".to_owned(), hidden(page, "key"))];
    all.extend(fields);
    let text = [
        ("catalogue_entry", NOTICE_ENTRY),
        ("content.zh-Hans.title", "开放日"),
        ("content.zh-Hans.body", "5月1日起报名。"),
        ("content.zh-Hans.department", "办公室"),
        ("content.zh-Hans.date", "2026-11-24"),
        ("then", then),
    ];
    all.extend(text.map(|(name, value)| (name.to_owned(), value.to_owned())));
    all
}

fn pressed(author: &mut Browser, draft: &str, page: &str, then: &str) -> Reply {
    let fields = sheet_of(page, then);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    author.post(&format!("/admin/write/{draft}"), &fields)
}

#[test]
fn what_was_not_looked_at_is_asked_once_and_the_reviewer_reads_the_list() {
    let world = World::new();
    let people = &world.people;
    let text = json!({"zh-Hans": {
        "title": "开放日", "body": "5月1日起报名。", "department": "办公室", "date": "2026-11-20",
    }});
    let id = people.approved("notice", NOTICE_ENTRY, &text);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let mut author = Browser::signed_in(&world, "author");
    let reviewer = Browser::signed_in(&world, "reviewer");
    let begin = || {
        let begun = people
            .author
            .post(&format!("/api/v1/publications/{id}/again"), &json!({}));
        begun.expect_status(201).json["id"].as_str().unwrap().to_owned()
    };

    let draft = begin();
    let address = format!("/admin/publications/{draft}");
    let count = read(&people.author, &draft)["notes"].as_array().unwrap().len();
    let page = author.get(&format!("/admin/write/{draft}")).text;
    let asked = pressed(&mut author, &draft, &page, "submit").expect_status(409).text;
    assert!(asked.contains(&format!("还有 {count} 处没有核对，还没有送审")) && asked.contains("“5月1日”没有改"));
    let _ = people
        .author
        .get(&format!("/api/v1/publications/{draft}"))
        .expect_status(404);
    // Who says that they did not look hands it in, and the reviewer reads where.
    let _ = pressed(&mut author, &draft, &asked, "submit:unlooked").expect_status(303);
    let seen = reviewer.get(&address).expect_status(200).text;
    assert!(seen.contains("拟稿人没有核对的地方") && seen.contains("“5月1日”没有改"));
    reviewer.reads_both_languages(&address);
    let told = people.reviewer.get(&format!("/api/v1/publications/{draft}")).json;
    assert_eq!(told["pending"]["notes"].as_array().unwrap().len(), count);
    // Once the author has looked after all, nothing is left to tell.
    let _ = author
        .post(&format!("/admin/write/{draft}/notes"), &[])
        .expect_status(303);
    assert!(!reviewer.get(&address).text.contains("拟稿人没有核对的地方"));

    // Who says that they looked hands it in at once.
    let draft = begin();
    let page = author.get(&format!("/admin/write/{draft}")).text;
    let asked = pressed(&mut author, &draft, &page, "submit").expect_status(409).text;
    let _ = pressed(&mut author, &draft, &asked, "submit:looked").expect_status(303);
    let seen = reviewer
        .get(&format!("/admin/publications/{draft}"))
        .expect_status(200)
        .text;
    assert!(seen.contains("待保密审查") && !seen.contains("拟稿人没有核对的地方"));
}

#[test]
fn when_it_was_shown_moves_with_its_dates_and_an_end_that_has_passed_is_told() {
    let world = World::new();
    let people = &world.people;
    let this = Date::at(world.clock.now(), 8 * 3600).0;
    let until = |year: u16| format!("{year}-12-31T00:00:00+08:00");
    let again = |dated: String, until: &str| {
        let text = json!({"zh-Hans": {"title": "开放日", "body": "开放。", "department": "办公室", "date": dated}});
        let id = people.approved("notice", NOTICE_ENTRY, &text);
        let wish = json!({"channels": ["hall"], "until": until});
        let _ = act(&people.approver, &id, "release", &wish).expect_status(200);
        let begun = people
            .author
            .post(&format!("/api/v1/publications/{id}/again"), &json!({}));
        read(&people.author, begun.expect_status(201).json["id"].as_str().unwrap())
    };
    let of_end = |draft: &Value| {
        let notes = draft["notes"].as_array().unwrap().clone();
        notes.into_iter().find(|note| note["field"] == "until")
    };
    let draft = again(format!("{}-01-10", this.year), &until(this.year + 1));
    assert_eq!(draft["until"], format!("{}-12-30T16:00:00.000Z", this.year + 2));
    let note = of_end(&draft).unwrap();
    assert_eq!(
        note["zh"],
        format!("“{}年12月30日”已改为“{}年12月30日”", this.year + 1, this.year + 2)
    );
    let page = Browser::signed_in(&world, "author").get(&format!("/admin/write/{}", draft["id"].as_str().unwrap()));
    assert!(page.text.contains("结束 · ") && page.text.contains(&format!("value=\"{}-12-30\"", this.year + 2)));
    // The control: a release without an end proposes none, and has none to tell of.
    let text = json!({"zh-Hans": {"title": "开放日", "body": "开放。", "department": "办公室", "date": "2026-01-10"}});
    let id = people.approved("notice", NOTICE_ENTRY, &text);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let begun = people
        .author
        .post(&format!("/api/v1/publications/{id}/again"), &json!({}));
    let draft = read(&people.author, begun.expect_status(201).json["id"].as_str().unwrap());
    assert!(draft["until"].is_null() && of_end(&draft).is_none());
}

#[test]
fn a_word_document_becomes_a_draft_and_what_it_hides_does_not() {
    let world = World::new();
    let author = &world.people.author;
    let mut browser = Browser::signed_in(&world, "author");
    browser.reads_both_languages("/admin/write/import");
    let fields = [("kind", "notice"), ("catalogue_entry", NOTICE_ENTRY)];
    let made = browser
        .post_file("/admin/write/import", &upload(&fields, NOTICE))
        .expect_status(303);
    let id = id_of(made.header("location"));
    let kept = read(author, &id);
    let text = &kept["content"]["zh-Hans"];
    assert_eq!(
        (&text["title"], &text["department"]),
        (&json!("关于政务开放日的通知"), &json!("办公室"))
    );
    assert!(text["body"].as_str().unwrap().contains("| 时间 | 地点 |"));
    assert_eq!(kept["attachments"][0]["name"], "大厅的照片");
    assert!(!kept.to_string().contains("秘密"), "{kept}");
    let page = browser.get(&format!("/admin/write/{id}")).expect_status(200).text;
    for told in [
        "处修订中删除的内容，没有导入",
        "条批注，没有导入",
        "处隐藏文字，没有导入",
        "张图片已作为附件",
    ] {
        assert!(page.contains(told), "{told}");
    }
    // The same by the API, and each fault at its place.
    let place = format!("?kind=notice&catalogue_entry={NOTICE_ENTRY}");
    let by_api = author
        .send("POST", &format!("/api/v1/imports{place}"), &[], NOTICE)
        .expect_status(201);
    assert_eq!(
        read(author, by_api.json["id"].as_str().unwrap())["content"]["zh-Hans"]["body"],
        text["body"]
    );
    let before = drafts(author).len();
    for (place, body, field) in [
        (format!("?kind=poem&catalogue_entry={NOTICE_ENTRY}"), NOTICE, "kind"),
        (
            "?kind=notice&catalogue_entry=nowhere".to_owned(),
            NOTICE,
            "catalogue_entry",
        ),
        (place.clone(), &b"PK\x03\x04 broken"[..], "file"),
        (place.clone(), &[0xD0, 0xCF, 0x11, 0xE0, 0, 0, 0, 0], "file"),
        (place.clone(), NOTICES, "file"),
    ] {
        let refused = author
            .send("POST", &format!("/api/v1/imports{place}"), &[], body)
            .expect_status(422);
        assert_eq!(refused.fields(), [field]);
    }
    let old = browser
        .post_file("/admin/write/import", &upload(&fields, &[0xD0, 0xCF, 0x11, 0xE0, 0, 0]))
        .expect_status(422);
    assert!(old.text.contains("另存为 .docx 或 .xlsx") && old.text.contains("value=\"notice\" selected"));
    assert_eq!(drafts(author).len(), before, "what is refused leaves nothing");
}

#[test]
fn the_rows_of_a_spreadsheet_become_drafts_once_somebody_said_what_its_columns_are() {
    let world = World::new();
    let author = &world.people.author;
    let mut browser = Browser::signed_in(&world, "author");
    let fields = [("kind", "notice"), ("catalogue_entry", NOTICE_ENTRY)];
    let page = browser
        .post_file("/admin/write/import", &upload(&fields, NOTICES))
        .expect_status(200)
        .text;
    for told in [
        "共 3 行，将成为 3 份草稿",
        "1 张隐藏的工作表",
        "1 行是隐藏的",
        "value=\"title\" selected",
        "value=\"date\" selected",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!page.contains("秘密") && !page.contains("处室备注"));
    assert!(drafts(author).is_empty(), "nothing is made before it is confirmed");
    let start = page.find("name=\"table\"").unwrap();
    let table = &page[start + page[start..].find('>').unwrap() + 1..];
    let table = table[..table.find("</textarea>").unwrap()]
        .trim_start()
        .replace("&quot;", "\"");
    let key = hidden(&page, "key");
    let wrong = [
        ("key", key.as_str()),
        ("kind", "notice"),
        ("catalogue_entry", NOTICE_ENTRY),
        ("table", &table),
        ("column.0", "title"),
        ("column.1", "date"),
    ];
    let refused = browser.post("/admin/write/import/rows", &wrong).expect_status(422).text;
    assert!(refused.contains("第 2 行 · 发布日期") && refused.contains("第 4 行 · 发布日期"));
    assert!(
        refused.contains("“本周六停水。”不是日期，请写成 2026-01-31"),
        "{refused}"
    );
    assert!(drafts(author).is_empty());
    let right = [
        &wrong[..4],
        &[("column.0", "title"), ("column.1", "body"), ("column.2", "date")],
    ]
    .concat();
    for _ in 0..2 {
        let done = browser.post("/admin/write/import/rows", &right).expect_status(200).text;
        assert!(done.contains("已建立 3 份草稿") && done.contains("停水通知"));
    }
    let made = drafts(author);
    assert_eq!(made.len(), 3, "the same form twice is one import");
    let titles: Vec<&str> = made
        .iter()
        .map(|draft| draft["content"]["zh-Hans"]["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["停水通知", "停电通知", "第三条"], "in the order of the rows");
    let first = made
        .iter()
        .find(|draft| draft["content"]["zh-Hans"]["title"] == "停水通知")
        .unwrap();
    assert_eq!(
        first["content"]["zh-Hans"],
        json!({"title": "停水通知", "body": "本周六停水。", "date": "2026-11-28", "department": "办公室"})
    );
}

#[test]
fn columns_are_known_by_what_offices_call_them_and_a_day_that_is_none_is_named_as_it_stands() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "author");
    let fields = [("kind", "notice"), ("catalogue_entry", NOTICE_ENTRY)];
    let table = "通知名称,内容,部门,日期,序号\n停水,下午停水。,办公室,2026年2月30日,1\n";
    let page = browser
        .post_file("/admin/write/import", &upload(&fields, table.as_bytes()))
        .expect_status(200)
        .text;
    for name in ["title", "body", "department", "date"] {
        assert!(page.contains(&format!("value=\"{name}\" selected")), "{name}: {page}");
    }
    assert_eq!(
        page.matches(" selected").count(),
        4,
        "the control: nothing is made of a number"
    );
    let answer = [
        ("key", "k"),
        ("kind", "notice"),
        ("catalogue_entry", NOTICE_ENTRY),
        ("table", table),
        ("column.0", "title"),
        ("column.1", "body"),
        ("column.2", "department"),
        ("column.3", "date"),
    ];
    let refused = browser
        .post("/admin/write/import/rows", &answer)
        .expect_status(422)
        .text;
    assert!(refused.contains("“2026年2月30日”不是日期：2月没有30日"), "{refused}");
}

#[test]
fn the_rows_of_a_table_become_the_entries_of_a_power_list() {
    let world = World::new();
    let author = &world.people.author;
    let mut browser = Browser::signed_in(&world, "author");
    let fields = [("kind", "power-list"), ("catalogue_entry", NOTICE_ENTRY)];
    let table = "权力名称,实施依据,行政主体\n护照签发,出入境管理法,外事办公室\n签证签发,出入境管理法,外事办公室\n";
    let page = browser
        .post_file("/admin/write/import", &upload(&fields, table.as_bytes()))
        .expect_status(200)
        .text;
    assert!(page.contains("将成为一份草稿中的 2 项") && page.contains("value=\"basis\" selected"));
    let answer = [
        ("key", "abc"),
        ("kind", "power-list"),
        ("catalogue_entry", NOTICE_ENTRY),
        ("table", table),
        ("column.0", "name"),
        ("column.1", "basis"),
        ("column.2", "subject"),
    ];
    let _ = browser.post("/admin/write/import/rows", &answer).expect_status(200);
    let made = drafts(author);
    let entries = made[0]["content"]["zh-Hans"]["entries"].as_array().unwrap();
    assert_eq!((made.len(), entries.len()), (1, 2));
    assert_eq!(
        entries[1],
        json!({"name": "签证签发", "basis": "出入境管理法", "subject": "外事办公室"})
    );
}
