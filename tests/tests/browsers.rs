//! What keeps browsers safe, on every address: no change is taken from another site's page, and whatever people type comes
//! out as text on every page that shows it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::staff::Role;
use heliograph_tests::{Browser, Http, STRIP, World, act, hire};
use serde_json::{Value, json};
use std::path::Path;

/// Method, address and who, of `docs/endpoints.md`.
fn rows() -> Vec<(String, String, String)> {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/endpoints.md");
    let document = std::fs::read_to_string(document).unwrap();
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("`/"));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        (cells[1].to_owned(), cells[2].to_owned(), cells[3].to_owned())
    })
    .collect()
}

/// Somebody with every role.
fn everybody(world: &World) -> Http {
    let wish = json!({
        "id": "of-all-roles", "name": {"zh-Hans": "周全能"}, "department": "office", "roles": Role::ALL,
    });
    hire(&world.people.admin, &wish)
}

/// An address with something in the place of its names.
fn concrete(path: &str, publication: &str, display: &str) -> String {
    let id = match () {
        () if path.contains("/publications/{id}") => publication,
        () if path.contains("/displays/{id}") => display,
        () if path.contains("/staff/{id}") => "author",
        () => "019a0000-0000-7000-8000-000000000000",
    };
    path.replace("{id}", id)
        .replace("{hash}", &"00".repeat(32))
        .replace("{display}", display)
        .replace("{step}", "review")
        .replace("{year}", "2026")
        .replace("{token}", "none")
        .replace("{tag}", "en")
        .replace("{*path}", "0/000")
}

#[test]
fn no_change_is_taken_from_a_page_of_another_site() {
    let world = World::new();
    let publication = world.people.publish_notice("已发布", &["hall"]);
    let display = world.display("strip", STRIP, &["hall"]).id.to_string();
    let session = everybody(&world);
    let cookie = format!("heliograph_session={}", session.token().unwrap());
    // Machines are no browsers: what they send carries no cookie that a browser would add by itself.
    let changes = rows()
        .into_iter()
        .filter(|(method, _, who)| method != "GET" && !matches!(who.as_str(), "Machine" | "Display" | "Broker"));
    let before = world.hub().log().head().unwrap().position;
    let mut asked = 0;
    for (method, path, _) in changes {
        let path = concrete(&path, &publication, &display);
        let kind = if path.starts_with("/admin") {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        for foreign in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let headers = [("cookie", cookie.as_str()), ("content-type", kind), foreign];
            let reply = world.http().send(&method, &path, &headers, b"");
            assert_eq!(reply.status, 403, "{method} {path} from {foreign:?}: {}", reply.text);
        }
        asked += 1;
    }
    assert!(asked > 80, "{asked}");
    assert_eq!(
        world.hub().log().head().unwrap().position,
        before,
        "nothing was written"
    );
    // The control: the hub's own page may.
    let own = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let _ = world
        .http()
        .send(
            "POST",
            "/api/v1/sessions/current/confirm",
            &own,
            br#"{"password":"a-long-password"}"#,
        )
        .expect_status(200);
    let _ = world
        .http()
        .send("POST", "/api/v1/site/blank", &own, b"{}")
        .expect_status(200);
    assert!(world.hub().log().head().unwrap().position > before);
}

/// What somebody types who means harm.
const EVIL: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'";

