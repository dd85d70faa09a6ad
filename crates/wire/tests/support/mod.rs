//! One message of each kind, made from fixed keys.

#![allow(
    dead_code,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "tests, each using a part"
)]

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{
    ChannelHead, ChannelName, ContentHash, DisplayId, Instant, Item, Kind, Lang, LocalText, Panel, Priority,
    PublicationId, SiteName, Window,
};
use heliograph_wire::{
    Ack, Command, CommandVerb, ContentPayload, DisplayConfig, Erased, FirstShown, HeadMark, Heartbeat, KeyPair, Letter,
    Mail, Newest, OnAirReport, PublicKey, Receipts, Reply, Role, Run, ShownState, SiteState, Stamp, Status, TimeAnswer,
    Topic, TrustDocument, TrustedKey, pack_head, seal,
};

/// 24 November 2026, 02:05:30 UTC.
pub const NOW: Instant = Instant(1_795_485_930_000);

pub struct Keys {
    pub root: KeyPair,
    pub release: KeyPair,
    pub heartbeat: KeyPair,
    pub command: KeyPair,
    pub display: KeyPair,
}

pub fn keys() -> Keys {
    Keys {
        root: KeyPair::from_secret([1; 32]),
        release: KeyPair::from_secret([2; 32]),
        heartbeat: KeyPair::from_secret([3; 32]),
        command: KeyPair::from_secret([4; 32]),
        display: KeyPair::from_secret([5; 32]),
    }
}

pub fn site() -> SiteName {
    "binhe".parse().unwrap()
}

pub fn channel() -> ChannelName {
    "hall".parse().unwrap()
}

pub fn display() -> DisplayId {
    DisplayId(uuid::Uuid::from_u128(7))
}

pub fn publication(number: u128) -> PublicationId {
    PublicationId(uuid::Uuid::from_u128(number))
}

pub fn key_of(topic: &Topic) -> KeyPair {
    let keys = keys();
    match topic.role() {
        Some(Role::Root) => keys.root,
        Some(Role::Release) => keys.release,
        Some(Role::Heartbeat) => keys.heartbeat,
        Some(Role::Command) => keys.command,
        Some(Role::Display) | None => keys.display,
    }
}

pub fn stamp(topic: &Topic) -> Stamp {
    let version = match topic {
        Topic::Trust => 1,
        Topic::Heartbeat => NOW.0,
        _ => 42,
    };
    Stamp {
        epoch: 1,
        version,
        issued_at: NOW,
    }
}

pub fn trust_document() -> TrustDocument {
    let keys = keys();
    let trusted = |role, key: &KeyPair| TrustedKey {
        role,
        epoch: 1,
        key: key.public(),
    };
    TrustDocument {
        site: site(),
        serial: 1,
        root: keys.root.public(),
        keys: vec![
            trusted(Role::Release, &keys.release),
            trusted(Role::Heartbeat, &keys.heartbeat),
            trusted(Role::Command, &keys.command),
        ],
        proof: None,
    }
}

pub fn item(number: u8) -> Item {
    Item {
        publication: publication(u128::from(number)),
        content: ContentHash([number; 32]),
        kind: Kind::ServiceCommitment,
        priority: Priority::Normal,
        window: Window {
            from: Instant(NOW.0 - 1000),
            until: number.is_multiple_of(2).then_some(Instant(NOW.0 + 86_400_000)),
        },
        released_at: NOW,
        standing: number % 2 == 1,
        lease_ms: number.is_multiple_of(2).then_some(604_800_000),
        assets: number
            .is_multiple_of(2)
            .then_some(ContentHash([0xee; 32]))
            .into_iter()
            .collect(),
    }
}

pub fn head() -> ChannelHead {
    ChannelHead {
        channel: channel(),
        position: 42,
        as_of: NOW,
        items: vec![item(1), item(2)],
    }
}

pub fn long_head() -> ChannelHead {
    let items = (0..900)
        .map(|n| Item {
            publication: publication(n),
            ..item((n % 250) as u8)
        })
        .collect();
    ChannelHead { items, ..head() }
}

pub fn heartbeat() -> Heartbeat {
    Heartbeat {
        position: 300,
        time: NOW,
        heads: vec![HeadMark {
            channel: channel(),
            position: 42,
            sha256: [0xaa; 32],
        }],
        newest: Newest {
            trust: 1,
            site: 40,
            erased: 300,
        },
    }
}

pub fn config() -> DisplayConfig {
    DisplayConfig {
        display: display(),
        name: LocalText::new("大厅主屏", "Lobby"),
        location: LocalText([(Lang::ZhHans, "一楼".to_owned())].into()),
        profile: "lobby-1080p".to_owned(),
        panel: Panel {
            width_px: 1920,
            height_px: 1080,
            colour: ColourDepth::Full,
            pixel_pitch_um: 630,
            viewing_distance_mm: 3500,
            refresh_hz: 60,
        },
        language: Lang::En,
        channels: vec![channel(), "all".parse().unwrap()],
        brightness_percent: 80,
        drill: true,
        hubs: vec!["http://192.0.2.1:8080".to_owned()],
        font_set: Some([0xff; 32]),
        site_profile: ContentHash([0x55; 32]),
    }
}

pub fn erased() -> Erased {
    Erased {
        hashes: vec![ContentHash([1; 32]), ContentHash([2; 32])],
    }
}

pub fn command() -> Command {
    Command {
        nonce: [9; 16],
        expires: NOW,
        verb: CommandVerb::Restart,
    }
}

pub fn site_state() -> SiteState {
    SiteState {
        blanked: true,
        since: NOW,
    }
}

pub fn time_answer() -> TimeAnswer {
    TimeAnswer {
        nonce: [6; 16],
        time: NOW,
    }
}

