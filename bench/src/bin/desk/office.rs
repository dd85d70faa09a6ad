//! An office after ten years: 10,000 publications in the log, appended as the hub appends them.

use heliograph_domain::publication::{PublicationEvent, RULE_SET, Release};
use heliograph_domain::staff::Role;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ContentHash, Document, Event, Instant, Kind, Priority, PublicationId, StaffId, Window};
use heliograph_hub::Clock;
use heliograph_log::{
    ActorId, Batch, CommandId, ContentObject, EventKind, EventLog, NewEvent, Revision, StreamId, TimestampMs,
};
use heliograph_tests::{Http, NOTICE_ENTRY, STRIP, World, eventually, hire, notice};
use serde_json::{Value, json};

/// How many there are.
pub(crate) const PUBLICATIONS: u64 = 10_000;
/// Somebody with every role.
pub(crate) const EVERYBODY: &str = "of-all-roles";
/// One of those who write and have no other role.
pub(crate) const AUTHOR: &str = "person-1";
/// Ten years.
const YEARS_MS: u64 = 3652 * DAY_MS;
/// So many catalogue entries, displays and people.
const ENTRIES: u64 = 200;
const DISPLAYS: u64 = 30;
const PEOPLE: u64 = 40;

/// The office, and some of what is in it.
pub(crate) struct Office {
    pub(crate) world: World,
    /// Publications in every state.
    pub(crate) shown: Vec<String>,
    pub(crate) displays: Vec<String>,
    pub(crate) drafts: Vec<String>,
}

impl Office {
    /// Makes it.
    pub(crate) fn filled() -> Self {
        let world = World::new();
        let admin = world.people.admin.clone();
        people(&admin);
        entries(&admin);
        let displays = displays(&admin);
        let begun = world.clock.now();
        let log = world.hub().log();
        let ids = publications(&*log, begun);
        let last = log.head().unwrap().position.0;
        eventually("the state follows the log", || world.hub().state().position >= last);
        world.clock.set(begun.plus_ms(YEARS_MS + DAY_MS));
        let who = super::signed_in(&world, EVERYBODY);
        let drafts = drafts(&who);
        let shown = ids
            .iter()
            .rev()
            .step_by(701)
            .take(14)
            .map(ToString::to_string)
            .collect();
        Self {
            world,
            shown,
            displays,
            drafts,
        }
    }
}

fn people(admin: &Http) {
    let add = |id: String, roles: Value| {
        let wish =
            json!({"id": id, "name": {"zh-Hans": format!("工作人员{id}")}, "department": "office", "roles": roles});
        let _ = hire(admin, &wish);
    };
    add(EVERYBODY.to_owned(), json!(Role::ALL));
    for number in 0..PEOPLE {
        add(format!("person-{number}"), json!(["author"]));
    }
}

fn entries(admin: &Http) {
    let entry = |number: u64| {
        let cadence = match number % 3 {
            0 => json!("standing"),
            1 => json!({"regular": {"period_months": 12}}),
            _ => json!({"ad-hoc": {"within_working_days": 20}}),
        };
        json!({
            "id": format!("entry-{number}"), "index_number": format!("BH-E-{number:03}"), "category": "government-information",
            "cadence": cadence, "department": "office", "responsible": "author",
            "name": {"zh-Hans": format!("目录项第{number}")}, "summary": {"zh-Hans": "内容概述"},
        })
    };
    let all: Vec<Value> = (0..ENTRIES).map(entry).collect();
    let _ = admin
        .post("/api/v1/catalogue/import", &json!({"entries": all}))
        .expect_status(200);
}

fn displays(admin: &Http) -> Vec<String> {
    let enrolled = (0..DISPLAYS).map(|number| {
        let wish = json!({
            "key": format!("{number:064x}"), "name": {"zh-Hans": format!("{number}号窗口屏")}, "location": {"zh-Hans": "大厅"},
            "profile": "bench", "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
        });
        let told = admin.post("/api/v1/displays", &wish).expect_status(201).json;
        told["id"].as_str().unwrap().to_owned()
    });
    enrolled.collect()
}

fn drafts(who: &Http) -> Vec<String> {
    let kept = (0..6).map(|number| {
        let wish =
            json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(&format!("草稿{number}"))});
        let told = who.post("/api/v1/drafts", &wish).expect_status(201).json;
        told["id"].as_str().unwrap().to_owned()
    });
    kept.collect()
}

