//! What a card that draws its own characters is told, as pictures in half cells: a column is 8 dots, a row 16. Lines
//! stand at the left of their places here; those that move are cut where they begin.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Airing, Body, Document, Item, Lang, Panel};
use heliograph_domain::{ContentHash, PublicationId};
use heliograph_scene::plan::{CharSize, Lamp, MOST_AREAS, Motion, Place, cells, width_px};
use heliograph_scene::{AlertStatus, Card, FontSet, Marks, Scene, Stage, TextPlan};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{NOW, RED, SIGN, SIGN_128, STRIP, TRI, all_documents, document, flood, panel, site};

fn scene(panel: Panel, lang: Lang) -> Scene {
    Scene::new(Arc::new(FontSet::built_in()), panel, lang)
}

fn plan_with(panel: Panel, lang: Lang, document: Option<&Document>, marks: Marks) -> TextPlan {
    let hash = ContentHash([7; 32]);
    let item = document.map(|document| {
        let publication: PublicationId = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        Item::alone(publication, hash, document.body(lang).unwrap().1.kind())
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
        theme: None,
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
    let told = plan(RED, Lang::ZhHans, &document("notice"));
    shows(&told, &["公 告 :·关 于 调 整 因 公 护 照 领 "]);
    assert!(told.areas[1].motion == Motion::Left && told.clock.is_none());
    assert!(told.areas.iter().all(|area| area.lamp == Lamp::Red));
    let list = plan(TRI, Lang::ZhHans, &document("discretion-benchmark"));
    assert_eq!([list.areas[0].lamp, list.areas[1].lamp], [Lamp::Red, Lamp::Yellow]);
    // What fits stands still.
    let paused = Card::Paused { window: "3".to_owned() };
    let paused = scene(TRI, Lang::ZhHans).plan_card(&paused, &site(), NOW);
    shows(&paused, &["3号 窗 口 　 暂 停 服 务 　 请 到 其 他 窗 口 办 理 ·····"]);
    assert_eq!(paused.areas[0].motion, Motion::Still);
}

#[test]
fn a_strip_has_the_headline_above_and_mark_detail_and_clock_below() {
    let guide = plan(STRIP, Lang::ZhHans, &document("service-guide"));
    shows(
        &guide,
        &[
            "附   加   证   明   书   办   理   ····",
            "································",
            "································",
            "指 南 ·承 诺 时 限 ： 3个 工 作 日 　 收hh:mm",
        ],
    );
    // Four characters of 16 dots are read in a second.
    assert_eq!(
        (guide.areas[2].motion, guide.areas[2].speed_px_per_s),
        (Motion::Left, 64)
    );
    shows(
        &plan(STRIP, Lang::En, &document("notice")),
        &[
            "Ne w  co ll ec ti on  h ou rs ··",
            "fo r  pa ss po rt s ············",
            "································",
            "Notice·From 1 December 2026hh:mm",
        ],
    );
}

#[test]
fn a_commitments_figure_is_large() {
    shows(
        &plan(STRIP, Lang::ZhHans, &document("service-commitment")),
        &[
            "3 ·······附   加   证   明   书   ···",
            "································",
            "································",
            "个 工 作 日 ·材 料 齐 全 的 ， 自 受 理 hh:mm",
        ],
    );
    shows(
        &plan(SIGN_128, Lang::ZhHans, &document("service-commitment")),
        &[
            "················",
            "3 ·个 工 作 日 ·····",
            "···附 加 证 明 书 ···",
            "················",
        ],
    );
}

#[test]
fn a_window_has_its_number_large_and_turns_its_pages() {
    let small = plan(SIGN, Lang::ZhHans, &document("window-board"));
    shows(&small, &["3 号 窗 口 ", "··证 照 领 "]);
    assert_eq!(small.areas[0].size, CharSize::Dots32);
    let words = &small.areas[1];
    assert_eq!(
        (words.motion, words.lines.concat().as_str()),
        (Motion::AtOnce, "号窗口证照领取与签证代办李静")
    );
    shows(
        &plan(SIGN_128, Lang::ZhHans, &document("window-board")),
        &[
            "···号 窗 口 ·······",
            "3 ·证 照 领 取 与 签 ·",
            "···证 代 办 ·······",
            "···李 静 ·········",
        ],
    );
}

#[test]
fn no_page_of_a_sign_holds_half_a_word() {
    let notice = plan(SIGN, Lang::En, &document("notice"));
    assert_eq!(notice.areas[0].motion, Motion::Left);
    assert_eq!(notice.areas[0].lines, ["New collection hours for passports"]);
}

#[test]
fn with_nothing_to_show_there_is_the_office() {
    let slate = |panel, marks| plan_with(panel, Lang::ZhHans, None, marks);
    shows(
        &slate(STRIP, Marks::default()),
        &[
            "滨  河  市  外  事  服  务  中  心  ·····",
            "································",
            "································",
            "咨 询 电 话 ： 0000-8860123·····hh:mm",
        ],
    );
    shows(&slate(SIGN, Marks::default()), &["滨 河 市 外 ", "·hh:mm··"]);
    let marked = Marks {
        stale: true,
        drill: true,
    };
    shows(
        &slate(STRIP, marked),
        &[
            "································",
            "【 演 练 】 滨 河 市 外 事 服 务 中 心 ······",
            "································",
            "咨 询 电 话 ： 0000-8860123 .···hh:mm",
        ],
    );
    // The slate of the program itself is the same.
    let card = scene(STRIP, Lang::ZhHans).plan_card(&Card::Slate, &site(), NOW);
    assert!(card.same_picture(&slate(STRIP, Marks::default())));
    let pairing = Card::Pairing {
        code: "7K3Q9P".to_owned(),
        url: "http://hub.local/pair".to_owned(),
    };
    let pairing = scene(STRIP, Lang::ZhHans).plan_card(&pairing, &site(), NOW);
    assert_eq!(
        (pairing.areas[0].lines.as_slice(), pairing.areas[0].size),
        (["7K3Q9P".to_owned()].as_slice(), CharSize::Dots32)
    );
}

#[test]
fn an_alert_says_how_bad_it_is_and_what_to_do() {
    for (panel, status, plate) in [
        (RED, AlertStatus::Actual, "红色预警:"),
        (RED, AlertStatus::Exercise, "演练:"),
        (STRIP, AlertStatus::Actual, "红色预警"),
        (STRIP, AlertStatus::Exercise, "演练 红色预警"),
        (SIGN, AlertStatus::Test, "测试"),
    ] {
        let alert = flood(status);
        let told = scene(panel, Lang::ZhHans).plan_alert(&alert, &site(), NOW);
        check(&told, "an alert");
        assert_eq!(told.areas[0].lines, [plate], "{status:?}");
        let text = &told.areas[1];
        assert_eq!(text.motion, Motion::Left);
        assert!(
            text.lines[0].contains(alert.headline.get(Lang::ZhHans)),
            "{:?}",
            text.lines
        );
        assert!(text.lines[0].contains("有效至"), "{:?}", text.lines);
        assert_eq!(told.until, alert.expires.max(NOW.plus_ms(1)));
    }
    // Where the word has no place of its own it leads the text.
    let small = panel(64, 16, ColourDepth::Mono);
    let told = scene(small, Lang::ZhHans).plan_alert(&flood(AlertStatus::Exercise), &site(), NOW);
    assert!(told.areas[0].lines[0].starts_with("演练"), "{:?}", told.areas);
}

#[test]
fn a_window_that_is_closed_says_so() {
    let paused = Card::Paused { window: "3".to_owned() };
    shows(
        &scene(SIGN, Lang::ZhHans).plan_card(&paused, &site(), NOW),
        &["3号 窗 口 ·", "暂 停 服 务 "],
    );
}

#[test]
fn a_plan_changes_with_the_content_and_not_with_the_page() {
    let (guide, notice) = (document("service-guide"), document("notice"));
    let first = plan(STRIP, Lang::ZhHans, &guide);
    assert_eq!(first.until, NOW.plus_ms(9_000));
    let later = TextPlan {
        until: NOW.plus_ms(20_000),
        ..first.clone()
    };
    assert!(first.same_picture(&later));
    assert!(!first.same_picture(&plan(STRIP, Lang::ZhHans, &notice)));
    let stale = Marks {
        stale: true,
        drill: false,
    };
    assert!(!first.same_picture(&plan_with(STRIP, Lang::ZhHans, Some(&guide), stale)));
}

#[test]
fn a_card_has_the_time_that_its_text_takes() {
    for name in all_documents() {
        let document = document(&name);
        for panel in [RED, TRI, STRIP, SIGN, SIGN_128] {
            let turn = scene(panel, Lang::ZhHans).plan_turn(&document);
            let cycle = plan(panel, Lang::ZhHans, &document).cycle_ms();
            assert!(
                turn.pages == 1 && turn.dwell_ms >= cycle.max(5_000),
                "{name}: {turn:?} for {cycle}"
            );
        }
    }
}

/// What every plan keeps.
fn check(plan: &TextPlan, what: &str) {
    assert!(
        plan.areas.len() + usize::from(plan.clock.is_some()) <= MOST_AREAS,
        "{what}"
    );
    let clock = plan.clock.map(|clock| clock.place);
    let places: Vec<Place> = plan.areas.iter().map(|area| area.place).chain(clock).collect();
    for (at, place) in places.iter().enumerate() {
        assert!(place.width_px > 0 && place.height_px > 0, "{what}: {place:?}");
        assert!(place.x_px + place.width_px <= plan.width_px, "{what}: {place:?}");
        assert!(place.y_px + place.height_px <= plan.height_px, "{what}: {place:?}");
        for other in &places[at + 1..] {
            let apart = place.x_px + place.width_px <= other.x_px
                || other.x_px + other.width_px <= place.x_px
                || place.y_px + place.height_px <= other.y_px
                || other.y_px + other.height_px <= place.y_px;
            assert!(apart, "{what}: {place:?} and {other:?}");
        }
    }
    for area in &plan.areas {
        let room = u32::from(area.place.width_px).max(u32::from(area.size.px()));
        let fits = |line: &String| width_px(line, area.size) <= room;
        assert!(
            area.motion == Motion::Left || area.lines.iter().all(fits),
            "{what}: {area:?}"
        );
        assert!(area.motion != Motion::Left || area.lines.len() == 1, "{what}");
        assert!(
            area.motion != Motion::Still || area.lines.len() <= area.rows(),
            "{what}"
        );
        assert!(area.motion == Motion::Left || area.dwell_ms >= 5_000, "{what}");
        assert!(
            !area.lines.is_empty() && area.lines.iter().all(|line| !line.is_empty()),
            "{what}"
        );
        assert!(!area.lines.iter().any(|line| line.contains(char::is_control)), "{what}");
    }
}

#[test]
fn every_plan_lies_in_its_panel_and_is_the_same_again() {
    let mut panels = vec![RED, TRI, STRIP, SIGN, SIGN_128];
    for (width, height) in [
        (1, 1),
        (8, 8),
        (16, 16),
        (3, 200),
        (200, 3),
        (10_000, 1),
        (10_000, 10_000),
        (64, 16),
        (96, 24),
        (48, 48),
        (160, 80),
        (400, 300),
        (1080, 1920),
        (96, 32),
        (32_000, 32_000),
    ] {
        for colour in [ColourDepth::Mono, ColourDepth::Full] {
            panels.push(panel(width, height, colour));
        }
    }
    for panel in panels {
        for lang in [Lang::ZhHans, Lang::En] {
            for name in all_documents() {
                let document = document(&name);
                let told = plan(panel, lang, &document);
                let what = format!("{name} on {}×{} in {lang:?}", panel.width_px, panel.height_px);
                check(&told, &what);
                assert_eq!(told, plan(panel, lang, &document));
            }
            check(&plan_with(panel, lang, None, Marks::default()), "the slate");
        }
    }
}

#[test]
fn a_very_long_and_hostile_title_stays_bounded() {
    let mut document = document("notice");
    let Some(Body::Notice(notice)) = document.texts.get_mut(&Lang::ZhHans) else {
        panic!("a notice in Chinese")
    };
    notice.title = format!("{}\u{202e}\u{7}\n{}", "很长的标题".repeat(20_000), "x".repeat(20_000));
    notice.body = "\u{1b}正文\\C1".repeat(20_000);
    for panel in [RED, STRIP, SIGN, SIGN_128] {
        let told = plan(panel, Lang::ZhHans, &document);
        check(&told, "a long title");
        let chars: usize = told
            .areas
            .iter()
            .flat_map(|area| &area.lines)
            .map(|line| line.chars().count())
            .sum();
        assert!(chars <= 500, "{chars}");
    }
}
