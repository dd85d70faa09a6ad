//! JPEG. The decoder is forgiving about files that end too early, so the segments are walked first.

use super::{Limits, PictureError, exif, whole};
use crate::Picture;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let layout = walk(bytes)?;
    let (width, height) = (u32::from(layout.width), u32::from(layout.height));
    // A progressive picture keeps a coefficient of two bytes for every sample until the end.
    let kept = if layout.progressive {
        2 * u64::from(layout.components)
    } else {
        0
    };
    limits.admit(width, height, 3 + kept)?;
    let options = DecoderOptions::default()
        .set_max_width(usize::from(layout.width))
        .set_max_height(usize::from(layout.height))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder
        .decode()
        .map_err(|error| PictureError::Damaged(format!("{error:?}")))?;
    let orientation = decoder.exif().map_or(1, |exif| exif::orientation(exif));
    Ok(whole(width, height, rgb)?.upright(orientation))
}

/// What the segments say.
#[derive(Debug)]
struct Layout {
    width: u16,
    height: u16,
    components: u8,
    progressive: bool,
}

/// Walks the segments (T.81, annex B) from the first to the end marker.
fn walk(bytes: &[u8]) -> Result<Layout, PictureError> {
    let mut frame = None;
    let mut at = 2;
    loop {
        let marker = marker(bytes, &mut at).ok_or(PictureError::Truncated)?;
        match marker {
            0xd9 => return frame.ok_or_else(|| PictureError::Damaged("it has no frame".to_owned())),
            // Restarts and the like have no length.
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = bytes.get(at..at + 2).ok_or(PictureError::Truncated)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let segment = bytes.get(at..at + length).ok_or(PictureError::Truncated)?;
        at += length.max(2);
        match marker {
            // Start of frame; 0xc4, 0xc8 and 0xcc are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => frame = Some(layout(marker, segment)?),
            0xda => skip_scan(bytes, &mut at),
            _ => {}
        }
    }
}

fn layout(marker: u8, segment: &[u8]) -> Result<Layout, PictureError> {
    let &[_, _, _, h1, h0, w1, w0, components, ..] = segment else {
        return Err(PictureError::Damaged("its frame is cut short".to_owned()));
    };
    Ok(Layout {
        width: u16::from_be_bytes([w1, w0]),
        height: u16::from_be_bytes([h1, h0]),
        components,
        progressive: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
    })
}

/// The next marker, behind any fill bytes.
fn marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    while *bytes.get(*at)? != 0xff {
        *at += 1;
    }
    while *bytes.get(*at)? == 0xff {
        *at += 1;
    }
    let marker = bytes[*at];
    *at += 1;
    Some(marker)
}

/// Goes to the marker that ends a scan's data, in which 0xff is followed by 0 or is a restart.
fn skip_scan(bytes: &[u8], at: &mut usize) {
    while let Some(rest) = bytes.get(*at..) {
        let Some(next) = rest.iter().position(|byte| *byte == 0xff) else {
            *at = bytes.len();
            return;
        };
        *at += next;
        match bytes.get(*at + 1) {
            Some(0 | 0xd0..=0xd7) => *at += 2,
            Some(0xff) => *at += 1,
            _ => return,
        }
    }
}