/// All of them, appended by several at once so that they share the disk's time; the oldest first.
fn publications(log: &dyn EventLog, begun: Instant) -> Vec<PublicationId> {
    const HANDS: u64 = 8;
    let mut ids: Vec<PublicationId> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let numbers = (0..PUBLICATIONS).filter(move |number| number % HANDS == hand);
                scope.spawn(move || {
                    numbers
                        .map(|number| publication(log, number, begun))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    ids.sort();
    ids
}

/// One publication's life: most are over, two hundred are on release, one hundred on their way.
fn publication(log: &dyn EventLog, number: u64, begun: Instant) -> PublicationId {
    let at = begun.plus_ms(number * (YEARS_MS / PUBLICATIONS));
    let id = id_of(at, number);
    let (content, object) = text(number);
    let by = |who: &str| who.parse::<StaffId>().unwrap();
    let mut events = vec![PublicationEvent::Submitted {
        content,
        kind: Kind::Notice,
        catalogue_entry: format!("entry-{}", number % ENTRIES).parse().unwrap(),
        by: by("author"),
        countersign: false,
        rule_set: RULE_SET,
        under: None,
    }];
    let age = PUBLICATIONS - number;
    if age > 30 {
        events.push(PublicationEvent::ConfidentialityReviewed {
            content,
            by: by("reviewer"),
            rule_set: RULE_SET,
            under: None,
        });
    }
    if age > 60 {
        events.push(PublicationEvent::Approved {
            content,
            by: by("approver"),
            under: None,
        });
    }
    if age > 100 {
        let until = (age > 300 && number.is_multiple_of(2)).then(|| at.plus_ms(60 * DAY_MS));
        events.push(PublicationEvent::Released(released(
            content,
            Window { from: at, until },
        )));
        if age > 300 && !number.is_multiple_of(2) {
            events.push(PublicationEvent::Withdrawn {
                by: by("approver"),
                reason: None,
            });
        }
    }
    append(log, id, at, number, &events, object);
    id
}

fn released(content: ContentHash, window: Window) -> Release {
    Release {
        content,
        kind: Kind::Notice,
        channels: vec!["back-office".parse().unwrap()],
        window,
        priority: Priority::Normal,
        standing: false,
        lease_ms: None,
        by: "approver".parse().unwrap(),
        under: None,
    }
}

fn text(number: u64) -> (ContentHash, ContentObject) {
    let matter = ["停电", "放假", "领证时间", "窗口调整", "费用减免"][usize::try_from(number % 5).unwrap()];
    let mut content = notice(&format!("关于{matter}的通知（第{number}号）"));
    let body =
        format!("各有关单位：现将{matter}有关事项通知如下。第{number}号文件自即日起执行，请相互转告。").repeat(12);
    content["zh-Hans"]["body"] = json!(body);
    let document = Document::check(Kind::Notice, &content).unwrap();
    let (salt, bytes) = (u128::from(number).to_be_bytes(), document.to_bytes());
    (ContentHash::of(&salt, &bytes), ContentObject::new(salt, bytes.into()))
}

fn append(
    log: &dyn EventLog,
    id: PublicationId,
    at: Instant,
    number: u64,
    events: &[PublicationEvent],
    object: ContentObject,
) {
    for (place, event) in events.iter().enumerate() {
        let event = Event::Publication(id, event.clone());
        let (kind, version) = event.kind();
        let actor = match &event {
            Event::Publication(_, event) => event.by().clone(),
            _ => continue,
        };
        let batch = Batch {
            command_id: CommandId((u128::from(number) * 8 + place as u128 + 1).to_be_bytes()),
            actor: ActorId::new(actor.as_str()).unwrap(),
            recorded_at: TimestampMs(at.plus_ms(place as u64 * 60_000).0),
            events: vec![NewEvent {
                kind: EventKind::new(kind).unwrap(),
                version,
                body: event.to_bytes().into(),
            }],
            content: if place == 0 { vec![object.clone()] } else { Vec::new() },
            table_writes: Vec::new(),
            erase: Vec::new(),
        };
        log.append(&StreamId::new(&event.stream()).unwrap(), Revision(place as u64), batch)
            .unwrap();
    }
}

/// An id of the time (UUID version 7), as the hub makes them.
fn id_of(at: Instant, number: u64) -> PublicationId {
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (ms, tail) = (at.0, random & 0xffff_ffff_ffff);
    let text = format!(
        "{:08x}-{:04x}-7{:03x}-8{:03x}-{tail:012x}",
        ms >> 16,
        ms & 0xffff,
        random >> 52,
        (random >> 40) & 0xfff
    );
    text.parse().unwrap()
}
