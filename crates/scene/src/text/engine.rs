//! Outline text: shaping with parley, rasterising with swash.

use super::clean::mark;
use super::masks::Masks;
use super::{Cluster, Glyph, Mask, bitmap, breaks};
use crate::font::{FontBytes, FontError};
use heliograph_domain::Lang;
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{FontContext, FontFamily, FontFeatures, FontWeight, Layout, LayoutContext, StyleProperty};
use std::sync::Arc;
use swash::scale::{Render, ScaleContext, Source};
use swash::{FontDataRef, FontRef, TableProvider, tag_from_bytes, zeno};

/// Bytes of masks kept at hand. A 44-pixel glyph takes 2 kB, one of 88 pixels on a 4K screen 7 kB: either way all
/// that a full page shows.
const KEPT_BYTES: usize = 8 << 20;
/// The part of the em above the baseline, in thousandths, when a font does not say: that of Chinese fonts.
const ASCENT: i32 = 880;

/// Fonts, scratch space and the cache of masks.
pub(crate) struct Engine {
    fonts: FontContext,
    layouts: LayoutContext<[u8; 4]>,
    scaler: ScaleContext,
    /// The data of the regular and the bold fonts.
    blobs: [Blob<u8>; 2],
    /// Their families.
    families: [Vec<String>; 2],
    /// The part of the em above the baseline, in thousandths.
    ascent: i32,
    masks: Masks<Glyph>,
}

