//! A hub that speaks TLS: from the clerk's browser to the glass, and past those who should not be believed.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::time::DAY_MS;
use heliograph_hub::retention::Retention;
use heliograph_hub::{Clock, Hub, HubConfig, MovableClock, StartError, SystemClock, TlsMode};
use heliograph_tests::{
    Http, LOBBY, NOTICE_ENTRY, PASSWORD, People, TempDir, TestDisplay, World, act, eventually, notice,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A colour that nothing else on a screen has.
const CRIMSON: [u8; 3] = [214, 12, 90];

fn poster() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 600, 800);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&CRIMSON.repeat(600 * 800)).unwrap();
    drop(writer);
    bytes
}

/// A notice with a picture on the channel `hall`.
fn publish_poster(world: &World, title: &str) {
    let people = &world.people;
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let made = people.author.post("/api/v1/drafts", &wish).expect_status(201);
    let id = made.json["id"].as_str().unwrap();
    let path = format!("/api/v1/drafts/{id}/attachments?name=open-day");
    let binary = [("content-type", "application/octet-stream")];
    let _ = people.author.send("POST", &path, &binary, &poster()).expect_status(201);
    let _ = act(&people.author, id, "submit", &json!({})).expect_status(200);
    let _ = act(&people.reviewer, id, "review", &json!({})).expect_status(200);
    let _ = act(&people.approver, id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.approver, id, "release", &json!({"channels": ["hall"]})).expect_status(200);
}

fn shows_the_poster(display: &TestDisplay) -> bool {
    let near = |pixel: &[u8]| pixel.iter().zip(CRIMSON).all(|(a, b)| a.abs_diff(b) <= 2);
    let frame = display.recording.last();
    frame.is_some_and(|frame| frame.rgb().chunks(3).filter(|pixel| near(pixel)).count() > 10_000)
}

fn admin(http: &Http) -> Http {
    let who = json!({"staff": "admin", "password": PASSWORD});
    let signed_in = http.post("/api/v1/sessions", &who).expect_status(201);
    http.with_token(signed_in.json["token"].as_str().unwrap())
}

fn online(admin: &Http, display: &TestDisplay) -> bool {
    let path = format!("/api/v1/displays/{}", display.id);
    admin.get(&path).expect_status(200).json["standing"] == json!("online")
}

#[test]
fn a_notice_and_its_picture_reach_the_glass_within_tls_and_go_on_when_the_certificate_is_renewed() {
    let mut world = World::with_tls();
    let mut lobby = world.display("lobby", LOBBY, &["hall"]);
    assert!(world.hub().url().starts_with("https://") && world.hub().broker_url().starts_with("mqtts://"));
    publish_poster(&world, "开放日");
    eventually("the poster is on the glass", || shows_the_poster(&lobby));

    // Its certificate nears its end, the hub makes another, and nobody has to do anything.
    let before = world.hub().tls().unwrap();
    world.clock.set(SystemClock.now().plus_ms(350 * DAY_MS));
    world.an_hour_passes();
    world.clock.let_go();
    let admin_again = admin(&world.http());
    let after = world.hub().tls().unwrap();
    assert_ne!(before.leaf_sha256, after.leaf_sha256);
    assert_eq!(before.ca_pem, after.ca_pem);
    lobby.stop();
    eventually("it is seen to go", || !online(&admin_again, &lobby));
    lobby.start(world.mqtt());
    eventually("it is back, by a certificate that begins in its future", || {
        online(&admin_again, &lobby)
    });

    // A restarted hub is the same one.
    world.hub_goes_away();
    world.hub_comes_back();
    assert_eq!(world.hub().tls().unwrap().ca_pem, after.ca_pem);
    eventually("it is back after the restart", || online(&admin_again, &lobby));
}

#[test]
fn a_display_gives_its_token_to_nobody_but_its_hub() {
    let (world, stranger) = (World::with_tls(), World::with_tls());
    let mut lobby = world.display("lobby", LOBBY, &["hall"]);
    eventually("it is there", || online(&world.people.admin, &lobby));
    lobby.stop();
    eventually("it has gone", || !online(&world.people.admin, &lobby));
    // Someone else answers at the broker's address, with a certificate for that address.
    lobby.start(stranger.mqtt());
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(!online(&world.people.admin, &lobby));
    lobby.stop();
    // The control: all that was wrong was who answered.
    lobby.start(world.mqtt());
    eventually("it is there again", || online(&world.people.admin, &lobby));
}

