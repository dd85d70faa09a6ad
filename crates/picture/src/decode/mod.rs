//! From bytes of a stranger to a picture, within limits: what it is is told by its content, never by its name.

mod exif;
mod jpeg;
mod png;
mod webp;

use crate::Picture;
use std::panic::{AssertUnwindSafe, catch_unwind};
use thiserror::Error;

/// How much a picture may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of the file.
    pub bytes: usize,
    /// The most pixels, told by its header before anything is unpacked.
    pub pixels: u64,
    /// The most bytes of memory while it is decoded, the result included.
    pub memory_bytes: u64,
}

/// The most pixels of one side, which is also the most that JPEG knows. A picture of few rows and millions of columns
/// passes every limit of its area, and its scaling would take more memory than its pixels.
const MOST_SIDE_PX: u32 = 65_535;

impl Limits {
    /// For what people bring: 64 MiB, 40 million pixels, 512 MiB of memory. Enough for the cameras of telephones and for
    /// an A4 page scanned at 600 dpi.
    pub const UPLOAD: Self = Self {
        bytes: 64 << 20,
        pixels: 40_000_000,
        memory_bytes: 512 << 20,
    };
    /// For what a hub has made: 3840 pixels a side.
    pub const CLEAN: Self = Self {
        bytes: 48 << 20,
        pixels: 3840 * 3840,
        memory_bytes: 128 << 20,
    };
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// WebP (RFC 9649).
    WebP,
    /// Portable Document Format (ISO 32000), which is not decoded here.
    Pdf,
}

/// Why bytes are not a picture that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureError {
    /// Neither PNG nor JPEG nor WebP.
    #[error("it is no PNG, JPEG or WebP picture")]
    Unknown,
    /// The file is too large.
    #[error("it has {bytes} bytes, {most} at most: save it smaller")]
    TooManyBytes {
        /// Bytes that it has.
        bytes: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// The picture is too large.
    #[error("it has {width_px} × {height_px} pixels, {most} together at most: save it smaller")]
    TooManyPixels {
        /// Pixels across.
        width_px: u32,
        /// Pixels down.
        height_px: u32,
        /// Pixels that it may have.
        most: u64,
    },
    /// One side of the picture is too long.
    #[error("it has {width_px} × {height_px} pixels, {most} a side at most: cut it in pieces")]
    TooLong {
        /// Pixels across.
        width_px: u32,
        /// Pixels down.
        height_px: u32,
        /// Pixels that a side may have.
        most: u32,
    },
    /// Decoding takes too much memory.
    #[error("unpacking it takes more than {most} bytes of memory: save it smaller, or not as progressive JPEG")]
    TooMuchMemory {
        /// Bytes that it may take.
        most: u64,
    },
    /// The file ends too early.
    #[error("it is cut short: send it again")]
    Truncated,
    /// It moves.
    #[error("it is animated, and only still pictures are shown: save one frame of it")]
    Animated,
    /// The file is damaged, or of a rare form.
    #[error("it cannot be read: {0}; save it anew as PNG or JPEG")]
    Damaged(String),
}

/// The format of a file, by its first bytes; `None` when it is none of those known here.
#[must_use]
pub fn format_of(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(Format::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if bytes.starts_with(b"%PDF-") {
        Some(Format::Pdf)
    } else {
        None
    }
}

/// Decodes a picture: PNG, JPEG or WebP of any depth and colour, with EXIF's orientation, laid on white where it is
/// transparent. Colour profiles are not applied: values are taken for sRGB.
///
/// # Errors
/// When the bytes are no picture, or one that passes a limit. Whatever the bytes are, it does not panic.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    if bytes.len() > limits.bytes {
        return Err(PictureError::TooManyBytes {
            bytes: bytes.len(),
            most: limits.bytes,
        });
    }
    let work = match format_of(bytes) {
        Some(Format::Png) => png::decode,
        Some(Format::Jpeg) => jpeg::decode,
        Some(Format::WebP) => webp::decode,
        Some(Format::Pdf) | None => return Err(PictureError::Unknown),
    };
    // The decoders are other people's: a fault of theirs costs this picture and nothing else.
    catch_unwind(AssertUnwindSafe(|| work(bytes, limits)))
        .unwrap_or_else(|_| Err(PictureError::Damaged("the decoder failed".to_owned())))
}

impl Limits {
    /// Whether a picture of this size may be decoded with so many bytes of memory a pixel.
    fn admit(&self, width_px: u32, height_px: u32, bytes_a_pixel: u64) -> Result<(), PictureError> {
        let pixels = u64::from(width_px) * u64::from(height_px);
        if pixels == 0 {
            return Err(PictureError::Damaged("it has no pixels".to_owned()));
        }
        if pixels > self.pixels {
            return Err(PictureError::TooManyPixels {
                width_px,
                height_px,
                most: self.pixels,
            });
        }
        if width_px.max(height_px) > MOST_SIDE_PX {
            return Err(PictureError::TooLong {
                width_px,
                height_px,
                most: MOST_SIDE_PX,
            });
        }
        if pixels * bytes_a_pixel > self.memory_bytes {
            return Err(PictureError::TooMuchMemory {
                most: self.memory_bytes,
            });
        }
        Ok(())
    }
}

fn whole(width_px: u32, height_px: u32, rgb: Vec<u8>) -> Result<Picture, PictureError> {
    Picture::new(width_px, height_px, rgb)
        .ok_or_else(|| PictureError::Damaged("its size is not what it says".to_owned()))
}

/// A level of colour laid on white.
fn on_white(level: u8, alpha: u8) -> u8 {
    let (level, alpha) = (u32::from(level), u32::from(alpha));
    ((level * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
