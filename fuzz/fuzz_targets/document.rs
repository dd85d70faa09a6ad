//! A text of a stranger, on a panel: what the check lets through and what it would not have, both become a picture and a
//! plan for cards.
#![no_main]

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::{SiteClock, SiteProfile};
use heliograph_domain::{Document, Instant, Lang, LocalText, Panel};
use heliograph_scene::{FontSet, Scene};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::{Arc, LazyLock};

const PANELS: [(u16, u16, ColourDepth); 8] = [
    (640, 480, ColourDepth::Full),
    (480, 640, ColourDepth::Full),
    (256, 64, ColourDepth::Full),
    (128, 64, ColourDepth::Tri),
    (64, 32, ColourDepth::Full),
    (192, 16, ColourDepth::Mono),
    (7, 5, ColourDepth::Tri),
    (1, 1, ColourDepth::Full),
];

static FONTS: LazyLock<Arc<FontSet>> = LazyLock::new(|| Arc::new(FontSet::built_in()));

fn site() -> SiteProfile {
    SiteProfile {
        name: LocalText::new("外事服务中心", "Office"),
        hotlines: Vec::new(),
        hours: LocalText::default(),
        departments: Default::default(),
        public_url: "https://example.org".to_owned(),
        time_zone: "UTC".to_owned(),
        clock: SiteClock::fixed(0),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, cut, text @ ..] = bytes else { return };
    let text = String::from_utf8_lossy(text);
    let title: String = text.chars().take(usize::from(*cut)).collect();
    let fields = json!({"title": title, "body": text, "department": title, "date": "2026-11-24"});
    let raw = json!({"format": 1, "kind": "notice", "texts": {"zh-Hans": {"notice": fields}}});
    let document = Document::from_bytes(raw.to_string().as_bytes()).expect("a notice");
    // The check itself must say yes or no to anything.
    let _ = Document::check(document.kind, &json!({"zh-Hans": fields}));

    let (width_px, height_px, colour) = PANELS[usize::from(*choice) % PANELS.len()];
    let panel = Panel {
        width_px,
        height_px,
        colour,
        pixel_pitch_um: 4000,
        viewing_distance_mm: 3000,
        refresh_hz: 30,
    };
    let scene = Scene::new(Arc::clone(&FONTS), panel, Lang::ZhHans);
    let turn = scene.turn(&document);
    assert!(turn.pages > 0 && turn.dwell_ms > 0);
    for page in [0, turn.pages - 1] {
        let frame = scene.preview(&document, &site(), page, Instant(1_800_000_000_000));
        assert_eq!((frame.width_px(), frame.height_px()), (width_px.into(), height_px.into()));
    }
    let _ = scene.missing(&document);
});
