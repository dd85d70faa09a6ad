//! The scene of one panel: lays documents out once and draws them as often as their pixels change.

use crate::canvas::{Canvas, Rect};
use crate::card::Card;
use crate::font::FontSet;
use crate::frame::Frame;
use crate::stage::{Documents, Stage};
use crate::template::{self, Composition, Page, chrome, lamps, poster, sign, slate, strip};
use crate::text;
use crate::theme::{Desk, Layout, PAPER, Theme};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document, Instant, Lang, Panel, PublicationId, Turn};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Raised when pixels change on purpose, so that evidence names the drawing that made it.
pub const SCENE_VERSION: u16 = 2;

/// Layouts kept at hand. A layout of a full page takes about 50 kB.
const KEPT: usize = 256;
/// A minute, after which the clock on a panel shows another time.
const MINUTE_MS: u64 = 60_000;

/// Draws for one panel in one language.
pub struct Scene {
    fonts: Arc<FontSet>,
    panel: Panel,
    lang: Lang,
    layout: Layout,
    theme: Theme,
    laid: Mutex<HashMap<[u8; 32], Arc<Composition>>>,
}

/// What stands in the main zone.
struct Main<'s> {
    page: &'s Page,
    number: u32,
    pages: u32,
    /// For how long the page has stood, in milliseconds.
    stood_ms: u64,
    publication: Option<PublicationId>,
}

impl Scene {
    /// A scene for a panel and the language of its readers.
    #[must_use]
    pub fn new(fonts: Arc<FontSet>, panel: Panel, lang: Lang) -> Self {
        Self {
            fonts,
            panel,
            lang,
            layout: Layout::of(&panel),
            theme: Theme::of(&panel),
            laid: Mutex::default(),
        }
    }

    /// The panel.
    #[must_use]
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// How many pages a document takes on this panel, and how long each must stand to be read.
    #[must_use]
    pub fn turn(&self, document: &Document) -> Turn {
        self.laid_out(document).turn()
    }

    /// The picture at `now`.
    #[must_use]
    pub fn render(&self, stage: &Stage<'_>, now: Instant) -> Frame {
        let composition = self.on_stage(stage);
        let main = stage.airing.main.as_ref().zip(composition.as_deref());
        let main = main.and_then(|(on, composition)| {
            Some(Main {
                page: composition.page(on.page)?,
                number: on.page,
                pages: on.pages,
                stood_ms: now.since(on.page_since),
                publication: Some(on.item.publication),
            })
        });
        self.draw(main.as_ref(), stage, now)
    }

    /// The first instant after `now` at which the pixels may differ.
    #[must_use]
    pub fn next_change(&self, stage: &Stage<'_>, now: Instant) -> Instant {
        let (_, of_day_ms) = stage.site.clock.date(now);
        let mut next = stage.airing.until.min(now.plus_ms(MINUTE_MS - of_day_ms % MINUTE_MS));
        if stage.airing.footer.len() > 1 && self.is_screen() {
            next = next.min(now.plus_ms(chrome::FOOTER_MS - now.0 % chrome::FOOTER_MS));
        }
        let ticker = stage
            .airing
            .main
            .as_ref()
            .zip(self.on_stage(stage))
            .and_then(|(on, composition)| {
                let ticker = composition.page(on.page)?.ticker.as_ref()?;
                Some(on.page_since.plus_ms(ticker.next_step_ms(now.since(on.page_since))?))
            });
        ticker.map_or(next, |step| next.min(step)).max(now.plus_ms(1))
    }

    /// Which picture a page of a document shows here, and at which size in pixels: for fetching it in time.
    #[must_use]
    pub fn picture_of(&self, document: &Document, page: u32) -> Option<(ContentHash, (u32, u32))> {
        // The text alone needs no layout for this.
        if document.attachments.is_empty() {
            return None;
        }
        let composition = self.laid_out(document);
        composition.page(page)?.poster.as_ref().map(poster::Poster::wants)
    }

    /// An item alone on this panel, as its author wants to see it: page `page`, the last one when there are fewer.
    #[must_use]
    pub fn preview(&self, document: &Document, site: &SiteProfile, page: u32, now: Instant) -> Frame {
        let nothing = HashMap::<_, Arc<Document>>::new();
        self.preview_with(document, &nothing, site, page, now)
    }

    /// The same, with pictures from `documents`.
    #[must_use]
    pub fn preview_with(
        &self,
        document: &Document,
        documents: &dyn Documents,
        site: &SiteProfile,
        page: u32,
        now: Instant,
    ) -> Frame {
        let composition = self.laid_out(document);
        let pages = composition.turn().pages;
        let number = page.min(pages.saturating_sub(1));
        let main = composition.page(number).map(|page| Main {
            page,
            number,
            pages,
            stood_ms: 0,
            publication: None,
        });
        let airing = heliograph_domain::Airing {
            main: None,
            footer: Vec::new(),
            until: now,
        };
        let stage = Stage {
            airing: &airing,
            documents,
            site,
            marks: crate::Marks::default(),
        };
        self.draw(main.as_ref(), &stage, now)
    }

