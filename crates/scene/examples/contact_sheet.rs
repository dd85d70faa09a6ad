//! Draws every test document on every panel into a folder, to be looked at: `cargo run -p heliograph-scene --example
//! contact_sheet -- FOLDER [zh-Hans|en]`.

#![allow(clippy::unwrap_used, reason = "a tool for developers")]

#[path = "../tests/support/mod.rs"]
mod support;

use heliograph_domain::{Airing, Lang, Panel};
use heliograph_scene::{FontSet, Marks, Scene, Stage, needs_fonts};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, documents, enlarged, noto, png, site};

const PANELS: [(&str, Panel); 7] = [
    ("lobby", LOBBY),
    ("portrait", PORTRAIT),
    ("strip", STRIP),
    ("red", RED),
    ("tri", TRI),
    ("sign", SIGN),
    ("sign128", SIGN_128),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or("target/contact-sheet".to_owned());
    let lang = arguments
        .next()
        .and_then(|tag| Lang::from_tag(&tag))
        .unwrap_or_default();
    std::fs::create_dir_all(&folder).unwrap();
    let fonts = noto().unwrap_or_else(|| Arc::new(FontSet::built_in()));
    for (name, panel) in PANELS {
        let fonts = if needs_fonts(&panel) {
            Arc::clone(&fonts)
        } else {
            Arc::new(FontSet::built_in())
        };
        sheet(Path::new(&folder), name, &Scene::new(fonts, panel, lang));
    }
}

fn sheet(folder: &Path, name: &str, scene: &Scene) {
    let times = if needs_fonts(scene.panel()) { 1 } else { 4 };
    let save = |what: &str, frame: &heliograph_scene::Frame| {
        let file = folder.join(format!("{name}-{what}.png"));
        std::fs::write(file, png(&enlarged(frame, times))).unwrap();
    };
    let site = site();
    for document in documents() {
        let read = support::document(&document);
        let turn = scene.turn(&read);
        for page in 0..turn.pages.min(3) {
            save(
                &format!("{document}-{page}of{}-{}s", turn.pages, turn.dwell_ms / 1000),
                &scene.preview(&read, &site, page, NOW),
            );
        }
    }
    let airing = Airing {
        main: None,
        footer: Vec::new(),
        until: NOW,
    };
    let marks = Marks {
        stale: true,
        drill: false,
    };
    let stage = Stage {
        airing: &airing,
        documents: &BTreeMap::new(),
        site: &site,
        marks,
    };
    save("slate", &scene.render(&stage, NOW));
}
