//! The confidentiality gate at the desk: what it blocks is not submitted unless a second named person says why, what it
//! warns of is confirmed, and no record or answer holds what it found.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, Reply, World, act, hidden};
use serde_json::{Value, json};

/// A mark, split as people split it.
const MARK: &str = "机 密 ★ 1年";
/// A valid identity number of nobody.
const RESIDENT_ID: &str = "11010519491231002X";

fn notice(body: &str) -> Value {
    json!({"zh-Hans": {"title": "值班安排", "body": body, "department": "办公室", "date": "2026-11-24"}})
}

fn draft(author: &Http, body: &str) -> Reply {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(body)});
    author.post("/api/v1/drafts", &wish).expect_status(201)
}

fn id_of(reply: &Reply) -> String {
    reply.json["id"].as_str().unwrap().to_owned()
}

fn referred(author: &Http, body: &str) -> (String, String) {
    let id = id_of(&draft(author, body));
    let told = author
        .post(&format!("/api/v1/drafts/{id}/refer"), &json!({}))
        .expect_status(200);
    (id, told.json["hash"].as_str().unwrap().to_owned())
}

/// Everything on the hub's disk that can be read as it lies there.
fn on_disk(world: &World) -> Vec<u8> {
    let files = std::fs::read_dir(world.data())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn what_the_gate_blocks_is_not_submitted_and_the_places_are_told() {
    let world = World::new();
    let author = &world.people.author;
    let made = draft(author, &format!("请阅。{MARK}\n联系人 {RESIDENT_ID}"));
    let rules: Vec<&str> = made.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        ["classification-mark", "resident-id"],
        "the writer hears at once"
    );
    let id = id_of(&made);
    let refused = act(author, &id, "submit", &json!({})).expect_status(422);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:gate-blocked");
    let errors = refused.json["errors"].as_array().unwrap();
    let places: Vec<(&str, &str)> = errors
        .iter()
        .map(|e| (e["field"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    let body = "content.zh-Hans.body";
    assert_eq!(places, [(body, "classification-mark"), (body, "resident-id")]);
    assert!(errors[0]["message"].as_str().unwrap().contains("第 4 至 11 字"));
    assert!(
        !refused.text.contains(RESIDENT_ID) && !refused.text.contains('★'),
        "no text in the answer"
    );
    // Nothing of it is in the log, and nobody else knows of it.
    let _ = world
        .people
        .admin
        .get(&format!("/api/v1/publications/{id}"))
        .expect_status(404);
    let _ = world
        .people
        .reviewer
        .get(&format!("/api/v1/referrals/{id}"))
        .expect_status(404);
    // The control: without the two it passes.
    let clean = id_of(&draft(author, "国家秘密法宣传周，欢迎参加。"));
    let _ = act(author, &clean, "submit", &json!({})).expect_status(200);
}

#[test]
fn a_second_named_person_lets_it_through_with_a_reason_and_the_log_holds_no_text() {
    let world = World::new();
    let people = &world.people;
    let (id, hash) = referred(&people.author, &format!("“{MARK}”这样的标志由谁标注？"));
    let path = format!("/api/v1/referrals/{id}");
    // Only confidentiality reviewers see it, and nobody clears their own.
    for other in [&people.approver, &people.author, &people.admin] {
        assert!(matches!(other.get(&path).status, 403 | 404));
    }
    let seen = people.reviewer.get(&path).expect_status(200);
    assert_eq!(seen.json["findings"][0]["class"], "block");
    let all = people.reviewer.get("/api/v1/referrals").expect_status(200);
    assert_eq!(all.json["referrals"].as_array().unwrap().len(), 1);
    let wish = |reason: &str| json!({"hash": hash, "reason": reason});
    let unsaid = people
        .reviewer
        .post(&format!("{path}/override"), &wish(" "))
        .expect_status(422);
    assert_eq!(unsaid.fields(), ["reason"]);
    let _ = people
        .approver
        .post(&format!("{path}/override"), &wish("可以"))
        .expect_status(403);
    let _ = people
        .reviewer
        .post(&format!("{path}/override"), &wish("是讲解标志的样式"))
        .expect_status(200);

    let told = people
        .reviewer
        .get(&format!("/api/v1/publications/{id}"))
        .expect_status(200);
    let pending = &told.json["pending"];
    assert_eq!(
        (&pending["author"], &pending["overridden_by"]),
        (&json!("author"), &json!("reviewer"))
    );
    assert_eq!(pending["rule_set"], heliograph_domain::publication::RULE_SET);
    let history = told.json["history"].as_array().unwrap();
    let names: Vec<&String> = history
        .iter()
        .flat_map(|step| step["event"].as_object().unwrap().keys())
        .collect();
    assert_eq!(names, ["Submitted", "GateScanned", "GateOverridden"]);
    assert!(!json!(history).to_string().contains('★'), "rules and places alone");
    // It goes on like any text; the reviewer confirms what was found.
    let asked = act(&people.reviewer, &id, "review", &json!({})).expect_status(422);
    assert_eq!(asked.fields(), ["findings_confirmed"]);
    let _ = act(&people.reviewer, &id, "review", &json!({"findings_confirmed": true})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
}

#[test]
fn a_reviewer_says_no_and_a_changed_draft_is_asked_for_again() {
    let world = World::new();
    let people = &world.people;
    let (id, _) = referred(&people.author, MARK);
    let path = format!("/api/v1/referrals/{id}");
    let _ = people
        .reviewer
        .post(&format!("{path}/decline"), &json!({"reason": "确有密级，不能公开"}))
        .expect_status(200);
    let _ = people.reviewer.get(&path).expect_status(404);
    let page = Browser::signed_in(&world, "author")
        .get(&format!("/admin/write/{id}"))
        .expect_status(200);
    assert!(page.text.contains("确有密级，不能公开") && page.text.contains("王审查没有放行"));

    let (id, hash) = referred(&people.author, MARK);
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(&format!("{MARK}！"))});
    let path = format!("/api/v1/drafts/{id}");
    let _ = people
        .author
        .put(&path, &[("if-match", &format!("\"{hash}\""))], &wish)
        .expect_status(200);
    let late = json!({"hash": hash, "reason": "可以"});
    let _ = people
        .reviewer
        .post(&format!("/api/v1/referrals/{id}/override"), &late)
        .expect_status(404);
    // Whoever has both roles does not clear their own draft.
    let (own, hash) = referred(&people.everything, MARK);
    let late = json!({"hash": hash, "reason": "可以"});
    let _ = people
        .everything
        .post(&format!("/api/v1/referrals/{own}/override"), &late)
        .expect_status(404);
    // What is not blocked is not referred.
    let plain = id_of(&draft(&people.author, "停电通知"));
    let _ = people
        .author
        .post(&format!("/api/v1/drafts/{plain}/refer"), &json!({}))
        .expect_status(409);
}

#[test]
fn hotlines_pass_and_other_numbers_are_confirmed_by_the_reviewer() {
    let world = World::new();
    let people = &world.people;
    let hotline = id_of(&draft(&people.author, "咨询电话：0000-1234567"));
    let _ = act(&people.author, &hotline, "submit", &json!({})).expect_status(200);
    let _ = act(&people.reviewer, &hotline, "review", &json!({})).expect_status(200);
    let number = "13800138000";
    let other = id_of(&draft(&people.author, &format!("联系人手机 {number}")));
    let _ = act(&people.author, &other, "submit", &json!({})).expect_status(200);
    let _ = act(&people.reviewer, &other, "review", &json!({})).expect_status(422);
    let log: Vec<u8> = on_disk(&world);
    assert!(!holds(&log, number), "sealed, and no finding repeats it");
}

#[test]
fn names_metadata_and_page_texts_of_files_are_looked_through() {
    let world = World::new();
    let author = &world.people.author;
    let id = id_of(&draft(author, "见附图。"));
    let upload = |name: &str, file: &[u8]| {
        let path = format!("/api/v1/drafts/{id}/attachments?name={name}");
        author
            .send("POST", &path, &[("content-type", "application/octet-stream")], file)
            .expect_status(201)
    };
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, 40, 30);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .add_text_chunk("Comment".to_owned(), "INTERNAL USE ONLY".to_owned())
        .unwrap();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[200; 40 * 30 * 3])
        .unwrap();
    let words = "BT /F 12 Tf 20 50 Td (TOP SECRET) Tj ET";
    let pdf = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{words}\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n",
        words.len()
    );
    let _ = upload("clerk@example.com", &picture);
    let _ = upload("plan", pdf.as_bytes());
    let refused = act(author, &id, "submit", &json!({})).expect_status(422);
    // The page has so few words of its own that a machine read it, too.
    let mut blocked = refused.fields();
    blocked.retain(|field| !field.ends_with(".reading"));
    assert_eq!(blocked, ["attachments[0].metadata", "attachments[1].text"]);
    let seen = author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    let fields: Vec<&str> = seen.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["field"].as_str().unwrap())
        .collect();
    assert!(fields.contains(&"attachments[0].name"), "{fields:?}");
    let page = Browser::signed_in(&world, "author")
        .get(&format!("/admin/write/{id}"))
        .expect_status(200);
    assert!(page.text.contains("文件信息") && page.text.contains("<mark>TOP SECRET</mark>"));
}

