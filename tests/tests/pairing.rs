//! A machine without an identity pairs by itself: the real player's pairing, the real hub, and people who compare.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::Clock as _;
use heliograph_player::pairing::{
    Ended, Face, HubAddress, Kept, LIFE_MS, Paired, Pairing, PairingConfig, PairingError, Stopper,
};
use heliograph_player::profile::BrightnessPlan;
use heliograph_player::{FontSource, Identity, Player, PlayerConfig, SystemClock};
use heliograph_sink::{Recorder, Recording};
use heliograph_tests::{Http, STRIP, TempDir, World, eventually, hex};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A machine that pairs.
struct Machine {
    pairing: Pairing,
    stopper: Stopper,
    faces: Arc<Mutex<Vec<Face>>>,
    glass: Recording,
}

fn begin(hub: &str, folder: &Path, again: bool) -> Result<Machine, PairingError> {
    let (recorder, glass) = Recorder::new();
    let faces = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&faces);
    let pairing = Pairing::start(PairingConfig {
        hub: HubAddress::parse(hub, false).unwrap(),
        data: folder.to_owned(),
        profile: "test".to_owned(),
        panel: STRIP,
        output: heliograph_player::Output::Frames(Box::new(recorder)),
        brightness: BrightnessPlan::default(),
        fonts: FontSource::BuiltIn,
        clock: Arc::new(SystemClock),
        again,
        tell: Box::new(move |face| heard.lock().unwrap().push(face.clone())),
    })?;
    let stopper = pairing.stopper();
    Ok(Machine {
        pairing,
        stopper,
        faces,
        glass,
    })
}

fn start(world: &World, folder: &Path) -> Machine {
    begin(&world.hub().url(), folder, false).unwrap()
}

impl Machine {
    fn face(&self) -> Option<Face> {
        self.faces.lock().unwrap().last().cloned()
    }

    fn shows(&self, what: &str, wanted: impl Fn(&Face) -> bool) {
        eventually(what, || self.face().is_some_and(|face| wanted(&face)));
    }

    /// What stands on its panel, once it is another code than `before`.
    fn code_after(&self, before: &str) -> String {
        self.shows("a code", |face| matches!(face, Face::Code(code) if code != before));
        eventually("it is on the glass", || self.glass.last().is_some());
        match self.face() {
            Some(Face::Code(code)) => code,
            other => panic!("{other:?}"),
        }
    }

    fn code(&self) -> String {
        self.code_after("")
    }

    fn becomes_a_display(self) -> Paired {
        match self.pairing.wait().unwrap() {
            Ended::Admitted(paired) => *paired,
            Ended::Stopped => panic!("it stopped"),
        }
    }

    /// As by a service manager, or by a power cut at a quiet moment.
    fn stops(self) {
        self.stopper.stop();
        assert!(matches!(self.pairing.wait().unwrap(), Ended::Stopped));
    }
}

/// The machine that waits, as staff see it.
fn seen(world: &World) -> Value {
    let all = world.people.admin.get("/api/v1/enrolments").expect_status(200).json;
    assert!(all["enrolments"].as_array().unwrap().len() < 2, "{all}");
    all["enrolments"][0].clone()
}

