//! PNG, row by row, so that a picture takes little more memory than its pixels.

use super::{Limits, PictureError, exif, on_white, whole};
use crate::Picture;
use png::{ColorType, Decoder, DecodingError, Transformations};
use std::io::Cursor;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let most = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: most });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(fault)?;
    let (width, height) = (header.width, header.height);
    // Interlaced pictures are unpacked as a whole, with alpha, beside the result.
    let interlaced = header.interlaced;
    limits.admit(width, height, if interlaced { 7 } else { 3 })?;
    let mut reader = decoder.read_info().map_err(fault)?;
    if reader
        .info()
        .animation_control()
        .is_some_and(|control| control.num_frames > 1)
    {
        return Err(PictureError::Animated);
    }
    let orientation = reader.info().exif_metadata.as_deref().map_or(1, exif::orientation);
    let (colour, _) = reader.output_color_type();
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    if interlaced {
        let size = reader.output_buffer_size().ok_or(PictureError::Truncated)?;
        let mut all = vec![0; size];
        reader.next_frame(&mut all).map_err(fault)?;
        push(&mut rgb, &all, colour);
    } else {
        while let Some(row) = reader.next_row().map_err(fault)? {
            push(&mut rgb, row.data(), colour);
        }
    }
    Ok(whole(width, height, rgb)?.upright(orientation))
}

/// Adds samples of eight bits, laid on white where they are transparent.
fn push(rgb: &mut Vec<u8>, samples: &[u8], colour: ColorType) {
    match colour {
        ColorType::Rgb => rgb.extend_from_slice(samples),
        ColorType::Grayscale => samples.iter().for_each(|grey| rgb.extend_from_slice(&[*grey; 3])),
        ColorType::GrayscaleAlpha => {
            for [grey, alpha] in samples.as_chunks::<2>().0 {
                rgb.extend_from_slice(&[on_white(*grey, *alpha); 3]);
            }
        }
        ColorType::Rgba => {
            for [r, g, b, alpha] in samples.as_chunks::<4>().0 {
                rgb.extend_from_slice(&[*r, *g, *b].map(|level| on_white(level, *alpha)));
            }
        }
        // `EXPAND` leaves no palette; if it did, the size would not match and the picture be refused.
        ColorType::Indexed => {}
    }
}

fn fault(error: DecodingError) -> PictureError {
    match error {
        DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::Truncated,
        error => PictureError::Damaged(error.to_string()),
    }
}
