//! A picture, ready for a sink.

use sha2::{Digest, Sha256};
use std::fmt;

/// A picture of a panel's size: rows from the top, three bytes (red, green, blue; sRGB) a pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width_px: u32,
    height_px: u32,
    rgb: Vec<u8>,
}

/// A colour, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Frame {
    /// A picture of one colour.
    #[must_use]
    pub fn filled(width_px: u32, height_px: u32, colour: Rgb) -> Self {
        let bytes = width_px as usize * height_px as usize * 3;
        let mut rgb = vec![colour.0; bytes];
        // One grey, black and white above all, is there already.
        if colour != Rgb(colour.0, colour.0, colour.0) {
            for pixel in rgb.as_chunks_mut::<3>().0 {
                *pixel = [colour.0, colour.1, colour.2];
            }
        }
        Self {
            width_px,
            height_px,
            rgb,
        }
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

    /// The same bytes, to draw on.
    pub fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// SHA-256 of width and height (four bytes each, big-endian) and the bytes: what names a picture in evidence.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(self.width_px.to_be_bytes());
        sha.update(self.height_px.to_be_bytes());
        sha.update(&self.rgb);
        sha.finalize().into()
    }

    /// The colour at a place; black outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Rgb {
        self.offset(x, y)
            .map_or(Rgb(0, 0, 0), |at| Rgb(self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]))
    }

    /// Sets the colour at a place; outside nothing happens.
    pub fn set_pixel(&mut self, x: u32, y: u32, colour: Rgb) {
        if let Some(at) = self.offset(x, y) {
            self.rgb[at..at + 3].copy_from_slice(&[colour.0, colour.1, colour.2]);
        }
    }

    fn offset(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width_px && y < self.height_px).then(|| (y as usize * self.width_px as usize + x as usize) * 3)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}×{})", self.width_px, self.height_px)
    }
}
