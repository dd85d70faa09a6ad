//! Pictures: what lamps show, dot by dot, and what screens show, pixel by pixel.
//!
//! `HELIOGRAPH_BLESS=1 cargo test -p heliograph-scene` writes the pictures anew; look at them before committing.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Document, Lang, Panel};
use heliograph_scene::{FontSet, Frame, Scene};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{NOW, RED, SIGN, SIGN_128, STRIP, document, panel, png, site};

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name)
}

fn blessing() -> bool {
    std::env::var_os("HELIOGRAPH_BLESS").is_some()
}

fn drawn(panel: Panel, lang: Lang, document: &Document, page: u32) -> Frame {
    Scene::new(Arc::new(FontSet::built_in()), panel, lang).preview(document, &site(), page, NOW)
}

/// A dot for each lamp: dark, or the first letter of its colour.
fn dots(frame: &Frame) -> String {
    let mut told = String::new();
    for y in 0..frame.height_px() {
        let row: String = (0..frame.width_px())
            .map(|x| match frame.pixel(x, y) {
                heliograph_scene::Rgb(0, 0, 0) => ' ',
                heliograph_scene::Rgb(255, 255, 255) => '#',
                heliograph_scene::Rgb(255, 0, 0) => 'r',
                heliograph_scene::Rgb(r, _, b) if r > b => 'o',
                _ => '.',
            })
            .collect();
        told.push_str(row.trim_end());
        told.push('\n');
    }
    told
}

fn same_dots(name: &str, frame: &Frame) {
    let (path, told) = (picture(name), dots(frame));
    if blessing() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &told).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == told, "{name} differs:\n{told}");
}

#[test]
fn lamps_show_these_dots() {
    let cases = [
        ("strip-notice.txt", STRIP, "notice", 0),
        ("strip-commitment.txt", STRIP, "service-commitment", 0),
        ("strip-board.txt", STRIP, "window-board", 0),
        ("strip-guide.txt", STRIP, "service-guide", 0),
        ("red-notice.txt", RED, "notice", 0),
        ("strip-table.txt", STRIP, "tables/fees", 0),
        ("sign-table.txt", SIGN_128, "tables/fees", 0),
        ("sign-board.txt", SIGN, "window-board", 0),
        ("sign-board-2.txt", SIGN, "window-board", 1),
        ("sign-128-board.txt", SIGN_128, "window-board", 0),
    ];
    for (name, panel, document_name, page) in cases {
        same_dots(name, &drawn(panel, Lang::ZhHans, &document(document_name), page));
    }
    same_dots("strip-notice-en.txt", &drawn(STRIP, Lang::En, &document("notice"), 0));
}

fn pixels(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
    let file = std::fs::File::open(path).ok()?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(info.buffer_size());
    Some((info.width, info.height, bytes))
}

/// Screens, half as large as real ones and with the built-in font, so that the pictures do not depend on the machine.
#[test]
fn screens_show_these_pixels() {
    let landscape = panel(960, 540, ColourDepth::Full);
    let portrait = panel(540, 960, ColourDepth::Full);
    for name in [
        "notice",
        "service-commitment",
        "window-board",
        "service-guide",
        "power-list",
        "finance",
        "tables/fees",
    ] {
        for (form, panel) in [("landscape", landscape), ("portrait", portrait)] {
            let frame = drawn(panel, Lang::ZhHans, &document(name), 0);
            let path = picture(&format!("{form}-{}.png", name.replace('/', "-")));
            if blessing() {
                std::fs::write(&path, png(&frame)).unwrap();
            }
            let (width, height, expected) = pixels(&path).unwrap_or_else(|| panic!("{} is missing", path.display()));
            assert_eq!((width, height), (frame.width_px(), frame.height_px()));
            assert!(
                expected == frame.rgb(),
                "{} differs from what is drawn now",
                path.display()
            );
        }
    }
}

/// The control: a picture of another text is another picture.
#[test]
fn a_changed_word_is_noticed() {
    let before = document("notice");
    let mut text = serde_json::to_string(&before).unwrap();
    text = text.replacen("领取时间", "领取地点", 1);
    let after = Document::from_bytes(text.as_bytes()).unwrap();
    for panel in [STRIP, panel(960, 540, ColourDepth::Full)] {
        assert!(drawn(panel, Lang::ZhHans, &before, 0) != drawn(panel, Lang::ZhHans, &after, 0));
    }
}
