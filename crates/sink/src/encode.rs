//! Frames as PNG, still and animated.

use heliograph_scene::Frame;
use std::borrow::Cow;
use std::io::Write;

/// The frame as PNG, compressed for speed: live pictures are made anew all the time.
#[must_use]
pub fn png(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width_px(), frame.height_px());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(frame.rgb()));
    // Writing to memory fails only for a picture without pixels, which a panel never has.
    if written.is_err() {
        bytes.clear();
    }
    bytes
}

/// The frame with each pixel as `times` × `times`: what lamps show, for eyes on a screen.
#[must_use]
pub fn enlarged(frame: &Frame, times: u32) -> Cow<'_, Frame> {
    if times <= 1 {
        return Cow::Borrowed(frame);
    }
    let (width, height) = (frame.width_px() * times, frame.height_px() * times);
    let mut large = Frame::filled(width, height, heliograph_scene::Rgb(0, 0, 0));
    let rows = large.rgb_mut().chunks_exact_mut(width as usize * 3);
    for (row, y) in rows.zip(0..) {
        for (pixel, x) in row.as_chunks_mut::<3>().0.iter_mut().zip(0..) {
            let heliograph_scene::Rgb(r, g, b) = frame.pixel(x / times, y / times);
            *pixel = [r, g, b];
        }
    }
    Cow::Owned(large)
}

/// An animated PNG (APNG, <https://www.w3.org/TR/png-3/#apng-frame-based-animation>) being written, which every browser
/// plays over and over.
pub struct Animation<W: Write> {
    writer: png::Writer<W>,
}

impl<W: Write> Animation<W> {
    /// Begins an animation of `count` pictures of `size` (width and height in pixels).
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(out: W, size: (u32, u32), count: u32) -> Result<Self, png::EncodingError> {
        let mut encoder = png::Encoder::new(out, size.0, size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        encoder.set_animated(count.max(1), 0)?;
        Ok(Self {
            writer: encoder.write_header()?,
        })
    }

    /// Adds a picture that stands for so long; the longest delay the form knows is 65 seconds.
    ///
    /// # Errors
    /// When it cannot be written, has another size, or is one too many.
    pub fn push(&mut self, frame: &Frame, stands_ms: u64) -> Result<(), png::EncodingError> {
        let stands_ms = u16::try_from(stands_ms).unwrap_or(u16::MAX);
        self.writer.set_frame_delay(stands_ms, 1000)?;
        self.writer.write_image_data(frame.rgb())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be written, or pictures are missing.
    pub fn finish(self) -> Result<(), png::EncodingError> {
        self.writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_scene::Rgb;

    #[test]
    fn a_png_gives_the_frame_back() {
        let mut frame = Frame::filled(5, 3, Rgb(10, 20, 30));
        frame.set_pixel(4, 2, Rgb(255, 0, 128));
        let bytes = png(&frame);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, frame.rgb());
    }

    #[test]
    fn an_animation_gives_its_frames_back_and_says_how_long_each_stands() {
        let frames = [Frame::filled(3, 2, Rgb(1, 2, 3)), Frame::filled(3, 2, Rgb(4, 5, 6))];
        let mut bytes = Vec::new();
        let mut animation = Animation::begin(&mut bytes, (3, 2), 2).unwrap();
        animation.push(&frames[0], 2_000).unwrap();
        animation.push(&frames[1], 16).unwrap();
        animation.finish().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.info().animation_control().map(|told| told.num_frames), Some(2));
        for (frame, delay) in frames.iter().zip([2_000, 16]) {
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            assert_eq!(pixels, frame.rgb());
            assert_eq!(reader.info().frame_control().map(|told| told.delay_num), Some(delay));
        }
    }

    #[test]
    fn an_enlarged_frame_has_square_dots() {
        let mut frame = Frame::filled(2, 1, Rgb(0, 0, 0));
        frame.set_pixel(1, 0, Rgb(9, 8, 7));
        let large = enlarged(&frame, 3);
        assert_eq!((large.width_px(), large.height_px()), (6, 3));
        assert_eq!((large.pixel(2, 2), large.pixel(3, 0)), (Rgb(0, 0, 0), Rgb(9, 8, 7)));
    }
}
