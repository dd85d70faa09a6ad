//! The scene of one panel: lays documents out once and draws them as often as their pixels change.

use crate::campaign::{CampaignTheme, recolour};
use crate::canvas::{Canvas, Piece, Rect};
use crate::card::Card;
use crate::fit::View;
use crate::font::FontSet;
use crate::frame::Frame;
use crate::stage::{Documents, Stage};
use crate::template::pairing_lamps::{self, Round};
use crate::template::{
    self, Composition, Page, chrome, lamps, pairing, poster, sign, slate, strip, test_card, unpaired,
};
use crate::text;
use crate::theme::{Desk, Layout, PAPER, Theme};
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document, Instant, Lang, Panel, PublicationId, Turn};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Raised when pixels change on purpose, so that evidence names the drawing that made it.
pub const SCENE_VERSION: u16 = 4;

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
    laid: Mutex<HashMap<Key, Arc<Composition>>>,
}

/// What a layout is of: released content by its hash, which costs nothing to know at every frame; a text that is still
/// being written by its bytes.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Content(ContentHash),
    Bytes([u8; 32]),
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

    /// The language of its readers.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// The characters of a document that this panel's fonts cannot draw, in the order of Unicode: an author is to
    /// write them otherwise. They are looked for in all its texts, also in those that this panel leaves out.
    #[must_use]
    pub fn missing(&self, document: &Document) -> Vec<char> {
        // The document's own form is JSON, which writes everything outside ASCII as it is.
        self.fonts
            .missing(&String::from_utf8_lossy(&document.to_bytes()), self.lang)
    }

    /// How many pages a document takes on this panel, and how long each must stand to be read.
    #[must_use]
    pub fn turn(&self, document: &Document) -> Turn {
        self.written(document).turn()
    }

    /// The same of released content, whose hash is known.
    #[must_use]
    pub fn turn_of(&self, content: &ContentHash, document: &Document) -> Turn {
        self.laid_out(Key::Content(*content), document).turn()
    }

    /// The picture at `now`.
    #[must_use]
    pub fn render(&self, stage: &Stage<'_>, now: Instant) -> Frame {
        self.paint(&self.pieces(stage, now))
    }

    /// What the picture at `now` is made of, in the order of drawing; the first piece covers the panel.
    pub(crate) fn pieces(&self, stage: &Stage<'_>, now: Instant) -> Vec<Piece> {
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
        self.compile(main.as_ref(), stage, now)
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

    /// Which picture a page of released content shows here, and at which size in pixels: for fetching it in time.
    #[must_use]
    pub fn picture_of(
        &self,
        content: &ContentHash,
        document: &Document,
        page: u32,
    ) -> Option<(ContentHash, (u32, u32))> {
        // The text alone needs no layout for this.
        if document.attachments.is_empty() {
            return None;
        }
        let composition = self.laid_out(Key::Content(*content), document);
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
        self.preview_of(document, documents, site, View { page, stood_ms: 0 }, now)
    }

    /// The same after the page has stood for a while: what moves on it is further on.
    #[must_use]
    pub fn preview_of(
        &self,
        document: &Document,
        documents: &dyn Documents,
        site: &SiteProfile,
        view: View,
        now: Instant,
    ) -> Frame {
        let composition = self.written(document);
        let pages = composition.turn().pages;
        let number = view.page.min(pages.saturating_sub(1));
        let main = composition.page(number).map(|page| Main {
            page,
            number,
            pages,
            stood_ms: view.stood_ms,
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
            theme: None,
        };
        self.paint(&self.compile(main.as_ref(), &stage, now))
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
            theme: None,
        };
        let pieces = self.card_pieces(card, site, now);
        self.paint(&pieces.unwrap_or_else(|| self.pieces(&stage, now)))
    }

    /// The first instant after `now` at which a card's pixels may differ.
    #[must_use]
    pub fn card_until(&self, card: &Card, site: &SiteProfile, now: Instant) -> Instant {
        let (_, of_day_ms) = site.clock.date(now);
        let minute = now.plus_ms(MINUTE_MS - of_day_ms % MINUTE_MS);
        let step = self.round(card).map(|round| now.plus_ms(round.at(now).1));
        step.map_or(minute, |step| step.min(minute))
    }

    /// What lamps show in turn for a display that is not enrolled.
    fn round(&self, card: &Card) -> Option<Round> {
        match card {
            _ if self.is_screen() => None,
            Card::Pairing { code, url } => Some(pairing_lamps::code(&self.bulbs(), code, url)),
            Card::Unpaired { why, url } => Some(pairing_lamps::without(&self.bulbs(), *why, url)),
            Card::Slate | Card::TestCard { .. } | Card::Paused { .. } => None,
        }
    }

    /// What a card is made of; the slate is what is drawn when there is nothing else.
    pub(crate) fn card_pieces(&self, card: &Card, site: &SiteProfile, now: Instant) -> Option<Vec<Piece>> {
        let screen = self.is_screen();
        let (desk, bulbs) = (self.desk(), self.bulbs());
        let lit = |page: Page| -> Vec<Piece> {
            let ticker = page.ticker.map(|ticker| ticker.at(0));
            page.pieces.into_iter().chain(ticker).collect()
        };
        let card = match card {
            Card::Slate => return None,
            Card::Pairing { .. } | Card::Unpaired { .. } if !screen => self.round(card)?.at(now).0,
            Card::Pairing { code, url } => pairing::screen(&desk, site, code, url, now),
            Card::Unpaired { why, url } => unpaired::screen(&desk, site, *why, url, now),
            Card::TestCard { profile } if screen => test_card::screen(&desk, &self.panel, profile),
            Card::TestCard { profile } => test_card::lamps(&bulbs, profile),
            Card::Paused { window } if screen => pairing::paused(&desk, site, window, now),
            Card::Paused { window } => lit(pairing::paused_lamps(&bulbs, self.layout, window)),
        };
        let ground = if screen { PAPER } else { lamps::DARK };
        let mut pieces = vec![Piece::Fill(self.whole(), ground)];
        pieces.extend(card);
        Some(pieces)
    }

    fn whole(&self) -> Rect {
        Rect::new(0, 0, i32::from(self.panel.width_px), i32::from(self.panel.height_px))
    }

    /// Whether this is a screen, not lamps.
    pub(crate) fn is_screen(&self) -> bool {
        matches!(self.layout, Layout::Landscape | Layout::Portrait)
    }

    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            fonts: &self.fonts,
            theme: &self.theme,
            lang: self.lang,
        }
    }

    fn on_stage(&self, stage: &Stage<'_>) -> Option<Arc<Composition>> {
        let content = stage.airing.main.as_ref()?.item.content;
        Some(self.laid_out(Key::Content(content), stage.documents.document(&content)?))
    }

    pub(crate) fn written(&self, document: &Document) -> Arc<Composition> {
        self.laid_out(Key::Bytes(Sha256::digest(document.to_bytes()).into()), document)
    }

    /// The document's layout, from the cache when it has been laid out before.
    fn laid_out(&self, key: Key, document: &Document) -> Arc<Composition> {
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

    pub(crate) fn bulbs(&self) -> lamps::Bulbs<'_> {
        lamps::Bulbs {
            fonts: &self.fonts,
            panel: &self.panel,
            lights: lamps::Lights::of(self.panel.colour),
            lang: self.lang,
        }
    }

    pub(crate) fn paint(&self, pieces: &[Piece]) -> Frame {
        let mut frame = Frame::filled(
            u32::from(self.panel.width_px),
            u32::from(self.panel.height_px),
            lamps::DARK,
        );
        Canvas::on(&mut frame, &self.fonts).draw(pieces);
        frame
    }

    /// Draws pieces on what is there, inside a rectangle only.
    pub(crate) fn repaint(&self, frame: &mut Frame, within: Rect, pieces: &[Piece]) {
        Canvas::on(frame, &self.fonts).draw_within(within, pieces);
    }

    fn compile(&self, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Vec<Piece> {
        let whole = self.whole();
        if self.is_screen() {
            let mut pieces = self.screen(whole, main, stage, now);
            if let Some(theme) = stage.theme {
                theme.dress(&mut pieces);
            }
            return pieces;
        }
        let mut pieces = self.lamps(whole, main, stage, now);
        let full = self.panel.colour == ColourDepth::Full;
        if let Some(lead) = stage.theme.filter(|_| full).and_then(CampaignTheme::lead) {
            let house = lamps::Lights::of(self.panel.colour).strong;
            recolour(&mut pieces, |colour| if colour == house { lead } else { colour });
        }
        pieces
    }

    fn screen(&self, whole: Rect, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Vec<Piece> {
        let desk = self.desk();
        let mut pieces = vec![Piece::Fill(whole, PAPER)];
        match main {
            Some(main) => {
                pieces.extend(chrome::header(&desk, stage.site, stage.theme, now));
                pieces.extend_from_slice(&main.page.pieces);
                let poster = main.page.poster.iter();
                pieces.extend(poster.flat_map(|poster| poster.pieces(&desk, stage.documents)));
                let (number, pages) = (main.number, main.pages);
                pieces.extend(chrome::aside(&desk, stage.site, main.publication, number, pages));
                pieces.extend(
                    main.page
                        .more
                        .iter()
                        .flat_map(|place| chrome::more(&desk, stage.site, *place)),
                );
                pieces.extend(chrome::footer(&desk, stage, now));
            }
            None => pieces.extend(slate::screen(&desk, stage.site, now)),
        }
        pieces.extend(chrome::marks(&desk, stage.marks));
        pieces
    }

    fn lamps(&self, whole: Rect, main: Option<&Main<'_>>, stage: &Stage<'_>, now: Instant) -> Vec<Piece> {
        let bulbs = self.bulbs();
        let mut pieces = vec![Piece::Fill(whole, lamps::DARK)];
        let idle;
        let (page, stood_ms) = match main {
            Some(main) => (main.page, main.stood_ms),
            None => {
                idle = slate::lamps(&bulbs, stage.site, self.layout, now);
                (&idle, 0)
            }
        };
        pieces.extend_from_slice(&page.pieces);
        pieces.extend(page.ticker.as_ref().map(|ticker| ticker.at(stood_ms)));
        if let Some((rect, colour)) = page.clock {
            pieces.push(self.clock(rect, colour, stage.site, now));
        }
        pieces.extend(lamps::marks(&bulbs, stage.marks));
        pieces
    }

    /// The time of day, at the right end of its rectangle.
    fn clock(&self, rect: Rect, colour: crate::Rgb, site: &SiteProfile, now: Instant) -> Piece {
        let (_, of_day_ms) = site.clock.date(now);
        let told = crate::words::clock(of_day_ms);
        let line = text::single(&self.fonts, &told, self.bulbs().style(1));
        Piece::text(rect.right() - line.width, rect.y, rect.h, &line, colour)
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