/// The root that takes over from the first one.
pub fn second_root() -> KeyPair {
    KeyPair::from_secret([11; 32])
}

/// The document that tells of it.
pub fn root_change() -> TrustDocument {
    let mut document = TrustDocument {
        serial: 2,
        root: second_root().public(),
        ..trust_document()
    };
    document.prove(&second_root());
    document
}

pub fn mail() -> Mail {
    let letter = |topic: &str, payload: &[u8]| Letter {
        topic: topic.to_owned(),
        payload: payload.to_vec(),
    };
    Mail {
        letters: vec![letter("trust", &[1, 1]), letter("channel/hall/head", &[1, 1, 0xff])],
    }
}

pub fn ack() -> Ack {
    Ack { sequence: 300 }
}

/// A document and a site's profile, as the content store holds them.
pub fn objects() -> [(&'static str, ContentPayload); 2] {
    let object = |bytes: &str| ContentPayload {
        salt: *b"0123456789abcdef",
        bytes: bytes.as_bytes().to_vec(),
    };
    let document = concat!(
        r#"{"format":1,"kind":"notice","texts":{"zh-Hans":{"notice":{"title":"节后办公时间","body":"照常办公。","#,
        r#""department":"综合科","date":"2026-11-24"}},"en":{"notice":{"title":"Hours after the holiday","#,
        r#""body":"As usual.","department":"General office","date":"2026-11-24"}}}}"#
    );
    let profile = concat!(
        r#"{"name":{"zh-Hans":"滨河区政务服务中心"},"hotlines":[{"label":{"zh-Hans":"咨询"},"number":"12345"}],"#,
        r#""hours":{"zh-Hans":"9:00–17:00"},"departments":{"general":{"zh-Hans":"综合科"}},"public_url":"","#,
        r#""time_zone":"Asia/Shanghai","clock":{"offsets":[[0,28800]]}}"#
    );
    [
        ("content-document", object(document)),
        ("content-profile", object(profile)),
    ]
}

pub fn status() -> Status {
    Status {
        boot_id: [8; 16],
        counter: 200,
        version: "0.1.0".to_owned(),
        uptime_ms: 70_000,
        at: NOW,
        state: ShownState::Stale,
        heads: vec![(channel(), 42)],
        on_air: Some(OnAirReport {
            publication: publication(1),
            content: ContentHash([1; 32]),
            page: 1,
            pages: 3,
            since: NOW,
        }),
        shown: vec![FirstShown {
            publication: publication(1),
            content: ContentHash([1; 32]),
            at: NOW,
        }],
        refusals: 2,
        last_refusal: Some("the signature is not right for this topic".to_owned()),
        sink: "browser".to_owned(),
        live: Some("ws://127.0.0.1:4000/live".to_owned()),
    }
}

pub fn status_of_a_slate() -> Status {
    Status {
        state: ShownState::Slate,
        heads: Vec::new(),
        on_air: None,
        shown: Vec::new(),
        refusals: 0,
        last_refusal: None,
        live: None,
        ..status()
    }
}

pub fn receipts() -> Receipts {
    let run = Run {
        sequence: 1,
        previous: [0; 32],
        content: Some(ContentHash([1; 32])),
        head: Some([0xaa; 32]),
        config: [0xbb; 32],
        scene_version: 2,
        font_set: None,
        from: NOW,
        to: Instant(NOW.0 + 12_000),
        monotonic_ms: 12_000,
        sampled_at: Instant(NOW.0 + 6_000),
        frame: [0xcc; 32],
        state: ShownState::Shown,
    };
    let second = Run {
        sequence: 2,
        previous: [0xdd; 32],
        content: None,
        head: None,
        state: ShownState::Dark,
        ..run.clone()
    };
    Receipts {
        runs: vec![run, second],
    }
}

pub fn replies() -> [(&'static str, Reply); 3] {
    [
        ("body-reply-done", Reply::Done { nonce: [9; 16] }),
        (
            "body-reply-failed",
            Reply::Failed {
                nonce: [9; 16],
                reason: "not supported".to_owned(),
            },
        ),
        ("body-reply-ask-time", Reply::AskTime { nonce: [6; 16] }),
    ]
}

/// Every signed message: a name, its topic, its body, and the payload.
pub fn messages() -> Vec<(&'static str, Topic, Vec<u8>, Vec<u8>)> {
    let id = display();
    let all = [
        ("envelope-trust", Topic::Trust, trust_document().to_bytes()),
        ("envelope-heartbeat-2", Topic::Heartbeat, heartbeat().to_bytes()),
        ("envelope-erased", Topic::Erased, erased().to_bytes()),
        ("envelope-head", Topic::Head(channel()), pack_head(&head()).0.to_bytes()),
        ("envelope-config", Topic::Config(id), config().to_bytes()),
        ("envelope-command", Topic::Command(id), command().to_bytes()),
        ("envelope-ack", Topic::Ack(id), ack().to_bytes()),
        ("envelope-status", Topic::Status(id), status().to_bytes()),
        ("envelope-receipts", Topic::Receipts(id), receipts().to_bytes()),
        ("envelope-reply", Topic::Reply(id), replies()[0].1.to_bytes()),
        ("envelope-site", Topic::Site, site_state().to_bytes()),
        ("envelope-time", Topic::Time(id), time_answer().to_bytes()),
    ];
    let sealed = |(name, topic, body): (&'static str, Topic, Vec<u8>)| {
        let payload = seal(&key_of(&topic), &site(), &topic, stamp(&topic), &body);
        (name, topic, body, payload)
    };
    all.into_iter().map(sealed).collect()
}

pub fn root() -> PublicKey {
    keys().root.public()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}
