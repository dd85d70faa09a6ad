//! Draws every test document on every panel into a folder, to be looked at: one sheet for each panel, and for lamps a
//! picture enlarged so that each lamp is a dot. `cargo run -p heliograph-scene --example contact_sheet -- FOLDER
//! [zh-Hans|en] [long|tables] [built-in]`.

#![allow(clippy::unwrap_used, reason = "a tool for developers")]

#[path = "../tests/support/mod.rs"]
mod support;

use heliograph_domain::{Lang, Panel};
use heliograph_scene::{AlertStatus, CampaignTheme, Card, FontSet, Frame, Rgb, Scene, Unpaired, needs_fonts};
use std::path::Path;
use std::sync::Arc;
use support::{FOUR_K, LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, noto, png, site};

const PANELS: [(&str, Panel); 8] = [
    ("lobby", LOBBY),
    ("portrait", PORTRAIT),
    ("4k", FOUR_K),
    ("strip", STRIP),
    ("red", RED),
    ("tri", TRI),
    ("sign", SIGN),
    ("sign128", SIGN_128),
];

/// Between pictures, in pixels of the sheet.
const GAP: u32 = 16;
/// About how wide and high a sheet may be.
const WIDTH: u32 = 2000;
const HEIGHT: u32 = 1600;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let folder = arguments.first().map_or("target/contact-sheet", String::as_str);
    let lang = arguments.iter().find_map(|tag| Lang::from_tag(tag)).unwrap_or_default();
    let apart = has("long") || has("tables");
    let names = match () {
        () if has("long") => support::long_documents(),
        () if has("tables") => support::tables(),
        () => support::documents(),
    };
    std::fs::create_dir_all(folder).unwrap();
    let built_in = Arc::new(FontSet::built_in());
    let outlines = noto()
        .filter(|_| !has("built-in"))
        .unwrap_or_else(|| Arc::clone(&built_in));
    for (name, panel) in PANELS {
        let fonts = if needs_fonts(&panel) { &outlines } else { &built_in };
        let scene = Scene::new(Arc::clone(fonts), panel, lang);
        let mut rows: Vec<Vec<Frame>> = names.iter().map(|name| pages(&scene, name)).collect();
        if !apart {
            rows.push(cards(&scene));
            rows.extend([AlertStatus::Actual, AlertStatus::Exercise].map(|status| alerted(&scene, status)));
            rows.push(vec![themed(&scene)]);
        }
        let at_once = usize::try_from(HEIGHT / (rows[0][0].height_px() + GAP))
            .unwrap_or(1)
            .max(1);
        for (rows, number) in rows.chunks(at_once).zip(1..) {
            sheet(&Path::new(folder).join(format!("{name}-{number}.png")), rows);
        }
    }
}

/// Pages on one sheet, a row for each document.
fn sheet(file: &Path, rows: &[Vec<Frame>]) {
    let widest = |row: &Vec<Frame>| row.iter().map(|frame| frame.width_px() + GAP).sum::<u32>() + GAP;
    let width = rows.iter().map(widest).max().unwrap_or(1);
    let height = rows.iter().map(|row| row[0].height_px() + GAP).sum::<u32>() + GAP;
    let mut sheet = Frame::filled(width, height, Rgb(120, 124, 130));
    let mut top = GAP;
    for row in rows {
        let mut left = GAP;
        for frame in row {
            put(&mut sheet, frame, left, top);
            left += frame.width_px() + GAP;
        }
        top += row[0].height_px() + GAP;
    }
    std::fs::write(file, png(&sheet)).unwrap();
}

fn pages(scene: &Scene, name: &str) -> Vec<Frame> {
    let document = support::document(name);
    let turn = scene.turn(&document);
    let shown = |page| {
        seen(
            &scene.preview(&document, &site(), page, NOW),
            needs_fonts(scene.panel()),
        )
    };
    (0..turn.pages).map(shown).collect()
}

fn cards(scene: &Scene) -> Vec<Frame> {
    let cards = [
        Card::Slate,
        Card::Pairing {
            code: "K7M2QX".to_owned(),
            url: "https://notices.example.org/admin/displays/pair?code=K7M2QX".to_owned(),
        },
        Card::Unpaired {
            why: Unpaired::Refused,
            url: "https://notices.example.org:8443".to_owned(),
        },
        Card::TestCard {
            profile: "lobby-1080p 大厅横屏".to_owned(),
        },
        Card::Paused { window: "3".to_owned() },
    ];
    let drawn = |card: &Card| seen(&scene.card(card, &site(), NOW), needs_fonts(scene.panel()));
    cards.iter().map(drawn).collect()
}

/// An alert's pages; of one that moves three moments.
fn alerted(scene: &Scene, status: AlertStatus) -> Vec<Frame> {
    let alert = support::flood(status);
    let turn = scene.alert_turn(&alert, &site());
    let moments = if turn.pages > 1 { turn.pages } else { 3 };
    let lasts = u64::from(turn.dwell_ms) * u64::from(turn.pages);
    let at = |moment: u32| NOW.plus_ms(lasts * u64::from(moment) / u64::from(moments));
    let drawn = |moment| {
        seen(
            &scene.alert(&alert, &site(), NOW, at(moment)),
            needs_fonts(scene.panel()),
        )
    };
    (0..moments).map(drawn).collect()
}

/// A notice during a campaign.
fn themed(scene: &Scene) -> Frame {
    let document = support::document("service-commitment");
    let theme: CampaignTheme = serde_json::from_str(
        r##"{"title":{"zh-Hans":"政务公开宣传月","en":"Open Government Month"},
            "palette":{"deep":"#7a1f1f","accent":"#e0a526","tint":"#fbf1ea","ink":"#2a1414"}}"##,
    )
    .unwrap();
    let frame = support::on_air(scene, &document, Some(&theme));
    seen(&frame, needs_fonts(scene.panel()))
}

/// A screen smaller, lamps larger, as fits a sheet.
fn seen(frame: &Frame, screen: bool) -> Frame {
    if screen {
        smaller(frame, frame.width_px().max(frame.height_px()).div_ceil(640))
    } else {
        support::lamps(frame, (WIDTH / 4 / frame.width_px()).clamp(2, 4))
    }
}

/// Whole blocks of pixels averaged.
fn smaller(frame: &Frame, step: u32) -> Frame {
    let mut small = Frame::filled(frame.width_px() / step, frame.height_px() / step, Rgb(0, 0, 0));
    for y in 0..small.height_px() {
        for x in 0..small.width_px() {
            let block = (0..step * step).map(|at| frame.pixel(x * step + at % step, y * step + at / step));
            let sum = block.fold([0u32; 3], |sum, Rgb(r, g, b)| {
                [sum[0] + u32::from(r), sum[1] + u32::from(g), sum[2] + u32::from(b)]
            });
            let [r, g, b] = sum.map(|value| u8::try_from(value / (step * step)).unwrap_or(255));
            small.set_pixel(x, y, Rgb(r, g, b));
        }
    }
    small
}

fn put(sheet: &mut Frame, frame: &Frame, left: u32, top: u32) {
    for y in 0..frame.height_px() {
        for x in 0..frame.width_px() {
            sheet.set_pixel(left + x, top + y, frame.pixel(x, y));
        }
    }
}
