//! The rules of the gate change while texts are on their way: the office's own words hold at once, reviews under former rules
//! are void, and the log never holds a word of the list.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Event;
use heliograph_domain::gate::{GateEvent, PublicNoun};
use heliograph_log::{Position, Record};
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, Reply, World, act, hidden, notice};
use serde_json::{Value, json};

const WORD: &str = "北斗一号楼";

fn set(admin: &Http, words: &Value) -> Reply {
    let known = admin.get("/api/v1/gate-words").expect_status(200);
    let revision = known.json["revision"].to_string();
    admin.put(
        "/api/v1/gate-words",
        &[("if-match", &revision)],
        &json!({"words": words}),
    )
}

fn state(world: &World, id: &str) -> Value {
    let known = world.people.approver.get(&format!("/api/v1/publications/{id}"));
    known.expect_status(200).json
}

fn on_disk(world: &World) -> Vec<u8> {
    let files = std::fs::read_dir(world.data())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[test]
fn a_new_word_holds_at_once_and_what_was_reviewed_is_reviewed_again() {
    let world = World::new();
    let people = &world.people;
    let plain = people.approved("notice", NOTICE_ENTRY, &notice("停电通知"));
    let named = people.approved("notice", NOTICE_ENTRY, &notice("北斗 一号楼停电"));
    let told = set(
        &people.admin,
        &json!([{"text": WORD, "class": "block", "note": "项目代号"}]),
    )
    .expect_status(200);
    assert_eq!(told.json["voided"], 2);
    // Both wait for the review again; neither is released, and the reason is told.
    for id in [&plain, &named] {
        let known = state(&world, id);
        assert_eq!(known["state"], "submitted");
        let last = known["history"].as_array().unwrap().last().unwrap();
        assert!(last["event"]["ReviewsVoided"].is_object(), "{last}");
        let early = act(&people.approver, id, "release", &json!({"channels": ["hall"]}));
        assert_eq!(early.status, 409);
        let page = Browser::signed_in(&world, "reviewer").get(&format!("/admin/publications/{id}"));
        assert!(page.text.contains("检查规则已更新，需重新审查"), "{}", page.text);
    }
    // The one that has the word is blocked, the other goes on, and its release names the rules.
    let blocked = act(&people.reviewer, &named, "review", &json!({"findings_confirmed": true}));
    assert_eq!(
        (blocked.status, &blocked.json["type"]),
        (409, &json!("urn:heliograph:problem:gate-blocked"))
    );
    let _ = act(&people.reviewer, &plain, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &plain, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &plain, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let known = state(&world, &plain);
    let rules = people.admin.get("/api/v1/gate-words").expect_status(200).json["rules"].clone();
    assert_eq!(known["released"]["rules"], rules);
    let steps = known["history"].as_array().unwrap();
    let own = |step: &Value| step["rules"]["own"].clone();
    assert!(own(&steps[0]).is_null() && own(steps.last().unwrap()).is_string());
    // What is handed in from now on meets the word.
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("在北斗一号楼")});
    let draft = people.author.post("/api/v1/drafts", &wish).expect_status(201);
    let id = draft.json["id"].as_str().unwrap();
    let _ = act(&people.author, id, "submit", &json!({})).expect_status(422);
}

#[test]
fn the_list_is_for_administrators_and_no_word_of_it_is_in_the_log() {
    let world = World::new();
    let people = &world.people;
    let words = json!([
        {"text": WORD, "class": "block", "note": "尚未公开的项目"},
        {"text": "滨河局", "class": "slip", "instead": "滨河分局"},
    ]);
    let _ = set(&people.admin, &words).expect_status(200);
    for other in [&people.author, &people.reviewer, &people.approver, &people.everything] {
        let _ = other.get("/api/v1/gate-words").expect_status(403);
    }
    let disk = on_disk(&world);
    for text in [WORD, "尚未公开的项目", "滨河分局"] {
        assert!(
            !disk.windows(text.len()).any(|window| window == text.as_bytes()),
            "{text}"
        );
    }
    let audit = people.approver.get("/api/v1/audit?what=gate").expect_status(200).text;
    assert!(audit.contains("拦截 1、提示 0、错敏 1") && !audit.contains(WORD));
    // The control: it is there for whoever keeps it.
    let known = people.admin.get("/api/v1/gate-words").expect_status(200);
    assert_eq!(known.json["words"], words);
    // Who saw another list changes nothing, and who saw none is asked to look.
    let late = people
        .admin
        .put("/api/v1/gate-words", &[("if-match", "0")], &json!({"words": []}));
    assert_eq!(late.status, 412);
    let blind = people.admin.put("/api/v1/gate-words", &[], &json!({"words": []}));
    assert_eq!(blind.status, 428);
    let bad = set(
        &people.admin,
        &json!([{"text": "的", "class": "block"}, {"text": WORD, "class": "warn"}, {"text": "北斗·一号楼", "class": "warn"}]),
    );
    assert_eq!(bad.expect_status(422).fields(), ["words[0].text", "words[2].text"]);
    let again = set(&people.admin, &words).expect_status(200);
    assert_eq!(again.json["voided"], 0, "the same list changes nothing");
}

