//! Every address, asked as every role: who is let in is who `docs/endpoints.md` names, and nobody else.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::staff::{Role, Verb, may};
use heliograph_tests::{FIRST_PASSWORD, NOTICE_ENTRY, PASSWORD, STRIP, World, hire, notice};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

/// A row of the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    method: String,
    path: String,
    who: String,
}

fn rows() -> Vec<Row> {
    let document = std::fs::read_to_string(root().join("docs/endpoints.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.split('|')
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect()
    };
    let lines = document
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('/'));
    lines
        .map(|line| {
            let cells = cells(line);
            Row {
                method: cells[1].clone(),
                path: cells[2].clone(),
                who: cells[3].clone(),
            }
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The routes of the hub, as its sources make them: `.route("/path", get(…).post(…))`.
fn routes_in(source: &str) -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for (at, _) in source.match_indices(".route(") {
        let body = until_closed(&source[at + ".route(".len()..]);
        let path = body.split('"').nth(1).unwrap().to_owned();
        let handlers = &body[body.find(&path).unwrap() + path.len()..];
        for method in ["get", "post", "put", "delete", "patch", "any", "head", "options"] {
            for (at, _) in handlers.match_indices(&format!("{method}(")) {
                let before = handlers[..at].chars().last().unwrap_or(' ');
                if before == '.' || before.is_whitespace() {
                    routes.push((method.to_uppercase(), path.clone()));
                }
            }
        }
    }
    routes
}

fn until_closed(text: &str) -> &str {
    let mut open = 1;
    for (at, letter) in text.char_indices() {
        open += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if open == 0 {
            return &text[..at];
        }
    }
    panic!("a route is not closed");
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Whether a row speaks of a route: `/x/{id}/review` of `/x/{id}/{verb}`.
fn speaks_of(row: &Row, method: &str, path: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (row.path.split('/').collect(), path.split('/').collect());
    let fits = |(ours, theirs): (&&str, &&str)| ours == theirs || (theirs.starts_with('{') && !ours.starts_with('{'));
    row.method == method && ours.len() == theirs.len() && ours.iter().zip(&theirs).all(fits)
}

#[test]
fn every_address_of_the_hub_has_its_row_and_every_row_its_address() {
    let mut texts = Vec::new();
    sources(&root().join("crates/hub/src"), &mut texts);
    let routes: Vec<(String, String)> = texts.iter().flat_map(|text| routes_in(text)).collect();
    assert!(routes.len() > 150, "{}", routes.len());
    let rows = rows();
    for (method, path) in &routes {
        assert!(
            rows.iter().any(|row| speaks_of(row, method, path)),
            "{method} {path} has no row in docs/endpoints.md"
        );
    }
    for row in &rows {
        let known = routes.iter().any(|(method, path)| speaks_of(row, method, path));
        assert!(known, "{} {} of docs/endpoints.md is no address", row.method, row.path);
    }
    assert_eq!(
        rows.iter().collect::<BTreeSet<_>>().len(),
        rows.len(),
        "a row stands twice"
    );
    // The control: a route that nobody wrote down is found.
    let sneaked = routes_in("Router::new().route(\n\"/api/v1/backdoor\",\n get(a::b).delete(c))");
    assert_eq!(
        sneaked,
        [("GET", "/api/v1/backdoor"), ("DELETE", "/api/v1/backdoor")].map(|(m, p)| (m.to_owned(), p.to_owned()))
    );
    assert!(!rows.iter().any(|row| speaks_of(row, "GET", "/api/v1/backdoor")));
}

/// What the hub said first.
struct Said {
    status: u16,
    head: String,
}

impl Said {
    /// Kept out: told so, or sent to the door. (Whoever signs out is sent there, too, with a cookie taken away.)
    fn kept_out(&self) -> bool {
        let to_the_door = self.head.contains("location: /admin/login") && !self.head.contains("set-cookie");
        matches!(self.status, 401 | 403) || to_the_door
    }
}

/// Asks without waiting for more than the head of the answer: streams have no end.
fn ask(world: &World, token: Option<&str>, method: &str, path: &str, body: &str) -> Said {
    let address = world.hub().http_addr();
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = if path.starts_with("/admin") {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let token = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\n{token}content-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .unwrap_or_else(|| panic!("{method} {path}: no answer"))
        .parse()
        .unwrap();
    Said { status, head }
}

/// The office that is asked, and things in it to ask for.
struct Asked {
    world: World,
    publication: String,
    display: String,
}

impl Asked {
    fn new() -> Self {
        let world = World::new();
        let publication = world.people.approved("notice", NOTICE_ENTRY, &notice("问到的信息"));
        let display = world.display("strip", STRIP, &["hall"]).id.to_string();
        for role in Role::ALL {
            let role = json!(role);
            let wish = json!({
                "id": format!("only-{}", role.as_str().unwrap()), "name": {"zh-Hans": "一人"}, "department": "office",
                "roles": [role],
            });
            let _ = hire(&world.people.admin, &wish);
        }
        Self {
            world,
            publication,
            display,
        }
    }

    fn sign_in(&self, staff: &str) -> String {
        let wish = json!({"staff": staff, "password": PASSWORD});
        let session = self.world.http().post("/api/v1/sessions", &wish).expect_status(201);
        session.json["token"].as_str().unwrap().to_owned()
    }

    /// A path with something that is there, or nothing that is.
    fn concrete(&self, path: &str) -> String {
        let of = |part: &str| path.contains(part);
        let id = match () {
            () if of("/publications/{id}") => self.publication.as_str(),
            () if of("/displays/{id}") && !of("retire") && !of("revoke") => self.display.as_str(),
            () if of("/staff/{id}") => "ghost",
            () => "019a0000-0000-7000-8000-000000000000",
        };
        let hash = "00".repeat(32);
        path.replace("{id}", id)
            .replace("{hash}", &hash)
            .replace("{display}", &self.display)
            .replace("{tag}", "en")
            .replace("{token}", "none")
            .replace("{comment}", "none")
            .replace("{step}", "review")
            .replace("{year}", "2026")
            .replace("{*path}", "0/000")
    }

    fn said(&self, token: Option<&str>, row: &Row) -> Said {
        let reason = |form: &'static str, json: &'static str| if row.path.starts_with("/admin") { form } else { json };
        let body = match row.path.rsplit('/').next().unwrap() {
            "reject" | "request-erasure" => reason("reason=x", "{\"reason\":\"x\"}"),
            "auth" | "acl" => {
                "{\"clientid\":\"x\",\"username\":\"x\",\"password\":\"x\",\"topic\":\"x\",\"action\":\"publish\"}"
            }
            "release" => reason("channels=hall", "{\"channels\":[\"hall\"]}"),
            _ => reason("", "{}"),
        };
        ask(
            &self.world,
            token,
            &row.method,
            &self.concrete(&row.path),
            if row.method == "GET" { "" } else { body },
        )
    }
}

/// Whether a row names somebody with these roles.
fn names(row: &Row, roles: &BTreeSet<Role>) -> bool {
    match row.who.as_str() {
        "Everyone" | "Machine" | "Way back" => true,
        "Display" | "Broker" => false,
        "Person" => may(roles, Verb::Read),
        verb => {
            let verb = Verb::ALL.into_iter().find(|known| format!("{known:?}") == verb);
            may(
                roles,
                verb.unwrap_or_else(|| panic!("{row:?} names nobody that there is")),
            )
        }
    }
}

/// Open to all, but a request without the secret that it is about is told so in the same words.
fn wants_a_secret(row: &Row) -> bool {
    matches!(
        row.path.as_str(),
        "/admin/login/code" | "/api/v1/setup" | "/admin/setup"
    ) || row.path.starts_with("/api/v1/enrolments")
}

#[test]
fn each_role_is_let_in_where_its_row_says_and_nowhere_else() {
    let asked = Asked::new();
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let (roles, who) = (
            BTreeSet::from([role]),
            format!("only-{}", json!(role).as_str().unwrap()),
        );
        let mut token = asked.sign_in(&who);
        for row in &rows() {
            if wants_a_secret(row) && row.who != "OperateDisplays" {
                continue;
            }
            let said = asked.said(Some(&token), row);
            // Sent on to a page that asks for itself.
            let kept_out = said.kept_out() && !(row.path == "/admin/login/code" && row.method == "GET");
            if kept_out == names(row, &roles) {
                wrong.push(format!(
                    "{who}: {} {} ({}) was answered {}",
                    row.method, row.path, row.who, said.status
                ));
            }
            if row.who == "Person" && row.method != "GET" || row.path.contains("sessions") || row.path.contains("login")
            {
                token = asked.sign_in(&who);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whoever_knows_a_password_that_somebody_else_set_gets_nowhere_but_to_the_choice_of_another() {
    let asked = Asked::new();
    let everything = json!({
        "id": "of-all-roles", "name": {"zh-Hans": "一人"}, "department": "office", "roles": Role::ALL, "password": FIRST_PASSWORD,
    });
    let _ = asked
        .world
        .people
        .admin
        .post("/api/v1/staff", &everything)
        .expect_status(201);
    let wish = json!({"staff": "of-all-roles", "password": FIRST_PASSWORD});
    let session = asked
        .world
        .http()
        .post("/api/v1/sessions", &wish)
        .expect_status(201)
        .json;
    let token = session["token"].as_str().unwrap();
    let open = |row: &Row| {
        let free = matches!(
            row.who.as_str(),
            "Everyone" | "Machine" | "Way back" | "Display" | "Broker"
        );
        let of_the_choice = row.path.ends_with("/account/password")
            || row.path.starts_with("/api/v1/sessions/current")
            || row.path.starts_with("/api/v1/passkeys/confirm")
            || (row.method == "GET" && row.path == "/api/v1/account/changes")
            || row.path == "/admin/logout";
        free || of_the_choice
    };
    let mut kept_out = 0;
    for row in rows().iter().filter(|row| !open(row)) {
        let said = asked.said(Some(token), row);
        let sent = said.head.contains("location: /admin/account/password");
        assert!(
            said.status == 403 || sent,
            "{} {} was answered {}",
            row.method,
            row.path,
            said.status
        );
        kept_out += 1;
    }
    assert!(kept_out > 150, "{kept_out}");
    // The control: with a password of their own they get where their roles lead.
    let own = json!({"password": PASSWORD});
    let them = asked.world.http().with_token(token);
    let _ = them.put("/api/v1/account/password", &[], &own).expect_status(200);
    let _ = them.get("/api/v1/drafts").expect_status(200);
}

#[test]
fn nobody_and_whoever_is_disabled_are_let_in_only_where_everyone_is() {
    let asked = Asked::new();
    let disabled = asked.sign_in("only-administrator");
    let _ = asked
        .world
        .people
        .admin
        .post("/api/v1/staff/only-administrator/disable", &json!({}))
        .expect_status(200);
    for token in [None, Some("guess"), Some(disabled.as_str())] {
        for row in &rows() {
            let open = matches!(row.who.as_str(), "Everyone" | "Machine" | "Way back");
            if !open {
                let said = asked.said(token, row);
                assert!(
                    said.kept_out(),
                    "{token:?}: {} {} was answered {}",
                    row.method,
                    row.path,
                    said.status
                );
            }
        }
    }
}

#[test]
fn every_answer_to_anybody_carries_the_headers_that_keep_browsers_safe() {
    let asked = Asked::new();
    let token = asked.sign_in("only-administrator");
    for (row, token) in rows()
        .iter()
        .flat_map(|row| [(row.clone(), None), (row.clone(), Some(token.as_str()))])
    {
        if row.who == "Person" && row.method != "GET" {
            continue;
        }
        let said = asked.said(token, &row);
        for header in [
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: same-origin",
            "content-security-policy: default-src 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                said.head.contains(header),
                "{} {}: {header}\n{}",
                row.method,
                row.path,
                said.head
            );
        }
        assert!(!said.head.contains("unsafe-"), "{} {}", row.method, row.path);
        assert!(!said.head.contains("access-control-"), "{} {}", row.method, row.path);
    }
}

#[test]
fn a_token_that_may_read_changes_nothing() {
    let asked = Asked::new();
    let admin = asked.world.http().with_token(&asked.sign_in("only-administrator"));
    let wish = json!({"label": "monitor", "days": 1, "scopes": ["read"]});
    let token = admin.post("/api/v1/tokens", &wish).expect_status(201).json;
    let token = token["token"].as_str().unwrap();
    let mut let_in = 0;
    for row in &rows() {
        let said = asked.said(Some(token), row);
        if row.who == "Read" {
            assert!(
                !said.kept_out(),
                "{} {} was answered {}",
                row.method,
                row.path,
                said.status
            );
            let_in += 1;
        } else if !matches!(row.who.as_str(), "Everyone" | "Machine" | "Way back") {
            assert!(
                said.kept_out(),
                "{} {} was answered {}",
                row.method,
                row.path,
                said.status
            );
        }
    }
    assert!(let_in > 20);
}
