//! The same of alerts, and of what a display shows that has no programme.

use super::{NOW, ODD, PANELS, bitmap, complaints, outlines, panel, site, texts};
use crate::canvas::Piece;
use crate::{Alert, AlertStatus, Card, FontSet, Scene, Severity, Unpaired, Urgency, needs_fonts};
use heliograph_domain::Instant;
use heliograph_domain::panel::ColourDepth::Full;
use heliograph_domain::{Lang, LocalText};
use std::sync::Arc;

fn alert(status: AlertStatus, severity: Severity, long: bool) -> Alert {
    let times = if long { 8 } else { 1 };
    let zh = "请在一楼的办事群众立即从东侧出口有序撤离，不要乘坐电梯；听从工作人员指挥，到河滨路集合点集合。\n\n";
    let en = "Leave the building now by the east exit. Do not use the lifts. Follow the staff to the assembly point in Hebin Road.\n\n";
    Alert {
        status,
        severity,
        urgency: Urgency::Immediate,
        headline: LocalText::new(
            "滨河市气象台发布暴雨红色预警信号",
            "Red warning of torrential rain in Binhe",
        ),
        instruction: LocalText::new(zh.repeat(times), en.repeat(times)),
        area: LocalText::new(
            "滨河市全域，沿河低洼路段和地下空间",
            "All of Binhe, above all low roads by the river",
        ),
        sender: LocalText::new("滨河市气象台", "Binhe Meteorological Observatory"),
        effective: Instant(NOW.0 - 600_000),
        expires: NOW.plus_ms(3 * 3_600_000),
    }
}

#[test]
fn alerts_and_cards_are_whole_on_every_panel() {
    let fonts = outlines().unwrap_or_else(|| Arc::new(FontSet::built_in()));
    let mut wrong = Vec::new();
    for panel in PANELS.iter().chain(&ODD) {
        let fonts = if needs_fonts(panel) {
            Arc::clone(&fonts)
        } else {
            Arc::new(FontSet::built_in())
        };
        for lang in [Lang::ZhHans, Lang::En] {
            let scene = Scene::new(Arc::clone(&fonts), *panel, lang);
            let mut pictures = Vec::new();
            for status in [AlertStatus::Actual, AlertStatus::Exercise, AlertStatus::Test] {
                for long in [false, true] {
                    let alert = alert(status, Severity::Extreme, long);
                    let turn = scene.alert_turn(&alert, &site());
                    for page in 0..turn.pages {
                        let at = NOW.plus_ms(u64::from(page) * u64::from(turn.dwell_ms));
                        pictures.push((
                            format!("{status:?} page {page}"),
                            scene.alert_pieces(&alert, &site(), NOW, at),
                        ));
                    }
                }
            }
            let url = "https://notices.example.org/pair?code=K7M2QX".to_owned();
            for card in [
                Card::Pairing {
                    code: "K7M-2QX".to_owned(),
                    url: url.clone(),
                },
                unpaired(Unpaired::Calling, &url),
                unpaired(Unpaired::Refused, &url),
                unpaired(Unpaired::Disk, &url),
                Card::TestCard {
                    profile: "lobby-1080p".to_owned(),
                },
                Card::Paused {
                    window: "12".to_owned(),
                },
            ] {
                pictures.push((format!("{card:?}"), scene.card_pieces(&card, &site(), NOW).unwrap()));
            }
            for (name, pieces) in pictures {
                let (width, height) = (panel.width_px, panel.height_px);
                let found = complaints(&scene, &pieces);
                wrong.extend(
                    found
                        .into_iter()
                        .map(|what| format!("{name} {lang:?} {width}×{height}: {what}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

fn unpaired(why: Unpaired, url: &str) -> Card {
    Card::Unpaired {
        why,
        url: url.to_owned(),
    }
}

/// Where there is no room for the address, it goes through its window from its first pixel to its last, and the code is
/// to be seen again and again.
#[test]
fn lamps_tell_code_and_address_whole_in_turn() {
    let url = "https://notices.example.org:8443/admin/displays";
    let matrix = panel(64, 16, Full, 10_000, 3000);
    for panel in PANELS.iter().filter(|panel| panel.height_px <= 64).chain([&matrix]) {
        let scene = Scene::new(Arc::new(FontSet::built_in()), *panel, Lang::ZhHans);
        let card = Card::Pairing {
            code: "K7M-2QX".to_owned(),
            url: url.to_owned(),
        };
        let (mut at, mut begins, mut ends, mut codes) = (NOW, false, false, 0);
        while at < NOW.plus_ms(60_000) {
            for piece in scene.card_pieces(&card, &site(), at).unwrap() {
                match piece {
                    Piece::Moving { window, x, line, .. } => {
                        begins |= x == window.x;
                        ends |= x + line.width == window.right();
                    }
                    Piece::Text { line, .. } => {
                        let told: String = line.glyphs.iter().filter_map(bitmap).collect();
                        codes += u32::from(["K7M-2QX", "K7M"].contains(&told.as_str()));
                        (begins, ends) = (begins || told == url, ends || told == url);
                    }
                    _ => {}
                }
            }
            at = scene.card_until(&card, &site(), at);
        }
        assert!(begins && ends && codes > 1, "{panel:?}: {begins} {ends} {codes}");
    }
}

/// Whoever pairs a screen without a telephone types the address.
#[test]
fn a_pairing_card_tells_its_address_whole() {
    let url = "https://notices.example.org/admin/displays/pair?code=K7M2QX";
    for panel in &PANELS[..3] {
        let scene = Scene::new(Arc::new(FontSet::built_in()), *panel, Lang::ZhHans);
        let card = Card::Pairing {
            code: "K7M2QX".to_owned(),
            url: url.to_owned(),
        };
        let pieces = scene.card_pieces(&card, &site(), NOW).unwrap();
        let told: String = texts(&pieces)
            .iter()
            .flat_map(|(_, line)| line.glyphs.iter())
            .filter_map(bitmap)
            .collect();
        assert!(told.contains(url), "{panel:?}: {told}");
    }
}
