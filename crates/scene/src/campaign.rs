//! Campaign themes: the house's colours give way to a campaign's, where those can be read.

use crate::canvas::Piece;
use crate::frame::Rgb;
use crate::theme::{DEEP, DEEP_2, INK, INK_2, PALE, PAPER, TINT};
use heliograph_domain::LocalText;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How a campaign looks: its name, and colours that stand in for the house's. JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignTheme {
    /// What the campaign is called, in the header of screens.
    pub title: LocalText,
    /// Its colours. Where text would not be readable in them the house's own are drawn.
    pub palette: Palette,
}

/// A campaign's colours, in JSON as `"#rrggbb"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    /// The ground of header and bands, and the ink of labels: dark.
    #[serde(with = "hex")]
    pub deep: Rgb,
    /// The stripe under the header; what is to be seen first on full-colour strips.
    #[serde(with = "hex")]
    pub accent: Rgb,
    /// The ground of cards and labels: light.
    #[serde(with = "hex")]
    pub tint: Rgb,
    /// Running text: the darkest.
    #[serde(with = "hex")]
    pub ink: Rgb,
}

/// Two colours of a palette that cannot be told apart well enough.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "{ink} on {ground} has a contrast of {}.{}:1; text needs 4.5:1 (WCAG 2.2, 1.4.3): make one darker or the other lighter",
    .ratio_tenths / 10,
    .ratio_tenths % 10
)]
pub struct Unreadable {
    /// The role of the text's colour.
    pub ink: &'static str,
    /// The role of the colour behind it.
    pub ground: &'static str,
    /// Their contrast, in tenths.
    pub ratio_tenths: u32,
}

/// What text needs, in tenths (WCAG 2.2, success criterion 1.4.3).
const TEXT_TENTHS: u32 = 45;

impl Palette {
    /// Whether all text drawn in these colours is readable.
    ///
    /// # Errors
    /// The first pair that is not.
    pub fn check(&self) -> Result<(), Unreadable> {
        let pairs = [
            ("white", PAPER, "deep", self.deep),
            ("deep", self.deep, "tint", self.tint),
            ("ink", self.ink, "white", PAPER),
            ("ink", self.ink, "tint", self.tint),
            ("grey", INK_2, "tint", self.tint),
        ];
        for (ink, one, ground, other) in pairs {
            let ratio_tenths = contrast_tenths(one, other);
            if ratio_tenths < TEXT_TENTHS {
                return Err(Unreadable {
                    ink,
                    ground,
                    ratio_tenths,
                });
            }
        }
        Ok(())
    }

    /// The house's colour, or the one that stands in for it.
    fn dressed(&self, house: Rgb) -> Rgb {
        match house {
            DEEP => self.deep,
            DEEP_2 => mixed(self.deep, PAPER, 12),
            PALE => [80, 90]
                .map(|percent| mixed(self.deep, PAPER, percent))
                .into_iter()
                .find(|pale| contrast_tenths(*pale, self.deep) >= TEXT_TENTHS)
                .unwrap_or(PAPER),
            TINT => self.tint,
            INK => self.ink,
            other => other,
        }
    }
}

impl CampaignTheme {
    /// The colours to draw a screen with; `None` where they are not readable.
    fn of_screens(&self) -> Option<Palette> {
        self.palette.check().is_ok().then_some(self.palette)
    }

    /// The stripe under the header.
    pub(crate) fn stripe(&self) -> Option<Rgb> {
        self.of_screens().map(|palette| palette.accent)
    }

    /// What is to be seen first on dark lamps; `None` where it would hardly be seen.
    pub(crate) fn lead(&self) -> Option<Rgb> {
        let accent = self.palette.accent;
        (contrast_tenths(accent, Rgb(0, 0, 0)) >= TEXT_TENTHS).then_some(accent)
    }

    /// Draws pieces in the campaign's colours.
    pub(crate) fn dress(&self, pieces: &mut [Piece]) {
        let Some(palette) = self.of_screens() else {
            return;
        };
        recolour(pieces, |house| palette.dressed(house));
    }
}

/// Gives each piece another colour.
pub(crate) fn recolour(pieces: &mut [Piece], of: impl Fn(Rgb) -> Rgb) {
    for piece in pieces {
        match piece {
            Piece::Fill(_, colour)
            | Piece::Round(.., colour)
            | Piece::Text { colour, .. }
            | Piece::Moving { colour, .. } => *colour = of(*colour),
            // A picture's colours are its own.
            Piece::Picture { .. } => {}
        }
    }
}

/// `percent` of the second colour in the first.
fn mixed(one: Rgb, other: Rgb, percent: u32) -> Rgb {
    let mix = |one: u8, other: u8| ((u32::from(one) * (100 - percent) + u32::from(other) * percent) / 100) as u8;
    Rgb(mix(one.0, other.0), mix(one.1, other.1), mix(one.2, other.2))
}

