//! Who may do what with *this* one: roles open an address, and whose a thing is decides the rest. Every address that names a thing
//! of somebody's is asked by its owner, by somebody who has a part in it, and by a stranger of the same role.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, PASSWORD, Reply, World, act, hire, notice};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// What is asked for, and who asks in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    /// A draft: its author, a colleague with whom it is shared, another author.
    Draft,
    /// A draft that waits to be let past the gate: a reviewer, a reviewer who wrote in it, another author.
    Referral,
    /// A session: its owner, two others.
    Session,
    /// A comment in review: who made it, another reviewer, the text's author.
    Comment,
    /// Somebody's address and substitute: they, two others.
    Person,
}

use Thing::{Comment, Draft, Person, Referral, Session};

/// Let in, or kept out.
const I: bool = true;
const O: bool = false;

/// Method, address, whose, and whether each of the three is let in.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Thing, [bool; 3])] = &[
    ("GET", "/api/v1/drafts/{id}", Draft, [I, I, O]),
    ("PUT", "/api/v1/drafts/{id}", Draft, [I, I, O]),
    ("DELETE", "/api/v1/drafts/{id}", Draft, [I, O, O]),
    ("PUT", "/api/v1/drafts/{id}/editors", Draft, [I, O, O]),
    ("DELETE", "/api/v1/drafts/{id}/notes", Draft, [I, I, O]),
    ("POST", "/api/v1/drafts/{id}/merge", Draft, [I, I, O]),
    ("POST", "/api/v1/drafts/{id}/refer", Draft, [I, O, O]),
    ("POST", "/api/v1/drafts/{id}/attachments", Draft, [I, I, O]),
    ("GET", "/api/v1/drafts/{id}/attachments/{hash}", Draft, [I, I, O]),
    ("DELETE", "/api/v1/drafts/{id}/attachments/{hash}", Draft, [I, I, O]),
    ("POST", "/api/v1/publications/{id}/submit", Draft, [I, O, O]),
    ("GET", "/admin/write/{id}", Draft, [I, I, O]),
    ("POST", "/admin/write/{id}", Draft, [I, I, O]),
    ("POST", "/admin/write/{id}/discard", Draft, [I, O, O]),
    ("POST", "/admin/write/{id}/share", Draft, [I, O, O]),
    ("POST", "/admin/write/{id}/notes", Draft, [I, I, O]),
    ("POST", "/admin/write/{id}/pictures", Draft, [I, I, O]),
    ("POST", "/admin/write/{id}/pictures/{hash}/remove", Draft, [I, I, O]),
    ("GET", "/admin/preview/{token}", Draft, [I, O, O]),
    ("GET", "/api/v1/referrals/{id}", Referral, [I, O, O]),
    ("POST", "/api/v1/referrals/{id}/override", Referral, [I, O, O]),
    ("POST", "/api/v1/referrals/{id}/decline", Referral, [I, O, O]),
    ("GET", "/admin/referrals/{id}", Referral, [I, O, O]),
    ("POST", "/admin/referrals/{id}/override", Referral, [I, O, O]),
    ("POST", "/admin/referrals/{id}/decline", Referral, [I, O, O]),
    ("DELETE", "/api/v1/sessions/{id}", Session, [I, O, O]),
    ("POST", "/admin/account/sessions/{id}/end", Session, [I, O, O]),
    ("POST", "/admin/account/tokens/{id}/end", Session, [I, O, O]),
    ("PUT", "/api/v1/publications/{id}/comments/{comment}", Comment, [I, I, I]),
    ("DELETE", "/api/v1/publications/{id}/comments/{comment}", Comment, [I, O, O]),
    ("POST", "/admin/publications/{id}/comments/{comment}/mark", Comment, [I, I, I]),
    ("POST", "/admin/publications/{id}/comments/{comment}/remove", Comment, [I, O, O]),
    ("GET", "/api/v1/staff/{id}/address", Person, [I, O, O]),
    ("PUT", "/api/v1/staff/{id}/address", Person, [I, O, O]),
    ("PUT", "/api/v1/staff/{id}/substitute", Person, [I, O, O]),
    ("DELETE", "/api/v1/staff/{id}/substitute", Person, [I, O, O]),
];

