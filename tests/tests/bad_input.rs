//! Every field of the API: what is missing, empty, too long, of the wrong type, not UTF-8, full of control characters or
//! unknown is refused with problem details that name the field, and nothing is written.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Http, NOTICE_ENTRY, People, STRIP, World, act, eventually, notice};
use serde_json::{Value, json};

/// A request that is right, the fields it is made of, and who may send it.
struct Request<'w> {
    who: &'w Http,
    method: &'static str,
    path: String,
    right: Value,
    /// Fields that must be there.
    required: &'static [&'static str],
    /// Fields that hold a text.
    texts: &'static [&'static str],
}

#[allow(clippy::too_many_lines, reason = "a table: a row for each request")]
fn requests(people: &People, approved: &str) -> Vec<Request<'static>> {
    // The people outlive the test: leaking them keeps the table below readable.
    let people: &'static People = Box::leak(Box::new(people.clone()));
    let zh = |text: &str| json!({"zh-Hans": text});
    vec![
        Request {
            who: &people.author,
            method: "POST",
            path: "/api/v1/drafts".into(),
            right: json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("一条通知")}),
            required: &["kind", "content"],
            texts: &["kind", "catalogue_entry"],
        },
        Request {
            who: &people.admin,
            method: "POST",
            path: "/api/v1/channels".into(),
            right: json!({"name": "yard", "title": zh("院子")}),
            required: &["name", "title"],
            texts: &["name", "title.zh-Hans"],
        },
        Request {
            who: &people.admin,
            method: "POST",
            path: "/api/v1/catalogue".into(),
            right: json!({
                "id": "plans", "index_number": "BH-9", "category": "planning", "cadence": "standing", "department": "office",
                "responsible": "author", "name": zh("规划"), "summary": zh("规划计划"),
            }),
            required: &[
                "id",
                "index_number",
                "category",
                "cadence",
                "department",
                "responsible",
                "name",
                "summary",
            ],
            texts: &[
                "id",
                "index_number",
                "category",
                "department",
                "responsible",
                "name.zh-Hans",
                "summary.zh-Hans",
            ],
        },
        Request {
            who: &people.admin,
            method: "POST",
            path: "/api/v1/displays".into(),
            right: json!({
                "key": "ab".repeat(32), "name": zh("屏"), "location": zh("大厅"), "profile": "led-256x64", "panel": STRIP,
                "language": "zh-Hans", "channels": ["hall"],
            }),
            required: &["key", "name", "location", "profile", "panel", "language", "channels"],
            texts: &["key", "name.zh-Hans", "location.zh-Hans", "profile", "language"],
        },
        Request {
            who: &people.admin,
            method: "POST",
            path: "/api/v1/staff".into(),
            right: json!({"id": "new", "name": zh("新人"), "department": "office", "roles": ["author"], "password": "long enough it is"}),
            required: &["id", "name", "department"],
            texts: &["id", "name.zh-Hans", "department", "password"],
        },
        Request {
            who: &people.approver,
            method: "POST",
            path: format!("/api/v1/publications/{approved}/release"),
            right: json!({"channels": ["hall"], "until": "2099-01-01T00:00:00Z", "priority": "normal"}),
            required: &["channels"],
            texts: &["until", "priority"],
        },
        Request {
            who: &people.approver,
            method: "POST",
            path: format!("/api/v1/publications/{approved}/reject"),
            right: json!({"reason": "不对"}),
            required: &["reason"],
            texts: &["reason"],
        },
        Request {
            who: &people.author,
            method: "POST",
            path: "/api/v1/tokens".into(),
            right: json!({"label": "machine", "days": 3, "scopes": ["read"]}),
            required: &["label", "days", "scopes"],
            texts: &["label"],
        },
        Request {
            who: &people.admin,
            method: "PUT",
            path: "/api/v1/site".into(),
            right: json!({
                "name": zh("另一个单位"), "hotlines": [], "hours": zh("全天"), "departments": {}, "public_url": "", "time_zone": "Asia/Shanghai",
            }),
            required: &["name", "hours", "time_zone"],
            texts: &["name.zh-Hans", "hours.zh-Hans", "time_zone", "public_url"],
        },
    ]
}