#[test]
#[allow(clippy::too_many_lines, reason = "one way of one draft through two people's pages")]
fn the_pages_show_the_passage_at_its_field_without_script() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let page = author.get("/admin/write?kind=notice").expect_status(200).text;
    let key = hidden(&page, "key");
    let body = format!("甲乙丙 {MARK}，身分证复印件");
    let sheet = |then: &'static str, hash: &str| -> Vec<(String, String)> {
        [
            ("key", key.as_str()),
            ("kind", "notice"),
            ("hash", hash),
            ("publication", ""),
            ("catalogue_entry", NOTICE_ENTRY),
            ("content.zh-Hans.title", "样式讲解"),
            ("content.zh-Hans.body", &body),
            ("content.zh-Hans.department", "办公室"),
            ("content.zh-Hans.date", "2026-11-24"),
            ("then", then),
        ]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
    };
    let mut post = |path: &str, fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        author.post(path, &fields)
    };
    let preview = post("/admin/write", &sheet("preview", "")).expect_status(200).text;
    assert!(preview.contains(&format!("<mark>{MARK}</mark>")) && preview.contains("应为“身份证”"));
    let refused = post("/admin/write", &sheet("submit", "")).expect_status(422).text;
    assert!(refused.contains("保密审查关口拦截") && refused.contains("提请保密审查人放行"));
    let (hash, action) = (
        hidden(&refused, "hash"),
        refused.split("action=\"/admin/write/").nth(1).unwrap(),
    );
    let id = action.split('"').next().unwrap().to_owned();
    let quiet = post(&format!("/admin/write/{id}"), &sheet("autosave", &hash)).expect_status(200);
    assert!(quiet.json["gate"].as_str().unwrap().contains("<mark>"));
    let hash = quiet.json["hash"].as_str().unwrap().to_owned();
    let _ = post(&format!("/admin/write/{id}"), &sheet("refer", &hash)).expect_status(303);
    let waits = author.get(&format!("/admin/write/{id}")).expect_status(200).text;
    assert!(waits.contains("已提请保密审查人放行"));

    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let referral = format!("/admin/referrals/{id}");
    assert!(reviewer.get("/admin").expect_status(200).text.contains(&referral));
    let page = reviewer.get(&referral).expect_status(200).text;
    assert!(page.contains(&format!("<mark>{MARK}</mark>")) && page.contains("日志中没有它"));
    reviewer.reads_both_languages(&referral);
    let (key, hash) = (hidden(&page, "key"), hidden(&page, "hash"));
    let unsaid = [("key", key.as_str()), ("hash", hash.as_str()), ("reason", "")];
    let _ = reviewer
        .post(&format!("{referral}/override"), &unsaid)
        .expect_status(422);
    let said = [("key", key.as_str()), ("hash", hash.as_str()), ("reason", "讲解样式")];
    let _ = reviewer.post(&format!("{referral}/override"), &said).expect_status(303);
    let page = reviewer
        .get(&format!("/admin/publications/{id}"))
        .expect_status(200)
        .text;
    for word in [
        "王审查已放行",
        "讲解样式",
        "findings_confirmed",
        "放行保密审查关口的拦截",
    ] {
        assert!(page.contains(word), "{word}");
    }
    assert!(page.contains(&format!("<mark>{MARK}</mark>")));
    let _ = reviewer.step(&id, "review", &[]).expect_status(422);
    let _ = reviewer
        .step(&id, "review", &[("findings_confirmed", "yes")])
        .expect_status(303);
}