#[test]
fn the_page_says_how_many_reviews_a_change_voids_and_works_without_script() {
    let world = World::new();
    let id = world.people.approved("notice", NOTICE_ENTRY, &notice("停电通知"));
    let mut admin = Browser::signed_in(&world, "admin");
    let page = admin.get("/admin/gate-words").expect_status(200).text;
    assert!(page.contains("现有 1 条信息在审查、审批或待发布中"));
    let send = |admin: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]| {
        let (key, revision) = (hidden(page, "key"), hidden(page, "revision"));
        let mut all = vec![("key", key.as_str()), ("revision", revision.as_str())];
        all.extend(fields);
        admin.post(path, &all)
    };
    let word = [("text", WORD), ("class", "block"), ("instead", ""), ("note", "")];
    let unsaid = send(&mut admin, &page, "/admin/gate-words", &word)
        .expect_status(422)
        .text;
    assert!(
        unsaid.contains("请先勾选") && unsaid.contains(WORD),
        "what was typed is there"
    );
    assert_eq!(state(&world, &id)["state"], "approved");
    let known = [&word[..], &[("voids", "yes")]].concat();
    let saved = send(&mut admin, &unsaid, "/admin/gate-words", &known);
    assert_eq!(saved.status, 303, "{}", saved.text);
    let page = admin.get("/admin/gate-words?done=1").expect_status(200).text;
    assert!(page.contains("1 条信息已重新检查") && page.contains(WORD));
    assert_eq!(state(&world, &id)["state"], "submitted");
    // Many at once; what is there already is left out.
    let many = [
        ("many", "北斗一号楼\n南天门计划\n"),
        ("class", "warn"),
        ("voids", "yes"),
    ];
    assert_eq!(send(&mut admin, &page, "/admin/gate-words/import", &many).status, 303);
    let page = admin.get("/admin/gate-words?remove=0").expect_status(200).text;
    assert!(page.contains("南天门计划") && page.contains("移除“北斗一号楼”"));
    let gone = [("text", WORD), ("voids", "yes")];
    assert_eq!(send(&mut admin, &page, "/admin/gate-words/remove", &gone).status, 303);
    let left = world.people.admin.get("/api/v1/gate-words").json["words"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[test]
fn words_that_become_public_without_the_workflow_are_shown_and_confirmed() {
    let world = World::new();
    let admin = &world.people.admin;
    let refused = |path: &str, wish: &Value| {
        let reply = if path == "/api/v1/site" {
            admin.put(path, &[], wish)
        } else {
            admin.post(path, wish)
        };
        let reply = reply.expect_status(422);
        assert_eq!(reply.json["type"], "urn:heliograph:problem:gate-found", "{path}");
        reply.fields()
    };
    let mut channel = json!({"name": "annex", "title": {"zh-Hans": "内部资料 附楼"}});
    let asked = refused("/api/v1/channels", &channel);
    assert_eq!(asked, ["title.zh-Hans", "findings_confirmed"]);
    let entry = json!({
        "id": "calls", "index_number": "BH-13800138000", "category": "finance", "cadence": "standing",
        "department": "office", "responsible": "author", "name": {"zh-Hans": "联系方式"},
        "summary": {"zh-Hans": "联系人手机 13800138000"},
    });
    let asked = refused("/api/v1/catalogue", &entry);
    assert!(asked.contains(&"summary.zh-Hans".to_owned()), "{asked:?}");
    let asked = refused("/api/v1/catalogue/import", &json!({"entries": [entry]}));
    assert!(asked.contains(&"entries[0].summary.zh-Hans".to_owned()), "{asked:?}");
    let site = admin.get("/api/v1/site").expect_status(200).json["profile"].clone();
    let mut profile = json!({
        "name": site["name"], "hours": {"zh-Hans": "找王某，手机 13800138000"}, "hotlines": site["hotlines"],
        "departments": site["departments"], "public_url": site["public_url"], "time_zone": site["time_zone"],
    });
    assert_eq!(refused("/api/v1/site", &profile)[0], "hours.zh-Hans");
    // Nothing was saved; whoever looked saves it, and is not asked about the same words again.
    assert_eq!(admin.get("/api/v1/site").json["profile"], site);
    profile["findings_confirmed"] = json!(true);
    let _ = admin.put("/api/v1/site", &[], &profile).expect_status(200);
    profile["findings_confirmed"] = json!(false);
    profile["name"]["en"] = json!("Binhe Centre");
    let _ = admin.put("/api/v1/site", &[], &profile).expect_status(200);
    channel["title"] = json!({"zh-Hans": "附楼"});
    let _ = admin.post("/api/v1/channels", &channel).expect_status(201);
}

/// The confirmations that the log holds after a position: by whom, of what, under which rules, how many places.
fn confirmed(world: &World, after: u64) -> Vec<String> {
    let records = world.hub().log().read(Position(after), 10_000).unwrap();
    let told = |record: &Record| match heliograph_hub::event_of(record).unwrap() {
        Event::Gate(GateEvent::WordsConfirmed { noun, rules, findings }) => {
            let fields: Vec<&str> = findings.iter().map(|finding| finding.field.as_str()).collect();
            let noun = match noun {
                PublicNoun::Entry(id) => format!("entry {id}"),
                PublicNoun::Channel(name) => format!("channel {name}"),
                PublicNoun::Profile => "profile".to_owned(),
            };
            Some(format!("{} {noun} {rules} {}", record.actor.as_str(), fields.join(" ")))
        }
        _ => None,
    };
    records.iter().filter_map(told).collect()
}

#[test]
fn whoever_let_a_warned_public_word_through_is_on_record() {
    let world = World::new();
    let (admin, before) = (&world.people.admin, world.hub().state().position);
    let entry = |id: &str, summary: &str, looked: bool| {
        json!({
            "id": id, "index_number": format!("BH-{id}"), "category": "finance", "cadence": "standing", "department": "office",
            "responsible": "author", "name": {"zh-Hans": "联系方式"}, "summary": {"zh-Hans": summary},
            "findings_confirmed": looked,
        })
    };
    let channel =
        |title: &str, looked: bool| json!({"name": "annex", "title": {"zh-Hans": title}, "findings_confirmed": looked});
    let rules = world.hub().state().rules();
    // What nobody confirmed is not there; what has nothing in it needs nobody, and a tick under it says nothing.
    let _ = admin
        .post("/api/v1/channels", &channel("内部资料", false))
        .expect_status(422);
    let _ = admin
        .post("/api/v1/channels", &channel("附楼", true))
        .expect_status(201);
    assert_eq!(confirmed(&world, before), [""; 0]);
    let _ = admin
        .post("/api/v1/channels", &channel("内部资料", true))
        .expect_status(201);
    let wish = json!({"entries": [entry("plain", "电话见大厅", false), entry("calls", "手机 13800138000", true)]});
    let _ = admin.post("/api/v1/catalogue/import", &wish).expect_status(200);
    let expected = [
        format!("admin channel annex {rules} title.zh-Hans"),
        format!("admin entry calls {rules} entries[1].summary.zh-Hans"),
    ];
    assert_eq!(confirmed(&world, before), expected);
    // The same again decides nothing, and confirms nothing.
    let _ = admin
        .post("/api/v1/channels", &channel("内部资料", true))
        .expect_status(201);
    assert_eq!(confirmed(&world, before).len(), 2);
    let records = world.hub().log().read(Position(before), 10_000).unwrap();
    let body = |record: &Record| String::from_utf8_lossy(&record.body).into_owned();
    let told = records.iter().filter(|record| record.kind.as_str() == "gate").map(body);
    assert!(
        told.into_iter().all(|body| !body.contains("13800138000")),
        "rule and place, never the text"
    );
    // A reader of the log from its beginning comes to the same.
    let trail = admin.get("/api/v1/audit?deed=words-confirmed").expect_status(200).json;
    assert_eq!(trail["found"], 2);
    let said = trail["records"][0]["sentence"].as_str().unwrap();
    assert!(said.contains("联系方式") && said.contains("1 处提示"), "{said}");
}

#[test]
fn the_forms_of_public_words_show_the_finding_and_a_box_to_tick() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let page = admin.get("/admin/channels").expect_status(200).text;
    assert!(
        !page.contains("findings_confirmed"),
        "nothing is asked before something is found"
    );
    let key = hidden(&page, "key");
    let typed = [
        ("key", key.as_str()),
        ("name", "annex"),
        ("title.zh-Hans", "内部资料"),
        ("title.en", ""),
    ];
    let asked = admin.post("/admin/channels", &typed).expect_status(422).text;
    assert!(asked.contains("第 1 至 4 字疑似") && asked.contains("已逐项核对，可以公开") && asked.contains("内部资料"));
    let ticked = [&typed[..], &[("findings_confirmed", "yes")]].concat();
    assert_eq!(admin.post("/admin/channels", &ticked).status, 303);
}