    /// A built-in card at `now`.
    #[must_use]
    pub fn card(&self, card: &Card, site: &SiteProfile, now: Instant) -> Frame {
        let airing = heliograph_domain::Airing {
            main: None,
            footer: Vec::new(),
            until: now,
        };
        let nothing = HashMap::<_, Arc<Document>>::new();
        let stage = Stage {
            airing: &airing,
            documents: &nothing,
            site,
            marks: crate::Marks::default(),
        };
        match card {
            Card::Slate | Card::Pairing { .. } | Card::TestCard { .. } => self.draw(None, &stage, now),
        }
    }

    fn is_screen(&self) -> bool {
        matches!(self.layout, Layout::Landscape | Layout::Portrait)
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            fonts: &self.fonts,
            theme: &self.theme,
            lang: self.lang,
        }
    }

    fn on_stage(&self, stage: &Stage<'_>) -> Option<Arc<Composition>> {
        let content = stage.airing.main.as_ref()?.item.content;
        Some(self.laid_out(stage.documents.document(&content)?))
    }

    /// The document's layout, from the cache when it has been laid out before. Documents are told apart by their bytes.
    fn laid_out(&self, document: &Document) -> Arc<Composition> {
        let key: [u8; 32] = Sha256::digest(document.to_bytes()).into();
        // Only whole layouts are ever put in, so a panic elsewhere leaves nothing half made.
        let mut laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(composition) = laid.get(&key) {
            return Arc::clone(composition);
        }
        if laid.len() >= KEPT {
            laid.clear();
        }
        let composition = Arc::new(self.compose(document));
        laid.insert(key, Arc::clone(&composition));
        composition
    }

    fn compose(&self, document: &Document) -> Composition {
        match self.layout {
            Layout::Landscape | Layout::Portrait => {
                let text = template::compose(&self.desk(), document);
                poster::with_pictures(&self.desk(), document, text)
            }
            Layout::Strip => strip::compose(&self.bulbs(), document),
            Layout::Sign => sign::compose(&self.bulbs(), document),
        }
    }

    fn bulbs(&self) -> lamps::Bulbs<'_> {
        lamps::Bulbs {
            fonts: &self.fonts,
            panel: &self.panel,
            lights: lamps::Lights::of(self.panel.colour),
            lang: self.lang,
        }
    }

    fn draw(&self, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Frame {
        if self.is_screen() {
            self.screen(main, stage, now)
        } else {
            self.lamps(main, stage, now)
        }
    }

    fn screen(&self, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Frame {
        let desk = self.desk();
        let mut canvas = Canvas::new(self.theme.width, self.theme.height, &self.fonts, PAPER);
        match main {
            Some(main) => {
                canvas.draw(&chrome::header(&desk, stage.site, now));
                canvas.draw(&main.page.pieces);
                if let Some(poster) = &main.page.poster {
                    poster.draw(&desk, &mut canvas, stage.documents);
                }
                canvas.draw(&chrome::aside(
                    &desk,
                    stage.site,
                    main.publication,
                    main.number,
                    main.pages,
                ));
                canvas.draw(&chrome::footer(&desk, stage, now));
            }
            None => canvas.draw(&slate::screen(&desk, stage.site, now)),
        }
        canvas.draw(&chrome::marks(&desk, stage.marks));
        canvas.into_frame()
    }

    fn lamps(&self, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Frame {
        let bulbs = self.bulbs();
        let (width, height) = (i32::from(self.panel.width_px), i32::from(self.panel.height_px));
        let mut canvas = Canvas::new(width, height, &self.fonts, lamps::DARK);
        let idle;
        let (page, stood_ms) = match main {
            Some(main) => (main.page, main.stood_ms),
            None => {
                idle = slate::lamps(&bulbs, stage.site, self.layout, now);
                (&idle, 0)
            }
        };
        canvas.draw(&page.pieces);
        if let Some(ticker) = &page.ticker {
            ticker.draw(&mut canvas, stood_ms);
        }
        if let Some((rect, colour)) = page.clock {
            self.clock(&mut canvas, rect, colour, stage.site, now);
        }
        canvas.draw(&lamps::marks(&bulbs, stage.marks));
        canvas.into_frame()
    }

    /// The time of day, at the right end of its rectangle.
    fn clock(&self, canvas: &mut Canvas<'_>, rect: Rect, colour: crate::Rgb, site: &SiteProfile, now: Instant) {
        let (_, of_day_ms) = site.clock.date(now);
        let told = crate::words::clock(of_day_ms);
        let line = text::single(&self.fonts, &told, self.bulbs().style(1));
        canvas.draw(&[crate::canvas::Piece::text(
            rect.right() - line.width,
            rect.y,
            rect.h,
            &line,
            colour,
        )]);
    }
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene")
            .field("panel", &self.panel)
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}
