//! What people bring becomes a picture or a clear word, and nothing they bring brings the program down.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_picture::{Encoded, Format, Limits, Picture, PictureError, clean, decode, format_of};

/// Something like a photograph: gradients, an edge, some texture.
fn photo(width: u32, height: u32) -> Picture {
    let level = |x: u32, y: u32| {
        let texture = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 28;
        let shade = |n: u32, of: u32| u8::try_from(n * 220 / of.max(1)).unwrap();
        let edge = if x > width / 2 { 20 } else { 0 };
        let grain = u8::try_from(texture).unwrap();
        [shade(x, width) + grain, shade(y, height) + edge, 128 + grain]
    };
    let rgb = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| level(x, y));
    Picture::new(width, height, rgb.collect()).unwrap()
}

/// Flat shapes, as a poster has.
fn poster(width: u32, height: u32) -> Picture {
    let rgb = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let paint = |(x, y): (u32, u32)| {
        if x / 20 % 2 == y / 30 % 2 {
            [200, 16, 46]
        } else {
            [255, 250, 240]
        }
    };
    Picture::new(width, height, rgb.flat_map(paint).collect()).unwrap()
}

fn jpeg() -> Encoded {
    clean(&photo(120, 90), Format::Jpeg).unwrap()
}

fn png() -> Encoded {
    clean(&poster(120, 90), Format::Png).unwrap()
}

/// A PNG of any header and data.
fn png_of(
    width: u32,
    height: u32,
    colour: png::ColorType,
    depth: png::BitDepth,
    more: &dyn Fn(&mut png::Encoder<'_, &mut Vec<u8>>),
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    more(&mut encoder);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes
}

fn pixels(bytes: &[u8]) -> Vec<[u8; 3]> {
    let picture = decode(bytes, &Limits::UPLOAD).unwrap();
    picture.rgb().chunks(3).map(|p| [p[0], p[1], p[2]]).collect()
}

#[test]
fn png_comes_back_to_the_bit_and_jpeg_as_good_as_seen() {
    let (poster, photo) = (poster(120, 90), photo(121, 93));
    assert_eq!(decode(&png().bytes, &Limits::CLEAN).unwrap(), poster);
    let encoded = clean(&photo, Format::Jpeg).unwrap();
    assert_eq!(
        (encoded.format, format_of(&encoded.bytes)),
        (Format::Jpeg, Some(Format::Jpeg))
    );
    let back = decode(&encoded.bytes, &Limits::CLEAN).unwrap();
    assert_eq!((back.width_px(), back.height_px()), (121, 93));
    let squares = back
        .rgb()
        .iter()
        .zip(photo.rgb())
        .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2));
    let mean = squares.sum::<u64>() as f64 / back.rgb().len() as f64;
    assert!(mean < 6.5, "the mean square error is {mean}: under 40 dB");
    let of_black = Picture::new(3, 5, vec![0; 45]).unwrap();
    let black = decode(&clean(&of_black, Format::Jpeg).unwrap().bytes, &Limits::CLEAN).unwrap();
    assert!(black.rgb().iter().all(|byte| *byte <= 1));
}

#[test]
fn every_colour_and_depth_of_png_is_understood() {
    use png::{BitDepth, ColorType};
    let plain = |_: &mut png::Encoder<'_, &mut Vec<u8>>| {};
    let (black, white) = ([0; 3], [255; 3]);
    let one_bit = png_of(2, 1, ColorType::Grayscale, BitDepth::One, &plain, &[0b0100_0000]);
    assert_eq!(pixels(&one_bit), [black, white]);
    let sixteen = png_of(
        1,
        1,
        ColorType::Rgb,
        BitDepth::Sixteen,
        &plain,
        &[10, 99, 20, 99, 30, 99],
    );
    assert_eq!(pixels(&sixteen), [[10, 20, 30]]);
    let clear = png_of(
        2,
        1,
        ColorType::Rgba,
        BitDepth::Eight,
        &plain,
        &[9, 9, 9, 0, 0, 0, 0, 128],
    );
    assert_eq!(pixels(&clear), [white, [127; 3]], "transparent lies on white");
    let grey_clear = png_of(1, 1, ColorType::GrayscaleAlpha, BitDepth::Eight, &plain, &[0, 0]);
    assert_eq!(pixels(&grey_clear), [white]);
    let palette = |encoder: &mut png::Encoder<'_, &mut Vec<u8>>| {
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        encoder.set_trns(vec![255, 0]);
    };
    let indexed = png_of(2, 1, ColorType::Indexed, BitDepth::Eight, &palette, &[0, 1]);
    assert_eq!(pixels(&indexed), [[1, 2, 3], white]);
}