/// Types it wherever something can be typed; a publication and a display with it.
fn typed_everywhere(world: &World) -> (String, String) {
    let (people, evil) = (&world.people, json!({"zh-Hans": EVIL, "en": EVIL}));
    let admin = &people.admin;
    let site = json!({
        "name": {"zh-Hans": &EVIL[..50], "en": &EVIL[..50]}, "hotlines": [{"label": {"zh-Hans": &EVIL[..30]}, "number": &EVIL[..30]}], "hours": evil,
        "departments": {"office": {"zh-Hans": &EVIL[..50]}}, "public_url": "http://127.0.0.1", "time_zone": "Asia/Shanghai",
    });
    let _ = admin.put("/api/v1/site", &[], &site).expect_status(200);
    let _ = admin
        .post("/api/v1/channels", &json!({"name": "hall", "title": evil}))
        .expect_status(201);
    let person = json!({"id": "author", "name": {"zh-Hans": &EVIL[..50]}, "department": "office", "roles": ["author"]});
    let _ = admin.post("/api/v1/staff", &person).expect_status(201);
    let entry = json!({
        "id": "notices", "index_number": &EVIL[..50], "category": "finance", "cadence": "standing", "department": "office",
        "responsible": "author", "name": evil, "summary": evil,
    });
    let _ = admin.post("/api/v1/catalogue", &entry).expect_status(201);
    let display = world.display("strip", STRIP, &["hall"]).id.to_string();
    let setting = json!({
        "name": {"zh-Hans": &EVIL[..50]}, "location": evil, "profile": &EVIL[..50], "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
    });
    let _ = admin
        .put(&format!("/api/v1/displays/{display}"), &[], &setting)
        .expect_status(200);
    let _ = admin
        .post(&format!("/api/v1/displays/{display}/revoke"), &json!({"reason": EVIL}))
        .expect_status(200);
    let text = json!({"zh-Hans": {"title": EVIL, "body": format!("# {EVIL}\n\n[x](javascript:alert(1)) {EVIL}"), "department": EVIL, "date": "2026-11-24"}});
    let id = people.approved("notice", "notices", &text);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let withdrawn = people.approved("notice", "notices", &text);
    let _ = act(&people.approver, &withdrawn, "reject", &json!({"reason": EVIL})).expect_status(200);
    (id, display)
}

/// Whether a page has what was typed as anything but text.
fn runs(page: &str) -> bool {
    let page = page.to_lowercase();
    ["<script>alert", "<img src=x", "\"javascript:", "'javascript:"]
        .iter()
        .any(|mark| page.contains(mark))
}

#[test]
fn whatever_is_typed_comes_out_as_text_on_every_page() {
    let world = World::new();
    let (publication, display) = typed_everywhere(&world);
    let author = everybody(&world);
    let draft =
        json!({"kind": "notice", "catalogue_entry": "notices", "content": {"zh-Hans": {"title": EVIL, "body": EVIL}}});
    let draft: Value = author.post("/api/v1/drafts", &draft).expect_status(201).json;
    let browser = Browser::signed_in(&world, "of-all-roles");
    let query: String = EVIL.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut pages: Vec<String> = rows()
        .into_iter()
        .filter(|(method, _, who)| method == "GET" && !matches!(who.as_str(), "Machine" | "Display" | "Broker"))
        .filter(|(_, path, _)| !path.starts_with("/api/") && !path.ends_with("/live") && !path.ends_with(".png"))
        .map(|(_, path, _)| {
            concrete(&path, &publication, &display)
                .replace("/p/019a0000-0000-7000-8000-000000000000", &format!("/p/{publication}"))
        })
        .collect();
    pages.extend([
        format!("/admin/write/{}", draft["id"].as_str().unwrap()),
        format!("/admin/search?q={query}"),
        format!("/admin/audit?q={query}"),
        format!("/admin/audit?from={query}"),
        format!("/admin/publications?q={query}&state={query}&kind={query}"),
        format!("/admin/staff?edit={query}"),
        "/admin/staff?edit=author".to_owned(),
        "/admin/catalogue?edit=notices".to_owned(),
        format!("/?q={query}"),
        format!("/admin/login?next={query}"),
    ]);
    let mut shown = 0;
    for path in pages {
        let reply = browser.get(&path);
        assert!(reply.status < 500, "{path}: {}", reply.text);
        if !reply
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
        {
            continue;
        }
        assert!(!runs(&reply.text), "{path}:\n{}", reply.text);
        shown += usize::from(reply.text.contains("&lt;script&gt;alert(1)"));
    }
    assert!(
        shown > 14,
        "what was typed was looked for on pages that show it: {shown}"
    );
    // The control: it would be seen.
    assert!(runs(EVIL) && runs("<a href=\"javascript:alert(1)\">"));
}
