//! Nothing is clipped: every text of every page of every document, on every panel, lies whole in its place.

#![allow(clippy::unwrap_used, reason = "tests")]

mod cards;

use crate::canvas::{Piece, Rect};
use crate::text::{Glyph, TextLine};
use crate::{FontSet, SYSTEM_FONTS, Scene, Stage, needs_fonts};
use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::{Hotline, SiteClock, SiteProfile};
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Lang, LocalText, Panel};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NOW: Instant = Instant(1_795_485_930_000);

const fn panel(width_px: u16, height_px: u16, colour: ColourDepth, pitch_um: u32, distance_mm: u32) -> Panel {
    Panel {
        width_px,
        height_px,
        colour,
        pixel_pitch_um: pitch_um,
        viewing_distance_mm: distance_mm,
        refresh_hz: 60,
    }
}

use ColourDepth::{Full, Mono, Tri};

/// The panels of the profiles.
const PANELS: [Panel; 8] = [
    panel(1920, 1080, Full, 630, 3500),
    panel(1080, 1920, Full, 490, 1800),
    panel(3840, 2160, Full, 430, 4500),
    panel(256, 64, Full, 5000, 8000),
    panel(128, 64, Full, 2500, 3000),
    panel(64, 32, Full, 4000, 4000),
    panel(320, 16, Tri, 4750, 8000),
    panel(192, 16, Mono, 10_000, 12_000),
];

/// Panels between the forms.
const ODD: [Panel; 9] = [
    panel(400, 300, Full, 1000, 2000),
    panel(800, 480, Full, 300, 1000),
    panel(1366, 768, Full, 400, 2000),
    panel(480, 800, Full, 300, 1000),
    panel(96, 16, Mono, 10_000, 8000),
    panel(160, 80, Full, 4000, 4000),
    panel(192, 96, Full, 4000, 4000),
    panel(512, 32, Tri, 4750, 8000),
    panel(2560, 720, Full, 500, 3000),
];

fn site() -> SiteProfile {
    SiteProfile {
        name: LocalText::new("滨河市外事服务中心", "Binhe Foreign Affairs Service Centre"),
        hotlines: vec![Hotline {
            label: LocalText::new("咨询电话", "Enquiries"),
            number: "0000-8860123".to_owned(),
        }],
        hours: LocalText::new(
            "工作日 8:30–11:30，13:00–17:00",
            "Working days 8:30–11:30 and 13:00–17:00",
        ),
        departments: BTreeMap::default(),
        public_url: "https://notices.example.org".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        clock: SiteClock::fixed(8 * 3600),
    }
}

