//! Displays (屏): panels in places, tuned to channels.

use crate::ids::{ChannelName, DisplayId};
use crate::lang::{Lang, LocalText};
use crate::panel::Panel;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the office decides about a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplaySetting {
    /// Its name for people.
    pub name: LocalText,
    /// Where it hangs.
    pub location: LocalText,
    /// Name of the hardware profile that the panel was taken from.
    pub profile: String,
    /// Its panel.
    pub panel: Panel,
    /// The language it speaks.
    pub language: Lang,
    /// The channels it is tuned to, in order.
    pub channels: Vec<ChannelName>,
}

/// A fact about a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisplayEvent {
    /// It was enrolled: from here on this key speaks for it.
    Enrolled {
        /// Ed25519 public key of the device.
        key: [u8; 32],
        /// What was decided about it.
        setting: DisplaySetting,
    },
    /// Its setting was changed.
    SettingChanged(DisplaySetting),
    /// It was taken down; its credential no longer opens anything.
    Retired,
}

/// A display as its facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// Its id.
    pub id: DisplayId,
    /// The device's public key.
    pub key: [u8; 32],
    /// What was decided about it.
    pub setting: DisplaySetting,
    /// Whether it was taken down.
    pub retired: bool,
}

/// Why a command about a display was refused.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum DisplayRefused {
    /// It tunes to nothing.
    #[error("a display needs at least one channel")]
    NoChannels,
    /// It was taken down.
    #[error("the display was retired")]
    Retired,
    /// The id is taken.
    #[error("the display is already enrolled")]
    AlreadyEnrolled,
    /// No pixels, or more than a panel has.
    #[error("a panel has 8 to 7680 pixels each way")]
    PanelSize,
}

impl DisplaySetting {
    /// Whether a display can be set so.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), DisplayRefused> {
        if self.channels.is_empty() {
            return Err(DisplayRefused::NoChannels);
        }
        let sane = |px: u16| (8..=7680).contains(&px);
        if sane(self.panel.width_px) && sane(self.panel.height_px) {
            Ok(())
        } else {
            Err(DisplayRefused::PanelSize)
        }
    }
}

impl Display {
    /// Enrols a display.
    ///
    /// # Errors
    /// When the setting is impossible, or the id belongs to another key.
    pub fn enrol(
        known: Option<&Self>,
        key: [u8; 32],
        setting: DisplaySetting,
    ) -> Result<Option<DisplayEvent>, DisplayRefused> {
        setting.check()?;
        match known {
            None => Ok(Some(DisplayEvent::Enrolled { key, setting })),
            Some(display) if display.key == key && display.setting == setting && !display.retired => Ok(None),
            Some(_) => Err(DisplayRefused::AlreadyEnrolled),
        }
    }

    /// Changes the setting. What it already is decides nothing.
    ///
    /// # Errors
    /// When the display is retired or the setting impossible.
    pub fn set(&self, setting: DisplaySetting) -> Result<Option<DisplayEvent>, DisplayRefused> {
        setting.check()?;
        if self.retired {
            return Err(DisplayRefused::Retired);
        }
        Ok((self.setting != setting).then_some(DisplayEvent::SettingChanged(setting)))
    }

    /// Takes it down. Once is enough.
    #[must_use]
    pub fn retire(&self) -> Option<DisplayEvent> {
        (!self.retired).then_some(DisplayEvent::Retired)
    }

    /// Takes a fact; the first one is an enrolment.
    #[must_use]
    pub fn evolve(known: Option<Self>, id: DisplayId, event: &DisplayEvent) -> Option<Self> {
        match (known, event) {
            (_, DisplayEvent::Enrolled { key, setting }) => Some(Self {
                id,
                key: *key,
                setting: setting.clone(),
                retired: false,
            }),
            (Some(display), DisplayEvent::SettingChanged(setting)) => Some(Self {
                setting: setting.clone(),
                ..display
            }),
            (Some(display), DisplayEvent::Retired) => Some(Self {
                retired: true,
                ..display
            }),
            (None, _) => None,
        }
    }
}
