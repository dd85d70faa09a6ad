//! The public ledger, read by a program in another language that shares no code with the hub.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::transparency::{Proof, Proven};
use heliograph_tests::{TempDir, World, act, eventually};
use serde_json::json;
use std::process::{Command, Output};

fn check(url: &str, key: &std::path::Path) -> Output {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/ledger-check");
    Command::new("python3").arg(script).arg(url).arg(key).output().unwrap()
}

#[test]
fn what_was_released_is_in_a_ledger_that_a_stranger_can_check() {
    let world = World::new();
    let people = &world.people;
    let (http, url) = (world.http(), format!("http://{}", world.hub().http_addr()));
    let first = people.publish_notice("停电通知", &["hall"]);
    let second = people.publish_notice("内部通知", &["back-office"]);
    let _ = act(&people.approver, &first, "withdraw", &json!({"reason": "误发"})).expect_status(200);
    // A text that nobody let through is not in it.
    let draft = people.submitted("notice", "notices", &heliograph_tests::notice("未发布"));

    let size = || {
        http.get("/log/checkpoint")
            .expect_status(200)
            .text
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    eventually("the ledger is sealed", || size() == "3");
    let folder = TempDir::new();
    let key = folder.path().join("key");
    std::fs::write(&key, &http.get("/log/key").expect_status(200).text).unwrap();
    let output = check(&url, &key);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(told.contains(&first) && told.contains(&second) && told.contains("withdrawn") && !told.contains(&draft));
    assert!(!told.contains("approver") && !told.contains("back-office"), "{told}");

    // A proof for whoever saw the notice, checked with the key alone.
    let note = http.get("/log/key").text.trim().parse().unwrap();
    let text = http.get(&format!("/log/proof/{second}")).expect_status(200).text;
    match Proof::from_text(&text).unwrap().check(&note).unwrap() {
        Proven::Included { entry, size, .. } => {
            assert_eq!(size, 3);
            assert!(String::from_utf8(entry).unwrap().contains(&second));
        }
        other @ Proven::Consistent { .. } => panic!("{other:?}"),
    }
    let forged = text.replace("index 1", "index 0");
    assert!(Proof::from_text(&forged).unwrap().check(&note).is_err());
    let _ = http.get(&format!("/log/proof/{draft}")).expect_status(404);
    let _ = http.get("/log/tile/0/000").expect_status(404);
    let _ = http.get("/log/tile/0/../../keys").expect_status(404);

    // The control: the stranger notices another key, as it would another root.
    std::fs::write(
        &key,
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    )
    .unwrap();
    assert!(!check(&url, &key).status.success());
    // What was told outside is on the office's own record.
    assert_eq!(world.hub().state().ledger.unwrap().size, 3);
}

#[test]
fn a_root_that_was_recorded_and_does_not_fit_is_found() {
    use heliograph_domain::Event;
    use heliograph_domain::ledger::LedgerEvent;
    use heliograph_hub::transparency::{Ledger, LedgerError};
    use heliograph_log::{
        ActorId, Batch, CommandId, EventKind, EventLog, MemoryLog, NewEvent, Revision, StreamId, TimestampMs,
    };
    let log = MemoryLog::new();
    let seal = |number: u8, root| {
        let event = Event::Ledger(LedgerEvent::Sealed { size: 0, root });
        let batch = Batch {
            command_id: CommandId([number; 16]),
            actor: ActorId::new("hub").unwrap(),
            recorded_at: TimestampMs(1),
            events: vec![NewEvent {
                kind: EventKind::new("ledger").unwrap(),
                version: 1,
                body: event.to_bytes().into(),
            }],
            content: Vec::new(),
            table_writes: Vec::new(),
            erase: Vec::new(),
        };
        log.append(
            &StreamId::new("site-ledger").unwrap(),
            Revision(u64::from(number)),
            batch,
        )
        .unwrap();
    };
    seal(0, heliograph_log::merkle::empty_root());
    assert_eq!(Ledger::verified(&log).unwrap().size(), 0);
    seal(1, [7; 32]);
    assert!(matches!(
        Ledger::verified(&log),
        Err(LedgerError::Differs { position: 2, size: 0 })
    ));
}
