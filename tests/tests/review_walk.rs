//! The hub's door: whatever people ask of it, in whatever order, the log that it leaves on the disk holds no release without
//! a complete review. The judge is the one of the workflow's own test; it reads the log's files and nothing else.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[allow(dead_code, reason = "the other test uses more of it")]
#[path = "../../crates/domain/tests/workflow/dice.rs"]
mod dice;
#[path = "../../crates/domain/tests/workflow/judge.rs"]
mod judge;

use dice::Dice;
use heliograph_domain::gate::{GateEvent, RulesVersion};
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::{Date, Event, Instant, PublicationId};
use heliograph_log::Follower;
use heliograph_tests::{Http, NOTICE_ENTRY, World, act, hire, notice};
use judge::{Fact, What};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PEOPLE: [&str; 6] = ["p0", "p1", "p2", "p3", "p4", "p5"];
const ROLES: [&str; 4] = ["author", "confidentiality-reviewer", "countersigner", "approver"];
const DEPARTMENTS: [&str; 3] = ["finance", "law", "office"];
/// How many requests are made.
const REQUESTS: usize = 600;

struct Door {
    world: World,
    dice: Dice,
    people: Vec<Http>,
    /// Publications, each with its author.
    publications: Vec<(String, usize)>,
}

impl Door {
    fn new(seed: u64) -> Self {
        let mut door = Self {
            world: World::new(),
            dice: Dice::new(seed),
            people: Vec::new(),
            publications: Vec::new(),
        };
        for id in PEOPLE {
            let wish = door.with_roles(id);
            door.people.push(hire(&door.world.people.admin, &wish));
        }
        door
    }

    /// Somebody, with roles as they fall.
    fn with_roles(&mut self, id: &str) -> Value {
        let mut roles: Vec<&str> = self.dice.some(&ROLES, 55).into_iter().collect();
        // Whoever has no role at all is signed out: then the walk would stand still.
        roles.push("inspector");
        json!({"id": id, "name": {"zh-Hans": id}, "department": self.dice.pick(&DEPARTMENTS), "roles": roles})
    }

    fn somebody(&mut self) -> usize {
        self.dice.pick(&[0, 1, 2, 3, 4, 5])
    }

    fn body(&mut self) -> Value {
        let mut content = notice("随机的公告");
        let mark = if self.dice.chance(8) { "机密★1年" } else { "" };
        content["zh-Hans"]["body"] = json!(format!("正文第 {} 稿。{mark}", self.dice.roll(4)));
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": content})
    }

    /// One request by somebody; how it ends is the hub's to say.
    fn asks(&mut self) {
        let who = self.somebody();
        let by = self.people[who].clone();
        if self.publications.len() < 3 {
            let body = self.body();
            let made = by.post("/api/v1/drafts", &body);
            if let Some(id) = made.json["id"].as_str().filter(|_| made.status == 201) {
                self.publications.push((id.to_owned(), who));
            }
            return;
        }
        let (id, author) = self.dice.pick(&self.publications.clone());
        let follows = self.follows(&by, &id);
        let any = self.dice.roll(22);
        match if self.dice.chance(65) { follows } else { any } {
            0 => self.edits(&id, author),
            1..5 => {
                let author = self.people[author].clone();
                let departments = self.dice.some(&DEPARTMENTS, 30);
                let anybody = self.dice.chance(30);
                let countersign = if self.dice.chance(60) {
                    json!(departments)
                } else {
                    json!(anybody)
                };
                let _ = act(&author, &id, "submit", &json!({"countersign": countersign}));
            }
            5..8 => self.step(&id, "review", |dice| json!({"findings_confirmed": dice.chance(80)})),
            8..11 => self.step(&id, "countersign", |_| json!({})),
            11..14 => self.step(&id, "approve", |_| json!({})),
            14 => self.step(&id, "reject", |_| json!({"reason": "请改"})),
            15 | 16 => self.step(&id, "release", |_| json!({"channels": ["hall"]})),
            17 => self.step(&id, "amend", |_| json!({})),
            18 => self.step(&id, "withdraw", |_| json!({})),
            19 => self.office_changes(),
            _ => self.words_change(),
        }
    }

    /// What would follow from where a publication stands.
    fn follows(&mut self, by: &Http, id: &str) -> u64 {
        let known = by.get(&format!("/api/v1/publications/{id}")).json;
        match known["state"].as_str().unwrap_or_default() {
            "submitted" => 5,
            "reviewed" => self.dice.pick(&[8, 11]),
            "countersigned" => 11,
            "approved" if !known["released"].is_null() => 17,
            "approved" => 15,
            "released" => self.dice.pick(&[0, 18]),
            _ => 1,
        }
    }

    /// A step, by one person after another until somebody may.
    fn step(&mut self, id: &str, step: &str, body: impl Fn(&mut Dice) -> Value) {
        for _ in 0..4 {
            let by = self.somebody();
            let body = body(&mut self.dice);
            if act(&self.people[by], id, step, &body).status == 200 {
                return;
            }
        }
    }

    fn edits(&mut self, id: &str, author: usize) {
        let author = self.people[author].clone();
        let path = format!("/api/v1/drafts/{id}");
        let mut body = self.body();
        let known = author.get(&path);
        if let Some(hash) = known.json["hash"].as_str().filter(|_| known.status == 200) {
            let _ = author.put(&path, &[("if-match", hash)], &body);
        } else {
            body["publication"] = json!(id);
            let _ = author.post("/api/v1/drafts", &body);
        }
    }

