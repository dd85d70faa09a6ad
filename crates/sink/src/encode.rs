//! Frames as PNG.

use heliograph_scene::Frame;

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
}
