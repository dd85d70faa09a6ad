//! A picture in memory.

use std::fmt;

/// Rows from the top, three bytes (red, green, blue; sRGB) a pixel. What was transparent lies on white.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width_px: u32,
    height_px: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// A picture of these bytes; `None` when they are not `width_px` × `height_px` × 3, or there is no pixel.
    #[must_use]
    pub fn new(width_px: u32, height_px: u32, rgb: Vec<u8>) -> Option<Self> {
        let bytes = u64::from(width_px) * u64::from(height_px) * 3;
        (bytes > 0 && rgb.len() as u64 == bytes).then_some(Self {
            width_px,
            height_px,
            rgb,
        })
    }

    /// Pixels across.
    #[must_use]
    pub fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Pixels down.
    #[must_use]
    pub fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The bytes: `height_px` rows of `width_px` pixels of 3 bytes.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes of a row; none outside.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u8] {
        let bytes = self.width_px as usize * 3;
        let start = y as usize * bytes;
        self.rgb.get(start..start + bytes).unwrap_or_default()
    }

    /// The picture as it is meant to be seen, of one whose first pixel lies at a corner that EXIF's `Orientation`
    /// names (CIPA DC-008, 4.6.4): 1 is upright, 2 to 8 are mirrored or turned.
    pub(crate) fn upright(self, orientation: u8) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (w, h) = (self.width_px as usize, self.height_px as usize);
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                let at = (from_y * w + from_x) * 3;
                rgb.extend_from_slice(&self.rgb[at..at + 3]);
            }
        }
        let (width_px, height_px) = if orientation >= 5 {
            (self.height_px, self.width_px)
        } else {
            (self.width_px, self.height_px)
        };
        Self {
            width_px,
            height_px,
            rgb,
        }
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}×{})", self.width_px, self.height_px)
    }
}

/// The largest size of a picture's shape that fits a box of pixels; never less than one pixel each way.
#[must_use]
pub fn fitted(width_px: u32, height_px: u32, within: (u32, u32)) -> (u32, u32) {
    let (w, h) = (u64::from(width_px.max(1)), u64::from(height_px.max(1)));
    let (most_w, most_h) = (u64::from(within.0.max(1)), u64::from(within.1.max(1)));
    let side = |n: u64, most: u64| u32::try_from(n.clamp(1, most)).unwrap_or(u32::MAX);
    if w * most_h >= h * most_w {
        (side(most_w, most_w), side((h * most_w + w / 2) / w, most_h))
    } else {
        (side((w * most_h + h / 2) / h, most_w), side(most_h, most_h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_fitted_whole() {
        assert_eq!(fitted(1000, 500, (200, 200)), (200, 100));
        assert_eq!(fitted(500, 1000, (200, 200)), (100, 200));
        assert_eq!(fitted(10, 10, (200, 100)), (100, 100), "a small one is enlarged");
        assert_eq!(fitted(100_000, 1, (200, 200)), (200, 1));
        assert_eq!(fitted(0, 0, (0, 0)), (1, 1));
        assert_eq!(fitted(u32::MAX, 1, (u32::MAX, u32::MAX)), (u32::MAX, 1));
    }

    #[test]
    fn every_orientation_is_set_upright() {
        // The letter F would do; here each pixel has its own value: `abc` over `def`.
        let lying = |rows: [&str; 2]| {
            let rgb = rows.concat().bytes().flat_map(|b| [b; 3]).collect();
            Picture::new(3, 2, rgb).unwrap()
        };
        let read = |picture: &Picture| -> Vec<String> {
            let row = |y| picture.row(y).chunks(3).map(|p| char::from(p[0])).collect();
            (0..picture.height_px()).map(row).collect()
        };
        let cases: [(u8, &[&str]); 9] = [
            (1, &["abc", "def"]),
            (2, &["cba", "fed"]),
            (3, &["fed", "cba"]),
            (4, &["def", "abc"]),
            (5, &["ad", "be", "cf"]),
            (6, &["da", "eb", "fc"]),
            (7, &["fc", "eb", "da"]),
            (8, &["cf", "be", "ad"]),
            (9, &["abc", "def"]),
        ];
        for (orientation, rows) in cases {
            assert_eq!(read(&lying(["abc", "def"]).upright(orientation)), rows, "{orientation}");
        }
    }
}