/// The value with the field at a path of dots set to something else.
fn with(value: &Value, path: &str, to: Option<Value>) -> Value {
    let mut changed = value.clone();
    let (place, last) = match path.rsplit_once('.') {
        Some((parents, last)) => (parents.split('.').fold(&mut changed, |at, name| &mut at[name]), last),
        None => (&mut changed, path),
    };
    match to {
        Some(to) => place[last] = to,
        None => {
            place.as_object_mut().unwrap().remove(last);
        }
    }
    changed
}

fn refused(world: &World, request: &Request<'_>, body: &[u8], field: &str, why: &str) {
    let before = world.hub().state().position;
    let reply = request.who.send(request.method, &request.path, &[], body);
    let told = format!("{} {} with {field} {why}: {}", request.method, request.path, reply.text);
    assert!((400..500).contains(&reply.status), "{told}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{told}");
    assert!(
        reply.json["title"].is_string() && reply.json["type"].is_string(),
        "{told}"
    );
    let named = reply.fields().iter().any(|named| {
        named == field || named.starts_with(&format!("{field}.")) || named.starts_with(&format!("{field}["))
    });
    assert!(named, "the field is named: {told}");
    assert_eq!(world.hub().state().position, before, "nothing is written: {told}");
}

#[test]
fn every_field_that_is_wrong_is_named_and_nothing_is_written() {
    let world = World::new();
    let approved = world.people.approved("notice", NOTICE_ENTRY, &notice("等待发布"));
    for request in requests(&world.people, &approved) {
        let send =
            |body: &Value, field: &str, why: &str| refused(&world, &request, body.to_string().as_bytes(), field, why);
        for field in request.required {
            send(&with(&request.right, field, None), field, "missing");
            send(&with(&request.right, field, Some(Value::Null)), field, "null");
            send(&with(&request.right, field, Some(json!(42.5))), field, "a fraction");
        }
        for field in request.texts {
            if request.required.contains(field) {
                send(&with(&request.right, field, Some(json!(""))), field, "empty");
                send(&with(&request.right, field, Some(json!("  \u{3000}"))), field, "blank");
            }
            send(
                &with(&request.right, field, Some(json!("长".repeat(5000)))),
                field,
                "too long",
            );
            send(
                &with(&request.right, field, Some(json!("\u{7}bell"))),
                field,
                "a control character",
            );
            send(&with(&request.right, field, Some(json!(["list"]))), field, "a list");
        }
        send(&with(&request.right, "surprise", Some(json!(1))), "surprise", "unknown");
        refused(&world, &request, b"{\"name\": \"\xff\xfe\"}", "body", "not UTF-8");
        refused(&world, &request, b"{\"name\": ", "body", "cut short");
        refused(&world, &request, b"[1, 2]", "body", "not an object");
    }
}

/// The control: the requests of the table are right, each of them.
#[test]
fn the_requests_of_the_table_are_taken_when_nothing_is_wrong() {
    let world = World::new();
    let approved = world.people.approved("notice", NOTICE_ENTRY, &notice("等待发布"));
    for request in requests(&world.people, &approved) {
        // A text that is released cannot be rejected any more: that one is refused for its stage, not its fields.
        let expected = if request.path.ends_with("/reject") {
            400..500
        } else {
            200..300
        };
        let reply = request
            .who
            .send(request.method, &request.path, &[], request.right.to_string().as_bytes());
        assert!(
            expected.contains(&reply.status),
            "{} {}: {}",
            request.method,
            request.path,
            reply.text
        );
    }
}