fn decide(world: &World, verb: &str, body: &Value) -> heliograph_tests::Reply {
    let request = seen(world)["request"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/enrolments/{request}/{verb}");
    world.people.admin.post(&path, body)
}

/// Lets it in as a new display.
fn let_in(world: &World, code: &str) -> String {
    let place = json!({
        "short_string": code, "name": {"zh-Hans": "窗口屏"}, "location": {"zh-Hans": "三号窗口"}, "profile": "test",
        "panel": STRIP, "language": "zh-Hans", "channels": ["hall"],
    });
    let answer = decide(world, "admit", &place).expect_status(201).json;
    answer["id"].as_str().unwrap().to_owned()
}

/// Lets it in at the place of a display.
fn takes_over(world: &World, code: &str, id: &str) {
    let _ = decide(world, "admit", &json!({"short_string": code, "replaces": id})).expect_status(200);
}

/// The ordinary player, on the panel that the code stood on.
fn plays(paired: Paired, folder: &Path) -> Player {
    Player::start(PlayerConfig {
        broker: paired.identity.broker.clone().unwrap(),
        identity: paired.identity,
        data: folder.to_owned(),
        output: paired.output,
        brightness: BrightnessPlan::default(),
        live: None,
        fonts: FontSource::BuiltIn,
        clock: Arc::new(SystemClock),
        panel: Some(STRIP),
    })
    .unwrap()
}

fn display(world: &World, id: &str) -> Value {
    let path = format!("/api/v1/displays/{id}");
    world.people.admin.get(&path).expect_status(200).json
}

fn on_air(world: &World, id: &str, notice: &str) -> bool {
    let display = display(world, id);
    display["standing"] == json!("online") && display["status"]["on_air"]["publication"] == json!(notice)
}

fn identity(folder: &Path) -> Option<Identity> {
    Identity::load(&folder.join("identity.toml")).ok()
}

fn mail(world: &World, identity: &Identity) -> u16 {
    let caller = world.http().with_token(&identity.mqtt_token);
    caller.get("/api/v1/device/mail").status
}

#[test]
fn a_machine_shows_its_code_is_let_in_and_a_notice_is_on_the_same_glass() {
    let (world, folder) = (World::with_tls(), TempDir::new());
    let machine = start(&world, folder.path());
    let (code, glass) = (machine.code(), machine.glass.clone());
    let waiting = seen(&world);
    assert_eq!(waiting["short_string"], json!(code), "both screens show the same");
    assert_eq!(
        (&waiting["facts"]["profile"], &waiting["facts"]["panel"]["width_px"]),
        (&json!("test"), &json!(256))
    );
    assert_eq!(waiting["facts"]["addresses"], json!(["127.0.0.1"]));
    assert!(identity(folder.path()).is_none());
    let waiting_card = glass.last().unwrap();

    let id = let_in(&world, &code);
    let paired = machine.becomes_a_display();
    assert_eq!(paired.identity.display.to_string(), id);
    assert_eq!(paired.identity.ca, Some(world.hub().tls().unwrap().ca_pem));
    assert_eq!(identity(folder.path()).as_ref(), Some(&paired.identity), "it is stored");
    assert_eq!(Kept::load(folder.path()), None, "and nothing else is kept");

    let player = plays(paired, folder.path());
    let notice = world.people.publish_notice("配对后的第一条通知", &["hall"]);
    eventually("the notice is on air", || on_air(&world, &id, &notice));
    assert_ne!(glass.last().unwrap().rgb(), waiting_card.rgb());
    player.stop();
}

/// Passes on all that is said, to the letter: whoever stands between needs no more to listen.
fn stands_between(hub: Http) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for caller in listener.incoming() {
            pass_on(&caller.unwrap(), &hub);
        }
    });
    format!("http://{address}")
}

fn pass_on(mut caller: &TcpStream, hub: &Http) {
    let mut reader = BufReader::new(caller);
    let mut line = String::new();
    let Ok(1..) = reader.read_line(&mut line) else { return };
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut header = String::new();
        let Ok(2..) = reader.read_line(&mut header) else { return };
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        } else if ["authorization", "content-type"].contains(&name.to_ascii_lowercase().as_str()) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = hub.send(method, path, &headers, &body);
    let told = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{}",
        answer.status,
        answer.text.len(),
        answer.text
    );
    let _gone = caller.write_all(told.as_bytes());
}

