//! One release travels from a clerk's desk to every screen.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::DisplayId;
use heliograph_tests::{
    Http, LOBBY, NOTICE_ENTRY, PORTRAIT, SIGN, STANDING_ENTRY, STRIP, World, act, commitment, eventually, notice,
    on_air_rows,
};
use serde_json::{Value, json};

fn pixels(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_release_reaches_every_display_that_should_show_it_and_no_other() {
    let world = World::with_system_fonts();
    let hall = [
        ("lobby", LOBBY),
        ("portrait", PORTRAIT),
        ("strip", STRIP),
        ("sign", SIGN),
    ]
    .map(|(name, panel)| world.display(name, panel, &["hall"]));
    let back = world.display("back", STRIP, &["back-office"]);
    let shows_something = |display: &heliograph_tests::TestDisplay| display.recording.count() > 0;
    eventually("slates", || hall.iter().all(shows_something) && shows_something(&back));
    let slates: Vec<_> = hall.iter().map(heliograph_tests::TestDisplay::frame).collect();

    let id = world.people.publish_notice("因公出国团组办理时间调整", &["hall"]);

    let reach = || {
        world
            .people
            .author
            .get(&format!("/api/v1/publications/{id}/reach"))
            .json
    };
    eventually("on air on four displays", || on_air_rows(&reach()) == 4);
    assert_eq!(
        reach()["displays"].as_array().unwrap().len(),
        4,
        "the back office is not among its audience"
    );
    for (display, slate) in hall.iter().zip(&slates) {
        let frame = display.frame();
        assert_ne!(frame.rgb(), slate.rgb(), "the notice looks different from the slate");
        assert_eq!(
            (frame.width_px(), frame.height_px()),
            (slate.width_px(), slate.height_px())
        );
        // Pixel for pixel what the hub draws from its log for that display and moment.
        eventually("the same picture as the log's", || {
            let path = format!("/api/v1/displays/{}/frame.png?width=8000", display.id);
            let drawn = pixels(&world.people.admin.get(&path).expect_status(200).bytes);
            drawn == display.frame().rgb()
        });
    }
    // The control: another display's picture is another picture.
    let other = format!("/api/v1/displays/{}/frame.png?width=8000", back.id);
    assert_ne!(pixels(&world.people.admin.get(&other).bytes), hall[2].frame().rgb());
    let status = world.people.admin.get(&format!("/api/v1/displays/{}", hall[0].id)).json;
    assert_eq!(status["status"]["on_air"]["publication"], json!(id));
    let back_status = world.people.admin.get(&format!("/api/v1/displays/{}", back.id)).json;
    assert!(back_status["status"]["on_air"].is_null());
}

#[test]
fn what_is_amended_changes_on_the_displays_and_what_is_withdrawn_leaves_them() {
    let world = World::new();
    let strip = world.display("strip", STRIP, &["hall"]);
    eventually("the slate", || strip.recording.count() > 0);
    let id = world.people.publish_notice("开放日报名开始", &["hall"]);
    let on_air = || world.people.admin.get(&format!("/api/v1/displays/{}", strip.id)).json["status"]["on_air"].clone();
    eventually("the notice", || on_air()["publication"] == json!(id));
    let first = on_air()["content"].clone();

    let revision = json!({"publication": id, "kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("开放日报名延期")});
    let _ = world.people.author.post("/api/v1/drafts", &revision).expect_status(201);
    let _ = act(&world.people.author, &id, "submit", &json!({})).expect_status(200);
    assert_eq!(
        on_air()["content"],
        first,
        "the released text stays while its revision is reviewed"
    );
    let _ = act(&world.people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&world.people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&world.people.approver, &id, "amend", &json!({})).expect_status(200);
    eventually("the amended text", || {
        on_air()["content"] != first && on_air()["publication"] == json!(id)
    });

    let _ = act(&world.people.approver, &id, "withdraw", &json!({"reason": "活动取消"})).expect_status(200);
    eventually("the slate again", || on_air().is_null());
}

#[test]
fn until_friday_becomes_until_further_notice_on_the_glass_and_another_channel_joins() {
    let world = World::new();
    let [hall, window] = [("hall", ["hall"]), ("window", ["strips"])].map(|(name, on)| world.display(name, STRIP, &on));
    let people = &world.people;
    let id = people.publish_notice("开放日报名开始", &["hall"]);
    let on_air = |display: &DisplayId| {
        let status = people.admin.get(&format!("/api/v1/displays/{display}")).json["status"].clone();
        status["on_air"]["publication"] == json!(id)
    };
    eventually("the notice in the hall", || on_air(&hall.id));
    assert!(!on_air(&window.id));
    let to = |channels: &[&str]| json!({"channels": channels});
    let reschedule = |who: &Http, body: &Value| act(who, &id, "reschedule", body);
    // Whoever may not release may not move it; a channel that nobody opened is none.
    let _ = reschedule(&people.author, &to(&["strips"])).expect_status(403);
    let unknown = reschedule(&people.approver, &to(&["cellar"])).expect_status(422);
    assert_eq!(unknown.fields(), ["channels"]);
    let moved = reschedule(&people.approver, &to(&["hall", "strips"])).expect_status(200);
    assert_eq!(moved.json["state"], "released");
    eventually("the notice at the window, too", || on_air(&window.id));
    let again = reschedule(&people.approver, &to(&["hall", "strips"])).expect_status(200);
    assert_eq!(
        again.json["revision"], moved.json["revision"],
        "the same wish again decides nothing"
    );
    // And it leaves the channel that it is taken from; its text was reviewed once.
    let _ = reschedule(&people.approver, &to(&["strips"])).expect_status(200);
    eventually("the hall without it", || !on_air(&hall.id));
    assert!(on_air(&window.id));
    let early = json!({"channels": ["strips"], "until": "2001-01-01T00:00:00Z"});
    assert_eq!(
        reschedule(&people.approver, &early).expect_status(422).fields(),
        ["until"]
    );
}

#[test]
fn the_whole_workflow_by_the_api_with_countersignature_and_rejection() {
    let world = World::new();
    let people = &world.people;
    let draft =
        json!({"kind": "service-commitment", "catalogue_entry": STANDING_ENTRY, "content": commitment("护照代办")});
    let made = people.author.post("/api/v1/drafts", &draft).expect_status(201);
    let (id, hash) = (
        made.json["id"].as_str().unwrap().to_owned(),
        made.json["hash"].as_str().unwrap().to_owned(),
    );
    assert_eq!(made.header("etag"), Some(format!("\"{hash}\"").as_str()));
    let state = || {
        people.author.get(&format!("/api/v1/publications/{id}")).json["state"]
            .as_str()
            .unwrap_or("none")
            .to_owned()
    };
    assert_eq!(state(), "none", "the log does not speak of drafts");

    let _ = act(&people.author, &id, "submit", &json!({"countersign": true})).expect_status(200);
    assert_eq!(state(), "submitted");
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(409);
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(409);
    let _ = act(&people.countersigner, &id, "countersign", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "reject", &json!({"reason": "请补充投诉渠道"})).expect_status(200);
    assert_eq!(state(), "returned");

    let mut better = draft.clone();
    better["content"]["zh-Hans"]["complaint"] = json!("0000-7654321（工作日）");
    let _ = people
        .author
        .put(&format!("/api/v1/drafts/{id}"), &[("if-match", &hash)], &better)
        .expect_status(200);
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let released = act(
        &people.approver,
        &id,
        "release",
        &json!({"channels": ["hall"], "until": "2099-01-01T00:00:00+08:00"}),
    )
    .expect_status(200);
    assert_eq!(released.json["state"], "released");
    assert_eq!(released.json["released"]["until"], "2098-12-31T16:00:00.000Z");
    let history = people.author.get(&format!("/api/v1/publications/{id}")).json["history"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(
        history, 8,
        "submitted, reviewed, countersigned, rejected, submitted, reviewed, approved, released"
    );
}

#[test]
fn one_person_with_every_role_still_needs_two_others() {
    let world = World::new();
    let one = &world.people.everything;
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("自己批自己")});
    let id = one.post("/api/v1/drafts", &draft).expect_status(201).json["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let _ = act(one, &id, "submit", &json!({})).expect_status(200);
    let refused = act(one, &id, "review", &json!({})).expect_status(403);
    assert_eq!(refused.json["type"], "urn:heliograph:problem:four-eyes");
    assert!(
        refused.json["detail"].as_str().unwrap().contains("三个不同的人"),
        "told in Chinese: {}",
        refused.text
    );
    // The control: another person's review is taken, and so is a third one's approval.
    let _ = act(&world.people.reviewer, &id, "review", &json!({})).expect_status(200);
    let _ = act(one, &id, "approve", &json!({})).expect_status(403);
    let _ = act(&world.people.approver, &id, "approve", &json!({})).expect_status(200);
}
