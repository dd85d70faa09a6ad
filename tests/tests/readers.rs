//! What is not released yet is read by those who have a part in it: everybody else finds nothing of it, on no page, by no
//! address of the API, in no search.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, World, act, hire, notice};
use serde_json::{Value, json};

const SECRET: &str = "尚未发布的人事安排";

/// Somebody else of the office, signed in.
fn hired(world: &World, id: &str, department: &str, roles: &[&str]) -> Http {
    let wish = json!({"id": id, "name": {"zh-Hans": id}, "department": department, "roles": roles});
    hire(&world.people.admin, &wish)
}

/// Every place at which somebody could read of it, by what they call it with.
fn places(id: &str) -> Vec<String> {
    let mut places = vec![
        "/api/v1/publications".to_owned(),
        "/api/v1/publications?q=人事".to_owned(),
        "/api/v1/search?q=人事安排".to_owned(),
        "/api/v1/catalogue".to_owned(),
    ];
    for path in ["", "/comments", "/reach"] {
        places.push(format!("/api/v1/publications/{id}{path}"));
    }
    places
}

fn pages(id: &str) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/admin",
        "/admin/publications",
        "/admin/publications.csv",
        "/admin/catalogue",
        "/admin/catalogue.csv",
        "/admin/search?q=%E4%BA%BA%E4%BA%8B",
        "/admin/audit",
        "/admin/audit.csv",
        "/admin/audit.jsonl",
    ]
    .map(str::to_owned)
    .into();
    for path in ["", "/picture.png", "/reach"] {
        pages.push(format!("/admin/publications/{id}{path}"));
    }
    pages.push(format!("/admin/write?publication={id}"));
    pages
}

/// Whether anything of it is told to somebody.
fn tells(text: &str, id: &str) -> bool {
    text.contains(SECRET) || text.contains("人事安排") || text.contains(&format!("publications/{id}"))
}

fn finds(world: &World, who: &str, http: &Http, id: &str) -> bool {
    let by_api = places(id).into_iter().any(|place| {
        let reply = http.get(&place);
        reply.status == 200 && tells(&reply.text, id)
    });
    let browser = Browser::signed_in(world, who);
    let by_page = pages(id).into_iter().any(|page| {
        let reply = browser.get(&page);
        reply.status == 200 && reply.text.contains(SECRET)
    });
    by_api || by_page
}

#[test]
fn a_text_on_its_way_is_found_by_those_who_have_a_part_in_it_and_by_nobody_else() {
    let world = World::new();
    let people = &world.people;
    let law = hired(&world, "law", "law", &["countersigner"]);
    let others = [
        ("enquiries", hired(&world, "enquiries", "office", &["enquiry-operator"])),
        ("screens", hired(&world, "screens", "office", &["display-operator"])),
        ("colleague", hired(&world, "colleague", "office", &["author"])),
        ("finance", hired(&world, "finance", "finance", &["countersigner"])),
        ("admin", people.admin.clone()),
    ];
    let inspector = hired(&world, "inspector", "office", &["inspector"]);
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(SECRET)});
    let draft = people.author.post("/api/v1/drafts", &wish).expect_status(201);
    let id = draft.json["id"].as_str().unwrap().to_owned();
    let _ = act(&people.author, &id, "submit", &json!({"countersign": ["law"]})).expect_status(200);
    let mine = [
        ("author", people.author.clone()),
        ("reviewer", people.reviewer.clone()),
        ("approver", people.approver.clone()),
        ("law", law),
        ("inspector", inspector),
    ];
    for (who, http) in &others {
        assert!(!finds(&world, who, http, &id), "{who} finds what is submitted");
        let _ = http.get(&format!("/api/v1/publications/{id}")).expect_status(404);
    }
    for (who, http) in &mine {
        assert!(finds(&world, who, http, &id), "the control: {who} has a part in it");
    }
    // Nobody makes a text of their own of it.
    let colleague = &others[2].1;
    let _ = colleague
        .post(&format!("/api/v1/publications/{id}/again"), &json!({}))
        .expect_status(404);
    let template = json!({"name": "人事", "publication": id});
    let _ = colleague.post("/api/v1/templates", &template).expect_status(404);
    let revision =
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("x"), "publication": id});
    let _ = colleague.post("/api/v1/drafts", &revision).expect_status(422);
    // Returned, it is its author's business still.
    let reason = json!({"reason": "请改"});
    let _ = act(&people.reviewer, &id, "reject", &reason).expect_status(200);
    for (who, http) in &others {
        assert!(!finds(&world, who, http, &id), "{who} finds what was returned");
    }
    assert!(finds(&world, "author", &people.author, &id), "the control");
}

#[test]
fn what_was_released_is_for_everybody_and_its_next_text_is_not() {
    let world = World::new();
    let people = &world.people;
    let enquiries = hired(&world, "enquiries", "office", &["enquiry-operator"]);
    let id = people.publish_notice("放假安排", &["hall"]);
    let public = |http: &Http| -> Value { http.get(&format!("/api/v1/publications/{id}")).expect_status(200).json };
    let before = public(&enquiries);
    assert_eq!(before["state"], "released");
    let wish = json!({
        "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(SECRET), "publication": id,
    });
    let _ = people.author.post("/api/v1/drafts", &wish).expect_status(201);
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let comment = json!({"text": "“尚未发布的人事安排”一句请核对"});
    let _ = people
        .reviewer
        .post(&format!("/api/v1/publications/{id}/comments"), &comment)
        .expect_status(201);
    let seen = public(&enquiries);
    assert_eq!((&seen["state"], &seen["pending"]), (&json!("released"), &Value::Null));
    assert_eq!(seen["released"], before["released"]);
    for place in places(&id) {
        assert!(!enquiries.get(&place).text.contains("人事安排"), "{place}");
    }
    let browser = Browser::signed_in(&world, "enquiries");
    for page in pages(&id) {
        assert!(!browser.get(&page).text.contains("人事安排"), "{page}");
    }
    assert_eq!(public(&people.reviewer)["state"], "submitted", "the control");
    // Once it is released, it is everybody's.
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "amend", &json!({})).expect_status(200);
    assert!(
        enquiries
            .get(&format!("/api/v1/publications/{id}"))
            .text
            .contains(SECRET)
    );
}
