//! Outline text: shaping with parley, rasterising with swash.

use super::{Cluster, Glyph, Mask, bitmap};
use crate::font::FontError;
use heliograph_domain::Lang;
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, FontFamily, FontWeight, Layout, LayoutContext, StyleProperty};
use std::collections::HashMap;
use std::sync::Arc;
use swash::scale::{Render, ScaleContext, Source};
use swash::{FontDataRef, FontRef, zeno};

/// Masks kept at hand; beyond that the cache starts anew. A 44-pixel glyph takes 2 kB.
const KEPT: usize = 6000;

/// Fonts, scratch space and the cache of masks.
pub(crate) struct Engine {
    fonts: FontContext,
    layouts: LayoutContext<[u8; 4]>,
    scaler: ScaleContext,
    /// The data of the regular and the bold fonts.
    blobs: [Blob<u8>; 2],
    /// Their families.
    families: [Vec<String>; 2],
    masks: HashMap<Glyph, Arc<Mask>>,
}

struct Bytes(Arc<[u8]>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Engine {
    pub(crate) fn new(regular: &Arc<[u8]>, bold: &Arc<[u8]>) -> Result<Self, FontError> {
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        let mut fonts = FontContext {
            collection: Collection::new(options),
            source_cache: SourceCache::default(),
        };
        let mut register = |bytes: &Arc<[u8]>, which: &'static str| {
            let readable = FontDataRef::new(bytes).is_some_and(|data| data.get(0).is_some());
            let blob = Blob::new(Arc::new(Bytes(Arc::clone(bytes))));
            let found = if readable {
                fonts.collection.register_fonts(blob.clone(), None)
            } else {
                Vec::new()
            };
            let names: Vec<String> = found
                .iter()
                .filter_map(|(family, _)| fonts.collection.family_name(*family).map(str::to_owned))
                .collect();
            if names.is_empty() {
                Err(FontError::NotAFont(which))
            } else {
                Ok((blob, names))
            }
        };
        let (regular, regular_families) = register(regular, "Regular")?;
        let (bold, bold_families) = register(bold, "Bold")?;
        Ok(Self {
            fonts,
            layouts: LayoutContext::new(),
            scaler: ScaleContext::new(),
            blobs: [regular, bold],
            families: [regular_families, bold_families],
            masks: HashMap::new(),
        })
    }

    /// The family for a language: in the Chinese face quotation marks fill a cell, in the Korean one they are as
    /// narrow as Latin text wants them.
    fn family(&self, bold: bool, lang: Lang) -> &str {
        let suffix = match lang {
            Lang::ZhHans => " CJK SC",
            Lang::Ja => " CJK JP",
            Lang::En | Lang::Ko | Lang::Ru => " CJK KR",
        };
        let names = &self.families[usize::from(bold)];
        let fits = |name: &&String| name.ends_with(suffix) && !name.contains("Mono");
        names.iter().find(fits).or(names.first()).map_or("", String::as_str)
    }

    /// Shapes one line of clean text.
    pub(crate) fn shape(&mut self, text: &str, px: i32, bold: bool, lang: Lang) -> Vec<Cluster> {
        let family = self.family(bold, lang).to_owned();
        let locale = match lang {
            Lang::ZhHans => "zh-Hans-CN",
            other => other.tag(),
        };
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::named(&family)));
        builder.push_default(StyleProperty::FontSize(px as f32));
        builder.push_default(StyleProperty::FontWeight(if bold {
            FontWeight::BOLD
        } else {
            FontWeight::NORMAL
        }));
        builder.push_default(StyleProperty::Locale(parley::fontique::Language::parse(locale).ok()));
        let mut layout: Layout<[u8; 4]> = builder.build(text);
        layout.break_all_lines(None);
        self.clusters(&layout, text, px, bold)
    }

    fn clusters(&self, layout: &Layout<[u8; 4]>, text: &str, px: i32, bold: bool) -> Vec<Cluster> {
        let runs = layout.lines().flat_map(|line| line.runs().collect::<Vec<_>>());
        let mut clusters = Vec::new();
        for run in runs {
            let in_bold = run.font().data.id() == self.blobs[1].id();
            let face = run.font().index;
            for cluster in run.clusters() {
                let first = text
                    .get(cluster.text_range())
                    .and_then(|part| part.chars().next())
                    .unwrap_or(' ');
                let mut pen = 0;
                let mut glyphs = Vec::new();
                let mut missing = false;
                for glyph in cluster.glyphs() {
                    missing |= glyph.id == 0;
                    let outline = Glyph::Outline {
                        bold: in_bold,
                        face,
                        id: glyph.id as u16,
                        px: px as u16,
                    };
                    glyphs.push((pen + q6(glyph.x), q6(glyph.y), outline));
                    pen += q6(glyph.advance);
                }
                clusters.push(if missing {
                    stand_in(first, px, bold)
                } else {
                    let glyphs = if first == ' ' || first == '\u{3000}' {
                        Vec::new()
                    } else {
                        glyphs
                    };
                    Cluster {
                        first,
                        advance: q6(cluster.advance()),
                        glyphs,
                    }
                });
            }
        }
        clusters
    }

    /// The mask of an outline glyph: no hinting, 256 levels of grey.
    pub(crate) fn mask(&mut self, glyph: Glyph) -> Arc<Mask> {
        if let Some(mask) = self.masks.get(&glyph) {
            return Arc::clone(mask);
        }
        if self.masks.len() >= KEPT {
            self.masks.clear();
        }
        let mask = Arc::new(self.rasterise(glyph).unwrap_or_default());
        self.masks.insert(glyph, Arc::clone(&mask));
        mask
    }

    fn rasterise(&mut self, glyph: Glyph) -> Option<Mask> {
        let Glyph::Outline { bold, face, id, px } = glyph else {
            return None;
        };
        let font = FontRef::from_index(self.blobs[usize::from(bold)].data(), face as usize)?;
        let mut scaler = self.scaler.builder(font).size(f32::from(px)).hint(false).build();
        let image = Render::new(&[Source::Outline])
            .format(zeno::Format::Alpha)
            .render(&mut scaler, id)?;
        Some(Mask {
            left: image.placement.left,
            top: image.placement.top,
            width: i32::try_from(image.placement.width).ok()?,
            height: i32::try_from(image.placement.height).ok()?,
            alpha: image.data,
        })
    }
}

/// A character that the outlines lack, drawn with the built-in font (or as its box) at the same height.
fn stand_in(c: char, px: i32, bold: bool) -> Cluster {
    let step = u8::try_from((px / bitmap::CELL).clamp(1, 100)).unwrap_or(1);
    bitmap::cluster(c, step, bold)
}

/// Pixels to 1/64 pixel. The same on every machine: IEEE arithmetic without library functions.
fn q6(px: f32) -> i32 {
    let scaled = px * 64.0;
    (if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i32
}
