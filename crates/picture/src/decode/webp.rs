//! WebP.

use super::{Limits, PictureError, exif, on_white, whole};
use crate::Picture;
use image_webp::{DecodingError, WebPDecoder};
use std::io::Cursor;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    // Four bytes unpacked, some more for the decoder's own planes, three of the result.
    limits.admit(width, height, 12)?;
    decoder.set_memory_limit(usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX));
    if decoder.is_animated() {
        return Err(PictureError::Animated);
    }
    let size = decoder.output_buffer_size().ok_or(PictureError::Truncated)?;
    let mut samples = vec![0; size];
    decoder.read_image(&mut samples).map_err(fault)?;
    let rgb = if decoder.has_alpha() {
        let pixels = samples.as_chunks::<4>().0.iter();
        pixels
            .flat_map(|[r, g, b, alpha]| [*r, *g, *b].map(|level| on_white(level, *alpha)))
            .collect()
    } else {
        samples
    };
    let exif = decoder.exif_metadata().ok().flatten();
    Ok(whole(width, height, rgb)?.upright(exif.map_or(1, |exif| exif::orientation(&exif))))
}

fn fault(error: DecodingError) -> PictureError {
    match error {
        DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::Truncated,
        error => PictureError::Damaged(error.to_string()),
    }
}
