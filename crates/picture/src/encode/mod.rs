//! Clean pictures: what a hub keeps of what people bring, so that displays decode nothing else.

mod jpeg;

use crate::{Format, Picture, fitted};
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

/// A clean picture has at most so many pixels a side: those of a 4K screen.
pub const MAX_SIDE_PX: u32 = 3840;
/// A PNG that would take more than this is kept as JPEG: it is a photograph, whatever its file was called.
const MAX_PNG_BYTES: usize = 3 << 20;

/// A picture in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// [`Format::Png`] or [`Format::Jpeg`].
    pub format: Format,
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
}

/// Makes the picture at most [`MAX_SIDE_PX`] a side and encodes it: what came as JPEG as JPEG again, at a quality at
/// which no loss is seen; everything else as PNG, unless that would be large.
///
/// # Errors
/// When the encoder fails, which it does not on memory.
pub fn clean(picture: &Picture, came_as: Format) -> Result<Encoded, EncodingError> {
    let (width_px, height_px) = (picture.width_px(), picture.height_px());
    let smaller;
    let picture = if width_px.max(height_px) > MAX_SIDE_PX {
        let (width_px, height_px) = fitted(width_px, height_px, (MAX_SIDE_PX, MAX_SIDE_PX));
        smaller = picture.scaled(width_px, height_px);
        &smaller
    } else {
        picture
    };
    let encoded = |format, bytes| Encoded {
        format,
        bytes,
        width_px: picture.width_px(),
        height_px: picture.height_px(),
    };
    if came_as != Format::Jpeg {
        let bytes = png(picture)?;
        if bytes.len() <= MAX_PNG_BYTES {
            return Ok(encoded(Format::Png, bytes));
        }
    }
    Ok(encoded(Format::Jpeg, jpeg::encode(picture)))
}

fn png(picture: &Picture) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let grey = picture
        .rgb()
        .as_chunks::<3>()
        .0
        .iter()
        .all(|[r, g, b]| r == g && g == b);
    let mut encoder = Encoder::new(&mut bytes, picture.width_px(), picture.height_px());
    encoder.set_color(if grey { ColorType::Grayscale } else { ColorType::Rgb });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    if grey {
        let levels: Vec<u8> = picture.rgb().iter().step_by(3).copied().collect();
        writer.write_image_data(&levels)?;
    } else {
        writer.write_image_data(picture.rgb())?;
    }
    writer.finish()?;
    Ok(bytes)
}
