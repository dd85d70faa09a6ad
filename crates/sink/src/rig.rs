//! A panel as its data line sees it: wiring and light together.

use crate::light::{Light, LightError};
use crate::wiring::{Wiring, WiringError};
use heliograph_scene::Frame;
use thiserror::Error;

/// How a frame becomes the bytes of a data line. The default takes frames of any size: straight rows from the upper
/// left, colours as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rig {
    /// The order of the pixels; `None` is straight rows from the upper left, whatever the frame's size.
    pub wiring: Option<Wiring>,
    /// Gamma, colour order and power limit.
    pub light: Light,
}

/// Why a frame cannot be put on the line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RigError {
    /// It is not of the panel's size.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// It cannot be lit.
    #[error(transparent)]
    Light(#[from] LightError),
}

impl Rig {
    /// Whether a frame is of the panel's size, and the power supply feeds so many pixels.
    ///
    /// # Errors
    /// When it is not, or does not.
    pub fn fits(&self, frame: &Frame) -> Result<(), RigError> {
        self.wiring.map_or(Ok(()), |wiring| wiring.fits(frame))?;
        let pixels = u64::from(frame.width_px()) * u64::from(frame.height_px());
        Ok(self.light.fits(pixels)?)
    }

    /// The line's bytes for a frame: three a pixel, in the line's order.
    ///
    /// # Errors
    /// When the frame is not of the panel's size, or the power limit cannot feed so many pixels.
    pub fn lamps(&self, frame: &Frame) -> Result<Vec<u8>, RigError> {
        let mut loom = Loom::new(self.clone());
        loom.lamps(frame)?;
        Ok(loom.lamps)
    }
}

/// A rig at work: its table of places and its bytes are kept from frame to frame.
pub(crate) struct Loom {
    rig: Rig,
    order: Option<Vec<u32>>,
    lamps: Vec<u8>,
}

impl Loom {
    pub(crate) fn new(rig: Rig) -> Self {
        Self {
            order: rig.wiring.map(|wiring| wiring.order()),
            rig,
            lamps: Vec::new(),
        }
    }

    /// The line's bytes for a frame, as [`Rig::lamps`] says.
    pub(crate) fn lamps(&mut self, frame: &Frame) -> Result<&[u8], RigError> {
        self.rig.fits(frame)?;
        let (pixels, _) = frame.rgb().as_chunks::<3>();
        match &self.order {
            // A place of the order is one of the frame's, whose size was just checked.
            Some(order) => {
                let pixels = order.iter().map(|place| pixels[*place as usize]);
                self.rig.light.levels(pixels, &mut self.lamps);
            }
            None => self.rig.light.levels(pixels.iter().copied(), &mut self.lamps),
        }
        Ok(&self.lamps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::light::ColourOrder;
    use crate::wiring::{Course, Layout};
    use heliograph_scene::Rgb;

    /// Two rows, the second from right to left, green first.
    #[test]
    fn a_frame_becomes_a_line_of_lamps() {
        let serpentine = Course {
            serpentine: true,
            ..Course::default()
        };
        let layout = Layout {
            pixels: serpentine,
            ..Layout::single(2, 2)
        };
        let rig = Rig {
            wiring: Some(Wiring::new(layout).unwrap()),
            light: Light {
                order: ColourOrder::Grb,
                ..Light::default()
            },
        };
        let mut frame = Frame::filled(2, 2, Rgb(0, 0, 0));
        frame
            .rgb_mut()
            .copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert_eq!(rig.lamps(&frame).unwrap(), [2, 1, 3, 5, 4, 6, 11, 10, 12, 8, 7, 9]);
        assert_eq!(Rig::default().lamps(&frame).unwrap(), frame.rgb());
        assert!(matches!(
            rig.lamps(&Frame::filled(2, 3, Rgb(0, 0, 0))),
            Err(RigError::Wiring(WiringError::Size { .. }))
        ));
    }
}
