//! The cards, and panels of sizes that nobody sells.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Lang, Panel};
use heliograph_scene::{AlertStatus, Card, FontSet, Frame, Rgb, Scene};
use std::collections::BTreeSet;
use std::sync::Arc;
use support::{FOUR_K, LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, document, flood, panel, site};

const PANELS: [Panel; 8] = [LOBBY, PORTRAIT, FOUR_K, STRIP, RED, TRI, SIGN, SIGN_128];

fn scene(panel: Panel) -> Scene {
    Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans)
}

fn test_card(panel: Panel) -> Frame {
    let profile = "led-256x64".to_owned();
    scene(panel).card(&Card::TestCard { profile }, &site(), NOW)
}

/// Whether the outermost pixels are lit all around.
fn bordered(frame: &Frame) -> bool {
    let (right, bottom) = (frame.width_px() - 1, frame.height_px() - 1);
    let lit = |x, y| {
        let Rgb(r, g, b) = frame.pixel(x, y);
        r == 255 || g == 255 || b == 255
    };
    (0..=right).all(|x| lit(x, 0) && lit(x, bottom)) && (0..=bottom).all(|y| lit(0, y) && lit(right, y))
}

#[test]
fn a_test_card_reaches_the_outermost_pixels_of_every_panel() {
    let odd = [
        (96, 16),
        (160, 80),
        (1366, 768),
        (400, 300),
        (7, 5),
        (1, 1),
        (2, 300),
        (300, 2),
    ];
    let odd = odd.map(|(width, height)| panel(width, height, ColourDepth::Full));
    for panel in PANELS.into_iter().chain(odd) {
        let frame = test_card(panel);
        assert!(bordered(&frame), "{panel:?}");
        // One corner is unlike the others, so that a panel hung upside down is seen.
        if panel.width_px > 8 && panel.height_px > 8 {
            let inside = |x, y| frame.pixel(x, y);
            let (right, bottom) = (frame.width_px() - 2, frame.height_px() - 2);
            let others = [inside(right, 1), inside(1, bottom)];
            let screen = heliograph_scene::needs_fonts(&panel);
            assert!(screen || !others.contains(&inside(1, 1)), "{panel:?}");
        }
    }
    // The control: a page does not.
    assert!(!bordered(&scene(STRIP).preview(&document("notice"), &site(), 0, NOW)));
}

#[test]
fn a_test_card_of_full_colour_has_every_grey_and_every_bar() {
    for panel in [LOBBY, PORTRAIT, FOUR_K, STRIP] {
        let frame = test_card(panel);
        let seen: BTreeSet<[u8; 3]> = frame.rgb().as_chunks::<3>().0.iter().copied().collect();
        let greys = (0..=255).filter(|grey| seen.contains(&[*grey; 3])).count();
        // A strip of 256 lamps gives two of them to the border.
        assert!(greys >= 60 && (panel == STRIP || greys == 256), "{panel:?}: {greys}");
        for bar in [
            [255, 0, 0],
            [0, 255, 0],
            [0, 0, 255],
            [255, 255, 0],
            [0, 255, 255],
            [255, 0, 255],
        ] {
            assert!(seen.contains(&bar), "{panel:?} lacks {bar:?}");
        }
    }
}

#[test]
fn a_test_card_keeps_to_the_colours_a_panel_has() {
    let colours = |panel| -> BTreeSet<[u8; 3]> { test_card(panel).rgb().as_chunks::<3>().0.iter().copied().collect() };
    assert_eq!(colours(RED), BTreeSet::from([[0, 0, 0], [255, 0, 0]]));
    let tri = [[0, 0, 0], [255, 0, 0], [0, 255, 0], [255, 255, 0]];
    assert_eq!(colours(TRI), BTreeSet::from(tri));
}

#[test]
fn the_pairing_code_is_on_every_panel_and_another_code_is_another_picture() {
    for panel in PANELS {
        let scene = scene(panel);
        let drawn = |code: &str| {
            let url = "https://notices.example.org/pair".to_owned();
            let code = code.to_owned();
            scene.card(&Card::Pairing { code, url }, &site(), NOW)
        };
        assert!(drawn("K7M2QX") == drawn("K7M2QX"));
        assert!(drawn("K7M2QX") != drawn("K7M2QY"), "{panel:?}");
    }
}

#[test]
fn a_paused_window_says_so() {
    for panel in PANELS {
        let scene = scene(panel);
        let paused = |window: &str| {
            scene.card(
                &Card::Paused {
                    window: window.to_owned(),
                },
                &site(),
                NOW,
            )
        };
        assert!(paused("3") != scene.card(&Card::Slate, &site(), NOW), "{panel:?}");
        assert!(paused("3") != paused("4"), "{panel:?}");
    }
}

/// Panels of any size get a picture or plain ground, and memory for the frame.
#[test]
fn panels_of_any_size_are_drawn() {
    let sizes = [
        (1, 1),
        (2, 2),
        (3, 200),
        (200, 3),
        (10_000, 1),
        (1, 10_000),
        (15, 15),
        (16, 16),
        (17, 40),
        (40, 17),
        (400, 300),
        (300, 400),
        (399, 401),
        (800, 480),
        (480, 800),
        (1366, 768),
        (96, 16),
        (160, 80),
        (97, 97),
        (3000, 400),
        (400, 3000),
        (4096, 4096),
        (65_535, 16),
    ];
    let names = [
        "notice",
        "window-board",
        "service-guide",
        "service-commitment",
        "long/power-list",
    ];
    for (width, height) in sizes {
        for colour in [ColourDepth::Full, ColourDepth::Mono] {
            let panel = panel(width, height, colour);
            let scene = scene(panel);
            let mut frames = Vec::new();
            for name in names {
                let document = document(name);
                let turn = scene.turn(&document);
                assert!((1..=8).contains(&turn.pages), "{name} on {panel:?}: {turn:?}");
                frames.push(scene.preview(&document, &site(), 0, NOW));
            }
            let cards = [
                Card::Slate,
                Card::Pairing {
                    code: "K7M2QX".to_owned(),
                    url: "https://notices.example.org".to_owned(),
                },
                Card::TestCard { profile: String::new() },
                Card::Paused { window: "3".to_owned() },
            ];
            frames.extend(cards.iter().map(|card| scene.card(card, &site(), NOW)));
            frames.push(scene.alert(&flood(AlertStatus::Actual), &site(), NOW, NOW));
            for frame in frames {
                assert_eq!(
                    (frame.width_px(), frame.height_px()),
                    (u32::from(width), u32::from(height))
                );
            }
        }
    }
}