#[test]
fn an_office_adds_words_of_its_own() {
    let mut world = World::new();
    let id = id_of(&draft(&world.people.author, "地点：北斗一号楼"));
    let own = r#"{"format":1,"version":1,"rules":[{"id":"own-words","kind":"internal-word","class":"block","zh":"本单位内部用语","en":"word of our own","find":"words","words":[{"text":"北斗一号楼"}]}]}"#;
    world.hub_goes_away();
    std::fs::write(world.data().join("gate-office.json"), own).unwrap();
    world.hub_comes_back();
    let refused = act(&world.people.author, &id, "submit", &json!({})).expect_status(422);
    assert!(refused.text.contains("本单位词表中的词"));
    let admin = &world.people.admin;
    let words = admin.get("/api/v1/gate-words").expect_status(200);
    let known = &words.json["words"][0];
    assert_eq!(
        (&known["text"], &known["note"]),
        (&json!("北斗一号楼"), &json!("本单位内部用语"))
    );
    // It was taken over once: from then on the list is kept at the desk, and the file says nothing any more.
    let revision = words.json["revision"].to_string();
    let _ = admin
        .put("/api/v1/gate-words", &[("if-match", &revision)], &json!({"words": []}))
        .expect_status(200);
    world.hub_goes_away();
    world.hub_comes_back();
    let _ = act(&world.people.author, &id, "submit", &json!({})).expect_status(200);
}
