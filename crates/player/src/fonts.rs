//! The fonts a player draws with, loaded only when its panel needs them.

use heliograph_domain::Panel;
use heliograph_scene::{FontSet, SYSTEM_FONTS, needs_fonts};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where fonts come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FontSource {
    /// The bitmap font that is built in.
    BuiltIn,
    /// The system's Noto Sans CJK; the built-in font when it is not installed.
    #[default]
    System,
    /// These files: the regular and the bold face.
    Files(PathBuf, PathBuf),
}

impl FontSource {
    /// The fonts that a panel's pictures are drawn with.
    #[must_use]
    pub fn for_panel(self, panel: &Panel) -> Arc<FontSet> {
        Fonts::new(self).for_panel(panel)
    }
}

/// The fonts in use. Outline fonts take tens of megabytes, so a strip or a sign never loads them, and a display that
/// becomes one lets go of them.
pub(crate) struct Fonts {
    source: FontSource,
    loaded: Option<(bool, Arc<FontSet>)>,
}

impl Fonts {
    pub(crate) fn new(source: FontSource) -> Self {
        Self { source, loaded: None }
    }

    /// The fonts for a panel.
    pub(crate) fn for_panel(&mut self, panel: &Panel) -> Arc<FontSet> {
        let outlines = needs_fonts(panel) && self.source != FontSource::BuiltIn;
        if let Some((had, fonts)) = &self.loaded
            && *had == outlines
        {
            return Arc::clone(fonts);
        }
        self.loaded = None;
        let fonts = if outlines { self.load() } else { None };
        let fonts = Arc::new(fonts.unwrap_or_else(FontSet::built_in));
        self.loaded = Some((outlines, Arc::clone(&fonts)));
        fonts
    }

    fn load(&self) -> Option<FontSet> {
        let (regular, bold) = match &self.source {
            FontSource::BuiltIn => return None,
            FontSource::System => (Path::new(SYSTEM_FONTS[0]), Path::new(SYSTEM_FONTS[1])),
            FontSource::Files(regular, bold) => (regular.as_path(), bold.as_path()),
        };
        let regular = read(regular)?;
        let bold = read(bold).unwrap_or_else(|| Arc::clone(&regular));
        FontSet::from_bytes(regular, bold)
            .map_err(|error| tracing::warn!(%error, "the fonts are unusable; drawing with the built-in bitmap font"))
            .ok()
    }
}

fn read(path: &Path) -> Option<Arc<[u8]>> {
    match std::fs::read(path) {
        Ok(bytes) => Some(bytes.into()),
        Err(error) => {
            tracing::warn!(
                font = %path.display(),
                %error,
                "a font cannot be read; install Debian's fonts-noto-cjk, or name font files"
            );
            None
        }
    }
}
