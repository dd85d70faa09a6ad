//! Drafts that begin from something: a template, last year's text, a Word document, the rows of a table. Forms, cookies
//! and redirects only, and the same by the API.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Date;
use heliograph_hub::clock::Clock;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, World, act, hidden, notice};
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
            .contains("明年再发"),
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
            .contains("明年再发")
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
