//! How staff let machines in and shut them out, with forms alone: at the machine, by what stands on its screen.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Event;
use heliograph_domain::display::DisplayEvent;
use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, Machine, Reply, STRIP, World, eventually, hidden};
use serde_json::{Value, json};

const WHERE: &str = "三号窗口上方";

/// A strip that says all there is to say.
fn strip(number: u8, model: &str) -> Machine {
    let facts = json!({
        "model": model, "version": "0.1.0", "profile": "strip-256x64", "panel": STRIP, "addresses": ["10.0.0.9"],
        "language": "zh-Hans",
    });
    Machine::saying(number, &facts)
}

fn page_of(machine: &Machine) -> String {
    format!("/admin/displays/pair/{}", machine.request())
}

/// The form as it is sent: what the page holds, a name and a place, and `fields`.
fn sent<'a>(page: &'a [(String, String)], code: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = page
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    all.extend([
        ("short_string", code),
        ("name.zh-Hans", "窗口条屏"),
        ("location.zh-Hans", WHERE),
        ("language", "zh-Hans"),
        ("panel.colour", "full"),
    ]);
    all.extend_from_slice(fields);
    all
}

/// What the page filled in by itself.
fn filled(page: &str) -> Vec<(String, String)> {
    let names = ["key", "profile"].into_iter().map(str::to_owned);
    let numbers = [
        "width_px",
        "height_px",
        "pixel_pitch_um",
        "viewing_distance_mm",
        "refresh_hz",
    ];
    let names = names.chain(numbers.iter().map(|name| format!("panel.{name}")));
    let form = page.split_once("id=\"pair\"").unwrap().1;
    names.map(|name| (name.clone(), hidden(form, &name))).collect()
}

/// Lets a machine in by its page's form.
fn let_in(browser: &mut Browser, machine: &Machine, code: &str, fields: &[(&str, &str)]) -> Reply {
    let path = page_of(machine);
    let page = filled(&browser.get(&path).expect_status(200).text);
    browser.post(&path, &sent(&page, code, fields))
}

fn id_in(reply: &Reply) -> String {
    let to = reply.header("location").unwrap();
    let id = to.strip_prefix("/admin/displays/").unwrap();
    id.split('?').next().unwrap().to_owned()
}

fn standing(world: &World, id: &str) -> String {
    let known = world.people.admin.get(&format!("/api/v1/displays/{id}")).json;
    known["standing"].as_str().unwrap().to_owned()
}

fn displays(world: &World) -> Vec<Value> {
    let known = world.people.admin.get("/api/v1/displays").expect_status(200).json;
    known["displays"].as_array().unwrap().clone()
}

#[test]
fn a_machine_is_let_in_by_what_stands_on_its_screen() {
    let world = World::new();
    let machine = strip(1, "<b>N100</b> box").knocks(&world.http());
    let mut admin = Browser::signed_in(&world, "admin");
    let list = admin.get("/admin/displays").expect_status(200).text;
    assert!(list.contains("等待接入的设备：1 台"), "said at the top, too");
    assert!(list.contains("&lt;b&gt;N100&lt;/b&gt; box") && list.contains("来自 127.0.0.1") && list.contains("256×64"));
    assert!(
        list.contains(&format!("heliograph player --hub {}", world.http().base())),
        "how to bring one"
    );
    let page = admin.get(&page_of(&machine)).expect_status(200).text;
    let code = machine.code();
    assert!(page.contains("10.0.0.9") && page.contains("256×64 全彩") && page.contains("公钥指纹"));
    for page in [&list, &page] {
        assert!(!page.contains(&code), "nobody can copy the code from here");
    }
    admin.reads_both_languages(&page_of(&machine));

    let wrong = let_in(&mut admin, &machine, "000-000", &[("channels", "hall")])
        .expect_status(422)
        .text;
    assert!(
        wrong.contains("与这台设备的配对码不一致") && wrong.contains(WHERE),
        "what was typed stays: {wrong}"
    );
    assert!(wrong.contains("value=\"hall\" checked") && !wrong.contains(&code));
    let nowhere = let_in(&mut admin, &machine, &code, &[("panel.width_px", "wide")])
        .expect_status(422)
        .text;
    assert_eq!(
        nowhere.matches("class=\"fault\"").count(),
        1,
        "no channel was chosen: {nowhere}"
    );
    assert!(displays(&world).is_empty());
    assert_eq!(machine.asks(&world.http()).json["state"], "waiting");

    // As it comes out of a hurried hand: small letters and no hyphen. And twice.
    let typed = code.to_lowercase().replace('-', " ");
    let page = filled(&admin.get(&page_of(&machine)).text);
    let fields = sent(&page, &typed, &[("channels", "hall")]);
    let first = admin.post(&page_of(&machine), &fields).expect_status(303);
    let second = admin.post(&page_of(&machine), &fields).expect_status(303);
    assert_eq!(first.header("location"), second.header("location"));
    let known = displays(&world);
    assert_eq!((known.len(), &known[0]["id"]), (1, &json!(id_in(&first))));
    assert_eq!(
        (&known[0]["panel"], &known[0]["profile"], &known[0]["channels"]),
        (&json!(STRIP), &json!("strip-256x64"), &json!(["hall"]))
    );
    assert_eq!(machine.asks(&world.http()).json["id"], known[0]["id"]);
    let done = admin.get(first.header("location").unwrap()).expect_status(200).text;
    assert!(done.contains("已接入") && done.contains(WHERE));
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let world = World::new();
    let silent = Machine::saying(1, &json!({})).knocks(&world.http());
    let mut admin = Browser::signed_in(&world, "admin");
    let page = admin.get(&page_of(&silent)).expect_status(200).text;
    assert!(page.contains("未说明型号的设备") && page.contains("<details class=\"panel\" open>"));
    let refused = admin
        .post(&page_of(&silent), &[("language", "zh-Hans")])
        .expect_status(422)
        .text;
    // Code, name, location, channels, profile, five numbers of the panel and its colours.
    assert_eq!(refused.matches("class=\"fault\"").count(), 11, "{refused}");
    assert!(displays(&world).is_empty());
}

