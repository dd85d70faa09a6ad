//! Plans to show, by hand and from the scene's own documents.

use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::{Hotline, SiteClock, SiteProfile};
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Lang, LocalText, Panel, PublicationId};
use heliograph_scene::plan::{Align, CharSize, ClockArea, Lamp, Motion, Place, TextArea};
use heliograph_scene::{FontSet, Marks, Scene, Stage, TextPlan};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// 24 November 2026, 10:05:30 in Shanghai, a Tuesday.
pub const NOW: Instant = Instant(1_795_485_930_000);

pub fn place(x_px: u16, y_px: u16, width_px: u16, height_px: u16) -> Place {
    Place {
        x_px,
        y_px,
        width_px,
        height_px,
    }
}

pub fn area(place: Place, motion: Motion, lines: &[&str]) -> TextArea {
    TextArea {
        place,
        lines: lines.iter().map(ToString::to_string).collect(),
        lamp: Lamp::Yellow,
        size: CharSize::Dots16,
        align: Align::Middle,
        motion,
        dwell_ms: 5000,
        speed_px_per_s: 64,
    }
}

pub fn plan(areas: Vec<TextArea>, clock: Option<ClockArea>) -> TextPlan {
    TextPlan {
        width_px: 256,
        height_px: 64,
        areas,
        clock,
        utc_offset_s: 8 * 3600,
        until: NOW.plus_ms(10_000),
    }
}

/// A text on its own.
pub fn told(text: &str) -> Arc<TextPlan> {
    Arc::new(plan(vec![area(place(0, 0, 256, 64), Motion::Still, &[text])], None))
}

pub fn clock() -> ClockArea {
    ClockArea {
        place: place(216, 48, 40, 16),
        lamp: Lamp::Green,
        size: CharSize::Dots16,
    }
}

fn site() -> SiteProfile {
    SiteProfile {
        name: LocalText::new("滨河市外事服务中心", "Binhe Foreign Affairs Service Centre"),
        hotlines: vec![Hotline {
            label: LocalText::new("咨询电话", "Enquiries"),
            number: "0000-8860123".to_owned(),
        }],
        hours: LocalText::default(),
        departments: BTreeMap::default(),
        public_url: String::new(),
        time_zone: "Asia/Shanghai".to_owned(),
        clock: SiteClock::fixed(8 * 3600),
    }
}

/// Every document of the scene's tests on every panel of characters, in two languages, and the slate.
pub fn of_all_documents() -> Vec<(String, TextPlan)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scene/tests/documents");
    let files = [folder.clone(), folder.join("long"), folder.join("tables")]
        .into_iter()
        .flat_map(|folder| {
            let files = std::fs::read_dir(folder).unwrap();
            files.map(|file| file.unwrap().path()).collect::<Vec<_>>()
        });
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    let documents = files.iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Some(Document::from_bytes(&std::fs::read(path).unwrap()).unwrap()))
    });
    let all: Vec<(String, Option<Document>)> = documents.chain([("slate".to_owned(), None)]).collect();
    assert!(all.len() > 5, "the documents are in {}", folder.display());
    let panels = [
        (192, 16, ColourDepth::Mono),
        (320, 16, ColourDepth::Tri),
        (256, 64, ColourDepth::Full),
        (128, 64, ColourDepth::Full),
        (64, 32, ColourDepth::Full),
    ];
    let mut plans = Vec::new();
    for (width_px, height_px, colour) in panels {
        for lang in [Lang::ZhHans, Lang::En] {
            let panel = Panel {
                width_px,
                height_px,
                colour,
                pixel_pitch_um: 5000,
                viewing_distance_mm: 8000,
                refresh_hz: 30,
            };
            let scene = Scene::new(Arc::new(FontSet::built_in()), panel, lang);
            for (name, document) in &all {
                let name = format!("{name} on {width_px}×{height_px} in {}", lang.tag());
                plans.push((name, planned(&scene, document.as_ref(), lang)));
            }
        }
    }
    plans
}

fn planned(scene: &Scene, document: Option<&Document>, lang: Lang) -> TextPlan {
    let content = ContentHash([7; 32]);
    let item = document.map(|document| {
        let publication: PublicationId = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        Item::alone(publication, content, document.body(lang).unwrap().1.kind())
    });
    let documents: BTreeMap<ContentHash, Document> = document
        .map(|document| (content, document.clone()))
        .into_iter()
        .collect();
    let airing = Airing {
        main: item.as_ref().map(|item| OnAir {
            item,
            page: 0,
            pages: 1,
            page_since: NOW,
        }),
        footer: Vec::new(),
        until: NOW.plus_ms(9_000),
    };
    let site = site();
    let stage = Stage {
        airing: &airing,
        documents: &documents,
        site: &site,
        marks: Marks::default(),
        theme: None,
    };
    scene.plan(&stage, NOW)
}