    /// The office's own words change: reviews are void.
    fn words_change(&mut self) {
        let admin = self.world.people.admin.clone();
        let known = admin.get("/api/v1/gate-words").expect_status(200);
        let all = ["甲地块", "正文第", "丙项目"].map(str::to_owned);
        let words: Vec<Value> = self
            .dice
            .some(&all, 50)
            .iter()
            .map(|text| json!({"text": text, "class": self.dice.pick(&["warn", "slip"])}))
            .collect();
        let revision = known.json["revision"].to_string();
        let wish = json!({"words": words});
        let _ = admin
            .put("/api/v1/gate-words", &[("if-match", &revision)], &wish)
            .expect_status(200);
    }

    /// Somebody goes on leave, comes back, or is given other roles.
    fn office_changes(&mut self) {
        let (absent, substitute) = (self.somebody(), self.somebody());
        let admin = self.world.people.admin.clone();
        let path = format!("/api/v1/staff/{}/substitute", PEOPLE[absent]);
        match self.dice.roll(4) {
            0 => {
                let wish = self.with_roles(PEOPLE[absent]);
                let _ = self.world.people.admin.post("/api/v1/staff", &wish).expect_status(201);
            }
            1 => drop(admin.send("DELETE", &path, &[], b"")),
            _ => {
                let day = |days: i32| Date::of_day_number(today() + days).to_string();
                let days = json!({"substitute": PEOPLE[substitute], "from": day(-1), "until": day(1)});
                let _ = admin.put(&path, &[], &days);
            }
        }
    }
}

fn today() -> i32 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Date::at(Instant(u64::try_from(now.as_millis()).unwrap()), 8 * 3600)
        .0
        .day_number()
}

/// Everything that the log on the disk says about staff, and about each publication.
fn facts(world: &World) -> Vec<(PublicationId, Vec<Fact>)> {
    let mut all = Vec::new();
    let mut follower = Follower::open(&world.data()).unwrap();
    while let Some(record) = follower.next().unwrap() {
        let event = Event::from_record(
            record.stream.as_str(),
            record.kind.as_str(),
            record.version,
            &record.body,
        );
        all.push((record.recorded_at.0, event.unwrap()));
    }
    let ids: BTreeSet<PublicationId> = all
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Publication(id, _) => Some(*id),
            _ => None,
        })
        .collect();
    let of = |id: PublicationId| {
        let facts = all.iter().filter_map(|(at, event)| {
            let what = match event {
                Event::Publication(of, event) if *of == id => What::Publication(event.clone()),
                Event::Staff(event) => What::Staff(event.clone()),
                Event::Gate(GateEvent::RulesSet { rules, .. }) => What::Rules(*rules),
                _ => return None,
            };
            Some(Fact { at: *at, what })
        });
        // Until the log says something of them, the program's own rules are in force.
        let first = Fact {
            at: 0,
            what: What::Rules(RulesVersion::of_program()),
        };
        std::iter::once(first).chain(facts).collect()
    };
    ids.into_iter().map(|id| (id, of(id))).collect()
}

fn is_void(fact: &Fact) -> bool {
    matches!(fact.what, What::Publication(PublicationEvent::ReviewsVoided { .. }))
}

/// The judge at the door notices what it is there for: the same facts without the looking again are a release under older
/// rules.
#[test]
fn a_release_that_was_not_looked_through_by_the_new_rules_would_be_noticed() {
    let world = World::new();
    let people = &world.people;
    let id = people.approved("notice", NOTICE_ENTRY, &notice("停电通知"));
    let words = |text: &str| json!({"words": [{"text": text, "class": "warn"}]});
    let known = people.admin.get("/api/v1/gate-words").expect_status(200);
    let revision = known.json["revision"].to_string();
    let _ = people
        .admin
        .put("/api/v1/gate-words", &[("if-match", &revision)], &words("甲地块"))
        .expect_status(200);
    let early = act(&people.approver, &id, "release", &json!({"channels": ["hall"]}));
    assert_eq!(early.status, 409, "what was approved under older rules stays");
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let (_, mut facts) = facts(&world).remove(0);
    assert_eq!(judge::gaps(&facts), []);
    facts.retain(|fact| !is_void(fact));
    assert!(judge::gaps(&facts).contains(&judge::Gap::OldRules));
}

#[test]
fn no_request_in_any_order_releases_what_lacks_a_review() {
    let (mut releases, mut voided) = (0, 0);
    for seed in 1..=2 {
        let mut door = Door::new(seed);
        for _ in 0..REQUESTS {
            door.asks();
        }
        for (id, facts) in facts(&door.world) {
            voided += facts.iter().filter(|fact| is_void(fact)).count();
            let gaps = judge::gaps(&facts);
            assert!(gaps.is_empty(), "seed {seed}, {id}: {gaps:?}\n{facts:#?}");
            releases += judge::releases(&facts);
        }
    }
    assert!(releases >= 5, "{releases} releases: too few to mean anything");
    assert!(
        voided >= 3,
        "the rules changed {voided} times under a text: too few to mean anything"
    );
}
