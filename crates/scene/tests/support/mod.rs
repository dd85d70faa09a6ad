//! Documents, panels and an office to draw.

#![allow(
    dead_code,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "tests, each using a part"
)]

use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::{Hotline, SiteClock, SiteProfile};
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, LocalText, Panel};
use heliograph_scene::{
    Alert, AlertStatus, CampaignTheme, FontSet, Frame, Marks, SYSTEM_FONTS, Scene, Severity, Stage, Urgency,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 24 November 2026, 10:05:30 in Shanghai.
pub const NOW: Instant = Instant(1_795_485_930_000);

pub const fn panel(width_px: u16, height_px: u16, colour: ColourDepth) -> Panel {
    Panel {
        width_px,
        height_px,
        colour,
        pixel_pitch_um: if height_px < 100 { 5000 } else { 630 },
        viewing_distance_mm: if height_px < 100 { 8000 } else { 3500 },
        refresh_hz: 30,
    }
}

pub const LOBBY: Panel = panel(1920, 1080, ColourDepth::Full);
pub const PORTRAIT: Panel = panel(1080, 1920, ColourDepth::Full);
pub const STRIP: Panel = panel(256, 64, ColourDepth::Full);
pub const FOUR_K: Panel = Panel {
    pixel_pitch_um: 430,
    viewing_distance_mm: 4500,
    ..panel(3840, 2160, ColourDepth::Full)
};
pub const RED: Panel = panel(192, 16, ColourDepth::Mono);
pub const TRI: Panel = panel(320, 16, ColourDepth::Tri);
pub const SIGN: Panel = panel(64, 32, ColourDepth::Full);
pub const SIGN_128: Panel = panel(128, 64, ColourDepth::Full);

pub fn site() -> SiteProfile {
    SiteProfile {
        name: LocalText::new("滨河市外事服务中心", "Binhe Foreign Affairs Service Centre"),
        hotlines: vec![
            Hotline {
                label: LocalText::new("咨询电话", "Enquiries"),
                number: "0000-8860123".to_owned(),
            },
            Hotline {
                label: LocalText::new("监督电话", "Supervision"),
                number: "0000-8860456".to_owned(),
            },
        ],
        hours: LocalText::new(
            "工作日 8:30–11:30，13:00–17:00",
            "Working days 8:30–11:30 and 13:00–17:00",
        ),
        departments: std::collections::BTreeMap::default(),
        public_url: "https://notices.example.org".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        clock: SiteClock::fixed(8 * 3600),
    }
}

/// A warning of torrential rain.
pub fn flood(status: AlertStatus) -> Alert {
    Alert {
        status,
        severity: Severity::Extreme,
        urgency: Urgency::Immediate,
        headline: LocalText::new(
            "暴雨红色预警：请立即撤离一楼大厅",
            "Torrential rain: leave the ground floor now",
        ),
        instruction: LocalText::new(
            "请从东侧出口有序撤离，不要乘坐电梯，不要返回取物；听从工作人员指挥，到河滨路集合点集合。",
            "Leave by the east exit. Do not use the lifts and do not go back for your things. Follow the staff to the assembly point in Hebin Road.",
        ),
        area: LocalText::new("滨河市全域及地下空间", "All of Binhe and all basements"),
        sender: LocalText::new("滨河市气象台", "Binhe Meteorological Observatory"),
        effective: Instant(NOW.0 - 600_000),
        expires: NOW.plus_ms(3 * 3_600_000),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// A document of `tests/documents`.
pub fn document(name: &str) -> Document {
    let path = folder().join("documents").join(format!("{name}.json"));
    Document::from_bytes(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// The names of all documents of ordinary length.
pub fn documents() -> Vec<String> {
    named("documents", "")
}

/// The names of the longest real documents, one of each kind.
pub fn long_documents() -> Vec<String> {
    named("documents/long", "long/")
}

/// The names of the documents with tables.
pub fn tables() -> Vec<String> {
    named("documents/tables", "tables/")
}

/// The names of all documents, long ones and those with tables too.
pub fn all_documents() -> Vec<String> {
    [documents(), long_documents(), tables()].concat()
}

fn named(under: &str, before: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder().join(under))
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut names: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .map(|path| format!("{before}{}", path.file_stem().unwrap().to_str().unwrap()))
        .collect();
    names.sort();
    names
}

/// The outline fonts, if this machine has them.
pub fn noto() -> Option<Arc<FontSet>> {
    let [regular, bold] = SYSTEM_FONTS.map(std::fs::read);
    let fonts = FontSet::from_bytes(regular.ok()?.into(), bold.ok()?.into()).unwrap();
    Some(Arc::new(fonts))
}

/// A document alone on air, perhaps during a campaign.
pub fn on_air(scene: &Scene, document: &Document, theme: Option<&CampaignTheme>) -> Frame {
    let content = ContentHash([7; 32]);
    let publication = "00000000-0000-7000-8000-000000000007".parse().unwrap();
    let item = Item::alone(publication, content, document.kind);
    let airing = Airing {
        main: Some(OnAir {
            item: &item,
            page: 0,
            pages: scene.turn(document).pages,
            page_since: NOW,
        }),
        footer: Vec::new(),
        until: NOW.plus_ms(60_000),
    };
    let documents = std::collections::BTreeMap::from([(content, document.clone())]);
    let stage = Stage {
        airing: &airing,
        documents: &documents,
        site: &site(),
        marks: Marks::default(),
        theme,
    };
    scene.render(&stage, NOW)
}

pub fn png(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width_px(), frame.height_px());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(frame.rgb()).unwrap();
    bytes
}

/// Every pixel as `times` × `times`, for a look at lamps.
pub fn enlarged(frame: &Frame, times: u32) -> Frame {
    let mut large = Frame::filled(
        frame.width_px() * times,
        frame.height_px() * times,
        heliograph_scene::Rgb(0, 0, 0),
    );
    for y in 0..large.height_px() {
        for x in 0..large.width_px() {
            large.set_pixel(x, y, frame.pixel(x / times, y / times));
        }
    }
    large
}

/// Every lamp as a dot of `times` pixels with a dark edge.
pub fn lamps(frame: &Frame, times: u32) -> Frame {
    let mut large = enlarged(frame, times);
    for y in (0..large.height_px()).filter(|y| times > 2 && y % times == times - 1) {
        for x in 0..large.width_px() {
            large.set_pixel(x, y, heliograph_scene::Rgb(24, 24, 24));
        }
    }
    for x in (0..large.width_px()).filter(|x| times > 2 && x % times == times - 1) {
        for y in 0..large.height_px() {
            large.set_pixel(x, y, heliograph_scene::Rgb(24, 24, 24));
        }
    }
    large
}
