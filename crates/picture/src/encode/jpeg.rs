//! Baseline JPEG (ITU-T T.81) with whole samples of colour, so that small coloured type stays sharp. One table of each
//! sort serves brightness and colour alike. All in whole numbers: the same picture gives the same bytes everywhere.

use crate::Picture;

/// Annex K.1, in rows, as printed: the steps of quality 50.
const STEPS: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];
/// Steps in percent of annex K's: what is commonly called quality 92.
const STEP_PERCENT: u16 = 16;

/// Table K.3: how many codes of each length, and what they stand for.
const DC_LENGTHS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/// Table K.5.
const AC_LENGTHS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
#[rustfmt::skip]
const AC_VALUES: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
    0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
    0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
    0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
    0xf9, 0xfa,
];

/// cos(kπ/16) for k of 0 to 8, in 8192ths.
const COS: [i32; 9] = [8192, 8035, 7568, 6811, 5793, 4551, 3135, 1598, 0];

/// A file of the picture; its sides must be below 65536 pixels, as those of every clean picture are.
pub(super) fn encode(picture: &Picture) -> Vec<u8> {
    let (basis, order, steps) = (
        basis(),
        zigzag(),
        STEPS.map(|step| ((step * STEP_PERCENT + 50) / 100).max(1)),
    );
    let mut out = head(picture, &order, &steps);
    let mut bits = Bits {
        out: &mut out,
        held: 0,
        count: 0,
        dc: codes(&DC_LENGTHS, &DC_VALUES),
        ac: codes(&AC_LENGTHS, &AC_VALUES),
    };
    let mut former = [0; 3];
    for top in (0..picture.height_px()).step_by(8) {
        for left in (0..picture.width_px()).step_by(8) {
            for (component, former) in former.iter_mut().enumerate() {
                let samples = block(picture, left, top, component);
                let coefficients = transformed(&samples, &basis);
                let levels = order.map(|at| quantised(coefficients[at], i32::from(steps[at])));
                bits.block(&levels, former);
            }
        }
    }
    bits.flush();
    out.extend([0xff, 0xd9]);
    out
}

/// Everything before the data: JFIF, the tables, the frame, the scan.
fn head(picture: &Picture, order: &[usize; 64], steps: &[u16; 64]) -> Vec<u8> {
    let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX).to_be_bytes();
    let mut out = vec![0xff, 0xd8];
    let mut segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
        out.extend([0xff, marker]);
        out.extend(length.to_be_bytes());
        out.extend(body);
    };
    segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let table = order.map(|at| u8::try_from(steps[at]).unwrap_or(u8::MAX));
    segment(0xdb, &[&[0][..], &table].concat());
    let (height, width) = (side(picture.height_px()), side(picture.width_px()));
    let frame = [&[8][..], &height, &width, &[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]];
    segment(0xc0, &frame.concat());
    segment(0xc4, &[&[0x00][..], &DC_LENGTHS, &DC_VALUES].concat());
    segment(0xc4, &[&[0x10][..], &AC_LENGTHS, &AC_VALUES].concat());
    segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    out
}

/// Samples of a component around zero (JFIF's Y, Cb, Cr in 65536ths); past the edge the last pixel goes on.
fn block(picture: &Picture, left: u32, top: u32, component: usize) -> [i32; 64] {
    const WEIGHTS: [[i32; 3]; 3] = [
        [19_595, 38_470, 7_471],
        [-11_059, -21_709, 32_768],
        [32_768, -27_439, -5_329],
    ];
    let weights = WEIGHTS[component];
    let middle = if component == 0 { 128 } else { 0 };
    let mut samples = [0; 64];
    for (y, line) in (0..).zip(samples.chunks_mut(8)) {
        let row = picture.row((top + y).min(picture.height_px() - 1));
        for (x, sample) in (0..).zip(line) {
            let at = (left + x).min(picture.width_px() - 1) as usize * 3;
            let sum: i32 = row[at..at + 3]
                .iter()
                .zip(weights)
                .map(|(level, w)| i32::from(*level) * w)
                .sum();
            *sample = ((sum + 32_768) >> 16) - middle;
        }
    }
    samples
}

