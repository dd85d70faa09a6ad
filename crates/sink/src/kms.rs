//! Frames on a screen without a desktop: kernel mode setting with two dumb buffers and page flips.
//!
//! A dumb buffer is plain memory that the display controller scans out; no driver of a graphics card is needed beyond
//! the kernel's. Which connector and mode are taken is decided in [`choose`], which knows no device.

mod card;
pub mod choose;

use crate::latest::{Latest, Screening, Woken};
use crate::projection::Projection;
use crate::screen_spec::KmsPlace;
use crate::{Sink, SinkError};
use card::{Card, Picture};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use thiserror::Error;

/// So long after the screen was lost it is opened again.
const REOPEN: Duration = Duration::from_secs(3);

/// Shows frames on a connector of a graphics device.
pub struct KmsSink {
    name: String,
    screening: Screening,
}

/// Why there is no screen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KmsError {
    /// There is no graphics device at all.
    #[error(
        "there is no graphics device in {folder}: is the kernel's driver loaded (`ls {folder}`), and is this not a container?"
    )]
    NoDevice {
        /// Where devices are.
        folder: PathBuf,
    },
    /// The device cannot be opened.
    #[error("{device} cannot be opened: {cause}. {remedy}")]
    Open {
        /// The device.
        device: PathBuf,
        /// What the system says.
        cause: String,
        /// What to do.
        remedy: &'static str,
    },
    /// It is no device that can set modes.
    #[error("{device} is no graphics device that sets modes: {cause}. Name another, such as kms:/dev/dri/card1")]
    NoModes {
        /// The device.
        device: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Another program has the screen.
    #[error(
        "another program drives the screens of {device}: stop the desktop (systemctl isolate multi-user.target) or show frames in it with the sink window"
    )]
    NotMaster {
        /// The device.
        device: PathBuf,
    },
    /// No connector or mode fits.
    #[error("{device}: {cause}")]
    Choice {
        /// The device.
        device: PathBuf,
        /// Why.
        cause: choose::ChoiceError,
    },
    /// The device refuses what it was asked for.
    #[error("{device} refuses to {what}: {cause}")]
    Refused {
        /// The device.
        device: PathBuf,
        /// What it was asked for.
        what: &'static str,
        /// What the system says.
        cause: String,
    },
    /// Opening takes too long.
    #[error("the graphics device does not answer")]
    Late,
}

impl KmsSink {
    /// Takes a screen; it is given back as it was when the sink is dropped.
    ///
    /// # Errors
    /// When there is no device, no right to it, another program on it, or nothing connected.
    pub fn open(place: &KmsPlace) -> Result<Self, SinkError> {
        let name = place
            .device
            .as_ref()
            .map_or_else(|| "kms".to_owned(), |device| format!("kms:{}", device.display()));
        let (first, later) = (place.clone(), place.clone());
        let screening = Screening::start(
            "kms-sink",
            move || Card::open(&first),
            move |card, latest| work(card, &latest, &later),
            KmsError::Late,
        )?;
        Ok(Self { name, screening })
    }
}

impl Sink for KmsSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        self.screening.put(frame)
    }
}

/// Shows frames until the sink is closed; takes the screen again whenever it is lost.
fn work(first: Card, latest: &Latest, place: &KmsPlace) {
    let mut projection = Projection::new(place.turn);
    let mut card = Ok(first);
    loop {
        let lost = match card {
            Ok(card) => {
                latest.light();
                match show_on(&card, latest, &mut projection) {
                    Ok(()) => return,
                    Err(lost) => lost,
                }
            }
            Err(refused) => refused,
        };
        tracing::warn!(error = %lost, "the screen shows nothing");
        latest.dark(lost);
        let until = Moment::now() + REOPEN;
        while let Some(left) = until.checked_duration_since(Moment::now()) {
            if latest.wait(None, Some(left)) == Woken::Closed {
                return;
            }
        }
        card = Card::open(place);
    }
}

fn show_on(card: &Card, latest: &Latest, projection: &mut Projection) -> Result<(), KmsError> {
    let mut picture = Picture::new(card)?;
    let all = projection.resize(picture.size());
    picture.owe(projection, &[all]);
    let mut due = projection.is_lit();
    loop {
        if let Some(frame) = latest.take() {
            let changed = projection.take(frame);
            due |= !changed.is_empty();
            picture.owe(projection, &changed);
        }
        if due {
            picture.flip(projection)?;
            due = false;
        }
        if latest.wait(None, None) == Woken::Closed {
            return Ok(());
        }
    }
}