#[test]
fn what_contradicts_itself_or_does_not_exist_is_named() {
    let world = World::new();
    let people = &world.people;
    let approved = people.approved("notice", NOTICE_ENTRY, &notice("窗口倒置"));
    let release = |body: Value| act(&people.approver, &approved, "release", &body).expect_status(422);
    let backwards = json!({"channels": ["hall"], "from": "2098-01-02T00:00:00Z", "until": "2098-01-01T00:00:00Z"});
    assert_eq!(release(backwards).fields(), ["until"]);
    assert_eq!(
        release(json!({"channels": ["hall"], "until": "2001-01-01T00:00:00Z"})).fields(),
        ["until"]
    );
    assert_eq!(release(json!({"channels": ["hall", "cellar"]})).fields(), ["channels"]);
    assert_eq!(release(json!({"channels": []})).fields(), ["channels"]);
    assert_eq!(
        release(json!({"channels": ["hall"], "priority": "emergency"})).fields(),
        ["priority"]
    );
    let draft = |kind: &str, entry: &str| {
        let body = json!({"kind": kind, "catalogue_entry": entry, "content": notice("x")});
        people.author.post("/api/v1/drafts", &body).expect_status(422).fields()
    };
    assert_eq!(draft("poem", NOTICE_ENTRY), ["kind"]);
    assert_eq!(draft("notice", "no-such-entry"), ["catalogue_entry"]);
    let _ = act(
        &people.approver,
        "00000000-0000-7000-8000-000000000000",
        "approve",
        &json!({}),
    )
    .expect_status(404);
    let _ = act(&people.approver, "not-an-id", "approve", &json!({})).expect_status(404);
    let _ = act(&people.approver, &approved, "bless", &json!({})).expect_status(404);
    let _ = people
        .admin
        .send("PATCH", "/api/v1/channels", &[], b"")
        .expect_status(405);
}

#[test]
fn an_unfinished_text_is_kept_as_a_draft_and_not_submitted() {
    let world = World::new();
    let author = &world.people.author;
    let unfinished =
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": {"zh-Hans": {"title": "只有标题"}}});
    let id = author.post("/api/v1/drafts", &unfinished).expect_status(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = act(author, &id, "submit", &json!({})).expect_status(422);
    let mut fields = refused.fields();
    fields.sort();
    assert_eq!(
        fields,
        [
            "content.zh-Hans.body",
            "content.zh-Hans.date",
            "content.zh-Hans.department"
        ]
    );
    assert!(refused.text.contains("正文未填写"), "told in Chinese: {}", refused.text);
    let english = author.send(
        "POST",
        &format!("/api/v1/publications/{id}/submit"),
        &[("accept-language", "en")],
        b"{}",
    );
    assert!(
        english.text.contains("Body is missing"),
        "told in English: {}",
        english.text
    );
    let kept = author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!(kept.json["content"]["zh-Hans"]["title"], "只有标题", "nothing is lost");
}

#[test]
fn an_old_picture_of_things_is_told_how_they_are_now() {
    let world = World::new();
    let people = &world.people;
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("第一稿")});
    let made = people.author.post("/api/v1/drafts", &draft).expect_status(201);
    let (id, first) = (
        made.json["id"].as_str().unwrap().to_owned(),
        made.json["hash"].as_str().unwrap().to_owned(),
    );
    let second = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("第二稿")});
    let path = format!("/api/v1/drafts/{id}");
    let _ = people
        .author
        .put(&path, &[("if-match", &first)], &second)
        .expect_status(200);
    let stale = people
        .author
        .put(&path, &[("if-match", &first)], &draft)
        .expect_status(412);
    assert_eq!(stale.json["current"]["content"]["zh-Hans"]["title"], "第二稿");
    let _ = people.author.put(&path, &[], &draft).expect_status(428);

    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let other = "ab".repeat(32);
    let stale = act(&people.reviewer, &id, "review", &json!({"content": other})).expect_status(412);
    assert_eq!(stale.json["current"]["state"], "submitted");
    let old = people.reviewer.send(
        "POST",
        &format!("/api/v1/publications/{id}/review"),
        &[("if-match", "\"7\"")],
        b"{}",
    );
    assert_eq!(
        (old.status, old.json["current"]["state"].as_str()),
        (412, Some("submitted"))
    );
    let right = people.reviewer.send(
        "POST",
        &format!("/api/v1/publications/{id}/review"),
        &[("if-match", "\"1\"")],
        b"{}",
    );
    assert_eq!(right.status, 200, "{}", right.text);
}