#[test]
fn browsers_are_told_to_use_nothing_but_tls() {
    let (safe, plain) = (World::with_tls(), World::new());
    let sign_in = |world: &World| {
        let who = json!({"staff": "author", "password": PASSWORD});
        world.http().post("/api/v1/sessions", &who).expect_status(201)
    };
    let (safely, plainly) = (sign_in(&safe), sign_in(&plain));
    assert!(safely.header("strict-transport-security").unwrap().contains("max-age="));
    assert!(safely.header("set-cookie").unwrap().ends_with("; Secure"));
    // On the machine alone there is nothing to guard, and a browser would drop such a cookie.
    assert_eq!(plainly.header("strict-transport-security"), None);
    assert!(!plainly.header("set-cookie").unwrap().contains("Secure"));
    // Whoever forgets the s is told.
    let forgetful = Http::new(safe.hub().http_addr()).get("/admin");
    assert_eq!(forgetful.status, 400);
    assert!(forgetful.text.contains("https://"));
}

#[test]
fn a_hub_that_does_not_stop_at_a_silent_caller_stops_in_time() {
    let mut world = World::with_tls();
    let silent: Vec<_> = [world.hub().http_addr(), world.mqtt()]
        .iter()
        .flat_map(|address| (0..50).map(move |_| std::net::TcpStream::connect(address).unwrap()))
        .collect();
    let _ = world.http().get("/live").expect_status(200);
    world.hub_goes_away();
    world.hub_comes_back();
    let _ = world.http().get("/live").expect_status(200);
    drop(silent);
}

fn config(dir: &TempDir, tls: TlsMode) -> HubConfig {
    HubConfig {
        signer: None,
        sessions: heliograph_hub::SessionRules::default(),
        trusted_proxies: Vec::new(),
        sign_on: None,
        data: dir.path().join("hub"),
        listen: "0.0.0.0:0".parse().unwrap(),
        mqtt_listen: "127.0.0.1:0".parse().unwrap(),
        broker: None,
        tls,
        names: Vec::new(),
        site: "binhe".parse().unwrap(),
        clock: Arc::new(MovableClock::default()),
        backups: None,
        mail: None,
        retention: Retention::default(),
        wall: None,
    }
}

#[test]
fn plain_text_beyond_the_machine_is_refused_and_where_it_is_wanted_every_page_says_so() {
    let (dir, runtime) = (TempDir::new(), tokio::runtime::Runtime::new().unwrap());
    let refused = runtime
        .block_on(Hub::start(config(&dir, TlsMode::Plain)))
        .err()
        .unwrap();
    assert!(
        matches!(refused, StartError::Tls(_)) && refused.to_string().contains("--plain"),
        "{refused}"
    );

    let hub = runtime
        .block_on(Hub::start(config(&dir, TlsMode::PlainAnywhere)))
        .unwrap();
    let http = Http::to(&format!("http://127.0.0.1:{}", hub.http_addr().port()), None);
    let page = |path: &str, lang: &str| http.send("GET", path, &[("accept-language", lang)], b"").text;
    for path in ["/admin/login", "/admin/nowhere", "/admin/setup"] {
        assert!(page(path, "zh").contains("连接未加密"), "{path}");
        assert!(page(path, "en").contains("not encrypted"), "{path}");
    }
    runtime.block_on(hub.stop());

    let hub = runtime
        .block_on(Hub::start(config(&dir, TlsMode::OwnAuthority)))
        .unwrap();
    let ca_pem = hub.tls().unwrap().ca_pem;
    let http = Http::to(&format!("https://127.0.0.1:{}", hub.http_addr().port()), Some(&ca_pem));
    assert!(!http.get("/admin/login").expect_status(200).text.contains("连接未加密"));
    // A hub that listens everywhere tells a display the address by which the display called.
    let admin = People::set_up(&http, &hub.setup_word().unwrap()).admin;
    let wish = json!({
        "key": "ab".repeat(32), "name": {"zh-Hans": "屏"}, "location": {"zh-Hans": "大厅"}, "profile": "test",
        "panel": LOBBY, "language": "zh-Hans", "channels": ["hall"],
    });
    let answer: Value = admin.post("/api/v1/displays", &wish).expect_status(201).json;
    assert_eq!(
        answer["hub"],
        json!(format!("https://127.0.0.1:{}", hub.http_addr().port()))
    );
    assert_eq!(
        answer["broker"],
        json!(format!("mqtts://127.0.0.1:{}", hub.mqtt_addr().unwrap().port()))
    );
    assert_eq!(answer["ca"], json!(ca_pem));
    runtime.block_on(hub.stop());
}
