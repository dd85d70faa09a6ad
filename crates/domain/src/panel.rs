//! What a display is made of, as far as layout depends on it.

use serde::{Deserialize, Serialize};

/// How many colours the panel can light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourDepth {
    /// One colour, on or off: red strips over doors.
    Mono,
    /// Red, green and yellow.
    Tri,
    /// 24-bit colour.
    Full,
}

/// A panel: its pixels, their size, and how far away people stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Panel {
    /// Pixels across.
    pub width_px: u16,
    /// Pixels down.
    pub height_px: u16,
    /// Colours it can light.
    pub colour: ColourDepth,
    /// Distance between the centres of neighbouring pixels, in micrometres (a P5 module has 5000).
    pub pixel_pitch_um: u32,
    /// Typical distance of the reader, in millimetres.
    pub viewing_distance_mm: u32,
    /// Frames a second the panel can take.
    pub refresh_hz: u8,
}

/// The broad form of a panel, which decides its templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A screen wider than high, at least 480 px high.
    Landscape,
    /// A screen higher than wide.
    Portrait,
    /// Few rows of pixels, wide: LED strips.
    Strip,
    /// Few pixels both ways: window signs.
    Sign,
}

impl Panel {
    /// The broad form of the panel.
    #[must_use]
    pub fn form(&self) -> Form {
        let (width, height) = (self.width_px, self.height_px);
        if height <= 96 {
            return if width <= 2 * height { Form::Sign } else { Form::Strip };
        }
        if height > width {
            Form::Portrait
        } else {
            Form::Landscape
        }
    }
}
