//! Finding one's own work: drafts where one writes, the catalogue's entries by when they are due, what is proposed before
//! anybody decides; and lists that are taken over whole or not at all. Forms and links only, and the same by the API.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_hub::clock::Clock;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, Reply, World, act, hire, notice};
use serde_json::{Value, json};

const CATALOGUE: &[u8] = include_bytes!("../files/catalogue.xlsx");
const CATALOGUE_IN_WORD: &[u8] = include_bytes!("../files/catalogue.docx");
const NOTICES: &[u8] = include_bytes!("../files/notices.xlsx");

fn draft(who: &Http, title: &str) -> String {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let made = who.post("/api/v1/drafts", &wish).expect_status(201);
    made.json["id"].as_str().unwrap().to_owned()
}

/// Whether these stand on a page in this order.
fn in_order(page: &str, words: &[&str]) -> bool {
    let mut from = 0;
    words.iter().all(|word| {
        let at = page[from..].find(word).map(|at| at + from);
        from = at.unwrap_or(from);
        at.is_some()
    })
}

#[test]
fn where_one_writes_ones_drafts_stand_first_with_what_each_waits_for() {
    let world = World::new();
    let people = &world.people;
    let mut author = Browser::signed_in(&world, "author");
    let none = author.get("/admin/write").text;
    assert!(!none.contains("我的草稿") && none.contains("/admin/write?kind=notice"));

    let old = draft(&people.author, "先写的");
    let theirs = draft(&people.everything, "同事的");
    let path = format!("/api/v1/drafts/{theirs}/editors");
    let _ = people
        .everything
        .put(&path, &[], &json!({"editors": ["author"]}))
        .expect_status(200);
    let handed_in = people.submitted("notice", NOTICE_ENTRY, &notice("送审的"));
    let returned = people.submitted("notice", NOTICE_ENTRY, &notice("退回的"));
    let _ = act(&people.reviewer, &returned, "reject", &json!({"reason": "请补充"})).expect_status(200);
    let page = author.get("/admin/write").expect_status(200).text;
    assert!(
        in_order(
            &page,
            &["退回的", "送审的", "同事的", "先写的", "/admin/write?kind=notice"]
        ),
        "{page}"
    );
    assert!(in_order(&page, &["同事的", "周全能 保存于", "周全能 共享", "继续写"]));
    for (id, offered) in [(&old, true), (&theirs, false), (&handed_in, false), (&returned, false)] {
        assert_eq!(
            page.contains(&format!("/admin/write/{id}/discard")),
            offered,
            "only one's own, and not handed in"
        );
    }
    assert!(page.contains("确认：丢弃草稿"), "a button says what it does");
    assert!(in_order(
        &page,
        &["送审的", &format!("/admin/publications/{handed_in}"), "查看"]
    ));
    author.reads_both_languages("/admin/write");

    let waiting = |title: &str| {
        let all = people.author.get("/api/v1/drafts").json["drafts"].clone();
        let all = all.as_array().unwrap().clone();
        let found = all
            .into_iter()
            .find(|draft| draft["content"]["zh-Hans"]["title"] == title);
        found.map(|draft| draft["waits_for"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        ["先写的", "同事的", "送审的", "退回的"].map(|title| waiting(title).unwrap()),
        ["writer", "writer", "workflow", "mending"]
    );
    let dropped = author
        .post(&format!("/admin/write/{old}/discard"), &[])
        .expect_status(303);
    let back = author.get(dropped.header("location").unwrap()).expect_status(200).text;
    assert!(
        back.matches("草稿已丢弃").count() == 1 && !back.contains("先写的"),
        "{back}"
    );
    assert_eq!(waiting("先写的"), None);
}

#[test]
fn entries_are_found_by_when_they_are_due_and_lead_to_what_was_published() {
    let world = World::new();
    let people = &world.people;
    let entry = |id: &str, department: &str| {
        let entry = json!({
            "id": id, "index_number": format!("BH-{id}"), "category": "finance", "cadence": {"regular": {"period_months": 1}},
            "department": department, "responsible": "author", "name": {"zh-Hans": format!("目录项{id}")},
            "summary": {"zh-Hans": "每月的收支"},
        });
        let _ = people.admin.post("/api/v1/catalogue", &entry).expect_status(201);
    };
    entry("late", "office");
    entry("elsewhere", "lobby");
    let shape = Browser::signed_in(&world, "author")
        .get("/admin/write?kind=finance")
        .text;
    assert!(
        in_order(
            &shape,
            &[
                "适合这类信息的目录项",
                "BH-elsewhere",
                "BH-late",
                "其他目录项",
                "BH-notices"
            ]
        ),
        "{shape}"
    );
    let id = people.publish_notice("大厅临时调整", &["hall"]);

    // Two months later both are overdue, and so is what stays true and was never released.
    let later: Instant = world.clock.now().plus_ms(62 * 86_400_000);
    world.clock.set(later);
    let author = Browser::signed_in(&world, "author");
    let all = author.get("/admin/catalogue").expect_status(200).text;
    assert!(
        all.contains("/admin/catalogue/entries/late") && all.contains("目录项elsewhere") && all.contains("通知公告")
    );
    assert!(all.contains("href=\"/admin/catalogue?due=overdue\"") && all.contains("逾期 3"));
    let late = author.get("/admin/catalogue?due=overdue").expect_status(200).text;
    assert!(
        late.contains("目录项late") && !late.contains("entries/notices\""),
        "{late}"
    );
    let here = author.get("/admin/catalogue?due=overdue&department=office").text;
    assert!(here.contains("目录项late") && !here.contains("目录项elsewhere"));
    let nothing = author.get("/admin/catalogue?due=week").text;
    assert!(nothing.contains("没有符合条件的目录项") && !nothing.contains("目录项late"));
    for page in ["/admin", "/admin/publications"] {
        assert!(author.get(page).text.contains("/admin/catalogue?due=overdue"), "{page}");
    }
    author.reads_both_languages("/admin/catalogue?due=overdue&department=office");

    let entry = author.get("/admin/catalogue/entries/late").expect_status(200).text;
    assert!(
        in_order(&entry, &["目录项late", "每月", "李拟稿"])
            && entry.contains("/admin/write?kind=finance&amp;entry=late")
    );
    let notices = author
        .get(&format!("/admin/catalogue/entries/{NOTICE_ENTRY}"))
        .expect_status(200)
        .text;
    assert!(notices.contains(&format!("/admin/publications/{id}\"")) && notices.contains("大厅临时调整"));
    assert!(notices.contains(&format!("/admin/publications/{id}/again")) && notices.contains("kind=notice&amp;entry="));
    author.reads_both_languages(&format!("/admin/catalogue/entries/{NOTICE_ENTRY}"));
    let _ = author.get("/admin/catalogue/entries/nowhere").expect_status(404);
    what_fits_comes_first(&author);
}

/// What fits comes before what is overdue and does not.
fn what_fits_comes_first(author: &Browser) {
    let form = author.get("/admin/write?kind=notice").text;
    assert!(
        in_order(
            &form,
            &["适合这类信息的目录项", "BH-notices", "其他到期和逾期的", "BH-late"]
        ),
        "{form}"
    );
}

#[test]
fn what_the_author_proposes_is_read_before_it_is_decided_and_chosen_beforehand_then() {
    let world = World::new();
    let people = &world.people;
    let wish = json!({
        "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("开放日"), "channels": ["strips"],
        "from": "2099-05-15T01:00:00Z", "until": "2099-05-16T10:00:00Z",
    });
    let id = people.author.post("/api/v1/drafts", &wish).expect_status(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let page = |who: &str| {
        Browser::signed_in(&world, who)
            .get(&format!("/admin/publications/{id}"))
            .expect_status(200)
            .text
    };
    let read = people
        .reviewer
        .get(&format!("/api/v1/publications/{id}"))
        .expect_status(200)
        .json;
    assert_eq!(
        read["pending"]["proposed"],
        json!({"channels": ["strips"], "from": "2099-05-15T01:00:00.000Z", "until": "2099-05-16T10:00:00.000Z"})
    );
    let proposed = ["id=\"proposed\"", "播出安排", "条屏", "2099"];
    for who in ["reviewer", "approver", "author"] {
        let seen = page(who);
        assert!(
            in_order(&seen, &proposed) && !seen.contains("name=\"until\""),
            "{who}: read only: {seen}"
        );
    }
    let _ = act(&people.reviewer, &id, "review", &json!({"findings_confirmed": true})).expect_status(200);
    assert!(in_order(&page("approver"), &proposed));
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let deciding = page("approver");
    assert!(
        deciding.contains("name=\"channels\" value=\"strips\" checked") && deciding.contains("value=\"2099-05-15\"")
    );
    assert!(!deciding.contains("id=\"proposed\""), "it stands in the form now");
    Browser::signed_in(&world, "reviewer").reads_both_languages(&format!("/admin/publications/{id}"));
}

fn send(who: &Http, path: &str, file: &[u8]) -> Reply {
    who.send("POST", path, &[], file)
}

fn messages(reply: &Reply) -> Vec<(String, String)> {
    let faults = reply.json["errors"].as_array().unwrap();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
    faults
        .iter()
        .map(|fault| (text(fault, "field"), text(fault, "message")))
        .collect()
}

#[test]
fn a_catalogue_is_taken_from_a_file_whole_or_not_at_all() {
    let world = World::new();
    let people = &world.people;
    let table = "/api/v1/catalogue/table";
    let before = world.hub().state().position;
    let would = send(&people.admin, &format!("{table}?dry_run=true"), CATALOGUE)
        .expect_status(200)
        .json;
    assert_eq!(
        (&would["dry_run"], &would["new"], &would["ignored"]),
        (&json!(true), &json!(2), &json!(["备注"]))
    );
    assert_eq!(
        [&would["rows"][0]["row"], &would["rows"][1]["row"], &would["rows"][2]],
        [&json!(2), &json!(5), &Value::Null],
        "as the spreadsheet numbers them; the hidden row stays outside"
    );
    assert!(would["notes"].to_string().contains("1 行是隐藏的"), "{would}");
    assert_eq!(world.hub().state().position, before, "nothing is written");

    // A mistake in one row keeps out the other, and everything that is wrong is said.
    for path in [table.to_owned(), format!("{table}?dry_run=true")] {
        let refused = send(&people.admin, &path, CATALOGUE_IN_WORD).expect_status(422);
        let told = messages(&refused);
        assert_eq!(told[0].0, "rows[3].cadence");
        assert!(told[0].1.starts_with("第 3 行，公开时限：“每周”看不懂"), "{told:?}");
        assert_eq!((told[1].0.as_str(), told.len()), ("rows[3].department", 2));
        assert!(told[1].1.contains("第 3 行，责任部门：“食堂”没有这个处室"));
    }
    let english = [("accept-language", "en")];
    let refused = people
        .admin
        .send("POST", table, &english, CATALOGUE_IN_WORD)
        .expect_status(422);
    assert!(
        messages(&refused)[0]
            .1
            .starts_with("Row 3, cadence: “每周” is not understood"),
        "{}",
        refused.text
    );
    assert_eq!(world.hub().state().position, before);

    let key = [("idempotency-key", "catalogue-1")];
    let taken = people
        .admin
        .send("POST", table, &key, CATALOGUE)
        .expect_status(200)
        .json;
    let again = people
        .admin
        .send("POST", table, &key, CATALOGUE)
        .expect_status(200)
        .json;
    assert_eq!(
        (&taken, &taken["new"], &taken["dry_run"]),
        (&again, &json!(2), &json!(false))
    );
    assert_eq!(world.hub().state().position, before + 2);
    let same = send(&people.admin, table, CATALOGUE).expect_status(200).json;
    assert_eq!((&same["new"], &same["unchanged"]), (&json!(0), &json!(2)));
    assert_eq!(send(&people.author, table, CATALOGUE).status, 403);
    for (path, body, field) in [
        (table, &b"PK\x03\x04 broken"[..], "file"),
        (table, &[0xD0, 0xCF, 0x11, 0xE0, 0, 0], "file"),
        ("/api/v1/catalogue/table?dry_run=perhaps", CATALOGUE, "dry_run"),
    ] {
        assert_eq!(send(&people.admin, path, body).expect_status(422).fields(), [field]);
    }

    through_the_page(&world);
}

/// The same file with mistakes, sent by the form.
fn through_the_page(world: &World) {
    let head = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let mut admin = Browser::signed_in(world, "admin");
    let body = [head.as_slice(), CATALOGUE_IN_WORD, b"\r\n--edge--\r\n"].concat();
    let page = admin
        .post_file("/admin/catalogue/import", &body)
        .expect_status(422)
        .text;
    assert!(
        page.contains("第 3 行，公开时限</b> · “每周”看不懂") && page.contains("BH-31"),
        "{page}"
    );
}

#[test]
fn the_rows_of_a_file_become_drafts_every_one_or_none() {
    let world = World::new();
    let author = &world.people.author;
    let place = format!("/api/v1/imports/rows?kind=notice&catalogue_entry={NOTICE_ENTRY}");
    let drafts = || author.get("/api/v1/drafts").json["drafts"].as_array().unwrap().len();
    let would = send(author, &format!("{place}&dry_run=true"), NOTICES)
        .expect_status(200)
        .json;
    assert_eq!(would["drafts"].as_array().unwrap().len(), 3);
    assert_eq!(would["columns"][2], json!({"name": "发布日期", "field": "date"}));
    assert_eq!(
        (drafts(), &would["drafts"][0]["content"]["zh-Hans"]["title"]),
        (0, &json!("停水通知"))
    );

    let table = "标题,正文,日期,备注\n一,甲,2026-11-28,\n二,乙,星期五,\n,,,\n三,丙,明天,\n";
    let said = format!("{place}&columns=title,body,date,");
    let refused = send(author, &said, table.as_bytes()).expect_status(422);
    let told = messages(&refused);
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["rows[3].date", "rows[5].date"],
        "every row's, by the number that the file has"
    );
    assert!(told[0].1.starts_with("第 3 行 · 发布日期（“日期”列）："), "{told:?}");
    assert_eq!(drafts(), 0, "the first row was right, and is not made either");

    for (path, body, field) in [
        (format!("{place}&columns=title,poem"), table.as_bytes(), "columns"),
        (format!("{place}&columns=,,,"), table.as_bytes(), "columns"),
        (place.clone(), &b"PK\x03\x04 broken"[..], "file"),
        (
            "/api/v1/imports/rows?kind=notice".to_owned(),
            table.as_bytes(),
            "catalogue_entry",
        ),
    ] {
        assert_eq!(send(author, &path, body).expect_status(422).fields(), [field], "{path}");
    }
    let right = table.replace("星期五", "2026年11月27日").replace("明天", "2026-11-28");
    let key = [("idempotency-key", "rows-1")];
    let made = author
        .send("POST", &said, &key, right.as_bytes())
        .expect_status(201)
        .json;
    let again = author
        .send("POST", &said, &key, right.as_bytes())
        .expect_status(201)
        .json;
    assert_eq!(
        (made["drafts"].as_array().unwrap().len(), &made, drafts()),
        (3, &again, 3)
    );
    assert_eq!(send(&world.people.reviewer, &place, NOTICES).status, 403);
}

#[test]
fn publications_are_found_by_channel_and_by_the_day_they_were_first_public() {
    let world = World::new();
    let hall = world.people.publish_notice("大厅的通知", &["hall"]);
    let office = world.people.publish_notice("后台的通知", &["back-office"]);
    let _ = act(&world.people.approver, &office, "withdraw", &json!({"reason": "有误"})).expect_status(200);
    let _ = world
        .people
        .submitted("notice", NOTICE_ENTRY, &notice("还没有公开的通知"));
    let browser = Browser::signed_in(&world, "author");
    let titles = |query: &str| -> Vec<&str> {
        let page = browser
            .get(&format!("/admin/publications?{query}"))
            .expect_status(200)
            .text;
        let table = browser
            .get(&format!("/admin/publications.csv?{query}"))
            .expect_status(200)
            .text;
        let found = ["大厅的通知", "后台的通知", "还没有公开的通知"]
            .into_iter()
            .filter(|title| table.contains(title));
        let found: Vec<&str> = found.collect();
        assert!(
            page.contains(&format!("共 {} 条", found.len())),
            "{query}: the page finds what the table has"
        );
        found
    };
    assert_eq!(titles("channel=hall"), ["大厅的通知"]);
    assert_eq!(titles("channel=back-office"), ["后台的通知"], "where it was shown last");
    assert_eq!(titles("channel=nowhere"), [] as [&str; 0]);
    assert_eq!(titles("from=2000-01-01&until=2999-01-01"), ["大厅的通知", "后台的通知"]);
    assert_eq!(titles("until=2000-01-01"), [] as [&str; 0]);
    assert_eq!(titles("").len(), 3, "the control");
    let _ = hall;
}

#[test]
fn an_inspector_finds_what_proves_a_publication_on_its_page() {
    let world = World::new();
    let id = world.people.publish_notice("大厅的通知", &["hall"]);
    let wish = json!({"id": "du-cha", "name": {"zh-Hans": "孙督查"}, "department": "office", "roles": ["inspector"]});
    let _ = hire(&world.people.admin, &wish);
    let inspector = Browser::signed_in(&world, "du-cha");
    let page = || {
        inspector
            .get(&format!("/admin/publications/{id}"))
            .expect_status(200)
            .text
    };
    let (public, proof) = (format!("href=\"/p/{id}\""), format!("href=\"/log/proof/{id}\""));
    let all = format!("/admin/audit?what=publication&q={id}");
    let shown = page();
    assert!(shown.contains(&public) && shown.contains(&proof), "{shown}");
    assert!(shown.contains(&all.replace('&', "&amp;")), "{shown}");
    let lines = inspector.get(&all).expect_status(200).text;
    assert!(lines.contains("大厅的通知") && lines.contains("/admin/audit.csv?"));
    inspector.reads_both_languages(&format!("/admin/publications/{id}"));
    // Withdrawn, it is on no public page any more; that it was public can be proved for good.
    let _ = act(&world.people.approver, &id, "withdraw", &json!({"reason": "有误"})).expect_status(200);
    let shown = page();
    assert!(!shown.contains(&public) && shown.contains(&proof), "{shown}");
    // The controls: what was never public has neither, and who may not read the trail is not led there.
    let other = world.people.submitted("notice", NOTICE_ENTRY, &notice("送审中"));
    let waits = inspector
        .get(&format!("/admin/publications/{other}"))
        .expect_status(200)
        .text;
    assert!(!waits.contains("id=\"proofs\""));
    let author = Browser::signed_in(&world, "author");
    assert!(
        !author
            .get(&format!("/admin/publications/{id}"))
            .text
            .contains("/admin/audit?")
    );
}