#[test]
fn a_code_typed_for_the_wrong_machine_leads_to_the_right_one() {
    let world = World::new();
    let one = strip(1, "one").knocks(&world.http());
    let two = strip(2, "two").knocks(&world.http());
    let mut admin = Browser::signed_in(&world, "admin");
    let wrong = let_in(&mut admin, &one, &two.code(), &[("channels", "hall")])
        .expect_status(422)
        .text;
    assert!(wrong.contains("（two）的配对码"), "{wrong}");
    assert!(wrong.contains(&format!("formaction=\"{}\"", page_of(&two))), "{wrong}");
    let page = filled(&wrong);
    let code = two.code();
    let fields = sent(&page, &code, &[("channels", "hall"), ("then", "carry")]);
    let carried = admin.post(&page_of(&two), &fields).expect_status(200).text;
    assert!(
        carried.contains(WHERE) && carried.contains("value=\"hall\" checked") && !carried.contains("class=\"fault\"")
    );
    let _ = let_in(&mut admin, &two, &two.code(), &[("channels", "hall")]).expect_status(303);
    assert_eq!(
        one.asks(&world.http()).json["state"],
        "waiting",
        "the other is not let in"
    );
    // The control: a code that no machine has leads nowhere.
    let nowhere = let_in(&mut admin, &one, "000-000", &[("channels", "hall")])
        .expect_status(422)
        .text;
    assert!(!nowhere.contains("formaction"));
}

#[test]
fn a_stranger_is_refused_and_gets_nothing() {
    let world = World::new();
    let machine = strip(1, "stranger").knocks(&world.http());
    let mut admin = Browser::signed_in(&world, "admin");
    let refuse = format!("{}/refuse", page_of(&machine));
    assert!(
        admin
            .get(&page_of(&machine))
            .text
            .contains(&format!("action=\"{refuse}\""))
    );
    let refused = admin.post(&refuse, &[("key", "k1")]).expect_status(303);
    let told = admin.get(refused.header("location").unwrap()).text;
    assert!(told.contains("已拒绝") && !told.contains("stranger"));
    assert_eq!(machine.asks(&world.http()).json["state"], "refused");
    // Whoever has the page open still hears that it is over.
    let late = admin.post(&refuse, &[("key", "k2")]).expect_status(410).text;
    assert!(late.contains("这次配对已经结束"));
    let late = admin
        .post(&page_of(&machine), &[("short_string", &machine.code())])
        .expect_status(410)
        .text;
    assert!(late.contains("这次配对已经结束"));
    assert!(displays(&world).is_empty());
}

#[test]
fn what_was_typed_outlives_the_request() {
    let world = World::new();
    let machine = strip(1, "slow").knocks(&world.http());
    let mut admin = Browser::signed_in(&world, "admin");
    let page = filled(&admin.get(&page_of(&machine)).text);
    let code = machine.code();
    let fields = sent(&page, &code, &[("channels", "hall"), ("channels", "strips")]);
    world.clock.set(world.clock.now().plus_ms(10 * 60_000));
    let late = admin.post(&page_of(&machine), &fields).expect_status(410).text;
    assert!(late.contains("这次配对已经结束") && late.contains("现在没有设备等待接入"));
    assert!(hidden(&late, "location.zh-Hans") == WHERE && !late.contains(&code));
    let _ = admin.get(&page_of(&machine)).expect_status(410);

    let again = strip(2, "slow").knocks(&world.http());
    let kept = [&fields[..], &[("then", "carry")]].concat();
    let there = admin.post(&page_of(&machine), &kept).expect_status(410).text;
    assert!(
        there.contains(&format!("formaction=\"{}\"", page_of(&again))),
        "{there}"
    );
    // The browser sends what the page holds hidden: all but the old code.
    let kept: Vec<_> = kept.into_iter().filter(|(name, _)| *name != "short_string").collect();
    let form = admin.post(&page_of(&again), &kept).expect_status(200).text;
    assert!(form.contains(WHERE) && form.matches("checked").count() == 2 && hidden(&form, "short_string").is_empty());
    let done = let_in(&mut admin, &again, &again.code(), &[("channels", "hall")]).expect_status(303);
    assert_eq!(displays(&world)[0]["id"], json!(id_in(&done)));
}

