//! What the hub answers is what `/api/v1/openapi.json` says: Schemathesis sends what the document allows, and what it does
//! not, as each role, as nobody and with a token that may only read, and judges every answer.
//!
//! `HELIOGRAPH_EXAMPLES` is how many requests are drawn for each address (`scripts/soak openapi` asks for more), and
//! `HELIOGRAPH_SEED` from which seed.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::staff::Role;
use heliograph_tests::{Http, NOTICE_ENTRY, PASSWORD, STRIP, TempDir, World, act, hire, notice};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Of what stands in `docs/api.md` and in the document itself, everything is asked but the stream without an end.
const ENDLESS: &str = "/api/v1/events";
/// Whoever does this has locked themselves out: it is tried last.
const LOCKS_OUT: &str = "/api/v1/second-factor";
/// What is judged of an answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The program that judges, made where it is not there yet.
static JUDGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let made = Command::new(root().join("scripts/api-judge")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    PathBuf::from(String::from_utf8(made.stdout).unwrap().trim())
});

/// Who calls.
enum Who {
    Nobody,
    Staff(String),
    Token(String),
}

/// An office with something of everything in it, to be thrown away.
struct Judged {
    world: World,
    ids: Value,
    folder: TempDir,
}

fn slug(role: Role) -> String {
    json!(role).as_str().unwrap().to_owned()
}

impl Judged {
    fn new() -> Self {
        let world = World::new();
        let admin = &world.people.admin;
        for (id, roles) in Role::ALL
            .map(|role| (format!("only-{}", slug(role)), json!([role])))
            .into_iter()
            .chain([("of-all-roles".to_owned(), json!(Role::ALL))])
        {
            let wish = json!({"id": id, "name": {"zh-Hans": "一人"}, "department": "office", "roles": roles});
            let _ = hire(admin, &wish);
        }
        let ids = filled(&world);
        Self {
            world,
            ids,
            folder: TempDir::new(),
        }
    }

    /// What the judge says of the answers to these, and whether it has something against them.
    fn judged(&self, who: &Who, document: Option<&Value>, arguments: &[&str]) -> (bool, String) {
        let base = self.world.http().base().to_owned();
        let place = match document {
            None => format!("{base}/api/v1/openapi.json"),
            Some(document) => {
                let file = self.folder.path().join("openapi.json");
                std::fs::write(&file, document.to_string()).unwrap();
                file.display().to_string()
            }
        };
        let mut judge = Command::new(JUDGE.as_path());
        judge
            .args([
                "run",
                &place,
                "--url",
                &base,
                "--checks",
                CHECKS,
                "--no-color",
                "--continue-on-failure",
            ])
            .args([
                "--generation-database",
                "none",
                "--suppress-health-check",
                "all",
                "--request-timeout",
                "60",
                "--generation-with-security-parameters",
                "false",
            ])
            .args(["--exclude-path", ENDLESS])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PYTHONPATH", root().join("tests/python/api"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("HELIOGRAPH_BASE", &base)
            .env("HELIOGRAPH_IDS", self.ids.to_string());
        match who {
            Who::Nobody => &mut judge,
            Who::Staff(id) => judge.env("HELIOGRAPH_STAFF", id).env("HELIOGRAPH_PASSWORD", PASSWORD),
            Who::Token(token) => judge.env("HELIOGRAPH_BEARER", token),
        };
        let output = judge.output().unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.success(), said)
    }

    /// Everything is tried, as this caller; what locks them out comes last. At least `let_in` addresses must have done what
    /// was asked of them: a judge who never gets past the door has nothing against anybody.
    fn stands(&self, name: &str, who: &Who, let_in: usize) {
        let setting = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
        let (examples, seed) = (
            setting("HELIOGRAPH_EXAMPLES", "4"),
            setting("HELIOGRAPH_SEED", "20261127"),
        );
        let phases = setting("HELIOGRAPH_PHASES", "examples,fuzzing");
        let usual = ["--phases", &phases, "--max-examples", &examples, "--seed", &seed];
        for last in [["--exclude-path", LOCKS_OUT], ["--include-path", LOCKS_OUT]] {
            let (well, said) = self.judged(who, None, &[&usual[..], &last[..]].concat());
            assert!(well, "{name}, seed {seed}:\n{said}");
            if last[0] == "--exclude-path" {
                let went_well = self.went_well();
                assert!(
                    went_well.len() >= let_in,
                    "{name} got through only to {went_well:?}\n{said}"
                );
            }
        }
    }

    /// The addresses that answered the judge with what was asked for.
    fn went_well(&self) -> Vec<String> {
        let answered = std::fs::read_to_string(self.folder.path().join("answered.json")).unwrap();
        let answered: BTreeMap<String, Vec<u16>> = serde_json::from_str(&answered).unwrap();
        let well = answered
            .into_iter()
            .filter(|(_, statuses)| statuses.iter().any(|status| (200..300).contains(status)));
        well.map(|(address, _)| address).collect()
    }
}

