//! The people of the test office, and the way of a text through their hands.

use crate::http::{Http, Reply};
use serde_json::{Value, json};

/// What an administrator gives somebody to sign in with for the first time.
pub const FIRST_PASSWORD: &str = "told-by-the-office";
/// Everyone's password, which they chose themselves.
pub const PASSWORD: &str = "a-long-password";
/// The catalogue entry of notices: released as they come up.
pub const NOTICE_ENTRY: &str = "notices";
/// A standing entry: guides and commitments.
pub const STANDING_ENTRY: &str = "guides";

/// Everyone, signed in.
#[derive(Clone)]
pub struct People {
    /// Looks after accounts, catalogue and displays.
    pub admin: Http,
    /// Writes.
    pub author: Http,
    /// Reviews for confidentiality.
    pub reviewer: Http,
    /// Countersigns.
    pub countersigner: Http,
    /// Approves and releases.
    pub approver: Http,
    /// May do everything that the roles of the workflow allow: only four eyes are in the way.
    pub everything: Http,
}

impl People {
    /// Makes the first administrator and everyone else, the site's profile, channels and catalogue.
    #[must_use]
    pub fn set_up(http: &Http, word: &str) -> Self {
        let name = |zh: &str| json!({"zh-Hans": zh});
        let first = json!({"word": word, "id": "admin", "name": name("管理员"), "password": PASSWORD});
        let _ = http.post("/api/v1/setup", &first).expect_status(201);
        let admin = sign_in(http, "admin", PASSWORD);
        let mut people = Vec::new();
        for (id, zh, roles) in [
            ("author", "李拟稿", vec!["author"]),
            ("reviewer", "王审查", vec!["confidentiality-reviewer"]),
            ("countersigner", "赵会审", vec!["countersigner"]),
            ("approver", "陈审批", vec!["approver"]),
            (
                "everything",
                "周全能",
                vec!["author", "confidentiality-reviewer", "countersigner", "approver"],
            ),
        ] {
            let wish = json!({"id": id, "name": name(zh), "department": "office", "roles": roles});
            people.push(hire(&admin, &wish));
        }
        set_up_site(&admin);
        let mut people = people.into_iter();
        let mut next = || people.next().unwrap();
        Self {
            author: next(),
            reviewer: next(),
            countersigner: next(),
            approver: next(),
            everything: next(),
            admin,
        }
    }

    /// Writes a text and hands it in; the publication's id.
    #[must_use]
    pub fn submitted(&self, kind: &str, entry: &str, content: &Value) -> String {
        let draft = json!({"kind": kind, "catalogue_entry": entry, "content": content});
        let id = self.author.post("/api/v1/drafts", &draft).expect_status(201).json["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let _ = act(&self.author, &id, "submit", &json!({})).expect_status(200);
        id
    }

    /// Takes a text as far as approval.
    #[must_use]
    pub fn approved(&self, kind: &str, entry: &str, content: &Value) -> String {
        let id = self.submitted(kind, entry, content);
        let _ = act(&self.reviewer, &id, "review", &json!({"findings_confirmed": true})).expect_status(200);
        let _ = act(&self.approver, &id, "approve", &json!({})).expect_status(200);
        id
    }

    /// Takes a notice all the way to release on these channels.
    #[must_use]
    pub fn publish_notice(&self, title: &str, channels: &[&str]) -> String {
        let id = self.approved("notice", NOTICE_ENTRY, &notice(title));
        let _ = act(&self.approver, &id, "release", &json!({"channels": channels})).expect_status(200);
        id
    }
}

/// One step of the workflow.
#[must_use]
pub fn act(who: &Http, id: &str, verb: &str, body: &Value) -> Reply {
    who.post(&format!("/api/v1/publications/{id}/{verb}"), body)
}

fn sign_in(http: &Http, staff: &str, password: &str) -> Http {
    let session = http
        .post("/api/v1/sessions", &json!({"staff": staff, "password": password}))
        .expect_status(201);
    http.with_token(session.json["token"].as_str().unwrap())
        .with_password(PASSWORD)
}

/// Somebody more works here: the administrator adds them (`{id, name, department, roles}`) and tells them a password,
/// with which they sign in and choose their own, [`PASSWORD`]. They, signed in.
#[must_use]
pub fn hire(admin: &Http, wish: &Value) -> Http {
    let mut wish = wish.clone();
    wish["password"] = json!(FIRST_PASSWORD);
    let _ = admin.post("/api/v1/staff", &wish).expect_status(201);
    let newcomer = sign_in(&admin.signed_out(), wish["id"].as_str().unwrap(), FIRST_PASSWORD);
    let own = json!({"password": PASSWORD});
    let _ = newcomer.put("/api/v1/account/password", &[], &own).expect_status(200);
    newcomer
}

fn set_up_site(admin: &Http) {
    let profile = json!({
        "name": {"zh-Hans": "滨河市外事服务中心", "en": "Binhe Foreign Affairs Service Centre"},
        "hotlines": [{"label": {"zh-Hans": "咨询电话", "en": "Enquiries"}, "number": "0000-1234567"}],
        "hours": {"zh-Hans": "周一至周五 8:30–17:00", "en": "Mon–Fri 8:30–17:00"},
        "departments": {"office": {"zh-Hans": "办公室", "en": "General Office"}},
        "public_url": "http://127.0.0.1", "time_zone": "Asia/Shanghai",
    });
    let _ = admin.put("/api/v1/site", &[], &profile).expect_status(200);
    for (name, title) in [("hall", "大厅"), ("strips", "条屏"), ("back-office", "内部")] {
        let _ = admin
            .post("/api/v1/channels", &json!({"name": name, "title": {"zh-Hans": title}}))
            .expect_status(201);
    }
    for (id, category, cadence) in [
        (
            NOTICE_ENTRY,
            "government-information",
            json!({"ad-hoc": {"within_working_days": 20}}),
        ),
        (STANDING_ENTRY, "government-information", json!("standing")),
    ] {
        let entry = json!({
            "id": id, "index_number": format!("BH-{id}"), "category": category, "cadence": cadence,
            "department": "office", "responsible": "author",
            "name": {"zh-Hans": "通知公告"}, "summary": {"zh-Hans": "面向公众的通知"},
        });
        let _ = admin.post("/api/v1/catalogue", &entry).expect_status(201);
    }
}

/// A complete notice.
#[must_use]
pub fn notice(title: &str) -> Value {
    json!({"zh-Hans": {
        "title": title, "body": format!("{title}，请相互转告。"), "department": "办公室", "date": "2026-11-24",
    }})
}

/// A complete commitment.
#[must_use]
pub fn commitment(matter: &str) -> Value {
    json!({"zh-Hans": {
        "matter": matter, "promise": "材料齐全的，当场受理。", "figure": "5", "unit": "个工作日",
        "measure": "自受理之日起", "complaint": "0000-7654321",
    }})
}