/// Addresses that name something which is nobody's own: whoever has the role may, and `authorisation.rs` asks each.
#[rustfmt::skip]
const NOBODYS: &[&str] = &[
    "/p/", "/wall/", "/log/", "/content/", "/media/", "/ledger/", "/admin/language/", "/admin/displays/", "/admin/catalogue/entries/", "/admin/staff/", "/api/v1/displays/",
    "/api/v1/enrolments/", "/api/v1/calendar/", "/api/v1/device/",
    // Texts on their way and texts that are out: four eyes are decided by the workflow, and `review.rs` has those stories.
    "/admin/publications/{id}", "/api/v1/publications/{id}",
    // Templates are everybody's who writes.
    "/admin/templates/{id}", "/api/v1/templates/{id}",
    // Addresses of other people's accounts, for administrators; one's own address and substitute are in the table.
    "/api/v1/staff/{id}/leave", "/api/v1/staff/{id}/disable", "/api/v1/staff/{id}/enable", "/api/v1/staff/{id}/reset-second-factor",
    // Only a real browser makes a passkey: `passkeys.rs` removes one's own.
    "/api/v1/passkeys/{id}/remove", "/admin/account/passkeys/{id}/remove",
    // What follows the typing in a form holds that form alone.
    "/admin/preview/{token}",
];

/// Three people, by the API and in a browser.
struct Three {
    api: [Http; 3],
    browsers: [Browser; 3],
    ids: [String; 3],
}

impl Three {
    fn new(world: &World, roles: [(&str, &[&str]); 3]) -> Self {
        let ids = roles.map(|(id, roles)| {
            let wish = json!({"id": id, "name": {"zh-Hans": "一人"}, "department": "office", "roles": roles});
            let _ = hire(&world.people.admin, &wish);
            id.to_owned()
        });
        Self {
            api: [0, 1, 2].map(|at| signed_in(world, &ids[at])),
            browsers: [0, 1, 2].map(|at| Browser::signed_in(world, &ids[at])),
            ids,
        }
    }
}

