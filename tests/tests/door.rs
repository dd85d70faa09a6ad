//! Somebody sends a form after their session has ended: all that they typed is kept at the door, and goes on from there.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, NOTICE_ENTRY, PASSWORD, Reply, World, code_of, hidden};
use serde_json::json;

const TITLE: &str = "关于“窗口值班”<安排>的公告";
const BODY: &str = "第一段。\r\n\r\n第二段，到“3号窗口”。";

/// An author who wrote for a while, and the fields of their form.
fn wrote(world: &World) -> (Browser, Vec<(&'static str, String)>) {
    let browser = Browser::signed_in(world, "author");
    let page = browser.get("/admin/write?kind=notice").expect_status(200).text;
    assert_eq!(hidden(&page, "as"), "author", "the form says whose it is");
    let fields = [
        ("key", hidden(&page, "key")),
        ("as", hidden(&page, "as")),
        ("kind", "notice".to_owned()),
        ("catalogue_entry", NOTICE_ENTRY.to_owned()),
        ("content.zh-Hans.title", TITLE.to_owned()),
        ("content.zh-Hans.body", BODY.to_owned()),
        ("content.zh-Hans.department", "办公室".to_owned()),
        ("content.zh-Hans.date", "2026-11-24".to_owned()),
        ("then", "save".to_owned()),
    ];
    (browser, fields.to_vec())
}

fn send(browser: &mut Browser, path: &str, fields: &[(&str, String)], more: &[(&str, &str)]) -> Reply {
    let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend_from_slice(more);
    browser.post(path, &all)
}

fn everybody_is_signed_out(world: &World, who: &str) {
    let wish = json!({"staff": who, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
    let elsewhere = world.http().with_token(session["token"].as_str().unwrap());
    let _ = elsewhere
        .send("DELETE", "/api/v1/sessions", &[], b"")
        .expect_status(200);
}

/// The page holds every field as it was sent.
fn keeps(page: &str, fields: &[(&str, String)]) {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    for (name, value) in fields {
        let field = format!("name=\"{name}\" value=\"{}\"", escaped(value));
        assert!(page.contains(&field), "{field} is lost:\n{page}");
    }
}

/// Somebody's drafts by title.
fn titles(world: &World, who: &str) -> Vec<String> {
    let wish = json!({"staff": who, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
    let session = world.http().with_token(session["token"].as_str().unwrap());
    let drafts = session.get("/api/v1/drafts").expect_status(200).json;
    let drafts = drafts["drafts"].as_array().unwrap().iter();
    drafts
        .map(|draft| draft["content"]["zh-Hans"]["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_was_typed_waits_at_the_door_and_goes_on_from_there() {
    let world = World::new();
    let (mut browser, fields) = wrote(&world);
    everybody_is_signed_out(&world, "author");
    let kept = send(&mut browser, "/admin/write", &fields, &[]).expect_status(401).text;
    keeps(&kept, &fields);
    assert!(
        kept.contains("action=\"/admin/write\"") && kept.contains("登录已过期"),
        "{kept}"
    );
    assert!(kept.contains("name=\"door.staff\" value=\"author\"") && kept.contains("readonly"));
    assert!(
        !kept.contains("工作台"),
        "nobody is signed in: nothing of the desk is shown"
    );
    // A wrong password keeps it, too.
    let wrong = [("door.staff", "author"), ("door.password", "not-my-password")];
    let again = send(&mut browser, "/admin/write", &fields, &wrong)
        .expect_status(401)
        .text;
    keeps(&again, &fields);
    assert!(titles(&world, "author").is_empty(), "nothing was saved yet");
    let right = [("door.staff", "author"), ("door.password", PASSWORD)];
    let on = send(&mut browser, "/admin/write", &fields, &right).expect_status(303);
    let saved = browser.get(on.header("location").unwrap()).expect_status(200).text;
    assert!(
        saved.contains("关于“窗口值班”&lt;安排&gt;的公告") && saved.contains("第二段"),
        "{saved}"
    );
    assert_eq!(titles(&world, "author"), [TITLE]);
}

#[test]
fn a_file_is_not_kept_at_the_door_and_its_sender_hears_which() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "author");
    let part = |name: &str, body: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{body}\r\n");
    let rows = "标题,正文\r\n夜间停车,即日起开放\r\n".repeat(20_000);
    let form = [
        part("kind", "\r\n\r\nnotice"),
        part("catalogue_entry", &format!("\r\n\r\n{NOTICE_ENTRY}")),
        part(
            "file",
            &format!("; filename=\"停车<一>.csv\"\r\nContent-Type: text/csv\r\n\r\n{rows}"),
        ),
        "--edge--\r\n".to_owned(),
    ];
    let form = form.concat();
    everybody_is_signed_out(&world, "author");
    let told = browser
        .post_file("/admin/write/import", form.as_bytes())
        .expect_status(401)
        .text;
    assert!(
        told.contains("文件“停车&lt;一&gt;.csv”没有上传") && told.contains("重新选择这个文件"),
        "{told}"
    );
    assert!(
        !told.contains("工作台"),
        "nobody is signed in: nothing of the desk is shown"
    );
    // The control: whoever is signed in sends the same form, and hears of the door nothing.
    let mut browser = Browser::signed_in(&world, "author");
    let taken = browser.post_file("/admin/write/import", form.as_bytes());
    assert!(
        taken.status != 401 && !taken.text.contains("登录已过期"),
        "{} {}",
        taken.status,
        taken.text
    );
    // Another site's page has nobody hear anything.
    let elsewhere = [
        ("content-type", "multipart/form-data; boundary=edge"),
        ("origin", "https://elsewhere.example"),
    ];
    let small = part("file", "; filename=\"停车.csv\"\r\n\r\n标题,正文");
    let reply = world
        .http()
        .send("POST", "/admin/write/import", &elsewhere, small.as_bytes());
    assert!(!reply.text.contains("停车"), "{}", reply.text);
}

#[test]
fn it_goes_on_for_nobody_else_and_for_no_other_site() {
    let world = World::new();
    let (mut browser, fields) = wrote(&world);
    everybody_is_signed_out(&world, "author");
    let other = [("door.staff", "everything"), ("door.password", PASSWORD)];
    let refused = send(&mut browser, "/admin/write", &fields, &other).expect_status(403);
    keeps(&refused.text, &fields);
    assert!(refused.header("set-cookie").is_none(), "nobody was let in");
    assert!(titles(&world, "everything").is_empty() && titles(&world, "author").is_empty());
    // A form that says nobody's name goes on for whoever signs in.
    let nobodys: Vec<_> = fields.iter().filter(|(name, _)| *name != "as").cloned().collect();
    let _ = send(&mut browser, "/admin/write", &nobodys, &other).expect_status(303);
    assert_eq!(titles(&world, "everything"), [TITLE]);

    let right = [("door.staff", "author"), ("door.password", PASSWORD)];
    let all: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain(right)
        .collect();
    let body = heliograph_tests::form(&all);
    for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let headers = [("content-type", "application/x-www-form-urlencoded"), foreign];
        let reply = world.http().send("POST", "/admin/write", &headers, body.as_bytes());
        assert!(
            matches!(reply.status, 303 | 403) && reply.header("set-cookie").is_none(),
            "{foreign:?}: {}",
            reply.text
        );
        assert!(!reply.text.contains("第二段"), "{foreign:?} has something carried");
    }
    assert!(titles(&world, "author").is_empty());
    // The control: the hub's own page may.
    let own = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let _ = world
        .http()
        .send("POST", "/admin/write", &own, body.as_bytes())
        .expect_status(303);
    assert_eq!(titles(&world, "author"), [TITLE]);
}

#[test]
fn a_second_factor_is_asked_for_at_the_door_and_what_was_typed_stays() {
    let world = World::new();
    let (mut browser, fields) = wrote(&world);
    let _ = browser.post("/admin/account/authenticator", &[]).expect_status(303);
    let page = browser.get("/admin/account/authenticator").text;
    let secret = page
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .replace(' ', "");
    let code = code_of(&secret, world.clock.now().0);
    let _ = browser
        .post("/admin/account/authenticator/confirm", &[("code", &code)])
        .expect_status(200);
    browser.forgets("heliograph_session");
    let right = [("door.staff", "author"), ("door.password", PASSWORD)];
    let asked = send(&mut browser, "/admin/write", &fields, &right)
        .expect_status(401)
        .text;
    keeps(&asked, &fields);
    assert!(!asked.contains(PASSWORD), "the password is not carried");
    let ticket = hidden(&asked, "door.ticket");
    let wrong = [("door.ticket", ticket.as_str()), ("door.code", "000000")];
    let again = send(&mut browser, "/admin/write", &fields, &wrong).text;
    keeps(&again, &fields);
    assert_eq!(hidden(&again, "door.ticket"), ticket);
    world.clock.set(world.clock.now().plus_ms(30_000));
    let code = code_of(&secret, world.clock.now().0);
    let right = [("door.ticket", ticket.as_str()), ("door.code", code.as_str())];
    let on = send(&mut browser, "/admin/write", &fields, &right).expect_status(303);
    assert!(browser.get(on.header("location").unwrap()).text.contains("第二段"));
}

#[test]
fn a_script_hears_that_nobody_is_signed_in_and_a_form_too_long_is_not_carried() {
    let world = World::new();
    let (mut browser, mut fields) = wrote(&world);
    browser.forgets("heliograph_session");
    let quietly = send(&mut browser, "/admin/write", &fields[..8], &[("then", "autosave")]).expect_status(401);
    assert_eq!(
        (quietly.json["kind"].as_str(), quietly.json["note"].as_str()),
        (Some("not-signed-in"), Some("登录已过期"))
    );
    // Characters of one byte: as the form is sent, each takes three.
    fields[5].1 = "x".repeat(340 * 1024);
    let long = send(&mut browser, "/admin/write", &fields, &[]).expect_status(401).text;
    assert!(
        long.contains("这份表单太长") && long.len() < 8 * 1024,
        "{} bytes",
        long.len()
    );
    // The control: a long one that is short enough is.
    fields[5].1 = "x".repeat(300 * 1024);
    let kept = send(&mut browser, "/admin/write", &fields, &[]).expect_status(401).text;
    keeps(&kept, &fields);
    // Signing out when nobody is signed in asks for nothing.
    let out = browser.post("/admin/logout", &[]).expect_status(303);
    assert_eq!(out.header("location"), Some("/admin/login"));
}