impl Engine {
    pub(crate) fn new(regular: &FontBytes, bold: &FontBytes) -> Result<Self, FontError> {
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        let mut fonts = FontContext {
            collection: Collection::new(options),
            source_cache: SourceCache::default(),
        };
        let mut register = |bytes: &FontBytes, which: &'static str| {
            let blob = Blob::new(Arc::clone(bytes));
            let readable = FontDataRef::new(blob.data()).is_some_and(|data| data.get(0).is_some());
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
            ascent: ascent(regular.data()).unwrap_or(ASCENT),
            blobs: [regular, bold],
            families: [regular_families, bold_families],
            masks: Masks::new(KEPT_BYTES),
        })
    }

    /// From the top of the em box down to the baseline, in pixels.
    pub(crate) fn ascent(&self, px: i32) -> i32 {
        px * self.ascent / 1000
    }

    /// Whether the regular font for a language has a character.
    pub(crate) fn covers(&mut self, c: char, lang: Lang) -> bool {
        let family = self.family(false, lang).to_owned();
        let info = self.fonts.collection.family_by_name(&family);
        let face = info.and_then(|family| family.default_font().map(|font| font.index() as usize));
        let font = FontRef::from_index(self.blobs[0].data(), face.unwrap_or(0));
        font.is_some_and(|font| font.charmap().map(c) != 0)
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
        let narrow = self.family(bold, Lang::Ko).to_owned();
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
        // Figures of one width, so that a clock does not tremble; fonts whose figures are so anyway lack the feature.
        builder.push_default(StyleProperty::FontFeatures(FontFeatures::from(r#""tnum""#)));
        builder.push_default(StyleProperty::Locale(parley::fontique::Language::parse(locale).ok()));
        // An apostrophe in English words is not to fill a cell: not by its face, nor by the features of a language.
        for range in breaks::narrow_quotes(text) {
            builder.push(StyleProperty::FontFamily(FontFamily::named(&narrow)), range.clone());
            let english = parley::fontique::Language::parse(Lang::En.tag()).ok();
            builder.push(StyleProperty::Locale(english), range);
        }
        let mut layout: Layout<[u8; 4]> = builder.build(text);
        layout.break_all_lines(None);
        self.clusters(&layout, text, px, bold)
    }

    /// The clusters in the order of the text.
    fn clusters(&self, layout: &Layout<[u8; 4]>, text: &str, px: i32, bold: bool) -> Vec<Cluster> {
        let runs = layout.lines().flat_map(|line| line.runs().collect::<Vec<_>>());
        let mut clusters = Vec::new();
        for run in runs {
            let in_bold = run.font().data.id() == self.blobs[1].id();
            let face = run.font().index;
            for cluster in run.clusters() {
                let part = text.get(cluster.text_range()).unwrap_or(" ");
                let at = cluster.text_range().start;
                let outline = |id: u32| Glyph::Outline {
                    bold: in_bold,
                    face,
                    id: id as u16,
                    px: px as u16,
                };
                let (mut pen, mut glyphs) = (0, Vec::new());
                for glyph in cluster.glyphs() {
                    glyphs.push((pen + q6(glyph.x), q6(glyph.y), outline(glyph.id)));
                    pen += q6(glyph.advance);
                }
                let missing = glyphs
                    .iter()
                    .any(|(_, _, glyph)| matches!(glyph, Glyph::Outline { id: 0, .. }));
                clusters.push(if missing {
                    self.stand_in(at, part, px, bold)
                } else {
                    Cluster {
                        first: part.chars().next().unwrap_or(' '),
                        advance: q6(cluster.advance()),
                        glyphs: if part == " " || part == "\u{3000}" {
                            Vec::new()
                        } else {
                            glyphs
                        },
                        at,
                        may_start: false,
                        level: 0,
                    }
                });
            }
        }
        clusters.sort_by_key(|cluster| cluster.at);
        clusters
    }

    /// A cluster that the outlines lack, drawn with the built-in font in the nearest smaller whole step; what is to
    /// fill a cell stands in the middle of the em.
    fn stand_in(&self, at: usize, part: &str, px: i32, bold: bool) -> Cluster {
        let step = u8::try_from((px / bitmap::CELL).clamp(1, 100)).unwrap_or(1);
        let first = part.chars().next().unwrap_or(' ');
        let mut cluster = bitmap::cluster(at, first, step, bold);
        for c in part.chars().skip(1).filter(|c| mark(*c)) {
            bitmap::put_mark(&mut cluster, c, step, bold);
        }
        let em = px * 64;
        if breaks::wide(first) && cluster.advance < em {
            let (step, ascent) = (i32::from(step), self.ascent(px));
            let across = (em - cluster.advance) / 2;
            let up = ascent - px / 2 - (bitmap::ASCENT - bitmap::CELL / 2) * step;
            for (x, y, _) in &mut cluster.glyphs {
                *x += across;
                *y += up * 64;
            }
            cluster.advance = em;
        }
        cluster
    }

    /// The mask of an outline glyph: no hinting, 256 levels of grey.
    pub(crate) fn mask(&mut self, glyph: Glyph) -> Arc<Mask> {
        if let Some(mask) = self.masks.get(glyph) {
            return mask;
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

/// Where a font's em box stands: its typographic ascender in thousandths of the em (OpenType OS/2 `sTypoAscender`,
/// `sTypoDescender`; `head.unitsPerEm`). Fonts whose two do not add up to an em have it in the middle of them.
fn ascent(data: &[u8]) -> Option<i32> {
    let font = FontRef::from_index(data, 0)?;
    let number = |tag: &[u8; 4], at: usize| {
        let table = font.table_by_tag(tag_from_bytes(tag))?;
        Some(i16::from_be_bytes(table.get(at..at + 2)?.try_into().ok()?))
    };
    let (up, down) = (number(b"OS/2", 68)?, number(b"OS/2", 70)?);
    // Units per em reach 16384 at most.
    let em = i32::from(number(b"head", 18)?);
    let spare = em - (i32::from(up) - i32::from(down));
    (em > 0).then(|| ((i32::from(up) + spare / 2) * 1000 / em).clamp(500, 1000))
}

/// Pixels to 1/64 pixel. The same on every machine: IEEE arithmetic without library functions.
fn q6(px: f32) -> i32 {
    let scaled = px * 64.0;
    (if scaled < 0.0 { scaled - 0.5 } else { scaled + 0.5 }) as i32
}
