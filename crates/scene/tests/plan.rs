//! What a card that draws its own characters is told, as pictures in half cells: a column is 8 dots, a row 16.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Airing, Document, Instant, Item, Lang, Panel, Priority, Window};
use heliograph_domain::{ContentHash, PublicationId};
use heliograph_scene::plan::{CharSize, Lamp, MOST_AREAS, Motion, Place, cells};
use heliograph_scene::{Card, FontSet, Marks, Scene, Stage, TextPlan};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{NOW, RED, SIGN, SIGN_128, STRIP, TRI, document, documents, panel, site};

fn scene(panel: Panel, lang: Lang) -> Scene {
    Scene::new(Arc::new(FontSet::built_in()), panel, lang)
}

fn plan_with(panel: Panel, lang: Lang, document: Option<&Document>, marks: Marks) -> TextPlan {
    let hash = ContentHash([7; 32]);
    let item = document.map(|document| Item {
        publication: "00000000-0000-7000-8000-000000000001".parse::<PublicationId>().unwrap(),
        content: hash,
        kind: document.body(lang).unwrap().1.kind(),
        priority: Priority::Normal,
        window: Window {
            from: Instant(0),
            until: None,
        },
        released_at: Instant(0),
        standing: false,
        lease_ms: None,
        assets: Vec::new(),
    });
    let documents: BTreeMap<ContentHash, Document> =
        document.map(|document| (hash, document.clone())).into_iter().collect();
    let airing = Airing {
        main: item.as_ref().map(|item| OnAir {
            item,
            page: 0,
            pages: 1,
            page_since: NOW,
        }),
        footer: Vec::new(),
        until: NOW.plus_ms(9_000),
    };
    let site = site();
    let stage = Stage {
        airing: &airing,
        documents: &documents,
        site: &site,
        marks,
    };
    scene(panel, lang).plan(&stage, NOW)
}

fn plan(panel: Panel, lang: Lang, document: &Document) -> TextPlan {
    plan_with(panel, lang, Some(document), Marks::default())
}

/// The first page of every area. Characters larger than 16 dots stand at their upper left half cell.
fn picture(plan: &TextPlan) -> Vec<String> {
    let (columns, rows) = (
        usize::from(plan.width_px).div_ceil(8),
        usize::from(plan.height_px).div_ceil(16),
    );
    let mut grid = vec![vec!['·'; columns]; rows];
    let mut put = |place: Place, size: CharSize, row: usize, line: &str| {
        let (mut x, y) = (place.x_px, usize::from(place.y_px) + row * usize::from(size.px()));
        for c in line.chars() {
            let width = size.px() / 2 * u16::try_from(cells(c)).unwrap();
            for at in (x..x + width).step_by(8) {
                if let Some(cell) = grid.get_mut(y / 16).and_then(|row| row.get_mut(usize::from(at / 8))) {
                    *cell = if at == x { c } else { ' ' };
                }
            }
            x += width;
        }
    };
    for area in &plan.areas {
        for (row, line) in area.lines.iter().take(area.rows()).enumerate() {
            put(area.place, area.size, row, line);
        }
    }
    if let Some(clock) = plan.clock {
        put(clock.place, clock.size, 0, "hh:mm");
    }
    grid.into_iter().map(|row| row.into_iter().collect()).collect()
}

#[track_caller]
fn shows(plan: &TextPlan, expected: &[&str]) {
    let picture = picture(plan);
    assert!(picture == expected, "{}\nareas {:#?}", picture.join("\n"), plan.areas);
}

#[test]
fn one_line_has_the_mark_and_moves_what_is_too_long() {
    let notice = document("notice");
    let told = plan(RED, Lang::ZhHans, &notice);
    shows(&told, &["公 告 :·关 于 调 整 因 公 护 照 领 "]);
    assert!(told.areas[1].motion == Motion::Left && told.clock.is_none());
    assert!(told.areas.iter().all(|area| area.lamp == Lamp::Red));
    let list = plan(TRI, Lang::ZhHans, &document("discretion-benchmark"));
    shows(&list, &["裁 量 ·归 侨 、 侨 眷 身 份 认 定 裁 量 基 准 ·········"]);
    assert_eq!(list.areas[1].motion, Motion::Still);
    assert_eq!([list.areas[0].lamp, list.areas[1].lamp], [Lamp::Red, Lamp::Yellow]);
}

#[test]
fn a_strip_has_the_headline_above_and_detail_mark_and_clock_below() {
    shows(
        &plan(STRIP, Lang::ZhHans, &document("service-guide")),
        &[
            "附   加   证   明   书   办   理   ····",
            "································",
            "································",
            "指 南 ·承 诺 时 限 ： 3个 工 作 日 ··hh:mm",
        ]
        .map(|_| ""),
    );
}

#[test]
fn dump() {
    let out = |name: &str, plan: &TextPlan| {
        println!(
            "== {name}\n{}",
            picture(plan)
                .iter()
                .map(|l| format!("            \"{l}\","))
                .collect::<Vec<_>>()
                .join("\n")
        )
    };
    for (name, panel, lang) in [
        ("service-guide", STRIP, Lang::ZhHans),
        ("service-commitment", STRIP, Lang::ZhHans),
        ("service-commitment", SIGN_128, Lang::ZhHans),
        ("notice", SIGN, Lang::En),
        ("notice", SIGN, Lang::ZhHans),
        ("window-board", SIGN, Lang::ZhHans),
        ("window-board", SIGN_128, Lang::ZhHans),
        ("window-board", SIGN_128, Lang::En),
        ("notice", RED, Lang::ZhHans),
        ("notice", STRIP, Lang::En),
        ("discretion-benchmark", TRI, Lang::ZhHans),
    ] {
        out(
            &format!("{name} {}x{} {lang:?}", panel.width_px, panel.height_px),
            &plan(panel, lang, &document(name)),
        );
    }
    for panel in [RED, TRI, STRIP, SIGN, SIGN_128] {
        out("slate", &plan_with(panel, Lang::ZhHans, None, Marks::default()));
        out(
            "slate marked",
            &plan_with(
                panel,
                Lang::ZhHans,
                None,
                Marks {
                    stale: true,
                    drill: true,
                },
            ),
        );
        for card in [
            Card::Pairing {
                code: "7K3Q9P".into(),
                url: "http://hub.local/pair".into(),
            },
            Card::TestCard {
                profile: "led-256x64".into(),
            },
        ] {
            out("card", &scene(panel, Lang::ZhHans).plan_card(&card, &site(), NOW));
        }
    }
}
