//! What an office says, properly signed or not.

use heliograph_domain::head::{ChannelHead, Item, Priority};
use heliograph_domain::ids::{ChannelName, DisplayId, PublicationId, SiteName};
use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::site::{SiteClock, SiteProfile};
use heliograph_domain::{Document, Instant, Kind, Lang, LocalText, Window};
use heliograph_wire::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;
/// 2026-11-24, ten o'clock in Shanghai.
pub const TEN: Instant = Instant(1_795_485_600_000);

pub const PANEL: Panel = Panel {
    width_px: 960,
    height_px: 540,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 3000,
    refresh_hz: 30,
};

/// A message: its topic and its bytes.
pub type Message = (Topic, Vec<u8>);

pub fn site() -> SiteName {
    "binhe".parse().unwrap()
}

pub fn hall() -> ChannelName {
    "hall".parse().unwrap()
}

pub fn display() -> DisplayId {
    "019a0000-0000-7000-8000-000000000001".parse().unwrap()
}

pub fn key(n: u8) -> KeyPair {
    KeyPair::from_secret([n; 32])
}

pub const ROOT: u8 = 1;
pub const RELEASE: u8 = 2;
pub const BEAT: u8 = 3;
pub const STRANGER: u8 = 4;
pub const DEVICE: u8 = 5;
pub const COMMAND: u8 = 6;
pub const NEXT_ROOT: u8 = 11;
pub const LAST_ROOT: u8 = 12;

/// Something to publish.
#[derive(Clone)]
pub struct Notice {
    pub payload: ContentPayload,
    pub item: Item,
}

/// A notice with this title, from now on and for a year.
pub fn notice(title: &str) -> Notice {
    notice_with(title, "正文")
}

/// The same, with this text.
pub fn notice_with(title: &str, text: &str) -> Notice {
    let body = serde_json::json!({"title": title, "body": text, "department": "办公室", "date": "2026-11-24"});
    let document = serde_json::json!({"format": 1, "kind": "notice", "texts": {"zh-Hans": {"notice": body}}});
    let payload = ContentPayload {
        salt: [1; 16],
        bytes: serde_json::to_vec(&document).unwrap(),
    };
    assert!(Document::from_bytes(&payload.bytes).is_ok());
    let digits = u64::from_be_bytes(Sha256::digest(title)[..8].try_into().unwrap()) >> 16;
    let publication: PublicationId = format!("019a0000-0000-7000-8000-{digits:012x}").parse().unwrap();
    let item = Item {
        publication,
        content: payload.hash(),
        kind: Kind::Notice,
        priority: Priority::Normal,
        window: Window {
            from: Instant(0),
            until: Some(TEN.plus_ms(365 * DAY)),
        },
        released_at: TEN,
        standing: false,
        lease_ms: None,
        assets: Vec::new(),
    };
    Notice { payload, item }
}

/// Signs as the office does.
pub fn signed(by: u8, topic: Topic, version: u64, at: Instant, body: &[u8]) -> Message {
    let stamp = Stamp {
        epoch: 1,
        version,
        issued_at: at,
    };
    let payload = seal(&key(by), &site(), &topic, stamp, body);
    (topic, payload)
}

pub fn trust() -> Message {
    signed(ROOT, Topic::Trust, 1, TEN, &trust_document(1, 1, ROOT).to_bytes())
}

/// A trust document of this number that names the office's keys in this epoch, and this root.
pub fn trust_document(serial: u32, epoch: u32, root: u8) -> TrustDocument {
    let keys = [
        (Role::Release, RELEASE),
        (Role::Heartbeat, BEAT),
        (Role::Command, COMMAND),
    ];
    TrustDocument {
        site: site(),
        serial,
        root: key(root).public(),
        keys: keys
            .into_iter()
            .map(|(role, n)| TrustedKey {
                role,
                epoch,
                key: key(n).public(),
            })
            .collect(),
        proof: None,
    }
}

/// A document of this number that makes `new` the root, signed by `old` and proven by `new`: as on `trust` and on
/// `trust/{serial}`.
pub fn new_root(serial: u32, old: u8, new: u8) -> (Message, Message) {
    let mut document = trust_document(serial, 1, new);
    document.prove(&key(new));
    let on_trust = signed(old, Topic::Trust, u64::from(serial), TEN, &document.to_bytes());
    let step = (Topic::TrustStep(serial), on_trust.1.clone());
    (on_trust, step)
}

/// What holds for the whole site.
pub fn site_state(version: u64, blanked: bool) -> Message {
    let body = SiteState { blanked, since: TEN };
    signed(RELEASE, Topic::Site, version, TEN, &body.to_bytes())
}

pub fn profile() -> ContentPayload {
    let profile = SiteProfile {
        name: LocalText::new("滨河", "Binhe"),
        hotlines: Vec::new(),
        hours: LocalText::default(),
        departments: BTreeMap::new(),
        public_url: String::new(),
        time_zone: "Asia/Shanghai".to_owned(),
        clock: SiteClock::fixed(8 * 3600),
    };
    ContentPayload {
        salt: [2; 16],
        bytes: serde_json::to_vec(&profile).unwrap(),
    }
}

pub fn config() -> DisplayConfig {
    DisplayConfig {
        display: display(),
        name: LocalText::new("大厅屏", "Hall"),
        location: LocalText::default(),
        profile: "test".to_owned(),
        panel: PANEL,
        language: Lang::ZhHans,
        channels: vec![hall()],
        brightness_percent: 100,
        drill: false,
        hubs: Vec::new(),
        font_set: None,
        site_profile: profile().hash(),
    }
}

pub fn configured(version: u64, config: &DisplayConfig) -> Message {
    signed(RELEASE, Topic::Config(display()), version, TEN, &config.to_bytes())
}

pub fn content(payload: &ContentPayload) -> Message {
    (Topic::Content(hall(), payload.hash()), payload.to_bytes())
}

pub fn channel_head(position: u64, notices: &[&Notice]) -> ChannelHead {
    ChannelHead {
        channel: hall(),
        position,
        as_of: TEN,
        items: notices.iter().map(|notice| notice.item.clone()).collect(),
    }
}

/// The hall's head and the digest of its body.
pub fn head(position: u64, notices: &[&Notice]) -> Message {
    let (message, pages) = pack_head(&channel_head(position, notices));
    assert!(pages.is_empty(), "a short head travels inline");
    signed(RELEASE, Topic::Head(hall()), position, TEN, &message.to_bytes())
}

pub fn heartbeat(at: Instant, marks: &[(u64, &Message)]) -> Message {
    heartbeat_with(at, marks, Newest::default())
}

/// A heartbeat that tells the newest of what holds for every display, too.
pub fn heartbeat_with(at: Instant, marks: &[(u64, &Message)], newest: Newest) -> Message {
    let heads = marks.iter().map(|(position, (topic, payload))| {
        let opened = open(payload, &site(), topic, &|_, _| Some(key(RELEASE).public())).unwrap();
        HeadMark {
            channel: hall(),
            position: *position,
            sha256: Sha256::digest(opened.body).into(),
        }
    });
    let beat = Heartbeat {
        position: 1,
        time: at,
        heads: heads.collect(),
        newest,
    };
    signed(BEAT, Topic::Heartbeat, at.0, at, &beat.to_bytes())
}

/// The hub's answer to a question for the time.
pub fn answer(nonce: [u8; 16], at: Instant) -> Message {
    let body = TimeAnswer { nonce, time: at };
    signed(BEAT, Topic::Time(display()), at.0, at, &body.to_bytes())
}