fn signed_in(world: &World, id: &str) -> Http {
    let wish = json!({"staff": id, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
    world
        .http()
        .with_token(session["token"].as_str().unwrap())
        .with_password(PASSWORD)
}

struct Asked {
    world: World,
    authors: Three,
    reviewers: Three,
}

/// What stands for the blanks of an address, and what a request says.
#[derive(Default)]
struct Made {
    id: String,
    more: String,
    hash: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[200; 16 * 16 * 3]).unwrap();
    drop(writer);
    bytes
}

impl Asked {
    fn new() -> Self {
        let world = World::new();
        let author: &[&str] = &["author"];
        let authors = Three::new(&world, [("owner", author), ("colleague", author), ("stranger", author)]);
        let both: &[&str] = &["author", "confidentiality-reviewer"];
        let reviewers = Three::new(&world, [("reads", both), ("wrote", both), ("writes", author)]);
        Self {
            world,
            authors,
            reviewers,
        }
    }

    fn people(&mut self, thing: Thing) -> &mut Three {
        match thing {
            Draft | Session | Person => &mut self.authors,
            Referral | Comment => &mut self.reviewers,
        }
    }

    /// A thing of its own for each question: who is let in may have ended it.
    fn made(&mut self, thing: Thing, path: &str) -> Made {
        match thing {
            Draft => self.draft(path),
            Referral => self.referral(),
            Session => self.session(),
            Comment => self.comment(),
            Person => self.person(path),
        }
    }

    fn draft(&self, path: &str) -> Made {
        let [owner, ..] = &self.authors.api;
        // What the gate blocks can be referred, and nothing else can.
        let said = if path.ends_with("/refer") {
            "内部资料，秘密★10年"
        } else {
            "值班安排"
        };
        let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(said)});
        let id = text(&owner.post("/api/v1/drafts", &wish).expect_status(201).json["id"]);
        let mut more = String::new();
        if path.contains("{hash}") {
            let headers = [("content-type", "image/png")];
            let added = owner.send(
                "POST",
                &format!("/api/v1/drafts/{id}/attachments?name=x"),
                &headers,
                &picture(),
            );
            more = text(&added.expect_status(201).json["attachments"][0]["hash"]);
        }
        let editors = json!({"editors": [self.authors.ids[1]]});
        let shared = owner.put(&format!("/api/v1/drafts/{id}/editors"), &[], &editors);
        let hash = text(&shared.expect_status(200).json["hash"]);
        if path.contains("{token}") {
            let page = self.authors.browsers[0].get(&format!("/admin/write/{id}")).text;
            let from = page.split("/admin/preview/").nth(1).unwrap();
            more = from.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        }
        Made { id, more, hash }
    }

    fn referral(&self) -> Made {
        let [_, wrote, writes] = &self.reviewers.api;
        let wish = |title: &str| json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
        let made = writes
            .post("/api/v1/drafts", &wish("内部资料，秘密★10年"))
            .expect_status(201)
            .json;
        let id = text(&made["id"]);
        let path = format!("/api/v1/drafts/{id}");
        let editors = json!({"editors": [self.reviewers.ids[1]]});
        let shared = writes.put(&format!("{path}/editors"), &[], &editors).expect_status(200);
        let seen = text(&shared.json["hash"]);
        let changed = wrote.put(&path, &[("if-match", &seen)], &wish("内部资料，秘密★20年"));
        let hash = text(&changed.expect_status(200).json["hash"]);
        let _ = writes.post(&format!("{path}/refer"), &json!({})).expect_status(200);
        Made {
            id,
            hash,
            ..Made::default()
        }
    }

    fn session(&self) -> Made {
        let fresh = signed_in(&self.world, &self.authors.ids[0]);
        let all = fresh.get("/api/v1/sessions").expect_status(200).json;
        let current = all["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["current"] == true);
        Made {
            id: text(&current.unwrap()["id"]),
            ..Made::default()
        }
    }

    /// Who is to be on leave must be before they can be back.
    fn person(&self, path: &str) -> Made {
        let id = self.authors.ids[0].clone();
        if path.ends_with("/substitute") {
            let leave = body(path, &Made::default()).parse::<Value>().unwrap();
            let path = format!("/api/v1/staff/{id}/substitute");
            let _ = self.authors.api[0].put(&path, &[], &leave).expect_status(200);
        }
        Made { id, ..Made::default() }
    }

    fn comment(&self) -> Made {
        let [reads, _, writes] = &self.reviewers.api;
        let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("值班安排")});
        let id = text(&writes.post("/api/v1/drafts", &wish).expect_status(201).json["id"]);
        let _ = act(writes, &id, "submit", &json!({})).expect_status(200);
        let said = reads.post(
            &format!("/api/v1/publications/{id}/comments"),
            &json!({"text": "请核对"}),
        );
        Made {
            id,
            more: text(&said.expect_status(201).json["id"]),
            ..Made::default()
        }
    }

    /// Asks as one of the three.
    fn said(&mut self, (method, path, thing): (&str, &str, Thing), at: usize, made: &Made) -> Reply {
        let where_to = path
            .replace("{id}", &made.id)
            .replace("{hash}", &made.more)
            .replace("{comment}", &made.more)
            .replace("{token}", &made.more);
        let people = self.people(thing);
        if path.starts_with("/admin") {
            let browser = &mut people.browsers[at];
            return match (method, path.ends_with("/pictures")) {
                ("GET", _) => browser.get(&where_to),
                (_, true) => browser.post_file(&where_to, &upload()),
                _ => {
                    let fields = fields(path, made);
                    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
                    browser.post(&where_to, &fields)
                }
            };
        }
        let (caller, tag) = (&people.api[at], format!("\"{}\"", made.hash));
        if path.ends_with("/attachments") {
            let headers = [("content-type", "image/png")];
            return caller.send(method, &format!("{where_to}?name=x"), &headers, &picture());
        }
        let mut headers = vec![("content-type", "application/json")];
        if !made.hash.is_empty() {
            headers.push(("if-match", tag.as_str()));
        }
        // What is taken away says nothing more.
        let body = if method == "DELETE" {
            String::new()
        } else {
            body(path, made)
        };
        caller.send(method, &where_to, &headers, body.as_bytes())
    }
}

