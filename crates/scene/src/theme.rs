//! Colours and sizes of screens.

use crate::canvas::Rect;
use crate::font::FontSet;
use crate::frame::Rgb;
use crate::text::Style;
use heliograph_domain::panel::{ColourDepth, Form};
use heliograph_domain::{Lang, Panel};

pub(crate) const INK: Rgb = Rgb(0x14, 0x23, 0x3a);
pub(crate) const INK_2: Rgb = Rgb(0x4a, 0x5a, 0x70);
pub(crate) const DEEP: Rgb = Rgb(0x0e, 0x3a, 0x66);
pub(crate) const TINT: Rgb = Rgb(0xe9, 0xf0, 0xf8);
pub(crate) const LINE: Rgb = Rgb(0xd8, 0xde, 0xe7);
pub(crate) const PAPER: Rgb = Rgb(0xff, 0xff, 0xff);
pub(crate) const AMBER: Rgb = Rgb(0xb8, 0x74, 0x10);
pub(crate) const AMBER_TINT: Rgb = Rgb(0xfd, 0xf3, 0xe1);
/// White on the deep blue, for what is less important.
pub(crate) const PALE: Rgb = Rgb(0xd6, 0xe2, 0xee);
/// A shade above the deep blue, for lines on it.
pub(crate) const DEEP_2: Rgb = Rgb(0x1d, 0x4f, 0x82);

/// The family of layouts that a panel gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A screen wider than high.
    Landscape,
    /// A screen higher than wide.
    Portrait,
    /// Lamps in rows.
    Strip,
    /// Few lamps both ways.
    Sign,
}

/// A screen's short side has at least so many pixels; below, the built-in font's cells serve better.
const SCREEN_MIN_PX: u16 = 400;

impl Layout {
    pub(crate) fn of(panel: &Panel) -> Self {
        let small = panel.width_px.min(panel.height_px) < SCREEN_MIN_PX;
        let lamps = small || panel.colour != ColourDepth::Full;
        match panel.form() {
            Form::Sign => Self::Sign,
            Form::Strip => Self::Strip,
            Form::Landscape | Form::Portrait if lamps => {
                if panel.width_px < panel.height_px * 2 {
                    Self::Sign
                } else {
                    Self::Strip
                }
            }
            Form::Landscape => Self::Landscape,
            Form::Portrait => Self::Portrait,
        }
    }
}

/// Characters whose height is a 250th of the distance are read without effort.
const DISTANCE_PER_HEIGHT: u64 = 250;

/// The smallest comfortable em of running text on a panel, in pixels; 0 when distance or pitch is not known.
pub(crate) fn comfortable_px(panel: &Panel) -> i32 {
    let pitch_um = u64::from(panel.pixel_pitch_um);
    let height_um = u64::from(panel.viewing_distance_mm) * 1000 / DISTANCE_PER_HEIGHT;
    i32::try_from(height_um.checked_div(pitch_um).unwrap_or(0)).unwrap_or(i32::MAX)
}

/// Measures of a screen: everything is designed for 1080 pixels across the short side and scaled from there.
#[derive(Debug, Clone)]
pub(crate) struct Theme {
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) portrait: bool,
    /// Pixels per 1080 design pixels.
    scale: i32,
    /// Type is larger by this, in percent, where people stand far away.
    type_percent: i32,
    /// Type is smaller by this, in percent, where a long text would take too many pages.
    tight_percent: i32,
    /// The smallest comfortable em of running text, in pixels.
    comfortable: i32,
}

/// How far type may shrink before a text is cut instead, in percent: below, a page is a grey wall even to those near.
const TIGHTEST_PERCENT: i32 = 70;
/// The smallest type of running text in the design.
const SMALL: i32 = 32;

/// The em of running text in the design.
pub(crate) const BODY: i32 = 44;

