//! How a document fits a panel: what its author is to know while writing.

use crate::scene::Scene;
use crate::template::ticker::Ticker;
use heliograph_domain::{Document, Turn};

/// One look at a document: a page, after it has stood for so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The page, from 0.
    pub page: u32,
    /// For how long it has stood, in milliseconds.
    pub stood_ms: u64,
}

/// How a document fits a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Pages, and how long each stands.
    pub turn: Turn,
    /// What to look at to see all of it: every page, and those with moving text once for each part of it.
    pub views: Vec<View>,
    /// How large its type is, in percent of the design's: less than 100 where it would not fit otherwise.
    pub type_percent: u32,
    /// Whether something is left out, and the last page says where the whole is to be read.
    pub cut: bool,
    /// Whether text moves.
    pub moves: bool,
    /// Whether the panel tells the gist alone: the heading, what it is about in a line, and no pictures.
    pub gist: bool,
}

impl Scene {
    /// How a document fits this panel.
    #[must_use]
    pub fn fit(&self, document: &Document) -> Fit {
        let composition = self.written(document);
        let looks = |ticker: Option<&Ticker>| ticker.map_or_else(|| vec![0], Ticker::looks_ms);
        let pages = (0..).zip(&composition.pages);
        let views = pages.flat_map(|(page, laid)| {
            let looks = looks(laid.ticker.as_ref()).into_iter();
            looks.map(move |stood_ms| View { page, stood_ms })
        });
        Fit {
            turn: composition.turn(),
            views: views.collect(),
            type_percent: composition.type_percent.unsigned_abs(),
            cut: composition.pages.iter().any(|page| page.more.is_some()),
            moves: composition.pages.iter().any(|page| page.ticker.is_some()),
            gist: !self.is_screen(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::FontSet;
    use heliograph_domain::panel::ColourDepth;
    use heliograph_domain::{Kind, Lang, Panel};
    use std::sync::Arc;

    fn scene(width_px: u16, height_px: u16) -> Scene {
        let panel = Panel {
            width_px,
            height_px,
            colour: ColourDepth::Full,
            pixel_pitch_um: 560,
            viewing_distance_mm: 2000,
            refresh_hz: 60,
        };
        Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans)
    }

    fn notice(title: &str, characters: usize) -> Document {
        let body = "领证时间调整为工作日下午。".repeat(characters / 13);
        let texts = serde_json::json!({"zh-Hans": {"title": title, "body": body, "department": "办公室", "date": "2026-11-24"}});
        Document::check(Kind::Notice, &texts).unwrap()
    }

    #[test]
    fn an_author_is_told_what_a_screen_does_with_a_long_text() {
        let screen = scene(1920, 1080);
        let short = screen.fit(&notice("公告", 30));
        assert_eq!((short.turn.pages, short.type_percent), (1, 100));
        assert!(!short.cut && !short.moves && !short.gist && short.views.len() == 1);
        let paged = screen.fit(&notice("公告", 900));
        assert!(paged.turn.pages > 1 && !paged.cut && paged.views.len() == paged.turn.pages as usize);
        let long = screen.fit(&notice("公告", 9_000));
        assert!(
            long.cut && long.type_percent < 90 && long.turn.pages > paged.turn.pages,
            "{long:?}"
        );
    }

    #[test]
    fn a_strip_tells_the_gist_and_a_long_heading_is_looked_at_part_by_part() {
        let strip = scene(192, 16);
        let fit = strip.fit(&notice("关于调整因公护照和签证领取时间以及办事大厅开放时间的公告", 30));
        assert!(
            fit.gist && fit.moves && fit.turn.pages == 1 && fit.views.len() > 2,
            "{fit:?}"
        );
        assert!(fit.views.is_sorted_by_key(|view| view.stood_ms));
        let last = fit.views.last().unwrap().stood_ms;
        assert!(
            last < u64::from(fit.turn.dwell_ms),
            "all of it is seen within the page's time"
        );
    }

    /// A long text, and a long table: on every form of panel somebody is told that it is not all there.
    #[test]
    fn what_is_left_out_is_said_of_every_panel() {
        let table = "|编号|结果|\n|-|-|\n".to_owned() + &"|2026001|已办结|\n".repeat(400);
        let texts = serde_json::json!({"zh-Hans": {"title": "公示", "body": table, "department": "办公室", "date": "2026-11-24"}});
        let table = Document::check(Kind::Notice, &texts).unwrap();
        for (width_px, height_px) in [
            (1920, 1080),
            (1080, 1920),
            (800, 480),
            (256, 64),
            (320, 16),
            (128, 64),
            (64, 32),
        ] {
            for document in [&notice("公告", 9_000), &table] {
                let fit = scene(width_px, height_px).fit(document);
                assert!(fit.cut != fit.gist, "{width_px}×{height_px}: {fit:?}");
            }
            let short = scene(width_px, height_px).fit(&notice("公告", 13));
            assert!(!short.cut, "the control: {short:?}");
        }
    }
}
