//! What is done to a frame's colours so that lamps show them: gamma, the order of a lamp's colours, the power supply.
//!
//! A frame's byte becomes a *level* (0–255, how long the lamp is lit) by the gamma table. The current is estimated as
//!
//! ```text
//! I = pixels × idle + Σ over all lamps (level × lamp current at full level) / 255
//! ```
//!
//! and where it is above the limit, every level of the frame becomes `⌊level × (limit − pixels × idle) / (I − pixels ×
//! idle)⌋`, so that the estimate is never above the limit, and the picture keeps its colours. All in whole numbers.

use thiserror::Error;

/// How a byte of a frame becomes a level: `255 × (byte / 255) ^ gamma`, rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gamma {
    hundredths: u16,
}

/// The order in which a lamp takes its red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Red, blue, green.
    Rbg,
    /// Green, red, blue: WS2812B and its kin.
    Grb,
    /// Green, blue, red.
    Gbr,
    /// Blue, red, green.
    Brg,
    /// Blue, green, red.
    Bgr,
}

/// What the power supply can give, and what the lamps take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerLimit {
    /// The most current, in milliamperes.
    pub limit_ma: u32,
    /// The current of one pixel's red, green and blue lamp at full level, in milliamperes.
    pub lamp_ma: [u16; 3],
    /// The current of one dark pixel, in microamperes: the lamps' chips draw it always.
    pub idle_ua: u32,
}

/// Gamma, colour order and power limit of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Light {
    /// How bytes become levels. A controller often has a gamma table of its own: then it is 1 here.
    pub gamma: Gamma,
    /// How a lamp takes its colours.
    pub order: ColourOrder,
    /// The power supply, when it cannot light all lamps at once.
    pub power: Option<PowerLimit>,
}

/// Why it cannot be lit so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LightError {
    /// A gamma that makes no picture.
    #[error("a gamma is from 0.5 to 5.0: 1.0 leaves levels as they are, 2.2 is usual for bare lamps")]
    Gamma,
    /// The supply cannot feed the dark panel.
    #[error(
        "the power limit of {limit_ma} mA is not more than what {pixels} dark pixels draw: raise light.power_limit_ma \
         or lower light.idle_ua"
    )]
    Power {
        /// The limit.
        limit_ma: u32,
        /// The frame's pixels.
        pixels: u64,
    },
}

impl Default for Gamma {
    fn default() -> Self {
        Self { hundredths: 100 }
    }
}

impl Gamma {
    /// A gamma, kept to two decimal places.
    ///
    /// # Errors
    /// When it is not from 0.5 to 5.
    pub fn new(gamma: f64) -> Result<Self, LightError> {
        if !(0.5..=5.0).contains(&gamma) {
            return Err(LightError::Gamma);
        }
        // From 50 to 500, as was just checked.
        let hundredths = (gamma * 100.0).round() as u16;
        Ok(Self { hundredths })
    }

    /// The level of each byte.
    #[must_use]
    pub fn table(self) -> [u8; 256] {
        let exponent = f64::from(self.hundredths) / 100.0;
        let mut table = [0; 256];
        for (byte, level) in (0..=255u8).zip(&mut table) {
            // From 0 to 255: a power of a number up to 1 is a number up to 1.
            *level = (255.0 * (f64::from(byte) / 255.0).powf(exponent)).round() as u8;
        }
        table
    }
}

impl ColourOrder {
    /// Which of red (0), green (1) and blue (2) comes first, second and third.
    fn places(self) -> [usize; 3] {
        match self {
            Self::Rgb => [0, 1, 2],
            Self::Rbg => [0, 2, 1],
            Self::Grb => [1, 0, 2],
            Self::Gbr => [1, 2, 0],
            Self::Brg => [2, 0, 1],
            Self::Bgr => [2, 1, 0],
        }
    }
}

impl PowerLimit {
    /// The estimated current of a frame, in microamperes × 255: of the dark pixels, and of the lamps. `sums` are the
    /// sums of all red, green and blue levels. A frame of 2³² pixels stays far below 2¹²⁸.
    fn draws(self, sums: [u64; 3], pixels: u64) -> (u128, u128) {
        let lamp = |(sum, ma): (&u64, u16)| u128::from(*sum) * u128::from(ma) * 1000;
        let idle = u128::from(pixels) * u128::from(self.idle_ua) * 255;
        (idle, sums.iter().zip(self.lamp_ma).map(lamp).sum())
    }

    /// Whether the supply feeds so many dark pixels, with something left for light.
    fn feeds(self, pixels: u64) -> Result<(), LightError> {
        let (idle, _) = self.draws([0; 3], pixels);
        if self.limit() > idle {
            return Ok(());
        }
        Err(LightError::Power {
            limit_ma: self.limit_ma,
            pixels,
        })
    }

    fn limit(self) -> u128 {
        u128::from(self.limit_ma) * 1000 * 255
    }

    /// Lowers levels by as much as the supply needs; answers whether it had to.
    fn lower(self, levels: &mut [u8; 256], sums: [u64; 3], pixels: u64) -> bool {
        let (idle, lamps) = self.draws(sums, pixels);
        // A supply that does not even feed the dark panel was refused; here it lights nothing.
        let left = self.limit().saturating_sub(idle);
        if lamps <= left {
            return false;
        }
        for level in levels {
            // Less than the level, since `left` is less than `lamps`.
            *level = (u128::from(*level) * left / lamps) as u8;
        }
        true
    }
}

