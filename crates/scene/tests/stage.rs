//! What holds for every document on every panel: the same pixels each time, pages that can be read, tickers that move
//! steadily, changes that are announced.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::on_air::OnAir;
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Kind, Lang, Panel, Priority, Window};
use heliograph_scene::{FontSet, Frame, Marks, Rgb, Scene, Stage, needs_fonts};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, SIGN_128, STRIP, TRI, document, documents, noto, site};

const PANELS: [Panel; 7] = [LOBBY, PORTRAIT, STRIP, RED, TRI, SIGN, SIGN_128];

fn scene(panel: Panel, lang: Lang) -> Scene {
    let fonts = if needs_fonts(&panel) { noto() } else { None };
    Scene::new(fonts.unwrap_or_else(|| Arc::new(FontSet::built_in())), panel, lang)
}

fn item(document: &Document, number: u8) -> (Item, Document) {
    let item = Item {
        publication: format!("00000000-0000-7000-8000-0000000000{number:02x}")
            .parse()
            .unwrap(),
        content: ContentHash([number; 32]),
        kind: document.kind,
        priority: Priority::Normal,
        window: Window {
            from: Instant(0),
            until: None,
        },
        released_at: Instant(1),
        standing: true,
        lease_ms: None,
        assets: Vec::new(),
    };
    (item, document.clone())
}

struct Show {
    items: Vec<Item>,
    documents: BTreeMap<ContentHash, Document>,
}

impl Show {
    fn of(names: &[&str]) -> Self {
        let all: Vec<_> = names
            .iter()
            .zip(1..)
            .map(|(name, number)| item(&document(name), number))
            .collect();
        Self {
            items: all.iter().map(|(item, _)| item.clone()).collect(),
            documents: all
                .into_iter()
                .map(|(item, document)| (item.content, document))
                .collect(),
        }
    }

