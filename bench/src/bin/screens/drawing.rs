//! A page of 600 Chinese characters at 1920 × 1080: the first layout and raster with fresh caches, and drawing all of it
//! again. The limits are 25 ms and 8 ms; what a page costs when only the minute changes stands beside them.

use heliograph_bench::{figure, median, ms};
use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::{SiteClock, SiteProfile};
use heliograph_domain::{
    Airing, ContentHash, Document, Instant as SiteTime, Item, Kind, Lang, LocalText, Panel, PublicationId,
};
use heliograph_player::FontSource;
use heliograph_scene::{Marks, Reel, Scene, Stage};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Instant;

const RUNS: usize = 15;
const NOW: SiteTime = SiteTime(1_795_485_930_000);

/// Six hundred characters of ordinary official prose.
pub(crate) fn prose() -> String {
    let paragraph = "为进一步方便企事业单位和群众办事，自二〇二六年十二月一日起，因公出国（境）护照、签证和认证业务统一在市外事服务\
        中心大厅办理。请申请单位提前通过网上平台提交材料，收到受理通知后携带原件到三号窗口核验；材料齐全、符合法定形式的，当场受理并出具回执。";
    let text: String = paragraph.chars().filter(|c| *c != ' ').cycle().take(600).collect();
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(150)
        .map(|part| part.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("\n\n")
}

pub(crate) fn lobby() -> Panel {
    Panel {
        width_px: 1920,
        height_px: 1080,
        colour: ColourDepth::Full,
        pixel_pitch_um: 630,
        viewing_distance_mm: 2500,
        refresh_hz: 60,
    }
}

fn document() -> Document {
    let content = json!({"zh-Hans": {
        "title": "关于因公出国（境）业务集中办理的公告", "body": prose(), "department": "出国管理处", "date": "2026-11-24",
    }});
    Document::check(Kind::Notice, &content).unwrap()
}

fn site() -> SiteProfile {
    SiteProfile {
        name: LocalText::new("滨河市外事服务中心", "Binhe Foreign Affairs Service Centre"),
        hotlines: Vec::new(),
        hours: LocalText::new("工作日 8:30–17:00", "Working days 8:30–17:00"),
        departments: BTreeMap::new(),
        public_url: "https://notices.example.org".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        clock: SiteClock::fixed(8 * 3600),
    }
}

/// What one step of a strip's moving text costs, in microseconds of drawing.
fn ticker_frame() {
    let title = crate::showing::TITLE;
    let content = json!({"zh-Hans": {"title": title, "body": crate::showing::BODY, "department": "出国管理处", "date": "2026-11-24"}});
    let show = Show::of(Document::check(Kind::Notice, &content).unwrap());
    let scene = Scene::new(
        FontSource::BuiltIn.for_panel(&crate::showing::STRIP),
        crate::showing::STRIP,
        Lang::ZhHans,
    );
    let mut reel = Reel::new();
    let mut taken = Vec::new();
    show.stage(|stage| {
        let mut now = NOW;
        while now < NOW.plus_ms(15_000) {
            let begun = Instant::now();
            let (_, next) = scene.advance(&mut reel, stage, now);
            taken.push(begun.elapsed().as_secs_f64() * 1e6);
            now = next;
        }
    });
    let n = taken.len();
    figure(
        "ticker_frame",
        median(&mut taken),
        "us",
        Some(("frame_interval", 16_667.0)),
        false,
        n,
    );
}

struct Show {
    item: Item,
    documents: BTreeMap<ContentHash, Document>,
    site: SiteProfile,
}

impl Show {
    fn of(document: Document) -> Self {
        let content = ContentHash([7; 32]);
        Self {
            item: Item::alone(PublicationId(Default::default()), content, document.kind),
            documents: BTreeMap::from([(content, document)]),
            site: site(),
        }
    }

    fn stage(&self, with: impl FnOnce(&Stage<'_>)) {
        let airing = Airing {
            main: Some(OnAir {
                item: &self.item,
                page: 0,
                pages: 1,
                page_since: NOW,
            }),
            footer: Vec::new(),
            until: SiteTime(u64::MAX),
        };
        with(&Stage {
            airing: &airing,
            documents: &self.documents,
            site: &self.site,
            marks: Marks::default(),
            theme: None,
        });
    }
}

pub(crate) fn measure() {
    ticker_frame();
    Show::of(document()).stage(full_page);
}

fn full_page(stage: &Stage<'_>) {
    let (mut first, mut again, mut minute) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let scene = Scene::new(FontSource::System.for_panel(&lobby()), lobby(), Lang::ZhHans);
        let begun = Instant::now();
        let frame = scene.render(stage, NOW);
        first.push(ms(begun.elapsed()));
        let begun = Instant::now();
        assert!(scene.render(stage, NOW) == frame);
        again.push(ms(begun.elapsed()));
        let mut reel = Reel::new();
        drop(scene.advance(&mut reel, stage, NOW));
        let begun = Instant::now();
        drop(scene.advance(&mut reel, stage, NOW.plus_ms(60_000)));
        minute.push(ms(begun.elapsed()));
    }
    figure(
        "page_first_raster",
        median(&mut first),
        "ms",
        Some(("goal", 25.0)),
        false,
        RUNS,
    );
    figure(
        "page_redraw",
        median(&mut again),
        "ms",
        Some(("goal", 8.0)),
        false,
        RUNS,
    );
    figure(
        "page_minute",
        median(&mut minute),
        "ms",
        Some(("goal", 8.0)),
        false,
        RUNS,
    );
}