#[test]
fn a_picture_lies_as_its_camera_was_held() {
    let plain = jpeg().bytes;
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let turned = [&plain[..2], &[0xff, 0xe1], &length, exif, &plain[2..]].concat();
    let (lying, upright) = (
        decode(&plain, &Limits::UPLOAD).unwrap(),
        decode(&turned, &Limits::UPLOAD).unwrap(),
    );
    assert_eq!((lying.width_px(), upright.width_px()), (120, 90));
    assert_eq!(
        upright.row(0)[..3],
        lying.row(89)[..3],
        "the lower left corner is up and left now"
    );
}

#[test]
fn a_large_picture_is_made_smaller_and_a_busy_one_becomes_a_jpeg() {
    let wide = clean(&poster(5000, 40), Format::Png).unwrap();
    assert_eq!((wide.format, wide.width_px, wide.height_px), (Format::Png, 3840, 31));
    let mut dice = Dice(1);
    let noise = (0..1500 * 1500 * 3)
        .map(|_| u8::try_from(dice.roll(256)).unwrap())
        .collect();
    let busy = clean(&Picture::new(1500, 1500, noise).unwrap(), Format::WebP).unwrap();
    assert_eq!(busy.format, Format::Jpeg);
}

/// A PNG whose header says more than there is.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let body = [
        &b"IHDR"[..],
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    bytes.extend(13_u32.to_be_bytes());
    bytes.extend(&body);
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    bytes.extend((!crc).to_be_bytes());
    bytes
}

#[test]
fn what_is_too_large_or_no_picture_is_refused_by_name() {
    let refused = |bytes: &[u8]| decode(bytes, &Limits::UPLOAD).unwrap_err();
    assert!(matches!(
        refused(&bomb(100_000, 100_000)),
        PictureError::TooManyPixels { .. }
    ));
    // Few bytes, few enough pixels, and more memory than a hub has while it is scaled.
    for (width, height) in [(40_000_000, 1), (1, 40_000_000), (65_536, 2)] {
        assert!(matches!(refused(&bomb(width, height)), PictureError::TooLong { .. }));
    }
    assert!(
        matches!(refused(&bomb(65_535, 2)), PictureError::Truncated),
        "the control"
    );
    assert!(matches!(refused(&bomb(0, 5)), PictureError::Damaged(_)));
    assert!(matches!(refused(&bomb(100, 100)), PictureError::Truncated));
    assert!(matches!(
        refused(&vec![0xff; (64 << 20) + 1]),
        PictureError::TooManyBytes { .. }
    ));
    for text in [
        &b""[..],
        b"<!DOCTYPE html><script>",
        b"%PDF-1.7",
        b"GIF89a",
        &[0xff, 0xd8],
    ] {
        assert_eq!(refused(text), PictureError::Unknown);
    }
    let whole = jpeg().bytes;
    assert!(decode(&whole, &Limits::UPLOAD).is_ok(), "the control");
    for cut in [10, 200, whole.len() / 2, whole.len() - 2] {
        assert_eq!(refused(&whole[..cut]), PictureError::Truncated, "{cut}");
    }
    let small = Limits {
        memory_bytes: 20_000,
        ..Limits::UPLOAD
    };
    assert!(matches!(
        decode(&whole, &small),
        Err(PictureError::TooMuchMemory { .. })
    ));
    let moving = |encoder: &mut png::Encoder<'_, &mut Vec<u8>>| encoder.set_animated(2, 0).unwrap();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    moving(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1; 3]).unwrap();
    writer.write_image_data(&[2; 3]).unwrap();
    writer.finish().unwrap();
    assert_eq!(refused(&bytes), PictureError::Animated);
}

/// Small numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

#[test]
fn ten_thousand_damaged_files_are_pictures_or_refused_and_never_a_panic() {
    let mut webp = Vec::new();
    let picture = photo(60, 40);
    image_webp::WebPEncoder::new(&mut webp)
        .encode(picture.rgb(), 60, 40, image_webp::ColorType::Rgb8)
        .unwrap();
    assert_eq!(decode(&webp, &Limits::UPLOAD).unwrap(), picture, "WebP is read, too");
    let small = Limits {
        bytes: 1 << 20,
        pixels: 1 << 20,
        memory_bytes: 16 << 20,
    };
    let mut dice = Dice(6);
    let (mut read, mut refused) = (0, 0);
    for whole in [jpeg().bytes, png().bytes, webp] {
        for _ in 0..3_400 {
            let mut bytes = whole.clone();
            for _ in 0..=dice.roll(8) {
                let at = dice.roll(bytes.len());
                match dice.roll(4) {
                    0 => bytes[at] = u8::try_from(dice.roll(256)).unwrap(),
                    1 => bytes[at] ^= 1 << dice.roll(8),
                    2 => drop(bytes.splice(at..(at + dice.roll(9)).min(bytes.len()), [])),
                    _ => bytes.insert(at, 0xff),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            match decode(&bytes, &small) {
                Ok(picture) => {
                    assert!(u64::from(picture.width_px()) * u64::from(picture.height_px()) <= small.pixels);
                    read += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        read > 100 && refused > 100,
        "{read} read, {refused} refused: both ways are tried"
    );
}