    /// Calls `with` for the first item on air since `since`, the commitments in the footer.
    fn stage<T>(&self, since: Instant, marks: Marks, with: impl FnOnce(&Stage<'_>) -> T) -> T {
        let main = self.items.first().map(|item| OnAir {
            item,
            page: 0,
            pages: 1,
            page_since: since,
        });
        let footer = self
            .items
            .iter()
            .filter(|item| item.kind == Kind::ServiceCommitment)
            .collect();
        let airing = Airing {
            main,
            footer,
            until: Instant(u64::MAX),
        };
        let site = site();
        with(&Stage {
            airing: &airing,
            documents: &self.documents,
            site: &site,
            marks,
            theme: None,
        })
    }
}

#[test]
fn every_document_is_drawn_on_every_panel_alike_each_time() {
    for panel in PANELS {
        for lang in [Lang::ZhHans, Lang::En, Lang::Ru] {
            let (one, other) = (scene(panel, lang), scene(panel, lang));
            for name in documents() {
                let document = document(&name);
                let turn = one.turn(&document);
                assert!(
                    turn.pages >= 1 && turn.dwell_ms >= 5_000,
                    "{name} on {panel:?}: {turn:?}"
                );
                let page = turn.pages - 1;
                let first = one.preview(&document, &site(), page, NOW);
                assert!(
                    first == other.preview(&document, &site(), page, NOW),
                    "{name} on {panel:?}"
                );
                let lit = first.rgb().iter().any(|byte| *byte != first.rgb()[0]);
                assert!(lit, "{name} on {panel:?} shows nothing");
            }
        }
    }
}

#[test]
fn strips_and_signs_need_no_font_files() {
    assert_eq!(
        PANELS.map(|panel| needs_fonts(&panel)),
        [true, true, false, false, false, false, false]
    );
}

/// Follows the announced changes of a page and gives the frames between them.
fn followed(scene: &Scene, show: &Show, from: Instant, until: Instant) -> Vec<(Instant, Frame)> {
    let mut frames = Vec::new();
    let mut now = from;
    while now < until {
        let (frame, next) = show.stage(from, Marks::default(), |stage| {
            // Just before the announced change nothing has changed yet.
            let next = scene.next_change(stage, now);
            let frame = scene.render(stage, now);
            let before = scene.render(stage, Instant(next.0 - 1).min(until));
            assert!(before == frame, "pixels changed before {next:?}, as seen from {now:?}");
            (frame, next)
        });
        assert!(next > now);
        frames.push((now, frame));
        now = next;
    }
    frames
}

#[test]
fn a_ticker_moves_whole_pixels_at_a_steady_speed_and_comes_to_rest() {
    let scene = scene(RED, Lang::ZhHans);
    let show = Show::of(&["notice"]);
    let turn = scene.turn(&document("notice"));
    let since = Instant(NOW.0 - NOW.0 % 60_000);
    let frames = followed(&scene, &show, since, since.plus_ms(u64::from(turn.dwell_ms)));
    let gaps: Vec<u64> = frames.windows(2).map(|pair| pair[1].0.0 - pair[0].0.0).collect();
    assert!(gaps.len() > 100, "it moves");
    // It rests at first and at the end; between, thirty steps take a second, each as long as the others to a millisecond.
    let moving = &gaps[1..gaps.len() - 1];
    assert!(moving.iter().all(|gap| (33..=34).contains(gap)), "{moving:?}");
    assert!(
        moving.windows(30).all(|steps| steps.iter().sum::<u64>() == 1_000),
        "{moving:?}"
    );
    assert!(gaps[0] >= 2_000);
    // Two pixels a step: what stood at x stands at x - 2 in the next frame.
    for pair in frames[10..60].windows(2) {
        for x in 60..150 {
            for y in 0..16 {
                assert_eq!(pair[0].1.pixel(x + 2, y), pair[1].1.pixel(x, y));
            }
        }
    }
}

#[test]
fn text_that_fits_stands_still() {
    let scene = scene(STRIP, Lang::ZhHans);
    let mut show = Show::of(&["notice"]);
    let mut short = serde_json::to_value(document("notice")).unwrap();
    short["texts"]["zh-Hans"]["notice"]["body"] = "请互相转告。".into();
    let short = Document::from_bytes(short.to_string().as_bytes()).unwrap();
    show.documents.insert(show.items[0].content, short);
    let since = Instant(NOW.0 - NOW.0 % 60_000);
    // Only the clock changes.
    assert_eq!(followed(&scene, &show, since, since.plus_ms(60_000)).len(), 1);
    assert_eq!(followed(&scene, &show, since, since.plus_ms(120_000)).len(), 2);
}

#[test]
fn the_footer_turns_through_the_commitments_by_the_clock() {
    let scene = scene(LOBBY, Lang::ZhHans);
    let mut show = Show::of(&["notice", "service-commitment"]);
    let (second, document) = item(&document("service-commitment"), 9);
    let text = serde_json::to_string(&document)
        .unwrap()
        .replace("附加证明书", "签证代办");
    show.documents
        .insert(second.content, Document::from_bytes(text.as_bytes()).unwrap());
    show.items.push(second);
    let since = Instant(NOW.0 - NOW.0 % 60_000);
    let frames = followed(&scene, &show, since, since.plus_ms(48_000));
    assert_eq!(frames.len(), 4);
    assert!(frames[0].1 != frames[1].1 && frames[0].1 == frames[2].1);
}

#[test]
fn stale_and_drill_are_marked_on_every_panel() {
    let show = Show::of(&["notice"]);
    for panel in PANELS {
        let scene = scene(panel, Lang::ZhHans);
        let drawn = |marks| show.stage(NOW, marks, |stage| scene.render(stage, NOW));
        let plain = drawn(Marks::default());
        let stale = drawn(Marks {
            stale: true,
            drill: false,
        });
        let drill = drawn(Marks {
            stale: false,
            drill: true,
        });
        assert!(changed(&plain, &stale) > 0, "{panel:?}");
        assert!(
            changed(&plain, &stale) * 200 < plain.rgb().len(),
            "{panel:?}: the mark for staff is small"
        );
        assert!(
            changed(&plain, &drill) > changed(&plain, &stale) * 4,
            "{panel:?}: a drill is not overlooked"
        );
    }
}

fn changed(one: &Frame, other: &Frame) -> usize {
    one.rgb().iter().zip(other.rgb()).filter(|(a, b)| a != b).count()
}

#[test]
fn with_nothing_to_show_the_office_is_named() {
    let show = Show {
        items: Vec::new(),
        documents: BTreeMap::new(),
    };
    for panel in PANELS {
        for lang in [Lang::ZhHans, Lang::En] {
            let scene = scene(panel, lang);
            let frame = show.stage(NOW, Marks::default(), |stage| scene.render(stage, NOW));
            let ground = frame.pixel(0, 0);
            let ink = frame
                .rgb()
                .as_chunks::<3>()
                .0
                .iter()
                .filter(|p| Rgb(p[0], p[1], p[2]) != ground)
                .count();
            assert!(ink > 60, "{panel:?}");
        }
    }
}

/// Text of any kind must be drawn somehow: a display must not fail on what a clerk types.
#[test]
fn odd_text_is_drawn() {
    let long = "长".repeat(4000);
    let odd = [
        "",
        " ",
        "\u{202e}反向",
        "😀👩‍👩‍👧 emoji",
        "a\u{301}\u{301}\u{301}",
        &long,
        "ABC".repeat(400).as_str(),
        "\u{fffd}\u{10ffff}",
    ]
    .map(str::to_owned);
    for text in odd {
        let mut value = serde_json::to_value(document("notice")).unwrap();
        for field in ["title", "body", "department"] {
            value["texts"]["zh-Hans"]["notice"][field] = text.clone().into();
        }
        let odd = Document::from_bytes(value.to_string().as_bytes()).unwrap();
        for panel in PANELS {
            let scene = scene(panel, Lang::ZhHans);
            let turn = scene.turn(&odd);
            let frame = scene.preview(&odd, &site(), turn.pages, NOW);
            assert_eq!(frame.width_px(), u32::from(panel.width_px));
        }
    }
}