fn documents(under: &str) -> Vec<(String, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(under);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = format!("{under}/{}", path.file_stem().unwrap().to_str().unwrap());
        let document = Document::from_bytes(&std::fs::read(&path).unwrap());
        (name.clone(), document.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    paths.into_iter().map(read).collect()
}

fn outlines() -> Option<Arc<FontSet>> {
    let [regular, bold] = SYSTEM_FONTS.map(std::fs::read);
    Some(Arc::new(
        FontSet::from_bytes(regular.ok()?.into(), bold.ok()?.into()).unwrap(),
    ))
}

/// All pages of a document as pieces, chrome included, the commitment `footer` below.
fn pages(scene: &Scene, document: &Document) -> Vec<Vec<Piece>> {
    let content = ContentHash(Sha256::digest(document.to_bytes()).into());
    let publication = "00000000-0000-7000-8000-000000000001".parse().unwrap();
    let item = Item::alone(publication, content, document.kind);
    let documents = BTreeMap::from([(content, document.clone())]);
    let turn = scene.turn(document);
    let site = site();
    let page = |page| {
        let airing = Airing {
            main: Some(OnAir {
                item: &item,
                page,
                pages: turn.pages,
                page_since: NOW,
            }),
            footer: vec![&item],
            until: NOW.plus_ms(60_000),
        };
        let stage = Stage {
            airing: &airing,
            documents: &documents,
            site: &site,
            marks: crate::Marks::default(),
            theme: None,
        };
        scene.pieces(&stage, NOW)
    };
    (0..turn.pages).map(page).collect()
}

/// The box of a line's cells: what must be seen whole.
fn cells(x: i32, y: i32, line: &TextLine) -> Rect {
    let ascent = line.em * 86 / 100;
    Rect::new(x, y - ascent, line.width, line.em * 94 / 100)
}

/// Where text is seen, and the line.
fn texts(pieces: &[Piece]) -> Vec<(Rect, &TextLine)> {
    let of = |piece| match piece {
        &Piece::Text { x, y, ref line, .. } if line.width > 0 => Some((cells(x, y, line), line)),
        // A ticker shows all of its line in turn.
        Piece::Moving { window, line, .. } => Some((*window, line)),
        _ => None,
    };
    pieces.iter().filter_map(of).collect()
}

fn ends_in_ellipsis(scene: &Scene, line: &TextLine) -> bool {
    let Some((_, _, last)) = line.glyphs.last() else {
        return false;
    };
    match *last {
        Glyph::Bitmap { c, .. } => c == '…',
        Glyph::Outline { bold, px, .. } => [Lang::ZhHans, Lang::En].into_iter().any(|lang| {
            let style = crate::text::Style {
                px: i32::from(px),
                bold,
                lang,
            };
            let dots = crate::text::single(scene.desk().fonts, "…", style);
            dots.glyphs.last().is_some_and(|(_, _, glyph)| glyph == last)
        }),
    }
}

/// What is wrong with a picture.
fn complaints(scene: &Scene, pieces: &[Piece]) -> BTreeSet<String> {
    let panel = scene.panel();
    let whole = Rect::new(0, 0, i32::from(panel.width_px), i32::from(panel.height_px));
    let texts = texts(pieces);
    let mut found = BTreeSet::new();
    for (at, (place, line)) in texts.iter().enumerate() {
        if place.meet(whole) != *place {
            found.insert(format!("text at {place:?} leaves the panel"));
        }
        // The footer says a commitment in a line; the whole has pages of its own.
        let foot = scene.is_screen() && place.y >= whole.h - scene.desk().theme.footer();
        if ends_in_ellipsis(scene, line) && !foot {
            found.insert(format!("text at {place:?} is cut short"));
        }
        for (other, _) in &texts[at + 1..] {
            let both = place.meet(*other);
            if both.w > 1 && both.h > 1 {
                found.insert(format!("text at {place:?} and at {other:?} lie on each other"));
            }
        }
    }
    found
}

/// Which text lies outside of what its zone may hold: between header and footer, left of the code.
fn out_of_zone(scene: &Scene, pieces: &[Piece]) -> BTreeSet<String> {
    if !scene.is_screen() {
        return BTreeSet::new();
    }
    let desk = scene.desk();
    let theme = desk.theme;
    let zones = [
        Rect::new(0, 0, theme.width, theme.header()),
        Rect::new(
            0,
            theme.header(),
            theme.width,
            theme.height - theme.header() - theme.footer(),
        ),
        Rect::new(0, theme.height - theme.footer(), theme.width, theme.footer()),
    ];
    let within = |place: &Rect| zones.iter().any(|zone| place.meet(*zone) == *place);
    let stray = texts(pieces).into_iter().filter(|(place, _)| !within(place));
    stray
        .map(|(place, _)| format!("text at {place:?} crosses from one zone to another"))
        .collect()
}

fn audited(fonts: &Arc<FontSet>, panels: &[Panel], under: &[&str]) {
    let mut wrong = Vec::new();
    for panel in panels {
        let fonts = if needs_fonts(panel) {
            Arc::clone(fonts)
        } else {
            Arc::new(FontSet::built_in())
        };
        for lang in [Lang::ZhHans, Lang::En] {
            let scene = Scene::new(Arc::clone(&fonts), *panel, lang);
            for (name, document) in under.iter().flat_map(|under| documents(under)) {
                let pages = pages(&scene, &document);
                let most = if scene.is_screen() {
                    crate::template::overflow::MOST_PAGES
                } else {
                    6
                };
                let (width, height) = (panel.width_px, panel.height_px);
                let place = format!("{name} {lang:?} on {width}×{height}");
                if pages.len() > most {
                    wrong.push(format!("{place}: {} pages", pages.len()));
                }
                for (pieces, page) in pages.iter().zip(0..) {
                    let mut found = complaints(&scene, pieces);
                    found.extend(out_of_zone(&scene, pieces));
                    wrong.extend(found.into_iter().map(|what| format!("{place}, page {page}: {what}")));
                }
            }
        }
    }
    let shown = wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} complaints:\n{shown}", wrong.len());
}

const ALL: [&str; 3] = ["documents", "documents/long", "documents/tables"];

#[test]
fn nothing_is_clipped_with_the_built_in_font() {
    audited(&Arc::new(FontSet::built_in()), &PANELS, &ALL);
}