/// Contrast of two colours in tenths, 10 to 210 (WCAG 2.2, “contrast ratio”).
pub(crate) fn contrast_tenths(one: Rgb, other: Rgb) -> u32 {
    let (one, other) = (luminance(one), luminance(other));
    let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
    (ratio * 10.0) as u32
}

/// Relative luminance (WCAG 2.2), 0 to 1.
fn luminance(colour: Rgb) -> f64 {
    0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
}

/// A channel of sRGB as light, 0 to 1 (IEC 61966-2-1), with basic operations alone so that all machines agree.
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 {
        return value / 12.92;
    }
    let base = (value + 0.055) / 1.055;
    // x to the 2.4 is x² times the fifth root of x².
    base * base * fifth_root(base * base)
}

/// Newton's method from above; the argument is between 0.005 and 1.
fn fifth_root(of: f64) -> f64 {
    let mut root = 1.0;
    for _ in 0..24 {
        let fourth: f64 = root * root * root * root;
        root -= (fourth * root - of) / (5.0 * fourth);
    }
    root
}

/// Colours as `"#rrggbb"`.
mod hex {
    use crate::frame::Rgb;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(colour: &Rgb, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Rgb, D::Error> {
        let told = String::deserialize(from)?;
        read(&told).ok_or_else(|| D::Error::custom("a colour is written like \"#0e3a66\""))
    }

    fn read(told: &str) -> Option<Rgb> {
        let digits = told.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Rgb(red, green, blue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTUMN: &str = r##"{"title":{"zh-Hans":"宪法宣传周","en":"Constitution Week"},
        "palette":{"deep":"#7a1f1f","accent":"#e0a526","tint":"#fbf1ea","ink":"#2a1414"}}"##;

    #[test]
    fn a_theme_is_read_and_written_as_json() {
        let theme: CampaignTheme = serde_json::from_str(AUTUMN).unwrap();
        assert_eq!(theme.palette.deep, Rgb(0x7a, 0x1f, 0x1f));
        let again: CampaignTheme = serde_json::from_str(&serde_json::to_string(&theme).unwrap()).unwrap();
        assert_eq!(theme, again);
        for bad in ["#7a1f1", "7a1f1f0", "#7a1f1g", "#+7a1f1", "red"] {
            let text = AUTUMN.replace("#7a1f1f", bad);
            let refused = serde_json::from_str::<CampaignTheme>(&text).unwrap_err();
            assert!(refused.to_string().contains("#0e3a66"), "{bad}: {refused}");
        }
    }

    #[test]
    fn contrast_is_as_the_standard_says() {
        let white = Rgb(255, 255, 255);
        // Values of the WCAG's own examples and of common checkers.
        assert_eq!(contrast_tenths(white, Rgb(0, 0, 0)), 210);
        assert_eq!(contrast_tenths(white, white), 10);
        assert_eq!(contrast_tenths(white, Rgb(0x76, 0x76, 0x76)), 45);
        assert_eq!(contrast_tenths(white, Rgb(0x77, 0x77, 0x77)), 44);
        assert_eq!(contrast_tenths(Rgb(255, 0, 0), white), 39);
    }

    #[test]
    fn the_house_is_readable_in_its_own_colours() {
        let house = Palette {
            deep: DEEP,
            accent: DEEP_2,
            tint: TINT,
            ink: INK,
        };
        assert_eq!(house.check(), Ok(()));
        assert!(contrast_tenths(PALE, DEEP) >= TEXT_TENTHS);
    }

    #[test]
    fn a_palette_that_cannot_be_read_is_refused_and_not_drawn() {
        let mut theme: CampaignTheme = serde_json::from_str(AUTUMN).unwrap();
        let ground = || [Piece::Fill(crate::canvas::Rect::new(0, 0, 1, 1), DEEP)];
        let mut pieces = ground();
        theme.dress(&mut pieces);
        assert_ne!(pieces, ground());
        theme.palette.deep = Rgb(0xff, 0xd0, 0x40);
        let why = theme.palette.check().unwrap_err();
        assert_eq!((why.ink, why.ground), ("white", "deep"));
        assert!(why.to_string().contains("4.5:1"), "{why}");
        let mut pieces = ground();
        theme.dress(&mut pieces);
        assert_eq!(pieces, ground());
        assert_eq!(theme.stripe(), None);
        // Its accent may still lead on dark lamps, unless it is dark itself.
        assert_eq!(theme.lead(), Some(Rgb(0xe0, 0xa5, 0x26)));
        theme.palette.accent = Rgb(0, 0, 0x60);
        assert_eq!(theme.lead(), None);
    }
}