impl Light {
    /// Whether the power supply feeds a panel of so many pixels.
    ///
    /// # Errors
    /// When it does not even feed the dark panel.
    pub fn fits(&self, pixels: u64) -> Result<(), LightError> {
        self.power.map_or(Ok(()), |power| power.feeds(pixels))
    }

    /// The levels of `pixels`, in their order, as a line of lamps takes them: three bytes a pixel, put into `lamps`.
    pub(crate) fn levels(&self, pixels: impl Iterator<Item = [u8; 3]> + Clone, lamps: &mut Vec<u8>) {
        let mut levels = self.gamma.table();
        if let Some(power) = self.power {
            let (mut sums, mut count) = ([0u64; 3], 0);
            for pixel in pixels.clone() {
                count += 1;
                for (sum, byte) in sums.iter_mut().zip(pixel) {
                    *sum += u64::from(levels[usize::from(byte)]);
                }
            }
            if power.lower(&mut levels, sums, count) {
                tracing::trace!(limit_ma = power.limit_ma, "the picture is dimmed for the power supply");
            }
        }
        let [first, second, third] = self.order.places();
        let level = |byte: u8| levels[usize::from(byte)];
        lamps.clear();
        for pixel in pixels {
            lamps.extend([level(pixel[first]), level(pixel[second]), level(pixel[third])]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(light: Light, pixels: &[[u8; 3]]) -> Vec<u8> {
        let mut lamps = vec![7; 2];
        light.levels(pixels.iter().copied(), &mut lamps);
        lamps
    }

    #[test]
    fn colours_come_in_the_lamps_order() {
        let in_order = |order| {
            let light = Light {
                order,
                ..Light::default()
            };
            lit(light, &[[1, 2, 3]])
        };
        assert_eq!(in_order(ColourOrder::Rgb), [1, 2, 3]);
        assert_eq!(in_order(ColourOrder::Rbg), [1, 3, 2]);
        assert_eq!(in_order(ColourOrder::Grb), [2, 1, 3]);
        assert_eq!(in_order(ColourOrder::Gbr), [2, 3, 1]);
        assert_eq!(in_order(ColourOrder::Brg), [3, 1, 2]);
        assert_eq!(in_order(ColourOrder::Bgr), [3, 2, 1]);
    }

    #[test]
    fn gamma_keeps_the_ends_and_darkens_the_middle() {
        assert!(Gamma::default().table().into_iter().eq(0..=255));
        let table = Gamma::new(2.2).unwrap().table();
        assert_eq!((table[0], table[128], table[255]), (0, 56, 255));
        assert!(table.is_sorted());
        for bad in [0.0, 0.49, 5.01, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Gamma::new(bad), Err(LightError::Gamma), "{bad}");
        }
    }

    const SUPPLY: PowerLimit = PowerLimit {
        limit_ma: 1000,
        lamp_ma: [20, 20, 20],
        idle_ua: 1000,
    };

    fn supplied(power: PowerLimit) -> Light {
        Light {
            power: Some(power),
            ..Light::default()
        }
    }

    /// 100 white pixels would draw 6,000 mA and 100 dark ones draw 100: white is lowered to 900 / 6,000.
    #[test]
    fn a_bright_picture_is_lowered_to_what_the_supply_gives() {
        let white = lit(supplied(SUPPLY), &[[255; 3]; 100]);
        assert!(white.iter().all(|level| *level == 38), "{}", white[0]);
        let few = lit(supplied(SUPPLY), &[[255; 3]; 10]);
        assert!(
            few.iter().all(|level| *level == 255),
            "what the supply can light is not lowered"
        );
    }

    /// The estimate, worked out from what was sent, is within the limit for pictures of all kinds, and would not be
    /// without it.
    #[test]
    fn the_estimate_is_never_above_the_limit() {
        let mut seed = 7u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let mut lowered = 0;
        for limit_ma in [101, 150, 700, 2900, 6000] {
            for dim in [255u8, 128, 9] {
                let pixels: Vec<[u8; 3]> = (0..100)
                    .map(|_| [random() & dim, random() & dim, random() & dim])
                    .collect();
                let power = PowerLimit {
                    limit_ma,
                    lamp_ma: [12, 14, 31],
                    ..SUPPLY
                };
                let estimate = |lamps: &[u8]| -> u64 {
                    let each = |lamp: &[u8]| {
                        12_000 * u64::from(lamp[0]) + 14_000 * u64::from(lamp[1]) + 31_000 * u64::from(lamp[2])
                    };
                    lamps.chunks(3).map(each).sum::<u64>().div_ceil(255) + 100 * 1000
                };
                let limited = lit(supplied(power), &pixels);
                assert!(estimate(&limited) <= u64::from(limit_ma) * 1000, "{limit_ma} {dim}");
                lowered += usize::from(estimate(&lit(Light::default(), &pixels)) > u64::from(limit_ma) * 1000);
            }
        }
        assert!(lowered >= 5, "{lowered}");
    }

    #[test]
    fn a_supply_that_cannot_feed_the_dark_panel_is_refused() {
        let error = supplied(SUPPLY).fits(1000).unwrap_err();
        assert!(error.to_string().contains("1000 dark pixels"), "{error}");
        assert_eq!(supplied(SUPPLY).fits(999), Ok(()));
        assert_eq!(Light::default().fits(u64::MAX), Ok(()));
        assert_eq!(lit(supplied(SUPPLY), &[[255; 3]; 1000]), vec![0; 3000], "and never lit");
    }
}