#[test]
fn whoever_stands_between_makes_the_characters_differ_and_is_not_let_in() {
    let (world, folder) = (World::with_tls(), TempDir::new());
    let between = stands_between(world.http());
    let machine = begin(&between, folder.path(), false).unwrap();
    let code = machine.code();
    assert_ne!(seen(&world)["short_string"], json!(code));
    let refused = decide(&world, "admit", &json!({"short_string": code, "replaces": "x"}));
    assert!(
        refused.status >= 400 && refused.fields().contains(&"short_string".to_owned()),
        "{refused:?}"
    );
    let _ = decide(&world, "refuse", &json!({})).expect_status(200);
    machine.shows("it hears so", |face| *face == Face::Refused);
    machine.stops();

    // The control: with nobody between they are the same.
    let machine = start(&world, folder.path());
    let code = machine.code();
    assert_eq!(seen(&world)["short_string"], json!(code));
    machine.stops();
}

#[test]
fn a_refused_machine_says_so_and_who_turns_it_off_and_on_is_asked_again() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let code = machine.code();
    let _ = decide(&world, "refuse", &json!({})).expect_status(200);
    machine.shows("that it was refused", |face| *face == Face::Refused);
    assert!(identity(folder.path()).is_none());
    machine.stops();

    let machine = start(&world, folder.path());
    let again = machine.code_after(&code);
    let id = let_in(&world, &again);
    assert_eq!(machine.becomes_a_display().identity.display.to_string(), id);
}

#[test]
fn a_code_that_nobody_looked_at_is_replaced_after_ten_minutes() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let code = machine.code();
    let key = seen(&world)["key"].clone();
    world.clock.set(world.clock.now().plus_ms(LIFE_MS + 1_000));
    let fresh = machine.code_after(&code);
    let waiting = seen(&world);
    assert_eq!((&waiting["short_string"], &waiting["key"]), (&json!(fresh), &key));
    let _ = let_in(&world, &fresh);
    let _ = machine.becomes_a_display();
}

#[test]
fn a_machine_that_is_there_before_its_hub_waits_for_it() {
    let (mut world, folder) = (World::new(), TempDir::new());
    let hub = world.hub().url();
    world.hub_goes_away();
    let machine = begin(&hub, folder.path(), false).unwrap();
    machine.shows("that it calls", |face| *face == Face::Calling);
    eventually("that is on the glass", || machine.glass.last().is_some());
    world.hub_comes_back();
    let code = machine.code();
    assert_eq!(seen(&world)["short_string"], json!(code));
    // A hub that is started anew has forgotten the request.
    world.hub_goes_away();
    world.hub_comes_back();
    let fresh = machine.code_after(&code);
    let _ = let_in(&world, &fresh);
    let _ = machine.becomes_a_display();
}

#[test]
fn a_power_cut_before_the_answer_goes_on_and_one_after_it_begins_anew() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let code = machine.code();
    machine.stops();
    // It is let in while it is off, and finds that when it is back.
    let first = let_in(&world, &code);
    let machine = start(&world, folder.path());
    assert_eq!(machine.becomes_a_display().identity.display.to_string(), first);

    // Another one is cut off between the answer and its disk.
    let folder = TempDir::new();
    let machine = start(&world, folder.path());
    let code = machine.code();
    machine.stops();
    let id = let_in(&world, &code);
    let kept = Kept::load(folder.path()).unwrap();
    let opened = kept.opened.as_ref().unwrap();
    let path = format!("/api/v1/enrolments/{}", opened.request);
    let lost = world
        .http()
        .with_token(&hex(&opened.secret))
        .get(&path)
        .expect_status(200);
    assert_eq!(lost.json["state"], json!("admitted"));
    let machine = start(&world, folder.path());
    let fresh = machine.code_after(&code);
    assert!(identity(folder.path()).is_none(), "never half an identity");
    takes_over(&world, &fresh, &id);
    let paired = machine.becomes_a_display();
    assert_eq!(
        (paired.identity.display.to_string(), paired.identity.secret),
        (id, kept.key)
    );
    assert_eq!(mail(&world, &paired.identity), 200);
}