#[test]
fn the_same_key_twice_is_one_event_and_one_answer() {
    let world = World::new();
    let people = &world.people;
    let id = people.approved("notice", NOTICE_ENTRY, &notice("只发一次"));
    let path = format!("/api/v1/publications/{id}/release");
    let release = |key: &str, body: &str| {
        people
            .approver
            .send("POST", &path, &[("idempotency-key", key)], body.as_bytes())
    };
    let first = release("k-1", r#"{"channels": ["hall"]}"#).expect_status(200);
    let position = world.hub().state().position;
    let again = release("k-1", r#"{"channels": ["hall"]}"#).expect_status(200);
    assert_eq!((first.json, world.hub().state().position), (again.json, position));
    let reused = release("k-1", r#"{"channels": ["strips"]}"#).expect_status(422);
    assert_eq!(reused.fields(), ["Idempotency-Key"]);
    assert_eq!(
        release("schlüssel", "{}").expect_status(400).fields(),
        ["Idempotency-Key"]
    );
    // A draft too is made once.
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("草稿")}).to_string();
    let make = || {
        people
            .author
            .send(
                "POST",
                "/api/v1/drafts",
                &[("idempotency-key", "d-1")],
                draft.as_bytes(),
            )
            .expect_status(201)
    };
    assert_eq!(make().json["id"], make().json["id"]);
}

#[test]
fn two_at_once_with_one_key_make_one_event() {
    let world = World::new();
    let id = world.people.approved("notice", NOTICE_ENTRY, &notice("同时"));
    let before = world.hub().state().position;
    let path = format!("/api/v1/publications/{id}/release");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    world.people.approver.send(
                        "POST",
                        &path,
                        &[("idempotency-key", "one")],
                        br#"{"channels": ["hall"]}"#,
                    )
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.json == answers[0].json),
        "{answers:?}"
    );
    assert_eq!(world.hub().state().position, before + 1);
}

#[test]
fn who_is_not_signed_in_or_not_allowed_is_told_so() {
    let world = World::new();
    let _ = world.http().get("/api/v1/publications").expect_status(401);
    let _ = world
        .http()
        .with_token("guess")
        .get("/api/v1/publications")
        .expect_status(401);
    let wrong = json!({"staff": "author", "password": "not the password"});
    let _ = world.http().post("/api/v1/sessions", &wrong).expect_status(401);
    let _ = world
        .people
        .author
        .post("/api/v1/channels", &json!({"name": "x", "title": {"zh-Hans": "x"}}))
        .expect_status(403);
    let _ = world
        .http()
        .post(
            "/api/v1/setup",
            &json!({"word": "guess", "id": "me", "name": {"zh-Hans": "我"}, "password": "long enough it is"}),
        )
        .expect_status(404);
    // A page of another site cannot use a signed-in browser.
    let session = world
        .http()
        .post(
            "/api/v1/sessions",
            &json!({"staff": "admin", "password": heliograph_tests::PASSWORD}),
        )
        .expect_status(201);
    let cookie = session
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let body = json!({"name": "forged", "title": {"zh-Hans": "x"}}).to_string();
    let forged = world.http().send(
        "POST",
        "/api/v1/channels",
        &[("cookie", &cookie), ("origin", "http://evil.example")],
        body.as_bytes(),
    );
    assert_eq!(forged.status, 403, "{}", forged.text);
    let own = world
        .http()
        .send("POST", "/api/v1/channels", &[("cookie", &cookie)], body.as_bytes());
    assert_eq!(own.status, 201, "{}", own.text);
}

/// A text that displays cannot take is refused at the desk, where someone can mend it; the office goes on.
#[test]
fn a_text_too_large_for_displays_is_refused_when_it_is_saved() {
    let world = World::new();
    let strip = world.display("strip", STRIP, &["hall"]);
    let text = |chars: usize| {
        let body = |told: String| json!({"title": "长文", "body": told, "department": "办公室", "date": "2026-11-24"});
        let full = body("长".repeat(120_000));
        json!({"zh-Hans": full, "en": full, "ja": body("长".repeat(chars))})
    };
    let people = &world.people;
    let wish = |chars| json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": text(chars)});
    let refused = people.author.post("/api/v1/drafts", &wish(95_000)).expect_status(422);
    assert_eq!(refused.fields(), ["content"]);
    assert!(refused.text.contains("960 KiB"), "{}", refused.text);
    // The control: what just fits is shown, and so is what comes after.
    let id = people.approved("notice", NOTICE_ENTRY, &text(80_000));
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let on_air = || people.admin.get(&format!("/api/v1/displays/{}", strip.id)).json["status"]["heads"]["hall"].clone();
    eventually("the long text's head", || on_air().is_u64());
    let before = on_air();
    let _ = people.publish_notice("其后一条", &["hall"]);
    eventually("the next head", || on_air() != before);
}