impl Theme {
    pub(crate) fn of(panel: &Panel) -> Self {
        let (width, height) = (i32::from(panel.width_px), i32::from(panel.height_px));
        let portrait = Layout::of(panel) == Layout::Portrait;
        let scale = if portrait {
            width.min(height * 9 / 16)
        } else {
            height.min(width * 9 / 16)
        };
        let body = (BODY * scale / 1080).max(1);
        let wanted = comfortable_px(panel).min(1000);
        let type_percent = (wanted * 100 / body).clamp(100, 135);
        Self {
            width,
            height,
            portrait,
            scale,
            type_percent,
            tight_percent: 100,
            comfortable: wanted,
        }
    }

    /// The same screen with type so little smaller that nobody notices, if it stays readable.
    pub(crate) fn a_little_tighter(&self) -> Option<Self> {
        const A_LITTLE_PERCENT: i32 = 90;
        let tight_percent = A_LITTLE_PERCENT;
        (self.limit_percent() <= tight_percent).then(|| Self {
            tight_percent,
            ..self.clone()
        })
    }

    /// How far type may shrink, in percent.
    fn limit_percent(&self) -> i32 {
        let small = self.em(SMALL).max(1);
        ((self.comfortable * 100 + small - 1) / small).max(TIGHTEST_PERCENT)
    }

    /// The same screen with smaller type, step by step down to the limit of what is read from where people stand.
    pub(crate) fn tighter(&self) -> impl Iterator<Item = Self> + '_ {
        let limit = self.limit_percent();
        [85, TIGHTEST_PERCENT]
            .into_iter()
            .map(move |percent| percent.max(limit))
            .filter(|percent| *percent < 100)
            .map(move |tight_percent| Self {
                tight_percent,
                ..self.clone()
            })
    }

    /// How large type is, in percent of the design's.
    pub(crate) fn tight_percent(&self) -> i32 {
        self.tight_percent
    }

    /// A length of the design in pixels.
    pub(crate) fn px(&self, design: i32) -> i32 {
        (design * self.scale + 540) / 1080
    }

    /// A type size of the design in pixels.
    pub(crate) fn em(&self, design: i32) -> i32 {
        (self.px(design) * self.type_percent / 100 * self.tight_percent / 100).max(12)
    }

    /// A length that grows with the type: for bars that hold a line of text.
    pub(crate) fn bar(&self, design: i32) -> i32 {
        self.px(design) * (100 + self.type_percent) / 200
    }

    pub(crate) fn header(&self) -> i32 {
        self.bar(if self.portrait { 168 } else { 112 })
    }

    pub(crate) fn footer(&self) -> i32 {
        self.bar(if self.portrait { 176 } else { 104 })
    }

    /// The band with the QR code above a portrait screen's footer.
    pub(crate) fn band(&self) -> i32 {
        if self.portrait { self.px(236) } else { 0 }
    }

    /// The margin left and right.
    pub(crate) fn margin(&self) -> i32 {
        self.px(if self.portrait { 64 } else { 72 })
    }

    /// The column with the QR code at the right of a landscape screen, with its space before it.
    pub(crate) fn aside(&self) -> i32 {
        if self.portrait { 0 } else { self.px(340 + 64) }
    }

    /// Where a template draws.
    pub(crate) fn section(&self) -> Rect {
        let (above, below) = if self.portrait { (56, 32) } else { (60, 40) };
        let y = self.header() + self.px(above);
        let bottom = self.height - self.footer() - self.band() - self.px(below);
        Rect::new(
            self.margin(),
            y,
            (self.width - 2 * self.margin() - self.aside()).max(1),
            (bottom - y).max(1),
        )
    }
}

/// What a template draws with.
pub(crate) struct Desk<'a> {
    pub(crate) fonts: &'a FontSet,
    pub(crate) theme: &'a Theme,
    /// The language of labels.
    pub(crate) lang: Lang,
}

impl Desk<'_> {
    /// A style of the design's size in the screen's pixels.
    pub(crate) fn style(&self, design: i32, bold: bool, lang: Lang) -> Style {
        Style {
            px: self.theme.em(design),
            bold,
            lang,
        }
    }

    /// A label's style.
    pub(crate) fn label(&self, design: i32, bold: bool) -> Style {
        self.style(design, bold, self.lang)
    }

    pub(crate) fn px(&self, design: i32) -> i32 {
        self.theme.px(design)
    }
}