/// Something at each step, and where it is.
fn filled(world: &World) -> Value {
    let people = &world.people;
    let text = |reply: Value, field: &str| reply[field].as_str().unwrap().to_owned();
    let released = people.publish_notice("已发布的通知", &["hall"]);
    let withdrawn = people.publish_notice("已撤回的通知", &["strips"]);
    let _ = act(&people.approver, &withdrawn, "withdraw", &json!({"reason": "有误"})).expect_status(200);
    let _ = act(
        &people.approver,
        &withdrawn,
        "request-erasure",
        &json!({"reason": "依法删除"}),
    )
    .expect_status(200);
    let submitted = people.submitted("notice", NOTICE_ENTRY, &notice("待审查的通知"));
    let approved = people.approved("notice", NOTICE_ENTRY, &notice("待发布的通知"));
    let of = |who: &Http| {
        let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("草稿")});
        text(who.post("/api/v1/drafts", &wish).expect_status(201).json, "id")
    };
    let blocked = {
        let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("内部资料，秘密★10年")});
        let id = text(
            people.author.post("/api/v1/drafts", &wish).expect_status(201).json,
            "id",
        );
        let _ = people
            .author
            .post(&format!("/api/v1/drafts/{id}/refer"), &json!({}))
            .expect_status(200);
        id
    };
    let sign_in = |id: &str| {
        let wish = json!({"staff": id, "password": PASSWORD});
        let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
        world.http().with_token(session["token"].as_str().unwrap())
    };
    let own = [of(&sign_in("only-author")), of(&sign_in("of-all-roles"))];
    let display = world.display("strip", STRIP, &["hall"]).id.to_string();
    let machine = world
        .http()
        .post("/api/v1/enrolments", &json!({"commitment": "ab".repeat(32)}));
    let mut publications = vec![released, withdrawn, submitted, approved];
    let drafts: Vec<String> = own.into_iter().chain([blocked.clone()]).collect();
    publications.extend(drafts.iter().cloned());
    json!({
        "publications/id": publications,
        "drafts/id": drafts,
        "referrals/id": [blocked],
        "displays/id": [display],
        "staff/id": ["only-inspector", "author", "ghost"],
        "enrolments/id": [text(machine.expect_status(201).json, "request")],
    })
}

#[test]
fn answers_to_each_role_are_as_the_document_says() {
    for role in Role::ALL {
        let judged = Judged::new();
        judged.stands(&slug(role), &Who::Staff(format!("only-{}", slug(role))), 14);
    }
}

#[test]
fn answers_to_somebody_who_may_do_everything_are_as_the_document_says() {
    let judged = Judged::new();
    judged.stands("all roles", &Who::Staff("of-all-roles".to_owned()), 35);
}

#[test]
fn answers_to_nobody_and_to_a_token_that_may_read_are_as_the_document_says() {
    let judged = Judged::new();
    judged.stands("nobody", &Who::Nobody, 1);
    let wish = json!({"label": "judge", "days": 1, "scopes": ["read"]});
    let token = judged
        .world
        .people
        .admin
        .post("/api/v1/tokens", &wish)
        .expect_status(201)
        .json;
    let token = token["token"].as_str().unwrap().to_owned();
    judged.stands("token", &Who::Token(token), 10);
}

/// The control: what the document says wrongly is found.
#[test]
fn a_wrong_document_is_found_out() {
    let judged = Judged::new();
    let document = judged.world.http().get("/api/v1/openapi.json").expect_status(200).json;
    let who = Who::Staff("only-inspector".to_owned());
    let look = [
        "--phases",
        "fuzzing",
        "--max-examples",
        "2",
        "--include-path",
        "/api/v1/staff",
    ];
    let (well, said) = judged.judged(&who, Some(&document), &look);
    assert!(well, "{said}");
    let mut wrong = document.clone();
    wrong["components"]["schemas"]["Person"]["properties"]["department"] = json!({"type": "integer"});
    let (well, said) = judged.judged(&who, Some(&wrong), &look);
    assert!(!well && said.contains("Response violates schema"), "{said}");
    let mut wrong = document;
    let responses = &mut wrong["paths"]["/api/v1/staff"]["get"]["responses"];
    responses["299"] = responses["200"].take();
    responses.as_object_mut().unwrap().remove("200");
    let (well, said) = judged.judged(&who, Some(&wrong), &look);
    assert!(!well && said.contains("Undocumented status code"), "{said}");
}
