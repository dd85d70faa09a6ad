//! Reminders by e-mail, taken by a real mail server (aiosmtpd): once a working day, never twice, nothing when nothing is due.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Instant;
use heliograph_tests::{Browser, Http, NOTICE_ENTRY, PASSWORD, World, hidden, notice};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const HOUR_MS: u64 = 3_600_000;
/// Friday, 11 May 2040, six in the morning at the office.
const FRIDAY_AT_SIX: Instant = Instant(2_220_300_000_000);

/// A mail server, and what it was given.
struct MailServer {
    child: Child,
    port: u16,
    letters: Receiver<Value>,
}

impl MailServer {
    fn start(manner: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/smtp_server.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args(manner)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (said, letters) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = said.send(serde_json::from_str(&line).unwrap());
            }
        });
        let first: Value = letters.recv_timeout(Duration::from_secs(30)).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self { child, port, letters }
    }

    /// All that it was given since. A mark is sent after the letters and read back behind them.
    fn given(&self) -> Vec<Value> {
        let mut server = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        server.write_all(b"EHLO test\r\nVRFY mark\r\n").unwrap();
        let all = std::iter::repeat_with(|| self.letters.recv_timeout(Duration::from_secs(30)).unwrap());
        all.take_while(|letter| letter.get("mark").is_none()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signed_in(world: &World, who: &str) -> Http {
    let body = json!({"staff": who, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &body).expect_status(201);
    world
        .http()
        .with_token(session.json["token"].as_str().unwrap())
        .with_password(PASSWORD)
}

/// The office at this time; the author has an address. Of the author's entries one asks since 2026 or so.
fn office(world: &World, now: Instant) -> Http {
    world.clock.set(now);
    let author = signed_in(world, "author");
    let _ = author
        .put(
            "/api/v1/staff/author/address",
            &[],
            &json!({"address": "li@binhe.example"}),
        )
        .expect_status(200);
    author
}

#[test]
fn a_letter_goes_out_on_working_days_at_half_past_eight_and_once() {
    let server = MailServer::start(&[]);
    let mut world = World::with_mail(server.port);
    let _ = office(&world, FRIDAY_AT_SIX);
    world.reminders_are_looked_at();
    assert!(server.given().is_empty(), "not before half past eight");
    world.clock.set(FRIDAY_AT_SIX.plus_ms(5 * HOUR_MS / 2));
    world.reminders_are_looked_at();
    let letters = server.given();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!(
        (&letter["from"], &letter["to"]),
        (&json!("notices@binhe.example"), &json!(["li@binhe.example"]))
    );
    assert_eq!(letter["subject"], "公开目录提醒：逾期 1 项 / Disclosure: 1 overdue");
    assert_eq!(
        (&letter["type"], &letter["auto_submitted"]),
        (&json!("text/plain"), &json!("auto-generated"))
    );
    assert_eq!(letter["message_id"], "<2040-05-11.author.binhe@binhe.example>");
    let text = letter["text"].as_str().unwrap();
    let (zh, en) = text.split_once("----").unwrap();
    assert!(
        zh.contains("李拟稿，您好") && zh.contains("BH-guides 通知公告") && zh.contains("滨河市外事服务中心"),
        "{text}"
    );
    assert!(en.contains("Overdue") && en.contains("/admin/catalogue"), "{text}");

    world.clock.set(FRIDAY_AT_SIX.plus_ms(6 * HOUR_MS));
    world.reminders_are_looked_at();
    world.hub_goes_away();
    world.hub_comes_back();
    world.reminders_are_looked_at();
    assert!(
        server.given().is_empty(),
        "one day is told once, whatever happens to the hub"
    );
    world.clock.set(FRIDAY_AT_SIX.plus_ms(30 * HOUR_MS));
    world.reminders_are_looked_at();
    assert!(server.given().is_empty(), "Saturday");
    world.clock.set(FRIDAY_AT_SIX.plus_ms(78 * HOUR_MS));
    world.reminders_are_looked_at();
    assert_eq!(server.given().len(), 1, "Monday");
}

#[test]
fn who_answers_for_nothing_that_is_due_hears_nothing() {
    let server = MailServer::start(&[]);
    let world = World::with_mail(server.port);
    world.clock.set(FRIDAY_AT_SIX.plus_ms(4 * HOUR_MS));
    let reviewer = signed_in(&world, "reviewer");
    let wish = json!({"address": "wang@binhe.example"});
    let _ = reviewer
        .put("/api/v1/staff/reviewer/address", &[], &wish)
        .expect_status(200);
    world.reminders_are_looked_at();
    assert!(
        server.given().is_empty(),
        "the reviewer has no entry, and the author no address"
    );
}

/// What a letter to somebody says.
fn told(letters: &[Value], whom: &str) -> String {
    let letter = letters.iter().find(|letter| letter["to"] == json!([whom]));
    let letter = letter.unwrap_or_else(|| panic!("nothing for {whom}: {letters:?}"));
    letter["text"].as_str().unwrap().to_owned()
}

#[test]
fn what_waits_is_told_and_an_entry_is_never_nobodys() {
    let server = MailServer::start(&[]);
    let world = World::with_mail(server.port);
    let title = "关于窗口时间的通知";
    let _ = world.people.submitted("notice", NOTICE_ENTRY, &notice(title));
    let _ = office(&world, FRIDAY_AT_SIX);
    for (who, address) in [("reviewer", "wang@binhe.example"), ("admin", "zhou@binhe.example")] {
        let wish = json!({"address": address});
        let put = signed_in(&world, who).put(&format!("/api/v1/staff/{who}/address"), &[], &wish);
        let _ = put.expect_status(200);
    }
    let morning = |days: u64| {
        world.clock.set(FRIDAY_AT_SIX.plus_ms((3 + 24 * days) * HOUR_MS));
        world.reminders_are_looked_at();
        server.given()
    };
    // Friday: the reviewer hears what waits for them; the administrator, for whom nothing waits, hears nothing.
    let letters = morning(0);
    assert_eq!(letters.len(), 2, "{letters:?}");
    let reviewer = told(&letters, "wang@binhe.example");
    assert!(reviewer.contains(&format!("- 《{title}》：待保密审查")), "{reviewer}");
    assert!(reviewer.contains(&format!("- “{title}”: To be reviewed")), "{reviewer}");
    assert!(
        told(&letters, "li@binhe.example").contains("2026年"),
        "days as people write them"
    );

    // Monday: the author is on leave, and the reviewer stands in.
    let substitute = json!({"substitute": "reviewer", "from": "2040-05-12", "until": "2040-05-20"});
    let put = signed_in(&world, "admin").put("/api/v1/staff/author/substitute", &[], &substitute);
    let _ = put.expect_status(200);
    let reviewer = told(&morning(3), "wang@binhe.example");
    assert!(
        reviewer.contains("通知公告") && reviewer.contains("（您代理李拟稿）"),
        "{reviewer}"
    );

    // Tuesday: the author may not come in any more, and hears nothing; somebody has to be named.
    let disable = signed_in(&world, "admin").post("/api/v1/staff/author/disable", &json!({}));
    let _ = disable.expect_status(200);
    let letters = morning(4);
    assert!(
        letters.iter().all(|letter| letter["to"] != json!(["li@binhe.example"])),
        "{letters:?}"
    );
    let admin = told(&letters, "zhou@binhe.example");
    assert!(
        admin.contains("通知公告") && admin.contains("请指定新的负责人"),
        "{admin}"
    );
}

#[test]
fn a_letter_that_the_server_refuses_is_told_in_the_admin_and_offered_again() {
    let server = MailServer::start(&["1"]);
    let world = World::with_mail(server.port);
    let now = FRIDAY_AT_SIX.plus_ms(3 * HOUR_MS);
    let _ = office(&world, now);
    world.reminders_are_looked_at();
    assert_eq!(server.given(), [json!({"refused": ["li@binhe.example"]})]);
    let admin = Browser::signed_in(&world, "admin");
    assert!(admin.get("/admin").text.contains("今天有 1 封提醒邮件没有送达"));
    let page = admin.get("/admin/reminders").text;
    assert!(
        page.contains("未发出，稍后再试") && page.contains("come again later"),
        "{page}"
    );
    world.reminders_are_looked_at();
    assert!(server.given().is_empty(), "not at once");
    world.clock.set(now.plus_ms(HOUR_MS / 4));
    world.reminders_are_looked_at();
    assert_eq!(server.given().len(), 1);
    assert!(!admin.get("/admin").text.contains("提醒邮件没有送达"));
    let sent = signed_in(&world, "admin")
        .get("/api/v1/reminders")
        .expect_status(200)
        .json;
    assert_eq!(sent["sent"][0]["outcome"], "sent");
}

#[test]
fn a_letter_that_may_have_arrived_is_not_sent_again() {
    let server = MailServer::start(&["0", "vanish"]);
    let world = World::with_mail(server.port);
    let now = FRIDAY_AT_SIX.plus_ms(3 * HOUR_MS);
    let _ = office(&world, now);
    world.reminders_are_looked_at();
    assert_eq!(server.given().len(), 1);
    let admin = Browser::signed_in(&world, "admin");
    assert!(admin.get("/admin/reminders").text.contains("不能确定是否送达"));
    world.clock.set(now.plus_ms(2 * HOUR_MS));
    world.reminders_are_looked_at();
    assert!(server.given().is_empty());
}

#[test]
fn an_address_is_ones_own_and_goes_when_its_person_goes() {
    let world = World::new();
    let people = &world.people;
    let put = |who: &Http, id: &str, address: Value| {
        who.put(
            &format!("/api/v1/staff/{id}/address"),
            &[],
            &json!({"address": address}),
        )
    };
    let _ = put(&people.author, "author", json!("li@binhe.example")).expect_status(200);
    for wrong in ["li", "li@binhe.example\nBcc: x@y.example", "Li <li@binhe.example>"] {
        assert!(
            matches!(put(&people.author, "author", json!(wrong)).status, 422),
            "{wrong}"
        );
    }
    assert_eq!(put(&people.author, "reviewer", json!("x@y.example")).status, 403);
    assert_eq!(people.reviewer.get("/api/v1/staff/author/address").status, 403);
    assert_eq!(put(&people.admin, "nobody", json!("x@y.example")).status, 404);
    let of_author = || people.admin.get("/api/v1/staff/author/address").expect_status(200).json["address"].clone();
    assert_eq!(of_author(), "li@binhe.example");
    let _ = people
        .admin
        .post("/api/v1/staff/author/leave", &json!({}))
        .expect_status(200);
    assert_eq!(of_author(), Value::Null);

    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let page = reviewer.get("/admin/reminders").expect_status(200).text;
    assert!(page.contains("还没有设置发信服务器") && !page.contains("提醒谁"));
    let fields = [
        ("key", hidden(&page, "key")),
        ("person", "reviewer".to_owned()),
        ("address", "王".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let wrong = reviewer.post("/admin/reminders", &fields).expect_status(422).text;
    assert!(
        wrong.contains("不是邮箱地址") && wrong.contains("value=\"王\""),
        "{wrong}"
    );
    let right = [("key", "k2"), ("person", "reviewer"), ("address", "wang@binhe.example")];
    let _ = reviewer.post("/admin/reminders", &right).expect_status(303);
    assert!(
        reviewer
            .get("/admin/reminders")
            .text
            .contains("value=\"wang@binhe.example\"")
    );
    Browser::signed_in(&world, "admin").reads_both_languages("/admin/reminders");
}