/// `basis[u][x]`: c(u)/2 · cos((2x+1)uπ/16) in 8192ths.
fn basis() -> [[i32; 8]; 8] {
    std::array::from_fn(|u| {
        std::array::from_fn(|x| {
            let turn = (2 * x + 1) * u % 32;
            let turn = if turn > 16 { 32 - turn } else { turn };
            let cos = if turn > 8 { -COS[16 - turn] } else { COS[turn] };
            // c(0) is 1/√2, which is cos(4π/16).
            if u == 0 { COS[4] / 2 } else { cos / 2 }
        })
    })
}

/// The forward transform (A.3.3), rows and then columns; the result in eighths.
fn transformed(samples: &[i32; 64], basis: &[[i32; 8]; 8]) -> [i32; 64] {
    let mut across = [0; 64];
    for y in 0..8 {
        for u in 0..8 {
            let sum: i32 = (0..8).map(|x| samples[y * 8 + x] * basis[u][x]).sum();
            across[y * 8 + u] = (sum + 512) >> 10;
        }
    }
    let mut out = [0; 64];
    for v in 0..8 {
        for u in 0..8 {
            let sum: i32 = (0..8).map(|y| across[y * 8 + u] * basis[v][y]).sum();
            out[v * 8 + u] = (sum + 4096) >> 13;
        }
    }
    out
}

/// A coefficient in eighths as a number of steps, rounded to the nearest.
fn quantised(eighths: i32, step: i32) -> i32 {
    let whole = step * 8;
    (eighths.abs() + whole / 2) / whole * eighths.signum()
}

/// Figure A.6: the coefficients from low to high.
fn zigzag() -> [usize; 64] {
    let mut order: [usize; 64] = std::array::from_fn(|at| at);
    order.sort_by_key(|at| {
        let (row, column) = (at / 8, at % 8);
        let diagonal = row + column;
        (diagonal, if diagonal % 2 == 0 { column } else { row })
    });
    order
}

/// The codes of a table (annex C), by value: code and length.
fn codes(lengths: &[u8; 16], values: &[u8]) -> [(u32, u32); 256] {
    let mut codes = [(0, 0); 256];
    let (mut code, mut values) = (0, values.iter());
    for (length, count) in (1..).zip(lengths) {
        for value in values.by_ref().take(usize::from(*count)) {
            codes[usize::from(*value)] = (code, length);
            code += 1;
        }
        code <<= 1;
    }
    codes
}

/// The data of a scan, bit by bit.
struct Bits<'o> {
    out: &'o mut Vec<u8>,
    held: u64,
    count: u32,
    dc: [(u32, u32); 256],
    ac: [(u32, u32); 256],
}

impl Bits<'_> {
    /// A block's levels in zigzag order (F.1.2).
    fn block(&mut self, levels: &[i32; 64], former: &mut i32) {
        let difference = levels[0] - *former;
        *former = levels[0];
        let size = size_of(difference);
        self.code(self.dc[size as usize]);
        self.level(difference, size);
        let mut zeros = 0;
        for level in &levels[1..] {
            if *level == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 {
                self.code(self.ac[0xf0]);
                zeros -= 16;
            }
            let size = size_of(*level);
            self.code(self.ac[(zeros << 4) | size as usize]);
            self.level(*level, size);
            zeros = 0;
        }
        if zeros > 0 {
            self.code(self.ac[0]);
        }
    }

    fn code(&mut self, (code, length): (u32, u32)) {
        self.push(code, length);
    }

    /// A level's own bits: of a negative one those of the level less one.
    fn level(&mut self, level: i32, size: u32) {
        let bits = if level < 0 { level - 1 } else { level };
        self.push(bits.cast_unsigned() & ((1 << size) - 1), size);
    }

    fn push(&mut self, bits: u32, length: u32) {
        self.held = (self.held << length) | u64::from(bits);
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = ((self.held >> self.count) & 0xff) as u8;
            self.out.push(byte);
            if byte == 0xff {
                self.out.push(0);
            }
        }
    }

    /// Fills the last byte with ones.
    fn flush(&mut self) {
        let left = (8 - self.count % 8) % 8;
        self.push((1 << left) - 1, left);
    }
}

/// How many bits a level takes.
fn size_of(level: i32) -> u32 {
    32 - level.unsigned_abs().leading_zeros()
}
