//! The fonts a player draws with, loaded only when its panel needs them.

use fontique::{SourceCache, SourceId, SourceInfo, SourceKind};
use heliograph_domain::Panel;
use heliograph_scene::{FontBytes, FontSet, SYSTEM_FONTS, needs_fonts};
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

/// The fonts in use. Outline fonts take megabytes, so a strip or a sign never loads them, and a display that becomes
/// one lets go of them.
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
        let regular = mapped(regular)?;
        let bold = mapped(bold).unwrap_or_else(|| Arc::clone(&regular));
        FontSet::from_shared(regular, bold)
            .map_err(|error| tracing::warn!(%error, "the fonts are unusable; drawing with the built-in bitmap font"))
            .ok()
    }
}

/// A font file, mapped: of a collection of twenty megabytes only the pages that are drawn from take memory, and every
/// process shares them. While a display runs, a font file must be replaced as package managers do it, by renaming a
/// new one over it; writing into a mapped file changes or ends what is being drawn.
fn mapped(path: &Path) -> Option<FontBytes> {
    let source = SourceInfo::new(SourceId::new(), SourceKind::Path(path.into()));
    let Some(blob) = SourceCache::default().get(&source) else {
        tracing::warn!(
            font = %path.display(),
            "a font cannot be read; install Debian's fonts-noto-cjk, or name font files"
        );
        return None;
    };
    Some(blob.into_raw_parts().0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const SCREEN: Panel = Panel {
        width_px: 1920,
        height_px: 1080,
        colour: heliograph_domain::panel::ColourDepth::Full,
        pixel_pitch_um: 630,
        viewing_distance_mm: 3500,
        refresh_hz: 30,
    };

    #[test]
    fn mapped_fonts_are_the_same_fonts() {
        let read = SYSTEM_FONTS.map(|path| std::fs::read(path).unwrap());
        let [regular, bold] = read.map(Arc::<[u8]>::from);
        let read = FontSet::from_bytes(regular, bold).unwrap();
        let mapped = Fonts::new(FontSource::System).for_panel(&SCREEN);
        assert_eq!(mapped.hash(), read.hash());
        assert!(mapped.hash().is_some());
    }

    #[test]
    fn without_a_readable_file_the_built_in_font_draws() {
        let nowhere = PathBuf::from("/nowhere/font.ttc");
        let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        for path in [nowhere, text] {
            let mut fonts = Fonts::new(FontSource::Files(path.clone(), path));
            assert_eq!(fonts.for_panel(&SCREEN).hash(), None);
        }
    }
}