#[test]
fn nothing_is_clipped_with_outline_fonts() {
    // Where they are installed.
    if let Some(fonts) = outlines() {
        audited(&fonts, &PANELS[..3], &ALL);
    }
}

#[test]
fn nothing_is_clipped_on_panels_between_the_forms() {
    let fonts = outlines().unwrap_or_else(|| Arc::new(FontSet::built_in()));
    audited(&fonts, &ODD, &ALL);
}

/// The control: a page with text below the panel, text on text and text cut short is complained of.
#[test]
fn a_page_that_overflows_is_noticed() {
    let scene = Scene::new(Arc::new(FontSet::built_in()), PANELS[0], Lang::ZhHans);
    let desk = scene.desk();
    let line = crate::text::single(desk.fonts, "关于调整领取时间的公告", desk.label(44, false));
    let cut = crate::text::ellipsised(desk.fonts, "关于调整领取时间的公告", desk.label(44, false), 300, 1);
    let ink = crate::theme::INK;
    let at = |x, top, line: &TextLine| Piece::text(x, top, line.em, line, ink);
    assert!(complaints(&scene, &[at(72, 300, &line), at(72, 360, &line)]).is_empty());
    let told = complaints(
        &scene,
        &[
            at(72, 300, &line),
            at(90, 330, &line),
            at(72, 1060, &line),
            at(1800, 500, &line),
            at(72, 600, &cut[0]),
        ],
    );
    let count = |what: &str| told.iter().filter(|told| told.contains(what)).count();
    assert_eq!(
        (
            count("leaves the panel"),
            count("lie on each other"),
            count("cut short")
        ),
        (2, 1, 1),
        "{told:?}"
    );
    let footer = desk.theme.height - desk.theme.footer();
    assert_eq!(out_of_zone(&scene, &[at(72, footer - 20, &line)]).len(), 1);
}

/// The text of a document is on its pages to the last character, unless the last page says that there is more.
#[test]
fn every_character_is_shown_or_the_last_page_says_where_the_rest_is() {
    for panel in &PANELS[..3] {
        let scene = Scene::new(Arc::new(FontSet::built_in()), *panel, Lang::ZhHans);
        for (name, document) in ALL.iter().flat_map(|under| documents(under)) {
            let pieces: Vec<Piece> = pages(&scene, &document).into_iter().flatten().collect();
            let mut shown: BTreeMap<char, usize> = BTreeMap::new();
            for (_, line) in texts(&pieces) {
                for (_, _, glyph) in line.glyphs.iter() {
                    if let Glyph::Bitmap { c, .. } = glyph {
                        *shown.entry(*c).or_default() += 1;
                    }
                }
            }
            let more = crate::template::compose(&scene.desk(), &document)
                .pages
                .iter()
                .any(|page| page.more.is_some());
            let missing = missing(&document, &shown);
            assert!(more || missing.is_empty(), "{name} on {panel:?} lacks {missing:?}");
            // The control: what is cut does lack something.
            assert!(
                !more || !missing.is_empty(),
                "{name} on {panel:?} is said to be cut, but is whole"
            );
        }
    }
}

/// Han characters that the document has more often than its pages.
fn missing(document: &Document, shown: &BTreeMap<char, usize>) -> Vec<char> {
    let (_, body) = document.body(Lang::ZhHans).unwrap();
    let mut value = body.to_value();
    // The form of a rule and the account of a finance publication are codes.
    for code in ["form", "account"] {
        value.as_object_mut().unwrap().remove(code);
    }
    let mut wanted: BTreeMap<char, usize> = BTreeMap::new();
    leaves(&value, &mut |told| {
        // What lies beyond the BMP the built-in font draws as U+FFFD.
        let known = |c: &char| crate::text::breaks::ideograph(*c) && u32::from(*c) <= 0xFFFF;
        for c in told.chars().filter(known) {
            *wanted.entry(c).or_default() += 1;
        }
    });
    let lacking = wanted
        .into_iter()
        .filter(|(c, times)| shown.get(c).copied().unwrap_or(0) < *times);
    lacking.map(|(c, _)| c).collect()
}

fn leaves(value: &serde_json::Value, with: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::String(told) => with(told),
        serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, with)),
        serde_json::Value::Object(fields) => fields.values().for_each(|item| leaves(item, with)),
        _ => {}
    }
}

fn bitmap((_, _, glyph): &(i32, i32, Glyph)) -> Option<char> {
    match glyph {
        Glyph::Bitmap { c, .. } => Some(*c),
        Glyph::Outline { .. } => None,
    }
}