#[test]
fn a_wiped_machine_takes_its_place_again_with_its_history() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let id = let_in(&world, &machine.code());
    let paired = machine.becomes_a_display();
    let former = paired.identity.clone();
    let player = plays(paired, folder.path());
    let notice = world.people.publish_notice("盘换了，通知还在", &["hall"]);
    eventually("the notice", || on_air(&world, &id, &notice));
    player.stop();
    std::fs::remove_dir_all(folder.path()).unwrap();

    let machine = start(&world, folder.path());
    takes_over(&world, &machine.code(), &id);
    let paired = machine.becomes_a_display();
    assert_eq!(paired.identity.display.to_string(), id);
    assert_ne!(paired.identity.secret, former.secret);
    assert_eq!((mail(&world, &former), mail(&world, &paired.identity)), (401, 200));
    let player = plays(paired, folder.path());
    eventually("the notice is back", || on_air(&world, &id, &notice));
    player.stop();
    let records = world.hub().log().read(heliograph_log::Position(0), 10_000).unwrap();
    let stream = format!("display-{id}");
    assert_eq!(
        records.iter().filter(|record| record.stream.as_str() == stream).count(),
        2
    );
}

#[test]
fn pairing_again_gives_up_the_former_identity_only_for_another() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let id = let_in(&world, &machine.code());
    let paired = machine.becomes_a_display();
    let former = paired.identity.clone();
    let player = plays(paired, folder.path());
    let notice = world.people.publish_notice("重新配对", &["hall"]);
    eventually("the notice", || on_air(&world, &id, &notice));

    let url = world.hub().url();
    let begun = |again| begin(&url, folder.path(), again).err();
    assert!(matches!(begun(false), Some(PairingError::Enrolled(_))));
    assert!(matches!(begun(true), Some(PairingError::Replica(_))), "while it plays");
    player.stop();

    // Begun and left: it is who it was.
    let machine = begin(&url, folder.path(), true).unwrap();
    let code = machine.code();
    machine.stops();
    assert_eq!(identity(folder.path()), Some(former.clone()));
    assert_eq!(mail(&world, &former), 200);

    let machine = begin(&url, folder.path(), true).unwrap();
    assert_eq!(machine.code(), code, "it goes on where it was");
    takes_over(&world, &code, &id);
    let paired = machine.becomes_a_display();
    assert_eq!(identity(folder.path()).as_ref(), Some(&paired.identity));
    assert_ne!(paired.identity.secret, former.secret);
    assert_eq!((mail(&world, &former), mail(&world, &paired.identity)), (401, 200));
    let player = plays(paired, folder.path());
    eventually("the notice is back", || on_air(&world, &id, &notice));
    player.stop();
}

#[test]
fn a_revoked_machine_shows_what_it_may_and_is_let_in_again_at_another_place() {
    let (world, folder) = (World::new(), TempDir::new());
    let machine = start(&world, folder.path());
    let (code, glass) = (machine.code(), machine.glass.clone());
    let id = let_in(&world, &code);
    let player = plays(machine.becomes_a_display(), folder.path());
    let notice = world.people.publish_notice("撤销以后", &["hall"]);
    eventually("the notice", || on_air(&world, &id, &notice));
    let former = identity(folder.path()).unwrap();
    let _ = world
        .people
        .admin
        .post(&format!("/api/v1/displays/{id}/revoke"), &json!({}))
        .expect_status(200);
    eventually("it is cut off", || display(&world, &id)["standing"] != json!("online"));
    assert_eq!(mail(&world, &former), 401);
    assert!(
        glass.last().is_some() && identity(folder.path()) == Some(former),
        "it gives nothing up by itself"
    );
    player.stop();

    // At another place it forgets what it showed at the former one.
    let machine = begin(&world.hub().url(), folder.path(), true).unwrap();
    let other = let_in(&world, &machine.code());
    assert_ne!(other, id);
    let player = plays(machine.becomes_a_display(), folder.path());
    eventually("the notice is on the other display", || on_air(&world, &other, &notice));
    player.stop();
}
