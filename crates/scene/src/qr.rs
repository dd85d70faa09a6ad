//! QR codes in whole modules.

use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use qrcode::{Color, EcLevel, QrCode};

/// White modules around a code, as ISO/IEC 18004 asks for.
const QUIET: i32 = 4;

/// A code that fills `area` as far as whole modules allow, in its middle, on white. Nothing when the text is too long
/// or the area too small.
pub(crate) fn code(text: &str, area: Rect, ink: Rgb, paper: Rgb) -> Vec<Piece> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return Vec::new();
    };
    let width = i32::try_from(code.width()).unwrap_or(i32::MAX / 4);
    let module = area.w.min(area.h) / (width + 2 * QUIET);
    if module < 1 {
        return Vec::new();
    }
    let colours = code.into_colors();
    let (left, top) = (
        area.x + (area.w - width * module) / 2,
        area.y + (area.h - width * module) / 2,
    );
    let mut pieces = vec![Piece::Fill(area, paper)];
    let rows = colours.chunks(usize::try_from(width).unwrap_or(1));
    for (row, y) in rows.zip(0..) {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let length = i32::try_from(run.len()).unwrap_or(0);
            if run.first() == Some(&Color::Dark) {
                let rect = Rect::new(left + x * module, top + y * module, length * module, module);
                pieces.push(Piece::Fill(rect, ink));
            }
            x += length;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_lies_in_its_area_with_its_quiet_zone() {
        let area = Rect::new(10, 20, 200, 200);
        let pieces = code("https://example.org/p/019a", area, Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!(pieces.len() > 100);
        for piece in &pieces[1..] {
            let Piece::Fill(rect, _) = piece else {
                panic!("only rectangles")
            };
            assert!(rect.x >= area.x + 4 && rect.right() <= area.right() - 4 && rect.y >= area.y + 4);
        }
    }

    #[test]
    fn what_cannot_be_coded_is_left_out() {
        let ink = Rgb(0, 0, 0);
        assert!(code(&"x".repeat(9000), Rect::new(0, 0, 500, 500), ink, ink).is_empty());
        assert!(code("x", Rect::new(0, 0, 20, 20), ink, ink).is_empty());
    }
}