/// What a request must say to be taken.
fn body(path: &str, made: &Made) -> String {
    let wish = || json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("值班安排有变")});
    let body = match path.rsplit('/').next().unwrap() {
        "editors" => json!({"editors": []}),
        "merge" => wish(),
        "override" => json!({"reason": "不涉密", "hash": made.hash}),
        "decline" => json!({"reason": "涉密"}),
        "address" => json!({"address": "a@example.cn"}),
        "substitute" => {
            json!({"substitute": "colleague", "from": "2098-01-01", "until": "2098-01-02"})
        }
        "{comment}" => json!({"dealt_with": true}),
        "{id}" if path.contains("/drafts/") => wish(),
        _ => json!({}),
    };
    body.to_string()
}

/// The same for a form.
fn fields(path: &str, made: &Made) -> Vec<(&'static str, String)> {
    match path.rsplit('/').next().unwrap() {
        "{id}" => [
            ("kind", "notice"),
            ("catalogue_entry", NOTICE_ENTRY),
            ("content.zh-Hans.title", "值班安排有变"),
            ("then", "save"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into_iter()
        .chain([("hash", made.hash.clone())])
        .collect(),
        "override" => vec![("reason", "不涉密".to_owned()), ("hash", made.hash.clone())],
        "decline" => vec![("reason", "涉密".to_owned()), ("hash", made.hash.clone())],
        "mark" => vec![("dealt_with", "yes".to_owned())],
        _ => Vec::new(),
    }
}

fn upload() -> Vec<u8> {
    let mut body = b"--edge\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nx\r\n--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\r\n".to_vec();
    body.extend(picture());
    body.extend(b"\r\n--edge--\r\n");
    body
}

#[test]
fn whose_it_is_decides_who_is_let_in() {
    let mut asked = Asked::new();
    let mut wrong = Vec::new();
    for (method, path, thing, expected) in TABLE {
        for (at, expected) in expected.iter().enumerate() {
            let made = asked.made(*thing, path);
            let reply = asked.said((method, path, *thing), at, &made);
            // What is not theirs is hidden from them, or they are told that it is not theirs.
            let kept_out = matches!(reply.status, 401 | 403 | 404);
            let done = reply.status < 400;
            if (*expected && !done) || (!expected && !kept_out) {
                let who = &asked.people(*thing).ids[at];
                let said: String = reply.text.chars().take(300).collect();
                wrong.push(format!("{method} {path} by {who}: {} {said}", reply.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_address_that_names_something_is_in_the_table_or_nobodys() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/endpoints.md");
    let document = std::fs::read_to_string(document).unwrap();
    let rows: BTreeSet<(String, String)> = document
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('{') && !line.contains("Way back"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            (cells[1].to_owned(), cells[2].to_owned())
        })
        .collect();
    assert!(rows.len() > 80, "{}", rows.len());
    let known = |method: &str, path: &str| TABLE.iter().any(|(m, p, ..)| (*m, *p) == (method, path));
    let missing = |rows: &BTreeSet<(String, String)>| -> Vec<(String, String)> {
        let nobodys = |path: &str| NOBODYS.iter().any(|start| path.starts_with(start));
        let missing = rows
            .iter()
            .filter(|(method, path)| !known(method, path) && !nobodys(path));
        missing.cloned().collect()
    };
    assert_eq!(missing(&rows), [], "say in the table whose these are");
    for (method, path, ..) in TABLE {
        assert!(
            rows.contains(&((*method).to_owned(), (*path).to_owned())),
            "{method} {path} is no address"
        );
    }
    // The control: a new one is missed.
    let more = rows
        .into_iter()
        .chain([("GET".to_owned(), "/api/v1/drafts/{id}/secrets".to_owned())])
        .collect();
    assert_eq!(missing(&more).len(), 1);
}
