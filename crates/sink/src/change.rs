//! What changed from one frame to the next: only that is copied to a screen.

use crate::fit::Area;
use heliograph_scene::Frame;

/// Rows that did not change are copied too where fewer than this lie between two that did.
const NEAR_ROWS: u32 = 16;
/// So many bands at most: a clock above, a ticker below, and what moves between.
const MOST_BANDS: usize = 8;

/// The bands in which two frames of one size differ, from the top; none when they are equal.
pub(crate) fn bands(old: &Frame, new: &Frame) -> Vec<Area> {
    let mut bands: Vec<Area> = Vec::new();
    let stride = new.width_px() as usize * 3;
    if stride == 0 || old.rgb().len() != new.rgb().len() {
        return bands;
    }
    for (y, (before, after)) in (0..).zip(old.rgb().chunks_exact(stride).zip(new.rgb().chunks_exact(stride))) {
        let Some((from, until)) = differing(before, after) else {
            continue;
        };
        let full = bands.len() == MOST_BANDS;
        match bands.last_mut() {
            Some(band) if full || y - (band.y + band.height_px) < NEAR_ROWS => extend(band, y, from, until),
            _ => bands.push(Area {
                x: from,
                y,
                width_px: until - from,
                height_px: 1,
            }),
        }
    }
    bands
}

/// The first pixel that differs and the one after the last.
fn differing(before: &[u8], after: &[u8]) -> Option<(u32, u32)> {
    if before == after {
        return None;
    }
    let mut pairs = before.iter().zip(after);
    let first = pairs.position(|(old, new)| old != new)?;
    let last = before.iter().zip(after).rposition(|(old, new)| old != new)?;
    Some((u32::try_from(first / 3).ok()?, u32::try_from(last / 3).ok()? + 1))
}

fn extend(band: &mut Area, y: u32, from: u32, until: u32) {
    let right = (band.x + band.width_px).max(until);
    band.x = band.x.min(from);
    band.width_px = right - band.x;
    band.height_px = y + 1 - band.y;
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_scene::Rgb;

    fn dotted(dots: &[(u32, u32)]) -> Frame {
        let mut frame = Frame::filled(100, 300, Rgb(0, 0, 0));
        for (x, y) in dots {
            frame.set_pixel(*x, *y, Rgb(0, 0, 1));
        }
        frame
    }

    fn changed(dots: &[(u32, u32)]) -> Vec<(u32, u32, u32, u32)> {
        let found = bands(&dotted(&[]), &dotted(dots));
        found.iter().map(|a| (a.x, a.y, a.width_px, a.height_px)).collect()
    }

    #[test]
    fn a_clock_and_a_ticker_are_two_bands() {
        assert_eq!(changed(&[]), []);
        assert_eq!(changed(&[(99, 299)]), [(99, 299, 1, 1)]);
        assert_eq!(
            changed(&[(80, 2), (90, 9), (0, 280), (99, 290)]),
            [(80, 2, 11, 8), (0, 280, 100, 11)]
        );
    }

    #[test]
    fn there_are_never_many_bands_and_all_that_changed_is_in_one() {
        let dots: Vec<(u32, u32)> = (0..12).map(|n| (n * 8, n * 24)).collect();
        let found = bands(&dotted(&[]), &dotted(&dots));
        assert_eq!(found.len(), MOST_BANDS);
        for (x, y) in dots {
            let inside = |a: &Area| x >= a.x && x < a.x + a.width_px && y >= a.y && y < a.y + a.height_px;
            assert!(found.iter().any(inside), "{x} {y}");
        }
    }
}
