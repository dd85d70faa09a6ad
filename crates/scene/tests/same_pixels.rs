//! The same pixels on every machine and in every build: the hash of every page of every document on every panel is in
//! `pictures/hashes.txt`. `scripts/same-pixels` runs this in an unoptimised and in a release build, twice each.
//!
//! `HELIOGRAPH_BLESS=1` writes the hashes anew, after somebody has looked at the contact sheet.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Lang, Panel};
use heliograph_scene::{Card, FontSet, Frame, Scene};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, document, documents, noto, panel, site, tables};

const PANELS: [(&str, Panel); 8] = [
    ("1920x1080", LOBBY),
    ("1080x1920", PORTRAIT),
    ("3840x2160", panel(3840, 2160, ColourDepth::Full)),
    ("256x64", STRIP),
    ("128x64", SIGN_128),
    ("64x32", SIGN),
    ("320x16", TRI),
    ("192x16", RED),
];
/// More pages of one document say nothing new.
const MOST_PAGES: u32 = 3;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn told(name: &str, frame: &Frame) -> String {
    format!("{} {name}\n", hex(&frame.hash()[..8]))
}

/// One line a picture.
fn hashes(fonts: &Arc<FontSet>) -> String {
    let mut lines = String::new();
    for (size, panel) in PANELS {
        for (tag, lang) in [("zh-Hans", Lang::ZhHans), ("en", Lang::En)] {
            let scene = Scene::new(Arc::clone(fonts), panel, lang);
            for name in documents().into_iter().chain(tables()) {
                let document = document(&name);
                for page in 0..scene.turn(&document).pages.min(MOST_PAGES) {
                    let frame = scene.preview(&document, &site(), page, NOW);
                    lines += &told(&format!("{size} {tag} {name} {}", page + 1), &frame);
                }
            }
            let cards = [
                ("slate", Card::Slate),
                (
                    "pairing",
                    Card::Pairing {
                        code: "7K3M9P".to_owned(),
                        url: "https://notices.example.org/admin/displays".to_owned(),
                    },
                ),
                (
                    "test-card",
                    Card::TestCard {
                        profile: size.to_owned(),
                    },
                ),
            ];
            for (name, card) in cards {
                lines += &told(&format!("{size} {tag} {name}"), &scene.card(&card, &site(), NOW));
            }
        }
    }
    lines
}

fn same(file: &str, hashes: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(file);
    if std::env::var_os("HELIOGRAPH_BLESS").is_some() {
        std::fs::write(&path, hashes).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differ = hashes.lines().zip(expected.lines()).filter(|(now, then)| now != then);
    let mut told = String::new();
    for (now, then) in differ.take(5) {
        write!(told, "\n  {now} (was {then})").unwrap();
    }
    assert!(
        hashes == expected,
        "{file}: pixels differ from those that were looked at:{told}"
    );
}

#[test]
fn the_built_in_font_gives_these_pixels() {
    let fonts = Arc::new(FontSet::built_in());
    let once = hashes(&fonts);
    assert_eq!(once, hashes(&fonts), "a second drawing differs from the first");
    same("hashes.txt", &once);
}

/// With the outline fonts the pixels are those of the fonts' own version, which is named in the file.
#[test]
fn the_outline_fonts_give_these_pixels() {
    let (Some(fonts), Some(again)) = (noto(), noto()) else {
        panic!("the outline fonts are not installed: apt-get install fonts-noto-cjk (scripts/test does it)");
    };
    let name = hex(&fonts.hash().unwrap()[..8]);
    let once = hashes(&fonts);
    assert_eq!(once, hashes(&again), "another set of the same fonts draws otherwise");
    let file = format!("hashes-{name}.txt");
    let known = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pictures")
        .join(&file)
        .exists();
    if known || std::env::var_os("HELIOGRAPH_BLESS").is_some() {
        same(&file, &once);
    } else {
        eprintln!(
            "these fonts ({name}) are of another version than those that were looked at: only their own runs are compared"
        );
    }
}

/// The control: one pixel more or less is another hash.
#[test]
fn one_pixel_is_noticed() {
    let scene = Scene::new(Arc::new(FontSet::built_in()), SIGN, Lang::ZhHans);
    let frame = scene.card(&Card::Slate, &site(), NOW);
    let mut other = frame.clone();
    let heliograph_scene::Rgb(r, g, b) = other.pixel(63, 31);
    other.set_pixel(63, 31, heliograph_scene::Rgb(r, g, b ^ 1));
    assert_ne!(frame.hash(), other.hash());
}
