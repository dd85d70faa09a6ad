//! What a picture's file says of itself in words: comments, Exif, XMP, text chunks. Clean pictures carry none of it; it is
//! read so that a person can be told that a file was marked as something that must not be shown.

use crate::{Format, format_of};
use std::io::Cursor;

/// So many characters are read; descriptions of pictures are shorter, and thumbnails are no words.
const MOST_CHARS: usize = 16 * 1024;
/// A run of fewer printable characters is no word.
const FEWEST_CHARS: usize = 4;

/// The words in a file's metadata, a line each; empty when it has none or is no picture.
#[must_use]
pub fn said(file: &[u8]) -> String {
    let mut words = match format_of(file) {
        Some(Format::Png) => of_png(file),
        Some(Format::Jpeg) => of_segments(&jpeg_segments(file)),
        Some(Format::WebP) => of_segments(&webp_chunks(file)),
        _ => String::new(),
    };
    if let Some((end, _)) = words.char_indices().nth(MOST_CHARS) {
        words.truncate(end);
    }
    words
}

fn of_png(file: &[u8]) -> String {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_ignore_text_chunk(false);
    let Ok(mut reader) = decoder.read_info() else {
        return String::new();
    };
    // Text may stand behind the pixels; a file that ends before has said what it had to say.
    let _ = reader.finish();
    let info = reader.info();
    let mut lines: Vec<String> = Vec::new();
    for chunk in &info.uncompressed_latin1_text {
        // Many programs write UTF-8 where the format wants Latin-1.
        let bytes: Option<Vec<u8>> = chunk.text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let utf8 = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        lines.push(utf8.unwrap_or_else(|| chunk.text.clone()));
    }
    for chunk in &info.compressed_latin1_text {
        let mut chunk = chunk.clone();
        if chunk.decompress_text_with_limit(MOST_CHARS * 4).is_ok() {
            lines.extend(chunk.get_text().ok());
        }
    }
    for chunk in &info.utf8_text {
        let mut chunk = chunk.clone();
        if chunk.decompress_text_with_limit(MOST_CHARS * 4).is_ok() {
            lines.extend(chunk.get_text().ok());
        }
    }
    if let Some(exif) = &info.exif_metadata {
        lines.push(of_segments(&[exif]));
    }
    lines.join("\n")
}

/// Comments and application segments (ITU-T T.81, annex B).
fn jpeg_segments(file: &[u8]) -> Vec<&[u8]> {
    let mut segments = Vec::new();
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = file.get(at..at + 4) {
        if marker == 0xda {
            break;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(body) = file.get(at + 4..at + 2 + length.max(2)) else {
            break;
        };
        if matches!(marker, 0xe1 | 0xed | 0xfe) {
            segments.push(body);
        }
        at += 2 + length.max(2);
    }
    segments
}

/// The chunks of a RIFF file that hold Exif and XMP.
fn webp_chunks(file: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    let mut at = 12;
    while let Some(head) = file.get(at..at + 8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let Some(body) = at
            .checked_add(8)
            .and_then(|from| file.get(from..from.checked_add(length)?))
        else {
            break;
        };
        if matches!(&head[..4], b"EXIF" | b"XMP ") {
            chunks.push(body);
        }
        at += 8 + length + length % 2;
    }
    chunks
}

fn of_segments(segments: &[impl AsRef<[u8]>]) -> String {
    let mut lines = Vec::new();
    for segment in segments {
        let segment = segment.as_ref();
        lines.extend(windows_titles(segment));
        let text = String::from_utf8_lossy(segment);
        let runs = text.split(|c: char| c == '\u{fffd}' || (c.is_control() && c != '\n'));
        let words = runs
            .map(str::trim)
            .filter(|run| run.chars().count() >= FEWEST_CHARS || !run.is_ascii());
        lines.extend(words.filter(|run| !run.is_empty()).map(str::to_owned));
    }
    lines.join("\n")
}

/// The titles that Windows writes into Exif, in UTF-16: the tags from 0x9c9b (title) to 0x9c9f (subject).
fn windows_titles(segment: &[u8]) -> Vec<String> {
    let tiff = segment.strip_prefix(b"Exif\0\0").unwrap_or(segment);
    let little = match tiff.get(..2) {
        Some(b"II") => true,
        Some(b"MM") => false,
        _ => return Vec::new(),
    };
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let field = tiff.get(at..at.checked_add(bytes)?)?;
        let digits: Vec<&u8> = if little {
            field.iter().rev().collect()
        } else {
            field.iter().collect()
        };
        Some(digits.iter().fold(0, |value, byte| (value << 8) | usize::from(**byte)))
    };
    let entry = |at: usize| -> Option<String> {
        let tag = number(at, 2)?;
        let (length, place) = (number(at + 4, 4)?, number(at + 8, 4)?);
        if !(0x9c9b..=0x9c9f).contains(&tag) {
            return None;
        }
        let from = if length <= 4 { at + 8 } else { place };
        let bytes = tiff.get(from..from.checked_add(length)?)?;
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Some(String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned())
    };
    let Some((first, count)) = number(4, 4).and_then(|first| Some((first, number(first, 2)?))) else {
        return Vec::new();
    };
    (0..count.min(200))
        .filter_map(|index| entry(first.checked_add(2 + index * 12)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's beginning with these segments: all that is read of it.
    fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8];
        for (marker, body) in segments {
            file.extend([0xff, *marker]);
            file.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
            file.extend(*body);
        }
        file.extend([0xff, 0xda, 0, 2]);
        file
    }

    #[test]
    fn comments_and_exif_of_a_photograph_are_read() {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x9b\x9c\x01\0\x06\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
        exif.extend("内部\0".encode_utf16().flat_map(u16::to_le_bytes));
        let file = jpeg(&[(0xe0, b"JFIF\0"), (0xe1, &exif), (0xfe, "机密★1年".as_bytes())]);
        let words = said(&file);
        assert!(words.contains("内部") && words.contains("机密★1年"), "{words:?}");
        assert_eq!(said(&jpeg(&[(0xe0, b"JFIF\0")])), "");
    }

    #[test]
    fn text_chunks_of_a_png_are_read_before_and_after_its_pixels() {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 1, 1);
        encoder.set_color(png::ColorType::Grayscale);
        encoder
            .add_itxt_chunk("Title".to_owned(), "内部资料".to_owned())
            .unwrap();
        encoder
            .add_ztxt_chunk("Comment".to_owned(), "internal use only".to_owned())
            .unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[0]).unwrap();
        writer
            .write_text_chunk(&png::text_metadata::TEXtChunk::new("Author", "someone@example.com"))
            .unwrap();
        writer.finish().unwrap();
        let words = said(&file);
        for word in ["内部资料", "internal use only", "someone@example.com"] {
            assert!(words.contains(word), "{word}: {words:?}");
        }
    }

    #[test]
    fn damaged_files_say_something_or_nothing() {
        let whole = jpeg(&[(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x9c\x9b"), (0xfe, b"comment")]);
        for end in 0..whole.len() {
            let _ = said(&whole[..end]);
        }
        for file in [
            &b"RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xff"[..],
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert_eq!(said(file), "");
        }
    }
}
