//! The reel: what is drawn on top of the last picture looks as if it had been drawn anew, and pages fade when they are due.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::on_air::OnAir;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Lang, Panel, Priority};
use heliograph_scene::{FADE_MS, FontSet, Frame, Marks, Reel, Scene, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{NOW, RED, SIGN, SIGN_128, STRIP, TRI, document, panel, site};

/// Screens, a quarter as large as real ones.
const WIDE: Panel = panel(960, 540, heliograph_domain::panel::ColourDepth::Full);
const HIGH: Panel = panel(540, 960, heliograph_domain::panel::ColourDepth::Full);

struct Show {
    items: Vec<Item>,
    documents: BTreeMap<ContentHash, Document>,
    site: SiteProfile,
}

/// What is on: the item's place in the programme, the page, since when and until when.
#[derive(Clone, Copy)]
struct On(usize, u32, Instant, Instant);

impl Show {
    fn of(names: &[&str]) -> Self {
        let item = |(name, n): (&&str, u8)| {
            let publication = format!("00000000-0000-7000-8000-0000000000{n:02x}").parse().unwrap();
            Item::alone(publication, ContentHash([n; 32]), document(name).kind)
        };
        let items: Vec<Item> = names.iter().zip(1..).map(item).collect();
        let documents = items
            .iter()
            .zip(names)
            .map(|(item, name)| (item.content, document(name)));
        Self {
            documents: documents.collect(),
            items,
            site: site(),
        }
    }

    fn stage<T>(&self, on: On, marks: Marks, with: impl FnOnce(&Stage<'_>) -> T) -> T {
        let airing = Airing {
            main: self.items.get(on.0).map(|item| OnAir {
                item,
                page: on.1,
                pages: 9,
                page_since: on.2,
            }),
            footer: self
                .items
                .iter()
                .filter(|item| item.kind == heliograph_domain::Kind::ServiceCommitment)
                .collect(),
            until: on.3,
        };
        with(&Stage {
            airing: &airing,
            documents: &self.documents,
            site: &self.site,
            marks,
            theme: None,
        })
    }
}

fn scene(panel: Panel) -> Scene {
    Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans)
}

fn wrong(one: &Frame, other: &Frame) -> usize {
    one.rgb().iter().zip(other.rgb()).filter(|(a, b)| a != b).count()
}

/// Pages, marks, minutes, tickers and slates in any order: the picture on the reel is the one that a fresh drawing gives.
#[test]
fn a_redrawn_picture_is_the_one_that_is_drawn_anew() {
    let names = [
        "notice",
        "service-guide",
        "window-board",
        "power-list",
        "service-commitment",
        "finance",
    ];
    let show = Show::of(&names);
    for panel in [WIDE, HIGH, STRIP, RED, TRI, SIGN, SIGN_128] {
        let scene = scene(panel);
        let mut reel = Reel::new();
        let mut dice = 88_172_645_463_325_252u64;
        let mut now = NOW;
        for _ in 0..160 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            now = now.plus_ms(1 + dice % 40_000);
            // Seven of six: the slate, too. What is on since long ago never fades.
            let at = usize::try_from(dice >> 20).unwrap() % 7;
            let on = On(
                at,
                u32::try_from((dice >> 30) % 3).unwrap(),
                Instant(now.0 - dice % 9_000),
                now.plus_ms(1),
            );
            let marks = Marks {
                stale: (dice >> 40).is_multiple_of(5),
                drill: (dice >> 43).is_multiple_of(7),
            };
            show.stage(on, marks, |stage| {
                let (seen, next) = scene.advance(&mut reel, stage, now);
                let fresh = scene.render(stage, now);
                assert_eq!(wrong(&seen, &fresh), 0, "{panel:?}, item {at}, {now:?}");
                assert!(next > now);
            });
        }
    }
}

/// Frames of a page turn that was due at `NOW`, each with its instant.
fn turn(panel: Panel, priority: Priority, due: Instant) -> Vec<(u64, Arc<Frame>)> {
    let mut show = Show::of(&["notice", "power-list"]);
    show.items[1].priority = priority;
    let scene = scene(panel);
    let mut reel = Reel::new();
    let before = On(0, 0, Instant(NOW.0 - 5_000), due);
    show.stage(before, Marks::default(), |stage| {
        scene.advance(&mut reel, stage, Instant(NOW.0 - 100))
    });
    let mut frames = Vec::new();
    let mut now = NOW;
    while now < NOW.plus_ms(1_000) {
        let after = On(1, 0, NOW, NOW.plus_ms(8_000));
        let next = show.stage(after, Marks::default(), |stage| {
            let (frame, next) = scene.advance(&mut reel, stage, now);
            frames.push((now.since(NOW), frame));
            next
        });
        now = next;
    }
    frames
}

#[test]
fn a_page_that_turns_when_it_is_due_fades_into_the_next() {
    let frames = turn(WIDE, Priority::Normal, NOW);
    let last = &frames.last().unwrap().1;
    let left: Vec<usize> = frames.iter().map(|(_, frame)| wrong(frame, last)).collect();
    assert!(frames.len() >= 8 && frames.len() <= 12, "{left:?}");
    assert!(left[0] > 0, "it begins with the old page still to be seen");
    // The fade ends in time, and its pictures come nearer and nearer.
    assert_eq!(
        frames
            .iter()
            .find(|(at, _)| *at >= FADE_MS)
            .map(|(_, frame)| wrong(frame, last)),
        Some(0)
    );
    let far = |frame: &Frame| -> u64 {
        frame
            .rgb()
            .iter()
            .zip(last.rgb())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum()
    };
    let distances: Vec<u64> = frames.iter().map(|(_, frame)| far(frame)).collect();
    assert!(
        distances.windows(2).all(|pair| pair[1] < pair[0] || pair[0] == 0),
        "{distances:?}"
    );
}

#[test]
fn what_is_unforeseen_an_alert_and_lamps_are_cut() {
    // A release that nobody announced: the old page was to stand for longer.
    assert_eq!(turn(WIDE, Priority::Normal, NOW.plus_ms(4_000)).len(), 1);
    assert_eq!(turn(WIDE, Priority::Emergency, NOW).len(), 1);
    assert_eq!(turn(STRIP, Priority::Normal, NOW).len(), 1);
}
