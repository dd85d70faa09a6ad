//! Scaling: a separable Catmull-Rom filter, widened when the picture becomes smaller, so that every pixel of the
//! original has its share. Weights are computed with basic operations alone and applied as whole numbers.

use crate::Picture;

/// Weights are fractions of this.
const ONE: i64 = 1 << 14;

/// The pixels that make up one pixel of the result, and how much each weighs.
struct Taps {
    first: usize,
    weights: Vec<i64>,
}

impl Picture {
    /// The picture at another size, at least one pixel each way.
    #[must_use]
    pub fn scaled(&self, width_px: u32, height_px: u32) -> Self {
        let (width_px, height_px) = (width_px.max(1), height_px.max(1));
        if (width_px, height_px) == (self.width_px(), self.height_px()) {
            return self.clone();
        }
        let across = taps(self.width_px(), width_px);
        let down = taps(self.height_px(), height_px);
        let mut rgb = Vec::with_capacity(width_px as usize * height_px as usize * 3);
        // Rows already scaled across that the next rows of the result still need; few at a time.
        let mut kept: std::collections::VecDeque<(usize, Vec<u8>)> = std::collections::VecDeque::new();
        for tap in &down {
            while kept.front().is_some_and(|(y, _)| *y < tap.first) {
                kept.pop_front();
            }
            let mut next = kept.back().map_or(tap.first, |(y, _)| y + 1);
            while next < tap.first + tap.weights.len() {
                kept.push_back((
                    next,
                    row_across(self.row(u32::try_from(next).unwrap_or(u32::MAX)), &across),
                ));
                next += 1;
            }
            let rows: Vec<&[u8]> = kept.iter().map(|(_, row)| row.as_slice()).collect();
            for at in 0..width_px as usize * 3 {
                let sum = rows
                    .iter()
                    .zip(&tap.weights)
                    .map(|(row, weight)| i64::from(row[at]) * weight);
                rgb.push(rounded(sum.sum()));
            }
        }
        // The loops above push exactly the bytes of the size.
        Self::new(width_px, height_px, rgb).unwrap_or_else(|| self.clone())
    }
}

fn row_across(row: &[u8], across: &[Taps]) -> Vec<u8> {
    let mut out = Vec::with_capacity(across.len() * 3);
    for tap in across {
        let mut sums = [0_i64; 3];
        let pixels = row[tap.first * 3..].as_chunks::<3>().0;
        for (pixel, weight) in pixels.iter().zip(&tap.weights) {
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                *sum += i64::from(*byte) * weight;
            }
        }
        out.extend(sums.map(rounded));
    }
    out
}

fn rounded(sum: i64) -> u8 {
    u8::try_from(((sum + ONE / 2) / ONE).clamp(0, 255)).unwrap_or(u8::MAX)
}

/// For each pixel of the result its taps.
fn taps(from: u32, to: u32) -> Vec<Taps> {
    let ratio = f64::from(from) / f64::from(to);
    let stretch = ratio.max(1.0);
    let reach = 2.0 * stretch;
    (0..to)
        .map(|at| {
            let centre = (f64::from(at) + 0.5) * ratio;
            let first = (centre - reach).max(0.0) as u32;
            let last = ((centre + reach) as u32 + 1).min(from);
            let raw: Vec<f64> = (first..last)
                .map(|n| catmull_rom((f64::from(n) + 0.5 - centre) / stretch))
                .collect();
            Taps {
                first: first as usize,
                weights: whole(&raw),
            }
        })
        .collect()
}

/// Weights as whole numbers whose sum is exactly [`ONE`]: what rounding leaves over goes to the heaviest.
fn whole(raw: &[f64]) -> Vec<i64> {
    let sum: f64 = raw.iter().sum();
    let mut weights: Vec<i64> = raw.iter().map(|w| (w / sum * ONE as f64).round() as i64).collect();
    let left = ONE - weights.iter().sum::<i64>();
    if let Some(heaviest) = weights.iter_mut().max() {
        *heaviest += left;
    }
    weights
}

/// E. Catmull and R. Rom, “A class of local interpolating splines”, 1974: the cubic with B = 0, C = ½.
fn catmull_rom(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(w: u32, h: u32, paint: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let rgb = (0..h)
            .flat_map(|y| (0..w).map(move |x| (x, y)))
            .flat_map(|(x, y)| paint(x, y));
        Picture::new(w, h, rgb.collect()).unwrap()
    }

    #[test]
    fn one_colour_stays_that_colour_at_every_size() {
        let plain = painted(37, 23, |_, _| [200, 3, 255]);
        for (w, h) in [(1, 1), (36, 24), (5, 400), (400, 5), (37, 23)] {
            let scaled = plain.scaled(w, h);
            assert_eq!((scaled.width_px(), scaled.height_px()), (w, h));
            assert!(scaled.rgb().chunks(3).all(|p| p == [200, 3, 255]), "{w}×{h}");
        }
    }

    #[test]
    fn a_fine_pattern_becomes_its_average_and_not_a_moiré() {
        let pattern = painted(400, 400, |x, y| if (x + y) % 2 == 0 { [255; 3] } else { [0; 3] });
        for byte in pattern.scaled(97, 61).rgb() {
            assert!((118..=137).contains(byte), "{byte}");
        }
    }

    #[test]
    fn edges_stay_where_they_are_and_sharp() {
        let half = painted(100, 10, |x, _| if x < 50 { [0; 3] } else { [255; 3] });
        for (w, edge) in [(50, 25), (200, 100), (10, 5)] {
            let scaled = half.scaled(w, 10);
            let row = scaled.row(5);
            assert!(row[(edge - 2) * 3] < 20 && row[(edge + 1) * 3] > 235, "{w}: {row:?}");
        }
    }
}