#[test]
fn a_stolen_machine_is_cut_off_at_once_and_another_takes_its_place() {
    let world = World::new();
    let mut lobby = world.display("strip", STRIP, &["hall"]);
    let id = lobby.id.to_string();
    eventually("it is there", || standing(&world, &id) == "online");
    let mut admin = Browser::signed_in(&world, "admin");
    let (own, revoke) = (format!("/admin/displays/{id}"), format!("/admin/displays/{id}/revoke"));
    assert!(!admin.get(&own).text.contains("id=\"revoked\""));
    let unsaid = admin
        .post(&revoke, &[("key", "k1"), ("reason", " ")])
        .expect_status(422)
        .text;
    assert!(
        unsaid.contains("class=\"fault\"") && unsaid.contains("value=\"strip\""),
        "the setting stays: {unsaid}"
    );
    assert_eq!(standing(&world, &id), "online", "the control: nothing was done");

    let reason = "夜间失窃，已报警";
    let done = admin
        .post(&revoke, &[("key", "k2"), ("reason", reason)])
        .expect_status(303);
    eventually("it is cut off", || standing(&world, &id) == "offline");
    let page = admin.get(done.header("location").unwrap()).expect_status(200).text;
    assert!(
        page.contains("id=\"revoked\"") && page.contains("管理员") && page.contains(reason) && page.contains("已吊销")
    );
    assert!(!page.contains(&format!("action=\"{revoke}\"")), "once is enough");
    admin.reads_both_languages(&own);
    let stolen = world.identity(&lobby).mqtt_token;
    let mail = |token: &str| world.http().with_token(token).get("/api/v1/device/mail").status;
    assert_eq!(mail(&stolen), 401);
    assert_eq!(reasons(&world, &id), [reason], "it is in the log");

    let machine = strip(4, "successor").knocks(&world.http());
    let page = admin.get(&own).text;
    let link = format!("{}?replaces={id}", page_of(&machine));
    assert!(page.contains(&format!("href=\"{link}\"")));
    let form = admin.get(&link).expect_status(200).text;
    assert!(form.contains(&format!("value=\"{id}\" selected")), "{form}");
    let taken = let_in(&mut admin, &machine, &machine.code(), &[("replaces", &id)]).expect_status(303);
    assert_eq!(id_in(&taken), id);
    let told = machine.asks(&world.http()).expect_status(200).json;
    let token = told["mqtt_token"].as_str().unwrap();
    assert_eq!((mail(token), mail(&stolen)), (200, 401));
    lobby.becomes(machine.keys.secret(), token);
    lobby.start(world.mqtt());
    eventually("the place shows again", || standing(&world, &id) == "online");
    let page = admin.get(&own).text;
    assert!(!page.contains("id=\"revoked\"") && page.contains(&format!("action=\"{revoke}\"")));
}

/// The reasons for which the log says that a display's machines were shut out.
fn reasons(world: &World, id: &str) -> Vec<String> {
    let records = world.hub().log().read(heliograph_log::Position(0), 10_000).unwrap();
    let events = records
        .iter()
        .filter(|record| record.stream.as_str() == format!("display-{id}"));
    let reason = |record: &heliograph_log::Record| {
        let (stream, kind) = (record.stream.as_str(), record.kind.as_str());
        match Event::from_record(stream, kind, record.version, &record.body).unwrap() {
            Event::Display(_, DisplayEvent::CredentialRevokedFor { reason }) => Some(reason),
            _ => None,
        }
    };
    events.filter_map(reason).collect()
}

#[test]
fn who_may_not_decide_is_told_so() {
    let world = World::new();
    let lobby = world.display("strip", STRIP, &["hall"]);
    let machine = strip(1, "N100").knocks(&world.http());
    let mut author = Browser::signed_in(&world, "author");
    assert!(
        !author.get("/admin/displays").expect_status(200).text.contains("N100"),
        "not offered"
    );
    let refused = author.get(&page_of(&machine)).expect_status(403).text;
    assert!(refused.contains("您没有这项权限") && refused.contains("href=\"/admin\""));
    let code = machine.code();
    let posts = [
        (
            page_of(&machine),
            vec![("short_string", code.as_str()), ("name.zh-Hans", "x")],
        ),
        (format!("{}/refuse", page_of(&machine)), vec![]),
        (format!("/admin/displays/{}/revoke", lobby.id), vec![("reason", "x")]),
    ];
    for (path, fields) in &posts {
        let told = author.post(path, fields).expect_status(403).text;
        assert!(told.contains("您没有这项权限"), "{path}");
    }
    assert_eq!(machine.asks(&world.http()).json["state"], "waiting");
    // The control: who operates displays may.
    let admin = Browser::signed_in(&world, "admin");
    let _ = admin.get(&page_of(&machine)).expect_status(200);
}
