//! Documents that nobody should write, on every panel: a picture comes out, and what cannot be drawn is told.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::{Document, Lang, Panel};
use heliograph_scene::{FontSet, Scene, needs_fonts};
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, document, noto, site};

const PANELS: [Panel; 7] = [LOBBY, PORTRAIT, STRIP, RED, TRI, SIGN, SIGN_128];

/// The notice with another title and body.
fn notice(title: &str, body: &str) -> Document {
    let mut json: serde_json::Value = serde_json::from_slice(&document("notice").to_bytes()).unwrap();
    let mut changed = 0;
    replace(&mut json, "title", title, &mut changed);
    replace(&mut json, "body", body, &mut changed);
    assert!(changed >= 2, "the notice has neither title nor body: {json}");
    Document::from_bytes(json.to_string().as_bytes()).unwrap()
}

/// Replaces every Chinese text under `key`.
fn replace(json: &mut serde_json::Value, key: &str, text: &str, changed: &mut u32) {
    let Some(fields) = json.as_object_mut() else { return };
    for (name, value) in fields {
        if name != key {
            replace(value, key, text, changed);
        } else if value.is_string() {
            *value = text.into();
            *changed += 1;
        } else if let Some(chinese) = value.get_mut("zh") {
            *chinese = text.into();
            *changed += 1;
        }
    }
}

fn scene(panel: Panel) -> Scene {
    let fonts = if needs_fonts(&panel) { noto() } else { None };
    Scene::new(
        fonts.unwrap_or_else(|| Arc::new(FontSet::built_in())),
        panel,
        Lang::ZhHans,
    )
}

fn xorshift(state: &mut u64) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    u32::try_from(*state >> 33).unwrap()
}

fn random_text(state: &mut u64, length: u32) -> String {
    let pick = |_| char::from_u32(xorshift(state) % 0x11_0000).unwrap_or('\n');
    (0..length).map(pick).collect()
}

#[test]
fn hostile_texts_become_pictures() {
    let zalgo = format!("公{}告", "\u{301}\u{323}\u{20dd}".repeat(300));
    let mut state = 0x9E37_79B9_7F4A_7C15;
    let texts = [
        zalgo,
        "شكرا לך 谢谢 (ab) \u{202e}abc".to_owned(),
        "👨‍👩‍👧🇨🇳👍🏽\u{e000}\u{10ffff}\u{fffe}".to_owned(),
        "（".repeat(500),
        "。".repeat(500),
        "“".repeat(2_000),
        "a".repeat(3_000),
        "\u{3000}".repeat(400),
        "> ".repeat(300) + "深",
        random_text(&mut state, 600),
        random_text(&mut state, 600),
    ];
    for panel in PANELS {
        let scene = scene(panel);
        for text in &texts {
            let document = notice(&format!("题{text}"), &format!("文{text}"));
            let pages = scene.turn(&document).pages;
            for page in [0, pages / 2, pages - 1] {
                let frame = scene.preview(&document, &site(), page, NOW);
                let first = frame.pixel(0, 0);
                let ink = (0..frame.height_px()).any(|y| (0..frame.width_px()).any(|x| frame.pixel(x, y) != first));
                assert!(ink || page > 0, "{panel:?} shows nothing for {text:?}");
            }
        }
    }
}

#[test]
fn any_heap_of_markdown_is_laid_out() {
    const BITS: [&str; 24] = [
        "# ", "- ", "1. ", "> ", "    ", "**", "*", "~~", "`", "```\n", "|", "|-|-|\n", "[", "](", ")", "![", "<b>",
        "<!--", "&#8238;", "\n", "\n\n", "  \n", "字", "word ",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D;
    for panel in [LOBBY, SIGN, RED] {
        // The built-in font: what is tried is the cutting into blocks, lines and pages.
        let scene = Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans);
        for _ in 0..150 {
            let heap: String = (0..xorshift(&mut state) % 400)
                .map(|_| BITS[xorshift(&mut state) as usize % BITS.len()])
                .collect();
            let document = notice("题", &format!("{heap}。"));
            let pages = scene.turn(&document).pages;
            assert!(pages > 0);
            let _ = scene.preview(&document, &site(), pages - 1, NOW);
        }
    }
}

#[test]
fn what_a_panel_cannot_draw_is_told_to_the_author() {
    let document = notice("𠮷野家通知😀", "镕喆垚犇，都能显示。\u{e000}");
    assert_eq!(scene(RED).missing(&document), ['\u{e000}', '😀', '𠮷']);
    // Noto Sans CJK reaches beyond the first plane.
    assert_eq!(scene(LOBBY).missing(&document), ['\u{e000}', '😀']);
    assert!(scene(RED).missing(&support::document("notice")).is_empty());
}
