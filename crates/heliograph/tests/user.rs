//! Nobody can sign in any longer: the console of the stopped hub lets somebody in again.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Event;
use heliograph_domain::staff::StaffEvent;
use heliograph_tests::{PASSWORD, World};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

fn user(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heliograph"));
    command
        .arg("user")
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The password that stands alone on its line.
fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    told.lines()
        .find_map(|line| line.strip_prefix("    "))
        .unwrap()
        .to_owned()
}

#[test]
fn the_console_lets_somebody_in_again_and_the_log_says_so() {
    let mut world = World::new();
    let enters = |world: &World, who: &str, password: &str| {
        let wish = json!({"staff": who, "password": password});
        world.http().post("/api/v1/sessions", &wish).status
    };
    let (data, admin) = (world.data(), world.people.admin.clone());
    let _ = admin
        .post("/api/v1/staff/approver/disable", &json!({}))
        .expect_status(200);
    let refused = user(&data, &["list"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("stop that one first"));

    world.hub_goes_away();
    let list = text(&user(&data, &["list"]).stdout);
    assert!(
        list.contains("admin") && list.contains("管理员") && list.contains("[Approver; disabled]"),
        "{list}"
    );
    let lets_in = ["admin", "approver"].map(|who| told(&user(&data, &["reset", who])));
    let added = told(&user(
        &data,
        &["add", "second", "--name", "钱备用", "--role", "administrator"],
    ));
    for (wrong, because) in [
        (&["reset", "nobody"][..], "user list"),
        (&["add", "admin", "--name", "x", "--role", "author"], "user reset"),
        (&["add", "third", "--name", "x", "--role", "king"], "not a role"),
        (
            &["add", "console", "--name", "x", "--role", "author"],
            "the record calls the hub itself",
        ),
    ] {
        let refused = user(&data, wrong);
        assert!(
            !refused.status.success() && text(&refused.stderr).contains(because),
            "{}",
            text(&refused.stderr)
        );
    }

    world.hub_comes_back();
    let _ = admin.get("/api/v1/staff").expect_status(401);
    assert_eq!(enters(&world, "admin", PASSWORD), 401);
    assert_eq!(enters(&world, "admin", &lets_in[0]), 201);
    assert_eq!(enters(&world, "approver", &lets_in[1]), 201);
    assert_eq!(enters(&world, "second", &added), 201);
    is_on_record(&world);
    chooses_their_own_first(&world, &lets_in[0]);
}

/// What the console did stands in the log under its name.
fn is_on_record(world: &World) {
    let log = world.hub().log();
    let records = log.read(heliograph_log::Position(0), 10_000).unwrap();
    let by_console = records.iter().filter(|record| record.actor.as_str() == "console");
    let told: Vec<String> = by_console
        .map(|record| match heliograph_hub::event_of(record).unwrap() {
            Event::Staff(StaffEvent::PasswordSet { id, by }) => format!("password {id} {by}"),
            Event::Staff(StaffEvent::Enabled { id }) => format!("enabled {id}"),
            Event::Staff(StaffEvent::Appointed { id, .. }) => format!("appointed {id}"),
            other => format!("{other:?}"),
        })
        .collect();
    let each = [
        "password admin console",
        "enabled approver",
        "password approver console",
        "appointed second",
        "password second console",
    ];
    assert_eq!(
        told, each,
        "who was given a password, who was enabled, and who was added"
    );
}

/// What the console printed is known to whoever stood there: it opens nothing but the choice of another.
fn chooses_their_own_first(world: &World, told: &str) {
    let wish = json!({"staff": "admin", "password": told});
    let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
    assert_eq!(session["own_password_first"], true);
    let admin = world.http().with_token(session["token"].as_str().unwrap());
    let _ = admin.get("/api/v1/staff").expect_status(403);
    let _ = admin
        .put("/api/v1/account/password", &[], &json!({"password": PASSWORD}))
        .expect_status(200);
    let _ = admin.get("/api/v1/staff").expect_status(200);
}
