//! A broker that asks: what EMQX 5 sends, by its documentation and the configuration in `firmware-config/broker/emqx`, and what
//! it is answered. EMQX itself does not run here.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::ExternalBroker;
use heliograph_tests::{Http, STRIP, World};
use serde_json::{Value, json};
use std::path::Path;

const WORD: &str = "the-hubs-password";

/// An office whose hub works with a broker that is not there: what it asks comes all the same.
fn office() -> World {
    World::at_broker(ExternalBroker {
        url: format!("mqtt://hub:{WORD}@127.0.0.1:1").parse().unwrap(),
        public: None,
        authority: None,
        in_step: None,
    })
}

/// A body of the configuration with its placeholders filled in, as EMQX sends it.
fn body(kind: &str, filled: &[(&str, &str)]) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware-config/broker/emqx/emqx.conf");
    let text = std::fs::read_to_string(file).unwrap();
    let section = text.split("mechanism =").nth(1).unwrap();
    let (auth, acl) = section.split_once("authorization {").unwrap();
    let (asked, section) = if kind == "auth" { ("auth", auth) } else { ("acl", acl) };
    assert!(section.contains(&format!("/api/v1/broker/{asked}\"")), "{section}");
    let body = section
        .split_once("body {")
        .unwrap()
        .1
        .split_once('}')
        .map(|_| section)
        .unwrap();
    let body = body.split_once("body {").unwrap().1;
    let mut fields = serde_json::Map::new();
    for line in body
        .lines()
        .map(str::trim)
        .take_while(|line| *line != "}")
        .filter(|line| !line.is_empty())
    {
        let (name, value) = line.split_once(" = ").unwrap();
        let placeholder = value
            .trim_matches('"')
            .strip_prefix("${")
            .unwrap()
            .strip_suffix('}')
            .unwrap();
        let (_, text) = filled.iter().find(|(known, _)| *known == placeholder).unwrap();
        fields.insert(name.to_owned(), json!(text));
    }
    Value::Object(fields)
}

struct Emqx(Http);

impl Emqx {
    fn asks(&self, kind: &str, filled: &[(&str, &str)]) -> Value {
        let path = format!("/api/v1/broker/{kind}");
        self.0.post(&path, &body(kind, filled)).expect_status(200).json
    }

    fn lets_in(&self, clientid: &str, username: &str, password: &str) -> bool {
        let answer = self.asks(
            "auth",
            &[("clientid", clientid), ("username", username), ("password", password)],
        );
        assert_ne!(answer["is_superuser"], json!(true), "rules are for everyone");
        answer["result"] == "allow"
    }

    fn allows(&self, username: &str, action: &str, topic: &str) -> bool {
        let filled = [
            ("clientid", "x"),
            ("username", username),
            ("action", action),
            ("topic", topic),
        ];
        let answer = self.asks("acl", &filled);
        assert!(answer["result"] == "allow" || answer["result"] == "deny", "{answer}");
        answer["result"] == "allow"
    }
}

#[test]
fn a_broker_that_asks_hears_who_may_come_in_and_what_they_may_do() {
    let world = office();
    let display = world.display("strip", STRIP, &["hall"]);
    let (id, token) = (display.id.to_string(), world.identity(&display).mqtt_token);
    let own = format!("display-{id}");
    let emqx = Emqx(world.http().with_token(WORD));
    assert!(emqx.lets_in(&own, &id, &token));
    assert!(emqx.lets_in("hub-binhe-0123", "hub", WORD));
    for (clientid, username, password) in [
        (own.as_str(), id.as_str(), "guess"),
        ("display-x", &id, &token),
        (&own, "hub", WORD),
        ("hub-binhe", "hub", &token),
        ("x", "x", "x"),
        (&own, &id, ""),
    ] {
        assert!(!emqx.lets_in(clientid, username, password), "{clientid} {username}");
    }
    let site = "heliograph/v1/binhe";
    for (action, topic) in [
        ("subscribe", "trust/#".to_owned()),
        ("subscribe", "channel/hall/#".to_owned()),
        ("subscribe", format!("display/{id}/config")),
        ("publish", format!("display/{id}/status")),
    ] {
        assert!(emqx.allows(&id, action, &format!("{site}/{topic}")), "{action} {topic}");
    }
    for (action, topic) in [
        ("publish", format!("{site}/trust")),
        ("subscribe", format!("{site}/channel/back-office/#")),
        ("subscribe", format!("{site}/display/{id}/status")),
        ("publish", format!("{site}/display/{id}/#")),
        ("subscribe", "#".to_owned()),
        ("subscribe", format!("$share/g/{site}/trust")),
        ("all", format!("{site}/trust")),
    ] {
        assert!(!emqx.allows(&id, action, &topic), "{action} {topic}");
    }
    assert!(emqx.allows("hub", "publish", &format!("{site}/trust")));
    assert!(!emqx.allows("hub", "subscribe", "$SYS/#"));
    assert!(!emqx.allows("x", "subscribe", &format!("{site}/trust")));

    let revoke = format!("/api/v1/displays/{id}/revoke");
    let _ = world.people.admin.post(&revoke, &json!({})).expect_status(200);
    assert!(!emqx.lets_in(&own, &id, &token));
    assert!(!emqx.allows(&id, "publish", &format!("{site}/display/{id}/status")));
}

#[test]
fn nobody_else_may_ask() {
    let world = office();
    let filled = [("clientid", "x"), ("username", "hub"), ("password", WORD)];
    let asked = body("auth", &filled);
    for stranger in [
        world.http(),
        world.http().with_token("guess"),
        world.people.admin.clone(),
    ] {
        let _ = stranger.post("/api/v1/broker/auth", &asked).expect_status(401);
    }
    // A hub with a broker of its own is asked by nobody.
    let plain = World::new();
    let _ = plain
        .http()
        .with_token(WORD)
        .post("/api/v1/broker/auth", &asked)
        .expect_status(401);
}
