//! Files for the public page: a PDF from the writer's desk to whoever keeps it at home, byte for byte and only while it is
//! public; never to a display. And files that do more than show themselves, told in the clerk's language.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::{ContentHash, Date, Instant};
use heliograph_hub::clock::Clock;
use heliograph_tests::{Browser, Http, LOBBY, NOTICE_ENTRY, Reply, World, act, eventually, notice};
use serde_json::{Value, json};
use std::fmt::Write;

/// The format's own example of an identity number whose check digit is right (GB 11643).
const ID_NUMBER: &str = "11010519491231002X";

/// A PDF with a line of Latin text, and more in its catalogue.
fn pdf(line: &str, catalogue: &str) -> Vec<u8> {
    let drawn = format!("BT /F 12 Tf 20 50 Td ({line}) Tj ET");
    let objects = [
        format!("<</Type/Catalog/Pages 2 0 R{catalogue}>>"),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let (mut file, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(places, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let at = file.len();
    let _ = write!(
        file,
        "xref\n0 6\n0000000000 65535 f \n{places}trailer\n<</Root 1 0 R/Size 6>>\nstartxref\n{at}\n%%EOF\n"
    );
    file.into_bytes()
}

fn draft(author: &Http, title: &str) -> String {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let made = author.post("/api/v1/drafts", &wish).expect_status(201);
    made.json["id"].as_str().unwrap().to_owned()
}

/// Uploads a file for the public page under `名单`.
fn upload(author: &Http, id: &str, file: &[u8]) -> Reply {
    let path = format!("/api/v1/drafts/{id}/attachments?as=file&name=%E5%90%8D%E5%8D%95");
    author.send("POST", &path, &[("content-type", "application/octet-stream")], file)
}

/// An instant as the API takes it.
fn written(at: Instant) -> String {
    let (day, of_day_ms) = Date::at(at, 0);
    let seconds = of_day_ms / 1_000;
    format!(
        "{day}T{:02}:{:02}:{:02}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn hash_of(reply: &Reply) -> String {
    reply.json["files"][0]["hash"].as_str().unwrap().to_owned()
}

fn steps(world: &World, id: &str, last: (&str, Value)) {
    let people = &world.people;
    let road = [
        (&people.author, "submit", json!({})),
        (&people.reviewer, "review", json!({})),
        (&people.approver, "approve", json!({})),
        (&people.approver, last.0, last.1),
    ];
    for (who, verb, body) in road {
        let _ = act(who, id, verb, &body).expect_status(200);
    }
}

/// The file with these objects added or replaced, as programs save what changed: what was there before stays in it.
fn saved(file: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let text = String::from_utf8(file.to_vec()).unwrap();
    let before = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
    let (mut more, mut places) = (text.clone(), String::new());
    for (number, object) in objects {
        let _ = write!(places, "{number} 1\n{:010} 00000 n \n", more.len());
        let _ = write!(more, "{number} 0 obj\n{object}\nendobj\n");
    }
    let size = objects.iter().fold(6, |size, (number, _)| size.max(number + 1));
    let at = more.len();
    let _ = write!(
        more,
        "xref\n{places}trailer\n<</Root 1 0 R/Size {size}/Prev {before}>>\nstartxref\n{at}\n%%EOF\n"
    );
    more.into_bytes()
}

#[test]
fn what_a_file_showed_before_it_was_saved_again_is_found_and_what_it_says_of_itself_is_read() {
    let world = World::new();
    let author = &world.people.author;
    let id = draft(author, "拟录用人员公示");
    let first = pdf(&format!("Zhang San {ID_NUMBER}"), "");
    // Blackened and saved over: nobody sees the number, and it is still there.
    let line = "BT /F 12 Tf 20 50 Td (Zhang San) Tj ET";
    let stream = format!("<</Length {}>>stream\n{line}\nendstream", line.len());
    let refused = upload(author, &id, &saved(&first, &[(4, &stream)])).expect_status(422);
    assert_eq!(refused.fields(), ["file"]);
    assert!(refused.text.contains("含有以前保存的版本") && !refused.text.contains(ID_NUMBER));

    // What a program wrote beside the pages is added, so nothing that was shown is gone; and the gate reads it.
    let xmp = format!("<x xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{ID_NUMBER}</dc:title></x>");
    let packet = format!(
        "<</Type/Metadata/Subtype/XML/Length {}>>stream\n{xmp}\nendstream",
        xmp.len()
    );
    let root = "<</Type/Catalog/Pages 2 0 R/Metadata 6 0 R>>";
    let added = saved(&pdf("Zhang San", ""), &[(1, root), (6, &packet)]);
    let _ = upload(author, &id, &added).expect_status(201);
    let blocked = act(author, &id, "submit", &json!({})).expect_status(422);
    assert_eq!(blocked.fields(), ["files[0].metadata"]);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one life of one file")]
fn a_file_is_found_out_replaced_let_through_kept_by_readers_and_withdrawn() {
    let world = World::new();
    let (people, everyone) = (&world.people, world.http());
    let lobby = world.display("lobby", LOBBY, &["hall"]);
    let id = draft(&people.author, "拟录用人员公示");

    // The gate reads the file's text, and says where; the log and the answer do not repeat it.
    let wrong = upload(&people.author, &id, &pdf(&format!("Zhang San {ID_NUMBER}"), "")).expect_status(201);
    let told = &wrong.json["files"][0];
    assert_eq!((&told["name"], &told["pages"]), (&json!("名单"), &json!(1)));
    let blocked = act(&people.author, &id, "submit", &json!({})).expect_status(422);
    assert_eq!(blocked.fields(), ["files[0].pages[0]"]);
    assert!(!blocked.text.contains(ID_NUMBER));
    let page = Browser::signed_in(&world, "author")
        .get(&format!("/admin/write/{id}"))
        .expect_status(200);
    assert!(page.text.contains("公开附件 1 · 文字页 1") && page.text.contains(&format!("<mark>{ID_NUMBER}</mark>")));

    // It is taken out, with its words, and a clean one takes its place.
    let own = format!("/api/v1/drafts/{id}/attachments/");
    let _ = people
        .author
        .send("DELETE", &format!("{own}{}", hash_of(&wrong)), &[], b"")
        .expect_status(200);
    let _ = people
        .author
        .get(&format!("{own}{}", hash_of(&wrong)))
        .expect_status(404);
    let clean = pdf("Zhang San, score 92", "");
    let added = upload(&people.author, &id, &clean).expect_status(201);
    let hash = hash_of(&added);
    let mine = people.author.get(&format!("{own}{hash}")).expect_status(200);
    assert_eq!(
        (mine.bytes.as_slice(), mine.header("content-type")),
        (clean.as_slice(), Some("application/pdf"))
    );
    let _ = people.approver.get(&format!("{own}{hash}")).expect_status(403);

    // Whoever reviews can open it; nobody else can, and before its time it is not there.
    let soon = world.clock.now().plus_ms(600_000);
    let public = format!("/p/{id}/files/{hash}");
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let review = Browser::signed_in(&world, "reviewer");
    let seen = review.get(&format!("/admin/publications/{id}")).expect_status(200).text;
    let staff = format!("/api/v1/publications/{id}/attachments/{hash}");
    let told = format!("PDF · {} B · 1 页", clean.len());
    assert!(seen.contains(&staff) && seen.contains(&told));
    review.reads_both_languages(&format!("/admin/publications/{id}"));
    assert_eq!(people.reviewer.get(&staff).expect_status(200).bytes, clean);
    let _ = everyone.get(&public).expect_status(404);
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let from = json!({"channels": ["hall"], "from": written(soon)});
    let _ = act(&people.approver, &id, "release", &from).expect_status(200);
    let _ = everyone.get(&public).expect_status(404);

    // Now everyone may keep it.
    world.clock.set(soon.plus_ms(60_000));
    let offered = everyone.get(&format!("/p/{id}")).expect_status(200).text;
    assert!(offered.contains(&public) && offered.contains(&told) && offered.contains("名单"));
    let kept = everyone.get(&public).expect_status(200);
    assert_eq!(kept.bytes, clean, "byte for byte");
    assert_eq!(kept.header("content-type"), Some("application/pdf"));
    assert_eq!(kept.header("x-content-type-options"), Some("nosniff"));
    let disposition = kept.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment;") && disposition.ends_with("''%E5%90%8D%E5%8D%95.pdf"),
        "{disposition}"
    );
    assert!(kept.header("content-security-policy").unwrap().contains("sandbox"));
    let known = kept.header("etag").unwrap().to_owned();
    assert_eq!(
        everyone.send("GET", &public, &[("if-none-match", &known)], b"").status,
        304
    );
    // Nothing else hands it out: not as a picture, not under another publication, not to a display.
    let _ = everyone.get(&format!("/media/{hash}")).expect_status(404);
    let _ = everyone.get(&format!("/content/{hash}")).expect_status(404);
    let other = people.publish_notice("另一条", &["hall"]);
    let _ = everyone.get(&format!("/p/{other}/files/{hash}")).expect_status(404);
    let token = world.identity(&lobby).mqtt_token;
    let as_display = everyone.with_token(&token);
    let _ = as_display
        .get(&format!("/api/v1/device/content/{hash}"))
        .expect_status(404);

    // A revision keeps it; another file under its name says so to whoever reviews.
    let again = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("拟录用人员公示"), "publication": id});
    let _ = people.author.post("/api/v1/drafts", &again).expect_status(201);
    let mine = people.author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!(mine.json["files"][0]["hash"], json!(hash));
    let _ = people
        .author
        .send("DELETE", &format!("{own}{hash}"), &[], b"")
        .expect_status(200);
    let corrected = pdf("Zhang San, score 93", "");
    let next = hash_of(&upload(&people.author, &id, &corrected).expect_status(201));
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let compared = review.get(&format!("/admin/publications/{id}")).expect_status(200).text;
    assert!(compared.contains("已替换为新文件") && compared.contains(&next) && compared.contains(&hash));
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "amend", &json!({})).expect_status(200);
    let amended = format!("/p/{id}/files/{next}");
    assert_eq!(everyone.get(&amended).expect_status(200).bytes, corrected);
    let _ = everyone.get(&public).expect_status(410);

    // Withdrawn, it is over for everyone; erased, its bytes are nowhere.
    let _ = act(&people.approver, &id, "withdraw", &json!({})).expect_status(200);
    let _ = everyone.get(&amended).expect_status(410);
    let stored: ContentHash = next.parse().unwrap();
    let in_store = || {
        let log = world.hub().log();
        log.content(&heliograph_log::ContentHash(stored.0)).unwrap().is_some()
    };
    assert!(in_store(), "the control");
    let _ = act(&people.approver, &id, "request-erasure", &json!({"reason": "误发"})).expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    assert!(!in_store());
    let _ = everyone.get(&amended).expect_status(410);
    let _ = people
        .reviewer
        .get(&format!("/api/v1/publications/{id}/attachments/{next}"))
        .expect_status(404);
}

#[test]
fn a_display_has_the_text_and_never_the_file() {
    let world = World::new();
    let people = &world.people;
    let mut lobby = world.display("lobby", LOBBY, &["hall"]);
    let id = draft(&people.author, "预算公开");
    let _ = upload(&people.author, &id, &pdf("budget", "")).expect_status(201);
    steps(&world, &id, ("release", json!({"channels": ["hall"]})));
    let on_air = || {
        let path = format!("/api/v1/displays/{}", lobby.id);
        people.admin.get(&path).json["status"]["on_air"]["publication"].clone()
    };
    eventually("its text is on air", || on_air() == json!(id));
    let held = lobby.folder_for_a_process().join("media");
    let files = std::fs::read_dir(&held).map_or(0, Iterator::count);
    assert_eq!(files, 0, "nothing was fetched for it");
    lobby.stop();
}

#[test]
fn files_that_do_more_than_show_themselves_are_refused_and_nothing_is_kept() {
    let world = World::new();
    let author = &world.people.author;
    let id = draft(author, "不合格的附件");
    let locked = include_bytes!("../../crates/hub/tests/pdf/locked.pdf").to_vec();
    let script = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>";
    let cases = [
        (pdf("x", script), "active_content", "JavaScript", "a script"),
        (
            pdf("x", "/OpenAction<</S/Launch/F(a.exe)>>"),
            "active_content",
            "打开程序",
            "opens a program",
        ),
        (
            pdf("x", "/Names<</EmbeddedFiles 5 0 R>>"),
            "active_content",
            "内嵌",
            "embedded",
        ),
        (locked, "locked", "加密", "encrypted"),
        (pdf("x", "")[..300].to_vec(), "unreadable", "重新导出", "damaged"),
        (b"\x89PNG\r\n\x1a\n....".to_vec(), "not_a_pdf", "只能是 PDF", "is a PDF"),
        (Vec::new(), "missing", "请选择", "choose"),
    ];
    let path = format!("/api/v1/drafts/{id}/attachments?as=file&name=a");
    for (file, code, zh, en) in cases {
        for (lang, word) in [("zh-Hans", zh), ("en", en)] {
            let refused = author
                .send("POST", &path, &[("accept-language", lang)], &file)
                .expect_status(422);
            let told = refused.json["errors"].to_string();
            assert!(told.contains(code) && told.contains(word), "{code}: {told}");
        }
    }
    let _ = author
        .send(
            "POST",
            &format!("/api/v1/drafts/{id}/attachments?as=both&name=a"),
            &[],
            b"x",
        )
        .expect_status(422);
    let kept = author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!(kept.json["files"], json!([]));
}

#[test]
fn the_writing_page_takes_a_file_without_script_and_removes_it() {
    let world = World::new();
    let id = draft(&world.people.author, "表格");
    let mut author = Browser::signed_in(&world, "author");
    let part = |name: &str, value: &[u8]| {
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    let form = [
        part("name", "申请表".as_bytes()),
        part("as", b"file"),
        part("file", &pdf("form", "")),
        b"--edge--\r\n".to_vec(),
    ];
    let _ = author
        .post_file(&format!("/admin/write/{id}/pictures"), &form.concat())
        .expect_status(303);
    let at = format!("/admin/write/{id}");
    author.reads_both_languages(&at);
    let page = author.get(&at).expect_status(200).text;
    assert!(page.contains("申请表.pdf") && page.contains("仅作为附件供公开页面下载"));
    let mine = world.people.author.get(&format!("/api/v1/drafts/{id}")).json;
    assert_eq!(
        (mine["attachments"].clone(), mine["files"][0]["name"].clone()),
        (json!([]), json!("申请表"))
    );
    let hash = mine["files"][0]["hash"].as_str().unwrap();
    let _ = author
        .post(&format!("/admin/write/{id}/pictures/{hash}/remove"), &[])
        .expect_status(303);
    assert!(!author.get(&at).expect_status(200).text.contains("申请表.pdf"));
}
