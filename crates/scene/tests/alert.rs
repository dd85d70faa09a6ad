//! Alerts: told in words and not by colour alone, never taken for meant when they are a drill, on every panel.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::{Instant, Lang, Panel};
use heliograph_scene::{Alert, AlertStatus, FontSet, Frame, Scene, Severity};
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, flood, site};

const PANELS: [Panel; 7] = [LOBBY, PORTRAIT, STRIP, RED, TRI, SIGN, SIGN_128];
const SEVERITIES: [Severity; 5] = [
    Severity::Extreme,
    Severity::Severe,
    Severity::Moderate,
    Severity::Minor,
    Severity::Unknown,
];

fn scene(panel: Panel) -> Scene {
    Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans)
}

fn shown(panel: Panel, alert: &Alert) -> Frame {
    scene(panel).alert(alert, &site(), NOW, NOW)
}

/// As someone sees it who sees no colours: lamps lit or not, the words of a screen or their ground.
fn without_colour(frame: &Frame) -> Vec<bool> {
    let bright = if frame.height_px() > 100 { 127 } else { 20 };
    let light = |p: &[u8; 3]| (u32::from(p[0]) * 3 + u32::from(p[1]) * 6 + u32::from(p[2])) / 10;
    let pixels = frame.rgb().as_chunks::<3>().0.iter();
    pixels.map(|pixel| light(pixel) > bright).collect()
}

#[test]
fn severities_differ_in_words_where_they_cannot_differ_in_colour() {
    for (at, one) in SEVERITIES.into_iter().enumerate() {
        for other in &SEVERITIES[at + 1..] {
            let [one, other] = [one, *other].map(|severity| Alert {
                severity,
                ..flood(AlertStatus::Actual)
            });
            assert!(
                shown(RED, &one) != shown(RED, &other),
                "{:?} {:?}",
                one.severity,
                other.severity
            );
        }
    }
    // Two severities whose colours are equally bright still differ for those who see no colours.
    for panel in PANELS {
        let [one, other] = [Severity::Extreme, Severity::Minor].map(|severity| {
            without_colour(&shown(
                panel,
                &Alert {
                    severity,
                    ..flood(AlertStatus::Actual)
                },
            ))
        });
        assert!(one != other, "{panel:?}");
    }
}

#[test]
fn a_drill_and_a_test_are_not_taken_for_an_alert() {
    for panel in PANELS {
        let [actual, drill, test] = [AlertStatus::Actual, AlertStatus::Exercise, AlertStatus::Test]
            .map(|status| without_colour(&shown(panel, &flood(status))));
        let differ = |one: &[bool], other: &[bool]| one.iter().zip(other).filter(|(a, b)| a != b).count();
        for (one, other) in [(&actual, &drill), (&actual, &test), (&drill, &test)] {
            assert!(differ(one, other) >= 40, "{panel:?}: {}", differ(one, other));
        }
        // The control: the same alert is the same picture.
        assert_eq!(
            differ(&actual, &without_colour(&shown(panel, &flood(AlertStatus::Actual)))),
            0
        );
    }
}

#[test]
fn every_change_of_an_alert_is_announced() {
    let since = Instant(NOW.0 - NOW.0 % 60_000);
    for panel in [RED, STRIP, SIGN, SIGN_128, LOBBY] {
        let scene = scene(panel);
        let (alert, site) = (flood(AlertStatus::Exercise), site());
        let turn = scene.alert_turn(&alert, &site);
        let lasts = u64::from(turn.dwell_ms) * u64::from(turn.pages);
        let mut now = since;
        let mut pictures = 0;
        while now < since.plus_ms(lasts.min(90_000)) {
            let next = scene.alert_changes(&alert, &site, since, now);
            assert!(next > now);
            let frame = scene.alert(&alert, &site, since, now);
            let before = scene.alert(&alert, &site, since, Instant(next.0 - 1));
            assert!(
                frame == before,
                "{panel:?} changed before {next:?}, as seen from {now:?}"
            );
            (now, pictures) = (next, pictures + 1);
        }
        assert!(pictures > 0);
        // After a turn it begins anew.
        let again = since.plus_ms(lasts);
        if site.clock.date(again).1 / 60_000 == site.clock.date(since).1 / 60_000
            || !heliograph_scene::needs_fonts(&panel)
        {
            assert!(scene.alert(&alert, &site, since, since) == scene.alert(&alert, &site, since, again));
        }
    }
}
