//! Draws every test document on every panel into a folder, to be looked at: one sheet for each panel, and for lamps a
//! picture enlarged so that each lamp is a dot. `cargo run -p heliograph-scene --example contact_sheet -- FOLDER
//! [zh-Hans|en] [long] [built-in]`.

#![allow(clippy::unwrap_used, reason = "a tool for developers")]

#[path = "../tests/support/mod.rs"]
mod support;

use heliograph_domain::{Lang, Panel};
use heliograph_scene::{FontSet, Frame, Rgb, Scene, needs_fonts};
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
/// The most a sheet is wide.
const WIDTH: u32 = 2000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let folder = arguments.first().map_or("target/contact-sheet", String::as_str);
    let lang = arguments.iter().find_map(|tag| Lang::from_tag(tag)).unwrap_or_default();
    let names = if has("long") {
        support::long_documents()
    } else {
        support::documents()
    };
    std::fs::create_dir_all(folder).unwrap();
    let built_in = Arc::new(FontSet::built_in());
    let outlines = noto()
        .filter(|_| !has("built-in"))
        .unwrap_or_else(|| Arc::clone(&built_in));
    for (name, panel) in PANELS {
        let fonts = if needs_fonts(&panel) { &outlines } else { &built_in };
        let scene = Scene::new(Arc::clone(fonts), panel, lang);
        sheet(&Path::new(folder).join(format!("{name}.png")), &scene, &names);
    }
}

/// All pages of all documents on one sheet, a row for each document.
fn sheet(file: &Path, scene: &Scene, names: &[String]) {
    let rows: Vec<Vec<Frame>> = names.iter().map(|name| pages(scene, name)).collect();
    let widest = |row: &Vec<Frame>| row.iter().map(|frame| frame.width_px() + GAP).sum::<u32>() + GAP;
    let width = rows.iter().map(widest).max().unwrap_or(1);
    let height = rows.iter().map(|row| row[0].height_px() + GAP).sum::<u32>() + GAP;
    let mut sheet = Frame::filled(width, height, Rgb(120, 124, 130));
    let mut top = GAP;
    for row in &rows {
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
