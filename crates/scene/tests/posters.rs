//! Documents with pictures: each picture has its page on screens, whole, at the size that the scene asks for; lamps
//! show the words alone.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::content::{Attachment, MediaType};
use heliograph_domain::{ContentHash, Document, Lang, Panel};
use heliograph_picture::Picture;
use heliograph_scene::{Documents, FontSet, Frame, Scene};
use std::sync::Arc;
use support::{LOBBY, NOW, PORTRAIT, RED, SIGN, STRIP, document, noto, png, site};

/// One poster of a colour that nothing else has, framed in another.
struct Wall(Picture);

impl Wall {
    fn new() -> Self {
        let edge = |x: u32, y: u32| x < 8 || y < 8 || x >= 592 || y >= 792;
        let paint = |(x, y): (u32, u32)| {
            if edge(x, y) {
                [200, 0, 200]
            } else if (x / 60 + y / 60) % 2 == 0 {
                [0, 200, 100]
            } else {
                [240, 250, 220]
            }
        };
        let rgb = (0..800).flat_map(|y| (0..600).map(move |x| (x, y))).flat_map(paint);
        Self(Picture::new(600, 800, rgb.collect()).unwrap())
    }
}

impl Documents for Wall {
    fn document(&self, _: &ContentHash) -> Option<&Document> {
        None
    }

    fn picture(&self, hash: &ContentHash, (width, height): (u32, u32)) -> Option<Arc<Picture>> {
        (*hash == ContentHash([5; 32])).then(|| Arc::new(self.0.scaled(width, height)))
    }
}

/// The document's own hash; layouts are kept by it.
const CONTENT: ContentHash = ContentHash([1; 32]);

fn with_poster(name: &str, hash: u8) -> Document {
    let attachment = Attachment {
        name: "政务公开日活动海报：5月15日，邀请市民走进办事大厅".to_owned(),
        media_type: MediaType::Png,
        hash: ContentHash([hash; 32]),
        bytes: 1,
        width_px: 600,
        height_px: 800,
    };
    document(name).with_attachments(vec![attachment]).unwrap()
}

fn scene(panel: Panel) -> Scene {
    let fonts = noto().unwrap_or_else(|| Arc::new(FontSet::built_in()));
    Scene::new(fonts, panel, Lang::ZhHans)
}

fn drawn(panel: Panel, document: &Document, page: u32) -> Frame {
    scene(panel).preview_with(document, &Wall::new(), &site(), page, NOW)
}

/// The box around all pixels of the poster's frame: left, top, right, bottom.
fn framed(frame: &Frame) -> Option<[u32; 4]> {
    let all = (0..frame.height_px()).flat_map(|y| (0..frame.width_px()).map(move |x| (x, y)));
    let hits: Vec<_> = all
        .filter(|(x, y)| {
            let at = frame.pixel(*x, *y);
            at.0 > 180 && at.1 < 40 && at.2 > 180
        })
        .collect();
    let (xs, ys) = (hits.iter().map(|hit| hit.0), hits.iter().map(|hit| hit.1));
    Some([xs.clone().min()?, ys.clone().min()?, xs.max()?, ys.max()?])
}

#[test]
fn a_poster_is_shown_whole_on_landscape_and_portrait() {
    let folder = std::env::var_os("HELIOGRAPH_LOOK").map(std::path::PathBuf::from);
    for (what, panel) in [("landscape", LOBBY), ("portrait", PORTRAIT)] {
        let document = with_poster("notice", 5);
        let pages = scene(panel).turn(&document).pages;
        let text_pages = scene(panel).turn(&support::document("notice")).pages;
        assert_eq!(pages, text_pages + 1);
        let number = if text_pages == 1 { 0 } else { pages - 1 };
        let (hash, (width, height)) = scene(panel).picture_of(&CONTENT, &document, number).unwrap();
        assert_eq!(hash, ContentHash([5; 32]));
        let frame = drawn(panel, &document, number);
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("poster-{what}.png")), png(&frame)).unwrap();
            let waiting = with_poster("notice", 6);
            std::fs::write(
                folder.join(format!("waiting-{what}.png")),
                png(&drawn(panel, &waiting, number)),
            )
            .unwrap();
        }
        let [left, top, right, bottom] = framed(&frame).unwrap();
        assert_eq!(
            (right - left + 1, bottom - top + 1),
            (width, height),
            "{what}: the whole of it"
        );
        assert!(height * 3 > u32::from(panel.height_px), "{what}: it is large");
        assert!(
            framed(&drawn(panel, &document, pages - number - 1)).is_none(),
            "the text's page has none"
        );
    }
}

#[test]
fn a_picture_that_is_not_here_is_told_in_words_and_the_pages_stay_the_same() {
    let (here, away) = (with_poster("notice", 5), with_poster("notice", 6));
    let scene = scene(LOBBY);
    assert_eq!(scene.turn(&here), scene.turn(&away));
    assert!(scene.turn(&here).dwell_ms >= 12_000);
    let (shown, waiting) = (drawn(LOBBY, &here, 0), drawn(LOBBY, &away, 0));
    assert!(framed(&shown).is_some() && framed(&waiting).is_none());
    let bare = scene.preview(&document("notice"), &site(), 0, NOW);
    assert!(waiting != bare, "it is a page of its own");
}

#[test]
fn lamps_show_the_words_as_if_there_were_no_picture() {
    for panel in [STRIP, RED, SIGN] {
        let (plain, document) = (document("notice"), with_poster("notice", 5));
        assert_eq!(scene(panel).turn(&plain), scene(panel).turn(&document));
        assert!(drawn(panel, &plain, 0) == drawn(panel, &document, 0), "{panel:?}");
        assert_eq!(scene(panel).picture_of(&CONTENT, &document, 0), None);
    }
}
