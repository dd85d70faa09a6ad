//! A plain scene.

use crate::frame::{Frame, Rgb};
use heliograph_domain::panel::Form;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Document, Instant, Lang, Panel, Turn};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Raised when pixels change on purpose.
pub const SCENE_VERSION: u16 = 1;
/// Where Debian's fonts are.
pub const SYSTEM_FONTS: [&str; 2] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
];

/// Fonts.
#[derive(Debug, Clone, Default)]
pub struct FontSet;

/// Not a font.
#[derive(Debug, thiserror::Error)]
#[error("not a font")]
pub struct FontError;

impl FontSet {
    /// The bitmap font.
    #[must_use]
    pub fn built_in() -> Self {
        Self
    }
    /// Fonts.
    ///
    /// # Errors
    /// Not a font.
    pub fn from_bytes(_regular: Arc<[u8]>, _bold: Arc<[u8]>) -> Result<Self, FontError> {
        Ok(Self)
    }
    /// Hash.
    #[must_use]
    pub fn hash(&self) -> Option<[u8; 32]> {
        None
    }
}

/// Whether fonts are needed.
#[must_use]
pub fn needs_fonts(panel: &Panel) -> bool {
    matches!(panel.form(), Form::Landscape | Form::Portrait)
}

/// Finds documents.
pub trait Documents {
    /// By hash.
    fn document(&self, hash: &ContentHash) -> Option<&Document>;
}
impl Documents for BTreeMap<ContentHash, Document> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.get(hash)
    }
}
impl Documents for HashMap<ContentHash, Arc<Document>> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.get(hash).map(|d| &**d)
    }
}

/// Marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Stale.
    pub stale: bool,
    /// Drill.
    pub drill: bool,
}

/// What is drawn.
pub struct Stage<'a> {
    /// Airing.
    pub airing: &'a Airing<'a>,
    /// Documents.
    pub documents: &'a dyn Documents,
    /// Site.
    pub site: &'a SiteProfile,
    /// Marks.
    pub marks: Marks,
}

/// Scene.
#[derive(Debug)]
pub struct Scene {
    panel: Panel,
    lang: Lang,
}

impl Scene {
    /// New.
    #[must_use]
    pub fn new(_fonts: Arc<FontSet>, panel: Panel, lang: Lang) -> Self {
        Self { panel, lang }
    }
    /// Panel.
    #[must_use]
    pub fn panel(&self) -> &Panel {
        &self.panel
    }
    /// Turn.
    #[must_use]
    pub fn turn(&self, _doc: &Document) -> Turn {
        Turn {
            pages: 1,
            dwell_ms: 5000,
        }
    }
    /// Render.
    #[must_use]
    pub fn render(&self, stage: &Stage<'_>, _now: Instant) -> Frame {
        let text = match &stage.airing.main {
            Some(on) => stage
                .documents
                .document(&on.item.content)
                .map(|d| d.title(self.lang))
                .unwrap_or_default(),
            None => stage.site.name.get(self.lang).to_owned(),
        };
        self.text(&text)
    }
    fn text(&self, text: &str) -> Frame {
        let (w, h) = (u32::from(self.panel.width_px), u32::from(self.panel.height_px));
        let mut frame = Frame::filled(w, h, Rgb(0, 0, 0));
        let mut x0 = 0;
        for c in text.chars() {
            if let Some(glyph) = unifont::get_glyph(c) {
                for y in 0..16 {
                    for x in 0..glyph.get_width() {
                        if glyph.get_pixel(x, y) {
                            frame.set_pixel(x0 + x as u32, y as u32, Rgb(255, 255, 255));
                        }
                    }
                }
                x0 += glyph.get_width() as u32;
            }
        }
        frame
    }
    /// Next change.
    #[must_use]
    pub fn next_change(&self, stage: &Stage<'_>, _now: Instant) -> Instant {
        stage.airing.until
    }
    /// Preview.
    #[must_use]
    pub fn preview(&self, doc: &Document, _site: &SiteProfile, _page: u32, _now: Instant) -> Frame {
        self.text(&doc.title(self.lang))
    }
}
